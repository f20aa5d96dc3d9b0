"""One incident on the board, as plain values: what its card shows, and how urgent it is among the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.core.contact_rules import ContactRule
from gateway.core.incident_kinds import IncidentKind
from gateway.models import incident as incidents
from gateway.models.moments import is_held_at
from gateway.monitor.same_events import Together


@dataclass(frozen=True)
class Said:
    at: datetime
    words: str


@dataclass(frozen=True)
class Step:
    """How far an incident came, and when: received, accepted, en_route, on_scene, then its outcome."""

    kind: str
    at: datetime
    who: str = ""


@dataclass(frozen=True)
class Next:
    """The next thing that happens with an incident, and when; without a time it waits for people."""

    # wave, arrives, nudge, silence, restored (held: gateway.models.hold), officer (is needed), end (of the visit)
    kind: str
    at: datetime | None = None


@dataclass(frozen=True)
class Whereabouts:
    """A position as it is shown: degrees WGS 84, metres, and in words how it is known."""

    lat: float
    lon: float
    radius_m: float
    place: str
    known: str


@dataclass(frozen=True)
class Card:
    """One incident on the board."""

    id: int
    code: str
    state: str
    name: str
    phone: str
    may_call: bool  # the number is a link that can be rung
    may_write: bool  # the desk may write a text to it
    no_call: str  # why the number is no link (core.reachability.Why); empty where it is
    not_answered: bool  # the menu asked whether the phone must be quiet, and nobody answered
    contact: ContactRule  # how to reach the person
    quiet: bool
    duress: bool
    drill: bool
    uncertain: bool  # silence opened it: nobody has said yet that it is an emergency
    opened_at: datetime
    sent_at: datetime | None  # when the panic was sent, if it came late
    answered_at: datetime | None  # the last answer of anybody who was asked
    closed_at: datetime | None
    steps: Sequence[Step]
    unit: str
    timezone: str
    where: Whereabouts | None
    said: Sequence[Said]  # the newest first
    leader: str
    leader_is_desk: bool
    leader_silent: bool  # reminded, and nothing done since
    silence_at: datetime | None  # when the leader's silence is acted upon
    arrivals: Sequence[Step]  # who of those that accepted says when they arrive, the fastest first
    asked: int
    reached: int  # phones that got a text, were picked up, or whose owner answered
    accepted: int
    declined: int
    wave: int
    next_wave_at: datetime | None
    repeats: int
    newest: int  # the id of its newest line
    unseen: bool  # the alarm rings for it at this desk
    seen_by: str
    kind: IncidentKind
    kind_words: str  # the words that told it
    kind_by: str  # the desk's user who changed it; empty: the gateway
    together: Together  # the event that it is part of, or may be

    @property
    def tone(self) -> str:
        """Return the colour of the card. An incident that a desk has accepted is not yet one to which an officer
        comes."""
        if self.closed_at is not None:
            return "closed"
        return "held" if self.leader_is_desk and self.state == incidents.ACCEPTED else self.state

    @property
    def tone_word(self) -> str:
        """Return the word for the state; a closed incident is called by its outcome."""
        return self.state if self.closed_at is not None else self.tone

    @property
    def state_since(self) -> datetime | None:
        """Return since when officers have the incident in this state; None while no officer has, and once it is
        closed."""
        return next((step.at for step in self.steps if step.kind == self.tone), None)

    @property
    def without_officer(self) -> bool:
        """Return whether no officer comes yet; a desk that has accepted is none."""
        return self.tone in ("open", "held")

    @property
    def next(self) -> Next:
        """Return what happens next: the first of these that applies."""
        if is_held_at(self.next_wave_at) or is_held_at(self.silence_at):
            return Next("restored")
        if self.next_wave_at is not None:
            return Next("wave", self.next_wave_at)
        if self.arrivals:
            return Next("arrives", self.arrivals[0].at)
        if self.silence_at is not None:
            return Next("silence" if self.leader_silent else "nudge", self.silence_at)
        return Next("officer" if self.without_officer else "end")

    @property
    def rank(self) -> tuple[bool, bool, bool, bool, bool, float]:
        """Return the key that sorts the board: open before closed, a caller under duress or a silent leader before all
        others, unseen first, then those to which no officer comes, certain before uncertain, then the newest."""
        worst = self.duress or self.leader_silent
        newest = -self.opened_at.timestamp()
        return (
            self.closed_at is not None,
            not worst,
            not self.unseen,
            not self.without_officer,
            self.uncertain,
            newest,
        )


@dataclass(frozen=True)
class Summary:
    """The whole board in four figures."""

    open: int
    without_officer: int
    unread: int  # texts that a human must read
    waiting_since: datetime | None  # the oldest call to which no officer comes

    @classmethod
    def of(cls, cards: Sequence[Card], unread: int) -> Summary:
        running = [card for card in cards if card.closed_at is None]
        alone = [card.opened_at for card in running if card.without_officer]
        return cls(len(running), len(alone), unread, min(alone, default=None))
