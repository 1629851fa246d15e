"""Words for the values of courses."""

from flask_babel import gettext as _

from courses.models import LessonKind


def lesson_kind(kind: LessonKind) -> str:
    """A lesson's kind in one word."""
    return {
        LessonKind.PAGE: _("Page"),
        LessonKind.VIDEO: _("Video"),
        LessonKind.FILE: _("File"),
        LessonKind.QUIZ: _("Quiz"),
        LessonKind.ASSIGNMENT: _("Assignment"),
        LessonKind.DISCUSSION: _("Discussion"),
    }[kind]
