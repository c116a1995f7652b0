"""A hundred made-up services with ten years of reviews, drawn by lot from a seed: something to see development,
due dates and the view across services on, and to hold their figures against.

The reviews are final as imported ones are: what was agreed on, without a PDF. The same seed on the same day makes the
same services and scores.
"""

import datetime
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone, translation

from reviews import history, results, workflow
from reviews.models import (
    ActionPoint,
    AgreedResult,
    Context,
    County,
    FinalScore,
    NotScored,
    Organisation,
    Partnership,
    ReportVersion,
    Review,
    ReviewScale,
    Seat,
    Service,
    TreatmentTeam,
)
from reviews.models.judgement import Obstacle
from reviews.report import content
from reviews.report.around import Around
from reviews.report.past import Last, Past
from scales.models import Item, Scale

SHEET = "kvalitetsevalueringer.csv"
"""What the reviews are said to be imported from."""

_FIRST = ("Bjørke", "Fure", "Gran", "Hav", "Is", "Lang", "Lyng", "Myr", "Nord", "Sol")
_SECOND = ("dalen", "fjellet", "heimen", "neset", "sundet", "vika", "åsen", "øya", "bekken", "stranda")

_PARTNERS = (
    ("Nav {county}", Organisation.Kind.NAV_STATE),
    ("Nav-kontorene i {county}", Organisation.Kind.NAV_MUNICIPAL),
    ("Helse {county}", Organisation.Kind.HEALTH_TRUST),
    ("Kommunene i {county}", Organisation.Kind.MUNICIPALITY),
    ("Arbeidsforberedende tiltak {county}", Organisation.Kind.PROVIDER),
)
_TEAMS = (("FACT", "fact"), ("Psykosepoliklinikken", "psychosis"), ("Rusteamet", "tsb"), ("Allmennteamet", "dps"))
_COMMENT = "Det vi så og hørte, svarer til beskrivelsen av denne skåren."
_RECOMMENDATION = "Avtal i styringsgruppen hvordan dette punktet kan løftes ett trinn til neste evaluering."
_NOTE = "Tatt opp i styringsgruppen."
_DOERS = ("Metodeveileder", "Enhetsleder", "Avdelingsleder")


@dataclass
class _Kept:
    """The rows of one service's reviews, written together."""

    reviews: list[Review] = field(default_factory=list)
    agreed: list[AgreedResult] = field(default_factory=list)
    scales: dict[uuid.UUID, list[Scale]] = field(default_factory=dict)
    contexts: dict[uuid.UUID, Context] = field(default_factory=dict)


def fill(*, services: int = 100, years: int = 10, seed: int = 1) -> tuple[int, int]:
    """Make the services with their reviews, all of it or nothing; return how many services and reviews were made.

    The newest scales must be loaded. At most a hundred services have a name. Raises ValueError for more.
    """
    if not 1 <= services <= len(_FIRST) * len(_SECOND):
        raise ValueError(f"there are names for 1 to {len(_FIRST) * len(_SECOND)} services, not {services}")
    with transaction.atomic(), translation.override("nb"):
        return _Years(seed, years).make(services)


class _Years:
    """The making of it."""

    def __init__(self, seed: int, years: int) -> None:
        # No secret depends on it: the same seed shall give the same services.
        self._lot = random.Random(seed)  # noqa: S311
        self._years = years
        self._today = timezone.localdate()
        self._now = timezone.now()
        self._scales = list(Scale.objects.newest().prefetch_related("sections__items", "bands"))
        for scale in self._scales:
            for section in scale.sections.all():
                section.scale = scale
                for item in section.items.all():
                    item.section = section

    def make(self, number: int) -> tuple[int, int]:
        counties = list(County.objects.order_by("code"))
        names = [f"IPS {first}{second}" for first in _FIRST for second in _SECOND][:number]
        made = 0
        for place, name in enumerate(names):
            county = counties[place % len(counties)]
            service = Service.objects.create(
                name=name, county=county, interval_months=self._lot.choice([12] * 8 + [6, 24])
            )
            self._partners(service, county)
            made += self._reviews(service)
        return number, made

    def _partners(self, service: Service, county: County) -> None:
        """Two to four organisations of the county, shared with its other services; one to three of them employ."""
        wanted = self._lot.sample(_PARTNERS, self._lot.randint(2, 4))
        partners = [
            Organisation.objects.get_or_create(name=name.format(county=county.name), kind=kind, county=county)[0]
            for name, kind in wanted
        ]
        employers = self._lot.sample(partners, self._lot.randint(1, min(3, len(partners))))
        rows = [Partnership(service=service, organisation=each, part=Partnership.Part.EMPLOYER) for each in employers]
        rows += [Partnership(service=service, organisation=each, part=Partnership.Part.STEERING) for each in partners]
        Partnership.objects.bulk_create(rows)
        TreatmentTeam.objects.bulk_create(
            TreatmentTeam(service=service, organisation=partners[0], name=name, kind=kind)
            for name, kind in self._lot.sample(_TEAMS, self._lot.randint(1, 3))
        )

    def _reviews(self, service: Service) -> int:
        """Make a service's reviews year by year and hand them over, the oldest first."""
        kept = _Kept()
        # Some began later than others, and one in twenty has not been reviewed yet.
        begun = 0 if self._lot.random() < 0.75 else self._lot.randrange(self._years)
        if self._lot.random() < 0.05:
            return 0
        level = self._lot.uniform(3.0, 4.3)
        for year in range(begun, self._years):
            day = self._day(self._today.year - self._years + 1 + year)
            if day >= self._today:
                continue
            from_plans = year == begun > 0 and self._lot.random() < 0.3
            kind = Review.Kind.EXTERNAL if from_plans or self._lot.random() < 0.7 else Review.Kind.SELF
            self._review(kept, service, day, kind, from_plans, level)
            if not from_plans:
                level = min(4.9, level + self._lot.uniform(-0.15, 0.35))
        self._write(kept)
        last: dict[str, Last] = {}
        points: dict[str, list[history.Point]] = {}
        for review in kept.reviews:
            again = 2 if self._lot.random() < 0.04 else 1
            for number in range(1, again + 1):
                made = self._hand_over(review, number, kept, Past(last, points))
            if review.is_external and not review.from_plans:
                for found in made.results:
                    last[found.scale.code] = made
                    point = history.Point(review.pk, review.first_day, found.scale, found.total, found.band)
                    points.setdefault(found.scale.code, []).append(point)
        self._close(kept)
        self._plan(service)
        return len(kept.reviews)

    def _day(self, year: int) -> datetime.date:
        """A day of the year, the ends of months more often than others: that is where due dates go wrong."""
        ends = [(1, 31), (2, 28), (5, 31), (8, 31), (10, 31)] + [(2, 29)] * (year % 4 == 0)
        if self._lot.random() < 0.2:
            return datetime.date(year, *self._lot.choice(ends))
        return datetime.date(year, 1, 1) + datetime.timedelta(days=self._lot.randrange(365))

    def _review(
        self, kept: _Kept, service: Service, day: datetime.date, kind: str, from_plans: bool, level: float
    ) -> None:
        """Make one review with what was agreed on, and what stood beside it."""
        at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9)))
        shared = kind == Review.Kind.SELF and self._lot.random() < 0.4
        review = Review(
            # Of the lot too, so that ties in the order are the same each time.
            id=uuid.UUID(int=self._lot.getrandbits(128), version=4),
            service=service,
            kind=kind,
            basis=Review.Basis.PLANS if from_plans else Review.Basis.PRACTICE,
            status=Review.Status.CONSENSUS,
            first_day=day,
            last_day=day + datetime.timedelta(days=self._lot.choice([0, 1, 1, 2])),
            imported_from=SHEET,
            created_at=at,
            scoring_at=at,
            consensus_at=at,
            shared_at=at if shared else None,
        )
        kept.reviews.append(review)
        scales = self._scales[:1] if self._lot.random() < 0.4 else self._scales
        kept.scales[review.pk] = scales
        lacking = self._lot.random() < 0.1
        for item in _items(scales):
            kept.agreed.append(self._result(review, item, level, lacking))
        if not from_plans:
            kept.contexts[review.pk] = self._context(review, level)

    def _result(self, review: Review, item: Item, level: float, lacking: bool) -> AgreedResult:
        if review.from_plans and item.section.code == "T":
            return AgreedResult(review=review, item=item, not_scored=NotScored.NOT_STARTED)
        if lacking and self._lot.random() < 0.08:
            return AgreedResult(review=review, item=item, not_scored=NotScored.MISSING_DATA)
        # Some items are low everywhere, whatever the service.
        score = round(min(5.0, max(1.0, self._lot.gauss(level - (item.position % 4) * 0.2, 0.8))))
        low = score < item.section.scale.high_from
        obstacles = self._lot.sample(Obstacle.values, self._lot.choice([0, 1, 1, 2])) if low else []
        return AgreedResult(
            review=review,
            item=item,
            score=score,
            comment=_COMMENT if low else "",
            recommendation=_RECOMMENDATION if low and self._lot.random() < 0.7 else "",
            obstacles=[each for each in Obstacle.values if each in obstacles],
        )

    def _context(self, review: Review, level: float) -> Context:
        participants = self._lot.randint(15, 90)
        in_work = round(participants * min(0.6, max(0.05, self._lot.gauss(0.1 * level, 0.06))))
        posts = Decimal(self._lot.randint(2, 16)) / 2
        teams = self._lot.randint(1, 5)
        known = self._lot.random() < 0.85
        return Context(
            review=review,
            participants=participants,
            in_work=in_work if known else None,
            in_education=self._lot.randint(0, (participants - in_work) // 5) if known else None,
            goal=35 if review.first_day.year < self._today.year - 4 else 45,
            jobs_started=round(in_work * 0.8),
            posts=posts,
            vacant_posts=self._lot.choice([Decimal(0), Decimal(0), min(posts, Decimal("0.5"))]),
            left_last_year=self._lot.choice([0, 0, 1, 2]),
            teams=teams,
            co_located_teams=self._lot.randint(0, teams),
            employers=[Organisation.Kind.NAV_STATE.value],
        )

    def _write(self, kept: _Kept) -> None:
        Review.objects.bulk_create(kept.reviews)
        ReviewScale.objects.bulk_create(
            ReviewScale(review=review, scale=scale) for review in kept.reviews for scale in kept.scales[review.pk]
        )
        Seat.objects.bulk_create(
            Seat(review=review, number=1, is_lead=True, handed_in_at=review.consensus_at) for review in kept.reviews
        )
        AgreedResult.objects.bulk_create(kept.agreed)
        Context.objects.bulk_create(kept.contexts.values())

    def _hand_over(self, review: Review, number: int, kept: _Kept, before: Past) -> Last:
        """Make a version; in a second one an item has another score."""
        rows = {row.item_id: row for row in kept.agreed if row.review is review}
        if number > 1:
            mended = self._lot.choice([row for row in rows.values() if row.score is not None])
            mended.score = 1 if mended.score == 5 else (mended.score or 0) + 1
            mended.save(update_fields=["score"])
        found = results.assemble(review, rows, {}, {}, kept.scales[review.pk])
        days = datetime.timedelta(days=30 * number)
        made_at = min((review.consensus_at or self._now) + days, self._now)
        version = ReportVersion.objects.create(
            review=review,
            number=number,
            content=content.build(
                review,
                number=number,
                made_at=made_at,
                reason="" if number == 1 else "En skår var ført feil.",
                found=found,
                before=lambda _review: before,
                beside=Around(context=kept.contexts.get(review.pk, Context()), teams=[]),
            ),
            editions=[{"code": each.scale.code, "edition": each.scale.edition} for each in found],
            made_at=made_at,
            reason="" if number == 1 else "En skår var ført feil.",
        )
        FinalScore.objects.bulk_create(workflow.final_score(version, result) for each in found for result in each.items)
        review.final_at = made_at
        return Last(review.pk, review.first_day, version.content, found)

    def _close(self, kept: _Kept) -> None:
        for review in kept.reviews:
            review.status = Review.Status.FINAL
            if review.versions.count() > 1:
                review.reissue_reason = "En skår var ført feil."
        Review.objects.bulk_update(kept.reviews, ["status", "final_at", "reissue_reason"])

    def _plan(self, service: Service) -> None:
        """Turn the recommendations of the last two reviews into forbedringspunkter, on some of which something is
        done.
        """
        last = list(
            ReportVersion.objects.filter(review__service=service, review__basis=Review.Basis.PRACTICE)
            .order_by("-review__first_day", "-number")
            .values_list("review", "pk")
        )
        newest: dict[uuid.UUID, uuid.UUID] = {}
        for review, version in last:
            newest.setdefault(review, version)
        wanted = FinalScore.objects.filter(version__in=list(newest.values())[:2]).exclude(recommendation="")
        points = [self._action(service, score) for score in wanted.select_related("version").order_by("pk")]
        ActionPoint.objects.bulk_create(points)

    def _action(self, service: Service, score: FinalScore) -> ActionPoint:
        status = self._lot.choice(ActionPoint.Status.values)
        made_at = score.version.made_at
        closed = status not in ActionPoint.OPEN
        begun = status != ActionPoint.Status.OPEN
        return ActionPoint(
            service=service,
            version=score.version,
            item_id=score.item_id,
            text=score.recommendation,
            owner=self._lot.choice(_DOERS) if begun else "",
            deadline=made_at.date() + datetime.timedelta(days=self._lot.randrange(60, 400)) if begun else None,
            status=status,
            notes=_NOTE if begun else "",
            created_at=made_at,
            closed_at=min(made_at + datetime.timedelta(days=90), self._now) if closed else None,
        )


def _items(scales: list[Scale]) -> Iterator[Item]:
    for scale in scales:
        for section in scale.sections.all():
            yield from section.items.all()
