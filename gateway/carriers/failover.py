"""The switchboard: which lines to try, in which order.

Health only changes the order; it never takes a line away. Only a telephone that is the one door for missed calls rings
nobody out (`gateway.core.missed_calls`).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from gateway.carriers.base import Carrier, HandsetCarrier, MissedCallCarrier, TextCarrier, VoiceCarrier
from gateway.core.line_health import MOST_NUMBERS, Report, is_failing
from gateway.core.missed_calls import Handset, may_ring_out

LAST_FOR = timedelta(seconds=30)  # a line that failed is tried last for so long, then first again
AnyCarrier = TypeVar("AnyCarrier", bound=Carrier)


class Switchboard:
    """All lines in order of preference. `routes` gives another order by dialling prefix; the longest prefix wins.
    `paces` are the texts and calls a second of each line, 0 = unpaced."""

    def __init__(
        self,
        carriers: Sequence[Carrier],
        routes: Mapping[str, Sequence[str]] | None = None,
        paces: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        self._carriers = {carrier.name: carrier for carrier in carriers}
        self._routes = sorted((routes or {}).items(), key=lambda route: -len(route[0]))
        self._paces = paces or {}
        self._own = frozenset(number for carrier in carriers for number in carrier.own_numbers)
        self.doors = frozenset(number for carrier in carriers for number in doors_of(carrier))
        self._bad: dict[tuple[str, str], datetime] = {}  # (line, kind): when its last request failed
        self._reports: dict[tuple[str, str], dict[str, Report]] = {}  # the newest of each number
        self._failing: set[tuple[str, str]] = set()  # lines that fail to reach people, by those reports
        self._lock = threading.Lock()

    def named(self, name: str) -> Carrier | None:
        return self._carriers.get(name)

    def names(self) -> Sequence[str]:
        return tuple(self._carriers)

    def for_texts(self, phone: str, now: datetime | None = None) -> Sequence[TextCarrier]:
        return self._sorted("text", [line for line in self._route(phone) if isinstance(line, TextCarrier)], now)

    def for_calls(self, phone: str, now: datetime | None = None) -> Sequence[VoiceCarrier]:
        """Return the lines that can make this phone ring."""
        lines = [line for line in self._route(phone) if isinstance(line, VoiceCarrier)]
        return self._sorted("call", [line for line in lines if not self.keeps_door_open(line)], now)

    def for_words(self, phone: str, now: datetime | None = None) -> Sequence[VoiceCarrier]:
        """Return the lines whose calls to this phone say words and take keys. Only these prove possession, put through
        or ask anything."""
        return [line for line in self.for_calls(phone, now) if line.speaks]

    def keeps_door_open(self, line: Carrier) -> bool:
        """Return whether this line rings nobody out, because citizens would find the only number for missed calls
        busy."""
        return isinstance(line, HandsetCarrier) and not may_ring_out(handset(line), self.doors)

    def plays_sounds(self) -> Sequence[VoiceCarrier]:
        """Return the lines that play sounds."""
        lines = self._carriers.values()
        return [line for line in lines if isinstance(line, VoiceCarrier) and line.plays_sounds]

    def handsets(self) -> Sequence[HandsetCarrier]:
        """Return the telephones with one SIM, which have one call at a time."""
        return [line for line in self._carriers.values() if isinstance(line, HandsetCarrier)]

    def has_one_call(self, line: str) -> bool:
        return isinstance(self._carriers.get(line), HandsetCarrier)

    def _route(self, phone: str) -> list[Carrier]:
        names = next((lines for prefix, lines in self._routes if phone.startswith(prefix)), tuple(self._carriers))
        return [self._carriers[name] for name in names if name in self._carriers]

    def _sorted(self, kind: str, lines: Sequence[AnyCarrier], now: datetime | None) -> Sequence[AnyCarrier]:
        return sorted(lines, key=lambda line: now is not None and self.is_bad(line.name, kind, now))

    def is_bad(self, line: str, kind: str, now: datetime) -> bool:
        """Return whether a request on this line has failed just now, or its network reaches few of several phones."""
        with self._lock:
            since = self._bad.get((line, kind))
            lately = since is not None and now - since < LAST_FOR
            return lately or ((line, kind) in self._failing and self._fails((line, kind), now))

    def note(self, line: str, kind: str, good: bool, now: datetime) -> bool:
        """Note whether a real request went well; return True when that is news (worth a row that other processes can
        see)."""
        with self._lock:
            was_bad = (line, kind) in self._bad
            if good:
                self._bad.pop((line, kind), None)
                return was_bad and (line, kind) not in self._failing
            self._bad[line, kind] = now
            return True

    def note_report(self, line: str, kind: str, phone: str, arrived: bool, now: datetime) -> bool | None:
        """Note whether a network reached a phone. Return True or False where the line has begun to fail to reach
        people, or reaches them again; None where it is no other line than before."""
        about = line, kind
        with self._lock:
            reports = self._reports.setdefault(about, {})
            reports.pop(phone, None)
            reports[phone] = Report(arrived, now)
            for oldest in list(reports)[:-MOST_NUMBERS]:
                del reports[oldest]
            was, fails = about in self._failing, self._fails(about, now)
            (self._failing.add if fails else self._failing.discard)(about)
        return None if fails is was else fails

    def _fails(self, about: tuple[str, str], now: datetime) -> bool:
        return is_failing(self._reports[about].values(), now, about in self._failing)

    def is_own(self, phone: str) -> bool:
        return phone in self._own

    def pace(self, line: str, kind: str) -> float:
        texts, calls = self._paces.get(line, (0.0, 0.0))
        return texts if kind == "text" else calls


def doors_of(carrier: Carrier) -> Sequence[str]:
    """Return the numbers on which citizens can leave a missed call of which this line tells us."""
    if (isinstance(carrier, HandsetCarrier) and not carrier.is_door) or not isinstance(carrier, MissedCallCarrier):
        return ()
    return [number for number in carrier.own_numbers if number.startswith("+")]


def handset(line: HandsetCarrier) -> Handset:
    return Handset(line.own_numbers[0], line.tells_of_waiting)
