"""ROOM: what a carrier says later about a text of ours. A report never moves a state back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update

from gateway.core.messages import Delivery, Report
from gateway.delivery.outcomes import has_left, note_health, raise_alert, unreachable
from gateway.inbound import in_tray
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models.alert import DELIVERED
from gateway.models.inbound import Inbound
from gateway.models.outbound import Attempt, Outbound
from gateway.unit_of_work import Desk

EARLY = timedelta(seconds=4)  # a report about an id that we do not know yet is looked at again so long
OUT_OF_REACH = timedelta(seconds=60)  # a handset that was off is tried again so late, unless another line can try now
DELIVERY_TRIES = 3  # a text that a network reports as undelivered is handed over at most so often


def note(desk: Desk, said: Report) -> None:
    """What a carrier says later about a text of ours. Kept in any case; a report never moves a state back."""
    word = said.delivery.value if said.delivery is not None else "unknown"
    ref = f"{said.ref or said.attempt or ''}:{word}:{said.code}"
    row = in_tray.keep(desk, line=said.line, kind="report", ref=ref, phone=said.phone, raw=said.raw)
    if row is not None:
        _take_report(desk, row, said)


def again(desk: Desk, row: Inbound) -> None:
    """The sweep's try at a report that came before we knew what it is about."""
    ref, word, code = row.ref.rsplit(":", 2)
    delivery = next((known for known in Delivery if known.value == word), None)
    _take_report(desk, row, Report(row.line, ref, None, delivery, code=code, phone=row.phone))


def _take_report(desk: Desk, row: Inbound, said: Report) -> None:
    attempt = None
    with in_tray.handling(desk, row):
        attempt = find_attempt(desk, said)
        if attempt is not None and said.delivery is not None:
            has_left(desk, attempt, said.ref)
            REPORTED[said.delivery](desk, attempt, said)
    early = said.attempt is None and desk.now() - row.received_at < EARLY
    if attempt is None and early and row.state == inbounds.HANDLED:
        row.state = inbounds.UNHANDLED  # it may have been faster than the answer that brings its id


def find_attempt(desk: Desk, said: Report) -> Attempt | None:
    """By the id that we gave the carrier, else by its own."""
    if said.attempt is not None:
        attempt = desk.db.get(Attempt, said.attempt, with_for_update=True)
        return attempt if attempt is not None and attempt.line == said.line else None
    query = select(Attempt).where(Attempt.line == said.line, Attempt.ref == said.ref, Attempt.ref != "")
    return desk.db.scalar(query.order_by(Attempt.id.desc()).limit(1).with_for_update(of=Attempt))


def _sent(desk: Desk, attempt: Attempt, said: Report) -> None:
    return  # handing it over said as much


def _delivered(desk: Desk, attempt: Attempt, said: Report) -> None:
    attempt.state = outbounds.DELIVERED
    if attempt.outbound.alert_id is not None and attempt.outbound.purpose == "alert":
        raise_alert(desk, attempt.outbound.alert_id, DELIVERED)


def _undelivered(desk: Desk, attempt: Attempt, said: Report) -> None:
    """It did not get there on this line: the others are asked, this one again unless the number is hopeless there. A
    handset that was off is given time, and tells nothing about the line."""
    if attempt.state in (outbounds.DELIVERED, outbounds.UNDELIVERED, outbounds.PERMANENT):
        return
    attempt.state = outbounds.PERMANENT if said.permanent else outbounds.UNDELIVERED
    attempt.code = said.code[:60]
    owed = attempt.outbound
    lines = {line.name for line in desk.lines.for_texts(owed.phone)}
    hopeless = lines <= _hopeless(desk, owed)
    values: dict[str, object]
    if hopeless or owed.tries >= DELIVERY_TRIES:
        values = {"state": outbounds.FAILED}
    else:
        pause = OUT_OF_REACH if said.absent and lines <= _tried(desk, owed) else timedelta(0)
        values = {"state": outbounds.OWED, "claimed_by": None, "due_at": desk.now() + pause}
    done = (Outbound.id == owed.id, Outbound.state == outbounds.DONE)
    desk.db.execute(update(Outbound).where(*done).values(**values))
    if hopeless and owed.alert_id is not None:
        unreachable(desk, owed.alert_id)
    elif owed.incident_id is not None:
        desk.later.deliver(owed.incident_id)
    if not said.absent:
        note_health(desk, said.line, outbounds.TEXT, said.permanent, said.code)


def _tried(desk: Desk, owed: Outbound) -> set[str]:
    return set(desk.db.scalars(select(Attempt.line).where(Attempt.outbound_id == owed.id)))


def _hopeless(desk: Desk, owed: Outbound) -> set[str]:
    desk.db.flush()
    never = select(Attempt.line).where(Attempt.outbound_id == owed.id, Attempt.state == outbounds.PERMANENT)
    return set(desk.db.scalars(never))


REPORTED: dict[Delivery, Callable[[Desk, Attempt, Report], None]] = {
    Delivery.SENT: _sent,
    Delivery.DELIVERED: _delivered,
    Delivery.FAILED: _undelivered,
}
