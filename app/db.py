"""The database: model base, constraint names, column types named once, and how SQLite is opened.

Every time is stored in UTC. On SQLite a request that may write begins IMMEDIATE, so that two writers queue for the
lock instead of one of them failing half-way; a request that only reads never waits for a writer (WAL).
"""

import enum
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

import sqlalchemy as sa
from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def utcnow() -> datetime:
    """Now, in UTC. Edges call it and pass the result down; rules never do."""
    return datetime.now(UTC)


class Moment(sa.types.TypeDecorator[datetime]):
    """A point in time: aware UTC in Python, `timestamptz` on PostgreSQL, naive UTC text on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(sa.types.TypeDecorator[Decimal]):
    """A decimal that stays exact on SQLite too, where it is kept as a whole number of its smallest unit."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision, self.scale = precision, scale

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(self.precision, self.scale))

    def process_bind_param(self, value: Decimal | int | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        exact = Decimal(value).quantize(Decimal(1).scaleb(-self.scale))
        return int(exact.scaleb(self.scale)) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-self.scale) if dialect.name == "sqlite" else Decimal(value)


def choice(kind: type[enum.Enum]) -> sa.Enum:
    """A column that stores the values of `kind`, as text with a check, alike on both databases."""
    return sa.Enum(
        kind, native_enum=False, length=40, values_callable=lambda members: [str(member.value) for member in members]
    )


key = Annotated[int, mapped_column(primary_key=True)]
plain_id = Annotated[int, mapped_column(sa.Integer, index=True)]
moment = Annotated[datetime, mapped_column(Moment())]
moment_now = Annotated[datetime, mapped_column(Moment(), default=utcnow)]
calendar_day = Annotated[date, mapped_column(sa.Date())]
short_name = Annotated[str, mapped_column(sa.String(80))]
short_code = Annotated[str, mapped_column(sa.String(20))]
line = Annotated[str, mapped_column(sa.String(300))]
long_text = Annotated[str, mapped_column(sa.Text())]
money = Annotated[Decimal, mapped_column(Exact(12, 2))]
exact_mark = Annotated[Decimal, mapped_column(Exact(10, 4))]
unit_score = Annotated[Decimal, mapped_column(Exact(7, 6))]
hex_digest = Annotated[str, mapped_column(sa.String(64))]


class Model(DeclarativeBase):
    """Base of all tables: named constraints, and JSON columns by annotation."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=CONSTRAINT_NAMES),
        type_annotation_map={dict[str, Any]: sa.JSON(), list[Any]: sa.JSON(), list[str]: sa.JSON()},
    )


db = SQLAlchemy(model_class=Model, disable_autonaming=True)


def analyse() -> None:
    """Let the planner see what the tables hold, after much was written in one transaction.

    Without figures PostgreSQL takes them for nearly empty, and a join over thousands of rows then takes minutes.
    """
    db.session.execute(sa.text("ANALYZE"))


class ListPages(Pagination):
    """Pages of a list that is already in memory, with the same face as those of a query."""

    def _query_items(self) -> list[Any]:
        first = (self.page - 1) * self.per_page
        found: list[Any] = self._query_args["found"][first : first + self.per_page]
        return found

    def _query_count(self) -> int:
        return len(self._query_args["found"])


class CountedSoFar(Pagination):
    """Pages of the rows of a query, counted no further than some pages ahead.

    `is_more` says that there are more than `total`. Reading a page stops after its last row; counting all rows never
    stops, and is what makes a long list slower than a short one.
    """

    PAGES = 10
    is_more = False

    def _query_items(self) -> list[Any]:
        window = {"limit": self.per_page, "offset": (self.page - 1) * self.per_page}
        return list(db.session.execute(_windowed(self._query_args["query"]), window))

    def _query_count(self) -> int:
        most = max(self.page + 1, self.PAGES) * self.per_page
        found: int = db.session.scalar(_counted(self._query_args["query"]), {"limit": most + 1}) or 0
        self.is_more = found > most
        return min(found, most)


# A statement takes longer to put together than to run; a query that is kept by its maker is built on once.
@lru_cache(maxsize=256)
def _windowed(query: sa.Select[Any]) -> sa.Select[Any]:
    """The rows of a query from `offset`, at most `limit`."""
    return query.limit(sa.bindparam("limit", type_=sa.Integer)).offset(sa.bindparam("offset", type_=sa.Integer))


@lru_cache(maxsize=256)
def _counted(query: sa.Select[Any]) -> sa.Select[int]:
    """How many rows a query has, counted no further than `limit`."""
    few = query.order_by(None).limit(sa.bindparam("limit", type_=sa.Integer))
    rows = few.with_only_columns(next(iter(query.selected_columns))).subquery()
    return sa.select(sa.func.count()).select_from(rows)


def pages_of(query: sa.Select[Any], per_page: int) -> CountedSoFar:
    """The page of a query of columns that the address asks for; an empty one beyond the last."""
    return CountedSoFar(per_page=per_page, max_per_page=per_page, error_out=False, query=query)


def id_after(ids: sa.Select[int], column: sa.orm.InstrumentedAttribute[int], after: int, count: int) -> int | None:
    """Of ids chosen by a query on `column`, the one that stands `count` places after `after`."""
    return db.session.scalar(ids.where(column > after).order_by(column).offset(count - 1).limit(1))


def paged(found: list[Any], per_page: int) -> ListPages:
    """The page of `found` that the address asks for."""
    return ListPages(per_page=per_page, max_per_page=per_page, error_out=False, found=found)


@event.listens_for(Engine, "connect")
def _open_sqlite(connection: Any, _record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.isolation_level = None  # the driver's own BEGIN comes too late; `_begin_sqlite` sends ours
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        reading = has_request_context() and request.method in READING_METHODS
        # Work outside of requests may say that it only reads, so that nobody waits while it reads much.
        reading = reading or bool(connection.get_execution_options().get("reads_only"))
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
