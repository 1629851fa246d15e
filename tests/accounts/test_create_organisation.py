"""The first organisations of an installation without the demo."""

from app.accounts import queries
from app.accounts.models import Role

BASE = ["accounts", "create-organisation", "--kind", "university", "--name-zh", "西湖商学院"]
MANAGER = ["--manager-email", "li@west-lake.example", "--manager-name", "李", "--password", "four unrelated words"]


def test_a_university_is_created_with_its_coordinator(app, db):
    done = app.test_cli_runner().invoke(args=[*BASE, "--slug", "west-lake", "--region", "CN-ZJ", *MANAGER])
    assert done.exit_code == 0, done.output
    organisation = queries.organisation_by_slug("west-lake")
    assert organisation.is_verified
    person = queries.person_by_email("li@west-lake.example")
    assert [m.role for m in person.memberships] == [Role.COORDINATOR]


def test_an_unknown_region_or_a_taken_address_is_refused(app, db, cast):
    runner = app.test_cli_runner()
    assert "unknown code" in runner.invoke(args=[*BASE, "--slug", "x-1", "--region", "CN-XX", *MANAGER]).output
    assert runner.invoke(args=[*BASE, "--slug", "demo-university", *MANAGER]).exit_code == 1
    assert runner.invoke(args=[*BASE, "--slug", "No Good", *MANAGER]).exit_code == 1
