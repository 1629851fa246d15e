"""What courses offers to the search: which kinds of things, who may find them, where they are read."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from app.accounts.models import Role
from app.db import utcnow
from app.registry import SearchSource, Sitemap
from app.search.models import SearchEntry
from courses.policies import AUTHORS
from courses.queries import searching as queries
from courses.services import searching as index


def sources() -> list[SearchSource]:
    """Courses for everybody, lessons and questions for those who read them, notes for those who wrote them."""
    return [
        SearchSource(
            index.COURSE,
            lambda: _("Courses"),
            "courses",
            lambda person: SearchEntry.kind == index.COURSE,
            lambda entry: url_for("courses.courses.show", course_id=entry.object_id),
            index.courses_to_find,
        ),
        SearchSource(
            index.LESSON,
            lambda: _("Lesson texts"),
            "book",
            _lessons_of,
            lambda entry: url_for("courses.notes.lesson", lesson_id=entry.object_id),
            index.lessons_to_find,
        ),
        SearchSource(
            index.QUESTION,
            lambda: _("Questions and answers"),
            "help",
            _questions_of,
            lambda entry: url_for("courses.discussions.show", post_id=entry.object_id),
            index.questions_to_find,
        ),
        SearchSource(
            index.NOTE,
            lambda: _("My notes"),
            "edit",
            _notes_of,
            lambda entry: url_for("courses.notes.lesson", lesson_id=entry.place["lesson_id"], _anchor="note"),
            index.notes_to_find,
        ),
    ]


def _organisations(person: Any, *roles: Role) -> set[int]:
    return {one.organisation_id for one in person.memberships if one.role in roles and one.left_on is None}


def _lessons_of(person: Any) -> sa.ColumnElement[bool] | None:
    if not person.is_authenticated:
        return None
    read = queries.revisions_read_by(person.id, _organisations(person, *AUTHORS), utcnow())
    return sa.and_(SearchEntry.scope == index.REVISION, SearchEntry.scope_id.in_(read))


def _questions_of(person: Any) -> sa.ColumnElement[bool] | None:
    if not person.is_authenticated:
        return None
    coordinating = _organisations(person, Role.COORDINATOR)
    read = queries.cohorts_discussed_by(person.id, _organisations(person, Role.TEACHER), coordinating)
    return sa.and_(SearchEntry.scope == index.COHORT, SearchEntry.scope_id.in_(read))


def _notes_of(person: Any) -> sa.ColumnElement[bool] | None:
    if not person.is_authenticated:
        return None
    return sa.and_(SearchEntry.scope == index.PERSON, SearchEntry.scope_id == person.id)


def sitemap() -> Sitemap:
    """Courses for the search engines outside."""
    return Sitemap("courses", _pages, queries.course_after)


def _pages(after: int, count: int) -> list[tuple[int, str, datetime | None]]:
    return [
        (course_id, url_for("courses.courses.show", course_id=course_id, _external=True), None)
        for course_id in queries.courses_for_sitemap(after, count)
    ]
