"""Whom a text names by @."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.mentions import marked, named_in, without_numbers

PEOPLE = {1: "林小雨", 2: "王伟", 3: "王伟", 4: "Ann", 5: "Anna Lee", 6: "林小", 7: ""}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@林小雨请看", {1}),
        ("请@林小雨看一下，＠林小也看", {1, 6}),
        ("@王伟#3 你好", {3}),
        ("@ann, hello", {4}),
        ("@Anna Lee and @Ann", {4, 5}),
        ("@Annabel", set()),
        ("write to ann@ann.example", set()),
        ("@nobody @ @@", set()),
        ("@林小雨#99", {1}),
    ],
)
def test_the_names_of_the_cohort_decide_who_is_named(text, people):
    assert named_in(text, PEOPLE).people == people


def test_a_name_of_two_people_names_neither_and_says_so():
    named = named_in("@王伟 @王伟#9 @Ann", PEOPLE)
    assert (named.people, dict(named.ambiguous)) == ({4}, {"王伟": (2, 3)})


def test_numbers_are_for_the_writer_not_for_the_reader():
    assert without_numbers("@王伟#3 和 @王伟#33，见 #3", {3: "王伟"}) == "@王伟 和 @王伟#33，见 #3"


@given(st.text("@＠王伟林小雨Ann#123 .\n", max_size=60))
def test_nobody_is_named_who_is_not_there(text):
    named = named_in(text, PEOPLE)
    assert named.people <= PEOPLE.keys()
    for person_id in named.people:
        assert PEOPLE[person_id].lower() in text.lower()


@given(
    before=st.text("看，。 \n", max_size=10), after=st.text("看，。 \n", max_size=10), who=st.sampled_from([1, 4, 5])
)
def test_whoever_is_written_is_named_whatever_stands_around(before, after, who):
    assert who in named_in(f"{before}@{PEOPLE[who]}{after}", PEOPLE).people


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>请@林小雨看</p>", "<p>请<mark>@林小雨</mark>看</p>"),
        ("<p>@Anna Lee, ＠ann</p>", "<p><mark>@Anna Lee</mark>, <mark>＠ann</mark></p>"),
        ("<p>@Annabel @nobody ann@ann.example</p>", "<p>@Annabel @nobody ann@ann.example</p>"),
        ("<p><code>@林小雨</code> @林小雨</p>", "<p><code>@林小雨</code> <mark>@林小雨</mark></p>"),
        (
            '<a href="/@Ann">@Ann</a><pre><code>@Ann</code></pre>',
            '<a href="/@Ann">@Ann</a><pre><code>@Ann</code></pre>',
        ),
        ("<p>@A&amp;B</p>", "<p><mark>@A&amp;B</mark></p>"),
    ],
)
def test_who_is_named_is_marked_but_not_in_code_or_links(html, shown):
    assert marked(html, {**PEOPLE, 8: "A&B"}) == shown


@given(st.text(st.sampled_from("@林小雨王伟 Ann#3<>&\"'"), max_size=40))
def test_marking_adds_marks_and_nothing_else(text):
    html = f"<p>{escape(text)}</p>"
    assert marked(html, PEOPLE).replace("<mark>", "").replace("</mark>", "") == html
