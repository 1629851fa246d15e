"""What internships keep: postings, applications, match rounds, placements and ratings."""

from internships.models.applications import Application, ApplicationStatus
from internships.models.checks import CheckDecision, Checked, CheckRule, PostingCheck
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
from internships.models.rounds import MatchRound, RoundPosting, RoundStatus
from internships.models.searches import SavedSearch

__all__ = [
    "AllowanceKind",
    "Application",
    "ApplicationStatus",
    "CheckDecision",
    "CheckRule",
    "Checked",
    "EnterpriseRecord",
    "MatchRound",
    "PayPeriod",
    "Placement",
    "PlacementStatus",
    "Posting",
    "PostingAllowance",
    "PostingCheck",
    "PostingSkill",
    "PostingStatus",
    "RankedBy",
    "Rating",
    "RoundPosting",
    "RoundStatus",
    "SavedSearch",
]
