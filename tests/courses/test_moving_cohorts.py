"""A cohort that goes on with another version: what each has done stays theirs."""

import sqlalchemy as sa

from app.credentials.models import Certificate
from app.db import utcnow
from courses import queries, services
from courses.models import Enrolment, LessonKind
from tests.courses import factories


def test_one_who_is_ready_completes_nobody_else(db, cast):
    course = factories.course(cast, lessons=2)
    services.add_lesson(course, "谈一谈", kind=LessonKind.DISCUSSION)
    factories.publish_anew(course)
    cohort = factories.cohort(course)
    ready, other = services.bring_in(cohort, [cast.student.id, cast.other_student.id], utcnow())
    for lesson in queries.lessons_of(course.id):
        services.complete_lesson(ready, lesson.id, course, utcnow())
    services.add_lesson(course, "选读")
    added = queries.lessons_of(course.id)[-1]
    added.is_required = False
    factories.publish_anew(course)
    db.session.commit()
    done = {
        row.id: (row.lessons_done, row.completed_at is not None) for row in db.session.scalars(sa.select(Enrolment))
    }
    assert done == {ready.id: (3, True), other.id: (0, False)}
    assert db.session.scalars(sa.select(Certificate.person_id)).all() == [cast.student.id]
