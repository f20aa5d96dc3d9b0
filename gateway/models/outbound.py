"""What we owe a phone (one text or one call), and every attempt at it on a line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base, Sealed

TEXT, CALL = "text", "call"
# The life of what is owed.
OWED, CLAIMED, SENDING, UNDER_WAY, DONE, FAILED, CALLED_OFF = (
    "owed",
    "claimed",  # a worker has taken it, nothing has touched the wire
    "sending",  # an attempt is on the wire
    "under_way",  # a call is queued, ringing or talking
    "done",
    "failed",  # no line can ever reach this number
    "called_off",
)
# What became of one attempt. `trying` left behind by a dead worker becomes `unknown`.
TRYING, HANDED, REFUSED, PERMANENT, UNKNOWN, DELIVERED, UNDELIVERED, ANSWERED, ENDED = (
    "trying",
    "handed",  # the carrier has it
    "refused",
    "permanent",
    "unknown",
    "delivered",
    "undelivered",
    "answered",
    "ended",
)
HAS_LEFT = (HANDED, DELIVERED, ANSWERED, ENDED)  # the carrier has it, or had
STRANGER = "stranger"  # the purpose of a reply to a number that is on no list
ALERT_LANE, COURTESY_LANE = "alert", "courtesy"


class Outbound(Base):
    __tablename__ = "outbounds"
    __table_args__ = (
        Index(
            "ix_outbounds_owed",
            "kind",
            "due_at",
            sqlite_where=text("state = 'owed'"),
            postgresql_where=text("state = 'owed'"),
        ),
        # what strangers have cost us in the last hour
        Index(
            "ix_outbounds_stranger",
            "created_at",
            sqlite_where=text("purpose = 'stranger'"),
            postgresql_where=text("purpose = 'stranger'"),
        ),
        # no phone is ever rung by two of our calls at once
        Index(
            "uq_outbounds_phone_ringing",
            "phone",
            unique=True,
            sqlite_where=text("kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"),
            postgresql_where=text("kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"),
        ),
    )

    kind: Mapped[str] = mapped_column(String(4))
    purpose: Mapped[str] = mapped_column(String(20))  # alert, notice, reply, ask
    lane: Mapped[str] = mapped_column(String(8), default=COURTESY_LANE)
    rank: Mapped[int] = mapped_column(default=9)  # 0: desks and first waves; then by wave
    distance_m: Mapped[float] = mapped_column(default=0.0)
    phone: Mapped[str] = mapped_column(String(32), index=True)
    body: Mapped[str] = mapped_column(Sealed, default="")
    to_citizen: Mapped[bool] = mapped_column(default=False)  # called off when the incident goes quiet
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    ask_id: Mapped[int | None] = mapped_column(ForeignKey("asks.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=OWED)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(80), index=True)
    unknowns: Mapped[int] = mapped_column(default=0)  # how often nobody knows whether it left: once more, never oftener
    tries: Mapped[int] = mapped_column(default=0)
    cancel_at: Mapped[datetime | None] = mapped_column(index=True)  # a call to take back where the carrier can
    ring_seconds: Mapped[int | None]  # of a call; NULL: a text, or a call that a process before 0003 wrote
    ends_by: Mapped[datetime | None] = mapped_column(index=True)  # a call whose end nobody reported by then is over


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
