"""Forty people call about one fire: nobody is lost in it, and nobody's own trouble is taken for the fire."""

from __future__ import annotations

from datetime import timedelta

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway.identity import pins
from gateway.identity.users import Identity
from gateway.incidents import same_event
from gateway.models import incident as incidents
from gateway.models import part as parts
from gateway.models.alert import Alert
from gateway.models.citizen import Citizen
from gateway.models.event import Event
from gateway.models.incident import Incident
from gateway.monitor import desk_actions, same_events

FIRE = "TOLONG kebakaran"


def neighbour(city: Pontianak, number: int, **facts: object) -> Phone:
    """Somebody who lives in Budi's street."""
    home: dict[str, object] = {"unit": city.barat, "lat": -0.02 - number / 10_000, "lon": 109.30} | facts
    return city.citizen(f"+62813900002{number:02}", name=f"Warga {number}", **home)


def call_of(city: Pontianak, phone: Phone) -> Incident:
    with city.open() as uow:
        query = select(Incident).where(Incident.phone == phone.number).order_by(Incident.id.desc())
        return uow.db.scalars(query).first()


def asked_for(city: Pontianak, phone: Phone) -> set[str]:
    mine = call_of(city, phone).id
    return {alert.phone for alert in city.alerts() if alert.incident_id == mine}


def part_of(city: Pontianak, phone: Phone) -> str:
    """The code of the first call of the event that this one is part of; "" where it stands alone."""
    mine = call_of(city, phone).id
    with city.open() as uow:
        head = parts.head_of(uow.db, mine)
        return head.code if head is not None else ""


def lines_of(city: Pontianak, phone: Phone) -> list[str]:
    mine = call_of(city, phone).id
    with city.open() as uow:
        return list(uow.db.scalars(select(Event.kind).where(Event.incident_id == mine).order_by(Event.id)))


def merge(city: Pontianak, later: Phone, first: Phone) -> object:
    """The desk's click."""
    mine, other = call_of(city, later).id, call_of(city, first).id
    with city.open() as uow:
        why = same_event.merge(uow, "Siti", incidents.lock(uow.db, mine), uow.db.get_one(Incident, other))
    city.settle()
    return why


def split(city: Pontianak, phone: Phone) -> None:
    mine = call_of(city, phone).id
    with city.open() as uow:
        same_event.split(uow, "Siti", incidents.lock(uow.db, mine))
    city.settle()


def proposed(city: Pontianak) -> dict[str, str]:
    """What the monitors show as perhaps one event: the first call's code, by that of the later one."""
    with city.open() as uow:
        return dict(same_events.proposed(uow, Incident.id > 0))


def no_desk(city: Pontianak) -> None:
    with city.open() as uow:
        for unit in (city.barat, city.kota, city.polres, city.polda):
            uow.db.get_one(type(unit), unit.id).phone = None


@pytest.fixture
def ani(city: Pontianak) -> Phone:
    return neighbour(city, 1)


# --- proposed to the desk -------------------------------------------------------------------------------------------


def test_two_calls_close_in_place_and_time_are_proposed_and_both_ring_on(city: Pontianak, ani: Phone) -> None:
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    assert proposed(city) == {call_of(city, ani).code: call_of(city, city.budi).code}
    assert part_of(city, ani) == ""  # never by themselves: there is a desk
    assert asked_for(city, ani) & {officer.number for officer in city.of_barat}


@pytest.mark.parametrize(
    "words",
    ["TOLONG DIAM kebakaran", "TOLONG ada maling", "tolong suami saya pukul saya"],
    ids=["quiet", "kind", "home"],
)
def test_quiet_calls_other_kinds_and_violence_at_home_are_never_proposed(
    city: Pontianak, ani: Phone, words: str
) -> None:
    city.budi.texts(FIRE)
    ani.texts(words)
    assert proposed(city) == {}
    assert merge(city, ani, city.budi) is not None
    assert part_of(city, ani) == ""


def test_a_call_far_away_or_much_later_is_not_proposed(city: Pontianak, ani: Phone) -> None:
    city.budi.texts(FIRE)
    neighbour(city, 2, lat=-0.03).texts(FIRE)
    assert proposed(city) == {}
    city.clock.at += timedelta(minutes=31)
    ani.texts(FIRE)
    assert call_of(city, ani).code not in proposed(city)


# --- merged by a click ----------------------------------------------------------------------------------------------


def test_merging_tells_who_was_asked_only_for_the_later_call_and_the_leader_reads_of_it(
    city: Pontianak, ani: Phone
) -> None:
    city.budi.texts(FIRE)
    ani.texts(f"{FIRE} toko emas")
    only = [officer for officer in city.of_barat if officer.number not in asked_for(city, city.budi)]
    asked = [officer for officer in only if officer.number in asked_for(city, ani)]
    assert asked
    assert all(officer.is_ringing for officer in asked)
    city.of_barat[0].expects_call().presses("1")
    assert merge(city, ani, city.budi) is None
    city.forward(3)
    code, first = call_of(city, ani).code, call_of(city, city.budi).code
    for officer in asked:
        officer.expects_text(code, first, "Barat 1", "memimpin")
        assert not officer.is_ringing
    city.of_barat[0].expects_text(first, code, "Warga 1", "toko emas")
    ani.expects_text(code, "Barat 1")
    assert "merged" in lines_of(city, ani)
    assert "merged" in lines_of(city, city.budi)


def test_merged_calls_ring_on_while_nobody_leads_and_ask_nobody_more_while_somebody_does(
    city: Pontianak, ani: Phone
) -> None:
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    merge(city, ani, city.budi)
    city.forward(33)
    assert call_of(city, ani).wave == 2
    city.of_barat[0].texts(f"OK {call_of(city, city.budi).code}")
    city.forward(120)
    assert call_of(city, ani).wave <= 3
    before = call_of(city, ani).wave
    city.of_barat[0].texts("OTW")
    city.forward(200)
    assert call_of(city, ani).wave == before


def test_where_the_leader_cannot_come_after_all_the_merged_call_asks_again(city: Pontianak, ani: Phone) -> None:
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    merge(city, ani, city.budi)
    city.forward(60)
    before = call_of(city, ani).wave
    city.of_barat[0].texts("TOLAK")
    city.forward(8)
    assert call_of(city, ani).wave > before


def test_where_the_leader_is_silent_the_merged_call_asks_again(city: Pontianak, ani: Phone) -> None:
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    merge(city, ani, city.budi)
    city.forward(60)
    before = call_of(city, ani).wave
    city.forward(200)
    assert "leader_silent" in lines_of(city, city.budi)
    assert call_of(city, ani).wave > before


def test_splitting_restores_in_one_press(city: Pontianak, ani: Phone) -> None:
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    before = asked_for(city, ani)
    city.of_barat[0].expects_call().presses("1")
    merge(city, ani, city.budi)
    city.forward(20)
    split(city, ani)
    city.forward(3)
    mine = call_of(city, ani).id
    waiting = {row.phone for row in city.alerts() if row.incident_id == mine and row.state in ("sent", "delivered")}
    assert before - {city.of_barat[0].number} <= waiting
    assert part_of(city, ani) == ""
    assert proposed(city) == {}  # somebody said that it is something else
    assert merge(city, ani, city.budi) is None  # and may say otherwise later
    assert part_of(city, ani) == call_of(city, city.budi).code


def test_each_keeps_its_code_its_words_and_its_pin(city: Pontianak) -> None:
    ani = neighbour(city, 1, pin_hash=pins.hash_pin("4711"))
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    merge(city, ani, city.budi)
    ani.texts("di belakang toko")
    ani.expects_text("POLISI", call_of(city, ani).code)
    city.of_barat[0].expects_text(call_of(city, ani).code, "di belakang toko")
    ani.texts("AMAN 4711")
    assert call_of(city, ani).state == "cancelled"
    assert not call_of(city, city.budi).closed
    city.of_barat[0].expects_text(call_of(city, ani).code, "tetap berjalan")


# --- split out by itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["ada maling di rumah saya", "anak saya pingsan", "cepat pak", "suami saya pukul saya", "TOLONG", "diam"]
)
def test_who_writes_of_another_kind_of_need_or_of_violence_is_split_out_by_itself(
    city: Pontianak, ani: Phone, words: str
) -> None:
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    merge(city, ani, city.budi)
    city.forward(20)
    assert part_of(city, ani)
    ani.texts(words)
    city.forward(2)
    assert part_of(city, ani) == ""
    city.desk_barat.expects_text(call_of(city, ani).code, "DIPISAH", call_of(city, city.budi).code)
    assert call_of(city, ani).wave == 2
    city.of_barat[0].expects_text(call_of(city, ani).code, "BUKAN bagian")


def test_a_missed_call_of_a_merged_caller_splits_it_out_too(city: Pontianak, ani: Phone) -> None:
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    merge(city, ani, city.budi)
    ani.rings()
    city.forward(2)
    assert part_of(city, ani) == ""


def test_duress_splits_a_merged_call_out_and_its_phone_sees_what_a_cancelled_one_sees(city: Pontianak) -> None:
    ani = neighbour(city, 1, pin_hash=pins.hash_pin("4711"), duress_hash=pins.hash_pin("1174"))
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    merge(city, ani, city.budi)
    city.forward(20)
    got = len(ani.got)
    ani.texts("AMAN 1174")
    city.forward(20)
    assert part_of(city, ani) == ""
    assert call_of(city, ani).wave >= 2
    assert len(ani.got) == got + 1
    assert "dibatalkan" in ani.last_text


def test_where_the_first_caller_becomes_quiet_the_others_go_on_without_them(city: Pontianak, ani: Phone) -> None:
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    merge(city, ani, city.budi)
    city.forward(20)
    before = call_of(city, ani).wave
    city.budi.texts("DIAM")
    city.forward(8)
    assert part_of(city, ani) == ""
    assert call_of(city, ani).wave > before


# --- an empty desk ----------------------------------------------------------------------------------------------------


def test_with_an_empty_desk_the_first_wave_counts_for_all_and_the_leader_reads_of_the_others(city: Pontianak) -> None:
    no_desk(city)
    city.budi.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    others = [neighbour(city, number) for number in range(1, 6)]
    for person in others:
        person.texts(f"{FIRE} los {person.number[-1]}")
    city.forward(30)
    first = call_of(city, city.budi).code
    for person in others:
        assert part_of(city, person) == first
        assert asked_for(city, person) == set()
        assert call_of(city, person).state == "open"
        city.of_barat[0].expects_text(first, call_of(city, person).code, f"los {person.number[-1]}")
        assert [text for text in person.got if "Barat 1" in text]
        assert "diterima" in person.got[0].casefold() or "menerima" in person.got[0].casefold(), person.got[0]


def test_with_an_empty_desk_and_nobody_who_leads_the_later_calls_go_on_with_their_second_wave(
    city: Pontianak, ani: Phone
) -> None:
    no_desk(city)
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    assert asked_for(city, ani) == set()
    city.forward(32)
    assert call_of(city, ani).wave == 2
    assert asked_for(city, ani)


def test_an_answer_without_a_code_of_who_leads_is_about_the_event(city: Pontianak, ani: Phone) -> None:
    no_desk(city)
    city.budi.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    ani.texts(FIRE)
    city.forward(5)
    city.of_barat[0].texts("OTW")
    assert call_of(city, city.budi).state == "en_route"
    assert call_of(city, ani).state == "open"


def test_the_leader_who_says_that_it_is_something_else_starts_the_first_wave_of_that_call(
    city: Pontianak, ani: Phone
) -> None:
    no_desk(city)
    city.budi.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    ani.texts(FIRE)
    city.forward(5)
    assert asked_for(city, ani) == set()
    city.of_barat[0].texts(f"TOLAK {call_of(city, ani).code}")
    city.forward(1)
    assert part_of(city, ani) == ""
    assert call_of(city, ani).wave == 1
    assert asked_for(city, ani) & {officer.number for officer in city.of_barat}
    assert call_of(city, city.budi).leader_id is not None


@pytest.mark.parametrize(
    "words", ["TOLONG", "TOLONG ada maling", "TOLONG kebakaran anak saya terjebak", "TOLONG DIAM kebakaran"]
)
def test_even_with_an_empty_desk_no_other_need_waits_for_anybody(city: Pontianak, ani: Phone, words: str) -> None:
    no_desk(city)
    city.budi.texts(FIRE)
    ani.texts(words)
    assert part_of(city, ani) == ""
    assert asked_for(city, ani)


def test_a_desk_that_has_said_nothing_for_a_minute_counts_as_empty_and_one_that_acts_does_not(
    city: Pontianak, ani: Phone
) -> None:
    city.budi.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    ani.texts(FIRE)
    assert part_of(city, ani) == ""  # the desk has had no time yet
    city.forward(61)
    joko = neighbour(city, 3)
    joko.texts(FIRE)
    assert part_of(city, joko)
    city.desk_barat.joins(call_of(city, city.budi).code)
    siti = neighbour(city, 4)
    siti.texts(FIRE)
    assert part_of(city, siti) == ""


# --- the first one is over --------------------------------------------------------------------------------------------


def led(city: Pontianak, *others: Phone) -> None:
    no_desk(city)
    city.budi.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    for person in others:
        person.texts(FIRE)
    city.forward(10)


def test_each_caller_is_asked_before_their_own_call_is_over(city: Pontianak, ani: Phone) -> None:
    led(city, ani)
    city.of_barat[0].texts("TIBA")
    city.of_barat[0].texts("SELESAI")
    city.forward(10)
    assert call_of(city, city.budi).closed
    assert not call_of(city, ani).closed
    ani.expects_text(call_of(city, ani).code, "Masih butuh polisi")
    assert asked_for(city, ani) == set()
    city.forward(310)  # silence is no answer
    assert asked_for(city, ani)


def test_who_still_needs_help_after_the_end_is_helped_at_once(city: Pontianak, ani: Phone) -> None:
    led(city, ani)
    city.of_barat[0].texts("SELESAI")
    city.forward(10)
    ani.texts("TOLONG")
    city.forward(12)
    assert asked_for(city, ani)


def test_where_nobody_has_been_there_the_next_caller_leads_the_rest(city: Pontianak, ani: Phone) -> None:
    joko = neighbour(city, 3)
    led(city, ani, joko)
    city.of_barat[0].texts("PALSU")
    city.forward(12)
    assert asked_for(city, ani) & {officer.number for officer in city.of_barat}
    assert part_of(city, ani) == ""
    assert part_of(city, joko) == call_of(city, ani).code
    assert asked_for(city, joko) == set()


def test_a_yes_to_any_call_of_the_event_counts_for_those_that_still_wait(city: Pontianak, ani: Phone) -> None:
    no_desk(city)
    joko = neighbour(city, 3)
    for person in (city.budi, ani, joko):
        person.texts(FIRE)
    city.forward(32)
    goes = next(officer for officer in city.of_barat if officer.number in asked_for(city, ani))
    goes.texts(f"OK {call_of(city, ani).code}")
    city.forward(8)
    wave = call_of(city, joko).wave
    goes.texts("OTW")
    city.forward(120)
    assert call_of(city, joko).wave == wave
    assert call_of(city, city.budi).wave > 2  # the first call itself rings on until somebody says yes to it
    goes.expects_text(call_of(city, joko).code, "Warga 3")


def test_forty_callers_of_one_fire_at_night(city: Pontianak) -> None:
    """One leader, 39 lines of words to read, and no officer who is rung 40 times."""
    no_desk(city)
    city.budi.texts(FIRE)
    people = [neighbour(city, number, lat=-0.02 - number / 100_000) for number in range(1, 40)]
    for person in people[:10]:
        person.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    for person in people[10:]:
        person.texts(FIRE)
    city.forward(60)
    assert {part_of(city, person) for person in people} == {call_of(city, city.budi).code}
    assert all(asked_for(city, person) == set() for person in people)
    told = [text for text in city.of_barat[0].got if "juga" in text]
    assert len(told) == 39
    assert max(len(officer.calls) for officer in (*city.of_barat, *city.of_kota)) <= 2


def test_alerts_of_a_held_call_are_called_off_for_the_same_officer_without_a_second_text(
    city: Pontianak, ani: Phone
) -> None:
    city.budi.texts(FIRE)
    ani.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    city.forward(3)
    got = len(city.of_barat[1].got)
    merge(city, ani, city.budi)
    city.forward(3)
    mine = call_of(city, ani).id
    with city.open() as uow:
        states = set(uow.db.scalars(select(Alert.state).where(Alert.incident_id == mine)))
    assert states == {"stood_down"}
    assert len(city.of_barat[1].got) == got  # asked for both: has read of the leader already


# --- a desk closes all of it ------------------------------------------------------------------------------------------


def presses(city: Pontianak, phone: Phone, action: str, **form: str) -> None:
    """A man at the desk presses a button on the page of the newest call of this phone."""
    newest = call_of(city, phone).id
    who = Identity(1, "Siti", "admin", None, "", "Asia/Pontianak", "id", 1, None)
    with city.open() as uow:
        desk_actions.act(uow, who, incidents.lock(uow.db, newest), action, form)
    city.settle()


CLOSE = {"outcome": "resolved", "reason": "padam", "event": "1"}


def merged(city: Pontianak, *others: Phone) -> None:
    city.budi.texts(FIRE)
    city.of_barat[0].expects_call().presses("1")
    for person in others:
        person.texts(FIRE)
        assert merge(city, person, city.budi) is None
    city.forward(7)


def test_one_press_closes_the_event_after_each_caller_was_asked_and_one_press_undoes_it(
    city: Pontianak, ani: Phone
) -> None:
    people = [ani, *(neighbour(city, number) for number in range(2, 6))]
    merged(city, *people)
    presses(city, city.budi, "close", **CLOSE)
    assert call_of(city, city.budi).state == "resolved"
    for person in people:
        person.expects_text(call_of(city, person).code, "Masih butuh polisi")
        assert not call_of(city, person).closed
    before = [len(asked_for(city, person)) for person in people]
    city.forward(310)
    assert {call_of(city, person).state for person in people} == {"resolved"}
    assert [len(asked_for(city, person)) for person in people] == before  # nobody was asked to come
    presses(city, city.budi, "reopen")
    assert not any(call_of(city, person).closed for person in (city.budi, *people))
    city.forward(60)
    assert all(part_of(city, person) == call_of(city, city.budi).code for person in people)


@pytest.mark.parametrize("words", ["TOLONG", "asapnya masih banyak pak"])
def test_who_answers_the_question_is_not_closed_with_the_event(city: Pontianak, ani: Phone, words: str) -> None:
    joko = neighbour(city, 3)
    merged(city, ani, joko)
    presses(city, city.budi, "close", **CLOSE)
    ani.texts(words)
    city.forward(312)
    assert not call_of(city, ani).closed
    assert asked_for(city, ani)
    assert call_of(city, joko).closed


def test_a_caller_whom_no_text_may_reach_is_not_closed_by_silence(city: Pontianak, ani: Phone) -> None:
    with city.open() as uow:
        uow.db.scalars(select(Citizen).where(Citizen.phone == ani.number)).one().pin_given_at = uow.now()
    merged(city, ani)
    presses(city, city.budi, "close", **CLOSE)
    city.forward(330)
    assert "Masih butuh polisi" not in " ".join(ani.got)
    assert not call_of(city, ani).closed
    assert asked_for(city, ani)


def test_undone_before_the_callers_have_answered_they_are_part_of_it_as_before(city: Pontianak, ani: Phone) -> None:
    merged(city, ani)
    presses(city, city.budi, "close", **CLOSE)
    presses(city, city.budi, "reopen")
    city.of_barat[0].texts(f"OK {call_of(city, city.budi).code}")
    city.forward(330)
    assert not call_of(city, ani).closed
    assert part_of(city, ani) == call_of(city, city.budi).code


def test_a_call_that_was_closed_by_itself_before_stays_closed_when_the_event_is_opened_again(
    city: Pontianak, ani: Phone
) -> None:
    merged(city, ani)
    presses(city, ani, "close", outcome="resolved", reason="selesai")
    city.forward(5)
    presses(city, city.budi, "close", **CLOSE)
    presses(city, city.budi, "reopen")
    assert call_of(city, ani).closed
