"""Say what a line can do for a phone, and where that phone's answer to a text of this line arrives.

The owner of both questions. Nothing here takes a line away: a table of a company's countries grows old, so a line is
tried all the same. Only promises rest on it: what we tell people to do, and what we tell an operator will work.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers


class Ability(StrEnum):
    """One thing that a line may do for a phone."""

    TEXT_IN = "text_in"  # a text of that phone reaches us
    TEXT_OUT = "text_out"
    ANSWERS = "answers"  # a reply to the sender of our text reaches us
    CALL_IN = "call_in"  # a missed call of that phone reaches us, with its number
    CALL_OUT = "call_out"  # it can make that phone ring
    SPEECH = "speech"  # a call of ours speaks and takes keys
    USSD = "ussd"


NAMES: Mapping[Ability, str] = {  # in English, for commands and documents
    Ability.TEXT_IN: "text in",
    Ability.TEXT_OUT: "text out",
    Ability.ANSWERS: "answers come back",
    Ability.CALL_IN: "missed call in",
    Ability.CALL_OUT: "call out",
    Ability.SPEECH: "speech and keys",
    Ability.USSD: "USSD",
}
Abilities = frozenset[Ability]
Reach = Mapping[str, Abilities]  # by dialling prefix, the longest wins; "" is everywhere else

ALL: Abilities = frozenset(Ability)
TEXTS: Abilities = frozenset({Ability.TEXT_IN, Ability.TEXT_OUT, Ability.ANSWERS})
CALLS: Abilities = frozenset({Ability.CALL_IN, Ability.CALL_OUT, Ability.SPEECH})
TWO_WAY: Abilities = frozenset({Ability.TEXT_IN, Ability.ANSWERS})  # what a one-way country lacks
OUT: Abilities = frozenset({Ability.CALL_OUT, Ability.SPEECH})  # what a telephone lacks that must not be busy
OUTGOING: Abilities = frozenset({Ability.TEXT_OUT, Ability.CALL_OUT, Ability.SPEECH})  # what ROUTES can take away
_DIALLED = re.compile(r"\+?[0-9]{3,15}")  # a number or short code, no name


@dataclass(frozen=True)
class Doors:
    """The numbers by which phones reach one line, as its settings say.

    `answers` tells whether the sender that our texts show takes answers. `texts` are numbers (E.164) and short codes
    that a phone may text, `calls` numbers that it may ring. `lacks` is what these settings take away.
    """

    answers: bool = True
    texts: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    lacks: Abilities = frozenset()


@dataclass(frozen=True)
class LineFacts:
    """One line as one phone meets it."""

    name: str
    can: Abilities
    doors: Doors = Doors()


class ReplyWay(StrEnum):
    """How a phone answers a text of ours."""

    HERE = "here"  # a reply to the text
    TEXT = "text"  # a text to another number
    RING = "ring"  # a call to a number
    KEY = "key"  # 1 when we call
    NONE = "none"


@dataclass(frozen=True)
class ReplyPath:
    way: ReplyWay = ReplyWay.HERE
    number: str = ""  # of TEXT and RING: E.164, or a short code


HERE = ReplyPath()


def is_dialled(sender: str) -> bool:
    """Return whether a phone can text or ring this sender: a number or a short code, no name."""
    return _DIALLED.fullmatch(sender) is not None


def may_show(sender: str, own: Collection[str], any_sender: bool, taken: Collection[str], answers: bool) -> bool:
    """Return whether a text may leave on a line from this sender of a unit, so that its words stay true.

    `own` are the line's numbers; with `any_sender` it sends from others too. `taken` are our numbers that units have:
    what is texted to them reaches us. `answers` tells whether this text promises that a reply arrives, which a name
    breaks.
    """
    if is_dialled(sender):
        return sender in own or (any_sender and sender in taken)
    return any_sender and not answers


def within(table: Reach, phone: str) -> Abilities:
    """Return what a table by prefix says of this phone (E.164); where it says nothing, everything."""
    found = max((prefix for prefix in table if phone.startswith(prefix)), key=len, default=None)
    return ALL if found is None else table[found]


def abilities(code: Abilities, table: Reach, doors: Doors, phone: str, routed: bool = True) -> Abilities:
    """Return what one line can do for this phone (E.164): of what its `code` can, what the company offers there
    (`table`), its settings allow (`doors`), and the routes leave to it (`routed`: it is on this phone's route)."""
    can = set((code & within(table, phone)) - doors.lacks)
    if not routed:
        can -= OUTGOING
    if not doors.answers or Ability.TEXT_IN not in can or Ability.TEXT_OUT not in can:
        can.discard(Ability.ANSWERS)
    if not doors.texts and not doors.answers:
        can.discard(Ability.TEXT_IN)
    # Across a border the caller's number may be changed on the way, and we know people by it.
    if not any(is_at_home(number, phone) for number in doors.calls):
        can.discard(Ability.CALL_IN)
    if Ability.CALL_OUT not in can:
        can.discard(Ability.SPEECH)
    return frozenset(can)


@lru_cache(maxsize=4096)
def calling_code(phone: str) -> str:
    """Return the prefix of the phone's country: "+62"; the phone itself where there is none."""
    return next((phone[:end] for end in (2, 3, 4) if phone[:1] == "+" and _is_code(phone[1:end])), phone)


def _is_code(digits: str) -> bool:
    return digits.isdigit() and int(digits) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE


def is_at_home(number: str, phone: str) -> bool:
    """Return whether this number of ours is dialled from that phone without crossing a border; a short code is."""
    return not number.startswith("+") or calling_code(number) == calling_code(phone)


def prefix_of(phone: str, routes: Collection[str] = ()) -> str:
    """Return the prefix under which a phone is counted: the longest of the routes that fits, else its country's."""
    fitting = [prefix for prefix in routes if phone.startswith(prefix)]
    return max((*fitting, calling_code(phone)), key=len)


# --- where an answer arrives ---------------------------------------------------------------------------------------


def reply_path(sent_on: LineFacts, lines: Sequence[LineFacts], phone: str, speaks: bool) -> ReplyPath:
    """Return how this phone (E.164) answers a text that leaves on the line `sent_on`. `lines` are all lines in order;
    `speaks` tells whether a call of ours that takes keys goes to this phone now.

    A reply comes first; then a text to another number of ours, our line's own and the country's own before others; then
    ringing a number; then key 1.
    """
    if Ability.ANSWERS in sent_on.can:
        return HERE
    first = [sent_on, *(line for line in lines if line.name != sent_on.name)]
    if number := _number(first, Ability.TEXT_IN, phone):
        return ReplyPath(ReplyWay.TEXT, number)
    talking = [line for line in first if Ability.SPEECH in line.can]  # a missed call alone says nothing
    if number := _number(talking, Ability.CALL_IN, phone):
        return ReplyPath(ReplyWay.RING, number)
    return ReplyPath(ReplyWay.KEY if speaks else ReplyWay.NONE)


def own_number(lines: Sequence[LineFacts], phone: str) -> str:
    """Return the number of ours (E.164 or a short code) by which this phone asks for help: one to text, else one to
    ring; "" where there is none."""
    return _number(lines, Ability.TEXT_IN, phone) or _number(lines, Ability.CALL_IN, phone)


def _number(lines: Sequence[LineFacts], ability: Ability, phone: str) -> str:
    told = [number for line in lines if ability in line.can for number in _doors(line.doors, ability)]
    near = [number for number in told if is_at_home(number, phone)]
    return next(iter((*near, *(told if ability is Ability.TEXT_IN else ()))), "")


def _doors(doors: Doors, ability: Ability) -> tuple[str, ...]:
    return doors.texts if ability is Ability.TEXT_IN else doors.calls


# --- how long until the last phone rings -----------------------------------------------------------------------------


def last_ring_seconds(phones: int, pace: float, at_once: int, ring: int) -> float:
    """Return how many seconds after the first the last of so many phones begins to ring, if nobody picks up.

    `pace` is how many calls a second the line may place, `at_once` how many it may have at one time; 0 = no limit.
    `ring` is how many seconds a phone rings.
    """
    if phones < 2:
        return 0.0
    paced = (phones - 1) / pace if pace else 0.0
    rounds = (phones - 1) // at_once if at_once else 0
    return max(paced, float(rounds * ring))
