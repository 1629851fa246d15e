"""An assignment in the course in which people write: work that waits, work that is marked, marks that are released."""

import tomllib
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Person
from app.assessment.services.work import Criterion
from app.clock import ZONE, microseconds
from app.db import db
from app.seeding.world import World
from app.skills import services as skills
from courses import demo, queries, services
from courses.models import Assignment, Cohort, CohortDate, Course, Enrolment, Lesson, Takes
from courses.queries import submissions as works
from courses.services import submission_marks, submissions

FILE = Path(demo.__file__).parent / "written" / "handed_in.toml"
COURSE = "dispute-replies"
SINCE_DUE = timedelta(days=3)


def plant_handing_in(world: World) -> None:
    """The present class of that course hands in what the file tells, and its teacher marks a part of it."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    university = world.cast.university
    teacher = world.coordinators[university.id]
    query = sa.select(Course).where(Course.organisation_id == university.id, Course.slug == COURSE)
    course = db.session.scalars(query).one()
    cohort = queries.cohorts_of(course.id)[0].cohort
    lesson, assignment = _assignment(world, told, course, teacher)
    version = services.publish(course, _due(world) - timedelta(days=10), teacher.id)
    services.move_cohort(cohort, version, world.now, teacher.id)
    due_at = _due(world)
    db.session.add(CohortDate(cohort_id=cohort.id, lesson_id=lesson.id, due_at=due_at))
    db.session.flush()
    learners = db.session.scalars(queries.learners_of(cohort.id)).all()
    seen: list[skills.Observation] = []
    for enrolment, one in zip(learners, told["works"], strict=False):
        _work(world, one, enrolment, (lesson, assignment, cohort), teacher, seen)
    skills.record_evidence(seen, as_of=world.today, refresh=False)
    # Who shows the demo can be one who reads feedback, and one who has yet to hand in; their password is everybody's.
    for enrolment in (learners[0], learners[-1]):
        enrolment.person.password_hash = world.cast.student.password_hash


def _due(world: World) -> datetime:
    """Eight in the evening, some days ago."""
    return datetime.combine(world.today - SINCE_DUE, time(20), ZONE)


def _assignment(world: World, told: dict[str, Any], course: Course, teacher: Person) -> tuple[Lesson, Assignment]:
    """The lesson, which nobody needs for the certificate: those who have it keep it."""
    page = told["lesson"]
    lesson = services.add_lesson(
        course,
        page["title_zh"],
        page["title_en"],
        body_zh=page["body_zh"].strip(),
        body_en=page["body_en"].strip(),
        minutes=page["minutes"],
    )
    lesson.is_required = False
    rules = services.AssignmentRules(
        takes=(Takes.TEXT, Takes.FILES, Takes.RECORDING),
        files_max=3,
        late_share_per_day=Decimal("0.05"),
        late_days_max=7,
    )
    criteria = [
        Criterion(
            title_zh=row["title_zh"],
            title_en=row["title_en"],
            weight=Decimal(row["weight"]),
            marks_max=Decimal(row["marks_max"]),
            skill_code=row.get("skill"),
            level=row.get("level"),
            descriptor_zh=row["descriptor_zh"],
            descriptor_en=row["descriptor_en"],
        )
        for row in told["criteria"]
    ]
    return lesson, services.set_assignment(lesson, course, rules, criteria, teacher.id)


def _work(
    world: World,
    one: dict[str, Any],
    enrolment: Enrolment,
    asked: tuple[Lesson, Assignment, Cohort],
    teacher: Person,
    seen: list[skills.Observation],
) -> None:
    """One student's work: handed in on its day, and marked, noted and released as far as the file says."""
    lesson, assignment, cohort = asked
    moment = _due(world) - timedelta(days=one["days"], minutes=7 * one["days"])
    work = submissions.open_work(enrolment, lesson.id, assignment)
    submissions.keep_draft(work, enrolment.person_id, one["text"].strip(), "", microseconds(moment), moment)
    terms = submissions.terms_of(assignment, cohort, works.date_of(cohort.id, lesson.id), work)
    submissions.hand_in(work, assignment, terms, enrolment.person_id, moment)
    found = works.work_by_id(work.id)
    if "marks" not in one or found is None:
        return
    marked_at = max(moment, terms.due_at) + timedelta(hours=20)
    for note in one["notes"]:
        submission_marks.add_note(found, teacher.id, note["line"], note["body"], marked_at, version=1)
    rows = {
        row.id: Decimal(str(mark))
        for row, mark in zip(submission_marks.rows_of(found.assignment), one["marks"], strict=True)
    }
    marks = submission_marks.Marks(rows, comment=one["comment"])
    submission_marks.give(found, teacher.id, marks, marked_at, version=1, seen=0, finish=True)
    if one["released"]:
        submission_marks.release(found, teacher.id, marked_at + timedelta(hours=2), collect=seen)
