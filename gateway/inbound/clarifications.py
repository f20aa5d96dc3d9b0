"""A text of a verified number that is neither panic nor command: never silence. The desk is told, we ask back, and if
neither answers within a minute the desk's phone rings."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from gateway import notices
from gateway.core.phone import local
from gateway.identity.callers import Caller
from gateway.models import ask as questions
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.ask import Ask
from gateway.models.inbound import Inbound
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import Desk

RING_AFTER = timedelta(seconds=60)
ONE_TEXT_IN = timedelta(minutes=5)  # the desk gets one text per citizen in so long; a human sees every one in the inbox


def ask_back(desk: Desk, caller: Caller, row: Inbound) -> None:
    """Tell the desk at once, ask the person back unless quiet, and start the minute."""
    now = desk.now()
    unit = desk.db.get(Unit, caller.unit_id) if caller.unit_id is not None else None
    recent = desk.db.scalar(select(Ask.id).where(Ask.phone == caller.phone, Ask.asked_at > now - ONE_TEXT_IN).limit(1))
    row.state = inbounds.TO_HUMAN
    running = questions.open_of(desk.db, caller.phone, now)
    if running is None:
        who = units.desk_of(desk.db, unit)
        desk.db.add(
            Ask(
                phone=caller.phone,
                inbound_id=row.id,
                unit_id=who.id if who else None,
                asked_at=now,
                ring_at=now + RING_AFTER,
            )
        )
    if recent is None:
        notices.tell_desk(desk, unit, "desk.unclear", name=caller.name, number=local(caller.phone), words=row.body)
        if not caller.quiet:
            notices.tell(desk, caller.phone, caller.language, "citizen.ask_back", unit)


def settle(desk: Desk, ask: Ask, who: str) -> None:
    """Somebody has answered: the citizen's YA, a panic after all, or a human at the desk."""
    ask.answered_at, ask.answered_by, ask.ring_at = desk.now(), who[:120], None
    row = desk.db.get(Inbound, ask.inbound_id)
    if row is not None and row.state == inbounds.TO_HUMAN:
        row.state = inbounds.SEEN


def settle_desk(desk: Desk, caller: Caller) -> bool:
    """A desk says that it has seen to what it was told; True if anything was open."""
    mine = questions.open_of_units(desk.db, [unit.id for unit in caller.desks], desk.now())
    for ask in mine:
        settle(desk, ask, caller.name)
    return bool(mine)


def ring_due(desk: Desk, limit: int = 100) -> None:
    """Neither the citizen nor the desk has answered: the desk's phone rings."""
    now = desk.now()
    query = select(Ask).where(Ask.ring_at <= now, Ask.answered_at.is_(None)).order_by(Ask.ring_at).limit(limit)
    for ask in desk.db.scalars(query.with_for_update(skip_locked=True)):
        ask.ring_at = None
        who = units.desk_of(desk.db, desk.db.get(Unit, ask.unit_id) if ask.unit_id else None)
        if who is not None and who.phone:
            owe_call(desk, ask, who.phone)


def owe_call(desk: Desk, ask: Ask, phone: str, after: timedelta = timedelta(0)) -> None:
    now = desk.now()
    row = Outbound(
        kind=outbounds.CALL,
        purpose="ask",
        lane=outbounds.ALERT_LANE,
        rank=0,
        phone=phone,
        ask_id=ask.id,
        created_at=now,
        due_at=now + after,
    )
    desk.db.add(row)
    desk.db.flush()
    desk.later.send(row.id)
