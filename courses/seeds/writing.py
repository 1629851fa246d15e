"""A course in which people write and people mark: answers that wait, two marks that differ, a key typed in wrongly."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from app.accounts import services as accounts
from app.accounts.models import Organisation, Person, Role
from app.assessment.models import Quiz
from app.assessment.queries import marking as marking_queries
from app.assessment.rules.content import Content, Single
from app.assessment.services import handmarks, quizzes, rubrics
from app.db import analyse, db
from app.reference import files as reference
from app.seeding import names
from app.seeding.world import Student, World
from app.skills import services as skills
from courses import services
from courses.demo import files
from courses.models import Cohort, Course, Enrolment, Lesson
from courses.seeds.learning import answer_to, succeeds, version_of
from courses.services import grades

COLLEAGUES = 2
# With those who write now, more than the thirty first answers from which a question is judged.
EARLIER_CLASS = 34
EARLIER_BEGAN, EARLIER_ENDED = timedelta(days=150), timedelta(days=90)
BEGAN, ENDS = timedelta(days=21), timedelta(days=42)
WRITTEN_SINCE = timedelta(days=7)
KNOWS_THE_REST = 3
# How often those who know the rest know this too, and how often the others do, of whom most take the likely mistake.
KNOWS, GUESSES = 0.9, 0.1
FALLS_FOR_IT = 0.8


@dataclass(frozen=True)
class Lessons:
    """The course as planted: choices to answer first, then the answer to write; `told` is what it was made from."""

    told: files.DemoWriting
    course: Course
    first: Lesson
    choices: Quiz
    second: Lesson
    essay: Quiz


def plant_writing(world: World) -> None:
    """The course at the cast's university: an earlier class, and one that is writing now."""
    university = world.cast.university
    markers = [world.coordinators[university.id], *_colleagues(world, university)]
    lessons = _course(world, university, files.writing(reference.skill_codes()))
    writing, earlier = _classes(world, university, len(lessons.told.answers))
    _cohort(world, lessons, earlier, markers, ("上一期", "Earlier class"), EARLIER_BEGAN, -EARLIER_ENDED)
    _cohort(world, lessons, writing, markers, ("本期", "Current class"), BEGAN, ENDS)
    db.session.flush()
    _write(world, lessons, writing)
    db.session.flush()
    analyse()
    _mark(world, lessons, markers, [student.person.id for student in writing])
    db.session.flush()


def _colleagues(world: World, university: Organisation) -> list[Person]:
    """Teachers of the university, with whom the coordinator marks; their password is everybody's."""
    called = names.person_names(world.random("colleagues", university.slug))
    found = []
    for number in range(1, COLLEAGUES + 1):
        colleague = accounts.create_person(f"teacher-{number}@{university.slug}.example", next(called))
        colleague.password_hash = world.cast.coordinator.password_hash
        accounts.join(colleague, university, Role.TEACHER, world.first_day())
        found.append(colleague)
    return found


def _classes(world: World, university: Organisation, size: int) -> tuple[list[Student], list[Student]]:
    """Who writes now, and who was there before; the cast's student has other plans."""

    def there(since: timedelta, until: timedelta) -> list[Student]:
        days = world.today - since, world.today - until
        return [
            student
            for student in world.students
            if student.university.id == university.id
            and student.person.id != world.cast.student.id
            and all(student.is_there(day) for day in days)
        ]

    now = there(BEGAN, timedelta(0))[:size]
    taken = {student.person.id for student in now}
    before = [student for student in there(EARLIER_BEGAN, EARLIER_ENDED) if student.person.id not in taken]
    return now, before[:EARLIER_CLASS]


# Writing the course


def _course(world: World, university: Organisation, told: files.DemoWriting) -> Lessons:
    rng = world.random("course", university.slug, told.course.code)
    teacher = world.coordinators[university.id]
    created = world.moment(world.today - EARLIER_BEGAN - timedelta(days=9), rng)
    course = services.create_course(
        university.id,
        told.course.title_zh,
        told.course.title_en,
        summary_zh=told.course.summary_zh,
        summary_en=told.course.summary_en,
        slug=told.course.code,
        created_by_id=teacher.id,
    )
    course.created_at = created
    made: list[tuple[Lesson, Quiz]] = []
    for position, page in enumerate(told.course.lessons, start=1):
        lesson = services.add_lesson(
            course,
            page.title_zh,
            page.title_en,
            body_zh=page.body_zh,
            body_en=page.body_en,
            minutes=page.minutes,
            position=position,
        )
        versions = [version_of(university, _as_typed_in(one, told), teacher.id, created) for one in page.questions]
        db.session.flush()
        is_written = any(version.question.name == told.question for version in versions)
        for version in versions:
            if version.question.name == told.question:
                rubrics.set_rubric(version.question, told.criteria, teacher.id)
        points = [services.Asked(version, Decimal(10 if is_written else 1)) for version in versions]
        quiz_rules = services.QuizRules(attempts_allowed=1 if is_written else 3, markers=2 if is_written else 1)
        quiz = services.set_quiz(lesson, course, points, quiz_rules, is_new=True)
        if quiz is None:
            raise files.FolderBroken(f"{told.course.code}: lesson {page.name} has no questions")
        quiz.created_at = created
        for item, version in zip(quiz.items, versions, strict=True):
            item.version = version
        made.append((lesson, quiz))
    services.publish(course, created + timedelta(days=2), teacher.id)
    (first, choices), (second, essay) = made
    return Lessons(told, course, first, choices, second, essay)


def _as_typed_in(question: files.DemoQuestion, told: files.DemoWriting) -> files.DemoQuestion:
    """The question as its author keyed it in: in one of them a wrong option stands as the right one."""
    if question.name != told.slip:
        return question
    return replace(
        question, contents={language: _slipped(each, told.slipped) for language, each in question.contents.items()}
    )


def _slipped(content: Content, place: int) -> Content:
    if not isinstance(content, Single):
        raise files.FolderBroken("the key of a choice of one can slip, no other")
    return replace(
        content,
        options=tuple(
            replace(option, fraction=1.0 if number == place else 0.0) for number, option in enumerate(content.options)
        ),
    )


# Answering


def _cohort(
    world: World,
    lessons: Lessons,
    students: Sequence[Student],
    markers: Sequence[Person],
    called: tuple[str, str],
    began: timedelta,
    ends: timedelta,
) -> None:
    """A class that reads the first lesson and takes its quiz once."""
    rng = world.random("class", lessons.course.slug, called[1])
    starts_on = world.today - began
    cohort = services.open_cohort(
        lessons.course, *called, starts_on, world.today + ends, teacher_ids=[marker.id for marker in markers]
    )
    opening = world.moment(starts_on, rng)
    enrolments = services.bring_in(cohort, [student.person.id for student in students], opening)
    takings = [_taking(world, rng, lessons, student, starts_on) for student in students]
    observations: list[skills.Observation] = []
    taken = quizzes.take_many(lessons.choices, list(lessons.choices.items), takings)
    for enrolment, (attempt, seen) in zip(enrolments, taken, strict=True):
        observations += seen
        if attempt.is_passed and attempt.submitted_at is not None:
            services.complete_lessons(enrolment, [(lessons.first.id, attempt.submitted_at)], 2)
    services.keep_best_attempts(cohort, world.now)
    if ends > timedelta():
        _talk(world, cohort, enrolments, markers[0])
    skills.record_evidence(observations, as_of=world.today, refresh=False)


def _talk(world: World, cohort: Cohort, enrolments: Sequence[Enrolment], by: Person) -> None:
    """The teacher's own column for what is said in class, filled for all but the last."""
    rng = world.random("talk", by.id)
    made = grades.add_column(cohort, "课堂讨论", "Talk in class", "", Decimal(10), by.id, world.now)
    column = next(one for one in grades.columns_of(cohort) if one.column_id == made.id)
    for enrolment in enrolments[:-1]:
        points, reason = Decimal(rng.randrange(5, 11)), "按三次讨论的发言"
        grades.set_points(enrolment, column, points, reason, seen=0, by_id=by.id, now=world.now)


def _taking(world: World, rng: Random, lessons: Lessons, student: Student, starts_on: date) -> quizzes.Taking:
    """One student's first answers: whoever knows the rest mostly knows the question whose key is wrong, too."""
    day = starts_on + timedelta(days=rng.randrange(3, 13))
    started = world.moment(day, rng)
    rights = {question.name: question.contents["zh"] for question in lessons.told.course.lessons[0].questions}
    answers: dict[int, Any] = {}
    known = 0
    for item in lessons.choices.items:
        version = item.version
        if version.question.name != lessons.told.slip:
            is_right = succeeds(rng, version, student.ability(str(version.skill_code), day))
            known += is_right
            answers[item.id] = answer_to(rights[version.question.name], rng, is_right=is_right)
    [slip] = [item for item in lessons.choices.items if item.id not in answers]
    knows = rng.random() < (KNOWS if known >= KNOWS_THE_REST else GUESSES)
    falls_for_it = not knows and rng.random() < FALLS_FOR_IT
    as_keyed_in = slip.version.content_in("zh")
    answers[slip.id] = answer_to(
        as_keyed_in if falls_for_it else rights[lessons.told.slip], rng, is_right=knows or falls_for_it
    )
    submitted = min(started + timedelta(minutes=rng.randrange(5, 16)), world.now)
    return quizzes.Taking(student.person.id, 1, answers, started, submitted)


def _write(world: World, lessons: Lessons, students: Sequence[Student]) -> None:
    """Each student writes an answer and hands it in; no machine marks it."""
    rng = world.random("writing", lessons.course.slug)
    [item] = lessons.essay.items
    takings = []
    for student, told in zip(students, lessons.told.answers, strict=False):
        started = world.moment(world.today - WRITTEN_SINCE + timedelta(days=rng.randrange(0, 5)), rng)
        submitted = min(started + timedelta(minutes=rng.randrange(15, 40)), world.now)
        takings.append(quizzes.Taking(student.person.id, 1, {item.id: told.text}, started, submitted))
    quizzes.take_many(lessons.essay, [item], takings)


# Marking


def _mark(world: World, lessons: Lessons, markers: Sequence[Person], person_ids: Sequence[int]) -> None:
    """Those who mark give what they gave; where two have finished the answer has its mark, or the two differ."""
    rng = world.random("marking", lessons.course.slug)
    [item] = lessons.essay.items
    rubric_id = item.version.question.rubric_id
    if rubric_id is None:
        raise files.FolderBroken(f"{lessons.course.slug}: the question to be marked has no criteria")
    rubric = marking_queries.rubric_by_id(rubric_id)
    answers = {sheet.answer.attempt.person_id: sheet.answer.id for sheet in handmarks.sheets_of(item, markers[0])}
    for person_id, told in zip(person_ids, lessons.told.answers, strict=False):
        for mark in told.marks:
            at = world.moment(world.today - timedelta(days=1), rng)
            rows = {row.id: given for row, given in zip(rubric.rows, mark.rows, strict=False)}
            entered = handmarks.Marks(rows, comment=mark.comment)
            handmarks.give(answers[person_id], markers[mark.by], rubric, entered, at)
            if mark.is_finished:
                handmarks.finish(answers[person_id], markers[mark.by], at)
