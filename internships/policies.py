"""Who may do what with postings, applications, rounds and placements. Questions on loaded objects; true or false."""

from datetime import date

from app.accounts.models import Organisation, OrganisationKind, Person, Role
from app.accounts.policies import may_verify
from internships.models import Application, ApplicationStatus, MatchRound, Placement, Posting, PostingStatus

STAFF = (Role.RECRUITER, Role.MENTOR)
SHOWING = (ApplicationStatus.OPEN, ApplicationStatus.ACCEPTED, ApplicationStatus.MATCHED)
ORGANISERS = (Role.COORDINATOR, Role.OFFICIAL, Role.ADMINISTRATOR)


def may_see_posting(person: Person, posting: Posting) -> bool:
    """A published posting is public; a draft is seen by its enterprise."""
    if posting.is_public and posting.organisation.suspended_at is None:
        return True
    if not person.is_authenticated:
        return False
    return may_edit_posting(person, posting) or checker_of(person, posting) is not None


def checker_of(person: Person, posting: Posting) -> Organisation | None:
    """The office for which a person checks a posting that waits: the platform, or one of its enterprise's region."""
    if not person.is_authenticated or posting.status is not PostingStatus.CHECKING:
        return None
    for membership in person.memberships:
        if membership.left_on is None and may_check(person, membership.organisation, posting):
            return membership.organisation
    return None


def may_check(person: Person, checker: Organisation, posting: Posting) -> bool:
    """Whoever may verify an enterprise checks its postings; the coordinators of a university check for their own."""
    if checker.kind is OrganisationKind.UNIVERSITY:
        return person.has_role(Role.COORDINATOR, organisation_id=checker.id)
    return may_verify(person, checker, posting.organisation)


def may_edit_posting(person: Person, posting: Posting) -> bool:
    """The recruiters of its enterprise write it."""
    return person.has_role(Role.RECRUITER, organisation_id=posting.organisation_id)


def may_see_all_rates(person: Person) -> bool:
    """Officials and the platform read rates of clusters that rest on few seats."""
    return bool(person.is_authenticated and person.has_role(Role.OFFICIAL, Role.ADMINISTRATOR))


def may_apply(person: Person) -> bool:
    """Students apply."""
    return bool(person.is_authenticated and person.has_role(Role.STUDENT))


def is_own_application(person: Person, application: Application) -> bool:
    """A student's own."""
    return application.student_id == person.id


def may_see_levels(person: Person, application: Application) -> bool:
    """An enterprise reads an applicant's levels in the posting's skills while the application is open, not after."""
    return application.is_open and person.has_role(Role.RECRUITER, organisation_id=application.posting.organisation_id)


def may_read_files(person: Person, application: Application) -> bool:
    """The applicant's own; the recruiters of the enterprise while it is open, and after it led to a place."""
    if application.student_id == person.id:
        return True
    return application.status in SHOWING and person.has_role(
        Role.RECRUITER, organisation_id=application.posting.organisation_id
    )


def may_organise(person: Person, organisation: Organisation) -> bool:
    """Coordinators of a university, officials of an office and the platform run rounds."""
    return organisation.kind is not OrganisationKind.ENTERPRISE and person.has_role(
        *ORGANISERS, organisation_id=organisation.id
    )


def may_run(person: Person, match_round: MatchRound) -> bool:
    """Whoever organises a round runs it."""
    return may_organise(person, match_round.organisation)


def is_host(person: Person, placement: Placement) -> bool:
    """The enterprise's people at a placement."""
    return person.has_role(*STAFF, organisation_id=placement.posting.organisation_id)


def may_see_placement(person: Person, placement: Placement, universities: set[int]) -> bool:
    """The student, the enterprise, and the coordinators of the student's `universities`."""
    if placement.student_id == person.id or is_host(person, placement):
        return True
    return any(person.has_role(Role.COORDINATOR, organisation_id=university) for university in universities)


def may_rate(person: Person, placement: Placement, today: date) -> bool:
    """The named mentor rates, or any mentor of the enterprise where none is named; once, from the first day on."""
    if placement.rated_at is not None or today < placement.starts_on:
        return False
    if placement.mentor_id is not None:
        return placement.mentor_id == person.id
    return person.has_role(Role.MENTOR, organisation_id=placement.posting.organisation_id)
