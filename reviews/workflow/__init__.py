"""The course of a review: every change of state and of scores goes through here.

Each function locks the review's row before it checks anything, refuses with a message for the reader, stamps who and
when, and writes the audit. Whether the person may ask for it at all is decided before, by reviews.access.
"""

from reviews.workflow.acting import action_values, add_action, change_action, continue_action
from reviews.workflow.agreeing import (
    blockers,
    correct,
    lacks_comment,
    lacks_recommendation,
    reasons_for,
    save_narrative,
    save_result,
    section_name,
    take_correction_back,
    warnings,
)
from reviews.workflow.base import Blocker, Overtaken, Refused
from reviews.workflow.checking import (
    FACT_CHECK_DAYS,
    answer,
    decide,
    delete_remark,
    fact_check_is_over,
    save_remark,
    send_back,
    send_to_fact_check,
    skips_fact_check,
    take_answer_back,
)
from reviews.workflow.context import save_context, start_from_last
from reviews.workflow.evidence import (
    close_source,
    delete_interview,
    delete_note,
    figures_stamp,
    give_figures,
    note_values,
    open_source,
    save_interview,
    save_note,
    take_over,
)
from reviews.workflow.issuing import final_score, finalise, reissue, share
from reviews.workflow.people import anonymise, needed_in, why_not_anonymised
from reviews.workflow.places import set_interval
from reviews.workflow.planning import Plan, SameVisit, cancel, change_plan, plan, start
from reviews.workflow.preparing import (
    add_step,
    add_template_step,
    begin_checklist,
    change_step,
    change_template_step,
    delete_step,
    delete_template_step,
    tick,
)
from reviews.workflow.printing import unprintable
from reviews.workflow.scoring import count_name, hand_in, leave_section_unscored, save_rating, unsettled, withdraw
from reviews.workflow.seats import Who, accept, add_observer, remove, replace

__all__ = [
    "FACT_CHECK_DAYS",
    "Blocker",
    "Overtaken",
    "Plan",
    "Refused",
    "SameVisit",
    "Who",
    "accept",
    "action_values",
    "add_action",
    "add_observer",
    "add_step",
    "add_template_step",
    "anonymise",
    "answer",
    "begin_checklist",
    "blockers",
    "cancel",
    "change_action",
    "change_plan",
    "change_step",
    "change_template_step",
    "close_source",
    "continue_action",
    "correct",
    "count_name",
    "decide",
    "delete_interview",
    "delete_note",
    "delete_remark",
    "delete_step",
    "delete_template_step",
    "fact_check_is_over",
    "figures_stamp",
    "final_score",
    "finalise",
    "give_figures",
    "hand_in",
    "lacks_comment",
    "lacks_recommendation",
    "leave_section_unscored",
    "needed_in",
    "note_values",
    "open_source",
    "plan",
    "reasons_for",
    "reissue",
    "remove",
    "replace",
    "save_context",
    "save_interview",
    "save_narrative",
    "save_note",
    "save_rating",
    "save_remark",
    "save_result",
    "section_name",
    "send_back",
    "send_to_fact_check",
    "set_interval",
    "share",
    "skips_fact_check",
    "start",
    "start_from_last",
    "take_answer_back",
    "take_correction_back",
    "take_over",
    "tick",
    "unprintable",
    "unsettled",
    "warnings",
    "why_not_anonymised",
    "withdraw",
]
