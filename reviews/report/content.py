"""Everything a report shows, as one object of plain values.

It is built once, stored with the version, and feeds the page and the PDF alike; so it holds ISO dates, whole numbers
and decimals as text ("4.17"), never anything formatted, and a report can be made again as it was long after the review
has changed.
"""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypedDict

from reviews import dates, results
from reviews.models import Obstacle, Review
from scales import scoring
from scales.models import Scale

ADVICE_AT_LEAST = 3
"""How many recommendations page one has room for whatever they are."""
ADVICE_AT_MOST = 5
"""How many it takes when those after the third rest on a score just as low."""

ACTORS: dict[str, str] = {
    Obstacle.OWN_PRACTICE: "ips_team",
    Obstacle.NAV: "nav",
    Obstacle.HEALTH: "health_partner",
    Obstacle.ICT: "ict",
}
"""Who can act on what holds a score down. On law nobody can: advice never asks for what the law forbids."""


class Evaluator(TypedDict):
    """One who reviewed; the name is None for an imported seat without an account."""

    name: str | None
    lead: bool


class Figures(TypedDict):
    """A total with what it is out of. `mean` has two decimals; total and mean are None where nothing is scored."""

    items: int
    scored: int
    total: int | None
    maximum: int
    mean: str | None


class Band(TypedDict):
    """A range of totals with its name."""

    code: str
    label: str
    lowest: int
    highest: int


class ItemContent(TypedDict):
    """One item.

    `anchor`: what the score stands for; `low`: the score calls for advice; `own`: the evaluators' scores, where they
    are shown; `previous`: the last external review's score.
    """

    code: str
    title: str
    short_title: str
    score: int | None
    low: bool
    anchor: str
    not_scored: str
    comment: str
    recommendation: str
    obstacles: list[str]
    own: list[int | None]
    previous: int | None


class SectionContent(TypedDict):
    """A section with its items and its common Kommentar."""

    code: str
    title: str
    total: Figures
    comment: str
    items: list[ItemContent]


class Agreement(TypedDict):
    """How far the first two evaluators agreed before they talked."""

    compared: int
    equal: int
    within_one: int


class ScaleContent(TypedDict):
    """A scale with its result.

    `no_band`: "" or why there is no band: no_bands, plans, incomplete, outside. `change`: the signed difference
    since the last external review (of the sum or of the mean, as the scale is scored); `no_change`: "" or why there is
    none: hidden, plans, first, incomplete, other_scale, other_edition, previous_incomplete.
    """

    code: str
    title: str
    edition: str
    attribution: str
    scoring: str
    lowest: int
    highest: int
    lowest_means: str
    highest_means: str
    high_from: int
    total: Figures
    band: Band | None
    no_band: str
    change: str | None
    no_change: str
    agreement: Agreement | None
    sections: list[SectionContent]


class Previous(TypedDict):
    """The external review that this one is compared with."""

    date: str
    year: int


class Advice(TypedDict):
    """A recommendation for page one; `who` are codes of those who act, empty where it is not known."""

    scale: str
    code: str
    short_title: str
    score: int
    recommendation: str
    who: list[str]


class Barred(TypedDict):
    """An item whose score law and regulation hold down."""

    scale: str
    code: str
    short_title: str
    score: int | None


class Content(TypedDict):
    """A report. `number` and `made_at` are None for a draft."""

    review: str
    number: int | None
    made_at: str | None
    reason: str
    language: str
    service: str
    county: str
    teams: list[str]
    kind: str
    basis: str
    imported: bool
    first_day: str
    last_day: str
    evaluators: list[Evaluator]
    recipients: str
    participants: str
    purpose: str
    method: str
    summary: str
    strengths: list[str]
    scales: list[ScaleContent]
    previous: Previous | None
    advice: list[Advice]
    barred: list[Barred]
    next_due: str | None


def build(
    review: Review,
    *,
    number: int | None,
    made_at: datetime.datetime | None,
    reason: str = "",
    found: list[results.ScaleResult] | None = None,
    newest: Callable[[Review], list[results.ScaleResult]] = results.newest_results,
) -> Content:
    """Return the report of the review from its working results.

    A version has its number, the time it is made and the reason of a reissue; a draft has none of them. The evaluators'
    own scores are in it only where the review shows them, and never before consensus: until then they are blind.

    One who makes many reports at a time hands in what is fetched already: `found`, the review's working results, and
    `newest`, which gives the results that count of an earlier review.
    """
    if found is None:
        found = results.working_results(review)
    before = _previous(review, newest)
    scales = [_scale(review, result, before) for result in found]
    return Content(
        review=str(review.pk),
        number=number,
        made_at=None if made_at is None else made_at.isoformat(timespec="seconds"),
        reason=reason,
        language=review.language,
        service=review.service.name,
        county=review.service.county.name,
        teams=[team.name for team in review.teams.all()],
        kind=review.kind,
        basis=review.basis,
        imported=review.imported_from != "",
        first_day=review.first_day.isoformat(),
        last_day=review.last_day.isoformat(),
        evaluators=_evaluators(review),
        recipients=review.recipients,
        participants=review.participants,
        purpose=review.purpose,
        method=review.method,
        summary=review.summary,
        strengths=_lines(review.strengths),
        scales=scales,
        previous=None if before is None else Previous(date=before.day.isoformat(), year=before.day.year),
        advice=_advice(scales),
        barred=_barred(scales),
        next_due=_next_due(review),
    )


class _Before:
    """The last external review, by scale code."""

    def __init__(self, review: Review, found: list[results.ScaleResult]) -> None:
        self.day = review.first_day
        self.scales = {result.scale.code: result for result in found}

    def score(self, scale: Scale, code: str) -> int | None:
        """The item's score then; None where another edition was used: the number would mean something else."""
        held = self.scales.get(scale.code)
        if held is None or held.scale.pk != scale.pk:
            return None
        return next((result.score for result in held.items if result.item.code == code), None)


def _previous(review: Review, newest: Callable[[Review], list[results.ScaleResult]]) -> _Before | None:
    if not review.show_comparison or review.from_plans:
        return None
    found = results.previous_external(review)
    return None if found is None else _Before(found, newest(found))


def _evaluators(review: Review) -> list[Evaluator]:
    seats = results.evaluator_seats(review)
    return [Evaluator(name=None if seat.user is None else str(seat.user), lead=seat.is_lead) for seat in seats]


def _lines(text: str) -> list[str]:
    """One strength a line; the dash or bullet that people put before each is the list's own business."""
    stripped = (line.strip().lstrip("-–•*·").strip() for line in text.splitlines())
    return [line for line in stripped if line]


def _figures(total: scoring.Total) -> Figures:
    return Figures(
        items=total.items,
        scored=total.scored,
        total=total.total,
        maximum=total.maximum,
        mean=None if total.mean is None else f"{total.mean:.2f}",
    )


def _scale(review: Review, result: results.ScaleResult, before: _Before | None) -> ScaleContent:
    scale = result.scale
    change, no_change = _change(review, result, before)
    show_own = review.show_evaluator_scores and review.status not in (Review.Status.PLANNED, Review.Status.SCORING)
    return ScaleContent(
        code=scale.code,
        title=scale.title,
        edition=scale.edition,
        attribution=scale.attribution,
        scoring=scale.scoring,
        lowest=scale.lowest,
        highest=scale.highest,
        lowest_means=scale.lowest_means,
        highest_means=scale.highest_means,
        high_from=scale.high_from,
        total=_figures(result.total),
        band=_band(result.band),
        no_band=_no_band(review, result),
        change=change,
        no_change=no_change,
        agreement=_agreement(result.agreement) if show_own else None,
        sections=[
            SectionContent(
                code=section.section.code,
                title=section.section.title,
                total=_figures(section.total),
                comment=section.comment,
                items=[_item(each, before, show_own) for each in section.items],
            )
            for section in result.sections
        ],
    )


def _item(result: results.ItemResult, before: _Before | None, show_own: bool) -> ItemContent:
    item = result.item
    return ItemContent(
        code=item.code,
        title=item.title,
        short_title=item.short_title,
        score=result.score,
        low=result.is_low,
        anchor="" if result.score is None else item.anchor(result.score),
        not_scored=result.not_scored,
        comment=result.comment,
        recommendation=result.recommendation,
        obstacles=list(result.obstacles),
        own=list(result.own) if show_own else [],
        previous=None if before is None else before.score(item.section.scale, item.code),
    )


def _agreement(found: scoring.Agreement) -> Agreement | None:
    if not found.compared:
        return None
    return Agreement(compared=found.compared, equal=found.equal, within_one=found.within_one)


def _band(band: scoring.BandRange | None) -> Band | None:
    if band is None:
        return None
    return Band(code=band.code, label=band.label, lowest=band.lowest, highest=band.highest)


def _no_band(review: Review, result: results.ScaleResult) -> str:
    if result.band is not None:
        return ""
    if not results.bands(result.scale):
        return "no_bands"
    if review.from_plans:
        return "plans"
    return "outside" if result.total.complete else "incomplete"


def _change(review: Review, result: results.ScaleResult, before: _Before | None) -> tuple[str | None, str]:
    """The difference since the last external review, or why there is none: only like is compared with like."""
    if review.from_plans:
        return None, "plans"
    if not review.show_comparison:
        return None, "hidden"
    if before is None:
        return None, "first"
    then = before.scales.get(result.scale.code)
    if then is None:
        return None, "other_scale"
    if then.scale.pk != result.scale.pk:
        return None, "other_edition"
    if not result.total.complete:
        return None, "incomplete"
    if not then.total.complete:
        return None, "previous_incomplete"
    if result.scale.scoring == Scale.Scoring.SUM:
        return str((result.total.total or 0) - (then.total.total or 0)), ""
    return f"{(result.total.mean or Decimal(0)) - (then.total.mean or Decimal(0)):.2f}", ""


def _all_items(scales: Iterable[ScaleContent]) -> list[tuple[ScaleContent, ItemContent]]:
    return [(scale, item) for scale in scales for section in scale["sections"] for item in section["items"]]


def _is_barred(item: ItemContent) -> bool:
    return Obstacle.LAW.value in item["obstacles"]


def _advice(scales: list[ScaleContent]) -> list[Advice]:
    """The recommendations that matter most: lowest scores first, then in the scales' order.

    An item that nothing but the law holds down is left out, whatever is written on it.
    """
    due = sorted(
        (
            Advice(
                scale=scale["code"],
                code=item["code"],
                short_title=item["short_title"],
                score=item["score"],
                recommendation=item["recommendation"],
                who=[actor for obstacle, actor in ACTORS.items() if obstacle in item["obstacles"]],
            )
            for scale, item in _all_items(scales)
            if item["score"] is not None
            and item["recommendation"].strip()
            and set(item["obstacles"]) != {Obstacle.LAW.value}
        ),
        key=lambda advice: advice["score"],
    )
    first = due[:ADVICE_AT_LEAST]
    return first + [each for each in due[ADVICE_AT_LEAST:ADVICE_AT_MOST] if each["score"] == first[-1]["score"]]


def _barred(scales: list[ScaleContent]) -> list[Barred]:
    return [
        Barred(scale=scale["code"], code=item["code"], short_title=item["short_title"], score=item["score"])
        for scale, item in _all_items(scales)
        if _is_barred(item)
    ]


def _next_due(review: Review) -> str | None:
    """Only an external review of practice sets a date for the next."""
    if not review.is_external or review.from_plans:
        return None
    return dates.next_due(review.last_day, review.service.interval_months).isoformat()
