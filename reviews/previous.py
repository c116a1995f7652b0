"""The service's last external review of practice beside this one, item by item: what it found, and what it advised."""

import functools
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    JSONField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import JSONObject

from reviews import results
from reviews.models import Correction, FinalScore, ReportVersion, Review, Service
from reviews.navigation import items_in
from reviews.prepared import Given, Prepared
from scales import editions
from scales.models import Item, Scale


@dataclass(frozen=True)
class Beside:
    """What the last external review says about one item of this one.

    `review` has no more than its key, kind and days. `found` is None where that review had no such item;
    `correction` is what this review's evaluators have recorded about its score.
    """

    review: Review
    found: FinalScore | None
    other_edition: bool
    section_comment: str
    correction: Correction | None

    @property
    def anchor(self) -> str:
        """What the score stood for, in the words of the edition used then; empty without a score."""
        return "" if self.found is None or self.found.score is None else self.found.item.anchor(self.found.score)

    @property
    def corrected_anchor(self) -> str:
        """What the score it should have had stood for then; empty where none is known."""
        if self.correction is None or self.correction.score is None or self.found is None:
            return ""
        return self.found.item.anchor(self.correction.score)


def _last(*, corrected: bool) -> "QuerySet[Any, tuple[Any, ...]]":
    """Ask for the version that the last external review left: the last one with the scale, where any has used it, else
    the last; with what it says of the item, as JSON, and with its content only where a comment is to be found there.
    """
    code, scale = Given("code", CharField()), Given("scale", CharField())
    said = FinalScore.objects.filter(version=OuterRef("pk"), item__code=code, item__section__scale__code=scale)
    columns = ("id", "score", "not_scored", "comment", "recommendation", "item_id")
    wrong = Correction.objects.filter(
        review=Given("review", Review._meta.get_field("id")),
        version__review=OuterRef("review"),
        item__code=code,
        item__section__scale__code=scale,
    )
    used = Scale.objects.filter(pins__review=OuterRef("review"), code=scale)
    this: dict[str, Any] = {
        "service_id": Given("service", Service._meta.get_field("id")),
        "first_day": Given("day", DateField()),
    }
    before = results.external_before(Review(**this))
    nothing = Value(None, output_field=JSONField())
    found = before.annotate(
        of_scale=Exists(used),
        said=_as_json(said, *columns),
        # It is long, and read for nothing else.
        whole=Case(When(Exists(said.filter(comment="")), then="content"), default=nothing),
        wrong=_as_json(wrong, "id", "score", "reason") if corrected else nothing,
    )
    order = [F(name).desc() for name in ("of_scale", *results.OLDEST_FIRST, "number")]
    names = ("review", "review__first_day", "review__last_day", "of_scale", "said", "whole", "wrong")
    return found.order_by(*order).values_list("pk", *names)[:1]


def _as_json(rows: QuerySet[Any], *names: str) -> Subquery:
    """Return the columns of the one row that there is, none where there is none."""
    made = JSONObject(**{name: name for name in names})
    return Subquery(rows.order_by().values_list(made)[:1], output_field=JSONField())


_asked = {corrected: Prepared(functools.partial(_last, corrected=corrected)) for corrected in (False, True)}


def beside(review: Review, item: Item, *, corrected: bool = True) -> Beside | None:
    """Return what the service's last external review says about the item: the last one with its scale, where any has
    used that. None where there is no external review.

    The item is found by its code and its scale's, since another edition has rows of its own. One query. `corrected`:
    with what is recorded about its score now, which belongs to the draft.
    """
    scale = item.section.scale
    given: dict[str, Any] = {"service": review.service_id, "day": review.first_day}
    if corrected:
        given["review"] = review.pk
    rows = _asked[corrected].rows(code=item.code, scale=scale.code, **given)
    if not rows:
        return None
    (version, key, first_day, last_day, _of_scale, said, whole, wrong) = rows[0]
    last = Review(
        pk=key, service_id=review.service_id, kind=Review.Kind.EXTERNAL, first_day=first_day, last_day=last_day
    )
    if said is None:
        return Beside(last, None, False, "", None)
    then = _as_used(item, said["item_id"])
    return Beside(
        review=last,
        found=FinalScore(version_id=version, item=then, **{name: said[name] for name in said if name != "item_id"}),
        other_edition=then.section.scale_id != scale.pk,
        section_comment=""
        if whole is None
        else results.comments_by_section(ReportVersion(content=whole)).get((scale.code, then.section.code), ""),
        correction=None if wrong is None else Correction(review=review, item=then, **wrong),
    )


def _as_used(item: Item, key: int) -> Item:
    """Return the item with a key: this one, or that of the edition that the last review used."""
    if item.pk == key:
        return item
    scale = Item.objects.values_list("section__scale", flat=True).get(pk=key)
    return next(each for each in items_in(editions.in_use([scale])) if each.pk == key)
