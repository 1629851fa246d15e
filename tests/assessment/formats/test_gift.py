"""GIFT: every construct of the notation, slips that cost one item, no text that loses a line or breaks the reader."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.assessment.formats import gift
from app.assessment.formats.items import MAX_OPTIONS, MAX_TEXT, Item, Note, Reason, Refusal
from app.assessment.rules.content import Description, Essay, Format, Problem
from app.assessment.rules.marking import MarkReason, mark

SKILLS = {"CC02", "MR01"}


def read(text):
    return list(gift.read(text, SKILLS))


def only(text):
    (item,) = read(text)
    assert isinstance(item, Item), item
    return item


def content(text):
    return only(text).content


def refusal(text):
    (item,) = read(text)
    assert isinstance(item, Refusal), item
    return item


def kinds(items):
    return [item.content.kind.value if isinstance(item, Item) else item.remark.code for item in items]


# Files that others wrote


def test_moodles_examples_are_all_taken(question_files):
    items = read((question_files / "moodle-gift-examples.txt").read_text("utf-8"))

    assert Counter(kinds(items)) == {
        "single": 16, "short-text": 9, "numeric": 8, "true-false": 5, "matching": 3, "multiple": 2,
    }  # fmt: skip
    assert [item.line for item in items[:6]] == [8, 10, 12, 14, 16, 25]
    assert [(item.line, item.name) for item in items if "Kanji" in item.name] == [(90, "Kanji Origins")]


def test_moodles_own_export_is_all_taken(question_files):
    items = read((question_files / "moodle-questions.gift.txt").read_text("utf-8"))

    assert kinds(items) == [
        "essay", "matching", "single", "multiple", "numeric", "short-text", "true-false", "true-false", "true-false",
    ]  # fmt: skip
    assert [item.name for item in items] == [
        "Q8", "Moodle activities", "Q2", "colours", "Q5", "Shortanswer", "Q1", "2-08 TSL", "2-08 TSL",
    ]  # fmt: skip
    # Two of its questions have stray signs after the brace, which Moodle takes too.
    assert [item.name for item in items if item.remarks] == ["Q5", "Q1"]


def test_the_activities_are_matched_as_moodle_says(question_files):
    matching = read((question_files / "moodle-questions.gift.txt").read_text("utf-8"))[1].content
    choices = {choice.key: choice.text for choice in matching.choices}

    assert matching.format is Format.HTML
    assert [(pair.format, choices[pair.choice]) for pair in matching.pairs] == [
        (None, "Forum"),
        (Format.MOODLE, "Choice"),
        (Format.PLAIN, "Database"),
        (Format.MARKDOWN, "Wiki"),
    ]
    assert set(choices.values()) == {"Forum", "Choice", "Database", "Wiki", "Chat"}


# The notation


def test_a_single_choice():
    single = content("Who's buried?{~Grant =no one#Yes! ~Jefferson#No}")

    assert single.text == "Who's buried?"
    assert single.format is Format.MOODLE
    assert [(o.key, o.text, o.fraction, o.feedback) for o in single.options] == [
        ("a", "Grant", 0, ""),
        ("b", "no one", 1, "Yes!"),
        ("c", "Jefferson", 0, "No"),
    ]


def test_a_missing_word_leaves_a_blank():
    assert content("Grant is {~buried =entombed} in it.").text == "Grant is _____ in it."
    assert content("中国的首都是{=北京}。").text == "中国的首都是_____。"
    assert content("{=A ~B} comes first.").text == "_____ comes first."


def test_several_right_options_with_weights():
    multiple = content("Two?{~%-50%No one ~%33.33333%A ~%33.33333%B ~%33.33333%[html]<b>C</b>#ok}")

    assert multiple.kind == "multiple"
    assert [option.fraction for option in multiple.options] == [-0.5, 1 / 3, 1 / 3, 1 / 3]
    assert (multiple.options[3].format, multiple.options[3].text) == (Format.HTML, "<b>C</b>")


@pytest.mark.parametrize("word", ["T", "TRUE", "true", " t "])
def test_a_true_statement(word):
    assert content(f"Q{{{word}}}").right is True


def test_true_false_says_something_to_the_wrong_answer_first():
    statement = content("Q{F#You are wrong.#[plain]You are right: 2+2=4.####In general.}")

    assert statement.right is False
    assert (statement.feedback_true, statement.feedback_false) == ("You are wrong.", "You are right: 2+2=4.")
    assert (statement.feedback_true_format, statement.feedback_false_format) == (None, Format.PLAIN)
    assert statement.general_feedback == "In general."


@pytest.mark.parametrize(
    ("braces", "answers"),
    [
        ("#1822", [("1822", "0", 1)]),
        ("# 1822 : 2 ", [("1822", "2", 1)]),
        ("#3.141..3.142", [("3.1415", "0.0005", 1)]),
        ("#-2..-1", [("-1.5", "0.5", 1)]),
        ("#=1822:0 =%50%1822:2", [("1822", "0", 1), ("1822", "2", 0.5)]),
        ("#１，８２２", [("1822", "0", 1)]),
        ("#0,5", [("0.5", "0", 1)]),
        ("#1e3", [("1000", "0", 1)]),
    ],
)
def test_a_number_with_tolerance_range_or_weights(braces, answers):
    assert [(a.value, a.tolerance, a.fraction) for a in content(f"Q{{{braces}}}").answers] == [
        (Decimal(value), Decimal(tolerance), fraction) for value, tolerance, fraction in answers
    ]


def test_a_wrong_number_has_its_own_feedback():
    numeric = content("Q{#3:2#Good~#Completely wrong}")

    assert [(a.value, a.fraction, a.feedback) for a in numeric.answers] == [
        (3, 1, "Good"),
        (None, 0, "Completely wrong"),
    ]
    assert mark(numeric, "9").feedback[0].text == "Completely wrong"


def test_short_text_with_weights_and_a_star():
    short = content("Q{=Frog#Good! =%50%Cat =%0%*#Completely wrong}")

    assert [(a.text, a.fraction, a.feedback) for a in short.answers] == [
        ("Frog", 1, "Good!"),
        ("Cat", 0.5, ""),
        ("*", 0, "Completely wrong"),
    ]


def test_matching_with_a_distractor():
    matching = content("Q{=Canada->Ottawa = Japan  -> Tokyo = -> Oslo}")
    choices = {choice.text: choice.key for choice in matching.choices}

    assert set(choices) == {"Ottawa", "Tokyo", "Oslo"}
    assert [(pair.key, pair.text, pair.choice) for pair in matching.pairs] == [
        ("1", "Canada", choices["Ottawa"]),
        ("2", "Japan", choices["Tokyo"]),
    ]


def test_an_essay_and_a_description():
    assert content("Write.{}") == Essay(text="Write.", format=Format.MOODLE)
    assert content("Write.{ \n }") == Essay(text="Write.", format=Format.MOODLE)
    assert content("Write.{####Thanks}").general_feedback == "Thanks"
    assert content("::Intro::[markdown]# Read\nthis.") == Description(text="# Read\nthis.", format=Format.MARKDOWN)


def test_names_formats_and_escapes():
    item = only("::A\\:\\: name \\{1\\}::[html]<i>x\\=1</i>\\n\\\\(a\\\\) \\alpha{=\\~a\\#b~\\}}")

    assert item.name == "A:: name {1}"
    assert item.content.format is Format.HTML
    assert item.content.text == "<i>x=1</i>\n\\(a\\) \\alpha"
    assert [option.text for option in item.content.options] == ["~a#b", "}"]


def test_a_question_without_a_name_is_called_by_its_beginning():
    assert only("[html]<p>Which   <b>port</b>?</p>{T}").name == "Which port ?"
    assert len(only("word " * 100 + "{T}").name) == 80


def test_tags_name_skill_and_level():
    item = only("// [tag:CC02] [tag:level-2] [tag:week 3]\n::Q::x{T}")

    assert (item.skill, item.level, item.tags, item.remarks) == ("CC02", 2, ("week 3",), ())


@pytest.mark.parametrize(
    ("tags", "skill", "level", "note"),
    [
        ("[tag:ZZ99]", None, None, Note.UNKNOWN_SKILL),
        ("[tag:CC02] [tag:MR01]", "CC02", None, Note.SECOND_SKILL),
        ("[tag:level-5]", None, None, Note.BAD_LEVEL),
        ("[tag:level-1] [tag:level-2]", None, 1, Note.BAD_LEVEL),
    ],
)
def test_a_tag_that_says_nothing_leaves_a_note_and_the_question(tags, skill, level, note):
    item = only(f"// {tags}\nx{{T}}")

    assert (item.skill, item.level, [remark.code for remark in item.remarks]) == (skill, level, [note])


def test_tags_belong_to_the_question_below_them_alone():
    items = read("// [tag:CC02]\nA{T}\n// [tag:MR01]\nB{F}\n\n// [tag:CC02]\n\nC{T}")

    assert [item.skill for item in items] == ["CC02", "MR01", None]


def test_categories_and_comments_are_no_items():
    items = read("$CATEGORY: a/b\n\n// only a comment\n\nA{T}\n\n$CATEGORY: c\nB{\n// inside\nT}\n")

    assert [(item.category, item.line) for item in items] == [("a/b", 5), ("c", 8)]


def test_blank_lines_inside_braces_are_part_of_the_question():
    items = read("A{\n\n~x\n\n=y\n\n}\n\nB{T}")

    assert kinds(items) == ["single", "true-false"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ends_will_do(end):
    assert [item.line for item in read(end.join(["A{T}", "", "", "B{F}"]))] == [1, 4]


# Slips


def test_an_unclosed_brace_costs_one_item():
    items = read("::A::x{=a ~b\n\n::B::y{T}\n\nz{F}\n\nlast {=a\n\nA text.")

    assert kinds(items) == [Reason.UNCLOSED, "true-false", "true-false", Reason.UNCLOSED, "description"]
    assert [(item.number, item.line) for item in items] == [(1, 1), (2, 3), (3, 5), (4, 7), (5, 9)]
    assert items[0].name == "A"


def test_an_unclosed_brace_right_above_a_named_question_costs_one_item():
    assert kinds(read("::A::x{=a ~b\n::B::y{T}")) == [Reason.UNCLOSED, "true-false"]
    assert kinds(read("::A::x{=a {~b\n::B::y{T}")) == [Reason.NESTED, "true-false"]
    assert kinds(read("x{=a ~b\n$CATEGORY: c\ny{T}")) == [Reason.UNCLOSED, "true-false"]


def test_questions_without_a_blank_line_between_are_told_apart():
    items = read("A{T}\nB{F}.\nC,\nlonger{T}\n::D::d{F}")

    assert kinds(items) == ["true-false"] * 4
    assert [[remark.code for remark in item.remarks] for item in items] == [[], *[[Note.UNSEPARATED]] * 3]
    assert items[2].content.text == "C,\nlonger"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A{=a {b} ~c}", Reason.NESTED),
        ("A{T} and {F}", Reason.SECOND_BRACES),
        ("A{T} goes on\nB{F}", Reason.SECOND_BRACES),
        ("A T}", Reason.STRAY),
        ("A{T}}", Reason.STRAY),
        ("首都？｛=北京 ~上海｝", Reason.FULL_WIDTH),
        ("A{yes}", Reason.UNMARKED),
        ("A{1:MC:=a~b}", Reason.UNMARKED),
        ("A{#}", Problem.NO_ANSWER),
        ("A{#abc}", Reason.NO_NUMBER),
        ("A{#1:}", Reason.NO_NUMBER),
        ("A{#NaN}", Reason.NO_NUMBER),
        ("A{#1e999}", Reason.NO_NUMBER),
        ("A{#5..1}", Reason.BACKWARDS),
        ("A{#1:-1}", Problem.TOLERANCE),
        ("A{=a->b =c}", Reason.NO_ARROW),
        ("A{=a-> =c->d}", Reason.NO_CHOICE),
        ("A{=->a =->b}", Problem.NO_PAIRS),
        ("A{=a->b}", Problem.FEW_CHOICES),
        ("A{~%150%a =b}", Reason.BAD_WEIGHT),
        ("A{~a ~b}", Problem.NO_RIGHT),
        ("A{~%100%a}", Problem.FEW_OPTIONS),
        ("A{=a ~}", Problem.EMPTY_OPTION),
        ("A{=}", Problem.EMPTY_ANSWER),
        ("A{=%0%a}", Problem.NO_ANSWER),
        ("{T}", Problem.EMPTY_TEXT),
        ("::only a name::{T}", Problem.EMPTY_TEXT),
        ("A{=b" + "~a" * MAX_OPTIONS + "}", Reason.TOO_MANY),
        ("x" * (MAX_TEXT + 1), Reason.TOO_LONG),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(text, reason):
    refused = refusal("\n\n" + text)

    assert (refused.number, refused.line, refused.remark.code) == (1, 3, reason)
    assert "%(" not in refused.remark.sentence
    assert len(refused.remark.sentence) < 150


def test_advice_does_not_refuse():
    item = only("A{~%50%a ~%50%b ~c}")

    assert [remark.code for remark in item.remarks] == [Problem.ALL_PAYS]


def test_a_long_name_is_cut_and_said_so():
    item = only(f"::{'n' * 500}::A{{T}}")

    assert len(item.name) == 200
    assert [remark.code for remark in item.remarks] == [Note.NAME_CUT]


# Laws

BITS = st.sampled_from(
    ["{", "}", "{}", "{T}", "{=a ~b}", "=", "~", "#", "####", "->", "%50%", "%", "::", ":", "\\", "\\}", "\n", "\n\n",
     "//", "// [tag:CC02]", "$CATEGORY:", "[html]", " ", "a", "1", "..", "..2", "中", "｛", "*", "\r", "\u2028"]
)  # fmt: skip
GIFT_LIKE = st.lists(BITS, max_size=40).map("".join) | st.text(st.characters(codec=None, categories=None))


@given(GIFT_LIKE)
@example("{\n\na\n\n{T}")
@example("a {\n// x\n\n}\n")
@example("{T}\n\nx\n//y\n::z{")
def test_no_text_breaks_the_reader_and_none_loses_a_line(text):
    items = read(text)
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    told = [line for line in lines if line and not line.startswith(("//", gift.CATEGORY))]

    assert [line.strip() for piece in gift.pieces(text) for line in piece.lines] == told
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert [item.line for item in items] == sorted({item.line for item in items})


GOOD = ["Q{T}", "::n::Q{=a ~b}", "Q{#1:2}", "Text.", "Q{\n\n=a->b\n\n=c->d}", "// [tag:CC02]\nQ{=a}", "Q{}"]
BAD = ["Q{=a ~b", "Q }", "Q{{T}", "Q{zzz}", "Q{=a->}", "Q{\n=a", "Q{T} x {F}", "{T}"]


@given(st.lists(st.sampled_from(GOOD + BAD)), st.sampled_from(["\n\n", "\n\n\n", "\n \t\n", "\r\n\r\n"]))
@example(["Q{=a ~b", "Text."], "\n\n")
@example(["Q{=a ~b", "Q }", "Q }"], "\n\n")
def test_items_are_those_taken_and_those_refused(written, gap):
    # An open brace reaches a closing one below it across texts that have no braces: that is one item, rightly.
    kept = []
    for each in written:
        if not (each == "Q }" and _open_above(kept)):
            kept.append(each)
    items = read(gap.join(kept))

    assert [isinstance(item, Item) for item in items] == [each in GOOD for each in kept]


def _open_above(above):
    for each in reversed(above):
        if each != "Text.":
            return each in ("Q{=a ~b", "Q{\n=a")
    return False


WORDS = st.text(st.sampled_from("ab ~=#{}:\\%中*->1\n[]/$T"), min_size=1, max_size=12).map(str.strip).filter(bool)


def escaped(text):
    for sign in "\\~=#{}:":
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", "\\n")


@given(WORDS, st.lists(WORDS, min_size=2, max_size=5), WORDS)
def test_what_is_escaped_comes_back_as_it_was(text, texts, said):
    # A weight, a format or a comment at the beginning would mean something.
    text, said, *texts = [f"x{each}" for each in (text, said, *texts)]
    options = "".join(f"{'~' if place else '='}{escaped(each)}#{escaped(said)}" for place, each in enumerate(texts))
    single = content(f"::{escaped(text)}::{escaped(text)}{{{options}####{escaped(said)}}}")

    assert single.text == text
    assert single.general_feedback == said
    assert [(option.text, option.feedback) for option in single.options] == [(each, said) for each in texts]
    assert mark(single, "a").reason is MarkReason.RIGHT
