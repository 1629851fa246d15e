"""What a student says of themselves."""

from datetime import date

import pytest

from app.accounts import queries
from app.accounts.models import StudentProfile
from tests.page import page, read, submit

GIVEN = {
    "major": "跨境电子商务",
    "year": "2",
    "graduates_on": "2028-06",
    "birth_month": "2006-05",
    "about": "我喜欢**选品**",
}


def test_a_new_student_is_asked_for_the_profile_first(sign_in, db, cast):
    db.session.delete(db.session.get(StudentProfile, cast.student.id))
    client = sign_in(cast.student)
    assert page(client, "/", language="en").words(".next-card h2") == ["Fill in your profile"]
    answer = submit(client, page(client, "/profile/", language="en"), GIVEN)
    assert answer.status_code == 303
    profile = queries.profile_of(cast.student)
    assert (profile.major, profile.year) == ("跨境电子商务", 2)
    assert (profile.graduates_on, profile.birth_month) == (date(2028, 6, 30), date(2006, 5, 1))
    assert profile.is_complete
    assert "Fill in your profile" not in page(client, "/", language="en").text


def test_a_profile_is_changed(sign_in, db, cast):
    client = sign_in(cast.student)
    submit(client, page(client, "/profile/", language="en"), major="国际贸易")
    profile = queries.profile_of(cast.student)
    assert profile.major == "国际贸易"
    assert profile.graduates_on.day == 30, "the month is kept to its end"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("year", "8"),
        ("year", "0"),
        ("year", "x"),
        ("graduates_on", "soon"),
        ("graduates_on", "1990-01"),
        ("birth_month", "2025-01"),
        ("birth_month", "1800-01"),
        ("birth_month", ""),
        ("major", "  "),
    ],
)
def test_what_cannot_be_is_refused_where_it_was_typed(sign_in, cast, name, value):
    client = sign_in(cast.student)
    answer = submit(client, page(client, "/profile/", language="en"), {name: value})
    assert read(answer).words(f"#{name}-error")


def test_only_students_have_a_profile(client, client_of, cast):
    for person in (cast.coordinator, cast.recruiter, cast.official):
        assert client_of(person).get("/profile/").status_code == 404
    assert client.get("/profile/").status_code == 303
