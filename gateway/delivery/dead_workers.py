"""Workers: that they live, and what becomes of the claims of one that fell silent, is held up or ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update

from gateway.delivery.outcomes import handed_over, note_health, unknown
from gateway.models import outbound as outbounds
from gateway.models.outbound import Attempt, Outbound
from gateway.models.worker import SILENT_AFTER, Worker
from gateway.unit_of_work import Desk

# Longer than connecting and the longest pause of an answer together: who drips, or a name server that is silent, has
# no other end.
LONGEST_ON_THE_WIRE = timedelta(seconds=15)


def beat(desk: Desk) -> None:
    """This worker is alive."""
    row = desk.db.scalar(select(Worker).where(Worker.name == desk.worker))
    if row is None:
        desk.db.add(Worker(name=desk.worker, beat_at=desk.now()))
    else:
        row.beat_at = desk.now()


def take_over(desk: Desk) -> None:
    """Free what workers held that have been silent for 5 s. What was on the wire is of unknown outcome."""
    alive = select(Worker.name).where(Worker.beat_at > desk.now() - SILENT_AFTER)
    orphaned = (Outbound.claimed_by.is_not(None), Outbound.claimed_by.not_in(alive))
    desk.db.execute(
        update(Outbound)
        .where(*orphaned, Outbound.state == outbounds.CLAIMED)
        .values(state=outbounds.OWED, claimed_by=None)
    )
    query = select(Outbound.id, Outbound.claimed_by).where(*orphaned, Outbound.state == outbounds.SENDING)
    for row in desk.db.execute(query.order_by(Outbound.id)).all():
        _lose(desk, row.id, row.claimed_by)
    desk.db.execute(delete(Worker).where(Worker.beat_at < desk.now() - timedelta(days=1)))


def lose(desk: Desk, outbound_ids: Sequence[int]) -> None:
    """This worker stumbled over these: nobody knows whether they left."""
    for outbound_id in sorted(outbound_ids):
        _lose(desk, outbound_id, desk.worker)


def give_up(desk: Desk) -> None:
    """What a line has held for too long under this worker's own hands: nobody knows whether it left, and the line is
    tried last. Its sender writes whatever it hears later."""
    held = (Outbound.claimed_by == desk.worker, Outbound.state == outbounds.SENDING)
    late = (Attempt.state == outbounds.TRYING, Attempt.started_at <= desk.now() - LONGEST_ON_THE_WIRE)
    query = select(Outbound.id, Outbound.kind, Attempt.line).join(Attempt).where(*held, *late).order_by(Outbound.id)
    rows = desk.db.execute(query).all()
    for row in rows:
        _lose(desk, row.id, desk.worker, code="held_up")
    for line, kind in sorted({(row.line, row.kind) for row in rows}):
        note_health(desk, line, kind, good=False, code="held_up")


def _lose(desk: Desk, outbound_id: int, holder: str, code: str = "worker_lost") -> None:
    """Settle what `holder` cannot: sent again, unless the carrier has spoken of it. Attempts are locked before what
    they are for, as the hooks do."""
    tries = select(Attempt).where(Attempt.outbound_id == outbound_id).order_by(Attempt.id).with_for_update()
    newest = next(reversed(desk.db.scalars(tries).all()), None)
    held = Outbound.state.in_((outbounds.CLAIMED, outbounds.SENDING))
    query = select(Outbound).where(Outbound.id == outbound_id, Outbound.claimed_by == holder, held).with_for_update()
    row = desk.db.scalar(query.execution_options(populate_existing=True))
    if row is None:
        return
    if newest is not None and row.state == outbounds.SENDING:
        if newest.state == outbounds.TRYING and not newest.ref:
            newest.state, newest.code, newest.finished_at = outbounds.UNKNOWN, code, desk.now()
            if unknown(desk, outbound_id):
                return
        elif newest.state in (outbounds.TRYING, *outbounds.HAS_LEFT):
            newest.state = outbounds.HANDED if newest.state == outbounds.TRYING else newest.state
            handed_over(desk, row.id, row.kind)
            return
    row.state, row.claimed_by, row.due_at = outbounds.OWED, None, desk.now()


def leave(desk: Desk) -> None:
    """This worker ends: what it claimed and has not touched is anybody's at once."""
    mine = (Outbound.claimed_by == desk.worker, Outbound.state == outbounds.CLAIMED)
    desk.db.execute(update(Outbound).where(*mine).values(state=outbounds.OWED, claimed_by=None))
    desk.db.execute(delete(Worker).where(Worker.name == desk.worker))
