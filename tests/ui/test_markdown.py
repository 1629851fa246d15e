"""What people write in Markdown arrives as it was meant, and never as a script."""

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ui.markdown import MATHML, TEXT, render_markdown, render_plain

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=`javascript:alert(1)`>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](  java\tscript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    '![x](x "onerror=alert(1)")',
    '![x](x" onerror="alert(1))',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><maction actiontype='statusline#http://x' xlink:href='javascript:alert(1)'>x</maction></math>",
    "<iframe src='https://example.org'></iframe>",
    "<object data='x.swf'></object><embed src='x'>",
    "<form action='https://example.org'><input name=password></form>",
    "<style>body{display:none}</style>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<div class='rail sheet'>x</div>",
    "<div id='main'>x</div>",
    "<base href='https://example.org/'>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<link rel=stylesheet href='https://example.org/x.css'>",
    "<details ontoggle=alert(1) open>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='https://example.org' target=_blank onclick=alert(1)>x</a>",
    "<button hx-get='/x' hx-trigger='load'>x</button>",
    "<p hx-get='/x' hx-trigger='load'>x</p>",
    "<input autofocus onfocus=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{<script>alert(1)</script>}$",
    "$\\style{position:fixed}{x}$",
    "$<img src=x onerror=alert(1)>$",
    "$$\n</math><script>alert(1)</script>\n$$",
    "```html\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    '[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: x',
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "\x02wzxhzdk:0\x03",
    "<<script>script>alert(1)<</script>/script>",
    "<img src=//example.org/x.png>",
    "<img src=http://example.org/x.png>",
    "<img src='\\\\example.org\\x.png'>",
    "<img src='ht\ttp://example.org/x.png'>",
    "<img src='\t//example.org/x.png'>",
]
SAFE_ATTRIBUTES = {
    "accent", "accentunder", "align", "alt", "alttext", "class", "colspan", "columnalign", "columnlines",
    "columnspacing", "decoding", "depth", "display", "displaystyle", "fence", "form", "height", "href", "id",
    "largeop", "linebreak", "linethickness", "loading", "lspace", "mathvariant", "maxsize", "minsize",
    "movablelimits", "notation", "rel", "rowlines", "rowspacing", "rowspan", "rspace", "scope", "scriptlevel",
    "separator", "src", "start", "stretchy", "tabindex", "title", "type", "voffset", "width",
}  # fmt: skip
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)


@pytest.fixture
def show(app):
    """Render in a request."""

    def _show(text, **options):
        with app.test_request_context("/"):
            return render_markdown(text, **options)

    return _show


def is_harmless(shown):
    """Only known elements and attributes, and addresses that cannot run anything."""
    for element in BeautifulSoup(str(shown), "html5lib").body.find_all(True):
        assert element.name in TEXT | MATHML, element.name
        assert set(element.attrs) <= SAFE_ATTRIBUTES, element
        scheme = SCHEME.match(element.get("href", ""))
        assert scheme is None or scheme[1].lower() in {"http", "https", "mailto", "tel"}, element
        if element.name == "img":
            scheme = SCHEME.match(re.sub(r"[\x00-\x20]", "", element["src"]))
            assert scheme is None or scheme[1].lower() == "https", element
            assert not element["src"].startswith(("//", "\\")), element
        for name in element.get("class", []):
            assert (
                name in {"highlight", "footnote", "footnote-ref", "footnote-backref", "table-scroll"} or len(name) <= 3
            ), element
        assert re.match(r"m[0-9a-f]{8}-", element.get("id", "m00000000-")), element


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_arrives_as_harmless_text(show, attack):
    for text in (attack, f"before {attack} after", f"> {attack}", f"- {attack}\n- {attack}", f"# {attack}"):
        is_harmless(show(text))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [*ATTACKS, "$", "$$", "\n", "\n\n", "`", "```", "[", "](", ")", "<", ">", "*", "_", "&", "汉字", "|"]
        ),
        max_size=12,
    )
)
def test_no_mixture_of_marks_breaks_out_or_raises(show, parts):
    is_harmless(show("".join(parts)))


def test_a_lesson_keeps_its_table_code_note_and_picture(show):
    page = BeautifulSoup(
        show(
            "# 一\n\n### 二\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n\n```python\nprint('中文')  # why\n```\n\n"
            "见注[^x]。\n\n![鞋](pictures/shoe.png)\n\n1. 甲\n2. 乙\n\n[^x]: 出处。\n"
        ),
        "html5lib",
    )
    assert [heading.name for heading in page.find_all(re.compile("^h[1-6]$"))] == ["h2", "h3"]
    assert page.find("td", align="right").text == "2"
    assert page.select_one(".highlight pre code .nb").text == "print"
    assert page.find("img")["alt"] == "鞋"
    assert page.find("img")["loading"] == "lazy"
    reference = page.select_one("a.footnote-ref")
    assert page.find(id=reference["href"][1:]).name == "li"
    assert page.select_one("a.footnote-backref")["href"][1:] == reference.parent["id"]
    assert [item.text for item in page.find("ol").find_all("li")] == ["甲", "乙"]


def test_headings_start_where_the_page_asks(show):
    assert "<h3>a</h3>" in show("# a\n\n## b", top=3)
    assert "<h4>b</h4>" in show("# a\n\n## b", top=3)
    assert show("###### a", top=2) == "<h2>a</h2>"


def test_two_texts_on_one_page_share_no_anchor(show):
    first, second = show("a[^1]\n\n[^1]: x"), show("b[^1]\n\n[^1]: y")
    ids = [set(re.findall(r'id="([^"]+)"', text)) for text in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_a_formula_becomes_mathml_beside_chinese_text(show):
    shown = show("到岸成本$C=\\frac{V+F}{1-r}$由货值算得。")
    formula = BeautifulSoup(shown, "html5lib").find("math")
    assert formula["display"] == "inline"
    assert formula["alttext"] == "C=\\frac{V+F}{1-r}"
    assert formula.find("mfrac")
    assert "由货值算得" in shown


def test_a_formula_on_its_own_lines_is_not_taken_for_a_list_or_heading(show):
    shown = show("设\n\n$$\nx\n- y_1\n= z_2\n$$\n\n则成立。")
    assert BeautifulSoup(shown, "html5lib").find("math")["display"] == "block"
    assert "<ul>" not in shown
    assert "<em>" not in shown


@pytest.mark.parametrize(
    "broken", [r"\frac{1", r"\left( x", r"\begin{matrix} 1", "{" * 300, r"\unknowncommand{", "_", "^"]
)
def test_a_formula_that_cannot_be_read_never_raises(show, broken):
    is_harmless(show(f"a ${broken}$ b\n\n$${broken}$$"))


def test_an_unreadable_formula_is_shown_as_its_source(show):
    assert r"<code>$\sqrt[3$</code>" in show(r"a $\sqrt[3$ b")


@pytest.mark.parametrize("text", ["costs $5 and $6", "from 5$ to 6$", r"\$x\$", "`$x$`", "a $ b $ c", "```\n$x$\n```"])
def test_prices_and_code_are_not_formulas(show, text):
    assert "<math" not in show(text)
    assert "$" in show(text)


def test_links_lend_no_weight_and_no_window(show):
    assert 'rel="nofollow noopener"' in show("[x](https://example.org/)")


def test_pictures_from_plain_http_lose_their_address(show):
    assert show("![a > b](http://example.org/x.png)") == "<p>a &gt; b</p>"
    assert 'src="https://example.org/x.png"' in show("![a](https://example.org/x.png)")
    assert 'src="/files/7"' in show("![a](/files/7)")


def test_nothing_stays_nothing(show):
    assert show(None) == ""
    assert show("") == ""


def test_plain_words_for_lists_and_search(app):
    with app.test_request_context("/"):
        assert (
            render_plain("# 标题\n\n正文 **粗** & `a<b` [链](https://example.org) $x$\n\n- 一\n- 二")
            == "标题 正文 粗 & a<b 链 一 二"
        )
        assert render_plain("一二三四五六", limit=4) == "一二三…"
        assert render_plain(None) == ""


def test_a_long_text_of_dollars_takes_no_time(show):
    """Formulas are looked for in linear time: one hundred thousand open ones are read at once."""
    assert show("$a " * 30_000)
    assert show("$$a$$b\n" * 10_000)


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"])
def test_no_link_is_another_host_in_the_clothes_of_a_path(app, address):
    for text in (f"[x](<{address}>)", f'<a href="{address}">x</a>'):
        with app.test_request_context():
            found = BeautifulSoup(str(render_markdown(text)), "html.parser")
        assert not any("evil" in link.get("href", "") for link in found.find_all("a"))


@pytest.mark.parametrize(
    ("formula", "shown"),
    [(r"$\text{a < b}$", "&lt;"), (r"$\text{Q & A}$", "&amp;"), (r"$x \text{<b>bold</b>} y$", "&lt;b&gt;bold")],
)
def test_the_words_in_a_formula_are_words(app, formula, shown):
    with app.test_request_context():
        found = str(render_markdown(formula))
    inside = re.search("<mtext>(.*?)</mtext>", found)
    assert inside is not None
    assert shown in inside[1]


@pytest.mark.parametrize("sign", ["[", "![", "[^", "[a](", "[a](<", "<a ", "<![", "[a\n", "a\n=\n"])
def test_a_text_of_brackets_that_nothing_closes_is_shown_as_it_was_typed(show, sign):
    """The reader would look for the end of each, by the square of the length: minutes for one post."""
    text = sign * 12_000
    assert BeautifulSoup(str(show(text)), "html.parser").get_text()[:2] == text[:2]
    assert str(show(f"**fine**\n\n{text}")).startswith("<p><strong>fine</strong></p>")


def test_what_is_written_with_many_closed_brackets_is_read(show):
    text = "".join(f"[{number}](https://example.org/{number}) [x] a > b < c\n" for number in range(80))
    assert str(show(text)).count("<a ") == 80


@pytest.mark.parametrize("text", ["- " * 1000 + "x", "1. " * 600 + "x", "> " * 3000 + "x", "a\n: b\n" * 4000])
def test_a_text_nested_deeper_than_can_be_read_is_shown_as_it_was_typed(show, text):
    assert "x" in show(text) or "b" in show(text)
