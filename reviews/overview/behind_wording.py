"""Which figure of the view across services it is that one sees the reviews behind, in words."""

from django.utils.translation import gettext

from reviews.overview import obstacles
from scales.models import Item, Scale, Section
from scales.scoring import BandRange


def result(scale: Scale, year: int, band: BandRange | None) -> str:
    """The results of a year, or those in a band."""
    if band is None:
        return gettext("%(scale)s: results in %(year)s") % {"scale": scale.title, "year": year}
    words = {"scale": scale.title, "year": year, "band": band.label}
    return gettext("%(scale)s: results in %(year)s in the category “%(band)s”") % words


def left_out(scale: Scale, year: int, reason: str) -> str:
    """The results of a year that are left out for a reason."""
    said = {
        "incomplete": gettext("%(scale)s: results in %(year)s with items that are not scored"),
        "other_edition": gettext("%(scale)s: results in %(year)s on another edition"),
    }
    return said[reason] % {"scale": scale.title, "year": year}


def change(scale: Scale, year: int, way: str) -> str:
    """The services that were reviewed in a year and the year before, or those of them that rose, stayed or fell."""
    said = {
        "": gettext("%(scale)s: services reviewed in both %(before)s and %(year)s"),
        "rose": gettext("%(scale)s: services with a higher result in %(year)s than in %(before)s"),
        "same": gettext("%(scale)s: services with the same result in %(year)s as in %(before)s"),
        "fell": gettext("%(scale)s: services with a lower result in %(year)s than in %(before)s"),
    }
    return said[way] % {"scale": scale.title, "year": year, "before": year - 1}


def outcome(year: int, reached: str) -> str:
    """The services that tell how many participants work or learn, or those with a goal, or with it reached."""
    said = {
        "": gettext("Participants in work or education in %(year)s"),
        "goal": gettext("Services with an agreed goal in %(year)s"),
        "yes": gettext("Services that had reached their agreed goal in %(year)s"),
    }
    return said[reached] % {"year": year}


def obstacle(scale: Scale, section: Section | None, item: Item | None, cause: str) -> str:
    """The low scores on an item, in a section or on a scale, or those that a cause holds down."""
    where = str(item) if item else f"{scale.title}, {section.title}" if section else scale.title
    if not cause:
        return gettext("%(where)s: low scores") % {"where": where}
    return gettext("%(where)s: low scores, %(cause)s") % {"where": where, "cause": obstacles.label(cause)}
