"""Interview appointments: the enterprise proposes moments, the applicant chooses one or asks for others."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Person
from app.db import db
from app.errors import Refused
from internships.models import Application, EventKind, Interview, InterviewSlot, InterviewStatus
from internships.queries import interviews as reads
from internships.rules.stages import Side, Stage
from internships.services.applications import hold, note, wait_for_enterprise, wait_for_student
from internships.services.pipeline import MIN_WORDS, MoveImpossible, answered, not_suspended

MOST_SLOTS = 5


class SlotsMissing(Refused):
    message = _l("Propose one to five different moments that are still to come.")


class PlaceMissing(Refused):
    message = _l("Say where it is: a place, or a link that begins with https://.")


class InterviewOver(Refused):
    message = _l("This appointment does not stand any more.")


class SlotGone(Refused):
    message = _l("Choose one of the moments that are still to come.")


class WordsMissing(Refused):
    message = _l("Say in a few words why; the other side reads it.")


def propose(
    application: Application,
    slots: Sequence[datetime],
    minutes: int,
    place: str,
    link: str,
    words: str,
    *,
    by: Person,
    now: datetime,
) -> Interview:
    """Invite an applicant; an appointment that stood is replaced. The clock stops until they have chosen.

    Raises OrganisationSuspended, SlotsMissing, PlaceMissing, ApplicationOver, MoveImpossible.
    """
    not_suspended(application.posting)
    moments = sorted(set(slots))
    if not 0 < len(moments) <= MOST_SLOTS or moments[0] <= now:
        raise SlotsMissing
    if (link and not link.startswith("https://")) or not (place or link):
        raise PlaceMissing
    hold(application)
    if application.has_offer:
        raise MoveImpossible
    kept = reads.standing_interview_of(application)
    if kept is not None:
        if kept.status is InterviewStatus.PROPOSED and [one.at for one in kept.slots] == moments:
            return kept  # a second click
        kept.status = InterviewStatus.CANCELLED
    interview = Interview(
        application_id=application.id,
        proposed_at=now,
        proposed_by_id=by.id,
        minutes=minutes,
        place=place,
        link=link,
        words=words,
        status=InterviewStatus.PROPOSED,
        slots=[InterviewSlot(at=one) for one in moments],
    )
    db.session.add(interview)
    application.stage = Stage.INTERVIEW
    answered(application, now)
    wait_for_student(application)
    note(application, EventKind.INTERVIEW_PROPOSED, Side.ENTERPRISE, now, by=by, words=words)
    audit.record("interview.propose", application, actor_id=by.id, organisation_id=application.posting.organisation_id)
    return interview


def choose(interview: Interview, slot_id: int, *, by: Person, now: datetime) -> None:
    """Take one of the moments; asked twice, once. Raises ApplicationOver, InterviewOver, SlotGone."""
    application = interview.application
    hold(application)
    db.session.refresh(interview, ["status", "chosen_at"])
    slot = next((one for one in interview.slots if one.id == slot_id), None)
    if interview.status is InterviewStatus.CHOSEN and slot is not None and slot.at == interview.chosen_at:
        return
    if interview.status is not InterviewStatus.PROPOSED:
        raise InterviewOver
    if slot is None or slot.at <= now:
        raise SlotGone
    interview.status, interview.chosen_at = InterviewStatus.CHOSEN, slot.at
    # From the interview on the enterprise has its days to answer.
    wait_for_enterprise(application, application.posting, slot.at)
    note(application, EventKind.INTERVIEW_CHOSEN, Side.STUDENT, now, by=by, about=slot.at)


def ask_for_others(interview: Interview, words: str, *, by: Person, now: datetime) -> None:
    """Say that no moment fits, and which would. Raises ApplicationOver, InterviewOver, WordsMissing."""
    words = words.strip()
    if not MIN_WORDS <= len(words) <= 500:
        raise WordsMissing
    application = interview.application
    hold(application)
    db.session.refresh(interview, ["status", "chosen_at"])
    if interview.status not in (InterviewStatus.PROPOSED, InterviewStatus.CHOSEN):
        raise InterviewOver
    interview.status, interview.chosen_at = InterviewStatus.OTHERS_ASKED, None
    wait_for_enterprise(application, application.posting, now)
    note(application, EventKind.INTERVIEW_OTHERS_ASKED, Side.STUDENT, now, by=by, words=words)


def cancel(interview: Interview, words: str, *, by: Person, now: datetime) -> None:
    """Call an appointment off, with a reason that the applicant reads.

    Raises ApplicationOver, InterviewOver, WordsMissing.
    """
    words = words.strip()
    if not MIN_WORDS <= len(words) <= 500:
        raise WordsMissing
    application = interview.application
    hold(application)
    db.session.refresh(interview, ["status", "chosen_at"])
    if not interview.is_standing:
        raise InterviewOver
    about, interview.status, interview.chosen_at = interview.chosen_at, InterviewStatus.CANCELLED, None
    wait_for_enterprise(application, application.posting, now)
    note(application, EventKind.INTERVIEW_CANCELLED, Side.ENTERPRISE, now, by=by, words=words, about=about)
    audit.record("interview.cancel", application, actor_id=by.id, organisation_id=application.posting.organisation_id)
