"""Claim the outbounds that a worker brings out next: owed and due, the most urgent first, as fast as each line may
send."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Select, String, bindparam, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from gateway.carriers.base import Carrier
from gateway.core.policy import Policy
from gateway.delivery import pacing, precedence
from gateway.delivery.pacing import Leave, Owed, Pacing
from gateway.models import alert as alerts
from gateway.models import opt_out as opt_outs
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

MOST_LOOKED_AT = 1000  # rows that one claim looks through
MOST_FOR_A_PHONE = 20  # calls to one phone that are looked at where each incident gets its first ring
LEFT_OUT = timedelta(seconds=5)  # so long after its time an outbound that no claim takes is looked at
PHONES = 1  # the class of PostgreSQL's advisory locks that stand for phones
WORTH_S = 600  # seconds that a carrier tries to deliver a text, unless it is worth less

ABOUT_INCIDENT, ABOUT_ONE = "incident_id", "id"  # the columns by which a claim is limited


class OwedCall(Owed, Protocol):
    """A row of an owed call, with the incident or the clarification that it is about."""

    @property
    def incident_id(self) -> int | None: ...

    @property
    def ask_id(self) -> int | None: ...


@dataclass(frozen=True)
class ClaimedOutbound:
    """One owed text or call that this worker has claimed."""

    id: int
    kind: str
    lane: str
    phone: str
    body: str
    incident: int | None = None  # the id of the incident that it is about
    start_at: datetime | None = None  # the time at which the line's pace lets it leave; None: at once
    valid_seconds: int = WORTH_S  # how long the carrier shall try to deliver a text
    attempt: int = 0  # the id of the attempt that is on the wire; 0 before the first
    ring_seconds: int = Policy.ring  # how long a call rings
    bundled: bool = False  # leaves in one text with others to its phone (gateway.delivery.bundles)
    by_line: Mapping[str, str] = field(default_factory=dict)  # the words for each line; empty: all say `body`
    missed: frozenset[str] = frozenset()  # lines on which it did not reach its phone; they are tried last
    purpose: str = ""
    line: str = ""  # the line that the claim has chosen, and holds if it is a telephone; "": the first
    sender: str = ""  # of a text: its unit's own where its line shows that; "": the line's
    stopped: frozenset[str] = frozenset()  # lines on which its number has opted out


def claim(
    uow: UnitOfWork,
    incident: int | None = None,
    outbound: int | None = None,
    *,
    kinds: Collection[str] = (outbounds.TEXT, outbounds.CALL),
    horizon: timedelta = timedelta(0),
    room: Callable[[str], int] = lambda line: 500,
) -> list[ClaimedOutbound]:
    """Claim outbounds of these kinds that are owed and due, the most urgent first (`delivery.precedence`).

    A line gets no more than its pace allows within `horizon`, and no more than the `room` that its senders have. A
    phone that one of our calls is ringing has to wait. The ids of an `incident` or of one `outbound` limit a claim to
    what a job has told, but only while the lines keep up: on a line that is booked ahead whoever is most urgent goes
    first. A claim never waits for another, except for the rows of the lines' pace.
    """
    claimed: list[ClaimedOutbound] = []
    about = (ABOUT_INCIDENT, incident) if incident is not None else (ABOUT_ONE, outbound)
    for kind, take in ((outbounds.TEXT, _texts), (outbounds.CALL, _calls)):
        if kind in kinds:
            paces = Pacing(uow, kind, horizon, room)
            everything = about[1] is None or paces.is_booked_ahead()
            claimed += take(uow, Sought("", uow.now()) if everything else Sought(about[0], uow.now(), about[1]), paces)
    missed = pacing.missed(uow, [one.id for one in claimed])
    stopped = opt_outs.lines_of(uow.db, {one.phone for one in claimed})
    return [
        replace(one, missed=frozenset(missed[one.id]), stopped=frozenset(stopped.get(one.phone, ()))) for one in claimed
    ]


@dataclass(frozen=True)
class Sought:
    """A query looks for outbounds due at a time, perhaps only for those about one incident, or for one of them."""

    column: str  # ABOUT_INCIDENT, ABOUT_ONE, or "" for all
    now: datetime
    value: int | None = None

    @property
    def parameters(self) -> dict[str, object]:
        return {"now": self.now, "about": self.value} if self.column else {"now": self.now}


def _due(kind: str, column: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of what may leave at `now`: owed, due, and neither too late nor needless."""
    now: BindParameter[datetime] = bindparam("now")
    in_time = or_(Outbound.expires_at.is_(None), Outbound.expires_at > now)
    about = (getattr(Outbound, column) == bindparam("about"),) if column else ()
    return outbounds.is_due(kind, now), in_time, ~unneeded_alert(), *about


# The queries are built once, because building one takes longer than running it.


@cache
def _due_texts(column: str) -> Select[int, str, str, int | None]:
    columns = select(Outbound.id, Outbound.phone, Outbound.purpose, Outbound.ring_seconds)
    query = precedence.with_incidents(columns).where(*_due(outbounds.TEXT, column))
    return query.order_by(*precedence.key()).limit(MOST_LOOKED_AT).with_for_update(skip_locked=True, of=Outbound)


@cache
def _due_calls(column: str, only_first: bool) -> Select[int, str, str, int | None, int | None, int | None]:
    """Return the query for calls that are due to phones that do not ring, the most urgent first: one a phone, or with
    `only_first` some a phone, for incidents that have no ringing phone."""
    other = aliased(Outbound)
    rung = exists().where(other.phone == Outbound.phone, outbounds.rings(other))
    most, first = (MOST_FOR_A_PHONE, (~precedence.has_a_ringing_phone(),)) if only_first else (1, ())
    place = func.row_number().over(partition_by=Outbound.phone, order_by=precedence.key())
    placed = precedence.with_incidents(select(Outbound.id, place.label("place")))
    looked = placed.where(*_due(outbounds.CALL, column), ~rung, *first).subquery()
    owed = select(Outbound.id, Outbound.phone, Outbound.purpose, Outbound.ring_seconds)
    query = owed.add_columns(Outbound.incident_id, Outbound.ask_id)
    chosen = precedence.with_incidents(query.join(looked, looked.c.id == Outbound.id)).where(looked.c.place <= most)
    return chosen.order_by(*precedence.key()).limit(MOST_LOOKED_AT)


def _texts(uow: UnitOfWork, sought: Sought, paces: Pacing) -> list[ClaimedOutbound]:
    return _claimed(uow, paces.take(uow.db.execute(_due_texts(sought.column), sought.parameters).all()))


# --- calls ------------------------------------------------------------------------------------------------------------


def _calls(uow: UnitOfWork, sought: Sought, paces: Pacing) -> list[ClaimedOutbound]:
    """Claim calls to phones that no call of ours rings: first one for each incident that has no ringing phone, until
    none is left that could have one, then one for every other phone."""
    first, others = (_due_calls(sought.column, only_first) for only_first in (True, False))
    claimed: list[ClaimedOutbound] = []
    while some := _ring(uow, first_rings(uow.db.execute(first, sought.parameters).all()), paces):
        claimed += some
    return claimed + _ring(uow, uow.db.execute(others, sought.parameters).all(), paces)


def first_rings(rows: Iterable[OwedCall]) -> list[OwedCall]:
    """Choose one call for each incident and each clarification, and no phone twice, in the order of the rows."""
    chosen: list[OwedCall] = []
    served: set[tuple[int | None, int | None]] = set()
    phones: set[str] = set()
    for row in rows:
        about = (row.incident_id, row.ask_id)
        if row.phone not in phones and (about not in served or about == (None, None)):
            chosen.append(row)
            served.add(about)
            phones.add(row.phone)
    return chosen


def _ring(uow: UnitOfWork, rows: Sequence[OwedCall], paces: Pacing) -> list[ClaimedOutbound]:
    """Claim these calls, one a phone. Left for later are those whose phone, or whose row, another worker has in hand at
    this moment."""
    held = set(_hold(uow, rows)) if rows else set()
    return _claimed(uow, paces.take([row for row in rows if row.id in held]))


def _hold(uow: UnitOfWork, rows: Sequence[OwedCall]) -> Sequence[int]:
    """Lock these calls and their phones until the commit, without waiting; return those that are ours.

    On PostgreSQL a phone is an advisory lock, tried before the row is. Whoever gets it looks again whether the phone
    rings (`outbounds.claim`), so no two workers meet at the unique index of ringing phones. SQLite has one writer.
    """
    phones = {row.phone for row in rows}
    if uow.db.get_bind().dialect.name == "postgresql":
        wanted = select(func.unnest(cast(sorted(phones), ARRAY(String))).label("phone")).subquery()
        own = select(wanted.c.phone).where(func.pg_try_advisory_xact_lock(PHONES, func.hashtext(wanted.c.phone)))
        phones = set(uow.db.scalars(own))
    ids = [row.id for row in rows if row.phone in phones]
    query = select(Outbound.id).where(Outbound.id.in_(ids), outbounds.is_in((outbounds.OWED,)))
    return uow.db.scalars(query.with_for_update(skip_locked=True)).all()


def _claimed(uow: UnitOfWork, leaves: Mapping[int, Leave]) -> list[ClaimedOutbound]:
    """Claim the outbounds with these ids, each for the time at which its line lets it leave; keep their order."""
    now, order = uow.now(), {owed: place for place, owed in enumerate(leaves)}
    rows = outbounds.claim(uow.db, list(leaves), uow.worker) if leaves else ()
    for owed in leaves.keys() - {row.id for row in rows}:
        pacing.let_go(uow, leaves[owed].line)
    return [
        ClaimedOutbound(
            row.id,
            row.kind,
            row.lane,
            row.phone,
            row.body,
            by_line=outbounds.words_of(row.by_line),
            incident=row.incident_id,
            start_at=leaves[row.id].at if leaves[row.id].at > now else None,
            valid_seconds=_left(row.expires_at, now),
            ring_seconds=row.ring_seconds or Policy.ring,
            purpose=row.purpose,
            line=leaves[row.id].line,
        )
        for row in sorted(rows, key=lambda row: order[row.id])
    ]


def _left(expires_at: datetime | None, now: datetime) -> int:
    """Return for how many seconds a text is still worth delivering, at least one."""
    return max(1, min(WORTH_S, int((expires_at - now).total_seconds()))) if expires_at is not None else WORTH_S


def drop_late(uow: UnitOfWork) -> None:
    """Call off outbounds that are too late, and alerts that nobody needs any more and that no claim has met for some
    seconds (a claim leaves both out)."""
    now = uow.now()
    for query in _late():
        if dropped := uow.db.scalars(query, {"now": now, "left_out": now - LEFT_OUT}).all():
            outbounds.call_off(uow.db, Outbound.id.in_(dropped))


@cache
def _late() -> tuple[Select[int], ...]:
    now: BindParameter[datetime] = bindparam("now")
    left_out: BindParameter[datetime] = bindparam("left_out")
    conditions = (Outbound.expires_at <= now, unneeded_alert() & (Outbound.due_at <= left_out))
    owed = select(Outbound.id).where(outbounds.is_in((outbounds.OWED,)))
    return tuple(owed.where(late).with_for_update(skip_locked=True) for late in conditions)


def unneeded_alert() -> ColumnElement[bool]:
    """Return the SQL condition of an alert that nobody needs any more: its phone has answered, was stood down or was
    asked anew. Whether a phone must stay dark is asked in `delivery.reachability`, when the outbound is taken to the
    wire."""
    # An officer who accepted on the phone still gets the text.
    text = outbounds.is_kind(outbounds.TEXT) & (Alert.state == alerts.ACCEPTED)
    # A no without proof takes no first call back: whoever forges a number could keep its phone silent.
    unproven_no = (Alert.state == alerts.DECLINED) & Alert.proven_at.is_(None) & (Alert.calls == 0)
    call = outbounds.is_kind(outbounds.CALL) & unproven_no
    wanted = or_(Alert.state.in_(alerts.ASKED), text, call)
    over = exists().where(Alert.id == Outbound.alert_id, or_(~wanted, Alert.replaced.is_(True)))
    return (Outbound.purpose == "alert") & over


# --- which lines -----------------------------------------------------------------------------------------------------


def line_of(uow: UnitOfWork, batch: Sequence[ClaimedOutbound]) -> str:
    """Return the line that one batch tries first."""
    return next((line.name for line in lines_of(uow, batch[0])), "")


def lines_of(uow: UnitOfWork, claimed: ClaimedOutbound) -> Sequence[Carrier]:
    """Return the lines for one outbound: first the one that its claim has chosen, last those on which it did not reach
    its phone. Another telephone may be ringing somebody, so it is not tried."""
    lines = pacing.lines_for(uow, claimed.kind, claimed.purpose, claimed.phone, claimed.stopped)
    free = [line for line in lines if line.name == claimed.line or not uow.lines.has_one_call(line.name)]
    return sorted(free, key=lambda line: (line.name != claimed.line, line.name in claimed.missed))
