"""Questions leave for other systems: what the format cannot hold is said first, and what leaves can come back."""

import pytest

from app.assessment.formats.items import Item
from app.assessment.services import imports
from app.assessment.services.exports import ExportType
from tests.assessment.rules.test_hotspot import PORT
from tests.courses import factories
from tests.page import page

EXPORT = "/organisations/demo-university/questions/export/"


@pytest.fixture
def bank(db, cast):
    """Three questions: one that every format holds, one without skill, one about a picture."""
    factories.question(cast.university)
    factories.statement(cast.university)
    factories.question(cast.university, {"zh": PORT}, skill="LG01")
    db.session.commit()


def test_what_a_format_cannot_hold_is_said_before_the_file_is_fetched(sign_in, cast, bank):
    client = sign_in(cast.coordinator)
    here = page(client, f"{EXPORT}?type=gift", language="en")
    assert here.h1 == "2 questions fit into the file"
    assert "The whole question" in here.text
    page(client, f"{EXPORT}?type=gift", language="zh")
    assert page(client, f"{EXPORT}?type=qti-2", language="en").h1 == "3 questions fit into the file"


@pytest.mark.parametrize("file_type", list(ExportType))
def test_what_leaves_comes_back(sign_in, cast, bank, file_type):
    answer = sign_in(cast.coordinator).get(f"{EXPORT}file/?type={file_type.value}&language=zh")
    assert "attachment" in answer.headers["Content-Disposition"]
    found = list(imports.read_questions("export", answer.data).found)
    assert all(isinstance(item, Item) for item in found)
    assert len(found) == (3 if file_type is ExportType.QTI_2 else 2)
    first = next(item for item in found if item.content.kind == "single")
    assert (first.skill, first.level) == ("CC02", 2)


def test_the_filters_of_the_bank_hold_for_the_file(sign_in, cast, bank):
    client = sign_in(cast.coordinator)
    here = page(client, "/organisations/demo-university/questions/?skill=CC02", language="en")
    assert here.links["Export"] == f"{EXPORT}?skill=CC02"
    assert page(client, f"{EXPORT}?skill=CC02", language="en").h1 == "One question fits into the file"
    assert page(client, f"{EXPORT}?skill=DA01&type=nothing", language="en").h1 == "0 questions fit into the file"


def test_strangers_fetch_nothing(client_of, client, cast, bank):
    for stranger in (cast.student, cast.other_coordinator):
        for path in (EXPORT, f"{EXPORT}file/"):
            assert client_of(stranger).get(path).status_code == 404
    assert "/sign-in/" in client.get(EXPORT).location
