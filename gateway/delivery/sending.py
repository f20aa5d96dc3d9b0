"""Send an owed outbound: claim the row, use a line, write what happened.

    claim (claims.py) -> wait for the line's pace -> begin: the attempt is a row -> the wire, no database held
    -> finish: the answer changes the outbound (outcomes.py)

Each step is a short transaction of its own. If a line refuses, the next one tries at once. What every line refused for
a passing reason stays owed. An outbound of unknown outcome is sent once more, never oftener (docs/adr/0003).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.carriers.base import Carrier, TextCarrier, VoiceCarrier
from gateway.core.messages import CallOut, Outcome, Sent, TextOut
from gateway.core.reachability import Why
from gateway.core.sentences.segments import segments
from gateway.delivery import bundles, pacing, reachability
from gateway.delivery import senders as own_senders
from gateway.delivery.claims import ClaimedOutbound, line_of, lines_of, unneeded_alert
from gateway.delivery.outcomes import (
    AGAIN,
    doubtful,
    handed_over,
    has_left,
    may_ring,
    note_answer,
    note_price,
    unreachable,
)
from gateway.infrastructure.database import is_gone
from gateway.models import attempt as attempts
from gateway.models import opt_out as opt_outs
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.locking import lock
from gateway.models.outbound import Outbound
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

log = logging.getLogger(__name__)
T = TypeVar("T")
Alike = tuple[str, str, str, frozenset[str], str, str]  # kind, lane, line, lines that missed, phone of a bundle, words

DAY_IS_FULL = timedelta(minutes=5)  # a text that no line has room for today is tried again after this
IN_MENU = timedelta(seconds=10)  # a text to a phone whose USSD session is open is looked at again after this
ATTEMPT_STATE = {
    Outcome.ACCEPTED: attempts.HANDED,
    Outcome.REFUSED: attempts.REFUSED,
    Outcome.PERMANENT: attempts.PERMANENT,
    Outcome.UNKNOWN: attempts.UNKNOWN,
}


# --- deliver ---------------------------------------------------------------------------------------------------------


def batches(uow: UnitOfWork, batch: Iterable[ClaimedOutbound]) -> list[list[ClaimedOutbound]]:
    """Group outbounds into what one request can carry: texts of the same words where the line takes many, all others
    alone; and alerts to the same phone, which leave as one text. The order stays: a group goes where its first was."""

    def key(claimed: ClaimedOutbound) -> Alike:
        phone, words = (claimed.phone, "") if claimed.bundled else ("", claimed.body)
        return claimed.kind, claimed.lane, line_of(uow, [claimed]), claimed.missed, phone, words

    alike: dict[Alike, list[ClaimedOutbound]] = {}
    for claimed in bundles.gather(batch):
        alike.setdefault(key(claimed), []).append(claimed)
    together = []
    for (kind, _, line, _, phone, _), group in alike.items():
        together += list(chunks(group, bundles.MOST if phone else most_at_once(uow.lines.named(line), kind)))
    return together


def most_at_once(line: Carrier | None, kind: str) -> int:
    """Return how many texts of the same words, or calls, one request on this line carries."""
    return line.batch if kind == outbounds.TEXT and isinstance(line, TextCarrier) else 1


def chunks(things: Sequence[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(things), size):
        yield list(things[start : start + size])


def deliver(open_uow: OpenUnitOfWork, batch: Sequence[ClaimedOutbound], begun: Callable[[], object] = bool) -> None:
    """Bring one batch out, line after line, until each outbound has left, can never arrive, or was refused by every
    line. `begun` is called each time that the attempts are written and the wire is about to be touched."""
    tried: list[str] = []
    with open_uow() as uow:
        lines = lines_of(uow, batch[0])
    for line in lines:
        left: list[ClaimedOutbound] = []
        most = bundles.MOST if bundles.is_bundle(batch) else most_at_once(line, batch[0].kind)
        for some in chunks(batch, most):
            left += _try(open_uow, line, some, begun)
        tried.append(line.name)
        batch = left
        if not batch:
            return
    for alert_id in record(open_uow, lambda uow: _put_back(uow, batch, tried)):
        # This is a transaction of its own, because it locks the incident (docs/developers/lock-order.md).
        record(open_uow, partial(unreachable, alert_id=alert_id))


@dataclass(frozen=True)
class Begun:
    """The state of a batch just before the wire is touched. An outbound that is in neither list was called off, or
    another worker took it over."""

    ready: list[ClaimedOutbound]  # each of these has an attempt of its own now
    passed: list[ClaimedOutbound]  # this line cannot try these, now or ever: the next line shall


def _try(
    open_uow: OpenUnitOfWork, line: Carrier, batch: Sequence[ClaimedOutbound], begun: Callable[[], object]
) -> list[ClaimedOutbound]:
    """Make one request on one line; return the outbounds that the next line shall try."""
    with open_uow() as uow:
        tries = _begin(uow, line.name, batch)
    if not tries.ready:
        return tries.passed
    begun()
    answers = [sent for alike in _same_words(tries.ready) for sent in _wire(line, alike)]
    return tries.passed + record(open_uow, lambda uow: _finish(uow, line.name, tries.ready, answers))


def _begin(uow: UnitOfWork, line: str, batch: Sequence[ClaimedOutbound]) -> Begun:
    """Write the attempts before the wire is touched. Outbounds that were called off meanwhile are dropped here."""
    ids = [claimed.id for claimed in batch]
    mine = (Outbound.id.in_(ids), Outbound.claimed_by == uow.worker)
    outbounds.call_off_in_hand(uow.db, *mine, unneeded_alert())
    _leave_dark(uow, ids)
    still = set(outbounds.begin(uow.db, *mine))
    going = [claimed for claimed in batch if claimed.id in still]
    shut = _shut(uow, line, going)
    trying = [claimed for claimed in going if claimed.id not in shut]
    senders = own_senders.of_texts(uow, line, trying)
    ready = [replace(_attempt(uow, line, claimed), sender=senders.get(claimed.id, "")) for claimed in trying]
    pairs = zip(trying, ready, strict=True)
    outbounds.left_with(uow.db, {now.id: now.body for before, now in pairs if now.body != before.body})
    if len(ready) < len(batch):
        pacing.let_go(uow, line)
    passed = [claimed for claimed in going if claimed.id in shut]
    return Begun(bundles.worded(uow, line, ready), passed)


def _shut(uow: UnitOfWork, line: str, batch: Sequence[ClaimedOutbound]) -> set[int]:
    """Return those of these outbounds that this line cannot try now: it can never reach the number, it may be ringing
    that phone, or it has sent its texts of the day."""
    ids = [claimed.id for claimed in batch]
    hopeless = attempts.hopeless_lines(uow.db, ids)
    shut = {owed for owed in ids if line in hopeless[owed]}
    if batch and batch[0].kind == outbounds.CALL:
        ringing = may_ring(uow, ids, max(claimed.ring_seconds for claimed in batch))
        shut |= {owed for owed in ids if line in ringing[owed]}
    elif batch:
        shut |= pacing.held_for_today(uow, line, batch)
    return shut


def _attempt(uow: UnitOfWork, line: str, claimed: ClaimedOutbound) -> ClaimedOutbound:
    """Write one attempt, and choose the words that are true on this line."""
    body = claimed.by_line.get(line, claimed.body)
    parts = segments(body) if claimed.kind == outbounds.TEXT else None  # until the carrier tells its own count
    row = Attempt(outbound_id=claimed.id, line=line, started_at=uow.now(), parts=parts)
    uow.db.add(row)
    uow.db.flush()
    return replace(claimed, attempt=row.id, body=body)


def _leave_dark(uow: UnitOfWork, outbound_ids: Sequence[int]) -> None:
    """Drop the outbounds whose phone may not be reached any more, or must not know of the incident. As long as the menu
    asks whether a phone must be quiet, its texts go back into the queue."""
    barred = reachability.barred(uow, outbound_ids)
    wait = [outbound_id for outbound_id, answer in barred.items() if answer.why is Why.IN_MENU]
    drop = {outbound_id for outbound_id in barred if outbound_id not in wait}
    drop |= reachability.must_not_know(uow, outbound_ids)
    mine = Outbound.claimed_by == uow.worker
    if drop:
        outbounds.call_off_in_hand(uow.db, Outbound.id.in_(drop), mine)
    if wait:
        outbounds.put_back(uow.db, Outbound.id.in_(wait), mine, due_at=uow.now() + IN_MENU)


def _same_words(ready: Sequence[ClaimedOutbound]) -> Iterator[list[ClaimedOutbound]]:
    """Yield the outbounds that one request carries: on this line the phones of a batch may answer in different ways.
    The order stays."""
    for _, alike in groupby(ready, key=lambda claimed: (claimed.body, claimed.sender)):
        yield list(alike)


def _wire(line: Carrier, batch: Sequence[ClaimedOutbound]) -> Sequence[Sent]:
    """Send the batch and return the carrier's answers. This is the only place that waits for the outside; no lock,
    transaction or connection of ours is held meanwhile."""
    if bundles.is_bundle(batch):
        return _one_for_all(line, batch)
    if batch[0].kind == outbounds.TEXT and isinstance(line, TextCarrier):
        return _send_texts(line, batch)
    if isinstance(line, VoiceCarrier):
        return [line.place_call(CallOut(claimed.attempt, claimed.phone, claimed.ring_seconds)) for claimed in batch]
    return [Sent(Outcome.REFUSED, code="no_such_line") for _ in batch]


def _send_texts(line: TextCarrier, batch: Sequence[ClaimedOutbound]) -> Sequence[Sent]:
    """Send texts of the same words. What is refused from a unit's own sender leaves at once from the line's: nobody
    misses an alert because of a sender that was written down wrong."""
    texts = [
        TextOut(claimed.attempt, claimed.phone, claimed.body, claimed.valid_seconds, claimed.sender)
        for claimed in batch
    ]
    answers = list(line.send_texts(texts))
    again = [at for at, sent in enumerate(answers) if texts[at].sender and _blames_sender(sent)]
    if again:
        for at, sent in zip(again, line.send_texts([replace(texts[at], sender="") for at in again]), strict=True):
            answers[at] = sent
    return answers


def _blames_sender(sent: Sent) -> bool:
    return sent.outcome in (Outcome.REFUSED, Outcome.PERMANENT) and not sent.about_number


def _one_for_all(line: Carrier, batch: Sequence[ClaimedOutbound]) -> Sequence[Sent]:
    """Send one text for a bundle; what the carrier answers counts for each, what it costs for the last."""
    (sent,) = _wire(line, batch[-1:])
    return [*(replace(sent, parts=None, price=None) for _ in batch[1:]), sent]


def record(open_uow: OpenUnitOfWork, write: Callable[[UnitOfWork], T], patience: float = 0.5) -> T:
    """Write what happened, however long the database is away: the wire has been touched, and only this process knows
    it. `patience` is the first pause between two tries, in seconds."""
    told = False
    while True:
        try:
            with open_uow() as uow:
                return write(uow)
        except (DBAPIError, PoolTimeout) as error:
            if not is_gone(error):
                raise
            if not told:
                log.warning("the database is away; the result waits", extra={"error": type(error).__name__})
            told = True
            time.sleep(patience)


# --- finish ----------------------------------------------------------------------------------------------------------


def _finish(
    uow: UnitOfWork, line: str, batch: Sequence[ClaimedOutbound], answers: Sequence[Sent]
) -> list[ClaimedOutbound]:
    """Write the carrier's answers; return the outbounds that the next line shall try."""
    go_on = []
    held = lock(uow.db, attempts=Attempt.id.in_([claimed.attempt for claimed in batch]))
    found = {attempt.id: attempt for attempt in held.attempts}
    for claimed, sent in zip(batch, answers, strict=True):
        if claimed.attempt in found and _write_answer(uow, claimed, found[claimed.attempt], sent):
            go_on.append(claimed)
    # These come last: every sender of this line waits for these rows.
    if go_on:
        pacing.let_go(uow, line)
    for claimed, sent in zip(batch, answers, strict=True):
        note_answer(uow, line, claimed.kind, sent)
        if sent.opted_out:
            opt_outs.stop(uow.db, claimed.phone, line, uow.now(), sent.code)
    return go_on


def _write_answer(uow: UnitOfWork, claimed: ClaimedOutbound, attempt: Attempt, sent: Sent) -> bool:
    """Write one answer; return True if the next line shall try the outbound now."""
    outcome, taken_over = _outcome(attempt, sent), attempt.state == attempts.UNKNOWN
    attempt.ref, attempt.finished_at = sent.ref or attempt.ref, uow.now()
    attempt.parts = sent.parts or attempt.parts
    note_price(attempt, sent.price)
    if taken_over:  # another worker took it over while this one was silent, and has seen to it that it leaves again
        if outcome is Outcome.ACCEPTED:
            has_left(uow, attempt)
        return False
    attempt.code = sent.code[:60]
    attempts.wire_answered(attempt, ATTEMPT_STATE[outcome])
    return _settle(uow, claimed, outcome, attempt.line)


def _outcome(attempt: Attempt, sent: Sent) -> Outcome:
    """Return the carrier's answer, unless its own call-back was faster and knows better."""
    if attempt.state in (attempts.UNDELIVERED, attempts.PERMANENT):
        return Outcome.REFUSED
    return Outcome.ACCEPTED if attempt.ref or attempt.state in attempts.HAS_LEFT else sent.outcome


def _settle(uow: UnitOfWork, claimed: ClaimedOutbound, outcome: Outcome, line: str) -> bool:
    """Change the outbound as the outcome demands; return True if the next line shall try it now."""
    if outcome is Outcome.ACCEPTED:
        handed_over(uow, claimed.id, claimed.kind, claimed.ring_seconds, line)
        return False
    if outcome is Outcome.UNKNOWN:
        held = lock(uow.db, outbounds=Outbound.id == claimed.id)
        return any(doubtful(uow, row) for row in held.outbounds)
    return True


def _held_for_today(uow: UnitOfWork, batch: Sequence[ClaimedOutbound], tried: Sequence[str]) -> set[int]:
    """Return the texts that wait because every line has sent its texts of the day."""
    if not tried or batch[0].kind != outbounds.TEXT:
        return set()
    return set.intersection(*(pacing.held_for_today(uow, line, batch) for line in tried))


def _put_back(uow: UnitOfWork, batch: Sequence[ClaimedOutbound], tried: Sequence[str]) -> list[int]:
    """Put back outbounds that every line has refused: owed again in a few seconds, or failed if no line can ever reach
    the number. Return the ids of the alerts that lost one of their ways."""
    ids = [claimed.id for claimed in batch]
    # Another worker's claims stay: it took them over while this one was held up.
    mine = Outbound.claimed_by == uow.worker
    hopeless = attempts.hopeless_lines(uow.db, ids)
    never = [owed for owed in ids if set(tried) <= hopeless[owed]]
    failed = outbounds.fail(uow.db, Outbound.id.in_(never), mine) if never else ()
    held = _held_for_today(uow, batch, tried)
    for pause, back in ((AGAIN, set(ids) - held), (DAY_IS_FULL, held)):
        if again := [owed for owed in ids if owed in back and owed not in never]:
            outbounds.put_back(uow.db, Outbound.id.in_(again), mine, due_at=uow.now() + pause)
    lost = select(Outbound.alert_id).where(Outbound.id.in_(failed), Outbound.purpose == "alert")
    return [alert_id for alert_id in uow.db.scalars(lost) if alert_id is not None] if failed else []
