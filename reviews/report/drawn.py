"""What is drawn of a report: its content as the plain values that pictures take, in the language that is active."""

import datetime

from django.utils.translation import gettext

from reviews.pictures import development, positions, rows, sections
from reviews.report import picture_wording, wording
from reviews.report.shape import Content, Figures, HistoryPoint, ScaleContent, SectionContent
from scales import scoring

SECTION_TITLE_FITS, SECTION_RESULT_FITS = 25.0, 25.0
"""The room that a section's title and its result have in the table beside the picture, in millimetres."""


def item_positions(scale: ScaleContent) -> positions.Picture:
    """All items of a scale with their scores, and the last review's where the report compares."""
    several = len(scale["sections"]) > 1
    groups = [
        positions.Group(
            section["title"] if several else "",
            [
                positions.Item(
                    code=item["code"],
                    title=item["short_title"],
                    score=item["score"],
                    previous=item["previous"],
                    low=item["low"],
                    doubted=item["previous_wrong"],
                )
                for item in section["items"]
            ],
        )
        for section in scale["sections"]
    ]
    return positions.draw(groups, lowest=scale["lowest"], highest=scale["highest"], high_from=scale["high_from"])


def section_results(scale: ScaleContent) -> sections.Picture | None:
    """The results of a scale's sections on one axis, which is the share of the points that can be had, or the mean.

    None for a scale of one section. A section with an item that is not scored is no whole one.
    """
    if len(scale["sections"]) < 2:
        return None
    if wording.by_mean(scale):
        axis = [(float(score), str(score)) for score in range(scale["lowest"], scale["highest"] + 1)]
    else:
        axis = [(float(share), _percent(share)) for share in (0, 25, 50, 75, 100)]
    return sections.draw(
        [_section(scale, each) for each in scale["sections"]], axis=axis, title_fits=SECTION_TITLE_FITS
    )


def _section(scale: ScaleContent, section: SectionContent) -> sections.Section:
    result = wording.section_result(scale, section)
    before = section["previous"]
    return sections.Section(
        code=section["code"],
        title=section["title"],
        value=_on_axis(scale, section["total"]),
        result=result,
        share=_share(scale, section["total"]),
        previous=None if before is None else _on_axis(scale, before),
        previous_share="" if before is None else _share(scale, before),
        whole=section["total"]["scored"] == section["total"]["items"],
        lines=rows.lines(result, SECTION_RESULT_FITS),
    )


def sections_told(content: Content, scale: ScaleContent) -> str:
    """What the picture of the sections shows, in words."""
    drawn = [_section(scale, each) for each in scale["sections"]]
    return picture_wording.sections(
        content, scale, [(each.title, each.result, each.share, each.previous_share) for each in drawn]
    )


def _on_axis(scale: ScaleContent, total: Figures) -> float | None:
    if total["total"] is None or total["mean"] is None:
        return None
    return float(total["mean"]) if wording.by_mean(scale) else 100 * total["total"] / total["maximum"]


def _share(scale: ScaleContent, total: Figures) -> str:
    """The share of the points that items can give: "80 %"; of a scale with a mean that. A dash if none is scored."""
    if total["total"] is None or total["mean"] is None:
        return "–"
    if wording.by_mean(scale):
        return wording.number(total["mean"])
    return _percent(scoring.percent(total["total"], total["maximum"]))


def _percent(number: int) -> str:
    return gettext("%(number)s%%") % {"number": number}


def over_years(content: Content, scale: ScaleContent) -> development.Picture | None:
    """The development of a scale over its external reviews up to this one; None where fewer than two can be
    compared.
    """
    return line(scale, now=content["first_day"] if content["kind"] == "external" else "")


def line(scale: ScaleContent, *, now: str) -> development.Picture | None:
    """The development of a scale over the external reviews in its history, that of the day `now` marked; None where
    fewer than two can be compared.
    """
    reviews = [_reviewed(scale, point, now) for point in scale["history"]]
    if wording.by_mean(scale):
        ticks = [(float(score), str(score)) for score in range(scale["lowest"], scale["highest"] + 1)]
        return development.draw(reviews, lowest=scale["lowest"], highest=scale["highest"], ticks=ticks)
    items = scale["total"]["items"]
    lowest, highest = items * scale["lowest"], items * scale["highest"]
    levels = [development.Level(band["lowest"], str(band["lowest"]), band["label"]) for band in scale["bands"]]
    limits = {band["lowest"] for band in scale["bands"]}
    ends = [(float(end), str(end)) for end in (lowest, highest) if end not in limits]
    return development.draw(reviews, lowest=lowest, highest=highest, levels=levels, ticks=ends)


def _reviewed(scale: ScaleContent, point: HistoryPoint, now: str) -> development.Review:
    total = point["total"]
    if wording.by_mean(scale):
        value = None if total["mean"] is None else float(total["mean"])
        text = "" if total["mean"] is None else wording.number(total["mean"])
    else:
        value = None if total["total"] is None else float(total["total"])
        text = str(total["total"])
    return development.Review(
        day=datetime.date.fromisoformat(point["date"]),
        value=0.0 if value is None else value,
        text=text,
        when=wording.month(point["date"]),
        now=point["date"] == now,
        left_out=point["left_out"] != "" or value is None,
    )
