"""What kind of trouble it is: officers are told, a desk may change it, and where nobody has said it nothing is said."""

from __future__ import annotations

import pytest
from journeys.city import Phone, Pontianak

from gateway.core.incident_kinds import IncidentKind
from gateway.core.sentences.alert_text import kind_words
from gateway.core.sentences.segments import fits
from gateway.identity.users import Identity
from gateway.incidents import drills
from gateway.models import event as events
from gateway.models import incident as incidents
from gateway.models.unit import Unit
from gateway.monitor import desk_actions

SAID_OF_KINDS = [
    kind_words(kind, group, "id") for kind in IncidentKind if kind != "unknown" for group in ("alert", "voice")
]


def desk_changes(city: Pontianak, kind: str) -> None:
    siti = Identity(1, "Siti", "desk", city.barat.id, city.barat.name, "Asia/Pontianak", "id", 0, None)
    with city.open() as uow:
        desk_actions.act(uow, siti, incidents.lock(uow.db, city.incident.id), "kind", {"kind": kind})
    city.settle()


def says_no_kind(phone: Phone) -> bool:
    alert, call = phone.expects_text("DARURAT"), phone.expects_call().answers().said
    return not [words for words in SAID_OF_KINDS if words in alert or words in call]


def kind_lines(city: Pontianak) -> list[tuple[str, str]]:
    with city.open() as uow:
        lines = events.of_incident(uow.db, city.incident.id)
    return [(line.who, line.text) for line in lines if line.kind == "kind"]


def test_a_fire_is_a_fire_in_alert_and_call_until_the_desk_says_otherwise(city: Pontianak) -> None:
    city.budi.texts("TOLONG ada api besar di gang merak")
    nearest, second = city.of_barat[:2]
    assert nearest.expects_text("KEBAKARAN").startswith(f"DARURAT {city.incident.code} KEBAKARAN ")
    nearest.expects_call(saying="Kebakaran.").answers()
    assert (city.incident.kind, city.incident.kind_reason, city.incident.kind_by) == ("fire", "ada api", None)

    desk_changes(city, "medical")

    second.expects_call(saying="Darurat medis.").answers()
    assert "Kebakaran." not in second.calls[-1].said
    assert (city.incident.kind, city.incident.kind_by) == ("medical", "Siti")
    assert city.incident.kind_reason == "ada api"  # what the caller wrote is what they wrote
    assert kind_lines(city) == [("", "Kebakaran"), ("Siti", "Darurat medis")]


def test_of_a_missed_call_nobody_says_a_kind(city: Pontianak) -> None:
    city.budi.rings()
    assert city.incident.what is IncidentKind.UNKNOWN
    assert says_no_kind(city.of_barat[0])
    assert kind_lines(city) == []


def test_of_the_menus_first_key_nobody_says_a_kind(city: Pontianak) -> None:
    city.budi.dials("*123#")
    city.budi.replies("1")
    assert city.incident.what is IncidentKind.UNKNOWN
    assert says_no_kind(city.of_barat[0])


def test_a_word_of_panic_alone_tells_no_kind(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    assert says_no_kind(city.of_barat[0])


def test_later_words_of_the_caller_tell_a_kind_that_was_unknown(city: Pontianak) -> None:
    city.budi.rings()
    city.budi.texts("rumah saya kebakaran")
    assert (city.incident.kind, city.incident.kind_reason) == ("fire", "kebakaran")
    city.of_barat[1].expects_call(saying="Kebakaran.").answers()
    assert kind_lines(city) == [("", "Kebakaran")]


def test_later_words_change_no_kind_that_is_known(city: Pontianak) -> None:
    city.budi.texts("TOLONG kebakaran")
    city.budi.texts("TOLONG ada maling juga")
    assert city.incident.kind == "fire"


@pytest.mark.parametrize("chosen", ["medical", "unknown"])
def test_no_words_overwrite_what_a_desk_has_chosen(city: Pontianak, chosen: str) -> None:
    city.budi.texts("TOLONG")
    desk_changes(city, chosen)
    city.budi.texts("TOLONG kebakaran")
    assert city.incident.kind == chosen


def test_a_quiet_incident_may_say_its_kind_to_officers_and_nothing_to_the_caller(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM suami saya mukul saya")
    assert city.of_barat[0].expects_text("KDRT").startswith(f"JANGAN TELP/SMS {city.incident.code} KDRT ")
    desk_changes(city, "crime")
    assert city.budi.got == []


def test_a_drill_is_of_no_kind(city: Pontianak) -> None:
    with city.open() as uow:
        drills.begin(uow, uow.db.get(Unit, city.barat.id))  # type: ignore[arg-type]
    city.settle()
    assert city.incident.what is IncidentKind.UNKNOWN
    assert says_no_kind(city.of_barat[0])


def test_an_alert_of_every_kind_is_one_message(city: Pontianak) -> None:
    for words in ("kdrt suami bawa parang", "banjir besar", "odgj ngamuk"):
        city.budi.texts(f"TOLONG {words} {'di jalan gusti situt mahmud gang flamboyan tiga ' * 3}")
        assert all(fits(text) for text in city.of_barat[0].got)
