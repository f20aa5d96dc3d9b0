"""Find places in words: "dkt psr flamboyan", "sei jawi dlm", "jl gajah mada km 5" against a table of places.

Windows of a few words are compared with every name by `fuzz.ratio`, because comparing whole texts always finds
something. A match is an estimate: it never outranks a measured position, and people see the typed words beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from gateway.core.places.distance import Position, metres
from gateway.core.places.placewords import (
    CARDINALS,
    COMPASS,
    EDGES,
    GENERIC,
    HEADS,
    KINDS,
    LEVELS,
    LOCATORS,
    ORDINARY,
    Word,
    read_words,
)
from gateway.core.places.shortnames import short_streets, used_as_street, without_numbers
from gateway.core.places.spots import Source, Spot

# of 100, measured on the pilot cities' names: a lower one finds neighbours, a higher one misses typing errors
CUT_OFF = 85
_CUT_OFF_OF_THE_REST = 80  # for the rest without generic words: "Jalan Merpati" is not "Jalan Melati"
_MOST_WORDS = 6
_SHORT_NAME = 4  # letters; a shorter name is an acronym that may mean anything


@dataclass(frozen=True)
class Place:
    """A named circle: `lat`, `lon` in degrees WGS 84, `radius_m` in metres.

    `unit` is the responsible unit's code, if known. `level` is "place", "kelurahan" or "kecamatan".
    """

    name: str
    aliases: tuple[str, ...]
    lat: float
    lon: float
    radius_m: float
    unit: str | None = None
    level: str = "place"


@dataclass(frozen=True)
class Match:
    """A place found in words: how similar name and words are (0 to 100), and the words as they were typed."""

    place: Place
    score: int
    words: str

    @property
    def spot(self) -> Spot:
        return Spot(self.place.lat, self.place.lon, self.place.radius_m, Source.PLACE, self.words)


@dataclass(frozen=True)
class _Window:
    """Some neighbouring words of a text, the words before and after them, and whether they are the whole text."""

    first: int
    words: tuple[Word, ...]
    before: str
    after: str
    alone: bool

    @property
    def text(self) -> str:
        return " ".join(word.full for word in self.words)

    def overlaps(self, other: _Window) -> bool:
        return self.first < other.first + len(other.words) and other.first < self.first + len(self.words)


@dataclass(frozen=True)
class _Hit:
    window: _Window
    name: str
    place: Place
    score: int

    @property
    def rank(self) -> tuple[int, bool, int]:
        """Return the rank: the longest name wins, then a level named before it ("kel …"), then the similarity."""
        return len(self.name.replace(" ", "")), LEVELS.get(self.window.before) == self.place.level, self.score


class Gazetteer:
    """An index of all places. A look-up compares with every name: some 10 ms for 5,000 places with two aliases."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        full = [(name, place) for place in self.places for name in _names(place)]
        short = without_numbers(full)
        self._numberless = {name for name, _ in short}
        entries = [*full, *short]
        longest = min(_MOST_WORDS, max((len(name.split()) for name, _ in entries), default=0) + 1)
        # Names by the size of the window that may mean them: a word written apart or joined makes one more or less.
        self._by_size = {
            size: _columns([entry for entry in entries if abs(len(entry[0].split()) - size) <= 1])
            for size in range(1, longest + 1)
        }
        self._streets = short_streets(full)

    def find(self, text: str, near: Position | None = None) -> Match | None:
        """Return the place that `text` names most fully; None if it names none, or several without a way to choose.

        Among places of the same name the text's other places decide, then `near` (for example the citizen's home).
        """
        words = read_words(text)
        hits = sorted((*self._hits(words), *self._short(words)), key=lambda hit: hit.rank, reverse=True)
        if not hits:
            return None
        best = [hit for hit in hits if hit.rank == hits[0].rank]
        others = [hit.place for hit in hits if not any(hit.window.overlaps(one.window) for one in best)]
        anchor = (others[0].lat, others[0].lon) if others else near
        chosen = _chosen(best, anchor)
        return Match(chosen.place, chosen.score, _typed(chosen.window)) if chosen else None

    def _hits(self, words: Sequence[Word]) -> Iterator[_Hit]:
        for size, (names, places) in self._by_size.items():
            windows = _windows(words, size)
            if not windows or not names:
                continue
            texts = [window.text for window in windows]
            alike = process.cdist(texts, names, scorer=fuzz.ratio, score_cutoff=CUT_OFF, dtype=np.uint8)
            for row, column in np.argwhere(alike).tolist():
                window, name, place = windows[row], names[column], places[column]
                another = name in self._numberless and window.after.isdigit()  # "tanjung raya 3" is not the only one
                if not another and _same(texts[row], name) and _meant(window, name, place):
                    yield _Hit(window, name, place, int(alike[row, column]))

    def _short(self, words: Sequence[Word]) -> Iterator[_Hit]:
        """Streets by the first word of their name ("komyos gg alpokat")."""
        for window in _windows(words, 1):
            name = window.words[0].full
            for place in self._streets.get(name, ()):
                if used_as_street(window.before, window.after, f"jalan {name}" in _names(place)):
                    yield _Hit(window, name, place, 100)


def _columns(entries: Sequence[tuple[str, Place]]) -> tuple[list[str], list[Place]]:
    return [name for name, _ in entries], [place for _, place in entries]


def _names(place: Place) -> set[str]:
    """Return every written form by which `place` is found; a street of two words and more also without "jalan"."""
    forms = {" ".join(_trimmed([word.full for word in read_words(name)])) for name in (place.name, *place.aliases)}
    bare = {form.removeprefix("jalan ") for form in forms if form.startswith("jalan ") and len(form.split()) > 2}
    return {form for form in forms | bare if any(letter.isalpha() for letter in form) and form not in GENERIC}


def _trimmed(words: list[str]) -> list[str]:
    while words and words[0] in EDGES:
        words = words[1:]
    return words


def _windows(words: Sequence[Word], size: int) -> list[_Window]:
    around = ["", *(word.full for word in words), ""]
    whole = sum(word not in ("", "lokasi", "posisi") for word in around)
    return [
        _Window(first, tuple(words[first : first + size]), around[first], around[first + size + 1], size == whole)
        for first in range(len(words) - size + 1)
        if around[first + 1] not in EDGES and around[first + size] not in EDGES
    ]


def _same(words: str, name: str) -> bool:
    """Return whether two similar strings name the same place.

    Their numbers and points of the compass must be equal, so must the kinds of place that both name, and the rest
    similar.
    """
    ours, theirs = words.split(), name.split()
    if _decisive(ours) != _decisive(theirs) or _of_another_kind(ours, theirs):
        return False
    rests = [" ".join(word for word in side if word not in GENERIC) for side in (ours, theirs)]
    return words == name if not all(rests) else fuzz.ratio(*rests) >= _CUT_OFF_OF_THE_REST


def _of_another_kind(ours: list[str], theirs: list[str]) -> bool:
    """Return whether the words name another kind of place: "gang ampera" is no street, "sd imam bonjol" is a school."""
    if {ours[0], theirs[0]} <= KINDS:
        return ours[0] != theirs[0]
    return not HEADS.isdisjoint(ours) and HEADS.isdisjoint(theirs)


def _decisive(words: list[str]) -> Counter[str]:
    return Counter(word for word in words if word in CARDINALS or word.isdigit())


def _meant(window: _Window, name: str, place: Place) -> bool:
    """Return whether the words mean this place and not its neighbour, an ordinary word or an acronym."""
    if window.after in COMPASS:
        return False
    if place.level == "place" and window.before in HEADS and not _is_headed(place, window.before):
        return False
    if name in ORDINARY:
        return window.alone or window.before in LEVELS
    return len(name) >= _SHORT_NAME or window.alone or window.before in LEVELS or window.before in LOCATORS


def _is_headed(place: Place, head: str) -> bool:
    """Whether the place itself is of that kind: "masjid mujahidin" may mean what is listed as "Mujahidin" too."""
    return any(word.full == head for name in (place.name, *place.aliases) for word in read_words(name))


def _chosen(best: list[_Hit], anchor: Position | None) -> _Hit | None:
    """Return one of equal hits: the nearest to `anchor`, else the widest if it holds all the others, else none."""
    if anchor is not None:
        return min(best, key=lambda hit: metres(anchor, (hit.place.lat, hit.place.lon)))
    widest = max(best, key=lambda hit: hit.place.radius_m)
    centre = (widest.place.lat, widest.place.lon)
    held = all(metres(centre, (hit.place.lat, hit.place.lon)) <= widest.place.radius_m for hit in best)
    return widest if held else None


def _typed(window: _Window) -> str:
    """Return the words as typed; a word that was split is named once."""
    return " ".join(dict.fromkeys(word.typed for word in window.words))
