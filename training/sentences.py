"""The texts that the model learns from: written ones, sentences made from patterns and from our own word lists, and the
same again as hurried thumbs type them. Everything is drawn with one fixed seed, so that two runs give the same file."""

from __future__ import annotations

import csv
import random
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from gateway.core.words.model import shortenings
from gateway.models.labelled_text import EMERGENCY

HERE = Path(__file__).parent
WORDS = HERE.parent / "gateway" / "core" / "words"
SEED = 110
PER_PATTERN = 22  # sentences of one line of patterns.toml
WRITTEN_TWICE = 3  # hurried copies of each written text
LONG_TEXTS = 2500  # everyday texts of several sentences: real messages are long
PANIC, EVERYDAY = "panic", "everyday"
WRITTEN, MADE = 1.0, 0.5  # how much a text counts that somebody wrote, and one that was made from others
_LABELS = {PANIC: PANIC, EMERGENCY: PANIC, EVERYDAY: EVERYDAY}  # ours, and those of the export
_COLUMNS = ("label", "kind", "language", "text")
_SLOT = re.compile(r"\{(\w+)\}")
_VOWEL_INSIDE = re.compile(r"(?<=\w)[aeiou](?=\w)")
_KEYS_BESIDE = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "k": "l", "t": "r", "g": "h", "s": "a", "r": "t"}


@dataclass(frozen=True)
class Example:
    """A text with what it is. `written` names the written text that it was made from: copies of one text stay on the
    same side when the training is tested on what it has not seen."""

    label: str
    kind: str
    language: str
    text: str
    weight: float = WRITTEN
    written: str = ""


def read_table(file: Path) -> list[Example]:
    """Return the examples of a table with the columns label, kind, language and text, as `siaga texts export` writes
    it. Raises ValueError where a column is missing or a label is none."""
    with file.open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        rows = list(table)
    missing = [column for column in _COLUMNS if column not in (table.fieldnames or ())]
    if missing:
        raise ValueError(f"{file}: there is no column {', '.join(missing)}")
    for row in rows:
        if row["label"] not in _LABELS:
            raise ValueError(f"{file}: {row['label']!r} is none of {', '.join(_LABELS)}")
    return [
        Example(_LABELS[row["label"]], row["kind"], row["language"], row["text"], written=row["text"]) for row in rows
    ]


def written() -> list[Example]:
    """Return the texts that were written for the training."""
    return [example for label in (PANIC, EVERYDAY) for example in read_table(HERE / "texts" / f"{label}.tsv")]


def examples(labelled: Iterable[Example] = ()) -> list[Example]:
    """Return everything that the model learns from. `labelled` are texts that desks have decided about."""
    chance = random.Random(SEED)
    own = [*written(), *labelled]
    made = [*own, *_from_patterns(chance), *_from_lists(chance)]
    hurried = [replace(one, text=_hurried(one.text, chance)) for one in own for _ in range(WRITTEN_TWICE)]
    dressed = [_dressed(one, chance) for one in own]
    return [*made, *hurried, *dressed, *_long(own, chance)]


# --- from patterns


def _from_patterns(chance: random.Random) -> Iterator[Example]:
    table = tomllib.loads((HERE / "patterns.toml").read_text("utf-8"))
    for pattern in table["pattern"]:
        for text in pattern["texts"]:
            for _ in range(PER_PATTERN):
                filled = _fill(text, table["slots"], chance)
                hurried = _hurried(filled, chance) if chance.random() < 0.5 else filled
                yield Example(pattern["label"], pattern["kind"], pattern["language"], hurried, MADE, filled)


def _fill(text: str, slots: dict[str, list[str]], chance: random.Random) -> str:
    while _SLOT.search(text):
        text = _SLOT.sub(lambda slot: chance.choice(slots[slot[1]]), text)
    return text


# --- from our word lists


def _from_lists(chance: random.Random) -> Iterator[Example]:
    """Yield each word of the lists that is trouble by itself, and each phrase that only sounds like trouble."""
    kinds = tomllib.loads((WORDS / "kinds.toml").read_text("utf-8")).get("kinds", {})
    kind_of = {form: kind for kind, forms in kinds.items() for form in forms}
    for file in sorted(WORDS.glob("*.toml")):
        table = tomllib.loads(file.read_text("utf-8"))
        roles = table.get("citizen", {})
        for form in roles.get("alarm", []):
            kind = table.get("kind") or kind_of.get(form, "crime")
            yield Example(PANIC, kind, "", form, MADE, form)
            yield Example(PANIC, kind, "", f"{chance.choice(_OPENERS)} {form} {chance.choice(_PLACES)}", MADE, form)
        for form in (form for form in roles.get("incident", []) if " " in form):
            kind = table.get("kind") or kind_of.get(form, "crime")
            yield Example(PANIC, kind, "", f"{chance.choice(_OPENERS)} {form} {chance.choice(_PLACES)}", MADE, form)
        for form in (form for form in roles.get("ordinary", []) if " " in form):
            yield Example(EVERYDAY, "everyday", "", form, MADE, form)
            yield Example(EVERYDAY, "everyday", "", f"{form} {chance.choice(_LATE)}", MADE, form)
        for form in (*roles.get("errand", []), *roles.get("question", []), *roles.get("later", [])):
            yield Example(EVERYDAY, "polite", "", f"{chance.choice(_PLEASE)} {form} {chance.choice(_LATE)}", MADE, form)


_OPENERS = ("", "pak", "tolong", "ada", "pak polisi", "tolong pak", "ini", "halo", "help", "cepat", "maaf pak")
_PLACES = ("", "di rumah", "di jalan", "di sini", "di pasar", "pak", "cepat", "sekarang", "dekat masjid", "di sungai")
_LATE = ("", "ya", "pak", "besok", "nanti", "dong", "ya kak", "makasih", "haha", "gak ya", "jam berapa")
_PLEASE = ("tolong", "pak", "minta tolong", "bisa", "mau", "mohon", "tlg", "please", "")


# --- as hurried thumbs type


@lru_cache(maxsize=1)
def _shorts() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for short, long in shortenings().items():
        found.setdefault(long, []).append(short)
    return found


def _hurried(text: str, chance: random.Random) -> str:
    """Return a text with some words shortened, vowels dropped and letters wrong, as on a keypad in the dark."""
    return " ".join(_hurried_word(word, chance) for word in text.split())


def _hurried_word(word: str, chance: random.Random) -> str:
    shorts = _shorts().get(word, [])
    if shorts and chance.random() < 0.5:
        return chance.choice(shorts)
    turn = chance.random()
    if len(word) < 4 or turn > 0.22:
        return word
    at = chance.randrange(1, len(word) - 1)
    if turn < 0.08:
        return _VOWEL_INSIDE.sub("", word)
    if turn < 0.13:
        return _VOWEL_INSIDE.sub("", word, count=1)
    if turn < 0.16:
        return word[:at] + word[at + 1 :]
    if turn < 0.19:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + _KEYS_BESIDE.get(word[at], word[at]) + word[at + 1 :]


def _dressed(one: Example, chance: random.Random) -> Example:
    """Return a text with a greeting before and a place behind it: neither says whether anybody is in danger."""
    text = f"{chance.choice(_GREETINGS)} {one.text} {chance.choice(_BEHIND)}".strip()
    asked = chance.random() < (_ASKED_WITH_A_MARK if one.kind == "question" else _ASKED_OTHERWISE)
    return replace(one, text=_hurried(text, chance) + ("?" if asked else ""))


_ASKED_WITH_A_MARK, _ASKED_OTHERWISE = 0.7, 0.05
_GREETINGS = (
    "",
    "pak",
    "bu",
    "halo",
    "assalamualaikum",
    "pagi pak",
    "permisi",
    "mas",
    "bang",
    "kak",
    "maaf",
    "oh",
    "eh",
)
_BEHIND = (
    "",
    "di rumah",
    "di jl ahmad yani",
    "di pontianak",
    "dekat masjid",
    "gang 5",
    "pak",
    "ya",
    "dekat pasar",
    "rt 3",
    "di depan",
)


def _long(own: list[Example], chance: random.Random) -> Iterator[Example]:
    """Yield texts of several sentences: everyday ones, and everyday ones that come to an emergency in the end."""
    everyday = [one for one in own if one.label == EVERYDAY and one.language == "id"]
    panics = [one for one in own if one.label == PANIC and one.language == "id"]
    for _ in range(LONG_TEXTS):
        some = chance.sample(everyday, chance.choice((2, 2, 3, 4)))
        yield Example(EVERYDAY, "everyday", "id", ", ".join(one.text for one in some), MADE, some[0].written)
    for _ in range(LONG_TEXTS // 5):
        first, second = chance.sample(panics, 2)
        yield replace(first, text=f"{first.text}, {second.text}", weight=MADE)
