"""The database is away: nobody who asks for help is left alone, and nobody is endangered by it."""

from __future__ import annotations

import re
from datetime import timedelta

from journeys.city import Phone, Pontianak

from gateway.core.outage import UNKNOWN_AN_HOUR, Channel, Cry
from gateway.identity import pins
from gateway.models import citizen as citizens
from gateway.models.unit import Unit
from gateway.wiring import House

NEAREST = 3


def alert_of(phone: Phone) -> str:
    """The text of the outage on this phone."""
    return phone.expects_text("SISTEM TERGANGGU")


def code_in(text: str) -> str:
    return re.findall(r"OK (\w+)$", text)[0]


def ring_out(city: Pontianak) -> None:
    """Nobody takes the calls that ring, and the database is still away."""
    city.clock.at += timedelta(seconds=40)
    city.settle()


def heard(phone: Phone) -> bool:
    return any("SISTEM TERGANGGU" in text for text in phone.got)


def test_the_desk_and_the_nearest_officers_are_texted_and_rung(city: Pontianak) -> None:
    with city.database_away():
        city.budi.texts("TOLONG ada maling di rumah saya")
        for phone in (city.desk_barat, *city.of_barat[:NEAREST]):
            text = alert_of(phone)
            assert "Budi Santoso" in text
            assert "081390000001" in text
            assert "maling" in text
            assert len(text) <= 160
            phone.expects_call(saying="Sistem kami terganggu").answers()
        assert not any(heard(phone) for phone in (*city.of_barat[NEAREST:], *city.of_kota, city.desk_kota))
        city.budi.expects_text("DITERIMA", "terganggu", "110")


def test_the_officer_who_answers_meanwhile_leads_the_incident_of_that_code(city: Pontianak) -> None:
    with city.database_away():
        city.budi.texts("TOLONG")
        code = code_in(alert_of(city.of_barat[1]))
        city.of_barat[1].texts(f"OK {code}")
    city.drain_spool()
    assert city.incident.code == code
    city.of_barat[1].expects_text(code, "MEMIMPIN")
    assert city.asked(wave=1) == {city.desk_barat.number, *(phone.number for phone in city.of_barat[:NEAREST])}
    for phone in (city.desk_barat, *city.of_barat[:NEAREST]):
        assert sum(code in text and "arurat" in text.casefold() for text in phone.got) == 1
    assert "asked_meanwhile" in city.timeline()


def test_a_yes_without_a_code_counts_for_what_the_outage_asked(city: Pontianak) -> None:
    with city.database_away():
        city.budi.texts("TOLONG")
        city.of_barat[0].texts("siap")
    city.drain_spool()
    city.of_barat[0].expects_text("MEMIMPIN")


def test_each_phone_is_asked_once_for_a_person_however_often_they_cry(city: Pontianak) -> None:
    with city.database_away():
        for words in ("TOLONG", "TOLONG CEPAT", "tolong pak"):
            city.budi.texts(words)
        assert [text for text in city.of_barat[0].got if "SISTEM TERGANGGU" in text] == [alert_of(city.of_barat[0])]
        assert len(city.budi.got) == 1


def test_a_missed_call_and_a_menu_are_panics_too(city: Pontianak) -> None:
    siti = city.citizen("+6281390000002", "Siti", unit=city.barat)
    with city.database_away():
        city.budi.rings()
        assert "Budi" in alert_of(city.desk_barat)
        assert "110" in siti.dials("*123#")
        assert not any("Siti" in text for text in city.desk_barat.got)
    city.drain_spool()


def test_a_second_outage_asks_again(city: Pontianak) -> None:
    for _ in range(2):
        with city.database_away():
            city.budi.texts("TOLONG")
        city.drain_spool()
        city.forward(seconds=60)
    assert len([text for text in city.desk_barat.got if "SISTEM TERGANGGU" in text]) == 2


# --- no harm -----------------------------------------------------------------------------------------------------


def test_a_dark_phone_hears_nothing_and_its_number_and_words_are_not_told(city: Pontianak) -> None:
    with city.database_away():
        city.budi.texts("TOLONG DIAM dia pukul saya")
        text = alert_of(city.desk_barat)
        assert "JANGAN TELP/SMS" in text
        assert "0813" not in text
        assert "pukul" not in text
        assert city.budi.untouched


def test_a_units_keyword_hides_no_quiet_word_during_the_outage(city: Pontianak) -> None:
    """Behind a word that nobody knows, "TOLONG DIAM" would be no panic and no quiet word."""
    with city.open() as uow:
        uow.db.get_one(Unit, city.barat.id).keyword = "PTK"
    with city.database_away():
        city.budi.texts("PTK TOLONG DIAM")
        assert "JANGAN TELP/SMS" in alert_of(city.of_barat[0])
        assert city.budi.untouched
    city.drain_spool()
    assert city.incident.quiet


def test_a_quiet_word_during_the_outage_holds_for_the_next_panic(city: Pontianak) -> None:
    with city.database_away():
        city.budi.texts("jangan telpon ya")
        city.budi.texts("TOLONG")
        assert city.budi.untouched
        assert "JANGAN TELP/SMS" in alert_of(city.of_barat[0])


def test_after_either_pin_the_phone_sees_the_same_silence(city: Pontianak) -> None:
    right, duress = (
        city.citizen(f"+628139000001{n}", f"Warga {n}", unit=city.barat, pin_hash=pins.hash_pin("1234"), **more)
        for n, more in enumerate(({}, {"duress_hash": pins.hash_pin("9876")}))
    )
    city.asleep = True  # no worker rings anybody about the second one
    right.texts("AMAN 1234")
    duress.texts("AMAN 9876")
    city.clock.at += timedelta(minutes=10)
    before = [list(right.got), list(duress.got)]
    with city.database_away():
        for phone in (right, duress):
            phone.texts("TOLONG")
        told = [[text for text in city.desk_barat.got if f"Warga {n}" in text and "TERGANGGU" in text] for n in (0, 1)]
        assert all("JANGAN TELP/SMS" in texts[0] for texts in told)
        assert [right.got, duress.got] == before
        assert right.calls == duress.calls == []
        ring_out(city)


def test_either_pin_during_the_outage_is_answered_by_the_same_silence(city: Pontianak) -> None:
    city.citizen("+6281390000011", "Ani", unit=city.barat, pin_hash=pins.hash_pin("1234"))
    for pin in ("1234", "9876"):
        with city.database_away():
            ani = city.phone("+6281390000011").texts(f"AMAN {pin}")
            ani.texts("TOLONG")
            assert ani.untouched
            ring_out(city)


def test_the_husband_who_is_the_nearest_officer_hears_nothing(city: Pontianak) -> None:
    husband = city.of_barat[0]
    city.citizen(husband.number, "Suami", unit=city.barat, lat=-0.02, lon=109.30)
    with city.database_away():
        city.budi.texts("TOLONG")
        assert husband.untouched
        for phone in (city.desk_barat, *city.of_barat[1 : NEAREST + 1]):
            assert heard(phone)
    city.drain_spool()
    assert husband.untouched


def test_words_nobody_understands_reach_the_desk_alone(city: Pontianak) -> None:
    with city.database_away():
        city.budi.texts("pak saya mau tanya soal tadi")
        assert "tidak jelas" in alert_of(city.desk_barat)
        assert not any(heard(phone) for phone in city.of_barat)


def test_an_unknown_number_reaches_the_desk_at_the_top_within_a_budget(city: Pontianak) -> None:
    with city.database_away():
        for n in range(UNKNOWN_AN_HOUR + 2):
            city.phone(f"+62813911111{n:02d}").texts("TOLONG")
        told = [text for text in city.desk_polda.got if "tidak terdaftar" in text]
        assert len(told) == UNKNOWN_AN_HOUR
        assert not any(heard(phone) for phone in (*city.of_barat, *city.of_kota))


def test_without_a_snapshot_nobody_is_lit_up(city: Pontianak) -> None:
    with city.database_away():
        for part in city.house.snapshot.folder.glob("*.sealed"):
            part.unlink()
        city.budi.texts("TOLONG")
        assert city.budi.untouched
    city.drain_spool()
    assert city.incident.phone == city.budi.number


def test_who_was_suspended_is_out_at_the_next_refresh(city: Pontianak) -> None:
    city.house.refresh_snapshot()
    with city.open() as uow:
        citizens.current(uow.db, city.budi.number).state = "suspended"
    city.clock.at += timedelta(seconds=11)
    with city.database_away():
        city.budi.texts("TOLONG")
        assert "tidak terdaftar" in alert_of(city.desk_polda)


# --- several processes, and what carriers say later ------------------------------------------------------------------


def test_two_web_processes_ask_each_phone_once_and_with_one_code(city: Pontianak) -> None:
    house = city.house
    second = House(house.settings, house.engine, house.lines, city.job_queue, city.clock, "web-2")  # type: ignore[arg-type]
    with city.database_away():
        cry = Cry(Channel.TEXT, city.budi.number, "TOLONG")
        for one in (house, second):
            one.outage.heard(cry, lambda: True)
        second.outage.finish()
        house.outage.finish()
        city.settle()
        for phone in (city.desk_barat, *city.of_barat[:NEAREST]):
            assert len(phone.got) == len(phone.calls) == 1
        assert len({code_in(phone.last_text) for phone in city.of_barat[:NEAREST]}) == 1
        assert len(city.budi.got) == 1


def test_a_panic_that_has_come_home_meanwhile_is_left_to_its_incident(city: Pontianak) -> None:
    with city.database_away():
        city.house.outage.heard(Cry(Channel.TEXT, city.budi.number, "TOLONG"), lambda: False)
        city.settle()
        assert city.desk_barat.untouched


def test_a_call_of_the_outage_that_is_answered_when_the_database_is_back_is_about_the_incident(
    city: Pontianak,
) -> None:
    with city.database_away():
        city.budi.texts("TOLONG")
    city.drain_spool()
    rina = city.of_barat[0]
    rina.expects_call().presses("1")
    assert city.incident.code in rina.expects_text("MEMIMPIN")


def test_what_carriers_say_of_what_the_outage_sent_does_no_harm(city: Pontianak) -> None:
    with city.database_away():
        city.budi.texts("TOLONG")
        city.of_barat[0].expects_call().lets_it_ring()
    city.drain_spool()
    city.forward(seconds=90)
    assert city.incident.state == "open"
    assert city.house.spool.waiting() == 0


def test_a_panic_in_a_menu_reaches_them_and_the_phone_stays_dark_but_for_its_screen(city: Pontianak) -> None:
    city.budi.dials("*123#")
    with city.database_away():
        assert "110" in city.budi.replies("1")
        assert "JANGAN TELP/SMS" in alert_of(city.desk_barat)
        assert city.budi.untouched


def test_a_desk_first_profile_reaches_the_desk_alone(city: Pontianak) -> None:
    ani = city.citizen("+6281390000012", "Ani", unit=city.barat, desk_first=True)
    with city.database_away():
        ani.texts("TOLONG")
        assert "Ani" in alert_of(city.desk_barat)
        assert not any(heard(phone) for phone in city.of_barat)
