"""What of postings can be found is kept in the index in the transaction that changes it. Nothing here commits."""

from collections.abc import Iterator

from app.db import db
from app.search import services as search
from app.search.services import Entry
from internships.models import Posting
from internships.queries import searching

POSTING, EVERYBODY = "posting", "everybody"


def index_posting(posting: Posting) -> None:
    """A posting by its title, duties, enterprise, place and skills, after it was published or changed."""
    db.session.flush()
    search.index(*(_entry(found) for found in searching.postings_to_find([posting.id])))


def index_all() -> None:
    """Every published posting, after many were made at once."""
    db.session.flush()
    search.index(*postings_to_find())


def forget_posting(posting: Posting) -> None:
    """A posting that was closed is found no more."""
    search.remove(POSTING, [posting.id])


def postings_to_find() -> Iterator[Entry]:
    """Every published posting, for building the index anew."""
    for posting in searching.postings_to_find():
        yield _entry(posting)


def _entry(posting: Posting) -> Entry:
    enterprise, region, cluster = posting.organisation, posting.region, posting.cluster
    skills = [one.skill for one in posting.skills]
    chinese = [posting.city_zh, region.name_zh, *([cluster.name_zh, cluster.category_zh] if cluster else [])]
    english = [posting.city_en, region.name_en, *([cluster.name_en, cluster.category_en] if cluster else [])]
    return Entry(
        POSTING,
        posting.id,
        EVERYBODY,
        0,
        posting.title_zh,
        posting.title_en,
        "\n\n".join([posting.body_zh, enterprise.name_zh, *chinese, *(skill.name_zh for skill in skills)]),
        "\n\n".join([posting.body_en, enterprise.name_en, *english, *(skill.name_en for skill in skills)]),
        {"about_zh": enterprise.name_zh, "about_en": enterprise.name_en or enterprise.name_zh},
    )
