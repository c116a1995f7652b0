"""Puts a report's plain values in words, in the language that is active: dates, numbers, results and reasons.

The page and the PDF say the same because both get their sentences here.
"""

import datetime
import functools
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext

from reviews import circumstances, ties
from reviews.models import Actor, FactCheckRemark, NotScored, Obstacle, Review
from reviews.report import holding
from reviews.report.shape import (
    Barred,
    Content,
    CorrectionContent,
    FactCheck,
    Figures,
    ItemContent,
    Judged,
    Outcomes,
    Previous,
    RemarkContent,
    ScaleContent,
    SectionContent,
    TieContent,
)
from scales.models import Scale

# Dates and numbers


def _day(iso: str) -> datetime.date:
    return datetime.date.fromisoformat(iso)


def month(iso: str) -> str:
    """An ISO date as month and year: "oktober 2027"."""
    return date_format(_day(iso), "F Y")


def date(iso: str) -> str:
    """An ISO date in full: "12. oktober 2026", "12 October 2026"."""
    day = _day(iso)
    return gettext("%(day)s %(month)s %(year)s") % {
        "day": day.day,
        "month": date_format(day, "F"),
        "year": day.year,
    }


def date_range(first: str, last: str) -> str:
    """Two ISO dates as one stretch of days, no part said twice: "12.–13. oktober 2026"."""
    # The lists of reviews say the same days at every turn, and putting them in words takes longest of a row.
    return _date_range(first, last, get_language())


@functools.lru_cache(maxsize=2048)
def _date_range(first: str, last: str, _language: str | None) -> str:
    start, end = _day(first), _day(last)
    if start == end:
        return date(first)
    parts = {
        "first": start.day,
        "last": end.day,
        "month": date_format(end, "F"),
        "first_month": date_format(start, "F"),
        "year": end.year,
    }
    if start.year != end.year:
        return f"{date(first)} – {date(last)}"
    if start.month != end.month:
        return gettext("%(first)s %(first_month)s – %(last)s %(month)s %(year)s") % parts
    return gettext("%(first)s–%(last)s %(month)s %(year)s") % parts


def _day_of(iso: str) -> str:
    """The day of an ISO time, in Norway."""
    return date(timezone.localtime(datetime.datetime.fromisoformat(iso)).date().isoformat())


def made_on(content: Content) -> str:
    """The day a version was made, in Norway; empty for a draft."""
    return "" if content["made_at"] is None else _day_of(content["made_at"])


def replaces(content: Content) -> str:
    """Which version this one replaces, and of which day; empty where it replaces none."""
    replaced = content["replaces"]
    if replaced is None:
        return ""
    words = {"number": replaced["number"], "date": _day_of(replaced["made_at"])}
    if content["imported"] and replaced["number"] == 1:
        return gettext("It replaces version %(number)s, imported on %(date)s.") % words
    return gettext("It replaces version %(number)s, made on %(date)s.") % words


def version(content: Content) -> str:
    """Which version the report is, and of which day. The first of an imported review is not made here, but imported."""
    words = {"number": content["number"], "date": made_on(content)}
    if content["imported"] and content["number"] == 1:
        return gettext("Version %(number)s, imported on %(date)s.") % words
    return gettext("Version %(number)s, made on %(date)s.") % words


def reissued(content: Content, limit: int) -> str:
    """What a version replaces and why, for page one: the reason has room for `limit` characters; empty where it
    replaces none.
    """
    replaced = content["replaces"]
    if replaced is None:
        return ""
    words = {
        "version": content["number"],
        "number": replaced["number"],
        "date": _day_of(replaced["made_at"]),
        "reason": gist(content["reason"], limit),
    }
    if not words["reason"]:
        return gettext("Version %(version)s replaces version %(number)s of %(date)s.") % words
    return gettext("Version %(version)s replaces version %(number)s of %(date)s: %(reason)s") % words


def number(value: str) -> str:
    """A decimal as the language writes it, with the decimals it has: "4.17" is 4,17 in Norwegian."""
    decimal = Decimal(value)
    return number_format(decimal, decimal_pos=max(0, -int(decimal.as_tuple().exponent)))


def year(content: Content) -> int:
    """The year that names the review."""
    return _day(content["first_day"]).year


# What kind of review


def kind(content: Content) -> str:
    """What the review is, without its days."""
    plans = content["basis"] == Review.Basis.PLANS
    if content["kind"] == Review.Kind.SELF:
        return gettext("Self-review from plans") if plans else gettext("Self-review")
    return gettext("External fidelity review from plans") if plans else gettext("External fidelity review")


def title(content: Content) -> str:
    """The document's title."""
    return gettext("Quality report: %(service)s %(year)s") % {"service": content["service"], "year": year(content)}


def footer(content: Content) -> str:
    """What stands at the foot of each page: kind, year and version."""
    short = gettext("Self-review") if content["kind"] == Review.Kind.SELF else gettext("Fidelity review")
    edition = (
        gettext("draft") if content["number"] is None else gettext("version %(number)s") % {"number": content["number"]}
    )
    return f"{short} {year(content)} · {edition}"


def page_words() -> tuple[str, str]:
    """What stands before the page's number and before the number of pages: "side " and " av "."""
    words = gettext("page %(page)s of %(pages)s") % {"page": "\0", "pages": "\0"}
    before, between, _ = words.split("\0")
    return before, between


def joined(words: list[str]) -> str:
    """Words as a list in a sentence: "a, b og c"."""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def evaluators(content: Content) -> str:
    """Those who reviewed, the lead marked where there are several; empty where there is nobody to name."""
    return joined(_evaluators(content))


def _evaluators(content: Content) -> list[str]:
    several = len(content["evaluators"]) > 1
    named = []
    for evaluator in content["evaluators"]:
        name = evaluator["name"] or gettext("an evaluator who is not named")
        if evaluator["lead"] and several:
            name = gettext("%(name)s (lead evaluator)") % {"name": name}
        named.append(name)
    return named


def _some(names: list[str], limit: int) -> str:
    """As many of the names as `limit` characters hold, and how many more there are; the first shortened, if need be."""
    if not names:
        return ""
    taken = 1
    while taken < len(names) and len(", ".join(names[: taken + 1])) <= limit:
        taken += 1
    said, left = [gist(name, limit) for name in names[:taken]], len(names) - taken
    if left:
        said.append(ngettext("%(number)s more", "%(number)s more", left) % {"number": left})
    return joined(said)


def byline(content: Content, limit: int) -> list[str]:
    """Who reviewed, for whom and what, a sentence each; a list of names has room for `limit` characters.

    The names stand whole in `about`.
    """
    sentences = []
    if content["kind"] == Review.Kind.SELF:
        if content["participants"].strip():
            sentences.append(gettext("Filled in by those who took part; they are listed under “About the review”."))
    elif content["evaluators"]:
        sentences.append(gettext("Reviewed by %(evaluators)s.") % {"evaluators": _some(_evaluators(content), limit)})
        if has_ties(content):
            sentences.append(gettext("Their ties to the service are told of under “Independence of the evaluators”."))
    if content["recipients"].strip():
        recipients = gist(content["recipients"], limit).rstrip(". ")
        sentences.append(gettext("To %(recipients)s.") % {"recipients": recipients})
    if content["teams"]:
        sentences.append(gettext("The review covers %(teams)s.") % {"teams": _some(content["teams"], limit)})
    return [sentence.replace("….", "…") for sentence in sentences]


def about(content: Content) -> list[tuple[str, list[str]]]:
    """The facts about the review, each with its name: whole, however many page one has room for."""
    facts = [
        (gettext("Days of the visit"), [date_range(content["first_day"], content["last_day"])]),
        (gettext("County"), [content["county"]]),
        (gettext("Teams"), content["teams"]),
        (gettext("Evaluators"), [] if content["kind"] == Review.Kind.SELF else _evaluators(content)),
        (gettext("Recipients"), [content["recipients"].strip()]),
    ]
    return [(name, values) for name, values in facts if any(values)]


def tie(found: TieContent) -> str:
    """What ties an evaluator to the service, as the pages say it too."""
    return ties.said(found["kind"], found["name"], found["organisation"], found["service"], found["year"])


def has_ties(content: Content) -> bool:
    """Whether there is anything to say of how independent the evaluators are."""
    known = content["independence"]
    return known is not None and (bool(known["ties"]) or bool(known["text"].strip()))


# Results


def points(total: Figures) -> str:
    """A sum with what it is out of: "103 av 125 poeng"; with the number of items where some are not scored."""
    if total["total"] is None:
        return gettext("not scored")
    said = gettext("%(total)s of %(maximum)s points") % {"total": total["total"], "maximum": total["maximum"]}
    if total["scored"] == total["items"]:
        return said
    return gettext("%(points)s on %(items)s") % {"points": said, "items": items_scored(total)}


def mean_of(total: Figures) -> str:
    """A mean: "gjennomsnitt 4,17"; with the number of items where some are not scored."""
    if total["mean"] is None:
        return gettext("not scored")
    said = gettext("mean %(mean)s") % {"mean": number(total["mean"])}
    if total["scored"] == total["items"]:
        return said
    return gettext("%(points)s on %(items)s") % {"points": said, "items": items_scored(total)}


def items_scored(total: Figures) -> str:
    """How many items are scored: "11 av 25 punkter"."""
    return ngettext("%(scored)s of %(items)s item", "%(scored)s of %(items)s items", total["items"]) % {
        "scored": total["scored"],
        "items": total["items"],
    }


def coverage(total: Figures) -> str:
    """How many items are scored, as a sentence of its own."""
    if 0 < total["items"] == total["scored"]:
        return ngettext("The %(items)s item is scored.", "All %(items)s items are scored.", total["items"]) % {
            "items": total["items"]
        }
    return ngettext(
        "%(scored)s of %(items)s item is scored.", "%(scored)s of %(items)s items are scored.", total["items"]
    ) % {"scored": total["scored"], "items": total["items"]}


def by_mean(scale: ScaleContent) -> bool:
    """Whether the scale's result is its mean; a sum of it is never shown then."""
    return scale["scoring"] == Scale.Scoring.MEAN


def result(scale: ScaleContent) -> str:
    """A scale's result in a few words: "103 av 125 poeng" or "gjennomsnitt 4,17"."""
    return total_result(scale, scale["total"])


def section_result(scale: ScaleContent, section: SectionContent) -> str:
    """A section's result, given as its scale's is."""
    return total_result(scale, section["total"])


def total_result(scale: ScaleContent, total: Figures) -> str:
    """A result of the scale other than its own, given in the same way."""
    return mean_of(total) if by_mean(scale) else points(total)


def short_result(scale: ScaleContent, total: Figures) -> str:
    """A result as it stands in a narrow column: "19 av 25" or "4,17"; a dash where nothing is scored."""
    if total["total"] is None or total["mean"] is None:
        return "–"
    if by_mean(scale):
        return number(total["mean"])
    return gettext("%(total)s of %(maximum)s") % {"total": total["total"], "maximum": total["maximum"]}


def band(scale: ScaleContent) -> str:
    """The band's name, or the heading of why there is none; empty for a scale that has no bands."""
    if scale["band"] is not None:
        return scale["band"]["label"]
    return "" if scale["no_band"] == "no_bands" else gettext("No category")


def band_reason(scale: ScaleContent) -> str:
    """What the band covers ("100–114 poeng."), or why there is none."""
    if scale["band"] is not None:
        return gettext("%(lowest)s–%(highest)s points.") % scale["band"]
    left = scale["total"]["items"] - scale["total"]["scored"]
    reasons = {
        "plans": gettext("No category because the service is assessed from plans."),
        "incomplete": ngettext(
            "No category because %(left)s of %(items)s item is not scored.",
            "No category because %(left)s of %(items)s items are not scored.",
            left,
        )
        % {"left": left, "items": scale["total"]["items"]},
        "outside": gettext("No category covers this total."),
    }
    return reasons.get(scale["no_band"], "")


def _since(content: Content, previous: Previous) -> str:
    return gettext("the last external review in %(when)s") % {"when": when(content, previous)}


def when(content: Content, previous: Previous) -> str:
    """What tells the last review from this one: its year, or its month where both are of one year."""
    return month(previous["date"]) if previous["year"] == year(content) else str(previous["year"])


def change(content: Content, scale: ScaleContent) -> str:
    """The change since the last external review, or why there is none; empty where a comparison is not to be shown.

    Where scores of that review are held to have been wrong, a sentence says how many.
    """
    said = _change(content, scale)
    corrected = sum(each["scale"] == scale["code"] for each in content["corrections"])
    if scale["change"] is None or not corrected:
        return said
    caution = ngettext(
        "%(number)s score of that review is now held to have been wrong, and counts as it was given.",
        "%(number)s scores of that review are now held to have been wrong, and count as they were given.",
        corrected,
    ) % {"number": corrected}
    return f"{said} {caution}"


def _change(content: Content, scale: ScaleContent) -> str:
    previous = scale["previous"]
    if scale["change"] is None or previous is None:
        reasons = {
            "first": gettext("There is no earlier external review to compare with."),
            "incomplete": gettext("It is not compared with an earlier review, because not all items are scored."),
            "previous_incomplete": gettext(
                "It is not compared with the last external review, which left items unscored."
            ),
            "other_edition": gettext("It is not compared with the last external review, which used another edition."),
            "other_scale": gettext("The last external review did not use this scale."),
        }
        return reasons.get(scale["no_change"], "")
    difference = Decimal(scale["change"])
    words = {"number": number(str(abs(difference))), "since": _since(content, previous)}
    if difference == 0:
        return gettext("Unchanged since %(since)s.") % words
    if by_mean(scale):
        if difference > 0:
            return gettext("%(number)s up since %(since)s.") % words
        return gettext("%(number)s down since %(since)s.") % words
    count = int(abs(difference))
    if difference > 0:
        return ngettext("%(number)s point up since %(since)s.", "%(number)s points up since %(since)s.", count) % words
    return ngettext("%(number)s point down since %(since)s.", "%(number)s points down since %(since)s.", count) % words


def correction(found: CorrectionContent) -> str:
    """What the score was, and what it should have been."""
    words = {"then": found["then"], "score": found["score"], "date": month(found["date"])}
    if found["score"] is None:
        return gettext("The score in %(date)s was %(then)s. What it should have been cannot be told any more.") % words
    return gettext("The score in %(date)s was %(then)s. It should have been %(score)s.") % words


def left_out(code: str) -> str:
    """Why a review is no part of the development over external reviews (reviews.report.over_years.left_out); empty
    where it is.
    """
    reasons = {
        "self": gettext("Self-review"),
        "plans": gettext("Assessed from plans"),
        "other_edition": gettext("Another edition"),
        "incomplete": gettext("Not all items are scored"),
    }
    return reasons.get(code, "")


def moved(before: int, now: int, date: str) -> str:
    """That a score rose or fell since a review: "opp fra 3 i september 2024"; empty where it did not."""
    words = {"before": before, "month": month(date)}
    if now > before:
        return gettext("up from %(before)s in %(month)s") % words
    return gettext("down from %(before)s in %(month)s") % words if now < before else ""


def signed(difference: str | Decimal) -> str:
    """A difference with its sign, as the language writes it: "+3", "−0,25", "0"."""
    decimal = Decimal(difference)
    sign = {True: "+", False: "\N{MINUS SIGN}"}[decimal > 0] if decimal else ""
    return f"{sign}{number(str(abs(decimal)))}"


def not_scored(code: str) -> str:
    """Why an item has no score; without a reason it is not settled yet, which only a draft shows."""
    return str(NotScored(code).label) if code else gettext("Not settled yet")


def actors(codes: list[str]) -> str:
    """Who acts on a recommendation; empty where it is not known."""
    names = {
        Actor.IPS_TEAM: gettext("the IPS team"),
        Actor.NAV: gettext("Nav"),
        Actor.HEALTH_PARTNER: gettext("the health partner"),
        Actor.STEERING_GROUP: gettext("the steering group"),
        Actor.ICT: gettext("those responsible for ICT"),
    }
    return joined([names[Actor(code)] for code in codes])


def acts(item: ItemContent) -> str:
    """Who acts on an item's recommendation; empty where there is none, or it is not known."""
    return actors(holding.acts(item["actors"], item["obstacles"])) if item["recommendation"].strip() else ""


def advice_left(content: Content) -> str:
    """How many of the recommendations page one has and where all stand; empty where it has all of them."""
    shown, number = len(content["advice"]), len(advised(content))
    if shown >= number:
        return ""
    return gettext("%(shown)s of %(number)s recommendations. All stand under “%(heading)s”.") % {
        "shown": shown,
        "number": number,
        "heading": list_title(content),
    }


def advised(content: Content) -> list[tuple[ScaleContent, ItemContent]]:
    """The items with a recommendation, each with its scale, in the scales' order."""
    return [
        (scale, item)
        for scale in content["scales"]
        for section in scale["sections"]
        for item in section["items"]
        if item["recommendation"].strip()
    ]


def list_title(content: Content) -> str:
    """The heading of the list of all recommendations, with what each item takes where that is known."""
    if any(scale["ahead"] is not None for scale in content["scales"]):
        return gettext("What it would take")
    return gettext("All recommendations")


def barred(content: Content, limit: int) -> str:
    """What law and regulation bar: the elements where they are known and `limit` characters hold them all, else the
    items by their titles, or by their codes.
    """
    elements = {
        (scale["code"], each["code"]): each["elements"]
        for scale in content["scales"]
        if scale["ahead"] is not None
        for each in scale["ahead"]["barred"]
    }

    def named(item: Barred) -> str:
        title = f"{item['short_title']} ({item['code']})"
        known = joined([_quoted(element) for element in elements.get((item["scale"], item["code"]), [])])
        return f"{title}: {known}" if known else title

    whole = "; ".join(named(item) for item in content["barred"])
    if any(elements.values()) and len(whole) <= limit:
        return whole
    titles = joined([f"{item['short_title']} ({item['code']})" for item in content["barred"]])
    return titles if len(titles) <= limit else _some([item["code"] for item in content["barred"]], limit)


def _quoted(sentence: str) -> str:
    """A sentence as it stands within another."""
    return gettext("“%(sentence)s”") % {"sentence": sentence.rstrip(".")}


# Beside the score


_MISSED = ("participants", "in_work", "in_education", "share", "goal")
"""The results beside the score that are said not to be given, where others are."""


def has_outcomes(content: Content) -> bool:
    """Whether it is told how many work or learn: wherever it was asked for, or anything is given."""
    return content["outcomes"]["asked"] or _gives(content["outcomes"], _MISSED)


def share_beside_goal(outcomes: Outcomes) -> str:
    """The share in work or education beside the agreed goal: "38 % (mål 45 %)"; either may not be given."""
    share = circumstances.said("share", outcomes["share"]) or gettext("not given")
    goal = circumstances.said("goal", outcomes["goal"])
    if not goal:
        return share if outcomes["share"] is None else gettext("%(share)s (no goal given)") % {"share": share}
    return gettext("%(share)s (goal %(goal)s)") % {"share": share, "goal": goal}


class BesideRow(NamedTuple):
    """A number beside the score: its name in the content, what it is called, and what it is now and was in the last
    external review, in words; `then` is empty where that is not known.
    """

    name: str
    label: str
    now: str
    then: str


def outcome_rows(content: Content) -> list[BesideRow]:
    """How many work or learn; what is missed is said not to be given, where anything of it is."""
    now = content["outcomes"]
    names = [*(_MISSED if _gives(now, _MISSED) else ()), *(["jobs_started"] if _gives(now, ["jobs_started"]) else ())]
    before = content["beside_before"]
    return [_beside_row(name, now, None if before is None else before["outcomes"]) for name in names]


def circumstance_rows(content: Content) -> list[BesideRow]:
    """How the service was, as far as it is given."""
    now = content["circumstances"]
    before = content["beside_before"]
    then = None if before is None else before["circumstances"]
    return [_beside_row(name, now, then) for name in now if _gives(now, [name])]


def tells_then(rows: list[BesideRow]) -> bool:
    """Whether any of the rows has what was told in the last external review."""
    return any(row.then for row in rows)


def _gives(found: Mapping[str, Any], names: Iterable[str]) -> bool:
    return any(circumstances.said(name, found[name]) for name in names)


def _beside_row(name: str, now: Mapping[str, Any], then: Mapping[str, Any] | None) -> BesideRow:
    labels = {
        "in_education": gettext("In education and not in work"),
        "share": gettext("Share in work or education"),
    }
    return BesideRow(
        name,
        labels.get(name) or circumstances.label(name),
        circumstances.said(name, now[name]) or gettext("not given"),
        "" if then is None else circumstances.said(name, then[name]),
    )


def has_outside(content: Content) -> bool:
    """Whether there is anything to tell of what the scale does not ask."""
    texts = content["outside"]
    return bool(
        texts["meetings"].strip()
        or texts["economy"].strip()
        or texts["voices"].strip()
        or outcome_rows(content)
        or circumstance_rows(content)
    )


# What holds the scores down


def _obstacles(codes: list[str]) -> list[str]:
    """As they stand in the middle of a sentence."""
    names = {
        Obstacle.OWN_PRACTICE: gettext("own practice"),
        Obstacle.NAV: gettext("the leadership of Nav"),
        Obstacle.HEALTH: gettext("the health partner"),
        Obstacle.LAW: gettext("law and regulation"),
        Obstacle.ICT: gettext("ICT"),
    }
    return [names[each] for each in Obstacle if each.value in codes]


def held_down(item: ItemContent) -> str:
    """What holds an item's score down, and who can change it where its recommendation does not say who acts."""
    sentences = {
        holding.Who.SERVICE: gettext("The service can change this itself."),
        holding.Who.TOGETHER: gettext("The service can change a part of this itself."),
        holding.Who.OTHERS: gettext("Others than the service must change this."),
        holding.Who.LAW: gettext("Law and regulation hold this score down."),
    }
    can = holding.who(item["obstacles"], item["actors"])
    if can is holding.Who.LAW:
        return sentences[can]
    what = gettext("What holds the score down: %(obstacles)s.") % {"obstacles": joined(_obstacles(item["obstacles"]))}
    return what if acts(item) else f"{what} {sentences[can]}"


def who(code: holding.Who) -> str:
    """Who can change what holds some items down."""
    titles = {
        holding.Who.SERVICE: gettext("The service itself"),
        holding.Who.TOGETHER: gettext("The service in part"),
        holding.Who.OTHERS: gettext("Others than the service"),
        holding.Who.LAW: gettext("Limited by law and regulation"),
    }
    return titles[code]


def group_others(group: holding.Group) -> str:
    """Who acts on a group of items beside the service, and whether law is a part of it; empty where its heading says
    all.
    """
    if group.who is holding.Who.LAW:
        return ""
    others = [actors([each]) for each in group.others]
    if group.law:
        return capfirst(", ".join([joined(others), gettext("held down in part by law and regulation")]))
    return capfirst(joined(others))


# The fact check


def fact_check(content: Content) -> list[str]:
    """How the service checked the facts, a sentence each; none where nothing is known of it.

    Why it was left out or cut short is the evaluators' own text, and stands beside these.
    """
    check = content["fact_check"]
    if check is None:
        return []
    asked, answered, silent = check["asked"], check["answered"], check["silent"]
    counted = [
        ngettext("%(number)s person was asked.", "%(number)s people were asked.", asked) % {"number": asked},
        _answered(answered, still_open=content["number"] is None),
    ]
    if content["number"] is None:
        if not asked or check["earlier"]:
            return [gettext("The service has not checked the facts in this draft yet.")]
        return [gettext("The service is asked to check the facts in this draft."), *counted]
    if check["earlier"]:
        return [
            gettext("The service has not checked the facts in this version; it was asked about an earlier draft."),
            *counted,
        ]
    if check["skipped"]:
        if not asked:
            return [gettext("The service has not checked the facts in this report.")]
        return [gettext("The fact check was cut short."), *counted]
    if not asked:
        return [gettext("The draft was open for the service to check the facts, but there was nobody to ask.")]
    if not silent:
        return [gettext("The service has checked the facts in the draft."), *counted]
    silence = gettext("%(number)s did not answer, even after a reminder. Silence counts as assent.") % {
        "number": silent
    }
    return [gettext("The service was asked to check the facts in the draft."), *counted, silence]


def _answered(number: int, *, still_open: bool) -> str:
    if number:
        return gettext("%(number)s answered.") % {"number": number}
    return gettext("Nobody has answered yet.") if still_open else gettext("Nobody answered.")


def skipped_label(check: FactCheck) -> str:
    """What stands above why the fact check was left out or cut short."""
    if check["asked"] and not check["earlier"]:
        return gettext("Why the fact check was cut short")
    return gettext("Why the service has not checked the facts")


def remark_title(remark: RemarkContent) -> str:
    """What a remark is on: an item, or the whole draft."""
    return f"{remark['code']} {remark['short_title']}" if remark["code"] else gettext("The whole draft")


def decision(remark: RemarkContent) -> str:
    """What came of a remark."""
    if remark["decision"] == FactCheckRemark.Decision.CHANGED:
        return gettext("The evaluators changed the report.")
    return gettext("The evaluators kept it as it was.")


class Difference(NamedTuple):
    """What a remark changed: the field's name, what stood there, and what stands there since."""

    name: str
    before: str
    after: str


def differences(remark: RemarkContent) -> list[Difference]:
    """What a remark changed on its item: score, Kommentar and Anbefaling, those of them that differ."""
    before, after = remark["before"], remark["after"]
    if before is None or after is None:
        return []
    compared = [
        Difference(gettext("Score"), _score(before), _score(after)),
        Difference(gettext("Comment"), before["comment"], after["comment"]),
        Difference(gettext("Recommendation"), before["recommendation"], after["recommendation"]),
    ]
    return [each for each in compared if each.before != each.after]


def _score(judged: Judged) -> str:
    return not_scored(judged["not_scored"]) if judged["score"] is None else str(judged["score"])


# Texts and their room


def gist(text: str, limit: int) -> str:
    """The text in one paragraph where `limit` characters hold it; of a longer one its whole sentences or, where the
    first is too long, its words, and "…".
    """
    whole = " ".join(text.split())
    if len(whole) <= limit:
        return whole
    cut = whole[: limit + 1]
    end = max(cut.rfind(f"{mark} ") for mark in ".!?")
    kept = cut[: end + 1] if end > limit // 3 else cut[:limit].rsplit(" ", 1)[0].rstrip(",;:–-")
    return f"{kept}\N{NO-BREAK SPACE}…"


def more_strengths(content: Content, limit: int) -> list[str]:
    """The strengths that page one has no room for; all of them where it had to shorten one of its three to `limit`."""
    first, rest = content["strengths"][:3], content["strengths"][3:]
    if any(gist(strength, limit) != " ".join(strength.split()) for strength in first):
        return first + rest
    return rest


def unscored_alike(section: SectionContent) -> str:
    """The one reason why no item of the section is scored, if nothing else is said of any of them; otherwise empty."""
    reasons = {item["not_scored"] for item in section["items"]}
    silent = not any(item["comment"].strip() or item["recommendation"].strip() for item in section["items"])
    if section["total"]["scored"] or len(section["items"]) < 2 or len(reasons) != 1 or not silent:
        return ""
    return not_scored(reasons.pop())


def is_long(item: ItemContent) -> bool:
    """Whether an item's texts take so much room that keeping them on one page would leave another half empty."""
    return len(item["comment"]) + len(item["recommendation"]) > 1500


def is_long_remark(remark: RemarkContent) -> bool:
    """As is_long, of a remark with its answer and what it changed."""
    texts = [remark["text"], remark["answer"], *(text for each in differences(remark) for text in each[1:])]
    return sum(map(len, texts)) > 1500
