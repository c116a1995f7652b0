"""The view across services as a file: a workbook for people, in their language, and the due services as CSV, which
never varies with language.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext

from reviews.exchange.exporting import csv_line
from reviews.exchange.sheet import escape
from reviews.exchange.spreadsheet import Book, Cell, Figure, Look
from reviews.overview import obstacles
from reviews.overview.attention import Attention, DueRow, UnderWay
from reviews.overview.years import Outcomes, Year
from reviews.summary.tally import CAUSES
from scales.models import Scale

FORMATS = ("csv", "xlsx")
DUE_COLUMNS = ("service", "county", "last_review", "next_due", "state", "next_review", "next_review_status")
"""The columns of the CSV. `state` is overdue, soon (within 90 days), later or never (not reviewed yet); `last_review`
and `next_review` are first visit days.
"""

_NAME, _PLACE, _DAY, _NUMBER, _WORDS = 36, 18, 19, 12, 44
_PERCENT = '0" %"'
_SIGNED = {True: "+0.00;-0.00;0.00", False: "+0.0;-0.0;0.0"}


def due_csv(found: Attention) -> str:
    """Return when each service's next external review is due, the most urgent first."""
    lines = [csv_line(DUE_COLUMNS)]
    for state, rows in _by_state(found):
        for row in rows:
            coming = row.coming
            lines.append(
                csv_line(
                    [
                        escape(row.service.name),
                        escape(row.service.county.name),
                        row.due.first_day.isoformat() if row.due.first_day else "",
                        row.due.next_day.isoformat() if row.due.next_day else "",
                        state,
                        coming.first_day.isoformat() if coming else "",
                        coming.status if coming else "",
                    ]
                )
            )
    return "".join(lines)


def _by_state(found: Attention) -> list[tuple[str, Sequence[DueRow]]]:
    return [("overdue", found.overdue), ("soon", found.soon), ("never", found.never), ("later", found.later)]


def workbook(
    found: Attention,
    scales: Sequence[tuple[Scale, Sequence[Year]]],
    outcomes: Sequence[Outcomes],
    held: Sequence[obstacles.OfScale],
    *,
    of_services: str,
    of_reviews: str,
) -> bytes:
    """Return the workbook: due services, reviews under way, the development on each scale, participants in work or
    education, and what holds scores down. A figure that the pages withhold is an empty cell, and a note says so. Each
    sheet says what was asked for: the first two `of_services`, the figures `of_reviews`.
    """
    book = Book(gettext("Overview of services"), timezone.now())
    _due(book, found, of_services)
    _under_way(book, [*found.stuck, *found.moving], of_services)
    for scale, years in scales:
        if years:
            _years(book, scale, years, of_reviews)
    if outcomes:
        _outcomes(book, outcomes, of_reviews)
    for each in held:
        if each.services:
            _obstacles(book, each, of_reviews)
    return book.finish()


def _due(book: Book, found: Attention, asked: str) -> None:
    title = gettext("When the next external review is due")
    sheet = book.sheet(gettext("Due"), (_NAME, _PLACE, _DAY, _DAY, 22, _DAY, 16))
    sheet.add(Look.TITLE, title)
    sheet.add(Look.NOTE, asked)
    sheet.add(
        Look.HEAD,
        gettext("Service"),
        gettext("County"),
        gettext("Last external review"),
        gettext("Next external review is due"),
        gettext("State"),
        gettext("Next external review"),
        gettext("Status"),
    )
    sheet.end_head(columns=1)
    words = {
        "overdue": gettext("The day has passed"),
        "soon": gettext("Within 90 days"),
        "never": gettext("Not reviewed yet"),
        "later": gettext("Later"),
    }
    for state, rows in _by_state(found):
        for row in rows:
            coming = row.coming
            sheet.add(
                Look.PLAIN,
                row.service.name,
                row.service.county.name,
                row.due.first_day,
                row.due.next_day,
                words[state],
                coming.first_day if coming else gettext("None planned"),
                str(coming.get_status_display()) if coming else None,
            )


def _under_way(book: Book, rows: Sequence[UnderWay], asked: str) -> None:
    sheet = book.sheet(gettext("Under way"), (_NAME, _PLACE, _DAY, 16, _DAY, _NUMBER, _WORDS, 28, _DAY, _WORDS))
    sheet.add(Look.TITLE, gettext("Reviews under way"))
    sheet.add(Look.NOTE, asked)
    sheet.add(
        Look.HEAD,
        gettext("Service"),
        gettext("County"),
        gettext("First visit day"),
        gettext("Status"),
        gettext("Since"),
        gettext("Days"),
        gettext("Waits for"),
        gettext("Ask"),
        gettext("Deadline"),
        gettext("Why it is held to stand still"),
    )
    sheet.end_head(columns=1)
    for each in rows:
        sheet.add(
            Look.PLAIN,
            each.review.service.name,
            each.review.service.county.name,
            each.review.first_day,
            str(each.review.get_status_display()),
            each.since,
            each.days,
            each.waits_for,
            ", ".join(each.ask),
            each.due,
            "\n".join(str(why.label) for why in each.why),
        )


def _years(book: Book, scale: Scale, years: Sequence[Year], asked: str) -> None:
    by_mean = scale.scoring == Scale.Scoring.MEAN
    bands = scale.band_ranges()
    columns = (8, *[_NUMBER] * 7, *[_NUMBER] * 5, *[_NUMBER] * 2 * len(bands))
    sheet = book.sheet(scale.title, columns)
    sheet.add(Look.TITLE, scale.title)
    sheet.add(Look.NOTE, asked)
    sheet.add(Look.NOTE, gettext("Each service's latest review of each calendar year, with every item scored."))
    if any(each.any_withheld for each in years):
        sheet.add(Look.NOTE, _withheld())
    sheet.add(
        Look.HEAD,
        gettext("Year"),
        gettext("Services"),
        gettext("Not all items scored"),
        gettext("Another edition"),
        gettext("Lower quartile"),
        gettext("Median"),
        gettext("Upper quartile"),
        gettext("Mean"),
        gettext("Reviewed the year before as well"),
        gettext("Mean change"),
        gettext("Rose"),
        gettext("Same"),
        gettext("Fell"),
        *(cell for band in bands for cell in (band.label, gettext("%(band)s, percent") % {"band": band.label})),
    )
    sheet.end_head(columns=1)
    for each in years:
        middle, change = each.middle, each.change
        shown = change.mean is not None
        sheet.add(
            Look.PLAIN,
            each.year,
            each.services,
            each.incomplete,
            each.other_edition,
            *([middle.lower, middle.median, middle.upper] if middle else [None] * 3),
            _mean(middle.mean if middle else None, by_mean=by_mean),
            change.services,
            None if change.mean is None else Figure(change.mean, _SIGNED[by_mean]),
            *([change.rose, change.same, change.fell] if shown else [None] * 3),
            *(cell for band in each.bands for cell in (band.services, Figure(band.percent, _PERCENT))),
        )


def _mean(value: Decimal | None, *, by_mean: bool) -> Cell:
    if value is None:
        return None
    return value if by_mean else Figure(value, "0.0")


def _outcomes(book: Book, years: Sequence[Outcomes], asked: str) -> None:
    sheet = book.sheet(gettext("Work and education"), (8, *[_NUMBER] * 3, 16, 16, 16))
    sheet.add(Look.TITLE, gettext("Participants in work or education"))
    sheet.add(Look.NOTE, asked)
    if any(each.is_withheld or each.goals_withheld for each in years):
        sheet.add(Look.NOTE, _withheld())
    sheet.add(
        Look.HEAD,
        gettext("Year"),
        gettext("Services"),
        gettext("Participants"),
        gettext("In work or education"),
        gettext("Agreed goal, median"),
        gettext("Services with a goal"),
        gettext("Have reached their goal"),
    )
    sheet.end_head(columns=1)
    for each in years:
        if each.is_withheld:
            sheet.add(Look.PLAIN, each.year, each.services)
            continue
        sheet.add(
            Look.PLAIN,
            each.year,
            each.services,
            each.participants,
            None if each.share is None else Figure(each.share, _PERCENT),
            None if each.goal is None else Figure(each.goal, '0.## " %"'),
            *([None] * 2 if each.goals_withheld else [each.goals, each.reached]),
        )


def _obstacles(book: Book, of: obstacles.OfScale, asked: str) -> None:
    causes = [obstacles.label(code) for code in CAUSES]
    name = gettext("Held down, %(scale)s") % {"scale": of.scale.title}
    sheet = book.sheet(name, (8, 40, _NUMBER, _NUMBER, *[14] * len(causes)))
    sheet.add(Look.TITLE, gettext("What holds scores down: %(scale)s") % {"scale": of.scale.title})
    sheet.add(Look.NOTE, asked)
    sheet.add(Look.NOTE, gettext("Each service's latest review. A low score can have several causes."))
    if of.any_withheld:
        sheet.add(Look.NOTE, _withheld())
    sheet.add(Look.HEAD, gettext("Code"), gettext("Item"), gettext("Scored in"), gettext("Scored low in"), *causes)
    sheet.end_head(columns=2)
    for section in of.sections:
        sheet.add(
            Look.SECTION,
            section.section.code,
            section.section.title,
            section.scored,
            section.low,
            *(number for _code, number in section.causes),
        )
        for each in section.items:
            numbers = [] if each.is_withheld else [each.low, *(number for _code, number in each.causes)]
            sheet.add(Look.PLAIN, each.item.code, each.item.short_title, each.scored, *numbers)


def _withheld() -> str:
    return gettext("Empty cells: figures of so few services that you do not see that they could be told apart.")
