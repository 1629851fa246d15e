"""Words for the stages, ends and reasons of applications, in the reader's language."""

from typing import Any

from flask_babel import lazy_gettext as _l

from internships.models import EventKind
from internships.rules.stages import Because, Stage

BECAUSE: dict[Because, Any] = {
    Because.OTHERS_FIT_BETTER: _l("others fit the work better"),
    Because.SKILLS_MISSING: _l("a skill that the work needs was not shown"),
    Because.DATES_DIFFER: _l("the dates do not fit"),
    Because.SEATS_FILLED: _l("all seats are filled"),
    Because.WORK_CHANGED: _l("the internship does not take place as planned"),
    Because.TOOK_ANOTHER: _l("took another place"),
    Because.PAY: _l("the pay"),
    Because.PLACE: _l("the place or the way there"),
    Because.STUDIES: _l("studies or examinations"),
    Because.PERSONAL: _l("personal reasons"),
    Because.OTHER: _l("another reason"),
}

STAGES: dict[Stage, Any] = {
    Stage.RECEIVED: _l("Just received"),
    Stage.IN_REVIEW: _l("In review"),
    Stage.INTERVIEW: _l("Interview"),
    Stage.OFFER: _l("Offer"),
}

EVENTS: dict[EventKind, Any] = {
    EventKind.APPLIED: _l("Application received"),
    EventKind.REMINDED: _l("The recruiters were reminded"),
    EventKind.INTERVIEW_PROPOSED: _l("Invited to an interview"),
    EventKind.INTERVIEW_CHOSEN: _l("Time of the interview chosen"),
    EventKind.INTERVIEW_OTHERS_ASKED: _l("Other times asked for"),
    EventKind.INTERVIEW_CANCELLED: _l("Interview cancelled"),
    EventKind.OFFERED: _l("Offer made"),
    EventKind.ACCEPTED: _l("Offer accepted"),
    EventKind.DECLINED: _l("Declined by the enterprise"),
    EventKind.OFFER_DECLINED: _l("Offer declined by the student"),
    EventKind.OFFER_WITHDRAWN: _l("Offer withdrawn by the enterprise"),
    EventKind.OFFER_LAPSED: _l("Offer not answered in time"),
    EventKind.WITHDRAWN: _l("Withdrawn by the student"),
    EventKind.UNANSWERED: _l("Closed without an answer of the enterprise"),
}
