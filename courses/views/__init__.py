"""Pages of courses. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

from courses.views import (
    allowances,
    cohorts,
    courses,
    enrolments,
    gradebook,
    grading_rules,
    insight,
    lesson_editor,
    lessons,
    quiz_editor,
    workshop,
)

bp = Blueprint("courses", __name__, template_folder="../templates")
for module in (courses, lessons, enrolments, workshop, lesson_editor, quiz_editor, allowances, cohorts):
    bp.register_blueprint(module.bp)
for module in (gradebook, grading_rules, insight):
    bp.register_blueprint(module.bp)
