"""A USSD session: its place in the menu, what was typed, and the screen that answered each step.

People type PINs and identity numbers there, so everything that was typed or shown is encrypted.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base, Sealed


class UssdSession(Base):
    __tablename__ = "ussd_sessions"
    __table_args__ = (UniqueConstraint("line", "ref"),)

    line: Mapped[str] = mapped_column(String(20))
    ref: Mapped[str] = mapped_column(String(200))  # the carrier's id of the session
    phone: Mapped[str] = mapped_column(String(64), index=True)
    node: Mapped[str] = mapped_column(String(30), default="")  # the present menu screen; empty = nothing shown yet
    memory: Mapped[str] = mapped_column(Sealed, default="{}")  # JSON: values that the menu needs on a later screen
    hops: Mapped[str] = mapped_column(Sealed, default="[]")  # JSON: [typed so far, screen, whether the session goes on]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))  # the panic sent in this session
    started_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def story(self) -> list[tuple[str, str, bool]]:
        return [(str(typed), str(screen), bool(more)) for typed, screen, more in json.loads(self.hops)]

    @property
    def kept(self) -> dict[str, str]:
        return {str(name): str(value) for name, value in json.loads(self.memory).items()}


def locked(db: Session, line: str, ref: str) -> UssdSession | None:
    """Lock the session until the commit and return it, so that two of its steps never run at once."""
    query = select(UssdSession).where(UssdSession.line == line, UssdSession.ref == ref)
    return db.scalar(query.with_for_update().execution_options(populate_existing=True))
