"""How many panics ring officers at once, and how many everyday texts do: `python -m bench.understanding`.

The texts are our own (tests/texts/README.md says what they are and are not). Every figure is printed with its n, for
each set apart. `--misses tuned` or `--misses later` names the single texts that were read wrongly; there is no such
option for the other sets. `--everyday FILE` prints the share of the lines of any text file that ring officers at once:
for public corpora, which stay outside of this repository. `--rules` leaves the learned model out.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import thread_time

from bench.officers_words import officers_misses, print_officers
from bench.places_words import places_misses, print_places
from gateway.core.words.reading import Unclear, read
from gateway.core.words.triage import Panic
from gateway.core.words.urgency import Urgency

TEXTS = Path(__file__).parents[1] / "tests" / "texts"
SETS = ("tuned", "unseen", "later", "last")
SHOWN = ("tuned", "later")  # the sets whose single texts may be looked at
REGIONAL = frozenset({"bjn", "pontianak", "jv", "su", "mad"})
ROUNDS = 5  # of timing: each text is read so often


@dataclass(frozen=True)
class Sample:
    """A text with what it is: the set that it belongs to, its language, and the kind of its trouble or its occasion."""

    half: str  # as the column of the tables is called
    label: str
    language: str
    kind: str
    text: str


def samples() -> list[Sample]:
    return [Sample(**row) for file in ("panic", "everyday", "later", "last") for row in _rows(TEXTS / f"{file}.tsv")]


def _rows(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def at_once(text: str) -> bool:
    """Whether a verified number's text opens an incident by itself."""
    reading = read(text)
    return isinstance(reading.meaning, Panic) and (reading.panic is not None or "--rules" not in sys.argv)


def meaning(text: str) -> object:
    """Do all that is done with a citizen's text: hear it, look for a command and a panic, and judge it."""
    reading = read(text)
    return reading.meaning, reading.judged


def right_kind(sample: Sample) -> bool:
    """Whether the learned model guesses the kind of trouble."""
    return read(sample.text).judged.kind == sample.kind


def opens(sample: Sample) -> bool:
    return at_once(sample.text)


def is_low(sample: Sample) -> bool:
    """Whether its desk is rung later: the rules find no panic and the model nothing urgent."""
    return not at_once(sample.text) and read(sample.text).judged.urgency is Urgency.LOW


def uncertain(sample: Sample) -> bool:
    """Whether it is an uncertain call: it becomes an incident where neither its sender nor a desk answers."""
    reading = read(sample.text)
    return isinstance(reading.meaning, Unclear) and reading.occasion is None


def share(group: Iterable[Sample], hit: Callable[[Sample], bool]) -> str:
    """ "72 % of 25", or "-" of none."""
    found = [hit(sample) for sample in group]
    return f"{100 * sum(found) / len(found):.0f} % of {len(found)}" if found else "-"


def _groups(chosen: Iterable[Sample], key: Callable[[Sample], str]) -> dict[str, list[Sample]]:
    groups: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in chosen:
        groups[key(sample)].append(sample)
    return dict(sorted(groups.items()))


def _family(sample: Sample) -> str:
    """The groups that the goals name: Indonesian, regional languages and English, Swahili."""
    return "regional+en" if sample.language in REGIONAL | {"en"} else sample.language


def _table(
    title: str, chosen: list[Sample], key: Callable[[Sample], str], hit: Callable[[Sample], bool] = opens
) -> None:
    print(f"\n{title:<24}" + "".join(f"{name:>16}" for name in SETS))
    for name, group in _groups(chosen, key).items():
        cells = (share([one for one in group if one.half == half], hit) for half in SETS)
        print(f"{name:<24}" + "".join(f"{cell:>16}" for cell in cells))


def _times(texts: list[str], reads: Callable[[str], object]) -> str:
    seconds = sorted(_seconds(text, reads) for _ in range(ROUNDS) for text in texts)
    p50, p99 = (1000 * seconds[int(len(seconds) * part)] for part in (0.5, 0.99))
    return f"p50 {p50:.3f} ms, p99 {p99:.3f} ms ({len(seconds)} readings)"


def _seconds(text: str, reads: Callable[[str], object]) -> float:
    start = thread_time()
    reads(text)
    return thread_time() - start


def _misses(chosen: list[Sample], half: str) -> None:
    if half not in SHOWN:
        raise SystemExit(f"only the totals of {half} are looked at; single texts: {', '.join(SHOWN)}")
    for sample in chosen:
        if sample.half == half and at_once(sample.text) != (sample.label == "panic"):
            print(f"{sample.label:<10}{sample.language:<10}{sample.kind:<18}{sample.text}")
    officers_misses()
    places_misses()


def _everyday(file: Path) -> None:
    found = [Sample("", "everyday", "", "", line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    print(f"{file.name} at once: {share(found, opens)}, asked back and judged low: {share(found, is_low)}")


def main() -> None:
    everything = samples()
    panics = [sample for sample in everything if sample.label == "panic"]
    everyday = [sample for sample in everything if sample.label == "everyday"]
    if "--misses" in sys.argv:
        return _misses(everything, sys.argv[sys.argv.index("--misses") + 1])
    if "--everyday" in sys.argv:
        return _everyday(Path(sys.argv[sys.argv.index("--everyday") + 1]))
    _table("panics at once", panics, lambda sample: "all")
    _table("... by goal", panics, _family)
    _table("... by language", panics, lambda sample: sample.language)
    _table("... by kind", panics, lambda sample: sample.kind)
    _table("everyday at once", [one for one in everyday if one.kind != "polite"], lambda sample: "all")
    _table("... by language", [one for one in everyday if one.kind != "polite"], lambda sample: sample.language)
    _table("... by kind", everyday, lambda sample: sample.kind)
    _table("everyday uncertain", everyday, lambda sample: "all", uncertain)
    _table("panics uncertain", panics, lambda sample: "all", uncertain)
    _table("panics lost", panics, lambda sample: "all", lambda sample: not (opens(sample) or uncertain(sample)))
    _table("everyday judged low", everyday, lambda sample: "all", is_low)
    _table("panics judged low", panics, lambda sample: "all", is_low)
    _table("kind guessed right", [one for one in panics if one.kind != "unknown"], lambda sample: "all", right_kind)
    print_officers()
    print_places()
    print(
        "\nread, with its meaning and the model, CPU time: " + _times([sample.text for sample in everything], meaning)
    )
    return None


if __name__ == "__main__":
    main()
