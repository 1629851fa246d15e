"""Moodle XML: each type, its files, its cloze notation; and documents that are broken or mean harm."""

import base64
import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats import moodle_xml
from app.assessment.formats.items import FileUnreadable, Item, ItemRefused, Note, Reason, Refusal
from app.assessment.rules.content import Format, Layout, Problem
from app.assessment.rules.drawing import draw
from app.assessment.rules.marking import MarkReason, mark

SKILLS = {"CC02"}


def read(text):
    return list(moodle_xml.read(text, SKILLS))


def quiz(*questions):
    return "<?xml version='1.0' encoding='UTF-8'?>\n<quiz>\n" + "\n".join(questions) + "\n</quiz>"


def question(kind, inside="", text="Q?", format="html"):
    return (
        f"<question type='{kind}'><name><text>N</text></name>"
        f"<questiontext format='{format}'><text><![CDATA[{text}]]></text></questiontext>{inside}</question>"
    )


def answer(text, fraction, inside=""):
    return f"<answer fraction='{fraction}' format='html'><text>{text}</text>{inside}</answer>"


def said(text, tag="feedback", format="html"):
    return f"<{tag} format='{format}'><text>{text}</text></{tag}>"


def only(*args, **kwargs):
    (item,) = read(quiz(question(*args, **kwargs)))
    assert isinstance(item, Item), item
    return item


def refused(*args, **kwargs):
    (item,) = read(quiz(question(*args, **kwargs)))
    assert isinstance(item, Refusal), item
    return item.remark.code


# Files that others wrote


def test_moodles_multiple_choice_is_taken_with_its_sound_and_pictures(question_files):
    (item,) = read((question_files / "moodle-multichoice.xml").read_text("utf-8"))

    assert (item.line, item.name, item.content.kind) == (12, "Greeting", "single")
    assert item.category == "$course$/Default for testhead/Multichoice"
    assert [option.fraction for option in item.content.options] == [0, 1, 0, 0]
    assert [option.feedback for option in item.content.options][:2] == [
        "<p>Sorry, listen again.</p>",
        "<p>Yes, well done!</p>",
    ]
    assert [(file.name, file.media_type) for file in item.content.attachments] == [
        ("bonjour.mp3", "audio/mpeg"),
        ("flag-uk.jpg", "image/jpeg"),
        ("flag-france.jpg", "image/jpeg"),
        ("flag-german.jpg", "image/jpeg"),
        ("flag-denmark.jpg", "image/jpeg"),
    ]
    assert base64.b64decode(item.content.attachments[0].data).startswith(b"ID3")


def test_moodles_true_false_questions_are_taken(question_files):
    items = read((question_files / "moodle-truefalse.xml").read_text("utf-8"))

    assert [(item.line, item.name, item.content.kind, item.content.right) for item in items] == [
        (12, "Moodle acronym (False)", "true-false", False),
        (40, "Moodle acronym (True)", "true-false", True),
    ]
    assert all(len(item.content.attachments) == 4 for item in items)
    assert "Your answer is incorrect." in items[0].content.feedback_true


def test_moodles_cloze_is_taken_with_its_five_gaps(question_files):
    (item,) = read((question_files / "moodle-multianswer.xml").read_text("utf-8"))
    cloze = item.content

    assert (item.name, cloze.kind) == ("cloze with images", "cloze")
    assert [gap.part.kind for gap in cloze.gaps] == ["single"] * 4 + ["short-text"]
    assert "* Tucson: [[2]]<br />" in cloze.text
    assert "{" not in cloze.text
    paris = {"1": "a", "2": "b", "3": "a", "4": "b", "5": "Paris"}
    assert mark(cloze, paris).reason is MarkReason.RIGHT
    assert mark(cloze, paris | {"5": "marseille"}).mark == pytest.approx(0.9)
    assert mark(cloze, paris | {"2": "a"}).mark == pytest.approx(0.8)
    assert len(cloze.attachments) == 3


# Types


def test_several_right_options():
    item = only(
        "multichoice",
        answer("a", "33.33333") + answer("b", 33.33333) + answer("c", 33.33333) + answer("d", -100)
        + "<single>false</single><shuffleanswers>0</shuffleanswers><defaultgrade>2.5</defaultgrade>"
        + said("Well done.", "correctfeedback"),
    )  # fmt: skip

    assert item.content.kind == "multiple"
    assert [option.fraction for option in item.content.options] == [1 / 3, 1 / 3, 1 / 3, -1]
    assert (item.content.shuffle, item.content.points, item.content.right_feedback) == (False, 2.5, "Well done.")


def test_short_text_where_case_counts():
    content = only("shortanswer", answer("CIF", 100, said("yes")) + answer("*", 0) + "<usecase>1</usecase>").content

    assert content.match_case
    assert [(form.text, form.fraction, form.feedback) for form in content.answers] == [("CIF", 1, "yes"), ("*", 0, "")]


def test_numbers_with_tolerance_and_units():
    content = only(
        "numerical",
        answer("1.5", 100, "<tolerance>0.01</tolerance>") + answer("*", 0, said("no"))
        + "<units><unit><multiplier>1</multiplier><unit_name>kg</unit_name></unit>"
        + "<unit><multiplier>1000</multiplier><unit_name>g</unit_name></unit></units>",
    ).content  # fmt: skip

    assert [(a.value, a.tolerance) for a in content.answers] == [(Decimal("1.5"), Decimal("0.01")), (None, 0)]
    assert mark(content, "1500 g").mark == 1


def test_matching_with_a_choice_left_over():
    def row(text, choice):
        return f"<subquestion format='html'><text>{text}</text><answer><text>{choice}</text></answer></subquestion>"

    content = only("matching", row("Canada", "Ottawa") + row("Japan", "Tokyo") + row("", "Oslo")).content
    choices = {choice.key: choice.text for choice in content.choices}

    assert [(pair.text, choices[pair.choice]) for pair in content.pairs] == [("Canada", "Ottawa"), ("Japan", "Tokyo")]
    assert "Oslo" in choices.values()


def test_ordering_stands_in_the_right_order():
    content = only("ordering", answer("quote", 1) + answer("order", 2) + answer("ship", 3)).content

    assert [item.text for item in content.items] == ["quote", "order", "ship"]
    assert mark(content, [item.key for item in content.items]).mark == 1


def test_an_essay_keeps_the_markers_guide_and_the_candidates_template():
    content = only("essay", said("Look for …", "graderinfo") + said("Dear …", "responsetemplate")).content

    assert (content.guide, content.template) == ("Look for …", "Dear …")


def test_a_description():
    assert only("description", format="markdown").content.format is Format.MARKDOWN


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("calculated", Problem.NO_VALUES),
        ("calculatedsimple", Problem.NO_VALUES),
        ("ddmarker", Reason.ON_PICTURE),
        ("ddimageortext", Reason.ON_PICTURE),
        ("gapselect", Problem.NO_GAPS),
        ("stack", Reason.UNSUPPORTED),
        ("", Reason.UNSUPPORTED),
        ("multichoice", Problem.FEW_OPTIONS),
        ("truefalse", Reason.NO_TRUTH),
        ("shortanswer", Problem.NO_ANSWER),
        ("numerical", Problem.NO_ANSWER),
        ("matching", Problem.NO_PAIRS),
        ("ordering", Problem.FEW_ITEMS),
        ("cloze", Problem.NO_GAPS),
    ],
)
def test_what_cannot_be_taken_is_refused(kind, reason):
    assert refused(kind) == reason


def test_the_report_names_what_is_not_supported():
    (item,) = read(quiz(question("stack")))

    assert (item.line, item.name, item.remark.sentence) == (3, "N", "type stack is not supported yet")


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        (answer("a", 150) + answer("b", 0), Reason.BAD_WEIGHT),
        (answer("a", "NaN") + answer("b", 0), Reason.BAD_WEIGHT),
        (answer("a", 0) + answer("b", 0), Problem.NO_RIGHT),
        (answer("a", 100) + answer("", 0), Problem.EMPTY_OPTION),
        (answer("a", 100) * 1001, Reason.TOO_MANY),
    ],
)
def test_a_broken_choice_is_refused(inside, reason):
    assert refused("multichoice", inside) == reason


def test_an_essay_without_text_asks_for_files():
    content = only(
        "essay",
        "<responseformat>noinline</responseformat><attachments>3</attachments>"
        "<filetypeslist>.pdf,.docx archive application/pdf</filetypeslist>" + said("Look for …", "graderinfo"),
    ).content

    assert (content.kind, content.most, content.suffixes) == ("file", 3, (".pdf", ".docx", ".zip"))
    assert content.guide == "Look for …"


@pytest.mark.parametrize(("given", "most"), [("-1", 20), ("0", 1), ("", 1), ("99", 20)])
def test_how_many_files_an_essay_asks_for(given, most):
    inside = f"<responseformat>noinline</responseformat><attachments>{given}</attachments>"

    assert only("essay", inside).content.most == most


def test_a_kind_of_file_that_is_not_known_is_left_out_and_said_so():
    item = only("essay", "<responseformat>noinline</responseformat><filetypeslist>web_file</filetypeslist>")

    assert [remark.sentence for remark in item.remarks] == [
        "a kind of file that is not known here was left out: web_file"
    ]


def test_files_beside_the_text_of_an_essay_are_not_asked_for():
    item = only("essay", "<responseformat>editor</responseformat><attachments>2</attachments>")

    assert (item.content.kind, [remark.code for remark in item.remarks]) == ("essay", [Note.FILES_BESIDE])


def test_tags_name_skill_and_level():
    item = only("description", "<tags><tag><text>CC02</text></tag><tag><text>level-3</text></tag></tags>")

    assert (item.skill, item.level) == ("CC02", 3)


def test_hints_and_penalty_are_taken():
    item = only("shortanswer", answer("a", 100) + said("Think.", "hint") + said("", "hint") + "<penalty>0.1</penalty>")

    assert (item.content.hints, item.content.penalty, item.remarks) == (("Think.",), 0.1, ())


@pytest.mark.parametrize("inside", ["", "<penalty></penalty>", "<penalty>much</penalty>"])
def test_without_a_penalty_it_is_a_third(inside):
    assert only("description", inside).content.penalty == 0.3333333


def test_a_penalty_beyond_everything_is_refused():
    assert refused("description", "<penalty>2</penalty>") == Problem.PENALTY


# Numbers that are drawn


def dataset(name, *values, numbers=None):
    items = "".join(
        f"<dataset_item><number>{number}</number><value>{value}</value></dataset_item>"
        for number, value in zip(numbers or range(1, len(values) + 1), values, strict=True)
    )
    return (
        f"<dataset_definition><status><text>private</text></status><name><text>{name}</text></name>"
        f"<dataset_items>{items}</dataset_items></dataset_definition>"
    )


def calculated(formula, *datasets, inside="", more="", text="{a} + {b}?", kind="calculated"):
    accepted = f"<answer fraction='100'><text>{formula}</text>{inside}</answer>"
    return (kind, f"{accepted}{more}<dataset_definitions>{''.join(datasets)}</dataset_definitions>", text)


TWO = (dataset("a", "1.5", 2), dataset("b", 10, 20))


@pytest.mark.parametrize("kind", ["calculated", "calculatedsimple"])
def test_a_formula_is_worked_out_for_its_datasets(kind):
    content = only(*calculated("{a} + {b}", *TWO, kind=kind)).content

    assert [(each.name, each.values) for each in content.variables] == [
        ("a", (Decimal("1.5"), Decimal(2))), ("b", (Decimal(10), Decimal(20))),
    ]  # fmt: skip
    assert [draw(content, number).text for number in (0, 1)] == ["1.5 + 10?", "2 + 20?"]
    assert [draw(content, number).answers[0].value for number in (0, 1)] == [Decimal("11.5"), 22]


@pytest.mark.parametrize(
    ("written", "kind", "tolerance"),
    [("1", "share", "0.01"), ("2", "number", "0.01"), ("3", "share", "0.01"), ("", "share", "0.01")],
)
def test_each_type_of_tolerance(written, kind, tolerance):
    item = only(*calculated("{a}", *TWO, inside=f"<tolerance>0.01</tolerance><tolerancetype>{written}</tolerancetype>"))
    (accepted,) = item.content.answers

    assert (accepted.tolerance_kind, accepted.tolerance) == (kind, Decimal(tolerance))
    assert [remark.code for remark in item.remarks] == ([Note.GEOMETRIC] if written == "3" else [])


@pytest.mark.parametrize(("written", "rounding"), [("1", "decimals"), ("2", "significant")])
def test_how_a_result_is_told(written, rounding):
    inside = f"<correctanswerformat>{written}</correctanswerformat><correctanswerlength>3</correctanswerlength>"
    (accepted,) = only(*calculated("{a}", *TWO, inside=inside)).content.answers

    assert (accepted.rounding, accepted.digits) == (rounding, 3)


def test_draws_are_of_the_numbers_that_all_datasets_have():
    shuffled = dataset("b", 30, 10, 20, numbers=(3, 1, 2))
    content = only(*calculated("{a}*{b}", dataset("a", 1, 2), shuffled)).content

    assert [variable.values for variable in content.variables] == [(1, 2), (10, 20)]


def test_names_that_formulas_do_not_know_are_changed():
    item = only(*calculated("{价格}*{v1}", dataset("价格", 2), dataset("v1", 3), text="{价格} × {v1}"))
    numeric = draw(item.content, 0)

    assert (numeric.text, numeric.answers[0].value) == ("2 × 3", 6)


def test_any_other_number_is_not_told_anything():
    item = only(*calculated("{a}", *TWO, more=answer("*", 0, said("no"))))

    assert len(item.content.answers) == 1
    assert [remark.sentence for remark in item.remarks] == ["feedback left out: 1"]


@pytest.mark.parametrize(
    ("formula", "more"),
    [("{a}/0", ""), ("{c}", ""), ("sqrt(-{a})", ""), ("__import__('os')", ""), ("{a}", answer("*", 50))],
)
def test_draws_that_cannot_be_worked_out_are_refused(formula, more):
    assert refused(*calculated(formula, *TWO, more=more)) == Problem.FORMULA


def test_a_result_that_cannot_be_told_is_refused():
    inside = "<correctanswerlength>30</correctanswerlength>"

    assert refused(*calculated("{a}", dataset("a", "1e90"), inside=inside, text="{a}?")) == Problem.FORMULA


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (calculated("{a}", dataset("a", *[1] * 1001)), Reason.TOO_MANY),
        (calculated("{a}", dataset("a", *[1] * 1000), more=answer("{a}", 0) * 50), Reason.INTRICATE),
        (calculated("{a}", dataset("a", "x")), Reason.NO_NUMBER),
        (calculated("{a}", dataset("a", 1), inside="<correctanswerlength>99</correctanswerlength>"), Reason.NO_NUMBER),
        (calculated("{a}", dataset("a", 1), dataset("b", 1, numbers=(2,))), Problem.NO_VALUES),
    ],
)
def test_datasets_beyond_reason_are_refused(item, reason):
    assert refused(*item) == reason


def test_options_with_drawn_numbers_are_refused_and_others_taken():
    options = answer("{={a}*2}", 100) + answer("0", 0)
    definitions = f"<dataset_definitions>{dataset('a', 1)}</dataset_definitions>"

    assert refused("calculatedmulti", options + definitions) == Reason.CALCULATED_OPTIONS
    assert only("calculatedmulti", answer("1", 100) + answer("0", 0) + definitions).content.kind == "single"


# Words for gaps


def offered(*texts, tag="selectoption"):
    return "".join(f"<{tag}><text>{text}</text><group>{group}</group></{tag}>" for text, group in texts)


@pytest.mark.parametrize(("kind", "tag"), [("gapselect", "selectoption"), ("ddwtos", "dragbox")])
def test_words_for_gaps_become_lists(kind, tag):
    words = offered(("cat", 1), ("dog", 1), ("mat", 2), ("cat", 1), ("hat", 2), tag=tag)
    content = only(kind, words + "<shuffleanswers>1</shuffleanswers>", "The [[4]] sat on the [[3]], [[2]]!").content

    assert content.text == "The [[1]] sat on the [[2]], [[3]]!"
    assert [[(option.text, option.fraction) for option in gap.part.options] for gap in content.gaps] == [
        [("cat", 1), ("dog", 0)], [("mat", 1), ("hat", 0)], [("cat", 0), ("dog", 1)],
    ]  # fmt: skip
    assert all(gap.part.shuffle for gap in content.gaps)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("[[9]]", Problem.GAP_MISMATCH), ("[[0]]", Problem.GAP_MISMATCH), ("[[1]]" * 1001, Reason.TOO_MANY),
     ("[[3]]", Problem.FEW_OPTIONS)],
)  # fmt: skip
def test_gaps_without_words_are_refused(text, reason):
    assert refused("gapselect", offered(("a", 1), ("b", 1), ("c", 2)), text) == reason


# Files inside


def file(name, data, encoding="base64"):
    return f'<file name="{name}" path="/" encoding="{encoding}">{data}</file>'


def with_files(text, *files):
    (item,) = read(
        quiz(
            "<question type='description'><name><text>N</text></name><questiontext format='html'>"
            f"<text><![CDATA[{text}]]></text>{''.join(files)}</questiontext></question>"
        )
    )
    return item


def test_a_files_name_becomes_safe_and_its_references_follow():
    item = with_files("<img src='@@PLUGINFILE@@/my%20%E5%9B%BE.png'>", file("my 图.png", "AAAA"))

    assert item.content.text == "<img src='@@PLUGINFILE@@/my-图.png'>"
    assert [each.name for each in item.content.attachments] == ["my-图.png"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "", ".htaccess"])
def test_a_files_name_leads_nowhere(name):
    (attachment,) = with_files("x", file(name, "AAAA")).content.attachments

    assert attachment.name in ("passwd", "file", "htaccess")


def test_two_files_with_one_name_are_both_kept():
    item = with_files("@@PLUGINFILE@@/a.png", file("a.png", "AAAA"), file("a.png", "BBBB"), file("a.png", "AAAA"))

    assert [(each.name, each.data) for each in item.content.attachments] == [("a.png", "AAAA"), ("a-2.png", "BBBB")]
    assert Note.FILE_RENAMED in [remark.code for remark in item.remarks]


@pytest.mark.parametrize("broken", [file("a.png", "not base64!"), file("a.png", "AAAA", "uu"), file("a.png", "")])
def test_a_file_that_cannot_be_read_is_left_out_and_said_so(broken):
    item = with_files("x", broken)

    assert item.content.attachments == ()
    assert [remark.code for remark in item.remarks] == [Note.FILE_LEFT_OUT]


def test_too_many_files_are_refused():
    files = [file(f"{number}.png", "AAAA") for number in range(201)]

    assert with_files("x", *files).remark.code is Reason.TOO_MANY_FILES


# Cloze


def gaps(text, format=Format.HTML):
    return moodle_xml.cloze_gaps(text, format)[1]


@pytest.mark.parametrize(
    ("written", "kind", "layout", "shuffle"),
    [
        ("MULTICHOICE", "single", Layout.DROPDOWN, False),
        ("MC", "single", Layout.DROPDOWN, False),
        ("MULTICHOICE_V", "single", Layout.VERTICAL, False),
        ("MCV", "single", Layout.VERTICAL, False),
        ("MULTICHOICE_H", "single", Layout.HORIZONTAL, False),
        ("MCH", "single", Layout.HORIZONTAL, False),
        ("MULTICHOICE_S", "single", Layout.DROPDOWN, True),
        ("MCS", "single", Layout.DROPDOWN, True),
        ("MULTICHOICE_VS", "single", Layout.VERTICAL, True),
        ("MCVS", "single", Layout.VERTICAL, True),
        ("MULTICHOICE_HS", "single", Layout.HORIZONTAL, True),
        ("MCHS", "single", Layout.HORIZONTAL, True),
        ("MULTIRESPONSE", "multiple", Layout.VERTICAL, False),
        ("MR", "multiple", Layout.VERTICAL, False),
        ("MULTIRESPONSE_H", "multiple", Layout.HORIZONTAL, False),
        ("MRH", "multiple", Layout.HORIZONTAL, False),
        ("MULTIRESPONSE_S", "multiple", Layout.VERTICAL, True),
        ("MRS", "multiple", Layout.VERTICAL, True),
        ("MULTIRESPONSE_HS", "multiple", Layout.HORIZONTAL, True),
        ("MRHS", "multiple", Layout.HORIZONTAL, True),
    ],
)
def test_every_kind_of_choice_in_a_gap(written, kind, layout, shuffle):
    (gap,) = gaps(f"x {{2:{written}:=a#yes~b#no}} y")

    assert (gap.part.kind, gap.layout, gap.part.shuffle, gap.weight) == (kind, layout, shuffle, 2)
    assert [(option.text, option.fraction, option.feedback) for option in gap.part.options] == [
        ("a", 1, "yes"),
        ("b", 0, "no"),
    ]


@pytest.mark.parametrize(
    ("written", "case"), [("SHORTANSWER", False), ("SA", False), ("MW", False), ("SHORTANSWER_C", True),
                          ("SAC", True), ("MWC", True), ("sac", True)],
)  # fmt: skip
def test_every_kind_of_words_in_a_gap(written, case):
    (gap,) = gaps(f"{{:{written}:=<b>L&amp;C</b>~%50%l/c~*#no}}")

    assert [(form.text, form.fraction) for form in gap.part.answers] == [("L&C", 1), ("l/c", 0.5), ("*", 0)]
    assert (gap.part.match_case, gap.weight) == (case, 1)


@pytest.mark.parametrize("written", ["NUMERICAL", "NM"])
def test_a_number_in_a_gap(written):
    (gap,) = gaps(f"{{1:{written}:=23.8:0.1#ok~%50%23.8:2}}")

    assert [(a.value, a.tolerance, a.fraction, a.feedback) for a in gap.part.answers] == [
        (Decimal("23.8"), Decimal("0.1"), 1, "ok"),
        (Decimal("23.8"), 2, 0.5, ""),
    ]


def test_several_right_options_of_a_gap_share_its_mark():
    (gap,) = gaps("{1:MR:=a~=b~%-50%c}")

    assert [option.fraction for option in gap.part.options] == [0.5, 0.5, -0.5]


def test_signs_in_a_gap_may_be_escaped():
    text, (gap,) = moodle_xml.cloze_gaps(r"a {1:MC:=x\}y\~z\#1#f\}b~&#39;q&#39;} {not a gap}", Format.HTML)

    assert text == "a [[1]] {not a gap}"
    assert [(option.text, option.feedback) for option in gap.part.options] == [("x}y~z#1", "f}b"), ("&#39;q&#39;", "")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{1:FOO:=a~b}", Reason.GAP_TYPE),
        ("{1:MC:=a~b", Reason.GAP_UNCLOSED),
        ("[[3]] {1:MC:=a~b}", Reason.GAP_MARKS),
        ("{1:NM:=abc}", Reason.NO_NUMBER),
        ("{1:MC:%500%a~b}", Reason.BAD_WEIGHT),
        ("{1:MC:=a" + "~b" * 1001 + "}", Reason.TOO_MANY),
        ("{1:SA:=a}" * 1001, Reason.TOO_MANY),
    ],
)
def test_a_gap_that_cannot_be_read_refuses_the_cloze(text, reason):
    assert refused("cloze", text=text) == reason


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{1:MC:~a~b}", Problem.NO_RIGHT),
        ("{1:MC:=a}", Problem.FEW_OPTIONS),
        ("{1:SA:}", Problem.NO_ANSWER),
        ("{0:SA:=a}", Problem.NO_WEIGHT),
    ],
)
def test_a_gap_that_makes_no_sense_refuses_the_cloze(text, problem):
    assert refused("multianswer", text=text) == problem


GAP_BITS = st.sampled_from(["{1:MC:", "{1:SA:", "{:NM:", "=", "~", "}", "#", "%50%", "\\", "a", "1", "*", "{", "[[1]]"])


@given(st.lists(GAP_BITS).map("".join))
def test_no_text_breaks_the_reader_of_gaps(text):
    try:
        _, found = moodle_xml.cloze_gaps(text, Format.HTML)
    except ItemRefused:
        return
    assert [gap.key for gap in found] == [str(number) for number in range(1, len(found) + 1)]


# Documents


BOMB = '<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><quiz>&b;</quiz>'
OUTSIDE = '<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BOMB, 1),
        (OUTSIDE, 1),
        ("<!DOCTYPE quiz SYSTEM 'http://example.org/x.dtd'><quiz/>", 1),
        ("<quiz>\n<question type='essay'>\n</quiz>", 3),
        ("<quiz>\n<question>&nbsp;</question></quiz>", 2),
        ("<quiz>", 1),
        ("no XML", 1),
        ("<html><body/></html>", 1),
        ("<quiz>" + "<a>" * 100_000, 1),
    ],
)
def test_a_broken_or_hostile_document_is_refused_as_a_whole(text, line):
    with pytest.raises(FileUnreadable) as error:
        read(text)

    assert error.value.line == line


def test_an_empty_quiz_has_no_items():
    assert read("<quiz></quiz>") == []
    assert read(quiz("<question type='category'><category><text>c</text></category></question>")) == []


def test_markup_inside_a_text_is_left_out_and_said_so():
    item = only("description", "<generalfeedback format='html'><text>see <b>this</b></text></generalfeedback>")

    assert [remark.code for remark in item.remarks] == [Note.MARKUP]


KINDS = ["multichoice", "truefalse", "shortanswer", "numerical", "matching", "essay", "description", "cloze",
         "ordering", "category", "calculated", "calculatedmulti", "gapselect", "ddmarker", "nonsense"]  # fmt: skip


@given(st.lists(st.sampled_from(KINDS)), st.text(st.sampled_from("ab{}:=~#%1\\"), max_size=20))
def test_every_question_is_taken_or_refused(written, text):
    found = read(quiz(*(question(kind, answer(text, 100) + answer("b", 0), text) for kind in written)))

    assert len(found) == len([kind for kind in written if kind != "category"])
    assert [item.number for item in found] == list(range(1, len(found) + 1))


@given(st.text(st.sampled_from("<>/quizestonp ='\"![]CDATA&;\n"), max_size=60))
def test_no_document_raises_anything_else(text):
    for document in (f"<quiz>{text}", text, f"<quiz>{text}</quiz>"):
        with contextlib.suppress(FileUnreadable):
            assert [item.number for item in read(document)] == list(range(1, len(read(document)) + 1))
