"""Claim the outbounds that a worker brings out next: owed and due, the most urgent first, as fast as each line may
send."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Exists, Row, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from gateway.carriers.base import Carrier
from gateway.core.messages import Ending
from gateway.core.policy import Policy
from gateway.models import alert as alerts
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.base import the_only
from gateway.models.outbound import Outbound
from gateway.models.worker import Pace
from gateway.unit_of_work import UnitOfWork

MOST_LOOKED_AT = 1000  # rows that one claim looks through
WORTH_S = 600  # seconds that a carrier tries to deliver a text, unless it is worth less


@dataclass(frozen=True)
class ClaimedOutbound:
    """One owed text or call that this worker has claimed."""

    id: int
    kind: str
    lane: str
    phone: str
    body: str
    start_at: datetime | None = None  # the time at which the line's pace lets it leave; None: at once
    valid_seconds: int = WORTH_S  # how long the carrier shall try to deliver a text
    attempt: int = 0  # the id of the attempt that is on the wire; 0 before the first
    ring_seconds: int = Policy.ring  # how long a call rings
    missed: frozenset[str] = frozenset()  # lines on which it did not reach its phone; they are tried last


def claim(
    uow: UnitOfWork,
    *which: ColumnElement[bool],
    horizon: timedelta = timedelta(0),
    room: Callable[[str], int] = lambda line: 500,
) -> list[ClaimedOutbound]:
    """Claim outbounds that are owed and due: desks and first waves first, then by wave, then the nearest.

    A line gets no more than its pace allows within `horizon`, and no more than the `room` that its senders have. A
    phone that one of our calls is ringing has to wait.
    """
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
    pacing = _Pacing(uow, now, horizon, room)
    starts = {row.id: start for row in rows if (start := pacing.take(row.kind, row.phone)) is not None}
    uow.db.flush()
    taken = list(_take(uow, rows, starts))
    missed = _missed(uow, [claimed.id for claimed in taken])
    later = {owed: start for owed, start in starts.items() if start > now}
    return [replace(claimed, start_at=later.get(claimed.id), missed=frozenset(missed[claimed.id])) for claimed in taken]


def _missed(uow: UnitOfWork, ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Return for each outbound the lines on which it was tried and did not reach its phone, as far as anybody knows.
    This is read from the attempts, because another process may have received the report."""
    lost = or_(Attempt.state.in_((attempts.UNDELIVERED, attempts.UNKNOWN)), Attempt.ending == Ending.FAILED.value)
    missed = defaultdict[int, set[str]](set)
    if ids:
        for tried in uow.db.execute(
            select(Attempt.outbound_id, Attempt.line).where(Attempt.outbound_id.in_(ids), lost)
        ):
            missed[tried.outbound_id].add(tried.line)
    return missed


def _ringing() -> Exists:
    """Return the SQL condition that a call of ours is ringing this outbound's phone."""
    other = aliased(Outbound)
    return exists().where(other.phone == Outbound.phone, other.kind == outbounds.CALL, other.state.in_(outbounds.RINGS))


def _take(
    uow: UnitOfWork, rows: Sequence[Row[int, str, str]], starts: Mapping[int, datetime]
) -> Iterator[ClaimedOutbound]:
    """Claim these rows in one conditional update. A call whose phone another worker has just taken is left for
    later."""
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
    rows = outbounds.claim(uow.db, ids, uow.worker)
    return [
        ClaimedOutbound(
            row.id,
            row.kind,
            row.lane,
            row.phone,
            row.body,
            valid_seconds=_left(row.expires_at, uow.now()),
            ring_seconds=row.ring_seconds or Policy.ring,
        )
        for row in rows
    ]


def _left(expires_at: datetime | None, now: datetime) -> int:
    """Return for how many seconds a text is still worth delivering, at least one."""
    return max(1, min(WORTH_S, int((expires_at - now).total_seconds()))) if expires_at is not None else WORTH_S


def _drop_expired(uow: UnitOfWork, now: datetime) -> None:
    """Call off outbounds that are too late, and alerts that nobody needs any more."""
    late = or_(Outbound.expires_at <= now, unneeded_alert())
    query = select(Outbound.id).where(Outbound.state == outbounds.OWED, late).with_for_update(skip_locked=True)
    dropped = uow.db.scalars(query).all()
    if dropped:
        outbounds.call_off(uow.db, Outbound.id.in_(dropped))


def unneeded_alert() -> ColumnElement[bool]:
    """Return the SQL condition of an alert that nobody needs any more: its phone has answered, was stood down or was
    asked anew. Whether a phone must stay dark is asked in `delivery.reachability`, when the outbound is taken to the
    wire."""
    text_too = (*alerts.ASKED, alerts.ACCEPTED)  # an officer who accepted on the phone still gets the text
    wanted = or_(Alert.state.in_(alerts.ASKED), (Outbound.kind == outbounds.TEXT) & Alert.state.in_(text_too))
    over = exists().where(Alert.id == Outbound.alert_id, or_(~wanted, Alert.replaced.is_(True)))
    return (Outbound.purpose == "alert") & over


# --- the lines' pace -------------------------------------------------------------------------------------------------


class _Pacing:
    """Say when the next texts and calls may leave on each line; all workers share this through the paces table."""

    def __init__(self, uow: UnitOfWork, now: datetime, horizon: timedelta, room: Callable[[str], int]) -> None:
        self.uow, self.now, self.until, self.room = uow, now, now + horizon, room
        self.rows: dict[str, Pace] = {}
        self.taken: Counter[str] = Counter()

    def take(self, kind: str, phone: str) -> datetime | None:
        """Return the time at which a text or call to this phone may leave. Return None where the line's senders are all
        busy, or its pace does not allow it within the horizon."""
        line = first_line(self.uow, kind, phone)
        if self.taken[line] >= self.room(line):
            return None
        start = self._paced(line, kind)
        self.taken[line] += start is not None
        return start

    def _paced(self, line: str, kind: str) -> datetime | None:
        rate = self.uow.lines.pace(line, kind) if line else 0
        if not rate:
            return self.now
        row = self._row(f"{line}/{kind}")
        start = max(self.now, row.free_at)
        if start > self.until:
            return None
        row.free_at = start + timedelta(seconds=1 / rate)
        return start

    def _row(self, lane: str) -> Pace:
        if lane not in self.rows:
            query = select(Pace).where(Pace.lane == lane).with_for_update()
            self.rows[lane] = the_only(self.uow.db, query, Pace(lane=lane, free_at=self.now))
        return self.rows[lane]


# --- which lines -----------------------------------------------------------------------------------------------------


def line_of(uow: UnitOfWork, batch: Sequence[ClaimedOutbound]) -> str:
    """Return the line that one batch tries first."""
    return next((line.name for line in lines_of(uow, batch[0])), "")


def lines_of(uow: UnitOfWork, claimed: ClaimedOutbound) -> Sequence[Carrier]:
    """Return the lines for one outbound; those on which it did not reach its phone come last."""
    return sorted(lines_for(uow, claimed.kind, claimed.phone), key=lambda line: line.name in claimed.missed)


def first_line(uow: UnitOfWork, kind: str, phone: str) -> str:
    lines = lines_for(uow, kind, phone)
    return lines[0].name if lines else ""


def lines_for(uow: UnitOfWork, kind: str, phone: str) -> Sequence[Carrier]:
    choose = uow.lines.for_texts if kind == outbounds.TEXT else uow.lines.for_calls
    return choose(phone, uow.now())
