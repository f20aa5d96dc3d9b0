"""The facts that decide what a text is taken for, as plain values: who sent it and what they have open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from gateway.core.sentences.phrases import tidy
from gateway.core.words.reading import Reading


@dataclass(frozen=True)
class Sender:
    """The roles of a number. It may have several at once: an officer is somebody's neighbour too."""

    machine: bool = False  # a sender that cannot be answered, or one of our own numbers
    citizen: bool = False  # verified, and as far as the phone can tell still on the register
    officer: bool = False  # on our list and not suspended
    desk: bool = False  # the phone of a unit's duty desk
    volunteer: bool = False  # a citizen who said that they would help the neighbourhood

    @property
    def responder(self) -> bool:
        """Return whether its answers may move an incident."""
        return self.officer or self.desk

    @property
    def listed(self) -> bool:
        """Return whether its panic opens an incident."""
        return self.citizen or self.responder


class Standing(Enum):
    """The ways in which a phone stands to an incident."""

    WAITING = auto()  # asked, and no human has answered yet
    ACCEPTED = auto()
    DECLINED = auto()
    STOOD_DOWN = auto()
    NOT_ASKED = auto()  # told of it, as a desk is, but never asked to come


@dataclass(frozen=True)
class AskedFor:
    """An incident for which this phone was alerted, or of which it was told."""

    code: str
    standing: Standing = Standing.WAITING
    led: bool = False  # an officer has accepted it, or a desk is on the way
    closed: bool = False
    later: bool = False  # it was asked, or accepted, only after the answer was sent

    @property
    def accepted(self) -> bool:
        return self.standing is Standing.ACCEPTED


@dataclass(frozen=True)
class OpenFacts:
    """Everything that is open with this number as it writes."""

    own: bool = False  # an incident of theirs is really open: our acts follow this
    believed: bool = False  # their phone believes that one is open: our replies follow this
    asked_back: bool = False  # an uncertain call of theirs is open: nobody has settled it
    asked_lately: bool = False  # we asked them something within 30 minutes, whoever has settled it since
    closed_lately: bool = False  # within two hours an incident of theirs was closed, as far as their phone knows
    closed_unproven: bool = False  # that was closed without proof, and we asked whether they are safe
    desk_asked: bool = False  # uncertain calls wait at this desk
    names_call: bool = False  # the code in a responder's text is that of an uncertain call
    duties: tuple[AskedFor, ...] = ()  # the open ones that this phone was alerted for, the newest question first
    told: AskedFor | None = None  # what the newest text or call of ours to this phone names, if it was there before
    over: tuple[str, ...] = ()  # codes of those that this phone accepted and that were closed within ten minutes
    just_closed: bool = False  # within ten minutes an incident of theirs was closed, and nothing has come since
    elsewhere: bool = False  # the code in the text is of an open incident that this phone was not alerted for
    before_question: bool = False  # the text was sent before the uncertain call that is open
    helps: tuple[str, ...] = ()  # codes of open incidents that this volunteer was asked to help at

    @property
    def in_need(self) -> bool:
        """Return whether, as far as their phone can tell, the sender waits for help or was asked by us."""
        return self.believed or self.asked_back


@dataclass(frozen=True)
class LastSaid:
    """Our texts of the last day to that phone, the newest first."""

    texts: tuple[str, ...] = ()

    def has(self, body: str) -> bool:
        """Return whether this text is one of ours that comes back (from another gateway, or a phone that forwards)."""
        words = tidy(body)
        return bool(words) and any(tidy(text) == words for text in self.texts)


@dataclass(frozen=True)
class Case:
    """Everything that the table may look at."""

    reading: Reading
    sender: Sender = Sender()
    open: OpenFacts = OpenFacts()
    last_said: LastSaid = LastSaid()
