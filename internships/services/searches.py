"""Saved searches: keeping them, counting once a day what is new in them, writing to those who want it."""

from datetime import date, datetime

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer

from app import mail
from app.accounts.models import Person
from app.db import db
from app.errors import Refused
from internships import queries
from internships.filters import Filters
from internships.models import SavedSearch
from internships.queries import searches

MOST = 10
NAMED = 5  # postings that a mail names
SALT = "saved-search"


class TooManySearches(Refused):
    message = _l("You have 10 saved searches. Delete one before you add another.")


class SearchWithoutFilter(Refused):
    message = _l("Set a filter first: a search for everything would tell you of everything.")


def save(person: Person, name: str, wanted: Filters, *, now: datetime, today: date) -> SavedSearch:
    """Keep a search; the same one twice is one. Raises SearchWithoutFilter, TooManySearches."""
    address = wanted.address
    if not address:
        raise SearchWithoutFilter
    mine = searches.searches_of(person.id)
    kept = next((one for one in mine if one.filters == address), None)
    if kept is not None:
        kept.name = name or kept.name
        return kept
    if len(mine) >= MOST:
        raise TooManySearches
    new = SavedSearch(
        person_id=person.id, name=name, filters=address, created_at=now, looked_on=today, looked_at=now, by_mail=True
    )
    try:
        with db.session.begin_nested():
            db.session.add(new)
            db.session.flush()
    except sa.exc.IntegrityError:  # two clicks at once: the other one was first
        return next(one for one in searches.searches_of(person.id) if one.filters == address)
    return new


def look(search_id: int, *, now: datetime, today: date) -> bool:
    """Count what is new in a search and write to whoever wants it; at most once a day, whoever else looks meanwhile."""
    claimed = db.session.scalar(
        sa.update(SavedSearch)
        .where(SavedSearch.id == search_id, SavedSearch.looked_on < today)
        .values(looked_on=today)
        .returning(SavedSearch.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        return False
    search = searches.with_person(claimed)
    checking = queries.universities_that_check(searches.universities_of_student(search.person_id))
    query = Filters.of_address(search.filters).select(today, checking)
    search.found = queries.count_since(query, search.looked_at)
    if search.found and search.by_mail:
        mail.write(
            search.person.email,
            "saved-search",
            language=search.person.language or "zh",
            search=search,
            postings=queries.newest_since(query, search.looked_at, NAMED),
            site=current_app.config["PUBLIC_URL"] or "http://127.0.0.1:5000",
            stop=_path("internships.searches.stop", token=token_of(search.id)),
        )
    search.looked_at = now
    return True


def _path(endpoint: str, **values: str) -> str:
    # The worker answers no request, so there is none to take the address from.
    return current_app.url_map.bind("localhost").build(endpoint, values)


def token_of(search_id: int) -> str:
    """What stands in a mail, so that its reader can end it without signing in."""
    token = URLSafeSerializer(current_app.config["SECRET_KEY"], salt=SALT).dumps(search_id)
    return token if isinstance(token, str) else token.decode()


def search_of(token: str) -> SavedSearch | None:
    """The search that a mail's token names; None for a token that is not ours, or a search that is gone."""
    try:
        search_id = URLSafeSerializer(current_app.config["SECRET_KEY"], salt=SALT).loads(token)
    except BadSignature:
        return None
    return db.session.get(SavedSearch, search_id)
