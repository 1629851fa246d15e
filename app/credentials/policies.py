"""Who may do what with certificates. Questions on loaded objects; true or false."""

from app.accounts import policies as accounts
from app.accounts.models import Person
from app.credentials.models import Certificate

KEEPERS = accounts.MANAGERS


def may_keep(person: Person, certificate: Certificate) -> bool:
    """Whether `person` revokes and renews a certificate: whoever manages the organisation that issued it."""
    return accounts.may_manage(person, certificate.organisation)
