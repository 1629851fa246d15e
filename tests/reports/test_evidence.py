"""The end of the thread: rows open to the organisation that recorded them, and to nobody else."""

from decimal import Decimal

import pytest

from app.clock import today
from app.db import utcnow
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from tests.page import page


@pytest.fixture
def row(db, cast):
    """A row that the university recorded of its student."""
    seen = skills.Observation(
        "test:1", cast.student.id, "CC02", SourceKind.QUIZ_ITEM, 1, Decimal(1), 2, AssessorKind.MACHINE, utcnow(),
        cast.university.id, None,
    )  # fmt: skip
    skills.record_evidence([seen], as_of=today())


def test_a_coordinator_reads_the_rows_of_the_university(sign_in, cast, row):
    shown = page(sign_in(cast.coordinator), "/organisations/demo-university/evidence/?skill=CC02", language="en")
    assert cast.student.name in shown.text


def test_another_university_does_not(sign_in, cast, row):
    assert sign_in(cast.other_coordinator).get("/organisations/demo-university/evidence/").status_code == 404
    own = page(sign_in(cast.other_coordinator), "/organisations/other-university/evidence/", language="en")
    assert cast.student.name not in own.text


def test_an_official_does_not(sign_in, cast, row):
    assert sign_in(cast.official).get("/organisations/demo-university/evidence/").status_code == 404
