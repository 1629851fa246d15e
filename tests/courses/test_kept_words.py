"""Words that are being written stay on the device of who writes them, until they are saved."""

from tests.courses import handing_in
from tests.page import page, submit

WORK = "/organisations/demo-university/courses/"
OFFER = "[data-keep-offer] [data-keep-take]"


def kept_as(client, path, form):
    """What a device keeps the words of a form under; there is an offer to put them back."""
    shown = page(client, path, language="en")
    shown.one(f"{form} {OFFER}")
    return shown.one(form).attributes["data-keep"]


def test_what_is_typed_for_others_to_read_is_kept_by_person_and_place(sign_in, db, cast):
    klass = handing_in.opened(cast)
    work = handing_in.handed_in(klass, handing_in.learner(klass, cast.student))
    db.session.commit()
    author, me = sign_in(cast.coordinator), f"of {cast.coordinator.id}"
    course = f"{WORK}{klass.course.id}/"
    marks = kept_as(author, f"{klass.office}work/{work.id}/", "#marks")
    told = kept_as(author, f"{course}cohorts/{klass.cohort.id}/announcements/", "#new form")
    rubric = kept_as(author, f"{course}lessons/{klass.lesson.id}/assignment/", "form.wide")
    summary = kept_as(author, f"{course}edit/", "main form.form")
    assert marks == f"marks {work.id} 1 {me}"
    assert told == f"announcement {klass.cohort.id} {me}"
    assert rubric == f"assignment {klass.lesson.id} {me}"
    assert summary == f"course {klass.course.id} {me}"


def test_what_is_saved_is_said_so_that_the_device_may_forget_it(sign_in, db, cast):
    cast.coordinator.language = "en"
    klass = handing_in.opened(cast)
    work = handing_in.handed_in(klass, handing_in.learner(klass, cast.student))
    db.session.commit()
    author = sign_in(cast.coordinator)
    course, marking = f"{WORK}{klass.course.id}/", f"{klass.office}work/{work.id}/"
    line = {"line": "1", "note": "Why?"}
    for path, form, values, more in (
        (marking, "#marks", {"comment": "Well done"}, {}),
        (marking, "#marks", line, {"to": f"{marking}notes/"}),
        (f"{course}cohorts/{klass.cohort.id}/announcements/", "#new form", {"title_zh": "周五停课"}, {}),
        (f"{course}lessons/{klass.lesson.id}/assignment/", "form.wide", {"criteria-0-descriptor_en": "Clear"}, {}),
        (f"{course}edit/", "main form.form", {"summary_en": "Whom it is for"}, {}),
    ):
        shown = page(author, path)
        if more:
            answer = author.post(more["to"], data={**shown.values(form), **values})
        else:
            answer = submit(author, shown, values, form=form)
        assert page(author, answer.location).words(".flashes .notice.success"), path
