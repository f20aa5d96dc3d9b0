"""An attempt: one try at bringing an outbound out on one line; its states, the moves between them, and the functions
that make them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from gateway.core.line_health import Report
from gateway.core.reachability import WAY_OF_PURPOSE
from gateway.models.base import Base
from gateway.models.outbound import TEXT, Outbound, is_kind
from gateway.models.states import StateTable

TRYING, HANDED, REFUSED, PERMANENT, UNKNOWN, DELIVERED, UNDELIVERED, ANSWERED, ENDED = (
    "trying",  # the row is written, the wire has not answered
    "handed",  # the carrier has it
    "refused",  # the carrier will not take it now
    "permanent",  # this line can never reach that number
    "unknown",  # nobody knows whether the carrier took it
    "delivered",
    "undelivered",
    "answered",  # somebody or something has picked up
    "ended",
)
HAS_LEFT = (HANDED, DELIVERED, ANSWERED, ENDED)  # the carrier has it, or had
# Nobody but the functions below changes a state, and they take an attempt that is locked (gateway.models.locking).
STATES = StateTable(
    first=(TRYING, HANDED),  # HANDED: it left while the database was away
    moves={
        (TRYING, HANDED): "the wire answered, or the carrier spoke of it first",
        (TRYING, REFUSED): "the wire answered",
        (TRYING, PERMANENT): "the wire answered",
        (TRYING, UNKNOWN): "the wire did not answer, or its worker is dead",
        (TRYING, ENDED): "nobody reported the end of the call in time",
        (UNKNOWN, HANDED): "the carrier speaks of it, so it has it",
        (UNKNOWN, ENDED): "nobody reported the end of the call in time",
        (HANDED, DELIVERED): "the network reports it",
        (HANDED, UNDELIVERED): "the network reports it",
        (HANDED, PERMANENT): "the network reports that the number cannot be reached",
        (HANDED, ANSWERED): "somebody or something picked up",
        (HANDED, ENDED): "the call is over",
        # The wire said no, and yet the carrier speaks of it: what happened to the phone counts.
        (REFUSED, DELIVERED): "the network reports it",
        (REFUSED, UNDELIVERED): "the network reports it",
        (REFUSED, PERMANENT): "the network reports that the number cannot be reached",
        (REFUSED, ANSWERED): "somebody or something picked up",
        (REFUSED, ENDED): "the call is over",
        (PERMANENT, DELIVERED): "it arrived after all",
        (PERMANENT, ANSWERED): "somebody or something picked up after all",
        (UNDELIVERED, DELIVERED): "it arrived after all",
        (ANSWERED, PERMANENT): "the call ended as one that cannot be put through",
        (ANSWERED, ENDED): "the call is over",
    },
)


class Attempt(Base):
    __tablename__ = "attempts"
    __table_args__ = (
        Index("ix_attempts_line_ref", "line", "ref"),
        # for the texts that a line with a daily limit has sent
        Index("ix_attempts_line_started", "line", "started_at"),
    )

    outbound_id: Mapped[int] = mapped_column(ForeignKey("outbounds.id"), index=True)
    line: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default=TRYING)
    ref: Mapped[str] = mapped_column(String(120), default="")
    code: Mapped[str] = mapped_column(String(60), default="")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]  # the wire has answered
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(12))
    # whether the network reached the phone, as far as that says anything of the line; NULL: it says nothing
    reached: Mapped[bool | None]
    keyed: Mapped[bool] = mapped_column(default=False)  # a human pressed something
    parts: Mapped[int | None]  # messages that a text is billed as
    seconds: Mapped[int | None]  # talked
    price_micros: Mapped[int | None] = mapped_column(BigInteger)  # millionths of `currency`, where the carrier told it
    currency: Mapped[str | None] = mapped_column(String(3))  # ISO 4217

    outbound: Mapped[Outbound] = relationship()


STATES.guard(Attempt.state)


# --- the moves -------------------------------------------------------------------------------------------------------
# Each takes a locked attempt and returns whether it moved.


def left_before(outbound_id: int, line: str, ref: str, at: datetime) -> Attempt:
    """Return the attempt of a text that left at `at`, while the database was away."""
    return Attempt(outbound_id=outbound_id, line=line, ref=ref, state=HANDED, started_at=at, finished_at=at)


def wire_answered(attempt: Attempt, state: str) -> bool:
    """Write that the request has come back with HANDED, REFUSED, PERMANENT or UNKNOWN. A report that was faster
    stands."""
    return _move(attempt, (TRYING,), state)


def lose(attempt: Attempt, code: str, now: datetime) -> bool:
    """The worker that waited for the wire cannot tell any more what it answered; `code` says why."""
    if not _move(attempt, (TRYING,), UNKNOWN):
        return False
    attempt.code, attempt.finished_at = code, now
    return True


def hand_over(attempt: Attempt) -> bool:
    """Write that the carrier speaks of the attempt, so it has it."""
    return _move(attempt, (TRYING, UNKNOWN), HANDED)


def deliver(attempt: Attempt) -> bool:
    """Write that the network reports the text as arrived."""
    attempt.reached = True
    return _move(attempt, (HANDED, REFUSED, PERMANENT, UNDELIVERED), DELIVERED)


def miss(attempt: Attempt, code: str, permanent: bool) -> bool:
    """Write that the network reports the text as not arrived; `permanent`: on this line it never will arrive."""
    if not _move(attempt, (HANDED, REFUSED), PERMANENT if permanent else UNDELIVERED):
        return False
    attempt.code = code[:60]
    return True


def pick_up(attempt: Attempt, now: datetime) -> bool:
    """Write that somebody or something has picked up. The first time is kept, also where the end was reported before
    it."""
    attempt.answered_at = attempt.answered_at or now
    return _move(attempt, (HANDED, REFUSED, PERMANENT), ANSWERED)


def end(attempt: Attempt, permanent: bool) -> bool:
    """Write that the call is over; `permanent`: this line can never reach that number."""
    known = (HANDED, REFUSED, ANSWERED)
    return _move(attempt, known, PERMANENT) if permanent else _move(attempt, (*known, TRYING, UNKNOWN), ENDED)


def _move(attempt: Attempt, before: Sequence[str], after: str) -> bool:
    if attempt.state not in STATES.sources(after, among=before):
        return False
    attempt.state = after
    return True


# --- queries ---------------------------------------------------------------------------------------------------------


def hopeless_lines(db: Session, outbound_ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Return for each of these outbounds the lines that can never reach its number."""
    query = select(Attempt.outbound_id, Attempt.line)
    lines = defaultdict[int, set[str]](set)
    for row in db.execute(query.where(Attempt.outbound_id.in_(outbound_ids), Attempt.state == PERMANENT)):
        lines[row.outbound_id].add(row.line)
    return lines


def doubts(db: Session, outbound_ids: Sequence[int]) -> Mapping[int, dict[str, datetime]]:
    """Return for each of these outbounds the lines of which nobody knows whether it left there, and since when."""
    query = select(Attempt.outbound_id, Attempt.line, Attempt.finished_at).order_by(Attempt.id)
    lines = defaultdict[int, dict[str, datetime]](dict)
    for row in db.execute(query.where(Attempt.outbound_id.in_(outbound_ids), Attempt.state == UNKNOWN)):
        if row.finished_at is not None:
            lines[row.outbound_id][row.line] = row.finished_at
    return lines


def find(db: Session, line: str, attempt_id: int | None, ref: str) -> int | None:
    """Return the id of the attempt that a carrier speaks of, or None: the one with our own id, else the newest attempt
    on this line with the carrier's own `ref`. What left while the database was away has no id (0). The caller of this
    function locks it and checks that it is one of this line."""
    if attempt_id or not ref:
        return attempt_id or None
    query = select(Attempt.id).where(Attempt.line == line, Attempt.ref == ref)
    return db.scalar(query.order_by(Attempt.id.desc()).limit(1))


def texts_since(db: Session, lines: Sequence[str], since: datetime) -> Mapping[str, int]:
    """Return how many texts each of these lines has sent since then, counted as they are billed. What a line refused
    does not count, what it may have sent does."""
    parts = func.sum(func.coalesce(Attempt.parts, 1))
    query = select(Attempt.line, parts).join(Outbound, Outbound.id == Attempt.outbound_id)
    counts = (Attempt.line.in_(lines), Attempt.started_at > since, Attempt.state != REFUSED)
    found = db.execute(query.where(*counts, is_kind(TEXT)).group_by(Attempt.line)).all() if lines else ()
    return dict.fromkeys(lines, 0) | {line: int(sent) for line, sent in found}


MOST_REPORTS = 100  # reports that are looked through for the newest of each number


def reports(db: Session, line: str, kind: str, since: datetime) -> Sequence[Report]:
    """Return the newest report of each number to which a text, or call, has left on this line since then."""
    columns = select(Outbound.phone, Attempt.reached, Attempt.started_at).join(Outbound)
    about = (Attempt.line == line, Attempt.started_at > since, Attempt.reached.is_not(None), is_kind(kind))
    newest = columns.where(*about).order_by(Attempt.started_at.desc(), Attempt.id.desc()).limit(MOST_REPORTS)
    found: dict[str, Report] = {}
    for row in db.execute(newest):
        found.setdefault(row.phone, Report(bool(row.reached), row.started_at))
    return list(found.values())


NEVER_THERE = (REFUSED, PERMANENT, UNDELIVERED)


def last_named(db: Session, phone: str, since: datetime, before: datetime) -> int | None:
    """Return the id of the incident that the newest text or call of ours to this responder's phone is about: of those
    that were written after `since` and had left by `before`. What went there as to a citizen or volunteer is left
    out."""
    about = (Outbound.incident_id.is_not(None), Outbound.purpose.not_in(WAY_OF_PURPOSE))
    left = (Attempt.started_at <= before, Attempt.state.not_in(NEVER_THERE))
    query = select(Outbound.incident_id).join(Attempt, Attempt.outbound_id == Outbound.id)
    query = query.where(Outbound.phone == phone, Outbound.created_at > since, *about, *left)
    return db.scalar(query.order_by(Attempt.started_at.desc(), Attempt.id.desc()).limit(1))
