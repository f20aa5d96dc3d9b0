"""Streets by the first word of their name, as neighbours say them: "komyos" for Jalan Komyos Sudarso."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from gateway.core.places.placewords import BESIDE_A_STREET, EDGES, GENERIC

P = TypeVar("P")
_SHORTEST = 5  # letters; shorter first words are initials, titles and common words


def short_streets(entries: Iterable[tuple[str, P]]) -> dict[str, list[P]]:
    """The first word of a street's name and the places it names, where no other name of the table has that word.

    `entries` are names in full spelling, each with its place.
    """
    named: defaultdict[str, set[str]] = defaultdict(set)
    places: defaultdict[str, list[P]] = defaultdict(list)
    for name, place in entries:
        words = name.removeprefix("jalan ").split()
        for word in words:
            named[word].add(" ".join(words))
        if name.startswith("jalan ") and len(words) > 1:
            places[words[0]].append(place)
    return {word: found for word, found in places.items() if len(named[word]) == 1 and _telling(word)}


def _telling(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha() and word not in GENERIC


def used_as_street(before: str, after: str) -> bool:
    """Whether a lone word stands where a street's name stands: before a lane or a number, or behind "jalan" at the
    end of the name. "jl ahmad dahlan" is not the one Ahmad of the table."""
    return after in BESIDE_A_STREET or after.isdigit() or (before == "jalan" and (not after or after in EDGES))
