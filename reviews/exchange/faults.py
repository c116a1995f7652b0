"""What can be wrong with a score sheet, in words an adviser understands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LISTED = 200
"""How many faults of a sheet are listed; the rest are counted."""
COUNTED = 5000
"""How many faults of a sheet are counted: with so many it is another kind of sheet, and is not read to its end."""


class Problem(StrEnum):
    """Every kind of fault."""

    NOT_UTF8 = "not_utf8"
    MALFORMED = "malformed"
    NO_END = "no_end"
    TOO_WIDE = "too_wide"
    TOO_LARGE = "too_large"
    OLD_WORKBOOK = "old_workbook"
    NO_WORKBOOK = "no_workbook"
    UNPACKED = "unpacked"
    EMPTY = "empty"
    NO_LAYOUT = "no_layout"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    COLUMN_TWICE = "column_twice"
    CELLS = "cells"
    NO_COLUMN = "no_column"
    NO_VALUE = "no_value"
    FORMULA = "formula"
    NUL = "nul"
    TOO_LONG = "too_long"
    IDENTITY = "identity"
    IDENTITY_IN_NAME = "identity_in_name"
    DATE_FORM = "date_form"
    NO_SUCH_DATE = "no_such_date"
    FAR_DATE = "far_date"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_BASIS = "unknown_basis"
    UNKNOWN_ITEM = "unknown_item"
    ITEM_TWICE = "item_twice"
    SCORE = "score"
    UNKNOWN_REASON = "unknown_reason"
    SCORE_AND_REASON = "score_and_reason"
    ONLY_FROM_PLANS = "only_from_plans"
    NOTHING_SCORED = "nothing_scored"
    BASIS_DIFFERS = "basis_differs"
    REVIEW_TWICE = "review_twice"
    UNKNOWN_COUNTY = "unknown_county"
    OTHER_COUNTY = "other_county"
    UNKNOWN_SERVICE = "unknown_service"
    DIFFERS = "differs"
    UNDER_WAY = "under_way"


_WORDS: dict[Problem, Promise] = {
    Problem.NOT_UTF8: _("The file is not UTF-8. Save it as “CSV UTF-8” and try again."),
    Problem.MALFORMED: _("The quotation marks do not match, so that the rest of the file cannot be read."),
    Problem.NO_END: _(
        "The row goes on for more than %(limit)d characters, so that the rest of the file cannot be read. Is a "
        "quotation mark missing, or are there no line breaks?"
    ),
    Problem.TOO_WIDE: _("The row has %(found)d cells; at most %(limit)d can be read."),
    Problem.TOO_LARGE: _("The workbook is too large: at most %(limit)d MB. Save it as CSV instead."),
    Problem.OLD_WORKBOOK: _("The file is an old or protected workbook. Save it as XLSX without a password, or as CSV."),
    Problem.NO_WORKBOOK: _(
        "The file cannot be read as a spreadsheet. Open it in the program it was made with, and save it anew as XLSX"
        " or as “CSV UTF-8”."
    ),
    Problem.UNPACKED: _(
        "The workbook holds far more than a score sheet, too much to be read. Save the sheet alone as CSV instead."
    ),
    Problem.EMPTY: _("The file is empty."),
    Problem.NO_LAYOUT: _("The header has neither a column “item” nor columns with the codes of items."),
    Problem.MISSING_COLUMN: _("The column is missing."),
    Problem.UNKNOWN_COLUMN: _("The sheet cannot have this column."),
    Problem.COLUMN_TWICE: _("The column is there twice."),
    Problem.CELLS: _("The row has %(found)d cells, the header %(expected)d."),
    Problem.NO_COLUMN: _("“%(value)s” stands in a column without a known name."),
    Problem.NO_VALUE: _("The cell is empty."),
    Problem.FORMULA: _("The cell holds a formula. Put its value there instead."),
    Problem.NUL: _("The text holds a character that cannot be stored (NUL)."),
    Problem.TOO_LONG: _("The text has %(found)d characters; at most %(limit)d are allowed."),
    Problem.IDENTITY: _("There is a national identity number here: “%(words)s”. Take it out."),
    Problem.IDENTITY_IN_NAME: _("The name of the file has a national identity number. Give the file another name."),
    Problem.DATE_FORM: _("“%(value)s” is not a date. Write it as 2012-12-03 or 03.12.2012."),
    Problem.NO_SUCH_DATE: _("“%(value)s” is a date that does not exist."),
    Problem.FAR_DATE: _("“%(value)s” cannot be the day of a visit: it must be from %(first)s to %(last)s."),
    Problem.UNKNOWN_KIND: _("“%(value)s” is no kind of review. Write external or self."),
    Problem.UNKNOWN_BASIS: _("“%(value)s” is nothing that can be reviewed. Write practice or plans."),
    Problem.UNKNOWN_ITEM: _("There is no item “%(value)s”."),
    Problem.ITEM_TWICE: _("The item %(item)s is there twice in the same review."),
    Problem.SCORE: _("“%(value)s” is not a score. A score is a whole number from %(lowest)d to %(highest)d."),
    Problem.UNKNOWN_REASON: _(
        "“%(value)s” is no reason for not scoring. Write not_started, missing_data or not_recorded."
    ),
    Problem.SCORE_AND_REASON: _("The item has both an agreed score and a reason for not being scored."),
    Problem.ONLY_FROM_PLANS: _("Only a review from plans can leave an item unscored because it is not started."),
    Problem.NOTHING_SCORED: _("The row has no score."),
    Problem.BASIS_DIFFERS: _("The rows of one review do not agree on whether practice or plans are reviewed."),
    Problem.REVIEW_TWICE: _("The review is there already, further up. The rows of one review must stand together."),
    Problem.UNKNOWN_COUNTY: _("There is no county “%(value)s”."),
    Problem.OTHER_COUNTY: _("You are not adviser in %(county)s, so that its reviews cannot be imported by you."),
    Problem.UNKNOWN_SERVICE: _("There is no service “%(value)s” in %(county)s."),
    Problem.DIFFERS: _(
        "The review of %(service)s on %(date)s is here already, and differs from the sheet. An import never "
        "changes what is here: take the rows of the review out of the sheet. If the sheet is right, put the "
        "review itself right."
    ),
    Problem.UNDER_WAY: _(
        "A review of %(service)s on %(date)s is planned or being scored here. Finish or cancel it here, or take its "
        "rows out of the sheet."
    ),
}


@dataclass(frozen=True)
class Fault:
    """One fault: what is wrong, in which row (the header is row 1; None: the file) and column, with values it names."""

    problem: Problem
    row: int | None = None
    column: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    nearest: tuple[str, ...] = ()
    """Known names that are like the one that is not known."""

    def said(self) -> str:
        """Return what is wrong in words, in the language that is active, without where."""
        said = str(_WORDS[self.problem]) % self.values
        if self.nearest:
            said += " " + gettext("Did you mean %(names)s?") % {"names": ", ".join(self.nearest)}
        return said

    def words(self) -> str:
        """Return the fault in words with its place, in the language that is active."""
        if self.row is None:
            return self.said()
        if self.column:
            place = gettext("Row %(row)d, column %(column)s") % {"row": self.row, "column": self.column}
        else:
            place = gettext("Row %(row)d") % {"row": self.row}
        return f"{place}: {self.said()}"


class Unreadable(Exception):
    """The file, or what is left of it, cannot be read."""

    def __init__(self, fault: Fault) -> None:
        """`fault` says why."""
        super().__init__(fault)
        self.fault = fault


class Faults:
    """Collects faults: the first are kept, all are counted, up to where nobody would read on."""

    def __init__(self) -> None:
        """Begin without any."""
        self.listed: list[Fault] = []
        self.count = 0

    @property
    def are_too_many(self) -> bool:
        """Whether there are so many that the sheet needs no more reading."""
        return self.count >= COUNTED

    def add(self, fault: Fault) -> None:
        """Take one more."""
        self.count += 1
        if self.count <= LISTED:
            self.listed.append(fault)
