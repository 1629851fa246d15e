"""Marking what was handed in: rubric rows, notes in the margin, release, correction, evidence, and who sees what."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.audit import AppendOnly, AuditEntry
from app.clock import on_the_wall
from app.db import utcnow
from app.mail import Mail
from app.skills.models import AssessorKind, Evidence, SourceKind
from courses import queries, seams_assignments, services
from courses.models import Enrolment, Grade, MarginNote, Marking, Release, Submission, WorkState
from courses.queries import submissions as works
from courses.services import submission_marks, submissions, work_groups
from courses.services.submission_marks import Marks, MarksMissing, NotFinished
from tests.courses import handing_in
from tests.courses.counting import statements
from tests.page import Page, page, read, submit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JSON = {"Accept": "application/json"}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def klass(db, cast):
    """An assignment with a rubric, due tomorrow, passed from 60 of 100."""
    made = handing_in.opened(cast, late_share_per_day=Decimal("0.1"))
    handing_in.learner(made, cast.student)
    made.due(utcnow() + DAY)
    return made


@pytest.fixture
def work(db, cast, klass):
    """What the student has handed in: three lines, the second empty."""
    return handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id))


def path(klass, work, rest=""):
    return f"{klass.office}work/{work.id}/{rest}"


def entered(client, klass, work, facts="8", tone="4", **more):
    """The form of the page, filled in."""
    values = page(client, path(klass, work), language="en").values("form#marks")
    first, second = submission_marks.rows_of(works.work_by_id(work.id).assignment)
    return {**values, f"mark_{first.id}": facts, f"mark_{second.id}": tone, **more}


def state(db, work):
    return db.session.scalar(sa.select(Submission.state).where(Submission.id == work.id))


def rows(db):
    return db.session.scalars(sa.select(Evidence).order_by(Evidence.id)).all()


def released(klass, work, by, **more):
    handing_in.marked(klass, work, by, **more)
    made = submission_marks.release(works.work_by_id(work.id), by.id, utcnow())
    handing_in.db.session.commit()
    return made


# Giving marks


def test_a_teacher_reads_the_work_and_marks_it_row_by_row(sign_in, db, cast, klass, work):
    client = sign_in(cast.coordinator)
    shown = page(client, path(klass, work), language="en")
    assert [line.text(deep=True) for line in shown.select(".line-words")] == ["第一行", "", "第三行"]
    assert "Names what shows it" in shown.text
    answer = client.post(path(klass, work, "marks/"), data=entered(client, klass, work, then="finish"))
    assert answer.location == f"{klass.office}{klass.lesson.id}/", "nothing else waits"
    assert state(db, work) is WorkState.MARKED
    again = page(client, path(klass, work), language="en")
    assert "85 of 100" in again.text, "(3·8/10 + 1·4/4) / 4 of 100"


def test_marks_that_are_saved_are_not_seen_by_the_learner(client_of, db, cast, klass, work):
    teacher = client_of(cast.coordinator)
    data = entered(teacher, klass, work, comment="geheim", then="finish")
    teacher.post(path(klass, work, "marks/"), data=data)
    student = client_of(cast.student)
    for url in (f"/submissions/{work.id}/", klass.page):
        shown = page(student, url, language="en").text
        assert "geheim" not in shown
        assert "85 of 100" not in shown


def test_saving_begins_marking_and_finishing_needs_every_mark(sign_in, db, cast, klass, work):
    client = sign_in(cast.coordinator)
    data = entered(client, klass, work, tone="")
    assert client.post(path(klass, work, "marks/"), data=data).status_code == 303
    assert state(db, work) is WorkState.BEGUN
    answer = client.post(
        path(klass, work, "marks/"), data=entered(client, klass, work, tone="", then="finish"), headers=ENGLISH
    )
    assert answer.status_code == 409
    assert "Every criterion needs a mark" in answer.get_data(as_text=True)
    with pytest.raises(MarksMissing):
        handing_in.marked(klass, work, cast.coordinator, Marks())


@pytest.mark.parametrize(
    ("mark", "said"),
    [("11", "A mark lies between"), ("1.3", "steps of 0.5"), ("viel", ""), ("9" * 30, "Enter a number")],
)
def test_a_mark_lies_within_its_row_and_goes_in_steps(sign_in, db, cast, klass, work, mark, said):
    client = sign_in(cast.coordinator)
    answer = client.post(path(klass, work, "marks/"), data=entered(client, klass, work, facts=mark), headers=ENGLISH)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert state(db, work) is WorkState.WAITING


def test_without_a_rubric_one_mark_is_given(sign_in, db, cast):
    klass = handing_in.opened(cast, (), points_max=Decimal(20))
    work = handing_in.handed_in(klass, handing_in.learner(klass, cast.student))
    client = sign_in(cast.coordinator)
    shown = page(client, path(klass, work), language="en")
    submit(client, shown, {"points": "15.5"}, form="form#marks", button="then=finish")
    client.post(path(klass, work, "releases/"), data=page(client, path(klass, work)).values("form#marks"))
    assert db.session.scalar(sa.select(Grade.points)) == Decimal("15.5")
    assert rows(db) == [], "one mark names no skill"


def test_of_two_markers_the_second_learns_what_the_first_saved_and_loses_nothing(client_of, db, cast, klass, work):
    colleague = handing_in.newcomer(cast, 1, handing_in.Role.COORDINATOR)
    first, second = client_of(cast.coordinator), client_of(colleague)
    theirs, mine = entered(first, klass, work, facts="3"), entered(second, klass, work, facts="9", comment="meins")
    theirs |= {f"comment_{handing_in.rubric_rows(klass)[0].id}": "zu knapp", "comment": "im Ganzen gut"}
    first.post(path(klass, work, "marks/"), data=theirs)
    answer = second.post(path(klass, work, "marks/"), data=mine, headers=ENGLISH)
    words = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert f"{cast.coordinator.name} has saved other marks meanwhile" in words
    beside = Page(words).text.partition("What is saved:")[2]
    assert "Facts 3 · zu knapp" in beside
    assert "On the whole im Ganzen gut" in beside
    assert "meins" in words, "what was entered stays in the form"
    kept = works.marking_of(work.id)
    assert kept.rows[str(handing_in.rubric_rows(klass)[0].id)]["mark"] == "3"
    mine["seen"] = str(kept.revision)
    assert second.post(path(klass, work, "marks/"), data=mine).status_code == 303, "now it is knowingly"


def test_the_same_marks_sent_twice_are_saved_once(sign_in, db, cast, klass, work):
    client = sign_in(cast.coordinator)
    data = entered(client, klass, work)
    for _ in range(2):
        assert client.post(path(klass, work, "marks/"), data=data).status_code == 303
    assert db.session.scalar(sa.select(Marking.revision)) == 1


def test_marks_are_for_the_version_that_was_read(sign_in, db, cast, klass, work):
    client = sign_in(cast.coordinator)
    data = entered(client, klass, work)
    handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id), "neu")
    answer = client.post(path(klass, work, "marks/"), data=data, headers=ENGLISH)
    assert answer.status_code == 409
    assert "A newer version was handed in" in answer.get_data(as_text=True)
    assert state(db, work) is WorkState.WAITING


# The margin


def test_a_note_stands_beside_its_line_and_keeps_the_marks_in_the_form(client_of, db, cast, klass, work):
    client = client_of(cast.coordinator)
    data = entered(client, klass, work, facts="7", line="3", note="hier genauer")
    for _ in range(2):
        answer = client.post(path(klass, work, "notes/"), data=data)
    assert answer.location.endswith("#line-3")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MarginNote)) == 1, "two clicks write one"
    shown = page(client, path(klass, work), language="en")
    assert "hier genauer" in shown.one("#line-3").text()
    assert "7" in shown.values("form#marks").values().__str__()
    assert "hier genauer" not in client_of(cast.student).get(f"/submissions/{work.id}/").get_data(as_text=True)
    handing_in.marked(klass, work, cast.coordinator)
    submission_marks.release(works.work_by_id(work.id), cast.coordinator.id, utcnow())
    db.session.commit()
    own = page(client_of(cast.student), f"/submissions/{work.id}/", language="en")
    assert "hier genauer" in own.one("#line-3").text()


@pytest.mark.parametrize(("line", "note"), [("2", "leer"), ("9", "weit"), ("", "wo"), ("1", " ")])
def test_a_note_needs_a_line_that_says_something_and_words(sign_in, db, cast, klass, work, line, note):
    client = sign_in(cast.coordinator)
    data = entered(client, klass, work, line=line, note=note)
    answer = client.post(path(klass, work, "notes/"), data=data, headers=ENGLISH)
    assert answer.status_code == 409
    assert "Choose one." in answer.get_data(as_text=True)
    assert note.strip() in page_values(answer)
    assert db.session.scalar(sa.select(MarginNote.id).where(MarginNote.deleted_at.is_(None))) is None
    chosen = read(answer, status=409).values("form#marks").get("line")
    assert chosen == (["1"] if line == "1" else None)


def page_values(answer):
    return answer.get_data(as_text=True)


def test_a_note_can_be_taken_away_before_release(sign_in, db, cast, klass, work):
    client = sign_in(cast.coordinator)
    client.post(path(klass, work, "notes/"), data=entered(client, klass, work, line="1", note="weg"))
    note = db.session.scalar(sa.select(MarginNote.id))
    client.post(path(klass, work, f"notes/{note}/deletion/"), data=entered(client, klass, work))
    assert db.session.scalar(sa.select(MarginNote.id).where(MarginNote.deleted_at.is_(None))) is None


# Release


def test_learners_are_written_to_once_for_each_release(client_of, db, cast, klass, work):
    cast.student.language = "en"
    teacher = client_of(cast.coordinator)
    for _click in range(2):
        teacher.post(path(klass, work, "releases/"), data=entered(teacher, klass, work))
    mails = db.session.scalars(sa.select(Mail).where(Mail.recipient == cast.student.email)).all()
    assert [mail.subject for mail in mails] == ["Your work on “Part 1” is marked"]
    assert f"/submissions/{work.id}/" in mails[0].body


def test_released_marks_reach_gradebook_lesson_and_passport(client_of, db, cast, klass, work):
    teacher = client_of(cast.coordinator)
    data = entered(teacher, klass, work, comment="gut so")
    assert teacher.post(path(klass, work, "releases/"), data=data).status_code == 303
    grade = db.session.scalars(sa.select(Grade)).one()
    assert (grade.points, grade.points_max) == (Decimal(85), Decimal(100))
    assert db.session.scalar(sa.select(Enrolment.lessons_done)) == 1
    [row] = rows(db)
    first, _second = handing_in.rubric_rows(klass)
    assert row.unique_key == f"assignment_row:{work.id}:{first.id}:{cast.student.id}"
    assert (row.skill_code, row.level_aimed, row.score) == ("CC02", 2, Decimal("0.8"))
    assert (row.assessor_kind, row.source_kind) == (AssessorKind.TEACHER, SourceKind.ASSIGNMENT_ROW)
    assert row.organisation_id == cast.university.id
    kept = db.session.get(Submission, work.id)
    assert kept.handed_in_at == row.observed_at
    assert kept.released_at is not None, "time to feedback can be read"
    student = client_of(cast.student)
    shown = page(student, f"/submissions/{work.id}/", language="en")
    assert shown.h1 == "85 of 100 points"
    assert "gut so" in shown.text
    assert "8 of 10" in shown.text
    assert "Read the feedback" in page(student, klass.page, language="en").links
    assert "submission.release" in set(db.session.scalars(sa.select(AuditEntry.action)))
    passport = page(student, "/passport/CC02/", language="en")
    assert f"/submissions/{work.id}/" in passport.links.values()


def test_a_release_sent_twice_is_one(sign_in, db, cast, klass, work):
    client = sign_in(cast.coordinator)
    data = entered(client, klass, work)
    for _ in range(2):
        assert client.post(path(klass, work, "releases/"), data=data).status_code == 303
    assert [one.number for one in works.releases_of(work.id)] == [1]
    assert len(rows(db)) == 1


def test_nothing_is_released_before_it_is_finished(db, cast, klass, work):
    with pytest.raises(NotFinished):
        submission_marks.release(works.work_by_id(work.id), cast.coordinator.id, utcnow())


def test_too_few_points_leave_the_lesson_open(db, cast, klass, work):
    released(klass, work, cast.coordinator, given=handing_in.marks(klass, 2, 0))
    assert db.session.scalar(sa.select(Enrolment.lessons_done)) == 0
    assert db.session.scalar(sa.select(Grade.points)) == Decimal(15)


def test_lateness_takes_points_off_with_its_reason_but_says_nothing_about_the_skill(client_of, db, cast, klass):
    klass.due(utcnow() - DAY - HOUR)
    work = handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id))
    made = released(klass, work, cast.coordinator)
    assert (made.points, made.deduction, made.late_days) == (Decimal(65), Decimal(20), 2)
    assert db.session.scalar(sa.select(Grade.points)) == Decimal(65)
    assert [row.score for row in rows(db)] == [Decimal("0.8")]
    own = page(client_of(cast.student), f"/submissions/{work.id}/", language="en").text
    assert "20, 2 days late" in own
    teacher = page(client_of(cast.coordinator), path(klass, work), language="en").text
    assert "2 days late, 10% of 100 a day" in teacher


def test_a_correction_needs_a_reason_keeps_the_history_and_supersedes_the_evidence(client_of, db, cast, klass, work):
    released(klass, work, cast.coordinator)
    teacher = client_of(cast.coordinator)
    teacher.post(path(klass, work, "marks/"), data=entered(teacher, klass, work, facts="10"))
    assert db.session.scalar(sa.select(Grade.points)) == Decimal(85), "not before it is released"
    shown = page(teacher, path(klass, work), language="en")
    assert "Learners see the change when you release it" in shown.text
    answer = teacher.post(
        path(klass, work, "releases/"), data=entered(teacher, klass, work, facts="10"), headers=ENGLISH
    )
    assert answer.status_code == 409
    assert "change with a reason" in answer.get_data(as_text=True)
    data = entered(teacher, klass, work, facts="10", reason="第二项看漏了")
    teacher.post(path(klass, work, "releases/"), data=data)
    assert db.session.scalar(sa.select(Grade.points)) == Decimal(100)
    assert [one.points for one in works.releases_of(work.id)] == [Decimal(100), Decimal(85)]
    old, new = rows(db)
    assert (new.supersedes_id, new.score) == (old.id, 1)
    own = page(client_of(cast.student), f"/submissions/{work.id}/", language="en")
    assert "because: 第二项看漏了" in own.text
    assert "85 of 100" in own.text, "the earlier marks stay to be read"


def test_a_changed_comment_is_no_new_evidence(db, cast, klass, work):
    released(klass, work, cast.coordinator)
    first, second = handing_in.rubric_rows(klass)
    told = Marks({first.id: Decimal(8), second.id: Decimal(4)}, {}, None, "besser gesagt")
    handing_in.marked(klass, work, cast.coordinator, told)
    submission_marks.release(works.work_by_id(work.id), cast.coordinator.id, utcnow(), reason="Ton")
    db.session.commit()
    assert len(rows(db)) == 1


def test_what_was_released_never_changes(db, cast, klass, work):
    made = released(klass, work, cast.coordinator)
    made = db.session.get(Release, made.id)
    made.points = Decimal(1)
    with pytest.raises(AppendOnly):
        db.session.flush()
    db.session.rollback()


def test_all_that_is_marked_is_released_at_once_and_nothing_else(sign_in, db, cast, klass, work):
    pieces = [work]
    for number in range(3):
        enrolment = handing_in.learner(klass, handing_in.newcomer(cast, number))
        pieces.append(handing_in.handed_in(klass, enrolment, f"文{number}"))
    for piece in pieces[:3]:
        handing_in.marked(klass, piece, cast.coordinator)
    answer = sign_in(cast.coordinator).post(f"{klass.office}{klass.lesson.id}/releases/")
    assert answer.status_code == 303
    assert [state(db, piece) for piece in pieces] == [WorkState.RELEASED] * 3 + [WorkState.WAITING]
    assert len(rows(db)) == 3
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Grade)) == 3


def test_marks_of_a_group_count_for_each_member(client_of, db, cast):
    klass = handing_in.opened(cast, group_size=2)
    first = handing_in.learner(klass, cast.student)
    mate = handing_in.newcomer(cast, 1)
    second = handing_in.learner(klass, mate)
    group = work_groups.begin_group(first, klass.lesson.id, klass.assignment, utcnow())
    work_groups.join_group(second, klass.lesson.id, klass.assignment, group.code)
    work = handing_in.handed_in(klass, second)
    released(klass, work, cast.coordinator)
    assert db.session.scalars(sa.select(Grade.points)).all() == [Decimal(85)] * 2
    assert {row.person_id for row in rows(db)} == {cast.student.id, mate.id}
    for person in (cast.student, mate):
        assert page(client_of(person), f"/submissions/{work.id}/", language="en").h1 == "85 of 100 points"
    with pytest.raises(work_groups.GroupMarked):
        work_groups.place(second, klass.lesson.id, klass.assignment, None, utcnow())


# Another version, more time


def test_a_teacher_asks_for_another_version_and_its_marks_supersede(client_of, db, cast, klass, work):
    released(klass, work, cast.coordinator, given=handing_in.marks(klass, 2, 0))
    teacher, student = client_of(cast.coordinator), client_of(cast.student)
    until = on_the_wall(utcnow() + 2 * DAY).strftime("%Y-%m-%dT%H:%M")
    teacher.post(path(klass, work, "return/"), data={"until": until})
    assert state(db, work) is WorkState.RETURNED
    shown = page(student, klass.page, language="en")
    assert "Your teacher asks for another version" in shown.text
    same = student.post(klass.path + "hand-in/", data={"text": "第一行\n\n第三行", "link": ""}, headers=JSON)
    assert same.json["error"] == "NothingChanged"
    student.post(klass.path + "hand-in/", data={"text": "besser", "link": ""})
    assert state(db, work) is WorkState.WAITING
    assert page(student, f"/submissions/{work.id}/", language="en").h1 == "15 of 100 points", "until there are new ones"
    teacher.post(path(klass, work, "releases/"), data=entered(teacher, klass, work, facts="10"))
    assert db.session.scalar(sa.select(Grade.points)) == Decimal(100)
    old, new = rows(db)
    assert new.supersedes_id == old.id
    assert db.session.scalar(sa.select(Enrolment.lessons_done)) == 1


def test_a_moment_that_is_over_gives_nothing_back(sign_in, db, cast, klass, work):
    past = on_the_wall(utcnow() - DAY).strftime("%Y-%m-%dT%H:%M")
    sign_in(cast.coordinator).post(path(klass, work, "return/"), data={"until": past})
    assert state(db, work) is WorkState.WAITING


def test_one_learner_gets_more_time(client_of, db, cast, klass):
    klass.due(utcnow() - 3 * DAY)
    teacher = client_of(cast.coordinator)
    until = on_the_wall(utcnow() + DAY).strftime("%Y-%m-%dT%H:%M")
    teacher.post(f"{klass.office}{klass.lesson.id}/extensions/", data={"person": cast.student.id, "until": until})
    work = handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id))
    assert released(klass, work, cast.coordinator).late_days == 0
    refused = teacher.post(
        f"{klass.office}{klass.lesson.id}/extensions/", data={"person": cast.other_student.id, "until": until}
    )
    assert refused.status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 1


def test_work_that_is_given_back_stays_as_late_as_it_was(client_of, db, cast, klass):
    klass.due(utcnow() - DAY - HOUR)
    work = handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id))
    first = released(klass, work, cast.coordinator)
    assert (first.late_days, first.points) == (2, Decimal(65))
    work = works.work_by_id(work.id)
    submissions.give_back(work, utcnow() + 7 * DAY, cast.coordinator.id, cast.university.id)
    db.session.commit()
    teacher = client_of(cast.coordinator)
    assert "2 days late" in page(teacher, path(klass, work), language="en").text
    late = page(teacher, f"{klass.office}{klass.lesson.id}/?state=late", language="en")
    assert [row[0] for row in late.rows()[1:]] == [cast.student.name]
    assert "2 days late" in late.text
    work, seen = works.work_by_id(work.id), works.marking_of(work.id).revision
    given = handing_in.marks(klass, 7, 4)
    submission_marks.give(work, cast.coordinator.id, given, utcnow(), version=1, seen=seen)
    again = submission_marks.release(work, cast.coordinator.id, utcnow(), reason="neu gelesen")
    assert (again.late_days, again.deduction, again.due_at) == (2, Decimal(20), first.due_at)
    newer = handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id), "besser")
    assert released(klass, newer, cast.coordinator).late_days == 0, "the other version has its own time"


def test_a_moment_before_what_was_handed_in_does_not_make_it_late(db, cast, klass, work):
    submissions.give_back(work, utcnow() - 300 * DAY, cast.coordinator.id, cast.university.id)
    db.session.commit()
    handing_in.marked(klass, work, cast.coordinator)
    work = works.work_by_id(work.id)
    assert submission_marks.release(work, cast.coordinator.id, utcnow()).late_days == 0


def test_a_later_moment_for_the_whole_cohort_counts_for_what_was_late(db, cast, klass):
    klass.due(utcnow() - DAY)
    work = handing_in.handed_in(klass, queries.enrolment_in(cast.student, klass.course.id))
    klass.due(utcnow() + DAY)
    assert released(klass, work, cast.coordinator).late_days == 0


# Lists and first pages


def test_the_list_is_narrowed_to_what_waits_is_late_marked_released_or_missing(sign_in, db, cast, klass):
    klass.due(utcnow() - HOUR)
    people = [handing_in.newcomer(cast, number) for number in range(4)]
    enrolments = [handing_in.learner(klass, person) for person in people]
    pieces = [
        handing_in.handed_in(klass, enrolments[0], "早", now=utcnow() - 2 * HOUR),
        handing_in.handed_in(klass, enrolments[1]),
        handing_in.handed_in(klass, enrolments[2]),
    ]
    handing_in.marked(klass, pieces[1], cast.coordinator)
    released(klass, pieces[2], cast.coordinator)
    client = sign_in(cast.coordinator)

    def named(shown):
        found = page(client, f"{klass.office}{klass.lesson.id}/?state={shown}", language="en")
        return [row[0] for row in found.rows()[1:]]

    names = [person.name for person in people]
    assert named("") == names[:3]
    assert named("waiting") == names[:1]
    assert named("late") == names[1:3]
    assert named("marked") == names[1:2]
    assert named("released") == names[2:3]
    assert sorted(named("missing")) == sorted([cast.student.name, names[3]])
    overview = page(client, klass.office, language="en")
    assert overview.rows()[1][2:] == ["1", "1", "1"]
    assert overview.h1 == "One piece of work waits for marks"


def test_an_empty_list_says_what_will_be_here(sign_in, cast, klass):
    client = sign_in(cast.coordinator)
    assert "Nothing here" in page(client, f"{klass.office}{klass.lesson.id}/", language="en").text
    assert page(client, f"{klass.office}{klass.lesson.id}/", language="zh").h1 == "没有待评分的作业"


def test_lists_and_pages_cost_the_same_with_many_rows(sign_in, db, cast, klass):
    client, office, lesson = sign_in(cast.coordinator), klass.office, klass.lesson.id
    pages = [office, f"{office}{lesson}/", f"{office}{lesson}/?state=missing"]

    def hand_in(numbers):
        for number in numbers:
            enrolment = handing_in.learner(klass, handing_in.newcomer(cast, number))
            work = handing_in.handed_in(klass, enrolment, f"文{number}")
            if number % 2:
                released(klass, work, cast.coordinator)

    hand_in(range(2))
    counts = []
    for _ in range(2):
        for url in pages:
            client.get(url)
        told = []
        for url in pages:
            with statements() as asked:
                client.get(url)
            told.append(len(asked))
        counts.append(told)
        hand_in(range(10 * len(counts), 10 * len(counts) + 8))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16


def test_marking_a_long_text_with_many_notes_costs_no_more(sign_in, db, cast, klass, work):
    client, url = sign_in(cast.coordinator), path(klass, work)
    services_now = utcnow()
    submission_marks.add_note(works.work_by_id(work.id), cast.coordinator.id, 1, "eins", services_now, version=1)
    db.session.commit()
    client.get(url)
    with statements() as few:
        client.get(url)
    for number in range(8):
        submission_marks.add_note(
            works.work_by_id(work.id), cast.coordinator.id, 3, f"drei {number}", services_now, version=1
        )
    db.session.commit()
    client.get(url)
    with statements() as many:
        client.get(url)
    assert len(many) == len(few) <= 22, few


def test_first_pages_name_work_that_waits_and_feedback_that_came(app, db, cast, klass, work):
    today = handing_in.factories.today()
    with app.test_request_context():
        [waiting] = seams_assignments.teacher_panel(cast.coordinator, today).values["waiting"]
        assert (waiting.count, waiting.since) == (1, work.handed_in_at)
        released(klass, work, cast.coordinator)
        assert seams_assignments.teacher_panel(cast.coordinator, today) is None
        values = seams_assignments.learner_panel(cast.student, today).values
    assert [one.submission_id for one in values["released"]] == [work.id]
    assert values["due"] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_first_pages_show_them(client_of, cast, klass, work, language):
    assert (
        f"{klass.office}{klass.lesson.id}/?state=waiting"
        in page(client_of(cast.coordinator), "/", language=language).links.values()
    )
    released(klass, work, cast.coordinator)
    assert f"/submissions/{work.id}/" in page(client_of(cast.student), "/", language=language).links.values()


# Who may


def test_strangers_mark_nothing(client_of, db, cast, klass, work):
    colleague = handing_in.newcomer(cast, 1, handing_in.Role.TEACHER)
    lesson = f"{klass.office}{klass.lesson.id}/"
    for person in (cast.student, colleague, cast.other_coordinator, cast.recruiter, cast.official):
        client = client_of(person)
        for url in (klass.office, lesson, f"{lesson}groups/", path(klass, work)):
            assert client.get(url).status_code == 404, (person.email, url)
        for url in (
            f"{lesson}releases/",
            f"{lesson}extensions/",
            f"{lesson}groups/members/",
            path(klass, work, "marks/"),
            path(klass, work, "notes/"),
            path(klass, work, "notes/1/deletion/"),
            path(klass, work, "releases/"),
            path(klass, work, "return/"),
        ):
            assert client.post(url).status_code == 404, (person.email, url)


def test_a_teacher_marks_in_own_cohorts_only(client_of, db, cast):
    teacher = handing_in.newcomer(cast, 1, handing_in.Role.TEACHER)
    own = handing_in.opened(cast, teachers=[teacher.id])
    work = handing_in.handed_in(own, handing_in.learner(own, cast.student))
    other = services.open_cohort(own.course, "另一班", "Another", own.cohort.starts_on, own.cohort.ends_on)
    db.session.commit()
    client = client_of(teacher)
    assert client.get(path(own, work)).status_code == 200
    elsewhere = own.office.replace(f"/cohorts/{own.cohort.id}/", f"/cohorts/{other.id}/")
    assert client.get(elsewhere).status_code == 404
    assert client_of(cast.coordinator).get(f"{elsewhere}work/{work.id}/").status_code == 404, "not of that cohort"


def test_who_reads_a_passport_is_led_to_the_work_only_where_they_may(app, db, cast, klass, work):
    with app.test_request_context():
        own = seams_assignments.evidence_links(cast.student, [work.id])[work.id]
        teacher = seams_assignments.evidence_links(cast.coordinator, [work.id])[work.id]
        stranger = seams_assignments.evidence_links(cast.recruiter, [work.id])[work.id]
    assert own.url == teacher.url == f"/submissions/{work.id}/"
    assert stranger.url is None
    assert stranger.title == own.title


# Steps of a row


@pytest.fixture
def stepped(db, cast):
    """An assignment whose first criterion has steps, and what the student handed in."""
    made = handing_in.opened(cast, handing_in.CRITERIA_IN_STEPS)
    enrolment = handing_in.learner(made, cast.student)
    return made, handing_in.handed_in(made, enrolment)


def kept_mark(work):
    first, _second = submission_marks.rows_of(works.work_by_id(work.id).assignment)
    handing_in.db.session.expire_all()
    return submission_marks.mark_in(works.marking_of(work.id).rows, first.id)


@pytest.mark.parametrize(
    ("before", "step", "typed", "kept"),
    [
        (None, "6", "", Decimal(6)),
        (None, "6", "7", Decimal(7)),
        (6, "10", "6", Decimal(10)),
        (6, "6", "7.5", Decimal("7.5")),
        (6, "6", "6", Decimal(6)),
        (7, None, "7", Decimal(7)),
        (6, "nonsense", "6", Decimal(6)),
    ],
)
def test_a_step_brings_its_marks_without_script_and_a_mark_between_can_be_given(
    sign_in, db, cast, stepped, before, step, typed, kept
):
    klass, work = stepped
    first, second = submission_marks.rows_of(works.work_by_id(work.id).assignment)
    if before is not None:
        given = Marks({first.id: Decimal(before), second.id: None})
        submission_marks.give(works.work_by_id(work.id), cast.coordinator.id, given, utcnow(), version=1, seen=0)
        db.session.commit()
    client = sign_in(cast.coordinator)
    values = page(client, path(klass, work), language="en").values("form#marks")
    values |= {f"mark_{first.id}": typed} | ({f"step_{first.id}": step} if step else {})
    assert client.post(path(klass, work, "marks/"), data=values).status_code == 303
    assert kept_mark(work) == kept


def test_who_marks_sees_skill_level_and_steps_and_the_chosen_one_stays_chosen(sign_in, db, cast, stepped):
    klass, work = stepped
    client = sign_in(cast.coordinator)
    shown = page(client, path(klass, work), language="en")
    assert shown.faults() == []
    assert "at level 2" in shown.text
    assert "Evidence without its source" in shown.text
    first, _second = submission_marks.rows_of(works.work_by_id(work.id).assignment)
    data = shown.values("form#marks") | {f"step_{first.id}": "6"}
    client.post(path(klass, work, "marks/"), data=data)
    again = page(client, path(klass, work), language="en").values("form#marks")
    assert (again[f"step_{first.id}"], again[f"mark_{first.id}"]) == (["6"], ["6"])


def test_after_release_learners_see_the_step_that_their_mark_reached_and_the_evidence_is_the_share(
    client_of, db, cast, stepped
):
    klass, work = stepped
    released(klass, work, cast.coordinator)
    shown = page(client_of(cast.student), f"/submissions/{work.id}/", language="en")
    assert shown.faults() == []
    [reached] = shown.select("#rows tr[aria-current]")
    assert "Evidence without its source" in reached.text()
    assert "Reached" in reached.text()
    assert rows(db)[0].score == Decimal("0.8")
