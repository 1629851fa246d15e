"""Mail about applications: to the applicant, and to the recruiters of the enterprise, each in their language."""

from collections.abc import Iterable, Sequence
from typing import Any

from app import mail
from app.accounts.models import Person
from internships.models import Application, EventKind
from internships.queries import pipeline as reads

RECEIPT = "receipt"
MESSAGE = "message"
HALF_TIME = "half_time"
LAST = "last"


def tell_student(application: Application, kind: str, **values: Any) -> None:
    """Write to the applicant what happened."""
    _write([application.student], application, kind, application.student_link, values)


def tell_recruiters(application: Application, kind: str, **values: Any) -> None:
    """Write to the recruiters of the enterprise what happened."""
    organisation_id = application.posting.organisation_id
    recruiters = reads.recruiters_of([organisation_id]).get(organisation_id, [])
    _write(recruiters, application, kind, application.enterprise_link, values)


def _write(people: Iterable[Person], application: Application, kind: str, link: str, values: dict[str, Any]) -> None:
    for person in people:
        mail.write(
            person.email,
            "application-news",
            language=person.language or "zh",
            person=person,
            application=application,
            kind=kind,
            link=link,
            **values,
        )


def tell_declined(applications: Sequence[Application]) -> None:
    """Write to everybody who was told no at once."""
    for application in applications:
        tell_student(application, EventKind.DECLINED.value)
