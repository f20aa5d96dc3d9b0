"""ROOM: act on a delivery receipt, which is what a carrier says later of a text of ours. A receipt never moves a state
back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from gateway.core.messages import Delivery, DeliveryReceipt
from gateway.delivery.outcomes import has_left, note_reached, raise_alert, unreachable
from gateway.inbound import in_tray
from gateway.models import attempt as attempts
from gateway.models import inbound as inbounds
from gateway.models import opt_out as opt_outs
from gateway.models import outbound as outbounds
from gateway.models.alert import DELIVERED
from gateway.models.attempt import Attempt
from gateway.models.inbound import Inbound
from gateway.models.locking import lock, lock_attempt
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

EARLY = timedelta(seconds=4)  # a receipt for an id that we do not know yet is looked at again for so long
# A handset that was off is tried again after this, unless another line can try now.
OUT_OF_REACH = timedelta(seconds=60)
DELIVERY_TRIES = 3  # a text that a network reports as undelivered is handed over at most so many times


def note(uow: UnitOfWork, said: DeliveryReceipt) -> None:
    """Keep a delivery receipt and act on it; it never moves a state back."""
    word = said.delivery.value if said.delivery is not None else "unknown"
    ref = f"{said.ref or said.attempt or ''}:{word}:{said.code}"
    row = in_tray.keep(uow, line=said.line, kind="report", ref=ref, phone=said.phone, raw=said.raw)
    if row is not None:
        _take_receipt(uow, row, said)


def again(uow: UnitOfWork, row: Inbound) -> None:
    """Try a receipt again that came before we knew which text it is about; the sweep calls this."""
    ref, word, code = row.ref.rsplit(":", 2)
    delivery = next((known for known in Delivery if known.value == word), None)
    _take_receipt(uow, row, DeliveryReceipt(row.line, ref, None, delivery, code=code, phone=row.phone))


def _take_receipt(uow: UnitOfWork, row: Inbound, said: DeliveryReceipt) -> None:
    attempt = None
    with in_tray.handling(uow, row):
        attempt = _locked(uow, said)
        if attempt is not None and said.delivery is not None:
            has_left(uow, attempt, said.ref)
            REPORTED[said.delivery](uow, attempt, said)
    early = said.attempt is None and uow.now() - row.received_at < EARLY
    if attempt is None and early and row.state == inbounds.HANDLED:
        row.state = inbounds.UNHANDLED  # the receipt may have been faster than the answer that brings its id


def _locked(uow: UnitOfWork, said: DeliveryReceipt) -> Attempt | None:
    """Return the attempt that a receipt speaks of, locked, or None. The incident is locked with it where the receipt
    may end one of the ways to its phone."""
    attempt_id = attempts.find(uow.db, said.line, said.attempt, said.ref)
    if attempt_id is None:
        return None
    failed = said.delivery is Delivery.FAILED
    held = lock_attempt(uow.db, attempt_id) if failed else lock(uow.db, attempts=Attempt.id == attempt_id)
    return held.attempt if held.attempt is not None and held.attempt.line == said.line else None


def _sent(uow: UnitOfWork, attempt: Attempt, said: DeliveryReceipt) -> None:
    return  # the handing over to the carrier has said this already


def _delivered(uow: UnitOfWork, attempt: Attempt, said: DeliveryReceipt) -> None:
    attempts.deliver(attempt)
    for alert_id in _alerts_told(uow, attempt):
        raise_alert(uow, alert_id, DELIVERED)
    opt_outs.start(uow.db, attempt.outbound.phone, said.line)
    note_reached(uow, attempt, arrived=True)


def _alerts_told(uow: UnitOfWork, attempt: Attempt) -> list[int]:
    """Return the ids of the alerts that this text told: its own, and those of a bundle that left in it."""
    owed = attempt.outbound
    if owed.alert_id is None or owed.purpose != "alert":
        return []
    same = (Attempt.line == attempt.line, Attempt.ref == attempt.ref, Attempt.ref != "")
    query = select(Outbound.alert_id).join(Attempt, Attempt.outbound_id == Outbound.id)
    told = uow.db.scalars(query.where(*same, Outbound.phone == owed.phone, Outbound.purpose == "alert"))
    return sorted({owed.alert_id, *(alert_id for alert_id in told if alert_id is not None)})


def _undelivered(uow: UnitOfWork, attempt: Attempt, said: DeliveryReceipt) -> None:
    """Act on a text that did not reach its phone on this line: other lines try it, and this line again unless the
    number is hopeless there. A handset that was off is given time, and says nothing about the health of the line."""
    if not attempts.miss(attempt, said.code, said.permanent):
        return
    owed = attempt.outbound
    if said.opted_out:
        opt_outs.stop(uow.db, owed.phone, said.line, uow.now(), said.code)
    lines = {line.name for line in uow.lines.for_texts(owed.phone)}
    hopeless = lines <= attempts.hopeless_lines(uow.db, [owed.id])[owed.id]
    if hopeless or owed.tries >= DELIVERY_TRIES:
        outbounds.fail_text(uow.db, owed.id)
    else:
        pause = OUT_OF_REACH if said.absent and lines <= _tried(uow, owed) else timedelta(0)
        outbounds.text_again(uow.db, owed.id, uow.now() + pause)
    if hopeless and owed.alert_id is not None:
        unreachable(uow, owed.alert_id)
    elif owed.incident_id is not None:
        uow.after_commit.deliver(owed.incident_id)
    if not said.absent and not said.permanent:
        note_reached(uow, attempt, arrived=False, code=said.code)


def _tried(uow: UnitOfWork, owed: Outbound) -> set[str]:
    return set(uow.db.scalars(select(Attempt.line).where(Attempt.outbound_id == owed.id)))


REPORTED: dict[Delivery, Callable[[UnitOfWork, Attempt, DeliveryReceipt], None]] = {
    Delivery.SENT: _sent,
    Delivery.DELIVERED: _delivered,
    Delivery.FAILED: _undelivered,
}
