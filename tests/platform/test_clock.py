"""The moment of a request is the one at which all of it was there."""

import io
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.db import utcnow

moments = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


class Body(io.BytesIO):
    """A request's body that tells when it is read."""

    def __init__(self, content, steps):
        super().__init__(content)
        self.steps = steps

    def readinto(self, buffer):
        self.steps.append("body")
        return super().readinto(buffer)

    def read(self, size=-1):
        self.steps.append("body")
        return super().read(size)


def test_the_moment_is_taken_after_the_last_byte(app, monkeypatch):
    steps = []
    monkeypatch.setattr(clock, "utcnow", lambda: steps.append("clock") or utcnow())
    content = b"answer=" + b"a" * 1000
    with app.test_request_context(
        "/", method="POST", input_stream=Body(content, steps), content_length=len(content),
        content_type="application/x-www-form-urlencoded",
    ):  # fmt: skip
        clock._note_receipt()
        first = clock.received()
        assert clock.received() is first
    assert steps[-1] == "clock"
    assert steps.count("clock") == 1
    assert "body" in steps


def test_outside_of_a_request_it_is_now(app):
    before = utcnow()
    assert before <= clock.received() <= utcnow()


@given(moments)
def test_a_moment_and_its_number_say_the_same(moment):
    assert clock.moment_of(clock.microseconds(moment)) == moment
