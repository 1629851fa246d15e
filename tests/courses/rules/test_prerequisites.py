"""Law of what comes before a course."""

from hypothesis import given
from hypothesis import strategies as st

from courses.rules.prerequisites import Needed, makes_a_circle, missing, standings

COURSES, SKILLS = st.integers(1, 6), st.sampled_from(["CC01", "CC02", "LG01"])
NEEDED = st.lists(
    st.one_of(
        st.builds(Needed, st.integers(1, 99), course_id=COURSES),
        st.builds(Needed, st.integers(1, 99), skill=SKILLS, level=st.integers(1, 4)),
    ),
    max_size=6,
)
LEVELS = st.dictionaries(SKILLS, st.integers(0, 4))


def test_a_course_is_met_by_completing_it_and_a_skill_by_showing_the_level():
    needed = [Needed(1, course_id=7), Needed(2, skill="CC02", level=2)]
    assert missing(needed, {7}, {"CC02": 2}) == []
    assert missing(needed, {8}, {"CC02": 1}) == needed
    assert [(one.is_met, one.has) for one in standings(needed, {7}, {"CC02": 1})] == [(True, 0), (False, 1)]
    assert missing([], set(), {}) == []


@given(NEEDED, st.sets(COURSES), LEVELS)
def test_what_is_missing_is_what_does_not_stand(needed, completed, levels):
    found = standings(needed, completed, levels)
    assert [one.needed for one in found] == needed
    assert missing(needed, completed, levels) == [one.needed for one in found if not one.is_met]


@given(NEEDED, st.sets(COURSES), LEVELS, COURSES, SKILLS)
def test_to_learn_more_never_closes_a_course(needed, completed, levels, course, skill):
    more = {**levels, skill: levels.get(skill, 0) + 1}
    fewer = {one.id for one in missing(needed, completed | {course}, more)}
    assert fewer <= {one.id for one in missing(needed, completed, levels)}


@given(st.lists(st.tuples(COURSES, COURSES), max_size=15))
def test_courses_added_without_a_circle_can_be_learnt_in_some_order(wanted):
    kept = set()
    for course, before in wanted:
        if not makes_a_circle(kept, course, before):
            kept.add((course, before))
    done, ahead = set(), set(range(1, 7))
    while ready := {course for course in ahead if all(before in done for one, before in kept if one == course)}:
        done |= ready
        ahead -= ready
    assert not ahead


def test_a_course_never_asks_for_itself():
    assert makes_a_circle([], 1, 1)
    assert makes_a_circle([(2, 3), (3, 1)], 1, 2)
    assert not makes_a_circle([(2, 3), (3, 1)], 4, 2)
