"""What reviews add to the figures, read from where it was written: their final scores, and what stood beside them."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from reviews import speaking
from reviews.models import FinalScore, Review
from reviews.report import beside
from reviews.speaking import Chosen, Filters
from reviews.summary import tally
from reviews.summary.tally import Counted, Part, Result, Scored, Working
from scales import scoring
from scales.models import Scale


def scored(versions: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Scored]]:
    """Return each version's items: one query."""
    found: dict[uuid.UUID, list[Scored]] = {version: [] for version in versions}
    given = FinalScore.objects.filter(version__in=versions).order_by()
    edition_of, high = "item__section__scale", "item__section__scale__high_from"
    rows = given.values_list("version", "item", edition_of, high, "score", "obstacles")
    for version, item, edition, high_from, score, obstacles in rows.iterator():
        is_low = score is not None and score < high_from
        found[version].append(Scored(item, edition, score, tally.causes(obstacles) if is_low else ()))
    return found


def results(chosen: Sequence[Chosen], seen: Collection[uuid.UUID] | None = None) -> list[Result]:
    """Return the results of the reviews on each edition: two queries. `seen` are those that whoever asks may see, all
    unless told.
    """
    editions = Scale.objects.order_by().annotate(number=Count("sections__items"))
    known = {key: (highest, items) for key, highest, items in editions.values_list("pk", "highest", "number")}
    rows = FinalScore.objects.filter(version__in=[each.version for each in chosen]).order_by()
    of_version: dict[uuid.UUID, list[tuple[int, int, int]]] = defaultdict(list)
    sums = rows.values_list("version", "item__section__scale").annotate(summed=Sum("score"), number=Count("score"))
    for version, edition, summed, number in sums:
        of_version[version].append((edition, summed or 0, number))
    return [
        Result(
            service=each.service,
            review=each.review,
            year=each.first_day.year,
            edition=edition,
            total=scoring.of_sum(summed, scored=number, items=known[edition][1], highest=known[edition][0]),
            hidden=seen is not None and each.review not in seen,
        )
        for each in chosen
        for edition, summed, number in of_version[each.version]
    ]


def working(chosen: Sequence[Chosen], seen: Collection[uuid.UUID] | None = None) -> list[Working]:
    """Return what the reviews tell of participants in work and education: one query."""
    told = beside.outcomes_of([each.version for each in chosen])
    return [
        Working(
            service=each.service,
            review=each.review,
            year=each.first_day.year,
            participants=given["participants"],
            in_work=given["in_work"],
            in_education=given["in_education"],
            goal=given["goal"],
            hidden=seen is not None and each.review not in seen,
        )
        for each in chosen
        for given in [told[each.version]]
    ]


def latest(
    chosen: Iterable[tuple[Part, Chosen]], seen: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, Counted]:
    """Return what each service's latest reviews add: one query."""
    spoken = list(chosen)
    rows = scored([each.version for _part, each in spoken])
    found: dict[uuid.UUID, Counted] = defaultdict(Counted)
    for part, each in spoken:
        added = tally.latest(part, rows[each.version])
        hidden = seen is not None and each.review not in seen
        found[each.service].add(Counted(added, added if hidden else tally.Tally()))
    return found


def yearly(chosen: Iterable[Chosen], seen: Collection[uuid.UUID] | None = None) -> dict[uuid.UUID, Counted]:
    """Return what each service's reviews add, of which there is one of a kind in a year: three queries."""
    spoken = list(chosen)
    given: dict[uuid.UUID, list[Result]] = defaultdict(list)
    for result in results(spoken, seen):
        given[result.review].append(result)
    told = {each.review: each for each in working(spoken, seen)}
    of_a_kind: dict[tuple[uuid.UUID, str], list[uuid.UUID]] = defaultdict(list)
    for each in spoken:
        of_a_kind[each.service, each.kind].append(each.review)
    found: dict[uuid.UUID, Counted] = defaultdict(Counted)
    for (service, kind), reviews in of_a_kind.items():
        of_reviews = (result for review in reviews for result in given[review])
        found[service].add(tally.yearly(kind, of_reviews, (told[review] for review in reviews)))
    return found


@dataclass
class Speaking:
    """The reviews that speak for services: each one's latest of a kind, and its latest of a kind in each year."""

    latest: list[tuple[Part, Chosen]]
    yearly: list[Chosen]


def speaking_for(services: Collection[uuid.UUID], counties: Collection[int] | None = None) -> Speaking:
    """Return the reviews that speak for these services, of those in some counties if any are told: one query."""
    last: dict[tuple[uuid.UUID, str], Chosen] = {}
    years: dict[tuple[uuid.UUID, str, int], Chosen] = {}
    reviews = speaking.counted_reviews().filter(service__in=services)
    for each in speaking.in_order(reviews, Filters(None if counties is None else frozenset(counties))):
        last[each.service, each.kind] = each
        years[each.service, each.kind, each.first_day.year] = each
    return Speaking([(_part(each, last), each) for each in last.values()], list(years.values()))


def _part(each: Chosen, last: Container[tuple[uuid.UUID, str]]) -> Part:
    if each.kind == Review.Kind.EXTERNAL:
        return Part.EXTERNAL
    return Part.BESIDE if (each.service, Review.Kind.EXTERNAL) in last else Part.ALONE
