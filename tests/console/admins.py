"""What the tests of the administrator's pages share: admins who are logged in, and the trail that they leave."""

from __future__ import annotations

import pyotp
from flask import Flask

from gateway.identity import audit_log
from gateway.models.audit import Audit
from gateway.models.user import User
from gateway.wiring import House
from tests.console.conftest import hashed
from tests.console.station import Browser, totp_of


def admin_browser(app: Flask, home: House, name: str = "Ibu Admin") -> Browser:
    """An administrator, logged in with password and code."""
    someone = Browser(app.test_client())
    someone.log_in(name)
    someone.get("/login/code")
    someone.post("/login/code", code=totp_of(home, name).at(home.clock()))
    someone.get("/admin")
    return someone


def polres_admin(app: Flask, home: House) -> Browser:
    """The administrator of Polres Pontianak alone."""
    with home.open_uow() as uow:
        uow.db.add(User(name="Kasat", role="admin", unit_id=2, password_hash=hashed(), totp_on=True,
                         totp_secret=pyotp.random_base32(), created_at=uow.now()))  # fmt: skip
    return admin_browser(app, home, "Kasat")


def trail(home: House) -> list[tuple[str, str, str]]:
    """Who did what to whom, and the proof that nobody has changed it."""
    with home.open_uow() as uow:
        assert audit_log.verify(uow) == []
        return [(row.who, row.what, row.subject) for row in uow.db.query(Audit).order_by(Audit.id)]
