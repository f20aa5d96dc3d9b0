"""Of which recordings a sentence is made, and which are worth recording."""

from __future__ import annotations

import pytest

from gateway.core.languages import CODES
from gateway.core.sentences import phrases, recorded, script

THERE = {
    "siaga polisi", "panggilan darurat kode", "kode", "ka", "tujuh", "ki", "lokasi", "polsek barat", "tekan satu",
    "satu", "tekan", "untuk menerima", "tekan satu untuk menerima",
}  # fmt: skip


@pytest.mark.parametrize(
    ("says", "text", "pieces"),
    [
        ("whole", "Siaga polisi.", ["siaga polisi"]),
        ("with facts", "Panggilan darurat, kode ka, tujuh, ki.", ["panggilan darurat kode", "ka", "tujuh", "ki"]),
        ("a name", "Lokasi: Polsek Barat.", ["lokasi", "polsek barat"]),
        ("the fewest pieces", "Tekan satu untuk menerima.", ["tekan satu untuk menerima"]),
        ("a word is missing", "Tekan delapan untuk menerima.", ["!Tekan delapan untuk menerima."]),
        ("one of two sentences", "Siaga polisi. Lokasi: Pasar.", ["siaga polisi", "!Lokasi: Pasar."]),
        ("two sentences", "Siaga polisi. Lokasi: Polsek Barat.", ["siaga polisi", "lokasi", "polsek barat"]),
        ("no words", " . ,", []),
    ],
)
def test_a_sentence_is_of_recordings_where_they_cover_it_and_of_one_voice_else(
    says: str, text: str, pieces: list[str]
) -> None:
    made = recorded.compose(text, THERE)
    assert [piece.words if piece.is_recorded else f"!{piece.words}" for piece in made] == pieces, says
    assert recorded.is_recorded(text, THERE) is not any(piece.startswith("!") for piece in pieces)


def test_there_is_a_pause_after_a_sentence() -> None:
    pauses = [piece.pause_ms for piece in recorded.compose("Kode ka. Tekan satu.", THERE)]
    assert pauses == [recorded.BETWEEN_MS, recorded.AFTER_MS, recorded.AFTER_MS]


def test_without_recordings_nothing_is_recorded() -> None:
    assert not recorded.is_recorded("", set())
    assert not recorded.is_recorded("Tekan satu.", set())


@pytest.mark.parametrize("language", CODES)
def test_whoever_records_all_that_is_wanted_hears_the_menu_in_that_voice(language: str) -> None:
    wanted = {one.key for one in recorded.wanted(language, {"units": ["Polsek Barat"], "places": ["Pasar Flamboyan"]})}
    said = [
        *recorded.fixed(language),
        phrases.say("voice.emergency", language, code=script.spell_code("K7Q", language)),
        phrases.say("voice.distance", language, distance=script.spoken_distance(1240, language)),
        phrases.say("voice.place", language, place="Polsek Barat"),
        phrases.say("voice.number", language, number=script.spell_number("+6281234567890", language)),
        script.spoken_distance(835, language),
    ]
    assert [text for text in said if not recorded.is_recorded(text, wanted)] == []


def test_every_piece_is_wanted_once_and_a_digit_is_a_digit() -> None:
    wanted = recorded.wanted("id", {"units": ["Satu", "Polsek Barat"], "places": ["Polsek Barat"]})
    keys = [one.key for one in wanted]
    assert len(keys) == len(set(keys))
    assert {one.key: one.group for one in wanted}["satu"] == "digits"
    assert [one.group for one in wanted if one.key == "polsek barat"] == ["units"]
