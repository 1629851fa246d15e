"""Pages of courses. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

from courses.views import (
    allowances,
    cohorts,
    courses,
    enrolments,
    folders,
    lesson_editor,
    lessons,
    quiz_editor,
    workshop,
)

bp = Blueprint("courses", __name__, template_folder="../templates")
for module in (courses, lessons, enrolments, workshop, lesson_editor, quiz_editor, allowances, cohorts, folders):
    bp.register_blueprint(module.bp)
