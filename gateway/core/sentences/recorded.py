"""Say a sentence out of recorded pieces, and list the pieces that are worth recording.

A piece is known by its words in lower case and without punctuation, in one language: whoever recorded "Tekan satu"
recorded it for every sentence in which these words stand. A sentence is said out of recordings only where they cover
all of it; else one voice synthesises the whole sentence, because a change of voice within it is hard to follow
(docs/adr/0021).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from gateway.core.languages import LANGUAGES
from gateway.core.sentences import phrases
from gateway.core.sentences.numerals import digit

MOST_WORDS = 40  # of one piece
BETWEEN_MS = 40  # silence after a piece within a sentence
AFTER_MS = 260  # silence after a sentence
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_LETTERS = "ear.letters"


@dataclass(frozen=True)
class Piece:
    """A part of what is said: the key of a recording, or a sentence to synthesise. `pause_ms` is the silence after."""

    words: str
    is_recorded: bool
    pause_ms: int


def key(text: str) -> str:
    """Return the words by which a recording is known: "Tekan satu, ..." -> "tekan satu"."""
    return " ".join(_WORD.findall(text.lower()))


def compose(text: str, recorded: Collection[str]) -> list[Piece]:
    """Return the pieces that say this text; `recorded` are the keys that there are in its language."""
    pieces: list[Piece] = []
    for sentence in _SENTENCE.findall(text):
        words = tuple(_WORD.findall(sentence.lower()))
        if not words:
            continue
        found = _cover(words, recorded)
        if found is None:
            pieces.append(Piece(sentence.strip(), False, AFTER_MS))
        else:
            pieces += [Piece(part, True, BETWEEN_MS) for part in found[:-1]]
            pieces.append(Piece(found[-1], True, AFTER_MS))
    return pieces


def is_recorded(text: str, recorded: Collection[str]) -> bool:
    """Return whether recordings cover the whole text."""
    return bool(recorded) and all(piece.is_recorded for piece in compose(text, recorded))


def _cover(words: tuple[str, ...], recorded: Collection[str]) -> list[str] | None:
    """Return the fewest recordings that make these words, in order, or None."""
    best: list[list[str] | None] = [[]]
    for end in range(1, len(words) + 1):
        shortest: list[str] | None = None
        for start in range(max(0, end - MOST_WORDS), end):
            before, part = best[start], " ".join(words[start:end])
            if before is not None and part in recorded and (shortest is None or len(before) + 1 < len(shortest)):
                shortest = [*before, part]
        best.append(shortest)
    return best[-1]


# --- what is worth recording ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """A piece that is worth recording: what it belongs to, and the words to read out."""

    group: str
    text: str

    @property
    def key(self) -> str:
        return key(self.text)


GROUPS = ("menu", "digits", "letters", "numbers", "units", "places")
_MENU = ("voice.", "ear.", "source.", "age.")


def wanted(language: str, names: Mapping[str, Iterable[str]]) -> list[Wanted]:
    """Return all pieces worth recording in a language, each once, by group; `names` are those of the "units" and
    "places"."""
    numerals = LANGUAGES[language].cardinal
    texts: dict[str, Iterable[str]] = {
        "menu": _menu(language),
        "digits": (digit(str(one), language) for one in range(10)),
        "letters": phrases.original(_LETTERS, language).split(),
        "numbers": (word for n in (*range(102), *range(100, 10_000, 100)) for word in numerals(n).split()),
        **names,
    }
    found = {key(text): Wanted(group, text) for group in reversed(GROUPS) for text in texts.get(group, ()) if key(text)}
    return sorted(found.values(), key=lambda one: (GROUPS.index(one.group), one.key if one.group != "menu" else ""))


def fixed(language: str) -> list[str]:
    """Return the sentences of the menu that name no fact: they are the same in every call."""
    keys = sorted(one for one in phrases.keys(language) if one.startswith("voice."))
    return [phrases.template(one, language) for one in keys if not phrases.slots(phrases.template(one, language))]


def _menu(language: str) -> list[str]:
    """Return the sentences of the menu; one that names facts falls into the parts around them."""
    found = (one for one in phrases.keys(language) if one.startswith(_MENU) and one != _LETTERS)
    keys = sorted(found, key=lambda one: (not one.startswith("voice."), one))
    parts = (part for one in keys for part in re.split(r"{[a-z_]+}", phrases.template(one, language)))
    return [sentence.strip() for part in parts for sentence in _SENTENCE.findall(part) if key(sentence)]
