"""The citizen and those who accepted write to each other through our number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from journeys.city import Phone, Pontianak

from gateway.core.policy import POLICIES, dumps


@pytest.fixture
def rina(city: Pontianak) -> Phone:
    """The nearest officer, who has accepted Budi's call."""
    city.budi.texts("TOLONG")
    return city.of_barat[0].texts("OK")


@pytest.fixture
def siti(city: Pontianak) -> Phone:
    """A neighbour of Budi's."""
    return city.citizen("+6281390000002", "Siti", unit=city.barat, lat=-0.02, lon=109.30)


def hides_numbers(city: Pontianak) -> None:
    with city.open() as uow:
        uow.db.merge(city.barat).waves = dumps(replace(POLICIES["nearest_first"], hide_numbers=1))


# --- from the officer to the citizen ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("bu kami di depan pagar", "bu kami di depan pagar"),
        ("WARGA kami di depan pagar", "kami di depan pagar"),
        ("Pak, rumahnya yang mana?", "rumahnya yang mana?"),
        ("kak nyalakan lampu teras", "kak nyalakan lampu teras"),
    ],
)
def test_what_an_officer_says_to_the_citizen_reaches_the_citizen(
    city: Pontianak, rina: Phone, words: str, read: str
) -> None:
    rina.texts(words)
    city.budi.expects_text(f"POLISI ({city.incident.code})", "Barat 1", read)
    rina.expects_text(city.incident.code, "diteruskan ke warga")
    assert "to_citizen" in city.timeline()


@pytest.mark.parametrize("words", ["pak kapolsek mohon arahan", "bu kanit, personel kurang", "pak izin, jalan macet"])
def test_words_to_a_colleague_stay_in_the_house(city: Pontianak, rina: Phone, words: str) -> None:
    before = len(city.budi.got)
    rina.texts(words)
    assert len(city.budi.got) == before
    assert "officer_said" in city.timeline()


def test_words_without_an_address_are_noted_and_the_officer_reads_how_they_reach_the_citizen(
    city: Pontianak, rina: Phone
) -> None:
    before = len(city.budi.got)
    rina.texts("rumah kosong, lampu mati semua")
    assert len(city.budi.got) == before
    rina.expects_text(city.incident.code, "WARGA <pesan>")


def test_long_words_come_in_several_texts_and_nothing_is_cut_out(city: Pontianak, rina: Phone) -> None:
    words = " ".join(f"kata{number}" for number in range(30))
    before = len(city.budi.got)
    rina.texts(f"WARGA {words}")
    told = city.budi.got[before:]
    assert [text.rpartition(": ")[2].split()[0] for text in told] == ["1/3", "2/3", "3/3"]
    assert " ".join(" ".join(text.rpartition(": ")[2].split()[1:]) for text in told) == words


def test_an_answer_is_read_first(city: Pontianak, rina: Phone) -> None:
    rina.texts("bu kami sudah tiba di depan")
    assert city.incident.state == "on_scene"
    assert "to_citizen" not in city.timeline()


def test_the_officers_own_panic_is_read_first(city: Pontianak, rina: Phone) -> None:
    rina.texts("pak TOLONG saya ditembak")
    assert city.open_incident_of(rina) is not None
    assert "to_citizen" not in city.timeline()


def test_pins_are_masked(city: Pontianak, rina: Phone) -> None:
    rina.texts("bu balas AMAN 4711 kalau sudah aman")
    assert not any("4711" in text for text in city.budi.got)
    city.budi.expects_text("AMAN ****")


def test_who_has_not_accepted_cannot_write_to_the_citizen(city: Pontianak, rina: Phone) -> None:
    asked = city.of_barat[1]
    before = len(city.budi.got)
    asked.texts("WARGA kami sebentar lagi")
    asked.texts("bu tunggu ya")
    assert len(city.budi.got) == before
    asked.expects_text("hanya yang menerima")


def test_who_has_accepted_two_is_asked_and_the_code_says_which(city: Pontianak, rina: Phone, siti: Phone) -> None:
    first = city.incident.code
    siti.texts("TOLONG")
    other = next(row.code for row in city.incidents if row.code != first)
    rina.texts(f"OK {other}")
    budi, sitis = len(city.budi.got), len(siti.got)
    rina.texts("bu kami di depan")
    assert (len(city.budi.got), len(siti.got)) == (budi, sitis)
    rina.expects_text(first, other, "WARGA")
    rina.texts(f"WARGA {other} kami di depan")
    siti.expects_text("kami di depan")
    assert len(city.budi.got) == budi


def test_a_foreign_code_behind_warga_reaches_nobody(city: Pontianak, rina: Phone) -> None:
    before = len(city.budi.got)
    rina.texts("WARGA Z9Z kami di depan")
    assert len(city.budi.got) == before


@pytest.mark.parametrize("darkens", ["TOLONG DIAM", "DIAM"])
def test_nothing_goes_to_a_quiet_phone_and_the_officer_is_told(city: Pontianak, rina: Phone, darkens: str) -> None:
    city.budi.texts(darkens)
    before = len(city.budi.got)
    rina.texts("bu kami di depan pagar")
    assert len(city.budi.got) == before
    rina.expects_text("TIDAK diteruskan")
    assert "kept_back" in city.timeline()


def test_five_a_minute_reach_the_citizen_and_the_sixth_is_kept(city: Pontianak, rina: Phone) -> None:
    before = len(city.budi.got)
    for number in range(6):
        rina.texts(f"bu pesan nomor {'abcdef'[number]}")
    assert len(city.budi.got) == before + 5
    rina.expects_text("TIDAK diteruskan", "5 SMS")
    city.forward(seconds=61)
    rina.texts("bu masih di sana?")
    city.budi.expects_text("masih di sana?")


# --- from the citizen to those who accepted ---------------------------------------------------------------------------


def test_all_who_accepted_read_what_the_citizen_writes(city: Pontianak, rina: Phone) -> None:
    joko = city.of_barat[1].joins(city.incident.code)
    city.budi.texts("pintu belakang terbuka")
    for phone in (rina, joko):
        phone.expects_text(f"{city.incident.code} dari warga", "pintu belakang terbuka")


def test_what_comes_faster_waits_its_turn_and_is_not_lost(city: Pontianak, rina: Phone) -> None:
    for word in ("kuning", "hijau", "biru", "hitam", "putih", "ungu"):
        city.budi.texts(f"rumah saya {word}")
    assert not any("ungu" in text for text in rina.got)
    city.forward(seconds=65)
    rina.expects_text("dari warga", "ungu")


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_where_the_unit_hides_numbers_officers_read_none_and_the_desk_does(city: Pontianak) -> None:
    hides_numbers(city)
    city.budi.texts("TOLONG")
    rina = city.of_barat[0].texts("OK")
    city.budi.texts("telpon saya di 0812 3456 7890")
    rina.texts("bu telpon saya 081298765432")
    assert not any(number in text for text in rina.got for number in ("081390000001", "0812 3456 7890"))
    assert not any("081298765432" in text for text in city.budi.got)
    assert any("081390000001" in text for text in city.desk_barat.got)


def test_else_the_officer_reads_the_number(city: Pontianak, rina: Phone) -> None:
    rina.expects_text("081390000001")


# --- after the closing ------------------------------------------------------------------------------------------------


def test_for_ten_minutes_after_the_closing_words_go_both_ways(city: Pontianak, rina: Phone) -> None:
    rina.texts("SELESAI")
    city.forward(seconds=60)
    rina.texts("bu dompetnya kami bawa ke polsek")
    city.budi.expects_text("dompetnya kami bawa")
    city.budi.texts("kunci motor saya ketinggalan di mobil bapak")
    rina.expects_text("dari warga", "kunci motor")


def test_after_ten_minutes_it_is_over(city: Pontianak, rina: Phone) -> None:
    rina.texts("SELESAI")
    city.forward(seconds=601)
    before = len(city.budi.got)
    rina.texts("bu dompetnya kami bawa ke polsek")
    assert len(city.budi.got) == before
    city.budi.texts("kunci motor saya ketinggalan di mobil bapak")
    assert not any("kunci motor" in text for text in rina.got)


@pytest.mark.parametrize("words", ["terima kasih pak polisi", "makasih banyak pak sudah aman", "AMAN"])
def test_thanks_after_a_closing_wake_nobody(city: Pontianak, rina: Phone, words: str) -> None:
    rina.texts("SELESAI")
    before = [len(phone.got) + len(phone.calls) for phone in (rina, city.desk_barat)]
    city.budi.texts(words)
    city.forward(seconds=120)
    assert [len(phone.got) + len(phone.calls) for phone in (rina, city.desk_barat)] == before
    assert city.open_incident_of(city.budi) is None


# --- ready phrases in the menu ----------------------------------------------------------------------------------------


def test_the_menu_has_ready_phrases_for_who_accepted(city: Pontianak, rina: Phone) -> None:
    rina.dials("*110#")
    rina.replies("2")
    rina.replies("1")
    rina.replies("8")
    assert "1 Kami di depan" in rina.menu
    rina.replies("1")
    assert "diteruskan" in rina.menu
    city.budi.expects_text("Barat 1", "kami sudah di depan")
    assert "to_citizen" in city.timeline()


def test_the_menu_sends_nothing_for_who_has_not_accepted(city: Pontianak, rina: Phone) -> None:
    asked = city.of_barat[1]
    before = len(city.budi.got)
    asked.dials("*110#")
    for key in ("2", "1", "8", "1"):
        asked.replies(key)
    assert "hanya yang menerima" in asked.menu
    assert len(city.budi.got) == before
