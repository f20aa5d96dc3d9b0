"""Somebody asks for their own data, or to be erased; and somebody else may stand beside them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from journeys.city import City, Phone, Pontianak
from journeys.test_duress import BUDI, DURESS, PIN, STORIES
from sqlalchemy import select

from gateway.core import consents
from gateway.identity import audit_log, pins
from gateway.identity.callers import identify
from gateway.models import never_asked
from gateway.models.audit import Audit
from gateway.models.base import Base
from gateway.models.incident import Incident
from gateway.operations.personal_data.breach import BY_TEXT, IN_PERSON, concerned
from gateway.operations.personal_data.erasure import Erased, StillOpen, erase
from gateway.operations.personal_data.someone import NoPerson, find
from gateway.operations.personal_data.subject import sheet
from gateway.outage.gathering import REGISTER, Refresher

FEARED = "+6281390000077"


def sheet_of(city: City, phone: Phone, language: str = "en") -> str:
    with city.open() as uow:
        return sheet(uow, find(uow, phone.number), language)


def erase_all(city: City, phone: Phone, *, with_calls: bool = False) -> Erased:
    with city.open() as uow:
        who = find(uow, phone.number)
        return erase(uow, who, "Rina", "written request", with_calls=with_calls)


def citizen(city: Pontianak, **facts: object) -> Phone:
    known: dict[str, object] = {"unit": city.barat, "lat": -0.0213, "lon": 109.30}
    return city.citizen(
        BUDI, "Wahyudi", **known, pin_hash=pins.hash_pin(PIN), duress_hash=pins.hash_pin(DURESS), **facts
    )


# --- the sheet --------------------------------------------------------------------------------------------------------


def test_the_sheet_tells_what_is_kept_and_of_nobody_else(city: Pontianak) -> None:
    budi, other = citizen(city), city.citizen("+6281390000022", "Asih", unit=city.barat)
    with city.open() as uow:
        person = identify(uow, BUDI).citizen
        assert person is not None
        person.person.address = "Gang Kenanga 17"
        never_asked.add(uow.db, person.person_id, FEARED)
    budi.texts("TOLONG ada maling di dapur")
    other.texts("TOLONG kebakaran")
    told = sheet_of(city, budi)
    for words in (
        "name: Wahyudi",
        "Gang Kenanga 17",
        "TOLONG ada maling di dapur",
        "latitude: -0.0213",
        "== Calls for help",
    ):
        assert words in told
    assert "DITERIMA" in told, "what we sent to that phone"
    for secret in ("Asih", other.number, "kebakaran", FEARED, PIN, DURESS, "Bripka", "pin", "$argon2"):
        assert secret not in told.replace("PINs", ""), secret


def test_the_sheet_names_the_version_that_they_agreed_to_and_prints_its_words(city: Pontianak) -> None:
    told = sheet_of(city, citizen(city, consent="2026-11/sw"))
    assert "version of the consent: 2026-11/sw" in told
    assert f"words of the consent: {consents.words('2026-11/sw')}" in told


def test_pins_are_masked_in_what_the_person_wrote(city: Pontianak) -> None:
    budi = citizen(city)
    budi.texts("TOLONG").texts(f"AMAN {PIN}")
    told = sheet_of(city, budi)
    assert "AMAN" in told
    assert PIN not in told


def plain(told: str, phone: Phone) -> str:
    told = told.replace(phone.number, "NUMBER")
    return re.sub(r"(?<=code: )\w{3,4}|(?<=\()\w{3,4}(?=\))|(?<=panggilan )[A-Z2-9]{3,4}\b", "CODE", told)


TOLD_APART = ("with nothing open", "of a quiet call", "and a new panic is cancelled", "and leaves and applies again",
              "behind too many wrong ones", "and asks how it works")  # fmt: skip


@pytest.mark.parametrize("story", [STORIES[name] for name in TOLD_APART], ids=TOLD_APART)
def test_the_sheet_does_not_tell_which_pin_was_given(city: Pontianak, story: list[str]) -> None:
    facts = {"unit": city.barat, "lat": -0.02, "lon": 109.30, "duress_hash": pins.hash_pin(DURESS)}
    pair = [city.citizen(f"+628139000001{n}", "Budi", pin_hash=pins.hash_pin(PIN), **facts) for n in (1, 2)]
    for words in story:
        for phone, pin in zip(pair, (PIN, DURESS), strict=True):
            phone.texts(words.replace("PIN", pin))
    city.forward(3)
    right, duress = (plain(sheet_of(city, phone), phone) for phone in pair)
    assert duress == right


def test_a_desks_number_is_no_persons(city: Pontianak) -> None:
    with city.open() as uow, pytest.raises(NoPerson):
        find(uow, city.barat.phone or "")


# --- erasing ----------------------------------------------------------------------------------------------------------


def everything(city: City) -> str:
    """Every table as it can be read with the keys, but for the trail."""
    with city.open() as uow:
        tables = [table for table in Base.metadata.sorted_tables if not table.name.startswith("audit")]
        return "\n".join(str(row) for table in tables for row in uow.db.execute(select(table)))


def test_who_is_erased_is_on_no_list_any_more_but_their_calls_for_help_stay_as_proof(city: Pontianak) -> None:
    budi = citizen(city, usual_words="di pasar")
    with city.open() as uow:
        never_asked.add(uow.db, find(uow, BUDI).persons[0], FEARED)
    budi.texts("LAPOR lampu jalan mati")
    budi.texts("TOLONG ada maling").texts(f"AMAN {PIN}")
    city.forward(60)
    done = erase_all(city, budi)
    with city.open() as uow:
        caller = identify(uow, BUDI)
        assert (caller.citizen, caller.verified) == (None, False)
        audited = uow.db.scalars(select(Audit).where(Audit.what == "citizen.erase")).one()
        assert (audited.who, BUDI in audited.subject + audited.detail) == ("Rina", False)
        assert audit_log.verify(uow) == []
    left = everything(city)
    for secret in ("lampu jalan", "di pasar", FEARED, "pin_hash='"):
        assert secret not in left, secret
    assert "ada maling" in left
    assert ["closed calls for help" in why for why, _ in done.stays].count(True) == 1
    assert done.tally["persons: register"] == done.tally["citizens: register"] == 1


def test_with_their_calls_nothing_of_them_is_left_and_figures_stay(city: Pontianak) -> None:
    budi = citizen(city)
    budi.texts("TOLONG ada maling").texts(f"AMAN {PIN}")
    city.forward(60)
    erase_all(city, budi, with_calls=True)
    left = everything(city)
    for secret in (BUDI, BUDI[1:], "Wahyudi", "maling", "-0.0213"):
        assert [line for line in left.splitlines() if secret in line] == [], secret
    with city.open() as uow:
        assert len(uow.db.scalars(select(Incident)).unique().all()) == 1


@pytest.mark.parametrize("pin", [None, DURESS])
def test_nothing_is_erased_while_a_call_for_help_is_open_though_the_phone_may_not_know_it(
    city: Pontianak, pin: str | None
) -> None:
    budi = citizen(city)
    budi.texts("TOLONG")
    if pin is not None:
        budi.texts(f"AMAN {pin}")
    before = everything(city)
    with pytest.raises(StillOpen):
        erase_all(city, budi, with_calls=True)
    assert everything(city) == before


def test_the_snapshot_of_an_outage_forgets_them_too(city: Pontianak) -> None:
    budi = citizen(city)
    Refresher(city.house.snapshot).refresh(city.house.open_reading_uow)
    assert city.house.snapshot.find(REGISTER, BUDI) is not None
    erase_all(city, budi)
    Refresher(city.house.snapshot).refresh(city.house.open_reading_uow)
    assert city.house.snapshot.find(REGISTER, BUDI) is None


def test_whoever_named_them_as_one_who_must_not_know_is_kept_from_them_all_the_same(city: Pontianak) -> None:
    citizen(city)
    asih = city.citizen("+6281390000022", "Asih", unit=city.barat)
    with city.open() as uow:
        person = find(uow, asih.number).persons[0]
        never_asked.add(uow.db, person, BUDI)
    erase_all(city, city.phone(BUDI))
    with city.open() as uow:
        assert never_asked.named_by(uow.db, person) == {BUDI}


def test_a_former_holder_of_the_number_is_another_person(city: Pontianak) -> None:
    budi = citizen(city)
    budi.texts("LAPOR kucing hilang")
    with city.open() as uow:
        former = identify(uow, BUDI).citizen
        assert former is not None
        former.state, former.decided_at = "replaced", uow.now() + timedelta(minutes=1)
    city.forward(120)
    city.citizen(BUDI, "Candra", unit=city.barat).texts("LAPOR lampu mati")
    told = sheet_of(city, budi)
    assert ("Candra" in told, "lampu mati" in told) == (True, True)
    assert ("Wahyudi" in told, "kucing" in told) == (False, False)


# --- a breach ---------------------------------------------------------------------------------------------------------


def test_a_breach_list_names_everybody_of_the_period_and_keeps_dark_phones_dark(city: Pontianak) -> None:
    citizen(city)
    city.citizen("+6281390000022", "Asih", unit=city.barat, quiet=True)
    city.phone("+6281390000033").texts("ada yang bisa dihubungi?")
    with city.open() as uow:
        now = uow.now()
        told = {one.number: (one.whose, one.told) for one in concerned(uow, now - timedelta(1), now + timedelta(1))}
        later = {one.number for one in concerned(uow, now + timedelta(1), now + timedelta(2))}
    assert told[BUDI] == ("register", BY_TEXT)
    assert told["+6281390000022"] == ("register", IN_PERSON)
    assert told["+6281390000033"] == ("caller", BY_TEXT)
    assert "officer" in {whose for whose, _ in told.values()}
    assert ("+6281390000033" in later, BUDI in later) == (False, True)
