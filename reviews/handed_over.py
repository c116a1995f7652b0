"""The reviews of a service that were handed over: each with the content that counts, and what is held to be wrong in
it.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from reviews import results
from reviews.models import Context, Correction, FinalScore, ReportVersion, Review, Service
from reviews.prepared import Given, Prepared
from reviews.report import beside
from reviews.report.shape import Content, completed


@dataclass(frozen=True)
class HandedOver:
    """A review with the version that counts, and what is held to be wrong in it still (corrections())."""

    review: Review
    version: ReportVersion
    corrections: Sequence[Correction] = ()

    @cached_property
    def content(self) -> Content:
        """What its report says."""
        return completed(self.version.content)

    @property
    def beside(self) -> Context:
        """What its report says stood beside the scores, as columns."""
        return beside.of(self.review, self.content["outcomes"], self.content["circumstances"])

    def corrections_on(self, scale: str) -> list[Correction]:
        """Return those of the corrections that are about a scale, by its code."""
        return [each for each in self.corrections if each.item.section.scale.code == scale]

    @cached_property
    def wrong(self) -> frozenset[tuple[str, str]]:
        """The items whose scores are held to have been wrong, by the scale's code and their own."""
        return frozenset((each.item.section.scale.code, each.item.code) for each in self.corrections)


def of(reviews: Iterable[Review]) -> list[HandedOver]:
    """Return those of one service's reviews that were handed over, oldest first: one query, and one more where others
    hold anything to be wrong.

    `reviews` are those the reader sees: of what others hold to be wrong one is not told, and of what may still be taken
    back, before its review is final, nobody is.
    """
    known = {review.pk: review for review in reviews}
    if not known:
        return []
    service = next(iter(known.values())).service_id
    versions = [version for version in _newest.rows(service=service) if version.review_id in known]
    # Mostly there is none, and the whole question takes as long as all the reports.
    any_wrong = any(vars(version)["any_wrong"] for version in versions)
    final = [review.pk for review in known.values() if review.status == Review.Status.FINAL]
    held = corrections([version.pk for version in versions], final) if any_wrong else {}
    return [HandedOver(known[version.review_id], version, held.get(version.review_id, ())) for version in versions]


def _newest_versions() -> QuerySet[ReportVersion]:
    """Ask for the version that counts of each of a service's reviews, oldest first, and whether any review of the
    service holds anything to be wrong.
    """
    service = Given("service", Service._meta.get_field("id"))
    later = ReportVersion.objects.filter(review=OuterRef("review"), number__gt=OuterRef("number"))
    wrong = Correction.objects.filter(review__service=service, review__status=Review.Status.FINAL)
    newest = ReportVersion.objects.filter(~Exists(later), review__service=service).annotate(any_wrong=Exists(wrong))
    return newest.only("review", "number", "content").order_by(*results.OLDEST_FIRST)


_newest = Prepared(_newest_versions)


def corrections(
    versions: Collection[uuid.UUID], final: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Correction]]:
    """Return what is held to be wrong still in reviews of a service, by the review that it is about: one query.

    `versions` are those that count, `final` the reviews whose corrections are told of. What a review has mended itself
    since, by a version with another score, is no longer told of.
    """
    scores = FinalScore.objects.filter(item=OuterRef("item")).order_by().values("score")
    found = Correction.objects.filter(version__review__versions__in=versions, review__in=final).order_by(
        "review__first_day", "item__section__scale__position", "item__section", "item__position"
    )
    told = found.annotate(
        about=F("version__review"),
        then=Subquery(scores.filter(version=OuterRef("version"))),
        now=Subquery(scores.filter(version=OuterRef("version__review__versions"))),
    ).select_related("review", "item__section__scale")
    held: dict[uuid.UUID, list[Correction]] = defaultdict(list)
    for each in told:
        if each.now == each.then:
            held[each.about].append(each)
    return held
