"""A course goes out and comes in: into an empty database, and back into its own, to the byte."""

import pytest
from hypothesis import HealthCheck, given, settings

from app.db import db
from courses import folders
from tests.courses.folders.drawn import courses
from tests.courses.folders.hands import bring, exported


@pytest.mark.usefixtures("db")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=courses())
def test_a_course_goes_through_two_databases_and_stays_the_same_to_the_byte(cast, told):
    files = {path: file.read() for path, file in folders.write_folder(told).items()}
    try:
        course = bring(cast.university, files).course
        once = exported(course)
        assert once == files
        back = bring(cast.university, once)
        assert back.merged.is_unchanged
        assert exported(course) == once
        there = bring(cast.other_university, once)  # which has never seen it
        assert exported(there.course) == once
    finally:
        db.session.rollback()
