"""Keep track of the workers, and free the claims of one that fell silent, is held up or ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update

from gateway.delivery.outcomes import doubtful, handed_over, note_request
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.locking import lock
from gateway.models.outbound import Outbound
from gateway.models.worker import Worker, is_alive
from gateway.unit_of_work import UnitOfWork

# Longer than the time to connect and the longest pause within an answer together. Without this limit a carrier that
# sends a byte at a time, or a silent name server, would hold a request for ever.
LONGEST_ON_THE_WIRE = timedelta(seconds=15)


def beat(uow: UnitOfWork, clock_ahead_s: float = 0.0, swept_at: datetime | None = None) -> None:
    """Write that this worker is alive, when its last sweep ended, and how far its machine's clock is ahead of the
    database's (seconds)."""
    told = {"beat_at": uow.now(), "clock_ahead_s": clock_ahead_s, "swept_at": swept_at}
    mine = update(Worker).where(Worker.name == uow.worker).values(**told).returning(Worker.id)
    if uow.db.scalar(mine.execution_options(synchronize_session=False)) is None:
        uow.db.add(Worker(name=uow.worker, **told))


def take_over(uow: UnitOfWork) -> None:
    """Free the claims of workers that have been silent for 5 seconds. Whether an outbound of theirs on the wire has
    left is unknown."""
    alive = select(Worker.name).where(is_alive(uow.now()))
    held = outbounds.is_in(outbounds.HELD)
    orphaned = held & Outbound.claimed_by.is_not(None) & Outbound.claimed_by.not_in(alive)
    outbounds.put_back(uow.db, orphaned, Outbound.state == outbounds.CLAIMED)
    ids = uow.db.scalars(select(Outbound.id).where(orphaned, Outbound.state == outbounds.SENDING)).all()
    _lose(uow, ids, orphaned)
    uow.db.execute(delete(Worker).where(Worker.beat_at < uow.now() - timedelta(days=1)))


def lose(uow: UnitOfWork, outbound_ids: Sequence[int]) -> None:
    """Free outbounds at which this worker raised an error: nobody knows whether they left."""
    _lose(uow, outbound_ids, Outbound.claimed_by == uow.worker)


def give_up(uow: UnitOfWork) -> None:
    """Free outbounds of this worker that a line has held for too long: nobody knows whether they left, and that line is
    tried last from now on. If the carrier answers after all, the sender writes the answer."""
    mine = outbounds.is_in(outbounds.HELD) & (Outbound.claimed_by == uow.worker)
    late = (Attempt.state == attempts.TRYING, Attempt.started_at <= uow.now() - LONGEST_ON_THE_WIRE)
    query = select(Outbound.id, Outbound.kind, Attempt.line).join(Attempt)
    rows = uow.db.execute(query.where(mine, Outbound.state == outbounds.SENDING, *late)).all()
    _lose(uow, [row.id for row in rows], mine, code="held_up")
    for line, kind in sorted({(row.line, row.kind) for row in rows}):
        note_request(uow, line, kind, good=False, code="held_up")


def _lose(uow: UnitOfWork, ids: Sequence[int], holder: ColumnElement[bool], code: str = "worker_lost") -> None:
    """Settle outbounds for `holder` (a condition on Outbound), because their worker cannot do it itself."""
    if not ids:
        return
    still = holder & Outbound.state.in_(outbounds.HELD)
    held = lock(uow.db, attempts=Attempt.outbound_id.in_(ids), outbounds=Outbound.id.in_(ids) & still)
    newest = {attempt.outbound_id: attempt for attempt in held.attempts}
    for row in held.outbounds:
        attempt = newest.get(row.id)
        if attempt is None or row.state == outbounds.CLAIMED or _leaves_again(uow, row, attempt, code):
            outbounds.put_back(uow.db, Outbound.id == row.id, due_at=uow.now())


def _leaves_again(uow: UnitOfWork, row: Outbound, attempt: Attempt, code: str) -> bool:
    """Write what is known of the newest attempt of an outbound that was on the wire. Return whether the outbound is
    sent again: yes, unless the carrier has spoken of the attempt, or an outcome of this outbound was unknown before."""
    if attempt.state == attempts.TRYING and not attempt.ref:
        attempts.lose(attempt, code, uow.now())
        return doubtful(uow, row)
    if attempt.state in (attempts.TRYING, *attempts.HAS_LEFT):
        attempts.hand_over(attempt)
        handed_over(uow, row.id, row.kind, row.ring_seconds, attempt.line)
        return False
    return True


def leave(uow: UnitOfWork) -> None:
    """End this worker: any other worker may take at once what it claimed and has not touched."""
    mine = outbounds.is_in(outbounds.HELD) & (Outbound.claimed_by == uow.worker)
    outbounds.put_back(uow.db, mine, Outbound.state == outbounds.CLAIMED)
    uow.db.execute(delete(Worker).where(Worker.name == uow.worker))
