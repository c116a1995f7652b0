"""What the files of a review are called."""

import datetime
import re
import unicodedata

from reviews.models import Review, Service
from reviews.report.shape import Content

# Unicode has no parts to take these apart into; without the map "Tromsø" would become "troms".
_NORDIC = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "đ": "d", "ŋ": "n", "ŧ": "t", "ß": "ss"})


def slug(name: str) -> str:
    """Return a service's name as small letters a-z, digits and hyphens: "Tromsø IPS" is tromso-ips; "tjeneste" where
    nothing is left.
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_NORDIC)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "tjeneste"


def _stem(review: Review) -> str:
    return _joined(review.service.name, review.first_day.isoformat(), review.kind)


def _joined(service: str, first_day: str, kind: str) -> str:
    return f"{slug(service)}-{first_day}-{kind}"


def version_name(review: Review, number: int) -> str:
    """Return the name of a version's PDF."""
    return f"{_stem(review)}-v{number}.pdf"


def attachment_name(content: Content) -> str:
    """Return the name of the results that are attached to a version's PDF: the PDF's own, as it was then."""
    return f"{_joined(content['service'], content['first_day'], content['kind'])}-v{content['number']}.json"


def draft_name(review: Review) -> str:
    """Return the name of a draft's PDF."""
    return f"{_stem(review)}-utkast.pdf"


def export_name(review: Review, extension: str, *, draft: bool) -> str:
    """Return the name of a review's results as csv, json or xlsx; those of a draft are not taken for what was handed
    over.
    """
    return f"{_stem(review)}-utkast.{extension}" if draft else f"{_stem(review)}.{extension}"


def scores_name(day: datetime.date, extension: str) -> str:
    """Return the name of the scores across services as they were on a day."""
    return f"skarer-{day.isoformat()}.{extension}"


def log_name(review: Review) -> str:
    """Return the name of a review's log as CSV."""
    return f"{_stem(review)}-logg.csv"


def kit_name(review: Review, part: str) -> str:
    """Return the name of a PDF of the kit for the visit; `part` says which."""
    return f"{_stem(review)}-{slug(part)}.pdf"


def plan_name(service: Service, extension: str) -> str:
    """Return the name of a service's handlingsplan as pdf or xlsx."""
    return f"{slug(service.name)}-handlingsplan.{extension}"


def overview_name(day: datetime.date, extension: str) -> str:
    """Return the name of the view across services as it was on a day."""
    return f"oversikt-{day.isoformat()}.{extension}"
