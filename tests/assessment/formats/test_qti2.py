"""QTI 2: each interaction, how it is marked, and documents that are broken or mean harm."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats import qti2
from app.assessment.formats.items import FileUnreadable, Item, Note, Reason, Refusal
from app.assessment.formats.prose import Found
from app.assessment.formats.trees import parse
from app.assessment.rules.content import Problem, Shape
from app.assessment.rules.marking import MarkReason, mark

TEMPLATE = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"
MATCH = f"<responseProcessing template='{TEMPLATE}match_correct'/>"
MAP = f"<responseProcessing template='{TEMPLATE}map_response'/>"
SCORE = (
    "<outcomeDeclaration identifier='SCORE' cardinality='single' baseType='float'><defaultValue><value>0</value>"
    "</defaultValue></outcomeDeclaration>"
)


def read(source):
    return list(qti2.read(source, {"CC02"}))


def declare(*correct, ident="RESPONSE", cardinality="single", base="identifier", mapping=None, limits=""):
    values = "".join(f"<value>{value}</value>" for value in correct)
    entries = "".join(f"<mapEntry mapKey='{key}' mappedValue='{value}'/>" for key, value in (mapping or {}).items())
    mapped = f"<mapping defaultValue='0' {limits}>{entries}</mapping>" if mapping else ""
    right = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        f"<responseDeclaration identifier='{ident}' cardinality='{cardinality}' baseType='{base}'>{right}{mapped}"
        "</responseDeclaration>"
    )


def item(declarations, body, processing=MATCH, more="", attributes=""):
    return (
        "<assessmentItem xmlns='http://www.imsglobal.org/xsd/imsqti_v2p1' identifier='q' title='N' adaptive='false' "
        f"timeDependent='false' {attributes}>{declarations}{SCORE}<itemBody>{body}</itemBody>{processing}{more}"
        "</assessmentItem>"
    )


def only(*args, **kwargs):
    (found,) = read(item(*args, **kwargs))
    assert isinstance(found, Item), found
    return found


def refused(*args, **kwargs):
    (found,) = read(item(*args, **kwargs))
    assert isinstance(found, Refusal), found
    return found.remark.code


def codes(found):
    return [remark.code for remark in found.remarks]


def choose(*choices, tag="choiceInteraction", choice="simpleChoice", ident="RESPONSE", attributes="", prompt="Which?"):
    inside = "".join(f"<{choice} identifier='{name}'>{text}</{choice}>" for name, text in choices)
    asked = f"<prompt>{prompt}</prompt>" if prompt else ""
    return f"<{tag} responseIdentifier='{ident}' {attributes}>{asked}{inside}</{tag}>"


def entry(ident="RESPONSE"):
    return f"<textEntryInteraction responseIdentifier='{ident}'/>"


ABC = (("A", "one"), ("B", "<b>two</b>"), ("C", "three"))


# Choices


def test_one_right_option():
    found = only(declare("B"), "<p>Look.</p>" + choose(*ABC, attributes="shuffle='true' maxChoices='1'"))
    content = found.content

    assert (found.number, found.line, found.name, content.kind, content.shuffle) == (1, 1, "N", "single", True)
    assert content.text == "<p>Look.</p>\nWhich?"
    assert [(option.text, option.fraction) for option in content.options] == [
        ("one", 0), ("<b>two</b>", 1), ("three", 0),
    ]  # fmt: skip
    assert mark(content, "b").mark == 1
    assert mark(content, "a").mark == 0


def test_a_mapping_gives_partial_credit_and_the_points():
    content = only(declare("B", mapping={"A": 1, "B": 4, "C": -2}), choose(*ABC), MAP).content

    assert [option.fraction for option in content.options] == [0.25, 1, -0.5]
    assert content.points == 4


def test_several_options_with_a_mapping_add_up():
    found = only(
        declare("A", "B", cardinality="multiple", mapping={"A": 1, "B": 1, "C": -1}, limits="lowerBound='0'"),
        choose(*ABC, attributes="maxChoices='0'"), MAP,
    )  # fmt: skip

    assert [option.fraction for option in found.content.options] == [0.5, 0.5, -0.5]
    assert (found.content.points, found.remarks) == (2, ())
    assert mark(found.content, ["a", "b"]).mark == 1
    assert mark(found.content, ["a", "c"]).mark == 0


def test_several_options_at_once_become_shares_and_that_is_said():
    found = only(declare("A", "B", cardinality="multiple"), choose(*ABC, attributes="maxChoices='0'"))

    assert [option.fraction for option in found.content.options] == [0.5, 0.5, -1]
    assert codes(found) == [Note.ALL_OR_NOTHING]


def test_own_processing_feedback_and_a_fixed_place():
    processing = """<responseProcessing><responseCondition>
      <responseIf><match><variable identifier='RESPONSE'/><correct identifier='RESPONSE'/></match>
        <setOutcomeValue identifier='SCORE'><baseValue baseType='float'>2</baseValue></setOutcomeValue></responseIf>
      <responseElseIf><match><variable identifier='RESPONSE'/><baseValue baseType='identifier'>C</baseValue></match>
        <setOutcomeValue identifier='SCORE'><sum><variable identifier='SCORE'/><baseValue baseType='float'>1</baseValue>
        </sum></setOutcomeValue></responseElseIf>
      <responseElse><setOutcomeValue identifier='SCORE'><baseValue baseType='float'>0</baseValue></setOutcomeValue>
      </responseElse></responseCondition>
      <setOutcomeValue identifier='FEEDBACK'><variable identifier='RESPONSE'/></setOutcomeValue></responseProcessing>"""
    more = "".join(
        f"<modalFeedback outcomeIdentifier='FEEDBACK' identifier='{name}' showHide='show'>{text}</modalFeedback>"
        for name, text in (("A", "no"), ("Z", "never"))
    )
    inside = "<feedbackInline outcomeIdentifier='FEEDBACK' identifier='B'>yes</feedbackInline>"
    choices = (("A", "one"), ("B", f"two{inside}"), ("C' fixed='true", "three"))
    found = only(declare("B"), choose(*choices, attributes="shuffle='true'"), processing, more)

    assert [option.fraction for option in found.content.options] == [0, 1, 0.5]
    assert [option.feedback for option in found.content.options] == ["no", "yes", ""]
    assert [remark.sentence for remark in found.remarks] == [
        "some options had a fixed place: now all keep their order",
        "feedback left out: 1",
    ]
    assert (found.content.points, found.content.shuffle) == (2, False)


def test_putting_in_order():
    found = only(
        declare("C", "A", "B", cardinality="ordered"), choose(*ABC, tag="orderInteraction"),
    )  # fmt: skip

    assert [each.text for each in found.content.items] == ["three", "one", "<b>two</b>"]
    assert codes(found) == [Note.ALL_OR_NOTHING]


# Pairs


def match(rows, choices):
    def one(offered):
        inside = "".join(
            f"<simpleAssociableChoice identifier='{name}' matchMax='1'>{text}</simpleAssociableChoice>"
            for name, text in offered
        )
        return f"<simpleMatchSet>{inside}</simpleMatchSet>"

    return f"<matchInteraction responseIdentifier='RESPONSE'>{one(rows)}{one(choices)}</matchInteraction>"


ROWS, CAPITALS = (("c", "Canada"), ("j", "Japan")), (("t", "Tokyo"), ("o", "Ottawa"), ("x", "Oslo"))


def test_matching_rows_to_choices():
    pairs = ["c o", "j t"]
    found = only(
        declare(*pairs, cardinality="multiple", base="directedPair", mapping=dict.fromkeys(pairs, 1)),
        "<p>Capitals?</p>" + match(ROWS, CAPITALS), MAP,
    )  # fmt: skip
    texts = {choice.key: choice.text for choice in found.content.choices}

    assert [(pair.text, texts[pair.choice]) for pair in found.content.pairs] == [
        ("Canada", "Ottawa"), ("Japan", "Tokyo"),
    ]  # fmt: skip
    assert len(texts) == 3
    assert (found.content.points, found.remarks) == (2, ())
    right = {pair.key: pair.choice for pair in found.content.pairs}
    assert mark(found.content, right).mark == 1
    assert mark(found.content, right | {"1": None}).mark == 0.5


def test_matching_in_which_the_second_set_holds_the_rows():
    pairs = ["t j", "t c"]
    found = only(declare(*pairs, cardinality="multiple", base="directedPair"), "<p>Q</p>" + match(CAPITALS, ROWS))

    assert [pair.text for pair in found.content.pairs] == ["Canada", "Japan"]
    assert codes(found) == [Note.ALL_OR_NOTHING]


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        (["c o", "c t", "j t"], Reason.MANY_TO_MANY),
        (["c o"], Problem.LOST_CHOICE),
        (["c o j"], Reason.MARKING),
        ([], Problem.NO_RIGHT),
    ],
)
def test_matching_that_cannot_be_expressed_is_refused(pairs, reason):
    declared = declare(*pairs, cardinality="multiple", base="directedPair")

    assert refused(declared, "<p>Q</p>" + match(ROWS, CAPITALS)) == reason


def test_free_pairs_become_rows():
    choices = (("a", "Romeo"), ("b", "Juliet"), ("c", "Hamlet"), ("d", "Ophelia"), ("e", "Lear"))
    declared = declare("b a", "c d", cardinality="multiple", base="pair", mapping={"a b": 1, "d c": 1})
    found = only(declared, choose(*choices, tag="associateInteraction", choice="simpleAssociableChoice"), MAP)
    texts = {choice.key: choice.text for choice in found.content.choices}

    assert [(pair.text, texts[pair.choice]) for pair in found.content.pairs] == [
        ("Romeo", "Juliet"), ("Hamlet", "Ophelia"),
    ]  # fmt: skip
    assert set(texts.values()) == {"Juliet", "Ophelia", "Lear"}
    assert codes(found) == [Note.PAIRED]


def test_words_drawn_into_a_text():
    pairs = {"w G1": 1, "s G2": 3}
    body = (
        "<gapMatchInteraction responseIdentifier='RESPONSE'><prompt>Fill in.</prompt>"
        "<gapText identifier='w' matchMax='1'>winter</gapText><gapText identifier='s' matchMax='1'>summer</gapText>"
        "<blockquote><p>Now is the <gap identifier='G1'/> of our <gap identifier='G2'/>.</p></blockquote>"
        "</gapMatchInteraction>"
    )
    found = only(declare(*pairs, cardinality="multiple", base="directedPair", mapping=pairs), body, MAP)
    content = found.content

    assert content.text == "Fill in.\n<blockquote><p>Now is the [[1]] of our [[2]].</p></blockquote>"
    assert [gap.weight for gap in content.gaps] == [pytest.approx(1 / 3), 1]
    assert mark(content, {"1": "a", "2": "b"}).mark == 1
    assert mark(content, {"1": "b", "2": "b"}).mark == pytest.approx(0.75)
    assert (content.points, found.remarks) == (4, ())


# Typed answers and gaps


def test_short_text_with_a_mapping():
    declared = declare("York", base="string", mapping={"York": 1, "york*": 0.5})
    content = only(declared, f"<p>Where? {entry()}.</p>", MAP).content

    assert content.kind == "short-text"
    assert [(form.text, form.fraction) for form in content.answers] == [("York", 1), ("york\\*", 0.5)]
    assert mark(content, "york").mark == 1


def test_short_text_where_case_counts():
    content = only(declare("CIF", base="string"), f"<p>Term: {entry()}</p>").content

    assert content.match_case
    assert mark(content, "cif").mark == 0


def test_a_text_entry_among_text_is_a_gap():
    content = only(declare("York", base="string"), f"<p>The son of {entry()} is sun.</p>").content

    assert (content.kind, content.text) == ("cloze", "<p>The son of [[1]] is sun.</p>")
    assert mark(content, {"1": "York"}).mark == 1


@pytest.mark.parametrize(
    ("mode", "tolerance"),
    [("absolute' tolerance='0.5 0.5", "0.5"), ("relative' tolerance='10 10", "0.25"), ("exact", "0")],
)
def test_a_number_with_tolerance(mode, tolerance):
    processing = (
        f"<responseProcessing><responseCondition><responseIf><equal toleranceMode='{mode}'>"
        "<variable identifier='RESPONSE'/><correct identifier='RESPONSE'/></equal><setOutcomeValue identifier='SCORE'>"
        "<baseValue baseType='float'>1</baseValue></setOutcomeValue></responseIf></responseCondition>"
        "</responseProcessing>"
    )
    content = only(declare("2.5", base="float"), f"<p>How much?</p><p>{entry()}</p>", processing).content

    (answer,) = content.answers
    assert (answer.value, answer.tolerance) == (Decimal("2.5"), Decimal(tolerance))
    assert mark(content, "2.5").mark == 1
    assert mark(content, "3.1").mark == 0


def test_an_own_comparison_that_is_not_understood_is_refused():
    processing = (
        "<responseProcessing><responseCondition><responseIf><gte><variable identifier='RESPONSE'/>"
        "<baseValue baseType='float'>2</baseValue></gte><setOutcomeValue identifier='SCORE'>"
        "<baseValue baseType='float'>1</baseValue></setOutcomeValue></responseIf></responseCondition>"
        "</responseProcessing>"
    )
    body = f"<p>How much? {entry()}</p>"

    assert refused(declare("2", base="float"), body, processing) == Reason.MARKING
    assert refused(declare("two", base="integer"), body) == Reason.NO_NUMBER
    other = "<responseProcessing><lookupOutcomeValue/></responseProcessing>"
    assert refused(declare("2"), body, other) == Reason.MARKING
    assert refused(declare("2"), body, "<responseProcessing template='http://x/mine.xml'/>") == Reason.MARKING


def test_lists_and_words_in_one_text():
    lists = choose(("Y", "York"), ("G", "Gloucester"), tag="inlineChoiceInteraction", choice="inlineChoice", prompt="")
    declared = declare("Y", mapping={"Y": 2}) + declare("sun", ident="R2", base="string", mapping={"sun": 1})
    processing = (
        "<responseProcessing><setOutcomeValue identifier='SCORE'><sum><mapResponse identifier='RESPONSE'/>"
        "<mapResponse identifier='R2'/></sum></setOutcomeValue></responseProcessing>"
    )
    found = only(declared, f"<p>This {entry('R2')} of {lists}.</p>", processing)
    content = found.content

    assert content.text == "<p>This [[1]] of [[2]].</p>"
    assert [(gap.part.kind, gap.weight) for gap in content.gaps] == [("short-text", 0.5), ("single", 1)]
    assert mark(content, {"1": "SUN", "2": "a"}).mark == 1
    assert mark(content, {"1": "moon", "2": "a"}).mark == pytest.approx(2 / 3)
    assert (content.points, found.remarks) == (3, ())


def test_one_list_that_must_be_right_with_another():
    lists = [
        choose(("Y", "y"), ("N", "n"), tag="inlineChoiceInteraction", choice="inlineChoice", ident=ident, prompt="")
        for ident in ("R1", "R2")
    ]
    processing = (
        "<responseProcessing><responseCondition><responseIf><and>"
        "<match><variable identifier='R1'/><correct identifier='R1'/></match>"
        "<match><variable identifier='R2'/><correct identifier='R2'/></match></and><setOutcomeValue identifier='SCORE'>"
        "<baseValue baseType='float'>1</baseValue></setOutcomeValue></responseIf></responseCondition>"
        "</responseProcessing>"
    )
    found = only(declare("Y", ident="R1") + declare("N", ident="R2"), f"<p>{lists[0]} {lists[1]}</p>", processing)

    assert codes(found) == [Note.ALL_OR_NOTHING]
    assert mark(found.content, {"1": "a", "2": "b"}).mark == 1


def test_several_choices_in_one_item_are_gaps_with_their_prompts():
    body = choose(*ABC, ident="R1", prompt="First?") + choose(*ABC, ident="R2", prompt="Second?")
    content = only(declare("A", ident="R1") + declare("B", ident="R2"), body, "").content

    assert content.text == "First? [[1]]Second? [[2]]"
    assert mark(content, {"1": "a", "2": "c"}).mark == 0.5


def test_an_essay_with_a_guide_for_its_marker():
    body = (
        "<rubricBlock view='candidate'><p>Take your time.</p></rubricBlock>"
        "<rubricBlock view='scorer'><p>Look for …</p></rubricBlock>"
        "<extendedTextInteraction responseIdentifier='RESPONSE'><prompt>Write.</prompt></extendedTextInteraction>"
    )
    content = only(declare(base="string"), body, "").content

    assert (content.kind, content.guide) == ("essay", "<p>Look for …</p>")
    assert content.text == "<p>Take your time.</p>\nWrite."
    assert mark(content, "x").reason is MarkReason.NEEDS_PERSON


def test_a_file_to_hand_in():
    body = "<uploadInteraction responseIdentifier='RESPONSE'><prompt>Your plan.</prompt></uploadInteraction>"

    assert only(declare(base="file"), body, "").content.kind == "file"


PLACES = (
    "<hotspotChoice identifier='A' shape='circle' coords='10,10,5' hotspotLabel='Port'/>"
    "<hotspotChoice identifier='B' shape='rect' coords='0,20,9,30'/>"
    "<hotspotChoice identifier='C' shape='poly' coords='1,1,2,2,1,2'/>"
)


def hotspot(choices=PLACES, picture="<object type='image/png' data='p.png' width='40' height='30'/>"):
    inside = f"<prompt>Where?</prompt>{picture}{choices}"
    return f"<hotspotInteraction responseIdentifier='RESPONSE'>{inside}</hotspotInteraction>"


def only_with_picture(source):
    return qti2.question(parse(source), 1, find=lambda name: Found(name, "AAAA") if name == "p.png" else None)


@pytest.mark.parametrize(("cardinality", "several"), [("single", False), ("multiple", True)])
def test_places_in_a_picture(cardinality, several):
    content = only_with_picture(item(declare("A", cardinality=cardinality), hotspot())).content

    assert (content.text, content.picture, content.width, content.height) == ("Where?", "p.png", 40, 30)
    assert [(area.shape, area.fraction, area.text) for area in content.areas] == [
        (Shape.CIRCLE, 1, "Port"),
        (Shape.RECTANGLE, -1 if several else 0, ""),
        (Shape.POLYGON, -1 if several else 0, ""),
    ]
    assert content.several is several
    assert mark(content, ["a"]).mark == 1
    assert mark(content, ["b"]).mark == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (hotspot(picture=""), Problem.NO_PICTURE),
        (hotspot(picture="<object data='q.png' width='40' height='30'/>"), Problem.NO_PICTURE),
        (hotspot(picture="<object data='p.png'/>"), Problem.NO_PICTURE),
        (hotspot(PLACES.replace("rect", "default")), Problem.OUTLINE),
        (hotspot(PLACES.replace("0,20,9,30", "0,20,9,x")), Problem.OUTLINE),
        (hotspot(PLACES.replace("0,20,9,30", "0,20,9,31")), Problem.OUTLINE),
    ],
)
def test_places_without_picture_or_outline_are_refused(body, reason):
    assert only_with_picture(item(declare("A"), body)).remark.code == reason


def test_a_text_that_asks_nothing():
    assert only("", "<p>Read this.</p>", "").content.kind == "description"


# Texts


def test_a_body_becomes_html():
    body = (
        "<p xmlns:m='http://www.w3.org/1998/Math/MathML'>a &lt; b &amp; <br/><m:math><m:mi>x</m:mi></m:math>"
        "<object data='p.png' type='image/png' width='9'>A map</object><script>alert(1)</script></p>"
    )
    found = only("", body, "")

    assert found.content.text == (
        '<p>a &lt; b &amp; <br>x<img src="p.png" alt="A map" width="9"><script>alert(1)</script></p>'
    )
    assert codes(found) == [Note.MATHML, Note.FILE_MISSING]


# What cannot be taken


@pytest.mark.parametrize(
    "tag",
    [
        "selectPointInteraction", "graphicOrderInteraction", "graphicAssociateInteraction",
        "graphicGapMatchInteraction", "positionObjectInteraction", "sliderInteraction", "drawingInteraction",
        "mediaInteraction", "customInteraction", "hottextInteraction", "endAttemptInteraction",
    ],
)  # fmt: skip
def test_interactions_that_cannot_be_asked_are_refused_by_name(tag):
    (found,) = read(item(declare("A"), f"<p>Q</p><{tag} responseIdentifier='RESPONSE'/>"))

    assert found.remark.sentence == f"type {tag} is not supported yet"


@pytest.mark.parametrize(
    ("declared", "body", "more", "reason"),
    [
        (declare("A"), choose(*ABC), "<templateProcessing/>", Reason.UNSUPPORTED),
        (declare(), choose(*ABC), "", Problem.NO_RIGHT),
        ("", choose(*ABC), "", Reason.MARKING),
        (declare("A"), choose(("A", "one")), "", Problem.FEW_OPTIONS),
        (declare("A"), choose(*ABC * 400), "", Reason.TOO_MANY),
        (declare("A"), "", "", Problem.EMPTY_TEXT),
        (declare("A"), f"<p>[[1]] {entry()} x</p>", "", Reason.GAP_MARKS),
        (declare("A", "B", cardinality="ordered"), choose(*ABC, tag="orderInteraction"), "", Reason.MARKING),
        (declare("A", mapping={"A": "x"}), choose(*ABC), "", Reason.NO_NUMBER),
    ],
)
def test_an_item_that_cannot_be_taken_is_refused(declared, body, more, reason):
    assert refused(declared, body, MATCH, more) == reason


def test_an_adaptive_item_is_refused():
    (found,) = read(item(declare("A"), choose(*ABC)).replace("adaptive='false'", "adaptive='true'"))

    assert found.remark.code is Reason.UNSUPPORTED


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<assessmentTest/>", "without its questions"),
        ("<qti-assessment-item/>", "not a QTI 2 item"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><assessmentItem>&b;</assessmentItem>", "entities"),
        ("<assessmentItem>", "well-formed"),
        (b"\x00", "well-formed"),
        ("<assessmentItem>" + "<p>" * 100, "too deeply"),
    ],
)
def test_a_broken_or_hostile_document_is_refused_as_a_whole(source, reason):
    with pytest.raises(FileUnreadable, match=reason):
        read(source)


PIECES = st.sampled_from([
    declare("A"), declare("A", "B", cardinality="multiple"), declare("A B", cardinality="multiple", base="pair"),
    declare("1", base="float"), choose(*ABC), choose(*ABC, tag="orderInteraction"), entry(), match(ROWS, CAPITALS),
    "<gapMatchInteraction responseIdentifier='RESPONSE'>", "</gapMatchInteraction>", "<gap identifier='G'/>",
    "<itemBody>", "</itemBody>", "<p>", "</p>", MATCH, MAP, "<responseProcessing>", "</responseProcessing>",
    "<responseCondition><responseIf>", "</responseIf></responseCondition>", "<sum>", "</sum>", "<match/>", "<not/>",
    "<setOutcomeValue identifier='SCORE'>", "</setOutcomeValue>", "<variable identifier='RESPONSE'/>", "<divide/>",
    "<baseValue baseType='float'>1</baseValue>", "<modalFeedback/>", "x", "[[1]]",
])  # fmt: skip


@given(st.lists(PIECES).map("".join), st.sampled_from(["", declare("A") + "<itemBody>", declare("A")]))
def test_no_document_raises_anything_else(inside, start):
    end = "</itemBody>" if start.endswith("<itemBody>") else ""
    with contextlib.suppress(FileUnreadable):
        assert len(read(f"<assessmentItem>{start}{inside}{end}</assessmentItem>")) == 1


@given(st.binary(max_size=60), st.sampled_from([b"", b"<assessmentItem>", b"\xef\xbb\xbf", b"\xfe\xff"]))
def test_no_bytes_raise_anything_else(noise, start):
    with contextlib.suppress(FileUnreadable):
        read(start + noise)
