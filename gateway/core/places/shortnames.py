"""Places by a part of their name, as neighbours say them: "komyos" for Jalan Komyos Sudarso, "simpang garuda" for
Simpang Empat Garuda."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from gateway.core.places.placewords import BEHIND_A_STREET, BESIDE_A_STREET, EDGES, GENERIC

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
        if name.startswith("jalan "):
            places[words[0]].append(place)
    return {word: found for word, found in places.items() if len(named[word]) == 1 and _telling(word)}


def _telling(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha() and word not in GENERIC


def used_as_street(before: str, after: str, whole: bool) -> bool:
    """Whether a lone word stands where a street's name stands. `whole`: it is all of the name behind "jalan".

    Before a lane or a number, or behind "jalan" at the end of the name. "jl ahmad dahlan" is not the one Ahmad of the
    table, and "merdeka" and "veteran" are words of their own, which only a lane behind them makes a street.
    """
    if whole:
        return after in BEHIND_A_STREET
    return after in BESIDE_A_STREET or after.isdigit() or (before == "jalan" and (not after or after in EDGES))


def without_numbers(entries: Iterable[tuple[str, P]]) -> list[tuple[str, P]]:
    """The names of two words and more without their numbers, each with its place, where they mean no other place of
    the table: "sultan hamid", but not "tanjung raya" where there are two."""
    known: set[str] = set()
    places: defaultdict[str, list[P]] = defaultdict(list)
    for name, place in entries:
        words = name.split()
        if "km" in words:  # any number of a long road
            continue
        bare = [word for word in words if not word.isdigit()]
        if len(bare) == len(words):
            known.add(name)
        elif sum(word not in GENERIC for word in bare) > 1 or (len(bare) > 1 and words[1].isdigit()):
            places[" ".join(bare)].append(place)
    return [(name, found[0]) for name, found in places.items() if len(set(found)) == 1 and name not in known]
