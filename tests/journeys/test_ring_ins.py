"""An officer rings in, picks up the alert that way, and then things go another way than they should."""

from __future__ import annotations

from datetime import timedelta

from journeys.city import Phone, Pontianak

from gateway import voice
from gateway.core.messages import Ask, CallEvent, HangUp, Phase, Say, Script


def presses(city: Pontianak, phone: Phone, digits: str = "") -> Script:
    """What the phone that rang in hears after a key, or after none in time."""
    call = city.handsets.call_log(phone.number)[-1]
    with city.open() as uow:
        return voice.heard(uow, CallEvent("simulator", call.ref, True, phone.number, Phase.KEY, digits=digits))


def test_who_presses_nothing_is_not_read_to_for_ever(city: Pontianak) -> None:
    rina = city.of_barat[0].is_busy()
    city.budi.texts("TOLONG")
    rina.rings()
    assert isinstance(presses(city, rina)[0], Ask)
    city.clock.at += timedelta(seconds=95)
    assert presses(city, rina)[-1] == HangUp()
    assert presses(city, rina, "1")[-1] == HangUp()
    assert city.incident.state == "accepted"


def test_who_presses_after_it_was_closed_hears_so(city: Pontianak) -> None:
    rina, tono = city.of_barat[0].is_busy(), city.of_barat[1]
    city.budi.texts("TOLONG")
    rina.rings()
    tono.texts("OK")
    tono.texts("SELESAI")
    words, end = presses(city, rina, "1")
    assert isinstance(words, Say)
    assert end == HangUp()
