"""Courses drawn by hypothesis: every kind of lesson and question, and texts that mean something to the formats."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

from app.assessment.models import Paging
from app.assessment.rules.content import QuestionKind, content_from_json, content_problems, content_to_json
from courses.folders import About, Assignment, Course, Held, Lesson, Module, Pool, Question, Quiz, Row, Step
from courses.folders.pages import tidy, titled
from courses.models import CompletesOn, LessonKind, Takes
from tests.assessment.formats.drawn import contents

SKILLS = ("CC01", "CC02", "DA01")
NASTY = "{}~=#:%\\[]<>&\"'/*-;!_ \n\tn1aB图（；→😀\u2028"
WORDS = st.text(st.sampled_from(NASTY), max_size=24).map(tidy)
LINES = st.text(st.sampled_from(NASTY.replace("\n", "").replace("\u2028", "")), max_size=16)
TITLES = st.one_of(LINES.filter(str.strip), st.sampled_from([" 前后有空格 ", "# 井号", "两\n行"]))
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
CODES = st.one_of(st.none(), st.sampled_from(SKILLS))
BODIES = st.one_of(WORDS, st.sampled_from(["", "\n", "\n\n", "# 标题\n\n正文  \n", "a\n\n\n", "``` \n}\n```"]))
POINTS = st.decimals(0, 1000, places=4, allow_nan=False)
SOME_POINTS = st.decimals(1, 1000, places=4, allow_nan=False)
PERCENTS = st.decimals(1, 100, places=2, allow_nan=False)
MOMENTS = st.one_of(st.none(), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.floats(-1e9, 1e9), LINES),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(LINES, inner, max_size=3)),
    max_leaves=5,
)
BEGINNINGS = {".pdf": b"%PDF-1.7", ".png": b"\x89PNG\r\n\x1a\n", ".mp4": b"\x00\x00\x00\x18ftyp"}
CATEGORIES = ("quizzes", "平时")
RULES = st.fixed_dictionaries(
    {},
    optional={
        "categories": st.just([{"name": name, "title_zh": name, "weight": "2.5"} for name in CATEGORIES]),
        "pass_share": st.sampled_from([None, "0.6", 1]),
        "sequential": st.booleans(),
        "valid_months": st.one_of(st.none(), st.integers(1, 1200)),
    },
)
JSON = st.dictionaries(st.sampled_from(["categories", "drop", "a b", "“”"]), PLAIN, max_size=3)


@st.composite
def questions(draw, name):
    """A question of any kind, in one or both languages, that the bank would take."""
    kind = draw(st.sampled_from(list(QuestionKind)))
    content = draw(contents(kind).filter(lambda one: all(each.is_advice for each in content_problems(one))))
    content = content_from_json(content_to_json(content))  # as the bank gives it back
    languages = draw(st.sampled_from([("zh", "en"), ("zh",), ("en",), ("zh", "en")]))
    skill = draw(CODES)
    return Question(
        name=name,
        contents=dict.fromkeys(languages, content),
        skill=skill,
        level=draw(st.one_of(st.none(), st.integers(1, 4))) if skill else None,
        tags=tuple(draw(st.lists(st.sampled_from(["期末", "level-2", "a b", "[x]"]), max_size=2, unique=True))),
        rubric=draw(rubrics()) if kind is QuestionKind.ESSAY else (),
    )


@st.composite
def steps(draw, most):
    """Steps of a row of at most so many marks, in any order; or none."""
    reached = draw(st.lists(POINTS.filter(lambda points: points <= most), max_size=5, unique=True))
    if len(reached) < 2:
        return ()
    return tuple(Step(points=points, text_zh=draw(TITLES), text_en=draw(WORDS)) for points in reached)


@st.composite
def rubrics(draw):
    """Rows of which one at least counts; or none."""
    rows = [
        Row(
            title_zh=draw(TITLES),
            title_en=draw(LINES),
            descriptor_zh=draw(WORDS),
            weight=draw(POINTS),
            marks_max=(most := draw(SOME_POINTS)),
            skill=skill,
            level=draw(st.integers(1, 4)) if skill else None,
            steps=draw(steps(most)),
        )
        for skill in draw(st.lists(CODES, max_size=2))
    ]
    return tuple(rows) if any(row.weight > 0 for row in rows) else ()


@st.composite
def quizzes(draw, asked):
    """Rules for a quiz of these questions."""
    names = [question.name for question in asked]
    scored = [one.name for one in asked if one.contents[next(iter(one.contents))].kind is not QuestionKind.DESCRIPTION]
    if not names:
        return Quiz()
    pool = draw(st.lists(st.sampled_from(names), unique=True))
    opens, closes = draw(MOMENTS), draw(MOMENTS)
    if opens and closes and closes <= opens:
        closes = None
    return Quiz(
        minutes=draw(st.one_of(st.none(), st.integers(1, 600))),
        attempts=draw(st.integers(1, 20)),
        pass_percent=draw(PERCENTS),
        shuffle=draw(st.booleans()),
        paging=draw(st.sampled_from(list(Paging))),
        markers=draw(st.integers(1, 2)),
        peers=draw(st.integers(0, 3)),
        opens=opens,
        closes=closes,
        points={name: points for name in scored if (points := draw(POINTS)) != 1},
        pools=(
            (Pool(take=len(pool), questions=tuple(name for name in names if name in pool), skill="CC01", level=2),)
            if pool
            else ()
        ),
    )


@st.composite
def assignments(draw):
    """What is handed in."""
    rubric = draw(rubrics())
    return Assignment(
        takes=tuple(draw(st.lists(st.sampled_from(list(Takes)), min_size=1, unique=True))),
        files_max=draw(st.integers(1, 9)),
        points_max=draw(SOME_POINTS),
        completes_on=draw(st.sampled_from(list(CompletesOn))),
        pass_percent=draw(PERCENTS),
        late_percent_per_day=draw(PERCENTS),
        late_days_max=draw(st.one_of(st.none(), st.integers(0, 30))),
        group_size=draw(st.integers(1, 5)),
        rubric_title_zh=draw(st.sampled_from(["", "评分 {标准}"])) if rubric else "",
        rubric=rubric,
    )


@st.composite
def lessons(draw, name, files, categories):
    """A lesson of any kind."""
    kind = draw(st.sampled_from(list(LessonKind)))
    is_work = kind is LessonKind.ASSIGNMENT
    called = (
        []
        if is_work
        else draw(st.lists(st.sampled_from(["Q1 甲", "a/b", "::x::", "-> {~", "}", "7"]), max_size=3, unique=True))
    )
    asked = tuple(draw(questions(each)) for each in called)
    title_zh, title_en = draw(TITLES), draw(st.one_of(st.just(""), TITLES))
    about = About(
        kind=kind,
        minutes=draw(st.integers(1, 600)),
        required=draw(st.booleans()),
        category=draw(st.sampled_from(["", *categories])),
        video=draw(st.sampled_from(["", *files])),
        captions={language: files[0] for language in ("zh", "en") if files and draw(st.booleans())},
        cues={name: Decimal(draw(st.integers(0, 900))) / 2 for name in called if draw(st.booleans())},
        files=tuple(file for file in files if draw(st.booleans())),
        settings=draw(JSON),
        quiz=draw(quizzes(asked)),
        assignment=draw(st.one_of(st.none(), assignments())) if is_work else None,
    )
    return Lesson(
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        body_zh=draw(BODIES),
        body_en=draw(BODIES),
        about=titled(about, title_zh, title_en),
        questions=asked,
    )


@st.composite
def courses(draw):
    """A course."""
    files = draw(st.lists(st.sampled_from(["讲义.pdf", "a b.png", "v.mp4"]), unique=True))
    names = draw(st.lists(NAMES, max_size=4, unique=True))
    rules = draw(RULES)
    categories = [one["name"] for one in rules.get("categories", ())]
    cuts = sorted(draw(st.lists(st.integers(0, len(names)), max_size=2)))
    groups = [names[start:end] for start, end in zip([0, *cuts], [*cuts, len(names)], strict=True)]
    return Course(
        slug=draw(st.sampled_from(["customs", "a-b-c3", "课程"])),
        title_zh=draw(TITLES),
        title_en=draw(LINES),
        summary_zh=draw(WORDS),
        summary_en=draw(WORDS),
        rules=rules,
        loose=tuple(groups[0]),
        modules=tuple(Module(title_zh=draw(TITLES), title_en=draw(LINES), lessons=tuple(one)) for one in groups[1:]),
        lessons={name: draw(lessons(name, files, categories)) for name in names},
        files={name: Held.of(BEGINNINGS[name[-4:]] + draw(st.binary(max_size=9))) for name in sorted(files)},
    )
