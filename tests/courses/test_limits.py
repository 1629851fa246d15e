"""How often somebody may try codes, in an application whose limits hold."""

import pytest

from app.seeding.cast import PASSWORD
from courses.models import Joining
from tests.conftest import settings_for
from tests.courses import factories


@pytest.fixture
def limited(tmp_path):
    """An application of its own whose limits hold, and the code of a cohort in it."""
    from app.clock import today
    from app.db import db, utcnow
    from app.extensions import limiter
    from app.factory import create_app
    from app.reference import services as reference
    from app.seeding.cast import plant

    kept = dict(vars(limiter))
    app = create_app({**settings_for(f"sqlite:///{tmp_path / 'limits.db'}", tmp_path), "RATELIMIT_ENABLED": True})
    app.extensions["wake_worker"] = lambda: None
    with app.app_context():
        db.create_all()
        reference.load()
        cast = plant(utcnow(), today())
        code = factories.cohort(factories.course(cast), joining=Joining.CODE).code
        db.session.commit()
    yield app, code
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    vars(limiter).clear()
    vars(limiter).update(kept)


def test_wrong_codes_are_counted_by_person_and_right_ones_are_not(limited):
    app, code = limited

    def signed_in(email):
        client = app.test_client()
        client.post("/sign-in/", data={"email": email, "password": PASSWORD})
        return client

    student, other = signed_in("student@demo.example"), signed_in("student@other.example")
    assert {student.get(f"/join/{code}/").status_code for _ in range(25)} == {200}
    wrong = [student.get(f"/join/WRNG{number:04}/").status_code for number in range(22)]
    assert wrong == [404] * 20 + [429] * 2
    assert student.get(f"/join/{code}/").status_code == 429, "nor does a right one tell that it is right"
    assert other.get(f"/join/{code}/").status_code == 200
