"""Train the second ear: `python -m training [LABELLED]`, or `make model LABELLED=file`.

Writes `gateway/core/words/model.tsv`. `LABELLED` is a table with the columns label, kind, language and text: what desks
have decided about texts, as `siaga texts export` writes it; its rows are learned like ours.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from gateway.core.words.model import FILE, Model, render
from gateway.core.words.triage import CITIZEN
from gateway.core.words.urgency import Urgency, judge
from training.fit import fit, held_out
from training.sentences import EVERYDAY, WORDS, Example, examples, read_table

HOME = "domestic_violence"
LARGEST = 1_000_000  # bytes of the file


def main() -> None:
    labelled = [example for name in sys.argv[1:] for example in read_table(Path(name))]
    everything = examples(labelled)
    print(f"{len(everything)} texts, {len(labelled)} of them from desks")
    report(*held_out(everything))
    lines = "\n".join(render(fit(everything))) + "\n"
    if len(lines.encode()) >= LARGEST:
        raise SystemExit(f"the weights take {len(lines.encode())} bytes, and may take {LARGEST}")
    (WORDS / FILE).write_text(lines, encoding="utf-8")
    print(f"wrote {WORDS / FILE}, {len(lines.encode())} bytes")


def report(model: Model, unseen: Iterable[Example]) -> None:
    """Print what a model makes of texts that it has not seen: the share that it takes for an emergency, by kind."""
    by_kind: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for example in unseen:
        urgent = judge(CITIZEN.hear(example.text), model).urgency is Urgency.HIGH
        by_kind[example.label, "" if example.label == EVERYDAY else example.kind].append(urgent)
    print("judged HIGH by a model that has not seen the text, without the rules:")
    for (label, kind), found in sorted(by_kind.items(), key=lambda one: one[0][1] == HOME):
        print(f"  {label:<10}{kind:<20}{100 * sum(found) / len(found):.0f} % of {len(found)}")


if __name__ == "__main__":
    main()
