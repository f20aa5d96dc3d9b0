"""The base of all tables: names of constraints, aware UTC times, encrypted text."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, Insert, MetaData, Select, Text, TypeDecorator, event, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    Session,
    make_transient_to_detached,
    mapped_column,
)
from sqlalchemy.sql.dml import ReturningInsert

from gateway.models import known, sealing

Row = TypeVar("Row", bound="Base")


def utc_now() -> datetime:
    """Return the machine's time, for stamps that only tell versions of a row apart.

    Events take their time from `uow.now()`.
    """
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time. Storing a time without a zone raises ValueError; SQLite's zoneless text is read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone was about to be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[str]):
    """Text that is encrypted at rest: raw payloads, bodies, identity numbers, addresses, notes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else sealing.seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return sealing.read(value) if value else value  # `siaga purge` leaves an empty string


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy declares it as an instance attribute

    id: Mapped[int] = mapped_column(primary_key=True)


def the_only(db: Session, query: Select[Row], fresh: Row) -> Row:
    """Return the one row that all workers share; add `fresh` if there is none.

    If two add it at once, both get the first.
    """
    row = db.scalar(query)
    if row is None:
        with suppress(IntegrityError), db.begin_nested():
            db.add(fresh)
        row = db.scalars(query).one()
    return row


# --- many rows, or one that may be there already ----------------------------------------------------------------------


def insert_new(db: Session, row: Base) -> bool:
    """Write a row unless one with a value that may be there once only is there already; return whether it was written.
    The row belongs to the session then."""
    db.flush()
    found = db.connection().execute(_insert_new(db, type(row)), _values(row)).scalar_one_or_none()
    if found is not None:
        _take(db, row, found)
    return found is not None


def insert_all(db: Session, rows: Sequence[Row], name: str) -> None:
    """Write new rows in one statement, which refer to nothing that is unwritten. They belong to the session then; the
    column `name` tells them apart."""
    if rows:
        written = db.connection().execute(_insert_all(type(rows[0]), name), [_values(row) for row in rows])
        ids = {key: row_id for row_id, key in written}
        for row in rows:
            _take(db, row, ids[getattr(row, name)])


def add_unread(db: Session, *rows: Base) -> None:
    """Let the next flush write new rows, those of a table in one statement. Who adds them does not see them again: what
    they refer to has its id, and nobody asks for theirs."""
    db.add_all(rows)
    db.info.setdefault(_UNREAD, set()).update(rows)


_UNREAD = "unread"


def _write_unread(db: Session, _flush: object, _rows: object) -> None:
    unread = db.info.pop(_UNREAD, ())
    by_table: dict[type[Base], list[dict[str, Any]]] = {}
    for row in [row for row in db.new if row in unread]:
        by_table.setdefault(type(row), []).append(_values(row))
        db.expunge(row)
    for table, rows in by_table.items():
        db.connection().execute(insert(table), rows)
        known.wrote(db, table.__tablename__)


event.listen(Session, "before_flush", _write_unread)


def _values(row: Base) -> dict[str, Any]:
    """Return the values of a new row by column, those that it was not given as the model has them."""
    given = row.__dict__
    for name, value in _defaults(type(row)).items():
        if name not in given:
            setattr(row, name, value)
    return {name: given[name] for name in _defaults(type(row))}


@cache
def _defaults(table: type[Base]) -> dict[str, Any]:
    known = {column.key: column.default for column in table.__table__.columns if column.key != "id"}
    return {name: one.arg if one is not None and one.is_scalar else None for name, one in known.items()}


def _take(db: Session, row: Base, row_id: int) -> None:
    row.id = row_id
    known.wrote(db, row.__tablename__)
    make_transient_to_detached(row)
    db.add(row)


@cache
def _inserts(dialect: str, table: type[Base]) -> Insert:
    """Return the statement of `insert_new`."""
    made = (postgresql if dialect == "postgresql" else sqlite).insert(table.__table__)
    once: Insert = made.on_conflict_do_nothing().returning(table.__table__.c.id)
    return once


def _insert_new(db: Session, table: type[Base]) -> Insert:
    return _inserts(db.get_bind().dialect.name, table)


@cache
def _insert_all(table: type[Base], name: str) -> ReturningInsert[int, Any]:
    return insert(table).returning(table.__table__.c.id, table.__table__.c[name])


Version = tuple[int, int, datetime | None]


@known.remembered("areas", "places", "wordings")
def version(db: Session, row_id: InstrumentedAttribute[int], changed: InstrumentedAttribute[datetime]) -> Version:
    """Return values that differ after every change of a table.

    A changed row carries a new time, and a removed row lowers the count.
    """
    columns = (func.count(row_id), func.coalesce(func.max(row_id), 0), func.max(changed))
    count, newest, at = db.execute(select(*columns)).one()
    return count, newest, at
