"""Exams as Word keeps them: numbers that Word counts, underlined blanks, pictures, formulas, tables, changes."""

import base64
import contextlib
import io
import zipfile
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.formats import word
from app.assessment.formats.items import FileUnreadable, Item, Note, Reason, Refusal
from app.assessment.rules.content import PLUGIN_FILE, Format
from app.assessment.rules.marking import mark
from app.assessment.wording import worded

SKILLS = {"CC02"}
SPACES = " ".join(
    f'xmlns:{prefix}="http://schemas.openxmlformats.org/{path}"'
    for prefix, path in {
        "w": "wordprocessingml/2006/main",
        "r": "officeDocument/2006/relationships",
        "m": "officeDocument/2006/math",
        "a": "drawingml/2006/main",
        "wp": "drawingml/2006/wordprocessingDrawing",
    }.items()
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"

LIST = """<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%2."/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>"""


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*inside, number=None, level=0, style=""):
    listed = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    runs = "".join(each if each.startswith("<") else run(each) for each in inside)
    return f"<w:p><w:pPr>{style}{listed}</w:pPr>{runs}</w:p>"


def text(lines):
    return "".join(paragraph(line) if line else "<w:p/>" for line in lines.split("\n"))


def table(*rows):
    cells = ("".join(f"<w:tc>{text(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def picture(id="r1", alt=""):
    return f'<w:r><w:drawing><wp:inline><wp:docPr descr="{alt}"/><a:blip r:embed="{id}"/></wp:inline></w:drawing></w:r>'


def docx(*body, files=None, links=None, numbering=LIST, styles=""):
    """A .docx whose body is `body`."""
    related = "".join(f'<Relationship Id="{id}" Type="image" Target="{to}"/>' for id, to in (links or {}).items())
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {SPACES}><w:body>{''.join(body)}<w:sectPr/></w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{LINKS}">{related}</Relationships>',
        "word/numbering.xml": f"<w:numbering {SPACES}>{numbering}</w:numbering>",
        "word/styles.xml": f"<w:styles {SPACES}>{styles}</w:styles>",
        **(files or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def read(*body, **more):
    return list(word.read(docx(*body, **more), SKILLS))


def only(*body, **more):
    (item,) = read(*body, **more)
    assert isinstance(item, Item), item
    return item


def notes(item):
    return [remark.code for remark in item.remarks]


def right(content):
    return "".join(option.key for option in content.options if option.fraction > 0)


def options(content):
    return [option.text for option in content.options]


# Text


def test_a_typed_paper_reads_like_plain_text():
    single, truth, cloze = read(
        text("一、单选题（每题2分）\n1. 信用证是\nA. 银行信用\tB. 商业信用\n答案：A\n解析：见UCP600\n技能：CC02"),
        text("二、判断题\n1. 提单是物权凭证。（√）\n三、填空题\n1. CFR=____+____\n答案：成本；运费"),
    )

    assert (single.content.points, right(single.content), single.skill) == (2, "a", "CC02")
    assert truth.content.right is True
    assert mark(cloze.content, {"1": "成本", "2": "运费"}).mark == 1


def test_word_counts_questions_options_and_sections():
    body = [paragraph("单选题", number=2)]
    for asked in ("信用证是", "汇付是"):
        body += [
            paragraph(asked, number=1),
            paragraph("银行信用", number=1, level=1),
            paragraph("商业信用", number=1, level=1),
            paragraph("答案：B"),
        ]
    body += [paragraph("判断题", number=2), paragraph("水是湿的。", number=3), paragraph("答案：对")]
    first, second, third = read(*body)

    assert first.content.text == "信用证是"
    assert [options(item.content) for item in (first, second)] == [["银行信用", "商业信用"]] * 2
    assert third.content.right is True
    assert not [item.remarks for item in (first, second, third) if item.remarks]


def test_a_style_may_number():
    styles = '<w:style w:styleId="Q"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    styles += '<w:style w:styleId="Mine"><w:basedOn w:val="Q"/></w:style>'
    first, second = read(
        *(paragraph("水是湿的。（√）", style="Mine"), paragraph("火是冷的。（×）", style="Q")), styles=styles
    )

    assert (first.content.right, second.content.right) == (True, False)


def test_line_breaks_and_split_runs_are_one_paragraph():
    item = only(
        "<w:p>" + run("1. 信") + run("用证是") + "<w:r><w:br/></w:r>" + run("A. 甲  B. 乙") + "</w:p>", text("答案：A")
    )

    assert (item.content.text, options(item.content)) == ("信用证是", ["甲", "乙"])


def test_an_underlined_space_is_a_blank():
    blank = run("      ", '<w:u w:val="single"/>')
    item = only(paragraph("1. CFR=", blank, "+", blank), text("答案：成本；运费"))

    assert item.content.text == "CFR=[[1]]+[[2]]"


def test_inserted_text_counts_and_deleted_text_does_not():
    inserted = f"<w:ins>{run('湿')}</w:ins>"
    deleted = "<w:del><w:r><w:delText>干</w:delText></w:r></w:del>"

    assert only(paragraph("1. 水是", deleted, inserted, "的。（√）")).content.text == "水是湿的。（　　）"


def test_a_sign_of_a_symbol_font_is_a_tick():
    tick = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
    other = '<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>'
    item = only(paragraph("1. 水是湿的", other, "。"), paragraph("答案：", tick))

    assert (item.content.right, item.content.text, notes(item)) == (True, "水是湿的。", [Note.SYMBOL])


# An answer that stands out


def lettered(*marked, properties="<w:b/>"):
    lines = (("A", "甲方"), ("B", "乙方"), ("C", "丙方"))
    return [paragraph("1. 题目"), *(paragraph(run(f"{k}. {t}", properties if k in marked else "")) for k, t in lines)]


@pytest.mark.parametrize(
    "properties",
    [
        "<w:b/>", '<w:u w:val="single"/>', '<w:highlight w:val="yellow"/>', '<w:color w:val="FF0000"/>',
        '<w:b/><w:color w:val="C00000"/>',
    ],
)  # fmt: skip
def test_what_alone_stands_out_is_the_answer(properties):
    item = only(*lettered("B", properties=properties))

    assert (right(item.content), options(item.content)) == ("b", ["甲方", "乙方", "丙方"])
    assert notes(item) == [Note.EMPHASIS]


def test_several_that_stand_out_are_several_answers():
    assert right(only(*lettered("A", "C")).content) == "ac"


def test_what_stands_out_on_a_shared_line_is_the_answer():
    item = only(paragraph("1. 题目"), paragraph("A. 甲方  ", run("B. 乙方", "<w:b/>"), "  C. 丙方"))

    assert (right(item.content), options(item.content)) == ("b", ["甲方", "乙方", "丙方"])


@pytest.mark.parametrize(
    "body",
    [
        lettered("A", "B", "C"),
        lettered(properties=""),
        lettered("A", properties='<w:b w:val="0"/>'),
        [paragraph("1. 题目"), paragraph("A. 不", run("是", "<w:b/>")), paragraph("B. 是")],
        [
            paragraph("1. 题目"),
            paragraph(run("A. 甲", "<w:b/>")),
            paragraph(run("B. 乙", '<w:color w:val="FF0000"/>')),
            paragraph("C. 丙"),
        ],
    ],
)
def test_what_stands_out_without_being_clear_is_no_answer(body):
    (refused,) = read(*body)

    assert refused.remark.code is Reason.NO_ANSWER_GIVEN


def test_a_written_answer_is_not_overruled():
    item = only(*lettered("B"), paragraph("答案：C"))

    assert (right(item.content), notes(item)) == ("c", [])


# Pictures and formulas


FILES = {"word/media/image1.png": PNG, "word/media/image2.emf": b"\x01\x00\x00\x00emf"}
RELATED = {"r1": "media/image1.png", "r2": "media/image2.emf", "r3": "../../secret", "r4": "media/none.png"}


def test_a_picture_stays_where_it_stands():
    item = only(
        paragraph("1. 图", picture(alt="提单样张"), "中是 a<b 吗？"),
        text("A. 是\nB. 否\n答案：A"),
        files=FILES,
        links=RELATED,
    )
    content = item.content

    assert content.format is Format.HTML
    assert content.text == f'图<img src="{PLUGIN_FILE}image1.png" alt="提单样张">中是 a&lt;b 吗？'
    assert [(file.name, file.media_type) for file in content.attachments] == [("image1.png", "image/png")]
    assert base64.b64decode(content.attachments[0].data) == PNG
    assert item.name == "图提单样张中是 a<b 吗？"
    assert "data:image/png;base64," in worded(content.text, content.format, content.attachments)


def test_options_may_be_pictures():
    item = only(
        paragraph("1. 哪个？"),
        paragraph("A. ", picture()),
        paragraph("B. 乙"),
        text("答案：A"),
        files=FILES,
        links=RELATED,
    )

    assert [option.text[:5] for option in item.content.options] == ["<img ", "乙"]


@pytest.mark.parametrize("id", ["r2", "r3", "r4", "r9"])
def test_a_picture_that_no_page_shows_is_said(id):
    item = only(paragraph("1. 水", picture(id), "湿。（√）"), files=FILES, links=RELATED)

    assert (item.content.text, item.content.format) == ("水湿。（　　）", Format.PLAIN)
    assert notes(item) == [Note.BRACKET, Note.PICTURE_LEFT_OUT] or notes(item) == [Note.PICTURE_LEFT_OUT, Note.BRACKET]


def test_a_picture_cannot_be_typed():
    (refused,) = read(paragraph("1. 缩写是____"), paragraph("答案：", picture()), files=FILES, links=RELATED)

    assert refused.remark.code in (Reason.PICTURE_ANSWER, Reason.NO_ANSWER_GIVEN)


def math(inside):
    return f"<m:oMath>{inside}</m:oMath>"


def sign(text):
    return f"<m:r><m:t>{escape(text)}</m:t></m:r>"


HALF = f"<m:f><m:num>{sign('1')}</m:num><m:den>{sign('2')}</m:den></m:f>"
SQUARE = f"<m:sSup><m:e>{sign('x')}</m:e><m:sup>{sign('2')}</m:sup></m:sSup>"
ROOT = f'<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/><m:e>{SQUARE}{sign("+1")}</m:e></m:rad>'
MATRIX = f"<m:m><m:mr><m:e>{sign('a')}</m:e></m:mr></m:m>"


@pytest.mark.parametrize(
    ("inside", "latex"),
    [
        (HALF, r"\frac{1}{2}"),
        (SQUARE, "{x}^{2}"),
        (ROOT, r"\sqrt{{x}^{2}+1}"),
        (f"<m:sSub><m:e>{sign('a')}</m:e><m:sub>{sign('1')}</m:sub></m:sSub>", "{a}_{1}"),
        (f"<m:d><m:e>{HALF}</m:e></m:d>", r"\left( \frac{1}{2} \right)"),
        (sign("利率×5%"), r"\text{利率}\times 5\%"),
    ],
)
def test_a_formula_is_latex(inside, latex):
    item = only(paragraph("1. 求_x_：", math(inside), "5是多少？____"), text("答案：3"))

    assert item.content.format is Format.MARKDOWN
    assert item.content.text == rf"求\_x\_：${latex}$ 5是多少？\_\_\_\_"
    assert item.remarks == ()


def test_a_formula_is_shown_as_one(app):
    item = only(paragraph("1. 求", math(HALF), math(SQUARE), "。1*2*3 ____"), text("答案：3"))

    with app.test_request_context():
        shown = worded(item.content.text, item.content.format)
    assert shown.count("<math") == 2
    assert "<mfrac>" in shown
    assert "1*2*3 ____" in shown


def test_a_formula_that_cannot_be_written_is_kept_as_typed():
    item = only(paragraph("1. 求", math(MATRIX), "____"), text("答案：3"))

    assert (item.content.text, notes(item)) == (r"求a\_\_\_\_", [Note.FORMULA])


def test_a_formula_beside_a_picture_or_as_an_answer_is_kept_as_typed():
    beside = only(paragraph("1. 求", math(HALF), picture(), "____"), text("答案：3"), files=FILES, links=RELATED)
    answer = only(paragraph("1. 一半是____"), paragraph("答案：", math(HALF)))

    assert beside.content.text.startswith("求1/2<img ")
    assert notes(beside) == [Note.FORMULA]
    assert [each.text for each in answer.content.answers] == ["1/2"]


def test_raised_and_lowered_signs_stay_so():
    item = only(paragraph("1. 10", run("2", '<w:vertAlign w:val="superscript"/>'), "等于____"), text("答案：100"))

    assert (item.content.text, item.content.format) == ("10<sup>2</sup>等于____", Format.HTML)
    assert item.name == "10^2等于____"


def test_gaps_stay_gaps_beside_a_formula():
    item = only(paragraph("1. ", math(HALF), "=____+____"), text("答案：甲；乙"))

    assert item.content.text == r"$\frac{1}{2}$=[[1]]+[[2]]"
    assert mark(item.content, {"1": "甲", "2": "乙"}).mark == 1


@pytest.mark.parametrize(
    ("inside", "note"),
    [
        ("<w:r><w:object/></w:r>", Note.OBJECT_LEFT_OUT),
        (
            "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>",
            Note.BOX_LEFT_OUT,
        ),
        ("<w:r><w:footnoteReference/></w:r>", Note.NOTE_LEFT_OUT),
    ],
)
def test_what_is_no_text_is_said(inside, note):
    item = only(paragraph("1. 水湿。", inside, "（√）"))

    assert item.content.text == "水湿。（　　）"
    assert note in notes(item)


# Tables


def test_a_table_with_a_header_is_a_sheet():
    first, second, third = read(
        text("1. 水是湿的。（√）"),
        table(
            ["题型", "题干", "选项A", "选项B", "答案"],
            ["单选", "信用证是", "甲", "乙", "B"],
            ["判断", "火是冷的", "", "", "错"],
        ),
    )

    assert [item.content.kind for item in (first, second, third)] == ["true-false", "single", "true-false"]
    assert [item.number for item in (first, second, third)] == [1, 2, 3]


def test_a_table_may_hold_one_question():
    item = only(table(["题干", "信用证是"], ["选项A", "甲"], ["选项B", "乙"], ["答案", "B"], ["解析", "见书"]))

    assert (right(item.content), item.content.general_feedback) == ("b", "见书")


def test_a_table_may_lay_out_options():
    item = only(text("1. 信用证是"), table(["A. 甲", "B. 乙"], ["C. 丙", "D. 丁"]), text("答案：D"))

    assert (options(item.content), notes(item)) == (["甲", "乙", "丙", "丁"], [])


def test_a_table_of_figures_is_kept_as_lines():
    item = only(text("1. 见下表"), table(["年", "额"], ["2025", "3"]), text("差多少？____\n答案：3"))

    assert item.content.text == "见下表\n年\t额\n2025\t3\n差多少？____"
    assert notes(item) == [Note.TABLE]


# Other files


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        docx(text("1. 题"))[:-30],
        docx("<w:p>"),
        docx(files={"word/document.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}),
        docx(files={"word/document.xml": f"<w:document {SPACES}/>"}),
        docx("<w:sdt>" * 300 + "</w:sdt>" * 300),
    ],
)
def test_other_files_are_unreadable(content):
    with pytest.raises(FileUnreadable):
        list(word.read(content))


def test_an_old_document_is_told_what_to_do():
    with pytest.raises(FileUnreadable, match=r"save it as \.docx"):
        list(word.read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
    with pytest.raises(FileUnreadable, match="PDF"):
        list(word.read(b"%PDF-1.4"))


def test_a_document_is_known_by_what_it_holds():
    assert word.is_document(docx(text("1. 题")))
    assert not word.is_document(b"PK\x03\x04")
    assert not word.is_document(b"1. x")


BODIES = st.sampled_from(
    [
        text("1. 题目____\n答案：甲"), text("A. 甲"), text("答案：A"), paragraph("项", number=1),
        paragraph("项", number=1, level=1), paragraph("1. ", math(ROOT)), paragraph("A. ", picture("r1")),
        paragraph("答案：", math(HALF)), table(["题干", "答案"], ["甲"]), table(["A. 甲", "B. 乙"]), table([]),
        "<w:tbl/>", "<w:p/>", "<w:x><w:p/></w:x>", paragraph(run("B. 乙", "<w:b/>")),
        paragraph(run("\U000f0000\U00100001"), number=9), "<w:p><w:r><w:sym/><w:drawing/><w:object/></w:r></w:p>",
        paragraph(run("2", '<w:vertAlign w:val="subscript"/>'), "[[1]]____"), math(f"<m:rad>{sign('$')}</m:rad><m:f/>"),
    ]
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(BODIES))
def test_no_document_breaks_the_reader(bodies):
    items = read(*bodies, files=FILES, links=RELATED)

    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert all(isinstance(item, Item | Refusal) for item in items)
    for item in items:
        shown = item.content.text + item.name if isinstance(item, Item) else item.name + item.remark.sentence
        assert not [sign for sign in shown if ord(sign) > 0xEFFFF]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(junk):
    whole = docx(text("1. 题目____\n答案：甲"))
    for content in (junk, whole[:200] + junk + whole[300:], docx(files={"word/document.xml": junk})):
        with contextlib.suppress(FileUnreadable):
            list(word.read(content))
