"""Two colleagues at one course: one edits files, the other the pages of the site."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.assessment.queries import items_of, newest_version
from app.assessment.rules.rubrics import Step
from app.assessment.services import questions as bank
from app.db import utcnow
from courses import queries, services
from courses.folders import FolderRefused, Prefer, State
from courses.models import LessonRevision
from courses.queries.submissions import assignment_with_rubric
from tests.courses import factories
from tests.courses.folders.hands import bring, edit, exported

BODY = "第一段。\r\n\r\n第二段。\r\n\r\n第三段。"


@pytest.fixture
def course(cast):
    """A course of two lessons, the first with a quiz; its text came from a browser."""
    made = factories.course(cast, lessons=2, published=False)
    first = queries.lessons_of(made.id)[0]
    text = replace(services.text_of(first), body_zh=BODY, body_en="One.\n\nTwo.")
    services.save_lesson(first, text, utcnow(), None)
    versions = [factories.question(cast.university), factories.question(cast.university, level=3)]
    versions[0].question.name, versions[1].question.name = "Q1", "Q2"
    factories.give_quiz(first, made, versions)
    return made


def in_browser(course, position=1, **changed):
    """A colleague saves a lesson."""
    lesson = queries.lesson_at_place(course.id, position)
    services.save_lesson(lesson, replace(services.text_of(lesson), **changed), utcnow(), None)


def first(course):
    return queries.lesson_at_place(course.id, 1)


def revisions(db):
    return db.session.scalar(db.select(db.func.count()).select_from(LessonRevision))


# ---- who alone has changed something ---------------------------------------------------------------------------------


def test_a_folder_that_nobody_edited_changes_nothing(db, cast, course):
    files, before = exported(course), revisions(db)
    brought = bring(cast.university, files)
    assert brought.merged.is_unchanged
    assert revisions(db) == before
    assert first(course).body_zh == BODY


def test_a_line_edited_in_a_file_is_in_the_lesson_and_its_history_grows_by_one(db, cast, course):
    files, before = exported(course), revisions(db)
    edit(files, "lessons/01-part-1.zh.md", "第二段", "新的第二段")
    brought = bring(cast.university, files)
    assert brought.merged.of_kind("lessons") == {"part-1": State.CHANGED, "part-2": State.UNCHANGED}
    assert first(course).body_zh == "第一段。\n\n新的第二段。\n\n第三段。"
    assert revisions(db) == before + 2  # what the quiz made of it was not kept yet
    assert course.version_number == 0
    bring(cast.university, exported(course))
    assert revisions(db) == before + 2


def test_what_a_colleague_saved_since_the_export_stays_where_the_file_was_not_edited(cast, course):
    files = exported(course)
    in_browser(course, body_zh="全新", minutes=50)
    assert bring(cast.university, files).merged.is_unchanged
    assert (first(course).body_zh, first(course).minutes) == ("全新", 50)


# ---- both ------------------------------------------------------------------------------------------------------------


def test_a_line_in_the_file_and_another_in_the_browser_are_both_in_the_lesson(cast, course):
    files = exported(course)
    in_browser(course, body_zh=BODY.replace("第三段", "同事的第三段"), minutes=50)
    edit(files, "lessons/01-part-1.zh.md", "第一段", "我的第一段")
    brought = bring(cast.university, files)
    assert brought.merged.of_kind("lessons")["part-1"] is State.MERGED
    assert first(course).body_zh == "我的第一段。\n\n第二段。\n\n同事的第三段。"
    assert (first(course).body_en, first(course).minutes) == ("One.\n\nTwo.", 50)
    assert "was merged with" in brought.remarks[-1].reason


def test_the_same_line_on_both_sides_is_refused_with_both_texts_and_nothing_changes(db, cast, course):
    files, before = exported(course), revisions(db)
    in_browser(course, body_zh=BODY.replace("第二段", "同事的"))
    edit(files, "lessons/01-part-1.zh.md", "第二段", "我的")
    edit(files, "lessons/02-part-2.zh.md", "正文", "别处")
    with pytest.raises(FolderRefused) as refused:
        bring(cast.university, files)
    [fault] = refused.value.faults
    assert (fault.file, fault.line, fault.ours, fault.theirs) == (
        "lessons/01-part-1.zh.md",
        5,
        "我的。\n",
        "同事的。\n",
    )
    db.session.expire_all()
    assert "同事的" in first(course).body_zh
    assert queries.lesson_at_place(course.id, 2).body_zh == "正文 $a^2$"
    assert revisions(db) == before + 2


@pytest.mark.parametrize(("prefer", "wanted"), [(Prefer.FOLDER, "我的"), (Prefer.COURSE, "同事的")])
def test_who_says_whose_word_counts_gets_it_there_and_both_changes_elsewhere(cast, course, prefer, wanted):
    files = exported(course)
    in_browser(course, body_zh=BODY.replace("第二段", "同事的").replace("第三段", "末"))
    edit(files, "lessons/01-part-1.zh.md", "第二段", "我的")
    edit(files, "lessons/01-part-1.zh.md", "第一段", "首")
    bring(cast.university, files, prefer=prefer)
    assert first(course).body_zh == f"首。\n\n{wanted}。\n\n末。"


def test_two_entries_of_one_lesson_changed_by_two_people_are_both_kept(cast, course):
    files = exported(course)
    in_browser(course, minutes=50)
    edit(files, "course.toml", "minutes = 25", "minutes = 25\nrequired = false")
    bring(cast.university, files)
    assert (first(course).minutes, first(course).is_required) == (50, False)


def test_one_entry_changed_by_two_people_is_refused_with_its_line(cast, course):
    files = exported(course)
    in_browser(course, minutes=50)
    edit(files, "course.toml", "[lesson.part-1]\nminutes = 25", "[lesson.part-1]\nminutes = 30")
    with pytest.raises(FolderRefused) as refused:
        bring(cast.university, files)
    [fault] = refused.value.faults
    line = files["course.toml"].decode().split("\n").index("minutes = 30") + 1
    assert (fault.file, fault.line, fault.field) == ("course.toml", line, "lesson.part-1.minutes")
    assert (fault.ours, fault.theirs) == ("30", "50")


def test_without_a_lock_the_files_count_as_they_stand(cast, course):
    files = exported(course)
    del files["course.lock"]
    in_browser(course, body_zh="同事写的", minutes=50)
    services.add_lesson(course, "新课", "New")
    bring(cast.university, files)
    assert first(course).body_zh == BODY.replace("\r\n", "\n")
    assert first(course).minutes == 25
    assert [lesson.name for lesson in queries.lessons_of(course.id)] == ["part-1", "part-2", "new"]


# ---- lessons that come and go ----------------------------------------------------------------------------------------


def without(files, name):
    """The files after somebody has taken a lesson out of the folder."""
    left = {path: text for path, text in files.items() if name not in path}
    text = left["course.toml"].decode().replace(f', "{name}"', "")
    left["course.toml"] = text.split(f"[lesson.{name}]")[0].encode()
    return left


def test_a_lesson_taken_out_of_the_folder_is_deleted_and_can_be_restored(cast, course):
    lesson_id = queries.lesson_at_place(course.id, 2).id
    files = without(exported(course), "part-2")
    assert bring(cast.university, files).merged.of_kind("lessons")["part-2"] is State.REMOVED
    assert [lesson.name for lesson in queries.lessons_of(course.id)] == ["part-1"]
    files = exported(course)
    files["lessons/02-part-2.zh.md"] = "# 又来了\n\n正文\n".encode()
    bring(cast.university, files)
    again = queries.lesson_at_place(course.id, 2)
    assert (again.id, again.name, again.title_zh) == (lesson_id, "part-2", "又来了")


def test_a_lesson_added_in_the_browser_since_the_export_stays_at_its_place(cast, course):
    files = exported(course)
    services.add_lesson(course, "插入", "Between")
    services.move_lesson(queries.lesson_at_place(course.id, 3), -1)
    edit(files, "lessons/02-part-2.zh.md", "正文", "改过")
    assert bring(cast.university, files).merged.of_kind("lessons")["between"] is State.UNCHANGED
    assert [lesson.name for lesson in queries.lessons_of(course.id)] == ["part-1", "between", "part-2"]


def test_a_lesson_taken_out_here_and_changed_there_is_refused(cast, course):
    files = without(exported(course), "part-2")
    in_browser(course, 2, body_zh="还在写")
    with pytest.raises(FolderRefused, match="deleted here, and changed in the course"):
        bring(cast.university, files)
    assert len(queries.lessons_of(course.id)) == 2


def test_a_lesson_changed_here_and_deleted_there_is_refused(cast, course):
    files = exported(course)
    services.delete_lesson(queries.lesson_at_place(course.id, 2), None, course.organisation_id, utcnow())
    edit(files, "lessons/02-part-2.zh.md", "正文", "还在写")
    with pytest.raises(FolderRefused, match="changed here, and deleted in the course"):
        bring(cast.university, files)
    bring(cast.university, files, prefer=Prefer.FOLDER)
    assert [lesson.name for lesson in queries.lessons_of(course.id)] == ["part-1", "part-2"]


def test_a_lesson_that_a_colleague_deleted_does_not_come_back_by_itself(cast, course):
    files = exported(course)
    services.delete_lesson(queries.lesson_at_place(course.id, 2), None, course.organisation_id, utcnow())
    assert bring(cast.university, files).merged.is_unchanged
    assert len(queries.lessons_of(course.id)) == 1


def test_lessons_are_put_into_parts_and_another_order_by_editing_a_list(cast, course):
    files = exported(course)
    edit(
        files,
        "course.toml",
        'lessons = ["part-1", "part-2"]',
        '[[modules]]\ntitle_zh = "甲"\nlessons = ["part-2"]\n[[modules]]\ntitle_zh = "乙"\nlessons = ["part-1"]\n',
    )
    bring(cast.university, files)
    assert [lesson.name for lesson in queries.lessons_of(course.id)] == ["part-2", "part-1"]
    kept = [(module.id, module.title_zh) for module in queries.modules_of(course.id)]
    files = exported(course)
    edit(files, "course.toml", "甲", "第一部分")
    bring(cast.university, files)
    assert [(module.id, module.title_zh) for module in queries.modules_of(course.id)] == [
        (kept[0][0], "第一部分"),
        (kept[1][0], "乙"),
    ]


# ---- questions -------------------------------------------------------------------------------------------------------


def asked(course):
    return items_of(first(course).quiz_id)


def test_a_question_that_was_not_edited_keeps_its_version_and_an_edited_one_gets_a_new_one(cast, course):
    files, before = exported(course), asked(course)
    edit(files, "questions/01-part-1.zh.gift", "::Q2::[markdown]申报", "::Q2::[markdown]应当申报")
    brought = bring(cast.university, files)
    assert brought.merged.of_kind("questions") == {"part-1/Q1": State.UNCHANGED, "part-1/Q2": State.CHANGED}
    after = asked(course)
    assert after[0].question_version_id == before[0].question_version_id
    assert after[1].version.question_id == before[1].version.question_id
    assert (before[1].version.number, after[1].version.number) == (1, 2)
    assert after[1].version.content_in("zh").text == "应当申报哪一种监管方式？"
    assert after[1].version.content_in("en").text == "Which mode is declared?"


def test_two_places_of_one_question_changed_by_two_people_are_both_kept(cast, course):
    files = exported(course)
    item = asked(course)[0]
    contents = item.version.contents
    english = replace(contents["en"], text="Which mode, colleague?")
    version = bank.revise_question(item.version.question, {**contents, "en": english}, skill_code="CC02", level=2)
    services.set_quiz(first(course), course, [services.Asked(version, Decimal(1))], services.QuizRules())
    edit(files, "questions/01-part-1.en.gift", "9610", "9610 (export)")
    with pytest.raises(FolderRefused) as refused:  # Q2, which the colleague took out, was edited too
        bring(cast.university, files)
    assert [fault.field for fault in refused.value.faults] == ["Q2"]
    files["questions/01-part-1.en.gift"] = files["questions/01-part-1.en.gift"].replace(b"9610 (export)", b"9610")
    text = files["questions/01-part-1.en.gift"].decode()
    files["questions/01-part-1.en.gift"] = text.replace("9610", "9610 (export)", 1).encode()
    bring(cast.university, files)
    [held] = asked(course)
    content = newest_version(held.version.question_id).content_in("en")
    assert content.text == "Which mode, colleague?"
    assert [option.text for option in content.options][1] == "9610 (export)"


def test_a_question_taken_out_of_both_files_leaves_the_quiz_and_stays_in_the_bank(db, cast, course):
    files = exported(course)
    for language in ("zh", "en"):
        path = f"questions/01-part-1.{language}.gift"
        files[path] = files[path].decode().split("\n// ")[0].encode()
    brought = bring(cast.university, files)
    assert brought.merged.of_kind("questions")["part-1/Q2"] is State.REMOVED
    [held] = asked(course)
    assert held.version.question.name == "Q1"
    # Written again, it is the same question.
    files = exported(course)
    for language, text in (("zh", "哪一种？"), ("en", "Which?")):
        files[f"questions/01-part-1.{language}.gift"] += f"\n::Q2::[markdown]{text} {{T}}\n".encode()
    with pytest.raises(FolderRefused):
        bring(cast.university, {**files, "questions/01-part-1.en.gift": b"::Q9:: x {T}"})
    bring(cast.university, files)
    assert [item.version.number for item in asked(course)] == [1, 2]


def test_points_draws_and_rules_are_edited_by_the_names_of_questions(cast, course):
    files = exported(course)
    edit(
        files,
        "course.toml",
        "[lesson.part-1]\nminutes = 25\n",
        "[lesson.part-1]\nminutes = 25\n\n[lesson.part-1.quiz]\nattempts = 2\npass_percent = 66.67\n"
        'points = {Q1 = 2.5}\npools = [{take = 1, questions = ["Q2"], skill = "CC02", level = 3}]\n',
    )
    bring(cast.university, files)
    items = asked(course)
    assert [(item.points, item.pool) for item in items] == [(Decimal("2.5"), None), (Decimal(1), 1)]
    quiz = items[0].quiz
    assert (quiz.attempts_allowed, quiz.pass_share) == (2, Decimal("0.6667"))
    assert quiz.pools == {"1": {"take": 1, "skill": "CC02", "level": 3}}
    assert bring(cast.university, exported(course)).merged.is_unchanged


def test_reading_a_course_costs_as_many_statements_with_two_lessons_as_with_twelve(cast, course, statements, db):
    def cost():
        db.session.expire_all()
        course.slug  # noqa: B018
        with statements() as asked:
            exported(course)
        return len(asked)

    few = cost()
    for number in range(10):
        lesson = services.add_lesson(course, f"课{number}")
        factories.give_quiz(lesson, course, [factories.question(cast.university)])
    assert cost() == few


def test_who_has_changed_tags_or_skill_of_a_question_on_both_sides_reads_both(cast, course):
    files = exported(course)
    item = asked(course)[0]
    version = bank.revise_question(item.version.question, item.version.contents, skill_code="CC02", level=4)
    services.set_quiz(
        first(course),
        course,
        [services.Asked(version, Decimal(1)), services.Asked(asked(course)[1].version, Decimal(1))],
        services.QuizRules(),
    )
    for language in ("zh", "en"):
        edit(files, f"questions/01-part-1.{language}.gift", "[tag:level-2]\n::Q1", "[tag:level-1] [tag:期末]\n::Q1")
    with pytest.raises(FolderRefused) as refused:
        bring(cast.university, files)
    [fault] = refused.value.faults
    assert (fault.file, fault.line, fault.field) == ("questions/01-part-1.zh.gift", 2, "Q1.about")
    assert '"level": 1' in fault.ours
    assert '"level": 4' in fault.theirs


def test_a_file_changed_on_both_sides_is_refused_by_its_name(cast, course):
    files = exported(course) | {"files/a.txt": b"one"}
    bring(cast.university, files)
    files = exported(course)
    assert files["files/a.txt"] == b"one"
    bring(cast.university, files | {"files/a.txt": b"theirs"})
    with pytest.raises(FolderRefused, match=r"files/a\.txt: changed here and in the course"):
        bring(cast.university, files | {"files/a.txt": b"ours"})
    left = {path: content for path, content in exported(course).items() if path != "files/a.txt"}
    assert bring(cast.university, left).merged.of_kind("files") == {"a.txt": State.REMOVED}
    assert "files/a.txt" not in exported(course)


def test_a_lesson_that_gives_out_a_file_gets_the_new_one_when_the_file_is_replaced(db, cast, course):
    edited = exported(course) | {"files/a.txt": b"one"}
    edit(edited, "course.toml", "[lesson.part-1]\n", '[lesson.part-1]\nkind = "file"\nfiles = ["a.txt"]\n')
    bring(cast.university, edited)
    before = first(course).settings["files"]["a.txt"]
    assert bring(cast.university, exported(course)).merged.is_unchanged
    bring(cast.university, exported(course) | {"files/a.txt": b"two"})
    assert first(course).settings["files"]["a.txt"] != before


def test_a_file_whose_content_is_not_what_its_name_says_is_refused_and_nothing_kept(cast, course):
    files = exported(course) | {"files/a.png": b"no picture"}
    with pytest.raises(FolderRefused, match=r"files/a\.png"):
        bring(cast.university, files)


def test_cues_and_assignments_come_back_as_they_were_written(db, cast, course):
    edited = exported(course)
    edit(
        edited,
        "course.toml",
        "[lesson.part-1]\n",
        '[lesson.part-1]\nkind = "video"\nvideo = "v.mp4"\ncues = {Q1 = 12.5, Q2 = 90}\n',
    )
    edit(
        edited,
        "course.toml",
        "[lesson.part-2]\n",
        '[lesson.part-2]\nkind = "assignment"\nassignment = {takes = ["text", "files"], late_percent_per_day = 5, '
        'rubric = [{title_zh = "证据", weight = 2, skill = "CC02", level = 2, '
        'steps = [{points = 4.5, text_zh = "缺来源"}, {points = 90, text_zh = "证据\\n齐全", text_en = "All"}]}]}\n',
    )
    bring(cast.university, edited | {"files/v.mp4": b"\x00\x00\x00\x18ftypmp42"})
    cues = first(course).settings["cues"]
    assert cues == {str(item.version.question_id): at for item, at in zip(asked(course), (12.5, 90), strict=True)}
    second = queries.lesson_in(course.id, queries.lesson_at_place(course.id, 2).id)
    task = second.assignment
    assert (task.takes, task.late_share_per_day, task.lesson_id) == (["text", "files"], Decimal("0.05"), second.id)
    [row] = assignment_with_rubric(task.id).rubric.rows
    assert row.scale == (Step(Decimal("4.5"), "缺来源"), Step(Decimal(90), "证据\n齐全", "All"))
    once = exported(course)
    assert "points = 4.5\n" in once["course.toml"].decode()
    assert bring(cast.university, once).merged.is_unchanged
    assert exported(course) == once
    edit(once, "course.toml", "late_percent_per_day = 5", "late_percent_per_day = 10")
    bring(cast.university, once)
    db.session.expire_all()
    assert queries.lesson_at_place(course.id, 2).assignment_id != task.id  # what was asked once stays as it was
