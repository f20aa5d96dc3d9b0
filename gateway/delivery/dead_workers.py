"""Workers: that they live, and what becomes of the claims of one that fell silent, is held up or ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select

from gateway.delivery.outcomes import doubtful, handed_over, note_health
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.locking import lock
from gateway.models.outbound import Outbound
from gateway.models.worker import SILENT_AFTER, Worker
from gateway.unit_of_work import UnitOfWork

# Longer than connecting and the longest pause of an answer together: who drips, or a name server that is silent, has
# no other end.
LONGEST_ON_THE_WIRE = timedelta(seconds=15)


def beat(uow: UnitOfWork) -> None:
    """This worker is alive."""
    row = uow.db.scalar(select(Worker).where(Worker.name == uow.worker))
    if row is None:
        uow.db.add(Worker(name=uow.worker, beat_at=uow.now()))
    else:
        row.beat_at = uow.now()


def take_over(uow: UnitOfWork) -> None:
    """Free what workers held that have been silent for 5 s. What was on the wire is of unknown outcome."""
    alive = select(Worker.name).where(Worker.beat_at > uow.now() - SILENT_AFTER)
    orphaned = Outbound.claimed_by.is_not(None) & Outbound.claimed_by.not_in(alive)
    outbounds.put_back(uow.db, orphaned, Outbound.state == outbounds.CLAIMED)
    ids = uow.db.scalars(select(Outbound.id).where(orphaned, Outbound.state == outbounds.SENDING)).all()
    _lose(uow, ids, orphaned)
    uow.db.execute(delete(Worker).where(Worker.beat_at < uow.now() - timedelta(days=1)))


def lose(uow: UnitOfWork, outbound_ids: Sequence[int]) -> None:
    """This worker stumbled over these: nobody knows whether they left."""
    _lose(uow, outbound_ids, Outbound.claimed_by == uow.worker)


def give_up(uow: UnitOfWork) -> None:
    """What a line has held for too long under this worker's own hands: nobody knows whether it left, and the line is
    tried last. Its sender writes whatever it hears later."""
    mine = Outbound.claimed_by == uow.worker
    late = (Attempt.state == attempts.TRYING, Attempt.started_at <= uow.now() - LONGEST_ON_THE_WIRE)
    query = select(Outbound.id, Outbound.kind, Attempt.line).join(Attempt)
    rows = uow.db.execute(query.where(mine, Outbound.state == outbounds.SENDING, *late)).all()
    _lose(uow, [row.id for row in rows], mine, code="held_up")
    for line, kind in sorted({(row.line, row.kind) for row in rows}):
        note_health(uow, line, kind, good=False, code="held_up")


def _lose(uow: UnitOfWork, ids: Sequence[int], holder: ColumnElement[bool], code: str = "worker_lost") -> None:
    """Settle for `holder`, a condition on Outbound, what it cannot settle itself."""
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
    """Write what is known of the newest attempt of an outbound that was on the wire. Returns whether it is sent again:
    yes, unless the carrier has spoken of it, or it has been of unknown outcome before."""
    if attempt.state == attempts.TRYING and not attempt.ref:
        attempts.lose(attempt, code, uow.now())
        return doubtful(uow, row)
    if attempt.state in (attempts.TRYING, *attempts.HAS_LEFT):
        attempts.hand_over(attempt)
        handed_over(uow, row.id, row.kind, row.ring_seconds)
        return False
    return True


def leave(uow: UnitOfWork) -> None:
    """This worker ends: what it claimed and has not touched is anybody's at once."""
    outbounds.put_back(uow.db, Outbound.claimed_by == uow.worker, Outbound.state == outbounds.CLAIMED)
    uow.db.execute(delete(Worker).where(Worker.name == uow.worker))
