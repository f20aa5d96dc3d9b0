"""The base of all tables: names of constraints, aware UTC times, encrypted text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import DateTime, Dialect, MetaData, Select, Text, TypeDecorator, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, Session, mapped_column

from gateway.models import sealing
from gateway.models.memory import remembered

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


def insert_once(db: Session, table: type[Row], **values: object) -> Row | None:
    """Write a row and return it; None if one with a value that may be there only once is there already. It costs one
    statement, where a savepoint costs three."""
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table).values(values).on_conflict_do_nothing().returning(table)
    row: Row | None = db.scalar(insert)
    return row


Version = tuple[object, ...]
Watched = tuple[InstrumentedAttribute[int], InstrumentedAttribute[datetime]]  # a table's id, and when a row changed


@remembered("areas", "places", "wordings")
def version(db: Session, *watched: Watched) -> Version:
    """Return values that differ after every change of these tables.

    A changed row carries a new time, and a removed row lowers the count.
    """
    parts = [(func.count(row_id), func.coalesce(func.max(row_id), 0), func.max(changed)) for row_id, changed in watched]
    return tuple(db.execute(select(*(select(part).scalar_subquery() for table in parts for part in table))).one())


def new_ids(db: Session, table: type[Base], many: int) -> Iterator[int]:
    """Return so many unused ids of a table, in one statement.

    Rows that have their id are written in groups; SQLite writes the others one by one, to learn each id. There only one
    transaction writes at a time, so that the ids after the last one are nobody else's.
    """
    if db.get_bind().dialect.name == "sqlite":
        last = db.scalar(select(func.max(table.id))) or 0
        return iter(range(last + 1, last + 1 + many))
    sequence = func.nextval(func.pg_get_serial_sequence(table.__tablename__, "id"))
    return iter(db.scalars(select(sequence).select_from(func.generate_series(1, many))).all())
