"""Networks keep texts for hours: a late panic is still one, and a late word ends nothing that began after it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway.core.messages import Hook
from gateway.identity import pins
from gateway.identity.users import Identity
from gateway.infrastructure.spool import Lane
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.monitor import board

PIN, DURESS = "4711", "1147"
THREE_HOURS = timedelta(hours=3)


def of(city: Pontianak, phone: Phone) -> object:
    found = city.open_incident_of(phone)
    assert found is not None
    return found


@pytest.fixture
def siti(city: Pontianak) -> Phone:
    facts = {"pin_hash": pins.hash_pin(PIN), "duress_hash": pins.hash_pin(DURESS)}
    return city.citizen("+6281390000012", "Siti", unit=city.barat, lat=-0.02, lon=109.30, **facts)


# --- a late panic ----------------------------------------------------------------------------------------------------


def test_a_panic_of_three_hours_ago_is_still_one_and_everybody_reads_when_it_was_sent(city: Pontianak) -> None:
    city.budi.texts("TOLONG", city.clock.at - THREE_HOURS)  # the clock says 09:00 in Pontianak
    assert city.incident.state == "open"
    city.of_barat[0].expects_text("dikirim 06:00 WIB", city.incident.code)
    city.of_barat[0].expects_call(saying="dikirim pukul enam lewat nol menit")
    city.of_barat[0].expects_call(saying="dikirim pukul enam").answers()
    city.budi.expects_text(city.incident.code, "dikirim 06:00 WIB", "Masih butuh bantuan? Balas YA atau BUKAN")
    assert "sent_late" in city.timeline()


def test_its_answer_no_ends_nothing_without_a_pin_and_the_desk_hears_it(city: Pontianak) -> None:
    city.budi.texts("TOLONG", city.clock.at - THREE_HOURS)
    city.budi.texts("BUKAN")
    assert city.incident.state == "open"
    city.desk_barat.expects_text("AMAN TANPA PIN", city.incident.code)


def test_one_of_four_minutes_ago_is_as_any_other(city: Pontianak) -> None:
    city.budi.texts("TOLONG", city.clock.at - timedelta(minutes=4))
    assert "dikirim" not in city.of_barat[0].last_text
    assert "Masih butuh bantuan" not in city.budi.last_text
    assert city.incident.sent_at is None


@pytest.mark.parametrize("ago", [timedelta(hours=25), timedelta(hours=-7)], ids=["a day old", "in the future"])
def test_a_time_that_cannot_be_is_no_time(city: Pontianak, ago: timedelta) -> None:
    """A gateway that tells its country's time as UTC sends texts out of the future."""
    city.budi.texts("TOLONG", city.clock.at - ago)
    assert city.incident.sent_at is None
    assert "dikirim" not in city.of_barat[0].last_text


def test_a_quiet_phone_is_asked_nothing(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM", city.clock.at - THREE_HOURS)
    assert city.budi.untouched
    city.of_barat[0].expects_text("dikirim 06:00", "JANGAN TELP/SMS")


def test_where_it_may_be_violence_at_home_the_phone_is_asked_nothing(city: Pontianak) -> None:
    city.budi.texts("tolong suami saya mukul saya", city.clock.at - THREE_HOURS)
    city.budi.expects_text("DITERIMA")
    assert "Masih butuh" not in " ".join(city.budi.got)
    city.of_barat[0].expects_text("dikirim 06:00")


def test_an_unclear_text_that_silence_opens_keeps_its_age(city: Pontianak) -> None:
    city.budi.texts("mantap betul", city.clock.at - THREE_HOURS)
    city.forward(400)
    assert city.incident.sent_at is not None
    city.of_barat[0].expects_text("dikirim 06:00")


# --- a late word ends nothing ----------------------------------------------------------------------------------------


def test_her_aman_for_the_first_incident_three_hours_late_does_not_cancel_the_second(
    city: Pontianak, siti: Phone
) -> None:
    siti.texts("TOLONG")
    sent = city.clock.at + timedelta(minutes=1)
    city.desk_barat.texts(f"OK {city.incident.code}").texts(f"SELESAI {city.incident.code}")
    assert city.incident.closed_at is not None
    city.clock.at += THREE_HOURS
    city.forward(2)
    siti.texts("TOLONG")
    second = city.open_incident_of(siti)
    assert second is not None
    siti.texts(f"AMAN {PIN}", sent)
    again = city.open_incident_of(siti)
    assert again is not None
    assert again.state == "open"
    siti.expects_text("belum terbukti")
    told = city.desk_barat.expects_text(second.code, "SEBELUM panggilan ini", "dikirim 09:01")
    assert PIN not in told
    assert "sent_before" in city.timeline()
    siti.texts(f"AMAN {PIN}")
    assert city.open_incident_of(siti) is None


def test_a_late_duress_pin_still_raises_the_alarm_and_the_phone_reads_the_same(city: Pontianak, siti: Phone) -> None:
    facts = {"pin_hash": pins.hash_pin(PIN), "duress_hash": pins.hash_pin(DURESS)}
    dewi = city.citizen("+6281390000013", "Dewi", unit=city.barat, lat=-0.02, lon=109.30, **facts)
    sent = city.clock.at - THREE_HOURS
    for phone, pin in ((siti, PIN), (dewi, DURESS)):
        phone.texts("TOLONG").texts(f"AMAN {pin}", sent)
        found = city.open_incident_of(phone)
        assert found is not None
        assert found.duress is (pin == DURESS)
        city.of_barat[0].texts(f"OK {found.code}")
        phone.texts("TOLONG")
    city.forward(5)
    codes = [city.open_incident_of(phone).code for phone in (siti, dewi)]  # type: ignore[union-attr]
    shown = [
        [text.replace(code, "CODE") for text in phone.got] for phone, code in zip((siti, dewi), codes, strict=True)
    ]
    assert shown[0] == shown[1]


def test_a_no_of_before_the_question_settles_nothing_and_the_desk_is_told(city: Pontianak) -> None:
    sent = city.clock.at - timedelta(minutes=30)
    city.budi.texts("mantap betul")
    city.budi.texts("BUKAN", sent)
    with city.open() as uow:
        call = uow.db.scalars(select(Clarification)).one()
        assert call.is_open
        assert [row.state for row in uow.db.scalars(select(Inbound).order_by(Inbound.id))][-1] == "to_human"
    city.desk_barat.expects_text(str(call.code), "SEBELUM panggilan ini", "BUKAN")
    city.budi.texts("BUKAN")
    with city.open() as uow:
        assert not uow.db.scalars(select(Clarification)).one().is_open


@pytest.mark.parametrize("words", ["TOLAK", "0", "SELESAI", "PALSU"])
def test_a_late_answer_of_an_officer_ends_no_duty_that_began_after_it(city: Pontianak, words: str) -> None:
    sent = city.clock.at - THREE_HOURS
    city.budi.texts("TOLONG")
    officer = city.of_barat[0]
    if words in ("SELESAI", "PALSU"):
        officer.expects_call().presses("1")
        assert city.incident.state == "accepted"
    officer.texts(words, sent)
    assert city.incident.closed_at is None
    assert city.incident.state == ("accepted" if words in ("SELESAI", "PALSU") else "open")
    (mine,) = [alert for alert in city.alerts() if alert.phone == officer.number]
    assert mine.state != "declined"
    officer.expects_text(city.incident.code)
    assert "officer_said" in city.timeline()
    officer.texts(words)
    (mine,) = [alert for alert in city.alerts() if alert.phone == officer.number]
    assert city.incident.closed_at is not None or mine.state == "declined"


def test_a_yes_is_read_against_what_its_phone_was_told_when_it_was_sent(city: Pontianak, siti: Phone) -> None:
    """Her yes was to the first; it came after the second had been told to her."""
    city.budi.texts("TOLONG")
    officer, first = city.of_barat[0], city.incident.code
    city.forward(60)
    sent = city.clock.at
    city.forward(60)
    siti.texts("TOLONG")
    second = city.open_incident_of(siti)
    assert second is not None
    city.forward(3)
    officer.texts("siap", sent)
    officer.expects_text("MEMIMPIN", first)
    assert city.open_incident_of(siti).leader_id is None  # type: ignore[union-attr]


def test_a_clock_that_runs_a_few_seconds_behind_loses_no_yes(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.forward(3)
    city.of_barat[0].texts("siap", city.clock.at - timedelta(seconds=8))
    assert city.incident.state == "accepted"


# --- what waited in the spool ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [True, False], ids=["its carrier tells", "its carrier tells nothing"])
def test_a_panic_that_waited_in_the_spool_keeps_its_age(city: Pontianak, told: bool) -> None:
    fields = {"ref": "one", "from": city.budi.number, "to": "+6256100110", "body": "TOLONG"}
    if told:
        fields["sent_at"] = (city.clock.at - timedelta(hours=1)).isoformat()
    city.house.spool.keep("simulator", Hook("POST", "http://x", "sms", body=json.dumps(fields).encode()))
    city.clock.at += THREE_HOURS
    city.drain_spool()
    assert city.incident.state == "open"
    assert city.incident.opened_at == city.clock.at - THREE_HOURS
    assert city.incident.sent_at == city.clock.at - THREE_HOURS - timedelta(hours=1) * told
    city.of_barat[0].expects_text("dikirim 08:00" if told else "dikirim 09:00")


def spooled(city: Pontianak, phone: Phone, words: str, lane: Lane = Lane.PANIC) -> None:
    """The phone texts while the database is away."""
    fields = {"ref": words, "from": phone.number, "to": "+6256100110", "body": words}
    hook = Hook("POST", "http://x", "sms", body=json.dumps(fields).encode())
    city.house.spool.keep("simulator", hook, lane, phone.number)


def test_its_waves_go_by_the_clock_from_its_first_alert(city: Pontianak) -> None:
    spooled(city, city.budi, "TOLONG")
    city.clock.at += timedelta(minutes=2)
    city.drain_spool()
    assert city.incident.opened_at == city.clock.at - timedelta(minutes=2)
    assert "DITERIMA 09:00" in city.budi.last_text
    assert city.incident.wave == 1
    city.forward(seconds=25)
    assert city.incident.wave == 1
    city.forward(seconds=10)
    assert city.incident.wave == 2


def test_a_safe_that_waited_for_longer_than_her_new_cry_ends_nothing(city: Pontianak) -> None:
    """The lanes turn them round: AMAN was for the incident before."""
    spooled(city, city.budi, "AMAN 1234", Lane.ANSWER)
    city.clock.at += timedelta(seconds=10)
    spooled(city, city.budi, "TOLONG")
    city.clock.at += timedelta(minutes=2)
    city.drain_spool()
    assert city.incident.state == "open"
    assert not city.incident.view.dismissed


def test_the_monitor_says_when_it_was_sent(city: Pontianak) -> None:
    city.budi.texts("TOLONG", city.clock.at - THREE_HOURS)
    with city.open() as uow:
        who = Identity(1, "Piket", "desk", None, "", "Asia/Pontianak", "id", 1, None)
        (card,) = board.cards(uow, who, "id")
    assert card.sent_at == city.clock.at - THREE_HOURS
