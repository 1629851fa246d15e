"""Two texts side by side."""

from hypothesis import given
from hypothesis import strategies as st

from courses.rules.differences import Change, differences

TEXT = st.lists(st.sampled_from(["a", "b", "c", "", "d e"]), max_size=15).map("\n".join)


def test_equal_texts_differ_nowhere():
    assert differences("a\nb", "a\nb") == []


def test_a_changed_line_stands_between_its_neighbours():
    lines = differences("one\ntwo\nthree", "one\nZWEI\nthree", context=1)
    assert [(line.change, line.before, line.after) for line in lines] == [
        (Change.SAME, "one", "one"),
        (Change.CHANGED, "two", "ZWEI"),
        (Change.SAME, "three", "three"),
    ]
    assert (lines[1].before_number, lines[1].after_number) == (2, 2)


def test_what_is_far_from_changes_is_counted():
    text = "\n".join(str(number) for number in range(20))
    lines = differences(text, text + "\nend", context=2)
    assert (lines[0].change, lines[0].count) == (Change.SKIPPED, 18)
    assert (lines[-1].change, lines[-1].after) == (Change.ADDED, "end")


@given(TEXT, TEXT)
def test_both_texts_can_be_read_off(before, after):
    lines = differences(before, after, context=100)
    if before.splitlines() == after.splitlines():
        assert lines == []
        return
    olds = [line.before for line in lines if line.change is not Change.ADDED]
    news = [line.after for line in lines if line.change is not Change.REMOVED]
    assert olds == before.splitlines()
    assert news == after.splitlines()
