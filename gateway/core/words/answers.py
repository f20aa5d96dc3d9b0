"""Find what an officer's (or desk's) reply means: `<answer> [code]` in either order, in the words that they really use.

A wrong yes stands others down, and a wrong "done" stands everybody down. So a reply that is asked, doubted, denied or
told of somebody else is no answer here, and the room asks again. An officer's cry for help is no answer either: it is a
panic, and the answer before it is read as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, pairwise

from gateway.core.words.commands import Role as CitizenRole
from gateway.core.words.eta import minutes_alone, minutes_in
from gateway.core.words.lexicon import Heard, Lexicon, Tag
from gateway.core.words.replies import (
    CERTAIN,
    DIGITS,
    NAMES,
    OF_THE_NAMED,
    OVERRULES,
    ROOM,
    SETS_OUT,
    SHORT,
    TAKEN_BACK,
    Reply,
    Role,
)
from gateway.core.words.spelling import LINK

__all__ = ["OFFICER", "OfficerAnswer", "Reply", "answer_in", "own_cry"]


@dataclass(frozen=True)
class OfficerAnswer:
    """A reply, the incident code that it names (upper case), the words that follow it (for POSITION: the place), and in
    how many minutes its sender will be there, if they say so. `secret` are the four to eight digits that end it: a PIN,
    or a word of ours that comes back."""

    reply: Reply
    code: str | None = None
    words: str = ""
    secret: str | None = field(default=None, repr=False)
    minutes: int | None = None


def answer_in(heard: Heard, citizen: Heard, code: str | None = None) -> OfficerAnswer | None:
    """Return the answer that an officer's text gives, or None if it clearly answers nothing.

    `heard` is the text without its code, as `OFFICER` hears it. `citizen` is the same text as the citizen's lexicon
    hears it: this shows a panic word that is no part of the answer. Then only the words before it can be the answer.
    """
    cry = own_cry(heard, citizen)
    if cry is not None:
        return _before_cry(heard, citizen, cry, code)
    tags = list(dropwhile(_is_idle, heard.tags))
    if not tags:
        return None
    place = _place(heard, tags)
    if _unclear(heard, place):
        return None
    reply = _by_digit(heard.tags) or _by_words(heard.tags, place)
    if reply is None:
        alone = minutes_alone(heard)
        return OfficerAnswer(Reply.ARRIVES, code, minutes=alone) if alone is not None else None
    words = place if reply is Reply.POSITION else _words(heard, reply)
    return OfficerAnswer(reply, code, words, minutes=minutes_in(reply, heard))


OFFICER = Lexicon(
    "officer",
    typos={Reply.EN_ROUTE.value: 7},
)


def _is_idle(tag: Tag) -> bool:
    return tag.is_any({Role.GREETING}) and not _meanings(tag)


def own_cry(heard: Heard, citizen: Heard) -> Tag | None:
    """Return the first panic word that is no part of an answer ("butuh bantuan" is one): the officer's own cry. None if
    there is none."""
    answered = [tag for tag in heard.tags if _meanings(tag)]
    cries = (tag for tag in citizen.tags if tag.is_any({CitizenRole.CRY}))
    return next((cry for cry in cries if not any(tag.start < cry.end <= tag.end for tag in answered)), None)


def _before_cry(heard: Heard, citizen: Heard, cry: Tag, code: str | None) -> OfficerAnswer | None:
    """Return the answer that ends, with a mark of punctuation, before a cry: "siap ndan, tolong ada yg masuk rumah
    saya".

    Without the mark nobody can tell the answer from the cry. A bare "ya, tolong" is no answer either: somebody in need
    says this to "is this an emergency?", and taking it for a yes would stand down the people who go.
    """
    head, said = _head(heard, cry), _head(citizen, cry)
    apart = head.text.rstrip(" \t").endswith(_MARKS)
    if not apart or all(tag.is_any({CitizenRole.YES, CitizenRole.GREETING}) for tag in said.tags):
        return None
    return answer_in(head, said, code)


_MARKS = (",", ".", ";", ":", "!", "-", "/", "\n")


def _head(heard: Heard, cry: Tag) -> Heard:
    """Return the part of the text before the cry."""
    return Heard(heard.text[: cry.start], tuple(tag for tag in heard.tags if tag.end <= cry.start))


def _by_digit(tags: Sequence[Tag]) -> Reply | None:
    """Return the reply of a digit: `1` to `5` and `0` count only alone ("2 menit lagi" is no step)."""
    said = [tag.form for tag in tags if not _is_idle(tag)]
    return DIGITS.get(said[0]) if len(said) == 1 else None


def _place(heard: Heard, tags: Sequence[Tag]) -> str:
    return heard.after(tags[0]) if tags[0].is_any({Reply.POSITION.value}) else ""


def _unclear(heard: Heard, place: str) -> bool:
    asked = heard.has(Role.QUESTION) or "?" in LINK.sub("", heard.text)
    return asked or (heard.has(Role.NEGATION) and not place)


def _by_words(tags: Sequence[Tag], place: str) -> Reply | None:
    found = _stated(tags)
    if place and Reply.POSITION in found.values() and set(found.values()) <= {Reply.POSITION, Reply.ACCEPT}:
        return Reply.POSITION
    found = {at: reply for at, reply in found.items() if reply is not Reply.POSITION}
    reply = _meant(frozenset(found.values()))
    if reply is None:
        return None
    return _tempered(reply, tags) if _plain(reply, min(found), max(found), tags, _short(tags)) else None


def _stated(tags: Sequence[Tag]) -> dict[int, Reply]:
    """Return the replies that the text states, by their place. A step that can or cannot be done is part of the yes or
    the refusal before it."""
    found: dict[int, Reply] = {}
    short = _short(tags)
    for at, tag in enumerate(tags):
        taken = at > 0 and tags[at - 1].is_any({Role.CANNOT, Role.ABLE})
        for reply in _meanings(tag, short):
            if not (taken and reply in SETS_OUT):
                found[at] = reply
    return found


def _short(tags: Sequence[Tag]) -> Collection[str]:
    """Return the roles that count as replies in this text because nothing around them is unknown."""
    if not all(tag.roles or tag.form.isdigit() for tag in tags):
        return ()
    return [role for role, short in SHORT.items() if not any(tag.is_any(short.unless) for tag in tags)]


def _meanings(tag: Tag, short: Collection[str] = ()) -> Iterable[Reply]:
    if tag.is_any({Role.CANNOT}):
        return [Reply.DECLINE]
    named = [NAMES[role] for role in sorted(tag.roles) if role in NAMES]
    return named or [SHORT[role].reply for role in sorted(tag.roles) if role in short]


def _meant(stated: frozenset[Reply]) -> Reply | None:
    return next((reply for reply in stated if stated - {reply} <= OVERRULES[reply]), None)


def _plain(reply: Reply, first: int, last: int, tags: Sequence[Tag], short: Collection[str]) -> bool:
    """Return whether the sender says the reply of themselves, without much of a story around it."""
    before, behind = tags[:first], tags[last + 1 :]
    if _somebody_else(reply, before) or _of_something_else(tags) or (reply in TAKEN_BACK and _any(Role.BUT, tags)):
        return False
    if reply not in CERTAIN and (
        _any(Role.DOUBT, tags) or _any(Role.EXCUSE, tags if reply is Reply.ACCEPT else before)
    ):
        return False
    return _unknown(before, short) <= ROOM[reply].before and _unknown(behind, short) <= ROOM[reply].behind


def _somebody_else(reply: Reply, before: Sequence[Tag]) -> bool:
    """Return whether the words before a reply name somebody else who does it. "Done" may tell what became of them."""
    if _any(Role.OTHERS, before) or (_any(Role.HELD, before) and reply is not Reply.RESOLVED):
        return True
    named = [at for at, (title, name) in enumerate(pairwise(before)) if title.is_any({Role.TITLE}) and not name.roles]
    return reply in OF_THE_NAMED and bool(named) and not _any(Role.SELF, before[named[-1] :])


def _of_something_else(tags: Sequence[Tag]) -> bool:
    """Return whether something else is possible or impossible than to come: "tidak bisa dihubungi", "bisa selesai"."""
    for tag, behind in pairwise(tags):
        if tag.is_any({Role.CANNOT}) and not behind.roles:
            return True
        if tag.is_any({Role.ABLE}) and behind.is_any(_ENDS):
            return True
    return False


_ENDS = frozenset({Reply.RESOLVED.value, Reply.FALSE_ALARM.value, Role.CALM.value, Role.UNTRUE.value})


def _any(role: Role, tags: Iterable[Tag]) -> bool:
    return any(tag.is_any({role}) for tag in tags)


def _unknown(tags: Iterable[Tag], short: Collection[str]) -> int:
    """Return how many words say nothing here: those of no role, and those that would answer in a shorter text."""
    return sum(all(role in SHORT and role not in short for role in tag.roles) for tag in tags)


def _tempered(reply: Reply, tags: Sequence[Tag]) -> Reply | None:
    """Return the reply that holds now: "soon there" means on the way, and "soon done" means nothing yet. "On the way,
    already there" is asked."""
    if reply is Reply.EN_ROUTE and _any(Role.THERE, tags):
        return None
    if not _any(Role.SOON, tags):
        return reply
    not_yet = {Reply.ON_SCENE: Reply.EN_ROUTE, Reply.RESOLVED: None, Reply.FALSE_ALARM: None}
    return not_yet.get(reply, reply)


def _words(heard: Heard, reply: Reply) -> str:
    """Return the words after the last word of the reply."""
    said = [tag for tag in heard.tags if reply in _meanings(tag)]
    said = said or [tag for tag in heard.tags if reply in _meanings(tag, SHORT)]
    return heard.after(said[-1]) if said else ""
