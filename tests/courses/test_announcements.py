"""What teachers tell a cohort: seen by its learners until they have read it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.db import utcnow
from courses import services
from courses.models import Announcement, AnnouncementRead
from tests.courses import factories
from tests.page import page, read, submit


@pytest.fixture
def cohort(db, cast):
    """A cohort with a learner."""
    cast.student.language = cast.coordinator.language = "en"
    found = factories.cohort(factories.course(cast), teacher_ids=[cast.coordinator.id])
    services.enrol(found, cast.student, utcnow() - timedelta(days=1), factories.today())
    db.session.commit()
    return found


def path(cohort, rest=""):
    return f"/organisations/demo-university/courses/{cohort.course_id}/cohorts/{cohort.id}/announcements/{rest}"


def test_an_announcement_stands_on_the_first_page_until_it_is_read(client_of, db, cast, cohort):
    teacher, student = client_of(cast.coordinator), client_of(cast.student)
    told = {"title_zh": "周五停课", "title_en": "No class on Friday", "body_en": "We meet on **Monday**."}
    submit(teacher, page(teacher, path(cohort)), told, form="main form:not(.button-form)")
    first = page(student, "/")
    assert "From your teachers" in first.text
    assert "No class on Friday" in first.text
    for _ in range(2):
        answer = submit(student, first, form="main form[action$='reading/']")
        assert answer.location == "/"
    assert "No class on Friday" not in page(student, "/").text
    assert "We meet on Monday ." in page(student, f"/courses/{cohort.course_id}/").text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AnnouncementRead)) == 1
    submit(teacher, page(teacher, path(cohort)), form="main form[action$='deletion/']")
    assert "We meet" not in page(student, f"/courses/{cohort.course_id}/").text


def test_only_its_teachers_write_and_only_its_learners_read(client_of, db, cast, cohort):
    services.announce(cohort, "周五停课", "", "", "", cast.coordinator, utcnow())
    db.session.commit()
    (told,) = db.session.scalars(sa.select(Announcement))
    assert "周五停课" not in page(client_of(cast.other_student), "/").text
    assert client_of(cast.other_student).post(f"/announcements/{told.id}/reading/").status_code == 404
    for stranger in (cast.student, cast.other_coordinator):
        assert client_of(stranger).post(path(cohort), data={"title_zh": "假"}).status_code == 404
        assert client_of(stranger).post(path(cohort, f"{told.id}/deletion/")).status_code == 404


def test_who_comes_later_is_not_told_old_news(client_of, db, cast, cohort):
    services.announce(cohort, "旧闻", "", "", "", cast.coordinator, utcnow() - timedelta(days=3))
    db.session.commit()
    assert "旧闻" not in page(client_of(cast.student), "/").text
    assert "旧闻" in page(client_of(cast.student), f"/courses/{cohort.course_id}/").text


def test_an_announcement_is_changed_and_says_when(client_of, db, cast, cohort):
    services.announce(cohort, "周五停课", "No class on Friday", "", "", cast.coordinator, utcnow())
    db.session.commit()
    teacher, student = client_of(cast.coordinator), client_of(cast.student)
    submit(student, page(student, "/"), form="main form[action$='reading/']")
    listed = page(teacher, path(cohort))
    edit = next(url for words, url in listed.links.items() if words == "Edit")
    first, second = page(teacher, edit), page(teacher, edit)
    answer = submit(teacher, first, {"title_en": "No class on Thursday"})
    assert "No class on Thursday" in page(teacher, answer.location).text
    shown = page(student, f"/courses/{cohort.course_id}/").text
    assert "No class on Thursday" in shown
    assert "changed on" in shown
    assert "No class" not in page(student, "/").text, "who has read it has read it"
    refused = read(submit(teacher, second, {"body_en": "Sorry."}), status=409)
    assert refused.words(".notice.warning dd")[0] == "No class on Thursday"
    assert client_of(cast.other_coordinator).get(edit).status_code == 404


def test_saving_an_announcement_as_it_is_changes_nothing(client_of, db, cast, cohort):
    told = services.announce(cohort, "周五停课", "", "甲\n乙", "", cast.coordinator, utcnow())
    db.session.commit()
    teacher = client_of(cast.coordinator)
    submit(teacher, page(teacher, path(cohort, f"{told.id}/edit/")))
    db.session.refresh(told)
    assert (told.changed_at, told.body_zh) == (None, "甲\n乙")
