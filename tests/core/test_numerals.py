"""Numbers as words."""

import pytest

from gateway.core.languages import CODES
from gateway.core.sentences.numerals import cardinal, digit


@pytest.mark.parametrize(
    ("number", "indonesian", "english", "swahili"),
    [
        (0, "nol", "zero", "sifuri"),
        (10, "sepuluh", "ten", "kumi"),
        (11, "sebelas", "eleven", "kumi na moja"),
        (15, "lima belas", "fifteen", "kumi na tano"),
        (20, "dua puluh", "twenty", "ishirini"),
        (21, "dua puluh satu", "twenty-one", "ishirini na moja"),
        (100, "seratus", "one hundred", "mia moja"),
        (101, "seratus satu", "one hundred and one", "mia moja na moja"),
        (125, "seratus dua puluh lima", "one hundred and twenty-five", "mia moja ishirini na tano"),
        (800, "delapan ratus", "eight hundred", "mia nane"),
        (1000, "seribu", "one thousand", "elfu moja"),
        (1012, "seribu dua belas", "one thousand and twelve", "elfu moja kumi na mbili"),
        (1200, "seribu dua ratus", "one thousand two hundred", "elfu moja mia mbili"),
        (2050, "dua ribu lima puluh", "two thousand and fifty", "elfu mbili na hamsini"),
        (10_000, "10000", "10000", "10000"),
        (-1, "-1", "-1", "-1"),
    ],
)
def test_it_says_numbers(number: int, indonesian: str, english: str, swahili: str) -> None:
    assert [cardinal(number, language) for language in ("id", "en", "sw")] == [indonesian, english, swahili]


@pytest.mark.parametrize("language", CODES)
def test_every_number_has_words_of_its_own(language: str) -> None:
    said = {cardinal(number, language) for number in range(10_000)}
    assert len(said) == 10_000
    assert not any(char.isdigit() for words in said for char in words)


def test_it_says_digits() -> None:
    assert [digit(char, "id") for char in "0689"] == ["nol", "enam", "delapan", "sembilan"]
