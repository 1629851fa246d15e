"""Texts as XHTML: whatever tags there are, each element stands where it may."""

from xml.etree.ElementTree import Element, tostring

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.assessment.formats import xhtml
from app.assessment.formats.exports import Losses
from app.assessment.formats.items import Note
from app.assessment.rules.content import Format


def made(text, format=Format.HTML):
    parent, losses = Element("x"), Losses()
    xhtml.block(parent, text, format, losses)
    return tostring(parent, encoding="unicode")[3:-4], [remark.values.get("name") for remark in losses.remarks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a<b>c", "<div>a<b>c</b></div>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<p>x<ul><li>1<li>2</ul>y</p>", "<div><p>x</p><ul><li>1</li><li>2</li></ul>y</div>"),
        ("<table><tr><td>1<td>2<tr><td>3</table>",
         "<table><tbody><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></tbody></table>"),
        ("<table><thead><tr><th>h</table>", "<table><tbody><tr><th>h</th></tr></tbody></table>"),
        ("<table><tbody><tr><td>1</tbody><thead><tr><th>h</thead></table>",
         "<table><thead><tr><th>h</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"),
        ("<ul><li><table><tr><td><ul><li>q</ul></table><li>z</ul>",
         "<ul><li><table><tbody><tr><td><ul><li>q</li></ul></td></tr></tbody></table></li><li>z</li></ul>"),
        ("<ul>text<li>a</ul>", "<ul><li>text</li><li>a</li></ul>"),
        ("<td>x</td>", "<div>x</div>"),
        ("<li>x", "<div>x</div>"),
        ("<table></table>x", "<div>x</div>"),
        ("<blockquote>x</blockquote>", "<blockquote><p>x</p></blockquote>"),
        ("<img src=x>", '<div><img src="x" alt="" /></div>'),
        ("<img src=x width=100% height=20>", '<div><img src="x" height="20" alt="" /></div>'),
        ("1 < 2 & <x", "<div>1 &lt; 2 &amp; &lt;x</div>"),
        ("<a href='#q'>q<a>r</a></a>", '<div><a href="#q">qr</a></div>'),
        ("<audio controls><source src='a.mp3' type='audio/mpeg'></audio>",
         '<div><object data="a.mp3" type="audio/mpeg" /></div>'),
        ("<!doctype html>a<![b<!-- c -->", "<div>a&lt;![b</div>"),
        ("", ""),
    ],
)  # fmt: skip
def test_every_element_stands_where_it_may(text, expected):
    assert made(text) == (expected, [])


@pytest.mark.parametrize(
    ("text", "lost"), [("<script>x</script>", "script"), ("<u>x</u>", "u"), ("<p style='color:red'>x", "p"),
                       ("<iframe src='x'></iframe>", "iframe")],
)  # fmt: skip
def test_what_is_not_shown_is_told(text, lost):
    assert made(text)[1] == [lost]


def test_each_format():
    assert made("a <b>\nc", Format.PLAIN)[0] == "<div>a &lt;b&gt;<br />c</div>"
    assert made("a <b>x</b>\nc", Format.MOODLE)[0] == "<div>a <b>x</b><br />c</div>"
    assert made("<p>a\nb</p>", Format.MOODLE)[0] == "<p>a\nb</p>"
    assert made("**a** \\(x\\)", Format.MARKDOWN)[0] == "<p><strong>a</strong> \\(x\\)</p>"


def test_words_alone():
    losses = Losses()

    assert xhtml.words("<p>a</p><p><b>b</b>&amp;</p>", Format.HTML, losses) == "a b&"
    assert [remark.code for remark in losses.remarks] == [Note.MARKUP]


TAGS = ["p", "b", "div", "ul", "li", "table", "tr", "td", "thead", "tbody", "tfoot", "caption", "dl", "dt", "dd", "a",
        "blockquote", "img", "br", "hr", "pre", "h2", "script", "video", "source", "u", "colgroup", "col"]  # fmt: skip
BITS = st.sampled_from(
    [*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), "x", " ", "&amp;", "<", "]]>", "<!["]
)
INSIDE = {
    **xhtml.CHILDREN, **dict.fromkeys(xhtml.PARAGRAPHS, xhtml.INLINE), "x": xhtml.BLOCKS,
    **dict.fromkeys(xhtml.FLOW, xhtml.INLINE | xhtml.BLOCKS),
    **dict.fromkeys(xhtml.INLINE, xhtml.INLINE), "br": set(), "img": set(), "hr": set(), "col": set(),
}  # fmt: skip


@example("<table><colgroup><p>")
@example("<table><col>")
@given(st.lists(BITS, max_size=30).map("".join))
def test_no_text_makes_a_structure_that_is_not_allowed(text):
    parent = Element("x")
    xhtml.block(parent, text, Format.HTML, Losses())

    for element in parent.iter():
        assert {child.tag for child in element} <= INSIDE[element.tag], tostring(parent)
        if element.tag in xhtml.CHILDREN:
            assert not (element.text or "").strip()
            assert element.tag == "blockquote" or len(element)
        if element.tag == "table":
            assert any(child.tag == "tbody" for child in element)
