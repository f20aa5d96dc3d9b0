"""Webhooks: addresses of other systems that are told what happens to incidents, and the messages that are owed to them.

A message is a row that is due, like everything that is owed; `due_at` is NULL once it has arrived or was given up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, exists, func, select, text, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from gateway.models.base import Base, Sealed
from gateway.models.user import User

WEBHOOK_LANE = "webhook"  # threads that wait for other systems
LEASE = timedelta(seconds=60)  # a sender that says nothing for so long is dead, and its message is due again


class Webhook(Base):
    """One address of another system. It acts for a user: of incidents that this user may not see nothing leaves."""

    __tablename__ = "webhooks"

    name: Mapped[str] = mapped_column(String(60), unique=True)
    url: Mapped[str] = mapped_column(Sealed)  # it may hold a token
    secret: Mapped[str] = mapped_column(Sealed)  # whsec_...; signs what leaves
    is_private: Mapped[bool] = mapped_column(default=False)  # may stand in a private network, and without TLS
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    settled_id: Mapped[int] = mapped_column(default=0)  # every line of a timeline up to this one has its message
    arrived_at: Mapped[datetime | None]  # the last message that was taken
    failed_at: Mapped[datetime | None]  # the last one that was not
    trouble: Mapped[str] = mapped_column(String(60), default="")  # why not

    user: Mapped[User] = relationship(lazy="joined")

    @property
    def is_bad(self) -> bool:
        """Return whether the last message was not taken."""
        return self.failed_at is not None and (self.arrived_at is None or self.failed_at > self.arrived_at)


class WebhookMessage(Base):
    """A message to one webhook about one line of a timeline."""

    __tablename__ = "webhook_messages"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index(
            "ix_webhook_messages_owed",
            "webhook_id",
            "incident_id",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"))
    event_id: Mapped[int]  # the line of the timeline, which may be forgotten before
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime | None]  # NULL: it has arrived, or was given up
    tries: Mapped[int] = mapped_column(default=0)


def active(db: Session) -> Sequence[Webhook]:
    """Return the webhooks that have not ended, by name."""
    return db.scalars(select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.name)).all()


def lock_active(db: Session) -> Sequence[Webhook]:
    """Return those of them that no other worker has in hand, locked until the commit."""
    query = select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id)
    return db.scalars(query.with_for_update(skip_locked=True, of=Webhook)).all()


def by_name(db: Session, name: str) -> Webhook | None:
    return db.scalar(select(Webhook).where(Webhook.name == name))


def claim(db: Session, webhook_id: int, now: datetime, most: int) -> Sequence[int]:
    """Claim messages that are due for `most` incidents, and return their ids: of one incident only the earliest, so
    that they arrive in their order. Who claimed them and dies leaves them due again after LEASE."""
    earlier = aliased(WebhookMessage)
    owed_before = exists().where(
        earlier.webhook_id == webhook_id,
        earlier.incident_id == WebhookMessage.incident_id,
        earlier.due_at.is_not(None),
        earlier.id < WebhookMessage.id,
    )
    due = (WebhookMessage.webhook_id == webhook_id, WebhookMessage.due_at <= now)
    first = select(WebhookMessage.id).where(*due, ~owed_before).order_by(WebhookMessage.id).limit(most)
    moved = update(WebhookMessage).where(WebhookMessage.id.in_(first), WebhookMessage.due_at <= now)
    return db.scalars(moved.values(due_at=now + LEASE).returning(WebhookMessage.id)).all()


def replay(db: Session, webhook_id: int, since: datetime, now: datetime) -> int:
    """Owe every message since then once more, in its order; return how many."""
    again = update(WebhookMessage).where(WebhookMessage.webhook_id == webhook_id, WebhookMessage.at >= since)
    return len(db.scalars(again.values(due_at=now, tries=0).returning(WebhookMessage.id)).all())


def waiting(db: Session) -> dict[int, tuple[int, datetime]]:
    """Return by webhook how many messages are owed, and since when the oldest."""
    query = select(WebhookMessage.webhook_id, func.count(), func.min(WebhookMessage.at))
    owed = query.where(WebhookMessage.due_at.is_not(None)).group_by(WebhookMessage.webhook_id)
    return {webhook_id: (count, since) for webhook_id, count, since in db.execute(owed)}


def forget(db: Session, before: datetime) -> None:
    """Delete the messages of before that time that are owed no more."""
    db.execute(delete(WebhookMessage).where(WebhookMessage.at < before, WebhookMessage.due_at.is_(None)))
