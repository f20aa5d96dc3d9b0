"""What a text is taken for: who sent it, what they have open, what their phone believes, what we last said there, and
what it says -> one intent, with the reason. One ordered table decides: the first row that fits, from the top.

Everything here is pure. `gateway.inbound.sender_facts` gathers the facts, `gateway.sms` does what is decided, and
`siaga explain NUMBER "TEXT"` tells which row applied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from gateway.core.sentences.phrases import tidy
from gateway.core.words.commands import Apply, Here, Info, Leave, Quiet, Report, Safe, Yes
from gateway.core.words.reading import Reading
from gateway.core.words.replies import Reply
from gateway.core.words.triage import Panic

# --- the facts ------------------------------------------------------------------------------------------------------


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


# --- what is decided ------------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What we do about a text; `gateway.sms.DO` has one function for each."""

    IGNORE = auto()
    SHOW_DESK = auto()
    OWN_DUTY = auto()
    ANSWER = auto()
    STEP_IN = auto()
    SETTLE = auto()
    EXPLAIN = auto()
    CHATTER = auto()
    HELP = auto()
    APPLY = auto()
    LEAVE = auto()
    INFO = auto()
    ADD_REPORT = auto()
    REPORT = auto()
    NOT_LISTED = auto()
    PANIC = auto()
    CONFIRM = auto()
    HUSH = auto()
    NOTE_QUIET = auto()
    CANCEL = auto()
    ADD_PLACE = auto()
    KEEP_PLACE = auto()
    ADD_WORDS = auto()
    ASK_BACK = auto()


class Who(Enum):
    """Whose texts a row is about."""

    ANYBODY = "anybody"
    RESPONDER = "officer or desk"
    VOLUNTEER = "volunteer"
    NOT_LISTED = "on no list, with nothing open"

    def fits(self, case: Case) -> bool:
        """Is the sender such a one, whatever else they are?"""
        return _WHO[self](case)


_WHO: dict[Who, Callable[[Case], bool]] = {
    Who.ANYBODY: lambda case: True,
    Who.RESPONDER: lambda case: case.sender.responder,
    Who.VOLUNTEER: lambda case: case.sender.citizen and case.sender.volunteer,
    Who.NOT_LISTED: lambda case: not case.sender.listed and not case.open.believed,
}


@dataclass(frozen=True)
class Row:
    """One row of the table. `reason` is the sentence that `siaga explain` prints."""

    name: str
    who: Who
    when: Callable[[Case], bool]
    kind: Kind
    reason: str


class Also(StrEnum):
    """What else a text holds, done besides the intent; `gateway.sms.ALSO` has one function for each."""

    CRY = auto()
    OVERHEARD = auto()


@dataclass(frozen=True)
class Extra:
    """One row of the second table: what else is done."""

    also: Also
    when: Callable[[Case, Kind], bool]
    reason: str


@dataclass(frozen=True)
class Intent:
    """What is done about a text, the row that says so, and what else the text holds."""

    row: Row
    also: tuple[Extra, ...] = ()

    @property
    def kind(self) -> Kind:
        return self.row.kind


def decide(case: Case) -> Intent:
    """The first row of the table that fits, with everything else that the text holds."""
    row = next(row for row in TABLE if row.who.fits(case) and row.when(case))
    return Intent(row, tuple(extra for extra in BESIDES if extra.when(case, row.kind)))


# --- the conditions -------------------------------------------------------------------------------------------------


def _always(case: Case) -> bool:
    return True


def _means(*kinds: type) -> Callable[[Case], bool]:
    return lambda case: isinstance(case.reading.meaning, kinds)


def _and_open(*kinds: type) -> Callable[[Case], bool]:
    return lambda case: case.open.believed and isinstance(case.reading.meaning, kinds)


def _reply(case: Case) -> Reply | None:
    return case.reading.answer.reply if case.reading.answer is not None else None


def _named(case: Case) -> list[AskedFor]:
    """The incidents that an answer may be about: the one whose code it names, without a code all."""
    said = case.reading.answer
    return [duty for duty in case.open.duties if said is not None and said.code in (None, duty.code)]


def _calls_back_up(case: Case) -> bool:
    """BANTUAN that is a cry for help can be back-up only from who has accepted; else it is their own panic."""
    if _reply(case) is not Reply.BACKUP or case.reading.officer_panic is None:
        return True
    return any(duty.accepted for duty in _named(case)[:1])


def _answers_a_duty(case: Case) -> bool:
    return bool(_named(case)) and _calls_back_up(case)


def _steps_in(case: Case) -> bool:
    return _reply(case) is not None and case.open.elsewhere and _calls_back_up(case)


def _speaks_as_officer(case: Case) -> bool:
    """Neither a cry, nor from somebody in need, nor from a citizen who has nothing to answer."""
    needs_nothing = case.reading.officer_panic is None and not case.open.in_need
    return needs_nothing and bool(case.open.duties or not case.sender.citizen)


def _helps(case: Case) -> bool:
    """A yes or no of a volunteer. Whoever needs help, or was asked back by us, answers that first, unless they name
    the code."""
    said = case.reading.answer
    if said is None or said.reply not in YES_OR_NO or case.reading.panic is not None:
        return False
    if said.code is None:
        return bool(case.open.helps) and not case.open.in_need
    return said.code in case.open.helps


def _has_cry_beside(case: Case, kind: Kind) -> bool:
    return kind in OFFICERS and case.reading.cries_beside


def _is_overheard(case: Case, kind: Kind) -> bool:
    told_to_nobody = kind in UNHEARD or (kind is Kind.REPORT and case.sender.listed)
    return told_to_nobody and case.open.own and not case.open.believed


OF_ONESELF = frozenset({Reply.ON_DUTY, Reply.OFF_DUTY, Reply.POSITION})  # answers that need no incident
YES_OR_NO = {Reply.ACCEPT: True, Reply.EN_ROUTE: True, Reply.DECLINE: False}  # what a volunteer's answer says
OFFICERS = frozenset({Kind.OWN_DUTY, Kind.ANSWER, Kind.STEP_IN, Kind.SETTLE})
UNHEARD = frozenset({Kind.NOT_LISTED, Kind.NOTE_QUIET, Kind.KEEP_PLACE, Kind.ASK_BACK})


# --- the tables -----------------------------------------------------------------------------------------------------

TABLE: tuple[Row, ...] = (
    Row(
        "machine",
        Who.ANYBODY,
        lambda case: case.sender.machine,
        Kind.IGNORE,
        "The sender is a machine or one of our own numbers: the text is kept and never answered.",
    ),
    Row(
        "echo",
        Who.ANYBODY,
        lambda case: case.last_said.has(case.reading.body),
        Kind.SHOW_DESK,
        "The text is one of ours that came back: its words mean nothing, and answering it would never end.",
    ),
    Row(
        "own duty",
        Who.RESPONDER,
        lambda case: _reply(case) in OF_ONESELF,
        Kind.OWN_DUTY,
        "HADIR, LEPAS or POSISI: it is about the officer and needs no incident.",
    ),
    Row(
        "answer",
        Who.RESPONDER,
        _answers_a_duty,
        Kind.ANSWER,
        "An answer about an open incident that this phone was alerted for.",
    ),
    Row(
        "steps in",
        Who.RESPONDER,
        _steps_in,
        Kind.STEP_IN,
        "An answer that names an open incident which this phone was not alerted for: it is alerted herewith.",
    ),
    Row(
        "desk has seen it",
        Who.RESPONDER,
        lambda case: _reply(case) is Reply.ACCEPT and case.open.desk_asked,
        Kind.SETTLE,
        "The desk's OK with no incident to answer: it looks after the citizens' unclear texts that it was told of.",
    ),
    Row(
        "answer to nothing",
        Who.RESPONDER,
        lambda case: case.reading.answer is not None and _speaks_as_officer(case),
        Kind.EXPLAIN,
        "An answer with nothing to answer: the phone is told why it cannot be used.",
    ),
    Row(
        "officer's words",
        Who.RESPONDER,
        _speaks_as_officer,
        Kind.CHATTER,
        "Words of an officer or desk that are no answer and no cry: noted, and the list of answers comes back.",
    ),
    Row(
        "volunteer's answer",
        Who.VOLUNTEER,
        _helps,
        Kind.HELP,
        "A volunteer's yes or no to the question whether they can help, with no panic in it.",
    ),
    Row("application", Who.ANYBODY, _means(Apply), Kind.APPLY, "DAFTAR: somebody applies for the register."),
    Row("leaves", Who.ANYBODY, _means(Leave), Kind.LEAVE, "BATAL DAFTAR: somebody wants to leave the register."),
    Row("asks how", Who.ANYBODY, _means(Info), Kind.INFO, "INFO: somebody asks how this number works."),
    Row(
        "report while open",
        Who.ANYBODY,
        _and_open(Report),
        Kind.ADD_REPORT,
        "LAPOR of somebody who waits for help is about that: whoever comes has to read it.",
    ),
    Row("report", Who.ANYBODY, _means(Report), Kind.REPORT, "LAPOR: kept for the desk, rings nobody."),
    Row(
        "not listed",
        Who.NOT_LISTED,
        _always,
        Kind.NOT_LISTED,
        "The number is on no list, and its phone believes that nothing is open: shown to the desk, rings nobody.",
    ),
    Row("panic", Who.ANYBODY, _means(Panic), Kind.PANIC, "A panic: it opens an incident, or joins the open one."),
    Row(
        "confirmation",
        Who.ANYBODY,
        lambda case: case.open.asked_back and isinstance(case.reading.meaning, Yes),
        Kind.CONFIRM,
        "YA to our question whether the text before was an emergency: that text is the panic.",
    ),
    Row(
        "quiet while open",
        Who.ANYBODY,
        _and_open(Quiet),
        Kind.HUSH,
        "DIAM while an incident is open: from now on nothing makes that phone ring or light up.",
    ),
    Row(
        "quiet with nothing open",
        Who.ANYBODY,
        _means(Quiet),
        Kind.NOTE_QUIET,
        "DIAM with nothing open, as far as the phone can tell: the desk is told, nothing is asked back.",
    ),
    Row(
        "says to be safe",
        Who.ANYBODY,
        _means(Safe),
        Kind.CANCEL,
        "AMAN: only the right PIN cancels, and only what nobody has accepted.",
    ),
    Row(
        "place while open",
        Who.ANYBODY,
        _and_open(Here),
        Kind.ADD_PLACE,
        "LOKASI while an incident is open: a better place for whoever comes.",
    ),
    Row(
        "place with nothing open",
        Who.ANYBODY,
        _means(Here),
        Kind.KEEP_PLACE,
        "LOKASI with nothing open: kept for later if we can read it, else we ask back.",
    ),
    Row(
        "words while open",
        Who.ANYBODY,
        lambda case: case.open.believed,
        Kind.ADD_WORDS,
        "Any other words of somebody who waits for help: they go on to whoever accepted.",
    ),
    Row(
        "unclear",
        Who.ANYBODY,
        _always,
        Kind.ASK_BACK,
        "Neither a panic nor a command: the desk is told, we ask back, and after a minute the desk's phone rings.",
    ),
)

BESIDES: tuple[Extra, ...] = (
    Extra(
        Also.CRY,
        _has_cry_beside,
        "Beside the answer the officer cries for help themselves: that opens an incident of their own.",
    ),
    Extra(
        Also.OVERHEARD,
        _is_overheard,
        "The phone believes that its incident is over, but it is open: whoever is at it reads these words too.",
    ),
)
