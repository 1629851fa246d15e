"""Who reads what of the reports."""

from app.accounts.models import Person, Role

READERS = (Role.OFFICIAL, Role.COORDINATOR, Role.ADMINISTRATOR)
RECORDERS = (Role.COORDINATOR, Role.RECRUITER, Role.MENTOR)


def may_read_figures(person: Person) -> bool:
    """Published figures are for officials, and for coordinators, who plan courses by them."""
    return person.has_role(*READERS)
