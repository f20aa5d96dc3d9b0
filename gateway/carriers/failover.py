"""The switchboard: which lines to try, in which order. Health only changes the order; it never takes a line away."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from gateway.carriers.base import Carrier, TextCarrier, VoiceCarrier
from gateway.core.line_health import MOST_NUMBERS, Report, is_failing

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
        return self._sorted("call", [line for line in self._route(phone) if isinstance(line, VoiceCarrier)], now)

    def _route(self, phone: str) -> list[Carrier]:
        names = next((lines for prefix, lines in self._routes if phone.startswith(prefix)), tuple(self._carriers))
        return [self._carriers[name] for name in names if name in self._carriers]

    def _sorted(self, kind: str, lines: Sequence[AnyCarrier], now: datetime | None) -> Sequence[AnyCarrier]:
        with self._lock:
            last = {name for (name, its), since in self._bad.items() if its == kind and _is_last(since, now)}
            last |= {name for (name, its) in self._failing if its == kind and self._fails((name, its), now)}
        return sorted(lines, key=lambda line: line.name in last) if last else lines

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

    def _fails(self, about: tuple[str, str], now: datetime | None) -> bool:
        return now is not None and is_failing(self._reports[about].values(), now, about in self._failing)

    def is_own(self, phone: str) -> bool:
        return phone in self._own

    def pace(self, line: str, kind: str) -> float:
        texts, calls = self._paces.get(line, (0.0, 0.0))
        return texts if kind == "text" else calls


def _is_last(since: datetime, now: datetime | None) -> bool:
    return now is not None and now - since < LAST_FOR
