"""What a worker takes to bring out next: owed and due, the most urgent first, as fast as each line may send."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Exists, Row, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from gateway.carriers.base import Carrier
from gateway.core.messages import Ending
from gateway.core.policy import Policy
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.base import the_only
from gateway.models.incident import Incident
from gateway.models.outbound import Attempt, Outbound
from gateway.models.worker import Pace
from gateway.unit_of_work import UnitOfWork

MOST_LOOKED_AT = 1000  # rows that one claim looks through
LIVE_CALL = (outbounds.CLAIMED, outbounds.SENDING, outbounds.UNDER_WAY)


@dataclass(frozen=True)
class ClaimedOutbound:
    """One owed text or call that this worker has claimed."""

    id: int
    kind: str
    lane: str
    phone: str
    body: str
    start_at: datetime | None = None  # when the line's pace lets it leave; None = now
    attempt: int = 0
    ring_seconds: int = Policy.ring  # of a call
    missed: frozenset[str] = frozenset()  # lines on which it did not get there; they are tried last


def claim(
    uow: UnitOfWork,
    *which: ColumnElement[bool],
    horizon: timedelta = timedelta(0),
    room: Callable[[str], int] = lambda line: 500,
) -> list[ClaimedOutbound]:
    """Take what is owed and due, in order: desks and first waves, then by wave, then nearest. A line takes no more than
    its pace allows within `horizon`, nor than the `room` that its senders have; a phone that one of our calls is
    ringing waits."""
    now = uow.now()
    _drop_expired(uow, now)
    due = (Outbound.state == outbounds.OWED, Outbound.due_at <= now, *which)
    query = (
        select(Outbound.id, Outbound.kind, Outbound.phone)
        .where(*due, or_(Outbound.kind == outbounds.TEXT, ~_ringing()))
        .order_by(Outbound.rank, Outbound.distance_m, Outbound.id)
        .limit(MOST_LOOKED_AT)
        .with_for_update(skip_locked=True, of=Outbound)
    )
    rows = uow.db.execute(query).all()
    slots = _Slots(uow, now, horizon, room)
    starts = {row.id: slot.start for row in rows if (slot := slots.take(row.kind, row.phone)) is not None}
    uow.db.flush()
    taken = list(_take(uow, rows, starts))
    missed = _missed(uow, [claimed.id for claimed in taken])
    return [replace(claimed, start_at=starts[claimed.id], missed=frozenset(missed[claimed.id])) for claimed in taken]


def _missed(uow: UnitOfWork, ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Where each has been tried without getting there, as far as anybody knows. It is read from the attempts: what a
    report told another process is in no memory of this one."""
    lost = or_(Attempt.state.in_((outbounds.UNDELIVERED, outbounds.UNKNOWN)), Attempt.ending == Ending.FAILED.value)
    missed = defaultdict[int, set[str]](set)
    if ids:
        for tried in uow.db.execute(
            select(Attempt.outbound_id, Attempt.line).where(Attempt.outbound_id.in_(ids), lost)
        ):
            missed[tried.outbound_id].add(tried.line)
    return missed


def _ringing() -> Exists:
    other = aliased(Outbound)
    return exists().where(other.phone == Outbound.phone, other.kind == outbounds.CALL, other.state.in_(LIVE_CALL))


def _take(
    uow: UnitOfWork, rows: Sequence[Row[int, str, str]], starts: Mapping[int, datetime | None]
) -> Iterator[ClaimedOutbound]:
    """Claim in one conditional update; a call whose phone another worker has just taken is left for later."""
    texts = [row.id for row in rows if row.id in starts and row.kind == outbounds.TEXT]
    calls = [row.id for row in rows if row.id in starts and row.kind == outbounds.CALL]
    taken = list(_claimed(uow, texts)) if texts else []
    for call_id in calls:
        try:
            with uow.db.begin_nested():
                taken += _claimed(uow, [call_id])
        except IntegrityError:
            continue
    order = {row.id: place for place, row in enumerate(rows)}
    yield from sorted(taken, key=lambda claimed: order[claimed.id])


def _claimed(uow: UnitOfWork, ids: Sequence[int]) -> list[ClaimedOutbound]:
    rows = uow.db.execute(
        update(Outbound)
        .where(Outbound.id.in_(ids), Outbound.state == outbounds.OWED)
        .values(state=outbounds.CLAIMED, claimed_by=uow.worker)
        .returning(Outbound.id, Outbound.kind, Outbound.lane, Outbound.phone, Outbound.body, Outbound.ring_seconds)
    )
    return [
        ClaimedOutbound(row.id, row.kind, row.lane, row.phone, row.body, ring_seconds=row.ring_seconds or Policy.ring)
        for row in rows
    ]


def _drop_expired(uow: UnitOfWork, now: datetime) -> None:
    """What came back to be owed after it was too late, or after nobody needs to come any more, does not leave."""
    old = or_(Outbound.expires_at <= now, unwanted())
    query = select(Outbound.id).where(Outbound.state == outbounds.OWED, old).with_for_update(skip_locked=True)
    dropped = uow.db.scalars(query).all()
    if dropped:
        uow.db.execute(update(Outbound).where(Outbound.id.in_(dropped)).values(state=outbounds.CALLED_OFF))


def unwanted() -> ColumnElement[bool]:
    """An alert whose phone has answered, was stood down, was asked anew, or must stay dark by now."""
    text_too = (*alerts.ASKED, alerts.ACCEPTED)  # who said yes on the phone still gets the words
    wanted = or_(Alert.state.in_(alerts.ASKED), (Outbound.kind == outbounds.TEXT) & Alert.state.in_(text_too))
    over = exists().where(Alert.id == Outbound.alert_id, or_(~wanted, Alert.replaced.is_(True)))
    hidden = exists().where(Incident.phone == Outbound.phone, incidents.hides_officer())
    return (Outbound.purpose == "alert") & or_(over, hidden)


# --- the lines' pace -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Slot:
    start: datetime | None  # None = at once


class _Slots:
    """When the next texts and calls may leave on each line; shared by all workers through the paces table."""

    def __init__(self, uow: UnitOfWork, now: datetime, horizon: timedelta, room: Callable[[str], int]) -> None:
        self.uow, self.now, self.until, self.room = uow, now, now + horizon, room
        self.rows: dict[str, Pace] = {}
        self.taken: Counter[str] = Counter()

    def take(self, kind: str, phone: str) -> _Slot | None:
        """When it may leave; None: not within the horizon, or its line's senders are all busy."""
        line = first_line(self.uow, kind, phone)
        if self.taken[line] >= self.room(line):
            return None
        slot = self._paced(line, kind)
        self.taken[line] += slot is not None
        return slot

    def _paced(self, line: str, kind: str) -> _Slot | None:
        rate = self.uow.lines.pace(line, kind) if line else 0
        if not rate:
            return _Slot(None)
        row = self._row(f"{line}/{kind}")
        start = max(self.now, row.free_at)
        if start > self.until:
            return None
        row.free_at = start + timedelta(seconds=1 / rate)
        return _Slot(start)

    def _row(self, lane: str) -> Pace:
        if lane not in self.rows:
            query = select(Pace).where(Pace.lane == lane).with_for_update()
            self.rows[lane] = the_only(self.uow.db, query, Pace(lane=lane, free_at=self.now))
        return self.rows[lane]


# --- which lines -----------------------------------------------------------------------------------------------------


def line_of(uow: UnitOfWork, batch: Sequence[ClaimedOutbound]) -> str:
    """The line that one batch tries first."""
    return next((line.name for line in lines_of(uow, batch[0])), "")


def lines_of(uow: UnitOfWork, claimed: ClaimedOutbound) -> Sequence[Carrier]:
    """The lines for one outbound, those on which it has missed its phone last."""
    return sorted(lines_for(uow, claimed.kind, claimed.phone), key=lambda line: line.name in claimed.missed)


def first_line(uow: UnitOfWork, kind: str, phone: str) -> str:
    lines = lines_for(uow, kind, phone)
    return lines[0].name if lines else ""


def lines_for(uow: UnitOfWork, kind: str, phone: str) -> Sequence[Carrier]:
    choose = uow.lines.for_texts if kind == outbounds.TEXT else uow.lines.for_calls
    return choose(phone, uow.now())
