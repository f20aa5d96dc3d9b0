"""Sentences that an operator has worded anew, used instead of the catalogues' own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, utc_now


class Wording(Base):
    __tablename__ = "wordings"
    __table_args__ = (UniqueConstraint("key", "language"),)

    key: Mapped[str] = mapped_column(String(80))  # as in core/catalogues: "citizen.received"
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(120))
    changed_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, index=True)
