"""QTI 1.2: each type in its dialects, how it is marked, and documents that are broken or mean harm."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats import qti12, trees
from app.assessment.formats.items import FileUnreadable, Item, Note, Reason, Refusal
from app.assessment.rules.content import Format, Problem
from app.assessment.rules.drawing import draw
from app.assessment.rules.marking import MarkReason, mark

SKILLS = {"CC02"}


def read(source):
    return list(qti12.read(source, SKILLS))


def document(*items, head="<questestinterop>", tail="</questestinterop>"):
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{head}\n" + "\n".join(items) + f"\n{tail}"


def metadata(**fields):
    entries = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"
        for label, entry in fields.items()
    )
    return f"<itemmetadata><qtimetadata>{entries}</qtimetadata></itemmetadata>"


def material(text, kind="text/plain"):
    texttype = f" texttype='{kind}'" if kind else ""
    return f"<material><mattext{texttype}>{text}</mattext></material>"


def choices(*labels, ident="response1", cardinality="Single", prompt="", attributes=""):
    inside = "".join(f"<response_label ident='{name}'>{material(text)}</response_label>" for name, text in labels)
    return (
        f"<response_lid ident='{ident}' rcardinality='{cardinality}'>{prompt}"
        f"<render_choice {attributes}>{inside}</render_choice></response_lid>"
    )


def blank(ident="response1", kind="String", tag="response_str"):
    return (
        f"<{tag} ident='{ident}' rcardinality='Single'><render_fib fibtype='{kind}'>"
        f"<response_label ident='answer1'/></render_fib></{tag}>"
    )


def equal(value, ident="response1", tag="varequal", **attributes):
    more = "".join(f" {name}='{written}'" for name, written in attributes.items())
    return f"<{tag} respident='{ident}'{more}>{value}</{tag}>"


def when(condition, score=None, action="Set", say=None, follows=None):
    setvar = "" if score is None else f"<setvar action='{action}' varname='SCORE'>{score}</setvar>"
    said = "" if say is None else f"<displayfeedback feedbacktype='Response' linkrefid='{say}'/>"
    then = "" if follows is None else f" continue='{follows}'"
    return f"<respcondition{then}><conditionvar>{condition}</conditionvar>{setvar}{said}</respcondition>"


def feedback(ident, text):
    return f"<itemfeedback ident='{ident}'><flow_mat>{material(text)}</flow_mat></itemfeedback>"


def item(presentation, *conditions, title="N", highest=100, more="", text="Q?", **fields):
    limits = f"maxvalue='{highest}' " if highest else ""
    return (
        f"<item ident='i1' title='{title}'>{metadata(**fields)}<presentation>{material(text)}{presentation}"
        f"</presentation><resprocessing><outcomes><decvar {limits}minvalue='0' varname='SCORE' vartype='Decimal'/>"
        f"</outcomes>{''.join(conditions)}</resprocessing>{more}</item>"
    )


def only(*args, **kwargs):
    (found,) = read(document(item(*args, **kwargs)))
    assert isinstance(found, Item), found
    return found


def refused(*args, **kwargs):
    (found,) = read(document(item(*args, **kwargs)))
    assert isinstance(found, Refusal), found
    return found.remark.code


def codes(found):
    return [remark.code for remark in found.remarks]


ABC = (("x1", "a"), ("x2", "b"), ("x3", "c"))


# Choices


def test_one_right_option_of_three():
    found = only(choices(*ABC), when(equal("x2"), 100, follows="No"), cc_profile="cc.multiple_choice.v0p1")

    assert (found.number, found.line, found.name, found.remarks) == (1, 3, "N", ())
    assert [(option.key, option.text, option.fraction) for option in found.content.options] == [
        ("a", "a", 0),
        ("b", "b", 1),
        ("c", "c", 0),
    ]
    assert found.content.format is Format.PLAIN
    assert mark(found.content, "b").mark == 1
    assert mark(found.content, "a").mark == 0


def test_partial_credit_and_feedback_of_an_option():
    content = only(
        choices(*ABC, attributes="shuffle='Yes'"),
        when("<other/>", say="general_fb", follows="Yes"),
        when(equal("x1"), say="x1_fb", follows="Yes"),
        when(equal("x1"), 50, say="correct_fb", follows="No"),
        when(equal("x2"), 100, say="correct_fb", follows="No"),
        when("<other/>", say="general_incorrect_fb", follows="Yes"),
        more=feedback("general_fb", "all") + feedback("correct_fb", "right") + feedback("general_incorrect_fb", "wrong")
        + feedback("x1_fb", "half"),
        question_type="multiple_choice_question", points_possible="2.5",
    ).content  # fmt: skip

    assert [option.fraction for option in content.options] == [0.5, 1, 0]
    assert [option.feedback for option in content.options] == ["half", "", ""]
    assert (content.general_feedback, content.right_feedback, content.wrong_feedback) == ("all", "right", "wrong")
    assert (content.points, content.shuffle) == (2.5, True)
    assert mark(content, "a").mark == 0.5
    assert [said.text for said in mark(content, "a").feedback] == ["half"]


def test_true_or_false():
    said = feedback("t_fb", "no!")
    found = only(
        choices(("t", "True"), ("f", "False")),
        when(equal("t"), say="t_fb", follows="Yes"),
        when(equal("f"), 100, follows="No"),
        more=said, cc_profile="cc.true_false.v0p1",
    )  # fmt: skip

    assert (found.content.kind, found.content.right, found.content.feedback_true) == ("true-false", False, "no!")
    assert mark(found.content, False).mark == 1
    assert only(choices(("a", "对"), ("b", "错")), when(equal("a"), 1), highest=1).content.right is True


def test_all_or_nothing_becomes_shares_and_says_so():
    condition = f"<and>{equal('x1')}<not>{equal('x2')}</not>{equal('x3')}</and>"
    found = only(
        choices(*ABC, cardinality="Multiple"), when(condition, 100, follows="No"),
        cc_profile="cc.multiple_response.v0p1",
    )  # fmt: skip

    assert [option.fraction for option in found.content.options] == [0.5, -1, 0.5]
    assert codes(found) == [Note.ALL_OR_NOTHING]
    assert mark(found.content, ["a", "c"]).mark == 1
    assert mark(found.content, ["a"]).mark == 0.5
    assert mark(found.content, ["a", "b", "c"]).mark == 0


def test_canvas_takes_away_for_a_wrong_option_what_it_gives_for_a_right_one():
    condition = f"<and>{equal('x1')}<not>{equal('x2')}</not>{equal('x3')}</and>"
    found = only(
        choices(*ABC, cardinality="Multiple"), when(condition, 100, follows="No"),
        question_type="multiple_answers_question",
    )  # fmt: skip

    assert [option.fraction for option in found.content.options] == [0.5, -0.5, 0.5]
    assert found.remarks == ()


def test_options_that_add_up_are_taken_over_exactly():
    found = only(
        choices(*ABC, cardinality="Multiple"),
        when(equal("x1"), 60, "Add", say="f1"),
        when(equal("x2"), 30, "Subtract"),
        when(equal("x3"), 40, "Add"),
        more=feedback("f1", "one"),
    )

    assert [option.fraction for option in found.content.options] == [0.6, -0.3, 0.4]
    assert [option.feedback for option in found.content.options] == ["one", "", ""]
    assert found.remarks == ()
    assert mark(found.content, ["a", "b", "c"]).mark == pytest.approx(0.7)


def test_marks_for_options_left_alone_are_no_longer_given_and_that_is_said():
    found = only(
        choices(("x1", "a"), ("x2", "b"), cardinality="Multiple"),
        when(equal("x1"), 50, "Add"),
        when(f"<not>{equal('x2')}</not>", 50, "Add"),
    )

    assert [option.fraction for option in found.content.options] == [1, -1]
    assert codes(found) == [Note.CREDIT_UNANSWERED]


def test_putting_in_order():
    condition = (
        "<and>" + "".join(equal(name, index=place) for place, name in enumerate(("x3", "x1", "x2"), 1)) + "</and>"
    )
    found = only(choices(*ABC, cardinality="Ordered"), when(condition, 5), highest=5)

    assert [each.text for each in found.content.items] == ["c", "a", "b"]
    assert (found.content.points, codes(found)) == (5, [Note.ALL_OR_NOTHING])
    assert mark(found.content, [each.key for each in found.content.items]).mark == 1


@pytest.mark.parametrize(
    ("presentation", "conditions", "reason"),
    [
        (choices(*ABC), [], Problem.NO_RIGHT),
        (choices(("x1", "a")), [when(equal("x1"), 1)], Problem.FEW_OPTIONS),
        (choices(("x1", "a"), ("x2", "")), [when(equal("x1"), 1)], Problem.EMPTY_OPTION),
        (choices(*ABC), [when(equal("x1"), "many")], Reason.NO_NUMBER),
        (choices(*ABC), [when(equal("x1"), 1, "Invert")], Reason.MARKING),
        (choices(*ABC), [when(equal("x1", tag="durequal"), 1)], Reason.MARKING),
        (choices(*ABC), [when("<var_extension/>", 1)], Reason.MARKING),
        (choices(*(ABC * 400)), [when(equal("x1"), 1)], Reason.TOO_MANY),
        (choices(*(ABC * 300)), [when(equal("x1"), 1, "Add")] * 600, Reason.INTRICATE),
        (choices(*ABC, cardinality="Ordered"), [when(equal("x1"), 1)], Reason.MARKING),
        ("<response_xy ident='r'><render_hotspot/></response_xy>", [], Reason.UNSUPPORTED),
        ("<response_lid ident='r'><render_hotspot/></response_lid>", [], Reason.UNSUPPORTED),
    ],
)
def test_a_choice_that_cannot_be_taken_is_refused(presentation, conditions, reason):
    assert refused(presentation, *conditions) == reason


def test_what_cannot_be_asked_here_is_refused_by_its_name():
    (found,) = read(document(item("", question_type="hot_spot_question")))

    assert found.remark.sentence == "type hot_spot_question is not supported yet"


def test_a_file_to_hand_in():
    assert only("", question_type="file_upload_question").content.kind == "file"


def test_a_question_without_anything_to_answer_is_refused():
    assert refused("", question_type="multiple_choice_question") == Reason.NO_RESPONSE


# Typed answers


def test_short_text_with_alternatives_beside_each_other():
    content = only(
        blank(), when(equal("CIF") + equal("C.I.F."), 100, follows="No"),
        question_type="short_answer_question",
    ).content  # fmt: skip

    assert [(form.text, form.fraction) for form in content.answers] == [("CIF", 1), ("C.I.F.", 1)]
    assert mark(content, "cif").mark == 1
    assert mark(content, "fob").mark == 0


def test_short_text_where_case_counts_and_a_form_earns_half():
    content = only(
        blank(),
        when(equal("CIF*", case="Yes"), 100, say="yes", follows="No"),
        when(equal("CIP", case="Yes"), 50, follows="No"),
        when("<other/>", say="no"),
        more=feedback("yes", "well done") + feedback("no", "read again"), cc_profile="cc.fib.v0p1",
    ).content  # fmt: skip

    assert content.match_case
    assert [(form.text, form.fraction) for form in content.answers] == [("CIF\\*", 1), ("CIP", 0.5)]
    assert mark(content, "CIF*").mark == 1
    assert mark(content, "CIFx").mark == 0
    assert mark(content, "cip").mark == 0
    assert content.answers[0].feedback == "well done"


def test_part_of_a_text_is_a_pattern():
    content = only(
        blank(), when(equal("insur", tag="varsubstring"), 100, follows="No"), cc_profile="cc.pattern_match.v0p1"
    ).content

    assert content.answers[0].text == "*insur*"
    assert mark(content, "cost, insurance").mark == 1


def test_forms_of_different_case_say_that_it_no_longer_counts():
    found = only(blank(), when(equal("a", case="Yes"), 100), when(equal("b"), 100))

    assert (found.content.match_case, codes(found)) == (False, [Note.CASE])


@pytest.mark.parametrize(
    ("condition", "value", "tolerance"),
    [
        (equal("5"), "5", "0"),
        (f"<or>{equal('5')}<and>{equal('4.5', tag='vargte')}{equal('5.5', tag='varlte')}</and></or>", "5", "0.5"),
        (equal("4", tag="vargte") + equal("8", tag="varlte"), "6", "2"),
        (equal("4", tag="vargt") + equal("8", tag="varlt"), "6", "2"),
    ],
)
def test_a_number_with_its_range(condition, value, tolerance):
    found = only(blank(kind="Decimal"), when(condition, 100, follows="No"), question_type="numerical_question")

    (answer,) = found.content.answers
    assert (answer.value, answer.tolerance, answer.fraction) == (Decimal(value), Decimal(tolerance), 1)
    assert mark(found.content, "9").mark == 0
    assert mark(found.content, value).mark == 1
    assert codes(found) == ([Note.BOUNDS] if "<vargt " in condition else [])


def test_a_number_near_the_right_one_earns_part():
    content = only(
        blank(tag="response_num", kind="Integer"),
        when(equal("10"), 4, follows="No"),
        when(equal("9", tag="vargte") + equal("12", tag="varlte"), 2, follows="No"),
        highest=4,
    ).content

    assert [(answer.value, answer.tolerance, answer.fraction) for answer in content.answers] == [
        (10, 0, 1),
        (Decimal("10.5"), Decimal("1.5"), 0.5),
    ]
    assert (mark(content, 10).mark, mark(content, 11).mark, content.points) == (1, 0.5, 4)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (equal("4", tag="vargte"), Reason.OPEN_RANGE),
        (equal("9", tag="vargte") + equal("8", tag="varlte"), Reason.BACKWARDS),
        (equal("five"), Reason.NO_NUMBER),
        (f"<not>{equal('5')}</not>{equal('6')}", Reason.MARKING),
    ],
)
def test_a_number_that_cannot_be_read_is_refused(condition, reason):
    assert refused(blank(kind="Decimal"), when(condition, 100)) == reason


def test_an_essay_with_its_guide():
    more = (
        "<itemfeedback ident='s'><solution><solutionmaterial>"
        + material("Look for …")
        + ("</solutionmaterial></solution></itemfeedback>")
    )
    content = only(blank(), when("<other/>"), more=more, cc_profile="cc.essay.v0p1").content

    assert (content.kind, content.guide) == ("essay", "Look for …")
    assert mark(content, "text").reason is MarkReason.NEEDS_PERSON


def calculated(formulas, sets, tolerance="0"):
    made = "".join(
        "<var_set>" + "".join(f"<var name='{name}'>{value}</var>" for name, value in values.items())
        + f"<answer>{answer}</answer></var_set>"
        for values, answer in sets
    )  # fmt: skip
    written = "".join(f"<formula>{formula}</formula>" for formula in formulas)
    return (
        f"<itemproc_extension><calculated><answer_tolerance>{tolerance}</answer_tolerance>"
        f"<formulas decimal_places='2'>{written}</formulas><var_sets>{made}</var_sets></calculated>"
        "</itemproc_extension>"
    )


def test_a_formula_is_kept_where_it_gives_the_results():
    more = calculated(["price * n"], [({"price": "1.5", "n": 2}, "3.00"), ({"price": "0.333", "n": 1}, "0.33")], "10%")
    found = only("", more=more, text="[n] at [price] each?", question_type="calculated_question")

    assert found.content.text == "{n} at {price} each?"
    assert found.content.answers[0].formula == "{price} * {n}"
    assert found.remarks == ()
    assert mark(draw(found.content, 0), "3.2").mark == 1
    assert mark(draw(found.content, 0), "3.5").mark == 0


@pytest.mark.parametrize("formulas", [["x^2"], ["y = x * x", "y"], ["x * x * x"], ["unknown(x)"]])
def test_results_are_drawn_where_the_formula_is_not_understood(formulas):
    more = calculated(formulas, [({"x": 2}, 4), ({"x": 3}, 9)], "0.5")
    found = only("", more=more, text="[x] squared?", question_type="calculated_question")

    assert codes(found) == [Note.RESULTS]
    assert [mark(draw(found.content, place), given).mark for place, given in ((0, "4.5"), (1, "9"), (1, "4"))] == [
        1,
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("", Reason.MARKING),
        (calculated(["x"], []), Reason.MARKING),
        (calculated(["x"], [({"x": "?"}, 1)]), Reason.NO_NUMBER),
        (calculated(["x"], [({"x": 1}, 1), ({}, 1)]), Problem.NO_VALUES),
    ],
)
def test_a_calculated_question_without_numbers_is_refused(more, reason):
    assert refused("", more=more, question_type="calculated_question") == reason


# Several responses


def test_matching_with_a_choice_left_over():
    offered = (("m1", "Ottawa"), ("m2", "Tokyo"), ("m3", "Oslo"))
    found = only(
        choices(*offered, ident="r1", prompt=material("Canada"))
        + choices(*offered, ident="r2", prompt=material("Japan")),
        when(equal("m1", "r1"), "50.00", "Add"), when(equal("m2", "r2"), "50.00", "Add"),
        question_type="matching_question",
    )  # fmt: skip
    content = found.content
    texts = {choice.key: choice.text for choice in content.choices}

    assert [(pair.text, texts[pair.choice]) for pair in content.pairs] == [("Canada", "Ottawa"), ("Japan", "Tokyo")]
    assert set(texts.values()) == {"Ottawa", "Tokyo", "Oslo"}
    assert content.text == "Q?"
    right = {pair.key: pair.choice for pair in content.pairs}
    assert mark(content, right).mark == 1
    assert mark(content, right | {"2": "?"}).mark == 0.5
    assert found.remarks == ()


def test_rows_of_different_weight_and_rows_without_a_choice():
    offered = (("m1", "x"), ("m2", "y"))
    both = choices(*offered, ident="r1", prompt=material("A")) + choices(*offered, ident="r2", prompt=material("B"))

    found = only(both, when(equal("m1", "r1"), 80, "Add"), when(equal("m2", "r2"), 20, "Add"))
    assert codes(found) == [Note.ROW_WEIGHTS]
    assert refused(both, when(equal("m1", "r1"), 80, "Add")) == Problem.LOST_CHOICE
    at_once = only(both, when(f"<and>{equal('m1', 'r1')}{equal('m2', 'r2')}</and>", 100))
    assert codes(at_once) == [Note.ALL_OR_NOTHING]
    assert len(at_once.content.pairs) == 2


def test_matching_within_one_response():
    labels = "".join(
        f"<response_label ident='{name}'{group}>{material(text)}</response_label>"
        for name, text, group in (
            ("r1", "Canada", " match_group='c1,c2'"), ("r2", "Japan", " match_group='c1,c2'"),
            ("c1", "Tokyo", ""), ("c2", "Ottawa", ""),
        )
    )  # fmt: skip
    group = (
        f"<response_grp ident='g' rcardinality='Multiple'><render_extension>{labels}</render_extension></response_grp>"
    )
    content = only(
        group,
        when(equal("r1,c2", "g", tag="varsubset", setmatch="Partial"), 1, "Add"),
        when(equal("r2,c1", "g", tag="varsubset", setmatch="Partial"), 1, "Add"),
        highest=2,
    ).content
    texts = {choice.key: choice.text for choice in content.choices}

    assert [(pair.text, texts[pair.choice]) for pair in content.pairs] == [("Canada", "Ottawa"), ("Japan", "Tokyo")]


def gap(ident, name, *labels):
    return choices(*labels, ident=ident, prompt=f"<material><mattext>{name}</mattext></material>")


def test_canvas_lists_in_a_text():
    content = only(
        gap("response_c1", "c1", ("1", "red"), ("2", "black")) + gap("response_c2", "c2", ("3", "grey"), ("4", "blue")),
        when(equal("1", "response_c1"), 75, "Add"), when(equal("4", "response_c2"), 25, "Add"),
        text="Roses are [c1], violets are [c2].", question_type="multiple_dropdowns_question",
    ).content  # fmt: skip

    assert content.text == "Roses are [[1]], violets are [[2]]."
    assert [(gap.part.kind, gap.weight) for gap in content.gaps] == [("single", 1), ("single", pytest.approx(1 / 3))]
    assert mark(content, {"1": "a", "2": "b"}).mark == 1
    assert mark(content, {"1": "a", "2": "a"}).mark == pytest.approx(0.75)


def test_canvas_blanks_accept_all_that_is_listed():
    content = only(
        gap("response_c1", "c1", ("1", "red"), ("2", "crimson")) + gap("response_c2", "c2", ("3", "blue*")),
        when(equal("1", "response_c1"), 50, "Add"), when(equal("3", "response_c2"), 50, "Add"),
        text="Roses are [c1], violets are [c2].", question_type="fill_in_multiple_blanks_question",
    ).content  # fmt: skip

    assert mark(content, {"1": "Crimson", "2": "blue*"}).mark == 1
    assert mark(content, {"1": "red", "2": "bluest"}).mark == 0.5


def test_a_gap_that_the_text_does_not_name_refuses_the_question():
    only_gap = gap("response_c1", "c1", ("1", "red"), ("2", "black"))
    condition = when(equal("1", "response_c1"), 100, "Add")
    kind = "multiple_dropdowns_question"

    assert refused(only_gap, condition, text="Roses", question_type=kind) == Problem.GAP_MISMATCH
    assert refused(only_gap, condition, text="[[7]] [c1]", question_type=kind) == Reason.GAP_MARKS


def test_blanks_within_a_text():
    presentation = (
        "<flow>" + material("Berlin lies in") + blank("r1") + material("and has") + blank("r2", "Integer")
        + material("million people.") + choices(("y", "big"), ("n", "small"), ident="r3") + "</flow>"
    )  # fmt: skip
    found = only(
        presentation,
        when(equal("Germany", "r1"), 2, "Add"),
        when(equal("3", "r2", tag="vargte") + equal("4", "r2", tag="varlte"), 1, "Add"),
        when(equal("y", "r3"), 1, "Add"), highest=4,
    )  # fmt: skip
    content = found.content

    assert content.text == "Q? Berlin lies in [[1]] and has [[2]] million people. [[3]]"
    assert [(gap.part.kind, gap.weight) for gap in content.gaps] == [
        ("short-text", 1), ("numeric", 0.5), ("single", 0.5),
    ]  # fmt: skip
    assert mark(content, {"1": "germany", "2": "3.6", "3": "a"}).mark == 1
    assert mark(content, {"1": "germany", "2": "5", "3": "b"}).mark == 0.5
    assert (content.points, found.remarks) == (4, ())


def test_gaps_that_count_only_together():
    found = only(blank("r1") + blank("r2"), when(f"<and>{equal('a', 'r1')}{equal('b', 'r2')}</and>", 100))

    assert codes(found) == [Note.ALL_OR_NOTHING]
    assert mark(found.content, {"1": "a", "2": "b"}).mark == 1
    assert mark(found.content, {"1": "a", "2": "a"}).mark == 0.5


# Texts


def test_html_and_plain_texts_keep_their_ways():
    content = only(
        choices(("x1", "a &lt; b"), ("x2", "b")), when(equal("x1"), 1),
        text="&lt;p&gt;Which?&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;", highest=1,
    ).content  # fmt: skip
    assert content.format is Format.PLAIN

    (found,) = read(
        document(
            item(choices(("x1", "a &lt; b"), ("x2", "b")), when(equal("x1"), 1))
            .replace("text/plain'>Q?", "text/html'>&lt;p&gt;Q&amp;amp;A&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;")
        )
    )  # fmt: skip
    # Stored as it is, cleaned when it is shown, as with the other formats.
    assert found.content.text == "<p>Q&amp;A</p><script>x</script>"
    assert found.content.format is Format.HTML
    assert [(option.text, option.format) for option in found.content.options] == [
        ("a < b", Format.PLAIN),
        ("b", Format.PLAIN),
    ]


def test_markup_inside_a_text_and_pictures_beside_it():
    presentation = (
        "<material><mattext texttype='text/xhtml'><p>H<sub>2</sub>O &amp; <math><mi>x</mi></math></p></mattext>"
        "<matimage uri='p.png'/><mataudio embedded='base64' audiotype='audio/mpeg' label='s.mp3'>AAAA</mataudio>"
        "<matapplet uri='old.class'/></material>"
    )
    found = only(presentation + blank(), question_type="essay_question")

    assert "<p>H<sub>2</sub>O &amp; x</p>" in found.content.text
    assert '<img src="p.png" alt="">' in found.content.text
    assert '<a href="@@PLUGINFILE@@/s.mp3">' in found.content.text
    assert [(file.name, file.data) for file in found.content.attachments] == [("s.mp3", "AAAA")]
    assert codes(found) == [Note.MATHML, Note.FILE_MISSING, Note.MEDIA]


def test_hints_are_taken_and_feedback_without_a_use_is_counted():
    more = (
        feedback("lost", "never")
        + f"<itemfeedback ident='h'><hint><hintmaterial>{material('x')}</hintmaterial></hint></itemfeedback>"
    )
    found = only(choices(*ABC), when(equal("x1"), 100), more=more)

    assert found.content.hints == ("x",)
    assert [remark.sentence for remark in found.remarks] == ["feedback left out: 1"]


def test_tags_name_skill_and_level():
    found = only(blank(), question_type="essay_question", tags="CC02, level-3; customs", skill="MR99", level="2")

    assert (found.skill, found.level, found.tags) == ("CC02", 3, ("customs",))
    assert codes(found) == [Note.UNKNOWN_SKILL, Note.BAD_LEVEL]


def test_a_title_that_names_nothing_is_replaced():
    assert only(blank(), title="Question", question_type="essay_question").name == "Q?"


# Documents


def test_assessments_sections_groups_and_banks_in_one_file():
    one = item(blank(), question_type="essay_question", points_possible="3")
    group = (
        "<section title='Pool'><selection_ordering><selection><selection_number>1</selection_number>"
        f"<selection_extension><points_per_item>7</points_per_item></selection_extension></selection></selection_ordering>{one}</section>"
    )
    chosen = "<selection_ordering><selection><sourcebank_ref>b9</sourcebank_ref></selection></selection_ordering>"
    away = f"<section>{chosen}</section>"
    here = away.replace("b9", "b1")
    found = read(
        document(
            f"<assessment title='One'><section>{one}{group}{away}{here}<itemref linkrefid='i1'/></section>"
            "</assessment>",
            f"<assessment title='Two'><presentation_material>{material('Read this.')}</presentation_material>"
            f"<section title='S'>{one}<itemref linkrefid='gone'/></section></assessment>",
            f"<objectbank ident='b1'><qtimetadata><qtimetadatafield><fieldlabel>bank_title</fieldlabel>"
            f"<fieldentry>Bank</fieldentry></qtimetadatafield></qtimetadata>{one}</objectbank>{one}",
        )
    )

    assert [each.number for each in found] == list(range(1, 9))
    assert [
        (each.category, each.content.points, each.content.kind.value)
        if isinstance(each, Item)
        else each.remark.sentence
        for each in found
    ] == [
        ("One", 3, "essay"),
        ("One/Pool", 7, "essay"),
        "draws on questions that the file does not hold: b9",
        ("Two", 1, "description"),
        ("Two/S", 3, "essay"),
        "draws on questions that the file does not hold: gone",
        ("Bank", 3, "essay"),
        ("", 3, "essay"),
    ]


def test_an_encoding_is_read_as_declared():
    text = document(item(choices(("x1", "报关行"), ("x2", "海关")), when(equal("x1"), 1), highest=1))

    for declared, encoding in (("gb2312", "gb18030"), ("GBK", "gbk"), ("utf-16", "utf-16"), ("UTF-8", "utf-8-sig")):
        (found,) = read(text.replace("encoding='UTF-8'", f"encoding='{declared}'").encode(encoding))
        assert found.content.options[0].text == "报关行"


BOMB = '<!DOCTYPE q [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><questestinterop>&b;</questestinterop>'


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (BOMB, "entities"),
        ('<!DOCTYPE q SYSTEM "file:///etc/passwd"><questestinterop/>', "entities"),
        ("<questestinterop>", "well-formed"),
        ("", "well-formed"),
        (b"", "well-formed"),
        ("<questestinterop>&nbsp;</questestinterop>", "well-formed"),
        ("<quiz/>", "not QTI 1.2"),
        ("<questestinterop>" + "<a>" * 200, "too deeply"),
        (b"<?xml version='1.0' encoding='utf-8'?><questestinterop>\xff</questestinterop>", "is not utf-8 text"),
        (b"<?xml version='1.0' encoding='rot13'?><questestinterop/>", "encoding that is not read: rot13"),
        (b"<?xml version='1.0' encoding='iso-8859-99'?><questestinterop/>", "is not iso-8859-99 text"),
        (b"\xff\xfe<\x00x", "is not utf-16 text"),
    ],
)
def test_a_broken_or_hostile_document_is_refused_as_a_whole(source, reason):
    with pytest.raises(FileUnreadable, match=reason):
        read(source)


def test_too_many_elements_are_refused(monkeypatch):
    monkeypatch.setattr(trees, "MAX_NODES", 10)

    with pytest.raises(FileUnreadable, match="more than 10 elements"):
        read("<questestinterop>" + "<a/>" * 11 + "</questestinterop>")


def test_the_same_long_text_for_many_options_is_refused():
    labels = [(f"x{number}", str(number)) for number in range(20)]
    conditions = [when(equal(name), say="f", follows="Yes") for name, _ in labels[1:]] + [when(equal("x0"), 100)]

    assert refused(choices(*labels), *conditions, more=feedback("f", "a" * 100_000)) == Reason.TOO_LONG


PIECES = st.sampled_from([
    "<item>", "</item>", "<presentation>", "</presentation>", "<response_lid ident='r'>", "</response_lid>", "<and>",
    "</and>", "<respcondition>", "</respcondition>", "<conditionvar>", "</conditionvar>", "<resprocessing>",
    "</resprocessing>", "<varequal respident='r'>a</varequal>", "<setvar>1</setvar>", "<setvar action='Add'>x</setvar>",
    material("t"), choices(*ABC), blank(), blank("n", "Decimal"), when(equal("1", "n", tag="vargte"), 1),
    when(equal("x1"), 1), "<response_grp ident='g'/>", metadata(question_type="matching_question"),
    metadata(question_type="multiple_dropdowns_question"), metadata(cc_profile="cc.true_false.v0p1"), "x", "&amp;",
])  # fmt: skip


@given(st.lists(PIECES).map("".join), st.booleans())
def test_no_document_raises_anything_else(inside, is_item):
    wrapped = f"<item>{inside}</item>" if is_item else inside
    with contextlib.suppress(FileUnreadable):
        found = read(f"<questestinterop>{wrapped}</questestinterop>")
        assert [each.number for each in found] == list(range(1, len(found) + 1))


@given(st.binary(max_size=60), st.sampled_from([b"", b"<questestinterop>", b"\xef\xbb\xbf", b"\xff\xfe"]))
def test_no_bytes_raise_anything_else(noise, start):
    with contextlib.suppress(FileUnreadable):
        read(start + noise)
