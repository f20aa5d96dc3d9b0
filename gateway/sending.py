"""From what is owed to what has left: claim the row, use a line, write what happened.

    claim -> (wait for the line's pace) -> begin: the attempt is a row -> the wire, no database held -> finish

Each step is a short transaction of its own. A refused line hands over to the next at once; what every line refused for
a passing reason stays owed; an unknown outcome is sent once more, never oftener (docs/adr/0003).
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TypeVar

from sqlalchemy import ColumnElement, Exists, Row, Select, case, delete, exists, or_, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import aliased

from gateway import dispatch
from gateway.carriers.base import Carrier, TextCarrier, VoiceCarrier
from gateway.core.messages import CallOut, Outcome, Price, Sent, TextOut
from gateway.core.segments import segments
from gateway.database import is_gone
from gateway.desk import Desk, OpenDesk
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.outbound import Attempt, Outbound
from gateway.models.worker import SILENT_AFTER, LineHealth, Pace, Worker

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST_LOOKED_AT = 1000  # rows that one claim looks through
AGAIN = timedelta(seconds=3)  # what every line refused for a passing reason is tried again so soon
CALL_AGAIN = timedelta(seconds=30)  # a call of unknown fate may be ringing; only after that is it placed once more
MOST_UNKNOWN = 2  # so often may it be that nobody knows whether it left
RING = 25
UNREPORTED = timedelta(seconds=RING + 35)  # a call whose end nobody reports by then is over
TALK = timedelta(minutes=11)  # the longest call; then its phone is free again
LIVE_CALL = (outbounds.CLAIMED, outbounds.SENDING, outbounds.UNDER_WAY)


@dataclass(frozen=True)
class Errand:
    """One owed text or call that this worker has claimed."""

    id: int
    kind: str
    lane: str
    phone: str
    body: str
    start_at: datetime | None = None  # when the line's pace lets it leave; None = now
    attempt: int = 0


# --- claim ----------------------------------------------------------------------------------------------------


def claim(
    desk: Desk,
    *which: ColumnElement[bool],
    horizon: timedelta = timedelta(0),
    room: Callable[[str], int] = lambda line: 500,
) -> list[Errand]:
    """Take what is owed and due, in order: desks and first waves, then by wave, then nearest. A line takes no more than
    its pace allows within `horizon`, nor than the `room` that its senders have; a phone that one of our calls is
    ringing waits."""
    now = desk.now()
    _drop_expired(desk, now)
    due = (Outbound.state == outbounds.OWED, Outbound.due_at <= now, *which)
    query = (
        select(Outbound.id, Outbound.kind, Outbound.phone)
        .where(*due, or_(Outbound.kind == outbounds.TEXT, ~_ringing()))
        .order_by(Outbound.rank, Outbound.distance_m, Outbound.id)
        .limit(MOST_LOOKED_AT)
        .with_for_update(skip_locked=True, of=Outbound)
    )
    rows = desk.db.execute(query).all()
    slots = _Slots(desk, now, horizon, room)
    starts = {row.id: slot.start for row in rows if (slot := slots.take(row.kind, row.phone)) is not None}
    desk.db.flush()
    return [replace(errand, start_at=starts[errand.id]) for errand in _take(desk, rows, starts)]


def _ringing() -> Exists:
    other = aliased(Outbound)
    return exists().where(other.phone == Outbound.phone, other.kind == outbounds.CALL, other.state.in_(LIVE_CALL))


def _take(desk: Desk, rows: Sequence[Row[int, str, str]], starts: Mapping[int, datetime | None]) -> Iterator[Errand]:
    """Claim in one conditional update; a call whose phone another worker has just taken is left for later."""
    texts = [row.id for row in rows if row.id in starts and row.kind == outbounds.TEXT]
    calls = [row.id for row in rows if row.id in starts and row.kind == outbounds.CALL]
    taken = list(_claimed(desk, texts)) if texts else []
    for call_id in calls:
        try:
            with desk.db.begin_nested():
                taken += _claimed(desk, [call_id])
        except IntegrityError:
            continue
    order = {row.id: place for place, row in enumerate(rows)}
    yield from sorted(taken, key=lambda errand: order[errand.id])


def _claimed(desk: Desk, ids: Sequence[int]) -> list[Errand]:
    rows = desk.db.execute(
        update(Outbound)
        .where(Outbound.id.in_(ids), Outbound.state == outbounds.OWED)
        .values(state=outbounds.CLAIMED, claimed_by=desk.worker)
        .returning(Outbound.id, Outbound.kind, Outbound.lane, Outbound.phone, Outbound.body)
    )
    return [Errand(row.id, row.kind, row.lane, row.phone, row.body) for row in rows]


def _drop_expired(desk: Desk, now: datetime) -> None:
    """What came back to be owed after it was too late, or after nobody needs to come any more, does not leave."""
    old = or_(Outbound.expires_at <= now, _unwanted())
    query = select(Outbound.id).where(Outbound.state == outbounds.OWED, old).with_for_update(skip_locked=True)
    dropped = desk.db.scalars(query).all()
    if dropped:
        desk.db.execute(update(Outbound).where(Outbound.id.in_(dropped)).values(state=outbounds.CALLED_OFF))


def _unwanted() -> ColumnElement[bool]:
    """An alert whose phone has answered, was stood down, or was asked anew."""
    text_too = (*alerts.ASKED, alerts.ACCEPTED)  # who said yes on the phone still gets the words
    wanted = or_(Alert.state.in_(alerts.ASKED), (Outbound.kind == outbounds.TEXT) & Alert.state.in_(text_too))
    over = exists().where(Alert.id == Outbound.alert_id, or_(~wanted, Alert.replaced.is_(True)))
    return (Outbound.purpose == "alert") & over


@dataclass(frozen=True)
class _Slot:
    start: datetime | None  # None = at once


class _Slots:
    """When the next texts and calls may leave on each line; shared by all workers through the paces table."""

    def __init__(self, desk: Desk, now: datetime, horizon: timedelta, room: Callable[[str], int]) -> None:
        self.desk, self.now, self.until, self.room = desk, now, now + horizon, room
        self.rows: dict[str, Pace] = {}
        self.taken: Counter[str] = Counter()

    def take(self, kind: str, phone: str) -> _Slot | None:
        """When it may leave; None: not within the horizon, or its line's senders are all busy."""
        line = first_line(self.desk, kind, phone)
        if self.taken[line] >= self.room(line):
            return None
        slot = self._paced(line, kind)
        self.taken[line] += slot is not None
        return slot

    def _paced(self, line: str, kind: str) -> _Slot | None:
        rate = self.desk.lines.pace(line, kind) if line else 0
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
            self.rows[lane] = _only(self.desk, query, Pace(lane=lane, free_at=self.now))
        return self.rows[lane]


def _only(desk: Desk, query: Select[T], fresh: T) -> T:
    """The one row that all workers share; whoever loses the race to write it takes the winner's."""
    row = desk.db.scalar(query)
    if row is None:
        with suppress(IntegrityError), desk.db.begin_nested():
            desk.db.add(fresh)
        row = desk.db.scalars(query).one()
    return row


def line_of(desk: Desk, errands: Sequence[Errand]) -> str:
    """The line that one batch tries first."""
    return first_line(desk, errands[0].kind, errands[0].phone)


def first_line(desk: Desk, kind: str, phone: str) -> str:
    lines = lines_for(desk, kind, phone)
    return lines[0].name if lines else ""


def lines_for(desk: Desk, kind: str, phone: str) -> Sequence[Carrier]:
    choose = desk.lines.for_texts if kind == outbounds.TEXT else desk.lines.for_calls
    return choose(phone, desk.now())


def note_health(desk: Desk, line: str, kind: str, good: bool, code: str = "") -> None:
    """How a real request went: the only health that counts. Written when it changes, so that every process sees it;
    the last error stays for whoever asks afterwards."""
    if not desk.lines.note(line, kind, good, desk.now()):
        return
    row = _only(desk, select(LineHealth).where(LineHealth.line == line).with_for_update(), LineHealth(line=line))
    if good:
        row.good_at = desk.now()
    else:
        row.bad_at, row.code = desk.now(), code[:60]


# --- deliver --------------------------------------------------------------------------------------------------


def batches(desk: Desk, errands: Iterable[Errand]) -> list[list[Errand]]:
    """Errands that one request can carry: texts of the same words where the line takes many; everything else alone."""

    def key(errand: Errand) -> tuple[str, str, str, str]:
        return errand.kind, errand.lane, first_line(desk, errand.kind, errand.phone), errand.body

    together = []
    for (kind, _, line, _), group in groupby(sorted(errands, key=key), key):
        carrier = desk.lines.named(line)
        most = carrier.batch if kind == outbounds.TEXT and isinstance(carrier, TextCarrier) else 1
        together += list(chunks(list(group), most))
    return together


def chunks(things: Sequence[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(things), size):
        yield list(things[start : start + size])


def deliver(open_desk: OpenDesk, errands: Sequence[Errand]) -> None:
    """Bring one batch out, line after line, until each has left, can never arrive, or every line has refused."""
    tried: list[str] = []
    with open_desk() as desk:
        lines = list(lines_for(desk, errands[0].kind, errands[0].phone))
    for line in lines:
        left: list[Errand] = []
        for some in chunks(errands, line.batch if isinstance(line, TextCarrier) and some_text(errands) else 1):
            left += _try(open_desk, line, some)
        tried.append(line.name)
        errands = left
        if not errands:
            return
    for alert_id in record(open_desk, lambda desk: _put_back(desk, errands, tried)):
        # a transaction of its own, because it locks the incident first
        record(open_desk, partial(unreachable, alert_id=alert_id))


def some_text(errands: Sequence[Errand]) -> bool:
    return errands[0].kind == outbounds.TEXT


def _try(open_desk: OpenDesk, line: Carrier, errands: Sequence[Errand]) -> list[Errand]:
    """One request on one line; returns what the next line shall try."""
    with open_desk() as desk:
        begun = _begin(desk, line.name, errands)
    if not begun:
        return []
    ready = [errand for errand in begun if errand.attempt]
    answers = _wire(line, ready) if ready else []
    passed = [errand for errand in begun if not errand.attempt]
    return passed + record(open_desk, lambda desk: _finish(desk, line.name, ready, answers))


def _begin(desk: Desk, line: str, errands: Sequence[Errand]) -> list[Errand]:
    """Write the attempts, before the wire is touched. What was called off meanwhile is dropped here; an errand that
    this line can never deliver comes back without an attempt."""
    ids = [errand.id for errand in errands]
    mine = (Outbound.id.in_(ids), Outbound.claimed_by == desk.worker)
    held = Outbound.state.in_((outbounds.CLAIMED, outbounds.SENDING))
    desk.db.execute(update(Outbound).where(*mine, held, _unwanted()).values(state=outbounds.CALLED_OFF))
    query = update(Outbound).where(*mine, held).values(state=outbounds.SENDING, tries=Outbound.tries + 1)
    still = set(desk.db.scalars(query.returning(Outbound.id)))
    never = set(
        desk.db.scalars(
            select(Attempt.outbound_id).where(
                Attempt.outbound_id.in_(ids), Attempt.line == line, Attempt.state == outbounds.PERMANENT
            )
        )
    )
    begun = []
    for errand in (errand for errand in errands if errand.id in still):
        if errand.id in never:
            begun.append(replace(errand, attempt=0))
            continue
        parts = (
            segments(errand.body) if errand.kind == outbounds.TEXT else None
        )  # until the carrier tells its own count
        row = Attempt(outbound_id=errand.id, line=line, started_at=desk.now(), parts=parts)
        desk.db.add(row)
        desk.db.flush()
        begun.append(replace(errand, attempt=row.id))
    return begun


def _wire(line: Carrier, errands: Sequence[Errand]) -> Sequence[Sent]:
    """The only place where the outside is waited for; nothing of ours is held meanwhile."""
    if some_text(errands) and isinstance(line, TextCarrier):
        texts = [TextOut(errand.attempt, errand.phone, errand.body, valid_seconds=600) for errand in errands]
        return line.send_texts(texts)
    if isinstance(line, VoiceCarrier):
        return [line.place_call(CallOut(errand.attempt, errand.phone, RING)) for errand in errands]
    return [Sent(Outcome.REFUSED, code="no_such_line") for _ in errands]


def record(open_desk: OpenDesk, write: Callable[[Desk], T], patience: float = 0.5) -> T:
    """Write what happened, however long the database is away: the wire has been touched and only we know."""
    told = False
    while True:
        try:
            with open_desk() as desk:
                return write(desk)
        except (DBAPIError, PoolTimeout) as error:
            if not is_gone(error):
                raise
            if not told:
                log.warning("the database is away; the result waits", extra={"error": type(error).__name__})
            told = True
            time.sleep(patience)


# --- finish ---------------------------------------------------------------------------------------------------


def _finish(desk: Desk, line: str, errands: Sequence[Errand], answers: Sequence[Sent]) -> list[Errand]:
    """Write the carrier's answers; returns the errands that the next line shall try."""
    go_on = []
    for errand, sent in zip(errands, answers, strict=True):
        attempt = desk.db.get(Attempt, errand.attempt, with_for_update=True)
        if attempt is not None and _write_answer(desk, errand, attempt, sent):
            go_on.append(errand)
    for errand, sent in zip(errands, answers, strict=True):  # last: every sender of this line waits for this row
        note_health(desk, line, errand.kind, sent.outcome in (Outcome.ACCEPTED, Outcome.PERMANENT), sent.code)
    return go_on


def _write_answer(desk: Desk, errand: Errand, attempt: Attempt, sent: Sent) -> bool:
    """Write one answer; True: the next line shall try it now."""
    outcome, taken_over = _outcome(attempt, sent), attempt.state == outbounds.UNKNOWN
    attempt.ref, attempt.finished_at = sent.ref or attempt.ref, desk.now()
    attempt.parts = sent.parts or attempt.parts
    note_price(attempt, sent.price)
    if taken_over:  # while this worker was silent; another has seen to it that it leaves again
        if outcome is Outcome.ACCEPTED:
            has_left(desk, attempt)
        return False
    attempt.code = sent.code[:60]
    if attempt.state == outbounds.TRYING:
        attempt.state = ATTEMPT_STATE[outcome]
    return _settle(desk, errand, outcome)


def note_price(attempt: Attempt, price: Price | None) -> None:
    """What the carrier says that this attempt cost, if it does."""
    if price is not None:
        attempt.price_micros, attempt.currency = price.micros, price.currency


def _outcome(attempt: Attempt, sent: Sent) -> Outcome:
    """The carrier's answer, unless its own call-back was faster and knows better."""
    if attempt.state in (outbounds.UNDELIVERED, outbounds.PERMANENT):
        return Outcome.REFUSED
    return Outcome.ACCEPTED if attempt.ref or attempt.state in HAS_LEFT else sent.outcome


def has_left(desk: Desk, attempt: Attempt, ref: str = "") -> None:
    """The carrier itself speaks of this attempt, so it has it: what was doubtful needs no second try. Touches what is
    owed only for a text, so that a call's incident can still be locked before it."""
    attempt.ref = attempt.ref or ref
    doubted = attempt.state == outbounds.UNKNOWN
    if attempt.state in (outbounds.TRYING, outbounds.UNKNOWN):
        attempt.state = outbounds.HANDED
    if doubted:
        again = (Outbound.id == attempt.outbound_id, Outbound.kind == outbounds.TEXT)
        held = Outbound.state.in_((outbounds.OWED, outbounds.CLAIMED))
        desk.db.execute(update(Outbound).where(*again, held).values(state=outbounds.DONE))


HAS_LEFT = (outbounds.HANDED, outbounds.DELIVERED, outbounds.ANSWERED, outbounds.ENDED)
ATTEMPT_STATE = {
    Outcome.ACCEPTED: outbounds.HANDED,
    Outcome.REFUSED: outbounds.REFUSED,
    Outcome.PERMANENT: outbounds.PERMANENT,
    Outcome.UNKNOWN: outbounds.UNKNOWN,
}


def _settle(desk: Desk, errand: Errand, outcome: Outcome) -> bool:
    """What an outcome means for what is owed; True: the next line shall try it now."""
    if outcome is Outcome.ACCEPTED:
        _handed_over(desk, errand.id, errand.kind)
        return False
    if outcome is Outcome.UNKNOWN:
        return not unknown(desk, errand.id)
    return True


def _handed_over(desk: Desk, outbound_id: int, kind: str) -> None:
    call = kind == outbounds.CALL
    values: dict[str, object] = {"state": outbounds.UNDER_WAY if call else outbounds.DONE}
    if call:
        until = desk.now() + UNREPORTED  # unless somebody has picked up already
        values["ends_by"] = case((Outbound.ends_by > until, Outbound.ends_by), else_=until)
    still = (Outbound.id == outbound_id, Outbound.state == outbounds.SENDING)
    alert_id = desk.db.scalar(update(Outbound).where(*still).values(**values).returning(Outbound.alert_id))
    if alert_id is not None and not call:
        raise_alert(desk, alert_id, alerts.SENT)


def raise_alert(desk: Desk, alert_id: int, state: str) -> None:
    """Move an alert forward on the receipts' ladder, never back and never over a human's answer."""
    lower = [name for name, rank in alerts.PROGRESS.items() if rank < alerts.PROGRESS[state]]
    desk.db.execute(update(Alert).where(Alert.id == alert_id, Alert.state.in_(lower)).values(state=state))


def unknown(desk: Desk, outbound_id: int) -> bool:
    """Nobody knows whether it left. Returns True when that settles it: the second time, or for a call, whose phone
    counts as ringing until it cannot any more (`voice.lost_ends`). Better twice than never, but never three times."""
    row = desk.db.get(Outbound, outbound_id, with_for_update=True)
    if row is None or row.state not in (outbounds.SENDING, outbounds.CLAIMED):
        return True
    row.unknowns += 1
    if row.kind == outbounds.CALL:
        wait = CALL_AGAIN if row.unknowns < MOST_UNKNOWN else UNREPORTED
        row.state, row.ends_by = outbounds.UNDER_WAY, desk.now() + wait
        return True
    if row.unknowns < MOST_UNKNOWN:
        return False
    row.state = outbounds.DONE
    if row.alert_id is not None:
        raise_alert(desk, row.alert_id, alerts.SENT)
    return True


def _put_back(desk: Desk, errands: Sequence[Errand], tried: Sequence[str]) -> list[int]:
    """Every line has refused: failed if none can ever reach the number, else owed again in a few seconds. Returns the
    alerts that lost one of their ways."""
    lost = []
    for errand in errands:
        row = desk.db.get(Outbound, errand.id, with_for_update=True)
        if row is None or row.state not in (outbounds.SENDING, outbounds.CLAIMED):
            continue
        never = select(Attempt.line).where(Attempt.outbound_id == row.id, Attempt.state == outbounds.PERMANENT)
        if set(tried) <= set(desk.db.scalars(never)):
            row.state = outbounds.FAILED
            lost += [row.alert_id] if row.alert_id is not None and row.purpose == "alert" else []
        else:
            row.state, row.due_at, row.claimed_by = outbounds.OWED, desk.now() + AGAIN, None
    return lost


def unreachable(desk: Desk, alert_id: int) -> None:
    """A number that neither texts nor calls can ever reach is as good as a no."""
    alert = desk.db.get(Alert, alert_id)
    if alert is None:
        return
    incident = incidents.lock(desk.db, alert.incident_id)
    desk.db.refresh(alert)
    hopeless = (outbounds.FAILED, outbounds.CALLED_OFF)
    query = select(Outbound.id).where(
        Outbound.alert_id == alert_id, Outbound.purpose == "alert", Outbound.state.not_in(hopeless)
    )
    if alert.state in alerts.ASKED and desk.db.scalar(query.limit(1)) is None:
        alert.state = alerts.FAILED
        dispatch.go_on_if_exhausted(desk, incident)


# --- workers that fell silent ---------------------------------------------------------------------------------


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


def _lose(desk: Desk, outbound_id: int, holder: str) -> None:
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
            newest.state, newest.code, newest.finished_at = outbounds.UNKNOWN, "worker_lost", desk.now()
            if unknown(desk, outbound_id):
                return
        elif newest.state in (outbounds.TRYING, *HAS_LEFT):
            newest.state = outbounds.HANDED if newest.state == outbounds.TRYING else newest.state
            _handed_over(desk, row.id, row.kind)
            return
    row.state, row.claimed_by, row.due_at = outbounds.OWED, None, desk.now()


def leave(desk: Desk) -> None:
    """This worker ends: what it claimed and has not touched is anybody's at once."""
    mine = (Outbound.claimed_by == desk.worker, Outbound.state == outbounds.CLAIMED)
    desk.db.execute(update(Outbound).where(*mine).values(state=outbounds.OWED, claimed_by=None))
    desk.db.execute(delete(Worker).where(Worker.name == desk.worker))
