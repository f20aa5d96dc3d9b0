"""The page of the audit trail: in the reader's language, with links to what the reader may open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from gateway.identity import audit_log
from gateway.models.audit import Audit
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin
from tests.console.station import Browser, panic

AUDIT = "/admin/audit"


def tell(home: House, what: str, subject: str, who: str = "Siti") -> None:
    with home.open_uow() as uow:
        audit_log.record(uow, who, what, subject)


def officer(home: House) -> Officer:
    with home.open_uow() as uow:
        return uow.db.scalars(select(Officer).where(Officer.unit_id == 2)).first()  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("language", "said"),
    [("id", "memverifikasi warga"), ("en", "verified the citizen"), ("sw", "alimthibitisha mwananchi")],
)
def test_each_act_is_said_in_the_readers_language(app: Flask, home: House, language: str, said: str) -> None:
    tell(home, "citizen.verify", "+6281200000000")
    tell(home, "old.act", "x")
    admin = admin_browser(app, home)
    admin.post(f"/language/{language}")
    page = admin.get(AUDIT).text
    assert f'<span title="citizen.verify">{said}</span>' in page
    assert '<span title="old.act">old.act</span>' in page
    with home.open_uow() as uow:
        assert "citizen.verify" in uow.db.scalars(select(Audit.what)).all()
        assert audit_log.verify(uow) == []


def test_what_a_row_names_is_a_link_to_its_page(app: Flask, home: House) -> None:
    someone = officer(home)
    tell(home, "officer.test", someone.phone)
    tell(home, "unit.amend", "PTK")
    tell(home, "unit.policy", "PTK")
    tell(home, "user.suspend", "Siti")
    tell(home, "wording.change", "id/citizen.received")
    tell(home, "unit.amend", "NOWHERE")
    admin = admin_browser(app, home)
    page = admin.get(AUDIT).text
    for address in (
        f"/admin/officers/{someone.id}",
        "/admin/units/2/form",
        "/admin/units/2",
        "/admin/users#user-1",
        "/admin/phrases/id/citizen.received",
    ):
        assert f'<a href="{address}">' in page, address
        assert admin.get(address.partition("#")[0]).status_code == 200
    assert 'id="user-1"' in admin.get("/admin/users").text
    assert "<td>NOWHERE</td>" in page


def test_no_link_leads_to_what_the_reader_may_not_open(app: Flask, home: House) -> None:
    tell(home, "unit.amend", "PTK")
    tell(home, "unit.amend", "KBR")
    tell(home, "user.suspend", "Ibu Admin")
    tell(home, "wording.change", "id/citizen.received")
    page = polres_admin(app, home).get(AUDIT).text
    assert '<a href="/admin/units/2/form">PTK</a>' in page
    for plain in ("KBR", "Ibu Admin", "id/citizen.received"):
        assert f"<td>{plain}</td>" in page


def test_a_code_that_was_given_again_is_a_link_only_to_its_own_incident(app: Flask, home: House) -> None:
    incident = panic(home)
    tell(home, "incident.resolved", incident)
    admin = admin_browser(app, home)
    assert f'<a href="/incidents/{incident}">{incident}</a>' in admin.get(AUDIT).text
    with home.open_uow() as uow:
        for row in uow.db.scalars(select(Incident).where(Incident.code == incident)):
            row.opened_at = uow.now() + timedelta(minutes=1)
    assert f"<td>{incident}</td>" in admin.get(AUDIT).text


def test_the_older_rows_keep_the_filter(app: Flask, home: House) -> None:
    with home.open_uow() as uow:
        audit_log.record_each(uow, "Siti", "unit.amend", ["PTK"] * 100)
    admin: Browser = admin_browser(app, home)
    page = admin.get(f"{AUDIT}?what=units&subject=PT").text
    assert "what=units&amp;subject=PT" in page
    assert '<option value="units" selected>' in page
