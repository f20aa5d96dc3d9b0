"""Tell officers and desks how to answer, as often as `core.words.reply_limits` allows."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, update

from gateway import notices
from gateway.core.intent.table import Kind
from gateway.core.words import reply_limits
from gateway.identity.callers import Caller
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

# With these a responder does something real; the others are words, and answers to nothing.
ACTS = frozenset(
    {Kind.OWN_DUTY, Kind.HAND_OVER, Kind.ANSWER, Kind.STEP_IN, Kind.ANSWER_CALL, Kind.RELAY, Kind.PANIC, Kind.CONFIRM}
)


def may_tell(uow: UnitOfWork, phone: str) -> bool:
    """Return whether one more text of help to this number is within bounds."""
    return reply_limits.may_help(uow.db.scalar(select(func.count(Outbound.id)).where(*_told(uow, phone))) or 0)


def tell(uow: UnitOfWork, caller: Caller, key: str, **facts: object) -> None:
    """Owe a sentence of help to an officer or a desk, within bounds."""
    if may_tell(uow, caller.phone):
        language = caller.officer.language if caller.officer else None
        body = notices.sentence(uow, language, key, units.by_id(uow.db, caller.unit_id), **facts)
        notices.owe_text(uow, caller.phone, body, purpose=outbounds.HELP)


def texted(uow: UnitOfWork, caller: Caller, kind: Kind) -> None:
    """Let the help begin anew if an officer or a desk has done something real by a text of this kind."""
    if caller.responder and kind in ACTS:
        acted(uow, caller.phone)


def acted(uow: UnitOfWork, phone: str) -> None:
    """Let the help begin anew: a human at this number has done something real."""
    uow.db.execute(update(Outbound).where(*_told(uow, phone)).values(purpose=outbounds.REPLY))


def _told(uow: UnitOfWork, phone: str) -> tuple[ColumnElement[bool], ...]:
    since = uow.now() - reply_limits.DAY
    return Outbound.phone == phone, Outbound.purpose == outbounds.HELP, Outbound.created_at > since
