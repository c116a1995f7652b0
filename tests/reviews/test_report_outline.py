"""The outline of a report, which the database picks out, says what the whole of it says."""

import datetime
import json
from typing import Any

import pytest

from reviews import workflow
from reviews.models import ReportVersion, Review
from reviews.report.outline import Outline, outlined
from reviews.report.shape import Content, completed
from tests.factories import (
    FIRST_DAY,
    ServiceFactory,
    VersionFactory,
    final_review,
    issue,
    items_of,
    lead,
    scored_review,
)

pytestmark = pytest.mark.django_db

YEAR = datetime.timedelta(days=365)
_LEFT_OUT: dict[str, Any] = {"history": [], "ahead": None, "sections": []}


def _outline(version: ReportVersion) -> Content:
    return outlined(ReportVersion.objects.values_list(Outline("content"), flat=True).get(pk=version.pk))


def _expected(version: ReportVersion, names: Any) -> dict[str, Any]:
    """Return what the whole content says under the names that the outline has."""
    whole: dict[str, Any] = dict(completed(version.content))
    scales = [{**scale, **_LEFT_OUT} for scale in whole["scales"]]
    return {name: scales if name == "scales" else whole[name] for name in names}


def _told(review: Review) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an outline, and what it has to be but for what a page of many reports does not tell of a scale."""
    version = review.versions.latest("number")
    found: dict[str, Any] = dict(_outline(version))
    expected = _expected(version, found)
    for scale, told in zip(expected["scales"], found["scales"], strict=True):
        for name in set(scale) - set(told):
            del scale[name]
    return found, expected


def test_the_outline_holds_the_results_of_a_report_as_it_has_them() -> None:
    service = ServiceFactory.create()
    first = final_review(service=service, first_day=FIRST_DAY - 2 * YEAR)
    plans = final_review(service=service, first_day=FIRST_DAY - YEAR, basis="plans")
    last = scored_review(service=service, first_day=FIRST_DAY, scores=lambda item: 3 if item.position > 1 else None)
    workflow.correct(last, items_of(first)[0], lead(last), None, 'Kildene er «borte», "sa" noen.')
    issue(last)
    for review in (first, plans, last):
        found, expected = _told(review)
        assert found == expected
        assert len(json.dumps(found)) * 5 < len(json.dumps(review.versions.get().content))
    assert [len(scale["bands"]) > 0 for scale in found["scales"]] == [True, False]
    assert [scale["code"] for scale in found["scales"]] == ["ips-25", "goi-12"]
    assert found["corrections"]


def test_what_an_old_report_does_not_hold_is_read_as_nothing_and_the_change_as_since_the_last_review() -> None:
    service = ServiceFactory.create()
    final_review(service=service, first_day=FIRST_DAY - YEAR)
    review = final_review(service=service, first_day=FIRST_DAY)
    old = json.loads(json.dumps(review.versions.get().content))
    del old["corrections"]
    for scale in old["scales"]:
        for name in ("bands", "previous", "history", "ahead"):
            del scale[name]
    VersionFactory.create(review=review, content=old)
    found, expected = _told(review)
    assert found == expected
    assert old["previous"]
    assert found["scales"][0]["previous"] == old["previous"]
    empty = VersionFactory.create()
    assert _outline(empty)["scales"] == []
