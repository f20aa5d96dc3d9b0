"""Handle a verified number's text that is neither panic nor command. It is never met with silence: the desk is told, we
ask back, and if neither answers within a minute the desk's phone rings."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from gateway import notices
from gateway.core.phone import local
from gateway.core.reachability import Way
from gateway.identity import reachability
from gateway.identity.callers import Caller
from gateway.models import clarification as clarification_rows
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

RING_AFTER = timedelta(seconds=60)
# The desk gets one text per citizen within this; a human sees all of them in the inbox.
ONE_TEXT_IN = timedelta(minutes=5)


def ask_back(uow: UnitOfWork, caller: Caller, row: Inbound) -> None:
    """Tell the desk at once, ask the person back unless their phone must be quiet, and start the minute."""
    now = uow.now()
    unit = uow.db.get(Unit, caller.unit_id) if caller.unit_id is not None else None
    recent = uow.db.scalar(
        select(Clarification.id)
        .where(Clarification.phone == caller.phone, Clarification.asked_at > now - ONE_TEXT_IN)
        .limit(1)
    )
    row.state = inbounds.TO_HUMAN
    running = clarification_rows.open_of(uow.db, caller.phone, now)
    if running is None:
        who = units.desk_of(uow.db, unit)
        uow.db.add(
            Clarification(
                phone=caller.phone,
                inbound_id=row.id,
                unit_id=who.id if who else None,
                asked_at=now,
                ring_at=now + RING_AFTER,
            )
        )
    if recent is None:
        notices.tell_desk(uow, unit, "desk.unclear", name=caller.name, number=local(caller.phone), words=row.body)
        if reachability.to_caller(uow, caller, Way.ANSWER).allowed:
            notices.tell(uow, caller.phone, caller.language, "citizen.ask_back", unit)


def settle(uow: UnitOfWork, clarification: Clarification, who: str) -> None:
    """Close a clarification because somebody has answered: the citizen with YA or a panic, or a human at the desk."""
    clarification.answered_at, clarification.answered_by, clarification.ring_at = uow.now(), who[:120], None
    row = uow.db.get(Inbound, clarification.inbound_id)
    if row is not None and row.state == inbounds.TO_HUMAN:
        row.state = inbounds.SEEN


def settle_desk(uow: UnitOfWork, caller: Caller) -> None:
    """Close everything that this desk was told, because it says that it has seen to it."""
    mine = clarification_rows.open_of_units(uow.db, [unit.id for unit in caller.desks], uow.now())
    for clarification in mine:
        settle(uow, clarification, caller.name)


def ring_due(uow: UnitOfWork, limit: int = 100) -> None:
    """Ring the desks of clarifications that neither the citizen nor the desk has answered in time."""
    now = uow.now()
    query = (
        select(Clarification)
        .where(Clarification.ring_at <= now, Clarification.answered_at.is_(None))
        .order_by(Clarification.ring_at)
        .limit(limit)
    )
    for clarification in uow.db.scalars(query.with_for_update(skip_locked=True)):
        clarification.ring_at = None
        who = units.desk_of(uow.db, uow.db.get(Unit, clarification.unit_id) if clarification.unit_id else None)
        if who is not None and who.phone:
            owe_call(uow, clarification, who.phone)


def owe_call(uow: UnitOfWork, clarification: Clarification, phone: str, after: timedelta = timedelta(0)) -> None:
    """Owe one call about this text to a desk's `phone`; it rings as long as the policy of the desk's unit says."""
    now = uow.now()
    row = Outbound(
        kind=outbounds.CALL,
        purpose="ask",
        lane=outbounds.ALERT_LANE,
        rank=0,
        phone=phone,
        ask_id=clarification.id,
        ring_seconds=units.policy_for(units.by_id(uow.db, clarification.unit_id)).ring,
        created_at=now,
        due_at=now + after,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.after_commit.send(row.id)
