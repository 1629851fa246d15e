"""Telling the formats apart."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats.detect import BYTES_READERS, FileType, declared_encoding, detect, detect_bytes, read
from app.assessment.formats.items import FileUnreadable


@pytest.mark.parametrize(
    ("name", "file_type"),
    [
        ("moodle-gift-examples.txt", FileType.GIFT),
        ("moodle-questions.gift.txt", FileType.GIFT),
        ("moodle-questions.aiken.txt", FileType.AIKEN),
        ("moodle-multianswer.xml", FileType.MOODLE_XML),
        ("moodle-multichoice.xml", FileType.MOODLE_XML),
        ("moodle-truefalse.xml", FileType.MOODLE_XML),
    ],
)
def test_moodles_files_are_told_apart(question_files, name, file_type):
    assert detect((question_files / name).read_text("utf-8")) is file_type


@pytest.mark.parametrize(
    ("text", "file_type"),
    [
        ("报关单由谁填写？{=报关行 ~海关}", FileType.GIFT),
        ("::题目::信用证是一种付款方式。{T}", FileType.GIFT),
        ("写一封开发信。{}", FileType.GIFT),
        ("多少？{#5}", FileType.GIFT),
        ("Q{\n  =a\n  ~b}", FileType.GIFT),
        ("Q{=a ~b", FileType.GIFT),
        ("首都？｛＝北京 ～上海｝", FileType.GIFT),
        ("$CATEGORY: x\n\nOnly a text.", FileType.GIFT),
        ("FOB 的全称是？\nA. Free on Board\nB. Free of Board\nANSWER: A", FileType.AIKEN),
        (
            "Which set is empty?\nA) {}\nB) {=}\nANSWER: A\n\nQ?\nA) a\nB) b\nANSWER: B\nQ?\nA) a\nB) b\nANSWER: B",
            FileType.AIKEN,
        ),
        ("What?\nA) one\nB) two", FileType.AIKEN),
        ("ANSWER: A is what he said. {T}", FileType.GIFT),
        ("\ufeff<?xml version='1.0'?><quiz/>", FileType.MOODLE_XML),
        ("\n <quiz/>", FileType.MOODLE_XML),
        ("<?xml version='1.0'?>\n<!-- from Canvas -->\n<questestinterop xmlns='x'/>", FileType.QTI_1),
        ("<qti:assessmentItem xmlns:qti='x'/>", FileType.QTI_2),
        ("<assessmentTest/>", FileType.QTI_2),
        ("1. 报关单由谁填写？\n答案：报关行", FileType.TEXT),
        ("一、单选题\n1、FOB 的全称是？\nA. Free on Board\nB. Free of Board\n答案：A", FileType.TEXT),
        ("题型,题干,答案\n单选,?,A", FileType.TABLE),
    ],
)
def test_the_format_shows_in_the_text(text, file_type):
    assert detect(text) is file_type


@pytest.mark.parametrize(
    "text",
    ["", "Dear all,\nsee you.", '{"a": 1}', "a,b\n1,2", "<p>x</p>", "\\{T}", "<?xml version='1.0'?><html/>"],
)
def test_other_texts_are_refused(text):
    with pytest.raises(FileUnreadable):
        detect(text)


@given(st.text(st.sampled_from("{}=~#T｛ \\\nANSWER:) .<?xmlquiz$")))
def test_no_text_breaks_the_detection(text):
    with contextlib.suppress(FileUnreadable):
        assert detect(text) in FileType


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"<?xml version='1.0' encoding='gb2312'?><quiz/>", "gb18030"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><quiz/>', "iso-8859-1"),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>', None),
        (b"<quiz/>", None),
        (b"Q{T}", None),
    ],
)
def test_an_xml_file_says_its_encoding(content, encoding):
    assert declared_encoding(content) == encoding


@pytest.mark.parametrize(
    ("content", "file_type"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old Word file", FileType.WORD),
        (b"%PDF-1.7", FileType.WORD),
        (b"PK\x03\x04 a broken package", FileType.CARTRIDGE),
        (b"Q{T}", None),
        (b"", None),
    ],
)
def test_what_is_no_text_shows_in_its_bytes(content, file_type):
    assert detect_bytes(content) is file_type


@given(
    st.sampled_from([b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<?xml", b""]),
    st.binary(max_size=200),
)
def test_no_bytes_break_the_detection_or_a_reader(start, rest):
    content = start + rest
    file_type = detect_bytes(content)
    with contextlib.suppress(FileUnreadable):
        if file_type in BYTES_READERS:
            list(read(file_type, content))
        else:
            text = content.decode("cp1252", "replace")
            list(read(detect(text), text))
