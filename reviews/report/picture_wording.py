"""What a report's pictures show, in words, in the language that is active: for those who hear the report."""

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from reviews.report import wording
from reviews.report.shape import Content, HistoryPoint, ItemContent, ScaleContent

_NAMED = 8
"""So many items are named one by one; of more it is said how many they are."""


def items(content: Content, scale: ScaleContent) -> str:
    """How many items have a high score and which do not, and which have risen and fallen where the report compares."""
    every = [item for section in scale["sections"] for item in section["items"]]
    scored = [item for item in every if item["score"] is not None]
    high = [item for item in scored if (item["score"] or 0) >= scale["high_from"]]
    said = [
        ngettext(
            "%(number)s of %(items)s item has score %(score)s or higher.",
            "%(number)s of %(items)s items have score %(score)s or higher.",
            len(every),
        )
        % {"number": len(high), "items": len(every), "score": scale["high_from"]}
    ]
    low = [f"{item['code']} ({item['score']})" for item in scored if item not in high]
    if 0 < len(low) <= _NAMED:
        said.append(gettext("A lower score: %(items)s.") % {"items": wording.joined(low)})
    elif low:
        said.append(gettext("%(number)s have a lower score.") % {"number": len(low)})
    if len(scored) < len(every):
        left = len(every) - len(scored)
        said.append(ngettext("%(number)s is not scored.", "%(number)s are not scored.", left) % {"number": left})
    return " ".join([*said, *_moved(content, scale, scored)])


def _moved(content: Content, scale: ScaleContent, scored: Sequence[ItemContent]) -> list[str]:
    """How many items have risen and which have fallen since the last review; nothing where none is compared."""
    previous = scale["previous"]
    pairs = [(item, item["previous"], item["score"]) for item in scored]
    changes = [(item, then, now) for item, then, now in pairs if then is not None and now is not None]
    if previous is None or not changes:
        return []
    rose = sum(now > then for _item, then, now in changes)
    fell = [
        gettext("%(code)s from %(then)s to %(now)s") % {"code": item["code"], "then": then, "now": now}
        for item, then, now in changes
        if now < then
    ]
    since = {"since": wording.when(content, previous), "rose": rose, "fell": len(fell)}
    said = gettext("%(rose)s have gone up since %(since)s, and %(fell)s down.") % since
    if 0 < len(fell) <= _NAMED:
        return [said, gettext("Down: %(items)s.") % {"items": wording.joined(fell)}]
    return [said]


def sections(content: Content, scale: ScaleContent, results: Sequence[tuple[str, str, str, str]]) -> str:
    """The sections' results: of each its title, result, share, and the share before, empty where none is compared."""
    previous = scale["previous"]
    said = []
    for title, result, share, before in results:
        words = f"{title}: {result}" if share in ("–", result) else f"{title}: {result}, {share}"
        if before and previous is not None:
            then = gettext("%(share)s in %(when)s") % {"share": before, "when": wording.when(content, previous)}
            words = f"{words} ({then})"
        said.append(f"{words}.")
    return " ".join(said)


def development(scale: ScaleContent) -> str:
    """From what in which month to what in which month the line goes, and where the bands' limits lie."""
    line = [point for point in scale["history"] if not point["left_out"]]
    if len(line) < 2:
        return ""
    words = {
        "first": _result(scale, line[0]),
        "first_month": wording.month(line[0]["date"]),
        "last": _result(scale, line[-1]),
        "last_month": wording.month(line[-1]["date"]),
    }
    said = [gettext("From %(first)s in %(first_month)s to %(last)s in %(last_month)s.") % words]
    left = len(scale["history"]) - len(line)
    if left:
        said.append(
            ngettext("%(number)s review is left out of the line.", "%(number)s reviews are left out of the line.", left)
            % {"number": left}
        )
    return " ".join([*said, limits(scale)]).strip()


def _result(scale: ScaleContent, point: HistoryPoint) -> str:
    total = point["total"]
    if wording.by_mean(scale):
        return "–" if total["mean"] is None else wording.number(total["mean"])
    return wording.points(total)


def limits(scale: ScaleContent) -> str:
    """Where the bands begin, the highest first; empty for a scale without bands."""
    bands = scale["bands"]
    if not bands:
        return ""
    said = [
        gettext("%(band)s from %(lowest)s") % {"band": band["label"], "lowest": band["lowest"]}
        for band in reversed(bands[1:])
    ]
    if len(bands) > 1:
        said.append(gettext("%(band)s below %(limit)s") % {"band": bands[0]["label"], "limit": bands[1]["lowest"]})
    else:
        said.append(gettext("%(band)s from %(lowest)s") % {"band": bands[0]["label"], "lowest": bands[0]["lowest"]})
    return gettext("The categories by points: %(bands)s.") % {"bands": ", ".join(said)}
