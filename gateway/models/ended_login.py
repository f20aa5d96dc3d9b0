"""Log-ins that were ended by a log-out. A session lives in its cookie: a copy of it is refused by the row."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base


class EndedLogin(Base):
    __tablename__ = "ended_logins"

    mark: Mapped[str] = mapped_column(String(32), unique=True)  # made at the log-in, at random
    ended_at: Mapped[datetime] = mapped_column(index=True)


def end(db: Session, mark: str, now: datetime, forget_before: datetime) -> None:
    """End the log-in with this mark, and forget those whose cookies have ended by themselves since."""
    db.execute(delete(EndedLogin).where(EndedLogin.ended_at < forget_before))
    if not ended(db, [mark]):
        db.add(EndedLogin(mark=mark, ended_at=now))


def ended(db: Session, marks: Collection[str]) -> set[str]:
    """Return which of these were ended."""
    return set(db.scalars(select(EndedLogin.mark).where(EndedLogin.mark.in_(marks)))) if marks else set()
