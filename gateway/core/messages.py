"""The vocabulary between carriers and rooms: what a phone did to us, and what we do to a phone.

Plain frozen values. States are told from the human's side of the phone. Phone numbers are E.164 where they
could be read as such, else the carrier's own string (an alphanumeric sender, a short code, "anonymous").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from gateway.core.policy import Policy

# --- the request that a door hands to a carrier ------------------------------------------------------------------


@dataclass(frozen=True)
class Hook:
    """One request of a carrier, free of any web framework.

    `url` is the full public URL (PUBLIC_URL + path + query) as the carrier called it, which is what Twilio signs.
    `path` is what stands behind `/hooks/<line>/` ("sms", "voice/keys"), without any token; the token is in `token`.
    `headers` are looked up in lower case. `form` holds every value of every field, blanks too, in order.
    """

    method: str
    url: str
    path: str
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    form: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: bytes = b""

    def value(self, name: str) -> str:
        """The first value of a form field, else of a query field, else the empty string."""
        for fields in (self.form, self.query):
            if fields.get(name):
                return fields[name][0]
        return ""

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


class BadHook(ValueError):  # noqa: N818 - what it is, not what went wrong
    """A request that misses what nobody can do without (a sender; both words and the carrier's id). Answered 400."""


@dataclass(frozen=True)
class Answer:
    """What a door answers a carrier: status 200 unless said otherwise."""

    body: str = ""
    mimetype: str = "text/plain"
    status: int = 200


@dataclass(frozen=True)
class Price:
    """Money as a carrier tells it: millionths of `currency` (ISO 4217), below nothing where an account owes."""

    micros: int
    currency: str


# --- what a phone did to us -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TextIn:
    """A text came in. `ref` is the carrier's own id of it and, with the line, its identity."""

    line: str
    ref: str
    sender: str
    recipient: str
    body: str
    region: str | None = None  # ISO region for a local-format sender; None = DEFAULT_REGION
    position: tuple[float, float] | None = None  # degrees WGS 84, where the channel carries one (WhatsApp)
    raw: str = ""  # the payload as it came, for the record (kept encrypted)


class Delivery(Enum):
    """How far a text of ours has come. Order is rank: a report never moves a text back."""

    SENT = "sent"  # left for the network
    DELIVERED = "delivered"  # the network says that the handset has it
    FAILED = "failed"  # final: it did not get there on this line


@dataclass(frozen=True)
class DeliveryReceipt:
    """What a carrier says later about a text of ours: by its own `ref`, or by the `attempt` id that we gave it."""

    line: str
    ref: str
    attempt: int | None
    delivery: Delivery | None  # None: a word that we do not know; kept, nothing moves
    permanent: bool = False  # this number can never get our texts on this line
    code: str = ""
    phone: str = ""
    raw: str = ""
    absent: bool = False  # the handset was off or out of reach: no fault of the line, and it may be on again later


class Phase(Enum):
    """Where a call stands."""

    RINGING = "ringing"
    ANSWERED = "answered"  # somebody or something picked up; we say what comes next
    KEY = "key"  # keys were pressed, or the time to press ran out (digits empty)
    ENDED = "ended"


class Ending(Enum):
    """How a call ended, as the person at the phone would tell it."""

    COMPLETED = "completed"  # picked up and hung up; proves no human
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    FAILED = "failed"  # the network could not; a passing reason
    UNREACHABLE = "unreachable"  # this number can never be called on this line
    CANCELLED = "cancelled"  # we or the caller took it back


@dataclass(frozen=True)
class CallEvent:
    """Something happened on a call. `ref` is the carrier's id of the call, the same for all its events."""

    line: str
    ref: str
    incoming: bool
    phone: str  # the other party: who called us, or whom we called
    phase: Phase
    called: str = ""  # our own number
    attempt: int | None = None  # the id that we gave the carrier when we placed it, where it carries one
    digits: str = ""
    ending: Ending | None = None
    seconds: int = 0  # talked
    price: Price | None = None  # of the whole call, where its end tells it
    sequence: int | None = None  # the carrier's own order, where it has one
    region: str | None = None
    raw: str = ""


@dataclass(frozen=True)
class UssdHop:
    """One step of a USSD session. `typed` is everything typed so far, the carrier's joiner replaced by "*"."""

    line: str
    session: str
    phone: str
    code: str  # the service code dialled
    typed: str
    ended: bool = False  # the network's end-of-session note
    region: str | None = None
    raw: str = ""


# --- what we do to a phone -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TextOut:
    """One text to one number. `attempt` is our id: carriers hand it back in reports where they can."""

    attempt: int
    to: str  # E.164
    body: str
    valid_seconds: int | None = None  # not worth delivering after that


@dataclass(frozen=True)
class CallOut:
    """One call to one number; what it says is asked for when it is answered."""

    attempt: int
    to: str  # E.164
    ring_seconds: int = Policy.ring


class Outcome(Enum):
    """What a carrier said when we handed something over, and whether to try again."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # a passing reason, or a fault of the line's own: next line now, this one later
    PERMANENT = "permanent"  # this number, never on this line
    UNKNOWN = "unknown"  # it may have left: sent once more, never oftener


@dataclass(frozen=True)
class Sent:
    """The carrier's answer to one text or call. Errors are values here, so that one number never stops another."""

    outcome: Outcome
    ref: str = ""
    code: str = ""  # the carrier's code or our own short word ("timeout"); never a secret, never a number
    parts: int | None = None  # messages that it bills this text as, where it tells
    price: Price | None = None  # where it tells at once


# --- what a call says -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """Speak `text` (already worded for the ear) in `language` (`id`, `en`, `sw`)."""

    text: str
    language: str


@dataclass(frozen=True)
class Ask:
    """Speak, and listen for one key meanwhile; without a key within `seconds` the call's KEY event has no digits."""

    text: str
    language: str
    seconds: int = 8


@dataclass(frozen=True)
class Bridge:
    """Put the two phones through; the second sees our number."""

    to: str  # E.164
    ring_seconds: int = 30


@dataclass(frozen=True)
class Reject:
    """Do not pick up (free for the caller). Only ever the single step of a script."""


@dataclass(frozen=True)
class HangUp:
    """End the call."""


Step = Say | Ask | Bridge | Reject | HangUp
Script = tuple[Step, ...]  # empty: nothing to say, the carrier only wants its 200
