"""A report's pictures read back as SVG: each mark where its value is, beside a table that says the same."""

import json
import re
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reviews.models import AgreedResult, Review
from reviews.report import page, pdf
from reviews.report.shape import Band, Content, HistoryPoint, ScaleContent
from tests.factories import FIRST_DAY, ServiceFactory, final_review, scored_review
from tests.reviews.report_builders import pages_of, version_of
from tests.reviews.test_report_pdf import faults

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"


@cache
def _reviewed() -> str:
    """Make the report of a service's third external review, one item unscored and two low; its rows go, it stays."""
    service = ServiceFactory.create(name="Fjordbyen IPS")
    for year, score in ((2023, 3), (2024, 4)):
        final_review(service=service, first_day=FIRST_DAY.replace(year=year), scores=lambda item, score=score: score)
    review = scored_review(service=service, scores=lambda item: 5 if item.position % 2 else 4, language="en")
    AgreedResult.objects.filter(review=review, item__code__in=["O3", "T6"]).update(score=2)
    return json.dumps(version_of(review))


def content_of() -> Content:
    """A copy of that report's content."""
    content: Content = json.loads(_reviewed())
    return content


def pictures(content: Content) -> list[ET.Element]:
    """The pictures of a report, in its order."""
    html = page.body(content, draft=False)
    return [ET.fromstring(found) for found in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


def called(content: Content, *starts: str) -> list[ET.Element]:
    """The pictures whose titles start with one of these."""
    return [svg for svg in pictures(content) if title_of(svg).startswith(starts)]


def title_of(svg: ET.Element) -> str:
    """What a picture is called."""
    return svg[0].text or ""


def description_of(svg: ET.Element) -> str:
    """What a picture says in words."""
    return (svg[1].text or "").strip()


def at(group: ET.Element) -> tuple[float, float]:
    """Where a group of marks is moved to."""
    found = re.fullmatch(r"translate\((\S+) (\S+)\)", group.attrib["transform"])
    assert found is not None
    return float(found[1]), float(found[2])


def marks(svg: ET.Element, shape: str, fill: str) -> list[tuple[float, float]]:
    """Where the marks of a shape and a fill stand."""
    return [
        at(group)
        for group in svg.findall(f"{SVG}g")
        for mark in group.findall(f"{SVG}{shape}")
        if mark.attrib.get("fill") == fill
    ]


def texts(svg: ET.Element) -> list[str]:
    """All words that stand in a picture."""
    return ["".join(text.itertext()).strip() for text in svg.iter(f"{SVG}text")]


def table_rows(content: Content, caption: str) -> list[list[str]]:
    """The cells of each row of the tables with a caption."""
    html = page.body(content, draft=False)
    found = re.findall(rf"<caption[^>]*>\s*{caption}\s*</caption>(.*?)</table>", html, re.DOTALL)
    assert found, caption
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", "".join(found), re.DOTALL)
    ]


def point(date: str, total: int, *, left_out: str = "", scored: int = 25, band: Band | None = None) -> HistoryPoint:
    """An external review on the scale of 25 items."""
    return HistoryPoint(
        date=date,
        year=int(date[:4]),
        edition="prøveutgave" if left_out == "other_edition" else "2008",
        total={"items": 25, "scored": scored, "total": total, "maximum": 5 * scored, "mean": f"{total / scored:.2f}"},
        band=band,
        left_out=left_out,
    )


def ips(content: Content) -> ScaleContent:
    """The first scale."""
    return content["scales"][0]


def test_every_picture_has_a_title_a_description_and_attributes_alone() -> None:
    found = pictures(content_of())
    assert [title_of(svg).split(":")[0] for svg in found] == [
        "Scores by item now and in 2024",
        "Results by section",
        "Development over the external reviews",
        "Scores by item now and in 2024",
        "Development over the external reviews",
    ]
    for svg in found:
        assert svg[0].tag == f"{SVG}title"
        assert svg[1].tag == f"{SVG}desc"
        assert description_of(svg) == "The table before it holds the same numbers."
        assert svg.attrib["role"] == "img"
        for element in svg.iter():
            assert element.tag.removeprefix(SVG) not in {"style", "script", "foreignObject", "image", "use", "a"}
            for name in element.attrib:
                assert name not in {"style", "class", "id", "href"}, name
                assert not name.startswith("on"), name
        for text in svg.iter(f"{SVG}text"):
            # In millimetres: 7 points and more.
            assert float(text.attrib.get("font-size", svg.attrib["font-size"])) >= 2.47
        assert (
            f"{float(svg.attrib['width'].removesuffix('mm')):g} {float(svg.attrib['height'].removesuffix('mm')):g}"
            == (" ".join(f"{float(value):g}" for value in svg.attrib["viewBox"].split()[2:]))
        )


def test_each_items_score_is_marked_where_the_score_is() -> None:
    content = content_of()
    for scale, svg in zip(content["scales"], called(content, "Scores by item"), strict=True):
        axis = {
            text.text: float(text.attrib["x"])
            for text in svg.findall(f"{SVG}text")
            if text.attrib.get("text-anchor") == "middle"
        }
        rows = {"".join(group.itertext()).strip(): at(group)[1] for group in svg.findall(f"{SVG}g") if len(group) == 1}
        high, low = marks(svg, "circle", "#0b5cab"), marks(svg, "rect", "#a43c00")
        ghosts = marks(svg, "circle", "#ffffff")
        items = [item for section in scale["sections"] for item in section["items"]]
        for item in items:
            y = rows[item["code"]]
            assert ((axis[str(item["score"])], y) in high) == (not item["low"]), item["code"]
            assert ((axis[str(item["score"])], y) in low) == item["low"], item["code"]
            assert (axis[str(item["previous"])], y) in ghosts
        assert len(high) + len(low) == len(ghosts) == len(items)
    assert ["O3 Samarbeid med Nav-veiledere", "2", "4"] in table_rows(content, "Scores by item")


def test_a_picture_of_items_is_told_by_what_is_low_and_what_moved() -> None:
    content = content_of()
    every = [item for section in ips(content)["sections"] for item in section["items"]]
    rose = sum(item["score"] == 5 for item in every)
    assert title_of(called(content, "Scores by item")[0]).endswith(
        "23 of 25 items have score 4 or higher. A lower score: O3 (2) and T6 (2). "
        f"{rose} have gone up since 2024, and 2 down. Down: O3 from 4 to 2 and T6 from 4 to 2."
    )
    for item in every:
        item["score"], item["previous"] = 1, None
    assert title_of(called(content, "Scores by item")[0]).endswith(
        "0 of 25 items have score 4 or higher. 25 have a lower score."
    )


def test_advice_is_due_only_on_a_scale_that_expects_it() -> None:
    text = " ".join(page.body(content_of(), draft=False).split())
    assert text.count("where a recommendation is due") == 1
    assert text.count("■ one below that, in the shaded field.") == 1


def test_a_ring_around_a_mark_is_explained_where_there_is_one() -> None:
    content = content_of()
    said = "A ring around the mark"
    assert page.body(content, draft=False).count(said) == len(content["scales"])
    for scale in content["scales"]:
        for section in scale["sections"]:
            for item in section["items"]:
                item["previous"] = 1
    assert said not in page.body(content, draft=False)


def test_a_score_that_fell_has_a_dashed_line_and_the_text_says_so() -> None:
    content = content_of()
    svg = called(content, "Scores by item")[0]
    dashed = [line for line in svg.findall(f"{SVG}line") if "stroke-dasharray" in line.attrib]
    assert len(dashed) == 2
    said = "A dashed line leads to a score that has gone down."
    assert said in page.body(content, draft=False)
    for section in ips(content)["sections"]:
        for item in section["items"]:
            item["previous"] = item["score"]
    assert page.body(content, draft=False).count(said) == 0


def test_an_item_that_is_not_scored_has_no_mark_and_says_so() -> None:
    content = content_of()
    item = ips(content)["sections"][0]["items"][0]
    before = len(marks(called(content, "Scores by item")[0], "circle", "#0b5cab"))
    item["score"], item["not_scored"], item["low"] = None, "missing_data", False
    svg = called(content, "Scores by item")[0]
    assert len(marks(svg, "circle", "#0b5cab")) == before - 1
    assert "not scored" not in texts(svg)
    [plain] = [rect for rect in svg.findall(f"{SVG}rect") if rect.attrib["fill"] == "#ffffff"]
    [shaded] = [rect for rect in svg.findall(f"{SVG}rect") if rect.attrib["fill"] == "#f6f0ea"]
    assert float(plain.attrib["x"]) <= float(shaded.attrib["x"])
    assert float(plain.attrib["width"]) > float(shaded.attrib["width"])
    assert "22 of 25 items have score 4 or higher. A lower score: O3 (2) and T6 (2). 1 is not scored." in title_of(svg)
    assert [f"B1 {item['short_title']}", "not scored", "4"] in table_rows(content, "Scores by item")


def test_the_sections_bars_are_as_long_as_the_shares_in_the_table() -> None:
    content = content_of()
    [svg] = called(content, "Results by section")
    table = table_rows(content, "Results by section")[1:]
    bars = [float(bar.attrib["width"]) for bar in svg.iter(f"{SVG}rect")]
    whole = 52.0
    for section, row, bar in zip(ips(content)["sections"], table, bars, strict=True):
        total = section["total"]
        assert total["total"] is not None
        share = 100 * total["total"] / total["maximum"]
        assert bar == pytest.approx(whole * share / 100, abs=0.01)
        assert row[1:3] == [f"{total['total']} of {total['maximum']} points", f"{int(share + 0.5)}%"]
        assert row[3] == "80%", "4 on every item the year before"
        assert f"{section['title']}: {row[1]}, {row[2]} (80% in 2024)." in title_of(svg)


def test_a_section_with_an_unscored_item_is_hollow_and_compares_with_whole_ones_alone() -> None:
    content = content_of()
    first, second, _third = ips(content)["sections"]
    first["total"] = {"items": 3, "scored": 2, "total": 9, "maximum": 10, "mean": "4.50"}
    second["previous"] = None
    [svg] = called(content, "Results by section")
    hollow = [bar for bar in svg.iter(f"{SVG}rect") if "stroke-dasharray" in bar.attrib]
    assert len(hollow) == 1
    assert len(marks(svg, "circle", "#ffffff")) == 2
    rows = table_rows(content, "Results by section")
    assert rows[1][1:] == ["9 of 10 points on 2 of 3 items", "90%", "80%"]
    assert rows[2][3] == "–"
    assert "A hollow bar with a dashed edge" in page.body(content, draft=False)


def test_the_development_is_that_of_the_external_reviews_with_the_band_limits() -> None:
    content = content_of()
    sums, means = called(content, "Development")
    table = table_rows(content, "The external reviews, oldest first")
    total, band = ips(content)["total"]["total"], ips(content)["band"]
    assert band is not None
    assert table[:4] == [
        ["Visit", "Result", "Category"],
        ["September 2023", "75 of 125 points", "Godkjent kvalitet"],
        ["September 2024", "100 of 125 points", "Bra kvalitet"],
        ["September 2026", f"{total} of 125 points", band["label"]],
    ]
    told = f"From 75 of 125 points in September 2023 to {total} of 125 points in September 2026."
    limits_told = (
        "The categories by points: "
        "Meget bra kvalitet from 115, Bra kvalitet from 100, Godkjent kvalitet from 74, Under grensen for IPS below 74."
    )
    assert title_of(sums).endswith(f"{told} {limits_told}")
    assert page.body(content, draft=False).count(limits_told) == 2, "in the picture's words, and beside the table"
    assert {"74", "100", "115", "125"} <= set(texts(sums))
    assert "Bra kvalitet" in texts(sums)
    limits = {
        text: float(line.attrib["y1"])
        for line, text in zip(
            [line for line in sums.findall(f"{SVG}line") if line.attrib["stroke"] == "#8a96a3"],
            [text.text for text in sums.findall(f"{SVG}text") if text.attrib.get("text-anchor") == "end"],
            strict=True,
        )
    }
    earlier = marks(sums, "circle", "#ffffff")
    [now] = marks(sums, "circle", "#0b5cab")
    assert earlier[1][1] == limits["100"], "100 points lie on the limit"
    assert limits["125"] < now[1] < limits["100"] < earlier[0][1] < limits["74"]
    assert earlier[0][0] < earlier[1][0] < now[0]
    assert "From 3.00 in September 2023 to 4." in title_of(means)
    assert {"1", "2", "3", "4", "5"} <= set(texts(means))


def test_what_is_left_out_of_the_line_is_marked_and_named() -> None:
    content = content_of()
    now = ips(content)["history"][-1]
    ips(content)["history"] = [
        point("2022-09-01", 90),
        point("2023-09-01", 51, left_out="incomplete", scored=11),
        point("2024-09-01", 95, left_out="other_edition"),
        point("2025-09-01", 92),
        now,
    ]
    svg = called(content, "Development")[0]
    assert len(svg.findall(f".//{SVG}path")) == 2
    lines = [line for line in svg.findall(f"{SVG}line") if line.attrib["stroke"] == "#0b5cab"]
    assert ["stroke-dasharray" in line.attrib for line in lines] == [True, False]
    assert "2 reviews are left out of the line." in title_of(svg)
    assert not {"51", "95"} & set(texts(svg))
    body = " ".join(page.body(content, draft=False).split())
    assert "× September 2023 is left out of the line: 11 of 25 items are scored." in body
    assert "× September 2024 is left out of the line: another edition of the scale was used (prøveutgave)." in body
    assert ["× September 2023", "51 of 55 points on 11 of 25 items", "–"] in table_rows(
        content, "The external reviews, oldest first"
    )


def test_where_no_two_reviews_compare_there_is_a_table_without_a_line() -> None:
    content = content_of()
    ips(content)["history"] = [point("2023-09-01", 51, left_out="incomplete", scored=11), ips(content)["history"][-1]]
    assert len(called(content, "Development")) == 1, "that of the index"
    assert "There are not two reviews to compare, so there is no line." in page.body(content, draft=False)


@pytest.mark.parametrize("history", [[], [point("2026-09-15", 103)]], ids=["none", "this one"])
def test_a_first_review_has_no_development(history: list[HistoryPoint]) -> None:
    content = content_of()
    for scale in content["scales"]:
        scale["history"] = history
    assert called(content, "Development") == []
    assert "Development" not in page.body(content, draft=False)


def test_a_report_without_comparison_draws_nothing_of_earlier_reviews() -> None:
    service = ServiceFactory.create()
    final_review(service=service, first_day=FIRST_DAY.replace(year=2025), scores=lambda item: 3)
    review: Review = scored_review(service=service, show_comparison=False, language="en")
    content = version_of(review)
    assert called(content, "Development") == []
    for svg in pictures(content):
        assert marks(svg, "circle", "#ffffff") == []
        assert "2025" not in title_of(svg) + description_of(svg) + " ".join(texts(svg))
    assert "○" not in page.body(content, draft=False)


def test_odd_pictures_keep_the_paper_archival_and_accessible() -> None:
    content: Any = content_of()
    scale = content["scales"][0]
    scale["history"] = [point(f"{year}-03-01", 60 + year % 50) for year in range(2015, 2025)] + [
        point("2025-03-01", 51, left_out="incomplete", scored=11),
        scale["history"][-1],
    ]
    scale["sections"][0]["items"][0]["short_title"] = "Kontakt med <behandlingsteamet> & alle andre " * 2
    scale["sections"][0]["items"][1].update(score=None, not_scored="missing_data")
    made = pdf.render(content, draft=False)
    for profile in ("PDF_A_3A", "PDF_UA_1"):
        assert faults(made, profile) == []
    assert "Development over the external reviews" in " ".join(pages_of(made))
