"""How many places in words are found rightly: the part of `python -m bench.understanding` about places.

The texts and the table of places are our own (tests/texts/README.md). A place that is not found costs a question; a
wrong one sends officers elsewhere, and a narrow one gives them no reason to doubt it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.core.places.gazetteer import Gazetteer, Place
from gateway.core.places.placewords import LEVELS, read_words

TEXTS = Path(__file__).parents[1] / "tests" / "texts"
HALVES = ("tuned", "unseen")
NONE = "none"  # the text names no place of the table
NARROW_M = 1_000.0  # metres; officers who are sent to a narrower circle do not look outside it
HOME = (-0.0263, 109.3425)  # of whoever wrote these texts: it decides between places of one name


@dataclass(frozen=True)
class Named:
    """A text: the half it was drawn into, the places that are right (or `NONE`) between "|", and its words."""

    half: str
    place: str
    text: str


def places_texts() -> Iterator[Named]:
    with (TEXTS / "places.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Named(**row)


def made_up_city() -> Gazetteer:
    """The places of `tests/texts/city.csv`, which has the columns of a file to import."""
    with (TEXTS / "city.csv").open(encoding="utf-8", newline="") as lines:
        return Gazetteer(_place(row) for row in csv.DictReader(lines))


def _place(row: dict[str, str]) -> Place:
    level = LEVELS.get(read_words(row["name"])[0].full, "place")
    aliases = tuple(filter(None, row["aliases"].split("|")))
    return Place(row["name"], aliases, float(row["lat"]), float(row["lon"]), float(row["radius_m"]), None, level)


@dataclass(frozen=True)
class Outcome:
    """What became of one text: the place that was found, whether it is right, and whether it misleads."""

    named: Named
    found: str
    right: bool
    misleads: bool


def outcomes() -> Iterator[Outcome]:
    city = made_up_city()
    for named in places_texts():
        match = city.find(named.text, HOME)
        found = match.place.name if match else NONE
        right = found in named.place.split("|")
        yield Outcome(named, found, right, match is not None and not right and match.place.radius_m < NARROW_M)


def print_places() -> None:
    """Print how many texts of each half find the right place, and how many a wrong one with a small radius."""
    found = list(outcomes())
    groups = {
        "all": found,
        "a place of the table": [one for one in found if one.named.place != NONE],
        "no place of the table": [one for one in found if one.named.place == NONE],
    }
    print(f"\n{'places, right':<24}{'tuned':>16}{'unseen':>16}{'misleading':>16}")
    for name, group in groups.items():
        halves = [[one for one in group if one.named.half == half] for half in HALVES]
        cells = [f"{100 * sum(one.right for one in half) / len(half):.0f} % of {len(half)}" for half in halves]
        bad = [sum(one.misleads for one in half) for half in halves]
        print(f"{name:<24}" + "".join(f"{cell:>16}" for cell in (*cells, f"{bad[0]} + {bad[1]}")))


def places_misses() -> None:
    """Print the texts of the tuned half for which another place is found than they name."""
    for one in outcomes():
        if one.named.half == "tuned" and not one.right:
            print(f"{'WRONG' if one.misleads else 'missed':<8}{one.named.place:<32}{one.found:<32}{one.named.text}")
