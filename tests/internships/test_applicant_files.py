"""A student's words, CV and files: shown to the enterprise while the application is open, and to nobody else."""

from io import BytesIO

import pytest

from app.accounts.queries import profile_of
from app.clock import today
from app.db import utcnow
from internships.models import ApplicantProfile, ApplicationFile
from internships.services import applicant_files as services
from internships.services import applications
from tests.page import page

PDF = b"%PDF-1.7\n" + b"0" * 100


@pytest.fixture
def application(db, cast, posting):
    """The student's."""
    made = applications.apply(cast.student, profile_of(cast.student), posting, "", utcnow(), today())
    db.session.commit()
    return made


def sends(client, address, content=PDF, name="cv.pdf"):
    return client.post(address, data={"file": (BytesIO(content), name)}, content_type="multipart/form-data")


def status(client, address):
    """What a client is answered; a file that is sent is closed."""
    with client.get(address) as answer:
        return answer.status_code


def test_an_enterprise_reads_the_cv_and_words_while_the_application_is_open(client_of, db, cast, posting, application):
    student, recruiter = client_of(cast.student), client_of(cast.recruiter)
    student.post(
        "/applicant-profile/",
        data={"words": "I like lists.", "languages": "Russian\nEnglish", "links": "https://shop.example/me"},
    )
    sends(student, "/applicant-profile/cv/")
    sends(student, f"/applications/{application.id}/files/", name="letter.pdf")
    shown = page(
        recruiter, f"/organisations/demo-enterprise/postings/{posting.id}/applicants/{application.id}/", language="en"
    )
    for words in ("I like lists.", "Russian, English", "https://shop.example/me", "letter.pdf"):
        assert words in shown.text
    attached = db.session.query(ApplicationFile).one()
    for address in (f"/applications/{application.id}/cv/", f"/applications/{application.id}/files/{attached.id}/"):
        with recruiter.get(address) as answer:
            assert answer.data == PDF
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert "sandbox" in answer.headers["Content-Security-Policy"]
        for stranger in (cast.other_student, cast.other_recruiter, cast.coordinator):
            assert status(client_of(stranger), address) == 404
    applications.withdraw(application, utcnow())
    db.session.commit()
    for address in (f"/applications/{application.id}/cv/", f"/applications/{application.id}/files/{attached.id}/"):
        assert status(recruiter, address) == 404
        assert status(student, address) == 200


@pytest.mark.parametrize(
    ("name", "content"), [("cv.html", b"<script>"), ("cv.pdf", b"<script>"), ("cv.zip", b"PK\x03\x04")]
)
def test_other_files_are_refused(client_of, db, cast, name, content):
    sends(client_of(cast.student), "/applicant-profile/cv/", content, name)
    kept = db.session.query(ApplicantProfile).one_or_none()
    assert kept is None or kept.cv_id is None


def test_a_file_has_ten_megabytes_at_most(db, cast, application, monkeypatch):
    monkeypatch.setattr(services, "MOST_BYTES", 50)
    with pytest.raises(services.FileTooLarge):
        services.keep_cv(cast.student, BytesIO(PDF), "cv.pdf", utcnow())


def test_a_cv_is_taken_away_again(client_of, db, cast, application):
    student = client_of(cast.student)
    sends(student, "/applicant-profile/cv/")
    assert status(student, "/applicant-profile/cv/file/") == 200
    student.post("/applicant-profile/cv/", data={"remove": "1"})
    assert status(student, "/applicant-profile/cv/file/") == 404


def test_a_file_is_taken_out_by_its_owner_only(client_of, db, cast, application):
    student = client_of(cast.student)
    sends(student, f"/applications/{application.id}/files/")
    attached = db.session.query(ApplicationFile).one()
    removal = f"/applications/{application.id}/files/{attached.id}/removal/"
    assert client_of(cast.other_student).post(removal).status_code == 404
    student.post(removal)
    assert db.session.query(ApplicationFile).count() == 0


def test_an_application_holds_five_files(client_of, db, cast, application):
    student = client_of(cast.student)
    for _number in range(6):
        sends(student, f"/applications/{application.id}/files/")
    assert db.session.query(ApplicationFile).count() == services.MOST_FILES


@pytest.mark.parametrize("links", ["javascript:alert(1)", "http://plain.example", "\n".join(["https://a.example"] * 6)])
def test_links_are_plain_and_few(client_of, db, cast, links):
    client_of(cast.student).post("/applicant-profile/", data={"links": links, "words": "kept?"})
    assert db.session.query(ApplicantProfile).count() == 0


def test_others_have_no_such_page(client, client_of, cast):
    assert client_of(cast.recruiter).get("/applicant-profile/").status_code == 404
    assert "/sign-in/" in client.get("/applicant-profile/").headers["Location"]
