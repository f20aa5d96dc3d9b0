"""A scribble is refused at once; a border with a slip of the pen is mended."""

from __future__ import annotations

import random
from math import cos, pi, sin

import pytest

from gateway.core.places.areas import polygon

Ring = list[list[float]]


def scribble(corners: int) -> Ring:
    chance = random.Random(7)
    ring = [[109 + chance.random(), chance.random()] for _ in range(corners)]
    return [*ring, ring[0]]


def border(corners: int, slips: int) -> Ring:
    """A circle, some of whose corners changed places."""
    ring = [[109 + cos(2 * pi * n / corners), sin(2 * pi * n / corners)] for n in range(corners)]
    for slip in range(slips):
        at = slip * (corners // slips)
        ring[at], ring[at + 1] = ring[at + 1], ring[at]
    return [*ring, ring[0]]


SQUARE = [[109.0, 0.0], [110.0, 0.0], [110.0, 1.0], [109.0, 1.0], [109.0, 0.0]]


@pytest.mark.parametrize(
    "drawn",
    [
        {"type": "Polygon", "coordinates": [scribble(500)]},
        {"type": "Polygon", "coordinates": [scribble(20_000)]},
        {"type": "Polygon", "coordinates": [SQUARE] + [scribble(5)] * 2000},
        {"type": "MultiPolygon", "coordinates": [[SQUARE]] * 20_000},
    ],
)
def test_what_would_take_minutes_to_mend_is_refused(drawn: dict[str, object]) -> None:
    """Two megabytes pasted by one admin would else keep a web process from taking panics."""
    with pytest.raises(ValueError, match="area of KOTA: its edges cross one another in too many places"):
        polygon(drawn, "KOTA")


@pytest.mark.parametrize(
    ("ring", "least"),
    [(border(50_000, 1), 3.1), (border(5_000, 40), 3.1), (border(4, 1), 0.9), (scribble(12), 0.05)],
)
def test_a_slip_of_the_pen_is_mended_however_long_the_border(ring: Ring, least: float) -> None:
    mended = polygon({"type": "Polygon", "coordinates": [ring]}, "KOTA")
    assert mended.is_valid
    assert mended.area > least


def test_the_same_square_drawn_a_few_times_is_one_square() -> None:
    assert polygon({"type": "MultiPolygon", "coordinates": [[SQUARE]] * 5}, "KOTA").area == 1
