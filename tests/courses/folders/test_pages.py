"""The pages of course folders: download, look, bring back, begin a course; who may, and what is said."""

import io
import zipfile

import pytest

from courses import queries, services
from courses.models import Course, CourseStatus, LessonRevision
from courses.queries import folders as reads
from tests.courses import factories
from tests.courses.folders.hands import edit
from tests.courses.folders.test_doors import SMALL
from tests.courses.folders.test_reading import link, zipped
from tests.page import read

ROOT = "/organisations/demo-university/courses"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def course(cast, db):
    """A course of two lessons, the first with a quiz."""
    made = factories.course(cast)
    factories.give_quiz(queries.lessons_of(made.id)[0], made, [factories.question(cast.university)])
    db.session.commit()
    return made


@pytest.fixture
def author(cast, sign_in):
    return sign_in(cast.coordinator)


def sent(content, name="course.zip"):
    return {"file": (io.BytesIO(content), name)}


def post(client, path, data):
    return client.post(path, data=data, headers=ENGLISH, content_type="multipart/form-data")


def taken_home(client, course):
    """The files of the ZIP that the page offers."""
    page = read(client.get(f"{ROOT}/{course.id}/folder/", headers=ENGLISH))
    assert page.status == 200
    answer = client.get(f"{ROOT}/{course.id}/folder.zip")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def ticket(answer):
    return answer.get_data(as_text=True).split('name="ticket"')[1].split('value="')[1].split('"')[0]


def test_a_course_is_taken_home_edited_looked_at_and_brought_back(author, course, db):
    files = taken_home(author, course)
    edit(files, "lessons/01-part-1.zh.md", "正文", "新的正文")
    preview = post(author, f"{ROOT}/{course.id}/folder/", sent(zipped(files.items())))
    text = preview.get_data(as_text=True)
    assert (preview.status_code, text.count("Changed</span>"), text.count("Unchanged</span>")) == (200, 1, 2)
    assert queries.lesson_at_place(course.id, 1).body_zh == "正文 $a^2$"
    done = author.post(f"{ROOT}/{course.id}/folder/taking/", data={"ticket": ticket(preview)})
    assert (done.status_code, done.location) == (303, f"{ROOT}/{course.id}/")
    assert queries.lesson_at_place(course.id, 1).body_zh == "新的正文 $a^2$"
    assert queries.newest_version(db.session.get(Course, course.id)).number == course.version_number


def test_a_second_click_finds_everything_done(author, course, db):
    files = taken_home(author, course)
    edit(files, "lessons/01-part-1.zh.md", "正文", "新的正文")
    preview = post(author, f"{ROOT}/{course.id}/folder/", sent(zipped(files.items())))
    counted = []
    for _click in range(2):
        assert author.post(f"{ROOT}/{course.id}/folder/taking/", data={"ticket": ticket(preview)}).status_code == 303
        counted.append(db.session.scalar(db.select(db.func.count()).select_from(LessonRevision)))
    assert counted[0] == counted[1]


def clashing(author, course, db):
    """The preview of a folder in which a line was edited that a colleague has edited too."""
    files = taken_home(author, course)
    edit(files, "lessons/01-part-1.zh.md", "正文", "我的")
    lesson = queries.lesson_at_place(course.id, 1)
    lesson.body_zh = "同事的"
    db.session.commit()
    return post(author, f"{ROOT}/{course.id}/folder/", sent(zipped(files.items())))


def test_a_clash_is_shown_side_by_side_and_the_author_decides(author, course, db):
    preview = clashing(author, course, db)
    text = preview.get_data(as_text=True)
    assert "In one place you and a colleague have changed the same" in text
    assert ">我的 $a^2$</td>" in text
    assert ">同事的</td>" in text
    undecided = author.post(f"{ROOT}/{course.id}/folder/taking/", data={"ticket": ticket(preview)}, headers=ENGLISH)
    assert undecided.status_code == 200
    assert queries.lesson_at_place(course.id, 1).body_zh == "同事的"
    done = author.post(f"{ROOT}/{course.id}/folder/taking/", data={"ticket": ticket(preview), "prefer": "folder"})
    assert done.status_code == 303
    assert queries.lesson_at_place(course.id, 1).body_zh == "我的 $a^2$"


def test_mistakes_are_listed_with_file_line_and_reason(author, course):
    files = {**taken_home(author, course), "lessons/01-part-1.zh.md": "ohne", "questions/01-part-1.zh.gift": "::Q::x {"}
    answer = post(author, f"{ROOT}/{course.id}/folder/", sent(zipped(files.items())))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "lessons/01-part-1.zh.md" in text
    assert "the first line is no heading" in text
    assert "a { is never closed" in text
    chinese = author.post(
        f"{ROOT}/{course.id}/folder/",
        data=sent(zipped(files.items())),
        headers={"Accept-Language": "zh"},
        content_type="multipart/form-data",
    )
    assert "第一行不是标题" in chinese.get_data(as_text=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no zip at all", "not a zip package"),
        (zipped([(link("files/a.txt"), "/etc/passwd")]), "a link or device"),
        (zipped({**SMALL}.items()), "the folder of the course “shoes”"),
        (zipped([("a.txt", "x")]), "there is no course.toml"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_on_the_page(author, course, content, said):
    answer = post(author, f"{ROOT}/{course.id}/folder/", sent(content))
    assert answer.status_code == 200
    assert said in answer.get_data(as_text=True)


def test_a_new_course_begins_from_a_folder(author, cast, db):
    assert read(author.get(f"{ROOT}/folders/new/", headers=ENGLISH)).status == 200
    named = {**SMALL, "course.toml": 'title_zh = "鞋"\n'}
    preview = post(author, f"{ROOT}/folders/new/", sent(zipped(named.items()), "shoes.zip"))
    assert "A course of one lesson" in preview.get_data(as_text=True)
    assert reads.course_at(cast.university.id, "shoes") is None
    done = author.post(f"{ROOT}/folders/", data={"ticket": ticket(preview)})
    made = reads.course_at(cast.university.id, "shoes")
    assert (done.status_code, done.location) == (303, f"{ROOT}/{made.id}/")
    assert (made.status, made.created_by_id) == (CourseStatus.DRAFT, cast.coordinator.id)
    again = post(author, f"{ROOT}/folders/new/", sent(zipped(SMALL.items())))
    assert "There is a course “shoes” already" in again.get_data(as_text=True)


def test_a_folder_of_a_deleted_course_says_so(author, course, cast, db):
    files = taken_home(author, course)
    services.delete_course(course, cast.coordinator.id, course.created_at)
    db.session.commit()
    answer = post(author, f"{ROOT}/folders/new/", sent(zipped(files.items())))
    assert "was deleted" in answer.get_data(as_text=True)


def test_a_ticket_counts_for_its_own_course_only(author, course, cast, db):
    other = factories.course(cast, title="另一门")
    db.session.commit()
    preview = post(author, f"{ROOT}/{course.id}/folder/", sent(zipped(taken_home(author, course).items())))
    for path in (f"{ROOT}/{other.id}/folder/taking/", f"{ROOT}/folders/"):
        author.post(path, data={"ticket": ticket(preview)})
    for made_up in ("", "x", ticket(preview) + "x"):
        author.post(f"{ROOT}/{course.id}/folder/taking/", data={"ticket": made_up})
    assert db.session.scalar(db.select(db.func.count()).select_from(Course)) == 2


@pytest.mark.parametrize("person", ["student", "recruiter", "other_coordinator"])
def test_strangers_find_nothing(course, cast, client_of, person):
    client = client_of(getattr(cast, person))
    for path in (f"{ROOT}/{course.id}/folder/", f"{ROOT}/{course.id}/folder.zip", f"{ROOT}/folders/new/"):
        assert client.get(path).status_code == 404
    assert client.post(f"{ROOT}/{course.id}/folder/taking/").status_code == 404
    assert client.post(f"{ROOT}/folders/").status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(course, client):
    assert client.get(f"{ROOT}/{course.id}/folder.zip").status_code in (302, 303)


def test_the_bench_and_the_list_lead_there(author, course):
    assert f"{ROOT}/{course.id}/folder/" in author.get(f"{ROOT}/{course.id}/").get_data(as_text=True)
    assert f"{ROOT}/folders/new/" in author.get(f"{ROOT}/").get_data(as_text=True)
