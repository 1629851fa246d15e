"""Courses, cohorts, three years of learning, and what it showed.

Students answer with the ability that the world gave them, so levels in the demo come about as they do in use: by marked
answers, not by a table.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from app.accounts.models import Organisation
from app.assessment.models import QuestionVersion, Quiz, QuizItem
from app.assessment.rules.content import (
    Content,
    Matching,
    Multiple,
    Numeric,
    ShortText,
    Single,
    TrueFalse,
)
from app.assessment.services import questions, quizzes
from app.db import db
from app.reference import files as reference
from app.seeding.world import Student, World
from app.skills import services as skills
from courses import services
from courses.demo import files
from courses.models import Cohort, Course, Enrolment, Lesson

TERM_MONTHS = (3, 9)
TERM_DAYS = 136
TERM_STILL_OPEN = timedelta(days=42)
# How readily courses are chosen. Few take customs and payment, which enterprises ask for most: the demo's shortage.
TASTE = {
    "market-research": 1.2,
    "store-operation": 1.5,
    "marketing-live": 1.6,
    "logistics": 1.0,
    "payment": 0.6,
    "customs-tax": 0.5,
}
FIRST_TERM_SHARE = 0.46
LATER_TERM_SHARE = 0.15
SECOND_COURSE_SHARE = 0.12
DROPOUT_SHARE = 0.15
COURSE_RUNS_SHARE = 0.6
# In logits: what a lesson just read adds to an answer, and what the feedback on a first attempt adds to the second.
LESSON_HELPS = 0.6
FEEDBACK_HELPS = 0.7
AGAIN_IF_FAILED = (0.75, 0.5)
AGAIN_IF_PASSED = 0.06
DAYS_BETWEEN = 4


@dataclass
class Taught:
    """A lesson as planted: its row, quiz and items, whose versions are loaded."""

    lesson: Lesson
    quiz: Quiz
    items: list[QuizItem]


@dataclass
class Offer:
    """A course of a university."""

    code: str
    course: Course
    lessons: list[Taught]


@dataclass
class Path:
    """How one student goes through one course: the day of each lesson, the last one before they leave, what is done."""

    student: Student
    enrolment: Enrolment
    days: list[date]
    leaves_after: int | None
    done: dict[int, datetime] = field(default_factory=dict)


def plant_learning(world: World) -> None:
    """Courses of each university, a cohort a term, enrolments, answers, certificates, and evidence."""
    demo = files.courses(reference.skill_codes())
    for number, university in enumerate(world.universities):
        offers = [_offer(world, university, course) for course in _chosen(world, university, demo)]
        _teach(world, university, offers)
        db.session.flush()
        world.say("universities", number + 1, len(world.universities))


# Courses


def _chosen(world: World, university: Organisation, demo: list[files.DemoCourse]) -> list[files.DemoCourse]:
    """The cast's university teaches all courses, others three to six."""
    if university.id == world.cast.university.id:
        return demo
    rng = world.random("offers", university.slug)
    wanted = {course.code for course in rng.sample(demo, rng.randint(min(3, len(demo)), len(demo)))}
    return [course for course in demo if course.code in wanted]


def _offer(world: World, university: Organisation, demo: files.DemoCourse) -> Offer:
    """A course of a university's own, its questions in the university's own bank."""
    rng = world.random("course", university.slug, demo.code)
    teacher = world.coordinators[university.id]
    created = world.moment(world.first_day() + timedelta(days=rng.randrange(2, 26)), rng)
    course = services.create_course(
        university.id,
        demo.title_zh,
        demo.title_en,
        summary_zh=demo.summary_zh,
        summary_en=demo.summary_en,
        slug=demo.code,
        created_by_id=teacher.id,
    )
    course.created_at = created
    offer = Offer(demo.code, course, [])
    for position, told in enumerate(demo.lessons, start=1):
        lesson = services.add_lesson(
            course,
            told.title_zh,
            told.title_en,
            body_zh=told.body_zh,
            body_en=told.body_en,
            minutes=told.minutes,
            position=position,
        )
        versions = [version_of(university, question, teacher.id, created) for question in told.questions]
        db.session.flush()
        points = [services.Asked(version, Decimal(1)) for version in versions]
        quiz = services.set_quiz(lesson, course, points, services.QuizRules(), is_new=True)
        if quiz is None:
            raise files.FolderBroken(f"{demo.code}: lesson {told.name} has no questions")
        quiz.created_at = created
        for item, version in zip(quiz.items, versions, strict=True):
            item.version = version
        offer.lessons.append(Taught(lesson, quiz, list(quiz.items)))
    services.publish(course, created + timedelta(days=2), teacher.id)
    return offer


def version_of(
    university: Organisation, question: files.DemoQuestion, teacher_id: int, created: datetime
) -> QuestionVersion:
    """A question of the demo in a university's bank, as its teacher wrote it then."""
    version = questions.create_question(
        university.id,
        question.contents,
        name=question.name,
        skill_code=question.skill,
        level=question.level,
        created_by_id=teacher_id,
    )
    version.created_at = version.question.created_at = created
    return version


# Terms, cohorts, enrolments


@dataclass(frozen=True)
class Term:
    """A spring or an autumn."""

    starts_on: date
    ends_on: date

    @property
    def names(self) -> tuple[str, str]:
        """What a cohort of the term is called, in Chinese and English."""
        year = self.starts_on.year
        if self.starts_on.month == TERM_MONTHS[0]:
            return f"{year} 年春季班", f"Spring {year}"
        return f"{year} 年秋季班", f"Autumn {year}"


def terms(first: date, today: date) -> list[Term]:
    """The terms begun between two days; the last one is still open some weeks after `today`."""
    starts = [
        date(year, month, 1)
        for year in range(first.year, today.year + 1)
        for month in TERM_MONTHS
        if first <= date(year, month, 1) <= today
    ]
    found = [Term(start, start + timedelta(days=TERM_DAYS)) for start in starts]
    last = found[-1]
    return [*found[:-1], Term(last.starts_on, max(last.ends_on, today + TERM_STILL_OPEN))]


def _teach(world: World, university: Organisation, offers: list[Offer]) -> None:
    """Term by term: who enrols in what, how they fare, and the evidence that it leaves."""
    rng = world.random("terms", university.slug)
    there = [student for student in world.students if student.university.id == university.id]
    taken: defaultdict[int, set[str]] = defaultdict(set)
    calendar = terms(world.first_day(), world.today)
    guided = there[0] if university.id == world.cast.university.id else None
    plan = _plan_of_the_cast(calendar) if guided else {}
    for term in calendar:
        is_last = term is calendar[-1]
        runs = [offer for offer in offers if is_last or (term, offer.code) in plan or rng.random() < COURSE_RUNS_SHARE]
        classes: dict[str, list[Student]] = {offer.code: [] for offer in runs}
        for student in there:
            if student is guided:
                continue
            for code in _courses_of(rng, student, term, world.today, runs, taken[student.person.id]):
                taken[student.person.id].add(code)
                classes[code].append(student)
        for offer in runs:
            script = plan.get((term, offer.code))
            if not classes[offer.code] and script is None and not is_last:
                continue
            cohort = _cohort(world, university, offer, term, is_last=is_last)
            paths = _enrol(world, rng, cohort, term, classes[offer.code])
            observations = _learn(world, rng, offer, paths)
            if guided is not None and script is not None:
                observations += _learn_by_script(world, offer, cohort, term, guided, script)
            services.keep_best_attempts(cohort, world.now)
            skills.record_evidence(observations, as_of=world.today, refresh=False)
        db.session.flush()


def _courses_of(
    rng: Random, student: Student, term: Term, today: date, runs: list[Offer], taken: set[str]
) -> list[str]:
    """What a student enrols in this term: mostly nothing or one course, sometimes two."""
    day = min(term.starts_on + timedelta(days=14), today)
    if not student.is_there(day):
        return []
    is_new = (day - student.entered_on).days < 60
    if rng.random() >= (FIRST_TERM_SHARE if is_new else LATER_TERM_SHARE):
        return []
    chosen: list[str] = []
    for _ in range(2 if rng.random() < SECOND_COURSE_SHARE else 1):
        codes = [offer.code for offer in runs if offer.code not in taken and offer.code not in chosen]
        if codes:
            chosen += rng.choices(codes, [TASTE[code] for code in codes])
    return chosen


def _cohort(world: World, university: Organisation, offer: Offer, term: Term, *, is_last: bool) -> Cohort:
    zh, en = term.names
    return services.open_cohort(
        offer.course,
        zh,
        en,
        term.starts_on,
        term.ends_on,
        capacity=200 if is_last else None,
        teacher_ids=[world.coordinators[university.id].id],
    )


def _enrol(world: World, rng: Random, cohort: Cohort, term: Term, students: list[Student]) -> list[Path]:
    opening = world.moment(term.starts_on, rng)
    enrolments = services.bring_in(cohort, [student.person.id for student in students], opening)
    paths = []
    for student, enrolment in zip(students, enrolments, strict=True):
        day = min(max(term.starts_on, student.entered_on) + timedelta(days=rng.randrange(0, 9)), world.today)
        enrolment.enrolled_at = world.moment(day, rng)
        first = day + timedelta(days=rng.randrange(3, 14))
        days = [first + timedelta(days=number * 26 + rng.randrange(0, 12)) for number in range(4)]
        leaves_after = rng.randrange(0, 3) if rng.random() < DROPOUT_SHARE else None
        paths.append(Path(student, enrolment, days, leaves_after))
    return paths


# Learning


def _learn(world: World, rng: Random, offer: Offer, paths: Sequence[Path]) -> list[skills.Observation]:
    """Lesson by lesson: who has come so far takes its quiz, once or again; what is passed is completed."""
    observations: list[skills.Observation] = []
    for number, taught in enumerate(offer.lessons):
        waiting = [path for path in paths if _comes_to(world, path, number)]
        repeat = 0
        while waiting:
            takings = [_taking(world, rng, taught, path, number, repeat) for path in waiting]
            taken = quizzes.take_many(taught.quiz, taught.items, takings)
            again = []
            for path, (attempt, seen) in zip(waiting, taken, strict=True):
                observations += seen
                if attempt.is_passed and attempt.submitted_at is not None:
                    path.done.setdefault(taught.lesson.id, attempt.submitted_at)
                if _takes_again(world, rng, path, path.days[number], repeat, is_passed=attempt.is_passed):
                    again.append(path)
            waiting, repeat = again, repeat + 1
    for path in paths:
        _complete(offer, path)
        if path.leaves_after is not None and path.days[path.leaves_after + 1] <= world.today:
            services.leave(path.enrolment, world.moment(path.days[path.leaves_after + 1], rng))
    return observations


def _complete(offer: Offer, path: Path) -> None:
    done = sorted(path.done.items(), key=lambda lesson: lesson[1])
    services.complete_lessons(path.enrolment, done, len(offer.lessons))


def _comes_to(world: World, path: Path, number: int) -> bool:
    day = path.days[number]
    has_left = path.leaves_after is not None and number > path.leaves_after
    return not has_left and day < world.today and path.student.is_there(day)


def _takes_again(world: World, rng: Random, path: Path, day: date, repeat: int, *, is_passed: bool) -> bool:
    """Whether the quiz is taken once more within the next days, mostly by those who failed."""
    if repeat == len(AGAIN_IF_FAILED):
        return False
    by = day + timedelta(days=DAYS_BETWEEN * (repeat + 1))
    chance = AGAIN_IF_PASSED if is_passed else AGAIN_IF_FAILED[repeat]
    return rng.random() < chance and by < world.today and path.student.is_there(by)


def _taking(world: World, rng: Random, taught: Taught, path: Path, number: int, repeat: int) -> quizzes.Taking:
    day = path.days[number]
    if repeat:
        day += timedelta(days=DAYS_BETWEEN * (repeat - 1) + rng.randint(1, DAYS_BETWEEN))
    started = world.moment(day, rng)
    help_given = LESSON_HELPS + FEEDBACK_HELPS * repeat
    answers = {}
    for item in taught.items:
        version = item.version
        ability = path.student.ability(str(version.skill_code), day) + help_given
        answers[item.id] = answer_to(version.content_in("zh"), rng, is_right=succeeds(rng, version, ability))
    submitted = min(started + timedelta(minutes=rng.randrange(6, 22)), world.now)
    return quizzes.Taking(path.student.person.id, repeat + 1, answers, started, submitted)


def succeeds(rng: Random, version: QuestionVersion, ability: float) -> bool:
    """By the model that estimation assumes: g + (1 − g)·σ(ability − difficulty)."""
    floor = float(version.guess_floor)
    return rng.random() < floor + (1 - floor) / (1 + math.exp(float(version.difficulty) - ability))


def answer_to(content: Content, rng: Random, *, is_right: bool) -> Any:
    """A right answer to a question, or one that a person could plausibly give. Raises TypeError for other types."""
    match content:
        case Single():
            return rng.choice([option.key for option in content.options if (option.fraction >= 1) is is_right])
        case Multiple():
            return _keys_for(content, rng, is_right=is_right)
        case TrueFalse():
            return content.right is is_right
        case Numeric():
            values = [answer.value for answer in content.answers if (answer.fraction >= 1) is is_right]
            known = [value for value in values if value is not None]
            if known:
                return f"{rng.choice(known):f}"
            right = next(answer for answer in content.answers if answer.value is not None)
            return f"{(right.value or 0) * 10 + 1 + right.tolerance:f}"
        case ShortText():
            forms = [answer.text for answer in content.answers if (answer.fraction >= 1) is is_right]
            return rng.choice(forms or ["不知道"])
        case Matching():
            return _pairs_for(content, rng, is_right=is_right)
        case _:
            raise TypeError(f"nobody in the demo answers {content.kind}")


def _keys_for(content: Multiple, rng: Random, *, is_right: bool) -> list[str]:
    """All right options; wrongly, one of them fewer or one wrong option more."""
    right = [option.key for option in content.options if option.fraction > 0]
    wrong = [option.key for option in content.options if option.fraction <= 0]
    if is_right:
        return right
    if rng.random() < 0.5 and len(right) > 1:
        right.remove(rng.choice(right))
        return right
    return sorted([*right, rng.choice(wrong)])


def _pairs_for(content: Matching, rng: Random, *, is_right: bool) -> dict[str, str]:
    """Each row's choice; wrongly, the choices of two rows are exchanged."""
    given = {pair.key: pair.choice for pair in content.pairs}
    if not is_right:
        first, second = rng.sample(list(given), 2)
        given[first], given[second] = given[second], given[first]
    return given


# The cast's student


@dataclass(frozen=True)
class Script:
    """What the cast's student does in a course: lessons done, and the skills in which a question goes wrong."""

    lessons: int
    slips: frozenset[str]


def _plan_of_the_cast(calendar: list[Term]) -> dict[tuple[Term, str], Script]:
    """Two courses finished in the term before, customs begun in this one, its last lesson still to come."""
    before, now = calendar[-2:]
    return {
        (before, "logistics"): Script(4, frozenset({"LG04", "LG05", "LG09"})),
        (before, "market-research"): Script(4, frozenset({"MR01", "MR02", "MR06"})),
        (now, "customs-tax"): Script(3, frozenset({"CC03", "CC04", "CS03"})),
    }


def _learn_by_script(
    world: World, offer: Offer, cohort: Cohort, term: Term, student: Student, script: Script
) -> list[skills.Observation]:
    """The history that the tour of the demo starts from: a slip on the hardest question of some skills."""
    rng = world.random("cast", offer.code)
    [enrolment] = services.bring_in(cohort, [student.person.id], world.moment(term.starts_on, rng))
    path = Path(student, enrolment, [], None)
    last = min(term.ends_on, world.today - timedelta(days=1))
    observations: list[skills.Observation] = []
    for number, taught in enumerate(offer.lessons[: script.lessons], start=1):
        day = max(term.starts_on, term.starts_on + (last - term.starts_on) * number // (script.lessons + 1))
        started = world.moment(day, rng)
        wrong = {item.id for item in _hardest(taught.items) if item.version.skill_code in script.slips}
        answers = {
            item.id: answer_to(item.version.content_in("zh"), rng, is_right=item.id not in wrong)
            for item in taught.items
        }
        taking = quizzes.Taking(student.person.id, 1, answers, started, min(started + timedelta(minutes=14), world.now))
        attempt, seen = quizzes.take_many(taught.quiz, taught.items, [taking])[0]
        observations += seen
        path.done[taught.lesson.id] = attempt.submitted_at or started
    _complete(offer, path)
    return observations


def _hardest(items: Sequence[QuizItem]) -> Iterator[QuizItem]:
    """The last of the hardest questions of each skill."""
    hardest: dict[str, QuizItem] = {}
    for item in items:
        code = str(item.version.skill_code)
        if code not in hardest or int(item.version.level or 0) >= int(hardest[code].version.level or 0):
            hardest[code] = item
    yield from hardest.values()
