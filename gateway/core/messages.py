"""The vocabulary between carriers and rooms: messages from a phone to us, and from us to a phone.

All are plain frozen values. States are named from the point of view of the person at the phone. Phone numbers are E.164
if they can be read as such, else the carrier's own string (an alphanumeric sender, a short code, "anonymous").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from gateway.core.policy import Policy
from gateway.core.words.opt_out import OptOut

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
    # when it came in, if it waited in the spool since; seconds since 1970
    kept_at: float | None = field(default=None, compare=False)

    def value(self, name: str) -> str:
        """Return the first value of a form field, else of a query field, else the empty string."""
        for fields in (self.form, self.query):
            if fields.get(name):
                return fields[name][0]
        return ""

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


class BadHook(ValueError):  # noqa: N818 - it names the request
    """A request that lacks something essential (a sender; both words and the carrier's id). It is answered 400."""


@dataclass(frozen=True)
class Answer:
    """The answer to a carrier; the status is 200 unless set otherwise."""

    body: str = ""
    mimetype: str = "text/plain"
    status: int = 200


@dataclass(frozen=True)
class Price:
    """Money as a carrier states it: millionths of `currency` (ISO 4217), negative if an account is in debt."""

    micros: int
    currency: str


# --- what a phone did to us -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TextIn:
    """A text that came in. `ref` is the carrier's own id of it; `line` and `ref` together identify it."""

    line: str
    ref: str
    sender: str
    recipient: str
    body: str
    region: str | None = None  # ISO region for a local-format sender; None = DEFAULT_REGION
    position: tuple[float, float] | None = None  # degrees WGS 84, if the channel carries it (WhatsApp)
    raw: str = ""  # the payload as it came, for the record (kept encrypted)
    sent_at: datetime | None = None  # as the carrier tells it, aware; None: it tells nothing that we can read
    opt_out: OptOut | None = None  # what the carrier has made of it: texts to that number are stopped, or go again


@dataclass(frozen=True)
class OptedOut:
    """A carrier's note that a number gets no more texts of ours on a line."""

    line: str
    phone: str
    region: str | None = None


class Delivery(Enum):
    """The progress of a text of ours. The order is the rank: a delivery receipt never moves a text back."""

    SENT = "sent"  # handed to the network
    DELIVERED = "delivered"  # the network says that the handset has it
    FAILED = "failed"  # final: it did not arrive on this line


@dataclass(frozen=True)
class DeliveryReceipt:
    """A carrier's later word on a text of ours, found by its own `ref` or by the `attempt` id that we gave it."""

    line: str
    ref: str
    attempt: int | None
    delivery: Delivery | None  # None: a status that we do not know; it is stored and changes nothing
    permanent: bool = False  # this number can never get texts from us on this line
    code: str = ""
    phone: str = ""
    raw: str = ""
    absent: bool = False  # the handset was off or out of reach: the line is not at fault, and a later try may work
    opted_out: bool = False  # the number gets no more texts on this line


class Phase(Enum):
    """The stage of a call."""

    RINGING = "ringing"
    ANSWERED = "answered"  # a person or a machine picked up; we answer what the call does next
    KEY = "key"  # keys were pressed, or the time to press ran out (digits empty)
    ENDED = "ended"


class Ending(Enum):
    """The end of a call from the point of view of the person at the phone."""

    COMPLETED = "completed"  # picked up and hung up; this does not prove that a human was there
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    FAILED = "failed"  # the network could not connect it; a later try may work
    UNREACHABLE = "unreachable"  # this number can never be called on this line
    CANCELLED = "cancelled"  # we or the caller cancelled it


# The endings of a call whose phone rang; a busy phone does not, and of the others nobody knows.
RANG = frozenset({Ending.COMPLETED, Ending.NO_ANSWER, Ending.REJECTED})


@dataclass(frozen=True)
class CallEvent:
    """An event of a call. `ref` is the carrier's id of the call, the same for all its events."""

    line: str
    ref: str
    incoming: bool
    phone: str  # the other party: the phone that called us or that we called
    phase: Phase
    called: str = ""  # our own number
    attempt: int | None = None  # the id that we gave the carrier with our call, if the event carries it
    digits: str = ""
    ending: Ending | None = None
    seconds: int = 0  # seconds of talk
    price: Price | None = None  # of the whole call, if the last event states it
    sequence: int | None = None  # the carrier's own numbering of events, if it has one
    region: str | None = None
    raw: str = ""


@dataclass(frozen=True)
class UssdHop:
    """One step of a USSD session. `typed` is everything typed so far, with "*" in place of the carrier's separator."""

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
    """One text to one number. `attempt` is our id; carriers return it in delivery receipts if they can."""

    attempt: int
    to: str  # E.164
    body: str
    valid_seconds: int | None = None  # the text is useless after that
    sender: str = ""  # of the unit whose text it is; "": the line's own


@dataclass(frozen=True)
class CallOut:
    """One call to one number. The carrier asks us what to say once it is answered, unless `script` says it already; a
    line that can take none with the call rings all the same."""

    attempt: int
    to: str  # E.164
    ring_seconds: int = Policy.ring
    script: Script = ()


class Outcome(Enum):
    """A carrier's answer when we hand something over, and whether to try again."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # a passing reason or a fault of the line: try the next line now, this one later
    PERMANENT = "permanent"  # this number can never be reached on this line
    UNKNOWN = "unknown"  # it may have left: send it once more, never more often


@dataclass(frozen=True)
class Sent:
    """The carrier's answer to one text or call. Errors are values here, so that one number never stops another."""

    outcome: Outcome
    ref: str = ""
    code: str = ""  # the carrier's code or our own short word ("timeout"); never a secret, never a number
    parts: int | None = None  # the segments that it bills for this text, if it says so
    price: Price | None = None  # if it states the price at once
    about_number: bool = False  # the number is the reason, not the line
    opted_out: bool = False  # the number gets no more texts on this line


# --- what a call says -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """Speak `text` (already worded for the ear) in `language` (`id`, `en`, `sw`)."""

    text: str
    language: str
    sound: str = ""  # URL of the words as an 8 kHz WAV; empty: the line speaks the text itself


@dataclass(frozen=True)
class Ask:
    """Speak, and meanwhile wait for one key.

    If none is pressed within `seconds`, the call's KEY event has no digits.
    """

    text: str
    language: str
    seconds: int = 8
    sound: str = ""  # URL of the words as an 8 kHz WAV; empty: the line speaks the text itself


@dataclass(frozen=True)
class Bridge:
    """Connect the two phones; the second one sees our number."""

    to: str  # E.164
    ring_seconds: int = 30


@dataclass(frozen=True)
class Reject:
    """Do not pick up, which is free for the caller. It is always the only step of a script."""


@dataclass(frozen=True)
class HangUp:
    """End the call."""


Step = Say | Ask | Bridge | Reject | HangUp
Script = tuple[Step, ...]  # empty: there is nothing to say, and the carrier only needs its 200
