"""A score sheet's rows as typed reviews. Pure: it knows the layouts and the values, and no database.

The rule of the agreed score (`settle`) and of texts that a spreadsheet would run (`escape`) stand here once, for import
and export alike.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.utils import timezone

from reviews import texts
from reviews.exchange.faults import Fault, Faults, Problem
from reviews.exchange.reading import Row
from reviews.exchange.xlsx import Cell, Formula

LONG_COLUMNS = (
    "service",
    "county",
    "review_date",
    "kind",
    "basis",
    "item",
    "evaluator_1",
    "evaluator_2",
    "consensus",
    "not_scored",
    "comment",
    "recommendation",
)
"""The columns of the long layout, in the order in which they are exported."""

_HEAD = LONG_COLUMNS[:5]
_OPTIONAL = frozenset({"basis", "not_scored"})
_REQUIRED_SCALE = "ips-25"
"""The scale whose columns a wide sheet must have; those of another may be missing."""

TEXT_LIMIT = 10_000
"""The most characters of a comment or recommendation."""
NAME_LIMIT = 200
"""The most characters of a service's name."""

FIRST_DAY = datetime.date(1990, 1, 1)
"""No visit was before it: the method was first described in 1993."""
DAYS_AHEAD = 366
"""How many days from today a visit can lie in a sheet: what it holds has been scored."""

NOT_STARTED, MISSING_DATA, NOT_RECORDED = "not_started", "missing_data", "not_recorded"
_REASONS = frozenset({NOT_STARTED, MISSING_DATA, NOT_RECORDED})
_KINDS = {"external": "external", "ekstern": "external", "self": "self", "egen": "self", "egenevaluering": "self"}
_PLANS = "plans"
_BASES = {"": "practice", "practice": "practice", "praksis": "practice", "plans": _PLANS, "planer": _PLANS}

_RUNS = re.compile(r"'*[=+\-@\t\r]")
_ISO_DATE = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_NORWEGIAN_DATE = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})")
_WHOLE = re.compile(r"([0-9]+)(?:[.,]0+)?")

Own = tuple[int | None, int | None]
"""The scores of the first and the second evaluator."""


@dataclass(frozen=True)
class ScaleCodes:
    """A scale as a sheet knows it: its code, its items' codes in their order, and its lowest and highest score."""

    code: str
    items: tuple[str, ...]
    lowest: int = 1
    highest: int = 5


@dataclass(frozen=True)
class Catalogue:
    """The scales a sheet can hold, in their order."""

    scales: tuple[ScaleCodes, ...]

    @cached_property
    def _items(self) -> dict[str, tuple[str, ScaleCodes]]:
        found: dict[str, tuple[str, ScaleCodes]] = {}
        for scale in self.scales:
            for item in scale.items:
                found.setdefault(item.casefold(), (item, scale))
        return found

    def find(self, code: str) -> tuple[str, ScaleCodes] | None:
        """Return an item's code as the scale writes it, and its scale; None where no scale has it."""
        return self._items.get(code.casefold())


@dataclass(frozen=True)
class Line:
    """One item: own scores, the agreed score or the reason for none (neither: not agreed), and the texts."""

    item: str
    own: Own
    score: int | None
    not_scored: str
    comment: str = ""
    recommendation: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether there is a score, or a reason for none."""
        return self.score is not None or self.not_scored != ""


@dataclass
class SheetReview:
    """One review of a sheet. `row` is its first; faulty: something in it is wrong, and it is only half here."""

    row: int
    service: str
    county: str
    day: datetime.date
    kind: str
    basis: str
    lines: dict[str, dict[str, Line]] = field(default_factory=dict)
    """By scale and item code, in the scales' order, every item of each scale that the sheet names."""
    faulty: bool = False
    place: object = None
    """What `place` gave for its service; None where it is not known."""

    @property
    def evaluators(self) -> int:
        """How many evaluators have own scores in the sheet: 0, 1 or 2."""
        own = [line.own for lines in self.lines.values() for line in lines.values()]
        if any(second is not None for _first, second in own):
            return 2
        return 1 if any(first is not None for first, _second in own) else 0

    @property
    def is_settled(self) -> bool:
        """Whether every item has a score, or a reason for none."""
        return all(line.is_settled for lines in self.lines.values() for line in lines.values())


def settle(own: Own, consensus: int | None, not_scored: str) -> tuple[int | None, str]:
    """Return the agreed score, or the reason for none, of a row that may leave both out; (None, "") is "not agreed".

    Evaluators who are equal, or only one, have given the agreed score. Nothing at all is not_recorded.
    """
    if consensus is not None or not_scored:
        return consensus, not_scored
    given = {score for score in own if score is not None}
    if not given:
        return None, NOT_RECORDED
    return (given.pop(), "") if len(given) == 1 else (None, "")


def escape(text: str) -> str:
    """Return a text as it is exported: with one more ' in front of what a spreadsheet might run."""
    return f"'{text}" if _RUNS.match(text) else text


def unescape(text: str) -> str:
    """Undo `escape`. A text that was never escaped and has no ' before its = + - @ tab or return stays as it is."""
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text


Place = Callable[[str, str, int], object]
"""Finds a service by its name, its county's name and the row they stand in; None with a fault of its own."""


def _anywhere(service: str, county: str, row: int) -> object:
    return None


def reviews(
    rows: Iterable[Row], catalogue: Catalogue, faults: Faults, place: Place = _anywhere
) -> Iterator[SheetReview]:
    """Give the reviews of a sheet one by one, in its order, and add to `faults` all that is wrong with it.

    The first row is the header. `place` is asked once for the service of each review. A review with a fault is given
    too, marked, as far as it can be told which it is.
    """
    remaining = iter(rows)
    header = next(remaining, None)
    if header is None:
        faults.add(Fault(Problem.EMPTY))
        return
    columns = _columns(header, catalogue, faults)
    if columns is None:
        return
    reader = _Reader(columns, len(header.cells), catalogue, faults, place)
    yield from reader.long(remaining) if "item" in columns else reader.wide(remaining)


def as_text(cell: Cell) -> str:
    """Return a cell as the text that a person sees in it: a whole number without decimals, a date in ISO form."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)


def _columns(header: Row, catalogue: Catalogue, faults: Faults) -> dict[str, int] | None:
    """Return the place of each column by its name, an item's in its scale's writing; None where one is missing."""
    names = [texts.hide(as_text(cell).strip()) for cell in header.cells]
    folded = [name.casefold() for name in names]
    is_long = "item" in folded
    if not is_long and not any(catalogue.find(name) for name in names):
        faults.add(Fault(Problem.NO_LAYOUT, header.number))
        return None
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        if not name:
            continue
        item = None if is_long else catalogue.find(name)
        known = item[0] if item else folded[place]
        if item is None and known not in (LONG_COLUMNS if is_long else _HEAD):
            faults.add(Fault(Problem.UNKNOWN_COLUMN, header.number, name))
        elif known in found:
            faults.add(Fault(Problem.COLUMN_TWICE, header.number, name))
        else:
            found[known] = place
    missing = [name for name in _required(is_long, catalogue, found) if name not in found]
    for name in missing:
        faults.add(Fault(Problem.MISSING_COLUMN, header.number, name))
    return None if missing else found


def _required(is_long: bool, catalogue: Catalogue, found: Mapping[str, int]) -> list[str]:
    """Return the columns a sheet must have: of a scale all items or, where it is not the required one, none."""
    names = [name for name in (LONG_COLUMNS if is_long else _HEAD) if name not in _OPTIONAL]
    if not is_long:
        for scale in catalogue.scales:
            if scale.code == _REQUIRED_SCALE or not found.keys().isdisjoint(scale.items):
                names += scale.items
    return names


@dataclass(frozen=True)
class _Head:
    """What the rows of one review have in common."""

    service: str
    county: str
    day: datetime.date
    kind: str
    basis: str
    place: object

    @property
    def key(self) -> tuple[str, str, datetime.date, str]:
        """What names the review beside its scales."""
        return self.service.casefold(), self.county.casefold(), self.day, self.kind


class _Reader:
    """Reads the rows under a header. It remembers what names each review, and one review at a time."""

    def __init__(
        self, columns: Mapping[str, int], width: int, catalogue: Catalogue, faults: Faults, place: Place
    ) -> None:
        self._columns = columns
        self._width = width
        self._unnamed = sorted(set(range(width)) - set(columns.values()))
        self._catalogue = catalogue
        self._faults = faults
        self._place = place
        self._head_places = [columns[name] for name in _HEAD if name in columns]
        # A hash takes the room of a number; that two keys of one sheet share one is out of the question.
        self._seen: set[int] = set()
        self._known: dict[tuple[str, Cell], int] = {}
        """The scores that were read, as plain digits: they are read hundreds of thousands of times, item by item."""

    def long(self, rows: Iterable[Row]) -> Iterator[SheetReview]:
        """Give the reviews of a long sheet."""
        raw: list[Cell] | None = None
        head: _Head | None = None
        current: tuple[_Head, SheetReview] | None = None
        found: dict[str, Line] = {}
        faults_before = 0
        for row in rows:
            faults_at_row = self._faults.count
            if not self._fits(row):
                if current is not None:
                    current[1].faulty = True
                continue
            now = [row.cells[place] for place in self._head_places]
            if now != raw:
                raw, head = now, self._head(row)
                if head is not None and (current is None or head.key != current[0].key):
                    if current is not None:
                        yield self._finished(current[1], found, faults_before)
                    faults_before = faults_at_row
                    current, found = (head, self._begun(row, head)), {}
                elif head is not None and current is not None and head.basis != current[0].basis:
                    self._add(Problem.BASIS_DIFFERS, row, "basis")
            line = self._line(row, head)
            # A row whose review cannot be told is read for its own faults alone.
            if line is None or head is None:
                continue
            if line.item in found:
                self._add(Problem.ITEM_TWICE, row, "item", item=line.item)
            else:
                found[line.item] = line
        if current is not None:
            yield self._finished(current[1], found, faults_before)

    def wide(self, rows: Iterable[Row]) -> Iterator[SheetReview]:
        """Give the reviews of a wide sheet."""
        items = [name for name in self._columns if name not in _HEAD]
        for row in rows:
            faults_before = self._faults.count
            if not self._fits(row):
                continue
            head = self._head(row)
            scores = {name: self._score(row, name, name) for name in items}
            if all(score is None for score in scores.values()) and faults_before == self._faults.count:
                self._add(Problem.NOTHING_SCORED, row)
            if head is None:
                continue
            review = self._begun(row, head)
            named = {
                scale.code
                for scale in self._catalogue.scales
                if any(scores.get(item) is not None for item in scale.items)
            }
            found = {
                name: Line(name, (None, None), *settle((None, None), score, ""))
                for name, score in scores.items()
                if self._scale(name).code in named
            }
            yield self._finished(review, found, faults_before)

    def _scale(self, item: str) -> ScaleCodes:
        found = self._catalogue.find(item)
        assert found is not None  # noqa: S101 (only codes that were found get here)
        return found[1]

    def _begun(self, row: Row, head: _Head) -> SheetReview:
        if hash(head.key) in self._seen:
            self._add(Problem.REVIEW_TWICE, row)
        self._seen.add(hash(head.key))
        return SheetReview(row.number, head.service, head.county, head.day, head.kind, head.basis, place=head.place)

    def _finished(self, review: SheetReview, found: Mapping[str, Line], faults_before: int) -> SheetReview:
        """Put the lines in the scales' order; an item without a row in a scale that is named is not recorded."""
        missing = settle((None, None), None, "")
        for scale in self._catalogue.scales:
            if not found.keys().isdisjoint(scale.items):
                review.lines[scale.code] = {
                    item: found.get(item) or Line(item, (None, None), *missing) for item in scale.items
                }
        review.faulty = review.faulty or self._faults.count > faults_before or not review.lines
        return review

    def _fits(self, row: Row) -> bool:
        """Say whether the row has a cell for each column, and nothing beyond them."""
        if len(row.cells) < self._width or any(cell not in (None, "") for cell in row.cells[self._width :]):
            self._add(Problem.CELLS, row, found=len(row.cells), expected=self._width)
            return False
        for place in self._unnamed:
            if row.cells[place] not in (None, ""):
                self._add(Problem.NO_COLUMN, row, value=short(as_text(row.cells[place])))
        return True

    def _add(self, problem: Problem, row: Row, column: str = "", **values: object) -> None:
        self._faults.add(Fault(problem, row.number, column, values))

    def _cell(self, row: Row, column: str) -> Cell:
        """Return a cell's value; of a formula, which is a fault, nothing."""
        place = self._columns.get(column)
        cell = None if place is None else row.cells[place]
        if isinstance(cell, Formula):
            self._add(Problem.FORMULA, row, column)
            return None
        return cell

    def _word(self, row: Row, column: str) -> str:
        return as_text(self._cell(row, column)).strip()

    def _text(self, row: Row, column: str, limit: int = TEXT_LIMIT) -> str | None:
        """Return a text as it was before export; None with a fault."""
        faults_before = self._faults.count
        cell = self._cell(row, column)
        if cell == "":
            return ""
        text = unescape(as_text(cell))
        if "\0" in text:
            self._add(Problem.NUL, row, column)
        if len(text) > limit:
            self._add(Problem.TOO_LONG, row, column, found=len(text), limit=limit)
        elif numbers := texts.identity_numbers(text):
            self._add(Problem.IDENTITY, row, column, words=texts.around(text, numbers[0]))
        return text if self._faults.count == faults_before else None

    def _head(self, row: Row) -> _Head | None:
        """Read what names the review; None where something of it is wrong."""
        faults_before = self._faults.count
        service = self._name(row, "service")
        county = self._name(row, "county")
        unknown_before = self._faults.count
        place = self._place(service, county, row.number) if service and county else None
        # That the service is not known does not hide which review it is.
        faults_before += self._faults.count - unknown_before
        kind = self._word(row, "kind")
        basis = self._word(row, "basis")
        day = self._day(row, "review_date")
        if kind.casefold() not in _KINDS:
            self._add(Problem.UNKNOWN_KIND if kind else Problem.NO_VALUE, row, "kind", value=short(kind))
        if basis.casefold() not in _BASES:
            self._add(Problem.UNKNOWN_BASIS, row, "basis", value=short(basis))
        if day is None or self._faults.count > faults_before:
            return None
        return _Head(service, county, day, _KINDS[kind.casefold()], _BASES[basis.casefold()], place)

    def _name(self, row: Row, column: str) -> str:
        """Return a name; empty with a fault."""
        faults_before = self._faults.count
        name = (self._text(row, column, NAME_LIMIT) or "").strip()
        if not name and self._faults.count == faults_before:
            self._add(Problem.NO_VALUE, row, column)
        return name

    def _day(self, row: Row, column: str) -> datetime.date | None:
        """Read a day of a visit; None with a fault."""
        day = self._any_day(row, column)
        last = timezone.localdate() + datetime.timedelta(days=DAYS_AHEAD)
        if day is None or FIRST_DAY <= day <= last:
            return day
        span = {"first": FIRST_DAY.isoformat(), "last": last.isoformat()}
        self._add(Problem.FAR_DATE, row, column, value=day.isoformat(), **span)
        return None

    def _any_day(self, row: Row, column: str) -> datetime.date | None:
        cell = self._cell(row, column)
        if isinstance(cell, datetime.datetime):
            return cell.date()
        if isinstance(cell, datetime.date):
            return cell
        value = as_text(cell).strip()
        parts = _ISO_DATE.fullmatch(value) or _NORWEGIAN_DATE.fullmatch(value)
        if not parts:
            self._add(Problem.DATE_FORM if value else Problem.NO_VALUE, row, column, value=short(value))
            return None
        try:
            return datetime.date(*(int(parts[name]) for name in ("year", "month", "day")))
        except ValueError:
            self._add(Problem.NO_SUCH_DATE, row, column, value=short(value))
            return None

    def _line(self, row: Row, head: _Head | None) -> Line | None:
        """Read one item of a long sheet; None with a fault."""
        faults_before = self._faults.count
        code = self._word(row, "item")
        found = self._catalogue.find(code)
        if found is None:
            self._add(Problem.UNKNOWN_ITEM if code else Problem.NO_VALUE, row, "item", value=short(code))
        item = found[0] if found else ""
        own = (self._score(row, "evaluator_1", item), self._score(row, "evaluator_2", item))
        consensus = self._score(row, "consensus", item)
        reason = self._word(row, "not_scored").casefold()
        if reason and reason not in _REASONS:
            self._add(Problem.UNKNOWN_REASON, row, "not_scored", value=short(reason))
        elif reason and consensus is not None:
            self._add(Problem.SCORE_AND_REASON, row, "not_scored")
        elif reason == NOT_STARTED and head is not None and head.basis != _PLANS:
            self._add(Problem.ONLY_FROM_PLANS, row, "not_scored")
        comment, recommendation = self._text(row, "comment"), self._text(row, "recommendation")
        if self._faults.count > faults_before:
            return None
        return Line(item, own, *settle(own, consensus, reason), comment or "", recommendation or "")

    def _score(self, row: Row, column: str, item: str) -> int | None:
        """Read a score of the item; None for an empty cell, and, with a fault, for anything but a score."""
        cell = self._cell(row, column)
        if cell is None or cell == "":
            return None
        if (item, cell) in self._known:
            return self._known[item, cell]
        value = as_text(cell).strip()
        if not value:
            return None
        found = self._catalogue.find(item)
        lowest, highest = (found[1].lowest, found[1].highest) if found else (1, 5)
        whole = None if isinstance(cell, bool) else _WHOLE.fullmatch(value)
        if whole is None or len(whole[1]) > len(str(highest)) or not lowest <= int(whole[1]) <= highest:
            self._add(Problem.SCORE, row, column, value=short(value), lowest=lowest, highest=highest)
            return None
        score = int(whole[1])
        if cell == str(score):
            self._known[item, cell] = score
        return score


def short(value: str) -> str:
    """Return as much of a value as a message can hold, on one line; identity numbers hidden."""
    said = " ".join(texts.hide(value.replace("\0", "")).split())
    return said if len(said) <= 40 else f"{said[:39]}…"
