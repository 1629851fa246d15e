"""Pages of courses. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

from courses.views import (
    allowances,
    cohorts,
    courses,
    discussions,
    enrolments,
    files,
    folders,
    history,
    lesson_editor,
    lessons,
    moderation,
    modules,
    notes,
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
    cohorts,
    courses,
    discussions,
    enrolments,
    files,
    folders,
    history,
    lesson_editor,
    lessons,
    moderation,
    modules,
    notes,
    quiz_editor,
    trash,
    versions,
    workshop,
):
    bp.register_blueprint(module.bp)
