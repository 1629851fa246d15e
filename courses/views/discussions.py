"""Questions about lessons: lists, a question with its answers, asking, answering, editing, accepting."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import signed_in
from app.clock import received
from app.db import db, utcnow
from app.errors import Refused
from app.extensions import limiter
from app.ui.filters import words
from courses import policies, queries
from courses.forms.discussions import AnswerForm, QuestionForm, ReasonForm
from courses.models import Cohort, Course, Enrolment, Lesson, LessonKind, LessonRevision, Post
from courses.queries import discussions as found
from courses.queries import notes
from courses.queries.discussions import FOR_TEACHERS, Show
from courses.rules.mentions import without_numbers
from courses.services import discussions, require_readable

bp = Blueprint("discussions", __name__)
PER_PAGE = 20


@dataclass(frozen=True)
class Here:
    """A cohort as its reader stands to it: those who moderate teach it, or coordinate where it is taught."""

    cohort: Cohort
    moderates: bool
    lines: list[queries.VersionLine]
    enrolment: Enrolment | None

    def line(self, lesson_id: int) -> queries.VersionLine | None:
        """A lesson in the version that the cohort learns."""
        return next((line for line in self.lines if line.lesson_id == lesson_id), None)


def here(cohort_id: int) -> Here:
    """The cohort, if the signed-in person takes part in its discussions; else 404."""
    cohort = queries.cohort_by_id(cohort_id) or abort(404)
    teacher_ids = [teacher.person_id for teacher in queries.teachers_of(cohort.id)]
    enrolment = found.enrolment_in_cohort(current_user.id, cohort.id)
    if not policies.may_discuss(current_user, cohort, enrolment, teacher_ids):
        abort(404)
    lines = queries.lines_of_version(cohort.version_id) if cohort.version_id is not None else []
    return Here(cohort, policies.may_see_learners(current_user, cohort, teacher_ids), lines, enrolment)


def post_for(post_id: int) -> tuple[Post, Here]:
    """A post of a cohort in which the signed-in person takes part, which they may read or see that it is hidden."""
    post = found.post_by_id(post_id) or abort(404)
    return post, here(post.cohort_id)


def question_for(post_id: int) -> tuple[Post, Here]:
    """A question; else 404."""
    post, place = post_for(post_id)
    return (post, place) if post.parent_id is None else abort(404)


def few_posts(view: Any) -> Any:
    """Sixty posts in an hour, from one person."""
    return limiter.limit("60 per hour", methods=["POST"], key_func=lambda: f"posts {current_user.get_id()}")(view)


def address_of(post: Post) -> str:
    """Where a post is read: its question, at the post."""
    return url_for("courses.discussions.show", post_id=post.parent_id or post.id, _anchor=f"p{post.id}")


# Lists


@bp.route("/cohorts/<int:cohort_id>/questions/")
@signed_in
def index(cohort_id: int) -> str:
    """The questions of a cohort: all, of one lesson, unanswered, own; for teachers hidden and reported ones too."""
    place = here(cohort_id)
    wanted = request.args.get("show", "")
    show = Show(wanted) if wanted in tuple(Show) else Show.ALL
    if show in FOR_TEACHERS and not place.moderates:
        abort(404)
    line = place.line(request.args.get("lesson", 0, type=int))
    lesson_id = line.lesson_id if line else None
    page = db.paginate(
        found.questions_in(cohort_id, current_user.id, place.moderates, lesson_id=lesson_id, show=show),
        per_page=PER_PAGE,
        max_per_page=PER_PAGE,
        error_out=False,
    )
    labels = {
        Show.ALL: _("All"),
        Show.UNANSWERED: _("Unanswered"),
        Show.MINE: _("Mine"),
        Show.HIDDEN: _("Hidden or deleted"),
        Show.REPORTED: _("Reported"),
    }
    tabs = [
        {
            "label": label,
            "url": url_for(".index", cohort_id=cohort_id, show=name.value or None, lesson=lesson_id),
            "current": name is show,
        }
        for name, label in labels.items()
        if place.moderates or name not in FOR_TEACHERS
    ]
    return render_template(
        "courses/discussions/index.html",
        place=place,
        line=line,
        show=show,
        tabs=tabs,
        lesson_choices=[(each.lesson_id, words(each, "title")) for each in place.lines],
        line_of={each.lesson_id: each for each in place.lines},
        page=page,
        answers=found.answers_per_question([post.id for post in page.items]),
    )


def beside_lesson(
    course: Course, lesson: Lesson | LessonRevision, lesson_id: int, enrolment: Enrolment | None
) -> dict[str, Any]:
    """What a lesson's page shows of its questions (of the learner's cohort) and of the reader's own note."""
    beside: dict[str, Any] = {
        "note": notes.note_of(current_user.id, lesson_id),
        "now": utcnow(),
        "cohort_id": None,
    }
    if enrolment is None:
        return beside
    beside |= {"cohort_id": enrolment.cohort_id, "is_discussion": lesson.kind is LessonKind.DISCUSSION}
    if not beside["is_discussion"]:
        return beside | {"count": found.count_questions(enrolment.cohort_id, lesson_id)}
    page = db.paginate(
        found.questions_in(enrolment.cohort_id, current_user.id, False, lesson_id=lesson_id),
        page=1,
        per_page=PER_PAGE,
        error_out=False,
    )
    return beside | {
        "page": page,
        "count": page.total,
        "answers": found.answers_per_question([post.id for post in page.items]),
    }


# A question


@bp.route("/cohorts/<int:cohort_id>/lessons/<int:lesson_id>/questions/new/", methods=["GET", "POST"])
@signed_in
@few_posts
def new(cohort_id: int, lesson_id: int) -> Any:
    """Ask about a lesson; in a lesson of discussion, write what it asks for."""
    place = here(cohort_id)
    line = place.line(lesson_id) or abort(404)
    lesson = queries.lesson_in_version(place.cohort.version_id, lesson_id) or abort(404)
    form, problem = QuestionForm(), ""
    if form.validate_on_submit():
        try:
            if place.enrolment is not None:
                require_readable(place.enrolment, lesson_id, received())
            post = discussions.ask(
                place.cohort,
                lesson_id,
                current_user.id,
                form.title.data,
                form.body.data,
                utcnow(),
                is_taught=place.moderates,
                token=form.token.data,
            )
        except Refused as refusal:
            db.session.rollback()
            problem = refusal.sentence()
        else:
            db.session.commit()
            return redirect(address_of(post), 303)
    return render_template(
        "courses/discussions/edit.html",
        place=place,
        line=line,
        is_discussion=lesson.kind is LessonKind.DISCUSSION,
        post=None,
        form=form,
        problem=problem,
        members=found.members_of(cohort_id),
    )


@bp.route("/questions/<int:post_id>/")
@signed_in
def show(post_id: int) -> str:
    """A question with its answers. What names the reader here is read with it."""
    question, place = question_for(post_id)
    shown = _question_page(question, place, AnswerForm(None))
    if found.unread_in(current_user.id, [post_id, *(post.id for post in found.answers_to(question))]):
        # In a transaction of its own that begins by writing: on SQLite one that has read would have to wait in vain.
        person_id = current_user.id
        db.session.commit()
        discussions.read_mentions(person_id, post_id, utcnow())
        db.session.commit()
    return shown


@bp.route("/questions/<int:post_id>/answers/", methods=["POST"])
@signed_in
@few_posts
def answer(post_id: int) -> Any:
    """Answer a question."""
    question, place = question_for(post_id)
    form, problem = AnswerForm(), ""
    if form.validate_on_submit():
        try:
            post = discussions.answer(
                question,
                current_user.id,
                form.body.data,
                utcnow(),
                is_taught=place.moderates,
                token=form.token.data,
            )
        except Refused as refusal:
            db.session.rollback()
            problem = refusal.sentence()
        else:
            db.session.commit()
            return redirect(address_of(post), 303)
    return _question_page(question, place, form, problem)


def _question_page(question: Post, place: Here, form: AnswerForm, problem: str = "") -> str:
    answers = found.answers_to(question)
    reader_id, moderates = current_user.id, place.moderates
    shown = [post for post in answers if post.hidden_at is not None or post.is_readable_by(reader_id, moderates)]
    if question.deleted_at and not question.is_readable_by(reader_id, moderates) and not shown:
        abort(404)
    posts = [question, *shown]
    ids = [post.id for post in posts]
    names = found.named_in_posts(ids)
    return render_template(
        "courses/discussions/show.html",
        place=place,
        line=place.line(question.lesson_id),
        question=question,
        answers=shown,
        may_accept=moderates or question.author_id == reader_id,
        takes_answers=question.is_shown and question.closed_at is None,
        names=names,
        bodies={post.id: without_numbers(post.body, names) for post in posts},
        earlier=found.earlier_texts([post.id for post in posts if moderates or post.author_id == reader_id]),
        reports=found.open_reports(ids) if moderates else {},
        reported=found.reported_by(reader_id, ids),
        now=utcnow(),
        form=form,
        reason_form=ReasonForm(None),
        problem=problem,
        members=found.members_of(place.cohort.id),
    )


@bp.route("/posts/<int:post_id>/edit/", methods=["GET", "POST"])
@signed_in
@few_posts
def edit(post_id: int) -> Any:
    """Say something else in an own post."""
    post, place = own_post(post_id)
    if not post.is_shown:
        abort(404)
    form: AnswerForm = QuestionForm(obj=post) if post.parent_id is None else AnswerForm(obj=post)
    problem = ""
    if form.validate_on_submit():
        title = form.title.data if isinstance(form, QuestionForm) else ""
        try:
            discussions.edit(post, title, form.body.data, utcnow())
        except Refused as refusal:
            db.session.rollback()
            problem = refusal.sentence()
        else:
            db.session.commit()
            return redirect(address_of(post), 303)
    return render_template(
        "courses/discussions/edit.html",
        place=place,
        line=place.line(post.lesson_id),
        is_discussion=False,
        post=post,
        form=form,
        problem=problem,
        members=found.members_of(place.cohort.id),
    )


@bp.route("/posts/<int:post_id>/deletion/", methods=["POST"])
@signed_in
def delete(post_id: int) -> Response:
    """Take an own post away."""
    post, _place = own_post(post_id)
    discussions.delete(post, current_user.id, utcnow())
    db.session.commit()
    flash(_("Your post is deleted. You can bring it back for 30 days."), "success")
    return redirect(address_of(post), 303)


@bp.route("/posts/<int:post_id>/restoration/", methods=["POST"])
@signed_in
def restore(post_id: int) -> Response:
    """Bring an own post back."""
    post, _place = own_post(post_id)
    discussions.restore(post, current_user.id, utcnow())
    db.session.commit()
    return redirect(address_of(post), 303)


def own_post(post_id: int) -> tuple[Post, Here]:
    """A post that the signed-in person wrote; else 404."""
    post, place = post_for(post_id)
    return (post, place) if post.author_id == current_user.id else abort(404)


@bp.route("/posts/<int:post_id>/acceptance/", methods=["POST"])
@signed_in
def accept(post_id: int) -> Response:
    """This answer settles its question: the asker or a teacher says so."""
    post, question = _answer_to_settle(post_id)
    discussions.accept(question, post, current_user.id)
    db.session.commit()
    return redirect(address_of(post), 303)


@bp.route("/posts/<int:post_id>/acceptance/deletion/", methods=["POST"])
@signed_in
def withdraw_acceptance(post_id: int) -> Response:
    """It does not, after all."""
    post, question = _answer_to_settle(post_id)
    if question.accepted_id == post.id:
        discussions.withdraw_acceptance(question, current_user.id)
        db.session.commit()
    return redirect(address_of(post), 303)


def _answer_to_settle(post_id: int) -> tuple[Post, Post]:
    post, place = post_for(post_id)
    question = found.post_by_id(post.parent_id) if post.parent_id is not None else None
    if question is None or not (place.moderates or question.author_id == current_user.id):
        abort(404)
    return post, question
