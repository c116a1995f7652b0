"""What a run finds in the database: a hundred services of ten years, the reviews that are under way, and the people who
are measured.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone, translation

from reviews import audit, figures, results
from reviews.demo import years
from reviews.models import (
    AgreedResult,
    AuditEvent,
    Count,
    GivenFigure,
    Rating,
    Review,
    ReviewStep,
    Role,
    Seat,
    Service,
    TemplateStep,
    User,
)
from reviews.report import content, pdf
from scales.models import Item, Scale
from tests.factories import (
    PASSWORD,
    InformantFactory,
    InterviewFactory,
    NoteFactory,
    RemarkFactory,
    RespondentFactory,
    RoleFactory,
    issue,
    items_of,
    scored_review,
)

KOMMENTAR = " ".join(
    ["Jobbspesialisten er med på hele behandlingsmøtet og drøfter arbeid for dem som ikke er henvist."] * 5
)
"""Eighty words."""

DOMAIN = "bench.example"
_STATES = (Review.Status.PLANNED, Review.Status.SCORING, Review.Status.CONSENSUS, Review.Status.FACT_CHECK)


@dataclass(frozen=True)
class Cast:
    """The people who are measured, by their e-mail addresses, and what they look at."""

    evaluator: str
    evaluator_key: str
    second: str
    adviser: str
    """Of the whole country."""
    county_adviser: str
    supervisor: str
    """The metodeveileder of `service`."""
    service: str
    scoring: str
    consensus: str
    final: str
    """A review that was handed over, with a real PDF."""
    items: list[tuple[str, str]]
    """Each item's scale and code."""

    @property
    def measured(self) -> list[str]:
        """The addresses of all of them."""
        return [self.evaluator, self.second, self.adviser, self.county_adviser, self.supervisor]


def make(services: int, over: int) -> Cast:
    """Make all of it in a database that has its tables and nothing else: so many services of so many years."""
    call_command("loaddata", "ips_25", "goi_12", verbosity=0)
    years.fill(services=services, years=over)
    _as_imported()
    people = _people()
    everyone = _by_age(over)
    _others_under_way(everyone, people)
    return _measured(everyone[0], people)


def _as_imported() -> None:
    """Give what was handed over what an import leaves besides: two evaluators' own scores, and a line in the audit."""
    final = list(Review.objects.all())
    audit.record_each(None, AuditEvent.Action.IMPORTED, final)
    with transaction.atomic(), connection.cursor() as cursor:
        # The rows of a review that was handed over are locked.
        cursor.execute("SET LOCAL session_replication_role = replica")
        Seat.objects.bulk_create(
            Seat(review=review, number=2, is_lead=False, handed_in_at=review.consensus_at) for review in final
        )
        agreed: dict[uuid.UUID, list[AgreedResult]] = defaultdict(list)
        for row in AgreedResult.objects.exclude(score=None):
            agreed[row.review_id].append(row)
        Rating.objects.bulk_create(
            Rating(seat=seat, item_id=row.item_id, score=row.score)
            for seat in Seat.objects.all()
            for row in agreed[seat.review_id]
        )


def _by_age(over: int) -> list[Service]:
    """Return the services, those with most years first."""
    return sorted(
        Service.objects.prefetch_related("reviews").order_by("name"), key=lambda service: -len(service.reviews.all())
    )


def _people() -> Iterator[User]:
    # Making one password takes as long as logging in with it.
    password = make_password(PASSWORD)
    number = 0
    while True:
        number += 1
        yield User.objects.create(email=f"person{number}@{DOMAIN}", name=f"Person {number}", password=password)


def _others_under_way(services: Sequence[Service], people: Iterator[User]) -> None:
    """Give each service its metodeveileder and leder, and every fifth but the first one a review that is under way."""
    for place, service in enumerate(services):
        RoleFactory.create(user=next(people), service=service)
        RoleFactory.create(user=next(people), service=service, manager=True)
        if place % 5 == 1:
            status = _STATES[place // 5 % len(_STATES)]
            pair = [next(people), next(people)]
            review = scored_review(status, service=service, evaluators=pair, first_day=_soon(status), scales=_scales())
            _evidence(review, pair)


def _scales() -> Iterable[Scale]:
    return Scale.objects.newest()


def _soon(status: str) -> datetime.date:
    ahead = 20 if status == Review.Status.PLANNED else -5 * _STATES.index(Review.Status(status))
    return timezone.localdate() + datetime.timedelta(days=ahead)


def _measured(service: Service, people: Iterator[User]) -> Cast:
    """Make those who are measured, and a service with reviews in every state that two evaluators have."""
    first, second, adviser, county_adviser = (next(people) for _each in range(4))
    RoleFactory.create(user=adviser, whole_country=True)
    RoleFactory.create(user=county_adviser, adviser=True, county=service.county)
    supervisor = Role.objects.get(service=service, kind=Role.Kind.METHOD_SUPERVISOR).user
    pair = [first, second]
    made = {
        status: scored_review(status, service=service, evaluators=pair, first_day=_soon(status))
        for status in (*_STATES, Review.Status.CONSENSUS)
    }
    Rating.objects.filter(seat__user__in=pair).update(comment=KOMMENTAR)
    AgreedResult.objects.filter(review__in=made.values()).update(comment=KOMMENTAR)
    for review in made.values():
        _evidence(review, pair)
    final = _handed_over(service, pair)
    return Cast(
        evaluator=first.email,
        evaluator_key=str(first.pk),
        second=second.email,
        adviser=adviser.email,
        county_adviser=county_adviser.email,
        supervisor=supervisor.email,
        service=str(service.pk),
        scoring=str(made[Review.Status.SCORING].pk),
        consensus=str(made[Review.Status.CONSENSUS].pk),
        final=str(final.pk),
        items=[(item.section.scale.code, item.code) for item in items_of(final)],
    )


def _evidence(review: Review, pair: Sequence[User]) -> None:
    """Give a review its checklist, and what it leaves besides once the visit is near or over: figures that the service
    gave and that were counted, two days of interviews with some notes on each item, and what is said of the draft.
    """
    ReviewStep.objects.bulk_create(
        ReviewStep(review=review, text=step.text, doer=step.doer, moment=step.moment, days=step.days)
        for step in TemplateStep.objects.all()
    )
    _counted(review)
    informants = [InformantFactory.create(review=review) for _each in range(4)]
    interviews = [InterviewFactory.create(review=review, informant=each, made_by=pair[0]) for each in informants]
    items = items_of(review)
    for place in range(len(items)):
        about = items[place : place + 2]
        NoteFactory.create(review=review, author=pair[place % 2], interview=interviews[place % 4], items=about)
    if review.status == Review.Status.FACT_CHECK:
        RemarkFactory.create(respondent=RespondentFactory.create(review=review))


def _counted(review: Review) -> None:
    """Give a review the figures of a service with four jobbspesialister and deltakere, and the same as counted."""
    given = [
        GivenFigure(review=review, item=column.item, name=column.name, number=number, value=Decimal(1))
        for table in figures.asked(results.pinned_scales(review))
        for column in table.columns
        for number in ([0] if table.per == figures.Per.SERVICE else range(1, 5))
    ]
    GivenFigure.objects.bulk_create(given)
    by_item: dict[Item, dict[tuple[str, int], Decimal]] = defaultdict(dict)
    for each in given:
        by_item[each.item][each.name, each.number] = each.value
    Count.objects.bulk_create(
        Count(review=review, item=item, name=name, number=number, value=value)
        for item, found in by_item.items()
        for (name, number), value in figures.to_take_over(item, found).items()
    )


def _handed_over(service: Service, pair: Sequence[User]) -> Review:
    """Make a review with a Kommentar of eighty words on each item, and hand it over with its PDF."""
    review = full(service, pair, timezone.localdate() - datetime.timedelta(days=40))
    with translation.override(review.language):
        drawn = pdf.render(content.build(review, number=1, made_at=timezone.now()), draft=False)
    issue(review, pdf=drawn)
    return review


def full(service: Service, evaluators: Sequence[User], day: datetime.date) -> Review:
    """Make a review in consensus of all items with a Kommentar of eighty words each."""
    review = scored_review(
        service=service,
        evaluators=evaluators,
        first_day=day,
        strengths="Daglig kontakt.\nFelles kontor.",
        recipients="Nav og DPS",
    )
    AgreedResult.objects.filter(review=review).update(comment=KOMMENTAR)
    return review
