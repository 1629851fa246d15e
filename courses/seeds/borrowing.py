"""A second university that teaches a course of the first, people who wait for its seats; a path; dates."""

from datetime import datetime, time, timedelta

from app.clock import ZONE
from app.db import db
from app.seeding.world import World
from courses import queries, services
from courses.models import Course
from courses.rules.dates import Dates

BORROWED, SEATS, WAITING = "customs-tax", 4, 3
ENDS = timedelta(days=70)
STEPS = (("market-research", True), ("store-operation", True), ("logistics", True), ("payment", False))
DUE_IN = (-40, -24, -8, 6)


def plant_borrowing(world: World) -> None:
    """What universities do with each other's courses, small enough to be read on one page."""
    db.session.flush()
    courses = {row.course.slug: row.course for row in queries.courses_in(world.cast.university.id, world.today)}
    if BORROWED in courses:
        _borrow(world, courses[BORROWED])
        _date(world, courses[BORROWED])
    _lead_somewhere(world, courses)


def _borrow(world: World, course: Course) -> None:
    university = world.cast.other_university
    # Without the cast's own student there, so that whoever tours the demo as her can still come in.
    guest = world.cast.other_student.id
    found = [student.person for student in world.students_at(university, world.today) if student.person.id != guest]
    there = found[: SEATS + WAITING]
    cohort = services.open_cohort(
        course,
        "借用课程 · 小班",
        "Borrowed course, small class",
        world.today - timedelta(days=14),
        world.today + ENDS,
        capacity=SEATS,
        organisation_id=university.id,
        teacher_ids=[world.coordinators[university.id].id],
    )
    rng = world.random("borrowing", course.slug)
    services.bring_in(
        cohort, [person.id for person in there[:SEATS]], world.moment(world.today - timedelta(days=13), rng)
    )
    for number, person in enumerate(there[SEATS:]):
        at = world.moment(world.today - timedelta(days=WAITING - number), rng)
        services.wait_for_seat(cohort, person, at, world.today, f"/courses/{course.id}/")


def _date(world: World, course: Course) -> None:
    """The last lesson is due within the week; all of them are open, so that nobody finds a closed door in a demo."""
    cohort = queries.cohorts_of(course.id, course.organisation_id)[0].cohort
    lessons = queries.contents_of(cohort.version_id, None)
    due = {
        lesson.id: Dates(None, datetime.combine(world.today + timedelta(days=days), time(23, 59), ZONE))
        for lesson, days in zip(lessons, DUE_IN, strict=False)
    }
    teacher = world.coordinators[course.organisation_id]
    services.set_dates(cohort, due, teacher.id)
    services.announce(
        cohort,
        "第 4 课请在一周内完成",
        "Finish lesson 4 within the week",
        "第 4 课讲监管方式，测验可以展示到 3 级。有问题请在周三之前告诉我。",
        "Lesson 4 is about supervision modes; its quiz goes up to level 3. Tell me by Wednesday what is unclear.",
        teacher,
        world.moment(world.today - timedelta(days=1), world.random("announcing", course.slug)),
    )


def _lead_somewhere(world: World, courses: dict[str, Course]) -> None:
    steps = [(courses[slug], is_required) for slug, is_required in STEPS if slug in courses]
    if len(steps) < len(STEPS):
        return
    path = services.create_path(
        world.cast.university.id,
        "从选品到履约",
        "From choosing a product to delivering it",
        summary_zh="先看市场，再开店，最后把货送到。完成三门课，就能独立跑通一单跨境零售。",
        summary_en="Look at the market, run the shop, deliver the goods: three courses, and you can carry one order"
        " through by yourself.",
        actor_id=world.coordinators[world.cast.university.id].id,
    )
    services.set_steps(path, steps)
    services.publish_path(path, world.now, world.coordinators[world.cast.university.id].id)
