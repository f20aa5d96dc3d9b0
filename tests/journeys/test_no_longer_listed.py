"""A number that may not ask for officers, and for which they are asked all the same: what it sends reaches them."""

from __future__ import annotations

import pytest
from journeys.city import Phone, Pontianak

from gateway.identity.users import Identity
from gateway.register import decisions
from gateway.responses import raise_from_text

PIKET = Identity(1, "Piket", "desk", None, "", "Asia/Pontianak", "id", 1, None)


@pytest.fixture(params=["a stranger whose text a desk has marked", "a citizen who was suspended meanwhile"])
def caller(city: Pontianak, request: pytest.FixtureRequest) -> Phone:
    """Their incident is open, and an officer goes."""
    if request.param.startswith("a stranger"):
        phone = city.phone("+6281355500001")
        phone.texts("pak tolong saya dipukuli suami -0.0180,109.3050")
        with city.open() as uow:
            words = "pak tolong saya dipukuli suami -0.0180,109.3050"
            raise_from_text.raise_alarm(uow, PIKET.name, PIKET.unit_id, phone.number, words)
    else:
        phone = city.budi
        phone.texts("TOLONG")
        with city.open() as uow:
            decisions.suspend(uow, phone.number, "Piket", "sering iseng")
    city.settle()
    city.of_barat[0].texts("OK")
    return phone


def test_words_reach_whoever_comes(city: Pontianak, caller: Phone) -> None:
    caller.texts("saya di gudang belakang pasar")
    city.of_barat[0].expects_text("gudang belakang pasar")
    assert city.incident.code in caller.last_text


def test_a_panic_and_a_call_are_repeats_of_it(city: Pontianak, caller: Phone) -> None:
    caller.texts("TOLONG")
    caller.rings()
    assert city.incident.repeats == 2


def test_diam_keeps_that_phone_dark(city: Pontianak, caller: Phone) -> None:
    caller.texts("DIAM")
    assert city.incident.quiet
    before = len(caller.got)
    caller.texts("TOLONG")
    city.of_barat[0].texts("TIBA")
    assert len(caller.got) == before


def test_once_it_is_closed_they_are_what_they_were(city: Pontianak, caller: Phone) -> None:
    city.of_barat[0].texts("SELESAI")
    asked = len(city.alerts())
    caller.texts("TOLONG")
    caller.rings()
    assert [incident.state for incident in city.incidents] == ["resolved"]
    assert len(city.alerts()) == asked
