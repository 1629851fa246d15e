"""Cohorts that are put away: archived and still read, or deleted because nobody ever entered them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.db import utcnow
from courses import queries, services
from courses.models import Cohort, Joining
from courses.services import CohortClosed, CohortEntered, CohortPutAway
from tests.courses import factories
from tests.page import page

OURS = "/organisations/demo-university"
DAY = timedelta(days=1)


@pytest.fixture
def course(db, cast):
    """A published course."""
    cast.student.language = cast.coordinator.language = "en"
    made = factories.course(cast)
    db.session.commit()
    return made


@pytest.fixture
def empty(db, cast, course):
    """A cohort that nobody ever entered."""
    made = factories.cohort(course, teacher_ids=[cast.coordinator.id])
    db.session.commit()
    return made


@pytest.fixture
def entered(db, cast, empty):
    """A cohort with one learner."""
    services.enrol(empty, cast.student, utcnow(), factories.today())
    db.session.commit()
    return empty


def path(cohort, rest=""):
    return f"{OURS}/courses/{cohort.course_id}/cohorts/{cohort.id}/{rest}"


def archive_page(cohort):
    return f"{OURS}/courses/{cohort.course_id}/cohorts/archive/"


def names(course):
    return [row.cohort.id for row in queries.cohorts_of(course.id)]


def test_a_cohort_nobody_entered_is_deleted_and_brought_back(sign_in, db, cast, course, empty):
    client = sign_in(cast.coordinator)
    assert "Delete the cohort" in page(client, path(empty, "edit/")).text
    assert client.post(path(empty, "deletion/")).status_code == 303
    assert names(course) == []
    for rest in ("", "edit/", "gradebook/", "materials/"):
        assert client.get(path(empty, rest)).status_code == 404
    bench = page(client, f"{OURS}/courses/{course.id}/")
    here = page(client, bench.links["Archived and deleted cohorts"])
    assert here.faults() == []
    assert "Bring back" in here.text
    # It stands on the page of all that was deleted from the course, too.
    assert path(empty, "restoration/") in client.get(f"{OURS}/courses/{course.id}/lessons/deleted/").text
    assert client.post(path(empty, "restoration/")).status_code == 303
    assert names(course) == [empty.id]
    assert page(client, path(empty)).h1 == "Nobody has enrolled yet"


def test_after_thirty_days_nothing_brings_it_back(sign_in, db, cast, course, empty):
    client = sign_in(cast.coordinator)
    client.post(path(empty, "deletion/"))
    db.session.execute(sa.update(Cohort).values(deleted_at=utcnow() - 31 * DAY))
    db.session.commit()
    assert client.post(path(empty, "restoration/")).status_code == 404
    assert "Bring back" not in page(client, archive_page(empty)).text


def test_where_somebody_was_or_is_invited_only_the_archive_is_offered(sign_in, db, cast, course, entered):
    client = sign_in(cast.coordinator)
    services.leave(queries.enrolment_in(cast.student, course.id), utcnow())
    db.session.commit()
    edit = page(client, path(entered, "edit/")).text
    assert "Delete the cohort" not in edit
    assert "Archive the cohort" in edit
    client.post(path(entered, "deletion/"))
    db.session.expire_all()
    assert entered.deleted_at is None
    with pytest.raises(CohortEntered):
        services.delete_cohort(entered, cast.coordinator.id, utcnow())


def test_an_archived_cohort_leaves_the_lists_is_read_on_and_comes_back(client_of, db, cast, course, entered):
    teacher, learner = client_of(cast.coordinator), client_of(cast.student)
    for _ in range(2):
        assert teacher.post(path(entered, "archive/")).status_code == 303
    assert names(course) == []
    assert queries.taught_by(cast.coordinator, factories.today()) == []
    assert queries.open_cohorts(course.id, [cast.university.id], factories.today(), utcnow()) == []
    # Those who learn and teach in it go on reading.
    assert page(learner, f"/courses/{course.id}/lessons/1/").h1
    assert "Begin with the first lesson" in page(learner, f"/courses/{course.id}/").text
    shown = page(teacher, path(entered))
    assert shown.faults() == []
    assert "Archived on" in shown.text
    assert page(teacher, path(entered, "gradebook/")).h1
    assert "Take it out of the archive" in page(teacher, archive_page(entered)).text
    assert teacher.post(path(entered, "archive/deletion/")).status_code == 303
    assert names(course) == [entered.id]


def test_nobody_comes_into_a_cohort_that_is_put_away(db, cast, course, empty):
    services.archive(empty, cast.coordinator.id, utcnow())
    with pytest.raises(CohortClosed):
        services.enrol(empty, cast.student, utcnow(), factories.today())
    with pytest.raises(CohortPutAway):
        services.bring_in(empty, [cast.student.id], utcnow())
    services.take_out_of_archive(empty, cast.coordinator.id)
    empty.joining = Joining.CODE
    services.change_seats(empty, utcnow(), factories.today())
    services.delete_cohort(empty, cast.coordinator.id, utcnow())
    assert queries.cohort_by_code(empty.code) is None
    with pytest.raises(CohortClosed):
        services.enter_by_code(empty.code, empty, cast.student, utcnow(), factories.today())


def test_strangers_put_nothing_away(client_of, db, cast, course, empty):
    for stranger in (cast.student, cast.other_coordinator):
        assert client_of(stranger).get(archive_page(empty)).status_code == 404
        for rest in ("archive/", "archive/deletion/", "deletion/", "restoration/"):
            assert client_of(stranger).post(path(empty, rest)).status_code == 404
    db.session.expire_all()
    assert not empty.is_put_away
