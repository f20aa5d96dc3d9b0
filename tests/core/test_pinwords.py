"""PINs in people's words are not for reading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.words.pinwords import hide_pins


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("AMAN 1234", "AMAN ****"),
        ("aman1234", "aman****"),
        ("Aman. 12345678", "Aman. ****"),
        ("sudah aman pak 123456", "sudah aman pak ****"),
        ("aman, pin saya 9988 ya", "aman, pin saya **** ya"),
        ("BATAL DAFTAR 4321", "BATAL DAFTAR ****"),
        ("batal daftar: 4321", "batal daftar: ****"),
        ("SAFE 4321", "SAFE ****"),
        ("salama 4321", "salama ****"),
        ("AMAN K7Q 1234", "AMAN K7Q ****"),
        ("aman kode 7KQ2 1234", "aman kode 7KQ2 ****"),
        ("PIN 1234 5678", "PIN **** ****"),
        ("pin 1234,56789", "pin ****,****"),
        ("ganti pin 1234 jadi 5678", "ganti pin **** jadi ****"),
        ("1234", "****"),
        (" 123456. ", " ******. "),
        ("OK 739 1", "OK ****"),
        ("OK K7Q 739 1.", "OK K7Q ****."),
    ],
)
def test_a_pin_is_masked(text: str, shown: str) -> None:
    assert hide_pins(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "AMAN",
        "",
        "TOLONG di jl ampera 1234",
        "aman, telepon 081234567890",
        "-0.0263,109.3425",
        "LOKASI amanah 1234",
        "OK K7Q",
        "123",
        "123456789",
        "OTW 100 5 menit",
    ],
)
def test_what_is_no_pin_stays(text: str) -> None:
    assert hide_pins(text) == text


@given(st.text(max_size=60), st.from_regex(r"[0-9]{4,8}", fullmatch=True))
def test_a_pin_behind_its_word_never_stays(before: str, pin: str) -> None:
    assert hide_pins(f"{before} AMAN {pin}").endswith(" AMAN ****")
