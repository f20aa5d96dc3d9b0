"""Whom a name fits that an officer typed."""

import pytest

from gateway.core.handing import fitting

PEOPLE = ("Bripka Joko Susilo", "Aipda Joko Widodo", "Bripka Rina", "Briptu Ani", "Briptu Anita", "Bripda Barat 1")


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("rina", [2]),
        ("bripka rina", [2]),
        ("RINA.", [2]),
        ("joko", [0, 1]),
        ("joko susilo", [0]),
        ("bripka joko", [0]),
        ("joko w", []),  # one letter is no beginning
        ("joko wid", [1]),
        ("ani", [3]),  # a whole name goes before the beginning of another
        ("anit", [4]),
        ("barat 1", [5]),
        ("barat 12", []),
        ("tono", []),
        ("", []),
    ],
)
def test_a_name_fits_by_whole_words_or_their_beginnings(typed: str, fits: list[int]) -> None:
    assert fitting(typed, PEOPLE) == fits
