"""Pages of courses. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

from courses.views import (
    allowances,
    assignment_editor,
    cohorts,
    courses,
    enrolments,
    lesson_editor,
    lessons,
    quiz_editor,
    submission_marking,
    submissions,
    workshop,
)

bp = Blueprint("courses", __name__, template_folder="../templates")
for module in (courses, lessons, enrolments, workshop, lesson_editor, quiz_editor, allowances, cohorts):
    bp.register_blueprint(module.bp)
for module in (assignment_editor, submissions, submission_marking):
    bp.register_blueprint(module.bp)
