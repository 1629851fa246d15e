"""A gradebook as large as is claimed: 2,000 learners, 60 columns, each cell of it filled."""

from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from app.accounts.models import Membership, Organisation, Person, Role
from app.assessment.rules.content import Format, Option, Single
from app.assessment.services import questions
from app.clock import today
from app.db import db, utcnow
from courses import queries, services
from courses.models import Cohort, Course, CourseStatus, Grade

LEARNERS, COLUMNS = 2_000, 60
SLUG = "gradebook-of-the-bench"
FIRST_NAME = "学员0001"


def plant(slug: str, learners: int = LEARNERS, columns: int = COLUMNS) -> None:
    """A course of so many quizzes at a university, a cohort of so many learners, and a mark of each in each."""
    now, day = utcnow(), today()
    university = db.session.scalars(sa.select(Organisation).where(Organisation.slug == slug)).one()
    course = services.create_course(university.id, "六十次测验", "Sixty quizzes", slug=SLUG)
    version = questions.create_question(university.id, {"zh": _question()})
    db.session.flush()
    for number in range(1, columns + 1):
        lesson = services.add_lesson(course, f"测验{number:02}", f"Quiz {number:02}")
        asked = [services.Asked(version, Decimal(10))]
        services.set_quiz(lesson, course, asked, services.QuizRules(), is_new=True)
    services.publish(course, now, None)
    # Not in the catalogue: the other pages stay what they are.
    course.status = CourseStatus.ARCHIVED
    cohort = services.open_cohort(course, "两千人班", "Two thousand", day, day + timedelta(days=90))
    people = [
        Person(email=f"learner{number}@bench.example", name=f"学员{number:04}", password_hash="-", language="zh")
        for number in range(1, learners + 1)
    ]
    db.session.add_all(people)
    db.session.flush()
    db.session.execute(
        sa.insert(Membership),
        [
            {"person_id": one.id, "organisation_id": university.id, "role": Role.STUDENT, "joined_on": day}
            for one in people
        ],
    )
    enrolments = services.bring_in(cohort, [person.id for person in people], now)
    lesson_ids = [line.id for line in queries.contents_of(cohort.version_id, None)]
    for enrolment in enrolments:
        db.session.execute(
            sa.insert(Grade),
            [
                {
                    "enrolment_id": enrolment.id,
                    "lesson_id": lesson_id,
                    "points": Decimal((enrolment.id * 7 + number * 3) % 41) / 4,
                    "points_max": Decimal(10),
                }
                for number, lesson_id in enumerate(lesson_ids)
            ],
        )
    services.refresh_totals(cohort, now)
    db.session.commit()


def _question() -> Single:
    options = tuple(Option(key=sign, text=sign, fraction=float(sign == "a")) for sign in "ab")
    return Single(text="选 a。", format=Format.PLAIN, options=options)


def address() -> str | None:
    """The page of the planted gradebook; none where none is planted. The first of its copies, the original."""
    row = db.session.execute(
        sa.select(Organisation.slug, Course.id, Cohort.id)
        .join(Course, Course.organisation_id == Organisation.id)
        .join(Cohort, Cohort.course_id == Course.id)
        .where(Course.slug == SLUG)
        .order_by(Cohort.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else f"/organisations/{row[0]}/courses/{row[1]}/cohorts/{row[2]}/gradebook/"
