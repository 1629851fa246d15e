"""Who may do what with courses, lessons and cohorts."""

from collections.abc import Collection, Mapping
from datetime import date

from app.accounts.models import Person, Role
from courses.models import Cohort, Course, Enrolment

AUTHORS = (Role.TEACHER, Role.COORDINATOR)


def may_write(person: Person, course: Course) -> bool:
    """Teachers and coordinators of the course's own organisation write it, and read it while it is a draft."""
    return person.is_authenticated and person.has_role(*AUTHORS, organisation_id=course.organisation_id)


def may_see(person: Person, course: Course) -> bool:
    """Anyone sees a published course, its authors a draft too."""
    return course.is_published or may_write(person, course)


def is_student_of(person: Person, organisation_id: int, today: date) -> bool:
    """Whether the person studies at a university."""
    return any(
        membership.role is Role.STUDENT and membership.organisation_id == organisation_id
        for membership in person.current(today)
    )


def studies_at(person: Person, today: date) -> list[int]:
    """The universities where the person studies, by id."""
    return [one.organisation_id for one in person.current(today) if one.role is Role.STUDENT]


def teaches_at(person: Person, today: date) -> list[int]:
    """The universities whose courses the person may write and teach, by id."""
    return sorted({one.organisation_id for one in person.current(today) if one.role in AUTHORS})


def may_enrol(person: Person, cohort: Cohort, today: date) -> bool:
    """Students of the university that teaches the cohort, once the course is published."""
    return cohort.course.is_published and is_student_of(person, cohort.organisation_id, today)


def may_read(person: Person, course: Course, enrolment: Enrolment | None, taught: Cohort | None = None) -> bool:
    """Lessons are for those who are enrolled, the course's authors, and universities that teach a cohort of it."""
    return may_write(person, course) or taught is not None or (enrolment is not None and enrolment.left_at is None)


def may_see_learners(person: Person, cohort: Cohort, teacher_ids: Collection[int]) -> bool:
    """A teacher sees the learners of own cohorts, a coordinator those of the own university."""
    organisation_id = cohort.organisation_id
    if person.has_role(Role.COORDINATOR, organisation_id=organisation_id):
        return True
    return person.id in teacher_ids and person.has_role(Role.TEACHER, organisation_id=organisation_id)


def may_mark(person: Person, organisation_id: int, teacher_ids: Mapping[int, Collection[int]]) -> bool:
    """Who teaches a cohort at a university marks there what no machine can; a coordinator all that it teaches.

    `teacher_ids` are those of the course by the university that teaches it.
    """
    if organisation_id not in teacher_ids:
        return False
    if person.has_role(Role.COORDINATOR, organisation_id=organisation_id):
        return True
    return person.id in teacher_ids[organisation_id] and person.has_role(Role.TEACHER, organisation_id=organisation_id)


def may_discuss(person: Person, cohort: Cohort, enrolment: Enrolment | None, teacher_ids: Collection[int]) -> bool:
    """Who learns in a cohort or teaches it reads and writes its questions; authors of the course as such do not."""
    return enrolment is not None or may_see_learners(person, cohort, teacher_ids)


def may_open_work(person: Person, cohort: Cohort, member_ids: Collection[int], teacher_ids: Collection[int]) -> bool:
    """Those whose work it is, and those who see the learners of its cohort."""
    return person.id in member_ids or may_see_learners(person, cohort, teacher_ids)
