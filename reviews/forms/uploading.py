"""The form by which a score sheet is sent."""

from pathlib import PurePath
from typing import BinaryIO, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews import texts
from reviews.exchange import reading
from reviews.exchange.faults import Fault, Problem, Unreadable
from reviews.exchange.uploading import SHEET_LIMIT

_ENDINGS = (".csv", ".xlsx")


class SheetForm(forms.Form):
    """A file that could be a score sheet; whether it is one, the look at it tells."""

    file = forms.FileField(
        label=gettext_lazy("File with scores"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ",".join(_ENDINGS)}),
        help_text=gettext_lazy(
            "CSV up to 50 MB, or XLSX up to 5 MB. Nothing is imported until you have seen what it gives."
        ),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    create_services = forms.BooleanField(
        label=gettext_lazy("Make services that are not known"),
        required=False,
        help_text=gettext_lazy("Leave this unticked the first time: then you see whether a name is misspelt."),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse what is known to be none at sight."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        name = file.name or ""
        if texts.identity_numbers(name):
            raise ValidationError(Fault(Problem.IDENTITY_IN_NAME).said())
        try:
            # Says more of an old workbook than that its name ends in another way.
            reading.refuse_at_sight(cast("BinaryIO", file.file), PurePath(name).suffix)
        except Unreadable as unreadable:
            raise ValidationError(unreadable.fault.said()) from None
        if PurePath(name).suffix.lower() not in _ENDINGS:
            raise ValidationError(_("Choose a CSV or an XLSX file."))
        if (file.size or 0) > SHEET_LIMIT:
            raise ValidationError(
                _("The file is too large: at most %(limit)d MB. Divide it, and keep each review's rows together.")
                % {"limit": SHEET_LIMIT // 1024**2}
            )
        return file
