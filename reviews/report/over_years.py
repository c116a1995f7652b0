"""Contents of one service's reports beside each other: in which edition a scale is told, and what compares with it.

Contents come oldest first.
"""

from collections.abc import Sequence

from reviews import history
from reviews.models import Review
from reviews.report.shape import Content, HistoryPoint, ScaleContent


def from_plans(content: Content) -> bool:
    """Whether the service was reviewed from its plans."""
    return content["basis"] == Review.Basis.PLANS


def is_in_line(content: Content) -> bool:
    """Whether the review is one whose results make a development: an external one of practice."""
    return content["kind"] == Review.Kind.EXTERNAL and not from_plans(content)


def newest_scales(contents: Sequence[Content]) -> list[ScaleContent]:
    """Each scale as the newest review has it, an external one of practice before others; in the reports' order."""
    found: dict[str, ScaleContent] = {}
    in_line = [each for each in contents if is_in_line(each)]
    for content in (*reversed(in_line), *reversed(contents)):
        for scale in content["scales"]:
            found.setdefault(scale["code"], scale)
    return list(found.values())


def scale_of(content: Content, code: str) -> ScaleContent | None:
    """Return a review's result of a scale by its code; None where it was not used."""
    return next((scale for scale in content["scales"] if scale["code"] == code), None)


def is_like(content: Content, scale: ScaleContent, newest: ScaleContent) -> bool:
    """Whether scores of a review mean the same as those of another of practice with the `newest` edition."""
    return not from_plans(content) and scale["edition"] == newest["edition"]


def left_out(content: Content, scale: ScaleContent, newest: ScaleContent) -> str:
    """Why a review's result of a scale is no part of the development over external reviews, in which the `newest`
    edition counts: self, plans, other_edition or incomplete; empty where it is a part.
    """
    if content["kind"] == Review.Kind.SELF:
        return "self"
    if from_plans(content):
        return "plans"
    total = scale["total"]
    return history.left_out(
        scored=total["scored"], items=total["items"], other_edition=scale["edition"] != newest["edition"]
    )


def with_history(newest: ScaleContent, contents: Sequence[Content]) -> ScaleContent:
    """Return the scale with the development over those of the contents that make one, in place of what its report told
    when it was made.
    """
    found = [
        (content, scale)
        for content in contents
        if is_in_line(content) and (scale := scale_of(content, newest["code"])) is not None
    ]
    points = [
        HistoryPoint(
            date=content["first_day"],
            year=int(content["first_day"][:4]),
            edition=scale["edition"],
            total=scale["total"],
            band=scale["band"],
            left_out=left_out(content, scale, newest),
        )
        for content, scale in found
    ]
    return ScaleContent(**{**newest, "history": points})
