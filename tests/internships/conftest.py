"""A posting that takes applications."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.clock import today
from app.db import utcnow
from internships.models import PayPeriod, RankedBy
from internships.services import postings as services


@pytest.fixture
def posting(db, cast):
    """Published by the cast's enterprise: CC02 at level 2 and LG01 at level 1, two seats, closing in 20 days."""
    made = published(cast)
    db.session.flush()
    return made


def published(cast, **changed):
    """The posting of the fixture, with other values where they are given; for tests with a database of their own."""
    day = today()
    values = {
        "title_zh": "关务单证实习生", "title_en": "Customs documents intern",
        "body_zh": "归类。", "body_en": "Classify.",
        "city_zh": "温州", "city_en": "Wenzhou", "region_code": "CN-ZJ", "cluster_code": "WZ-SHOE", "is_remote": False,
        "seats": 2, "pay": Decimal(150), "pay_period": PayPeriod.DAY, "hours_a_week": 40, "opens_on": day,
        "closes_on": day + timedelta(days=20), "starts_on": day + timedelta(days=40),
        "ends_on": day + timedelta(days=130), "min_year": 2, "majors": [], "ranked_by": RankedBy.FIT,
    }  # fmt: skip
    asked = [services.Asked("CC02", 2), services.Asked("LG01", 1)]
    made = services.create(cast.enterprise, values | changed, asked, by=cast.recruiter.id, now=utcnow())
    services.publish(made, by=cast.recruiter.id, now=utcnow(), today=day)
    return made
