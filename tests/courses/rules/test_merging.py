"""Texts that two people changed at once: what merges, what clashes, and that nothing is lost or invented."""

from hypothesis import given
from hypothesis import strategies as st

from courses.rules.merging import merge

TEXT = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "\n"]), max_size=12).map("".join)


def test_changes_in_different_places_are_both_kept():
    merged = merge("one\ntwo\nthree\n", "ONE\ntwo\nthree\n", "one\ntwo\nTHREE\n")
    assert merged.is_clean
    assert merged.text == "ONE\ntwo\nTHREE\n"


def test_the_same_line_changed_differently_clashes_and_says_where():
    merged = merge("one\ntwo\nthree\n", "one\nzwei\nthree\n", "one\ndeux\nthree\n")
    [clash] = merged.clashes
    assert (clash.line, clash.base, clash.ours, clash.theirs) == (2, "two\n", "zwei\n", "deux\n")
    assert merged.text == ""


def test_the_same_change_on_both_sides_is_taken_once():
    assert merge("a\nb\nc\n", "a\nX\nc\n", "a\nX\nc\nd\n").text == "a\nX\nc\nd\n"


def test_lines_added_at_one_place_by_both_clash():
    assert not merge("a\n", "a\nmine\n", "a\nyours\n").is_clean


def test_a_line_deleted_here_and_changed_there_clashes():
    assert not merge("a\nb\nc\n", "a\nc\n", "a\nB\nc\n").is_clean


@given(TEXT, TEXT)
def test_who_changed_nothing_gets_the_other_text(base, changed):
    assert merge(base, base, changed).text == changed
    assert merge(base, changed, base).text == changed


@given(TEXT, TEXT, TEXT)
def test_the_sides_are_alike(base, ours, theirs):
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert one.text == other.text
    assert [(clash.line, clash.ours, clash.theirs) for clash in one.clashes] == [
        (clash.line, clash.theirs, clash.ours) for clash in other.clashes
    ]


@given(TEXT, TEXT, TEXT)
def test_no_line_comes_from_nowhere(base, ours, theirs):
    merged = merge(base, ours, theirs)
    known = set(f"{base}\n{ours}\n{theirs}\n".splitlines())
    assert set(merged.text.splitlines()) <= known
