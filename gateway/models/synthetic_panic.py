"""Synthetic panics: their timetable, and how long each step of each took."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base

STEPS = ("left", "received", "alerted", "rang", "accepted")  # in their order


class SyntheticPlan(Base):
    """A synthetic panic to one test phone, again and again."""

    __tablename__ = "synthetic_plans"

    phone: Mapped[str] = mapped_column(String(32), unique=True)  # E.164: of a line of ours, or of a phone that echoes
    every_s: Mapped[int]  # seconds from one to the next
    within_s: Mapped[int]  # seconds within which it has to be through
    next_at: Mapped[datetime] = mapped_column(index=True)


class SyntheticPanic(Base):
    """One synthetic panic. Each `_at` is when that step was through; NULL: not yet, or never."""

    __tablename__ = "synthetic_panics"
    __table_args__ = (
        # for those that run; what ended long ago is never read
        Index(
            "ix_synthetic_panics_running",
            "phone",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    phone: Mapped[str] = mapped_column(String(32))
    word: Mapped[str] = mapped_column(String(16))  # tells its text from any other
    within_s: Mapped[int]
    outbound_id: Mapped[int] = mapped_column(ForeignKey("outbounds.id"))  # the text that is its panic
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    started_at: Mapped[datetime] = mapped_column(index=True)
    left_at: Mapped[datetime | None]  # a carrier has the panic
    received_at: Mapped[datetime | None]  # the panic has come in, and is an incident
    alerted_at: Mapped[datetime | None]  # the alert's text is at the test phone
    rang_at: Mapped[datetime | None]  # the alert's call has rung there
    accepted_at: Mapped[datetime | None]  # the robot's yes is taken
    ended_at: Mapped[datetime | None]
    missing: Mapped[str] = mapped_column(String(12), default="")  # the first step that was late; empty: all in time

    def seconds(self) -> dict[str, float]:
        """Return after how many seconds each step was through, without those that were not."""
        times = {step: getattr(self, f"{step}_at") for step in STEPS}
        return {step: (at - self.started_at).total_seconds() for step, at in times.items() if at is not None}


def running(db: Session) -> Sequence[SyntheticPanic]:
    """Return the synthetic panics that run, the oldest first."""
    return db.scalars(select(SyntheticPanic).where(SyntheticPanic.ended_at.is_(None)).order_by(SyntheticPanic.id)).all()


def lock(db: Session, panic_id: int) -> SyntheticPanic | None:
    """Return one, locked until the commit."""
    return db.get(SyntheticPanic, panic_id, with_for_update=True, populate_existing=True)


def newest_of(db: Session, phone: str, most: int = 1) -> Sequence[SyntheticPanic]:
    """Return the newest that have ended for a phone, the newest first."""
    query = select(SyntheticPanic).where(SyntheticPanic.phone == phone, SyntheticPanic.ended_at.is_not(None))
    return db.scalars(query.order_by(SyntheticPanic.id.desc()).limit(most)).all()


def newest(db: Session, most: int = 20) -> Sequence[SyntheticPanic]:
    """Return the newest, ended or not, of all phones, the newest first."""
    return db.scalars(select(SyntheticPanic).order_by(SyntheticPanic.id.desc()).limit(most)).all()


def plan_of(db: Session, phone: str) -> SyntheticPlan | None:
    return db.scalar(select(SyntheticPlan).where(SyntheticPlan.phone == phone))


def plans(db: Session) -> Sequence[SyntheticPlan]:
    return db.scalars(select(SyntheticPlan).order_by(SyntheticPlan.phone)).all()


def lock_due_plan(db: Session, now: datetime, done: Collection[int]) -> SyntheticPlan | None:
    """Return a plan whose time has come, locked until the commit, or None. Left out are those that are `done` and those
    that another worker has in hand."""
    query = select(SyntheticPlan).where(SyntheticPlan.next_at <= now, SyntheticPlan.id.not_in(done))
    return db.scalar(query.order_by(SyntheticPlan.next_at).limit(1).with_for_update(skip_locked=True))
