"""An uncertain call: a text that we did not understand, its code, our question back, and the desk that was told.

An uncertain call ends as an incident or is settled. Only this file moves its state and its timers:

- `ring_at`: the desk's phone is rung.
- `above_at`: the desk above is told and rung, where the profile says "desk first".
- `opens_at`: the call becomes an incident by itself.

Lock order: the incident of the same phone, then the uncertain call (docs/developers/lock-order.md).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, and_, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from gateway.core.uncertain import ANSWERABLE, FLOOD, Call
from gateway.models.base import Base
from gateway.models.memory import remembered
from gateway.models.moments import from_now, is_held, moments
from gateway.models.states import StateTable

WAITING, LOOKED_AT, LISTED, SETTLED, OPENED = "waiting", "looked_at", "listed", "settled", "opened"
OPEN = (WAITING, LOOKED_AT, LISTED)
LAST = 3  # so many of its last uncertain calls may say how a phone stands
STATES = StateTable(
    first=(WAITING, LISTED),
    moves={
        (WAITING, LOOKED_AT): "a desk says that it looks",
        (WAITING, SETTLED): "a no of that phone, or a desk",
        (WAITING, OPENED): "a yes, a panic, a desk, or silence",
        (LOOKED_AT, SETTLED): "a no of that phone, or a desk",
        (LOOKED_AT, OPENED): "a yes, a panic, a desk, or silence",
        (LISTED, LOOKED_AT): "a desk says that it looks",
        (LISTED, SETTLED): "a no of that phone, or a desk",
        (LISTED, OPENED): "a yes, a panic, a desk or an officer",
        (SETTLED, LOOKED_AT): "a desk takes its no back within a minute",
        (SETTLED, OPENED): "a yes within 30 minutes of our question",
    },
)


class Clarification(Base):
    __tablename__ = "asks"
    __table_args__ = (
        Index("ix_asks_unit_id_asked_at", "unit_id", "asked_at"),
        Index("ix_asks_state_listed_at", "state", "listed_at"),
    )

    code: Mapped[str | None] = mapped_column(String(4), index=True)  # None: of a version before 0005, or forgotten
    phone: Mapped[str] = mapped_column(String(32), index=True)
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbounds.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))  # the unit whose desk was told
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)  # that came of it
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    asked_at: Mapped[datetime]  # when the text came in
    asked: Mapped[bool] = mapped_column(default=True)  # whether the phone was sent our question
    ring_at: Mapped[datetime | None] = mapped_column(index=True)
    above_at: Mapped[datetime | None] = mapped_column(index=True)
    opens_at: Mapped[datetime | None] = mapped_column(index=True)
    opened_itself_at: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]  # when it was a line of a bundle
    # What decides how it is handled; see core.uncertain.Call.
    needs: Mapped[bool] = mapped_column(default=False)
    quiet: Mapped[bool] = mapped_column(default=False)
    desk_first: Mapped[bool] = mapped_column(default=False)
    low: Mapped[bool] = mapped_column(default=False)
    unknown: Mapped[bool] = mapped_column(default=False)
    words_key: Mapped[str | None] = mapped_column(String(64))  # a keyed hash: the same words give the same key
    said_no_at: Mapped[datetime | None]  # when that phone answered with a word of no
    answered_at: Mapped[datetime | None]  # when it was settled or became an incident
    answered_by: Mapped[str | None] = mapped_column(String(120))

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def lives(self, now: datetime) -> bool:
        """Return whether it still waits for somebody (`_lives`, in SQL)."""
        return self.is_open and (self.asked_at > now - ANSWERABLE or self.opens_at is not None)

    @property
    def call(self) -> Call:
        """Return the facts by which it is handled."""
        return Call(self.needs, self.quiet, self.desk_first, self.low, self.unknown)


STATES.guard(Clarification.state)


# --- the moves --------------------------------------------------------------------------------------------------------


def look(clarification: Clarification, opens_at: datetime) -> bool:
    """Note that a desk looks; it becomes an incident at `opens_at` unless somebody settles it."""
    if not _move(clarification, LOOKED_AT):
        return False
    clarification.ring_at, clarification.above_at = None, None
    clarification.opens_at = None if clarification.unknown else opens_at
    return True


def look_again(clarification: Clarification, opens_at: datetime) -> None:
    """Note that a desk takes its answer back and looks; the call becomes an incident at `opens_at`."""
    if look(clarification, opens_at):
        clarification.answered_at, clarification.answered_by = None, None


def settle(clarification: Clarification, by: str, now: datetime) -> bool:
    """Note that it is no emergency, by whom it was said."""
    return _end(clarification, SETTLED, by, now)


def open_as(clarification: Clarification, incident_id: int, by: str, now: datetime, itself: bool = False) -> bool:
    """Note the incident that came of it; `itself` where silence opened it."""
    if not _end(clarification, OPENED, by, now):
        return False
    clarification.incident_id = incident_id
    clarification.opened_itself_at = now if itself else None
    return True


def say_no(clarification: Clarification, now: datetime) -> None:
    """Note a word of no that does not settle it: the desk's phone rings no more, and from now on that phone is sent
    nothing, because somebody else may hold it."""
    clarification.said_no_at, clarification.ring_at, clarification.quiet = now, None, True


def hush(clarification: Clarification) -> None:
    """Note that its number has become quiet since: a word of no settles it no more."""
    clarification.quiet = True


def unquiet(clarification: Clarification) -> None:
    """Note that a desk has lifted the quiet of its number."""
    clarification.quiet = False


def rung(clarification: Clarification) -> None:
    clarification.ring_at = None


def told_above(clarification: Clarification) -> None:
    clarification.above_at = None


def put_on_list(clarification: Clarification, now: datetime) -> None:
    """Note that it is a line of the bundle that leaves now."""
    clarification.listed_at = now


def put_off(clarification: Clarification) -> None:
    """Let it open no more by itself, because it cannot be opened; a human is told."""
    clarification.opens_at = None


def _end(clarification: Clarification, state: str, by: str, now: datetime) -> bool:
    if not _move(clarification, state):
        return False
    clarification.answered_at, clarification.answered_by = now, by[:120]
    clarification.ring_at = clarification.above_at = clarification.opens_at = None
    return True


def _move(clarification: Clarification, state: str) -> bool:
    if not STATES.allows(clarification.state, state):
        return False
    clarification.state = state
    return True


# --- the queries ------------------------------------------------------------------------------------------------------


def open_of(db: Session, phone: str, now: datetime) -> Clarification | None:
    """Return the newest uncertain call of this phone that nobody has settled, or None. After 30 minutes one that opens
    nothing by itself counts no more."""
    return next((call for call in _newest_of(db, phone) if call.lives(now)), None)


def lock_open_of(db: Session, phone: str, now: datetime) -> Clarification | None:
    """Return the same, locked until the commit; None if it ended while we waited for the lock."""
    if open_of(db, phone, now) is None:
        return None
    query = _open_of(phone, now).with_for_update().execution_options(populate_existing=True)
    found = db.scalar(query)
    return found if found is not None and found.is_open else None


def newest_lately(db: Session, phone: str, now: datetime) -> Clarification | None:
    """Return the newest uncertain call of this phone within 30 minutes, whatever became of it, or None."""
    return next((call for call in _newest_of(db, phone) if call.asked_at > now - ANSWERABLE), None)


@remembered("asks")
def _newest_of(db: Session, phone: str) -> Sequence[Clarification]:
    """Return what counts of a phone's uncertain calls, the newest first: the open ones, and the last few."""
    mine = select(Clarification.id).where(Clarification.phone == phone)
    last = mine.order_by(Clarification.id.desc()).limit(LAST).subquery()
    counts = or_(Clarification.state.in_(OPEN), Clarification.id.in_(select(last.c.id)))
    query = select(Clarification).where(Clarification.phone == phone, counts)
    return db.scalars(query.order_by(Clarification.id.desc())).all()


def lock_answerable(db: Session, phone: str, now: datetime) -> Clarification | None:
    """Return the same, locked until the commit, if a YA still makes an incident of it; None where it is one already."""
    query = _newest_lately(phone, now).with_for_update().execution_options(populate_existing=True)
    found = db.scalar(query)
    return found if found is not None and found.state != OPENED else None


def lock(db: Session, clarification_id: int) -> Clarification | None:
    query = select(Clarification).where(Clarification.id == clarification_id).with_for_update()
    return db.scalar(query.execution_options(populate_existing=True))


def of_inbound(db: Session, inbound_id: int) -> Clarification | None:
    """Return the newest uncertain call that this text made, or None."""
    query = select(Clarification).where(Clarification.inbound_id == inbound_id)
    return db.scalar(query.order_by(Clarification.id.desc()).limit(1))


def newest_by_code(db: Session, code: str) -> Clarification | None:
    query = select(Clarification).where(Clarification.code == code)
    return db.scalar(query.order_by(Clarification.id.desc()).limit(1))


def open_of_units(db: Session, unit_ids: Collection[int], now: datetime) -> Sequence[Clarification]:
    """Return the open uncertain calls of these units, the oldest first."""
    query = select(Clarification).where(Clarification.unit_id.in_(unit_ids), *_lives(now))
    return db.scalars(query.order_by(Clarification.id)).all() if unit_ids else ()


def every_open(db: Session, now: datetime) -> Sequence[Clarification]:
    """Return all open uncertain calls, the newest first."""
    return db.scalars(select(Clarification).where(*_lives(now)).order_by(Clarification.id.desc())).all()


def with_codes(drawn: Collection[str], rested: datetime) -> Select[str | None]:
    """Select those of these codes that an uncertain call has which is open or came in after `rested`."""
    held = or_(Clarification.state.in_(OPEN), Clarification.asked_at > rested)
    return select(Clarification.code).where(Clarification.code.in_(drawn), held)


def codes_since(rested: datetime) -> Select[str | None]:
    """Select the codes of all uncertain calls that are open or came in after `rested`."""
    return select(Clarification.code).where(or_(Clarification.state.in_(OPEN), Clarification.asked_at > rested))


def places_held(db: Session, unit_id: int | None, besides: str, now: datetime) -> int:
    """Count the unit's calls of the last ten minutes, of other phones than `besides`, that hold one of the policy's
    places (`core.uncertain.handling`): they wait or have opened by themselves, for no better reason than silence."""
    holds = or_(Clarification.state.in_((WAITING, LOOKED_AT)), Clarification.opened_itself_at.is_not(None))
    plain = (column.is_(False) for column in (Clarification.needs, Clarification.quiet, Clarification.desk_first))
    query = select(func.count(Clarification.id)).where(*_lately_of(unit_id, besides, now), holds, *plain)
    return db.scalar(query) or 0


def has_same_words(db: Session, unit_id: int | None, besides: str, words_key: str, now: datetime) -> bool:
    """Return whether another phone than `besides` has an open call of the last ten minutes in the same words."""
    same = (Clarification.words_key == words_key, Clarification.state.in_(OPEN))
    query = select(Clarification.id).where(*_lately_of(unit_id, besides, now), *same)
    return db.scalar(query.limit(1)) is not None


def due(db: Session, now: datetime, limit: int = 100) -> Sequence[int]:
    """Return the ids of the uncertain calls of which a timer is due, the oldest first."""
    return db.scalars(are_due().order_by(Clarification.id).limit(limit), moments(now)).all()


@cache  # this and the next are built once, because building them takes longer than running them
def are_due() -> Select[int]:
    """Select the uncertain calls of which a timer is due."""
    timers = (Clarification.ring_at, Clarification.above_at, Clarification.opens_at)
    late = or_(*(timer <= from_now() for timer in timers))
    return select(Clarification.id).where(Clarification.state.in_(OPEN), late)


def unlisted(db: Session, now: datetime) -> Sequence[Clarification]:
    """Return the uncertain calls that wait for the next bundle, the oldest first, locked until the commit: of two
    workers only one sends them. Those of a line whose first call has ended wait anew: their code is used up."""
    query = are_unlisted().order_by(Clarification.id).with_for_update(skip_locked=True)
    return db.scalars(query, moments(now)).all()


@cache
def are_unlisted() -> Select[Clarification]:
    """Select the uncertain calls that wait for the next bundle."""
    never = Clarification.listed_at.is_(None)
    lately = and_(Clarification.listed_at > from_now(-ANSWERABLE), ~is_held(Clarification.listed_at))
    anew = and_(lately, _first_of_line_ended())
    return select(Clarification).where(Clarification.state == LISTED, or_(never, anew))


def _first_of_line_ended() -> ColumnElement[bool]:
    """Return whether the call that gave this call's line its code is no longer open."""
    first, same = aliased(Clarification), aliased(Clarification)

    def line(other: type[Clarification]) -> tuple[ColumnElement[bool], ...]:
        return (
            other.unit_id.is_not_distinct_from(Clarification.unit_id),
            other.words_key == Clarification.words_key,
            other.listed_at == Clarification.listed_at,
        )

    lowest = select(func.min(same.id)).where(*line(same)).correlate(Clarification).scalar_subquery()
    return exists(select(first.id).where(first.id == lowest, first.state.not_in(OPEN)))


def rest_of_line(db: Session, first: Clarification) -> Sequence[Clarification]:
    """Return the later calls of the line of a bundle that has the code of `first`, as far as they are open, the oldest
    first."""
    if first.words_key is None or first.listed_at is None:
        return ()
    line = (Clarification.words_key == first.words_key, Clarification.listed_at == first.listed_at)
    mine = (Clarification.unit_id == first.unit_id, Clarification.id > first.id, Clarification.state == LISTED)
    return db.scalars(select(Clarification).where(*line, *mine).order_by(Clarification.id)).all()


def last_listed(db: Session, unit_id: int | None) -> datetime | None:
    """Return when the unit's last bundle left, or None."""
    query = select(Clarification.listed_at).where(Clarification.unit_id == unit_id)
    left = query.where(Clarification.listed_at.is_not(None), ~is_held(Clarification.listed_at))
    return db.scalar(left.order_by(Clarification.listed_at.desc()).limit(1))


def _lately_of(unit_id: int | None, besides: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    mine = (Clarification.unit_id == unit_id, Clarification.phone != besides)
    return (*mine, Clarification.asked_at > now - FLOOD)


def _newest_lately(phone: str, now: datetime) -> Select[Clarification]:
    query = select(Clarification).where(Clarification.phone == phone, Clarification.asked_at > now - ANSWERABLE)
    return query.order_by(Clarification.id.desc()).limit(1)


def _open_of(phone: str, now: datetime) -> Select[Clarification]:
    query = select(Clarification).where(Clarification.phone == phone, *_lives(now))
    return query.order_by(Clarification.id.desc()).limit(1)


def _lives(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Clarification.state.in_(OPEN),
        or_(Clarification.asked_at > now - ANSWERABLE, Clarification.opens_at.is_not(None)),
    )
