"""Verbs of discussion: ask, answer, edit, accept, name somebody, object, moderate. Nothing here commits."""

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects import postgresql, sqlite

from app import audit
from app.db import db
from app.errors import Refused
from courses import queries
from courses.models import Cohort, Enrolment, LessonDone, LessonKind, Mention, Post, PostReport, PostText
from courses.queries import discussions as found
from courses.rules.mentions import Named, named_in
from courses.services.learning import complete_lesson
from courses.services.searching import index_question


class QuestionClosed(Refused):
    message = _l("This question is closed; it takes no more answers.")


class PostGone(Refused):
    message = _l("This post has been hidden or deleted meanwhile.")


class NotItsAnswer(Refused):
    message = _l("Only an answer that everybody can read can be accepted.")


class TooLateToRestore(Refused):
    message = _l("What was deleted can be brought back for 30 days; they are over.")


class NameAmbiguous(Refused):
    message = _l("Several people here are called %(name)s. Write one of: %(choices)s.")


def ask(
    cohort: Cohort,
    lesson_id: int,
    author_id: int,
    title: str,
    body: str,
    now: datetime,
    *,
    is_taught: bool = False,
    token: str = "",
) -> Post:
    """A question about a lesson of a cohort; sent twice with one token it is posted once. Raises NameAmbiguous."""
    post = Post(cohort_id=cohort.id, lesson_id=lesson_id, author_id=author_id, title=title, body=body)
    post.is_taught, post.created_at = is_taught, now
    return _keep(post, token, now)


def answer(
    question: Post, author_id: int, body: str, now: datetime, *, is_taught: bool = False, token: str = ""
) -> Post:
    """An answer to a question; sent twice with one token it is posted once.

    Raises QuestionClosed, PostGone and NameAmbiguous.
    """
    _lock(question)
    if not question.is_shown:
        raise PostGone
    if question.closed_at is not None:
        raise QuestionClosed
    post = Post(cohort_id=question.cohort_id, lesson_id=question.lesson_id, parent_id=question.id, title="", body=body)
    post.author_id, post.is_taught, post.created_at = author_id, is_taught, now
    return _keep(post, token, now)


def _keep(post: Post, token: str, now: datetime) -> Post:
    """Insert a post once. What was changed before it was sent again is something else, and is not lost."""
    named = _named(post)
    told = (
        token or now.isoformat(),
        post.author_id,
        post.cohort_id,
        post.lesson_id,
        post.parent_id,
        post.title,
        post.body,
    )
    key = hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()
    names = ("cohort_id", "lesson_id", "parent_id", "author_id", "title", "body", "is_taught", "created_at")
    row = {name: getattr(post, name) for name in names}
    adding = _insert()(Post).values(**row, unique_key=key).on_conflict_do_nothing().returning(Post.id)
    is_new = db.session.execute(adding).first() is not None
    kept = found.post_sent_as(key)
    assert kept is not None  # noqa: S101, it was there or has just been inserted
    if is_new:
        _mention(kept, named)
        _indexed(kept)
        _count(kept, now)
    return kept


def _insert() -> Any:
    return postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert


def edit(post: Post, title: str, body: str, now: datetime) -> None:
    """Say something else; what was said before is kept. Raises PostGone and NameAmbiguous."""
    _lock(post)
    if not post.is_shown:
        raise PostGone
    if (post.title, post.body) == (title, body):
        return
    before = PostText(post_id=post.id, title=post.title, body=post.body, replaced_at=now)
    post.title, post.body, post.edited_at = title, body, now
    named = _named(post)
    db.session.add(before)
    _mention(post, named)
    _record("post.edit", post, post.author_id)
    _indexed(post)


def _lock(post: Post) -> None:
    db.session.execute(sa.select(Post.id).where(Post.id == post.id).with_for_update())
    db.session.refresh(post, ["title", "body", "accepted_id", "closed_at", "hidden_at", "deleted_at"])


def _record(action: str, post: Post, actor_id: int, **details: object) -> None:
    organisation_id = db.session.scalar(sa.select(Cohort.organisation_id).where(Cohort.id == post.cohort_id))
    audit.record(action, post, actor_id=actor_id, organisation_id=organisation_id, **details)


def _indexed(post: Post) -> None:
    """What a post changes about its question in the search."""
    db.session.flush()
    question = found.post_by_id(post.parent_id or post.id)
    if question is not None:
        index_question(question)


# Names


def _named(post: Post) -> Named:
    """Whom a post names. Raises NameAmbiguous with what to write instead."""
    with db.session.no_autoflush:
        members = found.members_of(post.cohort_id)
        named = named_in(f"{post.title}\n{post.body}", members)
        for name, ids in named.ambiguous.items():
            teachers = {teacher.person_id for teacher in queries.teachers_of(post.cohort_id)}
            choices = [f"@{members[key]}#{key} ({_('teacher') if key in teachers else _('learner')})" for key in ids]
            raise NameAmbiguous(name=name, choices=_(", ").join(choices))
    return named


def _mention(post: Post, named: Named) -> None:
    """Note who is named now; who was named before and has read it need not read it again."""
    had = found.mentions_of(post.id)
    for person_id, mention in had.items():
        if person_id not in named.people:
            db.session.delete(mention)
    for person_id in named.people - had.keys() - {post.author_id}:
        db.session.add(Mention(post_id=post.id, person_id=person_id))
    db.session.flush()


def read_mentions(person_id: int, question_id: int, now: datetime) -> None:
    """Somebody has a question with its answers before them: what names them there is read."""
    of_question = sa.select(Post.id).where(sa.or_(Post.id == question_id, Post.parent_id == question_id))
    db.session.execute(
        sa.update(Mention)
        .where(Mention.person_id == person_id, Mention.read_at.is_(None), Mention.post_id.in_(of_question))
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


# Lessons that are discussed


def _count(post: Post, now: datetime) -> None:
    """A lesson of discussion is completed by an own post that everybody can read, and as long as there is one.

    A course that was completed stays so: its certificate is given.
    """
    enrolment = found.enrolment_in_cohort(post.author_id, post.cohort_id)
    cohort = queries.cohort_by_id(post.cohort_id)
    if enrolment is None or cohort is None:
        return
    lesson = queries.lesson_in_version(cohort.version_id, post.lesson_id)
    if lesson is None or lesson.kind is not LessonKind.DISCUSSION:
        return
    if found.has_posted(post.author_id, post.cohort_id, post.lesson_id):
        complete_lesson(enrolment, post.lesson_id, cohort.course, now)
    elif enrolment.completed_at is None:
        _take_back(enrolment, post.lesson_id)


def _take_back(enrolment: Enrolment, lesson_id: int) -> None:
    done = sa.delete(LessonDone).where(LessonDone.enrolment_id == enrolment.id, LessonDone.lesson_id == lesson_id)
    if db.session.execute(done.returning(LessonDone.lesson_id)).first() is not None:
        enrolment.lessons_done = Enrolment.lessons_done - 1
        db.session.flush()


# Deleting and bringing back


def delete(post: Post, actor_id: int, now: datetime) -> None:
    """Take an own post away; teachers still see it, and it can be brought back for thirty days."""
    _lock(post)
    if post.deleted_at is not None:
        return
    post.deleted_at = now
    if post.parent_id is not None:
        _forget_acceptance(post)
    _record("post.delete", post, actor_id)
    _indexed(post)
    _count(post, now)


def restore(post: Post, actor_id: int, now: datetime) -> None:
    """Bring an own post back. Raises TooLateToRestore."""
    _lock(post)
    if post.deleted_at is None:
        return
    if not post.may_come_back(now):
        raise TooLateToRestore
    post.deleted_at = None
    _record("post.restore", post, actor_id)
    _indexed(post)
    _count(post, now)


def _forget_acceptance(post: Post) -> None:
    db.session.execute(sa.update(Post).where(Post.accepted_id == post.id).values(accepted_id=None))


# Accepting


def accept(question: Post, answer: Post, actor_id: int) -> None:
    """This answer settles the question; one at a time. Raises NotItsAnswer."""
    _lock(question)
    if answer.parent_id != question.id or not answer.is_shown or not question.is_shown:
        raise NotItsAnswer
    if question.accepted_id == answer.id:
        return
    question.accepted_id = answer.id
    _record("question.accept", question, actor_id, answer=answer.id)


def withdraw_acceptance(question: Post, actor_id: int) -> None:
    """No answer settles the question any more."""
    _lock(question)
    if question.accepted_id is None:
        return
    before, question.accepted_id = question.accepted_id, None
    _record("question.withdraw_acceptance", question, actor_id, answer=before)


# Moderation


def report(post: Post, person_id: int, because: str, now: datetime) -> bool:
    """Object to a post, once a person; returns whether this was the first time."""
    row = {"post_id": post.id, "person_id": person_id, "because": because, "reported_at": now}
    adding = _insert()(PostReport).values(**row).on_conflict_do_nothing().returning(PostReport.post_id)
    is_new = db.session.execute(adding).first() is not None
    if is_new:
        _record("post.report", post, person_id)
    return is_new


def settle_reports(post: Post, actor_id: int, now: datetime) -> None:
    """A teacher has looked at what people object to."""
    settling = (
        sa.update(PostReport)
        .where(PostReport.post_id == post.id, PostReport.settled_at.is_(None))
        .values(settled_at=now, settled_by_id=actor_id)
        .execution_options(synchronize_session=False)
        .returning(PostReport.person_id)
    )
    if settled := len(db.session.execute(settling).all()):
        _record("post.settle_reports", post, actor_id, reports=settled)


def hide(post: Post, actor_id: int, because: str, now: datetime) -> None:
    """Let nobody but its author and the teachers read a post; the author reads why."""
    _lock(post)
    if post.hidden_at is not None:
        return
    post.hidden_at, post.hidden_by_id, post.hidden_because = now, actor_id, because
    if post.parent_id is not None:
        _forget_acceptance(post)
    _record("post.hide", post, actor_id, because=because)
    settle_reports(post, actor_id, now)
    _indexed(post)
    _count(post, now)


def unhide(post: Post, actor_id: int, now: datetime) -> None:
    """Let everybody in the cohort read a post again."""
    _lock(post)
    if post.hidden_at is None:
        return
    post.hidden_at, post.hidden_by_id, post.hidden_because = None, None, ""
    _record("post.unhide", post, actor_id)
    _indexed(post)
    _count(post, now)


def close(question: Post, actor_id: int, now: datetime) -> None:
    """Take no more answers."""
    _lock(question)
    if question.closed_at is None:
        question.closed_at = now
        _record("question.close", question, actor_id)


def reopen(question: Post, actor_id: int) -> None:
    """Take answers again."""
    _lock(question)
    if question.closed_at is not None:
        question.closed_at = None
        _record("question.reopen", question, actor_id)
