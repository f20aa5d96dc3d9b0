"""A drill's bounds, and the timetable of the drills to come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base
from gateway.models.incident import Incident


class Drill(Base):
    """The bounds of one drill, which is an incident like any other besides."""

    __tablename__ = "drills"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), unique=True)
    ends_at: Mapped[datetime]
    last_wave: Mapped[int | None]  # the last wave that it asks; NULL: all


class DrillPlan(Base):
    """A drill of one unit, again and again."""

    __tablename__ = "drill_plans"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), unique=True)
    every_s: Mapped[int]  # seconds from one to the next
    all_waves: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime] = mapped_column(index=True)


def bounds_of(db: Session, incident: Incident) -> Drill | None:
    """Return the bounds of a drill; None for a real incident, and for a drill that the last release began."""
    return db.scalar(select(Drill).where(Drill.incident_id == incident.id)) if incident.drill else None


def may_ask(db: Session, incident: Incident, wave: int) -> bool:
    """Return whether this incident may ask this wave: a drill asks no more than it was begun for."""
    bounds = bounds_of(db, incident)
    return bounds is None or bounds.last_wave is None or wave <= bounds.last_wave


def running(db: Session) -> Incident | None:
    """Return the drill that is open, the oldest of several. A synthetic panic is none."""
    return db.scalar(select(Incident).where(*_OPEN).order_by(Incident.id).limit(1))


def runs() -> Select[int]:
    """Select the drills that are open."""
    return select(Incident.id).where(*_OPEN)


_OPEN = (Incident.drill.is_(True), Incident.closed_at.is_(None), Incident.channel == "drill")


def over(db: Session, now: datetime, begun_before: datetime) -> Sequence[int]:
    """Return the ids of open drills whose end has come; those without bounds end when they were `begun_before` a
    time."""
    late = (Drill.ends_at <= now) | (Drill.id.is_(None) & (Incident.opened_at <= begun_before))
    query = select(Incident.id).outerjoin(Drill, Drill.incident_id == Incident.id)
    return db.scalars(query.where(*_OPEN, late)).all()


def plan_of(db: Session, unit_id: int) -> DrillPlan | None:
    return db.scalar(select(DrillPlan).where(DrillPlan.unit_id == unit_id))


def plans(db: Session) -> Sequence[DrillPlan]:
    return db.scalars(select(DrillPlan).order_by(DrillPlan.next_at)).all()


def lock_due_plan(db: Session, now: datetime, done: Collection[int]) -> DrillPlan | None:
    """Return a plan whose time has come, locked until the commit, or None. Left out are those that are `done` and those
    that another worker has in hand."""
    query = select(DrillPlan).where(DrillPlan.next_at <= now, DrillPlan.id.not_in(done)).order_by(DrillPlan.next_at)
    return db.scalar(query.limit(1).with_for_update(skip_locked=True))
