"""Checks of postings: who decides what, and what enterprises and students read of it."""

import pytest

from app.accounts import services as accounts
from app.accounts.models import OrganisationKind, Role
from app.audit import AuditEntry
from app.clock import today
from app.db import utcnow
from internships.models import CheckDecision, Checked, PostingCheck, PostingStatus
from internships.services import checks
from internships.services import postings as services
from tests.page import page, submit

QUEUE = "/organisations/platform/posting-checks/"
OFFICE = "/organisations/demo-government/posting-checks/"
UNIVERSITY = "/organisations/demo-university/posting-checks/"


@pytest.fixture
def administrator(db, cast):
    """Somebody who runs the platform."""
    platform = accounts.create_organisation(OrganisationKind.PLATFORM, "平台", "Platform", slug="platform")
    platform.verified_at = utcnow()
    person = accounts.create_person("admin@demo.example", "管理员")
    accounts.join(person, platform, Role.ADMINISTRATOR, today())
    db.session.flush()
    return person


@pytest.fixture
def waiting(db, cast, posting):
    """A posting of an enterprise that nobody has verified, handed in."""
    posting.status, posting.published_at = PostingStatus.DRAFT, None
    cast.enterprise.verified_at = None
    db.session.flush()
    services.hand_in(posting, by=cast.recruiter.id, now=utcnow(), today=today())
    db.session.commit()
    return posting


def test_an_administrator_approves_and_the_posting_is_public(client, client_of, db, cast, waiting, administrator):
    checker = client_of(administrator)
    assert page(checker, QUEUE, language="en").h1 == "1 posting waits for a check"
    shown = page(checker, f"/postings/{waiting.id}/", language="en")
    answer = submit(checker, shown, form="form[action*='posting-checks']", button="decision=approved")
    assert answer.location.endswith(QUEUE)
    db.session.refresh(waiting)
    assert waiting.status is PostingStatus.PUBLISHED
    text = page(client, f"/postings/{waiting.id}/", language="en").text
    assert "Not verified yet" in text
    assert "Somebody has checked this posting." in text
    assert db.session.query(AuditEntry).filter_by(action="posting.approve").count() == 1


def test_what_is_sent_back_is_a_draft_whose_enterprise_reads_why(client_of, db, cast, waiting, administrator):
    checker = client_of(administrator)
    path = f"{QUEUE}{waiting.id}/"
    checker.post(path, data={"decision": "sent_back", "reason": ""})
    db.session.refresh(waiting)
    assert waiting.status is PostingStatus.CHECKING
    checker.post(path, data={"decision": "sent_back", "reason": "请写明指导老师"})
    db.session.refresh(waiting)
    assert waiting.status is PostingStatus.DRAFT
    assert "请写明指导老师" in page(client_of(cast.recruiter), f"/postings/{waiting.id}/").text
    checker.post(path, data={"decision": "approved"})
    db.session.refresh(waiting)
    assert waiting.status is PostingStatus.DRAFT


def test_the_office_of_the_region_checks_too_and_another_does_not(client_of, db, cast, waiting):
    assert client_of(cast.other_official).get(f"/postings/{waiting.id}/").status_code == 404
    path = f"/organisations/other-government/posting-checks/{waiting.id}/"
    assert client_of(cast.other_official).post(path, data={"decision": "approved"}).status_code == 404
    assert "温州康步鞋业" in page(client_of(cast.official), OFFICE).text
    client_of(cast.official).post(f"{OFFICE}{waiting.id}/", data={"decision": "approved"})
    db.session.refresh(waiting)
    assert waiting.status is PostingStatus.PUBLISHED


def test_a_posting_that_waits_is_not_changed_but_taken_back(client_of, db, cast, waiting):
    recruiter = client_of(cast.recruiter)
    with pytest.raises(services.PostingBeingChecked):
        services.revise(waiting, {}, [], by=cast.recruiter.id, now=utcnow())
    submit(recruiter, page(recruiter, f"/postings/{waiting.id}/"), form="form[action$='/publication/deletion/']")
    db.session.refresh(waiting)
    assert (waiting.status, waiting.handed_in_at) == (PostingStatus.DRAFT, None)


def test_the_platform_may_have_every_posting_checked(client_of, db, cast, posting, administrator):
    posting.status, posting.published_at = PostingStatus.DRAFT, None
    checker = client_of(administrator)
    submit(checker, page(checker, QUEUE), {"checked": "all"}, form="form[action$='/rule/']")
    client_of(cast.recruiter).post(f"/postings/{posting.id}/publication/")
    db.session.refresh(posting)
    assert posting.status is PostingStatus.CHECKING
    submit(checker, page(checker, QUEUE), {"checked": "unverified"}, form="form[action$='/rule/']")
    assert checker.post(f"{QUEUE}rule/", data={"checked": "none"}).status_code == 400


def test_students_of_a_university_that_checks_see_what_it_has_approved(client, client_of, db, cast, posting):
    coordinator, student = client_of(cast.coordinator), client_of(cast.student)
    submit(coordinator, page(coordinator, UNIVERSITY), {"checked": "all"}, form="form[action$='/rule/']")
    assert posting.title_en not in page(student, "/postings/", language="en").text
    assert posting.title_en not in page(student, "/postings/?sort=fit", language="en").text
    assert posting.title_en in page(client, "/postings/", language="en").text
    assert "has not checked this posting" in page(student, f"/postings/{posting.id}/", language="en").text
    assert "Customs documents intern" in page(coordinator, UNIVERSITY, language="en").text
    coordinator.post(f"{UNIVERSITY}{posting.id}/", data={"decision": "approved"})
    assert posting.title_en in page(student, "/postings/", language="en").text
    assert posting.title_en in page(client_of(cast.other_student), "/postings/", language="en").text


def test_a_student_of_such_a_university_applies_only_for_what_it_has_approved(client_of, db, cast, posting):
    checks.set_rule(cast.university, Checked.ALL, by=cast.coordinator)
    student = client_of(cast.student)
    student.post(f"/postings/{posting.id}/applications/")
    assert "关务单证实习生" not in page(student, "/applications/").text
    client_of(cast.coordinator).post(f"{UNIVERSITY}{posting.id}/", data={"decision": "approved"})
    student.post(f"/postings/{posting.id}/applications/")
    assert "关务单证实习生" in page(student, "/applications/").text


def test_a_university_that_advises_against_a_posting_says_why_to_its_own(client_of, db, cast, posting):
    checks.set_rule(cast.university, Checked.ALL, by=cast.coordinator)
    for decision, reason in ((CheckDecision.APPROVED, ""), (CheckDecision.SENT_BACK, "要求押金")):
        checks.decide(posting, cast.university, decision, reason, by=cast.coordinator, now=utcnow(), today=today())
    assert db.session.query(PostingCheck).count() == 2
    assert "要求押金" in page(client_of(cast.student), f"/postings/{posting.id}/").text
    assert "要求押金" not in page(client_of(cast.other_student), f"/postings/{posting.id}/").text
    assert posting.title_zh not in page(client_of(cast.student), "/postings/").text


def test_nobody_else_reads_or_decides(client_of, cast, waiting):
    for person in (cast.student, cast.recruiter):
        assert client_of(person).get(OFFICE).status_code == 404
        assert client_of(person).post(f"{OFFICE}{waiting.id}/", data={"decision": "approved"}).status_code == 404
