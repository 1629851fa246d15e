"""An organisation's register: who may open it, what is found, and what is done there."""

from datetime import timedelta

import sqlalchemy as sa

from app.clock import today
from app.credentials import services
from app.credentials.models import Certificate
from app.db import utcnow
from tests.page import page, read, submit

REGISTER = "/organisations/demo-university/certificates/"


def names(found):
    return found.words("tbody th")


def test_a_coordinator_finds_by_name_code_and_state(client_of, db, cast, issue):
    mine = issue(1)
    other = issue(2, person=cast.other_student)
    expired = issue(3, valid_until=today() - timedelta(days=1))
    services.revoke(other, "Marks were corrected", cast.coordinator, utcnow())
    services.renew(mine, None, cast.coordinator, utcnow())
    client = client_of(cast.coordinator)
    assert len(names(page(client, REGISTER, language="en"))) == 4
    assert names(page(client, f"{REGISTER}?words={cast.other_student.name}")) == [cast.other_student.name]
    typed = f"{other.code[:4].lower()}-{other.code[4:8]}"
    assert names(page(client, f"{REGISTER}?words={typed}")) == [cast.other_student.name]
    for state, certificate in (("revoked", other), ("renewed", mine), ("expired", expired)):
        assert page(client, f"{REGISTER}?state={state}", language="en").words("tbody code") == [certificate.code]
    assert len(names(page(client, f"{REGISTER}?state=valid"))) == 1
    assert "No certificate fits" in page(client, f"{REGISTER}?words=%25", language="en").text


def test_an_empty_register_says_what_comes(client_of, cast):
    assert "No certificate yet" in page(client_of(cast.coordinator), REGISTER, language="en").text


def test_strangers_do_not_learn_that_there_is_a_register(client, client_of, cast, issue):
    own = f"{REGISTER}{issue().code}/"
    for address in (REGISTER, own):
        assert client.get(address).status_code == 303
        for stranger in (cast.student, cast.other_coordinator, cast.recruiter):
            assert client_of(stranger).get(address).status_code == 404
    for verb in ("revocation", "renewal"):
        assert client_of(cast.other_coordinator).post(f"{own}{verb}/", data={"because": "x"}).status_code == 404
    elsewhere = own.replace("demo-university", "other-university")
    assert client_of(cast.other_coordinator).get(elsewhere).status_code == 404


def test_a_coordinator_revokes_with_a_reason(client_of, client, db, cast, issue):
    certificate = issue()
    own = f"{REGISTER}{certificate.code}/"
    coordinator = client_of(cast.coordinator)
    found = page(coordinator, own, language="en")
    without = read(submit(coordinator, found, {"because": " "}, form="form[action$='/revocation/']"))
    assert without.select("#because-error")
    assert certificate.revoked_at is None
    answer = submit(coordinator, found, {"because": "Marks were corrected"}, form="form[action$='/revocation/']")
    assert answer.status_code == 303
    assert "Marks were corrected" in page(client, f"/certificates/{certificate.code}/", language="en").text
    assert not page(coordinator, own).select("form[action$='/revocation/']")


def test_a_coordinator_renews_and_the_old_page_leads_to_the_new(client_of, client, db, cast, issue):
    old = issue(valid_until=today() - timedelta(days=1))
    own = f"{REGISTER}{old.code}/"
    coordinator = client_of(cast.coordinator)
    ends = today() + timedelta(days=365)
    found = page(coordinator, own, language="en")
    answer = submit(coordinator, found, {"valid_until": ends.isoformat()}, form="form[action$='/renewal/']")
    new = db.session.scalars(sa.select(Certificate).where(Certificate.renews_id == old.id)).one()
    assert answer.location == f"{REGISTER}{new.code}/"
    before = page(client, f"/certificates/{old.code}/", language="en")
    assert "Renewed" in before.text
    assert "Valid." not in before.text
    assert before.links[new.code] == f"/certificates/{new.code}/"
    assert page(client, f"/certificates/{new.code}/", language="en").links[old.code] == f"/certificates/{old.code}/"
    again = submit(coordinator, found, {"valid_until": ends.isoformat()}, form="form[action$='/renewal/']")
    assert again.location == answer.location


def test_a_day_that_is_over_is_refused_with_words(client_of, cast, issue):
    own = f"{REGISTER}{issue().code}/"
    coordinator = client_of(cast.coordinator)
    yesterday = (today() - timedelta(days=1)).isoformat()
    found = page(coordinator, own, language="en")
    answer = submit(coordinator, found, {"valid_until": yesterday}, form="form[action$='/renewal/']")
    assert read(answer).words("#valid_until-error") == ["证书的有效期不得早于今天。"]


def test_the_register_stands_in_the_rail_of_whoever_keeps_one(client_of, cast):
    assert page(client_of(cast.coordinator), "/", language="en").select(f"a[href='{REGISTER}']")
    assert not page(client_of(cast.student), "/", language="en").select("a[href$='-university/certificates/']")


def test_the_register_costs_as_much_for_twenty_as_for_one(sign_in, cast, issue, db, statements):
    issue()
    client = sign_in(cast.coordinator)
    page(client, REGISTER)
    with statements() as few:
        page(client, REGISTER)
    for number in range(2, 22):
        issue(number)
    db.session.commit()
    with statements() as many:
        page(client, REGISTER)
    assert len(many) == len(few)
