"""The weekly roster: the turns of duty of each officer, on the clock of their unit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from gateway.models.base import Base
from gateway.models.officer import Officer


class Shift(Base):
    """One turn of duty, every week. It may end on the day after it begins."""

    __tablename__ = "shifts"
    __table_args__ = (
        UniqueConstraint("officer_id", "weekday", "starts"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts BETWEEN 0 AND 1439", name="starts"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
    )

    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]  # the day on which it begins, Monday = 0
    starts: Mapped[int]  # minute of that day
    minutes: Mapped[int]  # how long it lasts

    officer: Mapped[Officer] = relationship(lazy="joined", innerjoin=True)


def of_units(db: Session, unit_ids: Collection[int]) -> Sequence[Shift]:
    """Return the turns of all officers of these units, except of suspended ones."""
    query = select(Shift).join(Officer, Officer.id == Shift.officer_id)
    query = query.where(Officer.unit_id.in_(unit_ids), Officer.suspended.is_(False))
    return db.scalars(query.order_by(Shift.weekday, Shift.starts, Shift.officer_id)).all()


def of_officers(db: Session, officer_ids: Collection[int]) -> Sequence[Shift]:
    query = select(Shift).where(Shift.officer_id.in_(officer_ids))
    return db.scalars(query.order_by(Shift.officer_id, Shift.weekday, Shift.starts)).all()
