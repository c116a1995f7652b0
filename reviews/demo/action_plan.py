"""What the demonstration's services make of their forbedringspunkter: all made up."""

import datetime
from collections.abc import Mapping
from typing import NamedTuple

from django.utils import timezone

from reviews import workflow
from reviews.models import ActionPoint, ReportVersion, User
from scales.models import Item


class Act(NamedTuple):
    """What is made of a point: its state, who acts and the kind of partner that is (empty for none), the days from the
    report to the deadline, notes, and for one that is closed the days from the report to that.
    """

    status: str
    owner: str
    organisation: str
    days: int
    notes: str = ""
    closed: int = 0


LAST_YEAR = {
    "O2": Act("under_way", "Teamleder DPS", "health_trust", 150, "Tatt opp i teammøtet annenhver uke siden januar."),
    "O3": Act("done", "Metodeveileder", "nav_state", 90, "Faste møter hvert kvartal med Nav øst og Nav sør.", 88),
    "O5": Act("done", "Seksjonsleder", "municipality", 120, "En dag i uka er satt av til felttid.", 104),
    "O7": Act("done", "Teamleder DPS", "health_trust", 180, "Arbeid står i malen fra mars. Tallene deles.", 171),
    "O8": Act("under_way", "Leder i styringsgruppen", "nav_state", 200, "To møter holdt. Planen er ikke skrevet."),
    "T1": Act("under_way", "Avdelingsleder Nav", "nav_state", 240, "Nav leter etter en kontaktperson."),
    "T5": Act("done", "Metodeveileder", "municipality", 120, "Hver plan navngir minst fem arbeidsgivere.", 131),
    "T7": Act("done", "Metodeveileder", "municipality", 210, "Øvd på to fagdager, og fulgt opp ute i felt.", 214),
    "T12": Act("under_way", "Avdelingsleder Nav", "nav_state", 330, "Nav avklarer hvor lenge tiltaket kan vare."),
    "T13": Act("under_way", "Metodeveileder", "municipality", 240),
}
"""The first service, after last year's review."""

SELF_REVIEW = {"T7": Act("done", "Metodeveileder", "municipality", 30, "Se punktet fra i fjor.", 28)}
"""The first service, after its self-review."""

THIS_YEAR = {
    "O1": Act("open", "Leder for rusteamet", "health_trust", 120),
    "O2": Act("under_way", "Teamleder DPS", "health_trust", 60, "Fast punkt på teammøtet fra neste måned."),
    "O6": Act("open", "Metodeveileder", "municipality", 90),
    "O8": Act("open", "Leder i styringsgruppen", "nav_state", 45),
    "T1": Act("under_way", "Avdelingsleder Nav", "nav_state", 75, "Nav har pekt ut en kontaktperson."),
    "T6": Act("done", "Metodeveileder", "municipality", 30, "Skjemaet gås gjennom hver mandag.", 14),
    "T13": Act("open", "Metodeveileder", "municipality", 90),
    "G2": Act(
        "dropped",
        "Teamledere DPS",
        "health_trust",
        120,
        "Nytt journalsystem innføres til våren; tas opp igjen da.",
        14,
    ),
}
"""The first service, after this year's review; and another one, of the same points, after its last."""

GO_ON = ("O2", "T1", "T13")
"""The items on which older points go on in this year's. The one on O8 is left for whoever tries it."""

OWN = ("T8", "Kontakt to bransjer vi aldri har hatt deltakere i, og inviter dem til frokostmøte.", 100)
"""A point of the first service's own: its item, its text, and the days from the report to its deadline."""


def act(version: ReportVersion, made: Mapping[str, Act]) -> None:
    """Let the service make something of the points that a version gave it, by their items' codes."""
    service = version.review.service
    partners = {each.kind: each for each in service.organisations.order_by("-name")}
    for action in version.actions.select_related("item"):
        if action.item.code not in made:
            continue
        found = made[action.item.code]
        action.status, action.owner, action.notes = found.status, found.owner, found.notes
        action.organisation = partners.get(found.organisation)
        action.deadline = _day(version, found.days)
        if not action.is_open:
            action.closed_at = version.made_at + datetime.timedelta(days=found.closed)
        action.save()


def go_on(version: ReportVersion, actor: User) -> None:
    """Close the older points on some items, a week after the version that gave new ones."""
    seen = version.review.service.actions.filter(status__in=ActionPoint.OPEN)
    for new in version.actions.filter(item__code__in=GO_ON):
        for old in seen.filter(item=new.item).exclude(pk=new.pk):
            workflow.continue_action(old, new, actor)
            ActionPoint.objects.filter(pk=old.pk).update(closed_at=version.made_at + datetime.timedelta(days=7))


def add(version: ReportVersion, items: Mapping[str, Item], actor: User) -> None:
    """Add a point of the service's own, a week after a version."""
    code, text, days = OWN
    values = {"text": text, "owner": "Metodeveileder", "status": "open", "deadline": _day(version, days)}
    added = workflow.add_action(version.review.service, actor, items[code], values)
    ActionPoint.objects.filter(pk=added.pk).update(created_at=version.made_at + datetime.timedelta(days=7))


def _day(version: ReportVersion, days: int) -> datetime.date:
    return timezone.localdate(version.made_at) + datetime.timedelta(days=days)
