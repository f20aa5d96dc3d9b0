"""A citizen's profile as a desk settles it: what may change, what needs a reason, and what the trail keeps of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from cli.noon import NOON, Opens
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core import consents
from gateway.core.sentences.phrases import say
from gateway.identity.pins import hash_pin, matches
from gateway.models import citizen as citizens
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen, Person
from gateway.models.unit import Unit
from gateway.register import decisions, profiles
from gateway.register.applications import Given, person_with
from gateway.register.imports.citizens import identified
from gateway.register.profiles import BadProfile, Profile
from gateway.unit_of_work import AfterCommit, UnitOfWork

DEWI, SECOND = "+6281255500001", "+6281255500002"
NIK = "6171014112900001"
BY = "Aiptu Rahman"
FULL = {
    "name": "Dewi Lestari", "national_id": NIK, "address": "Jl. Ampera 3", "language": "sw", "lat": "-0,0227",
    "lon": "109.33", "quiet": "0", "ring_back": "1", "volunteer_m": "500", "notes": "tuli", "next_of_kin": "Ani 0812",
    "usual_from": "22", "usual_until": "6", "desk_first": "1",
}  # fmt: skip


@pytest.fixture
def open_uow(engine: Engine, settings: Settings) -> Opens:
    """One transaction each time; a unit and an applicant are there."""

    @contextmanager
    def opened() -> Iterator[UnitOfWork]:
        with Session(engine, expire_on_commit=False) as db, db.begin():
            yield UnitOfWork(db, Switchboard([]), AfterCommit(), lambda: NOON, settings)

    with opened() as uow:
        uow.db.add(Unit(code="PTK", name="Polres Pontianak", kind="polres"))
        uow.db.add(applicant(DEWI, "Dewi"))
    return opened


def applicant(phone: str, name: str, state: str = citizens.PENDING, number: str | None = None) -> Citizen:
    person = Person(name=name, created_at=NOON, **identified(number))
    return Citizen(phone=phone, person=person, state=state, applied_at=NOON, channel="sms")


def keep(open_uow: Opens, typed: dict[str, str], reason: str = "", phone: str = DEWI) -> list[str]:
    with open_uow() as uow:
        row = decisions.of_number(uow, phone)
        profile = profiles.read(typed, (row.pin_hash, row.duress_hash), reason)
        return profiles.amend(uow, row, profile, BY)


def held(open_uow: Opens, phone: str = DEWI) -> Citizen:
    with open_uow() as uow:
        return decisions.of_number(uow, phone)


def trail(open_uow: Opens) -> list[tuple[str, str, str]]:
    with open_uow() as uow:
        return [(row.who, row.what, row.detail) for row in uow.db.scalars(select(Audit).order_by(Audit.id))]


def set_up(open_uow: Opens, phone: str = DEWI, **values: object) -> None:
    with open_uow() as uow:
        row = decisions.of_number(uow, phone)
        for name, value in values.items():
            setattr(row, name, value)


def refused(why: pytest.ExceptionInfo[BadProfile]) -> list[tuple[str, str]]:
    return [(reason.about, reason.key) for reason in why.value.reasons]


def test_all_that_a_sheet_can_tell_and_more_is_kept(open_uow: Opens) -> None:
    keep(open_uow, FULL)
    row = held(open_uow)
    assert (row.person.name, row.person.national_id, row.person.address) == ("Dewi Lestari", NIK, "Jl. Ampera 3")
    assert (row.person.notes, row.person.next_of_kin) == ("tuli", "Ani 0812")
    assert (row.language, row.lat, row.lon, row.quiet, row.ring_back) == ("sw", -0.0227, 109.33, False, True)
    assert (row.volunteer_m, row.usual_from, row.usual_until) == (500, 22, 6)
    set_up(open_uow, state=citizens.VERIFIED)
    with open_uow() as uow:
        found = person_with(uow, NIK)  # the number is found by its fingerprint
        assert found is not None
        assert found.id == row.person_id


def test_the_trail_has_names_of_fields_and_nothing_of_what_stands_in_them(open_uow: Opens) -> None:
    keep(open_uow, {**FULL, "pin": "4711", "pin_again": "4711"})
    ((who, what, detail),) = trail(open_uow)
    assert (who, what) == (BY, "citizen.amend")
    names = {name.partition(" ")[0] for name in detail.split(", ")}
    assert names == {*FULL, "pin"} - {"quiet", "ring_back"}
    assert "desk_first on" in detail
    assert held(open_uow).desk_first
    assert keep(open_uow, FULL) == []  # the same again changes nothing
    assert len(trail(open_uow)) == 1


def test_an_emptied_field_is_empty_and_one_that_is_not_told_stays(open_uow: Opens) -> None:
    keep(open_uow, FULL)
    emptied = ("address", "notes", "national_id", "lat", "lon", "volunteer_m", "usual_from", "usual_until")
    assert set(keep(open_uow, dict.fromkeys(emptied, " "))) == set(emptied)
    row = held(open_uow)
    assert (row.person.address, row.person.national_id, row.person.national_id_hash) == (None, None, None)
    assert (row.lat, row.volunteer_m, row.usual_from) == (None, None, None)
    assert (row.person.name, row.person.next_of_kin, row.language) == ("Dewi Lestari", "Ani 0812", "sw")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": " "}, ("name", "missing")),
        ({"name": "x" * 121}, ("name", "too_long")),
        ({"lat": "-0.02", "lon": ""}, ("lat, lon", "pair")),
        ({"usual_from": "8", "usual_until": ""}, ("usual_from, usual_until", "pair")),
        ({"usual_from": "24", "usual_until": "6"}, ("usual_from", "hour")),
        ({"lat": "109.3", "lon": "-0.02"}, ("lat", "degrees")),
        ({"language": "fr"}, ("language", "one_of")),
        ({"volunteer_m": "far"}, ("volunteer_m", "metres")),
        ({"pin": "12", "pin_again": "12"}, ("pin", "pin")),
        ({"pin": "4711", "pin_again": "4712"}, ("pin", "repeat")),
        ({"duress_pin": "4711", "duress_again": "4711"}, ("duress_pin", "duress_alone")),
        (
            {"pin": "4711", "pin_again": "4711", "duress_pin": "4711", "duress_again": "4711"},
            ("duress_pin", "duress_same"),
        ),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    open_uow: Opens, typed: dict[str, str], wrong: tuple[str, str]
) -> None:
    with pytest.raises(BadProfile) as why:
        keep(open_uow, {**FULL, **typed})
    assert refused(why) == [wrong]
    assert held(open_uow).person.name == "Dewi"
    assert trail(open_uow) == []


# --- PINs -----------------------------------------------------------------------------------------------------------


def test_pins_are_stored_as_hashes_and_free_a_phone_that_was_locked(open_uow: Opens) -> None:
    set_up(open_uow, wrong_pins=5, wrong_pin_at=NOON - timedelta(minutes=5))
    keep(open_uow, {"pin": "4711", "pin_again": "4711", "duress_pin": "0815", "duress_again": "0815"})
    row = held(open_uow)
    assert matches("4711", row.pin_hash)
    assert matches("0815", row.duress_hash)
    assert (row.wrong_pins, row.wrong_pin_at) == (0, None)
    assert trail(open_uow)[0][2] == "pin, duress_pin"


def test_a_pin_cannot_become_the_duress_pin_that_is_stored(open_uow: Opens) -> None:
    set_up(open_uow, pin_hash=hash_pin("4711"), duress_hash=hash_pin("0815"))
    with pytest.raises(BadProfile) as why:
        keep(open_uow, {"pin": "0815", "pin_again": "0815"})
    assert refused(why) == [("duress_pin", "duress_same")]


def test_pins_that_changed_meanwhile_are_compared_anew(open_uow: Opens) -> None:
    profile = profiles.read({"pin": "4711", "pin_again": "4711"}, (None, None))
    set_up(open_uow, pin_hash=hash_pin("1234"), duress_hash=hash_pin("4711"))
    with open_uow() as uow, pytest.raises(BadProfile) as why:
        profiles.amend(uow, decisions.of_number(uow, DEWI), profile, BY)
    assert refused(why) == [("pin", "pins_changed")]


# --- safety ---------------------------------------------------------------------------------------------------------


def test_a_phone_that_must_stay_dark_is_never_rung_back(open_uow: Opens) -> None:
    keep(open_uow, {"quiet": "1", "ring_back": "1"})
    row = held(open_uow)
    assert (row.quiet, row.ring_back) == (True, False)
    assert trail(open_uow)[0][2] == "quiet on, ring_back off"
    keep(open_uow, {"ring_back": "1"})  # only while it is quiet still
    assert held(open_uow).ring_back is False


@pytest.mark.parametrize(
    ("before", "typed", "key", "detail"),
    [
        ((True, False), {"quiet": "0", "ring_back": "0"}, "quiet_reason", "quiet off"),
        ((True, False), {"quiet": "0", "ring_back": "1"}, "quiet_reason", "quiet off, ring_back on"),
        ((False, False), {"quiet": "0", "ring_back": "1"}, "ring_reason", "ring_back on"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_to_break_a_silence_needs_a_reason(
    open_uow: Opens, before: tuple[bool, bool], typed: dict[str, str], key: str, detail: str
) -> None:
    set_up(open_uow, quiet=before[0], ring_back=before[1])
    with pytest.raises(BadProfile) as why:
        keep(open_uow, typed, reason="  ")
    assert refused(why) == [("reason", key)]
    keep(open_uow, typed, reason="pindah rumah")
    row = held(open_uow)
    assert (row.quiet, row.ring_back) == (False, typed["ring_back"] == "1")
    assert trail(open_uow)[-1][2] == f"{detail}: pindah rumah"


# --- whose it is ----------------------------------------------------------------------------------------------------


def test_an_identity_number_of_another_name_is_not_taken(open_uow: Opens) -> None:
    with open_uow() as uow:
        uow.db.add(applicant(SECOND, "Orang Lain", citizens.VERIFIED, NIK))
    with pytest.raises(BadProfile) as why:
        keep(open_uow, FULL)
    assert refused(why) == [("national_id", "other_name")]


def test_the_profile_of_a_second_number_reaches_the_person_it_joins(open_uow: Opens) -> None:
    with open_uow() as uow:
        known = applicant(SECOND, "DEWI LESTARI", citizens.VERIFIED, NIK)
        known.person.address, known.person.notes = "Jl. Lama 1", "lama"
        uow.db.add(known)
    with open_uow() as uow:
        row = decisions.of_number(uow, DEWI)
        typed = {"name": "Dewi Lestari", "national_id": NIK, "address": "", "notes": "kursi roda"}
        profiles.verify(uow, row, profiles.read(typed, (None, None)), BY)
    first, second = held(open_uow), held(open_uow, SECOND)
    assert first.person_id == second.person_id
    assert first.state == citizens.VERIFIED
    assert (first.person.address, first.person.notes) == ("Jl. Lama 1", "kursi roda")


def test_a_number_that_changed_hands_leaves_its_old_holder_as_they_were(open_uow: Opens) -> None:
    with open_uow() as uow:
        old = decisions.of_number(uow, DEWI)
        decisions.reassign(uow, DEWI, Given("Rudi"), BY, "ganti pemilik")
        with pytest.raises(BadProfile) as why:
            profiles.amend(uow, old, Profile({"name": "Siapa"}), BY)
    assert refused(why) == [("", "replaced")]


def test_whoever_stands_at_the_desk_is_entered_with_their_consent(open_uow: Opens) -> None:
    with open_uow() as uow:
        row = profiles.enter(uow, SECOND, Given("Rudi", NIK, "Jl. Baru"), "sw", BY, unit_id=1)
        assert (row.state, row.channel, row.unit_id, row.language) == (citizens.PENDING, "desk", 1, "sw")
        assert (row.consent, row.consent_text) == (consents.shown_now("sw"), say("consent.text", "sw"))
        assert (row.person.name, row.person.national_id, row.person.address) == ("Rudi", NIK, "Jl. Baru")
        with pytest.raises(BadProfile) as why:
            profiles.enter(uow, SECOND, Given("Orang Lain"), "id", BY, unit_id=None)
    assert refused(why) == [("phone", "known_number")]
    assert trail(open_uow) == [(BY, "citizen.add", "")]
