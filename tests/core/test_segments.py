"""What fits into a text: counted against smsutil, an independent implementation."""

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.sentences import segments

GSM = "".join(sorted(segments._BASIC | segments._EXTENSION))


@pytest.mark.parametrize(
    ("text", "gsm"),
    [
        ("TOLONG é à ñ ü ß Ø", "TOLONG é à ñ ü ß Ø"),  # GSM's own accents stay
        ("e\u0301", "é"),  # decomposed
        ("façade ç Ç", "facade c Ç"),  # only the capital one is in the alphabet
        ("“kutip” ‘satu’ – dua — tiga…", "\"kutip\" 'satu' - dua - tiga..."),
        ("±1,2 km", "+-1,2 km"),
        ("a\u00a0b\u200bc\ufeffd", "a bcd"),
        ("[a] {b} ~c| d\\e^ `f`", "(a) (b) -c/ d/e' 'f'"),
        ("🆘 tolong 🏃🏽\u200d♂️ 1️⃣ 🇮🇩!", " tolong  1 !"),
        ("5°30′", "5 30'"),
        ("€5", "EUR5"),
        ("Ọlọ́pàá ẹ gbà mí", "Olopàa e gbà mi"),
        ("６２８１２", "62812"),
        ("دار", "dr"),  # another script: what is left of it
        ("baris\r\nbaru\ttab", "baris\nbaru tab"),
        ("\x00\x1b", ""),
        ("", ""),
    ],
)
def test_it_finds_the_way_into_the_alphabet(text: str, gsm: str) -> None:
    assert segments.to_gsm(text) == gsm


@given(st.text())
def test_whatever_comes_in_leaves_in_the_basic_alphabet(text: str) -> None:
    plain = segments.to_gsm(text)
    assert segments.septets(plain) == len(plain)
    assert smsutil.is_valid_gsm("a" + plain)
    assert segments.to_gsm(plain) == plain


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # 306 septets, but the first part loses one: the sign is not torn
        ("±" + "a" * 69, 1),
        ("±" + "a" * 70, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),  # 33 pairs a part, not 33 and a half
    ],
)
def test_it_counts_the_messages_that_are_billed(text: str, count: int) -> None:
    assert segments.segments(text) == count


@given(st.text(st.sampled_from(GSM), max_size=500))
def test_it_counts_gsm_texts_as_the_oracle_does(text: str) -> None:
    assert segments.segments(text) == max(1, len(smsutil.split(text).parts))


@given(st.text(st.sampled_from("aé±ç 😀🆘中"), min_size=1, max_size=300))
def test_it_counts_other_texts_as_the_oracle_does(text: str) -> None:
    assert segments.segments(text) == len(smsutil.split(text).parts)


@given(st.text(st.sampled_from(GSM), max_size=400))
def test_it_fits_only_what_one_message_takes(text: str) -> None:
    assert segments.fits(text) == (segments.segments(text) == 1)


def test_a_text_of_another_alphabet_does_not_fit_however_short() -> None:
    assert not segments.fits("±")
    with pytest.raises(ValueError, match="±"):
        segments.septets("a±")


@pytest.mark.parametrize(
    ("text", "limit", "left"),
    [
        ("Budi Santoso", 12, "Budi Santoso"),
        ("Budi Santoso", 11, "Budi Santos"),  # the word break would lose half
        ("Budi Santoso Wijaya", 15, "Budi Santoso"),
        ("Budi Santoso Wijaya", 12, "Budi Santoso"),
        ("satu dua", 5, "satu"),
        ("a€€", 3, "a€"),
        ("a€€", 4, "a€"),
        ("kata", 0, ""),
    ],
)
def test_it_cuts_between_words_where_it_can(text: str, limit: int, left: str) -> None:
    assert segments.cut(text, limit) == left


@given(st.text(st.sampled_from(GSM), max_size=200), st.integers(0, 170))
def test_a_cut_is_a_beginning_that_fits(text: str, limit: int) -> None:
    left = segments.cut(text, limit)
    assert text.startswith(left)
    assert segments.septets(left) <= limit
