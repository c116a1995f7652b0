"""Builds a report's content from the review's rows: the one place that decides what a report says."""

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Subquery

from reviews import dates, history, outcomes, results
from reviews.models import Context, Correction, FactCheckRemark, FinalScore, Obstacle, Review, Seat
from reviews.report import around, holding, past
from reviews.report.ahead import Known, ahead
from reviews.report.around import Around
from reviews.report.past import Last, Past
from reviews.report.shape import (
    Advice,
    Agreement,
    Band,
    Barred,
    BesideBefore,
    Circumstances,
    Content,
    CorrectionContent,
    Evaluator,
    FactCheck,
    Figures,
    HistoryPoint,
    Independence,
    ItemContent,
    Judged,
    Outcomes,
    Outside,
    Previous,
    RemarkContent,
    Replaced,
    ScaleContent,
    SectionContent,
    Shown,
    TieContent,
    circumstances_in,
    outcomes_in,
)
from reviews.ties import ties
from scales import scoring
from scales.models import Item, Scale

ADVICE_AT_LEAST = 3
"""How many recommendations page one has room for whatever they are."""
ADVICE_AT_MOST = 5
"""How many it takes when those after the third rest on a score just as low."""


def build(
    review: Review,
    *,
    number: int | None,
    made_at: datetime.datetime | None,
    reason: str = "",
    pinned: Iterable[int] | None = None,
    found: list[results.ScaleResult] | None = None,
    before: Callable[[Review], Past] = past.of,
    beside: Around | None = None,
    corrections: list[CorrectionContent] | None = None,
    known: Known | None = None,
) -> Content:
    """Return the report of the review from its working results.

    A version has its number, the time it is made and the reason of a reissue; a draft has none of them. The evaluators'
    own scores are in it only where the review shows them, and never before consensus: until then they are blind.

    Who has fetched something already hands it in: `pinned`, the keys of the review's scales; and one who makes many
    reports at a time `found`, the review's working results; `before`, which gives the external reviews before a review;
    `beside`, what is told besides the results; `corrections`, what of the last review is held to be wrong; and `known`,
    which is filled with what is the same in them all.
    """
    ratings: results.OwnRatings = {}
    if found is None:
        ratings = results.own_ratings(review)
        found = results.working_results_beside(review, ratings, pinned)
    told = before(review) if review.show_comparison and not review.from_plans else Past()
    last = Before(told.last) if told.last else None
    if corrections is None:
        corrections = _corrections(review, last)
    scales = [
        scale_content(
            review, result, own=_shows_own(review), before=last, earlier=told.points.get(result.scale.code, [])
        )
        for result in found
    ]
    _mark_corrected(scales, corrections)
    beside = beside or around.of(review)
    to_come = ahead(review, found, ratings, beside.context, known)
    seats = results.evaluator_seats(review)
    for scale in scales:
        scale["ahead"] = to_come.get(scale["code"])
    return Content(
        review=str(review.pk),
        number=number,
        made_at=None if made_at is None else made_at.isoformat(timespec="seconds"),
        reason=reason,
        language=review.language,
        service=review.service.name,
        county=review.service.county.name,
        teams=beside.teams,
        kind=review.kind,
        basis=review.basis,
        imported=review.imported_from != "",
        shown=Shown(
            evaluator_scores=review.show_evaluator_scores,
            fact_check=review.show_fact_check,
            comparison=review.show_comparison,
        ),
        first_day=review.first_day.isoformat(),
        last_day=review.last_day.isoformat(),
        replaces=_replaced(review, number),
        evaluators=_evaluators(seats),
        independence=_independence(review, seats),
        recipients=review.recipients,
        participants=review.participants,
        purpose=review.purpose,
        method=review.method,
        summary=review.summary,
        strengths=_lines(review.strengths),
        outcomes=_outcomes(review, beside.context),
        circumstances=_circumstances(review, beside.context),
        beside_before=None if last is None else last.beside,
        outside=Outside(meetings=review.outside_meetings, economy=review.outside_economy, voices=review.outside_voices),
        scales=scales,
        previous=None if last is None else last.latest(),
        corrections=corrections,
        fact_check=_fact_check(review, number, found, beside),
        advice=_advice(scales, review.front_advice),
        barred=_barred(scales),
        next_due=_next_due(review),
    )


class Before:
    """The last external review of each scale, by the scale's code. One visit can be two reviews."""

    def __init__(self, last: Mapping[str, Last]) -> None:
        self.reviews = last
        self.beside = _beside(last.values())
        self.scales = {
            code: result for code, each in last.items() for result in each.results if result.scale.code == code
        }

    def latest(self) -> Previous:
        """The last of them all."""
        return _dated(max(each.day for each in self.reviews.values()))

    def of(self, scale: Scale) -> Previous | None:
        """That of a scale; None where no review has used it."""
        held = self.reviews.get(scale.code)
        return None if held is None else _dated(held.day)

    def scores(self, scale: Scale) -> Mapping[str, int | None]:
        """The items' scores then, by their codes; none where another edition was used: the numbers would mean something
        else.
        """
        held = self.scales.get(scale.code)
        if held is None or held.scale.pk != scale.pk:
            return {}
        return {each.item.code: each.score for each in held.items}

    def section(self, scale: Scale, code: str) -> Figures | None:
        """The section's figures then; None where another edition was used, and where an item of it had no score: a part
        of a section compares with nothing.
        """
        held = self.scales.get(scale.code)
        if held is None or held.scale.pk != scale.pk:
            return None
        totals = (section.total for section in held.sections if section.section.code == code)
        return next((figures(total) for total in totals if total.complete), None)

    def given(self, item: Item) -> int | None:
        """The score given then to an item of the edition used then."""
        return next(
            (result.score for held in self.scales.values() for result in held.items if result.item.pk == item.pk), None
        )


def _beside(last: Collection[Last]) -> BesideBefore | None:
    """What stood beside the score in the last of these reviews; None where it told nothing."""
    day = max(each.day for each in last)
    for each in last:
        then, there = outcomes_in(each.beside), circumstances_in(each.beside)
        told = any(value not in (None, []) for name, value in {**then, **there}.items() if name != "asked")
        if told and each.day == day:
            return BesideBefore(date=day.isoformat(), year=day.year, outcomes=then, circumstances=there)
    return None


def _dated(day: datetime.date) -> Previous:
    return Previous(date=day.isoformat(), year=day.year)


def _outcomes(review: Review, held: Context) -> Outcomes:
    """What is known of work and education: of a service that is reviewed from its plans nothing, whatever was written
    before it was.
    """
    given = Context() if review.from_plans else held
    return Outcomes(
        asked=review.is_external and not review.from_plans and review.imported_from == "",
        participants=given.participants,
        in_work=given.in_work,
        in_education=given.in_education,
        share=outcomes.share(given.participants, given.in_work, given.in_education),
        goal=given.goal,
        jobs_started=given.jobs_started,
    )


def _circumstances(review: Review, held: Context) -> Circumstances:
    """How the service was; one that is reviewed from its plans is not there yet."""
    given = Context() if review.from_plans else held
    return Circumstances(
        posts=_decimal(given.posts),
        vacant_posts=_decimal(given.vacant_posts),
        left_last_year=given.left_last_year,
        teams=given.teams,
        co_located_teams=given.co_located_teams,
        employers=list(given.employers),
        dispersed=given.dispersed,
    )


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def _evaluators(seats: Iterable[Seat]) -> list[Evaluator]:
    return [Evaluator(name=None if seat.user is None else str(seat.user), lead=seat.is_lead) for seat in seats]


def _independence(review: Review, seats: Collection[Seat]) -> Independence | None:
    """What is known of the evaluators' ties; None for a self-review, and where nobody knows who they were."""
    known = any(seat.user_id is not None for seat in seats)
    if review.is_self or not (known or review.independence.strip()):
        return None
    found = ties(review, seats) if known else []
    return Independence(
        ties=[
            TieContent(
                name=str(tie.person),
                kind=str(tie.kind),
                organisation=tie.organisation,
                service=tie.service,
                year=tie.year,
            )
            for tie in found
        ],
        text=review.independence.strip(),
    )


def _replaced(review: Review, number: int | None) -> Replaced | None:
    if number is None or number == 1:
        return None
    held = review.versions.filter(number__lt=number).only("number", "made_at").order_by("-number").first()
    return None if held is None else Replaced(number=held.number, made_at=held.made_at.isoformat(timespec="seconds"))


def _corrections(review: Review, before: Before | None) -> list[CorrectionContent]:
    """The scores of the last review that are held to have been wrong, in its scales' order.

    One that the last review has mended itself since, by a version with another score, is no longer told of.
    """
    if before is None:
        return []
    given = FinalScore.objects.filter(version=OuterRef("version"), item=OuterRef("item")).order_by().values("score")
    found = (
        Correction.objects.filter(review=review)
        .annotate(then=Subquery(given), of=F("version__review"))
        .select_related("item__section__scale")
        .order_by("item__section__scale__position", "item__section__position", "item__position")
    )
    return [
        CorrectionContent(
            scale=each.item.section.scale.code,
            code=each.item.code,
            short_title=each.item.short_title,
            then=each.then,
            score=each.score,
            reason=each.reason,
            date=last.day.isoformat(),
        )
        for each in found
        if (last := before.reviews.get(each.item.section.scale.code)) is not None
        and each.of == last.review
        and each.then is not None
        and each.then == before.given(each.item)
    ]


def _mark_corrected(scales: list[ScaleContent], corrections: list[CorrectionContent]) -> None:
    """Mark the items whose last score is corrected; one with no last score to show, of another edition, is not."""
    corrected = {(each["scale"], each["code"]) for each in corrections}
    for scale, item in _all_items(scales):
        item["previous_wrong"] = item["previous"] is not None and (scale["code"], item["code"]) in corrected


def _fact_check(
    review: Review, number: int | None, found: list[results.ScaleResult], beside: Around
) -> FactCheck | None:
    """How the facts were checked, as it is told in a version or as it stands in a draft.

    None where nothing is known of it: in a version that nobody sent to fact check and nobody said why.
    """
    skipped = "" if number is None else review.fact_check_skipped
    out = review.fact_check_at is not None
    if review.is_self or (number is not None and not out and not skipped):
        return None
    open_until = review.fact_check_due if review.status == Review.Status.FACT_CHECK else None
    return FactCheck(
        skipped=skipped,
        asked=beside.asked,
        answered=beside.answered,
        silent=beside.asked - beside.answered,
        earlier=beside.asked > 0 and not out,
        due=None if number is not None or not open_until else open_until.isoformat(),
        remarks=_remarks(review, found) if review.show_fact_check else [],
    )


def _remarks(review: Review, found: list[results.ScaleResult]) -> list[RemarkContent]:
    """The remarks that are decided on: those on the whole draft first, then in the scales' order."""
    places = {result.item.pk: place for place, result in enumerate(each for scale in found for each in scale.items)}
    held = review.remarks.exclude(decision=FactCheckRemark.Decision.OPEN).select_related("item__section__scale")
    remarks = sorted(held, key=lambda remark: (places.get(remark.item_id or 0, -1), remark.created_at))
    return [
        RemarkContent(
            scale="" if remark.item is None else remark.item.section.scale.code,
            code="" if remark.item is None else remark.item.code,
            short_title="" if remark.item is None else remark.item.short_title,
            text=remark.text,
            decision=remark.decision,
            answer=remark.answer,
            before=_judged(remark.before),
            after=_judged(remark.after),
        )
        for remark in remarks
    ]


def _judged(kept: Mapping[str, Any] | None) -> Judged | None:
    if kept is None:
        return None
    return Judged(
        score=kept["score"],
        not_scored=kept["not_scored"],
        comment=kept["comment"],
        recommendation=kept["recommendation"],
    )


def _lines(text: str) -> list[str]:
    """One strength a line; the dash or bullet that people put before each is the list's own business."""
    stripped = (line.strip().lstrip("-–•*·").strip() for line in text.splitlines())
    return [line for line in stripped if line]


def figures(total: scoring.Total) -> Figures:
    """Return a total as the content holds it."""
    return Figures(
        items=total.items,
        scored=total.scored,
        total=total.total,
        maximum=total.maximum,
        mean=None if total.mean is None else f"{total.mean:.2f}",
    )


def _shows_own(review: Review) -> bool:
    return review.show_evaluator_scores and review.status not in (Review.Status.PLANNED, Review.Status.SCORING)


def scale_content(
    review: Review,
    result: results.ScaleResult,
    *,
    own: bool,
    before: Before | None = None,
    earlier: Iterable[history.Point] = (),
) -> ScaleContent:
    """Return a scale's result as a report holds it, beside the last external review where that is handed in.

    `own`: the evaluators' own scores are in it, which is never to be so while they are blind.
    """
    scale = result.scale
    change, no_change = _change(review, result, before)
    then = {} if before is None else before.scores(scale)
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
        comment_expected=scale.comment_expected,
        total=figures(result.total),
        band=_band(result.band),
        no_band=_no_band(review, result),
        bands=[band for each in scale.band_ranges() if (band := _band(each)) is not None],
        previous=None if before is None else before.of(scale),
        change=change,
        no_change=no_change,
        history=_history(review, result, earlier),
        ahead=None,
        agreement=_agreement(result.agreement) if own else None,
        sections=[
            SectionContent(
                code=section.section.code,
                title=section.section.title,
                total=figures(section.total),
                previous=None if before is None else before.section(scale, section.section.code),
                comment=section.comment,
                items=[_item(each, then, own) for each in section.items],
            )
            for section in result.sections
        ],
    )


def _item(result: results.ItemResult, then: Mapping[str, int | None], own: bool) -> ItemContent:
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
        actors=list(result.actors),
        own=list(result.own) if own else [],
        previous=then.get(item.code),
        previous_wrong=False,
    )


def _agreement(found: scoring.Agreement) -> Agreement | None:
    if not found.compared:
        return None
    return Agreement(compared=found.compared, equal=found.equal, within_one=found.within_one)


def _band(band: scoring.BandRange | None) -> Band | None:
    if band is None:
        return None
    return Band(code=band.code, label=band.label, lowest=band.lowest, highest=band.highest)


def _history(review: Review, result: results.ScaleResult, earlier: Iterable[history.Point]) -> list[HistoryPoint]:
    """The scale's external reviews up to this one. What is not like this one is there, and left out of the line."""
    points = [
        HistoryPoint(
            date=point.day.isoformat(),
            year=point.day.year,
            edition=point.scale.edition,
            total=figures(point.total),
            band=_band(point.band),
            left_out=history.left_out(
                scored=point.total.scored, items=point.total.items, other_edition=point.scale.pk != result.scale.pk
            ),
        )
        for point in earlier
    ]
    if review.is_external and not review.from_plans and review.show_comparison:
        points.append(
            HistoryPoint(
                date=review.first_day.isoformat(),
                year=review.first_day.year,
                edition=result.scale.edition,
                total=figures(result.total),
                band=_band(result.band),
                left_out=history.left_out(scored=result.total.scored, items=result.total.items, other_edition=False),
            )
        )
    return points


def _no_band(review: Review, result: results.ScaleResult) -> str:
    if result.band is not None:
        return ""
    if not result.scale.band_ranges():
        return "no_bands"
    if review.from_plans:
        return "plans"
    return "outside" if result.total.complete else "incomplete"


def _change(review: Review, result: results.ScaleResult, before: Before | None) -> tuple[str | None, str]:
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
    by_mean = result.scale.scoring == Scale.Scoring.MEAN
    return str(scoring.difference(then.total, result.total, by_mean=by_mean)), ""


def _all_items(scales: Iterable[ScaleContent]) -> list[tuple[ScaleContent, ItemContent]]:
    return [(scale, item) for scale in scales for section in scale["sections"] for item in section["items"]]


def _is_barred(item: ItemContent) -> bool:
    return Obstacle.LAW.value in item["obstacles"]


def _advice(scales: list[ScaleContent], chosen: Collection[str]) -> list[Advice]:
    """The recommendations for page one: those the evaluators chose ("ips-25 O3"), filled up to three with the lowest
    scores first, then in the scales' order; where they chose none, up to five if those after the third rest on a score
    just as low.

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
                who=holding.acts(item["actors"], item["obstacles"]),
            )
            for scale, item in _all_items(scales)
            if item["score"] is not None and is_advice(item["recommendation"], item["obstacles"], item["score"])
        ),
        key=lambda advice: advice["score"],
    )
    wanted = [each for each in due if advice_key(each["scale"], each["code"]) in chosen][:ADVICE_AT_MOST]
    if wanted:
        return wanted + [each for each in due if each not in wanted][: max(0, ADVICE_AT_LEAST - len(wanted))]
    first = due[:ADVICE_AT_LEAST]
    return first + [each for each in due[ADVICE_AT_LEAST:ADVICE_AT_MOST] if each["score"] == first[-1]["score"]]


def is_advice(recommendation: str, obstacles: Collection[str], score: int | None) -> bool:
    """Whether a recommendation may stand on page one: of an item that is scored and not held down by the law alone."""
    return score is not None and recommendation.strip() != "" and set(obstacles) != {Obstacle.LAW.value}


def advice_key(scale: str, code: str) -> str:
    """Return what a recommendation goes by among those chosen for page one: "ips-25 O3"."""
    return f"{scale} {code}"


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
