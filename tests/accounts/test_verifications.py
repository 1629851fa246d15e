"""Verifying enterprises."""

from datetime import timedelta

import pytest

from app.accounts import services
from app.accounts.models import OrganisationKind, Role
from app.audit import AuditEntry
from app.clock import today
from app.db import utcnow
from tests.courses.counting import statements
from tests.page import page

QUEUE = "/organisations/demo-government/verifications/"


@pytest.fixture
def register(db, cast):
    """`register(name, region)` adds an enterprise that waits."""

    def register(name, region="CN-ZJ", days=0, **more):
        found = services.create_organisation(OrganisationKind.ENTERPRISE, name, region_code=region, **more)
        found.created_at = utcnow() - timedelta(days=days)
        return found

    return register


def names(client, path):
    return [row[0] for row in page(client, path, language="en").rows("main table")[1:]]


def test_an_official_verifies_an_enterprise_of_the_region(sign_in, db, cast, register):
    enterprise = register("甲企业", credit_code="91330100799655058B")
    client = sign_in(cast.official)
    found = page(client, f"{QUEUE}{enterprise.id}/", language="en")
    assert "belongs to Zhejiang" in found.text
    assert client.post(f"{QUEUE}{enterprise.id}/verification/").location == QUEUE
    db.session.expire_all()
    assert enterprise.is_verified
    assert enterprise.verified_by_id == cast.official.id
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "organisation.verify")).one()
    assert (entry.actor_id, entry.subject_id) == (cast.official.id, enterprise.id)
    assert client.post(f"{QUEUE}{enterprise.id}/verification/").status_code == 303
    assert "already been verified" in page(client, QUEUE, language="en").text


def test_the_queue_holds_the_own_region_oldest_first(sign_in, cast, register):
    register("乙企业", days=1)
    register("甲企业", days=3)
    register("外省企业", "CN-FJ")
    client = sign_in(cast.official)
    assert names(client, QUEUE) == ["甲企业", "乙企业"]
    assert page(client, QUEUE, language="en").h1 == "2 enterprises wait for verification"


def test_filters_stand_in_the_address(sign_in, cast, register):
    register("鞋企业", cluster_code="WZ-SHOE")
    register("另一家")
    client = sign_in(cast.official)
    assert names(client, QUEUE + "?cluster=WZ-SHOE") == ["鞋企业"]
    assert names(client, QUEUE + "?q=另一") == ["另一家"]
    assert names(client, QUEUE + "?state=verified") == ["Wenzhou Kangbu Footwear"]
    assert "No enterprise fits" in page(client, QUEUE + "?q=%25", language="en").text


def test_enterprises_of_another_region_are_not_there_for_an_official(sign_in, db, cast, register):
    enterprise = register("外省企业", "CN-FJ")
    client = sign_in(cast.official)
    assert client.get(f"{QUEUE}{enterprise.id}/").status_code == 404
    assert client.post(f"{QUEUE}{enterprise.id}/verification/").status_code == 404
    assert client.post(f"{QUEUE}{cast.university.id}/verification/").status_code == 404
    cast.government.region_code = None
    assert client.post(f"{QUEUE}{enterprise.id}/verification/").status_code == 404
    db.session.expire_all()
    assert enterprise.verified_at is None


def test_an_enterprise_without_a_region_is_for_the_platform_only(sign_in, client_of, db, cast, register):
    enterprise = register("无省企业", None)
    cast.government.region_code = None
    assert sign_in(cast.official).post(f"{QUEUE}{enterprise.id}/verification/").status_code == 404
    platform = services.create_organisation(OrganisationKind.PLATFORM, "平台", "Platform", slug="platform")
    administrator = services.create_person("admin@platform.example", "管理员")
    services.join(administrator, platform, Role.ADMINISTRATOR, today())
    client = client_of(administrator)
    assert names(client, "/organisations/platform/verifications/") == ["无省企业"]
    path = f"/organisations/platform/verifications/{enterprise.id}/verification/"
    assert client.post(path).status_code == 303
    db.session.expire_all()
    assert enterprise.is_verified


def test_nobody_else_sees_the_queue(client, client_of, cast, register):
    enterprise = register("甲企业")
    for person in (cast.student, cast.recruiter, cast.coordinator, cast.other_official):
        assert client_of(person).get(QUEUE).status_code == 404
        assert client_of(person).post(f"{QUEUE}{enterprise.id}/verification/").status_code == 404
    assert client.get(QUEUE).status_code == 303


def test_the_first_page_of_an_official_says_how_many_wait(sign_in, cast, register):
    client = sign_in(cast.official)
    assert "No enterprise waits." in page(client, "/", language="en").text
    register("甲企业")
    found = page(client, "/", language="en")
    assert "1 enterprise waits" in found.text
    assert QUEUE in found.links.values()


def test_the_queue_costs_as_much_for_twenty_as_for_one(sign_in, cast, register):
    register("甲企业")
    client = sign_in(cast.official)
    page(client, QUEUE, language="en")
    with statements() as few:
        page(client, QUEUE, language="en")
    for number in range(20):
        register(f"企业{number}", cluster_code="WZ-SHOE")
    cast.official.time_zone = "Asia/Shanghai"
    from app.db import db

    db.session.commit()
    with statements() as many:
        page(client, QUEUE, language="en")
    assert len(many) == len(few) <= 5
