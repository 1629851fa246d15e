"""Handing in: drafts, files, versions, lateness, groups, and who may read what."""

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.audit import AppendOnly
from app.clock import end_of
from app.db import utcnow
from app.files import ALLOWED, FileKindRefused, store
from app.ui.filters import moment_text
from courses import queries, seams_assignments, services
from courses.models import (
    CompletesOn,
    Enrolment,
    GroupMember,
    Submission,
    SubmissionFile,
    SubmissionVersion,
    Takes,
    WorkGroup,
    WorkState,
)
from courses.queries import submissions as works
from courses.services import submissions, work_groups
from tests.courses import handing_in
from tests.courses.counting import statements
from tests.courses.handing_in import sent
from tests.page import page, read

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JSON = {"Accept": "application/json"}


@pytest.fixture
def klass(db, cast):
    """An assignment that takes everything, due tomorrow."""
    made = handing_in.opened(cast, late_share_per_day=Decimal("0.1"), late_days_max=2)
    handing_in.learner(made, cast.student)
    made.due(utcnow() + DAY)
    return made


@pytest.fixture
def groups(db, cast):
    """An assignment for groups of two, with three learners."""
    made = handing_in.opened(cast, group_size=2, completes_on=CompletesOn.HANDED_IN)
    handing_in.learner(made, cast.student)
    people = [cast.student, handing_in.newcomer(cast, 1), handing_in.newcomer(cast, 2)]
    for person in people[1:]:
        handing_in.learner(made, person)
    made.people = people
    return made


def only_work(db):
    return db.session.scalars(sa.select(Submission)).one()


def flashed(answer, client):
    """What the page after a form says."""
    return read(client.get(answer.location, headers={"Accept-Language": "en"})).text


def post(client, path, **data):
    return client.post(path, data=data, headers={"Accept-Language": "en"})


# What a learner reads


def test_the_task_says_due_date_lateness_and_the_rubric_with_its_levels(sign_in, cast, klass):
    shown = page(sign_in(cast.student), klass.page, language="en")
    due = queries.enrolment_in(cast.student, klass.course.id)
    assert due is not None
    facts = shown.one("#work dl").text()
    assert "China" in facts
    assert "tomorrow" in facts or "in 1 day" in facts
    assert "Each day begun after that takes 10 of 100 points off." in facts
    assert "Nothing is taken from" in facts
    assert "Facts" in shown.text
    assert "Names what shows it" in shown.text
    assert "Shows Export supervision modes at level 2" in shown.text
    assert len(shown.select("#work .disclosure .disclosure li")) == 4, "what each level of the skill looks like"


def test_without_a_date_it_is_due_by_the_end_of_the_cohort(sign_in, db, cast):
    klass = handing_in.opened(cast)
    enrolment = handing_in.learner(klass, cast.student)
    terms = submissions.terms_of(klass.assignment, enrolment.cohort, None)
    assert terms.due_at == end_of(klass.cohort.ends_on)
    assert "Later work is taken without loss of points." in page(sign_in(cast.student), klass.page, language="en").text


def test_authors_read_what_is_asked_without_a_form(sign_in, cast, klass):
    shown = page(sign_in(cast.coordinator), klass.page, language="en")
    assert "Enrolled students hand it in here." in shown.text
    assert not shown.select("#hand-in")


def test_only_pages_that_take_a_recording_may_ask_for_the_microphone(sign_in, db, cast, klass):
    client = sign_in(cast.student)
    assert "microphone=(self)" in client.get(klass.page).headers["Permissions-Policy"]
    assert "microphone=()" in client.get("/").headers["Permissions-Policy"]


# Drafts


def test_a_draft_keeps_itself_and_says_so(sign_in, db, cast, klass):
    client = sign_in(cast.student)
    answer = client.post(klass.path + "draft/", data={"text": "半句", "link": "", "revision": "5"}, headers=JSON)
    assert answer.json["receipt"]
    late = client.post(klass.path + "draft/", data={"text": "更早", "link": "", "revision": "4"}, headers=JSON)
    assert late.status_code == 200
    shown = page(client, klass.page, language="en")
    assert shown.values("#hand-in")["text"] == ["半句"]
    assert "Saved" in shown.one("#draft-saved").text()
    assert only_work(db).state is WorkState.DRAFT


def test_without_script_a_button_keeps_the_draft_with_its_files(sign_in, db, cast, klass):
    client = sign_in(cast.student)
    files = [sent("一.pdf"), sent("二.pdf", handing_in.PDF + b"2")]
    answer = post(client, klass.path + "draft/", text="正文", link="", files=files)
    assert "The draft is kept. It is not handed in yet." in flashed(answer, client)
    assert [one.file.name for one in works.files_of_draft(only_work(db).id)] == ["一.pdf", "二.pdf"]


def test_one_file_that_is_not_taken_loses_neither_words_nor_other_files(sign_in, db, cast, klass):
    client = sign_in(cast.student)
    files = [sent("好.pdf"), sent("坏.exe", b"MZ"), sent("也好.pdf", handing_in.PDF + b"3")]
    answer = post(client, klass.path + "hand-in/", text="正文", link="", files=files)
    assert "Files of this kind are not taken" in flashed(answer, client)
    work = only_work(db)
    assert (work.state, work.version_number) == (WorkState.DRAFT, 0), "nothing is handed in that is not whole"
    assert len(works.files_of_draft(work.id)) == 2
    assert works.drafts_of(work.id)[0].text == "正文"


def test_a_file_can_be_taken_out_before_handing_in_and_the_words_stay(sign_in, db, cast, klass):
    client = sign_in(cast.student)
    post(client, klass.path + "draft/", text="一", link="", files=[sent()])
    [kept] = works.files_of_draft(only_work(db).id)
    post(client, f"{klass.path}files/{kept.id}/deletion/", text="一二", link="")
    assert works.files_of_draft(only_work(db).id) == []
    assert works.drafts_of(only_work(db).id)[0].text == "一二"


def test_no_more_files_than_the_assignment_takes(sign_in, db, cast):
    klass = handing_in.opened(cast, files_max=1)
    handing_in.learner(klass, cast.student)
    client = sign_in(cast.student)
    files = [sent("一.pdf"), sent("二.pdf", handing_in.PDF + b"2")]
    answer = post(client, klass.path + "draft/", text="", link="", files=files)
    assert "“二.pdf” is not kept: at most 1 files are taken." in flashed(answer, client)
    assert len(works.files_of_draft(only_work(db).id)) == 1


def test_what_is_not_asked_is_not_taken(sign_in, db, cast):
    klass = handing_in.opened(cast, takes=(Takes.TEXT,))
    handing_in.learner(klass, cast.student)
    client = sign_in(cast.student)
    answer = post(client, klass.path + "draft/", text="文", link="", files=[sent()])
    assert "This assignment does not take files." in flashed(answer, client)
    post(client, klass.path + "hand-in/", text="文", link="https://example.org/")
    [version] = works.versions_of(only_work(db).id)
    assert (version.text, version.link, version.files) == ("文", "", [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mp3", b"ID3\x04rest"),
        ("a.mp3", b"\xff\xfb\x90rest"),
        ("a.m4a", b"\x00\x00\x00\x20ftypM4A "),
        ("a.ogg", b"OggS\x00rest"),
        ("a.webm", b"\x1a\x45\xdf\xa3rest"),
        ("a.wav", b"RIFF\x24\x00\x00\x00WAVEfmt "),
    ],
)
def test_recordings_are_known_by_their_first_bytes(sign_in, db, cast, klass, name, content):
    client = sign_in(cast.student)
    post(client, klass.path + "draft/", text="", link="", recording=sent(name, content))
    [kept] = works.files_of_draft(only_work(db).id)
    assert kept.is_recording
    assert kept.file.media_type == ALLOWED[name[1:]][0]
    assert page(client, klass.page, language="en").select("audio")
    with pytest.raises(FileKindRefused):
        store(BytesIO(b"RIFF but no sound"), name, owner_kind="test", uploaded_by=None)


def test_a_recording_is_no_other_file(sign_in, db, cast, klass):
    client = sign_in(cast.student)
    answer = post(client, klass.path + "draft/", text="", link="", recording=sent("a.pdf"))
    assert "“a.pdf” is no recording" in flashed(answer, client)


# Handing in


def test_handing_in_gives_a_receipt_with_number_time_and_digest(sign_in, db, cast, klass):
    client = sign_in(cast.student)
    answer = post(client, klass.path + "hand-in/", text="正文", link="https://example.org/x", files=[sent()])
    work = only_work(db)
    [version] = works.versions_of(work.id)
    told = flashed(answer, client)
    assert f"Handed in as version 1 on {moment_text(version.handed_in_at)}" in told or "Handed in as version 1" in told
    assert version.receipt[:12] in told
    assert re.fullmatch(r"[0-9a-f]{64}", version.receipt)
    shown = page(client, klass.page, language="en")
    assert version.receipt in shown.one("#versions").text()
    assert (work.state, work.handed_in_at) == (WorkState.WAITING, version.handed_in_at)
    assert [one.file.name for one in version.files] == ["工作.pdf"]


def test_a_double_click_hands_in_once_files_and_all(sign_in, db, cast, klass):
    client = sign_in(cast.student)
    for _ in range(2):
        post(client, klass.path + "hand-in/", text="正文", link="", files=[sent()])
    assert [version.number for version in works.versions_of(only_work(db).id)] == [1]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SubmissionFile)) == 2, "draft and version"


def test_handing_in_again_makes_the_next_version_and_keeps_the_first(sign_in, db, cast, klass):
    client = sign_in(cast.student)
    post(client, klass.path + "hand-in/", text="一", link="")
    answer = post(client, klass.path + "hand-in/", text="二", link="")
    assert "Handed in as version 2" in flashed(answer, client)
    work = only_work(db)
    assert [(one.number, one.text) for one in works.versions_of(work.id)] == [(2, "二"), (1, "一")]
    text = client.get(f"/submissions/{work.id}/versions/1/text/")
    assert text.get_data(as_text=True) == "一"
    assert text.headers["Content-Disposition"].startswith("attachment")


def test_what_was_handed_in_never_changes(db, cast, klass):
    work = handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id))
    version = works.version_numbered(work.id, 1)
    version.text = "anders"
    with pytest.raises(AppendOnly):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(sa.exc.DBAPIError):
        db.session.execute(sa.update(SubmissionVersion).values(text="anders"))
    db.session.rollback()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"text": "  ", "link": ""}, "There is nothing to hand in yet"),
        ({"text": "x", "link": "ftp://example.org"}, "A link begins with"),
        ({"text": "x", "link": "https://"}, "A link begins with"),
    ],
)
def test_what_cannot_be_handed_in_stays_a_draft(sign_in, db, cast, klass, data, sentence):
    client = sign_in(cast.student)
    answer = client.post(
        klass.path + "hand-in/",
        data=data,
        headers={"Accept-Language": "en", "Referer": f"http://localhost{klass.page}"},
    )
    assert sentence in flashed(answer, client)
    assert only_work(db).version_number == 0
    assert works.drafts_of(only_work(db).id)[0].link == data["link"]


def test_late_work_is_taken_until_the_last_late_day(sign_in, db, cast, klass):
    klass.due(utcnow() - DAY - HOUR)
    client = sign_in(cast.student)
    post(client, klass.path + "hand-in/", text="晚", link="")
    assert only_work(db).version_number == 1
    klass.due(utcnow() - 2 * DAY)
    answer = client.post(klass.path + "hand-in/", data={"text": "太晚", "link": ""}, headers=JSON)
    assert answer.json["error"] == "HandInTooLate"
    shown = page(client, klass.page, language="en")
    assert "It is too late" in shown.text
    assert not shown.select("#hand-in")
    assert shown.select("[data-kept-over]"), "what the device still holds is let go"


def test_nothing_is_handed_in_before_the_lesson_opens(sign_in, db, cast, klass):
    klass.due(utcnow() + DAY, opens_at=utcnow() + HOUR)
    answer = sign_in(cast.student).post(klass.path + "draft/", data={"text": "早"}, headers=JSON)
    assert answer.json["error"] == "LessonNotOpen"


def test_once_marking_has_begun_it_stays_as_it_is(sign_in, db, cast, klass):
    work = handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id))
    handing_in.marked(klass, work, cast.coordinator)
    client = sign_in(cast.student)
    answer = client.post(klass.path + "hand-in/", data={"text": "新", "link": ""}, headers=JSON)
    assert answer.json["error"] == "AlreadyMarked"
    shown = page(client, klass.page, language="en")
    assert "Your teacher has begun to mark" in shown.text
    assert "依据清楚" not in shown.one("#versions").text()


def test_an_assignment_is_not_completed_by_saying_that_it_is_read(sign_in, cast, klass):
    client = sign_in(cast.student)
    assert not page(client, klass.page).select(f"form[action='{klass.page}completion/']")
    assert client.post(klass.page + "completion/", headers=JSON).json["error"] == "CompletedByWork"


def test_handing_in_completes_the_lesson_where_that_is_the_rule(sign_in, db, cast):
    klass = handing_in.opened(cast, completes_on=CompletesOn.HANDED_IN)
    handing_in.learner(klass, cast.student)
    post(sign_in(cast.student), klass.path + "hand-in/", text="文", link="")
    assert db.session.scalar(sa.select(Enrolment.lessons_done)) == 1


# Groups


def test_a_group_is_made_joined_by_its_code_and_hands_in_for_all(client_of, db, cast, groups):
    first, second, third = (client_of(person) for person in groups.people)
    post(first, groups.path + "group/")
    group = db.session.scalars(sa.select(WorkGroup)).one()
    assert group.code in page(first, groups.page, language="en").text
    answer = post(second, groups.path + "group/membership/", code=f" {group.code.lower()} ")
    assert "You are in the group." in flashed(answer, second)
    assert third.post(groups.path + "group/membership/", data={"code": group.code}, headers=JSON).json["error"] == (
        "GroupFull"
    )
    post(first, groups.path + "draft/", text="我的一半", link="", files=[sent()])
    assert "我的一半" in page(second, groups.page, language="en").text, "each reads what the others draft"
    post(second, groups.path + "hand-in/", text="我们的", link="")
    work = only_work(db)
    [version] = works.versions_of(work.id)
    assert (version.text, len(version.files)) == ("我们的", 1)
    for client in (first, second):
        assert version.receipt in page(client, groups.page, language="en").text
    done = dict(db.session.execute(sa.select(Enrolment.person_id, Enrolment.lessons_done)).all())
    assert [done[person.id] for person in groups.people] == [1, 1, 0]


def test_what_a_group_handed_in_is_missing_of_none_of_its_members(app, client_of, db, cast, groups):
    first, second, third = (client_of(person) for person in groups.people)
    post(first, groups.path + "group/")
    post(second, groups.path + "group/membership/", code=db.session.scalar(sa.select(WorkGroup.code)))
    post(third, groups.path + "group/")
    post(second, groups.path + "hand-in/", text="我们的", link="")
    missing = db.session.scalars(works.without_work(groups.cohort.id, groups.lesson.id)).all()
    assert [enrolment.person_id for enrolment in missing] == [groups.people[2].id]
    shown = page(client_of(cast.coordinator), f"{groups.office}{groups.lesson.id}/", language="en")
    assert shown.rows()[1][0] == f"Group 1: {groups.people[0].name}, {groups.people[1].name}"
    groups.due(utcnow() + DAY)
    with app.test_request_context():
        panels = [seams_assignments.learner_panel(person, handing_in.factories.today()) for person in groups.people]
    assert [panel is None for panel in panels] == [True, True, False]


def test_who_has_no_group_hands_in_nothing_yet(client_of, cast, groups):
    client = client_of(cast.student)
    assert client.post(groups.path + "draft/", data={"text": "x"}, headers=JSON).json["error"] == "GroupMissing"
    shown = page(client, groups.page, language="en")
    assert "Make a group" in shown.text
    assert not shown.select("#hand-in")


def test_a_group_is_left_until_it_has_handed_in(client_of, db, groups):
    first, second, _third = (client_of(person) for person in groups.people)
    post(first, groups.path + "group/")
    post(first, groups.path + "group/")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WorkGroup)) == 1, "two clicks make one"
    code = db.session.scalar(sa.select(WorkGroup.code))
    post(second, groups.path + "group/membership/", code=code)
    post(second, groups.path + "group/membership/deletion/")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(GroupMember)) == 1
    post(first, groups.path + "hand-in/", text="x", link="")
    assert first.post(groups.path + "group/membership/deletion/", headers=JSON).json["error"] == "GroupFixed"
    assert second.post(groups.path + "group/membership/", data={"code": code}, headers=JSON).json["error"] == (
        "GroupFixed"
    )
    assert second.post(groups.path + "group/membership/", data={"code": "ZZZZZZ"}, headers=JSON).json["error"] == (
        "GroupUnknown"
    )


def test_a_teacher_arranges_groups_until_marks_are_released(client_of, db, cast, groups):
    client = client_of(cast.coordinator)
    path = f"{groups.office}{groups.lesson.id}/groups/"
    ids = dict(db.session.execute(sa.select(Enrolment.person_id, Enrolment.id)).all())
    enrolments = [ids[person.id] for person in groups.people]
    client.post(path + "members/", data={"enrolment": enrolments[:2], "group": "new"})
    group = db.session.scalars(sa.select(WorkGroup)).one()
    shown = page(client, path, language="en")
    assert groups.people[2].name in shown.text
    full = client.post(path + "members/", data={"enrolment": enrolments[2], "group": group.id}, headers=JSON)
    assert full.json["error"] == "GroupFull"
    client.post(path + "members/", data={"enrolment": enrolments[1], "group": ""})
    post(client_of(cast.student), groups.path + "hand-in/", text="x", link="")
    client.post(path + "members/", data={"enrolment": enrolments[2], "group": group.id})
    assert {member.enrolment_id for member in db.session.scalars(sa.select(GroupMember))} == {
        enrolments[0],
        enrolments[2],
    }
    assert db.session.get(Enrolment, enrolments[2]).lessons_done == 1, "what is handed in counts for them too"
    assert client.post(path + "members/", data={"enrolment": enrolments[0], "group": "999"}).status_code == 404


def test_groups_are_for_assignments_of_groups(client_of, db, cast, klass):
    answer = client_of(cast.student).post(klass.path + "group/", headers=JSON)
    assert answer.json["error"] == "NotByGroups"
    assert client_of(cast.coordinator).get(f"{klass.office}{klass.lesson.id}/groups/").status_code == 404
    with pytest.raises(work_groups.NotByGroups):
        work_groups.join_group(queries.enrolment_in(cast.student, klass.course.id), 1, klass.assignment, "X")


# Who may


def test_strangers_find_nothing(client_of, db, cast, klass):
    work = handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id))
    file = SubmissionFile(
        submission_id=work.id,
        file_id=_stored(db),
        version_id=works.version_numbered(work.id, 1).id,
        is_recording=False,
    )
    db.session.add(file)
    db.session.commit()
    classmate = handing_in.newcomer(cast, 1)
    handing_in.learner(klass, classmate)
    teacher_of_another = handing_in.newcomer(cast, 2, handing_in.Role.TEACHER)
    strangers = (
        classmate,
        teacher_of_another,
        cast.other_student,
        cast.other_coordinator,
        cast.recruiter,
        cast.official,
    )
    paths = (
        f"/submissions/{work.id}/",
        f"/submissions/{work.id}/files/{file.id}/",
        f"/submissions/{work.id}/versions/1/text/",
    )
    for person in strangers:
        client = client_of(person)
        assert [client.get(path).status_code for path in paths] == [404] * 3, person.email
    for person in (cast.student, cast.coordinator):
        client = client_of(person)
        for path in paths[1:]:
            with client.get(path) as answer:
                assert answer.status_code == 200
        assert client.get("/submissions/999999/").status_code == 404


def test_a_file_of_a_draft_is_its_writers_alone_until_it_is_handed_in(client_of, db, cast, klass):
    student, teacher = client_of(cast.student), client_of(cast.coordinator)
    data = {"text": "w", "files": [sent()]}
    student.post(klass.path + "draft/", data=data, content_type="multipart/form-data")
    file = db.session.scalars(sa.select(SubmissionFile)).one()
    path = f"/submissions/{file.submission_id}/files/{file.id}/"
    assert teacher.get(path).status_code == 404
    with student.get(path) as answer:
        assert answer.status_code == 200
    student.post(klass.path + "hand-in/", data={"text": "w"})
    handed_in = db.session.scalars(sa.select(SubmissionFile).where(SubmissionFile.version_id.is_not(None))).one()
    with teacher.get(f"/submissions/{handed_in.submission_id}/files/{handed_in.id}/") as answer:
        assert answer.status_code == 200


def _stored(db):
    stored = store(sent()[0], "工作.pdf", owner_kind="submission", uploaded_by=None)
    db.session.flush()
    return stored.id


def test_who_is_not_enrolled_or_has_left_hands_in_nothing(client_of, db, cast, klass):
    handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id))
    for person in (cast.other_student, cast.coordinator, cast.recruiter):
        for rest in ("draft/", "hand-in/", "group/", "files/1/deletion/"):
            assert client_of(person).post(klass.path + rest, data={"text": "x"}).status_code == 404
    enrolment = queries.enrolment_in(cast.student, klass.course.id)
    services.leave(enrolment, utcnow())
    db.session.commit()
    assert client_of(cast.student).post(klass.path + "draft/", data={"text": "x"}).status_code == 404
    assert client_of(cast.student).get(f"/submissions/{only_work(db).id}/").status_code == 200, (
        "own work stays one's own"
    )


def test_the_signed_out_are_asked_to_sign_in(client, klass):
    assert "/sign-in/" in client.get("/submissions/1/").location
    assert "/sign-in/" in client.post(klass.path + "draft/").location


# First page, and cost


def test_what_is_due_soon_comes_first_until_it_is_handed_in(app, db, cast, klass):
    def panel():
        with app.test_request_context():
            return seams_assignments.learner_panel(cast.student, handing_in.factories.today())

    found = panel()
    assert found.next.url.endswith("/lessons/1/#work")
    klass.due(utcnow() + 10 * DAY)
    assert panel().next is None
    assert [one.title_zh for one, _due in panel().values["due"]] == ["第1课"]
    handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id))
    assert panel() is None


def test_a_desk_costs_few_statements_whatever_was_handed_in(sign_in, db, cast, klass):
    client, path = sign_in(cast.student), klass.page
    enrolment = queries.enrolment_in(cast.student, klass.course.id)
    handing_in.handed_in(klass, enrolment, "一")
    client.get(path)
    with statements() as few:
        client.get(path)
    for number in range(6):
        handing_in.handed_in(klass, enrolment, f"又{number}")
    with statements() as many:
        client.get(path)
    assert len(many) == len(few) <= 17, few
