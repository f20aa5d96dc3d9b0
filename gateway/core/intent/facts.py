"""The facts that decide what a text is taken for, as plain values: who sent it and what they have open."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.sentences.phrases import tidy
from gateway.core.words.reading import Reading


@dataclass(frozen=True)
class Sender:
    """Who a number is to us. It may be several at once: an officer is somebody's neighbour too."""

    machine: bool = False  # a sender that cannot be answered, or one of our own numbers
    citizen: bool = False  # verified, and as far as the phone can tell still on the register
    officer: bool = False  # on our list and not suspended
    desk: bool = False  # the phone of a unit's duty desk
    volunteer: bool = False  # a citizen who said that they would help the neighbourhood

    @property
    def responder(self) -> bool:
        """May its answers move an incident?"""
        return self.officer or self.desk

    @property
    def listed(self) -> bool:
        """Does its panic open an incident?"""
        return self.citizen or self.responder


@dataclass(frozen=True)
class AskedFor:
    """An open incident for which this phone was alerted."""

    code: str
    accepted: bool = False


@dataclass(frozen=True)
class OpenFacts:
    """What is open with this number while it writes."""

    own: bool = False  # an incident of theirs is really open: what we do follows this
    believed: bool = False  # their phone believes that one is: what it is shown follows this
    asked_back: bool = False  # we asked them whether it is an emergency, and wait for the answer
    desk_asked: bool = False  # a citizen's unclear text waits at this desk
    duties: tuple[AskedFor, ...] = ()  # the newest question first
    elsewhere: bool = False  # the code in the text is of an open incident that this phone was not alerted for
    helps: tuple[str, ...] = ()  # codes of open incidents that this volunteer was asked to help at

    @property
    def in_need(self) -> bool:
        """Do they themselves wait for help or for a question about it, as far as their phone can tell?"""
        return self.believed or self.asked_back


@dataclass(frozen=True)
class LastSaid:
    """What we last sent to that phone: our texts of the last day there, the newest first."""

    texts: tuple[str, ...] = ()

    def has(self, body: str) -> bool:
        """Is this text one of ours that comes back (another gateway, or a phone that forwards)?"""
        words = tidy(body)
        return bool(words) and any(tidy(text) == words for text in self.texts)


@dataclass(frozen=True)
class Case:
    """Everything that the table may look at."""

    reading: Reading
    sender: Sender = Sender()
    open: OpenFacts = OpenFacts()
    last_said: LastSaid = LastSaid()
