"""However a text is made, reading it takes time with its length and not with the square of it."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest

from gateway.core.places.places import short_link_in, spot_in
from gateway.core.places.placewords import read_words
from gateway.core.words.reading import read

SHORT, TIMES = 2_000, 4  # characters; a square would take 16 times as long
MOST = 9.0  # times as long at most: linear takes 4, and the clock of a busy machine is coarse
PIECES = [
    "a", "ab", "tolong", "tolong ", "a-", "a.", "a://", "://", "www.", "1", "12 ", "-0.02 ", "a1", "aa11", "!", "?",
    "\u0301", "o\u0301", "a'", "@", "jl ", "timur", "d ", "x\n", "adamaling", "https://", "0,0;", "\u200b",
    "\U0001f198", "kill", "nya",
]  # fmt: skip


def as_citizen(text: str) -> object:
    return read(text).meaning


def as_officer(text: str) -> object:
    return read(text).whole_answer


READERS: list[Callable[[str], object]] = [as_citizen, as_officer, read_words, spot_in, short_link_in]


def _seconds(reads: Callable[[str], object], text: str) -> float:
    """The best of three: the clock counts this process only, but the caches of the machine are everybody's."""
    best = 10.0
    for _ in range(3):
        start = process_time()
        reads(text)
        best = min(best, process_time() - start)
    return best


@pytest.mark.parametrize("reads", READERS, ids=lambda reads: f"{reads.__module__}.{reads.__name__}")
@pytest.mark.parametrize("piece", PIECES)
def test_a_text_four_times_as_long_takes_about_four_times_as_long(reads: Callable[[str], object], piece: str) -> None:
    short, long = ((piece * length)[:length] for length in (SHORT, SHORT * TIMES))
    spent = _seconds(reads, short), _seconds(reads, long)
    assert spent[1] < 0.005 or spent[1] / max(spent[0], 0.0005) < MOST
