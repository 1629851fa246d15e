"""People, organisations, memberships, sign-in, and who may reach which view."""

from typing import Any

from flask import Flask


def init_app(app: Flask) -> None:
    """Guard every request, load the signed-in person, register pages and commands."""
    from app.accounts import cli, guards, nav, queries, seams, tasks, views
    from app.extensions import login

    @login.user_loader
    def load(session_id: str) -> Any:
        person_id, _, version = session_id.partition(":")
        person = queries.person_with_memberships(int(person_id)) if person_id.isdecimal() else None
        if person is None or not person.is_active or str(person.session_version) != version:
            return None
        return person

    login.session_protection = None  # a session is bound to the password's version instead of an address
    app.before_request(guards.guard_request)
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.accounts)
    nav.init_app(app)
    tasks.init_app(app)
    seams.init_app(app)
