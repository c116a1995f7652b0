"""Text and score columns that several models share, each with the rule that comes with it."""

from typing import Any

from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

TEXT_LIMIT = 10_000
"""The most characters one text may have."""

# The constraints below ask for a text's length.
models.TextField.register_lookup(Length)


class NotScored(models.TextChoices):
    """Why an item has no score. "Not relevant" is no reason: it would let a service skip its low items."""

    NOT_STARTED = "not_started", _("Not started (reviewed from plans)")
    MISSING_DATA = "missing_data", _("The data were not to be had")
    NOT_RECORDED = "not_recorded", _("Not recorded in the imported sheet")


class LongText(models.TextField):  # type: ignore[type-arg]
    """A text of at most 10,000 characters without NUL; empty when nothing is written."""

    default_validators = [MaxLengthValidator(TEXT_LIMIT), ProhibitNullCharactersValidator()]

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
