"""What internships keep: postings, applications, match rounds, placements and ratings."""

from internships.models.applications import Application, ApplicationStatus
from internships.models.placements import Placement, PlacementStatus, Rating
from internships.models.postings import PayPeriod, Posting, PostingSkill, PostingStatus, RankedBy
from internships.models.rounds import MatchRound, RoundPosting, RoundStatus

__all__ = [
    "Application",
    "ApplicationStatus",
    "MatchRound",
    "PayPeriod",
    "Placement",
    "PlacementStatus",
    "Posting",
    "PostingSkill",
    "PostingStatus",
    "RankedBy",
    "Rating",
    "RoundPosting",
    "RoundStatus",
]
