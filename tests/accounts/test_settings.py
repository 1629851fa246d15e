"""Name, language, time zone, password, sessions."""

from app.accounts import services
from app.seeding.cast import PASSWORD
from tests.page import page, read, submit

NEW = "three boats pass by"


def test_a_person_chooses_name_language_and_zone(sign_in, db, cast):
    client = sign_in(cast.student)
    form = page(client, "/settings/", language="en")
    values = {"name": " 林 小雨 ", "language": "en", "time_zone": "Europe/Berlin"}
    assert submit(client, form, values, form="form#settings").status_code == 303
    db.session.expire_all()
    assert (cast.student.name, cast.student.language, cast.student.time_zone) == ("林 小雨", "en", "Europe/Berlin")
    assert client.get("/settings/", headers={"Accept-Language": "zh"}).get_data(as_text=True).count('lang="en"')


def test_a_zone_or_language_that_is_not_offered_is_refused(sign_in, db, cast):
    client = sign_in(cast.student)
    data = {"name": "x", "language": "xx", "time_zone": "Mars/Olympus"}
    found = read(client.post("/settings/", data=data, headers={"Accept-Language": "en"}))
    assert found.words("#language-error")
    assert found.words("#time_zone-error")


def test_a_new_password_ends_all_other_sessions(sign_in, client_of, db, cast):
    elsewhere = client_of(cast.student)
    client = sign_in(cast.student)
    form = page(client, "/settings/", language="en")
    values = {"p-current": PASSWORD, "p-password": NEW, "p-again": NEW}
    assert submit(client, form, values, form="form#password").status_code == 303
    assert client.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 303
    assert services.person_signing_in("student@demo.example", NEW)


def test_the_present_password_is_asked_for(sign_in, cast):
    client = sign_in(cast.student)
    form = page(client, "/settings/", language="en")
    wrong = {"p-current": "wrong wrong wrong", "p-password": NEW, "p-again": NEW}
    assert read(submit(client, form, wrong, form="form#password")).words("#p-current-error")
    differ = {"p-current": PASSWORD, "p-password": NEW, "p-again": NEW + "x"}
    assert read(submit(client, form, differ, form="form#password")).words("#p-again-error")
    poor = {"p-current": PASSWORD, "p-password": "short", "p-again": "short"}
    assert read(submit(client, form, poor, form="form#password")).words("#p-password-error")


def test_a_person_signs_out_everywhere(sign_in, client_of, cast):
    elsewhere = client_of(cast.student)
    client = sign_in(cast.student)
    assert client.post("/settings/sessions/deletion/").status_code == 303
    for one in (client, elsewhere):
        assert one.get("/settings/").status_code == 303


def test_settings_are_for_people_who_are_signed_in(client, cast):
    assert client.get("/settings/").status_code == 303
    assert client.post("/settings/password/").status_code == 303
