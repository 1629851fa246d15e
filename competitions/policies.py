"""Who may do what with competitions, teams and entries."""

from datetime import date

from app.accounts.models import Person, Role
from competitions.models import Assignment, Competition, CompetitionStatus, Team

ORGANISERS = (Role.COORDINATOR,)


def may_organise(person: Person, competition: Competition) -> bool:
    """Coordinators of the competition's own university."""
    return person.is_authenticated and person.has_role(*ORGANISERS, organisation_id=competition.organisation_id)


def may_see(person: Person, competition: Competition) -> bool:
    """Anyone sees a competition once it is open, its organisers the draft too."""
    return not competition.is_draft or may_organise(person, competition)


def may_enter(person: Person, today: date) -> bool:
    """Whoever studies somewhere today may enter a team or join one."""
    return any(membership.role is Role.STUDENT for membership in person.current(today))


def is_member(person: Person, team: Team) -> bool:
    """A team's page and its files are for its members."""
    return any(member.person_id == person.id for member in team.members)


def may_mark(person: Person, assignment: Assignment, competition: Competition) -> bool:
    """A judge opens own assignments while entries are judged; one with a conflict is closed to them."""
    return (
        assignment.judge.person_id == person.id
        and not assignment.has_conflict
        and competition.status in (CompetitionStatus.JUDGING, CompetitionStatus.PUBLISHED)
    )
