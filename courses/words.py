"""Words for the values of courses."""

from collections.abc import Mapping

from flask_babel import gettext as _
from markupsafe import Markup

from courses.models import LessonKind
from courses.rules.mentions import marked


def with_mentions(html: Markup, names: Mapping[int, str]) -> Markup:
    """A text of a post, as HTML, in which the people whom it names are marked."""
    return Markup(marked(str(html), names))  # noqa: S704, what was safe stays so: only marks come in


def lesson_kind(kind: LessonKind) -> str:
    """A lesson's kind in one word."""
    return {
        LessonKind.PAGE: _("Page"),
        LessonKind.VIDEO: _("Video"),
        LessonKind.FILE: _("Files"),
        LessonKind.QUIZ: _("Quiz"),
        LessonKind.ASSIGNMENT: _("Assignment"),
        LessonKind.DISCUSSION: _("Discussion"),
    }[kind]
