"""A position of a phone with its source, its time and its radius in metres."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.places.spots import Source
from gateway.models.base import Base, Sealed
from gateway.models.memory import held, remembered


@held
class Fix(Base):
    __tablename__ = "fixes"

    phone: Mapped[str] = mapped_column(String(32), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    source: Mapped[str] = mapped_column(String(20))  # core.places.spots.Source
    lat: Mapped[float]
    lon: Mapped[float]
    radius_m: Mapped[float]
    place: Mapped[str] = mapped_column(String(120), default="")  # the name of the place, if it has one
    raw: Mapped[str | None] = mapped_column(Sealed)  # the words that gave the position
    # the place's unit, if the table of places names it
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    taken_at: Mapped[datetime] = mapped_column(index=True)
    received_at: Mapped[datetime]

    def age_seconds(self, now: datetime) -> float | None:
        """Return the seconds since the position was taken; None for a registered home, which has no age."""
        return None if self.source == str(Source.HOME) else (now - self.taken_at).total_seconds()


@remembered("fixes")
def newest_of(db: Session, phone: str) -> Fix | None:
    """Return the most recently taken position of this phone."""
    return db.scalar(select(Fix).where(Fix.phone == phone).order_by(Fix.taken_at.desc(), Fix.id.desc()).limit(1))
