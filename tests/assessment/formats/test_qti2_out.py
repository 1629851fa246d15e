"""QTI 2.2 packages: their structure, and the same marks when they are read again."""

import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats import cartridge, qti2_out, xhtml
from app.assessment.formats.exports import ExportItem, Losses
from app.assessment.formats.items import Item, Note, Reason
from app.assessment.rules.content import (
    Area,
    Attachment,
    Cloze,
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
    Problem,
    QuestionKind,
    Shape,
    ShortText,
    Single,
    TextAnswer,
    TrueFalse,
    matched,
)
from app.assessment.rules.marking import mark
from tests.assessment.formats.drawn import PICTURE, SOUND, answers_to, contents, without

Q = "{http://www.imsglobal.org/xsd/imsqti_v2p2}"
P = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
HELD = sorted(set(QuestionKind) - {QuestionKind.CALCULATED})


def write(*contents, **more):
    return qti2_out.write([ExportItem(f"N{n}", content, **more) for n, content in enumerate(contents)])


def read(package):
    return list(cartridge.read(package, {"CC02"}))


def unpacked(package):
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def document(content, path="items/q1.xml"):
    return ElementTree.fromstring(unpacked(write(content)[0])[path])


def tags(element):
    return [child.tag.removeprefix(Q) for child in element]


# The same marks


def translated(content, other, answer):
    """`answer` to `content` in the keys of `other`, which was read from what `content` was written as."""
    if answer is None or answer in ("", [], {}, "?"):
        return answer
    match content:
        case TrueFalse():
            return other.options[0 if answer else 1].key
        case Single() | Multiple() | Hotspot():
            parts = "areas" if isinstance(content, Hotspot) else "options"
            keys = {one.key: two.key for one, two in zip(getattr(content, parts), getattr(other, parts), strict=True)}
            return [keys[key] for key in answer] if isinstance(answer, list) else keys[answer]
        case Ordering():
            keys = {one.key: two.key for one, two in zip(content.items, other.items, strict=True)}
            return [keys[key] for key in answer]
        case Matching():
            rows = {one.key: two for one, two in zip(content.pairs, other.pairs, strict=True)}
            right = {pair.choice: rows[pair.key].choice for pair in content.pairs}
            wrong = next((each.key for each in other.choices if each.key not in right.values()), "?")
            return {rows[row].key: right.get(choice, wrong) for row, choice in answer.items()}
        case Cloze():
            if not isinstance(other, Cloze):
                # A gap at the end of its text is an answer that is typed.
                return translated(content.gaps[0].part, other, answer.get(content.gaps[0].key))
            return {
                two.key: translated(one.part, two.part, answer.get(one.key))
                for one, two in zip(content.gaps, other.gaps, strict=True)
            }
    return answer


# Signs that mean something in XML or HTML, but are no tags.
SIGNS = "&\"';1aB图（ \n"


@pytest.mark.parametrize("kind", HELD)
@given(data=st.data())
def test_what_is_written_gives_the_same_marks_when_it_is_read(kind, data):
    formats = st.sampled_from([Format.HTML, Format.PLAIN, Format.MOODLE])
    content = without(data.draw(contents(kind, SIGNS, formats, several_in_gaps=False, overlap=False)), units=())

    package, left_out = write(content)

    assert not any(each.whole for each in left_out)
    (item,) = read(package)
    assert isinstance(item, Item), item
    assert item.content.points == pytest.approx(content.points) or isinstance(content, Description)
    if kind is not QuestionKind.CLOZE:
        assert xhtml.words(item.content.text, Format.HTML, Losses()) == xhtml.words(
            content.text, content.format, Losses()
        )
    if Note.CASE in [remark.code for remark in item.remarks]:
        return  # the reader takes another law, and says so
    for answer in answers_to(content):
        wanted, got = mark(content, answer), mark(item.content, translated(content, item.content, answer))
        assert got.mark == pytest.approx(wanted.mark, abs=1e-4), (answer, wanted, got)


@pytest.mark.parametrize("kind", HELD)
@given(data=st.data())
def test_whatever_a_text_holds_the_package_is_read(kind, data):
    package, left_out = write(data.draw(contents(kind)))

    lost = {Reason.GAP_SEVERAL, Reason.GAP_LOST, Problem.EMPTY_TEXT}
    assert {each.reason.code for each in left_out if each.whole} <= lost
    structure(package)
    assert len(read(package)) == (not any(each.whole for each in left_out))


# The structure


BLOCKS = {"p", "pre", "address", "h1", "h2", "h3", "h4", "h5", "h6", "div", "ul", "ol", "dl", "blockquote", "table",
          "hr", "rubricBlock", "choiceInteraction", "orderInteraction", "matchInteraction", "hotspotInteraction",
          "extendedTextInteraction", "uploadInteraction"}  # fmt: skip
INLINE = {"a", "abbr", "acronym", "b", "big", "cite", "code", "dfn", "em", "i", "kbd", "q", "samp", "small", "span",
          "strong", "sub", "sup", "tt", "var", "br", "img", "object", "textEntryInteraction",
          "inlineChoiceInteraction"}  # fmt: skip
# What the information model lets stand inside an element; None: text alone.
INSIDE = {
    "itemBody": BLOCKS, "rubricBlock": BLOCKS, "blockquote": BLOCKS,
    **dict.fromkeys(INLINE - {"br", "img", "object"}, INLINE),
    **dict.fromkeys(["p", "pre", "address", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "caption"], INLINE),
    **dict.fromkeys(["div", "li", "dd", "td", "th", "simpleChoice", "simpleAssociableChoice", "modalFeedback"],
                    BLOCKS | INLINE),
    "ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd"}, "tr": {"td", "th"}, "thead": {"tr"}, "tbody": {"tr"},
    "tfoot": {"tr"}, "table": {"caption", "col", "colgroup", "thead", "tfoot", "tbody"}, "colgroup": {"col"},
    "choiceInteraction": {"simpleChoice"}, "orderInteraction": {"simpleChoice"},
    "matchInteraction": {"simpleMatchSet"}, "simpleMatchSet": {"simpleAssociableChoice"},
    "inlineChoiceInteraction": {"inlineChoice"}, "hotspotInteraction": {"object", "hotspotChoice"},
    "responseCondition": {"responseIf", "responseElseIf", "responseElse"},
}  # fmt: skip
NO_TEXT = {"itemBody", "blockquote", "ul", "ol", "dl", "tr", "thead", "tbody", "tfoot", "table", "rubricBlock"}
ORDER = ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback"]
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
BASES = {"identifier", "float", "string", "directedPair", "file"}


def structure(package):
    """Raises AssertionError where an item is not as QTI 2.2 has it, or the manifest does not fit the package."""
    files = unpacked(package)
    manifest = ElementTree.fromstring(files["imsmanifest.xml"])
    named = {file.get("href") for file in manifest.iter(P + "file")}
    assert {name.replace("图", "%E5%9B%BE") for name in files} == {"imsmanifest.xml"} | named
    for resource in manifest.iter(P + "resource"):
        if resource.get("type") == "imsqti_item_xmlv2p2":
            root = ElementTree.fromstring(files[resource.get("href")])
            assert root.get("identifier") == resource.get("identifier")
            check_item(root)


def check_item(root):
    assert root.tag == Q + "assessmentItem"
    assert all(root.get(name) for name in ("title", "adaptive", "timeDependent"))
    places = [ORDER.index(tag) for tag in tags(root)]
    assert places == sorted(places)
    responses = {each.get("identifier"): each for each in root.findall(Q + "responseDeclaration")}
    outcomes = {each.get("identifier"): each for each in root.findall(Q + "outcomeDeclaration")}
    assert outcomes["SCORE"].get("baseType") == "float"
    for each in [*responses.values(), *outcomes.values()]:
        assert each.get("baseType") in BASES
        assert each.get("cardinality") in ("single", "multiple", "ordered")
    asked = [each.get("responseIdentifier") for each in root.iter() if each.tag.endswith("Interaction")]
    assert sorted(asked) == sorted(responses)
    for element in root.iter():
        tag = element.tag.removeprefix(Q)
        if tag in INSIDE:
            assert set(tags(element)) <= INSIDE[tag], tag
        if tag in NO_TEXT:
            assert not (element.text or "").strip()
            assert not any((child.tail or "").strip() for child in element)
        if element.get("identifier"):
            assert IDENTIFIER.fullmatch(element.get("identifier"))
        if tag == "variable":
            assert element.get("identifier") in {*responses, *outcomes}
        if tag == "setOutcomeValue":
            assert element.get("identifier") in outcomes
            assert len(element) == 1
        if tag in ("responseIf", "responseElseIf"):
            assert len(element) >= 1
        if tag == "modalFeedback":
            assert element.get("outcomeIdentifier") in outcomes
    offered = [each.get("identifier") for each in root.find(Q + "itemBody").iter() if each.get("identifier")]
    if not root.findall(f".//{Q}inlineChoice"):
        assert len(set(offered)) == len(offered)
    for response in responses.values():
        values = [value.text for value in response.iter(Q + "value")]
        if response.get("baseType") in ("identifier", "directedPair"):
            assert {part for value in values for part in value.split()} <= set(offered)


SINGLE = Single(
    text='Which?<br><img src="@@PLUGINFILE@@/图-1.png">',
    format=Format.HTML,
    options=(
        Option(key="a", text="CIF", fraction=1, feedback="Yes."),
        Option(key="b", text="<i>FOB</i>", fraction=0.5),
        Option(key="c", text="EXW", fraction=-0.5),
    ),
    general_feedback="See Incoterms.",
    wrong_feedback="No.",
    attachments=(PICTURE, SOUND),
    points=2,
)


def test_a_package_has_a_manifest_with_skill_and_level_and_the_files():
    package, left_out = qti2_out.write([ExportItem("Terms", SINGLE, "CC02", 2, ("export",), "Trade/Terms")])
    files = unpacked(package)
    manifest = ElementTree.fromstring(files["imsmanifest.xml"])

    assert left_out == []
    assert list(files) == ["imsmanifest.xml", "items/q1.xml", "items/q1-files/图-1.png", "items/q1-files/a.mp3",
                           "tests/t1.xml"]  # fmt: skip
    assert [resource.get("type") for resource in manifest.iter(P + "resource")] == [
        "imsqti_item_xmlv2p2", "imsqti_test_xmlv2p2",
    ]  # fmt: skip
    lom = "{http://ltsc.ieee.org/xsd/LOM}"
    assert [each.findtext(f"{lom}string") for each in manifest.iter(f"{lom}keyword")] == ["CC02", "level-2", "export"]
    (item,) = read(package)
    assert (item.name, item.skill, item.level, item.tags, item.category) == (
        "Terms", "CC02", 2, ("export",), "Trade/Terms",
    )  # fmt: skip
    assert [file.name for file in item.content.attachments] == ["图-1.png"]
    assert "@@PLUGINFILE@@/图-1.png" in item.content.text
    structure(package)


def test_a_choice_is_declared_mapped_and_answered():
    root = document(SINGLE)

    assert tags(root) == ["responseDeclaration", *["outcomeDeclaration"] * 4, "itemBody", "responseProcessing",
                          *["modalFeedback"] * 3]  # fmt: skip
    mapping = root.find(f"{Q}responseDeclaration/{Q}mapping")
    assert mapping.attrib == {"lowerBound": "0", "upperBound": "2", "defaultValue": "0"}
    assert [(each.get("mapKey"), each.get("mappedValue")) for each in mapping] == [
        ("choice_1", "2"), ("choice_2", "1"), ("choice_3", "-1"),
    ]  # fmt: skip
    interaction = root.find(f"{Q}itemBody/{Q}choiceInteraction")
    assert interaction.attrib == {"responseIdentifier": "RESPONSE", "shuffle": "true", "maxChoices": "1"}
    said = list(root.iter(Q + "modalFeedback"))
    assert [(each.get("outcomeIdentifier"), each.get("identifier"), each.text) for each in said] == [
        ("FEEDBACK", "choice_1", "Yes."), ("RESULT", "wrong", "No."), ("GENERAL", "shown", "See Incoterms."),
    ]  # fmt: skip


def test_feedback_comes_back_to_its_answers():
    (item,) = read(write(SINGLE)[0])

    assert [option.feedback for option in item.content.options] == ["Yes.", "", "No."]
    assert item.content.general_feedback == "See Incoterms."


def test_numbers_are_compared_within_their_tolerance_in_their_order():
    content = Numeric(
        text="<p>How many?</p>", format=Format.HTML,
        answers=(
            NumericAnswer(value=Decimal("3.14"), fraction=1, tolerance=Decimal("0.005"), feedback="Yes."),
            NumericAnswer(value=Decimal(3), fraction=0.5),
            NumericAnswer(value=None, fraction=0, feedback="No."),
        ),
    )  # fmt: skip
    root = document(content)
    check_item(root)
    condition = root.find(f"{Q}responseProcessing/{Q}responseCondition/{Q}responseIf/{Q}responseCondition")

    assert tags(root.find(f"{Q}itemBody/{Q}p")) == ["textEntryInteraction"]
    assert tags(condition) == ["responseIf", "responseElseIf", "responseElse"]
    assert [each.attrib for each in root.iter(Q + "equal")] == [
        {"toleranceMode": "absolute", "tolerance": "0.005 0.005"}, {"toleranceMode": "exact"},
    ]  # fmt: skip


def test_any_number_at_all_may_be_right():
    content = Numeric(text="?", format=Format.PLAIN, answers=(NumericAnswer(value=None, fraction=1),))

    check_item(document(content))


def typed(*answers, **more):
    return ShortText(text="?", format=Format.PLAIN, answers=answers, **more)


def test_a_lone_star_is_what_everything_else_earns():
    content = typed(
        TextAnswer(text="CIF", fraction=1),
        TextAnswer(text="cif", fraction=0),
        TextAnswer(text="*", fraction=0.25, feedback="No."),
    )
    root = document(content)
    check_item(root)
    mapping = root.find(f"{Q}responseDeclaration/{Q}mapping")

    assert mapping.get("defaultValue") == "0.25"
    assert [each.attrib for each in mapping] == [{"mapKey": "CIF", "mappedValue": "1", "caseSensitive": "false"}]
    check_item(document(typed(TextAnswer(text="*", fraction=1, feedback="Thanks."))))


def test_a_form_with_a_star_is_refused():
    (left_out,) = write(typed(TextAnswer(text="C*F", fraction=1)))[1]

    assert (left_out.whole, left_out.reason.sentence) == (True, "the format accepts no form with *: C*F")


def test_rows_and_choices_are_matched():
    pairs, choices = matched([("Canada", None, "Ottawa"), ("Japan", None, "Tokyo")], ["Oslo"])
    root = document(Matching(text="?", format=Format.PLAIN, pairs=pairs, choices=choices))
    check_item(root)

    interaction = root.find(f"{Q}itemBody/{Q}matchInteraction")
    assert [[each.get("matchMax") for each in part] for part in interaction] == [["1", "1"], ["0", "0", "0"]]
    assert [each.get("mappedValue") for each in root.iter(Q + "mapEntry")] == ["0.5", "0.5"]


@given(contents(QuestionKind.ORDERING))
def test_an_order_is_not_given_away_and_earns_all_or_nothing(content):
    package, left_out = write(content)
    root = ElementTree.fromstring(unpacked(package)["items/q1.xml"])

    assert Note.WHOLE_ORDER in [each.reason.code for each in left_out]
    shown = [each.get("identifier") for each in root.iter(Q + "simpleChoice")]
    assert shown == [f"item_{number}" for number in range(1, len(shown) + 1)]
    assert root.find(f"{Q}responseDeclaration").get("cardinality") == "ordered"


def cloze(*parts, text="<p>a [[1]] b</p>", **more):
    gaps = tuple(Gap(key=str(number), part=part, **more) for number, part in enumerate(parts, 1))
    return Cloze(text=text, format=Format.HTML, gaps=gaps)


LIST = Single(text="", format=Format.HTML, options=SINGLE.options)


def test_gaps_stand_in_the_text():
    content = cloze(LIST, typed(TextAnswer(text="x", fraction=1)), text="<p>a [[2]] b <b>[[1]]</b> [[9</p>")
    package, left_out = write(content)
    root = ElementTree.fromstring(unpacked(package)["items/q1.xml"])
    check_item(root)

    paragraph = root.find(f"{Q}itemBody/{Q}p")
    assert tags(paragraph) == ["textEntryInteraction", "b"]
    assert [paragraph.text, paragraph[0].tail, paragraph[1].tail] == ["a ", " b ", " [[9"]
    assert [each.text for each in root.iter(Q + "inlineChoice")] == ["CIF", "FOB", "EXW"]
    assert {each.reason.code for each in left_out} == {Note.MARKUP}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (cloze(Multiple(text="", format=Format.HTML, options=SINGLE.options)), Reason.GAP_SEVERAL),
        (cloze(LIST, text='<img src="x" alt="[[1]]">'), Reason.GAP_LOST),
    ],
)
def test_gaps_that_qti_cannot_hold_are_refused(content, reason):
    assert [(each.whole, each.reason.code) for each in write(content)[1] if each.whole] == [(True, reason)]


def test_lists_in_gaps_become_drop_down_menus():
    assert Note.GAP_LISTS in [each.reason.code for each in write(cloze(LIST, layout=Layout.VERTICAL))[1]]


def test_a_person_marks_essays_and_files():
    essay = Essay(text="?", format=Format.HTML, guide="Look for …", template="Dear", wrong_feedback="no")
    upload = FileUpload(text="?", format=Format.HTML, guide="g", suffixes=(".pdf",), most=3, general_feedback="Thanks")

    for content, interaction, lost in (
        (essay, "extendedTextInteraction", {Note.TEMPLATE_LEFT_OUT, Note.FEEDBACK_LEFT_OUT}),
        (upload, "uploadInteraction", {Note.ONE_FILE, Note.ANY_FILE}),
    ):
        root = document(content)
        check_item(root)
        assert tags(root.find(Q + "itemBody")) == ["div", "rubricBlock", interaction]
        assert root.find(Q + "itemBody")[1].get("view") == "scorer"
        assert root.find(Q + "outcomeDeclaration").get("externalScored") == "human"
        assert root.find(Q + "responseProcessing") is None
        assert {each.reason.code for each in write(content)[1]} == lost
        assert read(write(content)[0])[0].content.guide


PORT = Hotspot(
    text="Where?", format=Format.HTML, picture=PICTURE.name, width=100, height=80, attachments=(PICTURE,),
    areas=(
        Area(key="a", shape=Shape.RECTANGLE, coordinates=(0, 0, 50.4, 40), fraction=1, text="Gate"),
        Area(key="b", shape=Shape.POLYGON, coordinates=(1, 50, 9, 50, 5, 70), fraction=0),
    ),
)  # fmt: skip


def test_places_in_a_picture():
    root = document(PORT)
    check_item(root)
    interaction = root.find(f"{Q}itemBody/{Q}hotspotInteraction")

    assert interaction[0].attrib == {
        "data": "q1-files/%E5%9B%BE-1.png", "type": "image/png", "width": "100", "height": "80",
    }  # fmt: skip
    assert [each.attrib for each in interaction[1:]] == [
        {"identifier": "area_1", "shape": "rect", "coords": "0,0,50,40", "hotspotLabel": "Gate"},
        {"identifier": "area_2", "shape": "poly", "coords": "1,50,9,50,5,70"},
    ]  # fmt: skip


def test_places_in_a_picture_that_is_empty_are_refused():
    empty = replace(PORT, attachments=(replace(PICTURE, data=""),))

    assert [each.reason.code for each in write(empty)[1]] == [Reason.PICTURE_ABSENT]


@pytest.mark.parametrize(("text", "format"), [(">", Format.MARKDOWN), ("<b></b>", Format.HTML)])
def test_a_text_without_anything_to_see_is_refused(text, format):
    assert [each.reason.code for each in write(Essay(text=text, format=format))[1]] == [Problem.EMPTY_TEXT]


@given(contents(QuestionKind.CALCULATED))
def test_numbers_that_are_drawn_are_left_out_and_said_so(content):
    package, left_out = write(content, SINGLE)

    assert [(each.name, each.whole, each.reason.code) for each in left_out] == [("N0", True, Reason.NO_SUCH_TYPE)]
    assert [item.name for item in read(package)] == ["N1"]


def test_what_is_lost_is_told():
    lossy = replace(
        SINGLE, hints=("h",), penalty=0.5, points=0, text="<u>a</u><script>x</script>\x00",
        attachments=(Attachment(name="gone.png", media_type="image/png"),),
    )  # fmt: skip

    assert {each.reason.code for each in write(lossy)[1]} == {
        Note.HINTS, Note.PENALTY_LEFT_OUT, Note.POINTS_LEFT_OUT, Note.NOT_MARKUP, Note.SIGNS, Note.FILES_LEFT_OUT,
    }  # fmt: skip


def test_markdown_is_written_as_markup():
    content = Description(text="**a** \\(x_1\\)\n\n* b", format=Format.MARKDOWN)

    (item,) = read(write(content)[0])

    assert item.content.text.replace("\n", "") == "<p><strong>a</strong> \\(x_1\\)</p><ul><li>b</li></ul>"


def test_the_same_questions_give_the_same_bytes():
    assert write(SINGLE, PORT) == write(SINGLE, PORT)
