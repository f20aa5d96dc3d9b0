"""Detect a drawing that crosses itself so often that it must be a mistake.

Repairing such a drawing would take minutes and all memory.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

MOST_CROSSINGS = 100  # crossings of two edges; repairing takes time with their square, about a second at so many
MOST_PAIRS = 2_000_000  # pairs of edges near enough to be compared; a real border has about five per edge
AT_ONCE = 500_000  # pairs of edges held in memory

Edges = NDArray[np.float64]  # the two ends of each edge, as x and y


def is_tangled(drawn: BaseGeometry) -> bool:
    """Return whether more than MOST_CROSSINGS pairs of its edges cross. It takes a second at most.

    It is also true if so many edges lie over one another that counting them would take too long.
    """
    edges = _edges(drawn)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(edges)))
    pairs = crossings = 0
    step = 1 + AT_ONCE // len(edges)
    for at in range(0, len(edges), step):
        some, others = tree.query(shapely.linestrings(edges[at : at + step]))
        pairs += len(some)
        crossings += _count(edges[at + some], edges[others])
        if pairs > MOST_PAIRS or crossings > 2 * MOST_CROSSINGS:  # each crossing is counted from both its edges
            return True
    return False


def _edges(drawn: BaseGeometry) -> Edges:
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(drawn))]
    return np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])


def _count(some: Edges, others: Edges) -> int:
    """Return how many of these pairs cross inside both edges; pairs that only touch do not count."""
    apart = _sides(some, others) < 0, _sides(others, some) < 0
    return int(np.count_nonzero(apart[0] & apart[1]))


def _sides(edges: Edges, others: Edges) -> NDArray[np.float64]:
    """Return a negative number for each pair where the other edge's ends lie on both sides of the edge's line."""
    along = edges[:, 1] - edges[:, 0]
    first, second = (_turn(along, others[:, end] - edges[:, 0]) for end in (0, 1))
    return np.asarray(np.sign(first) * np.sign(second))


def _turn(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
