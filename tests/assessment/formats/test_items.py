"""The sentences of a report."""

import pytest

from app.assessment.formats.items import Note, Reason, remark
from app.assessment.rules.content import Problem
from app.assessment.rules.marking import MarkReason
from app.assessment.words import SENTENCES


@pytest.mark.parametrize("words", [Reason, Note, Problem, MarkReason])
def test_the_catalogue_holds_every_sentence(app, words):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        known = {str(sentence) for sentence in SENTENCES}

    assert {word.value for word in words} <= known


@pytest.mark.parametrize("code", [*Reason, *Note, *Problem])
def test_a_sentence_is_short_whatever_it_quotes(code):
    values = {"text": "x\ny " * 1000, "limit": 3, "type": "t", "count": 2, "name": "n", "skill": "s"}
    needed = {name: value for name, value in values.items() if f"%({name})s" in code.value}
    sentence = remark(code, **needed).sentence

    assert len(sentence) < 160
    assert "\n" not in sentence
    assert "%(" not in sentence
