"""The models of the work, by what they are about."""

from reviews.models.actions import ActionPoint
from reviews.models.audit import AuditEvent
from reviews.models.context import Context
from reviews.models.corrections import Correction
from reviews.models.erasure import Erasure
from reviews.models.evidence import (
    HIGHEST_INFORMANT,
    ClosedSource,
    Count,
    GivenFigure,
    Informant,
    Interview,
    Note,
    Perspective,
    Source,
)
from reviews.models.fields import TEXT_LIMIT, NotScored
from reviews.models.invitations import Invitation
from reviews.models.judgement import (
    Actor,
    AgreedResult,
    FactCheckRemark,
    FactCheckRespondent,
    Obstacle,
    Rating,
    SectionComment,
)
from reviews.models.people import Role, User
from reviews.models.places import (
    County,
    Organisation,
    Partnership,
    Service,
    TreatmentTeam,
)
from reviews.models.preparation import Doer, Moment, ReviewStep, TemplateStep
from reviews.models.reminders import MutedReminder, Reminder, ReminderKind
from reviews.models.report import FinalScore, ReportVersion
from reviews.models.review import Review, ReviewScale, Seat
from reviews.models.summary import CountySummary, ServiceSummary, StaleSummary
from reviews.models.uploads import Upload

__all__ = [
    "HIGHEST_INFORMANT",
    "TEXT_LIMIT",
    "ActionPoint",
    "Actor",
    "AgreedResult",
    "AuditEvent",
    "ClosedSource",
    "Context",
    "Correction",
    "Count",
    "County",
    "CountySummary",
    "Doer",
    "Erasure",
    "FactCheckRemark",
    "FactCheckRespondent",
    "FinalScore",
    "GivenFigure",
    "Informant",
    "Interview",
    "Invitation",
    "Moment",
    "MutedReminder",
    "NotScored",
    "Note",
    "Obstacle",
    "Organisation",
    "Partnership",
    "Perspective",
    "Rating",
    "Reminder",
    "ReminderKind",
    "ReportVersion",
    "Review",
    "ReviewScale",
    "ReviewStep",
    "Role",
    "Seat",
    "SectionComment",
    "Service",
    "ServiceSummary",
    "Source",
    "StaleSummary",
    "TemplateStep",
    "TreatmentTeam",
    "Upload",
    "User",
]
