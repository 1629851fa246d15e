"""Places that figures are about: the country, a region, a cluster."""

from dataclasses import dataclass

from flask_babel import gettext as _

from app.accounts.models import OrganisationKind, Person
from app.db import db
from app.i18n import language
from app.reference.models import NATION, Cluster, Region


@dataclass(frozen=True)
class Place:
    """A region or cluster by its codes, with its name in the reader's language."""

    region: str
    cluster: str
    name: str

    @property
    def code(self) -> str:
        """The code that stands in addresses."""
        return self.cluster or self.region


def place_by_code(code: str) -> Place | None:
    """The place of a code: CN, CN-ZJ or WZ-SHOE; None where there is none."""
    if code == NATION:
        return Place(NATION, "", _("China"))
    region = db.session.get(Region, code)
    if region is not None:
        return Place(region.code, "", _named(region))
    cluster = db.session.get(Cluster, code)
    if cluster is not None:
        return Place(cluster.region_code, cluster.code, _named(cluster))
    return None


def _named(thing: Region | Cluster) -> str:
    return thing.name_en if language() == "en" else thing.name_zh


def home_code(person: Person) -> str:
    """The region that an official answers for; the country for everybody else."""
    for membership in person.memberships:
        organisation = membership.organisation
        if organisation.kind is OrganisationKind.GOVERNMENT and organisation.region_code:
            return organisation.region_code
    return NATION
