"""The course of a review: every change of state and of scores goes through here.

Each function locks the review's row before it checks anything, refuses with a message for the reader, stamps who and
when, and writes the audit. Whether the person may ask for it at all is decided before, by reviews.access.
"""

from reviews.workflow.agreeing import (
    blockers,
    lacks_comment,
    reasons_for,
    save_narrative,
    save_result,
    warnings,
)
from reviews.workflow.base import Blocker, Refused
from reviews.workflow.checking import (
    FACT_CHECK_DAYS,
    answer_no_remarks,
    fact_check_is_over,
    send_back,
    send_to_fact_check,
    skips_fact_check,
)
from reviews.workflow.evidence import delete_note, save_note
from reviews.workflow.issuing import final_score, finalise, reissue, share
from reviews.workflow.planning import Plan, cancel, plan, start
from reviews.workflow.scoring import hand_in, leave_section_unscored, save_rating, unsettled

__all__ = [
    "FACT_CHECK_DAYS",
    "Blocker",
    "Plan",
    "Refused",
    "answer_no_remarks",
    "blockers",
    "cancel",
    "delete_note",
    "fact_check_is_over",
    "final_score",
    "finalise",
    "hand_in",
    "lacks_comment",
    "leave_section_unscored",
    "plan",
    "reasons_for",
    "reissue",
    "save_narrative",
    "save_note",
    "save_rating",
    "save_result",
    "send_back",
    "send_to_fact_check",
    "share",
    "skips_fact_check",
    "start",
    "unsettled",
    "warnings",
]
