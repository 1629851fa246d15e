"""What the tests of certificates share."""

from datetime import date
from typing import Any

import pytest

from app.credentials import services
from app.db import utcnow

SKILLS = (
    {"code": "S01", "name_zh": "选品", "name_en": "Product selection", "level": 2},
    {"code": "S02", "name_zh": "店铺运营", "name_en": "Shop operation", "level": 4},
)


@pytest.fixture
def issue(db, cast):
    """`issue(number)` gives the student a certificate of the university."""

    def issue(
        number: int = 1,
        title: str = "Cross-border operation",
        person: Any = None,
        valid_until: date | None = None,
        **more: Any,
    ) -> Any:
        return services.issue(
            person or cast.student,
            cast.university.id,
            "跨境运营",
            title,
            source_kind="course",
            source_id=number,
            actor_id=cast.coordinator.id,
            valid_until=valid_until,
            **{"now": utcnow(), "skills": SKILLS, **more},
        )

    return issue
