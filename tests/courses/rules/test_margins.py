"""Numbered lines of a text."""

from hypothesis import given
from hypothesis import strategies as st

from courses.rules.margins import can_hold_a_note, numbered


@given(st.text(alphabet="ab \n\r", max_size=60))
def test_lines_are_numbered_without_gaps_and_end_with_words(text):
    lines = numbered(text)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert not lines or not lines[-1].is_empty
    assert "".join("".join(line.text for line in lines).split()) == "".join(text.split())


def test_a_note_stands_beside_a_line_that_says_something():
    text = "eins\r\n\r\ndrei\n"
    assert [can_hold_a_note(text, line) for line in (0, 1, 2, 3, 4)] == [False, True, False, True, False]
