"""Text and score columns that several models share, each with the rule that comes with it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews import texts

TEXT_LIMIT = 10_000
"""The most characters one text may have."""

_MOST_TOLD = 5
"""How many national identity numbers of one text are told of at once."""

# The constraints below ask for a text's length.
models.TextField.register_lookup(Length)


class NotScored(models.TextChoices):
    """Why an item has no score. "Not relevant" is no reason: it would let a service skip its low items."""

    NOT_STARTED = "not_started", _("Not started (reviewed from plans)")
    MISSING_DATA = "missing_data", _("The data were not to be had")
    NOT_RECORDED = "not_recorded", _("Not recorded in the imported sheet")


def refuse_identity_numbers(text: str) -> None:
    """Raise ValidationError where a text has a national identity number: one error each, coded "identity", with its
    `place` in a page's text field. The last five digits are not repeated.
    """
    several_lines = "\n" in text or "\r" in text
    errors = []
    for place in texts.identity_numbers(text)[:_MOST_TOLD]:
        params: dict[str, Any] = {"words": texts.around(text, place), "place": texts.in_page(text, place)}
        if several_lines:
            said = gettext("Line %(line)d has a national identity number: “%(words)s”. Take it out.")
            params["line"] = texts.line_of(text, place)
        else:
            said = gettext("There is a national identity number here: “%(words)s”. Take it out.")
        errors.append(ValidationError(said, code="identity", params=params))
    if errors:
        raise ValidationError(errors)


class LongText(models.TextField):  # type: ignore[type-arg]  # takes none as the program runs
    """A text of at most 10,000 characters without NUL or a national identity number; empty when nothing is written."""

    default_validators = [MaxLengthValidator(TEXT_LIMIT), ProhibitNullCharactersValidator(), refuse_identity_numbers]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take Django's options; blank, the empty text and the limit are given."""
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        kwargs.setdefault("max_length", TEXT_LIMIT)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Return what a migration writes; `blank` always, since here the one left out is not Django's own."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, list(args), {**kwargs, "blank": self.blank}


def text_limits(prefix: str, *names: str) -> list[models.BaseConstraint]:
    """Return one CHECK for each text column that holds the limit in the database too, named
    <prefix>_<column>_length.
    """
    return [
        models.CheckConstraint(
            condition=Q(**{f"{name}__length__lte": TEXT_LIMIT}),
            name=f"{prefix}_{name}_length",
        )
        for name in names
    ]


def score_or_reason(prefix: str) -> list[models.BaseConstraint]:
    """Return the CHECKs for a score of 1 to 5 (both scales: lowest and highest rating) that excludes a reason for not
    scoring.
    """
    return [
        models.CheckConstraint(
            condition=Q(score=None) | Q(score__range=(1, 5)),
            name=f"{prefix}_score_in_range",
        ),
        models.CheckConstraint(
            condition=Q(not_scored__in=["", *NotScored.values]),
            name=f"{prefix}_reason_known",
        ),
        models.CheckConstraint(
            condition=Q(score=None) | Q(not_scored=""),
            name=f"{prefix}_score_excludes_reason",
        ),
    ]
