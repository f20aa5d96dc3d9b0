"""Read how people really type: one form for stretched letters, digits for letters, full-width and invisible signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

SIGNALS = {"🆘": " SOS ", "🚨": " SOS "}
MAP_HOSTS = re.compile(
    r"(?:^|[/.])(?:maps?|goo\.gl|waze|openstreetmap|osm|plus\.codes|whatsapp)\b|share\.google/|g\.co/kgs/"
    r"|google\.[a-z.]+/maps",
    re.I,
)
# A name of a host begins where a word begins and has bounded parts: without both, "a-a-a-" takes with the square.
LINK = re.compile(r"(?:https?://|www\.)\S+|(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/\S*", re.I)

_LETTER = r"(?:[^\W_]|[\u0300-\u036f])"
_PIN_BEHIND = r"(?:[^\W\d_]+(?=\d{4,8}(?!\w)))"
_WORD = re.compile(rf"{_PIN_BEHIND}|{_LETTER}+(?:['’`´@]{_LETTER}+)*")
_INSIDE = str.maketrans({"'": "", "’": "", "`": "", "´": "", "@": "a"})
# The digit 1 stands for either letter, so a word has up to two readings.
_LEET = tuple(str.maketrans("013457", f"o{one}east") for one in "il")
_REPEAT_SIGN = re.compile(r"(?<=[^\W\d])\d+$")
# Longest first: "-nyalah" is read as "-lah" and then "-nya" by two turns. No "-an": it makes other words ("golongan").
_SUFFIXES = ("kan", "nya", "lah", "ny", "in", "i")
_TURNS = 2
_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_KEYCAP_AND_COLOUR = re.compile("[\ufe00-\ufe0f]")


@dataclass(frozen=True)
class Token:
    """One word of a text: as typed, its possible readings (best first), and where it stands in the clean text."""

    typed: str
    readings: tuple[str, ...]
    start: int
    end: int


def clean(text: str) -> str:
    """Return the same words in plain characters: NFKC, SOS emoji as words, nothing invisible, digits as 0-9; accents
    stay."""
    for sign, word in SIGNALS.items():
        text = text.replace(sign, word)
    visible = _KEYCAP_AND_COLOUR.sub("", unicodedata.normalize("NFKC", text))
    return "".join(map(_plain, visible)).strip()


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cf", "Me"}:
        return ""
    return str(unicodedata.decimal(char)) if category == "Nd" else char


def bare(word: str) -> str:
    """Return a word without accents, apostrophes and case ("Ẹ", "I'm" -> "e", "im")."""
    letters = unicodedata.normalize("NFD", word.translate(_INSIDE).casefold())
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")


def links(cleaned: str) -> tuple[str, ...]:
    """Return every link in a clean text, in order."""
    return tuple(LINK.findall(cleaned))


def is_map(link: str) -> bool:
    """Return whether a link leads to a place on a map; a person in danger may well send one."""
    return MAP_HOSTS.search(link) is not None


def squeeze(word: str) -> str:
    """Return a word in which every run of one letter is a single letter: "tolooonng" and "tolong" are the same. Digits
    stay."""
    return "".join("".join(run) if letter.isdigit() else letter for letter, run in groupby(word))


def stems(word: str) -> Iterator[str]:
    """Return what is left of an Indonesian word without the suffixes that leave its meaning ("apinya", "cepatlah")."""
    for _ in range(_TURNS):
        suffix = next((suffix for suffix in _SUFFIXES if word.endswith(suffix)), "")
        if not suffix:
            return
        word = word.removesuffix(suffix)
        yield word


def as_spelt(typed: str, form: str) -> bool:
    """Whether a typed word has the accents and at least the doubled letters of `form`; stretching one is allowed."""
    runs, listed = (
        [(letter, len(list(run))) for letter, run in groupby(word)]
        for word in (typed.translate(_INSIDE).casefold(), form)
    )
    same = [letter for letter, _ in runs] == [letter for letter, _ in listed]
    return same and all(typed >= wanted for (_, typed), (_, wanted) in zip(runs, listed, strict=True))


def keypad(word: str) -> str:
    """The digits of the keys that a word's letters stand on: "tolong" -> "865664"."""
    return word.translate(_KEYS)


def tokens(cleaned: str) -> list[Token]:
    """Return the words of a clean text: no links, "S.O.S" and "t o l o n g" joined, "aman1234" parted."""
    linkless = LINK.sub(lambda link: " " * len(link[0]), cleaned)
    return list(_joined([_token(found[0], found.start(), found.end()) for found in _WORD.finditer(linkless)]))


def _token(typed: str, start: int, end: int) -> Token:
    return Token(typed, readings(typed), start, end)


def readings(typed: str) -> tuple[str, ...]:
    """Return the words that a typed word may stand for, best first: squeezed, with digits read as letters, without a
    trailing "2".

    "tolong2" is Indonesian shorthand for the word said twice. The word as it was typed comes last: only there a letter
    that was left out between two equal ones shows ("toong").
    """
    word = bare(typed)
    if word.isdigit():
        return (word,)
    disguised = any(map(str.isdigit, word))
    forms = (word, *(word.translate(table) for table in _LEET), _REPEAT_SIGN.sub("", word)) if disguised else (word,)
    return tuple(dict.fromkeys((*map(squeeze, forms), word)))


def _joined(parts: list[Token]) -> Iterator[Token]:
    for single, run in groupby(parts, key=lambda token: len(token.typed) == 1):
        group = list(run)
        if single and len(group) >= 3:
            yield _token("".join(token.typed for token in group), group[0].start, group[-1].end)
        else:
            yield from group
