"""The database is away: nobody who asks for help is left alone, and nobody is endangered by it."""

from __future__ import annotations

import re

from journeys.city import Phone, Pontianak

NEAREST = 3


def alert_of(phone: Phone) -> str:
    """The text of the outage on this phone."""
    return phone.expects_text("SISTEM TERGANGGU")


def code_in(text: str) -> str:
    return re.findall(r"OK (\w+)$", text)[0]


def heard(phone: Phone) -> bool:
    return any("SISTEM TERGANGGU" in text for text in phone.got)


def test_the_desk_and_the_nearest_officers_are_texted_and_rung(city: Pontianak) -> None:
    with city.database_away():
        city.budi.texts("TOLONG ada maling di rumah saya")
        for phone in (city.desk_barat, *city.of_barat[:NEAREST]):
            text = alert_of(phone)
            assert "Budi Santoso" in text
            assert "081390000001" in text
            assert "maling" in text
            assert len(text) <= 160
            phone.expects_call(saying="Sistem kami terganggu").answers()
        assert not any(heard(phone) for phone in (*city.of_barat[NEAREST:], *city.of_kota, city.desk_kota))
        city.budi.expects_text("DITERIMA", "terganggu", "110")


def test_the_officer_who_answers_meanwhile_leads_the_incident_of_that_code(city: Pontianak) -> None:
    with city.database_away():
        city.budi.texts("TOLONG")
        code = code_in(alert_of(city.of_barat[1]))
        city.of_barat[1].texts(f"OK {code}")
    city.drain_spool()
    assert city.incident.code == code
    city.of_barat[1].expects_text(code, "MEMIMPIN")
    assert city.asked(wave=1) == {city.desk_barat.number, *(phone.number for phone in city.of_barat[:NEAREST])}
    for phone in (city.desk_barat, *city.of_barat[:NEAREST]):
        assert sum(code in text and "arurat" in text.casefold() for text in phone.got) == 1
    assert "asked_meanwhile" in city.timeline()


def test_a_yes_without_a_code_counts_for_what_the_outage_asked(city: Pontianak) -> None:
    with city.database_away():
        city.budi.texts("TOLONG")
        city.of_barat[0].texts("siap")
    city.drain_spool()
    city.of_barat[0].expects_text("MEMIMPIN")


def test_each_phone_is_asked_once_for_a_person_however_often_they_cry(city: Pontianak) -> None:
    with city.database_away():
        for words in ("TOLONG", "TOLONG CEPAT", "tolong pak"):
            city.budi.texts(words)
        assert [text for text in city.of_barat[0].got if "SISTEM TERGANGGU" in text] == [alert_of(city.of_barat[0])]
        assert len(city.budi.got) == 1


def test_a_missed_call_and_a_menu_are_panics_too(city: Pontianak) -> None:
    siti = city.citizen("+6281390000002", "Siti", unit=city.barat)
    with city.database_away():
        city.budi.rings()
        assert "Budi" in alert_of(city.desk_barat)
        assert "110" in siti.dials("*123#")
        assert not any("Siti" in text for text in city.desk_barat.got)
    city.drain_spool()


def test_a_second_outage_asks_again(city: Pontianak) -> None:
    for _ in range(2):
        with city.database_away():
            city.budi.texts("TOLONG")
        city.drain_spool()
        city.forward(seconds=60)
    assert len([text for text in city.desk_barat.got if "SISTEM TERGANGGU" in text]) == 2
