"""A simulated phone's texts, calls, USSD session and quirks, as plain values that `handsets` keeps.

Everything is told from the phone's side: direction "in" came to this phone, "out" left it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gateway.core.messages import Ending, Script


class Quirk(Enum):
    """A fault of a phone."""

    FINE = "fine"
    OFF = "off"  # texts wait for it, calls ring out, its person can do nothing with it
    BUSY = "busy"  # every call ends busy
    REFUSES = "refuses"  # the network knows that this number can never be reached


class Fault(Enum):
    """A fault of our own line when it hands over texts and calls."""

    NONE = "none"
    DOWN = "down"  # refuses everything, for now
    SWALLOWS_DELIVERED = "swallows_delivered"  # delivers, but its answer never arrives
    SWALLOWS_LOST = "swallows_lost"  # neither delivers nor answers


@dataclass(frozen=True)
class LineQuirk:
    fault: Fault = Fault.NONE
    slow_seconds: float = 0.0


class CallState(Enum):
    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"


@dataclass(frozen=True)
class ScreenText:
    """A text as its phone shows it; `at` is when it arrived (in) or left (out), aware UTC."""

    id: int
    ref: str
    phone: str
    direction: str
    other: str
    body: str
    at: datetime


@dataclass(frozen=True)
class SimCall:
    """A call as one phone lives it. `sequence` grows with every change, and a change of an old value is refused."""

    ref: str
    phone: str
    direction: str
    other: str
    started: datetime
    ring_until: datetime
    attempt: int | None = None
    parent: str = ""  # the call whose Bridge rings this one
    state: CallState = CallState.RINGING
    ending: Ending | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    said: tuple[str, ...] = ()  # every line spoken so far
    language: str = ""  # of the last line spoken, for a voice that reads it aloud
    keys: str = ""  # every key pressed so far
    steps: Script = ()  # still to be spoken or done
    speaks_until: datetime | None = None
    listening_until: datetime | None = None  # set while a key is asked for
    leg: str = ""  # the call that this one is being put through to
    sequence: int = 1

    @property
    def seconds(self) -> int:
        """Return the seconds that were talked, which a call is billed by: a call that nobody picked up is free."""
        return int((self.ended - self.answered).total_seconds()) if self.answered and self.ended else 0

    @property
    def outcome(self) -> str:
        return str((self.ending or self.state).value)

    def idle(self, now: datetime) -> bool:
        """Return whether nothing is being spoken, asked or put through, so that the next step may come."""
        speaking = self.speaks_until is not None and self.speaks_until > now
        return not (speaking or self.listening_until or self.leg)

    def speaking_for(self, seconds: float, now: datetime) -> datetime:
        return max(now, self.speaks_until or now) + timedelta(seconds=seconds)

    def told(self, **extra: object) -> dict[str, object]:
        """Return the fields that the network's hooks tell of this call, from the line's side, where "in" and "out"
        swap."""
        caller, called = (self.phone, self.other) if self.direction == "out" else (self.other, self.phone)
        direction = {"out": "incoming", "in": "outgoing"}[self.direction]
        fields = {"ref": self.ref, "direction": direction, "from": caller, "to": called, "attempt": self.attempt}
        return {**fields, "state": self.state.value, "sequence": self.sequence, **extra}

    def told_ending(self) -> dict[str, object]:
        return self.told(ending=self.ending and self.ending.value, seconds=self.seconds)


@dataclass(frozen=True)
class UssdSession:
    """A USSD session; `typed` is joined by "*", `touched` is the last time that either side said something."""

    session: str
    phone: str
    code: str
    touched: datetime
    typed: str = ""
    screen: str = ""
    open: bool = True


@dataclass(frozen=True)
class Owed:
    """A hook that the network still owes the gateway. `about` is the call or session that its answer steers."""

    id: int
    path: str
    payload: str
    about: str
    tries: int
