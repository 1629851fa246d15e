"""Pages of courses. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

from courses.views import (
    allowances,
    announcements,
    borrowed,
    cohorts,
    courses,
    dates,
    enrolments,
    entrance,
    joining,
    lesson_editor,
    lessons,
    paths,
    prerequisites,
    quiz_editor,
    workshop,
)

bp = Blueprint("courses", __name__, template_folder="../templates")
for module in (courses, lessons, enrolments, workshop, lesson_editor, quiz_editor, allowances, cohorts):
    bp.register_blueprint(module.bp)
for module in (borrowed, joining, entrance, dates, announcements, prerequisites, paths):
    bp.register_blueprint(module.bp)
