"""What internships keep: postings, applications, match rounds, placements and ratings."""

from internships.models.applications import Application, ApplicationStatus
from internships.models.placements import Placement, PlacementStatus, Rating
from internships.models.postings import PayPeriod, Posting, PostingSkill, PostingStatus, RankedBy
from internships.models.rounds import MatchRound, Part, PostingScope, RoundPosting, RoundStatus, StudentScope

__all__ = [
    "Application",
    "ApplicationStatus",
    "MatchRound",
    "Part",
    "PayPeriod",
    "Placement",
    "PlacementStatus",
    "Posting",
    "PostingScope",
    "PostingSkill",
    "PostingStatus",
    "RankedBy",
    "Rating",
    "RoundPosting",
    "RoundStatus",
    "StudentScope",
]
