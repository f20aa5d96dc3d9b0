"""Fit the weights of `gateway.core.words.model` with scikit-learn, and keep some texts unseen to measure them with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from gateway.core.words.model import Model, features, words_of
from gateway.core.words.triage import CITIZEN
from training.sentences import PANIC, WRITTEN, Example

FEWEST = 3  # written or made texts that a feature must stand in
MOST = 34_000  # features kept: the file stays under 1 MB
LIGHTEST = 0.02  # a weight below it is left out
KIND_LIGHTEST = 0.3
STRENGTH = 6.0  # the inverse of the regularisation, for the emergency
KIND_STRENGTH = 4.0
UNKNOWN = "unknown"


def counts(text: str) -> Counter[str]:
    """Return how often each feature stands in a text, exactly as the gateway sees it."""
    words = words_of(CITIZEN.hear(text))
    return Counter(feature for at in range(len(words)) for feature in features(words, at))


def fit(examples: Sequence[Example]) -> Model:
    """Return the model that fits the examples best."""
    rows = [counts(example.text) for example in examples]
    names = _vocabulary(examples, rows)
    matrix = _matrix(rows, names)
    weights = np.array([example.weight for example in examples])
    label = np.array([example.label == PANIC for example in examples])
    urgent = LogisticRegression(C=STRENGTH, max_iter=400, class_weight="balanced").fit(matrix, label, weights)
    kept = _heaviest(urgent.coef_[0], MOST)
    kinds = _fit_kinds(examples, matrix[:, kept], [names[at] for at in kept], weights)
    return Model(
        float(urgent.intercept_[0]),
        {names[at]: float(urgent.coef_[0][at]) for at in kept},
        *kinds,
    )


def _fit_kinds(
    examples: Sequence[Example], matrix: csr_matrix, names: list[str], weights: np.ndarray
) -> tuple[dict[str, float], dict[str, tuple[tuple[str, float], ...]]]:
    told = [at for at, one in enumerate(examples) if one.label == PANIC and one.kind != UNKNOWN]
    fitted = LogisticRegression(C=KIND_STRENGTH, max_iter=300, class_weight="balanced").fit(
        matrix[told], [examples[at].kind for at in told], weights[told]
    )
    by_feature = {
        name: tuple(
            (kind, float(value))
            for kind, value in zip(fitted.classes_, fitted.coef_[:, at], strict=True)
            if abs(value) >= KIND_LIGHTEST
        )
        for at, name in enumerate(names)
    }
    biases = dict(zip(map(str, fitted.classes_), map(float, fitted.intercept_), strict=True))
    return biases, {name: speaks for name, speaks in by_feature.items() if speaks}


def _vocabulary(examples: Sequence[Example], rows: Sequence[Counter[str]]) -> list[str]:
    """Return the features that stand in several texts; copies of one text count once."""
    seen: dict[str, set[str]] = {}
    for example, row in zip(examples, rows, strict=True):
        for name in row:
            seen.setdefault(name, set()).add(example.written)
    return sorted(name for name, texts in seen.items() if len(texts) >= FEWEST and "\t" not in name)


def _matrix(rows: Sequence[Counter[str]], names: list[str]) -> csr_matrix:
    place = {name: at for at, name in enumerate(names)}
    data: list[float] = []
    indices: list[int] = []
    ends = [0]
    for row in rows:
        length = sum(row.values()) ** 0.5 or 1.0
        for name, count in row.items():
            if name in place:
                indices.append(place[name])
                data.append(count / length)
        ends.append(len(indices))
    return csr_matrix((data, indices, ends), shape=(len(rows), len(names)))


def _heaviest(weights: np.ndarray, most: int) -> list[int]:
    order = np.argsort(-np.abs(weights))[:most]
    return sorted(int(at) for at in order if abs(weights[at]) >= LIGHTEST)


def held_out(examples: Sequence[Example], parts: int = 5) -> tuple[Model, list[Example]]:
    """Return a model that has not seen a fifth of the texts nor a copy of them, and that fifth as it was written."""
    groups = [example.written for example in examples]
    learned, held = next(GroupKFold(parts).split(np.zeros(len(examples)), groups=groups))
    unseen = [examples[at] for at in held if examples[at].weight == WRITTEN and examples[at].text == groups[at]]
    return fit([examples[at] for at in learned]), unseen
