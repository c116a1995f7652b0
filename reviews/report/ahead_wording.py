"""Puts what it would take to come to the next band in words, in the language that is active (see wording.py), with the
list of all recommendations.
"""

from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from reviews.report import wording
from reviews.report.shape import Ahead, BarredPoints, Content, Goal, ItemContent, ScaleContent, Step
from scales.steps import Condition


def looking(content: Content) -> list[ScaleContent]:
    """The scales of which it is said what it would take."""
    return [scale for scale in content["scales"] if scale["ahead"] is not None]


class Row(NamedTuple):
    """A recommendation in the list of all, with the step that its item can take; None where that is not told."""

    item: ItemContent
    step: Step | None


def rows(content: Content) -> list[Row]:
    """All recommendations of the report, in the scales' order."""
    found = []
    for scale, item in wording.advised(content):
        steps = [] if scale["ahead"] is None else scale["ahead"]["steps"]
        found.append(Row(item, next((step for step in steps if step["code"] == item["code"]), None)))
    return found


def any_step(found: list[Row]) -> bool:
    """Whether any of the rows tells what its item takes."""
    return any(row.step is not None for row in found)


def _has_advice(scale: ScaleContent) -> bool:
    return any(item["recommendation"].strip() for section in scale["sections"] for item in section["items"])


def _advised(ahead: Ahead) -> int:
    return sum(step["recommended"] for step in ahead["steps"])


def distance(scale: ScaleContent) -> str:
    """How far it is to the next band, or that there is none: the sentence that says it all."""
    ahead = scale["ahead"]
    if ahead is None:
        return ""
    if ahead["band"] is not None:
        words = {"points": ahead["points"], "band": ahead["band"]["label"], "lowest": ahead["band"]["lowest"]}
        return (
            ngettext(
                "%(points)s point to %(band)s (%(lowest)s).",
                "%(points)s points to %(band)s (%(lowest)s).",
                ahead["points"],
            )
            % words
        )
    return gettext("%(band)s is the highest category.") % {"band": wording.band(scale)}


def way(scale: ScaleContent) -> list[str]:
    """Which part of the way the recommendations lead, or what keeps the highest band: a sentence each."""
    ahead = scale["ahead"]
    if ahead is None:
        return []
    if ahead["band"] is None:
        return _kept(scale)
    advised, points = _advised(ahead), ahead["points"]
    if not _has_advice(scale):
        return [gettext("The report has no recommendations.")]
    if not advised:
        return [gettext("No recommendation is on an item that can rise.")]
    if advised < points:
        lead = ngettext(
            "The recommendations lead to %(number)s of them, if their one item rises one step.",
            "The recommendations lead to %(number)s of them, if each item rises one step.",
            advised,
        )
        rest = gettext("The rest takes that other items rise, or that some rise more than one step.")
        return [lead % {"number": advised}, rest]
    if advised == points:
        lead = ngettext(
            "The recommendation leads there, if its item rises one step.",
            "The recommendations lead there, if each of their %(number)s items rises one step.",
            advised,
        )
        return [lead % {"number": advised}]
    lead = ngettext(
        "The recommendations lead there, if %(points)s of their %(number)s items rises one step.",
        "The recommendations lead there, if %(points)s of their %(number)s items rise one step.",
        points,
    )
    return [lead % {"points": points, "number": advised}]


def _kept(scale: ScaleContent) -> list[str]:
    band, total = scale["band"], scale["total"]["total"]
    if band is None or total is None:
        return []
    spare = total - band["lowest"]
    if spare:
        kept = ngettext(
            "The service keeps it as long as it loses no more than %(number)s point.",
            "The service keeps it as long as it loses no more than %(number)s points.",
            spare,
        ) % {"number": spare}
    else:
        kept = gettext("The service keeps it as long as it loses no point.")
    scores = [item["score"] for section in scale["sections"] for item in section["items"]]
    full = scores.count(scale["highest"])
    rests = ngettext(
        "%(number)s of %(items)s item has the highest score.",
        "%(number)s of %(items)s items have the highest score.",
        len(scores),
    ) % {"number": full, "items": len(scores)}
    return [kept, rests]


def limit(scale: ScaleContent) -> list[str]:
    """How many points law bars, and what it leaves: a sentence each; none where it bars nothing."""
    ahead = scale["ahead"]
    if ahead is None or not ahead["barred"]:
        return []
    barred = sum(each["points"] for each in ahead["barred"])
    said = [
        ngettext("Law and regulation bar %(points)s point.", "Law and regulation bar %(points)s points.", barred)
        % {"points": barred},
        gettext("The highest total they leave is %(total)s of %(maximum)s.")
        % {"total": ahead["reachable"], "maximum": scale["total"]["maximum"]},
    ]
    if ahead["band"] is not None and ahead["reachable"] < ahead["band"]["lowest"]:
        said.append(gettext("That is not enough for %(band)s.") % {"band": ahead["band"]["label"]})
    return said


def barred_points(barred: BarredPoints) -> str:
    """An item of which law bars points: "O2 Kontakt med behandlingsteamet: 1 poeng"."""
    points = ngettext("%(number)s point", "%(number)s points", barred["points"]) % {"number": barred["points"]}
    return f"{barred['code']} {barred['short_title']}: {points}"


def other_steps(scale: ScaleContent) -> list[Step]:
    """The steps that are only named, where there are recommendations and they do not lead all the way."""
    ahead = scale["ahead"]
    if ahead is None or not _has_advice(scale) or _advised(ahead) >= ahead["points"]:
        return []
    return [step for step in ahead["steps"] if not step["recommended"]]


def enough(step: Step) -> str:
    """What stands before several goals."""
    return gettext("One of these is enough for score %(score)s:") % {"score": step["to"]}


def goal(found: Goal) -> str:
    """A goal, after what it depends on."""
    if found["only_if"] == Condition.DISPERSED:
        return gettext("In a sparsely populated area with one jobbspesialist in each place: %(goal)s") % {
            "goal": found["text"][:1].lower() + found["text"][1:]
        }
    return found["text"]


def lacking(step: Step) -> str:
    """What stands before the elements that lack, or how many more it takes where it is not known which they are; empty
    where the goal says it all.
    """
    number, named = step["how_many"], len(step["lacking"])
    if not number:
        return ""
    if not named:
        return gettext("That is one more than now.")
    if number == named:
        return gettext("This must be in place:")
    return ngettext("One of these must be in place:", "%(number)s of these must be in place:", number) % {
        "number": number
    }
