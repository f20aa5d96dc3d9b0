"""Read a text once: every plain fact about its words that anybody downstream asks for, whoever sent it.

`read(text)` is the only place where the word lists meet a text. Each list ("citizen", "officer") hears it at most once,
and only when somebody asks for a fact that needs it: facts are computed on first use and kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property
from itertools import dropwhile
from typing import TypeVar

from gateway.core.incident_kinds import IncidentKind
from gateway.core.words import addressing, answers, occasions, triage
from gateway.core.words.addressing import ToCitizen
from gateway.core.words.answers import OfficerAnswer
from gateway.core.words.codetokens import code_in
from gateway.core.words.commands import Command, No, Quiet, Report, Role, Yes, command_in, free_words
from gateway.core.words.kinds import KindHeard, is_of_one_kind, kind_in
from gateway.core.words.leave import days_of_leave
from gateway.core.words.lexicon import Heard, Tag
from gateway.core.words.occasions import Occasion
from gateway.core.words.pinwords import hide_pins
from gateway.core.words.replies import Reply
from gateway.core.words.spelling import clean
from gateway.core.words.triage import Panic
from gateway.core.words.urgency import Judged, Urgency, judge

Form = TypeVar("Form")
MOST_READ = 2_000  # characters of a text that are read: thirteen text messages


@dataclass(frozen=True)
class Unclear:
    """A text that is neither a panic nor a command; an empty text too."""


Meaning = Panic | Command | Unclear


_TAKES_BACK = frozenset({Role.NEGATION, Role.SAFE, Role.THANKS})
_EMERGENCY = ("darurat", "emergency", "dharura")
# A PIN of an officer, or a word of ours that comes back: it stands last in an answer, behind other words. On a line
# that blocks long numbers our word left as "739 1" (core.filters), and comes back so.
_SECRET = re.compile(r"(?<![\d.,/:-])(\d{4,8}|(?<!\d )\d{3} \d)[\s.!]*$")
_LETTER = re.compile(r"[^\W\d]")
_NUMBER = "no"  # the Indonesian "no 5" is a house number, and the English word a no


class DeskAnswer(Enum):
    """The answers of a desk about an uncertain call."""

    EMERGENCY = auto()  # DARURAT: an incident now
    NO_EMERGENCY = auto()  # BUKAN: settled
    LOOK = auto()  # OK: "I look"


@dataclass(frozen=True)
class Reading:
    """The words of one text. The attributes below `codes` are facts about it; nothing is decided here.

    `body` is the text as it was kept. `codes` are those of the incidents that its sender may mean; they are found even
    when glued to an answer ("OKK7Q"), and before other words that have the form of a code.
    """

    body: str
    codes: frozenset[str] = frozenset()

    # --- as a citizen's text

    @cached_property
    def command(self) -> Command | None:
        """Return the command whose form the whole text has, or None."""
        return command_in(self._citizen)

    @cached_property
    def panic(self) -> Panic | None:
        """Return the panic in the text if a citizen sent it, whatever command it might also be; None if there is
        none."""
        return triage.panic_in(self._citizen, triage.ALARMS)

    @cached_property
    def meaning(self) -> Meaning:
        """Return what the text means from a citizen.

        Where a form leaves room for free words (`LAPOR ...`, `LOKASI ...`, `DAFTAR ...` without "#"), a panic in them
        is a panic: a report too many costs minutes, a lost cry a life. In a report, which says itself that nobody need
        come, "ada maling" stays a report; a cry, haste or a victim does not. Where the rules find nothing in a free
        text, the learned model may find a panic; it never takes one away.
        """
        if self.command is None:
            return self.panic or self._learned or Unclear()
        alarms = triage.TIP_ALARMS if isinstance(self.command, Report) else triage.ALARMS
        return triage.panic_in(self.free._citizen, alarms) or self.command

    @cached_property
    def judged(self) -> Judged:
        """Return what the learned model makes of it as a citizen's text: how urgent it is, the kind of trouble, and the
        words that weighed most. It is about the words alone: a panic of the rules may be judged LOW."""
        return judge(self._citizen)

    @cached_property
    def free(self) -> Reading:
        """Return the part of a command where people write freely ("" if it has none), read like a text of its own."""
        return Reading(free_words(self.command))

    def form(self, kind: type[Form]) -> Form:
        """Return the command, of the kind that the decision has found. Raises TypeError for any other."""
        if not isinstance(self.command, kind):
            raise TypeError(f"the text is no {kind.__name__}")
        return self.command

    @cached_property
    def says_yes(self) -> bool:
        """Return whether it answers our question with yes, whatever follows: "iya ini darurat", "ya jl ampera 5"."""
        tags = list(
            dropwhile(lambda tag: tag.is_any({Role.GREETING}) and not tag.is_any({Role.YES}), self._citizen.tags)
        )
        taken_back = any(tag.is_any(_TAKES_BACK) and tag.form != _NUMBER for tag in tags)
        return bool(tags) and tags[0].is_any({Role.YES}) and not taken_back

    @property
    def is_bare_yes(self) -> bool:
        """Return whether it says yes and nothing else."""
        return isinstance(self.command, Yes)

    @property
    def is_known(self) -> bool:
        """Return whether any list knows a word of it, also misspelt or glued to others."""
        return any(tag.roles for heard in (self._citizen, self._officer, self._addressed) for tag in heard.tags)

    @cached_property
    def says_not_yet(self) -> bool:
        """Return whether it says that they are not safe yet, and nothing else: "belum", "belum aman pak"."""
        known = all(tag.is_any({Role.NOT_YET, Role.SAFE, Role.GREETING, Role.EMPHASIS}) for tag in self._citizen.tags)
        return known and self._citizen.has(Role.NOT_YET)

    @cached_property
    def quiet_words(self) -> tuple[str, ...]:
        """Return the words by which it asks that nothing make the phone ring or light up, as they were typed."""
        return tuple(self._clean[tag.start : tag.end] for tag in triage.quiet_words(self._citizen))

    @property
    def asks_quiet(self) -> bool:
        """Return whether a citizen's text asks that nothing make the phone ring or light up, wherever it says so."""
        return bool(self.quiet_words) or isinstance(self.command, Quiet)

    @cached_property
    def needs(self) -> bool:
        """Return whether it holds any sign of need, also where that is not enough for a panic."""
        return triage.needs(self._citizen)

    @cached_property
    def occasion(self) -> Occasion | None:
        """Return why it clearly needs nobody, or None."""
        return occasions.occasion_of(self._citizen)

    # --- as an officer's text

    @cached_property
    def desk_answer(self) -> DeskAnswer | None:
        """Return the answer that it gives about an uncertain call if a desk sent it, or None. A digit is none: on the
        phone `1` means an emergency, in a text it means OK."""
        said = triage.CITIZEN.hear_clean(self._coded[1]) if self.code is not None else self._citizen
        if said.tags and all(tag.is_any({Role.CRY, Role.GREETING, Role.EMPHASIS}) for tag in said.tags):
            return DeskAnswer.EMERGENCY if said.has(Role.CRY) else None
        if isinstance(command_in(said), No) or (self.answer and self.answer.reply is Reply.FALSE_ALARM):
            return None if self._is_digit else DeskAnswer.NO_EMERGENCY
        return DeskAnswer.LOOK if self.answer and self.answer.reply is Reply.ACCEPT and not self._is_digit else None

    @property
    def is_bare_emergency(self) -> bool:
        """Return whether its only cry is DARURAT, the word with which a desk answers an uncertain call."""
        cries = [tag.form for tag in self._citizen.tags if tag.is_any({Role.CRY})]
        return bool(cries) and all(form.startswith(_EMERGENCY) for form in cries)

    @property
    def _is_digit(self) -> bool:
        return self._coded[1].strip(" .,!").isdigit() and len(self._coded[1].strip(" .,!")) == 1

    @cached_property
    def officer_panic(self) -> Panic | None:
        """Return the panic in the text if an officer sent it, or None. An officer's words of a crime and its place are
        a report, not a panic."""
        return triage.panic_in(self._citizen, triage.ALARMS_OF_ANYBODY)

    @cached_property
    def answer(self) -> OfficerAnswer | None:
        """Return the answer that an officer, a desk or a volunteer gives with it, or None if it clearly answers
        nothing."""
        days = days_of_leave(self._clean)
        leaves = OfficerAnswer(Reply.LEAVE, None, str(days)) if days is not None else None
        found = leaves or answers.answer_in(self._officer, self._citizen, self.code)
        return replace(found, secret=self._secret) if found is not None and self._secret else found

    @cached_property
    def hand_over(self) -> str | None:
        """Return the name behind SERAH, without a code ("" if none is there), or None for any other text."""
        others = self.code is not None and self.code not in self.codes
        return addressing.hand_over(addressing.ADDRESSING.hear_clean(self._coded[1]) if others else self._addressed)

    @cached_property
    def to_citizen(self) -> ToCitizen | None:
        """Return the words that an officer has written for the citizen, or None; PINs in them are masked. What they may
        also be, an answer or a cry, is read before."""
        said = addressing.to_citizen(self._addressed)
        return replace(said, words=hide_pins(said.words)) if said is not None else None

    @cached_property
    def _addressed(self) -> Heard:
        """Return the text as it is heard for whom it is meant; the code of another's incident stays in it."""
        return addressing.ADDRESSING.hear_clean(self._coded[1] if self.code in self.codes else self._clean)

    @cached_property
    def whole_answer(self) -> OfficerAnswer | None:
        """Return the answer; for POSISI with everything that was written. To a reader of words the minus of a southern
        latitude is only punctuation, so the words alone would lose it."""
        said = self.answer
        return replace(said, words=self.body) if said and said.reply is Reply.POSITION else said

    @cached_property
    def cries_beside(self) -> bool:
        """Return whether it holds an answer and, apart from it, an officer's own panic."""
        return self.answer is not None and self.officer_panic is not None and self._cry is not None

    @cached_property
    def cries_quietly(self) -> bool:
        """Return whether that cry, read from its first word on, asks that nothing make the phone ring or light up."""
        cry = self._cry
        tail = () if cry is None else tuple(tag for tag in self._citizen.tags if tag.start >= cry.start)
        return triage.asks_quiet(Heard(self._clean, tail))

    @property
    def code(self) -> str | None:
        """Return the code of an incident that it names, in upper case, or None."""
        return self._coded[0]

    # --- from whoever

    @cached_property
    def kind(self) -> KindHeard:
        """Return the kind of trouble that its words tell, and those words. Where the lists name none and only the
        learned model heard a panic, it is the model's guess and the words that weighed most."""
        heard = kind_in(self._citizen)
        if heard.kind is not IncidentKind.UNKNOWN or self.command is not None or self.panic or not self._learned:
            return heard
        return KindHeard(IncidentKind(self.judged.kind or IncidentKind.UNKNOWN), self.judged.words)

    @cached_property
    def is_of_one_kind(self) -> bool:
        """Return whether its words tell of one kind of trouble at most, and of nobody in grave need."""
        return is_of_one_kind(self._citizen)

    # --- to be kept, shown and passed on

    @cached_property
    def masked(self) -> str:
        """Return the text with everything that may be a PIN as asterisks."""
        return hide_pins(self.body)

    @cached_property
    def beside_panic(self) -> str:
        """Return the words beside leading panic words, PINs masked; "" if there are none."""
        return hide_pins(self.panic.words if self.panic is not None else self.body).strip()

    # --- heard once

    @cached_property
    def _clean(self) -> str:
        return clean(self.body)

    @cached_property
    def _citizen(self) -> Heard:
        return triage.CITIZEN.hear_clean(self._clean)

    @cached_property
    def _coded(self) -> tuple[str | None, str]:
        return code_in(self._clean, self.codes)

    @cached_property
    def _officer(self) -> Heard:
        secret = self._secret_at
        return answers.OFFICER.hear_clean(self._coded[1][: secret.start(1)] if secret else self._coded[1])

    @property
    def _secret(self) -> str | None:
        found = self._secret_at
        return found[1].replace(" ", "") if found else None

    @cached_property
    def _secret_at(self) -> re.Match[str] | None:
        """Return where the digits are that may be a secret: at the end, and behind a word."""
        found = _SECRET.search(self._coded[1])
        return found if found and _LETTER.search(self._coded[1], 0, found.start()) else None

    @property
    def _learned(self) -> Panic | None:
        asked = self.occasion is None and triage.is_free_text(self._citizen)
        return triage.told(self._citizen) if asked and self.judged.urgency is Urgency.HIGH else None

    @cached_property
    def _cry(self) -> Tag | None:
        return answers.own_cry(self._officer, self._citizen)


def read(text: str, codes: Collection[str] = ()) -> Reading:
    """Read any string once, its first MOST_READ characters; raises nothing. Hand the result on instead of the text."""
    return Reading(text[:MOST_READ], frozenset(code.upper() for code in codes))


def names_an_incident(code: str) -> bool:
    """Return whether an answer with this code is read as one about an incident, whoever sends it. "OK GG3" of somebody
    who was not asked would name no incident, and "OK 7LG" would be a cry for help: such codes are not given out."""
    said = Reading(f"OK {code}").answer
    return said is not None and said.reply is Reply.ACCEPT and said.code == code


NOTHING = Reading("")  # a call, a menu key and a duress PIN say no words
