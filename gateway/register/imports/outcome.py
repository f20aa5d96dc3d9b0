"""The outcome of an import: counts of effects, and a fault for each row that was refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from gateway.core.sentences import phrases
from gateway.core.sentences.refusal import Refusal


class Unusable(Refusal):
    """The file cannot be read at all; the sentence says why and what to do."""


class Refused(Refusal):
    """This row cannot be taken; the sentence says why and what to do."""


class Effect(Enum):
    ADDED = "added"
    CHANGED = "changed"
    SAME = "as before"
    TAKEN = "taken"  # added, changed or unchanged: comparing a million rows would take too long


@dataclass(frozen=True)
class Fault:
    """A refused row: its line in the file (the header is line 1), and everything that is wrong with it."""

    line: int
    reasons: tuple[Refusal, ...]

    def tell(self, language: str) -> str:
        """Return a sentence with the line and each fault of its fields."""
        what = "; ".join(why.tell(language) for why in self.reasons)
        return phrases.say("refusal.line", language, line=self.line, what=what)

    def __str__(self) -> str:
        return self.tell("en")


def nobody_watches(_done: int, _lines: int) -> None:
    """Tell nobody how far an import came."""


@dataclass
class Outcome:
    """The counts and faults of one import. `ignored` are columns of the file that the import does not know; `taken_for`
    has the column for each header that was written otherwise, `meant` what a person said of some of them beforehand.

    `watch` is called after each piece with the lines done and the `lines` of the whole file.
    """

    effects: Counter[Effect] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    taken_for: Mapping[str, str] = field(default_factory=dict)
    meant: Mapping[str, str] = field(default_factory=dict)
    watch: Callable[[int, int], None] = nobody_watches
    lines: int = 0

    def reached(self, line: int) -> None:
        self.watch(line, self.lines)

    def refuse(self, line: int, *reasons: Refusal) -> None:
        self.faults.append(Fault(line, reasons))

    @property
    def changed_anything(self) -> bool:
        return bool(self.effects[Effect.ADDED] or self.effects[Effect.CHANGED])

    def __str__(self) -> str:
        told = (Effect.TAKEN,) if self.effects[Effect.TAKEN] else (Effect.ADDED, Effect.CHANGED, Effect.SAME)
        counted = [f"{self.effects[effect]} {effect.value}" for effect in told]
        return ", ".join([*counted, f"{len(self.faults)} refused"])


def set_changed(row: object, values: dict[str, object]) -> Effect:
    """Set only the values that differ, so that importing the same file again writes no row."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return Effect.CHANGED if different else Effect.SAME
