"""Writing a lesson: kept while it is typed, merged when two write, with a history that can be read and restored."""

import json

import pytest
import sqlalchemy as sa

from app.assessment import queries as assessment
from app.db import utcnow
from courses import queries, services
from courses.models import LessonDraft, LessonKind
from courses.queries import submissions as works
from tests.courses import factories, handing_in
from tests.courses.counting import statements
from tests.page import page, read, submit

WORK = "/organisations/demo-university/courses/"
BODY = "第一行\n\n第二行\n\n第三行\n"


@pytest.fixture
def author(sign_in, cast):
    """The client of a coordinator who reads English."""
    cast.coordinator.language = "en"
    return sign_in(cast.coordinator)


@pytest.fixture
def course(cast, db):
    """A course with two lessons; the first has three lines."""
    made = factories.course(cast)
    lesson = queries.lessons_of(made.id)[0]
    services.save_lesson(lesson, text_with(lesson, body_zh=BODY), utcnow(), cast.coordinator.id)
    db.session.commit()
    return made


@pytest.fixture
def lesson(course):
    return queries.lessons_of(course.id)[0]


def text_with(lesson, **changes):
    from dataclasses import replace

    return replace(services.text_of(lesson), **changes)


def editor_of(course, lesson):
    return f"{WORK}{course.id}/lessons/{lesson.id}/edit/"


def draft_of(course, lesson):
    return f"{WORK}{course.id}/lessons/{lesson.id}/draft/"


def sent(form):
    """What a browser would send of the editor, without changing anything."""
    values = {}
    for box in form.css("input, textarea, select"):
        name, kind = box.attributes.get("name"), box.attributes.get("type")
        if not name or (kind == "checkbox" and "checked" not in box.attributes):
            continue
        if box.tag == "select":
            chosen = [option for option in box.css("option") if "selected" in option.attributes]
            values[name] = chosen[0].attributes["value"] if chosen else ""
        else:
            values[name] = box.text() if box.tag == "textarea" else box.attributes.get("value") or ""
    return values


def test_saving_a_lesson_adds_a_state_to_its_history(author, course, lesson, db):
    before = lesson.revision_number
    submit(author, page(author, editor_of(course, lesson)), {"body_zh": "新的正文"}, form="#lesson")
    db.session.refresh(lesson)
    assert lesson.body_zh == "新的正文"
    assert lesson.revision_number == before + 1
    history = page(author, f"{WORK}{course.id}/lessons/{lesson.id}/history/")
    assert "The lesson now" in history.text
    compared = page(author, f"{WORK}{course.id}/lessons/{lesson.id}/history/{before}/")
    assert compared.select("del")[0].text() == "第一行"
    assert compared.one("ins").text() == "新的正文"


def test_saving_what_is_there_changes_nothing(author, course, lesson, db):
    before = lesson.revision_number
    submit(author, page(author, editor_of(course, lesson)), form="#lesson")
    db.session.refresh(lesson)
    assert (lesson.revision_number, lesson.body_zh) == (before, BODY)


def test_two_who_change_different_places_are_both_kept(author, course, lesson, db, cast):
    opened = page(author, editor_of(course, lesson))
    services.save_lesson(lesson, text_with(lesson, body_zh=BODY.replace("第三行", "别人的第三行")), utcnow(), None)
    db.session.commit()
    answer = submit(author, opened, {"body_zh": BODY.replace("第一行", "我的第一行")}, form="#lesson")
    db.session.refresh(lesson)
    assert lesson.body_zh == BODY.replace("第一行", "我的第一行").replace("第三行", "别人的第三行")
    assert "Both changes are in it" in page(author, answer.location).text


def test_two_who_change_the_same_place_keep_both_texts_and_choose(author, course, lesson, db):
    opened = page(author, editor_of(course, lesson))
    services.save_lesson(lesson, text_with(lesson, body_zh=BODY.replace("第二行", "别人的")), utcnow(), None)
    db.session.commit()
    mine = BODY.replace("第二行", "我的")
    answer = submit(author, opened, {"body_zh": mine}, form="#lesson")
    db.session.refresh(lesson)
    assert "别人的" in lesson.body_zh
    clash = page(author, answer.location)
    assert "both changed the same place" in clash.text
    assert "我的" in clash.one("del").text()
    number = int(answer.location.rstrip("/").rsplit("/", 1)[1])
    author.post(f"{answer.location}restoration/")
    db.session.refresh(lesson)
    assert lesson.body_zh == mine
    assert queries.revision_numbered(lesson.id, number).is_aside
    assert "别人的" in queries.revision_numbered(lesson.id, number - 1).body_zh


def test_what_is_typed_and_not_saved_survives(author, course, lesson, db):
    opened = page(author, editor_of(course, lesson))
    typed = {**sent(opened.one("#lesson")), "body_zh": "写到一半", "revision": "1000"}
    answer = author.post(draft_of(course, lesson), data=typed, headers={"Accept": "application/json"})
    assert answer.json["saved_at"]
    db.session.refresh(lesson)
    assert lesson.body_zh == BODY, "the lesson itself has not changed"
    again = page(author, editor_of(course, lesson))
    assert "had not saved" in again.text
    assert again.one("textarea[name=body_zh]").text() == "写到一半"
    submit(author, again, form="#lesson")
    db.session.refresh(lesson)
    assert lesson.body_zh == "写到一半"
    assert "had not saved" not in page(author, editor_of(course, lesson)).text


def test_what_was_typed_earlier_and_arrives_later_changes_nothing(author, course, lesson):
    typed = sent(page(author, editor_of(course, lesson)).one("#lesson"))
    for revision, body in (("2000", "后来的"), ("1000", "先前的")):
        author.post(draft_of(course, lesson), data={**typed, "body_zh": body, "revision": revision})
    assert page(author, editor_of(course, lesson)).one("textarea[name=body_zh]").text() == "后来的"


def test_a_draft_that_another_tab_saves_at_the_same_moment_gets_its_receipt(author, course, lesson, db, monkeypatch):
    commit = db.session.commit

    def and_then_another_saves():
        commit()
        db.session.execute(sa.delete(LessonDraft))
        commit()

    monkeypatch.setattr(db.session, "commit", and_then_another_saves)
    typed = {"body_zh": "写到一半", "title_zh": "x", "revision": "1"}
    answer = author.post(draft_of(course, lesson), data=typed, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json["saved_at"]


def test_what_was_not_saved_is_thrown_away_when_asked(author, course, lesson):
    author.post(draft_of(course, lesson), data={"body_zh": "写到一半", "title_zh": "x", "revision": "1"})
    author.post(f"{draft_of(course, lesson)}deletion/")
    assert page(author, editor_of(course, lesson)).one("textarea[name=body_zh]").text() == BODY


def test_what_was_thrown_away_stays_in_the_history(author, course, lesson, db):
    typed = sent(page(author, editor_of(course, lesson)).one("#lesson"))
    author.post(draft_of(course, lesson), data={**typed, "body_zh": "写到一半", "revision": "1"})
    answer = author.post(f"{draft_of(course, lesson)}deletion/")
    assert "stays in the history as state" in page(author, answer.location).text
    [aside] = [one for one in db.session.scalars(queries.revisions_of(lesson.id)) if one.is_aside]
    assert (aside.minutes, aside.is_required) == (lesson.minutes, lesson.is_required)
    author.post(f"{WORK}{course.id}/lessons/{lesson.id}/history/{aside.number}/restoration/")
    db.session.refresh(lesson)
    assert lesson.body_zh == "写到一半"


def test_a_draft_begun_before_somebody_saved_is_merged_when_it_is_saved(author, course, lesson, db):
    typed = sent(page(author, editor_of(course, lesson)).one("#lesson"))
    author.post(draft_of(course, lesson), data={**typed, "body_zh": BODY.replace("第一行", "我"), "revision": "1"})
    services.save_lesson(lesson, text_with(lesson, body_zh=BODY.replace("第三行", "他")), utcnow(), None)
    db.session.commit()
    submit(author, page(author, editor_of(course, lesson)), form="#lesson")
    db.session.refresh(lesson)
    assert lesson.body_zh == BODY.replace("第一行", "我").replace("第三行", "他")


def test_an_earlier_state_is_restored_and_nothing_is_lost(author, course, lesson, db):
    before = lesson.revision_number
    submit(author, page(author, editor_of(course, lesson)), {"body_zh": "错"}, form="#lesson")
    author.post(f"{WORK}{course.id}/lessons/{lesson.id}/history/{before}/restoration/")
    db.session.refresh(lesson)
    assert lesson.body_zh == BODY
    assert queries.revision_numbered(lesson.id, before + 1).body_zh == "错"


def test_a_quiz_is_restored_when_asked(author, course, lesson, db, cast):
    old = factories.give_quiz(lesson, course, [factories.question(cast.university)])
    before = lesson.revision_number
    new = factories.give_quiz(lesson, course, [factories.question(cast.university)])
    db.session.commit()
    path = f"{WORK}{course.id}/lessons/{lesson.id}/history/{before}/"
    assert "is another one" in page(author, path).text
    author.post(f"{path}restoration/")
    db.session.refresh(lesson)
    assert lesson.quiz_id == new.id
    author.post(f"{path}restoration/", data={"with": "work"})
    db.session.refresh(lesson)
    assert lesson.quiz_id == old.id


def test_the_history_compares_and_restores_video_files_and_category(author, course, lesson, db):
    lesson.kind, lesson.category = LessonKind.VIDEO, "tests"
    lesson.settings = {"video": "a.mp4", "captions": {"zh": "a.vtt"}, "downloads": ["plan.pdf"], "files": {"a.mp4": 7}}
    services.save_lesson(lesson, services.text_of(lesson), utcnow(), None)
    before = lesson.revision_number
    other = text_with(lesson, category="", settings={"video": "b.mp4", "files": {"b.mp4": 8}})
    services.save_lesson(lesson, other, utcnow(), None)
    db.session.commit()
    history = f"{WORK}{course.id}/lessons/{lesson.id}/history/{before}/"
    shown = page(author, history)
    assert "Both say the same" not in shown.text
    removed = shown.words("del")
    assert {"tests", "Video: a.mp4", "Captions (zh): a.vtt", "Files to download: plan.pdf"} <= set(removed)
    assert "b.mp4, upload 8" in shown.words("ins")
    author.post(f"{history}restoration/")
    db.session.refresh(lesson)
    assert (lesson.category, lesson.settings["video"], lesson.settings["captions"]) == (
        "tests",
        "a.mp4",
        {"zh": "a.vtt"},
    )


def test_a_question_taken_out_of_a_quiz_that_is_not_published_stays_in_the_history(author, db, cast):
    course = factories.course(cast, published=False)
    lesson = queries.lessons_of(course.id)[0]
    one, two = (factories.question(cast.university) for _ in range(2))
    factories.give_quiz(lesson, course, [one, two])
    db.session.commit()
    place = f"{WORK}{course.id}/lessons/{lesson.id}/"
    changes = {f"drop-{two.question_id}": "1", f"points-{one.question_id}": "3", "minutes": "30"}
    submit(author, page(author, f"{place}quiz/"), changes, form="#quiz")
    db.session.refresh(lesson)
    before = lesson.revision_number - 1
    shown = page(author, f"{place}history/{before}/")
    name = one.question.name
    assert f"{name}, wording 1, 3 points" in shown.words("ins")
    assert "Minutes: 30" in shown.words("ins")
    submit(author, shown, form="form[action$='restoration/']:has([name=with])")
    db.session.refresh(lesson)
    assert [item.question_version_id for item in assessment.items_of(lesson.quiz_id)] == [one.id, two.id]


def test_a_criterion_taken_out_of_a_rubric_stays_in_the_history(author, db, cast):
    course = factories.course(cast, published=False)
    lesson = queries.lessons_of(course.id)[0]
    services.set_assignment(lesson, course, services.AssignmentRules(), handing_in.CRITERIA)
    db.session.commit()
    place = f"{WORK}{course.id}/lessons/{lesson.id}/"
    gone = {f"criteria-1-{name}": "" for name in ("title_zh", "title_en", "weight", "marks_max")}
    gone |= {f"criteria-1-descriptor_{language}": "" for language in ("zh", "en")}
    submit(author, page(author, f"{place}assignment/"), {**gone, "late_percent": "5"}, form="form.wide")
    db.session.refresh(lesson)
    shown = page(author, f"{place}history/{lesson.revision_number - 1}/")
    assert any("Criterion in English: Tone" in line for line in shown.words("del"))
    assert any(line.endswith("(percent): 5") for line in shown.words("ins"))
    submit(author, shown, form="form[action$='restoration/']:has([name=with])")
    db.session.refresh(lesson)
    kept = works.assignment_with_rubric(lesson.assignment_id)
    assert [row.title_en for row in kept.rubric.rows] == ["Facts", "Tone"]


def test_browsers_lines_are_kept_as_one_kind(author, course, lesson, db):
    opened = sent(page(author, editor_of(course, lesson)).one("#lesson"))
    author.post(editor_of(course, lesson), data={**opened, "body_zh": "一\r\n二\r\n"})
    db.session.refresh(lesson)
    assert lesson.body_zh == "一\n二\n"


def test_a_teacher_of_another_university_finds_no_editor(sign_in, course, lesson, cast):
    for stranger in (cast.student, cast.recruiter, cast.other_coordinator):
        client = sign_in(stranger)
        for path in (editor_of(course, lesson), f"{WORK}{course.id}/lessons/{lesson.id}/history/"):
            assert client.get(path).status_code in (403, 404)
        assert client.post(draft_of(course, lesson), data={"body_zh": "x"}).status_code in (403, 404)


def test_two_who_edit_the_summary_see_each_other(author, course, db):
    path = f"{WORK}{course.id}/edit/"
    opened = page(author, path)
    course.summary_zh = "别人写的"
    db.session.commit()
    refused = read(submit(author, opened, {"summary_zh": "我写的"}), status=409)
    assert "别人写的" in refused.text
    db.session.refresh(course)
    assert course.summary_zh == "别人写的"
    submit(author, refused)
    db.session.refresh(course)
    assert course.summary_zh == "我写的"


def test_modules_group_lessons_and_everything_can_be_arranged_at_once(author, course, db):
    answer = submit(author, page(author, f"{WORK}{course.id}/modules/new/"), {"title_zh": "上篇", "title_en": "Part A"})
    assert "Part A" in page(author, answer.location).text
    [module] = queries.modules_of(course.id)
    first, second = (lesson.id for lesson in queries.lessons_of(course.id))
    order = f"0:{second} {module.id}:{first}"
    path = f"{WORK}{course.id}/order/"
    assert author.post(path, data={"order": order}, headers={"Accept": "application/json"}).json == {"saved": True}
    assert [(one.id, one.module_id) for one in queries.lessons_of(course.id)] == [(second, None), (first, module.id)]
    missing = author.post(path, data={"order": f"0:{second}"}, headers={"Accept": "application/json"})
    assert missing.status_code == 409
    assert [one.id for one in queries.lessons_of(course.id)] == [second, first]
    author.post(f"{WORK}{course.id}/lessons/{first}/place/", data={"step": "up"})
    assert [(one.id, one.module_id) for one in queries.lessons_of(course.id)] == [(second, None), (first, None)]
    author.post(f"{WORK}{course.id}/modules/{module.id}/deletion/")
    assert queries.modules_of(course.id) == []
    assert "Part A" in page(author, f"{WORK}{course.id}/lessons/deleted/").text
    author.post(f"{WORK}{course.id}/modules/{module.id}/restoration/")
    assert [one.title_en for one in queries.modules_of(course.id)] == ["Part A"]
    assert len(queries.lessons_of(course.id)) == 2


def test_modules_change_places_with_their_lessons_by_their_buttons(author, course, db):
    one, two = (lesson.id for lesson in queries.lessons_of(course.id))
    first, second = services.add_module(course, "甲", "First"), services.add_module(course, "乙", "Second")
    services.arrange(course, [(None, []), (first.id, [one]), (second.id, [two])])
    db.session.commit()
    keys, bench = (first.id, second.id), f"{WORK}{course.id}/"
    shown = page(author, bench)
    assert [len(shown.select(f"#m{key} .order-head button[name=step]")) for key in keys] == [1, 1]
    answer = submit(author, shown, form=f"#m{keys[0]} .order-head form", button="step=down")
    assert answer.location.endswith(f"#m{keys[0]}")
    db.session.expire_all()
    assert services.order_of(course.id) == [(None, []), (keys[1], [two]), (keys[0], [one])]
    assert [lesson.id for lesson in queries.lessons_of(course.id)] == [two, one]
    author.post(f"{bench}modules/{keys[1]}/place/", data={"step": "up"})
    db.session.expire_all()
    assert [key for key, _lessons in services.order_of(course.id)] == [None, keys[1], keys[0]], "the first stays first"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (LessonKind.VIDEO, "Lesson 1, “Part 1”, is a video: choose its MP4 file."),
        (LessonKind.QUIZ, "Lesson 1, “Part 1”, is a quiz that has no questions yet."),
        (LessonKind.ASSIGNMENT, "Lesson 1, “Part 1”, is an assignment: say what is to be handed in."),
        (LessonKind.FILE, "Lesson 1, “Part 1”, is a file: choose what can be downloaded."),
    ],
)
def test_what_a_lesson_lacks_is_named_in_the_language_of_the_reader(author, course, lesson, db, kind, said):
    lesson.kind = kind
    db.session.commit()
    refused = author.post(f"{WORK}{course.id}/publication/", headers={"Accept": "application/json"})
    assert refused.json["message"] == said


def test_the_kind_of_a_lesson_is_no_kind_of_question(sign_in, course, lesson, db, cast):
    cast.coordinator.language = "zh"
    lesson.kind = LessonKind.FILE
    db.session.commit()
    bench = page(sign_in(cast.coordinator), f"{WORK}{course.id}/")
    assert bench.words(f"#l{lesson.id} .item-meta")[0].startswith("文件 ·")
    assert "版本" in bench.links
    assert "版本数" not in bench.text


def test_a_deleted_lesson_and_a_deleted_course_come_back(author, course, lesson, db):
    author.post(f"{WORK}{course.id}/lessons/{lesson.id}/deletion/")
    assert "Part 1" in page(author, f"{WORK}{course.id}/lessons/deleted/").text
    author.post(f"{WORK}{course.id}/lessons/{lesson.id}/restoration/")
    assert [one.title_en for one in queries.lessons_of(course.id)] == ["Part 2", "Part 1"]
    author.post(f"{WORK}{course.id}/deletion/")
    assert author.get(f"{WORK}{course.id}/").status_code == 404
    assert "Customs and compliance" in page(author, f"{WORK}deleted/").text
    author.post(f"{WORK}{course.id}/restoration/")
    assert author.get(f"{WORK}{course.id}/").status_code == 200


def test_the_bench_costs_the_same_with_many_lessons(author, course, db):
    path = f"{WORK}{course.id}/"
    author.get(path)
    with statements() as few:
        author.get(path)
    module = services.add_module(course, "另一篇")
    for number in range(15):
        services.add_lesson(course, f"另{number}", module=module if number % 2 else None)
    db.session.commit()
    with statements() as many:
        author.get(path)
    assert len(many) == len(few), many


def test_a_new_lesson_has_its_kind(author, course, db):
    form = page(author, f"{WORK}{course.id}/lessons/new/")
    submit(author, form, {"title_zh": "看视频", "kind": "video"})
    made = queries.lessons_of(course.id)[-1]
    assert (made.kind, made.title_zh) == (LessonKind.VIDEO, "看视频")
    refused = author.post(f"{WORK}{course.id}/publication/", headers={"Accept": "application/json"})
    assert refused.json["error"] == "LessonUnfinished"
    assert "看视频" in json.loads(refused.text)["message"]
