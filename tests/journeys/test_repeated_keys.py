"""A carrier that is not sure of our answer tells a key press again: it is answered, and nothing happens twice."""

from __future__ import annotations

from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway import voice
from gateway.core.messages import CallEvent, HangUp, Phase, Say, Script
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound


def told_again(city: Pontianak, phone: Phone, digits: str) -> Script:
    """The same key of the same call, once more."""
    with city.open() as uow:
        calls = select(Attempt).join(Outbound).where(Outbound.kind == outbounds.CALL, Outbound.phone == phone.number)
        attempt = uow.db.scalars(calls.order_by(Attempt.id)).first()
        event = CallEvent(attempt.line, attempt.ref, False, phone.number, Phase.KEY, attempt=attempt.id, digits=digits)
        script = voice.heard(uow, event)
    city.settle()
    return script


def test_a_yes_that_is_told_again_is_answered_and_noted_once(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    rina.expects_call().presses("1")
    texts, steps = rina.got, city.timeline()

    words, end = told_again(city, rina, "1")

    assert isinstance(words, Say)
    assert "Budi" in words.text
    assert end == HangUp()
    assert rina.got == texts
    assert city.timeline() == steps


def test_a_yes_that_is_told_again_does_not_undo_a_later_no(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    rina, tono = city.of_barat[:2]
    rina.expects_call().presses("1")
    rina.texts("TOLAK")
    tono.texts("OK")
    told_again(city, rina, "1")
    assert {alert.phone: alert.state for alert in city.alerts(wave=1)}[rina.number] == "declined"


def test_a_no_that_is_told_again_does_not_undo_a_later_yes(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    rina.expects_call().presses("0")
    rina.texts("OK")
    told_again(city, rina, "0")
    assert city.incident.state == "accepted"
    assert {alert.phone: alert.state for alert in city.alerts(wave=1)}[rina.number] == "accepted"


def test_being_put_through_is_noted_once(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    rina.expects_call().presses("2")
    first = told_again(city, rina, "2")
    assert city.timeline().count("connected") == 1
    assert told_again(city, rina, "2") == first
