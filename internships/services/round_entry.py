"""What a match round asks of whoever applies to one of its postings, or takes an application back."""

from collections.abc import Collection
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from app.accounts.models import Person, Role
from app.errors import Refused
from internships import queries
from internships.models import MatchRound, StudentScope


class RoundOver(Refused):
    message = _l("The match round of this posting has closed; it takes no more applications.")


class NotOfThisRound(Refused):
    message = _l("The match round of this posting is for other students. The page of the round says for whom.")


class TooManyChoices(Refused):
    message = _l("You have as many choices in this round as it allows. Withdraw one before you add another.")


class BeingMatched(Refused):
    message = _l("The round is being matched. Until its result is shown, nothing can be taken back.")


def admits(match_round: MatchRound, person: Person, today: date) -> bool:
    """Whether a round is for a person."""
    if match_round.students_from is StudentScope.OPEN:
        return True
    universities = [one.organisation for one in person.current(today) if one.role is Role.STUDENT]
    if match_round.students_from is StudentScope.UNIVERSITY:
        return any(one.id == match_round.organisation_id for one in universities)
    return any(one.region_code == match_round.region_code for one in universities)


def enter(posting_id: int, student: Person, taken: Collection[int], now: datetime, today: date) -> None:
    """Hold the round of a posting, if there is one, and see that it takes a student who has `taken` other postings.

    Raises RoundOver, NotOfThisRound, TooManyChoices.
    """
    rounds = queries.held_rounds_of_postings({posting_id, *taken})
    match_round = rounds.get(posting_id)
    if match_round is None:
        return
    if match_round.is_closed(now):
        raise RoundOver
    if not admits(match_round, student, today):
        raise NotOfThisRound
    if sum(rounds.get(one) is match_round for one in taken if one != posting_id) >= match_round.most_choices:
        raise TooManyChoices


def leave(posting_id: int) -> None:
    """Hold the round of a posting, if there is one, and see that it is not being matched. Raises BeingMatched."""
    match_round = queries.held_rounds_of_postings([posting_id]).get(posting_id)
    if match_round is not None and match_round.is_settled:
        raise BeingMatched
