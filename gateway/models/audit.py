"""The audit trail: append-only rows, each chained to the one before; the newest link is also kept in a head row."""

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
    """The number of audit rows and the last row's link, so that a removed end of the trail is noticed."""

    __tablename__ = "audit_heads"

    count: Mapped[int]
    link: Mapped[str] = mapped_column(String(64))
