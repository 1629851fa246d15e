"""What a cohort's teachers add to a course: for their learners alone, between the lessons, with a way back."""

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.accounts.models import Organisation, Role
from app.accounts.services import create_person, join
from app.clock import on_the_wall
from app.db import db as db_
from app.db import utcnow
from courses import queries, services
from courses.models import Cohort, CohortMaterial, CohortMaterialFile
from courses.services import materials
from courses.services.materials import MaterialText
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, read

DAY = timedelta(days=1)
FORM = "main form.form"


@pytest.fixture
def world(db, cast):
    """A course with two lessons that another university teaches too; one learner in each cohort."""
    for person in (cast.student, cast.coordinator, cast.other_coordinator, cast.other_student):
        person.language = "en"
    course = factories.course(cast)
    own = factories.cohort(course, teacher_ids=[cast.coordinator.id])
    borrowed = factories.cohort(
        course, organisation_id=cast.other_university.id, teacher_ids=[cast.other_coordinator.id]
    )
    services.bring_in(own, [cast.student.id], utcnow())
    services.bring_in(borrowed, [cast.other_student.id], utcnow())
    db.session.commit()
    return course, own, borrowed


def path(cohort, rest=""):
    slug = db_.session.scalar(sa.select(Organisation.slug).where(Organisation.id == cohort.organisation_id))
    return f"/organisations/{slug}/courses/{cohort.course_id}/cohorts/{cohort.id}/materials/{rest}"


def added(db, cohort, by, **more):
    made = materials.add_material(cohort, MaterialText(**{"title_zh": "本地价目", **more}), by, utcnow())
    db.session.commit()
    return made


def ids(db):
    return list(db.session.scalars(sa.select(CohortMaterial.id).order_by(CohortMaterial.id)))


def test_a_borrowing_university_adds_a_piece_after_a_lesson_and_its_learners_alone_see_it(client_of, db, cast, world):
    course, _own, borrowed = world
    teacher = client_of(cast.other_coordinator)
    first = queries.contents_of(borrowed.version_id, None)[0]
    here = page(teacher, path(borrowed))
    assert "Nothing of your own yet" in here.text
    here = page(teacher, path(borrowed, "new/"))
    assert here.faults() == []
    data = here.values(FORM) | {
        "title_zh": "本地价目",
        "title_en": "Local prices",
        "body_en": "Ask **three** carriers.",
        "link": "https://prices.example/",
        "place": str(first.id),
        "files": [(BytesIO(b"carrier,price\nA,3\n"), "prices.csv"), (BytesIO(b"MZ"), "tool.exe")],
    }
    answer = teacher.post(path(borrowed, "new/"), data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    [material_id] = ids(db)
    assert answer.location.startswith(path(borrowed, f"{material_id}/edit/"))
    told = page(teacher, answer.location).text
    assert "tool.exe" in told
    assert "prices.csv" in told
    learner = client_of(cast.other_student)
    shown = page(learner, f"/courses/{course.id}/")
    assert shown.faults() == []
    items = [" ".join(each.text().split()) for each in shown.select("#lessons li")]
    assert [("From your teachers" in each) for each in items] == [False, True, False]
    assert "Local prices" in items[1]
    piece = page(learner, f"/cohort-materials/{material_id}/")
    assert piece.faults() == []
    assert "Ask three carriers." in piece.text
    assert piece.links["https://prices.example/"] == "https://prices.example/"
    [kept] = db.session.scalars(sa.select(CohortMaterialFile))
    with learner.get(f"/cohort-materials/{material_id}/files/{kept.id}/") as got:
        assert got.data == b"carrier,price\nA,3\n"
    assert "Local prices" not in page(client_of(cast.student), f"/courses/{course.id}/").text


def test_only_its_learners_its_teachers_and_coordinators_reach_a_piece(client_of, db, cast, world):
    course, own, borrowed = world
    colleague = create_person("colleague@other.example", "同事", language="en")
    join(colleague, cast.other_university, Role.TEACHER, factories.today())
    made = added(db, borrowed, cast.other_coordinator)
    kept = materials.add_file(borrowed, made, BytesIO(b"a,b\n"), "t.csv", cast.other_coordinator)
    db.session.commit()
    address = f"/cohort-materials/{made.id}/"
    for stranger in (cast.student, cast.coordinator, colleague, cast.official):
        assert client_of(stranger).get(address).status_code == 404
        assert client_of(stranger).get(f"{address}files/{kept.id}/").status_code == 404
        for rest in ("", "new/", f"{made.id}/edit/"):
            assert client_of(stranger).get(path(borrowed, rest)).status_code == 404
        for rest in (f"{made.id}/deletion/", f"{made.id}/restoration/", f"{made.id}/files/{kept.id}/deletion/"):
            assert client_of(stranger).post(path(borrowed, rest)).status_code == 404
    for reader in (cast.other_student, cast.other_coordinator):
        assert client_of(reader).get(address).status_code == 200
    # Nor does the piece of one cohort answer at the address of another.
    assert client_of(cast.coordinator).get(path(own, f"{made.id}/edit/")).status_code == 404
    enrolment = queries.enrolment_in(cast.other_student, course.id)
    services.leave(enrolment, utcnow())
    db.session.commit()
    assert client_of(cast.other_student).get(address).status_code == 404


def test_a_piece_that_is_not_visible_yet_is_hidden_from_learners(client_of, db, cast, world):
    course, own, _borrowed = world
    made = added(db, own, cast.coordinator, title_en="Later", visible_from=utcnow() + DAY)
    learner = client_of(cast.student)
    assert "Later" not in page(learner, f"/courses/{course.id}/").text
    assert learner.get(f"/cohort-materials/{made.id}/").status_code == 404
    teacher = client_of(cast.coordinator)
    assert "Learners see it from" in page(teacher, f"/cohort-materials/{made.id}/").text
    values = page(teacher, path(own, f"{made.id}/edit/")).values(FORM)
    values["visible_from"] = on_the_wall(utcnow() - DAY).strftime("%Y-%m-%dT%H:%M")
    assert teacher.post(path(own, f"{made.id}/edit/"), data=values).status_code == 303
    assert "Later" in page(learner, f"/courses/{course.id}/").text


def test_what_is_removed_can_be_brought_back_for_thirty_days(client_of, db, cast, world):
    course, own, _borrowed = world
    made = added(db, own, cast.coordinator, title_en="Prices")
    teacher, learner = client_of(cast.coordinator), client_of(cast.student)
    for _ in range(2):
        teacher.post(path(own, f"{made.id}/deletion/"))
    assert "Prices" not in page(learner, f"/courses/{course.id}/").text
    assert "Removed in the last thirty days" in page(teacher, path(own)).text
    assert teacher.post(path(own, f"{made.id}/restoration/")).status_code == 303
    assert "Prices" in page(learner, f"/courses/{course.id}/").text
    db.session.execute(sa.update(CohortMaterial).values(deleted_at=utcnow() - 31 * DAY))
    db.session.commit()
    assert teacher.post(path(own, f"{made.id}/restoration/")).status_code == 404


def test_a_file_that_was_taken_out_can_be_put_back(client_of, db, cast, world):
    _course, own, _borrowed = world
    made = added(db, own, cast.coordinator)
    kept = materials.add_file(own, made, BytesIO(b"a,b\n"), "t.csv", cast.coordinator)
    again = materials.add_file(own, made, BytesIO(b"a,b\n"), "t.csv", cast.coordinator)
    assert again.id == kept.id
    db.session.commit()
    teacher, learner = client_of(cast.coordinator), client_of(cast.student)
    file_url = f"/cohort-materials/{made.id}/files/{kept.id}/"
    teacher.post(path(own, f"{made.id}/files/{kept.id}/deletion/"))
    assert learner.get(file_url).status_code == 404
    assert "can be put back until" in page(teacher, path(own, f"{made.id}/edit/")).text
    teacher.post(path(own, f"{made.id}/files/{kept.id}/restoration/"))
    with learner.get(file_url) as got:
        assert got.status_code == 200


def test_of_two_who_change_a_piece_the_second_sees_both_texts_and_loses_nothing(client_of, db, cast, world):
    _course, own, _borrowed = world
    made = added(db, own, cast.coordinator, body_zh="原文")
    one, two = client_of(cast.coordinator), client_of(cast.coordinator)
    address = path(own, f"{made.id}/edit/")
    mine, theirs = page(one, address).values(FORM), page(two, address).values(FORM)
    assert two.post(address, data=theirs | {"body_zh": "他的改动"}).status_code == 303
    answer = one.post(address, data=mine | {"body_zh": "我的改动"})
    assert answer.status_code == 409
    shown = read(answer, status=409)
    assert shown.faults() == []
    assert "他的改动" in shown.text
    assert shown.values(FORM)["body_zh"] == ["我的改动"]
    assert one.post(address, data=shown.values(FORM)).status_code == 303
    db.session.expire_all()
    assert db.session.get(CohortMaterial, made.id).body_zh == "我的改动"


def test_the_same_piece_sent_twice_is_one_and_a_broken_link_is_refused(client_of, db, cast, world):
    _course, own, _borrowed = world
    teacher = client_of(cast.coordinator)
    data = page(teacher, path(own, "new/")).values(FORM) | {"title_zh": "价目"}
    for _ in range(2):
        assert teacher.post(path(own, "new/"), data=data).status_code == 303
    assert len(ids(db)) == 1
    answer = teacher.post(path(own, "new/"), data=data | {"title_zh": "别的", "link": "javascript:alert(1)"})
    assert answer.status_code == 409
    assert read(answer, status=409).values(FORM)["title_zh"] == ["别的"]
    assert len(ids(db)) == 1
    assert teacher.post(path(own, "new/"), data=data | {"place": "999999"}).status_code == 200
    assert len(ids(db)) == 1


def test_a_cohort_has_a_limited_number_of_pieces(db, cast, world, monkeypatch):
    monkeypatch.setattr(materials, "MOST_MATERIALS", 2)
    _course, own, _borrowed = world
    first = added(db, own, cast.coordinator)
    added(db, own, cast.coordinator, title_en="Two")
    with pytest.raises(materials.TooManyMaterials):
        added(db, own, cast.coordinator, title_en="Three")
    materials.remove_material(own, first, cast.coordinator, utcnow())
    added(db, own, cast.coordinator, title_en="Three")
    with pytest.raises(materials.TooManyMaterials):
        materials.restore_material(own, first, cast.coordinator)


def test_the_course_page_costs_nothing_without_pieces_and_one_statement_with_many(client_of, db, cast, world):
    course, own, _borrowed = world
    learner = client_of(cast.student)
    address = f"/courses/{course.id}/"
    page(learner, address)
    counts = []
    for number in (0, 1, 20):
        while db.session.get(Cohort, own.id).materials < number:
            added(db, own, cast.coordinator, title_en=f"P{db.session.get(Cohort, own.id).materials}")
        with statements() as sent:
            page(learner, address)
        counts.append((len(sent), sum("cohort_material" in one for one in sent)))
    assert counts[0][1] == 0
    assert counts[1] == counts[2] == (counts[0][0] + 1, 1)


def test_what_stood_after_a_lesson_that_the_cohort_lost_comes_first(client_of, db, cast, world):
    course, own, _borrowed = world
    lesson = services.add_lesson(course, "不在版本里")
    db.session.flush()
    made = added(db, own, cast.coordinator, title_en="Left over", after_lesson_id=lesson.id)
    shown = page(client_of(cast.student), f"/courses/{course.id}/")
    assert "Left over" in shown.select("#lessons li")[0].text()
    edit = page(client_of(cast.coordinator), path(own, f"{made.id}/edit/"))
    assert edit.values(FORM)["place"] == [str(lesson.id)]
