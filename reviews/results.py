"""Puts a review's items, scores and figures together: the one place that page, PDF, spreadsheet and overview read them
from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, F, IntegerField, JSONField, OuterRef, QuerySet, Subquery, TextField, Value, When

from reviews import figures
from reviews.models import AgreedResult, Rating, ReportVersion, Review, Seat, SectionComment
from reviews.prepared import Given, Prepared
from scales import editions, scoring
from scales.models import Item, Scale, Section


class _Row(Protocol):
    """What an agreed result and a final score have in common."""

    score: int | None
    not_scored: str
    comment: str
    recommendation: str
    obstacles: list[str]
    actors: list[str]


SAID = ("score", "not_scored", "comment", "recommendation")
"""The names of what is said of an item."""


@dataclass(frozen=True)
class ItemResult:
    """One item with what was agreed on it, and the evaluators' own scores in the order of their seats."""

    item: Item
    score: int | None = None
    not_scored: str = ""
    comment: str = ""
    recommendation: str = ""
    obstacles: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    own: tuple[int | None, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether there is a score, or a reason for none."""
        return self.score is not None or self.not_scored != ""

    @property
    def is_low(self) -> bool:
        """Whether the score is below what the scale counts as in line with the method (IPS-25 and GOI-12: 1-3), so that
        advice is due.
        """
        return self.score is not None and self.score < self.item.section.scale.high_from


@dataclass(frozen=True)
class SectionResult:
    """A section with its items, its common Kommentar and its total."""

    section: Section
    items: tuple[ItemResult, ...]
    comment: str
    total: scoring.Total

    @property
    def agreement(self) -> scoring.Agreement:
        """How far the first two evaluators' own scores agree in this section."""
        return _agreement(self.items)


@dataclass(frozen=True)
class ScaleResult:
    """A scale with its sections, total and band; the band is None unless every item is scored, and for a review from
    plans.
    """

    scale: Scale
    sections: tuple[SectionResult, ...]
    total: scoring.Total
    band: scoring.BandRange | None

    @cached_property
    def items(self) -> tuple[ItemResult, ...]:
        """All items in the scale's order."""
        return tuple(result for section in self.sections for result in section.items)

    @property
    def agreement(self) -> scoring.Agreement:
        """How far the first two evaluators' own scores agree."""
        return _agreement(self.items)


def agreement(found: Iterable[ScaleResult]) -> scoring.Agreement:
    """Return how far the first two evaluators' own scores agree on all items of a review's scales."""
    return _agreement(result for scale in found for result in scale.items)


def _agreement(items: Iterable[ItemResult]) -> scoring.Agreement:
    return scoring.agreement((result.own[0], result.own[1]) for result in items if len(result.own) > 1)


def unsettled(found: Iterable[ScaleResult]) -> list[Item]:
    """Return the items with neither a score nor a reason for none, in the scales' order."""
    return [result.item for scale in found for result in scale.items if not result.is_settled]


def pinned_scales(review: Review, pinned: Iterable[int] | None = None) -> list[Scale]:
    """Return the review's scales in their order, with sections, items and bands: one query, none where their keys are
    known (Permit.pinned). While it is planned, its scales may still be changed, and are read anew.
    """
    if pinned is None:
        pinned = review.pins.order_by().values_list("scale_id", flat=True)
    return editions.load(pinned) if review.status == Review.Status.PLANNED else editions.in_use(pinned)


def assemble(
    review: Review,
    rows: Mapping[int, _Row],
    section_comments: Mapping[int, str],
    own: Mapping[int, tuple[int | None, ...]],
    scales: Iterable[Scale],
) -> list[ScaleResult]:
    """Put rows (by item id), section comments (by section id) and own scores (by item id) into the scales' order with
    their figures.
    """
    found = []
    for scale in scales:
        sections = tuple(
            SectionResult(
                section=section,
                items=(
                    items := tuple(
                        _item_result(item, rows.get(item.id), own.get(item.id, ())) for item in section.items.all()
                    )
                ),
                comment=section_comments.get(section.pk, ""),
                total=scoring.total((result.score for result in items), highest=scale.highest),
            )
            for section in scale.sections.all()
        )
        total = scoring.total((r.score for s in sections for r in s.items), highest=scale.highest)
        band = None if review.from_plans else scoring.band_for(total, scale.band_ranges())
        found.append(ScaleResult(scale, sections, total, band))
    return found


def _item_result(item: Item, row: _Row | None, own: tuple[int | None, ...]) -> ItemResult:
    if row is None:
        return ItemResult(item=item, own=own)
    return ItemResult(
        item=item,
        score=row.score,
        not_scored=row.not_scored,
        comment=row.comment,
        recommendation=row.recommendation,
        obstacles=tuple(row.obstacles),
        actors=tuple(row.actors),
        own=own,
    )


def evaluator_seats(review: Review) -> list[Seat]:
    """Return the seats that count, in order: evaluators who were not removed."""
    return [seat for seat in review.seats.all() if seat.kind == Seat.Kind.EVALUATOR and seat.removed_at is None]


def ratings_on(seat: Seat, item: Item | None = None) -> dict[int, Rating]:
    """Return what stands on one evaluator's sheet, by item id, of one item or of all: one query."""
    return _by_item(seat, _on_sheet.rows(seat=seat.pk) if item is None else _of_item.rows(seat=seat.pk, item=item.pk))


def _by_item(seat: Seat, found: Iterable[Rating]) -> dict[int, Rating]:
    ratings = {}
    for rating in found:
        rating.seat = seat
        ratings[rating.item_id] = rating
    return ratings


def _sheet() -> QuerySet[Rating]:
    # In no order, which would take the whole way from the seat to the service.
    return Rating.objects.filter(seat=Given("seat", Seat._meta.get_field("id"))).order_by()


def scores_on(seat: Seat) -> dict[int, Rating]:
    """Return the ratings of one evaluator's sheet by item id, as ratings_on() does, with no more in them than the score
    or the reason for none: one query. What else they have is asked for when it is read.
    """
    return _by_item(seat, _scores_on_sheet.rows(seat=seat.pk))


class Scored(NamedTuple):
    """A score, or the reason for none."""

    score: int | None
    not_scored: str


def sheet_around(seat: Seat, item: Item) -> tuple[dict[int, Scored], Rating | None]:
    """Return how the items of one evaluator's sheet are scored, by item id, and the whole rating of one of them; None
    where it has none: one query.
    """
    scored, whole = {}, None
    for key, score, not_scored, *columns in _around.rows(seat=seat.pk, item=item.pk):
        scored[key] = Scored(score, not_scored)
        if key == item.pk:
            whole = Rating.from_db(seat._state.db or DEFAULT_DB_ALIAS, _COLUMNS, columns)
            whole.seat, whole.item = seat, item
    return scored, whole


_COLUMNS = [field.attname for field in Rating._meta.concrete_fields]


def _asked_around() -> "QuerySet[Any, tuple[Any, ...]]":
    here = Given("item", Item._meta.get_field("id"))
    # What is long is asked for and read of the one item alone.
    whole = [Case(When(item=here, then=F(name))) for name in _COLUMNS]
    return _sheet().values_list("item_id", "score", "not_scored", *whole)


_around = Prepared(_asked_around)
_on_sheet = Prepared(_sheet)
_scores_on_sheet = Prepared(lambda: _sheet().only("seat", "item", "score", "not_scored"))
_of_item = Prepared(lambda: _sheet().filter(item=Given("item", Item._meta.get_field("id"))))


OwnRatings = Mapping[int, tuple[Rating | None, ...]]
"""The counting evaluators' own ratings by item id, in seat order; None where one of them has none."""


def own_ratings(review: Review) -> OwnRatings:
    """Return the counting evaluators' own ratings: one query.

    It looks behind the blindness wall: only for a review in consensus or later.
    """
    seats = evaluator_seats(review)
    place = {seat.pk: index for index, seat in enumerate(seats)}
    found: dict[int, list[Rating | None]] = {}
    for rating in _of_evaluators.rows(review=review.pk):
        # Somebody may have been seated since the seats were fetched.
        if rating.seat_id in place:
            found.setdefault(rating.item_id, [None] * len(seats))[place[rating.seat_id]] = rating
    return {item: tuple(ratings) for item, ratings in found.items()}


_REVIEW = Given("review", Review._meta.get_field("id"))
_of_evaluators = Prepared(
    lambda: Rating.objects.filter(
        seat__review=_REVIEW, seat__kind=Seat.Kind.EVALUATOR, seat__removed_at=None
    ).order_by()
)


def _own_scores(ratings: OwnRatings) -> dict[int, tuple[int | None, ...]]:
    return {item: tuple(None if rating is None else rating.score for rating in each) for item, each in ratings.items()}


def suggestion_for(rating: Rating, item: Item, counted: figures.Figures) -> scoring.Suggestion | None:
    """Return what the item's measure suggests from what is saved, or None where that says nothing."""
    measure = item.parsed_measure()
    if measure is None:
        return None
    statements = rating.statements
    return scoring.suggest(
        measure,
        figures.whole(counted),
        parts=figures.apart(item, counted),
        elements_present=len(rating.elements) if item.elements and rating.elements else None,
        elements_total=len(item.elements),
        raises={int(score): answer for score, answer in statements.get("raises", {}).items()},
        needs={int(score): answer for score, answer in statements.get("needs", {}).items()},
        lowest=item.section.scale.lowest,
        highest=item.section.scale.highest,
    )


def lacking(item: Item, counted: figures.Figures) -> list[int]:
    """Return the numbers of the rows (jobbspesialister, teams, deltakere) that have some of the measure's figures and
    lack others, so that nothing is suggested.
    """
    measure = item.parsed_measure()
    if measure is None or not figures.counted_apart(item):
        return []
    found: dict[int, set[str]] = {}
    for name, number in counted:
        if number:
            found.setdefault(number, set()).add(name)
    return sorted(number for number, names in found.items() if not names >= set(measure.operands))


def too_high(item: Item, counted: figures.Figures) -> list[int]:
    """Return the numbers of the rows with a figure above the highest there can be, so that nothing is suggested."""
    measure = item.parsed_measure()
    if measure is None or measure.highest_count is None or not figures.counted_apart(item):
        return []
    return sorted({number for (_name, number), value in counted.items() if number and value > measure.highest_count})


@dataclass(slots=True)
class Agreed:
    """What is agreed on one item."""

    score: int | None
    not_scored: str
    comment: str
    recommendation: str
    obstacles: list[str]
    actors: list[str]


def _what_is_written() -> "QuerySet[Any, tuple[Any, ...]]":
    """Ask for what is agreed on a review's items and for the comments on its sections, one after the other."""
    review = Given("review", Review._meta.get_field("id"))
    none: dict[str, Any] = {
        "score": Value(None, output_field=IntegerField()),
        "not_scored": Value("", output_field=TextField()),
        "recommendation": Value("", output_field=TextField()),
        "obstacles": Value([], output_field=JSONField()),
        "actors": Value([], output_field=JSONField()),
    }
    names = (*SAID, "obstacles", "actors")
    items = AgreedResult.objects.filter(review=review).order_by().annotate(is_item=Value(True))
    sections = SectionComment.objects.filter(review=review).order_by().annotate(is_item=Value(False), **none)
    return items.values_list("is_item", "item", *names).union(
        sections.values_list("is_item", "section", *names), all=True
    )


_written_now = Prepared(_what_is_written)


def _written(review: Review) -> tuple[Mapping[int, _Row], Mapping[int, str]]:
    """Return what is written now on items, by item id, and on whole sections, by section id: one query, and two where a
    self-review's one shared sheet is its result until it is final.
    """
    if review.is_self and review.status == Review.Status.SCORING:
        sheet = Rating.objects.filter(seat__review=review, seat__is_lead=True, seat__removed_at=None)
        return {row.item_id: row for row in sheet.order_by()}, section_comments(review)
    items: dict[int, _Row] = {}
    sections: dict[int, str] = {}
    for is_item, key, *values in _written_now.rows(review=review.pk):
        found = Agreed(*values)
        if is_item:
            items[key] = found
        else:
            sections[key] = found.comment
    return items, sections


def agreed_rows(review: Review) -> dict[int, AgreedResult]:
    """Return what is agreed on, by item id: one query."""
    rows = _agreed.rows(review=review.pk)
    for row in rows:
        row.review = review
    return {row.item_id: row for row in rows}


_agreed = Prepared(lambda: AgreedResult.objects.filter(review=_REVIEW).order_by())


def section_comments(review: Review) -> dict[int, str]:
    """Return the comments on whole sections as they are written now, by section id: one query."""
    return dict(_comments.rows(review=review.pk))


_comments = Prepared(
    lambda: SectionComment.objects.filter(review=_REVIEW).order_by().values_list("section_id", "comment")
)


def working_results(review: Review, *, with_own: bool = True, pinned: Iterable[int] | None = None) -> list[ScaleResult]:
    """Return the results as they are agreed on now; `with_own`: the evaluators' own scores are asked for too, and
    `pinned` are the keys of the review's scales where they are known (Permit.pinned).
    """
    return working_results_beside(review, own_ratings(review) if with_own else {}, pinned)


def working_results_beside(
    review: Review, ratings: OwnRatings, pinned: Iterable[int] | None = None
) -> list[ScaleResult]:
    """Return the results as they are agreed on now, beside the own scores of ratings that are fetched already."""
    rows, comments = _written(review)
    return assemble(review, rows, comments, _own_scores(ratings), pinned_scales(review, pinned))


def version_results(version: ReportVersion) -> list[ScaleResult]:
    """Return the results as they were handed over in one version, without the evaluators' own scores."""
    review = version.review
    return assemble(
        review,
        {row.item_id: row for row in version.scores.all()},
        section_comments_of(version),
        {},
        pinned_scales(review),
    )


def comments_by_section(version: ReportVersion) -> dict[tuple[str, str], str]:
    """Return a version's comments on whole sections, by the scale's code and the section's, from its stored content."""
    return {
        (scale["code"], section["code"]): section["comment"]
        for scale in version.content.get("scales", [])
        for section in scale["sections"]
    }


def section_comments_of(version: ReportVersion) -> dict[int, str]:
    """Return a version's comments on whole sections by section id."""
    comments = comments_by_section(version)
    return {
        section.pk: comments.get((section.scale.code, section.code), "")
        for section in Section.objects.filter(scale__pins__review=version.review_id).select_related("scale")
    }


def newest_version(review: Review) -> ReportVersion | None:
    """Return the version that counts, without its bytes; None before the first."""
    return review.versions.defer("pdf").order_by("-number").first()


def newest_results(review: Review) -> list[ScaleResult]:
    """Return the results of the version that counts, or as they are agreed on now where there is none."""
    version = newest_version(review)
    return working_results(review) if version is None else version_results(version)


OLDEST_FIRST = ("review__first_day", "review__created_at", "review_id")
"""The order of a service's reviews, for rows with a `review`: by the first visit day, those of one day by when they
were planned, and those of one import by key.
"""


def external_before(review: Review) -> QuerySet[ReportVersion]:
    """Return the versions of the service's external reviews of practice that began before this one, in order."""
    return ReportVersion.objects.filter(
        review__service=review.service_id,
        review__kind=Review.Kind.EXTERNAL,
        review__basis=Review.Basis.PRACTICE,
        review__first_day__lt=review.first_day,
    ).order_by(*OLDEST_FIRST, "number")


def last_external_versions(review: Review) -> dict[str, ReportVersion]:
    """Return, by the code of each scale, the version that counts of the service's last external review of practice that
    used the scale, among those that began before this one; with its review and without its bytes. One query.

    One visit can be two reviews, each with a scale of its own.
    """
    earlier = external_before(review)
    last = earlier.filter(review__scales__code=OuterRef("code")).reverse().values("pk")[:1]
    wanted = earlier.filter(pk__in=Scale.objects.values(last=Subquery(last)))
    # In order, so that of two with a scale the later one counts.
    return {
        edition["code"]: version
        for version in wanted.select_related("review").defer("pdf")
        for edition in version.editions
    }
