"""What the structure of an identity number makes one doubt, and what of it may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.languages import CODES
from gateway.core.nik import Doubt, doubts, mask, tidy
from gateway.core.sentences import phrases


@pytest.mark.parametrize(
    ("number", "doubted"),
    [
        ("6171014112900001", ()),  # a woman born on 1 December 1990
        ("6171010112900001", ()),
        ("6171 0141 1290 0001", ()),
        ("6171-0141.1290/0001", ()),
        ("6171012902000001", ()),  # 29 February 2000
        ("6171016902000001", ()),
        ("6171012902990001", (Doubt.BIRTH,)),  # 1999 had none, nor had 1899
        ("6171013113900001", (Doubt.BIRTH,)),
        ("6171010012900001", (Doubt.BIRTH,)),
        ("6171014012900001", (Doubt.BIRTH,)),
        ("6171017212900001", (Doubt.BIRTH,)),
        ("6171018112900001", (Doubt.BIRTH,)),
        ("6171014112900000", (Doubt.SERIAL,)),
        ("0071014112900001", (Doubt.PROVINCE,)),
        ("9971019912900000", (Doubt.PROVINCE, Doubt.BIRTH, Doubt.SERIAL)),
        ("617101411290001", (Doubt.LENGTH,)),
        ("A1234567", (Doubt.LENGTH,)),  # a passport; somebody abroad
        ("", (Doubt.LENGTH,)),
        ("٦١٧١٠١٤١١٢٩٠٠٠٠١", (Doubt.LENGTH,)),  # Arabic digits: Python calls them digits, the registry does not
    ],
)
def test_it_doubts_what_cannot_be(number: str, doubted: tuple[Doubt, ...]) -> None:
    assert doubts(number) == doubted


@given(st.text(max_size=40))
def test_it_takes_anything(number: str) -> None:
    assert isinstance(doubts(number), tuple)
    assert tidy(tidy(number)) == tidy(number)


@pytest.mark.parametrize("language", CODES)
def test_every_doubt_has_words(language: str) -> None:
    assert all(phrases.say(f"nik.{doubt}", language) for doubt in Doubt)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("6171014112900001", "6171**********01"),
        ("6171 0141 1290 0001", "6171**********01"),
        ("A1234567", "********"),
        ("", ""),
    ],
)
def test_most_of_it_is_masked(number: str, shown: str) -> None:
    assert mask(number) == shown
