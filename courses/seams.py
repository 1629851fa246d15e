"""What courses offers to the parts that must not import it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Flask, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.guards import organisations_of
from app.accounts.models import Person, Role
from app.assessment import contexts
from app.assessment.models import Quiz
from app.registry import NavEntry, NavLink, NextStep, Panel, PanelView, SkillSource, registry
from app.ui.filters import words
from courses import queries, seams_assignments, services
from courses.models import QUIZ_OF_LESSON
from courses.policies import AUTHORS, may_mark
from courses.seeds import plant_courses


def init_app(app: Flask) -> None:
    """Offer rail entries, panels, lessons that supply a skill, and what quizzes of lessons need to know."""
    offered = registry(app)
    offered.nav.append(NavEntry(10, _learning_nav))
    offered.nav.append(NavEntry(20, _teaching_nav))
    offered.panels.append(Panel(20, "main", learning_panel))
    offered.panels.append(Panel(30, "main", teaching_panel))
    offered.skill_sources.append(skill_sources)
    offered.acceptances.append(services.take_seats)
    offered.seeders.append((200, "courses", plant_courses))
    spoken = contexts.QuizContext(_may_take, _place, services.quiz_finished, _may_mark, _marked_by)
    contexts.offer(app, QUIZ_OF_LESSON, spoken)
    seams_assignments.init_app(app)


def _learning_nav(person: Any) -> list[NavLink]:
    if not person.is_authenticated or not person.has_role(Role.STUDENT):
        return []
    return [NavLink(_("Courses"), url_for("courses.courses.index"), "courses")]


def _teaching_nav(person: Any) -> list[NavLink]:
    if not person.is_authenticated:
        return []
    return [
        NavLink(_("Our courses"), url_for("courses.workshop.index", slug=organisation.slug), "courses")
        for organisation in organisations_of(person, *AUTHORS)[:1]
    ]


def learning_panel(person: Any, today: date) -> PanelView | None:
    """What a student is learning, and the lesson that comes next."""
    if not person.has_role(Role.STUDENT):
        return None
    learning = queries.learning_of(person, limit=6)
    current = [one for one in learning if one.enrolment.completed_at is None]
    if not current:
        step = NextStep(
            _("Next step"),
            _("Find a course"),
            _("Each lesson says which skills its quiz can show, and at which level."),
            _("See the courses"),
            url_for("courses.courses.index"),
        )
        return PanelView("courses/panels/learning.html" if learning else "", {"learning": learning}, step)
    first = current[0]
    lesson = queries.next_lesson(first.enrolment, first.enrolment.cohort.version_id)
    next_step = None
    if lesson is not None:
        next_step = NextStep(
            _("Next, about %(minutes)s minutes", minutes=lesson.minutes),
            words(lesson, "title"),
            _("Lesson %(number)s of “%(course)s”.", number=lesson.position, course=words(first, "title")),
            _("Go on learning"),
            url_for("courses.lessons.show", course_id=first.course.id, position=lesson.position),
            first.enrolment.lessons_done,
            first.lessons,
        )
    return PanelView("courses/panels/learning.html", {"learning": learning}, next_step)


def teaching_panel(person: Any, today: date) -> PanelView | None:
    """The cohorts that a teacher is teaching now."""
    if not person.has_role(Role.TEACHER):
        return None
    rows = queries.taught_by(person, today)
    return PanelView("courses/panels/teaching.html", {"rows": rows}) if rows else None


def skill_sources(person: Any, codes: Sequence[str]) -> list[SkillSource]:
    """Lessons that would supply skills: the lesson itself for who is enrolled, else the course to enrol in."""
    return [
        SkillSource(
            source.skill_code,
            source.level,
            words(source, "title"),
            url_for("courses.lessons.show", course_id=source.course_id, position=source.position)
            if source.is_enrolled
            else url_for("courses.courses.show", course_id=source.course_id),
            source.minutes,
        )
        for source in queries.sources_of(person, codes)
    ]


def _may_take(person: Person, quiz: Quiz) -> bool:
    """Who is enrolled in the course may take the quiz that its lesson has in the version of their cohort."""
    return queries.place_of_quiz(person, quiz) is not None


def _place(quiz: Quiz) -> contexts.Place:
    found = queries.lesson_of_quiz(quiz)
    if found is None:
        return contexts.Place(words(quiz, "title"), url_for("courses.courses.index"))
    lesson, course = found
    place = queries.place_of_quiz(current_user, quiz) if current_user.is_authenticated else None
    position = place[1] if place is not None else lesson.position
    return contexts.Place(
        words(lesson, "title"), url_for("courses.lessons.show", course_id=course.id, position=position)
    )


def _may_mark(person: Person, quiz: Quiz) -> bool:
    """Those who teach the course of the lesson that the quiz belongs to or belonged to."""
    found = queries.lesson_of_quiz(quiz)
    return found is not None and may_mark(person, found[1], queries.teacher_ids_of(found[1].id))


def _marked_by(person: Person, own: bool) -> sa.Select[int] | None:
    """Quizzes of courses that the person teaches; for a coordinator all of the university's, unless only `own` ones."""
    teaching = {organisation.id for organisation in organisations_of(person, Role.TEACHER)}
    coordinating = set() if own else {organisation.id for organisation in organisations_of(person, Role.COORDINATOR)}
    if not teaching and not coordinating:
        return None
    return queries.quizzes_marked_by(person.id, teaching, coordinating)
