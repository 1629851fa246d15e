"""What tests of assignments need: a lesson that is one, a class that learns it, work handed in and marked."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from app.accounts import services as accounts
from app.accounts.models import Person, Role
from app.assessment.models import RubricRow
from app.assessment.rules.rubrics import Step
from app.assessment.services.work import Criterion
from app.db import db, utcnow
from courses import queries, services
from courses.models import Assignment, Cohort, CohortDate, Course, Enrolment, Lesson, Submission, Takes
from courses.queries import submissions as works
from courses.services import submission_marks, submissions
from courses.services.submission_marks import Marks
from tests.courses import factories

PDF = b"%PDF-1.7 invented"
CRITERIA = (
    Criterion("事实", "Facts", Decimal(3), Decimal(10), "CC02", 2, "依据清楚", "Names what shows it"),
    Criterion("语气", "Tone", Decimal(1), Decimal(4), None, None, "平和", "Calm"),
)
STEPS = (
    Step(Decimal(10), "三种证据齐全", "All three kinds of evidence"),
    Step(Decimal(6), "有证据，没有来源", "Evidence without its source"),
    Step(Decimal(2), "只有看法"),
)
CRITERIA_IN_STEPS = (replace(CRITERIA[0], steps=STEPS), CRITERIA[1])


@dataclass
class Class:
    """A cohort of the cast's university in a course of one assignment."""

    course: Course
    lesson: Lesson
    cohort: Cohort
    assignment: Assignment
    slug: str
    people: tuple[Person, ...] = ()

    @property
    def path(self) -> str:
        """The learner's desk."""
        return f"/courses/{self.course.id}/assignments/{self.lesson.id}/"

    @property
    def page(self) -> str:
        """The lesson's page."""
        return f"/courses/{self.course.id}/lessons/1/"

    @property
    def office(self) -> str:
        """Where its teachers mark."""
        return f"/organisations/{self.slug}/courses/{self.course.id}/cohorts/{self.cohort.id}/assignments/"

    def due(self, at: Any, opens_at: Any = None) -> None:
        """Set when it is due in this cohort."""
        db.session.merge(CohortDate(cohort_id=self.cohort.id, lesson_id=self.lesson.id, due_at=at, opens_at=opens_at))
        db.session.commit()


def opened(cast: Any, criteria: Any = CRITERIA, teachers: Any = None, **rules: Any) -> Class:
    """A published course of one assignment, with a cohort that its coordinator teaches."""
    course = factories.course(cast, lessons=1, published=False)
    [lesson] = queries.lessons_of(course.id)
    told = {"takes": tuple(Takes), **rules}
    assignment = services.set_assignment(lesson, course, services.AssignmentRules(**told), criteria)
    services.publish(course, utcnow(), None)
    cohort = factories.cohort(course, teacher_ids=teachers or [cast.coordinator.id])
    db.session.commit()
    return Class(course, lesson, cohort, assignment, cast.university.slug)


def learner(klass: Class, person: Person) -> Enrolment:
    """Somebody enrolled in it."""
    [enrolment] = services.bring_in(klass.cohort, [person.id], utcnow())
    db.session.commit()
    return enrolment


def newcomer(cast: Any, number: int, role: Role = Role.STUDENT, organisation: Any = None) -> Person:
    """One more person of the university, or of another organisation."""
    person = accounts.create_person(f"{role.value}-{number}@class.example", f"同学{number}")
    accounts.join(person, organisation or cast.university, role, factories.today() - timedelta(days=30))
    db.session.commit()
    return person


def handed_in(klass: Class, enrolment: Enrolment, text: str = "第一行\n\n第三行", *, now: Any = None) -> Submission:
    """The work of somebody who has handed in a text."""
    moment = now or utcnow()
    work = submissions.open_work(enrolment, klass.lesson.id, klass.assignment)
    draft = submissions.keep_draft(work, enrolment.person_id, text, "", 10**18 + work.version_number, moment)
    draft.revision = 0
    terms = submissions.terms_of(klass.assignment, klass.cohort, works.date_of(klass.cohort.id, klass.lesson.id), work)
    submissions.hand_in(work, klass.assignment, terms, enrolment.person_id, moment)
    db.session.commit()
    found = works.work_by_id(work.id)
    assert found is not None
    return found


def rubric_rows(klass: Class) -> list[RubricRow]:
    """The two criteria by which it is marked."""
    return submission_marks.rows_of(works.assignment_with_rubric(klass.assignment.id))


def marks(klass: Class, facts: Any = 8, tone: Any = 4) -> Marks:
    """Marks by the two criteria."""
    first, second = rubric_rows(klass)
    return Marks(
        {first.id: Decimal(facts), second.id: Decimal(tone)}, {first.id: "依据清楚", second.id: ""}, None, "写得好"
    )


def marked(klass: Class, work: Submission, by: Person, given: Marks | None = None) -> Submission:
    """The same work with finished marks."""
    kept = works.marking_of(work.id)
    found = works.work_by_id(work.id)
    assert found is not None
    submission_marks.give(
        found,
        by.id,
        given or marks(klass),
        utcnow(),
        version=found.version_number,
        seen=kept.revision if kept else 0,
        finish=True,
    )
    db.session.commit()
    return found


def sent(name: str = "工作.pdf", content: bytes = PDF) -> tuple[BytesIO, str]:
    """A file as a browser sends it."""
    return BytesIO(content), name
