"""How many panics ring officers at once, and how many everyday texts do: `python -m bench.understanding`.

The texts are our own (tests/texts/README.md says what they are and are not). Every figure is printed with its n, for
the half that words may be fitted to and for the half that only totals are looked at. `--misses` names the single
texts of the tuned half that were read wrongly; there is no such option for the other half.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench.officers_words import officers_misses, print_officers
from bench.places_words import places_misses, print_places
from gateway.core.words.reading import read
from gateway.core.words.triage import Panic

TEXTS = Path(__file__).parents[1] / "tests" / "texts"
HALVES = ("tuned", "unseen")
REGIONAL = frozenset({"bjn", "pontianak", "jv", "su", "mad"})
ROUNDS = 5  # of timing: each text is read so often


@dataclass(frozen=True)
class Sample:
    """A text with what it is: the half it was drawn into, its language, and the kind of its trouble or its occasion."""

    half: str
    label: str
    language: str
    kind: str
    text: str


def samples() -> list[Sample]:
    return [Sample(**row) for label in ("panic", "everyday") for row in _rows(TEXTS / f"{label}.tsv")]


def _rows(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def at_once(text: str) -> bool:
    """Whether a verified number's text opens an incident by itself."""
    return isinstance(read(text).meaning, Panic)


def share(group: Iterable[Sample], hit: Callable[[str], bool]) -> str:
    """ "72 % of 25", or "-" of none."""
    found = [hit(sample.text) for sample in group]
    return f"{100 * sum(found) / len(found):.0f} % of {len(found)}" if found else "-"


def _groups(chosen: Iterable[Sample], key: Callable[[Sample], str]) -> dict[str, list[Sample]]:
    groups: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in chosen:
        groups[key(sample)].append(sample)
    return dict(sorted(groups.items()))


def _family(sample: Sample) -> str:
    """The groups that the goals name: Indonesian, regional languages and English, Swahili."""
    return "regional+en" if sample.language in REGIONAL | {"en"} else sample.language


def _table(title: str, chosen: list[Sample], key: Callable[[Sample], str]) -> None:
    print(f"\n{title:<24}{'tuned':>16}{'unseen':>16}")
    for name, group in _groups(chosen, key).items():
        cells = (share([one for one in group if one.half == half], at_once) for half in HALVES)
        print(f"{name:<24}" + "".join(f"{cell:>16}" for cell in cells))


def _times(texts: list[str], reads: Callable[[str], object]) -> str:
    seconds = sorted(_seconds(text, reads) for _ in range(ROUNDS) for text in texts)
    p50, p99 = (1000 * seconds[int(len(seconds) * part)] for part in (0.5, 0.99))
    return f"p50 {p50:.3f} ms, p99 {p99:.3f} ms ({len(seconds)} readings)"


def _seconds(text: str, reads: Callable[[str], object]) -> float:
    start = perf_counter()
    reads(text)
    return perf_counter() - start


def _misses(chosen: list[Sample]) -> None:
    for sample in chosen:
        if sample.half == "tuned" and at_once(sample.text) != (sample.label == "panic"):
            print(f"{sample.label:<10}{sample.language:<10}{sample.kind:<18}{sample.text}")
    officers_misses()
    places_misses()


def main() -> None:
    everything = samples()
    panics = [sample for sample in everything if sample.label == "panic"]
    everyday = [sample for sample in everything if sample.label == "everyday"]
    if "--misses" in sys.argv:
        return _misses(everything)
    _table("panics at once", panics, lambda sample: "all")
    _table("... by goal", panics, _family)
    _table("... by language", panics, lambda sample: sample.language)
    _table("... by kind", panics, lambda sample: sample.kind)
    _table("everyday at once", [one for one in everyday if one.kind != "polite"], lambda sample: "all")
    _table("... by kind", everyday, lambda sample: sample.kind)
    print_officers()
    print_places()
    print("\nread: " + _times([sample.text for sample in everything], read))
    return None


if __name__ == "__main__":
    main()
