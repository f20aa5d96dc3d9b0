"""The switchboard: which lines to try, in which order.

Health only changes the order; it never takes a line away. Only a telephone that is the one door for missed calls rings
nobody out (`gateway.core.missed_calls`).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TypeVar

from gateway.carriers.base import Carrier, HandsetCarrier, MissedCallCarrier, TextCarrier, UssdCarrier, VoiceCarrier
from gateway.carriers.registry import carrier_name, carrier_of
from gateway.core import line_abilities
from gateway.core.filters import OPEN, Profile
from gateway.core.line_abilities import OUT, TEXTS, Abilities, Ability, Doors, LineFacts, Reach, ReplyPath
from gateway.core.line_health import WELL, Told
from gateway.core.missed_calls import Handset, may_ring_out
from gateway.core.sentences.replying import Passage

LONGEST_CODE = 5  # characters of the longest prefix in a carrier's table, and of any country's code
LAST_FOR = timedelta(seconds=30)  # a line that failed is tried last for so long, then first again
AnyCarrier = TypeVar("AnyCarrier", bound=Carrier)


class Switchboard:
    """All lines in order of preference. `routes` gives another order by dialling prefix; the longest prefix wins.
    `paces` are the texts and calls a second of each line, `at_once` the calls at one time and `limits` the texts in 24
    hours, 0 = no limit. `doors` are the numbers by which phones reach each line; by default its own numbers. `filters`
    are what the operators of a line block."""

    def __init__(
        self,
        carriers: Sequence[Carrier],
        routes: Mapping[str, Sequence[str]] | None = None,
        paces: Mapping[str, tuple[float, float]] | None = None,
        doors: Mapping[str, Doors] | None = None,
        at_once: Mapping[str, int] | None = None,
        filters: Mapping[str, Profile] | None = None,
        limits: Mapping[str, int] | None = None,
    ) -> None:
        self._carriers = {carrier.name: carrier for carrier in carriers}
        self._routes = sorted((routes or {}).items(), key=lambda route: -len(route[0]))
        self._paces, self._at_once, self._filters = paces or {}, at_once or {}, filters or {}
        self._limits = limits or {}
        self._doors = {carrier.name: (doors or {}).get(carrier.name) or _doors(carrier) for carrier in carriers}
        self._own = frozenset(number for carrier in carriers for number in carrier.own_numbers)
        self.missed_call_numbers = frozenset(number for carrier in carriers for number in doors_of(carrier))
        self._bad: dict[tuple[str, str], datetime] = {}  # (line, kind): when its last request failed
        self._told: Mapping[tuple[str, str], Told] = {}  # what all processes have written of it
        self._telling = max(LONGEST_CODE, *(len(prefix) for prefix, _ in self._routes), 0)
        self._passages: dict[tuple[str, bool], Mapping[str, Passage]] = {}
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
        return isinstance(line, HandsetCarrier) and not may_ring_out(handset(line), self.missed_call_numbers)

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
            told = self._told.get((line, kind), WELL)
            since = (self._bad.get((line, kind)), told.refused_at)
            return told.reaches_few or any(at is not None and now - at < LAST_FOR for at in since)

    def learn(self, told: Mapping[tuple[str, str], Told]) -> None:
        """Take in what all processes have written of the lines, by line and kind; what is left out is well."""
        with self._lock:
            self._told = dict(told)

    def note(self, line: str, kind: str, good: bool, now: datetime) -> bool:
        """Note whether a real request went well; return True when that is news (worth a row that other processes can
        see)."""
        with self._lock:
            if not good:
                self._bad[line, kind] = now
                return True
            told = self._told.get((line, kind), WELL)
            was_bad = self._bad.pop((line, kind), None) is not None or told.refused_at is not None
            self._told = {**self._told, (line, kind): replace(told, refused_at=None)} if was_bad else self._told
            return was_bad

    def is_own(self, phone: str) -> bool:
        return phone in self._own

    def pace(self, line: str, kind: str) -> float:
        texts, calls = self._paces.get(line, (0.0, 0.0))
        return texts if kind == "text" else calls

    def calls_at_once(self, line: str) -> int:
        return self._at_once.get(line, 0)

    def daily_limit(self, line: str) -> int:
        return self._limits.get(line, 0)

    def limited(self) -> Sequence[str]:
        """Return the lines that may send only so many texts in 24 hours."""
        return [line for line in self._carriers if self.daily_limit(line)]

    def pool(self, lines: Sequence[str], kind: str, now: datetime) -> Sequence[str]:
        """Return the equal lines at the beginning of these: one carrier's, one after the other. Of those that fail only
        the first counts, as it stands first only where all do."""
        equal = takewhile(lambda line: carrier_name(line) == carrier_name(lines[0]), lines[1:])
        return [*lines[:1], *(line for line in equal if not self.is_bad(line, kind, now))]

    # --- what the lines can do for a phone

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return the dialling prefixes that have routes of their own."""
        return tuple(prefix for prefix, _ in self._routes)

    def facts(self, line: str, phone: str) -> LineFacts:
        """Return what one line can do for this phone (E.164 or a prefix of it), and the numbers that reach it."""
        carrier, described = self._carriers[line], carrier_of(line)
        table: Reach = described.reach if described is not None else {}
        routed = any(one.name == line for one in self._route(phone))
        code = _code(carrier) - (OUT if self.keeps_door_open(carrier) else frozenset())
        can = line_abilities.abilities(code, table, self._doors[line], phone, routed)
        return LineFacts(line, can, self._doors[line])

    def all_facts(self, phone: str) -> list[LineFacts]:
        """Return what each line can do for this phone: those of its route in their order, then the others."""
        route = [carrier.name for carrier in self._route(phone)]
        return [self.facts(name, phone) for name in dict.fromkeys((*route, *self._carriers))]

    def can(self, ability: Ability, phone: str) -> bool:
        """Return whether any line can do this for the phone."""
        return any(ability in line.can for line in self.all_facts(phone))

    def speaks_to(self, phone: str) -> bool:
        """Return whether the calls that we place to this phone speak and take keys: on the line that is tried first."""
        first = next((line for line in self.all_facts(phone) if Ability.CALL_OUT in line.can), None)
        return first is not None and Ability.SPEECH in first.can

    def filter_of(self, line: str) -> Profile:
        return self._filters.get(line, OPEN)

    def passages(self, phone: str, speaks: bool = False) -> Mapping[str, Passage]:
        """Return for each line that may carry a text to this phone, in their order, how the phone answers it and what
        is blocked there."""
        short = (phone[: self._telling], speaks)  # the rest of the number decides nothing
        if short not in self._passages:
            names = [carrier.name for carrier in self.for_texts(phone)]
            self._passages[short] = {
                name: Passage(self.reply_path(name, phone, speaks), self.filter_of(name)) for name in names
            }
        return self._passages[short]

    def reply_path(self, line: str, phone: str, speaks: bool) -> ReplyPath:
        """Return how this phone answers a text that leaves on this line; `speaks`: a call that takes keys goes to it
        now."""
        return line_abilities.reply_path(self.facts(line, phone), self.all_facts(phone), phone, speaks)


def doors_of(carrier: Carrier) -> Sequence[str]:
    """Return the numbers on which citizens can leave a missed call of which this line tells us."""
    if (isinstance(carrier, HandsetCarrier) and not carrier.is_door) or not isinstance(carrier, MissedCallCarrier):
        return ()
    return [number for number in carrier.own_numbers if number.startswith("+")]


def handset(line: HandsetCarrier) -> Handset:
    return Handset(line.own_numbers[0], line.tells_of_waiting)


def _doors(carrier: Carrier) -> Doors:
    """Return the doors of a line that tells none: its own numbers."""
    dialled = tuple(number for number in carrier.own_numbers if line_abilities.is_dialled(number))
    rings = isinstance(carrier, VoiceCarrier)
    return Doors(True, dialled, tuple(number for number in dialled if number.startswith("+")) if rings else ())


def _code(carrier: Carrier) -> Abilities:
    """Return what the code of a line can do. A line may tell of missed calls without placing any."""
    calls = isinstance(carrier, VoiceCarrier)
    speaks = isinstance(carrier, VoiceCarrier) and carrier.speaks and bool(carrier.languages)
    has = {
        Ability.CALL_OUT: calls,
        Ability.SPEECH: speaks,
        Ability.USSD: isinstance(carrier, UssdCarrier),
        **dict.fromkeys(TEXTS, isinstance(carrier, TextCarrier)),
    }
    return frozenset({Ability.CALL_IN, *(ability for ability, there in has.items() if there)})
