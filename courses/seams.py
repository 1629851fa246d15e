"""What courses offers to the parts that must not import it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app import jobs
from app.accounts.guards import organisations_of
from app.accounts.models import Person, Role
from app.assessment import contexts
from app.assessment.models import Quiz
from app.clock import day_of, received
from app.i18n import language
from app.reference import queries as reference
from app.registry import Deadline, NavEntry, NavLink, NextStep, Panel, PanelView, SkillSource, registry
from app.ui.filters import words
from courses import queries, seams_assignments, services, tasks
from courses.models import QUIZ_OF_LESSON
from courses.policies import AUTHORS, may_mark, studies_at
from courses.queries import discussions
from courses.rules.prerequisites import missing
from courses.rules.recommendation import Recommendation, recommend
from courses.searching import sitemap, sources
from courses.seeds import plant_courses


def init_app(app: Flask) -> None:
    """Offer rail entries, panels, lessons that supply a skill, and what quizzes of lessons need to know."""
    offered = registry(app)
    offered.nav.append(NavEntry(10, _learning_nav))
    offered.nav.append(NavEntry(20, _teaching_nav))
    offered.panels.append(Panel(18, "main", announcements_panel))
    offered.panels.append(Panel(20, "main", learning_panel))
    offered.panels.append(Panel(30, "main", teaching_panel))
    offered.panels.append(Panel(15, "main", answering_panel))
    offered.panels.append(Panel(16, "main", mentions_panel))
    offered.nav.append(NavEntry(70, _notes_nav))
    offered.search_sources.extend(sources())
    offered.sitemaps.append(sitemap())
    offered.skill_sources.append(skill_sources)
    offered.acceptances.append(services.take_seats)
    offered.deadlines.append(deadlines)
    jobs.every_minute(app, tasks.fill_free_seats)
    offered.seeders.append((200, "courses", plant_courses))
    spoken = contexts.QuizContext(
        _may_take, _place, services.quiz_finished, _may_mark, _marked_by, queries.university_of_learner
    )
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


def _notes_nav(person: Any) -> list[NavLink]:
    if not person.is_authenticated or not person.has_role(Role.STUDENT):
        return []
    return [NavLink(_("My notes"), url_for("courses.notes.index"), "edit")]


def answering_panel(person: Any, today: date) -> PanelView | None:
    """Questions that nobody has answered in the cohorts that a teacher teaches, the oldest first."""
    if not person.has_role(Role.TEACHER):
        return None
    rows, count = discussions.unanswered_for(person)
    return PanelView("courses/panels/waiting_questions.html", {"rows": rows, "count": count}) if rows else None


def mentions_panel(person: Any, today: date) -> PanelView | None:
    """Posts that name a person who has not read them."""
    if not person.has_role(Role.STUDENT, *AUTHORS):
        return None
    rows = discussions.unread_mentions(person)
    return PanelView("courses/panels/mentions.html", {"rows": rows}) if rows else None


def learning_panel(person: Any, today: date) -> PanelView | None:
    """What a student is learning, and the lesson that comes next."""
    if not person.has_role(Role.STUDENT):
        return None
    learning = queries.learning_of(person, limit=6)
    current = [one for one in learning if one.enrolment.completed_at is None]
    if not current:
        step = recommended_step(person, today) or NextStep(
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


def recommended_step(person: Any, today: date) -> NextStep | None:
    """The course that would take a student furthest next, and why; None where none adds anything."""
    offers = queries.offers_for(person, studies_at(person, today), today)
    if not offers:
        return None
    levels, completed = queries.levels_shown(person), queries.completed_by(person)
    needed = queries.needed_for_courses([offer.course_id for offer in offers])
    on_paths = queries.next_steps_on_paths(person)
    open_to_them = [
        replace(offer, next_on=tuple(on_paths.get(offer.course_id, ())))
        for offer in offers
        if not missing(needed[offer.course_id], completed, levels)
    ]
    found = recommend(open_to_them, levels, _demand(today))
    if found is None:
        return None
    return NextStep(
        _("Next step"),
        words(queries.course_titles([found.course_id])[found.course_id], "title"),
        _reason(found),
        _("See the course"),
        url_for("courses.courses.show", course_id=found.course_id),
    )


def _demand(today: date) -> Counter[tuple[str, int]]:
    """Open seats by skill and level, of all features that know of any."""
    return sum((Counter(offer(today)) for offer in registry().demands), Counter())


def _reason(found: Recommendation) -> str:
    """Why a course is recommended, in one sentence."""
    gain = found.gain
    skill = reference.skill_names(language()).get(gain.skill, gain.skill) if gain else ""
    if found.path_id is not None:
        path = queries.path_by_id(found.path_id)
        return _("Because it comes next on the path “%(path)s”, which you have begun.", path=words(path, "title"))
    if gain is None:
        return ""
    if gain.has:
        why = _(
            "Because you have shown level %(has)s in %(skill)s, and this course goes up to level %(level)s.",
            has=gain.has,
            skill=skill,
            level=gain.level,
        )
    else:
        why = _(
            "Because you have shown nothing of %(skill)s yet, and this course goes up to level %(level)s.",
            skill=skill,
            level=gain.level,
        )
    if not gain.seats:
        return why
    asked = ngettext("One internship place asks for it.", "%(num)d internship places ask for it.", gain.seats)
    return f"{why} {asked}" if language() == "en" else f"{why}{asked}"


def announcements_panel(person: Any, today: date) -> PanelView | None:
    """What a learner was told and has not read."""
    if not person.has_role(Role.STUDENT):
        return None
    unread = queries.unread_by(person)
    return PanelView("courses/panels/announcements.html", {"unread": unread}) if unread else None


def deadlines(person: Any, since: datetime, until: datetime) -> list[Deadline]:
    """What opens, is due, begins and ends in the cohorts in which somebody learns or teaches."""
    found: list[Deadline] = []
    for is_teaching, role in ((False, Role.STUDENT), (True, Role.TEACHER)):
        if person.has_role(role):
            for lesson in queries.dated_lessons(person, since, until, is_teaching=is_teaching):
                found += _dates_of(lesson, is_teaching, since, until)
            for cohort in queries.dated_cohorts(person, day_of(since), day_of(until), is_teaching=is_teaching):
                found += _days_of(cohort, is_teaching, day_of(since), day_of(until))
    return found


def _dates_of(lesson: queries.DatedLesson, is_teaching: bool, since: datetime, until: datetime) -> list[Deadline]:
    url = (
        url_for("courses.dates.edit", slug=lesson.slug, course_id=lesson.course_id, cohort_id=lesson.cohort_id)
        if is_teaching
        else url_for("courses.lessons.show", course_id=lesson.course_id, position=lesson.position)
    )
    who = "teaching" if is_teaching else "learning"
    here = f"{lesson.cohort_id}-{lesson.lesson_id}-{who}@yangfan"
    quiz = f"{lesson.cohort_id}-{lesson.quiz_id}-{who}@yangfan"
    title, course = words(lesson, "title"), words(lesson, "course_title")
    moments = [
        (f"lesson-opens-{here}", lesson.opens_at, _("Lesson opens"), False),
        (f"lesson-due-{here}", lesson.due_at, _("Due"), True),
        (f"quiz-opens-{quiz}", lesson.quiz_opens_at, _("Quiz opens"), False),
        (f"quiz-closes-{quiz}", lesson.quiz_closes_at, _("Quiz closes"), True),
    ]
    return [
        Deadline(uid, at, kind, title, course, url, is_due=is_due, is_done=lesson.is_done)
        for uid, at, kind, is_due in moments
        if at is not None and since <= at < until
    ]


def _days_of(cohort: queries.DatedCohort, is_teaching: bool, since: date, until: date) -> list[Deadline]:
    url = (
        url_for("courses.cohorts.show", slug=cohort.slug, course_id=cohort.course_id, cohort_id=cohort.cohort_id)
        if is_teaching
        else url_for("courses.courses.show", course_id=cohort.course_id)
    )
    who = "teaching" if is_teaching else "learning"
    days = [
        (f"cohort-begins-{cohort.cohort_id}-{who}@yangfan", cohort.starts_on, _("Course begins")),
        (f"cohort-ends-{cohort.cohort_id}-{who}@yangfan", cohort.ends_on, _("Course ends")),
    ]
    return [
        Deadline(uid, day, kind, words(cohort, "title"), words(cohort, "name"), url)
        for uid, day, kind in days
        if since <= day < until
    ]


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
    """Who is enrolled may take the quiz of a lesson of their version, once it opens and its turn has come."""
    place = queries.place_of_quiz(person, quiz, opened_by=received())
    enrolment = None if place is None else queries.enrolment_in(person, place[0])
    return enrolment is not None and services.is_its_turn(enrolment, quiz.context_id)


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


def _may_mark(person: Person, quiz: Quiz, organisation_id: int) -> bool:
    """Those who teach the course of the lesson that the quiz belongs to or belonged to, at their university."""
    found = queries.lesson_of_quiz(quiz)
    return found is not None and may_mark(person, organisation_id, queries.teacher_ids_by_university(found[1].id))


def _marked_by(person: Person, organisation_id: int, own: bool) -> contexts.Marked | None:
    """What learners of own cohorts answered; for a coordinator those of the whole university, unless only `own`."""
    is_all = not own and person.has_role(Role.COORDINATOR, organisation_id=organisation_id)
    if not is_all and not person.has_role(Role.TEACHER, organisation_id=organisation_id):
        return None
    teacher_id = None if is_all else person.id
    return contexts.Marked(
        queries.quizzes_marked_in(organisation_id, teacher_id),
        partial(queries.learns_quiz_in, organisation_id, teacher_id),
    )
