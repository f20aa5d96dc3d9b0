"""Asking back never ends in silence: an unclear text of a verified number reaches an officer, whoever stays silent."""

from __future__ import annotations

import re

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway.models.citizen import Citizen
from gateway.models.clarification import Clarification
from gateway.models.unit import Unit

UNCLEAR = "dia datang lagi"  # neither clear nor far from an emergency
AML = 'A"ML=1;lt=-0.02010;lg=109.30030;rd=20;top=20261122020000;lc=90;pm=G;si=510101234567890'


def calls(city: Pontianak) -> list[Clarification]:
    with city.open() as uow:
        return list(uow.db.scalars(select(Clarification).order_by(Clarification.id)))


def code(city: Pontianak) -> str:
    return calls(city)[-1].code or ""


def desk_first(city: Pontianak, phone: Phone) -> None:
    with city.open() as uow:
        uow.db.scalars(select(Citizen).where(Citizen.phone == phone.number)).one().desk_first = True


# --- silence ----------------------------------------------------------------------------------------------------------


def test_silence_of_citizen_and_desk_for_a_minute_makes_an_uncertain_incident(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.budi.expects_text("membaca SMS Anda", "Balas YA", "Balas BUKAN")
    city.desk_barat.expects_text("BELUM PASTI", code(city), "Budi Santoso", "dia datang")
    city.forward(seconds=59)
    assert city.incidents == []
    city.forward(seconds=2)
    assert city.incident.uncertain
    assert city.incident.code == calls(city)[0].code
    city.of_barat[0].expects_text("BELUM PASTI", city.incident.code, "Bilang patroli")
    city.of_barat[0].expects_call(saying="Belum pasti").presses("1")
    city.of_barat[0].expects_text("patroli, ada laporan warga sekitar", "JANGAN sebut")
    assert "uncertain" in city.timeline()


def test_the_desk_is_texted_at_once_and_rung_after_fifteen_seconds(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    assert len(city.desk_barat.got) == 1
    city.forward(seconds=14)
    assert not city.desk_barat.is_ringing
    city.forward(seconds=2)
    city.desk_barat.expects_call(saying="belum jelas")


def test_an_empty_text_is_an_uncertain_call(city: Pontianak) -> None:
    city.budi.texts("")
    city.forward(seconds=61)
    assert city.incident.uncertain


def test_without_any_desk_number_it_is_an_incident_at_once(city: Pontianak) -> None:
    with city.open() as uow:
        for unit in uow.db.scalars(select(Unit)):
            unit.phone = None
    city.budi.texts(UNCLEAR)
    city.forward(seconds=2)
    assert city.incident.uncertain
    city.of_barat[0].expects_call()


def test_an_uncertain_incident_goes_up_the_same_waves(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.forward(seconds=61)
    city.forward(seconds=31)
    assert city.asked(wave=2) != set()


# --- the citizen's answer ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["ya", "iya ini darurat pak", "y cpt", "mrk naik ke atap rmh", "besok lagi"])
def test_while_the_question_is_open_whatever_is_no_no_and_no_command_is_a_yes(city: Pontianak, words: str) -> None:
    city.budi.texts(UNCLEAR)
    city.budi.texts(words)
    assert (city.incident.state, city.incident.uncertain) == ("open", False)
    assert "dia datang" in (city.incident.words or "")
    city.of_barat[0].expects_call()


def test_a_yes_brings_its_own_words_and_place(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.budi.texts("ya -0.0311,109.3211")
    assert "dia datang" in (city.incident.words or "")
    city.of_barat[0].expects_text("-0.0311,109.3211")


@pytest.mark.parametrize("settles", ["desk", "citizen"])
def test_a_ya_within_half_an_hour_is_a_yes_whoever_has_settled_the_question(city: Pontianak, settles: str) -> None:
    city.budi.texts(UNCLEAR)
    if settles == "desk":
        city.desk_barat.texts(f"BUKAN {code(city)}")
    else:
        city.budi.texts("bukan")
    city.forward(seconds=20 * 60)
    assert city.incidents == []
    city.budi.texts("YA")
    assert city.incident.state == "open"
    assert city.incident.code == code(city)


def test_a_ya_after_it_opened_by_itself_makes_it_certain(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.forward(seconds=62)
    city.budi.texts("YA")
    assert not city.incident.uncertain
    assert "certain" in city.timeline()
    city.of_barat[0].expects_text("SUDAH PASTI")


@pytest.mark.parametrize("words", ["tidak", "bukan pak", "maaf salah kirim", "no", "hapana"])
def test_a_no_settles_the_question_and_the_text_stays_on_the_monitor(city: Pontianak, words: str) -> None:
    city.budi.texts(UNCLEAR)
    city.budi.texts(words)
    city.forward(seconds=120)
    assert city.incidents == []
    assert calls(city)[0].state == "settled"
    city.budi.expects_text("baik, dicatat")
    city.desk_barat.expects_text("menjawab BUKAN")
    assert not city.desk_barat.is_ringing


def test_a_text_that_is_more_than_a_no_is_a_yes(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.budi.texts("tidak bisa bicara")
    assert city.incident.state == "open"
    assert city.incident.quiet


@pytest.mark.parametrize("words", ["takut saya, dia marah", "cepat ya"])
def test_where_the_text_showed_need_a_no_only_stops_the_ringing_of_the_desk(city: Pontianak, words: str) -> None:
    city.budi.texts(words)
    assert city.incidents == []
    city.forward(seconds=16)
    city.desk_barat.expects_call().lets_it_ring()
    city.budi.texts("bukan")
    before = len(city.budi.got)
    city.forward(seconds=1)
    assert not city.desk_barat.is_ringing
    city.forward(seconds=49)
    assert city.incident.uncertain
    assert len(city.budi.got) == before  # somebody else may hold that phone


def test_a_no_reads_the_same_whether_it_settles_or_not(city: Pontianak) -> None:
    ani = city.citizen("+6281390000002", name="Ani", unit=city.barat, lat=-0.02, lon=109.30)
    city.budi.texts(UNCLEAR)
    ani.texts("takut saya, dia marah")
    city.budi.texts("bukan")
    ani.texts("bukan")
    assert city.budi.last_text == ani.last_text


def test_a_no_of_a_quiet_number_settles_nothing_and_is_not_answered(city: Pontianak) -> None:
    siti = city.citizen("+6281390000009", name="Siti", unit=city.barat, lat=-0.02, lon=109.30, quiet=True)
    siti.texts(UNCLEAR)
    siti.texts("bukan")
    city.forward(seconds=61)
    assert city.incident.quiet
    assert siti.untouched


@pytest.mark.parametrize("words", ["bukan", "tidak"])
def test_once_an_incident_is_open_a_no_is_aman_without_a_pin(city: Pontianak, words: str) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.budi.texts(words)
    assert city.incident.closed_at is None
    city.of_barat[0].expects_text("AMAN TANPA PIN")
    city.desk_barat.expects_text("AMAN TANPA PIN")


def test_a_missed_call_while_the_question_is_open_is_the_panic(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.budi.rings()
    assert (city.incident.code, city.incident.uncertain) == (code(city), False)


# --- the desk's answer ------------------------------------------------------------------------------------------------


def test_darurat_with_the_code_makes_an_incident_now(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.desk_barat.texts(f"DARURAT {code(city)}")
    assert (city.incident.code, city.incident.uncertain) == (code(city), False)
    city.of_barat[0].expects_call()
    assert "marked" in city.timeline()


def test_bukan_with_the_code_settles_it_with_the_name(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.desk_barat.texts(f"BUKAN {code(city)}")
    city.desk_barat.expects_text(code(city), "dicatat BUKAN")
    city.forward(seconds=90)
    assert city.incidents == []
    assert calls(city)[0].answered_by == "Polsek Barat"


def test_ok_with_the_code_makes_of_a_minute_five(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.desk_barat.texts(f"OK {code(city)}")
    city.forward(seconds=295)
    assert city.incidents == []
    assert city.desk_barat.calls == []
    city.forward(seconds=10)
    assert city.incident.uncertain


@pytest.mark.parametrize(("key", "opened", "state"), [("1", 1, "opened"), ("5", 0, "settled"), ("2", 0, "looked_at")])
def test_the_keys_of_the_call_to_the_desk(city: Pontianak, key: str, opened: int, state: str) -> None:
    city.budi.texts(UNCLEAR)
    city.forward(seconds=16)
    city.desk_barat.expects_call(saying="Tekan satu bila darurat").presses(key)
    assert len(city.incidents) == opened
    assert calls(city)[0].state == state


@pytest.mark.parametrize("words", ["OK", "BUKAN", "DARURAT", "siap"])
def test_an_answer_without_the_code_settles_nothing_and_is_asked_which(city: Pontianak, words: str) -> None:
    city.budi.texts(UNCLEAR)
    city.desk_barat.texts(words)
    city.desk_barat.expects_text("SMS yang mana", code(city))
    assert calls(city)[0].state == "waiting"
    city.forward(seconds=61)
    assert city.incident.uncertain


def test_with_no_uncertain_call_open_darurat_is_the_desks_own_panic(city: Pontianak) -> None:
    city.desk_barat.texts("DARURAT")
    assert city.incident.phone == city.desk_barat.number


def test_the_code_stands_in_no_text_to_a_citizen_before_the_incident(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    assert all(code(city) not in text for text in city.budi.got)


def test_somebody_who_does_not_know_the_code_settles_nothing_with_the_desks_number(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.desk_barat.texts("BUKAN Z9Z")
    assert calls(city)[0].state == "waiting"


def test_another_units_desk_does_not_settle_it(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.desk_kota.texts(f"BUKAN {code(city)}")
    assert calls(city)[0].state == "waiting"
    city.desk_polres.texts(f"BUKAN {code(city)}")
    assert calls(city)[0].state == "settled"


# --- desk first -------------------------------------------------------------------------------------------------------


def test_desk_first_asks_the_desk_then_the_desk_above_and_comes_after_five_minutes(city: Pontianak) -> None:
    desk_first(city, city.budi)
    city.budi.texts(UNCLEAR)
    city.forward(seconds=61)
    assert city.incidents == []
    city.desk_polres.expects_text("BELUM PASTI", code(city))
    city.desk_polres.expects_call().lets_it_ring()
    city.forward(seconds=235)
    assert city.incidents == []
    city.forward(seconds=6)
    assert city.incident.uncertain


# --- quiet ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["jgn telp, dia ada d rumah", "jgn bls, dia dgr", "gak bisa ngomong skrg"])
def test_a_quiet_phrase_keeps_the_phone_dark_and_opens_a_quiet_incident(city: Pontianak, words: str) -> None:
    city.budi.texts(words)
    city.desk_barat.expects_text("JANGAN TELP/SMS", code(city))
    city.forward(seconds=61)
    assert city.incident.quiet
    city.of_barat[0].expects_text("JANGAN TELP/SMS")
    city.forward(seconds=60)
    assert city.budi.untouched


def test_diam_alone_with_nothing_open_opens_a_quiet_incident_after_a_minute(city: Pontianak) -> None:
    city.budi.texts("DIAM")
    city.desk_barat.expects_text("JANGAN TELP/SMS", "Budi")
    city.forward(seconds=59)
    assert city.incidents == []
    city.forward(seconds=2)
    assert (city.incident.quiet, city.incident.uncertain) == (True, True)
    assert city.budi.untouched


def test_a_quiet_word_of_an_unknown_number_rings_the_desk_at_once_and_nothing_goes_to_the_phone(
    city: Pontianak,
) -> None:
    stranger = city.phone("+6281355500001")
    stranger.texts("jgn telp, dia ada d rumah")
    city.forward(seconds=2)
    ringing = [desk for desk in (city.desk_polda, city.desk_polres, city.desk_barat) if desk.is_ringing]
    assert ringing
    ringing[0].expects_text("JANGAN TELP/SMS", "tak terdaftar")
    city.forward(seconds=300)
    assert stranger.untouched
    assert city.incidents == []


def test_a_desks_darurat_opens_the_quiet_text_of_an_unknown_number(city: Pontianak) -> None:
    stranger = city.phone("+6281355500001")
    stranger.texts("jgn telp, dia ada d rumah")
    city.desk_polda.texts(f"DARURAT {code(city)}")
    assert (city.incident.phone, city.incident.quiet) == (stranger.number, True)
    assert stranger.untouched


# --- clearly no emergency ---------------------------------------------------------------------------------------------

NOTED = [
    "selamat pagi pak",
    "terima kasih pak",
    "minal aidin wal faizin mohon maaf lahir dan batin",
    "promo kuota murah, diskon 50% isi pulsa disini",
    "ya",
    "tidak",
    "STOP",
]


@pytest.mark.parametrize("words", NOTED)
def test_what_clearly_needs_nobody_becomes_no_incident(city: Pontianak, words: str) -> None:
    city.budi.texts(words)
    city.forward(seconds=120)
    assert city.incidents == []
    assert calls(city) == []
    assert city.desk_barat.untouched


def test_a_greeting_reads_once_an_hour_that_nobody_is_sent(city: Pontianak) -> None:
    city.budi.texts("selamat pagi pak")
    city.budi.texts("halo")
    assert len(city.budi.got) == 1
    city.budi.expects_text("petugas TIDAK dikirim", "TOLONG")


def test_our_own_text_that_comes_back_is_no_uncertain_call(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.desk_barat.texts(f"BUKAN {code(city)}")
    city.budi.texts(city.budi.got[0])
    assert len(calls(city)) == 1
    assert city.incidents == []


@pytest.mark.parametrize("words", ["makasih pak", "sudah aman", "ya", "tidak"])
def test_thanks_and_answers_after_the_closing_need_nobody(city: Pontianak, words: str) -> None:
    close(city)
    city.budi.texts(words)
    city.forward(seconds=120)
    assert len(city.incidents) == 1
    assert calls(city) == []


def test_a_ya_after_the_incident_of_an_answered_question_was_closed_needs_nobody(city: Pontianak) -> None:
    city.budi.texts(UNCLEAR)
    city.budi.texts("ya")
    opened = city.incident.code
    city.of_barat[0].texts(f"OK {opened}")
    city.of_barat[0].texts(f"SELESAI {opened}")
    city.budi.texts("ya")
    city.forward(seconds=90)
    assert len(city.incidents) == 1


def test_anything_else_after_the_closing_is_an_uncertain_call_shown_with_that_incident(city: Pontianak) -> None:
    before = close(city)
    city.budi.texts("dia ke sini lagi nanti malam")
    city.desk_barat.expects_text("BELUM PASTI", f"sesudah {before}")


def test_two_hours_after_the_closing_sudah_aman_is_uncertain_again(city: Pontianak) -> None:
    close(city)
    city.forward(seconds=2 * 3600 + 60)
    city.budi.texts("sudah aman")
    assert len(calls(city)) == 1


def close(city: Pontianak) -> str:
    city.budi.texts("TOLONG")
    opened = city.incident.code
    city.of_barat[0].texts(f"OK {opened}")
    city.of_barat[0].texts(f"TIBA {opened}")
    city.of_barat[0].texts(f"SELESAI {opened}")
    assert city.incident.closed_at is not None
    return opened


# --- a flood ----------------------------------------------------------------------------------------------------------


def crowd(city: Pontianak, count: int, words: str = "rame bgt disini {}") -> list[Phone]:
    people = [
        city.citizen(f"+62813910{number:05}", name=f"Warga {number}", unit=city.barat, lat=-0.02, lon=109.30)
        for number in range(count)
    ]
    for number, person in enumerate(people):
        person.texts(words.format(number))
    return people


def test_above_five_the_rest_reach_an_officer_in_one_text_and_call_a_minute(city: Pontianak) -> None:
    people = crowd(city, 12)
    assert all(person.expects_text("Balas YA") for person in people)
    city.forward(seconds=15)
    named = " ".join(city.of_barat[0].got)
    listed = [call for call in calls(city) if call.state == "listed"]
    assert len(listed) == 7
    assert all(call.code in named for call in listed if call.code)
    assert all(call.code in " ".join(city.desk_barat.got) for call in listed if call.code)
    assert all(call.code in " ".join(city.desk_polres.got) for call in listed if call.code)
    assert len(city.of_barat[0].calls) == 1
    city.forward(seconds=60)
    assert len(city.incidents) == 5


def test_every_text_of_a_flood_reaches_an_officer_within_ninety_seconds(city: Pontianak) -> None:
    crowd(city, 8)
    city.forward(seconds=12)
    late = crowd_of_one(city)
    city.forward(seconds=88)
    told = " ".join(text for officer in (*city.of_barat, *city.of_kota) for text in officer.got)
    mine = [call for call in calls(city) if call.phone == late.number]
    assert (mine[0].code or "-") in told


def crowd_of_one(city: Pontianak) -> Phone:
    late = city.citizen("+6281392000001", name="Terlambat", unit=city.barat, lat=-0.02, lon=109.30)
    return late.texts("ada apa ini ya rame")


def test_the_same_words_of_many_numbers_are_one_line(city: Pontianak) -> None:
    crowd(city, 9, "listrik padam lagi pak")
    city.forward(seconds=15)
    bundle = city.of_barat[0].expects_text("8 SMS warga")
    assert len(re.findall(r"\d\)", bundle)) == 1
    assert "+7" in bundle


def a_line(city: Pontianak) -> str:
    """Nine write the same; the first is a call of its own, the others are one line. Return the line's code."""
    crowd(city, 9, "listrik padam lagi pak")
    city.forward(seconds=15)
    return next(call.code or "" for call in calls(city) if call.state == "listed")


def test_a_line_may_not_be_rung_if_one_of_its_phones_must_stay_dark(city: Pontianak) -> None:
    people = crowd(city, 8, "listrik padam lagi pak")
    people[5].texts("DIAM")
    city.forward(seconds=15)
    assert "JANGAN TELP/SMS" in city.of_barat[0].expects_text("SMS warga")


def test_a_desks_no_to_a_line_settles_all_its_numbers(city: Pontianak) -> None:
    code = a_line(city)
    city.desk_barat.texts(f"BUKAN {code}").expects_text(f"{code} +7")
    assert [call.state for call in calls(city)].count("settled") == 8
    city.forward(seconds=61)
    assert code not in city.of_barat[0].got[-1]


def test_a_line_that_is_an_emergency_opens_for_its_first_number_and_the_others_are_listed_anew(city: Pontianak) -> None:
    code = a_line(city)
    city.desk_barat.texts(f"DARURAT {code}")
    city.forward(seconds=61)
    again = city.desk_barat.expects_text("7 SMS warga")
    assert "+6" in again
    assert code not in again.split(")", 1)[1].split()[0]
    assert code in {incident.code for incident in city.incidents}


def test_while_a_desk_looks_into_a_line_nobody_is_rung_about_it_again(city: Pontianak) -> None:
    code = a_line(city)
    city.desk_barat.texts(f"OK {code}")
    texts = len(city.of_barat[0].got)
    city.forward(seconds=100)
    assert not [text for text in city.of_barat[0].got[texts:] if "SMS warga" in text]


def test_quiet_ones_and_those_with_a_sign_of_need_always_open(city: Pontianak) -> None:
    crowd(city, 6)
    city.budi.texts("takut saya, dia marah")
    city.forward(seconds=62)
    assert city.budi.number in {incident.phone for incident in city.incidents}


def test_an_officer_opens_a_line_of_the_bundle_by_its_code_and_goes(city: Pontianak) -> None:
    crowd(city, 6)
    city.forward(seconds=15)
    listed = next(call for call in calls(city) if call.state == "listed")
    city.of_barat[0].texts(f"BUKAN {listed.code}")
    city.of_barat[0].expects_text("hanya piket")
    city.of_barat[0].texts(f"OK {listed.code}")
    opened = next(incident for incident in city.incidents if incident.code == listed.code)
    assert (opened.state, opened.uncertain) == ("accepted", False)


# --- positions --------------------------------------------------------------------------------------------------------


def test_an_aml_text_is_an_uncertain_call_for_which_that_phone_is_sent_nothing(city: Pontianak) -> None:
    city.budi.texts(AML)
    assert city.budi.untouched
    city.desk_barat.expects_text("BELUM PASTI", "Budi")
    city.forward(seconds=61)
    assert city.incident.uncertain
    city.of_barat[0].expects_text("-0.0201,109.3003")


def test_an_aml_text_a_second_before_the_cry_gives_the_incident_its_place(city: Pontianak) -> None:
    city.budi.texts(AML)
    city.forward(seconds=1)
    city.budi.texts("TOLONG")
    assert not city.incident.uncertain
    city.of_barat[0].expects_text("-0.0201,109.3003")


# --- a phone that changes hands ---------------------------------------------------------------------------------------


def test_after_a_quiet_word_a_no_settles_the_earlier_question_no_more(city: Pontianak) -> None:
    """She wrote, then hid with DIAM; whoever takes the phone from her cannot answer for her."""
    city.budi.texts(UNCLEAR)
    city.budi.texts("DIAM")
    texts = len(city.budi.got)
    city.budi.texts("bukan")
    city.forward(seconds=61)
    assert city.incident.quiet
    assert len(city.budi.got) == texts


def test_a_line_that_the_desk_settles_leaves_the_call_about_the_bundle_ringing(city: Pontianak) -> None:
    crowd(city, 8)
    city.forward(seconds=11)
    first = next(call for call in calls(city) if call.state == "listed")
    city.of_barat[0].expects_call(saying="Baca SMS sekarang").lets_it_ring()
    city.desk_barat.texts(f"BUKAN {first.code}")
    city.forward(seconds=2)
    assert city.of_barat[0].is_ringing


@pytest.mark.parametrize("words", ["jgn bls, dia dgr", "LOKASI jl ampera, jgn telp", "gak bisa ngomong skrg"])
def test_a_quiet_phrase_while_an_incident_is_open_keeps_the_phone_dark_from_then_on(
    city: Pontianak, words: str
) -> None:
    city.budi.texts("TOLONG")
    city.forward(seconds=2)
    texts = len(city.budi.got)
    city.budi.texts(words)
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.forward(seconds=5)
    assert city.incident.quiet
    assert len(city.budi.got) == texts
    city.of_barat[0].expects_text("JANGAN TELP/SMS")
