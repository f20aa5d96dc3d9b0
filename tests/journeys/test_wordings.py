"""Words that an operator changed are those that the next panic's phones show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from journeys.city import Pontianak

from gateway import wordings
from gateway.core.sentences import phrases


@pytest.fixture(autouse=True)
def catalogue_only() -> Iterator[None]:
    yield
    phrases.reword({})


def change(city: Pontianak, key: str, text: str) -> None:
    with city.house.open_uow() as uow:
        wordings.change(uow, key, "id", text, "Ibu Admin")
    city.house.vocabulary.look_again()


def test_the_next_panics_receipt_is_in_the_operators_words(city: Pontianak) -> None:
    change(city, "citizen.received_no_pin", "POLISI KHATULISTIWA: {code} kami terima {time}. Tel {station}")
    city.budi.texts("TOLONG")
    assert city.budi.expects_text("KHATULISTIWA").startswith(f"POLISI KHATULISTIWA: {city.incident.code} kami terima")


def test_a_screen_is_in_the_operators_words(city: Pontianak) -> None:
    menu = phrases.original("ussd.citizen", "id").replace("DARURAT SEKARANG", "MINTA TOLONG")
    change(city, "ussd.citizen", menu)
    assert "1 MINTA TOLONG" in city.budi.dials("*110#")


def test_a_wording_that_came_to_be_wrong_silences_nobody(city: Pontianak) -> None:
    phrases.reword({("citizen.received", "id"): "POLISI {nobody}", ("voice.emergency", "id"): "{"})
    city.budi.texts("TOLONG")
    assert "DITERIMA" in city.budi.expects_text("POLISI")
    assert "Panggilan darurat" in city.of_barat[0].expects_call().answers().said
