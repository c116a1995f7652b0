"""The shape of a report's content: everything it shows, as one object of plain values.

It is built once (reviews.report.content), stored with the version, and feeds page, PDF and attached data alike; so it
holds ISO dates, whole numbers and decimals as text ("4.17"), never anything formatted, and a report can be made again
as it was long after the review has changed.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, cast


class Evaluator(TypedDict):
    """One who reviewed; the name is None for an imported seat without an account."""

    name: str | None
    lead: bool


class Figures(TypedDict):
    """A total with what it is out of. `mean` has two decimals; total and mean are None where nothing is scored."""

    items: int
    scored: int
    total: int | None
    maximum: int
    mean: str | None


class Band(TypedDict):
    """A range of totals with its name."""

    code: str
    label: str
    lowest: int
    highest: int


class Outcomes(TypedDict):
    """Results beside the score: how many of the service's participants work or learn, in whole numbers and percent.

    None is what nobody gave. `share` is of those in work or education among all participants. `asked`: the evaluators
    could give them and were to do so, so that it is told where they did not.
    """

    asked: bool

    participants: int | None
    in_work: int | None
    in_education: int | None
    share: int | None
    goal: int | None
    jobs_started: int | None


class Circumstances(TypedDict):
    """How the service was when it was reviewed, as far as a change in it can be understood by that. None, and no
    employer (models.Organisation.Kind), is what nobody gave.
    """

    posts: str | None
    vacant_posts: str | None
    left_last_year: int | None
    teams: int | None
    co_located_teams: int | None
    employers: list[str]
    dispersed: bool | None


class BesideBefore(TypedDict):
    """What stood beside the score in the last external review, by its report."""

    date: str
    year: int
    outcomes: Outcomes
    circumstances: Circumstances


class Outside(TypedDict):
    """What the scale does not ask: texts of the evaluators, which touch no total."""

    meetings: str
    economy: str
    voices: str


class Shown(TypedDict):
    """What the evaluators chose to show; it holds for page, PDF, spreadsheet and attached data alike."""

    evaluator_scores: bool
    fact_check: bool
    comparison: bool


class Previous(TypedDict):
    """The last external review, which this one is compared with."""

    date: str
    year: int


class HistoryPoint(TypedDict):
    """One external review of practice in the development of a scale.

    `left_out`: "" where it belongs to the line, or why it does not: incomplete, other_edition.
    """

    date: str
    year: int
    edition: str
    total: Figures
    band: Band | None
    left_out: str


class Goal(TypedDict):
    """What leads to a score; of several one is enough. `only_if`: "" or the code of a condition
    (scales.steps.Condition) that nobody has said whether the service meets.
    """

    text: str
    only_if: str


class Step(TypedDict):
    """What an item takes for the next score.

    `goals`: the anchor of that score, by its alternatives that apply; where it has no goal `now` is the anchor of the
    present score, which must not hold any more. `lacking`: the elements that are not there yet, of which `how_many`
    must be; it is 1 with none of them where one more than now is needed, and it is not known which. `unmet`: statements
    the score asks for that were answered with no; `law`: law holds a part of the item down, and nobody can tell which;
    `recommended`: the evaluators advise on the item.
    """

    code: str
    short_title: str
    score: int
    to: int
    goals: list[Goal]
    now: str
    lacking: list[str]
    how_many: int
    unmet: list[str]
    law: bool
    recommended: bool


class BarredPoints(TypedDict):
    """Points of an item that law and regulation bar, with the elements that lie behind them where those are known."""

    code: str
    short_title: str
    points: int
    elements: list[str]


class Ahead(TypedDict):
    """What it would take to come to the next band.

    `band` is None where the highest is reached, and `points` 0 then; `reachable` is the highest total that law leaves;
    `steps`: one for each item that can rise, those with a recommendation first.
    """

    band: Band | None
    points: int
    reachable: int
    steps: list[Step]
    barred: list[BarredPoints]


class ItemContent(TypedDict):
    """One item.

    `anchor`: what the score stands for; `low`: the score calls for advice; `own`: the evaluators' scores, where they
    are shown; `previous`: the last external review's score; `previous_wrong`: these evaluators hold it to have been
    wrong, see Correction.
    """

    code: str
    title: str
    short_title: str
    score: int | None
    low: bool
    anchor: str
    not_scored: str
    comment: str
    recommendation: str
    obstacles: list[str]
    actors: list[str]
    own: list[int | None]
    previous: int | None
    previous_wrong: bool


class SectionContent(TypedDict):
    """A section with its items and its common Kommentar; `previous`: its figures in the last external review, where
    that has scored the whole of it.
    """

    code: str
    title: str
    total: Figures
    previous: Figures | None
    comment: str
    items: list[ItemContent]


class Agreement(TypedDict):
    """How far the first two evaluators agreed before they talked."""

    compared: int
    equal: int
    within_one: int


class ScaleContent(TypedDict):
    """A scale with its result.

    `comment_expected`: a score below `high_from` calls for Kommentar and Anbefaling. `no_band`: "" or why there is no
    band: no_bands, plans, incomplete, outside. `change`: the signed difference since the last external review (of the
    sum or of the mean, as the scale is scored); `no_change`: "" or why there is none: hidden, plans, first, incomplete,
    other_scale, other_edition, previous_incomplete.

    `bands`: all there are, lowest first; `previous`: the last external review that used the scale; `history`: the
    external reviews of practice up to this one, oldest first. There are none of both where the comparison is not shown.
    `ahead`: None where there is no band to go on from.
    """

    code: str
    title: str
    edition: str
    attribution: str
    scoring: str
    lowest: int
    highest: int
    lowest_means: str
    highest_means: str
    high_from: int
    comment_expected: bool
    total: Figures
    band: Band | None
    no_band: str
    bands: list[Band]
    previous: Previous | None
    change: str | None
    no_change: str
    history: list[HistoryPoint]
    ahead: Ahead | None
    agreement: Agreement | None
    sections: list[SectionContent]


class Advice(TypedDict):
    """A recommendation for page one; `who` are codes of those who act, empty where it is not known."""

    scale: str
    code: str
    short_title: str
    score: int
    recommendation: str
    who: list[str]


class Barred(TypedDict):
    """An item whose score law and regulation hold down."""

    scale: str
    code: str
    short_title: str
    score: int | None


class TieContent(TypedDict):
    """What ties an evaluator to the service: the kind (reviews.ties.TieKind) with what says it."""

    name: str
    kind: str
    organisation: str
    service: str
    year: int | None


class Independence(TypedDict):
    """How independent of the service the evaluators are: what ties are known, and what they say of it themselves."""

    ties: list[TieContent]
    text: str


class CorrectionContent(TypedDict):
    """A score of the last review that these evaluators hold to have been wrong; it stays as it was handed over.

    `then` is the score given then, `score` what it should have been, None where nobody can tell; `date` is the day of
    that review.
    """

    scale: str
    code: str
    short_title: str
    then: int
    score: int | None
    reason: str
    date: str


class Judged(TypedDict):
    """What stood on an item before or after a remark from the fact check changed it."""

    score: int | None
    not_scored: str
    comment: str
    recommendation: str


class RemarkContent(TypedDict):
    """A remark from the fact check and what came of it; `scale` and `code` are empty for one on the whole draft.

    `decision` is kept or changed; `before` and `after` are None unless the item was changed.
    """

    scale: str
    code: str
    short_title: str
    text: str
    decision: str
    answer: str
    before: Judged | None
    after: Judged | None


class FactCheck(TypedDict):
    """How the service checks the facts. Who is asked is counted, never named.

    `skipped` is why it was left out or cut short, empty otherwise. `earlier`: those counted were asked about an earlier
    draft than this version's. `due` is the last day to answer, in a draft that is out now. `remarks` are those decided
    on, where the review shows them.
    """

    skipped: str
    asked: int
    answered: int
    silent: int
    earlier: bool
    due: str | None
    remarks: list[RemarkContent]


class Replaced(TypedDict):
    """The version that this one replaces, with the time it was made."""

    number: int
    made_at: str


class Content(TypedDict):
    """A report. `number` and `made_at` are None for a draft.

    `independence` is None for a self-review and where the evaluators are not known, `fact_check` for a self-review and
    where nothing is known of one, `replaces` for a first version and a draft, `beside_before` where the last external
    review told nothing beside its score, and where the comparison is not shown.
    """

    review: str
    number: int | None
    made_at: str | None
    reason: str
    language: str
    service: str
    county: str
    teams: list[str]
    kind: str
    basis: str
    imported: bool
    shown: Shown
    first_day: str
    last_day: str
    replaces: Replaced | None
    evaluators: list[Evaluator]
    independence: Independence | None
    recipients: str
    participants: str
    purpose: str
    method: str
    summary: str
    strengths: list[str]
    outcomes: Outcomes
    circumstances: Circumstances
    beside_before: BesideBefore | None
    outside: Outside
    scales: list[ScaleContent]
    previous: Previous | None
    corrections: list[CorrectionContent]
    fact_check: FactCheck | None
    advice: list[Advice]
    barred: list[Barred]
    next_due: str | None


def completed(stored: Mapping[str, Any]) -> Content:
    """Return a stored content with what reports have come to hold since it was made: empty, for nothing is known of it.

    Whatever shows a content reads it through here, so that a version of any age can be shown.
    """
    check = stored.get("fact_check")
    since: dict[str, Any] = {
        "replaces": None,
        "independence": None,
        "corrections": [],
        "fact_check": None if check is None else {"due": None, **check},
        "outcomes": outcomes_in(stored),
        "circumstances": circumstances_in(stored),
        "beside_before": None,
        "outside": dict.fromkeys(Outside.__annotations__, ""),
        "shown": shown_in(stored),
    }
    scales = [
        {
            "comment_expected": False,
            "bands": [],
            "previous": stored["previous"],
            "history": [],
            "ahead": None,
            **scale,
            "sections": [
                {
                    "previous": None,
                    **section,
                    "items": [{"previous_wrong": False, "actors": [], **item} for item in section["items"]],
                }
                for section in scale["sections"]
            ],
        }
        for scale in stored["scales"]
    ]
    mended = {name: since[name] for name in ("fact_check", "outcomes", "circumstances")}
    return cast(Content, {**since, **stored, **mended, "scales": scales})


def outcomes_in(stored: Mapping[str, Any]) -> Outcomes:
    """Return the results beside the score of a stored content of any age."""
    return cast(Outcomes, {**dict.fromkeys(Outcomes.__annotations__), "asked": False, **stored.get("outcomes", {})})


def circumstances_in(stored: Mapping[str, Any]) -> Circumstances:
    """Return how the service was, as a stored content of any age has it."""
    found = {**dict.fromkeys(Circumstances.__annotations__), "employers": [], **stored.get("circumstances", {})}
    return cast(Circumstances, found)


def shown_in(stored: Mapping[str, Any]) -> Shown:
    """Return what a stored content shows; of one from before it was said, by what stands in it."""
    if "shown" in stored:
        return cast(Shown, stored["shown"])
    return Shown(
        evaluator_scores=any(item["own"] for item in _stored_items(stored)),
        fact_check=bool((stored.get("fact_check") or {}).get("remarks")),
        comparison=all(scale["no_change"] != "hidden" for scale in stored["scales"]),
    )


def _stored_items(stored: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (item for scale in stored["scales"] for section in scale["sections"] for item in section["items"])
