"""A number can be forged: what stops help needs a human whose phone is proven, and it can be undone."""

from __future__ import annotations

import re

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway.core.possession import PROOF_KEY
from gateway.identity import pins
from gateway.models import officer as officers
from gateway.models.event import Event


@pytest.fixture
def rina(city: Pontianak) -> Phone:
    """The nearest officer, asked to come to Budi."""
    city.budi.texts("TOLONG")
    return city.of_barat[0]


@pytest.fixture
def tono(city: Pontianak) -> Phone:
    """An officer of the next Polsek, whom the first wave does not ask."""
    return city.of_kota[5]


def accepted(city: Pontianak) -> list[str]:
    return [row.phone for row in city.alerts() if row.state == "accepted"]


def give_pin(city: Pontianak, phone: Phone, pin: str) -> None:
    with city.open() as uow:
        officer = officers.by_phone(uow.db, phone.number)
        assert officer is not None
        officer.pin_hash = pins.hash_pin(pin)


# --- a yes ------------------------------------------------------------------------------------------------------------


def test_a_yes_of_who_was_asked_counts_at_once(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    assert city.incident.state == "accepted"


@pytest.mark.parametrize("words", ["OK", "OTW", "TIBA"])
def test_a_yes_of_who_was_not_asked_stands_nobody_down_and_the_ladder_goes_on(
    city: Pontianak, rina: Phone, tono: Phone, words: str
) -> None:
    tono.texts(f"{words} {city.incident.code}")
    assert city.incident.state == "open"
    assert tono.number not in {row.phone for row in city.alerts()}
    assert rina.is_ringing
    assert not any("tidak perlu ke sana" in text for text in rina.got)
    city.desk_barat.expects_text("BELUM TERBUKTI", "Kota 6")
    city.forward(seconds=31)
    assert city.asked(wave=2) != set()


def test_the_key_on_our_call_proves_it(city: Pontianak, rina: Phone, tono: Phone) -> None:
    tono.texts(f"OK {city.incident.code}")
    call = tono.expects_call(saying="Anda yang kirim").answers()
    assert "Budi" not in call.said
    call.presses(PROOF_KEY)
    assert accepted(city) == [tono.number]
    tono.expects_text("MEMIMPIN", "Budi")
    rina.expects_text("tidak perlu ke sana")


@pytest.mark.parametrize("key", ["1", "4", "0", "9"])
def test_a_key_by_habit_proves_nothing(city: Pontianak, rina: Phone, tono: Phone, key: str) -> None:
    tono.texts(f"OK {city.incident.code}")
    tono.expects_call().presses(key)
    assert accepted(city) == []
    assert rina.is_ringing


def test_silence_is_a_no_and_the_number_is_rung_once_in_ten_minutes(city: Pontianak, rina: Phone, tono: Phone) -> None:
    for _ in range(4):
        tono.texts(f"OK {city.incident.code}")
    tono.expects_text("Tekan 7 bila kami menelepon")
    city.forward(seconds=29)  # before the second wave
    assert len(tono.calls) == 1
    assert accepted(city) == []


def test_the_pin_of_the_officer_proves_it_and_stands_nowhere(city: Pontianak, rina: Phone, tono: Phone) -> None:
    give_pin(city, tono, "482913")
    tono.texts(f"OK {city.incident.code} 482913")
    assert accepted(city) == [tono.number]
    with city.open() as uow:
        assert not any("482913" in event.text for event in uow.db.scalars(select(Event)))


def test_a_wrong_pin_proves_nothing_and_after_five_no_pin_counts_for_an_hour(
    city: Pontianak, rina: Phone, tono: Phone
) -> None:
    give_pin(city, tono, "482913")
    for wrong in range(1111, 1116):
        tono.texts(f"OK {city.incident.code} {wrong}")
    tono.texts(f"OK {city.incident.code} 482913")
    assert accepted(city) == []
    city.forward(seconds=3601)
    tono.texts(f"OK {city.incident.code} 482913")
    assert tono.number in accepted(city)


def test_where_no_line_can_ring_a_word_that_comes_back_proves_it(
    city: Pontianak, rina: Phone, tono: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = city.house.lines
    monkeypatch.setattr(board, "for_calls", lambda phone, now=None: ())
    tono.texts(f"OK {city.incident.code}")
    word = re.search(r"(\d{4})$", tono.last_text)
    assert word is not None
    tono.texts(f"OK {city.incident.code} {int(word[1]) + 1 if word[1] != '9999' else 1000}")
    assert accepted(city) == []
    tono.texts(f"OK {city.incident.code} {word[1]}")
    assert accepted(city) == [tono.number]


def test_who_was_stood_down_needs_proof_while_somebody_goes(city: Pontianak, rina: Phone) -> None:
    other = city.of_barat[1]
    rina.texts("OK")
    city.forward(seconds=2)  # the call that asked them is taken back
    other.texts(f"OK {city.incident.code}")
    assert accepted(city) == [rina.number]
    other.expects_call(saying="Anda yang kirim").presses(PROOF_KEY)
    assert accepted(city) == [rina.number, other.number]


# --- a closing --------------------------------------------------------------------------------------------------------


def test_a_closing_without_proof_closes_and_the_desk_opens_it_again(city: Pontianak, rina: Phone) -> None:
    code = city.incident.code
    rina.texts("OK").texts("SELESAI")
    assert (city.incident.state, city.incident.unproven) == ("resolved", True)
    city.desk_barat.expects_text("TANPA BUKTI", f"BUKA {code}")
    city.budi.expects_text("Sudah aman?", "BELUM")
    city.desk_barat.texts(f"BUKA {code}")
    assert city.incident.state == "open"
    assert city.incident.leader_id is None
    city.desk_barat.expects_text(code, "DIBUKA LAGI")
    assert any(phone.is_ringing for phone in (*city.of_barat, *city.of_kota))
    rina.texts(f"OK {code}")
    assert city.incident.state == "accepted"


def test_a_closing_with_proof_asks_nobody_and_can_be_undone_too(city: Pontianak, rina: Phone) -> None:
    code = city.incident.code
    rina.expects_call().presses("1")
    rina.texts("SELESAI")
    assert (city.incident.state, city.incident.unproven) == ("resolved", False)
    assert "BELUM" not in city.budi.last_text
    city.desk_barat.texts(f"BUKA {code}")
    assert city.incident.state == "open"
    city.budi.expects_text(code, "dibuka lagi")


def test_after_half_an_hour_nobody_opens_it_again(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK").texts("PALSU")
    city.forward(seconds=1801)
    city.desk_barat.texts(f"BUKA {city.incident.code}")
    assert city.incident.state == "false_alarm"


def test_an_officer_or_another_desk_opens_nothing_again(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK").texts("SELESAI")
    for phone in (rina, city.desk_kota):
        phone.texts(f"BUKA {city.incident.code}")
        assert city.incident.state == "resolved"


@pytest.mark.parametrize("words", ["BELUM", "belum aman pak", "TOLONG"])
def test_belum_or_any_panic_opens_a_new_incident_that_names_the_old_one_and_asks_the_same_officer_first(
    city: Pontianak, rina: Phone, words: str
) -> None:
    rina.texts("OK").texts("OTW").texts("SELESAI")
    city.forward(seconds=60)
    city.budi.texts(words)
    old, new = city.incidents
    assert new.follows_id == old.id
    assert new.state == "open"
    first = min((row for row in city.alerts() if row.incident_id == new.id), key=lambda row: row.id)
    assert first.phone == rina.number
    rina.expects_call()
    with city.open() as uow:
        lines = [(e.incident_id, e.text) for e in uow.db.scalars(select(Event).where(Event.kind == "follows"))]
    assert sorted(lines) == [(old.id, new.code), (new.id, old.code)]


def test_belum_after_a_proven_closing_is_no_panic(city: Pontianak, rina: Phone) -> None:
    rina.expects_call().presses("1")
    rina.texts("SELESAI")
    city.budi.texts("BELUM")
    assert len(city.incidents) == 1


@pytest.mark.parametrize("panic", ["TOLONG DIAM"])
def test_a_quiet_incident_is_not_closed_by_one_officer_and_the_desk_is_told(city: Pontianak, panic: str) -> None:
    city.budi.texts(panic)
    rina = city.of_barat[0]
    rina.expects_call().presses("1")
    rina.texts("TIBA").texts("SELESAI")
    assert city.incident.state == "on_scene"
    city.desk_barat.expects_text("TETAP TERBUKA")
    assert "closing_noted" in city.timeline()


def test_two_proven_officers_of_whom_one_is_there_close_it(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM")
    rina, tono = city.of_barat[:2]
    rina.expects_call().presses("1")
    city.forward(seconds=2)  # the call that asked the other is taken back
    tono.texts(f"OK {city.incident.code}")
    tono.expects_call().presses(PROOF_KEY)
    rina.texts("TIBA").texts("SELESAI")
    assert city.incident.state == "on_scene"
    tono.texts("SELESAI")
    assert city.incident.state == "resolved"


def test_two_of_whom_one_is_not_proven_do_not(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM")
    rina, tono = city.of_barat[:2]
    tono.expects_call().presses("1")
    rina.texts(f"OK {city.incident.code}")
    city.forward(seconds=1)
    rina.texts("TIBA").texts("SELESAI")
    tono.texts("SELESAI")
    assert city.incident.closed_at is None


def test_a_desk_closes_a_quiet_one_only_with_proof(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM")
    city.desk_barat.texts("OK").texts(f"SELESAI {city.incident.code}")
    assert city.incident.closed_at is None
    city.forward(seconds=1)


# --- a call from the number -------------------------------------------------------------------------------------------


def test_a_call_from_the_number_reads_out_no_place_no_name_and_no_words(city: Pontianak) -> None:
    rina = city.of_barat[0].is_busy()
    city.budi.texts("TOLONG ada maling di pasar barat")
    call = rina.rings()
    assert call is not None
    city.exchange.press(rina.number, "1")
    city.settle()
    said = " ".join(city.handsets.call_log(rina.number)[-1].said)
    assert city.incident.state == "accepted"  # she was asked
    for secret in ("Budi", "Lokasi", "meter", "maling di", "nol, delapan"):
        assert secret not in said, said
    rina.expects_text("MEMIMPIN", "Budi")


def test_key_2_on_a_call_from_the_number_hangs_up_and_rings_it_and_connects_then(city: Pontianak, rina: Phone) -> None:
    city.forward(seconds=26)  # our first call is over
    rina.rings()
    city.exchange.press(rina.number, "2")
    city.settle()
    assert not city.budi.is_ringing
    city.forward(seconds=2)
    rina.expects_call().presses("2")
    city.forward(seconds=1)
    assert city.budi.is_ringing


def test_who_accepted_by_text_and_rings_in_is_rung_back(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    rina.rings()
    city.forward(seconds=2)
    assert not city.budi.is_ringing
    rina.expects_call().presses("2")
    city.forward(seconds=1)
    assert city.budi.is_ringing


def test_a_forged_number_makes_the_real_phone_ring_three_times_at_most(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    before = len(rina.calls)
    for _ in range(6):
        rina.rings()
        city.forward(seconds=40)
    assert len(rina.calls) - before <= 3
