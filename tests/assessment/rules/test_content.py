"""What questions hold: kept as JSON and read back, shown without what is right, looked through for mistakes."""

import json
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.rules.content import (
    CLASSES,
    Area,
    Attachment,
    Calculated,
    CalculatedAnswer,
    Choice,
    Cloze,
    ContentError,
    Description,
    Essay,
    FileUpload,
    Format,
    Gap,
    Hotspot,
    Layout,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Ordering,
    Pair,
    Problem,
    Shape,
    ShortText,
    Single,
    TextAnswer,
    TrueFalse,
    Unit,
    Variable,
    content_from_json,
    content_problems,
    content_to_json,
    letter,
    letters_hiding_order,
    matched,
    public_view,
    tidy_fraction,
)

PLAIN = Format.PLAIN
SECRET = "SECRET"


def options(*fractions, texts="abcdefgh"):
    return tuple(
        Option(key=letter(place), text=text, fraction=fraction, feedback=SECRET)
        for place, (fraction, text) in enumerate(zip(fractions, texts, strict=False))
    )


def one_of_each():
    common = {"text": "Q", "format": Format.HTML, "general_feedback": SECRET, "right_feedback": SECRET}
    pairs, choices = matched([("China", None, "Beijing"), ("Japan", PLAIN, "Tokyo")], ["Oslo"])
    keys = letters_hiding_order(["first", "second", "third"])
    forms = (TextAnswer(text=SECRET, fraction=1.0, feedback=SECRET, feedback_format=PLAIN),)
    numbers = (
        NumericAnswer(value=Decimal("3.1415"), tolerance=Decimal("0.0005"), fraction=1.0, feedback=SECRET),
        NumericAnswer(value=None, fraction=0.0),
    )
    return [
        Single(options=options(1.0, 0.0), points=2.0, **common),
        Multiple(options=options(0.5, 0.5, -0.5), shuffle=False, **common),
        TrueFalse(right=True, feedback_true=SECRET, feedback_false=SECRET, feedback_false_format=PLAIN, **common),
        Numeric(answers=numbers, units=(Unit(name="kg"), Unit(name="g", multiplier=Decimal("0.001"))), **common),
        ShortText(answers=forms, match_case=True, **common),
        Matching(pairs=pairs, choices=choices, **common),
        Ordering(items=tuple(Choice(key=keys[text], text=text) for text in keys), **common),
        Cloze(
            **common | {"text": "[[1]] [[2]] [[3]] [[4]]"},
            gaps=(
                Gap(key="1", part=Single(text="", format=PLAIN, options=options(1.0, 0.0)), layout=Layout.VERTICAL),
                Gap(key="2", part=Multiple(text="", format=PLAIN, options=options(1.0, 0.0)), weight=2.0),
                Gap(key="3", part=Numeric(text="", format=PLAIN, answers=numbers)),
                Gap(key="4", part=ShortText(text="", format=PLAIN, answers=forms)),
            ),
        ),
        Essay(guide=SECRET, template="Dear …", **common),
        Calculated(
            answers=(CalculatedAnswer(formula="{a} * 2", fraction=1.0, digits=0, feedback=SECRET),),
            variables=(Variable(name="a", values=(Decimal("1.5"), Decimal(2))),),
            units=(Unit(name="kg"),),
            hints=(SECRET,),
            **common | {"text": "Twice {a}?"},
        ),
        FileUpload(guide=SECRET, suffixes=(".pdf", ".docx"), most=3, **common),
        Hotspot(
            picture="a.png",
            width=40,
            height=30,
            areas=(
                Area(key="a", shape=Shape.CIRCLE, coordinates=(10.0, 10.0, 5.0), fraction=1.0, text="left"),
                Area(
                    key="b", shape=Shape.RECTANGLE, coordinates=(20.0, 0.0, 40.0, 30.0), fraction=0.0, feedback=SECRET
                ),
            ),
            attachments=(Attachment(name="a.png", media_type="image/png", data="AAAA"),),
            **common,
        ),
        Description(attachments=(Attachment(name="a.png", media_type="image/png", data="AAAA"),), **common),
    ]


EACH = pytest.mark.parametrize("content", one_of_each(), ids=lambda content: content.kind.value)


def test_there_is_an_example_of_every_type_that_can_be_held():
    assert {content.kind for content in one_of_each()} == set(CLASSES)


@EACH
def test_a_question_comes_back_from_the_database_as_it_went_in(content):
    stored = json.loads(json.dumps(content_to_json(content)))

    assert content_from_json(stored) == content


@EACH
def test_an_examples_author_has_nothing_to_mend(content):
    assert [problem for problem in content_problems(content) if not problem.is_advice] == []


def test_the_json_of_a_question_is_short_and_says_its_type():
    content = Single(text="Q", format=PLAIN, options=(Option(key="a", text="A", fraction=1.0),))

    assert content_to_json(content) == {
        "type": "single",
        "text": "Q",
        "format": "plain",
        "options": [{"key": "a", "text": "A", "fraction": 1.0}],
    }


@EACH
def test_json_that_is_no_question_is_refused(content):
    stored = content_to_json(content)
    for name in stored:
        for wrong in ({"x": 1}, [3], 1e300, float("nan")):
            with pytest.raises(ContentError):
                content_from_json(stored | {name: wrong})
    with pytest.raises(ContentError):
        content_from_json(stored | {"surprise": 1})
    for name in ("type", "text", "format"):
        with pytest.raises(ContentError):
            content_from_json({key: value for key, value in stored.items() if key != name})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@EACH
@given(data=st.data())
def test_any_other_json_is_refused_with_that_error_and_no_other(content, data):
    stored = content_to_json(content)
    name = data.draw(st.sampled_from(sorted(stored)))
    try:
        read = content_from_json(stored | {name: data.draw(JSON)})
    except ContentError:
        return
    assert read.kind == content.kind


# What a candidate may see


@EACH
def test_an_open_attempt_shows_nothing_of_what_is_right(content):
    shown = json.dumps(public_view(content))

    assert SECRET not in shown
    for name in ("fraction", "feedback", "right", "answers", 'choice"', "guide", "tolerance", "multiplier", "data"):
        assert name not in shown
    assert public_view(content)["text"] == content.text


def test_which_option_is_right_changes_nothing_that_is_shown():
    views = [
        public_view(Single(text="Q", format=PLAIN, options=options(*fractions)))
        for fractions in permutations((1.0, 0.0, 0.0))
    ]

    assert all(view == views[0] for view in views)
    assert [option["text"] for option in views[0]["options"]] == ["a", "b", "c"]


def test_the_right_order_changes_nothing_that_is_shown():
    texts = ["quote", "order", "pack", "ship"]
    keys = letters_hiding_order(texts)
    views = [
        public_view(Ordering(text="Q", format=PLAIN, items=tuple(Choice(key=keys[text], text=text) for text in order)))
        for order in permutations(texts)
    ]

    assert all(view == views[0] for view in views)


def test_what_belongs_together_changes_nothing_that_is_shown():
    rows = ["China", "Japan", "Korea"]
    views = []
    for capitals in permutations(["Beijing", "Tokyo", "Seoul"]):
        pairs, choices = matched(list(zip(rows, [None] * 3, capitals, strict=True)), ["Oslo"])
        views.append(public_view(Matching(text="Q", format=PLAIN, pairs=pairs, choices=choices)))

    assert all(view == views[0] for view in views)


def test_a_picture_in_the_feedback_is_not_shown_before_the_answer():
    content = Single(
        text="<img src='@@PLUGINFILE@@/map.png'>",
        format=Format.HTML,
        options=options(1.0, 0.0),
        general_feedback="<img src='@@PLUGINFILE@@/answer.png'>",
        attachments=tuple(Attachment(name=f"{n}.png", media_type="image/png", data="AA==") for n in ("map", "answer")),
    )

    assert public_view(content)["attachments"] == [{"name": "map.png", "media_type": "image/png"}]


# Building


def test_options_are_lettered_beyond_the_alphabet():
    assert [letter(number) for number in (0, 25, 26, 27, 51, 52, 701, 702)] == [
        "a", "z", "aa", "ab", "az", "ba", "zz", "aaa",
    ]  # fmt: skip


@given(st.lists(st.text(), unique=True, max_size=40))
def test_keys_depend_on_the_texts_alone(texts):
    assert letters_hiding_order(texts) == letters_hiding_order(list(reversed(texts)))
    assert len(set(letters_hiding_order(texts).values())) == len(texts)


@pytest.mark.parametrize(
    ("written", "meant"),
    [(0.33333, 1 / 3), (0.3333333, 1 / 3), (-0.66667, -2 / 3), (0.1429, 1 / 7), (0.5, 0.5), (1, 1), (0.37, 0.37)],
)
def test_a_fraction_written_with_a_few_decimals_is_the_simple_one(written, meant):
    assert tidy_fraction(written) == meant


# What is wrong with a question


def with_options(*fractions, cls=Single, texts="abcdefgh"):
    return cls(text="Q", format=PLAIN, options=options(*fractions, texts=texts))


def numeric(**answer):
    return Numeric(text="Q", format=PLAIN, answers=(NumericAnswer(**{"value": Decimal(1), "fraction": 1.0} | answer),))


def short(text, fraction=1.0):
    return ShortText(text="Q", format=PLAIN, answers=(TextAnswer(text=text, fraction=fraction),))


def cloze(text, *weights):
    part = with_options(1.0, 0.0)
    gaps = tuple(Gap(key=str(number), part=part, weight=weight) for number, weight in enumerate(weights, 1))
    return Cloze(text=text, format=PLAIN, gaps=gaps)


def matching(*pairs, choices=(("a", "x"), ("b", "y"))):
    return Matching(
        text="Q",
        format=PLAIN,
        pairs=tuple(Pair(key=key, text=text, choice=choice) for key, text, choice in pairs),
        choices=tuple(Choice(key=key, text=text) for key, text in choices),
    )


def ordering(*items):
    return Ordering(text="Q", format=PLAIN, items=tuple(Choice(key=key, text=text) for key, text in items))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (replace(with_options(1.0, 0.0), text=" \n"), Problem.EMPTY_TEXT),
        (with_options(1.0), Problem.FEW_OPTIONS),
        (with_options(1.0, 0.0, texts=["a", " "]), Problem.EMPTY_OPTION),
        (with_options(0.0, 0.0), Problem.NO_RIGHT),
        (with_options(0.0, -0.5, cls=Multiple), Problem.NO_RIGHT),
        (with_options(1.5, 0.0), Problem.WEIGHT),
        (with_options(1.0, float("nan")), Problem.WEIGHT),
        (Single(text="Q", format=PLAIN, options=options(1.0, 0.0)[:1] * 2), Problem.REPEATED_KEY),
        (with_options(1.0, 0.0, texts=["a", "a"]), Problem.REPEATED_OPTION),
        (with_options(0.5, 0.0), Problem.UNREACHABLE),
        (with_options(0.5, 0.25, cls=Multiple), Problem.UNREACHABLE),
        (with_options(0.5, 0.5, 0.0, cls=Multiple), Problem.ALL_PAYS),
        (numeric(fraction=0.0), Problem.NO_ANSWER),
        (numeric(fraction=0.5), Problem.UNREACHABLE),
        (numeric(fraction=2.0), Problem.WEIGHT),
        (numeric(tolerance=Decimal(-1)), Problem.TOLERANCE),
        (numeric(value=None), Problem.ANYTHING_PAYS),
        (replace(numeric(), units=(Unit(name="kg", multiplier=Decimal(0)),)), Problem.NO_ANSWER),
        (short("x", 0.0), Problem.NO_ANSWER),
        (short(" "), Problem.EMPTY_ANSWER),
        (short("* *"), Problem.ANYTHING_PAYS),
        (matching(), Problem.NO_PAIRS),
        (matching(("1", "r", "a"), choices=(("a", "x"),)), Problem.FEW_CHOICES),
        (matching(("1", "r", "z")), Problem.LOST_CHOICE),
        (matching(("1", "", "a")), Problem.EMPTY_ROW),
        (matching(("1", "r", "a"), ("1", "s", "b")), Problem.REPEATED_KEY),
        (matching(("1", "r", "a"), choices=(("a", ""), ("b", "y"))), Problem.EMPTY_OPTION),
        (ordering(("a", "x")), Problem.FEW_ITEMS),
        (ordering(("a", "x"), ("b", "x")), Problem.REPEATED_ITEM),
        (ordering(("a", "x"), ("a", "y")), Problem.REPEATED_KEY),
        (ordering(("a", "x"), ("b", "")), Problem.EMPTY_OPTION),
        (cloze("Q"), Problem.NO_GAPS),
        (cloze("[[1]]", 1.0, 1.0), Problem.GAP_MISMATCH),
        (cloze("[[1]] [[1]]", 1.0), Problem.GAP_MISMATCH),
        (cloze("[[1]]", 0.0), Problem.NO_WEIGHT),
    ],
)
def test_an_author_reads_what_is_wrong(content, problem):
    assert problem in content_problems(content)


def test_a_gaps_mistake_is_the_clozes():
    part = with_options(0.0, 0.0)
    content = Cloze(text="[[1]]", format=PLAIN, gaps=(Gap(key="1", part=part),))

    assert content_problems(content) == [Problem.NO_RIGHT]


def test_wrong_options_that_cost_something_are_no_advice():
    assert content_problems(with_options(0.5, 0.5, -0.5, cls=Multiple)) == []


def test_all_options_right_is_a_fair_question():
    assert content_problems(with_options(0.5, 0.5, cls=Multiple)) == []
