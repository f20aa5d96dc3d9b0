"""Key rotation: encrypt everything anew with the first of ENCRYPTION_KEYS, so that the other keys can be removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Column, Table, Text, select, type_coerce, update

from gateway.models import sealing
from gateway.models.base import Base, Sealed
from gateway.unit_of_work import OpenUnitOfWork

BATCH = 500  # rows in one short transaction, so that panics are handled meanwhile
# columns that are searched by a keyed hash, which is made anew too
HASHED = {("persons", "national_id"): "national_id_hash", ("never_asked", "whom"): "whom_hash"}


def rotate(open_uow: OpenUnitOfWork) -> int:
    """Encrypt every row of every table anew, and return how many rows. It may be stopped and run again at any time.

    Raises cryptography.fernet.InvalidToken for a value that none of the keys encrypted; rows before that one are done.
    """
    return sum(_rotate_table(open_uow, table, columns) for table, columns in _sealed())


def _sealed() -> Iterator[tuple[Table, list[Column[str]]]]:
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, Sealed)]
        if columns:
            yield table, columns


def _rotate_table(open_uow: OpenUnitOfWork, table: Table, columns: list[Column[str]]) -> int:
    last, done = 0, 0
    while True:
        with open_uow() as uow:
            tokens = [type_coerce(column, Text).label(column.name) for column in columns]
            query = select(table.c.id, *tokens).where(table.c.id > last).order_by(table.c.id).limit(BATCH)
            rows = uow.db.execute(query.with_for_update()).mappings().all()
            for row in rows:
                fresh = _fresh(table, columns, {name: str(row[name]) for name in row if row[name]})
                if fresh:
                    uow.db.execute(update(table).where(table.c.id == row["id"]).values(**fresh))
        if not rows:
            return done
        last, done = rows[-1]["id"], done + len(rows)


def _fresh(table: Table, columns: list[Column[str]], tokens: Mapping[str, str]) -> dict[str, object]:
    """Return the new values of a row: encrypted columns are given in clear, and their column type encrypts them."""
    values: dict[str, object] = {}
    for column in columns:
        if column.name in tokens:
            clear = sealing.unseal(tokens[column.name])
            values[column.name] = clear
            if hashed := HASHED.get((table.name, column.name)):
                values[hashed] = sealing.fingerprints(clear)[0]
    return values
