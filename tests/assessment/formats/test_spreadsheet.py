"""Questions in workbooks and tables: a header as teachers write it, a question a row, refusals with sheet and cell."""

import contextlib
import io
import struct
import zipfile
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.formats import spreadsheet, workbook
from app.assessment.formats.items import FileUnreadable, Item, Note, Reason, Refusal
from app.assessment.rules.content import Problem
from app.assessment.rules.marking import mark

ROOT = Path(__file__).parents[3]
SKILLS = {"CC02"}
HEADER = [
    "题型",
    "题干",
    "选项A",
    "选项B",
    "选项C",
    "选项D",
    "答案",
    "解析",
    "分值",
    "难度",
    "技能",
    "等级",
    "知识点",
    "章节",
]
SINGLE = [
    "单选题",
    "信用证是",
    "银行信用",
    "商业信用",
    "",
    "",
    "A",
    "见UCP600",
    2,
    "易",
    "CC02",
    3,
    "信用证；单据",
    "结算",
]
TRUTH = ["判断题", "提单是物权凭证。", "", "", "", "", True]
BLANKS = ["填空题", "____和____是支付方式", "", "", "", "", "信用证/L/C；托收"]
NUMBER = ["填空题", "一加二等于（ ）", "", "", "", "", 3.0]


def column(place):
    return chr(ord("A") + place)


def sheet_xml(rows, first=1, merged=()):
    written = []
    for number, row in enumerate(rows, first):
        cells = []
        for place, value in enumerate(row):
            at = f'r="{column(place)}{number}"'
            if isinstance(value, bool):
                cells.append(f'<c {at} t="b"><v>{int(value)}</v></c>')
            elif isinstance(value, int | float):
                cells.append(f"<c {at}><v>{value}</v></c>")
            elif value:
                cells.append(f'<c {at} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>')
        written.append(f'<row r="{number}">{"".join(cells)}</row>')
    joined = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{''.join(written)}</sheetData>{f'<mergeCells>{joined}</mergeCells>' if joined else ''}</worksheet>"
    )


def xlsx(**sheets):
    """An .xlsx with each sheet's rows or XML."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kinds = f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
    names = [
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}" state="{"hidden" if name.startswith("_") else "visible"}"/>'
        for n, name in enumerate(sheets, 1)
    ]
    relationships = f"{package}/relationships"
    links = [
        f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in enumerate(sheets, 1)
    ]
    files = {
        "[Content_Types].xml": kinds,
        "_rels/.rels": f'<Relationships xmlns="{relationships}"><Relationship Id="r1"'
        f' Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        f' xmlns:r="{office}"><sheets>{"".join(names)}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relationships}">{"".join(links)}</Relationships>',
    }
    for n, rows in enumerate(sheets.values(), 1):
        files[f"xl/worksheets/sheet{n}.xml"] = rows if isinstance(rows, str) else sheet_xml(rows)
    return zipped(files)


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def ods(rows):
    """An .ods with one sheet."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(v))}</text:p></table:table-cell>'
            for v in row
        )
        + "</table:table-row>"
        for row in rows
    )
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0"'
        f' xmlns:text="{urn}:text:1.0"><office:body><office:spreadsheet><table:table table:name="题库">{cells}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{urn}:manifest:1.0"><manifest:file-entry manifest:full-path="/"'
        f' manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def xls(rows):
    """An .xls of Excel 97: a compound file with one stream of BIFF8 records."""

    def record(kind, data=b""):
        return struct.pack("<HH", kind, len(data)) + data

    begin = struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)
    name = "题库".encode("utf-16-le")
    head, tail = record(0x809, begin) + record(0x42, struct.pack("<H", 1200)), record(0x0A)
    at = len(head) + 4 + 8 + len(name) + len(tail)
    head += record(0x85, struct.pack("<IHBB", at, 0, len(name) // 2, 1) + name) + tail
    body = record(0x809, struct.pack("<HHHHII", 0x0600, 16, 0, 0, 0, 0))
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, int | float) and not isinstance(value, bool):
                body += record(0x203, struct.pack("<HHHd", number, place, 0, value))
            elif value:
                text = str(value).encode("utf-16-le")
                body += record(0x204, struct.pack("<HHHHB", number, place, 0, len(text) // 2, 1) + text)
    stream = (head + body + record(0x0A)).ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    stream = stream.ljust(sectors * 512, b"\0")
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    chain = [0xFFFFFFFD, end, *range(3, 2 + sectors), end]
    table = struct.pack("<128I", *(chain + [free] * (128 - len(chain))))

    def entry(called, kind, child, start, size):
        written = (called + "\0").encode("utf-16-le")
        return (
            written.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(written), kind, 1, free, free, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    folder = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream)) + bytes(256)
    header = (
        spreadsheet.OLE
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
        + struct.pack("<109I", 0, *([free] * 108))
    )
    return header + table + folder + stream


def read(content):
    return list(spreadsheet.read(content, SKILLS))


def table(*rows):
    """The items of an .xlsx with a sheet 题库 of these rows."""
    return read(xlsx(题库=list(rows)))


def only(*rows):
    (item,) = table(*rows)
    assert isinstance(item, Item), item
    return item


def kinds(items):
    return [item.content.kind.value if isinstance(item, Item) else item.remark.code for item in items]


def right(content):
    return "".join(option.key for option in content.options if option.fraction > 0)


# Workbooks


def test_a_sheet_is_a_question_a_row():
    single, truth, blanks, number = table(HEADER, SINGLE, TRUTH, BLANKS, NUMBER)

    assert (single.content.kind, right(single.content), single.content.points) == ("single", "a", 2)
    assert [option.text for option in single.content.options] == ["银行信用", "商业信用"]
    assert single.content.general_feedback == "见UCP600"
    assert (single.skill, single.level, single.category) == ("CC02", 3, "结算")
    assert single.tags == ("难度：易", "信用证", "单据")
    assert truth.content.right is True
    assert mark(blanks.content, {"1": "l/c", "2": "托收"}).mark == 1
    assert mark(number.content, "3.0").mark == 1
    assert [item.line for item in (single, truth, blanks, number)] == [2, 3, 4, 5]
    assert not [item.remarks for item in (single, truth, blanks, number) if item.remarks]


@pytest.mark.parametrize("write", [lambda rows: xlsx(题库=rows), ods, xls])
def test_each_kind_of_workbook_gives_the_same(write):
    content = write([HEADER, SINGLE, ["判断题", "水是干的。", "", "", "", "", "错"], NUMBER])

    assert spreadsheet.is_workbook(content)
    assert kinds(read(content)) == ["single", "true-false", "numeric"]
    assert [item.place for item in read(content)] == ["题库!B2", "题库!B3", "题库!B4"]


@pytest.mark.parametrize(
    "header",
    [
        ["题目类型", "题目", "A", "B", "正确答案"],
        ["*题型", "题干（必填）", "选项A", "选项B", "答案*"],
        ["Type", "Question", "Option A", "Option B", "Correct answer"],
        ["type", "question", "a", "b", "answer"],
        ["题型", "试题内容", "选项1", "选项2", "标准答案："],
        ["题型", "题干", "Ａ", "Ｂ选项", "参考答案"],
    ],
)
def test_headers_are_written_in_many_ways(header):
    header = [name.rstrip("*").lstrip("*") for name in header]
    item = only(header, ["单选", "信用证是", "银行信用", "商业信用", "A"])

    assert [option.text for option in item.content.options] == ["银行信用", "商业信用"]


def test_the_header_may_stand_below_a_title():
    items = table(["国际贸易题库"], [], ["说明：请勿修改表头"], HEADER, SINGLE, [], SINGLE)

    assert [item.line for item in items] == [5, 7]


@pytest.mark.parametrize(
    "cell",
    [
        "A. 甲\nB. 乙\nC. 丙",
        "甲\n乙\n丙",
        "甲|乙|丙",
        "甲；乙；丙",
        "A.甲；B.乙；C.丙",
        "A. 甲  B. 乙  C. 丙",
        "A、甲|B、乙|C、丙",
    ],
)
def test_options_may_share_a_cell(cell):
    item = only(["题干", "选项", "答案"], ["题目", cell, "AC"])

    assert [option.text for option in item.content.options] == ["甲", "乙", "丙"]
    assert right(item.content) == "ac"


@pytest.mark.parametrize("answer", ["ABD", "A,B,D", "A、B、D", "A|B|D", "A;B;D", "ａｂｄ", "A B D"])
def test_several_letters_are_written_in_many_ways(answer):
    item = only(["题干", "A", "B", "C", "D", "答案"], ["题目", "甲", "乙", "丙", "丁", answer])

    assert right(item.content) == "abd"


def test_letters_repeated_in_their_cells_are_no_text():
    item = only(["题干", "A", "B", "答案"], ["题目", "A. 甲", "B、乙", "A"])

    assert [option.text for option in item.content.options] == ["甲", "乙"]


def test_merged_cells_speak_for_their_rows():
    rows = [
        ["题型", "题干", "选项A", "选项B", "答案", "章节"],
        ["排序题", "题目一", "甲", "乙", "BA", "结算"],
        ["", "题目二", "甲", "乙", "BA"],
    ]
    items = read(xlsx(题库=sheet_xml(rows, merged=["A2:A3", "F2:F3"])))

    assert kinds(items) == ["ordering", "ordering"]
    assert [item.category for item in items] == ["结算", "结算"]


def test_what_no_column_explains_is_said():
    item = only(["题干", "答案", "出题人"], ["缩写是____", "L/C", "陈老师", "备用"])

    assert [remark.code for remark in item.remarks] == [Note.LEFT_OUT, Note.LEFT_OUT]
    assert "出题人: 陈老师" in item.remarks[0].sentence
    assert "备用" in item.remarks[1].sentence


def test_an_unknown_type_is_said_and_the_answer_decides():
    item = only(["题型", "题干", "答案"], ["甲类题", "水是湿的", "对"])

    assert (item.content.kind, [remark.code for remark in item.remarks]) == ("true-false", [Note.LEFT_OUT])


@pytest.mark.parametrize(
    ("row", "reason", "cell"),
    [
        (["题目", "甲", "乙", "", ""], Reason.NO_ANSWER_GIVEN, "E2"),
        (["题目", "甲", "乙", "", "D"], Reason.ANSWER_NOT_OPTION, "E2"),
        (["题目", "甲", "乙", "", "AA"], Reason.REPEATED_ANSWER, "E2"),
        (["____和____", "", "", "", "甲"], Reason.BLANKS, "E2"),
        (["题目", "甲", "", "丙", "A"], Reason.OPTION_ORDER, "B2"),
        (["题目", "甲", "", "", "A"], Problem.FEW_OPTIONS, "B2"),
        (["", "甲", "乙", "", "A"], Reason.NO_QUESTION, "A2"),
    ],
)
def test_a_refusal_names_sheet_and_cell(row, reason, cell):
    refused, taken = table(["题干", "选项A", "选项B", "选项C", "答案"], row, ["题目", "甲", "乙", "", "A"])

    assert (refused.remark.code, refused.place, refused.line) == (reason, f"题库!{cell}", 2)
    assert isinstance(taken, Item)


def test_sheets_are_read_one_after_the_other():
    items = read(xlsx(单选=[HEADER, SINGLE], 说明=[["请按表头填写"]], 空=[], _词表=[["单选题"]], 判断=[HEADER, TRUTH]))

    assert kinds(items) == ["single", Reason.NO_HEADER, "true-false"]
    assert [item.number for item in items] == [1, 2, 3]
    assert [item.place for item in items] == ["单选!B2", "说明", "判断!B2"]


def test_two_columns_of_one_meaning_are_not_chosen_between():
    (refused,) = table(["题干", "答案", "正确答案"], ["题目", "A", "B"])

    assert refused.remark.code is Reason.COLUMN_UNCLEAR


# Files that are none, or too much


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"%PDF-1.7",
        xlsx(题库=[["甲", "乙"]]),
        xlsx(题库=[]),
        xlsx(题库="<worksheet"),
        xls([["甲"]]),
        xls([HEADER])[:900],
        zipped({"word/document.xml": "<x/>"}),
        zipped({"xl/workbook.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}),
    ],
)
def test_other_files_are_unreadable(content):
    with pytest.raises(FileUnreadable):
        read(content)


def test_a_cell_in_the_last_corner_ends_another_process_and_not_this_one():
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    with pytest.raises(FileUnreadable, match="too large"):
        read(xlsx(题库=f'<worksheet xmlns="{space}"><sheetData>{far}</sheetData></worksheet>'))


def test_a_long_text_in_every_cell_is_too_large(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_CHARACTERS", 1000)

    with pytest.raises(ValueError, match="too much"):
        workbook.sheets(xlsx(题库=[["字" * 100] * 20]))


@settings(max_examples=15)
@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda junk: xls([HEADER])[:600] + junk))
def test_no_bytes_break_the_reader(content):
    with contextlib.suppress(FileUnreadable):
        read(content)


# Tables


def csv(text):
    return list(spreadsheet.read_csv(text, SKILLS))


@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_a_table_is_read_like_a_sheet(sign):
    text = "题型,题干,A,B,答案\r\n单选题,信用证是,银行信用,商业信用,A\r\n\r\n判断题,水是干的,,,错\r\n".replace(
        ",", sign
    )

    assert spreadsheet.is_table(text)
    assert kinds(csv("\ufeff" + text)) == ["single", "true-false"]
    assert [(item.line, item.place) for item in csv(text)] == [(2, "B2"), (4, "B4")]


def test_a_cell_of_a_table_may_have_lines():
    first, second = csv('题干,选项,答案\n题目,"甲\n乙\n丙",B\n____是多少,,3\n')

    assert [option.text for option in first.content.options] == ["甲", "乙", "丙"]
    assert (second.line, second.content.kind) == (5, "numeric")


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2", "1. 题目\n答案：A", "题干,选项A\n题目,甲", "x" * 200_000, '题干,答案\n"' + "x" * 200_000]
)
def test_other_texts_are_no_table(text):
    with pytest.raises(FileUnreadable):
        csv(text)


def test_neither_gift_nor_an_exam_is_a_table(question_files):
    assert not spreadsheet.is_table((question_files / "moodle-gift-examples.txt").read_text("utf-8"))
    assert not spreadsheet.is_table("1. 题目，题干\n答案：A")


CELLS = st.sampled_from(
    ["", "题目", "____", "A", "AB", "对", "甲；乙", "3", "A. 甲|B. 乙", "单选题", "[[1]]", "（A）", "level-9"]
)


@given(st.lists(st.lists(CELLS, min_size=9, max_size=12)))
def test_items_are_those_taken_and_those_refused(rows):
    header = ["题型", "题干", "选项", "A", "B", "答案", "分值", "难度", "技能"]
    text = "\n".join(",".join(row) for row in [header, *rows])
    items = csv(text)

    assert len(items) == sum(any(row) for row in rows)
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert all(isinstance(item, Item | Refusal) for item in items)


@given(st.text())
def test_no_text_breaks_the_reader(text):
    for written in (text, f"题干,答案\n{text}"):
        with contextlib.suppress(FileUnreadable):
            csv(written)


def test_the_template_of_the_guide_is_taken_whole():
    items = csv((ROOT / "docs" / "guide" / "questions.csv").read_text("utf-8"))

    assert kinds(items) == ["single", "multiple", "true-false", "cloze", "numeric", "ordering", "essay"]
    assert not [item.remarks for item in items if item.remarks]
