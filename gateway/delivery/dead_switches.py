"""Judge the calls of a line whose process `switch` is dead or deaf: nobody hears what becomes of them."""

from __future__ import annotations

import logging

from sqlalchemy import func, select

from gateway.carriers.registry import is_switched
from gateway.core.messages import Ending
from gateway.delivery.call_results import can_call, over
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.locking import lock_attempt
from gateway.models.outbound import Outbound
from gateway.models.worker import Switch
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

log = logging.getLogger(__name__)

LOST = "switch_lost"
LIVE = (attempts.HANDED, attempts.ANSWERED, attempts.UNKNOWN)


def lines_of(uow: UnitOfWork) -> list[str]:
    """Return the lines in use that have a process `switch`."""
    return [line for line in uow.lines.names() if is_switched(line)]


def deaf(uow: UnitOfWork) -> list[str]:
    """Return the lines in use whose calls nobody has heard of for SILENT_AFTER: their switch is silent, never beat, or
    is cut off from its exchange."""
    lines = lines_of(uow)
    rows = uow.db.scalars(select(Switch).where(Switch.line.in_(lines))).all() if lines else ()
    held = {row.line for row in rows if not (row.silent(uow.now()) or row.cut_off(uow.now()))}
    return [line for line in lines if line not in held]


def judge(open_uow: OpenUnitOfWork) -> list[tuple[str, str]]:
    """End the calls of such lines as calls that their line could not put through: another line rings, or the same
    one once its switch is back. A call with a key that counted is left, because two people may be talking. Return each
    as line and the carrier's reference, for whoever takes it back from Asterisk."""
    with open_uow() as uow:
        lines = deaf(uow)
        if not lines:
            return []
        under_way = (Outbound.kind == outbounds.CALL, Outbound.state == outbounds.UNDER_WAY)
        newest = select(func.max(Attempt.id)).join(Outbound).where(*under_way).group_by(Attempt.outbound_id)
        theirs = (Attempt.id.in_(newest), Attempt.line.in_(lines), Attempt.state.in_(LIVE), Attempt.keyed.is_(False))
        ids = uow.db.scalars(select(Attempt.id).where(*theirs).order_by(Attempt.outbound_id)).all()
    return [call for call in (_lose(open_uow, attempt_id) for attempt_id in ids) if call is not None]


def _lose(open_uow: OpenUnitOfWork, attempt_id: int) -> tuple[str, str] | None:
    try:
        with open_uow() as uow:
            attempt = lock_attempt(uow.db, attempt_id).attempt
            if attempt is None or attempt.state not in LIVE or attempt.keyed:
                return None
            attempt.ended_at, attempt.ending = uow.now(), LOST
            over(uow, attempt, Ending.FAILED)
            return attempt.line, attempt.ref
    except Exception:  # an error in one call must not stop the others
        log.exception("a call of a dead switch was not judged", extra={"attempt_id": attempt_id})
        return None


def take_back(open_uow: OpenUnitOfWork, line: str, ref: str) -> None:
    """Stop a phone that nobody would speak to from ringing; its call is written as ended already."""
    with open_uow() as uow:
        carrier = uow.lines.named(line)
    if can_call(carrier):
        carrier.cancel_call(ref)
