"""The commands that a citizen's phone can give, other than to call for help. A text is a command only when the whole
text has its form.

A new command takes four lines here and a row of the table in `gateway.core.intent`; docs/developers has the recipe.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from gateway.core.codes import is_code
from gateway.core.words.lexicon import Heard, Tag


class Role(StrEnum):
    """The roles of words in a citizen's text; the keys of `[citizen]` in the word lists."""

    CRY = "cry"
    POLICE = "police"  # the police, in words or as a number
    INCIDENT = "incident"
    ALARM = "alarm"  # enough by itself from a citizen: "dirampok" is "I am being robbed" in one word
    URGENT = "urgent"
    PERSON = "person"  # somebody in danger
    PRESENT = "present"  # "there is", "just now"
    SCENE = "scene"  # a place or a culprit: "at the shop", "he"
    PAST = "past"
    NEGATION = "negation"
    PROHIBITION = "prohibition"  # "do not": takes back a cry, never a crime ("do not kill me")
    NEED = "need"  # may stand between a negation and what it negates
    GREETING = "greeting"
    MARK = "mark"  # of fraud, advertising or an everyday errand
    ERRAND = "errand"  # what people ask for with "please": it excuses a cry, but no crime, haste or person in danger
    REQUEST = "request"  # the verb of a favour: straight behind a cry it makes "please" of it ("tolong ambilin")
    THANKS = "thanks"
    LATER = "later"  # a plan: "tomorrow", "drill"
    QUESTION = "question"  # asked without a mark: "how much", "garansi gak ya"
    JEST = "jest"  # laughter: a crime in the same text is a joke
    PLEA = "plea"  # "please"
    EMPHASIS = "emphasis"  # may stand around a cry and adds nothing: "very", "this"
    GRAVE = "grave"  # haste that says by itself that something is wrong
    QUIET = "quiet"
    CONTACT = "contact"  # reaching somebody by phone; behind a prohibition it asks for quiet
    HUSHED = "hushed"  # a phrase of somebody who must not be reached: "he can hear"
    HIDES = "hides"
    THIRD = "third"  # somebody else who may be the one that hides
    YES = "yes"
    NO = "no"
    HELLO = "hello"  # opens a talk
    WISH = "wish"  # sent to everybody on a holiday or a birthday
    CHAIN = "chain"  # asks to be forwarded
    SALES = "sales"  # of advertising; unlike MARK it weakens no cry
    NOT_YET = "not_yet"  # "not safe yet", after we have asked whether they are
    SAFE = "safe"
    AROUND = "around"  # may stand around SAFE
    HERE = "here"
    APPLY = "apply"
    LEAVE = "leave"
    TIP = "tip"
    INFO = "info"
    PIN = "pin"


@dataclass(frozen=True)
class Quiet:
    """`DIAM` alone."""

    role: ClassVar = Role.QUIET


@dataclass(frozen=True)
class Yes:
    """The answer to our question whether this is an emergency."""

    role: ClassVar = Role.YES


@dataclass(frozen=True)
class No:
    """Nothing but a word of no, with politeness: the answer to our question that this is no emergency."""

    role: ClassVar = Role.NO


@dataclass(frozen=True)
class Safe:
    """`AMAN <PIN>`; `pin` is None when the text has no 4 to 8 digits, so that it proves nothing."""

    role: ClassVar = Role.SAFE
    pin: str | None


@dataclass(frozen=True)
class Here:
    """`LOKASI <place>`, the place as typed."""

    role: ClassVar = Role.HERE
    place: str


@dataclass(frozen=True)
class Apply:
    """`DAFTAR <name>#<identity number>#<address>`; a part that is missing is empty."""

    role: ClassVar = Role.APPLY
    name: str
    national_id: str
    address: str


@dataclass(frozen=True)
class Leave:
    """`BATAL DAFTAR <PIN>`."""

    role: ClassVar = Role.LEAVE
    pin: str | None


@dataclass(frozen=True)
class Report:
    """`LAPOR <text>`: a report that asks nobody to come."""

    role: ClassVar = Role.TIP
    words: str


@dataclass(frozen=True)
class Info:
    """`INFO` alone."""

    role: ClassVar = Role.INFO


@dataclass(frozen=True)
class ChangePin:
    """`PIN <old> <new>`; both are None when the text has not two numbers of 4 to 8 digits."""

    role: ClassVar = Role.PIN
    old: str | None
    new: str | None


Command = Quiet | Yes | No | Safe | Here | Apply | Leave | Report | Info | ChangePin

_PIN = re.compile(r"\d{4,8}")
_IDENTITY = re.compile(r"(?<!\d)\d(?:[ .-]?\d){15}(?!\d)")  # a NIK has 16 digits
_BESIDE_SAFE = frozenset({Role.AROUND, Role.GREETING, Role.PERSON, Role.YES})
_BESIDE_QUIET = frozenset({Role.GREETING, Role.PERSON, Role.YES})
_BESIDE_NO = frozenset({Role.GREETING, Role.HELLO, Role.THANKS, Role.PLEA})
_LONGEST_SAFE = 8  # words: a longer text about being safe is a story, and may say that nobody is


def command_in(heard: Heard) -> Command | None:
    """Return the command that a text is as a whole, or None."""
    return next((command for read in READERS.values() if (command := read(heard)) is not None), None)


def _quiet(heard: Heard) -> Quiet | None:
    # A text of two words with this ending, whose first word we cannot read: somebody who dares not be asked back.
    meant = all(tag.is_any({Role.QUIET, *_BESIDE_QUIET}) for tag in _without_code(heard))
    wanted = (meant and heard.has(Role.QUIET)) or (
        len(heard.tags) == 2
        and heard.tags[1].is_any({Role.QUIET})
        and not heard.tags[0].is_any({Role.NEGATION, Role.PROHIBITION, *_CALLS})
    )
    return Quiet() if wanted else None


def _yes(heard: Heard) -> Yes | None:
    return Yes() if _alone(heard, Role.YES) and not _asks(heard) else None


def _no(heard: Heard) -> No | None:
    words = _without_code(heard)
    meant = bool(words) and all(tag.is_any({Role.NO, *_BESIDE_NO}) for tag in words)
    return No() if meant and heard.has(Role.NO) and not _asks(heard) else None


def _safe(heard: Heard) -> Safe | None:
    words = [tag for tag in _without_code(heard) if not tag.form.isdigit()]
    if not words or len(words) > _LONGEST_SAFE or _asks(heard):
        return None
    known = all(tag.is_any({Role.SAFE, *_BESIDE_SAFE}) for tag in words)
    return Safe(_pin(heard)) if known and heard.has(Role.SAFE) else None


def _leave(heard: Heard) -> Leave | None:
    words = [tag for tag in heard.tags if not tag.form.isdigit()]
    known = all(tag.is_any({Role.LEAVE, Role.GREETING, Role.AROUND, Role.PERSON}) for tag in words)
    return Leave(_pin(heard)) if known and heard.has(Role.LEAVE) and not _asks(heard) else None


def _apply(heard: Heard) -> Apply | None:
    rest = _behind(heard, Role.APPLY)
    if rest is None:
        return None
    name, identity, address = (_tidy(part) for part in _application(rest))
    return Apply(name, re.sub(r"(?<=\d)[ .-]+(?=\d)", "", identity), address)


def _application(rest: str) -> tuple[str, str, str]:
    """Return the three parts of an application, cut at "#". Without a "#" cut around an identity number, because
    somebody whose phone lacks that key types it so."""
    if "#" in rest:
        name, identity, address = (*rest.split("#", 2), "", "")[:3]
        return name, identity, address
    found = _IDENTITY.search(rest)
    return (rest[: found.start()], found[0], rest[found.end() :]) if found else (rest, "", "")


def _tidy(part: str) -> str:
    return " ".join(part.split()).strip(" ,;:#/*|<>").strip()


def _here(heard: Heard) -> Here | None:
    rest = _behind(heard, Role.HERE)
    return Here(rest) if rest and rest.strip("? ") else None


def _tip(heard: Heard) -> Report | None:
    rest = _behind(heard, Role.TIP)
    return Report(rest) if rest else None


def _info(heard: Heard) -> Info | None:
    return Info() if _alone(heard, Role.INFO) else None


def _change_pin(heard: Heard) -> ChangePin | None:
    words = [tag for tag in heard.tags if not tag.form.isdigit()]
    numbers = [tag.form for tag in heard.tags if tag.form.isdigit()]
    first = heard.tags[0] if heard.tags else None
    if first is None or not first.is_any({Role.PIN}) or not all(tag.is_any({Role.PIN}) for tag in words):
        return None
    if len(numbers) == 2 and all(_PIN.fullmatch(number) for number in numbers):
        return ChangePin(*numbers)
    return ChangePin(None, None)


# The first form that fits counts: "batal daftar" leaves, "batal" is safe.
READERS: dict[type[Command], Callable[[Heard], Command | None]] = {
    Quiet: _quiet,
    Yes: _yes,
    Leave: _leave,
    Safe: _safe,
    No: _no,
    Apply: _apply,
    Here: _here,
    Report: _tip,
    Info: _info,
    ChangePin: _change_pin,
}


_CALLS = frozenset({Role.CRY, Role.POLICE, Role.INCIDENT, Role.ALARM})


def _alone(heard: Heard, role: Role) -> bool:
    """Return whether the text holds nothing but words of this role and greetings."""
    return heard.has(role) and all(tag.is_any({role, Role.GREETING}) for tag in heard.tags)


def _without_code(heard: Heard) -> list[Tag]:
    """Return the words without the code of an incident: our texts to the citizen name it, and people repeat it."""
    return [tag for tag in heard.tags if not is_code(tag.form.upper())]


def _asks(heard: Heard) -> bool:
    return "?" in heard.text


def _behind(heard: Heard, role: Role) -> str | None:
    """Return the text after the first word if that word plays `role`, else None."""
    first: Tag | None = heard.tags[0] if heard.tags else None
    return heard.after(first) if first is not None and first.is_any({role}) else None


def _pin(heard: Heard) -> str | None:
    """Return the digits of a text, put together, if they can be a PIN ("12 34" is one), else None."""
    digits = "".join(tag.form for tag in heard.tags if tag.form.isdigit())
    return digits if _PIN.fullmatch(digits) else None


def is_pin(text: str) -> bool:
    """Return whether this is nothing but 4 to 8 digits."""
    return _PIN.fullmatch(text) is not None


def free_words(command: Command | None) -> str:
    """Return the part of a command where people write freely and so may cry for help; a filled-in application has no
    such part."""
    match command:
        case Here(place):
            return place
        case Report(words):
            return words
        case Apply(name, "", ""):
            return name
        case _:
            return ""
