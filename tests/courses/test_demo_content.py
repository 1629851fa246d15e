"""The demo's courses: complete in both languages, right in every figure, and sourced where they state a fact."""

import ast
import math
import operator
import re
from datetime import datetime
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from app.assessment.rules.content import Multiple, Numeric, QuestionKind, ShortText, Single
from app.assessment.rules.marking import mark
from app.reference.files import skill_codes
from app.ui.markdown import render_markdown
from courses import seeds
from courses.demo import files

PAGES = sorted(files.FOLDER.glob("*/lessons/*.md"))
QUESTIONS = sorted(files.FOLDER.glob("*/questions/*.gift"))


def named(path):
    return f"{path.parts[-3]}/{path.name}"


@pytest.fixture(scope="module")
def courses():
    return files.courses(skill_codes())


@pytest.fixture(scope="module")
def questions(courses):
    return [question for course in courses for lesson in course.lessons for question in lesson.questions]


# ---- what there is ---------------------------------------------------------------------------------------------------


def test_there_are_six_courses_of_four_lessons_with_six_to_eight_questions_each(courses):
    assert [course.order for course in courses] == [1, 2, 3, 4, 5, 6]
    assert all(len(course.lessons) == 4 for course in courses)
    assert {len(lesson.questions) for course in courses for lesson in course.lessons} == {6, 8}


def test_each_course_says_that_it_is_a_demo(courses):
    for course in courses:
        assert course.summary_zh.startswith("示范课程")
        assert course.summary_en.startswith("A demo course")


def test_every_skill_is_asked_about_easily_and_hard_enough(questions):
    levels = {}
    for question in questions:
        levels.setdefault(question.skill, []).append(question.level)
    assert len(levels) == 26
    for skill, asked in levels.items():
        assert len(asked) >= 4, skill
        assert min(asked) == 1, skill
        assert max(asked) >= 3, skill


def test_the_kinds_of_question_are_mixed(questions):
    kinds = {question.contents["zh"].kind for question in questions}
    assert kinds == {
        QuestionKind.SINGLE,
        QuestionKind.MULTIPLE,
        QuestionKind.TRUE_FALSE,
        QuestionKind.NUMERIC,
        QuestionKind.MATCHING,
        QuestionKind.SHORT_TEXT,
    }


def test_every_question_explains_itself_in_both_languages(questions):
    for question in questions:
        for language, content in question.contents.items():
            assert content.general_feedback, (question.name, language)
            assert (max(content.text) >= "一") is (language == "zh"), (question.name, language)


# ---- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written_in", ["zh", "en"])
@pytest.mark.parametrize("marked_in", ["zh", "en"])
def test_an_answer_earns_the_same_in_either_language(questions, written_in, marked_in):
    rng = Random(7)
    for question in questions:
        for is_right in (True, False):
            answer = seeds.answer_to(question.contents[written_in], rng, is_right=is_right)
            earned = mark(question.contents[marked_in], answer).mark
            assert (earned == 1) is is_right, (question.name, answer, earned)


def test_choices_have_several_plausible_wrong_options(questions):
    for question in questions:
        content = question.contents["zh"]
        if isinstance(content, Single):
            assert len(content.options) == 4, question.name
            assert sum(option.fraction == 1 for option in content.options) == 1, question.name
        if isinstance(content, Multiple):
            assert any(option.fraction < 0 for option in content.options), question.name


def test_the_right_option_stands_in_no_preferred_place(questions):
    singles = [q.contents["zh"] for q in questions if isinstance(q.contents["zh"], Single)]
    places = [next(n for n, option in enumerate(c.options) if option.fraction == 1) for c in singles]
    assert max(places.count(place) for place in range(4)) < len(places) / 2


def test_known_mistakes_in_numbers_and_words_earn_nothing(questions):
    for question in questions:
        for content in question.contents.values():
            if isinstance(content, Numeric | ShortText):
                for answer in content.answers[1:]:
                    given = answer.text if isinstance(content, ShortText) else f"{answer.value:f}"
                    assert answer.fraction == 0, (question.name, given)
                    assert mark(content, given).mark == 0, (question.name, given)
                    assert answer.feedback, (question.name, given)


OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
FUNCTIONS = {"ceil": math.ceil, "sqrt": math.sqrt, "max": max, "min": min}


def value_of(expression):
    """The value of an arithmetic expression with the functions above."""

    def walk(node):
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.BinOp():
                return OPERATORS[type(node.op)](walk(node.left), walk(node.right))
            case ast.UnaryOp():
                return OPERATORS[type(node.op)](walk(node.operand))
            case ast.Call(func=ast.Name(id=name)):
                return FUNCTIONS[name](*map(walk, node.args))
        raise ValueError(ast.dump(node))

    return walk(ast.parse(expression, mode="eval").body)


@pytest.mark.parametrize("path", QUESTIONS, ids=named)
def test_every_numeric_answer_is_what_its_expression_gives(path, questions):
    language = path.name.split(".")[1]
    by_name = {question.name: question.contents[language] for question in questions}
    given = dict(re.findall(r"^// expr: (.+)\n::(.+?)::", path.read_text(encoding="utf-8"), re.MULTILINE))
    given = {name: expression for expression, name in given.items()}
    for name in re.findall(r"^::(.+?)::", path.read_text(encoding="utf-8"), re.MULTILINE):
        content = by_name[name]
        # A limit that the lesson quotes is the one number that nobody computes.
        if isinstance(content, Numeric) and not name.startswith("CC03-1 "):
            right = content.answers[0]
            computed = Decimal(repr(round(value_of(given[name]), 9)))
            assert abs(computed - right.value) <= right.tolerance, (name, computed)


NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
TERM = rf"\(*√?{NUMBER}(?: ?%)?\)*"
SIDE = rf"{TERM}(?: ?[×÷+−] ?{TERM})*"
EQUATION = re.compile(rf"(?<![\w.,(×÷+−=] )(?<![\w.,(])({TERM}(?: ?[×÷+−] ?{TERM})+(?: ?[=≈] ?\**−?{SIDE})+)")


def computed(side):
    """The value of one side of an equation as a lesson writes it."""
    side = re.sub(r"(\d),(?=\d{3})", r"\1", side.replace("*", ""))
    side = re.sub(r"√(\d+)", r"sqrt(\1)", side)
    side = re.sub(r"(\d+(?:\.\d+)?) ?%", r"(\1/100)", side)
    return value_of(side.replace("×", "*").replace("÷", "/").replace("−", "-"))


def rounding_of(side):
    """Half a unit of the last digit written."""
    decimals = len(side.split(".")[1].rstrip(" %)")) if "." in side else 0
    return 0.51 * 10.0**-decimals * (0.01 if "%" in side else 1)


def equations(path):
    text = path.read_text(encoding="utf-8").replace("\\=", "=")
    return [found[0] for found in EQUATION.finditer(text)]


@pytest.mark.parametrize("path", PAGES + QUESTIONS, ids=named)
def test_every_sum_that_is_written_out_is_right(path):
    for equation in equations(path):
        first, *others = re.split("[=≈]", equation)
        for other in others:
            assert abs(computed(first.strip()) - computed(other.strip())) <= rounding_of(other), equation


def test_most_lessons_and_questions_write_their_sums_out():
    assert sum(len(equations(path)) for path in PAGES + QUESTIONS) > 200


def program_in(course, lesson, language):
    """What the one program in a lesson leaves behind, and its text."""
    page = (files.FOLDER / course / "lessons" / f"{lesson}.{language}.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.+?)```", page, re.DOTALL)
    names = {}
    exec(program, names)
    return names, program


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_freight_program_gives_what_its_comments_say(language):
    names, program = program_in("logistics", "02-freight", language)
    calls = re.findall(r"^freight\((.+)\)  # ([\d.]+)$", program, re.MULTILINE)
    assert len(calls) == 2
    for given, said in calls:
        assert round(names["freight"](*map(float, given.split(", "))), 2) == float(said)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_assortment_program_gives_the_margin_of_the_lesson(language):
    names, _ = program_in("market-research", "03-product-selection", language)
    assert (names["slippers"], names["boots"], names["margin"]) == (600, 200, 4600)


def figures(page):
    """The cells of a page's tables that hold nothing but a number."""
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [
        cell.strip()
        for row in rows
        for cell in row.split("|")
        if re.fullmatch(rf" *\**[−+]?{NUMBER}(?: ?%)?\** *", cell)
    ]


@pytest.mark.parametrize("path", [page for page in PAGES if ".zh." in page.name], ids=named)
def test_both_languages_of_a_lesson_give_the_same_figures(path):
    assert figures(path) == figures(path.with_name(path.name.replace(".zh.", ".en.")))


# ---- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_lesson_is_of_readable_length_and_shows_a_table(path):
    text = path.read_text(encoding="utf-8")
    if ".en." in path.name:
        assert 250 <= len(text.split()) <= 520
    else:
        assert 250 <= len(re.findall("[一-鿿]", text)) <= 800
    assert re.search(r"^\|[ :|-]+\|$", text, re.MULTILINE)


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_lesson_renders_without_a_mark_left_over(app, path):
    with app.test_request_context():
        page = str(render_markdown(path.read_text(encoding="utf-8")))
    assert "<table>" in page
    words = re.sub(r"<[^>]+>", "", re.sub(r"<(math|pre).*?</\1>", "", page, flags=re.DOTALL))
    assert not [mark for mark in ("$", "|", "[^", "**", "`") if mark in words]


def test_together_the_lessons_show_what_markdown_can_do(app):
    with app.test_request_context():
        pages = "".join(str(render_markdown(path.read_text(encoding="utf-8"))) for path in PAGES)
    assert pages.count("<math") > 20
    assert pages.count("<pre") >= 6
    assert pages.count('class="footnote"') > 20
    assert "<img" not in pages


SITE = re.compile(r"\b[\w-]+\.(?:com|cn|de|info|kr|org)\b")


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_source_says_when_it_was_looked_up_and_is_referred_to(path):
    text = path.read_text(encoding="utf-8")
    body, notes = re.sub(r"^\[\^\d\]:.*$", "", text, flags=re.MULTILINE), re.findall(r"^\[\^(\d)\]: (.+)$", text, re.M)
    for number, note in notes:
        assert f"[^{number}]" in body
        if SITE.search(note):
            assert "November 2026" in note or "2026 年 11 月" in note, note
    assert not SITE.search(body)
    assert set(re.findall(r"\[\^(\d)\]", body)) == {number for number, _ in notes}


def test_moscow_and_beijing_are_five_hours_apart_all_year():
    for month in (1, 7):
        in_moscow = datetime(2026, month, 1, 20, tzinfo=ZoneInfo("Europe/Moscow"))
        assert in_moscow.astimezone(ZoneInfo("Asia/Shanghai")).hour == 1


# ---- folders that are not what they should be ------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A course folder of one lesson with one question."""
    (tmp_path / "shoes" / "lessons").mkdir(parents=True)
    (tmp_path / "shoes" / "questions").mkdir()
    (tmp_path / "shoes" / "course.toml").write_text(
        'order = 1\ntitle_zh = "鞋"\ntitle_en = "Shoes"\nsummary_zh = "甲"\nsummary_en = "A"\nminutes = [5]\n', "utf-8"
    )
    for language, title in (("zh", "鞋"), ("en", "Shoes")):
        (tmp_path / "shoes" / "lessons" / f"01-one.{language}.md").write_text(f"# {title}\n\nText.\n", "utf-8")
        (tmp_path / "shoes" / "questions" / f"01-one.{language}.gift").write_text(
            "// [tag:CC01] [tag:level-1]\n::Q1::[markdown]Match. {\n=a -> x\n=b -> y\n=-> z\n}\n", "utf-8"
        )
    return tmp_path


def rewrite(folder, name, old, new):
    path = folder / "shoes" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_choices_of_both_languages_get_the_same_keys(folder):
    rewrite(folder, "questions/01-one.en.gift", "=a -> x\n=b -> y\n=-> z", "=c -> third\n=d -> second\n=-> first")
    [course] = files.courses({"CC01"}, folder)
    contents = course.lessons[0].questions[0].contents
    assert [pair.choice for pair in contents["zh"].pairs] == [pair.choice for pair in contents["en"].pairs]
    assert [choice.key for choice in contents["en"].choices] == [choice.key for choice in contents["zh"].choices]
    texts = {choice.key: choice.text for choice in contents["en"].choices}
    assert [texts[pair.choice] for pair in contents["en"].pairs] == ["third", "second"]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("questions/01-one.en.gift", "::Q1::", "::Q2::", "different questions"),
        ("questions/01-one.en.gift", "level-1", "level-2", "differ between"),
        ("questions/01-one.zh.gift", "[tag:CC01] ", "", "missing"),
        ("questions/01-one.zh.gift", "CC01", "ZZ99", "ZZ99"),
        ("questions/01-one.zh.gift", "}\n", "", "never closed"),
        ("lessons/01-one.zh.md", "# ", "", "no heading"),
        ("course.toml", "[5]", "[5, 6]", "1 lessons"),
    ],
)
def test_a_broken_folder_is_refused_with_the_reason(folder, name, old, new, said):
    rewrite(folder, name, old, new)
    with pytest.raises(files.FolderBroken, match=said):
        files.courses({"CC01"}, folder)
