"""How politeness changes what a citizen's text asks for: it never weakens a cry, and "please" alone is not one."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.words.commands import Role
from gateway.core.words.lexicon import Heard, Tag

_CALLS = frozenset({Role.CRY, Role.POLICE, Role.INCIDENT, Role.ALARM, Role.URGENT, Role.GRAVE})
_AROUND_A_CALL = frozenset(
    {Role.GREETING, Role.PERSON, Role.PLEA, Role.YES, Role.PRESENT, Role.AROUND, Role.EMPHASIS, Role.QUIET}
)
_ASKED = frozenset({Role.GREETING, Role.PERSON, Role.PLEA, Role.EMPHASIS, Role.YES, Role.CRY, Role.POLICE})
_NOT_NOW = frozenset({Role.THANKS, Role.PAST, Role.LATER, Role.QUESTION, Role.NEGATION, Role.MARK, Role.ERRAND})


def is_plain_call(heard: Heard) -> bool:
    """Whether a text says nothing but that the police shall come, or that it is grave, however politely.

    "polisi kesini pak", "pls polisi", "gawat bgt pak". A greeting alone calls nobody: "pagi pak polisi".
    """
    if not heard.tags or heard.has(*_NOT_NOW) or "?" in heard.text:
        return False
    hurried = heard.has(Role.URGENT, Role.PLEA)
    called = heard.has(Role.CRY, Role.GRAVE) or (heard.has(Role.POLICE) and hurried)
    return called and all(tag.is_any(_CALLS | _AROUND_A_CALL) for tag in heard.tags)


def is_errand(heard: Heard) -> bool:
    """Whether a text asks for something that can wait ("tolong kirim nomor polsek"), speaks of another day, asks a
    question, or opens with thanks. Haste, a crime or a person in danger beside it outweighs this; the caller looks."""
    return heard.has(Role.ERRAND, Role.LATER, Role.QUESTION) or _opens_with_thanks(heard) or asks_a_favour(heard)


def asks_a_favour(heard: Heard) -> bool:
    """Whether every cry is a "please": straight behind it, or behind the one who is asked or asks, stands the verb of a
    favour ("tolong pak ambilin", "bantuin aku ngerjain"). A verb further on asks none ("tolong cepat jemput")."""
    cries = [at for at, tag in enumerate(heard.tags) if tag.is_any({Role.CRY})]
    return bool(cries) and all(_favour_behind(heard.tags[at + 1 :]) for at in cries)


def _favour_behind(tags: Sequence[Tag]) -> bool:
    nearest = next((tag for tag in tags if not tag.is_any(_ASKED) or tag.is_any({Role.REQUEST})), None)
    return nearest is not None and nearest.is_any({Role.REQUEST})


def _opens_with_thanks(heard: Heard) -> bool:
    first = next((tag for tag in heard.tags if tag.is_any({Role.THANKS, Role.CRY})), None)
    return first is not None and first.is_any({Role.THANKS})
