"""One try at bringing an outbound out on one line, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base
from gateway.models.outbound import Outbound

TRYING, HANDED, REFUSED, PERMANENT, UNKNOWN, DELIVERED, UNDELIVERED, ANSWERED, ENDED = (
    "trying",  # the row is written, the wire has not answered
    "handed",  # the carrier has it
    "refused",  # the carrier will not take it now
    "permanent",  # this line can never reach that number
    "unknown",  # nobody knows whether the carrier took it
    "delivered",
    "undelivered",
    "answered",  # somebody or something has picked up
    "ended",
)
HAS_LEFT = (HANDED, DELIVERED, ANSWERED, ENDED)  # the carrier has it, or had


class Attempt(Base):
    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_line_ref", "line", "ref"),)

    outbound_id: Mapped[int] = mapped_column(ForeignKey("outbounds.id"), index=True)
    line: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default=TRYING)
    ref: Mapped[str] = mapped_column(String(120), default="")
    code: Mapped[str] = mapped_column(String(60), default="")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]  # the wire has answered
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(12))
    keyed: Mapped[bool] = mapped_column(default=False)  # a human pressed something
    parts: Mapped[int | None]  # messages that a text is billed as
    seconds: Mapped[int | None]  # talked
    price_micros: Mapped[int | None] = mapped_column(BigInteger)  # millionths of `currency`, where the carrier told it
    currency: Mapped[str | None] = mapped_column(String(3))  # ISO 4217

    outbound: Mapped[Outbound] = relationship()
