"""What teachers of a cohort do about posts, and how learners call them."""

from flask import Blueprint, abort, flash, redirect
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import signed_in
from app.db import db, utcnow
from courses.forms.discussions import ReasonForm
from courses.models import Post
from courses.services import discussions
from courses.views.discussions import address_of, few_posts, post_for, question_for

bp = Blueprint("moderation", __name__)


@bp.route("/posts/<int:post_id>/reports/", methods=["POST"])
@signed_in
@few_posts
def report(post_id: int) -> Response:
    """Object to a post."""
    post, place = post_for(post_id)
    if not post.is_readable_by(current_user.id, place.moderates) or post.author_id == current_user.id:
        abort(404)
    form = ReasonForm()
    if not form.validate_on_submit():
        flash(_("Say in up to 300 characters why."), "error")
    elif discussions.report(post, current_user.id, form.because.data, utcnow()):
        db.session.commit()
        flash(_("Those who teach here will look at it. Thank you."), "success")
    else:
        flash(_("You have reported this already."), "info")
    return redirect(address_of(post), 303)


@bp.route("/posts/<int:post_id>/reports/settlement/", methods=["POST"])
@signed_in
def settle(post_id: int) -> Response:
    """Leave a post as it is, in spite of what people object."""
    post = _moderated(post_id)
    discussions.settle_reports(post, current_user.id, utcnow())
    db.session.commit()
    return redirect(address_of(post), 303)


@bp.route("/posts/<int:post_id>/hiding/", methods=["POST"])
@signed_in
def hide(post_id: int) -> Response:
    """Let nobody but its author and teachers read a post."""
    post = _moderated(post_id)
    form = ReasonForm()
    if form.validate_on_submit():
        discussions.hide(post, current_user.id, form.because.data, utcnow())
        db.session.commit()
    else:
        flash(_("Say in up to 300 characters why; its author will read it."), "error")
    return redirect(address_of(post), 303)


@bp.route("/posts/<int:post_id>/hiding/deletion/", methods=["POST"])
@signed_in
def unhide(post_id: int) -> Response:
    """Let everybody read it again."""
    post = _moderated(post_id)
    discussions.unhide(post, current_user.id, utcnow())
    db.session.commit()
    return redirect(address_of(post), 303)


@bp.route("/questions/<int:post_id>/closure/", methods=["POST"])
@signed_in
def close(post_id: int) -> Response:
    """Take no more answers."""
    question = _moderated_question(post_id)
    discussions.close(question, current_user.id, utcnow())
    db.session.commit()
    return redirect(address_of(question), 303)


@bp.route("/questions/<int:post_id>/closure/deletion/", methods=["POST"])
@signed_in
def reopen(post_id: int) -> Response:
    """Take answers again."""
    question = _moderated_question(post_id)
    discussions.reopen(question, current_user.id)
    db.session.commit()
    return redirect(address_of(question), 303)


def _moderated(post_id: int) -> Post:
    post, place = post_for(post_id)
    return post if place.moderates else abort(404)


def _moderated_question(post_id: int) -> Post:
    question, place = question_for(post_id)
    return question if place.moderates else abort(404)
