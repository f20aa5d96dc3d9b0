"""What whoever comes is told of the person: the address, the notes and how to reach them; who is told, and how."""

from __future__ import annotations

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway.models import incident as incidents
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen

STREET, NOTES = "Gang Melati 12", "tuli, baca bibir"


def profile(city: Pontianak, **facts: object) -> None:
    """Budi's profile has an address and notes, and these facts."""
    with city.open() as uow:
        row = uow.db.scalars(select(Citizen).where(Citizen.phone == city.budi.number)).one()
        row.person.address, row.person.notes = STREET, NOTES
        for name, value in facts.items():
            setattr(row, name, value)


def told(phone: Phone, words: str) -> bool:
    return any(words in body for body in phone.got)


def audited(city: Pontianak) -> list[tuple[str, str]]:
    with city.open() as uow:
        rows = uow.db.scalars(select(Audit).where(Audit.what == "incident.confided").order_by(Audit.id))
        return [(row.who, row.detail) for row in rows]


def test_whoever_leads_reads_address_and_notes_and_nobody_else_does(city: Pontianak) -> None:
    profile(city)
    city.budi.texts("TOLONG")
    leader, supporter = city.of_barat[:2]
    assert not told(leader, STREET)

    leader.texts("OK")
    supporter.texts("OK")

    leader.expects_text(city.incident.code, "ALAMAT", STREET)
    leader.expects_text(city.incident.code, "CATATAN", NOTES)
    for other in (supporter, *city.of_barat[2:], city.desk_barat, city.budi):
        assert not told(other, STREET)
        assert not told(other, NOTES)
    assert [way for _, way in audited(city)] == ["text"]


def test_a_supporter_reads_them_on_setting_out_and_only_once(city: Pontianak) -> None:
    profile(city)
    city.budi.texts("TOLONG")
    leader, supporter = city.of_barat[:2]
    leader.texts("OK")
    supporter.joins(city.incident.code).texts("OTW").texts("TIBA")
    assert sum(STREET in body for body in supporter.got) == 1
    leader.texts("OTW")
    assert sum(STREET in body for body in leader.got) == 1


def test_the_address_is_not_told_where_the_position_is_not_the_home(city: Pontianak) -> None:
    profile(city)
    city.budi.texts("TOLONG -0.0205,109.3000")
    city.of_barat[0].texts("OK")
    assert not told(city.of_barat[0], STREET)
    city.of_barat[0].expects_text("CATATAN", NOTES)


def test_a_hidden_address_is_said_on_our_call_and_stands_in_no_text(city: Pontianak) -> None:
    profile(city, hide_address=True)
    city.budi.texts("TOLONG")
    call = city.of_barat[0].expects_call().presses("1")
    assert f"Alamat: {STREET}." in call.said
    assert f"Catatan: {NOTES}." in call.said
    assert not told(city.of_barat[0], STREET)
    city.of_barat[0].expects_text("alamat tidak boleh lewat SMS", "Tanya piket")
    assert [way for _, way in audited(city)] == ["text", "call"]


def test_nothing_of_it_is_said_on_a_call_that_comes_in(city: Pontianak) -> None:
    profile(city, ring_back=False)
    city.budi.texts("TOLONG")
    officer = city.of_barat[0]
    officer.texts("OK")
    officer.rings()
    said = " ".join(word for call in city.handsets.call_log(officer.number) for word in call.said)
    assert STREET not in said
    assert NOTES not in said


def test_to_a_person_who_can_only_be_texted_key_2_sends_a_text(city: Pontianak) -> None:
    profile(city, contact="text_only")
    city.budi.texts("TOLONG")
    officer = city.of_barat[0]
    officer.expects_text("HANYA SMS")

    call = officer.expects_call("Warga hanya bisa dihubungi lewat SMS").presses("2")

    assert "mengirim SMS kepada warga" in call.said
    assert not city.budi.calls
    city.budi.expects_text("Balas SMS ini")
    city.budi.texts("mereka masih di dalam")
    officer.expects_text("mereka masih di dalam")


def test_a_person_who_can_only_be_texted_is_not_rung_where_no_text_may_go_either(city: Pontianak) -> None:
    profile(city, contact="text_only")
    city.budi.texts("TOLONG suami saya mukul saya")
    call = city.of_barat[0].expects_call("Warga hanya bisa dihubungi lewat SMS").presses("2")
    city.forward(5)
    assert "disambungkan" not in call.said
    assert not city.budi.calls
    assert len(city.budi.got) == 1


def test_a_volunteer_reads_neither_address_nor_notes(city: Pontianak) -> None:
    profile(city)
    with city.open() as uow:
        uow.db.merge(city.barat).volunteers = True
    near = city.citizen("+6281390000021", "Ani", unit=city.barat, lat=-0.0227, lon=109.30, volunteer_m=1000)
    city.budi.texts("TOLONG")
    city.of_barat[0].texts("OTW")
    city.forward(65)
    near.texts("YA")
    near.expects_text("Budi Santoso")
    assert not told(near, STREET)
    assert not told(near, NOTES)


@pytest.mark.parametrize("rule", ["text_only", "language", "slow"])
def test_an_unanswered_call_is_no_reason_for_false_alarm(city: Pontianak, rule: str) -> None:
    profile(city, contact=rule)
    city.budi.texts("TOLONG")
    officer = city.of_barat[0]
    officer.texts("OK").texts("PALSU")
    assert city.incident.state == incidents.ACCEPTED
    officer.expects_text("bukan alasan PALSU")

    officer.texts("TIBA").texts("PALSU")
    assert city.incident.state == incidents.FALSE_ALARM
