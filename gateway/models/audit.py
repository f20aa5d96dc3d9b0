"""Who did or saw what: append-only, each row chained to the one before, the newest link kept apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, Sealed


class Audit(Base):
    __tablename__ = "audits"

    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(120))
    what: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120), default="")
    detail: Mapped[str] = mapped_column(Sealed, default="")
    link: Mapped[str] = mapped_column(String(64))  # HMAC over this row and the link before


class AuditHead(Base):
    """How many rows there are and the last one's link, so that a removed tail shows."""

    __tablename__ = "audit_heads"

    count: Mapped[int]
    link: Mapped[str] = mapped_column(String(64))
