"""Named places from the operator's own list, which let us find the place that a text names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, utc_now


class Place(Base):
    __tablename__ = "places"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    aliases: Mapped[str] = mapped_column(Text, default="")  # separated by |
    lat: Mapped[float]
    lon: Mapped[float]
    radius_m: Mapped[float]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    changed_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, index=True)  # see MapIndex
