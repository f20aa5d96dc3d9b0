"""How many officers' texts are read as they are meant: the part of `python -m bench.understanding` about answers.

The texts are our own (tests/texts/README.md). An answer that we ask about costs a text; one that is read as something
else stands people down who should go, or sends nobody, so those are counted apart.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.core.words.reading import read

TEXTS = Path(__file__).parents[1] / "tests" / "texts"
HALVES = ("tuned", "unseen")
UNCLEAR = "unclear"  # must be asked
CODE = "K7Q"  # the incident that is open for whoever wrote these texts


@dataclass(frozen=True)
class Said:
    """An officer's text: the half it was drawn into, the reply that it means (or `UNCLEAR`), and its words."""

    half: str
    meant: str
    text: str

    @property
    def read_as(self) -> str:
        answer = read(self.text, [CODE]).answer
        return UNCLEAR if answer is None else answer.reply.value


def officers_texts() -> Iterator[Said]:
    with (TEXTS / "officers.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Said(**row)


def wrong(said: Said) -> bool:
    """Whether the text is taken for another answer than it gives: the mistake that nobody asks about."""
    return said.read_as not in (said.meant, UNCLEAR)


def print_officers() -> None:
    """Print how many texts of each half are read as meant, and how many as something else."""
    found = list(officers_texts())
    print(f"\n{'officers, as meant':<24}{'tuned':>16}{'unseen':>16}{'as else':>16}")
    for name in ("all", *sorted({said.meant for said in found})):
        chosen = [said for said in found if name in ("all", said.meant)]
        halves = ([said for said in chosen if said.half == half] for half in HALVES)
        cells = [f"{_percent([said.read_as == said.meant for said in half])}" for half in halves]
        bad = [sum(wrong(said) for said in chosen if said.half == half) for half in HALVES]
        print(f"{name:<24}" + "".join(f"{cell:>16}" for cell in (*cells, f"{bad[0]} + {bad[1]}")))


def officers_misses() -> None:
    """Print the texts of the tuned half that are not read as they are meant."""
    for said in officers_texts():
        if said.half == "tuned" and said.read_as != said.meant:
            print(f"{'WRONG' if wrong(said) else 'asked':<8}{said.meant:<14}{said.read_as:<14}{said.text}")


def _percent(hits: list[bool]) -> str:
    return f"{100 * sum(hits) / len(hits):.0f} % of {len(hits)}" if hits else "-"
