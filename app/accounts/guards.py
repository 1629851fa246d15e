"""Who may reach a view. Closed by default: a view without an audience answers nobody, and fails the build."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from app.accounts.models import Organisation, Person, Role
from app.clock import today

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
SIGNED_IN = "signed in"


def public(view: View) -> View:
    """Anyone may, signed in or not."""
    view.__audience__ = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anyone who is signed in may; the view asks the rest of its object."""
    view.__audience__ = SIGNED_IN  # type: ignore[attr-defined]
    return view


def roles(*wanted: Role) -> Callable[[View], View]:
    """Only people who are one of `wanted` somewhere may; the object's organisation decides the rest."""

    def mark(view: View) -> View:
        view.__audience__ = frozenset(Role(role) for role in wanted)  # type: ignore[attr-defined]
        return view

    return mark


def audience_of(app: Flask, endpoint: str) -> str | frozenset[Role] | None:
    """Who may reach `endpoint`: PUBLIC, SIGNED_IN, a set of roles, or None where nobody has said."""
    if endpoint.endswith(".static"):
        return PUBLIC
    return getattr(app.view_functions[endpoint], "__audience__", None)


def guard_request() -> Response | None:
    """Before each request: let in, send to sign in, or answer 404."""
    if request.endpoint is None:
        return None
    audience = audience_of(current_app, request.endpoint)
    if audience == PUBLIC:
        return None
    if audience is None:
        abort(404)
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sessions.new", next=request.full_path.rstrip("?")), 303)
    if audience != SIGNED_IN and not current_user.has_role(*audience):
        abort(404)
    return None


def me() -> Person:
    """The signed-in person itself, where the stand-in of flask-login will not do: as the subject of an act."""
    person: Person = current_user._get_current_object()
    return person


def begin_session(person: Person) -> None:
    """Sign `person` in with a session of its own: nothing that was put into the browser before survives."""
    session.clear()
    login_user(person)


def authorize(question: Callable[..., bool], *objects: Any) -> None:
    """Ask a policy about the signed-in person and `objects`; a stranger learns not even that the thing exists."""
    if not question(current_user, *objects):
        abort(404)


def organisation_for(slug: str, *wanted: Role) -> Organisation:
    """The organisation at `slug`, if the signed-in person is one of `wanted` in it today; else 404."""
    person: Person = current_user
    for membership in person.current(today()):
        if membership.organisation.slug == slug and (not wanted or membership.role in wanted):
            return membership.organisation
    abort(404)


def organisations_of(person: Person, *wanted: Role) -> list[Organisation]:
    """The organisations in which `person` is one of `wanted` today."""
    found = {m.organisation.id: m.organisation for m in person.current(today()) if m.role in wanted}
    return list(found.values())
