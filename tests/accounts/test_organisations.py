"""An organisation's page, and an enterprise that registers."""

from app.accounts import queries
from app.accounts.models import Role
from tests.page import page, read, submit

CODE = "91330100716105852F"
ENTRY = {
    "name_zh": "杭州海帆贸易有限公司",
    "name_en": "Hangzhou Haifan Trading",
    "credit_code": "9133 0100 7161 0585 2f",
    "region_code": "CN-ZJ",
    "city_zh": "杭州",
    "cluster_code": "",
}


def register(client, **changes):
    return submit(client, page(client, "/organisations/new/", language="en"), {**ENTRY, **changes})


def test_a_person_registers_an_enterprise_and_looks_after_it(sign_in, client_of, cast):
    client = sign_in(cast.other_student)
    answer = register(client)
    assert answer.location == "/organisations/hangzhou-haifan-trading/"
    found = page(client, answer.location, language="en")
    assert "Not verified yet" in found.text
    organisation = queries.organisation_by_slug("hangzhou-haifan-trading")
    assert organisation.credit_code == CODE
    assert not organisation.is_verified
    person = queries.person_with_memberships(cast.other_student.id)
    assert person.has_role(Role.RECRUITER, organisation_id=organisation.id)
    assert person.has_role(Role.MENTOR, organisation_id=organisation.id)
    assert "Not verified yet" in page(client, "/", language="en").text
    assert client_of(cast.student).get(answer.location).status_code == 404, "others do not see it yet"


def test_a_mistyped_code_is_refused_with_the_reason(sign_in, cast):
    client = sign_in(cast.student)
    assert "last character" in read(register(client, credit_code=CODE[:-1] + "G")).words("#credit_code-error")[0]
    assert "18 characters" in read(register(client, credit_code=CODE[:-1])).words("#credit_code-error")[0]
    assert "never I, O" in read(register(client, credit_code="O" + CODE[1:])).words("#credit_code-error")[0]


def test_one_enterprise_has_one_entry(sign_in, cast):
    client = sign_in(cast.student)
    register(client)
    assert "registered already" in read(register(client, name_en="Other")).words("#credit_code-error")[0]


def test_a_cluster_of_another_province_is_refused(sign_in, cast):
    answer = register(sign_in(cast.student), cluster_code="JJ-SHOE")
    assert "another province" in read(answer).words("#cluster_code-error")[0]


def test_registering_needs_somebody_signed_in(client, cast):
    assert client.get("/organisations/new/").status_code == 303


def test_a_name_that_is_an_address_of_ours_gets_another(sign_in, cast):
    answer = register(sign_in(cast.student), name_en="New")
    assert answer.location != "/organisations/new/"


def test_anyone_reads_the_page_of_a_verified_organisation(client, cast):
    assert page(client, "/organisations/demo-enterprise/", language="en").h1 == "Wenzhou Kangbu Footwear"
    assert client.get("/organisations/nowhere/").status_code == 404


def test_a_suspended_organisation_is_not_public(client, db, cast):
    from app.db import utcnow

    cast.enterprise.suspended_at = utcnow()
    assert client.get("/organisations/demo-enterprise/").status_code == 404


def test_who_looks_after_it_writes_its_page(client, client_of, cast):
    path = "/organisations/demo-enterprise/edit/"
    recruiter = client_of(cast.recruiter)
    form = page(recruiter, path, language="en")
    answer = submit(recruiter, form, about_en="We make **shoes**. <script>alert(1)</script>", about_zh="做鞋")
    assert answer.status_code == 303
    found = page(client, "/organisations/demo-enterprise/", language="en")
    assert found.words(".prose strong") == ["shoes"]
    assert "<script>alert" not in found.html
    for person in (cast.other_recruiter, cast.student, cast.coordinator):
        assert client_of(person).get(path).status_code == 404
    assert client.get(path).status_code == 303
