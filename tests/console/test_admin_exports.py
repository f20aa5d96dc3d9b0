"""Lists as files: the same comes back, a list of people is guarded, and each is recorded."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from gateway.models.audit import Audit
from gateway.models.citizen import Citizen, Person
from gateway.models.never_asked import NeverAsked
from gateway.models.officer import Officer
from gateway.models.place import Place
from gateway.models.shift import Shift
from gateway.register import exports, tables
from gateway.register.exports import EXPORTS, GUARDED, Taker
from gateway.register.imports import kinds
from gateway.register.imports.outcome import Effect
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import Clock, totp_of

EXPORTS_PAGE = "/admin/exports"
SECRET = {"national_id": "6171015501900001", "address": "Jl. Rahasia 1", "notes": "catatan rahasia"}
RINA = "+6281255500077"


@pytest.fixture
def full(home: House) -> House:
    """The city with somebody of whom much must stay inside, a place, and a night's turns."""
    with home.open_uow() as uow:
        sari = Person(name="=HYPERLINK(1)", created_at=uow.now(), **SECRET)
        uow.db.add(Citizen(phone=RINA, person=sari, state="verified", channel="csv", unit_id=2,
                           lat=-0.0771, lon=109.3771, quiet=True, ring_back=False, desk_first=True, volunteer_m=500,
                           applied_at=uow.now()))  # fmt: skip
        uow.db.flush()
        uow.db.add(NeverAsked(person_id=sari.id, whom="+6281299900000", whom_hash="0" * 64))
        uow.db.add(Place(name="-Pasar", aliases="psr|pasar", lat=-0.03, lon=109.33, radius_m=150, unit_id=2))
        officer = uow.db.scalars(select(Officer)).first()
        assert officer is not None
        uow.db.add_all(Shift(officer_id=officer.id, weekday=day, starts=1320, minutes=480) for day in (4, 5))
    return home


@pytest.mark.parametrize("ending", tables.WRITERS)
@pytest.mark.parametrize("kind", EXPORTS)
def test_what_is_taken_out_and_brought_in_again_changes_nothing(kind: str, ending: str, full: House) -> None:
    with full.open_uow() as uow:
        table = exports.take(uow, kind, Taker("Operator"), "pindah sistem")
        content = tables.in_bytes(table, ending)
    assert len(list(table.rows)) > 0 or kind == "incidents"
    if kind in kinds.TABLES or kind == "volunteers":
        outcome = kinds.bring_in(full.open_uow, "citizens" if kind == "volunteers" else kind, io.BytesIO(content))
        assert [str(fault) for fault in outcome.faults] == []
        assert (outcome.ignored, outcome.changed_anything) == ((), False)
        assert outcome.effects[Effect.SAME] == len(list(table.rows))


def test_a_list_of_people_asks_for_the_authenticator_and_a_reason_and_holds_nothing_secret(
    app: Flask, full: House, clock: Clock
) -> None:
    admin = admin_browser(app, full)
    clock.move(minutes=2)  # the code of the log-in is used up
    code = totp_of(full, "Ibu Admin").at(full.clock())
    wrong = [
        admin.post(f"{EXPORTS_PAGE}/citizens", ending="csv", code=code),
        admin.post(f"{EXPORTS_PAGE}/citizens", ending="csv", reason="audit"),
        admin.post(f"{EXPORTS_PAGE}/citizens", ending="csv", reason="audit", code="000000"),
    ]
    assert [answer.status_code for answer in wrong] == [409, 409, 409]
    assert not any(what.startswith("export.") for _, what, _ in trail(full))
    answer = admin.post(f"{EXPORTS_PAGE}/citizens", ending="csv", reason="audit tahunan", code=code)
    told = answer.data.decode("utf-8-sig")
    assert answer.headers["Content-Disposition"] == "attachment; filename=siaga-citizens.csv"
    assert re.match(r"siaga citizens \| Ibu Admin \| \d{4}-\d\d-\d\d \d\d:\d\d UTC \| audit tahunan", told)
    assert f"'{RINA},'=HYPERLINK(1)" in told
    assert not any(word in told for word in (*SECRET.values(), "109.3771", "+6281299900000", "quiet", "desk_first"))
    assert ("Ibu Admin", "export.citizens", "citizens") in trail(full)
    with full.open_uow() as uow:
        row = uow.db.scalars(select(Audit).where(Audit.what == "export.citizens")).one()
        assert row.detail.endswith("rows: audit tahunan")
    again = admin.post(f"{EXPORTS_PAGE}/citizens", ending="csv", reason="audit tahunan", code=code)
    assert again.status_code == 409  # a code is good for one file


def test_other_lists_need_no_code_and_show_an_admin_the_own_units_only(app: Flask, full: House) -> None:
    admin = polres_admin(app, full)
    page = admin.get(EXPORTS_PAGE).text
    assert all(f"{EXPORTS_PAGE}/{kind}" in page for kind in EXPORTS)
    told = admin.post(f"{EXPORTS_PAGE}/units", ending="csv").data.decode("utf-8-sig")
    assert "PTK" in told
    assert not re.search(r"^KBR,", told, re.MULTILINE)
    assert admin.post(f"{EXPORTS_PAGE}/units", ending="exe").status_code == 404
    assert admin.post(f"{EXPORTS_PAGE}/secrets", ending="csv").status_code == 404


def test_the_guarded_lists_are_those_of_people_who_may_ask_for_help() -> None:
    assert {kind for kind, one in EXPORTS.items() if one.columns == EXPORTS["citizens"].columns} == set(GUARDED)
