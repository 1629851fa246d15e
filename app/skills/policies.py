"""Who may open whose passport. Questions on loaded objects; true or false."""

from app.accounts.models import Organisation, Person, Role


def may_see_passport(reader: Person, student: Person, university: Organisation | None = None) -> bool:
    """A passport is its person's own; a coordinator reads those of students of the own university, by way of it."""
    if reader.id == student.id:
        return True
    return university is not None and reader.has_role(Role.COORDINATOR, organisation_id=university.id)
