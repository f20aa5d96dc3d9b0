"""A phone that must stay dark stays dark, whatever else its owner is to us and whatever it sends."""

from __future__ import annotations

import pytest
from journeys.city import Pontianak

from gateway.register import decisions


@pytest.mark.parametrize(
    "words", ["INFO", "LAPOR lampu jalan mati", "BATAL DAFTAR 1111", "DAFTAR Budi#6171014112900001#x"]
)
def test_no_command_is_answered_while_somebody_hides(city: Pontianak, words: str) -> None:
    city.budi.texts("TOLONG DIAM").texts(words)
    assert city.budi.untouched


def test_nor_does_the_desk_make_it_beep_by_what_it_decides_about_the_number(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM")
    with city.open() as uow:
        decisions.suspend(uow, city.budi.number, "Ibu Admin", "salah nomor")
    city.settle()
    assert city.budi.untouched


def test_what_somebody_in_need_reports_is_read_by_whoever_comes(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts("OK")
    city.budi.texts("LAPOR pelaku pakai motor merah")
    city.of_barat[0].expects_text("motor merah")
    assert "ditambahkan" in city.budi.last_text
    assert not any("TIDAK dikirim" in text for text in city.budi.got)


def test_an_officer_who_hides_is_asked_for_nobody_else(city: Pontianak) -> None:
    hides = city.of_barat[0].texts("TOLONG DIAM")
    city.budi.texts("TOLONG")
    city.forward(seconds=1)
    assert hides.untouched
    assert city.of_barat[1].is_ringing


def test_nor_does_a_call_that_is_owed_reach_an_officer_who_hides_meanwhile(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    hides = city.of_barat[0]
    hides.hangs_up()
    hides.texts("TOLONG DIAM")
    texts, calls = len(hides.got), len(hides.calls)
    city.forward(seconds=46)
    city.of_barat[1].texts("OK")
    assert (len(hides.got), len(hides.calls)) == (texts, calls)


def test_a_volunteer_who_needs_help_is_not_asked_to_help(city: Pontianak) -> None:
    with city.open() as uow:
        uow.db.merge(city.barat).volunteers = True
    near = city.citizen("+6281390000021", "Ani", unit=city.barat, lat=-0.0227, lon=109.30, volunteer_m=1000)
    near.texts("TOLONG DIAM")
    city.budi.texts("TOLONG")
    city.forward(seconds=61)
    assert near.untouched
