"""Workers: that they live, and what becomes of the claims of one that fell silent, is held up or ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update

from gateway.delivery.outcomes import handed_over, note_health, unknown
from gateway.models import outbound as outbounds
from gateway.models.outbound import Attempt, Outbound
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
    orphaned = (Outbound.claimed_by.is_not(None), Outbound.claimed_by.not_in(alive))
    uow.db.execute(
        update(Outbound)
        .where(*orphaned, Outbound.state == outbounds.CLAIMED)
        .values(state=outbounds.OWED, claimed_by=None)
    )
    query = select(Outbound.id, Outbound.claimed_by).where(*orphaned, Outbound.state == outbounds.SENDING)
    for row in uow.db.execute(query.order_by(Outbound.id)).all():
        _lose(uow, row.id, row.claimed_by)
    uow.db.execute(delete(Worker).where(Worker.beat_at < uow.now() - timedelta(days=1)))


def lose(uow: UnitOfWork, outbound_ids: Sequence[int]) -> None:
    """This worker stumbled over these: nobody knows whether they left."""
    for outbound_id in sorted(outbound_ids):
        _lose(uow, outbound_id, uow.worker)


def give_up(uow: UnitOfWork) -> None:
    """What a line has held for too long under this worker's own hands: nobody knows whether it left, and the line is
    tried last. Its sender writes whatever it hears later."""
    held = (Outbound.claimed_by == uow.worker, Outbound.state == outbounds.SENDING)
    late = (Attempt.state == outbounds.TRYING, Attempt.started_at <= uow.now() - LONGEST_ON_THE_WIRE)
    query = select(Outbound.id, Outbound.kind, Attempt.line).join(Attempt).where(*held, *late).order_by(Outbound.id)
    rows = uow.db.execute(query).all()
    for row in rows:
        _lose(uow, row.id, uow.worker, code="held_up")
    for line, kind in sorted({(row.line, row.kind) for row in rows}):
        note_health(uow, line, kind, good=False, code="held_up")


def _lose(uow: UnitOfWork, outbound_id: int, holder: str, code: str = "worker_lost") -> None:
    """Settle what `holder` cannot: sent again, unless the carrier has spoken of it. Attempts are locked before what
    they are for, as the hooks do."""
    tries = select(Attempt).where(Attempt.outbound_id == outbound_id).order_by(Attempt.id).with_for_update()
    newest = next(reversed(uow.db.scalars(tries).all()), None)
    held = Outbound.state.in_((outbounds.CLAIMED, outbounds.SENDING))
    query = select(Outbound).where(Outbound.id == outbound_id, Outbound.claimed_by == holder, held).with_for_update()
    row = uow.db.scalar(query.execution_options(populate_existing=True))
    if row is None:
        return
    if newest is not None and row.state == outbounds.SENDING:
        if newest.state == outbounds.TRYING and not newest.ref:
            newest.state, newest.code, newest.finished_at = outbounds.UNKNOWN, code, uow.now()
            if unknown(uow, outbound_id):
                return
        elif newest.state in (outbounds.TRYING, *outbounds.HAS_LEFT):
            newest.state = outbounds.HANDED if newest.state == outbounds.TRYING else newest.state
            handed_over(uow, row.id, row.kind, row.ring_seconds)
            return
    row.state, row.claimed_by, row.due_at = outbounds.OWED, None, uow.now()


def leave(uow: UnitOfWork) -> None:
    """This worker ends: what it claimed and has not touched is anybody's at once."""
    mine = (Outbound.claimed_by == uow.worker, Outbound.state == outbounds.CLAIMED)
    uow.db.execute(update(Outbound).where(*mine).values(state=outbounds.OWED, claimed_by=None))
    uow.db.execute(delete(Worker).where(Worker.name == uow.worker))
