"""Pages of courses. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

from courses.views import (
    allowances,
    cohorts,
    courses,
    discussions,
    enrolments,
    lesson_editor,
    lessons,
    moderation,
    notes,
    quiz_editor,
    workshop,
)

bp = Blueprint("courses", __name__, template_folder="../templates")
for module in (courses, lessons, enrolments, workshop, lesson_editor, quiz_editor, allowances, cohorts):
    bp.register_blueprint(module.bp)
for module in (discussions, moderation, notes):
    bp.register_blueprint(module.bp)
