"""Who may do what with people and organisations. Questions on loaded objects; true or false."""

from app.accounts.models import Organisation, OrganisationKind, Person, Role

MANAGER_BY_KIND: dict[OrganisationKind, Role] = {
    OrganisationKind.ENTERPRISE: Role.RECRUITER,
    OrganisationKind.UNIVERSITY: Role.COORDINATOR,
    OrganisationKind.GOVERNMENT: Role.OFFICIAL,
    OrganisationKind.PLATFORM: Role.ADMINISTRATOR,
}
MANAGERS = tuple(MANAGER_BY_KIND.values())
VERIFIERS = (Role.OFFICIAL, Role.ADMINISTRATOR)


def may_manage(person: Person, organisation: Organisation) -> bool:
    """Whether `person` invites and removes members of `organisation` and writes its page."""
    return person.has_role(MANAGER_BY_KIND[organisation.kind], organisation_id=organisation.id)


def may_see(person: Person, organisation: Organisation) -> bool:
    """A verified organisation is public; one that nobody has checked is seen by its own members only."""
    if organisation.is_verified:
        return True
    return bool(person.is_authenticated and person.has_role(*Role, organisation_id=organisation.id))


def region_of(verifier: Organisation) -> str | None:
    """The region whose enterprises an organisation verifies; None for all, "" for none."""
    return None if verifier.kind is OrganisationKind.PLATFORM else verifier.region_code or ""


def may_verify(person: Person, verifier: Organisation, enterprise: Organisation) -> bool:
    """An official verifies the enterprises of the office's own region; the platform's administrator those of all."""
    if enterprise.kind is not OrganisationKind.ENTERPRISE:
        return False
    if person.has_role(Role.ADMINISTRATOR, organisation_id=verifier.id):
        return True
    in_region = verifier.region_code is not None and verifier.region_code == enterprise.region_code
    return in_region and person.has_role(Role.OFFICIAL, organisation_id=verifier.id)
