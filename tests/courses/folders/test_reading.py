"""Folders written by hand, and folders from strangers: what is taken, and how each mistake is told."""

import io
import stat
import zipfile

import pytest

from app.assessment.formats.items import FileUnreadable
from app.assessment.formats.package import package_of
from courses.folders import FolderRefused, Said, open_archive, open_directory, read_folder

SKILLS = ("CC01", "CC02")
SMALL = {
    "course.toml": 'title_zh = "鞋"\n',
    "lessons/01-one.zh.md": "# 第一课\n\n正文。\n",
}
QUESTION = "// [tag:CC01] [tag:level-1]\n::Q1::Which? {=a ~b}\n"
FULL = {
    **SMALL,
    "course.toml": 'slug = "shoes"\ntitle_zh = "鞋"\n\n[lesson.one]\nkind = "page"\n',
    "lessons/01-one.en.md": "# One\n\nText.\n",
    "questions/01-one.zh.gift": QUESTION,
    "questions/01-one.en.gift": QUESTION,
}


def package(files):
    return package_of({path: each.encode() if isinstance(each, str) else each for path, each in files.items()})


def read(files, **options):
    return read_folder(package(files), SKILLS, **{"slug": "shoes"} | options)


def refused(files):
    with pytest.raises(FolderRefused) as refusal:
        read(files)
    return refusal.value.faults


# ---- by hand ---------------------------------------------------------------------------------------------------------


def test_a_title_and_one_page_are_a_course():
    folder = read(SMALL)
    course = folder.course
    assert (course.slug, course.title_zh, course.order) == ("shoes", "鞋", ("one",))
    lesson = course.lessons["one"]
    assert (lesson.title_zh, lesson.body_zh, lesson.title_en, lesson.about.minutes) == ("第一课", "正文。", "", 20)
    assert folder.lock is None
    assert folder.remarks == ()


def test_lessons_without_a_list_come_by_their_numbers_with_the_minutes_of_one_list():
    files = {"course.toml": 'title_zh = "鞋"\nminutes = [5, 10, 15]\n[lesson.b]\nminutes = 7\n'}
    files |= {f"lessons/{name}.zh.md": "# 课\n" for name in ("10-a", "2-b", "1-c")}
    course = read(files).course
    assert course.order == ("c", "b", "a")
    assert [course.lessons[name].about.minutes for name in course.order] == [5, 7, 15]


def test_a_lesson_that_nobody_listed_goes_where_its_number_puts_it_and_it_is_said():
    files = {"course.toml": 'title_zh = "鞋"\n[[modules]]\ntitle_zh = "甲"\nlessons = ["a", "c"]\n'}
    files |= {f"lessons/{name}.zh.md": "# 课\n" for name in ("01-a", "02-b", "03-c", "00-z")}
    folder = read(files)
    assert folder.course.modules[0].lessons == ("z", "a", "b", "c")
    assert [remark.said for remark in folder.remarks] == [Said.UNLISTED, Said.UNLISTED]


def test_a_folder_in_a_folder_a_byte_order_mark_and_windows_line_ends_are_no_trouble():
    files = {f"shoes-main/{path}": "\ufeff" + text.replace("\n", "\r\n") for path, text in FULL.items()}
    assert read(files).course == read(FULL).course


def test_chinese_windows_text_is_read_and_the_author_told():
    folder = read({**SMALL, "lessons/01-one.zh.md": "# 第一课\n\n正文。\n".encode("gb18030")})
    assert folder.course.lessons["one"].title_zh == "第一课"
    assert [remark.reason for remark in folder.remarks] == ["read as GB18030; save it as UTF-8"]


def test_what_is_no_part_of_a_course_is_left_aside_and_named_once():
    beside = {
        "README.md": "x",
        ".git/config": "x",
        ".git/HEAD": "x",
        "__MACOSX/._course.toml": "x",
        "lessons/.DS_Store": "x",
    }
    folder = read({**SMALL, **beside})
    assert folder.course == read(SMALL).course
    assert [remark.file for remark in folder.remarks] == ["README.md", ".git", "__MACOSX", "lessons/.DS_Store"]


def test_a_question_need_not_be_translated_yet():
    files = {**FULL, "questions/01-one.zh.gift": QUESTION + "\n::Q2::是吗？{T}\n"}
    one, two = read(files).course.lessons["one"].questions
    assert (set(one.contents), set(two.contents)) == ({"zh", "en"}, {"zh"})


# ---- mistakes, each with file, line and reason -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "file", "line", "reason"),
    [
        ("course.toml", None, "course.toml", None, "there is no course.toml"),
        ("course.toml", "title_zh = \n", "course.toml", 1, "not TOML"),
        ("course.toml", 'titel_zh = "x"', "course.toml", 1, "no such entry"),
        ("course.toml", 'title_en = "x"', "course.toml", None, "is missing"),
        ("course.toml", 'format = 9\ntitle_zh = "x"', "course.toml", 1, "newer format, 9"),
        ("course.toml", 'title_zh = "x"\nlessons = ["two"]', "course.toml", 2, "no lesson of this name: two"),
        ("course.toml", 'title_zh = "x"\nlessons = ["one", "one"]', "course.toml", 2, "listed twice"),
        ("course.toml", 'title_zh = "x"\nminutes = [1, 2]', "course.toml", None, "1 lessons, and minutes for 2"),
        ("course.toml", 'title_zh = "x"\n[lesson.two]\nminutes = 1', "course.toml", 2, "no lesson of this name"),
        ("course.toml", 'title_zh = "x"\n[lesson.one]\nminutes = "1"', "course.toml", 3, "a whole number is expected"),
        ("course.toml", 'title_zh = "x"\n[lesson.one]\nminutes = -1', "course.toml", 3, "must lie between 1 and 600"),
        ("course.toml", 'title_zh = "x"\n[lesson.one]\nkind = "song"', "course.toml", 3, "must be one of page, video"),
        ("course.toml", 'title_zh = "x"\n[lesson.one.quiz]\ntries = 1', "course.toml", 3, "no such entry"),
        (
            "course.toml",
            'title_zh = "x"\n[lesson.one.quiz.points]\nQ7 = 2',
            "course.toml",
            2,
            "question called “Q7”",
        ),
        (
            "course.toml",
            'title_zh = "x"\n[[lesson.one.quiz.pools]]\ntake = 2\nquestions = ["Q1"]',
            "course.toml",
            2,
            "2 questions cannot be drawn from 1",
        ),
        (
            "course.toml",
            'title_zh = "x"\n[lesson.one.assignment]\ntakes = ["text"]\nrubric = [{title_zh = "x", skill = "ZZ99"}]',
            "course.toml",
            2,
            "ZZ99 is not in the taxonomy",
        ),
        ("course.toml", 'title_zh = "x"\nformat = -1', "course.toml", 2, "between 1 and 1"),
        ("course.toml", f'title_zh = "x"\nformat = 0x{"f" * 9000}', "course.toml", 2, "newer format"),
        ("course.toml", 'title_zh = "x"\nminutes = [5]\nlesson = 3', "course.toml", 3, "a table is expected"),
        ("course.toml", 'title_zh = "x"\nminutes = [5]\n[lesson]\none = 3', "course.toml", 4, "a table is expected"),
        ("course.toml", 'title_zh = "x"\nminutes = [601]', "course.toml", 2, "between 1 and 600"),
        ("course.toml", 'title_zh = "x"\n[[modules]]\ntitle_zh = " "', "course.toml", 3, "the title in Chinese"),
        ("course.toml", 'title_zh = "x"\n[lesson.one]\ncategory = "a"', "course.toml", 3, "no category “a”"),
        ("course.toml", f'title_zh = "x"\nsummary_zh = "{"字" * 5001}"', "course.toml", 2, "longer than 5000"),
        *(
            ("course.toml", f'title_zh = "x"\n[lesson.one.quiz]\n{entry}', "course.toml", line, reason)
            for entry, line, reason in (
                ("opens = 0001-01-01T00:00:00", 3, "between 2000 and 2100"),
                ("opens = 9999-12-31T20:00:00Z", 3, "between 2000 and 2100"),
                ("closes = 2101-01-01T00:00:00Z", 3, "between 2000 and 2100"),
                ("closes = 2026-12-01T20:00:00Z\nopens = 2026-12-02T20:00:00Z", 3, "closes after it opens"),
                ("minutes = 601", 3, "between 1 and 600"),
                ("attempts = 21", 3, "between 1 and 20"),
                ("peers = 6", 3, "between 0 and 5"),
                ("pass_percent = 0", 3, "between 1 and 100"),
                ("pass_percent = 33.333", 3, "at most 2 decimals"),
                ("points = {Q1 = 1e-300}", 3, "at most 4 decimals"),
                ("points = {Q1 = 1001}", 3, "between 0 and 1000"),
            )
        ),
        *(
            (
                "course.toml",
                f'title_zh = "x"\n[lesson.one]\nkind = "assignment"\n[lesson.one.assignment]\n{entry}',
                "course.toml",
                5,
                reason,
            )
            for entry, reason in (
                ("takes = []", "is missing"),
                ('takes = ["text", "text", "text", "text", "text"]', "at most 4 are possible"),
                ('rubric = [{title_zh = "x", marks_max = 0}]\ntakes = ["text"]', "between 1 and 1000"),
                ('rubric = [{title_zh = "x", weight = 1001}]\ntakes = ["text"]', "between 0 and 1000"),
            )
        ),
        *(
            (
                "course.toml",
                f'title_zh = "x"\n[lesson.one]\n[lesson.one.assignment]\n{entry}\ntakes = ["text"]',
                "course.toml",
                4,
                reason,
            )
            for entry, reason in (
                ("points_max = 0", "between 1 and 1000"),
                ("files_max = 51", "between 1 and 50"),
                ("group_size = 0", "between 1 and 50"),
                ("late_days_max = 366", "between 0 and 365"),
                ("late_percent_per_day = -3", "between 0 and 100"),
            )
        ),
        (
            "course.toml",
            'title_zh = "x"\n[lesson.one.assignment]\ntakes = ["text"]',
            "course.toml",
            2,
            "of the kind page has none",
        ),
        (
            "course.toml",
            'title_zh = "x"\n[lesson.one]\nkind = "assignment"\n[lesson.one.assignment]\ntakes = ["text"]',
            "course.toml",
            2,
            "of the kind assignment has none",
        ),
        ("lessons/01-one.zh.md", f"# 课\n\n{'字' * 200_001}\n", "lessons/01-one.zh.md", None, "longer than 200000"),
        ("lessons/01-one.zh.md", f"# 课\n\n{'字' * 400_000}\n", "lessons/01-one.zh.md", None, "larger than 1 MB"),
        ("course.toml", 'title_zh = "x"\nrules = "[1"', "course.toml", 2, "not JSON"),
        ("course.toml", f'title_zh = "x"\nrules = "{"[" * 100_000}"', "course.toml", 2, "nested too deeply"),
        ("course.toml", f'title_zh = "x"\n[rules]\n{".".join("a" * 900)} = 1', "course.toml", 3, "nested too deeply"),
        ("course.toml", 'title_zh = "x"\n[rules]\nfoo = 1', "course.toml", 3, "no such entry"),
        ("course.toml", 'title_zh = "x"\n[rules]\npass_share = "60%"', "course.toml", 3, "a number is expected"),
        ("course.toml", 'title_zh = "x"\n[rules]\npass_share = "nan"', "course.toml", 3, "a number is expected"),
        ("course.toml", 'title_zh = "x"\n[rules]\npass_share = nan', "course.toml", 3, "is expected"),
        ("course.toml", 'title_zh = "x"\n[rules]\npass_share = 60', "course.toml", 3, "between 0 and 1"),
        ("course.toml", 'title_zh = "x"\n[rules]\npass_share = 1e-9', "course.toml", 3, "between 0.0001 and 1"),
        ("course.toml", f'title_zh = "x"\n[rules]\npass_share = 0x{"f" * 9000}', "course.toml", 3, "must lie between"),
        ("course.toml", f'title_zh = "x"\n[rules]\npass_share = {"9" * 400}', "course.toml", 3, "must lie between"),
        ("course.toml", 'title_zh = "x"\n[rules]\nvalid_months = 0', "course.toml", 3, "between 1 and 1200"),
        ("course.toml", 'title_zh = "x"\n[rules]\nsequential = 1', "course.toml", 3, "true or false"),
        (
            "course.toml",
            'title_zh = "x"\n[[rules.categories]]\nname = "a"\ntitle_zh = "甲"\nweight = "0"',
            "course.toml",
            5,
            "between 0.0001 and 10000",
        ),
        (
            "course.toml",
            'title_zh = "x"\nrules = {categories = [{name = "a", title_zh = "甲"}, {name = "b"}]}',
            "course.toml",
            2,
            "the title in Chinese is empty",
        ),
        *(
            ("course.toml", f'title_zh = "x"\n[lesson.one]\nsettings = {{{entry}}}', "course.toml", 3, reason)
            for entry, reason in (
                ('files = "abc"', "outside settings"),
                ('files = {x = "y"}', "outside settings"),
                ("video = 5", "outside settings"),
                ('captions = "x"', "outside settings"),
                ('cues = {x = "y"}', "outside settings"),
                ("downloads = 3", "a list is expected"),
                ("downloads = [3]", "a list is expected"),
            )
        ),
        ("course.toml", 'title_zh = "\\u0000"', "course.toml", 1, "a sign that no text has"),
        ("course.toml", f'title_zh = "{"x" * 301}"', "course.toml", 1, "longer than 300"),
        ("course.lock", "<<<<<<< HEAD\n", "course.lock", 1, "restore it, or delete it"),
        ("lessons/01-one.zh.md", "第一课\n", "lessons/01-one.zh.md", 1, "no heading"),
        ("lessons/01-one.zh.md", "#\n\nText\n", "lessons/01-one.zh.md", 1, "the title in Chinese is empty"),
        ("lessons/01-one.zh.md", None, "lessons/01-one.en.md", None, "no Chinese file, lessons/01-one.zh.md"),
        ("lessons/01-one.zh.md", "# x\n\na\x00b", "lessons/01-one.zh.md", 3, "a sign that no text has"),
        ("lessons/01-one.zh.md", b"# \xff\xff\x81", "lessons/01-one.zh.md", None, "not UTF-8"),
        ("lessons/02-one.zh.md", "# x\n", "lessons/02-one.zh.md", None, "the same as lessons/01-one.zh.md"),
        ("lessons/one.md", "# x\n", "lessons/one.md", None, "expected is 01-name.zh.md"),
        ("lessons/01-ONE.zh.md", "# x\n", "lessons/01-ONE.zh.md", None, "in upper and lower case only"),
        ("questions/01-two.zh.gift", QUESTION, "questions/01-two.zh.gift", None, "no lesson for these questions: two"),
        ("questions/01-one.txt", QUESTION, "questions/01-one.txt", None, "expected is 01-name.zh.gift"),
        ("questions/01-one.zh.gift", "::Q1::x {=a", "questions/01-one.zh.gift", 1, "a { is never closed"),
        ("questions/01-one.zh.gift", QUESTION.replace("CC01", "ZZ99"), "questions/01-one.zh.gift", 2, "ZZ99 is not"),
        ("questions/01-one.zh.gift", QUESTION.replace("CC01", "x"), "questions/01-one.zh.gift", 2, "is missing"),
        ("questions/01-one.zh.gift", QUESTION.replace("level-1", "level-7"), "questions/01-one.zh.gift", 2, "1 to 4"),
        ("questions/01-one.zh.gift", QUESTION + "\n" + QUESTION, "questions/01-one.zh.gift", 5, "two questions are"),
        ("questions/01-one.en.gift", QUESTION.replace("Q1", "Q2"), "questions/01-one.en.gift", 2, "“Q2” stands in"),
        ("questions/01-one.en.gift", QUESTION.replace("-1]", "-2]"), "questions/01-one.en.gift", 2, "differ between"),
        ("questions/01-one.json", "{", "questions/01-one.json", 1, "not JSON"),
        ("questions/01-one.json", "[]", "questions/01-one.json", None, "a list is expected"),
        (
            "questions/01-one.json",
            '{"questions": [{"name": ""}]}',
            "questions/01-one.json",
            None,
            "one line of",
        ),
        ("questions/01-one.json", '{"questions": [{"name": "Q2"}]}', "questions/01-one.json", None, "is missing"),
        (
            "questions/01-one.json",
            '{"questions": [{"name": "Q2", "zh": {"type": "song"}}]}',
            "questions/01-one.json",
            None,
            "no question of type 'song'",
        ),
        (
            "questions/01-one.json",
            '{"questions": [{"name": "Q1", "zh": {"type": "essay", "text": "x", "format": "plain"}}]}',
            "questions/01-one.json",
            None,
            "two questions are called “Q1”",
        ),
        ("files/a.exe", b"MZ", "files/a.exe", None, "files of this kind are not taken"),
        ("files/a/b.png", b"x", "files/a/b.png", None, "side by side"),
        ("files/a.png", b"", "files/a.png", None, "the file is empty"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(path, text, file, line, reason):
    files = {**FULL, path: text}
    if text is None:
        del files[path]
    faults = refused(files)
    told = [(fault.file, fault.line) for fault in faults if reason in fault.reason]
    assert (file, line) in told, [str(fault) for fault in faults]


def test_all_mistakes_are_told_at_once():
    faults = refused({**FULL, "lessons/01-one.en.md": "One", "files/a.exe": b"MZ", "questions/01-one.json": "{"})
    assert len(faults) == 3


def test_a_list_of_no_lessons_leaves_them_where_their_numbers_put_them():
    folder = read({**SMALL, "course.toml": 'title_zh = "鞋"\nlessons = []\n'})
    assert folder.course.order == ("one",)


def test_more_text_than_a_course_can_be_is_refused_before_it_is_all_held():
    texts = {f"lessons/{n:02}-l{n}.zh.md": "# 课\n\n" + "a b\n" * 240_000 for n in range(60)}
    unread = iter(range(1, 100))
    held = package({**SMALL, **texts})
    counted = type(held)(held.names, lambda name: (next(unread), held.read(name))[1])
    with pytest.raises(FolderRefused) as refusal:
        read_folder(counted, SKILLS, slug="shoes")
    assert "the texts together are larger than 20 MB" in [fault.reason for fault in refusal.value.faults]
    assert next(unread) < 30, "what comes after is not even unpacked"


# ---- from strangers --------------------------------------------------------------------------------------------------


def zipped(entries, **options):
    """A ZIP of (name or entry, content)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return stream.getvalue()


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


def test_steps_of_a_row_that_cannot_stand_are_told_with_their_line():
    about = (
        'title_zh = "x"\n[lesson.one]\nkind = "assignment"\n[lesson.one.assignment]\ntakes = ["text"]\n'
        '[[lesson.one.assignment.rubric]]\ntitle_zh = "x"\n'
        'steps = [{points = 5, text_zh = "x"}, {points = 500, text_zh = "y"}]'
    )
    [fault] = refused({**SMALL, "course.toml": about})
    assert (fault.file, fault.line) == ("course.toml", 8)
    assert "two to five steps or none" in str(fault)


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([("../course.toml", "x")], "not safe"),
        ([("/etc/course.toml", "x")], "not safe"),
        ([("lessons\\01-one.zh.md", "x")], "not safe"),
        ([("C:/course.toml", "x")], "not safe"),
        ([(link("files/passwd.txt"), "/etc/passwd")], "a link or device"),
        ([("files/zeros.txt", b"\x00" * 30_000_000)], "more than 200 to 1"),
        ([(f"lessons/{n}", "") for n in range(10_001)], "more than 10000 files"),
    ],
)
def test_an_unsafe_zip_is_refused_as_a_whole(entries, reason):
    with pytest.raises(FileUnreadable, match=reason):
        open_archive(zipped(entries))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_in_a_zip_are_refused():
    with pytest.raises(FileUnreadable, match="two files called"):
        open_archive(zipped([("course.toml", "a"), ("course.toml", "b")]))


def test_what_is_no_zip_or_cut_off_is_refused():
    for content in (b"GIF89a", zipped(FULL.items())[:-30]):
        with pytest.raises(FileUnreadable):
            open_archive(content)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_in_a_zip_made_on_windows_are_read_as_they_were_meant(encoding):
    plain = zipped([*SMALL.items(), ("files/AAAA.png", b"x")])
    raw = "讲义".encode(encoding)
    name = b"files/" + raw + b".png"
    content = zipped([*SMALL.items(), ("files/" + "A" * len(raw) + ".png", b"x")])
    content = content.replace(b"files/" + b"A" * len(raw) + b".png", name)
    assert len(content) >= len(plain)
    assert list(read_folder(open_archive(content), SKILLS, slug="x").course.files) == ["讲义.png"]


def test_a_link_in_a_folder_on_the_disk_is_refused(tmp_path):
    (tmp_path / "lessons").mkdir()
    (tmp_path / "course.toml").write_text(SMALL["course.toml"], "utf-8")
    (tmp_path / "lessons" / "01-one.zh.md").symlink_to("/etc/passwd")
    with pytest.raises(FileUnreadable, match="a link or device"):
        open_directory(tmp_path)


def test_a_repository_beside_the_course_is_not_even_looked_at(tmp_path):
    for path, text in SMALL.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").symlink_to("/etc/passwd")
    folder = read_folder(open_directory(tmp_path), SKILLS, slug="shoes")
    assert folder.course == read(SMALL).course
