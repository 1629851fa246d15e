"""A world many times over: each row again and again under ids of its own, by INSERT … SELECT from the models' tables.

All ids of a copy are moved by the same offset, which is greater than any id there is. A reference then fits whatever
it points at: also one that names its target in another column (`context_kind`, `context_id`) and has no foreign key.
Text that must be unique gets the number of the copy. What stands inside JSON and in keys made of text stays as it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

# Tables that do not grow with the number of people and things: the shared language, facts of the installation, and
# records beside the features (trail, mail, jobs, snapshots, keys).
ONCE = frozenset(
    {
        "audit_entry",
        "cluster",
        "installation",
        "job",
        "mail",
        "pilot_zone",
        "reference_version",
        "region",
        "signing_key",
        "skill",
        "snapshot",
    }
)
# Ids whose names do not end in `_id`.
OTHER_IDS = frozenset({("stored_file", "uploaded_by")})


class CannotMultiply(Exception):
    """A table has a unique constraint that copies of its rows would break."""


@dataclass(frozen=True)
class Copying:
    """How one table is copied: the columns that move, those that get a suffix, and a part of its key that moves."""

    table: sa.Table
    moved: frozenset[str]
    suffixed: frozenset[str]
    first: str


def plan(metadata: sa.MetaData) -> list[Copying]:
    """How each table is copied, in the order of their foreign keys. Raises CannotMultiply."""
    return [_copying(table) for table in metadata.sorted_tables if table.name not in ONCE]


def multiply(
    connection: sa.Connection, metadata: sa.MetaData, times: int, say: Callable[[str, int], None] | None = None
) -> int:
    """Let there be `times` times the rows; the offset between one copy's ids and the next. `say` hears table and rows.

    Raises CannotMultiply. The originals keep their ids. On PostgreSQL the sequences go on after the last copy.
    """
    copyings = plan(metadata)
    offset = _offset(connection, copyings)
    for copying in copyings:
        for number in range(1, times):
            connection.execute(statement(copying, number, offset))
        if say:
            say(copying.table.name, connection.scalar(sa.select(sa.func.count()).select_from(copying.table)) or 0)
    if connection.dialect.name == "postgresql":
        for copying in copyings:
            _continue_sequence(connection, copying.table)
    return offset


def statement(copying: Copying, number: int, offset: int) -> sa.Insert:
    """The statement that makes copy `number` (from 1) of the rows of one table."""
    values: list[sa.ColumnElement[object]] = []
    for column in copying.table.columns:
        if column.name in copying.moved:
            values.append(column + number * offset)
        elif column.name in copying.suffixed:
            values.append(column + f"~{number}")
        else:
            values.append(column)
    originals = sa.select(*values).where(copying.table.c[copying.first] < offset)
    return sa.insert(copying.table).from_select([column.name for column in copying.table.columns], originals)


def _copying(table: sa.Table) -> Copying:
    moved = frozenset(column.name for column in table.columns if _is_id(column))
    suffixed = {_text_in(table, columns).name for columns in _uniques(table) if not moved & {c.name for c in columns}}
    first = [column.name for column in table.primary_key if column.name in moved]
    if not first:
        raise CannotMultiply(f"{table.name}: no part of its primary key is an id")
    return Copying(table, moved, frozenset(suffixed), first[0])


def _is_id(column: sa.Column[object]) -> bool:
    if not isinstance(column.type, sa.Integer):
        return False
    targets = {key.column.table.name for key in column.foreign_keys}
    if targets:
        return not targets & ONCE
    is_named_so = column.name == "id" or column.name.endswith("_id")
    return is_named_so or (column.table.name, column.name) in OTHER_IDS


def _uniques(table: sa.Table) -> Iterator[list[sa.Column[object]]]:
    for constraint in table.constraints:
        if isinstance(constraint, sa.PrimaryKeyConstraint | sa.UniqueConstraint):
            yield list(constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield list(index.columns)


def _text_in(table: sa.Table, columns: list[sa.Column[object]]) -> sa.Column[object]:
    for column in columns:
        if isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum) and not column.foreign_keys:
            return column
    raise CannotMultiply(f"{table.name}: {', '.join(column.name for column in columns)} must be unique")


def _offset(connection: sa.Connection, copyings: list[Copying]) -> int:
    greatest = 0
    for copying in copyings:
        greatest = max(greatest, connection.scalar(sa.select(sa.func.max(copying.table.c[copying.first]))) or 0)
    return greatest + 1


def _continue_sequence(connection: sa.Connection, table: sa.Table) -> None:
    if "id" not in table.columns:
        return
    newest = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0) + 1).scalar_subquery()
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    connection.execute(sa.select(sa.func.setval(sequence, newest, sa.false())))
