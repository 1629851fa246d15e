"""Text is cut so that whatever somebody copies out of it finds it, and shown so that nothing in it is markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.rules.cutting import fold, is_run, pieces, sought, terms_of, terms_sought
from app.search.rules.snippets import LENGTH, hits_in, marked, snippet

ALPHABET = "头程运费海外仓申报关税的一人㐀𠀀ABCabcéÉßﬁ９8710 \n,.，。<>&'\"-_かガ한"
TEXTS = st.text(ALPHABET, max_size=80)


@given(text=TEXTS, place=st.data())
def test_any_part_of_a_run_is_found_where_the_run_stands(text, place):
    for run in (piece for piece in pieces(text) if is_run(piece)):
        first = place.draw(st.integers(0, len(run) - 1))
        part = run[first : place.draw(st.integers(first + 1, len(run)))]
        looked_for = sought(part)
        assert set(terms_sought(looked_for)) <= set(terms_of(text))
        assert all(each in fold(text) for each in looked_for.parts)


@given(text=TEXTS)
def test_any_word_is_found_by_its_begin(text):
    for word in (piece for piece in pieces(text) if not is_run(piece)):
        assert any(term.startswith(word) for term in terms_of(text))
        assert f" {word[:2]}" in fold(text)


@given(text=TEXTS, words=st.text(ALPHABET, max_size=6))
def test_marks_change_no_letter(text, words):
    assert "".join(piece.text for piece in marked(text, sought(words))) == text


@given(text=TEXTS, words=st.text(ALPHABET, max_size=4))
def test_what_is_marked_is_what_was_looked_for(text, words):
    looked_for = sought(words)
    for first, after in hits_in(text, looked_for):
        folded = fold(text[first:after]).replace(" ", "")
        assert any(each.replace(" ", "") in folded or folded in each for each in looked_for.parts)


@given(before=st.text("程a ", max_size=400), after=st.text("程a ", max_size=400))
def test_a_snippet_is_short_and_holds_the_hit(before, after):
    found = snippet(f"{before}关税{after}", sought("关税"))
    assert "关税" in [piece.text for piece in found if piece.is_hit]
    assert sum(len(piece.text) for piece in found) <= LENGTH + 2


@pytest.mark.parametrize(
    ("typed", "terms", "words"),
    [
        ("头", ["头"], ()),
        ("头程", ["头程"], ()),
        ("头程运费", ["头程", "程运", "运费"], ()),
        ("FBA 头程", ["头程"], ("fba",)),
        ("FBA头程", ["头程"], ("fba",)),
        ("ＣＡＦÉ", [], ("cafe",)),
        ("it's", [], ("it", "s")),
        ("，。 -*\" '", [], ()),
    ],
)
def test_what_is_typed_is_cut_as_people_mean_it(typed, terms, words):
    looked_for = sought(typed)
    assert terms_sought(looked_for) == terms
    assert looked_for.words == words


def test_a_hundred_words_are_cut_to_what_narrows():
    assert len(sought(" ".join(f"w{number}" for number in range(100))).words) == 24
