"""How often somebody may post, in an application whose limits hold."""

import contextvars

from flask import session
from flask_login import login_user

from tests.accounts.test_limits import visitor  # noqa: F401  # the application whose limits hold


def test_after_sixty_posts_in_an_hour_others_may_still_post(visitor):  # noqa: F811
    def signed_in(email):
        client = visitor("10.0.0.9")
        app = client.application

        def kept():
            from app.accounts.models import Person
            from app.db import db

            with app.test_request_context():
                login_user(db.session.scalars(db.select(Person).where(Person.email == email)).one())
                return dict(session)

        values = contextvars.Context().run(kept)
        with client.session_transaction() as cookie:
            cookie.update(values)
        return client

    student, teacher = signed_in("student@demo.example"), signed_in("university@demo.example")
    path = "/questions/1/answers/"
    answers = [student.post(path, data={"body": "x"}).status_code for _ in range(61)]
    assert answers == [404] * 60 + [429]
    assert student.get("/questions/1/").status_code == 404
    assert teacher.post(path, data={"body": "x"}).status_code == 404
