"""The word at the head of a text that says which unit it is for."""

from __future__ import annotations

import pytest

from gateway.core.line_abilities import may_show
from gateway.core.words.unit_keywords import has_form, says_nothing, taken_off


@pytest.mark.parametrize(
    ("body", "keyword", "words"),
    [
        ("PTK TOLONG ada maling", "PTK", "TOLONG ada maling"),
        ("ptk: tolong", "PTK", "tolong"),
        ("  Ptk#tolong", "PTK", "tolong"),
        ("PTK, AMAN 1234", "PTK", "AMAN 1234"),
        ("PTK -0.0227,109.33", "PTK", "-0.0227,109.33"),
        ("PTK-0.0227,109.33", "", "PTK-0.0227,109.33"),
        ("PTK", "", "PTK"),
        ("PTK  ", "", "PTK  "),
        ("PTKTOLONG", "PTKTOLONG", ""),
        ("4KX OK", "", "4KX OK"),
        ("OK 4KX", "", "OK 4KX"),
        ("", "", ""),
        ("💥 tolong", "", "💥 tolong"),
    ],
)
def test_the_head_of_a_text_is_parted_from_its_words(body: str, keyword: str, words: str) -> None:
    assert taken_off(body, lambda word: True) == ((keyword, words) if words else ("", body))
    assert taken_off(body, lambda word: False) == ("", body)


def test_a_word_that_means_something_is_not_taken_off_whatever_a_table_says() -> None:
    assert taken_off("TOLONG bu", lambda word: True) == ("", "TOLONG bu")


@pytest.mark.parametrize(
    "word",
    [
        *("TOLONG", "TOLONGG", "TLONG", "TOLON", "DARURAT", "HELP", "SOS", "MSAADA", "DIAM", "POLISI", "KEBAKARAN"),
        *("AMAN", "DAFTAR", "LAPOR", "LOKASI", "INFO", "BATAL", "PIN", "BELUM", "BUKAN", "IYA"),
        *("SIAP", "OTW", "TIBA", "TKP", "SELESAI", "PALSU", "TOLAK", "BANTUAN", "HADIR", "LEPAS", "SERAH", "WARGA"),
        *("ADA", "SAYA", "PAK", "BUKA", "RUMAH", "SAKIT", "MALING", "MALINGNYA"),
        *("JLN", "GNG", "JALAN", "PASAR", "BARAT", "SEI", "KEL"),
    ],
)
def test_no_word_that_says_something_can_be_a_keyword(word: str) -> None:
    assert not says_nothing(word)


@pytest.mark.parametrize("word", ["PTK", "KBR", "SGH", "SKW", "POLRESTA", "SAMBAS"])
def test_an_abbreviation_can(word: str) -> None:
    assert has_form(word)
    assert says_nothing(word)


@pytest.mark.parametrize("word", ["PT", "P1K", "4KX", "PT K", "ptk", "A" * 13, ""])
def test_a_keyword_has_three_to_twelve_capital_letters(word: str) -> None:
    assert not has_form(word)


OWN, TAKEN = ("+12025550100",), ("+62561799001",)


@pytest.mark.parametrize(
    ("sender", "any_sender", "answers", "shows"),
    [
        ("+12025550100", False, True, True),  # a number of the line's own
        ("+62561799001", False, True, False),  # a number that this line has not
        ("+62561799001", True, True, True),  # what is texted to it reaches us
        ("+62561799002", True, True, False),  # nobody hears an answer there
        ("POLRES PTK", True, False, True),  # the text promises no answer
        ("POLRES PTK", True, True, False),  # the text says "Balas OK"
        ("POLRES PTK", False, False, False),
    ],
)
def test_a_units_sender_is_shown_only_where_the_words_of_the_text_stay_true(
    sender: str, any_sender: bool, answers: bool, shows: bool
) -> None:
    assert may_show(sender, OWN, any_sender, TAKEN, answers) is shows
