"""From what is owed to what has left: claim the row, use a line, write what happened.

    claim (claiming.py) -> wait for the line's pace -> begin: the attempt is a row -> the wire, no database held
    -> finish: what the answer means for what is owed (outcomes.py)

Each step is a short transaction of its own. A refused line hands over to the next at once; what every line refused for
a passing reason stays owed; an unknown outcome is sent once more, never oftener (docs/adr/0003).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.carriers.base import Carrier, TextCarrier, VoiceCarrier
from gateway.core.messages import CallOut, Outcome, Sent, TextOut
from gateway.core.sentences.segments import segments
from gateway.delivery.claims import ClaimedOutbound, line_of, lines_of, unwanted
from gateway.delivery.outcomes import AGAIN, handed_over, has_left, note_health, note_price, unknown, unreachable
from gateway.infrastructure.database import is_gone
from gateway.models import outbound as outbounds
from gateway.models.outbound import Attempt, Outbound
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

log = logging.getLogger(__name__)
T = TypeVar("T")

ATTEMPT_STATE = {
    Outcome.ACCEPTED: outbounds.HANDED,
    Outcome.REFUSED: outbounds.REFUSED,
    Outcome.PERMANENT: outbounds.PERMANENT,
    Outcome.UNKNOWN: outbounds.UNKNOWN,
}


# --- deliver ---------------------------------------------------------------------------------------------------------


def batches(uow: UnitOfWork, batch: Iterable[ClaimedOutbound]) -> list[list[ClaimedOutbound]]:
    """What one request can carry: texts of the same words where the line takes many; everything else alone."""

    def key(claimed: ClaimedOutbound) -> tuple[str, str, str, list[str], str]:
        return claimed.kind, claimed.lane, line_of(uow, [claimed]), sorted(claimed.missed), claimed.body

    together = []
    for (kind, _, line, _, _), group in groupby(sorted(batch, key=key), key):
        carrier = uow.lines.named(line)
        most = carrier.batch if kind == outbounds.TEXT and isinstance(carrier, TextCarrier) else 1
        together += list(chunks(list(group), most))
    return together


def chunks(things: Sequence[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(things), size):
        yield list(things[start : start + size])


def deliver(open_uow: OpenUnitOfWork, batch: Sequence[ClaimedOutbound]) -> None:
    """Bring one batch out, line after line, until each has left, can never arrive, or every line has refused."""
    tried: list[str] = []
    with open_uow() as uow:
        lines = lines_of(uow, batch[0])
    for line in lines:
        left: list[ClaimedOutbound] = []
        for some in chunks(batch, line.batch if isinstance(line, TextCarrier) and some_text(batch) else 1):
            left += _try(open_uow, line, some)
        tried.append(line.name)
        batch = left
        if not batch:
            return
    for alert_id in record(open_uow, lambda uow: _put_back(uow, batch, tried)):
        # a transaction of its own, because it locks the incident first
        record(open_uow, partial(unreachable, alert_id=alert_id))


def some_text(batch: Sequence[ClaimedOutbound]) -> bool:
    return batch[0].kind == outbounds.TEXT


def _try(open_uow: OpenUnitOfWork, line: Carrier, batch: Sequence[ClaimedOutbound]) -> list[ClaimedOutbound]:
    """One request on one line; returns what the next line shall try."""
    with open_uow() as uow:
        begun = _begin(uow, line.name, batch)
    if not begun:
        return []
    ready = [claimed for claimed in begun if claimed.attempt]
    answers = _wire(line, ready) if ready else []
    passed = [claimed for claimed in begun if not claimed.attempt]
    return passed + record(open_uow, lambda uow: _finish(uow, line.name, ready, answers))


def _begin(uow: UnitOfWork, line: str, batch: Sequence[ClaimedOutbound]) -> list[ClaimedOutbound]:
    """Write the attempts, before the wire is touched. What was called off meanwhile is dropped here; one that
    this line can never deliver comes back without an attempt."""
    ids = [claimed.id for claimed in batch]
    mine = (Outbound.id.in_(ids), Outbound.claimed_by == uow.worker)
    held = Outbound.state.in_((outbounds.CLAIMED, outbounds.SENDING))
    uow.db.execute(update(Outbound).where(*mine, held, unwanted()).values(state=outbounds.CALLED_OFF))
    query = update(Outbound).where(*mine, held).values(state=outbounds.SENDING, tries=Outbound.tries + 1)
    still = set(uow.db.scalars(query.returning(Outbound.id)))
    never = set(
        uow.db.scalars(
            select(Attempt.outbound_id).where(
                Attempt.outbound_id.in_(ids), Attempt.line == line, Attempt.state == outbounds.PERMANENT
            )
        )
    )
    begun = []
    for claimed in (claimed for claimed in batch if claimed.id in still):
        if claimed.id in never:
            begun.append(replace(claimed, attempt=0))
            continue
        parts = (
            segments(claimed.body) if claimed.kind == outbounds.TEXT else None
        )  # until the carrier tells its own count
        row = Attempt(outbound_id=claimed.id, line=line, started_at=uow.now(), parts=parts)
        uow.db.add(row)
        uow.db.flush()
        begun.append(replace(claimed, attempt=row.id))
    return begun


def _wire(line: Carrier, batch: Sequence[ClaimedOutbound]) -> Sequence[Sent]:
    """The only place where the outside is waited for; nothing of ours is held meanwhile."""
    if some_text(batch) and isinstance(line, TextCarrier):
        texts = [TextOut(claimed.attempt, claimed.phone, claimed.body, valid_seconds=600) for claimed in batch]
        return line.send_texts(texts)
    if isinstance(line, VoiceCarrier):
        return [line.place_call(CallOut(claimed.attempt, claimed.phone, claimed.ring_seconds)) for claimed in batch]
    return [Sent(Outcome.REFUSED, code="no_such_line") for _ in batch]


def record(open_uow: OpenUnitOfWork, write: Callable[[UnitOfWork], T], patience: float = 0.5) -> T:
    """Write what happened, however long the database is away: the wire has been touched and only we know."""
    told = False
    while True:
        try:
            with open_uow() as uow:
                return write(uow)
        except (DBAPIError, PoolTimeout) as error:
            if not is_gone(error):
                raise
            if not told:
                log.warning("the database is away; the result waits", extra={"error": type(error).__name__})
            told = True
            time.sleep(patience)


# --- finish ----------------------------------------------------------------------------------------------------------


def _finish(
    uow: UnitOfWork, line: str, batch: Sequence[ClaimedOutbound], answers: Sequence[Sent]
) -> list[ClaimedOutbound]:
    """Write the carrier's answers; returns those that the next line shall try."""
    go_on = []
    for claimed, sent in zip(batch, answers, strict=True):
        attempt = uow.db.get(Attempt, claimed.attempt, with_for_update=True)
        if attempt is not None and _write_answer(uow, claimed, attempt, sent):
            go_on.append(claimed)
    for claimed, sent in zip(batch, answers, strict=True):  # last: every sender of this line waits for this row
        note_health(uow, line, claimed.kind, sent.outcome in (Outcome.ACCEPTED, Outcome.PERMANENT), sent.code)
    return go_on


def _write_answer(uow: UnitOfWork, claimed: ClaimedOutbound, attempt: Attempt, sent: Sent) -> bool:
    """Write one answer; True: the next line shall try it now."""
    outcome, taken_over = _outcome(attempt, sent), attempt.state == outbounds.UNKNOWN
    attempt.ref, attempt.finished_at = sent.ref or attempt.ref, uow.now()
    attempt.parts = sent.parts or attempt.parts
    note_price(attempt, sent.price)
    if taken_over:  # while this worker was silent; another has seen to it that it leaves again
        if outcome is Outcome.ACCEPTED:
            has_left(uow, attempt)
        return False
    attempt.code = sent.code[:60]
    if attempt.state == outbounds.TRYING:
        attempt.state = ATTEMPT_STATE[outcome]
    return _settle(uow, claimed, outcome)


def _outcome(attempt: Attempt, sent: Sent) -> Outcome:
    """The carrier's answer, unless its own call-back was faster and knows better."""
    if attempt.state in (outbounds.UNDELIVERED, outbounds.PERMANENT):
        return Outcome.REFUSED
    return Outcome.ACCEPTED if attempt.ref or attempt.state in outbounds.HAS_LEFT else sent.outcome


def _settle(uow: UnitOfWork, claimed: ClaimedOutbound, outcome: Outcome) -> bool:
    """What an outcome means for what is owed; True: the next line shall try it now."""
    if outcome is Outcome.ACCEPTED:
        handed_over(uow, claimed.id, claimed.kind, claimed.ring_seconds)
        return False
    if outcome is Outcome.UNKNOWN:
        return not unknown(uow, claimed.id)
    return True


def _put_back(uow: UnitOfWork, batch: Sequence[ClaimedOutbound], tried: Sequence[str]) -> list[int]:
    """Every line has refused: failed if none can ever reach the number, else owed again in a few seconds. Returns the
    alerts that lost one of their ways."""
    lost = []
    for claimed in batch:
        row = uow.db.get(Outbound, claimed.id, with_for_update=True)
        if row is None or row.state not in (outbounds.SENDING, outbounds.CLAIMED):
            continue
        never = select(Attempt.line).where(Attempt.outbound_id == row.id, Attempt.state == outbounds.PERMANENT)
        if set(tried) <= set(uow.db.scalars(never)):
            row.state = outbounds.FAILED
            lost += [row.alert_id] if row.alert_id is not None and row.purpose == "alert" else []
        else:
            row.state, row.due_at, row.claimed_by = outbounds.OWED, uow.now() + AGAIN, None
    return lost
