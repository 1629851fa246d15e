"""Law of the course that is recommended next."""

from hypothesis import given
from hypothesis import strategies as st

from courses.rules.recommendation import Gain, Offered, Recommendation, gains_of, recommend

SKILLS = st.sampled_from(["CC01", "CC02", "LG01", "MR01"])
LEVELS = st.dictionaries(SKILLS, st.integers(0, 4))
OFFERS = st.lists(
    st.builds(
        Offered,
        st.integers(1, 20),
        st.dictionaries(SKILLS, st.integers(1, 4), max_size=3),
        st.lists(st.integers(1, 3), max_size=2, unique=True),
    ),
    max_size=6,
    unique_by=lambda offer: offer.course_id,
)


def test_what_is_begun_goes_before_what_was_never_shown():
    offers = [Offered(1, {"MR01": 4}), Offered(2, {"CC02": 3})]
    assert recommend(offers, {"CC02": 1}) == Recommendation(2, Gain("CC02", 1, 3))


def test_of_two_the_larger_step_is_recommended_and_of_equals_the_older_course():
    assert recommend([Offered(1, {"CC02": 2}), Offered(2, {"CC02": 3})], {"CC02": 1}).course_id == 2
    assert recommend([Offered(5, {"CC02": 3}), Offered(4, {"LG01": 3})], {}).course_id == 4


def test_the_next_step_of_a_path_that_was_begun_comes_first():
    offers = [Offered(1, {"CC02": 4}), Offered(2, {"LG01": 1}, next_on=(9,))]
    assert recommend(offers, {"CC02": 1, "LG01": 2}) == Recommendation(2, None, 9)


def test_nothing_is_recommended_that_adds_nothing():
    assert recommend([Offered(1, {"CC02": 2})], {"CC02": 2}) is None
    assert recommend([], {}) is None


@given(OFFERS, LEVELS)
def test_a_recommendation_says_truly_what_it_adds(offers, levels):
    found = recommend(offers, levels)
    if found is None:
        assert not any(gains_of(offer, levels) or offer.next_on for offer in offers)
        return
    offer = next(offer for offer in offers if offer.course_id == found.course_id)
    assert found.path_id is None or found.path_id in offer.next_on
    if found.gain is not None:
        assert offer.supplies[found.gain.skill] == found.gain.level > found.gain.has == levels.get(found.gain.skill, 0)


@given(OFFERS, LEVELS, st.randoms(use_true_random=False))
def test_the_advice_does_not_depend_on_the_order_of_the_offers(offers, levels, rng):
    shuffled = rng.sample(offers, len(offers))
    assert recommend(shuffled, levels) == recommend(offers, levels)


def test_what_open_internships_ask_for_goes_before_the_larger_step():
    offers = [Offered(1, {"CC02": 4, "MR01": 1}), Offered(2, {"LG01": 2})]
    demand = {("LG01", 2): 5, ("CC02", 1): 9, ("MR01", 1): 4}
    assert recommend(offers, {"CC02": 1}, demand) == Recommendation(2, Gain("LG01", 0, 2, 5))


def test_only_seats_between_the_level_shown_and_the_level_supplied_count():
    [gain] = gains_of(Offered(1, {"CC02": 3}), {"CC02": 1}, {("CC02", level): 10**level for level in range(1, 5)})
    assert gain == Gain("CC02", 1, 3, 100 + 1000)
