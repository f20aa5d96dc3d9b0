"""What comes in: panic, command, or a question back. Never silence."""

from __future__ import annotations

import pytest
from journeys.city import Pontianak
from sqlalchemy import select

from gateway.identity import pins
from gateway.models.citizen import Citizen


def test_an_unclear_text_tells_the_desk_asks_back_and_ya_opens_the_incident(city: Pontianak) -> None:
    city.budi.texts("besok jadi ke rumah nggak")
    city.desk_barat.expects_text("Budi Santoso", "besok jadi")
    city.budi.expects_text("Balas YA")
    assert city.incidents == []

    city.budi.texts("YA")

    assert city.incident.state == "open"
    city.of_barat[0].expects_call()


def test_ya_long_after_the_question_is_a_question_again(city: Pontianak) -> None:
    city.budi.texts("besok jadi")
    city.budi.texts("bukan")
    city.forward(seconds=31 * 60)
    city.budi.texts("YA")
    assert city.incidents == []


def test_a_quiet_citizen_is_never_asked_back_and_never_answered(city: Pontianak) -> None:
    siti = city.citizen("+6281390000009", name="Siti", unit=city.barat, lat=-0.02, lon=109.30, quiet=True)
    siti.texts("besok jadi ke rumah nggak")
    siti.texts("TOLONG")
    city.of_barat[0].expects_text("JANGAN TELP/SMS")
    city.of_barat[0].expects_call().presses("2")
    city.forward(seconds=180)
    assert siti.untouched


def test_diam_after_the_panic_word_keeps_that_phone_dark(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM")
    alert = city.of_barat[0].expects_text(city.incident.code)
    assert alert.startswith("JANGAN TELP/SMS")
    city.of_barat[0].expects_call().presses("2")
    city.of_barat[0].rings()
    city.forward(seconds=60)
    assert city.budi.untouched


def test_diam_alone_while_an_incident_is_open_makes_it_quiet_from_then_on(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    before = len(city.budi.got)
    city.budi.texts("DIAM")
    city.of_barat[0].expects_text("JANGAN TELP/SMS", city.incident.code)
    city.of_barat[0].texts("OK")
    assert len(city.budi.got) == before


def test_diam_alone_with_nothing_open_tells_the_desk_and_asks_nothing(city: Pontianak) -> None:
    city.budi.texts("DIAM")
    city.desk_barat.expects_text("DIAM", "Budi")
    assert city.budi.untouched
    assert city.incidents == []


def test_a_repeat_joins_and_brings_the_next_wave_forward_but_no_sooner_than_ten_seconds(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.forward(seconds=2)
    city.budi.rings()
    city.forward(seconds=7)
    assert city.asked(wave=2) == set()
    city.forward(seconds=2)
    assert city.asked(wave=2) != set()
    assert len(city.incidents) == 1


def test_officers_hear_of_repeats_at_most_once_a_minute_with_the_count(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    for _ in range(3):
        city.budi.texts("TOLONG")
        city.forward(seconds=5)
    about = [text for text in city.of_barat[0].got if "memanggil lagi" in text]
    assert len(about) == 1
    city.forward(seconds=60)
    city.of_barat[0].expects_text("(3x)")
    assert len([text for text in city.of_barat[0].got if "memanggil lagi" in text]) == 2


def test_after_an_acceptance_what_the_citizen_adds_goes_to_whoever_accepted(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.budi.texts("pelakunya lari ke gang belakang")
    city.of_barat[0].expects_text("gang belakang")
    assert "gang belakang" not in " ".join(city.of_barat[1].got)


@pytest.mark.parametrize("words", ["AMAN", "AMAN 9999", "sudah aman"])
def test_aman_without_a_right_pin_cancels_nothing_and_everybody_hears_just_that(city: Pontianak, words: str) -> None:
    with city.open() as uow:
        budi = uow.db.scalars(select(Citizen).where(Citizen.phone == city.budi.number)).one()
        budi.pin_hash = pins.hash_pin("4711")
    city.budi.texts("TOLONG")
    city.budi.texts(words)
    assert city.incident.state == "open"
    city.of_barat[0].expects_text("AMAN TANPA PIN")
    city.desk_barat.expects_text("AMAN TANPA PIN")
    city.budi.expects_text(city.incident.code, "AMAN")
    city.forward(seconds=31)
    assert city.asked(wave=2) != set()


def test_a_stranger_who_cries_for_help_is_answered_honestly_and_reaches_no_officer(city: Pontianak) -> None:
    stranger = city.phone("+6281355500001")
    stranger.texts("TOLONG ada rampok")
    stranger.texts("TOLONG")
    assert len(stranger.got) == 1
    stranger.expects_text("TIDAK ADA petugas", "110", "DAFTAR")
    city.forward(seconds=120)
    assert city.incidents == []
    assert all(phone.untouched for phone in (*city.of_barat, city.desk_barat))


def test_a_strangers_missed_call_is_rejected_and_only_counted(city: Pontianak) -> None:
    stranger = city.phone("+6281355500001")
    call = stranger.rings()
    assert call is not None
    assert call.outcome == "rejected"
    assert stranger.got == []
    assert city.incidents == []


@pytest.mark.parametrize("sender", ["MYBANK", "9389", "+6256100110"])
def test_machines_and_our_own_numbers_are_kept_and_never_answered(city: Pontianak, sender: str) -> None:
    city.phone(sender).texts("TOLONG menang hadiah")
    city.forward(seconds=5)
    assert city.phone(sender).got == []
    assert city.incidents == []


def test_a_suspended_citizens_panic_is_shown_but_rings_nobody(city: Pontianak) -> None:
    rudi = city.citizen("+6281390000005", name="Rudi", unit=city.barat, state="suspended")
    rudi.texts("TOLONG")
    assert city.incidents == []
    assert all(phone.untouched for phone in city.of_barat)


@pytest.mark.parametrize("words", ["kebakaran di gang merak", "jl gajah mada tolong", "dibegal di jl ampera"])
def test_an_emergency_told_without_a_leading_cry_rings_officers_at_once(city: Pontianak, words: str) -> None:
    city.budi.texts(words)
    assert city.incident.state == "open"
    city.of_barat[0].expects_call()


# --- numbers on both lists --------------------------------------------------------------------------------------


def test_an_officers_panic_word_with_nothing_to_answer_is_the_officers_own_panic(city: Pontianak) -> None:
    rina = city.of_barat[0]
    rina.texts("TOLONG")
    assert city.incident.phone == rina.number
    assert rina.number not in city.asked(wave=1)
    city.forward(seconds=200)
    assert rina.number not in {alert.phone for alert in city.alerts()}
    assert rina.calls == []


def test_an_officers_chatter_goes_to_the_incident_and_is_answered_with_the_list_of_answers(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts("macet sekali di jembatan ndan")
    assert "officer_said" in city.timeline()
    city.of_barat[0].expects_text("OK", "TOLAK")
    assert city.incident.state == "open"


@pytest.mark.parametrize("words", ["BANTUAN saya ditembak", "tiba di tkp, saya ditembak"])
def test_an_officer_who_is_attacked_before_accepting_has_a_panic_of_their_own(city: Pontianak, words: str) -> None:
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    rina.texts(words)
    assert {incident.phone for incident in city.incidents} == {city.budi.number, rina.number}


def test_an_officer_who_is_attacked_after_accepting_gets_back_up_for_the_incident(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.of_barat[0].texts("tiba di tkp, saya ditembak")
    assert "back_up" in city.timeline()
    assert city.incident.phone == city.budi.number


@pytest.mark.parametrize("words", ["siap ndan, tolong ada yg masuk rumah saya", "OTW. TOLONG saya dirampok"])
def test_a_cry_beside_an_answer_is_an_answer_and_a_panic(city: Pontianak, words: str) -> None:
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    rina.texts(words)
    theirs, hers = city.incidents
    assert (theirs.phone, theirs.state != "open") == (city.budi.number, True)
    assert (hers.phone, hers.state) == (rina.number, "open")
    city.budi.expects_text("Barat 1")
    rina.expects_text(theirs.code, "MEMIMPIN")
    city.forward(seconds=3)
    city.of_barat[1].expects_text(hers.code)


def test_a_cry_for_quiet_beside_an_answer_leaves_that_phone_dark(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    texts, calls = len(rina.got), len(rina.calls)
    rina.texts("siap ndan, tolong diam ada yg masuk rumah saya")
    city.forward(seconds=60)
    assert [incident.quiet for incident in city.incidents] == [False, True]
    assert city.incidents[0].state == "accepted"
    assert (len(rina.got), len(rina.calls)) == (texts, calls)


@pytest.mark.parametrize("words", ["siap, meluncur", "OTW, tolong share lokasi"])
def test_an_everyday_answer_is_no_panic_of_the_officer(city: Pontianak, words: str) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts(words)
    assert (city.incident.phone, city.incident.state) == (city.budi.number, "en_route")


def test_an_answer_that_names_a_call_they_were_not_asked_for_counts_once_it_is_proven(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    late = city.of_kota[5]
    assert late.number not in {alert.phone for alert in city.alerts()}
    late.texts(f"OTW {city.incident.code}")
    late.expects_call().presses("7")
    assert [alert.wave for alert in city.alerts() if alert.phone == late.number] == [0]
    assert city.incident.state == "en_route"


def test_what_an_officer_tells_of_the_scene_opens_no_incident_of_the_officers(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.of_barat[0].texts("pelaku lari ke jl ampera bawa pisau")
    assert city.incident.phone == city.budi.number


def test_an_officers_chatter_with_no_incident_goes_to_the_desk(city: Pontianak) -> None:
    city.of_barat[0].texts("macet sekali di jembatan ndan")
    city.desk_barat.expects_text("macet sekali")
    city.of_barat[0].expects_text("OK", "TOLAK")


def test_an_officer_who_is_a_citizen_too_is_read_as_one_with_nothing_to_answer(city: Pontianak) -> None:
    with city.open() as uow:
        from gateway.models.citizen import Citizen, Person

        person = Person(name="Rina", created_at=city.clock.at)
        uow.db.add(Citizen(phone=city.of_barat[0].number, person=person, state="verified", applied_at=city.clock.at))
    city.of_barat[0].texts("besok jadi ke rumah nggak")
    city.of_barat[0].expects_text("Balas YA")


def test_a_text_that_fails_twice_reaches_the_desk_raw(city: Pontianak, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug in understanding")

    # a bug cannot be handed in as a fake: it is put where one would be
    monkeypatch.setattr("gateway.sms.DO", dict.fromkeys(__import__("gateway.sms").sms.DO, broken))
    city.budi.texts("TOLONG api besar")
    city.forward(seconds=3)
    city.desk_barat.expects_text("api besar")


def test_a_text_that_fails_once_is_understood_a_second_later(city: Pontianak, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug in choosing")

    with monkeypatch.context() as bug:  # a passing fault, put where one would be
        bug.setattr("gateway.dispatch.waves.ask_next", broken)
        city.budi.texts("TOLONG")
    assert city.incidents == []
    city.forward(seconds=2)
    city.of_barat[0].expects_call()
