"""The demonstration as it is made: reviews in every state, the same however often it is asked for."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from reviews import demo, given, results, workflow
from reviews.demo import action_plan, findings, texts
from reviews.models import (
    ActionPoint,
    ClosedSource,
    Correction,
    FactCheckRemark,
    Invitation,
    Note,
    Rating,
    ReportVersion,
    Review,
    Seat,
    Service,
    User,
)
from reviews.ties import ties
from scales import scoring
from scales.models import Item
from tests.reviews.front_door import contents

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _made(put_back: Callable[[], None], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demonstration, made once, its reports on one blank page each: what they look like is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock(), transaction.atomic():
        patched.setattr("reviews.report.pdf.render", lambda content, draft: b"%PDF-1.7")
        put_back()
        assert demo.fill() is True
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def made(_made: None, db: None) -> None:
    """The demonstration, in each test as it was made."""


def test_there_is_something_of_every_kind() -> None:
    assert set(Review.objects.values_list("status", flat=True)) == set(Review.Status.values)
    assert set(Review.objects.values_list("kind", flat=True)) == set(Review.Kind.values)
    assert set(Review.objects.values_list("basis", flat=True)) == set(Review.Basis.values)
    assert Review.objects.filter(shared_at__isnull=False).exists()
    assert Review.objects.filter(kind="self", shared_at=None, status="final").exists()
    assert ReportVersion.objects.filter(number=2).exists()
    assert Service.objects.count() == 6
    assert Service.objects.values("county").distinct().count() >= 4

    # Years of history with rising scores
    for name in ("IPS Bjørgvin", "IPS Fjordlandet"):
        reviews = Review.objects.filter(service__name=name, kind="external").order_by("first_day")
        totals = [results.newest_results(review)[0].total for review in reviews]
        assert len(totals) == 4
        assert all(total.complete for total in totals)
        sums = [total.total or 0 for total in totals]
        assert sums == sorted(set(sums))

    # What is special
    incomplete = Review.objects.filter(status="final", basis="practice", kind="external", imported_from__gt="")
    assert any(not results.newest_results(review)[0].total.complete for review in incomplete)
    from_plans = Review.objects.get(basis="plans")
    assert results.newest_results(from_plans)[0].band is None
    consensus = Review.objects.get(status="consensus")
    assert workflow.blockers(consensus)
    assert [each.page for each in workflow.warnings(consensus)].count("context") == 2
    of_practice = ReportVersion.objects.filter(review__kind="external", review__service__name="IPS Bjørgvin")
    in_full = of_practice.latest("review__first_day")
    assert (in_full.content["outcomes"]["share"], in_full.content["outcomes"]["goal"]) == (38, 45)
    assert all(in_full.content["outside"].values())
    scoring = Review.objects.get(status="scoring")
    assert {seat.handed_in_at is None for seat in scoring.seats.all()} == {True, False}
    assert workflow.unsettled(scoring.seats.get(is_lead=True))
    assert given.progress(scoring).left == 0
    begun = [given.progress(review) for review in Review.objects.filter(status="planned")]
    assert any(0 < progress.given < progress.asked for progress in begun)
    checked = Review.objects.get(status="fact_check")
    assert not workflow.fact_check_is_over(checked)
    assert checked.respondents.get(user__email="metodeveileder@demo.example").told_at
    assert checked.respondents.get(user=None).invitation.email == "teamleder@demo.example"
    assert set(checked.remarks.values_list("decision", flat=True)) == {"", "kept"}
    assert set(FactCheckRemark.objects.values_list("decision", flat=True)) == {"", "kept", "changed"}
    assert Correction.objects.get().version.review.first_day.year < timezone.localdate().year + 1
    assert {observer.review.status for observer in Seat.objects.filter(kind="observer")} == {"scoring", "final"}
    assert Invitation.objects.filter(seat__review__status="planned", accepted_at=None).exists()
    found = [tie.kind for review in Review.objects.filter(kind="external") for tie in ties(review)]
    assert set(found) >= {"line_manager", "reciprocal"}
    alone = results.agreement(results.working_results(consensus))
    assert (alone.compared, alone.equal < alone.within_one < alone.compared) == (37, True)
    assert Note.objects.filter(private=True).exists()
    assert {closed.review.status for closed in ClosedSource.objects.all()} == {"scoring"}
    assert Note.objects.filter(informant__isnull=False).exists()
    for review in (consensus, scoring):
        on_sheets = Note.objects.filter(interview__review=review)
        assert on_sheets.filter(items=None, private=False).exists()
        assert on_sheets.filter(private=True).exists()
        assert on_sheets.exclude(items=None).values("interview").distinct().count() > 1
    assert set(ActionPoint.objects.values_list("status", flat=True)) == set(ActionPoint.Status.values)

    # Times follow each other, and none is to come
    for review in Review.objects.all():
        times = [review.created_at, review.scoring_at, review.consensus_at, review.fact_check_at, review.final_at]
        passed = [time for time in times if time is not None]
        if not review.imported_from and review.versions.count() < 2:
            assert passed == sorted(passed), review
        assert all(time <= timezone.now() for time in passed), review
        assert review.first_day.weekday() < 4, review


def test_a_second_run_makes_nothing_and_prints_the_log_ins_which_work(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("summary")
    capsys.readouterr()
    before = contents()
    with override_settings(DEBUG=True):
        call_command("make_demo")
    assert contents() == before
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == len(demo.LOG_INS) == 8
    for log_in in demo.LOG_INS:
        line = next(line for line in printed.splitlines() if log_in.email in line.split())
        assert line.endswith(demo.PASSWORD)
        assert authenticate(email=log_in.email, password=demo.PASSWORD) == User.objects.get(email=log_in.email)
    administrators = User.objects.filter(is_staff=True)
    assert [person.email for person in administrators] == ["administrator@demo.example"]


def test_the_full_review_tells_of_every_item_and_all_texts_name_items_there_are() -> None:
    items = {item.code: item for item in Item.objects.select_related("section__scale")}
    assert set(findings.FULL) == set(items)
    assert set(findings.LOW) == {code for code, item in items.items() if item.section.scale.code == "ips-25"}
    assert set(findings.ELEMENTS) == {code for code, item in items.items() if counts_elements(item)}
    assert {code for code, _score in findings.SECOND} <= set(items)
    assert {code for each in findings.OWN.values() for code in each} <= set(items)
    assert set(texts.SCORING) | set(action_plan.THIS_YEAR) | set(texts.GIVEN) | set(texts.GIVEN_IN_PART) <= set(items)
    noted = texts.NOTES + texts.CONSENSUS_NOTES
    assert {code for _source, _who, _number, codes, _text in noted for code in codes} <= set(items)
    assert {
        code for _source, _who, notes in texts.INTERVIEWS for codes, _text in notes for code in codes.split()
    } <= set(items)
    for code, finding in findings.FULL.items():
        assert items[code].anchor(finding.agreed)
        if finding.agreed <= 3 and items[code].section.scale.comment_expected:
            assert finding.comment
            assert finding.recommendation
    assert all(findings.FULL[code].recommendation for code in action_plan.THIS_YEAR)


def told() -> list[findings.Finding | findings.Told]:
    """Return all that is told of an item."""
    shortly = [findings.LOW, findings.LOWER, *findings.OWN.values()]
    return [*findings.FULL.values(), *(each for texts_by_item in shortly for each in texts_by_item.values())]


def counts_elements(item: Item) -> bool:
    """Whether an item's measure counts its elements."""
    measure = item.parsed_measure()
    return measure is not None and measure.kind is scoring.Kind.ELEMENTS


def suggested(item: Item, elements: Collection[int]) -> int | None:
    """Return the score that elements found give."""
    measure = item.parsed_measure()
    assert measure is not None
    given = scoring.suggest(
        measure, {}, elements_present=len(set(elements)), elements_total=len(item.elements), lowest=1, highest=5
    )
    return given.score if given else None


def test_every_recommendation_says_who_acts() -> None:
    for finding in told():
        assert bool(finding.recommendation) <= bool(finding.actors), finding


@pytest.mark.parametrize(("texts_by_item", "score"), [(findings.LOW, 3), (findings.LOWER, 2)])
def test_the_elements_told_of_are_as_many_as_a_low_score_takes(
    texts_by_item: dict[str, findings.Told], score: int
) -> None:
    for item in Item.objects.filter(code__in=texts_by_item):
        elements = texts_by_item[item.code].elements
        if counts_elements(item):
            assert suggested(item, elements) == score, item.code
        else:
            assert not elements, item.code


def test_the_elements_that_were_ticked_give_every_score() -> None:
    ratings = Rating.objects.filter(score__isnull=False, seat__kind="evaluator", seat__review__imported_from="")
    of_elements = [rating for rating in ratings.select_related("item", "seat__review") if counts_elements(rating.item)]
    assert len(of_elements) > 100
    for rating in of_elements:
        assert suggested(rating.item, rating.elements) == rating.score, rating


def test_what_a_score_lacks_is_what_its_texts_tell() -> None:
    """The elements that the report names on an item's way up, of the reviews whose texts tell which they are."""
    items = {item.code: item for item in Item.objects.all()}
    lacking = {
        "IPS Bjørgvin": {"O2": [4], "O7": [3], "O8": [2, 3]},
        "IPS Østbyen": {"O2": [0], "O7": [1, 4], "O8": [2, 3], "T2": [2, 3]},
    }
    for name, by_item in lacking.items():
        versions = ReportVersion.objects.filter(review__service__name=name, review__kind="external")
        version = versions.latest("review__first_day", "number")
        steps = {step["code"]: step["lacking"] for step in version.content["scales"][0]["ahead"]["steps"]}
        for code, indexes in by_item.items():
            assert steps[code] == [items[code].elements[index] for index in indexes], (name, code)


def test_the_figures_agree() -> None:
    """The jobs told of are those of the people in work, and what was issued again changed what its reason says."""
    in_full = ReportVersion.objects.filter(review__service__name="IPS Bjørgvin").latest("review__first_day")
    in_work = in_full.content["outcomes"]["in_work"]
    assert findings.FULL["T8"].comment.startswith(f"De {in_work} deltakerne som er i ordinært arbeid")
    first, second = ReportVersion.objects.filter(review__service__name="IPS Østbyen").order_by("number")
    assert second.content["outcomes"]["in_work"] == 13
    measure = Item.objects.get(code="T10").parsed_measure()
    assert measure is not None
    for version, permanent in ((first, 10), (second, 12)):
        sections = version.content["scales"][0]["sections"]
        item = next(item for section in sections for item in section["items"] if item["code"] == "T10")
        assert item["comment"].startswith(f"{permanent} av 13 jobber ({round(100 * permanent / 13)} prosent)")
        given = scoring.suggest(measure, {"permanent": permanent, "total": 13}, lowest=1, highest=5)
        assert given is not None
        assert given.score == item["score"]
    assert second.reason == texts.WHY_AGAIN


def test_what_was_chosen_for_page_one_stands_there() -> None:
    """Where a report has many recommendations, its evaluators chose those that its summary tells of."""
    told_shortly = [(name, "external", each) for (name, _days), each in texts.SHORT_NARRATIVES.items()]
    alone = [(name, "self", each) for name, each in texts.SELF_NARRATIVES.items()]
    seen = 0
    for name, kind, narrative in [*told_shortly, *alone, ("IPS Bjørgvin", "external", texts.NARRATIVE)]:
        chosen = list(narrative.get("front_advice", []))
        for version in ReportVersion.objects.filter(review__service__name=name, review__kind=kind):
            if chosen and version.content["summary"] == narrative["summary"]:
                assert [f"{each['scale']} {each['code']}" for each in version.content["advice"]] == chosen
                seen += 1
    assert seen == 7


def test_the_made_up_words_are_the_products_own() -> None:
    """The words that the product does not use, or not alone."""
    shortly = [*texts.SHORT_NARRATIVES.values(), *texts.SELF_NARRATIVES.values()]
    narratives = [texts.NARRATIVE, texts.PLANS_NARRATIVE, *shortly]
    written = " ".join(
        [finding.comment + " " + finding.recommendation for finding in told()]
        + [" ".join(words) for words in findings.SECOND.values()]
        + [row[-1] for row in texts.NOTES + texts.CONSENSUS_NOTES]
        + [text for _source, _who, notes in texts.INTERVIEWS for _codes, text in notes]
        + [text for part in narratives for text in part.values() if isinstance(text, str)]
    ).lower()
    found = Counter(re.findall(r"\w+", written))
    for word in ("begrunnelse", "veileder", "klient", "pasient"):
        assert word not in found
