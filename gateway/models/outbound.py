"""An outbound: one text or one call that we owe a phone; its states, the moves between them, and the functions that
make them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ForeignKey,
    Index,
    Row,
    String,
    Update,
    and_,
    case,
    exists,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from gateway.models.base import Base, Sealed
from gateway.models.states import StateTable

TEXT, CALL = "text", "call"
OWED, CLAIMED, SENDING, UNDER_WAY, DONE, FAILED, CALLED_OFF = (
    "owed",
    "claimed",  # a worker has taken it, nothing has touched the wire
    "sending",  # an attempt is on the wire, or the next line is about to be tried
    "under_way",  # a call is queued, ringing or talking
    "done",
    "failed",  # no line can ever reach this number
    "called_off",
)
WAITING = (OWED, CLAIMED)  # nothing has touched the wire
HELD = (CLAIMED, SENDING)  # a worker works on it
LIVE = (SENDING, UNDER_WAY)  # a call may be ringing or talking
RINGS = (CLAIMED, *LIVE)  # a call in these states keeps any other from the same phone (see the unique index)
# Nobody but the functions below changes a state. Each is one UPDATE that names the states it starts from: whoever comes
# too late moves nothing and is told so by what is returned (gateway.models.states).
STATES = StateTable(
    first=(OWED, DONE),  # DONE: a text that left while the database was away
    moves={
        (OWED, CLAIMED): "a worker claims it",
        (OWED, CALLED_OFF): "nobody needs it any more",
        (OWED, DONE): "an earlier attempt has left after all, says the carrier",
        (CLAIMED, SENDING): "the attempt is written",
        (CLAIMED, OWED): "its worker ends or is dead, or no line can be tried now",
        (CLAIMED, CALLED_OFF): "nobody needs it any more",
        (CLAIMED, DONE): "an earlier attempt has left after all, says the carrier",
        (CLAIMED, FAILED): "no line can ever reach the number",
        (SENDING, SENDING): "the next line is tried",
        (SENDING, UNDER_WAY): "the carrier has the call, or nobody knows whether it has",
        (SENDING, DONE): "the carrier has the text; or the end of the call was faster than the answer of the wire",
        (SENDING, OWED): "every line refused; its worker is dead; or the call failed before the wire answered",
        (SENDING, FAILED): "no line can ever reach the number",
        (SENDING, CALLED_OFF): "nobody needs it any more, and one line has refused it",
        (UNDER_WAY, DONE): "the call is over",
        (UNDER_WAY, OWED): "the network could not put the call through, or nobody ever heard of it: once more",
        (UNDER_WAY, FAILED): "no line can ever reach the number",
        (DONE, OWED): "the network could not deliver the text",
        (DONE, FAILED): "the network could not deliver it, and it was tried enough",
    },
)
# What an outbound is for (`purpose`). core.reachability says how each of them reaches a phone; what is not listed
# there concerns an officer or a desk.
FIRST, NEWS, REPLY, WRITTEN = "first", "news", "reply", "written"
STRANGER, VOLUNTEER, REGISTER = "stranger", "volunteer", "register"
HELP = "help"  # tells an officer or a desk how to answer; see gateway.responses.help_texts
RING_BACK = "ring_back"  # a call to a phone that has answered already; see gateway.responses.ring_backs
PROOF = "proof"  # asks a number whether an answer is theirs; see gateway.responses.possession
PHONE_TEST = "phone_test"  # a call that asks for a key and nothing else; see gateway.register.phone_checks
# Calls that are of no use where nothing is said and no key is taken.
NEEDS_WORDS = (RING_BACK, PROOF, PHONE_TEST)
ALERT_LANE, COURTESY_LANE = "alert", "courtesy"
# Ranks of the courtesy lane. Answers to unknown numbers' cries leave last: a flood of them delays no citizen's reply.
# The rank also tells them from other texts to unknown numbers (STRANGER), whose budget they do not use up.
DESK_RANK, COURTESY_RANK, CRY_RANK, BEYOND_RANK = 0, 9, 10, 11
BUNDLE = "bundle"  # the desk's text about cries that were beyond the bounds (core.words.reply_limits)


class Outbound(Base):
    __tablename__ = "outbounds"
    __table_args__ = (
        Index(
            "ix_outbounds_owed",
            "kind",
            "due_at",
            sqlite_where=text("state = 'owed'"),
            postgresql_where=text("state = 'owed'"),
        ),
        # for the sum that texts to unknown numbers have cost in the last hour
        Index(
            "ix_outbounds_stranger",
            "created_at",
            sqlite_where=text("purpose = 'stranger'"),
            postgresql_where=text("purpose = 'stranger'"),
        ),
        # no phone is ever rung by two of our calls at once
        Index(
            "uq_outbounds_phone_ringing",
            "phone",
            unique=True,
            sqlite_where=text("kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"),
            postgresql_where=text("kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"),
        ),
        # The indexes below hold only what is alive, so that the sweep never reads what was sent long ago.
        Index(
            "ix_outbounds_incident_ringing",
            "incident_id",
            sqlite_where=text("kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"),
            postgresql_where=text("kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"),
        ),
        Index(
            "ix_outbounds_phone_called",
            "phone",
            sqlite_where=text("kind = 'call' AND state IN ('owed', 'claimed', 'sending', 'under_way')"),
            postgresql_where=text("kind = 'call' AND state IN ('owed', 'claimed', 'sending', 'under_way')"),
        ),
        Index(
            "ix_outbounds_held",
            "claimed_by",
            sqlite_where=text("state IN ('claimed', 'sending')"),
            postgresql_where=text("state IN ('claimed', 'sending')"),
        ),
        Index(
            "ix_outbounds_expires",
            "expires_at",
            sqlite_where=text("state = 'owed'"),
            postgresql_where=text("state = 'owed'"),
        ),
        # for our newest texts to one number
        Index("ix_outbounds_phone_created", "phone", "created_at"),
    )

    kind: Mapped[str] = mapped_column(String(4))
    purpose: Mapped[str] = mapped_column(String(20))  # alert, notice, ask, or one of the purposes above
    lane: Mapped[str] = mapped_column(String(8), default=COURTESY_LANE)
    rank: Mapped[int] = mapped_column(default=COURTESY_RANK)  # 0: desks and first waves; then by wave
    distance_m: Mapped[float] = mapped_column(default=0.0)
    phone: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Sealed, default="")  # the words that leave first, and then those that left last
    by_line: Mapped[str | None] = mapped_column(Sealed)  # JSON: the words for each line; NULL = all say `body`
    to_citizen: Mapped[bool] = mapped_column(default=False)  # called off when the incident becomes quiet
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    ask_id: Mapped[int | None] = mapped_column(ForeignKey("asks.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=OWED)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    unknowns: Mapped[int] = mapped_column(default=0)  # how often nobody knows whether it left: once more, never oftener
    tries: Mapped[int] = mapped_column(default=0)
    cancel_at: Mapped[datetime | None] = mapped_column(index=True)  # a call to take back where the carrier can
    ring_seconds: Mapped[int | None]  # of a call; NULL: a text, or a call that a process before 0003 wrote
    ends_by: Mapped[datetime | None] = mapped_column(index=True)  # a call whose end nobody reported by then is over


STATES.guard(Outbound.state)


def word(row: Outbound, body: str, by_line: Mapping[str, str]) -> None:
    """Write the words of a text: for each line its own, or `body` for all."""
    row.body = next(iter(by_line.values()), str(body))
    row.by_line = json.dumps(by_line) if by_line else None


def words_of(by_line: str | None) -> dict[str, str]:
    """Return the words for each line; empty where all lines say the same."""
    return json.loads(by_line) if by_line else {}


def left_with(db: Session, words: Mapping[int, str]) -> None:
    """Write with which words these outbounds leave now, where they are others than before: a text that comes back as it
    left is known by them."""
    if words:
        db.execute(update(Outbound), [{"id": owed, "body": body} for owed, body in words.items()])


# --- conditions ------------------------------------------------------------------------------------------------------
# Their values stand in the statement itself: a database uses a partial index only where it can see that it fits.


def is_in(states: Sequence[str], row: type[Outbound] = Outbound) -> ColumnElement[bool]:
    """Return the condition that an outbound is in one of these states."""
    return row.state.in_([literal_column(f"'{state}'") for state in states])


def is_kind(kind: str, row: type[Outbound] = Outbound) -> ColumnElement[bool]:
    """Return the condition that an outbound is a text, or a call."""
    return row.kind == literal_column(f"'{kind}'")


def rings(row: type[Outbound] = Outbound) -> ColumnElement[bool]:
    """Return the condition of a call of ours that keeps any other from its phone."""
    return and_(is_kind(CALL, row), is_in(RINGS, row))


def is_awaited(row: type[Outbound] = Outbound) -> ColumnElement[bool]:
    """Return the condition of a call of ours that is owed, or keeps any other from its phone."""
    return and_(is_kind(CALL, row), is_in((OWED, *RINGS), row))


def is_due(kind: str, now: BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition of a text, or a call, that is owed and due."""
    return and_(is_kind(kind), is_in((OWED,)), Outbound.due_at <= now)


def is_over(now: BindParameter[datetime] | datetime) -> ColumnElement[bool]:
    """Return the condition of a call that counts as over, because nobody reported its end in time."""
    return and_(is_kind(CALL), is_in((UNDER_WAY,)), Outbound.ends_by <= now)


def is_taken_back(now: BindParameter[datetime] | datetime) -> ColumnElement[bool]:
    """Return the condition of a call under way that is to be taken back."""
    return and_(is_in((UNDER_WAY,)), Outbound.cancel_at <= now)


def is_called(db: Session, phone: str) -> bool:
    """Return whether a call of ours is owed to this phone or rings it."""
    return db.scalar(select(Outbound.id).where(Outbound.phone == phone, is_awaited()).limit(1)) is not None


# --- the moves -------------------------------------------------------------------------------------------------------
# `which` are conditions on Outbound. Each function returns the ids of the rows that it moved, unless it says otherwise.


# as `claim` returns it
Claimed = Row[int, str, str, str, str, "str | None", "int | None", "datetime | None", "int | None", str]


def has_left(alert_text: Outbound, at: datetime) -> Outbound:
    """Let a new text of an alert be one that left at `at`, while the database was away."""
    alert_text.state = DONE
    alert_text.created_at = alert_text.due_at = at
    return alert_text


def claim(db: Session, ids: Sequence[int], worker: str) -> Sequence[Claimed]:
    """Claim these outbounds for `worker`. Return id, kind, lane, phone, body, words by line, incident, end of worth,
    ring seconds and purpose of those that it got. A call to a phone that another call of ours is ringing stays
    owed."""
    other = aliased(Outbound)
    busy = exists().where(other.phone == Outbound.phone, rings(other))
    free = or_(Outbound.kind == TEXT, ~busy)
    query = _update((OWED,), CLAIMED, Outbound.id.in_(ids), free, claimed_by=worker)
    columns = (Outbound.id, Outbound.kind, Outbound.lane, Outbound.phone, Outbound.body, Outbound.by_line)
    more = (Outbound.incident_id, Outbound.expires_at, Outbound.ring_seconds, Outbound.purpose)
    return db.execute(query.returning(*columns, *more)).all()


def begin(db: Session, *which: ColumnElement[bool]) -> Sequence[int]:
    """Write that a line is about to be tried."""
    return _move(db, HELD, SENDING, *which, tries=Outbound.tries + 1)


def hand_over_text(db: Session, outbound_id: int) -> int | None:
    """Write that the carrier has the text, or has it so probably that it is not sent again. Return the id of its alert
    if the outbound moved and has one."""
    query = _update((SENDING,), DONE, Outbound.id == outbound_id)
    return db.scalar(query.returning(Outbound.alert_id))


def hand_over_call(db: Session, outbound_id: int, ends_by: datetime) -> Sequence[int]:
    """Write that the carrier has the call, or may have it. Unless its end is reported it counts as over at `ends_by`,
    or later if somebody has picked up already."""
    later = case((Outbound.ends_by > ends_by, Outbound.ends_by), else_=ends_by)
    return _move(db, (SENDING,), UNDER_WAY, Outbound.id == outbound_id, ends_by=later)


def put_back(db: Session, *which: ColumnElement[bool], due_at: datetime | None = None) -> Sequence[int]:
    """Give outbounds back that a worker has claimed: they are owed again, at `due_at` if given, else as before."""
    due = {} if due_at is None else {"due_at": due_at}
    return _move(db, HELD, OWED, *which, claimed_by=None, **due)


def fail(db: Session, *which: ColumnElement[bool]) -> Sequence[int]:
    """Write that no line can ever reach these numbers."""
    return _move(db, (*HELD, UNDER_WAY), FAILED, *which)


def call_off(db: Session, *which: ColumnElement[bool]) -> Sequence[int]:
    """Call off outbounds that nobody needs any more: those that have not touched the wire will not leave."""
    return _move(db, WAITING, CALLED_OFF, *which)


def take_back(db: Session, now: datetime, *which: ColumnElement[bool]) -> None:
    """Let the calls that are ringing, or about to, be taken back where the carrier can."""
    ringing = (Outbound.kind == CALL, Outbound.state.in_(LIVE))
    db.execute(update(Outbound).where(*which, *ringing).values(cancel_at=now))


def put_off_end(db: Session, until: datetime, *which: ColumnElement[bool]) -> Sequence[int]:
    """Put off the time at which calls count as over. Return the ids of those that this transaction put off."""
    moved = update(Outbound).where(*which, Outbound.state == UNDER_WAY).values(ends_by=until)
    return db.scalars(moved.returning(Outbound.id)).all()


def put_off(db: Session, until: datetime, *which: ColumnElement[bool]) -> None:
    """Let owed calls that alert a phone leave no earlier than at `until`."""
    alert_calls = (is_kind(CALL), Outbound.purpose == "alert", is_in((OWED,)), Outbound.due_at < until)
    db.execute(update(Outbound).where(*which, *alert_calls).values(due_at=until))


def call_off_in_hand(db: Session, *which: ColumnElement[bool]) -> Sequence[int]:
    """Call off outbounds that nobody needs any more, for the worker that has them in hand, between two lines."""
    return _move(db, HELD, CALLED_OFF, *which)


def prove(db: Session, *which: ColumnElement[bool]) -> Sequence[int]:
    """Write that the carrier speaks of an attempt whose outcome was unknown: the outbound has left and need not leave
    again."""
    return _move(db, WAITING, DONE, *which)


def finish_call(db: Session, outbound_id: int) -> Sequence[int]:
    """Write that the call is over."""
    return _move(db, LIVE, DONE, Outbound.id == outbound_id)


def call_again(db: Session, outbound_id: int, due_at: datetime) -> Sequence[int]:
    """Owe the call again at `due_at`: the line has failed, not the person."""
    return _move(db, LIVE, OWED, Outbound.id == outbound_id, claimed_by=None, due_at=due_at)


def text_again(db: Session, outbound_id: int, due_at: datetime) -> Sequence[int]:
    """Owe the text again at `due_at`: the network could not deliver it."""
    return _move(db, (DONE,), OWED, Outbound.id == outbound_id, claimed_by=None, due_at=due_at)


def fail_text(db: Session, outbound_id: int) -> Sequence[int]:
    """Write that the network could not deliver the text, and that nothing more is tried."""
    return _move(db, (DONE,), FAILED, Outbound.id == outbound_id)


def _move(
    db: Session, before: Sequence[str], after: str, *which: ColumnElement[bool], **values: object
) -> Sequence[int]:
    return db.scalars(_update(before, after, *which, **values).returning(Outbound.id)).all()


def _update(before: Sequence[str], after: str, *which: ColumnElement[bool], **values: object) -> Update:
    """Move all that fit `which` and are in one of the states `before`, in one statement: a row that another transaction
    moves at the same time is looked at again once that one has committed."""
    allowed = STATES.sources(after, among=before)
    return update(Outbound).where(*which, Outbound.state.in_(allowed)).values(state=after, **values)
