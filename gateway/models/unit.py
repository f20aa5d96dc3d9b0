"""Police units (Polda > Polres > Polsek > post) and the areas they answer for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base

KINDS = ("polda", "polres", "polsek", "post")


class Unit(Base):
    __tablename__ = "units"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    phone: Mapped[str | None] = mapped_column(String(32), index=True)  # the desk's number, E.164
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    timezone: Mapped[str] = mapped_column(String(40), default="Asia/Jakarta")
    policy: Mapped[str] = mapped_column(String(40), default="nearest_first")
    waves: Mapped[str | None] = mapped_column(Text)  # the unit's own policy as JSON; NULL = the named one
    volunteers: Mapped[bool] = mapped_column(default=False)  # whether the community tier is asked here


class Area(Base):
    __tablename__ = "areas"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    geometry: Mapped[str] = mapped_column(Text)  # GeoJSON Polygon or MultiPolygon, WGS 84


def by_code(db: Session, code: str) -> Unit | None:
    return db.scalar(select(Unit).where(Unit.code == code))


def all_units(db: Session) -> Sequence[Unit]:
    return db.scalars(select(Unit).order_by(Unit.id)).all()


def desks_at(db: Session, phone: str) -> Sequence[Unit]:
    """The units whose desk answers this number."""
    return db.scalars(select(Unit).where(Unit.phone == phone).order_by(Unit.id)).all()
