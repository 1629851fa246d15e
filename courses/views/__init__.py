"""Pages of courses. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

from courses.views import (
    allowances,
    announcements,
    borrowed,
    cohorts,
    courses,
    dates,
    discussions,
    enrolments,
    entrance,
    files,
    folders,
    gradebook,
    grading_rules,
    history,
    insight,
    joining,
    lesson_editor,
    lessons,
    moderation,
    modules,
    notes,
    paths,
    prerequisites,
    quiz_editor,
    trash,
    versions,
    workshop,
)
from courses.words import lesson_kind

bp = Blueprint("courses", __name__, template_folder="../templates")
bp.add_app_template_filter(lesson_kind)
for module in (
    allowances,
    announcements,
    borrowed,
    cohorts,
    courses,
    dates,
    discussions,
    enrolments,
    entrance,
    files,
    folders,
    gradebook,
    grading_rules,
    history,
    insight,
    joining,
    lesson_editor,
    lessons,
    moderation,
    modules,
    notes,
    paths,
    prerequisites,
    quiz_editor,
    trash,
    versions,
    workshop,
):
    bp.register_blueprint(module.bp)
