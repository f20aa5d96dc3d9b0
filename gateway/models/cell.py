"""The table of mobile cells (OpenCelliD's columns): where the mast of each cell stands.

It is a plain table without a mapped class: 1.5 million rows that no other table refers to, found by their key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import cast

from sqlalchemy import BigInteger, Column, Float, Integer, String, Table, func, select
from sqlalchemy.orm import Session

from gateway.core.places.aml import CellId
from gateway.models.base import Base

COLUMNS = ("mcc", "net", "area", "cell", "radio", "lat", "lon", "range_m", "samples")
KEY = COLUMNS[:5]

CELLS = Table(
    "cells",
    Base.metadata,
    Column("mcc", Integer, primary_key=True, autoincrement=False),
    Column("net", Integer, primary_key=True, autoincrement=False),
    Column("area", Integer, primary_key=True, autoincrement=False),
    Column("cell", BigInteger, primary_key=True, autoincrement=False),  # an NR cell has 36 bits
    Column("radio", String(4), primary_key=True),
    Column("lat", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("range_m", Integer, nullable=False),
    Column("samples", Integer, nullable=False),
    sqlite_with_rowid=False,  # the row is stored in the key's index: half the size, one disk read fewer
)
Row = tuple[int, int, int, int, str, float, float, int, int]  # in the order of COLUMNS


def find(db: Session, cells: Sequence[CellId]) -> Mapping[CellId, Row]:
    """Return the rows of the given identities of ONE cell, which differ at most in `cell` and `radio`, with one query.

    For an identity whose radio is None, return the row with the most samples among all radios.
    """
    if not cells:
        return {}
    first = cells[0]
    query = select(*CELLS.c).where(
        CELLS.c.mcc == first.mcc,
        CELLS.c.net == first.mnc,
        CELLS.c.area == first.area,
        CELLS.c.cell.in_({one.cell for one in cells}),
    )
    rows: list[Row] = [cast(Row, tuple(row)) for row in db.execute(query)]
    found = {
        one: _most_seen(row for row in rows if row[3] == one.cell and one.radio in (None, row[4])) for one in cells
    }
    return {one: row for one, row in found.items() if row is not None}


def _most_seen(rows: Iterable[Row]) -> Row | None:
    return max(rows, key=lambda row: row[8], default=None)


def count(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(CELLS)) or 0


def store(db: Session, rows: Collection[Row]) -> None:
    """Write rows; each replaces the row of the same cell. `rows` must not hold a cell twice."""
    WRITERS[db.get_bind().dialect.name](db, rows)


def _store_sqlite(db: Session, rows: Collection[Row]) -> None:
    """Write through the driver itself: SQLAlchemy's own bulk insert takes five times as long."""
    places = ", ".join("?" * len(COLUMNS))
    statement = f"INSERT OR REPLACE INTO cells ({', '.join(COLUMNS)}) VALUES ({places})"  # noqa: S608 - our own names
    db.connection().exec_driver_sql(statement, list(rows))


def _store_postgresql(db: Session, rows: Collection[Row]) -> None:
    """COPY the rows into a temporary table, then upsert them with one statement: row by row would take minutes."""
    cursor = db.connection().connection.cursor()
    cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS new_cells (LIKE cells)")
    cursor.execute("TRUNCATE new_cells")
    with cursor.copy(f"COPY new_cells ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    news = ", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS if name not in KEY)
    cursor.execute(
        f"INSERT INTO cells ({', '.join(COLUMNS)}) SELECT {', '.join(COLUMNS)} FROM new_cells "  # noqa: S608 - our own names
        f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {news}"
    )


WRITERS = {"sqlite": _store_sqlite, "postgresql": _store_postgresql}
