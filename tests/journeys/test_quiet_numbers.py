"""Quiet belongs to the number: before and after a panic, over all its incidents, and over all that is still queued."""

from __future__ import annotations

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway.identity import pins
from gateway.identity.users import Identity
from gateway.models import incident as incidents
from gateway.models import quiet_number as quiet_numbers
from gateway.models.clarification import Clarification
from gateway.monitor import board, desk_actions, unread
from gateway.monitor.card import Card

CODE = "*384*110#"
PIN, DURESS = "4711", "1147"


def the_desk(city: Pontianak) -> Identity:
    scope = frozenset({city.barat.id})
    return Identity(1, "Aiptu Sri", "desk", city.barat.id, city.barat.name, "Asia/Pontianak", "id", 0, scope)


def card_of(city: Pontianak, phone: Phone) -> Card:
    with city.open() as uow:
        row = incidents.open_of(uow.db, phone.number)
        assert row is not None
        (card,) = board.cards_of(uow, the_desk(city), "id", [row])
    return card


def test_a_panic_after_a_quiet_word_alone_stays_dark(city: Pontianak) -> None:
    city.budi.texts("DIAM")
    city.forward(20)
    city.budi.texts("TOLONG")
    city.forward(60)
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.forward(60)
    assert city.incident.quiet
    assert city.budi.untouched
    city.of_barat[1].expects_text("JANGAN TELP/SMS")


def test_a_question_of_ours_that_is_still_queued_does_not_leave_after_a_quiet_panic(city: Pontianak) -> None:
    city.asleep = True
    city.budi.texts("mantap betul")
    city.budi.texts("TOLONG DIAM")
    city.asleep = False
    city.forward(30)
    assert city.budi.untouched


def test_the_end_of_a_first_incident_is_not_told_while_the_second_is_quiet(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    code = city.incident.code
    city.of_barat[0].texts(f"OK {code}")
    city.forward(2)
    seen = len(city.budi.got)
    city.asleep = True
    city.of_barat[0].texts(f"SELESAI {code}")
    city.budi.texts("TOLONG DIAM")
    city.asleep = False
    city.forward(60)
    assert city.budi.got[seen:] == []


def test_it_is_asked_again_when_a_text_is_taken_to_the_wire(city: Pontianak) -> None:
    """The quiet word is written by another process, which cannot call off what this one has claimed."""
    city.asleep = True
    city.budi.texts("TOLONG")
    with city.open() as uow:
        quiet_numbers.hold(uow.db, city.budi.number, uow.now())
    city.asleep = False
    city.forward(5)
    assert city.budi.untouched


def test_it_ends_after_twelve_hours(city: Pontianak) -> None:
    city.budi.texts("DIAM")
    with city.open() as uow:
        code = uow.db.scalars(select(Clarification.code)).one()
    city.desk_barat.texts(f"BUKAN {code}")
    city.clock.at += quiet_numbers.HOLDS
    city.budi.texts("TOLONG")
    city.forward(2)
    city.budi.expects_text("DITERIMA")


def test_only_a_desk_lifts_it_by_name_and_with_a_reason(city: Pontianak) -> None:
    city.budi.texts("DIAM")
    city.budi.texts("TOLONG")
    with city.open() as uow:
        incident = incidents.lock(uow.db, city.incident.id)
        desk_actions.unquiet(uow, the_desk(city), incident, {"reason": "ditelepon ibunya, sudah aman"})
    city.budi.texts("apa kabar")
    city.forward(2)
    assert city.budi.got
    with city.open() as uow:
        assert not quiet_numbers.holds(uow.db, city.budi.number, uow.now())


def test_a_desk_lifts_it_from_the_unread_text_where_no_incident_is_open(city: Pontianak) -> None:
    city.budi.texts("DIAM")
    with city.open() as uow:
        (text,) = unread.waiting(uow, the_desk(city))
        assert text.quiet
        row = unread.find(uow, the_desk(city), text.id)
        assert row is not None
        unread.lift_quiet(uow, the_desk(city), row, "salah ketik, sudah ditelepon")
    city.budi.texts("TOLONG")
    city.forward(2)
    city.budi.expects_text("DITERIMA")


def test_news_for_a_citizen_is_not_sent_hours_late(city: Pontianak) -> None:
    """The lines are down when an officer says yes; nothing lights up at night when they are back."""
    city.budi.texts("TOLONG")
    city.forward(2)
    seen = len(city.budi.got)
    city.asleep = True
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.forward(301)
    city.asleep = False
    city.forward(5)
    assert city.budi.got[seen:] == []


# --- the menu's question that nobody answers ----------------------------------------------------------------------


@pytest.mark.parametrize("told", [True, False], ids=["the end is reported", "the end is lost"])
def test_where_the_question_was_never_answered_nothing_goes_there_by_itself(city: Pontianak, told: bool) -> None:
    city.budi.dials(CODE)
    city.budi.replies("1")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    if told:
        city.budi.hangs_up()
    city.forward(200)
    assert city.budi.untouched
    city.of_barat[0].expects_text("DIAM BLM DIJAWAB")
    card = card_of(city, city.budi)
    assert card.not_answered
    assert card.may_call
    assert card.may_write
    city.of_barat[0].rings()  # the officer's own decision
    city.of_barat[0].expects_call().presses("2")
    city.forward(5)
    assert city.budi.calls


def test_until_then_neither_monitor_nor_key_makes_it_ring(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("1")
    city.forward(20)
    card = card_of(city, city.budi)
    assert (card.may_call, card.may_write, card.no_call) == (False, False, "in_menu")


def test_who_accepted_hears_the_answer_that_it_may_ring(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("1")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.budi.replies("2")
    city.forward(2)
    city.of_barat[0].expects_text("tidak harus diam", "081390000001")
    assert card_of(city, city.budi).may_call


# --- after a PIN ---------------------------------------------------------------------------------------------------


def with_pins(city: Pontianak, number: str, name: str) -> Phone:
    hashes = {"pin_hash": pins.hash_pin(PIN), "duress_hash": pins.hash_pin(DURESS)}
    return city.citizen(number, name, unit=city.barat, lat=-0.02, lon=109.30, **hashes)


def test_after_a_right_pin_behind_a_yes_the_monitor_offers_no_call_either(city: Pontianak) -> None:
    dina = with_pins(city, "+6281390000022", "Dina")
    dina.texts("TOLONG")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    dina.texts(f"AMAN {PIN}")
    card = card_of(city, dina)
    assert (card.may_call, card.may_write, card.no_call) == (False, False, "dismissed")


@pytest.mark.parametrize("story", ["nobody goes", "somebody goes", "leaves the register"])
@pytest.mark.parametrize("said_yes", [False, True], ids=["no answer", "yes"])
def test_a_neighbour_reads_the_same_after_either_pin(city: Pontianak, story: str, said_yes: bool) -> None:
    with city.open() as uow:
        uow.db.merge(city.barat).volunteers = True
    heard = []
    for number, pin in (("1", PIN), ("2", DURESS)):
        near = city.citizen(f"+628139000003{number}", "Ani", unit=city.barat, lat=-0.0227, lon=109.30, volunteer_m=900)
        dina = with_pins(city, f"+628139000004{number}", "Dina")
        dina.texts("TOLONG")
        city.forward(65)
        code = city.open_incident_of(dina).code  # type: ignore[union-attr] - it has just been opened
        if said_yes:
            near.texts(f"YA {code}")
        if story == "somebody goes":
            city.of_barat[0].texts(f"OK {code}")
        dina.texts(f"BATAL DAFTAR {pin}" if story == "leaves the register" else f"AMAN {pin}")
        at_once = len(near.got)
        near.texts(f"YA {code}")
        city.forward(20)
        told = [text.replace(code, "CODE").replace(dina.number.removeprefix("+62"), "NUMBER") for text in near.got]
        heard.append((told, at_once))
        with city.open() as uow:  # the next neighbour is the only one
            (citizen,) = [row for row in [unread.identify(uow, near.number).citizen] if row is not None]
            citizen.volunteer_m = None
        running = city.open_incident_of(dina)
        if running is not None:
            with city.open() as uow:
                incident = incidents.lock(uow.db, running.id)
                desk_actions.close(uow, the_desk(city), incident, {"outcome": "resolved", "reason": "selesai"})
            city.forward(2)
            assert len(near.got) == len(heard[-1][0]), "nothing more when it is really over"
    assert heard[0] == heard[1]
    assert any("sudah selesai" in text for text in heard[0][0])
