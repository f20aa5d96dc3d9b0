"""The in-tray: each message that a carrier delivered, stored once and whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core import text_ages
from gateway.models.base import Base, Sealed

NEW, BEGUN, HANDLED, UNHANDLED, TO_HUMAN, SEEN, HELD = (
    "new",
    "begun",  # committed before it is understood; if its process dies meanwhile, the sweep finds it
    "handled",
    "unhandled",  # handling it failed; the sweep tries again
    "to_human",  # it failed twice, or a human must read it (siaga inbox)
    "seen",
    "held",  # came out of a backup before it was understood; see gateway.models.hold
)


class Inbound(Base):
    __tablename__ = "inbounds"
    __table_args__ = (UniqueConstraint("line", "kind", "ref"),)

    line: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))  # text, call, event, report, ussd
    ref: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(64), index=True)
    body: Mapped[str] = mapped_column(Sealed, default="")
    raw: Mapped[str] = mapped_column(Sealed, default="")
    state: Mapped[str] = mapped_column(String(10), default=NEW, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    verified: Mapped[bool] = mapped_column(default=False)  # whether the number was verified when the message arrived
    received_at: Mapped[datetime] = mapped_column(index=True)
    # When it was sent, as its carrier tells it, or came in if it waited in the spool since; NULL: unknown.
    sent_at: Mapped[datetime | None]
    # the number of ours that it came to (E.164), or a unit's keyword
    called: Mapped[str] = mapped_column(String(64), default="")
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    # The unit whose desks read an unknown number's text (location.home_unit). NULL: the sender's own unit, else the
    # desks at the top.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))

    @property
    def sent_by(self) -> datetime:
        """Return the latest moment at which it can have been sent."""
        return text_ages.latest(self.sent_at, self.received_at)

    def late_since(self, now: datetime) -> datetime | None:
        """Return when it was sent if that is so long ago that people must read of it, else None."""
        return self.sent_at if text_ages.came_late(self.sent_at, now) else None


def waiting_for_a_human(db: Session) -> Sequence[Inbound]:
    return db.scalars(select(Inbound).where(Inbound.state == TO_HUMAN).order_by(Inbound.received_at)).all()


def came_at(db: Session, line: str, kind: str, ref: str) -> datetime | None:
    """Return when a carrier first delivered this message; None if it never did."""
    return db.scalar(select(Inbound.received_at).where(Inbound.line == line, Inbound.kind == kind, Inbound.ref == ref))
