"""How soon somebody must look at a text, by what the learned model makes of it.

The rules decide what short cries and commands mean. The model speaks only where the rules find nothing clear, and it
only ever makes a text more urgent: what the rules take for a panic stays one whatever the model says.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from importlib import resources

from gateway.core.words.lexicon import Heard
from gateway.core.words.model import FILE, Model, load


class Urgency(Enum):
    """HIGH: an incident at once. MIDDLE: the desk is rung after the usual wait. LOW: it may be rung later."""

    HIGH = auto()
    MIDDLE = auto()
    LOW = auto()


# The lowest probability of each urgency. Set on the tuned half of tests/texts and on what the training did not see.
THRESHOLDS: tuple[tuple[Urgency, float], ...] = (
    (Urgency.HIGH, 0.82),
    (Urgency.MIDDLE, 0.15),
    (Urgency.LOW, 0.0),
)


@dataclass(frozen=True)
class Judged:
    """The model's word about a text: its urgency, the likeliest kind of trouble, the words that weighed most.

    `probability` is None where there is no model; then the urgency is MIDDLE, and every wait is the usual one.
    """

    urgency: Urgency
    probability: float | None = None
    kind: str | None = None
    words: tuple[str, ...] = ()


UNJUDGED = Judged(Urgency.MIDDLE)
MODEL = load(resources.files("gateway.core") / "words" / FILE)


def judge(heard: Heard, model: Model | None = MODEL) -> Judged:
    """Return how urgent a text is, heard as a citizen's. Without a model nothing is known; raises nothing."""
    if model is None:
        return UNJUDGED
    verdict = model.judge(heard)
    return Judged(urgency_of(verdict.probability), verdict.probability, verdict.kind, verdict.words)


def urgency_of(probability: float) -> Urgency:
    """Return the first urgency of the table whose threshold is reached."""
    return next(urgency for urgency, lowest in THRESHOLDS if probability >= lowest)
