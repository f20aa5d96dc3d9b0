"""ROOM: tell other systems what happens to incidents, by webhooks (Standard Webhooks, docs/adr/0038-webhooks.md).

Every line of a timeline that other systems may know of becomes a message for each webhook whose user sees the incident.
What a message says is read when it leaves: nothing leaves of what has become secret since.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select

from gateway.core.sentences.refusal import Refusal
from gateway.identity import users
from gateway.identity.users import LONGEST_NAME
from gateway.models import user as accounts
from gateway.models import webhook as rows
from gateway.models.event import Event
from gateway.models.incident import Incident
from gateway.models.webhook import Webhook, WebhookMessage
from gateway.monitor import board, outside
from gateway.unit_of_work import UnitOfWork

# the lines of a timeline that leave; a message's type is "incident." and its name
SENT = (
    *("opened", "reported", "wave", "accepted", "en_route", "on_scene", "resolved", "false_alarm", "cancelled"),
    *("reopened", "moved", "kind", "said", "quiet", "quiet_lifted"),
)
PREFIX = "whsec_"
LANGUAGE = "en"
# Ids are given before their transactions commit: a line may appear below a newer one, but not after so long.
SETTLED = timedelta(minutes=10)
KEPT = timedelta(days=30)  # how long what has left can be sent again
MOST = 500  # messages written in one transaction
# pauses after each failure; after the last one a message is given up, and can be sent again by hand
AGAIN = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600, 7200, 14400, 28800, 43200, 86400))


class BadWebhook(Refusal):
    """A webhook cannot be made, ended or replayed as requested; the sentence says why."""


@dataclass(frozen=True)
class Letter:
    """One message as it leaves, free of the database."""

    id: str
    url: str
    secret: str
    is_private: bool
    body: bytes


# --- by operators ---------------------------------------------------------------------------------------------


def add(uow: UnitOfWork, name: str, url: str, user_name: str, is_private: bool) -> str:
    """Make a webhook that acts for a user; return the secret that signs its messages. What happened before is not sent.
    A former webhook of this name ends. Raises BadWebhook."""
    name, user = name.strip(), accounts.by_name(uow.db, user_name)
    if user is None:
        raise BadWebhook("no_user")
    if not name or len(name) > LONGEST_NAME:
        raise BadWebhook("user_name", most=LONGEST_NAME)
    if not url.startswith(("https://", "http://") if is_private else "https://"):
        raise BadWebhook("webhook_url")
    row = rows.by_name(uow.db, name) or Webhook(name=name)
    row.url, row.is_private, row.user_id = url, is_private, user.id
    row.secret = PREFIX + b64encode(secrets.token_bytes(32)).decode()
    row.created_at, row.ended_at, row.trouble = uow.now(), None, ""
    row.settled_id = uow.db.scalar(select(func.max(Event.id))) or 0
    uow.db.add(row)
    uow.db.flush()
    return row.secret


def end(uow: UnitOfWork, name: str) -> None:
    """End a webhook at once. Raises BadWebhook."""
    _named(uow, name).ended_at = uow.now()


def replay(uow: UnitOfWork, name: str, since: datetime) -> int:
    """Send again everything since then, in its order; return how many messages. Raises BadWebhook."""
    return rows.replay(uow.db, _named(uow, name).id, since, uow.now())


def _named(uow: UnitOfWork, name: str) -> Webhook:
    row = rows.by_name(uow.db, name.strip())
    if row is None or row.ended_at is not None:
        raise BadWebhook("no_webhook", name=name)
    return row


# --- by workers -----------------------------------------------------------------------------------------------


def write(uow: UnitOfWork) -> list[int]:
    """Write the messages of what has happened since; return the ids of the webhooks that no other worker has."""
    found = rows.lock_active(uow.db)
    for webhook in found:
        _write(uow, webhook)
    if found:
        rows.forget(uow.db, uow.now() - KEPT)
    return [webhook.id for webhook in found]


def _write(uow: UnitOfWork, webhook: Webhook) -> None:
    written = exists().where(WebhookMessage.webhook_id == webhook.id, WebhookMessage.event_id == Event.id)
    query = select(Event).where(Event.id > webhook.settled_id, Event.kind.in_(SENT), ~written)
    for event in uow.db.scalars(query.order_by(Event.id).limit(MOST)):
        uow.db.add(
            WebhookMessage(
                webhook_id=webhook.id,
                event_id=event.id,
                incident_id=event.incident_id,
                kind=event.kind,
                at=event.at,
                due_at=uow.now(),
            )
        )
    uow.db.flush()
    settled = select(func.max(Event.id)).where(Event.id > webhook.settled_id, Event.at < uow.now() - SETTLED)
    left = uow.db.scalar(query.with_only_columns(func.count()).order_by(None)) or 0
    if not left:
        webhook.settled_id = uow.db.scalar(settled) or webhook.settled_id


def letter(uow: UnitOfWork, message_id: int) -> Letter | None:
    """Return a message as it leaves now; None where nothing may leave, and it is owed no more."""
    row = uow.db.get(WebhookMessage, message_id)
    webhook = uow.db.get(Webhook, row.webhook_id) if row is not None else None
    if row is None or webhook is None or row.due_at is None:
        return None
    told = _told(uow, webhook, row) if webhook.ended_at is None else None
    if told is None:
        row.due_at = None
        return None
    return Letter(f"msg_{row.id}", webhook.url, webhook.secret, webhook.is_private, json.dumps(told).encode())


def _told(uow: UnitOfWork, webhook: Webhook, row: WebhookMessage) -> dict[str, object] | None:
    """Return what this webhook's user may know of it; None: nothing."""
    who = users.identity(uow, webhook.user_id, webhook.user.session)
    if who is None:
        return None
    query = select(Incident).where(Incident.id == row.incident_id, board.ever_visible(uow, who))
    cards = board.cards_of(uow, who, LANGUAGE, uow.db.scalars(query).all())
    if not cards:
        return None
    card = json.loads(json.dumps(outside.card(cards[0]), default=lambda at: at.isoformat()))
    return {"type": f"incident.{row.kind}", "timestamp": row.at.isoformat(), "data": {"incident": card}}


def arrived(uow: UnitOfWork, message_id: int) -> None:
    """Note that a message was taken."""
    row = uow.db.get_one(WebhookMessage, message_id)
    row.due_at, row.tries = None, row.tries + 1
    uow.db.get_one(Webhook, row.webhook_id).arrived_at = uow.now()


def failed(uow: UnitOfWork, message_id: int, trouble: str) -> None:
    """Note that a message was not taken, and when it is tried again."""
    row = uow.db.get_one(WebhookMessage, message_id)
    row.due_at = uow.now() + AGAIN[row.tries] if row.tries < len(AGAIN) else None
    row.tries += 1
    webhook = uow.db.get_one(Webhook, row.webhook_id)
    webhook.failed_at, webhook.trouble = uow.now(), trouble
