"""Telling the formats apart."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats.detect import FileType, declared_encoding, detect
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
    ],
)
def test_the_format_shows_in_the_text(text, file_type):
    assert detect(text) is file_type


@pytest.mark.parametrize(
    "text",
    ["", "Dear all,\nsee you.", "1. 报关单由谁填写？\n答案：报关行", '{"a": 1}', "a,b\n1,2", "<p>x</p>", "\\{T}"],
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
