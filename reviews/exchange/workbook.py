"""A review's results, and a service's development, as XLSX for people: score sheets as reviewers know them.

Everything comes from the content of reports, so that a cell holds what page and PDF say; what a report does not show
is not here either. The workbook of a review is in the report's language, that of a service in the reader's.
"""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext

from reviews import circumstances
from reviews.exchange.spreadsheet import Book, Cell, Figure, Look
from reviews.report import over_years, wording
from reviews.report.shape import Content, Figures, ItemContent, Previous, ScaleContent, SectionContent

_PERCENT = '0" %"'
_AS_IT_IS = "General"
_WRONG = '"* "0'
_SIGNED = {True: "+0.00;-0.00;0.00", False: "+0;-0;0"}
"""How a change is written, by whether it is one of means."""

_CODE, _TITLE, _SCORE, _REASON, _COMMENT, _RECOMMENDATION, _ACTORS = 7, 32, 10, 14, 48, 40, 16
_LABEL, _VALUE, _NOTE = 36, 48, 60
_DATE, _NUMBER, _WORDS = 20, 12, 26


def of_review(content: Content) -> bytes:
    """Return a review's workbook: a sheet of facts and results, and one sheet for each of its scales."""
    with translation.override(content["language"]):
        made_at = timezone.now() if content["made_at"] is None else _time(content["made_at"])
        book = Book(wording.title(content), made_at)
        _facts(book, content)
        for scale in content["scales"]:
            _score_sheet(book, content, scale)
        return book.finish()


def of_service(name: str, contents: Sequence[Content]) -> bytes:
    """Return a service's workbook from its reviews' versions, oldest first: a row for each review, and for each scale a
    sheet of its items with a column for each review.
    """
    made = [_time(each["made_at"]) for each in contents if each["made_at"] is not None]
    book = Book(name, max(made, default=timezone.now()))
    newest = over_years.newest_scales(contents)
    _reviews(book, name, contents, newest)
    for scale in newest:
        _development(book, name, [each for each in contents if _uses(each, scale)], scale)
    return book.finish()


# A review


def _facts(book: Book, content: Content) -> None:
    sheet = book.sheet(gettext("About the review"), (_LABEL, _VALUE, _NOTE))
    sheet.add(Look.TITLE, wording.title(content))
    sheet.end_head()
    if content["number"] is None:
        sheet.add(Look.NOTE, gettext("This is a draft."))
    if over_years.from_plans(content):
        sheet.add(Look.NOTE, gettext("Assessed from plans."))
    facts: list[tuple[str, Cell]] = [
        (gettext("Service"), content["service"]),
        (gettext("County"), content["county"]),
        (gettext("Treatment teams"), ", ".join(content["teams"])),
        (gettext("Kind"), wording.kind(content)),
        (gettext("First visit day"), _date(content["first_day"])),
        (gettext("Last visit day"), _date(content["last_day"])),
        (gettext("Evaluators"), wording.evaluators(content)),
        (gettext("Recipients"), content["recipients"]),
        (gettext("Version"), content["number"]),
        (gettext("Version made on"), _made_on(content)),
        (gettext("Why it is issued again"), content["reason"]),
        (gettext("Next external review is due"), None if content["next_due"] is None else _date(content["next_due"])),
    ]
    for label, value in facts:
        if value is not None and value != "":
            sheet.add(Look.PLAIN, label, value)
    for scale in content["scales"]:
        sheet.add(Look.SECTION, scale["title"], scale["edition"])
        for row in _result_rows(content, scale):
            sheet.add(Look.PLAIN, *row)
    beside = list(_beside(content))
    if beside:
        apart = gettext("The scale does not ask about this. Nothing of it counts in any score, total or category.")
        sheet.add(Look.SECTION, gettext("Outside the scale"), apart)
        for row in beside:
            sheet.add(Look.PLAIN, *row)


def _result_rows(content: Content, scale: ScaleContent) -> Iterable[tuple[Cell, ...]]:
    """A scale's result, each number with its name and what is said of it."""
    total = scale["total"]
    yield _result_name(scale), _result(scale, total), wording.result(scale)
    if not wording.by_mean(scale):
        yield gettext("Highest possible on the scored items"), total["maximum"]
    yield gettext("Items scored"), total["scored"]
    yield gettext("Items in all"), total["items"]
    if wording.band(scale):
        yield gettext("Category"), wording.band(scale), wording.band_reason(scale)
    change = wording.change(content, scale)
    if change:
        yield gettext("Change since the last external review"), _change(scale), change


def _beside(content: Content) -> Iterable[tuple[Cell, ...]]:
    """What stands beside the score: each number with its name, and what it was in the last external review."""
    before = content["beside_before"]
    for row in (*wording.outcome_rows(content), *wording.circumstance_rows(content)):
        then = row.then and before and f"{wording.when(content, before)}: {row.then}"
        yield row.label, _beside_cell(content, row.name) or row.now, then or None


def _beside_cell(content: Content, name: str) -> Cell:
    """A number beside the score as a number; its words where it is none, and None where nobody gave it."""
    numbers: dict[str, Any] = {**content["outcomes"], **content["circumstances"]}
    value = numbers[name]
    if name in ("share", "goal"):
        return _percent(value)
    if name in ("posts", "vacant_posts"):
        return None if value is None else Figure(Decimal(value), _AS_IT_IS)
    if name in ("employers", "dispersed"):
        return circumstances.said(name, value) or None
    return None if value is None else Figure(value, "0")


def _score_sheet(book: Book, content: Content, scale: ScaleContent) -> None:
    """A scale's sheet: items under their sections, with own scores and the last review's only where they are shown."""
    own = max((len(item["own"]) for item in _items(scale)), default=0)
    compared = scale["previous"] if any(item["previous"] is not None for item in _items(scale)) else None
    beside = 1 if compared is None else 2
    sheet = book.sheet(
        scale["title"],
        (_CODE, _TITLE, *[_SCORE] * (own + beside), _REASON, _COMMENT, _RECOMMENDATION, _ACTORS),
        centred=range(2, 2 + own + beside),
    )
    days = wording.date_range(content["first_day"], content["last_day"])
    sheet.add(Look.TITLE, " · ".join((scale["title"], content["service"], days, *_marks(content))))
    sheet.add(
        Look.HEAD,
        gettext("Code"),
        gettext("Item"),
        *[gettext("Evaluator %(number)s") % {"number": number} for number in range(1, own + 1)],
        gettext("Score after agreement") if own else gettext("Score"),
        *([] if compared is None else [_last_review(content, scale)]),
        gettext("Not scored because"),
        gettext("Comment"),
        gettext("Recommendation"),
        gettext("Who acts"),
    )
    sheet.end_head(columns=2)

    def total_row(title: str, result: Cell, then: Cell, said: str) -> None:
        scores = [*[None] * own, result, *([] if compared is None else [then])]
        sheet.add(Look.TOTAL, None, title, *scores, None, said)

    several = len(scale["sections"]) > 1
    for section in scale["sections"]:
        if several or section["comment"]:
            sheet.add(
                Look.SECTION, section["code"], section["title"], *[None] * (own + beside), None, section["comment"]
            )
        for item in section["items"]:
            sheet.add(Look.PLAIN, *_item_row(item, own, compared=compared is not None))
        if several:
            before = None if section["previous"] is None else _result(scale, section["previous"])
            said = wording.section_result(scale, section)
            total_row(f"{_result_name(scale)}: {section['title']}", _result(scale, section["total"]), before, said)
    then = None if compared is None else _last_result(scale, compared)
    total_row(f"{_result_name(scale)}: {scale['title']}", _result(scale, scale["total"]), then, wording.result(scale))
    if wording.band(scale):
        total_row(gettext("Category"), None, None, _sentences(wording.band(scale), wording.band_reason(scale)))
    if wording.change(content, scale):
        change = _change(scale)
        total_row(gettext("Change since the last external review"), change, None, wording.change(content, scale))
    if any(item["previous_wrong"] for item in _items(scale)):
        sheet.add(Look.NOTE, None, gettext("* These evaluators hold the score to have been wrong."))


def _last_result(scale: ScaleContent, previous: Previous) -> Cell:
    """The scale's result in the last review, with the same edition; None where it is not known."""
    points = [point for point in scale["history"] if point["date"] == previous["date"]]
    return _result(scale, points[-1]["total"]) if points and points[-1]["edition"] == scale["edition"] else None


def _item_row(item: ItemContent, own: int, *, compared: bool) -> Iterable[Cell]:
    yield item["code"]
    yield item["title"]
    yield from (*item["own"], *[None] * (own - len(item["own"])))
    yield item["score"]
    if compared:
        then = item["previous"]
        yield Figure(then, _WRONG) if then is not None and item["previous_wrong"] else then
    yield "" if item["score"] is not None else wording.not_scored(item["not_scored"])
    yield item["comment"]
    yield item["recommendation"]
    yield capfirst(wording.acts(item))


# A service


def _reviews(book: Book, name: str, contents: Sequence[Content], scales: Sequence[ScaleContent]) -> None:
    """A row for each review: when, of what kind, and the result of each scale."""
    columns: list[tuple[str, int]] = [
        (gettext("First visit day"), _DATE),
        (gettext("Last visit day"), _DATE),
        (gettext("Kind"), _WORDS),
        (gettext("Version"), _NUMBER),
        (gettext("Version made on"), _DATE),
    ]
    for scale in scales:
        columns += [(f"{scale['code'].upper()}: {heading}", width) for heading, width in _result_columns(scale)]
    rows = [row for each in contents for row in (*wording.outcome_rows(each), *wording.circumstance_rows(each))]
    told = {row.name: row.label for row in rows}
    outside = gettext("outside the scale")
    for name, label in told.items():
        width = _WORDS if name == "employers" else _NUMBER
        columns.append((f"{label} ({outside})", width))
    sheet = book.sheet(gettext("Reviews"), [width for _heading, width in columns])
    sheet.add(Look.TITLE, name)
    sheet.add(Look.HEAD, *[heading for heading, _width in columns])
    sheet.end_head(columns=1)
    for content in contents:
        cells: list[Cell] = [
            _date(content["first_day"]),
            _date(content["last_day"]),
            wording.kind(content),
            content["number"],
            _made_on(content),
        ]
        for scale in scales:
            cells += _result_cells(content, scale)
        cells += [_beside_cell(content, beside) for beside in told]
        sheet.add(Look.PLAIN, *cells)


def _result_columns(scale: ScaleContent) -> list[tuple[str, int]]:
    """What is told of a scale in a review's row; the same places as _result_cells()."""
    summed = not wording.by_mean(scale)
    return [
        (_result_name(scale).lower(), _NUMBER),
        *([(gettext("highest possible"), _NUMBER)] if summed else []),
        (gettext("items scored"), _NUMBER),
        (gettext("items in all"), _NUMBER),
        *([(gettext("category"), _WORDS)] if _in_bands(scale) else []),
        (gettext("left out of the development"), _WORDS),
    ]


def _result_cells(content: Content, newest: ScaleContent) -> list[Cell]:
    scale = over_years.scale_of(content, newest["code"])
    if scale is None:
        return [None] * len(_result_columns(newest))
    total = scale["total"]
    return [
        _result(scale, total),
        *([] if wording.by_mean(newest) else [total["maximum"]]),
        total["scored"],
        total["items"],
        *([wording.band(scale)] if _in_bands(newest) else []),
        wording.left_out(over_years.left_out(content, scale, newest)),
    ]


def _development(book: Book, name: str, contents: Sequence[Content], newest: ScaleContent) -> None:
    """A scale's items with the score of each review; the codes are those of the newest edition, and then those that
    only an older one has.
    """
    sheet = book.sheet(newest["title"], (_CODE, _TITLE, *[_DATE] * len(contents)), centred=range(2, 2 + len(contents)))
    scales = [scale for each in contents if (scale := over_years.scale_of(each, newest["code"])) is not None]
    sheet.add(Look.TITLE, f"{newest['title']} · {name}")
    sheet.add(Look.HEAD, gettext("Code"), gettext("Item"), *[_date(each["first_day"]) for each in contents])
    sheet.add(Look.HEAD, None, gettext("Kind"), *[wording.kind(each) for each in contents])
    sheet.add(Look.HEAD, None, gettext("Edition"), *[scale["edition"] for scale in scales])
    left_out = [over_years.left_out(each, scale, newest) for each, scale in zip(contents, scales, strict=True)]
    sheet.add(Look.HEAD, None, gettext("Left out of the development"), *map(wording.left_out, left_out))
    sheet.end_head(columns=2)
    several = len(newest["sections"]) > 1
    for code, title in _codes(newest["sections"], [scale["sections"] for scale in scales]):
        found = [_section(scale, code) for scale in scales]
        if several:
            sheet.add(Look.SECTION, code, title)
        known = [_items_of(section) for section in found]
        own = _section(newest, code)
        for item in _codes([] if own is None else own["items"], [list(each.values()) for each in known]):
            sheet.add(Look.PLAIN, *item, *[_score(each.get(item[0])) for each in known])
        if several:
            totals = [
                None if section is None else _result(scale, section["total"])
                for scale, section in zip(scales, found, strict=True)
            ]
            sheet.add(Look.TOTAL, None, f"{_result_name(newest)}: {title}", *totals)
    sheet.add(
        Look.TOTAL,
        None,
        f"{_result_name(newest)}: {newest['title']}",
        *[_result(scale, scale["total"]) for scale in scales],
    )
    if not wording.by_mean(newest):
        highest = [scale["total"]["maximum"] for scale in scales]
        sheet.add(Look.TOTAL, None, gettext("Highest possible on the scored items"), *highest)
    sheet.add(Look.TOTAL, None, gettext("Items scored"), *[scale["total"]["scored"] for scale in scales])
    sheet.add(Look.TOTAL, None, gettext("Items in all"), *[scale["total"]["items"] for scale in scales])
    if any(wording.band(scale) for scale in scales):
        sheet.add(Look.TOTAL, None, gettext("Category"), *[wording.band(scale) for scale in scales])


def _in_bands(scale: ScaleContent) -> bool:
    """Whether a scale has categories, as its result tells: a content from before they were in it does not list them."""
    return scale["band"] is not None or scale["no_band"] != "no_bands"


def _uses(content: Content, wanted: ScaleContent) -> bool:
    return over_years.scale_of(content, wanted["code"]) is not None


def _section(scale: ScaleContent, code: str) -> SectionContent | None:
    return next((section for section in scale["sections"] if section["code"] == code), None)


def _items_of(section: SectionContent | None) -> dict[str, ItemContent]:
    return {} if section is None else {item["code"]: item for item in section["items"]}


def _codes(
    newest: Sequence[SectionContent] | Sequence[ItemContent],
    others: Iterable[Sequence[SectionContent] | Sequence[ItemContent]],
) -> list[tuple[str, str]]:
    """Codes with titles: those of the newest first, then what only others have."""
    found: dict[str, str] = {}
    for each in (newest, *others):
        for one in each:
            found.setdefault(one["code"], one["title"])
    return list(found.items())


def _score(item: ItemContent | None) -> Cell:
    """An item's score in one review: a reason where there is none, and nothing where the item was not in it."""
    if item is None or item["score"] is not None:
        return None if item is None else item["score"]
    return wording.not_scored(item["not_scored"])


# Both


def _items(scale: ScaleContent) -> Iterable[ItemContent]:
    return (item for section in scale["sections"] for item in section["items"])


def _result_name(scale: ScaleContent) -> str:
    return gettext("Mean") if wording.by_mean(scale) else gettext("Sum")


def _result(scale: ScaleContent, total: Figures) -> int | Decimal | None:
    """The figure by which the scale is scored, and never the other one; None where nothing is scored."""
    if not wording.by_mean(scale):
        return total["total"]
    return None if total["mean"] is None else Decimal(total["mean"])


def _change(scale: ScaleContent) -> Cell:
    return None if scale["change"] is None else Figure(Decimal(scale["change"]), _SIGNED[wording.by_mean(scale)])


def _percent(value: int | None) -> Cell:
    return None if value is None else Figure(value, _PERCENT)


def _last_review(content: Content, scale: ScaleContent) -> str:
    previous = scale["previous"]
    return "" if previous is None else gettext("Last review, %(when)s") % {"when": wording.when(content, previous)}


def _marks(content: Content) -> Iterable[str]:
    if over_years.from_plans(content):
        yield gettext("assessed from plans")
    if content["number"] is None:
        yield gettext("draft")


def _sentences(name: str, reason: str) -> str:
    return f"{name}. {reason}" if reason else name


def _date(iso: str) -> datetime.date:
    return datetime.date.fromisoformat(iso)


def _time(iso: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(iso)


def _made_on(content: Content) -> datetime.date | None:
    """The day a version was made, in Norway."""
    return None if content["made_at"] is None else timezone.localtime(_time(content["made_at"])).date()
