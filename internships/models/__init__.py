"""What internships keep: postings, applications, match rounds, placements and ratings."""

from internships.models.applicants import ApplicantProfile, ApplicationFile
from internships.models.applications import (
    Application,
    ApplicationEvent,
    ApplicationMessage,
    ApplicationStatus,
    EventKind,
)
from internships.models.checks import CheckDecision, Checked, CheckRule, PostingCheck
from internships.models.interviews import Interview, InterviewSlot, InterviewStatus
from internships.models.placements import Placement, PlacementStatus, Rating
from internships.models.postings import (
    AllowanceKind,
    PayPeriod,
    Posting,
    PostingAllowance,
    PostingSkill,
    PostingStatus,
    RankedBy,
)
from internships.models.records import EnterpriseRecord
from internships.models.rounds import MatchRound, Part, PostingScope, RoundPosting, RoundStatus, StudentScope
from internships.models.searches import SavedSearch

__all__ = [
    "AllowanceKind",
    "ApplicantProfile",
    "Application",
    "ApplicationEvent",
    "ApplicationFile",
    "ApplicationMessage",
    "ApplicationStatus",
    "CheckDecision",
    "CheckRule",
    "Checked",
    "EnterpriseRecord",
    "EventKind",
    "Interview",
    "InterviewSlot",
    "InterviewStatus",
    "MatchRound",
    "Part",
    "PayPeriod",
    "Placement",
    "PlacementStatus",
    "Posting",
    "PostingAllowance",
    "PostingCheck",
    "PostingScope",
    "PostingSkill",
    "PostingStatus",
    "RankedBy",
    "Rating",
    "RoundPosting",
    "RoundStatus",
    "SavedSearch",
    "StudentScope",
]
