"""Results out: what is in an export, that it is the same everywhere, and that what goes out comes in again."""

import datetime
import json
import os
from collections.abc import Iterable
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.exchange import exporting, importing
from reviews.exchange.sheet import LONG_COLUMNS, TEXT_LIMIT
from reviews.models import AgreedResult, AuditEvent, Rating, Review, Seat, Service
from scales.models import Scale
from tests.factories import (
    ServiceFactory,
    VersionFactory,
    county,
    final_review,
    issue,
    items_of,
    scored_review,
    usual_score,
)
from tests.reviews.test_exchange_import import SAMPLE, long_rows, take

pytestmark = pytest.mark.django_db


def export(format: str = "csv", *, all_own_scores: bool = True, reviews: Iterable[Review] | None = None) -> str:
    """Return a whole export."""
    found = exporting.exportable(Review.objects.all()) if reviews is None else reviews
    return "".join(exporting.export(found, format, all_own_scores=all_own_scores))


def exported(*, all_own_scores: bool = True) -> list[dict[str, Any]]:
    """Return the reviews of a JSON export."""
    found: list[dict[str, Any]] = json.loads(export("json", all_own_scores=all_own_scores))["reviews"]
    return found


def rows() -> list[dict[str, str]]:
    """Return the rows of a CSV export of texts without line ends."""
    header, *lines = export().splitlines()
    return [dict(zip(header.split(","), line.split(","), strict=False)) for line in lines]


# JSON


def test_the_published_sample_in_json() -> None:
    importing.run(SAMPLE, create_services=True)
    (review,) = exported()
    ips, goi = review.pop("scales")
    assert review.pop("id") == str(Review.objects.get().pk)
    assert review == {
        "service": "Psykoseteamet (publisert 2012)",
        "county": "Nordland",
        "review_date": "2012-12-03",
        "kind": "external",
        "basis": "plans",
        "status": "final",
        "version": 1,
    }
    found = ips.pop("results")
    assert ips == {
        "code": "ips-25",
        "edition": Scale.objects.get(code="ips-25").edition,
        "items": 25,
        "scored": 11,
        "total": 51,
        "maximum": 55,
        "mean": 4.64,
        "band": None,
        "sections": [
            {"code": "B", "items": 3, "scored": 3, "total": 15, "maximum": 15},
            {"code": "O", "items": 8, "scored": 8, "total": 36, "maximum": 40},
            {"code": "T", "items": 14, "scored": 0, "total": None, "maximum": 0},
        ],
    }
    assert list(found[0].items()) == [
        ("item", "B1"),
        ("evaluator_1", 5),
        ("evaluator_2", None),
        ("consensus", 5),
        ("not_scored", None),
        (
            "comment",
            "Høyst 20 deltakere per jobbspesialist i full stilling; få ved oppstart, og jobbspesialisten er med på å "
            "bestemme tempoet.",
        ),
        ("recommendation", ""),
    ]
    assert (found[-1]["consensus"], found[-1]["not_scored"]) == (None, "not_started")
    assert [goi[name] for name in ("items", "scored", "total", "maximum", "mean", "band")] == [
        12,
        12,
        50,
        60,
        4.17,
        None,
    ]


def test_the_keys_of_json_stand_in_the_order_of_the_format() -> None:
    importing.run(SAMPLE, create_services=True)
    (review,) = exported()
    assert list(review) == [
        "id",
        "service",
        "county",
        "review_date",
        "kind",
        "basis",
        "status",
        "version",
        "scales",
    ]
    assert list(review["scales"][0]) == [
        "code",
        "edition",
        "items",
        "scored",
        "total",
        "maximum",
        "mean",
        "band",
        "sections",
        "results",
    ]


def test_a_band_is_its_code_and_label() -> None:
    final_review(scores=lambda item: 5)
    ips, goi = exported()[0]["scales"]
    assert ips["band"] == {"code": "exemplary", "label": "Meget bra kvalitet"}
    assert goi["band"] is None


def test_nothing_scored_is_neither_0_nor_1() -> None:
    final_review(scores=lambda item: None)
    assert [(s["total"], s["maximum"], s["mean"]) for s in exported()[0]["scales"]] == [(None, 0, None)] * 2


def test_an_empty_database_exports_no_reviews() -> None:
    assert exported() == []
    assert export() == ",".join(LONG_COLUMNS) + "\n"


@pytest.mark.parametrize("format", exporting.FORMATS)
def test_an_export_does_not_vary_with_language(format: str) -> None:
    final_review()
    with translation.override("nb"):
        norwegian = export(format)
    with translation.override("en"):
        assert export(format) == norwegian


def test_another_format_is_an_error() -> None:
    with pytest.raises(ValueError, match="xml"):
        export("xml")


# Which reviews, and which of their scores


def test_reviews_in_consensus_or_later_are_exported() -> None:
    for status in Review.Status.values:
        scored_review(status)
    assert {review["status"] for review in exported()} == {"consensus", "fact_check", "final"}


def test_a_review_that_is_still_scored_is_left_out_even_when_asked_for() -> None:
    blind = scored_review(Review.Status.SCORING)
    assert json.loads(export("json", reviews=[blind])) == {"reviews": []}


def test_the_newest_version_counts_also_while_the_next_is_under_way() -> None:
    review = final_review(scores=lambda item: 5)
    Review.objects.update(status="consensus", final_at=None, reissue_reason="Feil.")
    AgreedResult.objects.update(score=1)
    assert (exported()[0]["version"], exported()[0]["scales"][0]["total"]) == (1, 125)
    review.refresh_from_db()
    issue(review, reason="Feil.")
    assert (exported()[0]["version"], exported()[0]["scales"][0]["total"]) == (2, 25)


def test_own_scores_are_there_only_where_they_are_shown() -> None:
    final_review(show_evaluator_scores=True, first_day=datetime.date(2024, 5, 6), last_day=datetime.date(2024, 5, 6))
    final_review(first_day=datetime.date(2025, 5, 6), last_day=datetime.date(2025, 5, 6))

    own = {
        review["review_date"]: {result["evaluator_1"] for scale in review["scales"] for result in scale["results"]}
        for review in exported(all_own_scores=False)
    }
    assert own["2025-05-06"] == {None}
    assert None not in own["2024-05-06"]
    assert ",,4,," in export(all_own_scores=False)


@pytest.mark.parametrize("format", exporting.FORMATS)
def test_what_the_newest_version_shows_counts_and_no_choice_made_since(format: str) -> None:
    shown, hidden = (
        final_review(show_evaluator_scores=shows, service=ServiceFactory.create(name=f"IPS {shows}"))
        for shows in (True, False)
    )

    def both() -> list[str]:
        return [
            export(format, all_own_scores=False, reviews=[Review.objects.get(pk=each.pk)]) for each in (shown, hidden)
        ]

    before = both()
    own = {"json": '"evaluator_1": 5', "csv": ",B1,5,"}[format]
    assert [own in text for text in before] == [True, False]
    for review in (shown, hidden):
        Review.objects.filter(pk=review.pk).update(
            show_evaluator_scores=not review.show_evaluator_scores,
            status="consensus",
            final_at=None,
            reissue_reason="Feil.",
        )
    again = [text.replace('"status": "consensus"', '"status": "final"') for text in both()]
    assert again == before
    for review in Review.objects.all():
        issue(review, reason="Feil.")
    assert [own in text for text in both()] == [False, True]


def test_of_a_version_from_before_the_choice_was_kept_its_own_content_tells() -> None:
    shown, hidden = (
        final_review(show_evaluator_scores=shows, scales=[Scale.objects.get(code="goi-12")]) for shows in (True, False)
    )
    for review in (shown, hidden):
        content = review.versions.get().content
        del content["shown"]
        VersionFactory.create(review=review, content=content)
        Review.objects.filter(pk=review.pk).update(
            show_evaluator_scores=not review.show_evaluator_scores,
            status="consensus",
            final_at=None,
            reissue_reason="Feil.",
        )
    found = [export(all_own_scores=False, reviews=[Review.objects.get(pk=each.pk)]) for each in (shown, hidden)]
    assert [",G1,," in text for text in found] == [False, True]


def test_hidden_own_scores_do_not_come_out_as_agreed_ones() -> None:
    review = scored_review(evaluators=1)
    AgreedResult.objects.filter(item=items_of(review)[0]).update(score=None, comment="", recommendation="")
    assert export(all_own_scores=False).splitlines()[1].endswith(",B1,,,,,,")
    assert export().splitlines()[1].endswith(f",B1,{usual_score(items_of(review)[0])},,5,,,")


def test_a_removed_evaluators_scores_stay_hidden() -> None:
    review = scored_review()
    Seat.objects.filter(review=review, number=1).update(
        removed_at=review.consensus_at, removed_reason="Ble syk.", is_lead=False
    )
    (second,) = Seat.objects.filter(review=review, number=2)
    (found,) = exported()
    assert [result["evaluator_1"] for result in found["scales"][0]["results"]] == [
        rating.score
        for rating in second.ratings.filter(item__section__scale__code="ips-25").order_by(
            "item__section", "item__position"
        )
    ]
    assert {result["evaluator_2"] for result in found["scales"][0]["results"]} == {None}


def test_equal_scores_fill_consensus_in_the_sheet() -> None:
    review = scored_review(scores=lambda item: 4)
    AgreedResult.objects.update(score=None, comment="", recommendation="")
    equal = {rating.item.code for rating in Rating.objects.filter(seat__number=2, score=4).select_related("item")}
    assert {row["item"] for row in rows() if row["consensus"] == "4"} == equal
    assert {row["consensus"] for row in rows() if row["item"] not in equal} == {""}
    assert review.status == "consensus"


def test_reviews_are_sorted_by_service_date_and_kind_by_code_point() -> None:
    expected = []
    for name in ("IPS B", "IPS a", "IPS Ås", "IPS Ø", "IPS å"):
        service = ServiceFactory.create(name=name)
        for day in (datetime.date(2024, 5, 6), datetime.date(2025, 5, 6)):
            for kind in ("external", "self"):
                expected.append((name, day.isoformat(), kind))
                final_review(service=service, first_day=day, last_day=day, kind=kind, scales=[])
    assert [(found["service"], found["review_date"], found["kind"]) for found in exported()] == sorted(expected)


def test_queries_do_not_grow_with_the_reviews() -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            export()
        return len(context)

    final_review()
    few = queries()
    for _number in range(5):
        final_review()
    assert queries() == few


# The command


def run_command(*arguments: str) -> str:
    """Run export_reviews and return what it wrote."""
    out = StringIO()
    call_command("export_reviews", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_chooses_by_service_and_dates() -> None:
    for name in ("IPS Nord", "IPS Sør"):
        service = ServiceFactory.create(name=name)
        for year in (2023, 2024, 2025):
            day = datetime.date(year, 5, 6)
            final_review(service=service, first_day=day, last_day=day)

    def chosen(*arguments: str) -> list[tuple[str, str]]:
        found = json.loads(run_command("--format", "json", *arguments))["reviews"]
        return [(review["service"], review["review_date"]) for review in found]

    assert len(chosen()) == 6
    assert {service for service, _day in chosen("--service", "ips sør")} == {"IPS Sør"}
    assert {day for _service, day in chosen("--from", "2024-05-06")} == {"2024-05-06", "2025-05-06"}
    assert {day for _service, day in chosen("--to", "2024-05-06")} == {"2023-05-06", "2024-05-06"}
    assert chosen("--service", "IPS Nord", "--from", "2024-01-01", "--to", "2024-12-31") == [("IPS Nord", "2024-05-06")]


def test_the_command_writes_down_what_it_exported() -> None:
    review = final_review()
    scored_review(Review.Status.PLANNED)
    run_command("--format", "csv")
    event = AuditEvent.objects.get(action="exported")
    assert (event.review, event.actor) == (review, None)


@pytest.mark.parametrize(
    "arguments", [["--service", "Ukjent"], ["--from", "2024-02-30"], ["--to", "i går"], ["--format", "xml"]]
)
def test_the_command_refuses_what_it_cannot_choose_by(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run_command(*["--format", "csv", *arguments])


# Round trip


def came_again(text: str, path: Path, format: str = "csv") -> str:
    """Import an export into a database that has no review of these services, and export it from there."""
    others = list(Review.objects.values_list("pk", flat=True))
    Service.objects.update(county=county("Finnmark"))
    path.write_bytes(text.encode())
    outcome = importing.run(path, create_services=True)
    assert [fault.words() for fault in outcome.faults.listed] == []
    return export(format, reviews=exporting.exportable(Review.objects.exclude(pk__in=others)))


def test_the_sample_comes_in_and_goes_out_the_same(tmp_path: Path) -> None:
    importing.run(SAMPLE, create_services=True)
    first = export()
    assert came_again(first, tmp_path / "out.csv") == first


def test_every_kind_of_review_comes_in_and_goes_out_the_same(tmp_path: Path) -> None:
    days = iter(datetime.date(2024, month, 6) for month in range(1, 13))
    for status in exporting.STATES:
        for evaluators in (1, 2):
            day = next(days)
            scored_review(status, evaluators=evaluators, first_day=day, last_day=day)
    final_review(kind="self", evaluators=1)
    final_review(basis="plans", scores={"T1": None, "G1": None})
    final_review(scores=lambda item: None)
    undecided = scored_review()
    AgreedResult.objects.filter(review=undecided).update(score=None, comment="Ikke enige.", recommendation="")
    agreed_not_scored = scored_review()
    AgreedResult.objects.filter(review=agreed_not_scored).update(score=None, not_scored="missing_data")
    without_rows = scored_review()
    AgreedResult.objects.filter(review=without_rows).delete()
    Rating.objects.filter(seat__review=without_rows).delete()
    first = export()
    assert len(first.splitlines()) == 1 + 37 * 12
    assert came_again(first, tmp_path / "out.csv") == first


def test_json_comes_out_the_same_but_for_the_id(tmp_path: Path) -> None:
    take(tmp_path / "in.csv", long_rows(scales=["ips-25", "goi-12"], evaluator_1="3", evaluator_2="4", consensus="3"))

    def without_id(text: str) -> list[dict[str, Any]]:
        return [{**review, "id": None} for review in json.loads(text)["reviews"]]

    first = export("json")
    assert without_id(came_again(export(), tmp_path / "out.csv", "json")) == without_id(first)


_TEXTS = st.text(
    st.sampled_from("'\"=+-@;,\t\r\n \ufeff\u2028\x85åØ🙂")
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    max_size=30,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_TEXTS, min_size=12, max_size=12), name=_TEXTS)
def test_any_text_comes_in_and_goes_out_the_same(tmp_path: Path, texts: list[str], name: str) -> None:
    with transaction.atomic():
        service = ServiceFactory.create(name=f"{name}x".strip())
        review = scored_review(service=service, scales=[Scale.objects.get(code="goi-12")])
        for item, text in zip(items_of(review), texts, strict=True):
            AgreedResult.objects.filter(item=item).update(comment=text, recommendation=text[::-1])
        issue(review)
        first = export()
        assert came_again(first, tmp_path / "out.csv") == first
        transaction.set_rollback(True)


def test_the_longest_text_comes_in_and_goes_out_the_same(tmp_path: Path) -> None:
    scored_review()
    AgreedResult.objects.update(comment="=" * TEXT_LIMIT, recommendation="\r\n" * (TEXT_LIMIT // 2))
    first = export()
    assert came_again(first, tmp_path / "out.csv") == first


def test_standard_output_is_utf_8_whatever_the_terminals_encoding() -> None:
    service = ServiceFactory.create(name="IPS Bodø")
    final_review(service=service)
    raw = BytesIO()
    terminal = TextIOWrapper(raw, encoding="latin-1")
    call_command("export_reviews", "--format", "csv", stdout=terminal)
    assert "IPS Bodø" in raw.getvalue().decode()


def test_a_reader_that_has_had_enough_ends_the_command_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    final_review()
    read, write = os.pipe()
    os.close(read)
    # What is buffered is written when the pipe is closed, as it is when the program ends.
    with os.fdopen(write, "w") as pipe, pytest.raises(SystemExit) as ended:
        call_command("export_reviews", "--format", "json", stdout=pipe)
    assert ended.value.code == 1
    assert capsys.readouterr() == ("", "")
