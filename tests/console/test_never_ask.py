"""The counter takes down whom a citizen names, and no page ever shows it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from gateway.core.confidants import user_key
from gateway.models import citizen as citizens
from gateway.models import never_asked
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen, Person
from gateway.wiring import House
from tests.console.admins import admin_browser
from tests.console.station import CALLER, Browser

HUSBAND = "+6281255500099"


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


@pytest.fixture
def citizen_id(home: House) -> int:
    with home.open_uow() as uow:
        person = Person(name="Dewi Lestari", created_at=uow.now())
        row = Citizen(phone=CALLER, person=person, state="verified", channel="sms", unit_id=2, applied_at=uow.now())
        uow.db.add(row)
        uow.db.flush()
        return row.id


def named(home: House) -> frozenset[str]:
    with home.open_uow() as uow:
        row = citizens.current(uow.db, CALLER)
        assert row is not None
        return never_asked.named_by(uow.db, row.person_id)


def change(admin: Browser, citizen_id: int, action: str, whom: str = "") -> str:
    page = f"/admin/citizens/{citizen_id}"
    admin.get(page)
    assert admin.post(f"{page}/never-ask", action=action, whom=whom).status_code == 303
    return admin.get(page).text


def without_tokens(page: str) -> str:
    return re.sub(r'(content|value)="[^"]{40,}"', "", page)


def test_names_are_taken_struck_and_never_shown(admin: Browser, home: House, citizen_id: int) -> None:
    page = change(admin, citizen_id, "name", "0812-5550-0099")
    assert named(home) == {HUSBAND}
    assert "55500099" not in page
    assert "5550-0099" not in page
    change(admin, citizen_id, "name", "0812-5550-0099")
    change(admin, citizen_id, "strike", HUSBAND)
    assert named(home) == frozenset()
    change(admin, citizen_id, "name", HUSBAND)
    change(admin, citizen_id, "forget")
    assert named(home) == frozenset()
    with home.open_uow() as uow:
        rows = uow.db.scalars(select(Audit).where(Audit.what == "citizen.sealed")).all()
        assert len(rows) == 5
        assert {(row.subject, row.detail) for row in rows} == {(CALLER, "")}


def test_a_name_that_is_nobodys_is_refused(admin: Browser, home: House, citizen_id: int) -> None:
    change(admin, citizen_id, "name", "tidak ada")
    change(admin, citizen_id, "name", "")
    assert named(home) == frozenset()


def test_an_admin_who_is_named_changes_nothing_and_reads_the_same(admin: Browser, home: House, citizen_id: int) -> None:
    taken = without_tokens(change(admin, citizen_id, "name", "Ibu Admin"))
    assert named(home) == {user_key("Ibu Admin")}
    assert without_tokens(change(admin, citizen_id, "forget")) == taken
    assert named(home) == {user_key("Ibu Admin")}
