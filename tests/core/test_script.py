"""Words for the ear."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.incident_kinds import IncidentKind
from gateway.core.languages import CODES
from gateway.core.places import addresses
from gateway.core.sentences import script
from gateway.core.sentences.alert_text import AlertFacts

BUDI = AlertFacts(
    code="K7Q",
    at=datetime(2026, 11, 22, 7, 32, tzinfo=UTC),
    timezone="Asia/Pontianak",
    name="Budi Santoso",
    phone="+6281234567890",
    place="Jl. Ampera Gg. Pisang, Kel Sungai Bangkong",
    distance_m=1234,
    lat=-0.0334,
    lon=109.3412,
    source="cell",
    age_seconds=500,
    radius_m=800,
)
NUMBER = "nol, delapan, satu, dua. tiga, empat, lima, enam. tujuh, delapan, sembilan, nol."


def test_the_first_words_say_what_where_how_known_and_the_keys() -> None:
    assert script.first_words(BUDI, "id") == (
        "Siaga polisi. Panggilan darurat, kode ka, tujuh, ki. "
        "Lokasi: Jalan Ampera Gang Pisang, Kelurahan Sungai Bangkong. Satu koma dua kilometer dari Anda. "
        "Perkiraan dari menara, ketelitian kurang lebih delapan ratus meter, delapan menit lalu. "
        "Tekan satu untuk menerima, dua untuk menerima dan disambungkan, nol bila tidak bisa, "
        "sembilan untuk mengulang."
    )


def test_without_a_position_it_says_so() -> None:
    nowhere = replace(BUDI, place=None, distance_m=None, source="", age_seconds=None, radius_m=None)
    assert "Lokasi belum diketahui. Tekan satu" in script.first_words(nowhere, "id")


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("quiet", [False, True])
def test_a_machine_that_listens_hears_neither_name_nor_number(language: str, quiet: bool) -> None:
    said = script.first_words(replace(BUDI, quiet=quiet), language)
    assert "Budi" not in said
    assert script.spell_number("+6281234567890", language) not in said
    assert not re.search(r"\d", said)


@pytest.mark.parametrize(
    ("change", "beginning"),
    [
        ({"quiet": True}, "Jangan telepon balik, jangan kirim pesan ke warga. Siaga polisi."),
        ({"duress": True}, "Jangan telepon balik, jangan kirim pesan. Warga terancam. Siaga polisi."),
        ({"drill": True}, "Ini latihan. Siaga polisi."),
        ({"drill": True, "quiet": True}, "Ini latihan. Jangan telepon balik, jangan kirim pesan ke warga. Siaga"),
    ],
)
def test_the_gravest_thing_is_said_first(change: dict[str, bool], beginning: str) -> None:
    assert script.first_words(replace(BUDI, **change), "id").startswith(beginning)


@pytest.mark.parametrize("change", [{"quiet": True}, {"duress": True}, {"phone": None}])
@pytest.mark.parametrize(("language", "key_two"), [("id", "dua untuk"), ("en", "two to"), ("sw", "mbili kukubali")])
def test_key_two_is_offered_only_where_it_may_be_used(
    change: dict[str, bool | None], language: str, key_two: str
) -> None:
    assert key_two in script.first_words(BUDI, language)
    assert key_two not in script.first_words(replace(BUDI, **change), language)


def test_the_details_say_name_and_number_twice() -> None:
    told = f"Nama: Budi Santoso. Nomor: {NUMBER}"
    assert script.details(BUDI, "id") == f"Dicatat, Anda menerima kode ka, tujuh, ki. {told} Sekali lagi. {told}"


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("change", [{"quiet": True}, {"duress": True}])
def test_a_hushed_number_is_never_said(language: str, change: dict[str, bool]) -> None:
    said = script.details(replace(BUDI, **change), language)
    assert said.count("Budi Santoso") == 2
    assert script.spell_number("+6281234567890", language) not in said


def test_the_details_of_a_quiet_call_say_not_to_call() -> None:
    assert "Jangan telepon balik" in script.details(replace(BUDI, quiet=True), "id")


def test_a_number_that_must_not_be_shown_is_not_said() -> None:
    assert script.details(replace(BUDI, phone=None), "id").count("Nomor warga tidak dapat disebutkan.") == 2


def test_who_picks_up_late_hears_who_goes_and_may_still_support() -> None:
    assert script.already_taken("Bripka Rina", BUDI, "id") == (
        "Kode ka, tujuh, ki sudah ditangani Bripka Rina. Tekan satu bila Anda ikut membantu, nol bila tidak."
    )
    assert script.already_taken("Bripka Rina", replace(BUDI, quiet=True), "id").startswith("Jangan telepon balik")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (script.closed(BUDI, "id"), "Kode ka, tujuh, ki sudah ditutup. Anda tidak perlu datang. Terima kasih."),
        (script.no_key(BUDI, "id"), "Belum ada jawaban dari Anda. Balas SMS OK ka, tujuh, ki bila Anda datang."),
        (script.noted_decline("en"), "Noted, you cannot. Thank you."),
        (script.nothing_for_you("id"), "Tidak ada panggilan darurat untuk Anda saat ini."),
        (script.connecting("en"), "You are being put through. Please wait."),
        (script.disconnected("id"), "Sambungan telah berakhir. Penerimaan Anda tetap tercatat."),
        (script.failed("id"), "Maaf, jawaban Anda belum tercatat. Balas lewat SMS."),
    ],
)
def test_it_has_words_for_every_turn_of_a_call(said: str, words: str) -> None:
    assert said == words


def test_the_desk_is_told_of_an_unclear_text_without_its_words() -> None:
    assert "belum jelas" in script.unclear("id")


@pytest.mark.parametrize(
    ("number", "language", "region", "spelled"),
    [
        ("+6281234567890", "id", None, NUMBER),
        ("+628123456789", "en", "ID", "zero, eight, one, two. three, four, five, six. seven, eight, nine."),
        ("+254712345678", "sw", "KE", "sifuri, saba, moja, mbili. tatu, nne, tano, sita. saba, nane."),
        (
            *("+254712345678", "id", "ID"),
            "plus, dua, lima, empat. tujuh, satu, dua, tiga. empat, lima, enam, tujuh. delapan.",
        ),
        ("110", "id", None, "satu, satu, nol."),
        ("", "id", None, ""),
    ],
)
def test_it_spells_numbers_in_groups_of_four(number: str, language: str, region: str | None, spelled: str) -> None:
    assert script.spell_number(number, language, region) == spelled


@pytest.mark.parametrize(
    ("code", "language", "spelled"),
    [("K7Q", "id", "ka, tujuh, ki"), ("k7q2", "en", "kay, seven, cue, two"), ("W9B", "sw", "we, tisa, be")],
)
def test_it_spells_codes(code: str, language: str, spelled: str) -> None:
    assert script.spell_code(code, language) == spelled


@pytest.mark.parametrize("language", CODES)
def test_every_letter_and_digit_of_a_code_sounds_different(language: str) -> None:
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    assert len({script.spell_code(char, language) for char in alphabet}) == len(alphabet)


@pytest.mark.parametrize(
    ("metres", "language", "spoken"),
    [
        (3, "id", "sepuluh meter"),
        (812, "id", "delapan ratus sepuluh meter"),
        (1234, "id", "satu koma dua kilometer"),
        (1000, "id", "satu kilometer"),
        (12_345, "en", "twelve kilometres"),
        (9949, "en", "nine point nine kilometres"),
        (1234, "sw", "kilomita moja nukta mbili"),
        (2e9, "id", "2000000 kilometer"),
    ],
)
def test_it_says_distances(metres: float, language: str, spoken: str) -> None:
    assert script.spoken_distance(metres, language) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Jl. Ampera Gg 3", "Jalan Ampera Gang 3"),
        ("jln gajah mada, dkt psr Flamboyan", "Jalan gajah mada, Dekat Pasar Flamboyan"),
        ("Kel Benua Melayu Darat RT 03", "Kelurahan Benua Melayu Darat R T 03"),
        ("Jalanan Kelana", "Jalanan Kelana"),
    ],
)
def test_it_says_abbreviations_in_full(written: str, spoken: str) -> None:
    assert addresses.spell_out(written) == spoken


@given(st.text(), st.text(), st.sampled_from(CODES))
def test_nothing_that_breaks_the_carriers_xml_is_ever_said(name: str, place: str, language: str) -> None:
    facts = replace(BUDI, name=name, place=place)
    said = script.first_words(facts, language) + script.details(facts, language)
    assert all(char.isprintable() for char in said + script.already_taken(name, facts, language))


@pytest.mark.parametrize(
    ("language", "said"),
    [("id", " Kebakaran. "), ("en", " A fire. "), ("sw", " Moto. ")],
)
def test_before_a_key_the_kind_is_said_and_never_the_words(language: str, said: str) -> None:
    heard = script.first_words(replace(BUDI, kind=IncidentKind.FIRE, words="api di dapur"), language)
    assert said in heard
    assert "dapur" not in heard
