"""Officers: who can be asked to come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base


class Officer(Base):
    __tablename__ = "officers"

    phone: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    rank: Mapped[str] = mapped_column(String(40), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="id")
    lat: Mapped[float | None]  # where they usually are; NULL = the unit's position
    lon: Mapped[float | None]
    on_duty: Mapped[bool] = mapped_column(default=False)
    suspended: Mapped[bool] = mapped_column(default=False)
    here_lat: Mapped[float | None]  # their own word (POSISI), fresh for a shift
    here_lon: Mapped[float | None]
    here_at: Mapped[datetime | None]

    @property
    def title(self) -> str:
        return f"{self.rank} {self.name}".strip()


def by_phone(db: Session, phone: str) -> Officer | None:
    return db.scalar(select(Officer).where(Officer.phone == phone))


def of_units(db: Session, unit_ids: Collection[int], on_duty_only: bool) -> Sequence[Officer]:
    """Everybody of these units who is not suspended, on duty or not as asked."""
    query = select(Officer).where(Officer.unit_id.in_(unit_ids), Officer.suspended.is_(False))
    if on_duty_only:
        query = query.where(Officer.on_duty.is_(True))
    return db.scalars(query.order_by(Officer.id)).all()
