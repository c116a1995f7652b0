"""What the database holds of reviews, many at a time: what import compares with and export writes."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

from reviews import results
from reviews.exchange.sheet import Catalogue, Line, ScaleCodes, settle
from reviews.models import AgreedResult, FinalScore, Rating, ReportVersion, Review, ReviewScale, Seat
from reviews.report.shape import shown_in
from scales import editions
from scales.models import Scale

CHUNK = 50
"""How many reviews are held in memory at a time."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Held:
    """A review with what counts: its newest version, or what is agreed on now where `version` is None."""

    review: Review
    version: int | None
    scales: list[results.ScaleResult]
    rated: tuple[bool, bool]
    """Whether there are own scores of the first and the second evaluator."""
    evaluators: int
    shows_own: bool
    """Whether the report shows the evaluators' own scores: by the newest version's choice, not by one made since."""

    def lines(self) -> dict[str, dict[str, Line]]:
        """Return the items as a sheet gives them, by scale and item code."""
        return {result.scale.code: {item.item.code: line_of(item) for item in result.items} for result in self.scales}


def line_of(result: results.ItemResult) -> Line:
    """Return an item as a sheet gives it: with the agreed score that follows from equal own scores."""
    first, second, *_others = (*result.own, None, None)
    score, not_scored = settle((first, second), result.score, result.not_scored)
    return Line(result.item.code, (first, second), score, not_scored, result.comment, result.recommendation)


def chunks(rows: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """Give `rows` in lists of at most `size`."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, size)):
        yield chunk


class Editions:
    """The scales with sections, items and bands, each fetched once: for an import, since what its transaction alone has
    taken into use may still be taken back, and changed after that.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._by_id: dict[int, Scale] = {}

    def get(self, keys: Iterable[int]) -> list[Scale]:
        """Return editions by their keys, in the order in which the scales stand beside each other."""
        wanted = set(keys)
        if missing := wanted - self._by_id.keys():
            for scale in Scale.objects.filter(pk__in=missing).prefetch_related("sections__items", "bands"):
                for section in scale.sections.all():
                    section.scale = scale
                    for item in section.items.all():
                        item.section = section
                self._by_id[scale.pk] = scale
        return sorted((self._by_id[key] for key in wanted), key=lambda scale: (scale.position, scale.sequence))

    def newest(self) -> list[Scale]:
        """Return the newest edition of each scale."""
        return self.get(Scale.objects.newest().values_list("pk", flat=True))


def catalogue(scales: Iterable[Scale]) -> Catalogue:
    """Return scales as a sheet knows them."""
    return Catalogue(
        tuple(
            ScaleCodes(
                scale.code,
                tuple(item.code for section in scale.sections.all() for item in section.items.all()),
                scale.lowest,
                scale.highest,
            )
            for scale in scales
        )
    )


def load(
    reviews: Sequence[Review],
    *,
    with_shown: bool = True,
    with_own: bool = True,
    scales: Callable[[Iterable[int]], list[Scale]] = editions.in_use,
) -> list[Held]:
    """Return what is held of reviews in consensus or later, in eight queries at most however many there are, besides
    those that `scales` asks, which gives editions by their keys.

    `with_shown`: it is asked whether the versions show own scores, which older ones tell by their whole content alone;
    without it the reviews' own choice stands in for that. `with_own`: the own scores are asked for; without it, it is
    as if there were no evaluators. It looks behind the blindness wall: never for a review that is still being scored.
    """
    keys = [review.pk for review in reviews]
    pins: dict[UUID, list[int]] = defaultdict(list)
    for review_id, scale_id in ReviewScale.objects.filter(review__in=keys).order_by().values_list("review", "scale"):
        pins[review_id].append(scale_id)
    seats: dict[UUID, list[int]] = defaultdict(list)
    for review_id, seat_id in (
        Seat.objects.filter(review__in=keys if with_own else [], kind=Seat.Kind.EVALUATOR, removed_at=None)
        .order_by("number")
        .values_list("review", "pk")
    ):
        seats[review_id].append(seat_id)
    newest: dict[UUID, tuple[int, UUID]] = {}
    shows_own: dict[UUID, bool | None] = {}
    versions = ReportVersion.objects.filter(review__in=keys).order_by("number")
    asked = ("content__shown__evaluator_scores",) if with_shown else ()
    for review_id, number, version_id, *shows in versions.values_list("review", "number", "pk", *asked):
        newest[review_id] = (number, version_id)
        if with_shown:
            (shows_own[review_id],) = shows
    # Versions from before the choice was kept with them.
    silent = [newest[review_id][1] for review_id, shows in shows_own.items() if shows is None]
    if silent:
        for review_id, content in ReportVersion.objects.filter(pk__in=silent).values_list("review", "content"):
            shows_own[review_id] = shown_in(content)["evaluator_scores"]
    final = _rows(FinalScore, "version", [version_id for _number, version_id in newest.values()])
    agreed = _rows(AgreedResult, "review", [key for key in keys if key not in newest])
    rated: dict[int, dict[int, int | None]] = defaultdict(dict)
    for seat_id, item_id, own in Rating.objects.filter(
        seat__in=[seat for found in seats.values() for seat in found]
    ).values_list("seat", "item", "score"):
        rated[seat_id][item_id] = own

    found = []
    for review in reviews:
        sheets = [rated.get(seat, {}) for seat in seats[review.pk]]
        items = {item for sheet in sheets for item in sheet}
        version = newest.get(review.pk)
        found.append(
            Held(
                review=review,
                version=None if version is None else version[0],
                scales=results.assemble(
                    review,
                    agreed[review.pk] if version is None else final[version[1]],
                    {},
                    {item: tuple(sheet.get(item) for sheet in sheets) for item in items},
                    scales(pins[review.pk]),
                ),
                rated=(bool(sheets and sheets[0]), bool(len(sheets) > 1 and sheets[1])),
                evaluators=len(sheets),
                shows_own=bool(shows_own.get(review.pk, review.show_evaluator_scores)),
            )
        )
    return found


def _rows(model: type[FinalScore] | type[AgreedResult], of: str, keys: Iterable[UUID]) -> dict[UUID, dict[int, Any]]:
    """Return what results.assemble() takes, by the key of what it belongs to (`of`): no more columns than it reads, and
    no model of each of tens of thousands of rows.
    """
    found: dict[UUID, dict[int, Any]] = defaultdict(dict)
    # Of tens of thousands of lists nearly all are empty, and need not be read as JSON.
    lists = {f"{name}_text": Cast(name, TextField()) for name in ("obstacles", "actors")}
    rows = model._default_manager.filter(**{f"{of}__in": list(keys)}).order_by().annotate(**lists)
    for key, item, *said, obstacles, actors in rows.values_list(of, "item", *results.SAID, *lists):
        found[key][item] = results.Agreed(*said, *map(_listed, (obstacles, actors)))
    return found


def _listed(text: str) -> list[str]:
    found: list[str] = [] if text == "[]" else json.loads(text)
    return found
