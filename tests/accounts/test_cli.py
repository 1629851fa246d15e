"""The first start: somebody who runs the platform."""

from app.accounts import queries
from app.accounts.models import Role
from app.seeding.cast import PASSWORD

COMMAND = ["accounts", "create-administrator", "--email", "Li@platform.example", "--name", "李明", "--password"]


def test_an_administrator_is_made_and_signs_in(app, db, client):
    done = app.test_cli_runner().invoke(args=[*COMMAND, PASSWORD])
    assert done.exit_code == 0, done.output
    person = queries.person_with_memberships(queries.person_by_email("li@platform.example").id)
    assert person.has_role(Role.ADMINISTRATOR)
    answer = client.post("/sign-in/", data={"email": "li@platform.example", "password": PASSWORD})
    assert answer.status_code == 303
    assert client.get("/organisations/platform/verifications/").status_code == 200


def test_a_second_account_with_the_address_and_a_poor_password_are_refused(app, db):
    poor = app.test_cli_runner().invoke(args=[*COMMAND, "short"])
    assert poor.exit_code == 1
    assert queries.person_by_email("li@platform.example") is None
    app.test_cli_runner().invoke(args=[*COMMAND, PASSWORD])
    assert app.test_cli_runner().invoke(args=[*COMMAND, PASSWORD]).exit_code == 1
