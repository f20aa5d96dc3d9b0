"""What waits since a restore: timers and outbounds of the restored database that are stopped until somebody says go.

A restored database holds incidents that were open when the backup was made. Their timers are long overdue, and a
worker's first sweep would text and ring people about last night. So each stopped timer is a row here with its old
value; a panic that comes in meanwhile starts the timers that it needs, like any other.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, Select, String, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base


class Held(Base):
    """One stopped timer: the table, row and column, and its value before. Without a column it is a row that waits as a
    whole (`inbounds`)."""

    __tablename__ = "held_timers"

    of_table: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int] = mapped_column(Integer)
    of_column: Mapped[str] = mapped_column(String(40))
    was: Mapped[datetime | None]


def is_on(db: Session) -> bool:
    """Return whether anything waits for somebody to say go."""
    return bool(db.scalar(select(exists().where(Held.id > 0))))


def ids(table: str) -> Select[int]:
    """Return the query for the ids of a table's rows that wait."""
    return select(Held.row_id).where(Held.of_table == table)
