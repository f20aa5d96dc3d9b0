"""The functions of a line. A carrier is one two-way file with these functions in this order.

A carrier holds no state of ours, touches no database and raises only `BadHook`: every fault on the wire comes back as a
`Sent` whose outcome says whether to try again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol, runtime_checkable

from gateway.core.messages import (
    Answer,
    CallEvent,
    CallOut,
    DeliveryReceipt,
    Hook,
    OptedOut,
    Price,
    Script,
    Sent,
    TextIn,
    TextOut,
    UssdHop,
)
from gateway.core.pictures import Picture


class Carrier(Protocol):
    """A line: its name, whether a hook is really its own, and its own numbers (never answered, never alerted)."""

    name: str
    own_numbers: tuple[str, ...]

    def authentic(self, hook: Hook) -> bool:
        """Return whether this request proves that it comes from the carrier. Never raises."""


@runtime_checkable
class TextCarrier(Carrier, Protocol):
    batch: int  # most recipients of one and the same text that one request takes

    def read_text(self, hook: Hook) -> TextIn: ...

    def read_receipt(self, hook: Hook) -> DeliveryReceipt: ...

    def answer_text(self) -> Answer: ...

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        """Hand over texts with one and the same body, at most `batch`; return one answer each, in the same order."""


@runtime_checkable
class SenderCarrier(Carrier, Protocol):
    """A line that sends a text from the sender that the text names (`TextOut.sender`)."""

    any_sender: bool  # from any; False: from its own numbers only


@runtime_checkable
class VoiceCarrier(Carrier, Protocol):
    languages: frozenset[str]  # the languages that its speech can pronounce
    speaks: bool  # a call of its says words and takes keys; False: it makes a phone ring and nothing more
    plays_sounds: bool  # it plays the WAV behind a step's `sound`; False: its own voice speaks the text

    def read_call(self, hook: Hook) -> CallEvent: ...

    def answer_call(self, script: Script, event: CallEvent) -> Answer: ...

    def place_call(self, call: CallOut) -> Sent: ...

    def cancel_call(self, ref: str) -> bool:
        """Take back a call that is queued or ringing; return False where the carrier cannot or it is too late."""


@runtime_checkable
class HandsetCarrier(VoiceCarrier, Protocol):
    """A telephone with one SIM. It has one call at a time, and whoever rings it meanwhile finds it busy."""

    is_door: bool  # citizens leave their missed calls on this number, and the line tells us of them
    tells_of_waiting: bool  # it tells of a call that comes in while it rings somebody out


@runtime_checkable
class UssdCarrier(Carrier, Protocol):
    def read_hop(self, hook: Hook) -> UssdHop: ...

    def answer_hop(self, screen: str, more: bool) -> Answer: ...


@runtime_checkable
class MissedCallCarrier(Carrier, Protocol):
    """A line that tells of calls to its own numbers."""

    def read_call(self, hook: Hook) -> CallEvent: ...


@runtime_checkable
class OptOutCarrier(Carrier, Protocol):
    """A carrier that tells when a number wants no more texts."""

    def read_opt_out(self, hook: Hook) -> OptedOut: ...


@runtime_checkable
class PictureCarrier(Carrier, Protocol):
    """A line whose texts may bring pictures, which stay with the company until somebody opens them."""

    def pictures(self, raw: str) -> int:
        """Return how many came with a text, from what was kept of it. Never raises."""

    def fetch_picture(self, raw: str, number: int) -> Picture | None:
        """Return one of them, from 1; None where it is gone or no picture. Takes some seconds at most, never raises."""


class EnvelopeCarrier(Carrier, Protocol):
    """A carrier that posts every kind of hook to one address."""

    def kind(self, hook: Hook) -> str:
        """Return the kind of this hook: "text", "report" (a delivery receipt), "call", or "" for one that is only
        kept."""


@runtime_checkable
class SpendCarrier(Carrier, Protocol):
    """A carrier that tells afterwards what the account has spent. Only a human asks, never while an alert waits."""

    def spend(self, since: date, until: date) -> Sequence[Price] | None:
        """Return everything that was billed from `since` to `until`, both included, days in UTC: one sum a currency, or
        None when it could not be asked. Takes a few seconds at most and never raises."""


@runtime_checkable
class BalanceCarrier(Carrier, Protocol):
    """A carrier that is paid in advance and tells the balance."""

    def balance(self) -> Price | None:
        """Return the balance of the account, or None when it could not be asked. Takes a few seconds at most and never
        raises."""
