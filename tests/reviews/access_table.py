"""Who may see and do what, as README.md tells it: computed from reviews.access for everybody around one review, in
each of its states. `WRITE_README=1 .venv/bin/pytest tests/reviews/test_access_table.py` writes it anew between the
markers.

test_access_table.py holds README.md against it, and it against the table of every address in test_urls.py, which is
held against the pages.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from reviews import access
from reviews.access import Permit, Standing
from reviews.models import Note, Review, Upload, User
from tests.cast import STATES, Cast
from tests.factories import NoteFactory

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN = "<!-- who may see and do what: written by tests/reviews/access_table.py -->\n"
END = "<!-- the end of who may see and do what -->\n"

EXTERNAL = {
    "planned": "P",
    "scoring": "S",
    "consensus": "C",
    "fact_check": "F",
    "final": "H",
    "reissue": "R",
    "cancelled": "X",
}
"""The states of an external review, as the table writes them."""

SELF = {"self scoring": "S", "self final": "H", "self shared": "D"}
"""The states of a self-review."""

COLUMNS = {
    "hovedevaluator": ("evaluator",),
    "evaluator": ("evaluator_two",),
    "observatør": ("observer",),
    "metodeveileder": ("method_supervisor",),
    "leder": ("manager",),
    "asked in the fact check": ("respondent",),
    "rådgiver of the county": ("adviser",),
    "rådgiver of the country": ("national_adviser",),
    "evaluator of last year": ("last_years_evaluator",),
    "nearly": (
        "removed_evaluator",
        "other_method_supervisor",
        "ended_method_supervisor",
        "ended_manager",
        "other_adviser",
        "outsider",
    ),
    "administrator": ("administrator",),
}
"""The columns: who they are in the cast. Of several, a cell tells what any of them may."""


@dataclass(frozen=True)
class Asked:
    """One person before one review and its service."""

    cast: Cast
    user: User

    @cached_property
    def known(self) -> Standing:
        """What the person is."""
        return access.standing(self.user)

    @cached_property
    def permit(self) -> Permit | None:
        """What the person may do with the review; None where it does not exist for them."""
        seen = access.visible_reviews(self.user, self.known).filter(pk=self.cast.review.pk).exists()
        return access.open_review(self.user, self.cast.review.pk) if seen else None

    @cached_property
    def sees_service(self) -> bool:
        """Whether the service is there for the person."""
        return access.visible_services(self.user, self.known).filter(pk=self.cast.service.pk).exists()

    @cached_property
    def sees_plan(self) -> bool:
        """Whether the person reads the service's handlingsplan."""
        try:
            access.open_plan(self.user, self.cast.service.pk)
        except (Http404, PermissionDenied):
            return False
        return True

    @cached_property
    def others_private_note(self) -> Note:
        """A note that another evaluator keeps to themselves; of another review, since a final one takes none."""
        other = self.cast.evaluator if self.user == self.cast.evaluator_two else self.cast.evaluator_two
        note: Note = NoteFactory.create(author=other, private=True, items=[])
        return note


def _permit(rule: Callable[[Permit], object]) -> Callable[[Asked], bool]:
    """Return a rule about the review, which is no for whom it does not exist."""
    return lambda asked: asked.permit is not None and bool(rule(asked.permit))


def _is_own(permit: Permit) -> bool:
    return permit.sheet is not None and permit.review.status not in (Review.Status.PLANNED, Review.Status.CANCELLED)


def _takes_in(asked: Asked) -> bool:
    if not asked.known.is_adviser:
        return False
    sent, _made = Upload.objects.get_or_create(user=asked.user, name="Skår.csv", defaults={"content": b"x"})
    return access.visible_uploads(asked.user).filter(pk=sent.pk).exists()


@dataclass(frozen=True)
class Row:
    """One thing to see or do: what it is called, who may, and the rows of test_urls.TABLE that are it."""

    text: str
    may: Callable[[Asked], bool]
    addresses: str


ON_REVIEW = [
    Row("That it exists, and how far it has come", _permit(lambda permit: True), "GET review"),
    Row(
        "Change its plan",
        _permit(lambda permit: permit.may_plan and permit.review.status == Review.Status.PLANNED),
        "",
    ),
    Row(
        "Replace and remove evaluators, seat observers",
        _permit(lambda permit: permit.may_seat and permit.review.status in ("planned", "scoring")),
        "POST replace_seat, POST remove_seat, POST add_observer",
    ),
    Row(
        "Cancel it",
        _permit(lambda permit: permit.may_cancel and permit.review.is_open and not permit.has_version),
        "POST step/cancel",
    ),
    Row(
        "Begin the scoring, send to fact check, make final, issue again",
        _permit(lambda permit: permit.may_lead and permit.review.status != Review.Status.CANCELLED),
        "POST step/start, POST step/fact-check, POST step/remind, POST step/send-back, POST step/finalise,"
        " POST step/reissue, POST step/share",
    ),
    Row("Checklist: read", _permit(lambda permit: permit.may_see_checklist), "GET checklist"),
    Row(
        "Checklist: tick and change",
        _permit(lambda permit: permit.may_keep_checklist),
        "POST checklist, POST begin_checklist, GET checklist_step, POST checklist_step, POST tick_step,"
        " POST delete_step",
    ),
    Row("Figures from the service: read", _permit(lambda permit: permit.may_see_figures), "GET figures, GET context"),
    Row("Figures from the service: give", _permit(lambda permit: permit.may_give_figures), "POST figures"),
    Row("Figures from the service: take over", _permit(lambda permit: permit.may_take_over_figures), "POST take_over"),
    Row("What stands beside the score: write", _permit(lambda permit: permit.may_write_context), "POST context"),
    Row(
        "Shared notes, interviews, counts, sources",
        _permit(lambda permit: permit.may_see_evidence),
        "GET coverage, POST source, GET interviews, POST interviews, GET interview, POST interview,"
        " POST delete_interview, GET add_note, POST note/new",
    ),
    Row(
        "Notes another keeps to themselves",
        lambda asked: bool(
            asked.permit
            and asked.permit.may_see_evidence
            and Note.objects.visible_to(asked.user).filter(pk=asked.others_private_note.pk)
        ),
        "",
    ),
    Row(
        "Print for the visit",
        _permit(lambda permit: permit.may_print_kit),
        "GET kit, GET kit_guide, GET kit_guides, GET kit_score_forms, GET kit_feedback",
    ),
    Row(
        "One's own score sheet",
        _permit(_is_own),
        "GET score, GET score_all, POST score, POST leave_section, POST step/hand-in, POST step/withdraw",
    ),
    Row(
        "Another evaluator's scores, and what was agreed",
        _permit(lambda permit: permit.may_work and permit.review.consensus_at is not None),
        "GET agree_overview, GET agree, POST agree",
    ),
    Row(
        "Correct the last review's score",
        _permit(
            lambda permit: permit.may_work and permit.review.is_external and permit.review.consensus_at is not None
        ),
        "GET correction, POST correction, POST delete_correction",
    ),
    Row("One's own scores beside the agreed", _permit(lambda permit: permit.may_compare), "GET beside"),
    Row("Write the texts of the report", _permit(lambda permit: permit.may_work), "GET narrative, POST narrative"),
    Row("Draft of the report, and its PDF", _permit(lambda permit: permit.may_read_draft), "GET draft, GET draft_pdf"),
    Row(
        "Answer the fact check",
        _permit(lambda permit: permit.is_respondent and permit.review.status == Review.Status.FACT_CHECK),
        "GET remark_on_item, POST remark_on_item, GET remark_on_whole, POST remark_on_whole, POST step/answer,"
        " POST step/answer-again",
    ),
    Row(
        "Decide on remarks",
        _permit(
            lambda permit: (
                permit.may_work
                and permit.review.is_external
                and permit.review.status in (Review.Status.CONSENSUS, Review.Status.FACT_CHECK)
            )
        ),
        "GET decide, POST decide",
    ),
    Row(
        "The log: who has read and done what",
        _permit(lambda permit: permit.may_see_log),
        "GET review_log, GET review_log_csv",
    ),
    Row(
        "Report handed over, and its PDF",
        _permit(lambda permit: permit.may_read_versions),
        "GET version, GET version_pdf",
    ),
    Row(
        "Results as CSV, JSON, XLSX",
        _permit(lambda permit: permit.may_export),
        "GET export_review/csv, GET export_review/json, GET export_review/xlsx",
    ),
    Row(
        "Its improvement points in the handlingsplan",
        lambda asked: (
            access.visible_actions(asked.user, asked.known).filter(version__review=asked.cast.review).exists()
        ),
        "GET action/newest",
    ),
]
"""What there is to see and do in one review."""

ON_SERVICE = [
    Row(
        "The service, its years, beside others",
        lambda asked: asked.sees_service,
        "GET service, GET service_development, GET service_compare, GET service_others, GET export_service/csv,"
        " GET export_service/json, GET export_service/xlsx",
    ),
    Row(
        "Its handlingsplan: read, PDF, XLSX",
        lambda asked: asked.sees_plan,
        "GET action_plan, GET action, GET action_plan_pdf, GET action_plan_xlsx",
    ),
    Row(
        "Its handlingsplan: write",
        lambda asked: asked.sees_plan and asked.cast.service.pk in asked.known.supervises,
        "GET new_action, POST new_action, POST action, POST action/newest",
    ),
    Row(
        "How often it is reviewed",
        lambda asked: asked.sees_service and asked.known.advises(asked.cast.service),
        "GET service_interval, POST service_interval",
    ),
    Row(
        "Plan a review of it by others",
        lambda asked: Review.Kind.EXTERNAL in access.plannable_kinds(asked.cast.service, asked.known),
        "",
    ),
    Row(
        "Plan a self-review of it",
        lambda asked: Review.Kind.SELF in access.plannable_kinds(asked.cast.service, asked.known),
        "",
    ),
]
"""What there is to see and do of its service."""

ACROSS = [
    Row(
        "Own tasks, calendar, services, profile",
        lambda asked: asked.user.is_active,
        "GET tasks, GET service_list, GET calendar, GET profile, POST profile",
    ),
    Row(
        "Plan reviews",
        lambda asked: access.plannable_services(asked.user, asked.known).exists(),
        "GET plan, POST plan",
    ),
    Row(
        "Figures across services",
        lambda asked: asked.known.is_adviser,
        "GET overview, GET overview_development, GET overview_obstacles, GET overview_behind, GET overview_file/csv,"
        " GET overview_file/xlsx, GET overview_scores, GET overview_item, GET overview_scores_file/csv,"
        " GET overview_scores_file/xlsx",
    ),
    Row("Import old results, one's own sheets", _takes_in, "GET import_sheets, POST import_sheets"),
    Row(
        "The checklist every review begins with",
        lambda asked: asked.known.may_edit_template,
        "GET checklist_template, POST checklist_template, GET template_step, POST template_step,"
        " POST delete_template_step",
    ),
    Row("Accounts, roles, organisations, services", lambda asked: asked.user.is_staff, ""),
]
"""What is no matter of one service."""

ELSEWHERE = {
    "GET change_plan": "read in every state by who may change it in one",
    "POST change_plan": "answered with the page, which says why nothing is saved",
    "GET replace_seat": "likewise",
    "GET remove_seat": "likewise",
    "GET add_observer": "likewise",
    "GET note/new": "a note that is not there yet",
    "GET note": "a note of one's own",
    "POST note": "a note of one's own",
    "POST delete_note": "a note of one's own",
    "GET change_remark": "a remark of one's own",
    "POST change_remark": "a remark of one's own",
    "POST delete_remark": "a remark of one's own",
    "GET fact_check": "one's own remarks later too",
    "GET invitation": "whoever has the link",
    "POST invitation": "whoever has the link",
    "GET import_sheet": "a sheet of one's own",
    "GET check_sheet": "a sheet of one's own",
    "GET confirm_sheet": "a sheet of one's own",
    "POST check_sheet": "a sheet of one's own",
    "POST confirm_sheet": "a sheet of one's own",
    "POST delete_sheet": "a sheet of one's own",
}
"""Rows of test_urls.TABLE that no single line of README.md is, and why."""

ROWS = ON_REVIEW + ON_SERVICE + ACROSS

Answers = Mapping[str, Mapping[str, Mapping[str, bool]]]
"""Whether each person may, by the row's text, the state and the person."""


def answers() -> Answers:
    """Ask reviews.access: for each row, in each state, each of the cast. What it makes for it is rolled back."""
    found: dict[str, dict[str, dict[str, bool]]] = {row.text: {} for row in ROWS}
    for state in EXTERNAL | SELF:
        with transaction.atomic():
            cast = STATES[state]()
            asked = {name: Asked(cast, person) for name, person in cast.people().items()}
            for row in ROWS:
                found[row.text][state] = {name: row.may(each) for name, each in asked.items()}
            transaction.set_rollback(True)
    return found


def _cell(found: Mapping[str, Mapping[str, bool]], who: tuple[str, ...], letters: Mapping[str, str]) -> str:
    held = [letter for state, letter in letters.items() if any(found[state][name] for name in who)]
    if len(held) == len(letters):
        return "yes"
    return " ".join(held) or "–"


def _table(
    title: str, rows: list[Row], found: Answers, letters: Mapping[str, str], columns: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    yield f"| {title} | " + " | ".join(columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for row in rows:
        cells = (_cell(found[row.text], who, letters) for who in columns.values())
        yield f"| {row.text} | " + " | ".join(cells) + " |"


def markdown(found: Answers) -> str:
    """Return the tables as README.md has them."""
    # What no self-review has is no line of its table, and what is told of the service is told once.
    in_self = [row for row in ON_REVIEW if any(any(found[row.text][state].values()) for state in SELF)]
    others = {name: who for name, who in COLUMNS.items() if name not in ("evaluator of last year", "nearly")}
    return "\n".join(
        [
            "`yes`: in every state; `–`: never; letters: in these states. An external review is planned (P), being"
            " scored (S), in consensus (C), in fact check (F), handed over (H),",
            "issued again (R) or cancelled (X). *Nearly*: a removed evaluator, a metodeveileder or leder whose role has"
            " ended, a metodeveileder of another service,",
            "a rådgiver of another county, and anybody else with an account.",
            "",
            *_table("An external review", ON_REVIEW + ON_SERVICE, found, EXTERNAL, COLUMNS),
            "",
            "A self-review has one sheet, shared by those who fill it in. It is being scored (S), handed over (H), or"
            " handed over and shared with others (D).",
            "",
            *_table("A self-review", in_self, found, SELF, COLUMNS),
            "",
            *_table("Across services", ACROSS, found, {"planned": "P"}, others),
            "",
        ]
    )


def written(readme: str, table: str) -> str:
    """Return the text of README.md with the table between the markers."""
    before, _begin, rest = readme.partition(BEGIN)
    _old, found_end, after = rest.partition(END)
    assert found_end, "README.md has lost the markers of the table."
    return f"{before}{BEGIN}\n{table}\n{END}{after}"
