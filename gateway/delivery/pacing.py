"""Say on which line each owed text or call may leave, and when. All workers share this through the paces table."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import or_, select

from gateway.carriers.base import Carrier
from gateway.core.daily_limits import DAY, may_send, waits
from gateway.core.line_health import Told
from gateway.core.messages import Ending
from gateway.core.policy import Policy
from gateway.core.reachability import open_lines
from gateway.models import attempt as attempts
from gateway.models import opt_out as opt_outs
from gateway.models import outbound as outbounds
from gateway.models import worker as workers
from gateway.models.attempt import Attempt
from gateway.models.base import the_only
from gateway.models.worker import Pace
from gateway.unit_of_work import UnitOfWork

# A telephone is held for a call so much longer than it rings: until it is hung up and the end is written. A call whose
# worker died lets go of it by then.
HELD_BEYOND = timedelta(seconds=20)


class Purposed(Protocol):
    """An outbound by its id and its purpose."""

    @property
    def id(self) -> int: ...

    @property
    def purpose(self) -> str: ...


class Owed(Purposed, Protocol):
    """A row of an owed text or call."""

    @property
    def phone(self) -> str: ...

    @property
    def ring_seconds(self) -> int | None: ...


@dataclass(frozen=True)
class Leave:
    """When an outbound may leave, and the line that was chosen for it ("": the first that is tried)."""

    at: datetime
    line: str = ""


def lines_for(uow: UnitOfWork, kind: str, purpose: str, phone: str, stopped: Collection[str] = ()) -> Sequence[Carrier]:
    """Return the lines that can bring a text or a call of this purpose to a phone, which has opted out of texts on the
    lines `stopped`."""
    if kind == outbounds.TEXT:
        lines = uow.lines.for_texts(phone, uow.now())
        going = open_lines([line.name for line in lines], stopped) if stopped else [line.name for line in lines]
        return [line for line in lines if line.name in going]
    choose = uow.lines.for_words if purpose in outbounds.NEEDS_WORDS else uow.lines.for_calls
    return choose(phone, uow.now())


def missed(uow: UnitOfWork, ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Return for each outbound the lines on which it was tried and did not reach its phone, as far as anybody knows.
    This is read from the attempts, because another process may have received the report."""
    lost = or_(Attempt.state.in_((attempts.UNDELIVERED, attempts.UNKNOWN)), Attempt.ending == Ending.FAILED.value)
    found = defaultdict[int, set[str]](set)
    if ids:
        for tried in uow.db.execute(
            select(Attempt.outbound_id, Attempt.line).where(Attempt.outbound_id.in_(ids), lost)
        ):
            found[tried.outbound_id].add(tried.line)
    return found


def let_go(uow: UnitOfWork, line: str) -> None:
    """Let go of a telephone: its next call may leave. For any other line this does nothing."""
    if uow.lines.has_one_call(line):
        workers.free(uow.db, _lane(line, outbounds.CALL), uow.now())


def _learn_health(uow: UnitOfWork) -> None:
    """Let this process know what any has written of the lines: one hears the reports, another chooses the line."""
    now = uow.now()
    uow.lines.learn(
        {
            (row.line, row.kind): Told(row.bad_at if row.refuses else None, row.reaches_few(now))
            for row in workers.failing(uow.db, uow.lines.names(), now)
        }
    )


def _sent_today(uow: UnitOfWork) -> Mapping[str, int]:
    """Return how many texts each line with a daily limit has sent in the last 24 hours."""
    return attempts.texts_since(uow.db, uow.lines.limited(), uow.now() - DAY)


def held_for_today(uow: UnitOfWork, line: str, owed: Sequence[Purposed]) -> set[int]:
    """Return those of these texts that do not leave on this line before its day is over. Two workers that ask at the
    same moment may send one text more than the line may; the part that is kept for alerts bears it."""
    limit = uow.lines.daily_limit(line)
    if not limit:
        return set()
    sent, held = attempts.texts_since(uow.db, [line], uow.now() - DAY)[line], set()
    for one in owed:
        if waits(sent, limit, one.purpose):
            held.add(one.id)
        else:
            sent += 1
    return held


def _lane(line: str, kind: str) -> str:
    return f"{line}/{kind}"


class Pacing:
    """Say when the next texts, or calls, may leave on each line."""

    def __init__(self, uow: UnitOfWork, kind: str, horizon: timedelta, room: Callable[[str], int]) -> None:
        self.uow, self.kind, self.room = uow, kind, room
        self.now = uow.now()
        self.until = self.now + horizon
        self.rows: dict[str, Pace] = {}
        self.taken: Counter[str] = Counter()
        self.chooses = False  # whether any of what is taken may leave on another line than its first
        self.sent = _sent_today(uow) if kind == outbounds.TEXT else {}  # by each line with a daily limit

    def is_booked_ahead(self) -> bool:
        """Return whether more is taken already on a line than it may send now."""
        ahead = select(Pace.id).where(Pace.lane.endswith(f"/{self.kind}"), Pace.free_at > self.now)
        return self.uow.db.scalar(ahead.limit(1)) is not None

    def take(self, owed: Sequence[Owed]) -> dict[int, Leave]:
        """Return when each of these may leave, in their order. Left out is whatever finds its line's senders all busy,
        or whose line's pace does not allow it within the horizon. Who finds every telephone ringing leaves on the next
        line that is none, and waits only where there is none. Equal lines share what leaves by what each can still
        send."""
        if owed:
            _learn_health(self.uow)
        lines = self._lines(owed)
        for line in sorted({line for choice in lines.values() for line in choice}):
            self._lock(line)  # in one order, so that two claims never wait in a circle
        leaves = {row.id: self._leave(row, lines[row.id]) for row in owed}
        self.uow.db.flush()
        return {owed_id: leave for owed_id, leave in leaves.items() if leave is not None}

    def _lines(self, owed: Sequence[Owed]) -> dict[int, list[str]]:
        """Return for each of these the telephones that stand before its first other line, and that line with its
        equals."""
        stopped = opt_outs.lines_of(self.uow.db, {row.phone for row in owed})
        lines = {
            row.id: lines_for(self.uow, self.kind, row.purpose, row.phone, stopped.get(row.phone, ())) for row in owed
        }
        names = {owed_id: [line.name for line in choice] for owed_id, choice in lines.items()}
        self.chooses = any(self._may_choose(choice) for choice in names.values())
        if not self.chooses:
            return {owed_id: choice[:1] for owed_id, choice in names.items()}
        lost = missed(self.uow, list(names))
        return {row.id: self._down_to_any(row, names[row.id], lost[row.id]) for row in owed}

    def _may_choose(self, lines: Sequence[str]) -> bool:
        """Return whether another of these lines than the first may be taken."""
        special = any(self.uow.lines.has_one_call(line) or line in self.sent for line in lines)
        return special or len(self.uow.lines.pool(lines, self.kind, self.now)) > 1

    def _has_room_today(self, line: str, row: Owed) -> bool:
        sent = self.sent.get(line, 0) + self.taken[line]
        return may_send(sent, self.uow.lines.daily_limit(line) if line in self.sent else 0, row.purpose)

    def _down_to_any(self, row: Owed, names: Sequence[str], lost: Collection[str]) -> list[str]:
        lines = sorted(names, key=lambda line: (line in lost, not self._has_room_today(line, row)))
        # The most urgent call would come back to the telephone that fails, each time that a good one is taken.
        lines = [line for line in lines if not self._fails(line)] or lines
        first = next((place for place, line in enumerate(lines) if not self.uow.lines.has_one_call(line)), len(lines))
        equal = self.uow.lines.pool(lines[first:], self.kind, self.now)
        return [*lines[:first], *([line for line in equal if line not in lost] or equal[:1])]

    def _fails(self, line: str) -> bool:
        return self.uow.lines.has_one_call(line) and self.uow.lines.is_bad(line, self.kind, self.now)

    def _leave(self, row: Owed, lines: Sequence[str]) -> Leave | None:
        # "": no line can bring it, and whoever claims it finds that out
        for line in sorted(lines, key=lambda line: self._load(line, row)) or [""]:
            if leave := self._on(line, row):
                return leave if self.chooses else replace(leave, line="")
        return None

    def _load(self, line: str, row: Owed) -> tuple[object, ...]:
        """Return a sort key: telephones in their order, then of equal lines the one that can send this the soonest and
        has sent the smallest part of its day; of lines that are alike each phone keeps its own."""
        if self.uow.lines.has_one_call(line):
            return (0,)
        limit = self.uow.lines.daily_limit(line)
        used = (self.sent.get(line, 0) + self.taken[line]) / limit if limit else 0.0
        free_at = max(self.now, self.rows[line].free_at) if line in self.rows else self.now
        return 1, not self._has_room_today(line, row), free_at, used, zlib.crc32(f"{line} {row.phone}".encode())

    def _on(self, line: str, row: Owed) -> Leave | None:
        if self.taken[line] >= self.room(line):
            return None
        telephone = line if self.uow.lines.has_one_call(line) else ""
        start = self._held(line, row) if telephone else self._paced(line)
        self.taken[line] += start is not None
        return Leave(start, line) if start is not None else None

    def _held(self, line: str, row: Owed) -> datetime | None:
        """Hold a telephone that rings nobody for this call."""
        if self.rows[line].free_at > self.now:
            return None
        rings = timedelta(seconds=row.ring_seconds or Policy.ring)
        self.rows[line].free_at = self.now + rings + HELD_BEYOND
        return self.now

    def _paced(self, line: str) -> datetime | None:
        row = self.rows.get(line)
        if row is None:
            return self.now
        start = max(self.now, row.free_at)
        if start > self.until:
            return None
        row.free_at = start + timedelta(seconds=1 / self.uow.lines.pace(line, self.kind))
        return start

    def _lock(self, line: str) -> None:
        """Lock the row of a line that is paced, or has one call at a time, once."""
        needs = self.uow.lines.pace(line, self.kind) or self.uow.lines.has_one_call(line)
        if line not in self.rows and needs:
            lane = _lane(line, self.kind)
            query = select(Pace).where(Pace.lane == lane).with_for_update()
            self.rows[line] = the_only(self.uow.db, query, Pace(lane=lane, free_at=self.now))
