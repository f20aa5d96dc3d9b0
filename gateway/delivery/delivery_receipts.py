"""ROOM: what a carrier says later about a text of ours. A report never moves a state back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update

from gateway.core.messages import Delivery, DeliveryReceipt
from gateway.delivery.outcomes import has_left, note_health, raise_alert, unreachable
from gateway.inbound import in_tray
from gateway.models import attempt as attempts
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models.alert import DELIVERED
from gateway.models.attempt import Attempt
from gateway.models.inbound import Inbound
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

EARLY = timedelta(seconds=4)  # a report about an id that we do not know yet is looked at again so long
OUT_OF_REACH = timedelta(seconds=60)  # a handset that was off is tried again so late, unless another line can try now
DELIVERY_TRIES = 3  # a text that a network reports as undelivered is handed over at most so often


def note(uow: UnitOfWork, said: DeliveryReceipt) -> None:
    """What a carrier says later about a text of ours. Kept in any case; a report never moves a state back."""
    word = said.delivery.value if said.delivery is not None else "unknown"
    ref = f"{said.ref or said.attempt or ''}:{word}:{said.code}"
    row = in_tray.keep(uow, line=said.line, kind="report", ref=ref, phone=said.phone, raw=said.raw)
    if row is not None:
        _take_receipt(uow, row, said)


def again(uow: UnitOfWork, row: Inbound) -> None:
    """The sweep's try at a report that came before we knew what it is about."""
    ref, word, code = row.ref.rsplit(":", 2)
    delivery = next((known for known in Delivery if known.value == word), None)
    _take_receipt(uow, row, DeliveryReceipt(row.line, ref, None, delivery, code=code, phone=row.phone))


def _take_receipt(uow: UnitOfWork, row: Inbound, said: DeliveryReceipt) -> None:
    attempt = None
    with in_tray.handling(uow, row):
        attempt = find_attempt(uow, said)
        if attempt is not None and said.delivery is not None:
            has_left(uow, attempt, said.ref)
            REPORTED[said.delivery](uow, attempt, said)
    early = said.attempt is None and uow.now() - row.received_at < EARLY
    if attempt is None and early and row.state == inbounds.HANDLED:
        row.state = inbounds.UNHANDLED  # it may have been faster than the answer that brings its id


def find_attempt(uow: UnitOfWork, said: DeliveryReceipt) -> Attempt | None:
    """By the id that we gave the carrier, else by its own."""
    if said.attempt is not None:
        attempt = uow.db.get(Attempt, said.attempt, with_for_update=True)
        return attempt if attempt is not None and attempt.line == said.line else None
    query = select(Attempt).where(Attempt.line == said.line, Attempt.ref == said.ref, Attempt.ref != "")
    return uow.db.scalar(query.order_by(Attempt.id.desc()).limit(1).with_for_update(of=Attempt))


def _sent(uow: UnitOfWork, attempt: Attempt, said: DeliveryReceipt) -> None:
    return  # handing it over said as much


def _delivered(uow: UnitOfWork, attempt: Attempt, said: DeliveryReceipt) -> None:
    attempt.state = attempts.DELIVERED
    if attempt.outbound.alert_id is not None and attempt.outbound.purpose == "alert":
        raise_alert(uow, attempt.outbound.alert_id, DELIVERED)


def _undelivered(uow: UnitOfWork, attempt: Attempt, said: DeliveryReceipt) -> None:
    """It did not get there on this line: the others are asked, this one again unless the number is hopeless there. A
    handset that was off is given time, and tells nothing about the line."""
    if attempt.state in (attempts.DELIVERED, attempts.UNDELIVERED, attempts.PERMANENT):
        return
    attempt.state = attempts.PERMANENT if said.permanent else attempts.UNDELIVERED
    attempt.code = said.code[:60]
    owed = attempt.outbound
    lines = {line.name for line in uow.lines.for_texts(owed.phone)}
    hopeless = lines <= _hopeless(uow, owed)
    values: dict[str, object]
    if hopeless or owed.tries >= DELIVERY_TRIES:
        values = {"state": outbounds.FAILED}
    else:
        pause = OUT_OF_REACH if said.absent and lines <= _tried(uow, owed) else timedelta(0)
        values = {"state": outbounds.OWED, "claimed_by": None, "due_at": uow.now() + pause}
    done = (Outbound.id == owed.id, Outbound.state == outbounds.DONE)
    uow.db.execute(update(Outbound).where(*done).values(**values))
    if hopeless and owed.alert_id is not None:
        unreachable(uow, owed.alert_id)
    elif owed.incident_id is not None:
        uow.after_commit.deliver(owed.incident_id)
    if not said.absent:
        note_health(uow, said.line, outbounds.TEXT, said.permanent, said.code)


def _tried(uow: UnitOfWork, owed: Outbound) -> set[str]:
    return set(uow.db.scalars(select(Attempt.line).where(Attempt.outbound_id == owed.id)))


def _hopeless(uow: UnitOfWork, owed: Outbound) -> set[str]:
    uow.db.flush()
    never = select(Attempt.line).where(Attempt.outbound_id == owed.id, Attempt.state == attempts.PERMANENT)
    return set(uow.db.scalars(never))


REPORTED: dict[Delivery, Callable[[UnitOfWork, Attempt, DeliveryReceipt], None]] = {
    Delivery.SENT: _sent,
    Delivery.DELIVERED: _delivered,
    Delivery.FAILED: _undelivered,
}
