"""Find the phrases by which somebody asks not to be reached: they count anywhere in a text.

They speak of the writer ("saya sembunyi") or of our contacting them ("jgn bls, dia dgr"). A thief who hides in the
garden and a child that cannot be still ask for nothing. What stays doubtful counts: a phone that stays dark costs a
question, a phone that rings beside an attacker may cost a life.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.words.commands import Role
from gateway.core.words.lexicon import Heard, Tag

_REACH = 3  # words between "do not" and "call", and between somebody and their hiding, at most
_OTHERS = frozenset({Role.INCIDENT, Role.ALARM, Role.THIRD})
_BETWEEN = frozenset({Role.PERSON, Role.GREETING, Role.NEED, Role.EMPHASIS, Role.PLEA, Role.AROUND, Role.PAST})


def quiet_phrases(heard: Heard) -> tuple[Tag, ...]:
    """Return the words of every such phrase, in the order of the text."""
    tags = heard.tags
    return tuple(tag for at, tag in enumerate(tags) if _is_phrase(tag) or _forbids(tags, at) or _hides(tags, at))


def _is_phrase(tag: Tag) -> bool:
    """Return whether this is a phrase of several words; the single words (`DIAM`) count only where contract.md says."""
    return tag.is_any({Role.HUSHED}) or (tag.is_any({Role.QUIET}) and " " in tag.form)


def _forbids(tags: Sequence[Tag], at: int) -> bool:
    """Return whether this word of contact is forbidden: "jgn dulu bls", "jangan saya ditelepon"."""
    if not tags[at].is_any({Role.CONTACT}):
        return False
    for tag in reversed(tags[max(0, at - _REACH) : at]):
        if tag.is_any({Role.PROHIBITION}):
            return True
        if tag.roles and not tag.is_any(_BETWEEN | {Role.CONTACT}):
            return False
    return False


def _hides(tags: Sequence[Tag], at: int) -> bool:
    """Return whether the writer hides. Somebody named shortly before is who hides, unless it is the writer."""
    if not tags[at].is_any({Role.HIDES}):
        return False
    for tag in reversed(tags[max(0, at - _REACH) : at]):
        if tag.is_any({Role.PERSON}):
            return True
        if tag.is_any(_OTHERS):
            return False
    return True
