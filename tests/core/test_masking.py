"""What is taken out of a text before it is kept for training."""

from __future__ import annotations

import pytest

from gateway.core.words.masking import masked, name_words

NAMES = name_words(
    ["Budi Santoso", "Ibu Siti Aminah", "Aman Al Farisi", "Jalan Gusti Situt Mahmud", "Parit Haji Husin"]
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("TOLONG ada maling", "TOLONG ada maling"),
        ("saya Budi, hp 081234567890", "saya [nama], hp ############"),
        ("suami siti mukul SITI", "suami [nama] mukul [nama]"),
        ("rumahnya budinya kebakaran", "rumahnya [nama] kebakaran"),
        ("jl gusti situt mahmud no 12 rt 3", "jl [nama] [nama] [nama] no ## rt #"),
        ("di parit haji husin", "di parit [nama] [nama]"),
        ("AMAN 4711 ya bu", "AMAN #### ya bu"),  # a word that our lists know tells of nobody
        ("lihat https://maps.app.goo.gl/Ab12 cepat\n\tya", "lihat [tautan] cepat ya"),
        ("-0.0334,109.3412", "-#.####,###.####"),
        ("", ""),
    ],
)
def test_digits_links_and_names_are_masked_and_all_else_stays(text: str, kept: str) -> None:
    assert masked(text, NAMES) == kept


def test_no_name_of_the_list_is_left_whatever_stands_around_it() -> None:
    for words in ("BUDI!", "(budi)", "budi.santoso", "Budi/Santoso", "budi2", "xx budi's"):
        assert "budi" not in masked(words, NAMES).casefold()
        assert "santoso" not in masked(words, NAMES).casefold()
