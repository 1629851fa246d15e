"""A small course that shows what a course can hold: parts, a lesson of each kind, files, and a cohort with dates.

It lies in the project as a folder, and comes in as any folder does (docs/course-files.md).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from app.accounts.models import Person
from app.clock import ZONE
from app.reference.files import skill_codes
from app.seeding.world import Student, World
from courses import demo, queries, services
from courses.folders import open_directory, read_folder
from courses.models import Cohort, Course
from courses.queries import LessonLine
from courses.rules.dates import Dates
from courses.services import discussions, materials
from courses.services.folders import bring_folder

FOLDER = Path(demo.__file__).parent / "kinds" / "price-abroad"
LEARNERS = 8
BEGAN, ENDS = timedelta(days=10), timedelta(days=45)
# Days from the first one on which each lesson is due.
DUE = (3, 5, 7, 12, 20, 25)
POSTS = (
    ("漏了外箱的钱", "算的时候只有杯子，忘了**外箱和内衬**，每件 0.12 美元。称重时才发现。"),
    ("漏了退款的成本", "同行告诉我退货率约 4%，我原来一分钱也没留。大家怎样把它摊到每件里？"),
)
ANSWER = "把每月退款总额除以发货件数，加进到岸成本那一行。"
MATERIAL = materials.MaterialText(
    title_zh="本地货代的询价单",
    title_en="A request to local forwarders",
    body_zh="向三家货代发同样的询价：起运港、件数、箱规、毛重、是否带电。**把回复的日期写进计算表。**",
    body_en="Send three forwarders the same request: port, pieces, carton, gross weight, batteries or not. "
    "**Write the date of each reply into your sheet.**",
)


def plant_kinds(world: World) -> None:
    """The course at the cast's university, brought in from its folder, published, and learnt by a few students."""
    university = world.cast.university
    teacher = world.coordinators[university.id]
    starts_on = world.today - BEGAN
    written = world.moment(starts_on - timedelta(days=12), world.random("kinds"))
    folder = read_folder(open_directory(FOLDER), skill_codes(), slug=FOLDER.name)
    course = bring_folder(university.id, folder, written, teacher.id).course
    course.created_at = written
    services.publish(course, written + timedelta(days=2), teacher.id)
    cohort = services.open_cohort(
        course, "第一期", "First class", starts_on, world.today + ENDS, teacher_ids=[teacher.id]
    )
    students = _students(world)
    services.bring_in(cohort, [one.person.id for one in students], world.moment(starts_on, world.random("kinds in")))
    lines = queries.contents_of(cohort.version_id, None)
    services.set_dates(cohort, _dates(starts_on, lines), teacher.id)
    _talk(world, cohort, lines[-1], students, teacher)
    text = replace(MATERIAL, after_lesson_id=lines[2].id)
    materials.add_material(cohort, text, teacher, world.moment(starts_on, world.random("kinds material")))
    _read(world, course, lines[0], students)


def _students(world: World) -> list[Student]:
    """The first few who study there; the cast's student finds the course in the catalogue."""
    university, student = world.cast.university, world.cast.student
    there = [one for one in world.students_at(university, world.today - BEGAN) if one.is_there(world.today)]
    return [one for one in there if one.person.id != student.id][:LEARNERS]


def _dates(starts_on: date, lines: Sequence[LessonLine]) -> dict[int, Dates]:
    """Each lesson is due at the end of a day."""
    return {
        line.id: Dates(due_at=datetime.combine(starts_on + timedelta(days=days), time(23, 59), ZONE))
        for line, days in zip(lines, DUE, strict=True)
    }


def _talk(world: World, cohort: Cohort, line: LessonLine, students: Sequence[Student], teacher: Person) -> None:
    """Two write what they nearly forgot, and the teacher answers the second."""
    for number, (student, (title, body)) in enumerate(zip(students, POSTS, strict=False)):
        day = world.today - timedelta(days=3 - number)
        at = world.moment(day, world.random("kinds post", number), last=18)
        post = discussions.ask(cohort, line.id, student.person.id, title, body, at, token=f"kinds {number}")
    later = min(at + timedelta(hours=2), world.now)
    discussions.answer(post, teacher.id, ANSWER, later, is_taught=True, token=f"kinds {len(POSTS)}")


def _read(world: World, course: Course, line: LessonLine, students: Sequence[Student]) -> None:
    """All but two have read the first page."""
    for student in students[2:]:
        enrolment = queries.enrolment_in(student.person, course.id)
        if enrolment is not None:
            at = world.moment(world.today - timedelta(days=6), world.random("kinds read", student.person.id))
            services.complete_lesson(enrolment, line.id, course, at)
