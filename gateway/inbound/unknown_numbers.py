"""Answer numbers that may not ask for officers, and stop answering them when that costs too much."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from gateway import notices
from gateway.core.reachability import Way
from gateway.core.words import reply_limits
from gateway.identity import reachability
from gateway.identity.callers import Caller
from gateway.models.outbound import STRANGER, Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

LOOK_BACK = 10  # a bounce is compared with so many of our texts to one number


def greet(uow: UnitOfWork, caller: Caller) -> None:
    """Owe the one honest reply in a day: not registered, ring 110, how to register."""
    since = uow.now() - reply_limits.GREETING_IN
    if not _count(uow, Outbound.phone == caller.phone, Outbound.created_at > since):
        answer(uow, caller, "unknown.not_registered")


def answer(uow: UnitOfWork, caller: Caller, key: str, unit: Unit | None = None, **facts: object) -> None:
    """Owe a sentence to this number, unless its phone must stay dark; to an unknown number only as long as the budget
    lasts."""
    if not reachability.to_caller(uow, caller, Way.ANSWER).allowed:
        return
    known = caller.verified or bool(caller.desks)
    if known or may_answer(uow, caller.phone):
        body = notices.sentence(uow, caller.language, key, unit, **facts)
        notices.owe_text(uow, caller.phone, body, purpose="reply" if known else STRANGER)


def may_answer(uow: UnitOfWork, phone: str) -> bool:
    """Return whether one more text to this unknown number is within `core.words.reply_limits`."""
    now, prefix = uow.now(), reply_limits.prefix_of(phone)
    hourly = (Outbound.purpose == STRANGER, Outbound.created_at > now - reply_limits.HOUR)
    others = [other for other in reply_limits.BY_PREFIX if other]
    there = Outbound.phone.startswith(prefix) if prefix else ~_any_of(others)
    today = _count(uow, Outbound.phone == phone, Outbound.created_at > now - reply_limits.DAY)
    return reply_limits.within(today, _count(uow, *hourly), _count(uow, *hourly, there), phone)


def _any_of(prefixes: list[str]) -> ColumnElement[bool]:
    first, *rest = (Outbound.phone.startswith(prefix) for prefix in prefixes)
    found = first
    for other in rest:
        found = found | other
    return found


def _count(uow: UnitOfWork, *which: ColumnElement[bool]) -> int:
    return uow.db.scalar(select(func.count(Outbound.id)).where(*which)) or 0


def last_texts(uow: UnitOfWork, phone: str) -> tuple[str, ...]:
    """Return our newest texts to this number within a day, the newest first. A text that comes back as it left is a
    bounce: its words are ours ("kirim TOLONG", "balas OK K7Q") and mean nothing."""
    recent = select(Outbound.body).where(Outbound.phone == phone, Outbound.created_at > uow.now() - reply_limits.DAY)
    return tuple(body for body in uow.db.scalars(recent.order_by(Outbound.id.desc()).limit(LOOK_BACK)) if body)
