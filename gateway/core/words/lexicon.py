"""The words that we know, in every language at once: the lists in `words/`, and how forgiving we are about spelling.

People mix languages within one text and their profile may name the wrong one, so all lists are always read together.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from gateway.core.words.spelling import Token, as_spelt, bare, clean, keypad, squeeze, stems, tokens

ORDINARY = "ordinary"  # everyday words, known and without a role: never taken for a misspelling of another
OFFICERS = "officer"
SPELLING = "spelling"  # the section of words that count only as they are spelt there
SHORTHAND = "shorthand"  # the section of everyday words and their short forms, which stand for each other in phrases
Roles = frozenset[str]
NO_ROLE: Roles = frozenset()
# A minus belongs to the southern latitude behind it.
_SEPARATOR = re.compile(r"^(?:[\s.,;:!?=*#]|-(?!\d))+")


@dataclass(frozen=True)
class Tag:
    """A word or a fixed phrase of a text, the roles it may play (none: unknown), and where it stands in the text."""

    form: str
    roles: Roles
    start: int
    end: int

    def is_any(self, roles: Collection[str]) -> bool:
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class Heard:
    """A text in plain characters, and its words with their roles."""

    text: str
    tags: tuple[Tag, ...]

    def has(self, *roles: str) -> bool:
        return any(tag.is_any(roles) for tag in self.tags)

    def after(self, tag: Tag) -> str:
        """Return the text after a word, without the punctuation between."""
        return _SEPARATOR.sub("", self.text[tag.end :]).rstrip()


class Lexicon:
    """The word lists of one section ("citizen", "officer") of every language.

    `typos` says from how many letters on a word of a role is recognised with one letter wrong, missing, added or two
    swapped; a role that is not named there must be spelt right. `glued` names the roles worth finding between other
    known words that nobody put spaces between, `buried` those worth finding between unknown letters too. `suffixed`
    names the roles that keep their meaning with an Indonesian suffix ("malingnya"), `keyed` those that count when
    typed as the digits of a number keypad, alone in a text.
    """

    def __init__(
        self,
        section: str,
        typos: Mapping[str, int],
        glued: Collection[str] = (),
        buried: Collection[str] = (),
        suffixed: Collection[str] = (),
        keyed: Collection[str] = (),
    ) -> None:
        self._roles = {form: roles - {ORDINARY} for form, roles in lists(section).items()}
        self._longest = max(map(_length, self._roles))
        self._exact = {squeeze(word): word for word in lists(SPELLING)}
        singles = {word: roles for word, roles in self._roles.items() if _length(word) == 1 and word not in self._exact}
        self._correctable = [word for word, roles in singles.items() if len(word) >= _allowance(roles, typos)]
        self._pieces = {word for word, roles in singles.items() if roles and len(word) >= _PIECE and not word.isdigit()}
        self._cores = {w for w, roles in singles.items() if not roles.isdisjoint(glued) and len(w) >= _CORE}
        self._buried = [w for w, roles in singles.items() if not roles.isdisjoint(buried) and len(w) >= _LEADING]
        self._suffixed = {w for w, roles in singles.items() if not roles.isdisjoint(suffixed) and len(w) >= _STEM}
        self._keyed = {keypad(w): w for w, roles in singles.items() if not roles.isdisjoint(keyed) and len(w) >= _CORE}
        self._correct = lru_cache(maxsize=4096)(self._nearest)

    def hear(self, text: str) -> Heard:
        """Return the words of any text, as typed by anybody; raises nothing."""
        return self.hear_clean(clean(text))

    def hear_clean(self, cleaned: str) -> Heard:
        """Return the words of a text in plain characters (`spelling.clean`); each tag stands where it stands in that
        text."""
        parts = tokens(cleaned)
        return Heard(cleaned, tuple(self._as_one(parts) or self._tags(parts)))

    def _as_one(self, parts: Sequence[Token]) -> list[Tag]:
        """A text that is one long word with spaces in it ("to long", "TOLO NG"), or one typed as keypad digits."""
        if len(parts) == 1 and parts[0].typed in self._keyed:
            return self._tag(self._keyed[parts[0].typed], parts[0])
        form = squeeze("".join(token.readings[0] for token in parts)) if 1 < len(parts) <= _SCATTERED else ""
        return [Tag(form, self._roles[form], parts[0].start, parts[-1].end)] if form in self._cores else []

    def _tags(self, parts: Sequence[Token]) -> Iterator[Tag]:
        at = 0
        while at < len(parts):
            width, found = self._phrase(parts, at)
            yield from found
            at += width

    def _phrase(self, parts: Sequence[Token], at: int) -> tuple[int, list[Tag]]:
        for width in range(min(self._longest, len(parts) - at), 1, -1):
            run = parts[at : at + width]
            form = " ".join(token.readings[0] for token in run)
            if form in self._roles:
                return width, [Tag(form, self._roles[form], run[0].start, run[-1].end)]
        return 1, self._word(parts[at])

    def _word(self, token: Token) -> list[Tag]:
        known = next((reading for reading in token.readings if reading in self._roles), None)
        if known is not None:
            spelt = known not in self._exact or as_spelt(token.typed, self._exact[known])
            return self._tag(known, token) if spelt else [Tag(known, NO_ROLE, token.start, token.end)]
        stem = next((stem for reading in token.readings for stem in stems(reading) if stem in self._suffixed), None)
        corrected = stem or next(filter(None, map(self._correct, token.readings)), None)
        return self._tag(corrected, token) if corrected else self._unglue(token)

    def _tag(self, form: str, token: Token) -> list[Tag]:
        return [Tag(form, self._roles[form], token.start, token.end)]

    def _nearest(self, reading: str) -> str | None:
        if len(reading) < _MISSPELT:
            return None
        found = process.extractOne(reading, self._correctable, scorer=OSA.distance, score_cutoff=1)
        return found[0] if found else None

    def _unglue(self, token: Token) -> list[Tag]:
        for reading in token.readings if len(token.typed) >= _GLUED else ():
            pieces = self._split(reading) or self._around_core(reading)
            if pieces:
                return self._place(pieces, token)
        return [Tag(token.readings[0], NO_ROLE, token.start, token.end)]

    def _split(self, word: str) -> list[str]:
        """Return a word cut wholly into known words, the fewest possible; empty where that cannot be or says
        nothing."""
        best: dict[int, list[str]] = {0: []}
        for end in range(2, min(len(word), _LONGEST_GLUED) + 1):
            cuts = [
                [*best[start], word[start:end]]
                for start in range(max(0, end - _LONGEST_PIECE), end - 1)
                if start in best and word[start:end] in self._pieces
            ]
            if cuts:
                best[end] = min(cuts, key=len)
        pieces = best.get(len(word), [])
        return [] if self._cores.isdisjoint(pieces) else pieces

    def _around_core(self, word: str) -> list[str]:
        """Return a word that begins with one of our words, or holds a long one, in pieces: before, ours, after."""
        inside = [(word.find(core), -len(core), core) for core in self._buried if core in word]
        clear = [found for found in inside if found[0] == 0 or len(found[2]) >= _INSIDE]
        if not clear:
            return []
        at, _, core = min(clear)
        return [piece for piece in (word[:at], core, word[at + len(core) :]) if piece]

    def _place(self, pieces: Sequence[str], token: Token) -> list[Tag]:
        """Return tags for the pieces of one typed word, each where its letters stand."""
        ends = _ends(token)
        tags, start, letters = [], token.start, 0
        for piece in pieces:
            letters += len(piece)
            end = ends[min(letters, len(ends)) - 1]
            tags.append(Tag(piece, self._roles.get(piece, NO_ROLE), start, end))
            start = end
        return tags


_PIECE = 3  # letters of the shortest word worth cutting off ("me" would be found in "terorisme")
_STEM = 3  # letters of the shortest word with a suffix ("apinya")
_CORE = 4  # letters of the shortest word worth finding between known ones
_LEADING = 5  # ... at the head of unknown ones
_INSIDE = 6  # ... in the middle of unknown ones ("bantu" would be found in "membantu")
_GLUED = 7  # letters of the shortest word that may be several
_LONGEST_PIECE = 16
_MISSPELT = 5  # letters of the shortest word that may be a misspelling
_SCATTERED = 4  # pieces of one word at most
_LONGEST_GLUED = 160  # letters: cutting up more costs more than it can tell


def _ends(token: Token) -> list[int]:
    """Return for each letter of the squeezed word where the run of letters ends in the text that it was squeezed
    from."""
    ends: list[int] = []
    previous = ""
    for at, char in enumerate(token.typed):
        letter = bare(char)
        if letter and letter == previous and ends:
            ends[-1] = token.start + at + 1
        elif letter:
            ends.append(token.start + at + 1)
        previous = letter or previous
    return [*ends[:-1], token.end]


def _length(form: str) -> int:
    return form.count(" ") + 1


def _allowance(roles: Roles, typos: Mapping[str, int]) -> int:
    allowed = [typos[role] for role in roles if role in typos]
    return min(allowed) if allowed else _LONGEST_PIECE + 1


def lists(section: str) -> dict[str, Roles]:
    """Return every listed form of a section, in the spelling in which it is compared, with the roles it is listed
    under."""
    merged: defaultdict[str, set[str]] = defaultdict(set)
    short = shorthand() if section == OFFICERS else {}
    for role, form in _entries(section):
        if section == SPELLING:
            merged[form].add(role)
        else:
            for spelt in _spellings(listed(form), short):
                merged[spelt].add(role)
    return {form: frozenset(roles) for form, roles in merged.items()}


@lru_cache(maxsize=1)
def first_words() -> frozenset[str]:
    """Return every word of every list, and the first of every phrase, in the spelling in which they are compared."""
    found: set[str] = set()
    for file in (resources.files("gateway.core") / "words").iterdir():
        if file.name.endswith(".toml"):
            sections = tomllib.loads(file.read_text("utf-8")).values()
            for section in (one for one in sections if isinstance(one, dict)):
                found |= {word for forms in section.values() for form in forms for word in listed(form).split()[:1]}
    return frozenset(found)


def _entries(section: str) -> Iterator[tuple[str, str]]:
    for file in (resources.files("gateway.core") / "words").iterdir():
        if file.name.endswith(".toml"):
            lists: dict[str, list[str]] = tomllib.loads(file.read_text("utf-8")).get(section, {})
            yield from ((role, form) for role, forms in lists.items() for form in forms)


def shorthand() -> dict[str, list[str]]:
    """Return the ways in which everyday words are written inside a phrase: "lagi" is "lg" too."""
    ways: defaultdict[str, list[str]] = defaultdict(list)
    for word, short in _entries(SHORTHAND):
        ways[listed(word)] += [] if listed(short) in ways[listed(word)] else [listed(short)]
    return dict(ways)


def _spellings(form: str, short: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a phrase in every spelling that its everyday words have; a single word is listed as it is written."""
    words = form.split()
    if len(words) == 1:
        yield form
    else:
        yield from map(" ".join, product(*([word, *short.get(word, ())] for word in words)))


def listed(form: str) -> str:
    """A word or phrase of a list in the spelling that it is compared in."""
    return " ".join(map(squeeze, bare(form).split()))
