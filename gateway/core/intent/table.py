"""The table: who sent a text, what they have open and what it says decide what we do about it, and why.

Read it from the top: the first row that fits decides. The second table, in `besides.py`, says what else is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from gateway.core.intent.conditions import (
    OF_ONESELF,
    always,
    answers_a_call,
    answers_a_duty,
    answers_nothing,
    answers_some_call,
    follows_the_closing,
    helps,
    means,
    means_while_open,
    needs_nobody,
    not_safe_yet,
    opens_again,
    reply_of,
    says_more,
    says_no,
    says_no_before,
    says_no_while_open,
    says_yes,
    speaks_as_officer,
    speaks_to_the_line,
    steps_in,
)
from gateway.core.intent.facts import Case
from gateway.core.intent.relaying import hands_over, speaks_to_citizen
from gateway.core.words.commands import Apply, ChangePin, Here, Info, Leave, Quiet, Report, Safe
from gateway.core.words.triage import Panic


class Kind(StrEnum):
    """The things that we can do about a text; `gateway.sms.DO` has one function for each."""

    IGNORE = auto()
    SHOW_DESK = auto()
    OWN_DUTY = auto()
    HAND_OVER = auto()
    ANSWER = auto()
    STEP_IN = auto()
    ANSWER_CALL = auto()
    ASK_WHICH = auto()
    EXPLAIN = auto()
    RELAY = auto()
    CHATTER = auto()
    HELP = auto()
    CHANGE_PIN = auto()
    APPLY = auto()
    LEAVE = auto()
    INFO = auto()
    ADD_REPORT = auto()
    REPORT = auto()
    RING_DESK = auto()
    NOT_LISTED = auto()
    PANIC = auto()
    CONFIRM = auto()
    OLD_NO = auto()
    TAKE_NO = auto()
    HUSH = auto()
    NOTE_QUIET = auto()
    CANCEL = auto()
    ADD_PLACE = auto()
    KEEP_PLACE = auto()
    ADD_WORDS = auto()
    NOTE = auto()
    ASK_BACK = auto()


class Who(Enum):
    """The senders that a row is about."""

    ANYBODY = "anybody"
    RESPONDER = "officer or desk"
    CITIZEN = "citizen"
    VOLUNTEER = "volunteer"
    NOT_LISTED = "on no list, with nothing open"

    def fits(self, case: Case) -> bool:
        """Return whether the sender is one of these, whatever else they are."""
        return _WHO[self](case)


_WHO: dict[Who, Callable[[Case], bool]] = {
    Who.ANYBODY: lambda case: True,
    Who.RESPONDER: lambda case: case.sender.responder,
    Who.CITIZEN: lambda case: case.sender.citizen,
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
        "wants no texts",
        Who.ANYBODY,
        speaks_to_the_line,
        Kind.IGNORE,
        "STOP, BERHENTI or START and nothing else: the line is told; nobody is asked, and no answer leaves.",
    ),
    Row(
        "changes PIN",
        Who.CITIZEN,
        means(ChangePin),
        Kind.CHANGE_PIN,
        "PIN <old> <new>: a citizen changes the PIN that cancels; an officer who is one too means the same.",
    ),
    Row(
        "own duty",
        Who.RESPONDER,
        lambda case: reply_of(case) in OF_ONESELF,
        Kind.OWN_DUTY,
        "HADIR, LEPAS, CUTI or POSISI: it is about the officer and needs no incident.",
    ),
    Row(
        "opens again",
        Who.RESPONDER,
        opens_again,
        Kind.ANSWER,
        "BUKA with a code: a desk opens an incident again that was closed.",
    ),
    Row(
        "answers an uncertain call",
        Who.RESPONDER,
        answers_a_call,
        Kind.ANSWER_CALL,
        "DARURAT, BUKAN or OK with the code of an uncertain call, which stands in no text to a citizen.",
    ),
    Row(
        "answers which call",
        Who.RESPONDER,
        answers_some_call,
        Kind.ASK_WHICH,
        "A desk's answer without a code while uncertain calls wait there: it settles nothing and is asked which.",
    ),
    Row(
        "hands over",
        Who.RESPONDER,
        hands_over,
        Kind.HAND_OVER,
        "SERAH: a leader asks somebody who was asked to take over; until that one says yes, the leader leads.",
    ),
    Row(
        "answer",
        Who.RESPONDER,
        answers_a_duty,
        Kind.ANSWER,
        "An answer about an incident that this phone was alerted for or last told of; `about` says which.",
    ),
    Row(
        "steps in",
        Who.RESPONDER,
        steps_in,
        Kind.STEP_IN,
        "An answer that names an open incident which this phone was not alerted for: it is alerted herewith.",
    ),
    Row(
        "answer to nothing",
        Who.RESPONDER,
        lambda case: case.reading.answer is not None and speaks_as_officer(case),
        Kind.EXPLAIN,
        "An answer with nothing to answer: the phone is told why it cannot be used.",
    ),
    Row(
        "words for a citizen",
        Who.RESPONDER,
        speaks_to_citizen,
        Kind.RELAY,
        "WARGA (or bu, pak, kak) of one who has accepted: it goes on to the citizen if their phone may be reached.",
    ),
    Row(
        "officer's words",
        Who.RESPONDER,
        speaks_as_officer,
        Kind.CHATTER,
        "Words of an officer or desk that are no answer and no cry: noted, and the list of answers comes back.",
    ),
    Row(
        "volunteer's answer",
        Who.VOLUNTEER,
        helps,
        Kind.HELP,
        "A volunteer's yes or no to the question whether they can help, with no panic in it.",
    ),
    Row("application", Who.ANYBODY, means(Apply), Kind.APPLY, "DAFTAR: somebody applies for the register."),
    Row("leaves", Who.ANYBODY, means(Leave), Kind.LEAVE, "BATAL DAFTAR: somebody wants to leave the register."),
    Row("asks how", Who.ANYBODY, means(Info), Kind.INFO, "INFO: somebody asks how this number works."),
    Row(
        "report while open",
        Who.ANYBODY,
        means_while_open(Report),
        Kind.ADD_REPORT,
        "LAPOR of somebody who waits for help is about that: whoever comes has to read it.",
    ),
    Row("report", Who.ANYBODY, means(Report), Kind.REPORT, "LAPOR: kept for the desk, rings nobody."),
    Row(
        "unknown number asks for quiet",
        Who.NOT_LISTED,
        lambda case: case.reading.asks_quiet,
        Kind.RING_DESK,
        "A quiet word from a number on no list: the desk's phone rings at once, and nothing goes to that phone.",
    ),
    Row(
        "not listed",
        Who.NOT_LISTED,
        always,
        Kind.NOT_LISTED,
        "The number is on no list, and its phone believes that nothing is open: shown to the desk, rings nobody.",
    ),
    Row("panic", Who.ANYBODY, means(Panic), Kind.PANIC, "A panic: it opens an incident, or joins the open one."),
    Row(
        "not safe yet",
        Who.ANYBODY,
        not_safe_yet,
        Kind.PANIC,
        "BELUM after a closing without proof: a new incident that names the old one.",
    ),
    Row(
        "confirmation",
        Who.ANYBODY,
        says_yes,
        Kind.CONFIRM,
        "A yes to our question of the last 30 minutes: the text before and this one are the panic.",
    ),
    Row(
        "a no while open",
        Who.ANYBODY,
        says_no_while_open,
        Kind.CANCEL,
        "A no while an incident is open closes nothing: it is AMAN without a PIN.",
    ),
    Row(
        "an old no",
        Who.ANYBODY,
        says_no_before,
        Kind.OLD_NO,
        "A no that was sent before our question settles nothing: it is noted, and the desk is told.",
    ),
    Row(
        "a no",
        Who.ANYBODY,
        says_no,
        Kind.TAKE_NO,
        "A no to our question: it settles an uncertain call, unless its text showed need or the number is quiet.",
    ),
    Row(
        "after the closing",
        Who.ANYBODY,
        follows_the_closing,
        Kind.NOTE,
        "Thanks, AMAN, a yes or a no within two hours after a closing: it is about that incident and needs nobody.",
    ),
    Row(
        "quiet while open",
        Who.ANYBODY,
        means_while_open(Quiet),
        Kind.HUSH,
        "DIAM while an incident is open: from now on nothing makes that phone ring or light up.",
    ),
    Row(
        "quiet with nothing open",
        Who.ANYBODY,
        means(Quiet),
        Kind.NOTE_QUIET,
        "DIAM with nothing open, as far as the phone can tell: an uncertain call, and nothing is asked back.",
    ),
    Row(
        "says to be safe",
        Who.ANYBODY,
        means(Safe),
        Kind.CANCEL,
        "AMAN: only the right PIN cancels, and only what nobody has accepted.",
    ),
    Row(
        "place while open",
        Who.ANYBODY,
        means_while_open(Here),
        Kind.ADD_PLACE,
        "LOKASI while an incident is open: a better place for whoever comes.",
    ),
    Row(
        "place with nothing open",
        Who.ANYBODY,
        means(Here),
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
        "writes on",
        Who.ANYBODY,
        says_more,
        Kind.CONFIRM,
        "While our question is open, whatever is neither a no nor a command is a yes, with the words of both texts.",
    ),
    Row(
        "answer to no question",
        Who.ANYBODY,
        answers_nothing,
        Kind.NOTE,
        "A yes or no while we have asked nothing: shown to the desk, and the phone reads that nobody is sent.",
    ),
    Row(
        "needs nobody",
        Who.ANYBODY,
        needs_nobody,
        Kind.NOTE,
        "A greeting, thanks, a wish, a chain or advertising: the closed list of what is clearly no emergency.",
    ),
    Row(
        "unclear",
        Who.ANYBODY,
        always,
        Kind.ASK_BACK,
        "Neither a panic nor a command: an uncertain call; the desk is told, we ask back, and silence opens it.",
    ),
)
