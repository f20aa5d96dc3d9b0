"""Decide who is told what while the database is away. This module owns the question.

`AUDIENCES` says who is asked, `DARK` which phone hears nothing, and `helpers` whom a call for help goes to: the
simplest form of a first wave. Everything here is plain values out of a snapshot (`gateway.outage`), so it knows less
than the database did; where it does not know, the phone stays dark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto

from gateway.core.confidants import Asker, Other, may_know
from gateway.core.places.distance import Position, metres
from gateway.core.policy_groups import LISTS
from gateway.core.reachability import PIN_HOLDS, Caution, PhoneFacts, Way, caution, reach
from gateway.core.sentences import menu
from gateway.core.words.commands import Quiet
from gateway.core.words.pinwords import hide_pins
from gateway.core.words.reading import Reading, Unclear
from gateway.core.words.triage import Panic

NEAREST = 3  # officers who are asked
OLD = timedelta(hours=1)  # a snapshot of that age tells no more which phone may light up
WROTE_BEFORE = timedelta(minutes=2)  # what a phone wrote so shortly before may not be in the snapshot
UNKNOWN_AN_HOUR = 10  # panics of unknown numbers that a host passes on in an hour


class Channel(StrEnum):
    """How a cry came in."""

    TEXT = "text"
    CALL = "call"
    USSD = "ussd"


@dataclass(frozen=True)
class Cry:
    """A cry is what a request that went to the spool says: `phone` as the carrier wrote it, `region` for a local form
    of it (None: the usual one), `body` the words or what was typed."""

    channel: Channel
    phone: str
    body: str = ""
    region: str | None = None


# --- what was said ----------------------------------------------------------------------------------------------------


class Said(Enum):
    PANIC = auto()
    UNCLEAR = auto()  # words that are no panic, no command and no answer; a bare request for quiet too
    OTHER = auto()


def said(reading: Reading, responds: bool) -> Said:
    """Return what a text says; `responds`: its sender is an officer, whose words of a crime are a report."""
    if responds:
        return Said.PANIC if reading.officer_panic and (reading.answer is None or reading.cries_beside) else Said.OTHER
    meaning = reading.meaning
    if isinstance(meaning, Panic):
        return Said.PANIC
    if isinstance(meaning, Quiet):
        return Said.UNCLEAR
    needs_nobody = reading.answer is not None or reading.occasion is not None
    return Said.UNCLEAR if isinstance(meaning, Unclear) and not needs_nobody else Said.OTHER


def said_in_menu(typed: str, root: str) -> Said:
    """Return what was typed in a USSD session that begins on the screen `root`."""
    return Said.PANIC if "panic" in _deeds(typed, root) else Said.OTHER


def _deeds(typed: str, root: str) -> set[str]:
    node, rest, done = root, typed or None, set()
    while rest is not None and not menu.NODES[node].ends:
        answer, rest = menu.first_answer(node, rest)
        way = menu.way(node, answer)
        if way is not None:
            done.add(way.deed)
            node = root if way.to == menu.BACK else way.to
    return done


_TYPED_PIN = re.compile(r"(?<![^*])\d{4,8}(?![^*])")  # an answer of so many digits and nothing else


def holds_pin(channel: str, body: str) -> bool:
    """Return whether a text or a session holds what may be a PIN. Which one it is plays no part: after either the phone
    must see the same."""
    return bool(_TYPED_PIN.search(body)) if channel == Channel.USSD else hide_pins(body) != body


def hushes(cry: Cry, reading: Reading) -> bool:
    """Return whether this keeps the phone dark from now on: a quiet word or a PIN, and in a menu 1 after the panic."""
    if cry.channel is Channel.USSD:
        return holds_pin(cry.channel, cry.body) or "hush" in _deeds(cry.body, menu.CITIZEN)
    return reading.asks_quiet or reading.cries_quietly or holds_pin(cry.channel, cry.body)


# --- who is asked -----------------------------------------------------------------------------------------------------


class Audience(Enum):
    DESK_AND_OFFICERS = auto()
    DESK = auto()
    NOBODY = auto()


@dataclass(frozen=True)
class Case:
    """A case is who sent what."""

    said: Said
    verified: bool = True  # an unknown number otherwise
    desk_first: bool = False  # the profile says so: a patrol at the door may be dangerous
    machine: bool = False  # no telephone number, one of ours, or a test phone
    was_asked: bool = False  # this phone has been asked to come to somebody
    calls: bool = False  # it is a call


AUDIENCES: tuple[tuple[Callable[[Case], bool], Audience, str], ...] = (
    (lambda case: case.machine, Audience.NOBODY, "No person is behind it."),
    (lambda case: case.calls and case.was_asked, Audience.NOBODY, "An officer calls back about somebody else."),
    (lambda case: case.said is Said.OTHER, Audience.NOBODY, "A command or an answer waits in the spool."),
    (lambda case: case.calls and not case.verified, Audience.NOBODY, "One ring of an unknown number is a hoax."),
    (lambda case: not case.verified and case.said is Said.PANIC, Audience.DESK, "A human decides, within a budget."),
    (lambda case: not case.verified, Audience.NOBODY, "Unclear words of an unknown number."),
    (lambda case: case.said is Said.UNCLEAR, Audience.DESK, "A human reads what we do not understand."),
    (lambda case: case.desk_first, Audience.DESK, "Officers may be seen: the desk decides."),
    (lambda case: True, Audience.DESK_AND_OFFICERS, "A panic of a verified number."),
)


def audience(case: Case) -> Audience:
    """Return who is asked: the first row of `AUDIENCES` that holds."""
    return next(asked for holds, asked, _ in AUDIENCES if holds(case))


@dataclass(frozen=True)
class Helper:
    """A desk or an officer who may be asked. `others` are those who may pick that phone up, as
    `gateway.core.confidants` sees them."""

    phone: str
    language: str
    unit_id: int
    title: str = ""
    place: Position | None = None
    others: tuple[Other, ...] = ()
    free: bool = True  # goes to nobody else
    is_desk: bool = False


@dataclass(frozen=True)
class Station:
    """A unit: its kind, the unit above it, its place, and its desk, if it has one."""

    id: int
    name: str
    kind: str
    parent_id: int | None = None
    place: Position | None = None
    desk: Helper | None = None


def helpers(
    asked: Audience,
    asker: Asker,
    unit_id: int | None,
    place: Position | None,
    stations: Mapping[int, Station],
    officers: Sequence[Helper],
) -> list[Helper]:
    """Return whom to ask: the desk of the unit, else the next above it that may know, else any; and, where officers are
    asked, the nearest of the unit on duty, who are free before those who are not. Of a unit without any, the nearest of
    all."""
    found = [] if asked is Audience.NOBODY else _desk(asker, unit_id, stations)
    if asked is Audience.DESK_AND_OFFICERS:
        may = [one for one in officers if _may(asker, one) and _is_police(stations, one.unit_id)]
        chain = _chain(unit_id, stations)
        origin = place or (chain[0].place if chain else None)
        own = [one for one in may if one.unit_id == unit_id]
        found += sorted(own or may, key=lambda one: (not one.free, _metres(origin, one.place)))[:NEAREST]
    return list({one.phone: one for one in found}.values())


def _desk(asker: Asker, unit_id: int | None, stations: Mapping[int, Station]) -> list[Helper]:
    above = _chain(unit_id, stations)
    rest = [station for station in stations.values() if station.kind not in LISTS]
    tops = sorted(rest, key=lambda station: (station.parent_id is not None, station.id))
    desks = (station.desk for station in (*above, *tops) if station.desk is not None)
    return [desk for desk in desks if _may(asker, desk)][:1]


def _chain(unit_id: int | None, stations: Mapping[int, Station]) -> list[Station]:
    steps: list[Station] = []
    while unit_id is not None and unit_id in stations and stations[unit_id] not in steps:
        steps.append(stations[unit_id])
        unit_id = steps[-1].parent_id
    return steps


def _is_police(stations: Mapping[int, Station], unit_id: int) -> bool:
    return unit_id in stations and stations[unit_id].kind not in LISTS


def _may(asker: Asker, helper: Helper) -> bool:
    return all(may_know(asker, other) for other in helper.others)


def _metres(origin: Position | None, place: Position | None) -> float:
    return metres(origin, place) if origin is not None and place is not None else float("inf")


# --- which phone stays dark -------------------------------------------------------------------------------------------


class Dark(StrEnum):
    """The reason why a phone hears nothing; for tests and the log."""

    OLD_SNAPSHOT = "old_snapshot"
    REACH = "reach"
    SINCE = "since"
    PIN = "pin"
    WROTE_BEFORE = "wrote_before"


@dataclass(frozen=True)
class PhoneThen:
    """The facts about the phone that asks for help, as the snapshot has them."""

    facts: PhoneFacts = field(default_factory=PhoneFacts)
    age: timedelta | None = timedelta(0)  # of the snapshot; None: there is none
    hushed_since: bool = False  # a quiet word or a PIN since the outage began
    pin_ago: timedelta | None = None  # since the newest PIN, whichever it was
    wrote_before: bool = False  # within WROTE_BEFORE before the outage


DARK: tuple[tuple[Dark, Callable[[PhoneThen], bool]], ...] = (
    (Dark.OLD_SNAPSHOT, lambda phone: phone.age is None or phone.age > OLD),
    (Dark.REACH, lambda phone: not reach(phone.facts, Way.FIRST).allowed),
    (Dark.SINCE, lambda phone: phone.hushed_since),
    (Dark.PIN, lambda phone: phone.pin_ago is not None and phone.pin_ago <= PIN_HOLDS),
    (Dark.WROTE_BEFORE, lambda phone: phone.wrote_before),
)


def dark(phone: PhoneThen) -> Dark | None:
    """Return the first reason why nothing may make this phone ring or light up, or None."""
    return next((why for why, holds in DARK if holds(phone)), None)


def hides(phone: PhoneThen) -> bool:
    """Return whether who is asked reads that nobody may ring or text this phone, and neither its number nor words."""
    return dark(phone) is not None or caution(phone.facts) is not Caution.NONE


# --- what the incident knows of it later ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """A text that left while the database was away: on which line, by which reference of its carrier, when, and what it
    said."""

    line: str
    ref: str
    at: datetime
    body: str


@dataclass(frozen=True)
class Asked:
    """The record of a phone's panic while the database was away: the code that was told, the text that left to each
    phone (E.164), and until when each may ring with our call."""

    code: str = ""
    texts: Mapping[str, Left] = field(default_factory=dict)
    rings_until: Mapping[str, datetime] = field(default_factory=dict)


NOBODY_ASKED = Asked()


def nobody_asked(phone: str) -> Asked:
    return NOBODY_ASKED
