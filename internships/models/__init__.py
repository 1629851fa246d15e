"""What internships keep: postings, applications, match rounds, placements and ratings."""

from internships.models.applicants import ApplicantProfile, ApplicationFile
from internships.models.applications import (
    Application,
    ApplicationEvent,
    ApplicationMessage,
    ApplicationStatus,
    EventKind,
)
from internships.models.interviews import Interview, InterviewSlot, InterviewStatus
from internships.models.placements import Placement, PlacementStatus, Rating
from internships.models.postings import PayPeriod, Posting, PostingSkill, PostingStatus, RankedBy
from internships.models.rounds import MatchRound, Part, PostingScope, RoundPosting, RoundStatus, StudentScope

__all__ = [
    "ApplicantProfile",
    "Application",
    "ApplicationEvent",
    "ApplicationFile",
    "ApplicationMessage",
    "ApplicationStatus",
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
    "PostingScope",
    "PostingSkill",
    "PostingStatus",
    "RankedBy",
    "Rating",
    "RoundPosting",
    "RoundStatus",
    "StudentScope",
]
