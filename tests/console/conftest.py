"""A console on a database of its own: two Polres, three users, and browsers that are plain clients."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

import pyotp
import pytest
from flask import Flask
from no_redis import no_redis
from playwright.sync_api import Browser as Chromium
from sqlalchemy import Engine

from gateway.config import Settings
from gateway.identity import users
from gateway.infrastructure import database
from gateway.infrastructure.espeak import Espeak
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.models.user import User
from gateway.web.app import create_app
from gateway.wiring import House, switchboard
from gateway.worker.queue import JobQueue
from tests.console import chromium as real
from tests.console.station import PASSWORD, Browser, Clock


@cache
def hashed() -> str:
    """Once is slow enough."""
    return users.hash_password(PASSWORD)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def console_url(sqlite_url: str) -> str:
    """Pages are tested on SQLite; the rooms' tests ask for both databases."""
    return sqlite_url


@pytest.fixture
def home(console_url: str, settings: Settings, clock: Clock) -> Iterator[House]:
    engine: Engine = database.open_engine(console_url)
    house = House(settings, engine, switchboard(settings, Espeak()), JobQueue(no_redis), clock)
    with house.open_uow() as uow:
        polda = Unit(code="KALBAR", name="Polda Kalbar", kind="polda", timezone="Asia/Pontianak")
        uow.db.add(polda)
        uow.db.flush()
        for code, name, lat, lon, digit in (
            ("PTK", "Pontianak", -0.03, 109.33, 1),
            ("KBR", "Kubu Raya", -0.15, 109.4, 2),
        ):
            polres = Unit(code=code, name=f"Polres {name}", kind="polres", parent_id=polda.id, lat=lat, lon=lon,
                          phone=f"+62561700{digit}10", timezone="Asia/Pontianak")  # fmt: skip
            uow.db.add(polres)
            uow.db.flush()
            uow.db.add(Officer(phone=f"+6281234500{digit}", name=f"Adi {name}", rank="Aipda", unit_id=polres.id,
                                on_duty=True, lat=lat, lon=lon))  # fmt: skip
        uow.db.flush()
        for name, role, unit_id, totp in (
            ("Siti", "desk", 2, False),
            ("Rudi", "desk", 3, False),
            ("Tamu", "viewer", 2, False),
            ("Ibu Admin", "admin", None, True),
        ):
            uow.db.add(User(name=name, role=role, unit_id=unit_id, password_hash=hashed(), totp_on=totp,
                             totp_secret=pyotp.random_base32(), created_at=clock()))  # fmt: skip
    yield house
    engine.dispose()


@pytest.fixture
def app(home: House) -> Flask:
    return create_app(home, drain=False)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def siti(app: Flask) -> Browser:
    """The duty desk of Pontianak, logged in."""
    someone = Browser(app.test_client())
    someone.log_in("Siti")
    return someone


# --- in a real browser ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A real browser. Where none can be driven its tests are skipped and say what is missing; on a CI machine, which
    has to have one, they fail."""
    try:
        with real.started() as browser:
            yield browser
    except real.NoBrowser as error:
        if "CI" in os.environ:
            raise
        pytest.skip(f"needs a browser: {error}")


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """Where the console of `home` is served."""
    with real.served(app) as address:
        yield address
