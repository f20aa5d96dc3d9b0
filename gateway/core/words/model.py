"""The second ear: a small learned model that weighs the words of a free text beside the rules.

It is a logistic regression over pieces of words: every run of three to five letters of a word, the whole word, two
words in a row, and the roles that our lists give a word. `make model` trains it and writes `model.tsv`;
docs/understanding.md says how well it hears. Without that file, or with one wrong line in it, there is no model and the
rules decide alone.
"""

from __future__ import annotations

import logging
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import chain

from gateway.core.words.lexicon import ORDINARY, Heard
from gateway.core.words.spelling import readings

log = logging.getLogger(__name__)

FILE = "model.tsv"
SCALE = 100.0  # a weight of 1 is written as 100
_SHORTEST, _LONGEST = 3, 5  # letters of a piece of a word
_LONGEST_WORD = 20  # letters of a word that are looked at
_MOST_WORDS = 60  # of a text that are looked at: what is urgent is said by then, and the price stays bounded
_WEIGHTY = 3  # words that are named as the weightiest
_NUMBER = "0"  # stands for every word of digits


@dataclass(frozen=True)
class Word:
    """A word of a text as it was typed, its long form ("sy" is "saya"), and the roles that our lists give it."""

    typed: str
    form: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """The model's word about a text.

    `probability` is that of an emergency, from 0 to 1. `kind` is the likeliest kind of trouble, None where no word says
    anything. `words` are those that spoke most for an emergency, the weightiest first, as they were typed.
    """

    probability: float
    kind: str | None
    words: tuple[str, ...]


class BrokenModelError(ValueError):
    """The file of weights has a line that nobody wrote with `make model`."""


@dataclass(frozen=True)
class Model:
    """The weights. `urgent` holds one for each feature; `kinds` one for each feature and kind that differs from 0."""

    bias: float
    urgent: Mapping[str, float]
    kind_bias: Mapping[str, float]
    kinds: Mapping[str, tuple[tuple[str, float], ...]]

    def judge(self, heard: Heard) -> Verdict:
        """Return what the model makes of a text; raises nothing."""
        words = words_of(heard)
        found = [features(words, at) for at in range(len(words))]
        length = math.sqrt(sum(map(len, found))) or 1.0
        shares = [sum(map(self._weight, word)) / length for word in found]
        named = (at for at, word in enumerate(words) if word.form != _NUMBER and shares[at] > 0)  # digits may be a PIN
        heaviest = sorted(named, key=lambda at: -shares[at])[:_WEIGHTY]
        return Verdict(
            _logistic(self.bias + sum(shares)),
            self._kind(chain.from_iterable(found), length),
            tuple(dict.fromkeys(words[at].typed for at in heaviest)),
        )

    def _weight(self, feature: str) -> float:
        return self.urgent.get(feature, 0.0)

    def _kind(self, found: Iterable[str], length: float) -> str | None:
        scores = dict(self.kind_bias)
        speaking = [self.kinds[feature] for feature in found if feature in self.kinds]
        for kind, weight in chain.from_iterable(speaking):
            scores[kind] += weight / length
        return max(scores, key=lambda kind: scores[kind]) if speaking else None


def words_of(heard: Heard) -> list[Word]:
    """Return the words of a text as the model reads them."""
    words: list[Word] = []
    for tag in heard.tags[:_MOST_WORDS]:
        # A phrase of our lists without a role only sounds like trouble ("ular tangga").
        roles = tuple(sorted(tag.roles)) or ((ORDINARY,) if " " in tag.form else ())
        for typed in heard.text[tag.start : tag.end].split():
            words.append(Word(typed, _long_form(typed), roles))
            roles = ()  # a phrase plays its roles once
    if words and "?" in heard.text:
        words.append(Word("?", "?", ()))
    return words


def features(words: Sequence[Word], at: int) -> list[str]:
    """Return every feature that the word at a place of a text brings; some may stand there twice."""
    word = words[at]
    before = words[at - 1].form if at else ""
    return [f"{before} {word.form}", *(f"@{role}" for role in word.roles), *_pieces(word.form)]


@lru_cache(maxsize=8192)
def _pieces(form: str) -> tuple[str, ...]:
    padded = f"^{form[:_LONGEST_WORD]}$"
    ends = len(padded) + 1
    pieces = [padded[at : at + width] for width in range(_SHORTEST, _LONGEST + 1) for at in range(ends - width)]
    return (padded + "$", *pieces)  # the whole word is told apart from a piece of the same letters


@lru_cache(maxsize=8192)
def _long_form(typed: str) -> str:
    form = readings(typed)[0]
    return _NUMBER if form.isdigit() else SHORTENINGS.get(form, form)


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def shortenings() -> dict[str, str]:
    """Return the long form of every short one."""
    file = resources.files("gateway.core") / "words" / "shortenings.toml"
    table: dict[str, list[str]] = tomllib.loads(file.read_text("utf-8"))["shortenings"]
    return {short: long for long, shorts in table.items() for short in shorts}


SHORTENINGS = shortenings()


def load(file: Traversable) -> Model | None:
    """Return the model in a file, or None where there is none or a line of it is wrong; the log says which."""
    try:
        return parse(file.read_text("utf-8").splitlines())
    except (OSError, ValueError) as fault:
        log.error("the learned model is not used, the rules decide alone: %s", fault)
        return None


def parse(lines: Iterable[str]) -> Model:
    """Return the model that `make model` wrote as these lines. Raises BrokenModelError at the first line that it cannot
    have written."""
    urgent: dict[str, float] = {}
    kinds: dict[str, tuple[tuple[str, float], ...]] = {}
    biases: dict[str, float] = {}
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            continue
        try:
            feature, weight, by_kind = line.split("\t")
            if feature.startswith("="):
                biases[feature[1:]] = int(weight) / SCALE
                continue
            urgent[feature] = int(weight) / SCALE
            if by_kind:
                kinds[feature] = tuple(_of_kind(part, biases) for part in by_kind.split(" "))
        except (ValueError, KeyError) as fault:
            raise BrokenModelError(f"line {number} is no weight") from fault
    if _URGENT not in biases or not urgent:
        raise BrokenModelError("there is no weight in it")
    return Model(biases.pop(_URGENT), urgent, biases, kinds)


def _of_kind(part: str, known: Mapping[str, float]) -> tuple[str, float]:
    kind, weight = part.split(":")
    known[kind]  # the kinds stand above the features that speak for them
    return kind, int(weight) / SCALE


def render(model: Model) -> Iterator[str]:
    """Return the lines of the file for a model."""
    yield "# Written by `make model`. A feature, its weight for an emergency, its weights for the kinds; all times 100."
    for name, bias in ((_URGENT, model.bias), *model.kind_bias.items()):
        yield f"={name}\t{round(bias * SCALE)}\t"
    for feature, weight in sorted(model.urgent.items()):
        by_kind = " ".join(f"{kind}:{round(value * SCALE)}" for kind, value in model.kinds.get(feature, ()))
        yield f"{feature}\t{round(weight * SCALE)}\t{by_kind}"


_URGENT = "urgent"
