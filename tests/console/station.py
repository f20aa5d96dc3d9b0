"""What the console's tests share: a clock that stands, a browser that sends tokens, the one password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import dispatch
from gateway.core.places.spots import Source, Spot
from gateway.core.words.reading import read
from gateway.identity import users
from gateway.identity.callers import identify
from gateway.identity.users import Identity
from gateway.models import incident as incidents
from gateway.models import user as accounts
from gateway.monitor import board, desk_actions, dossier
from gateway.monitor.card import Card
from gateway.monitor.dossier import Dossier
from gateway.wiring import House

PASSWORD = "rahasia-piket"
CALLER = "+6281255500001"
PONTIANAK = (-0.0300, 109.3300)  # degrees WGS 84, at the Polres
TOKEN = re.compile(r'name="csrf" content="([^"]+)"')


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class Browser:
    """A client that sends the token of the page it last saw, as a form does."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        answer = self.client.get(path, headers={"Accept": "text/html", **headers})
        found = TOKEN.search(answer.data.decode("utf-8", "replace"))
        self.token = found.group(1) if found else self.token
        return answer

    def post(self, path: str, **form: str) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **form}, headers={"Accept": "text/html"})

    def log_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        self.get("/login")
        answer = self.post("/login", name=name, password=password)
        self.get("/monitor")
        return answer


def panic(home: House, words: str = "TOLONG ada maling", phone: str = CALLER, quiet: bool = False) -> str:
    """An incident in Pontianak's unit; returns its code."""
    with home.open_uow() as uow:
        spot = Spot(*PONTIANAK, 30.0, Source.COORDINATES, words)
        incident = dispatch.raise_alarm(uow, identify(uow, phone), "text", quiet=quiet, said=read(words), spot=spot)
        return incident.code


def identity(home: House, name: str) -> Identity:
    with home.open_uow() as uow:
        user = accounts.by_name(uow.db, name)
        assert user is not None
        found = users.identity(uow, user.id, user.session)
    assert found is not None
    return found


def card_of(home: House, code: str, name: str = "Siti") -> Card:
    """The incident as this user's board shows it."""
    who = identity(home, name)  # before: SQLite has one writer at a time
    with home.open_uow() as uow:
        return next(card for card in board.cards(uow, who, "id") if card.code == code)


def file_of(home: House, code: str, name: str = "Siti") -> Dossier:
    who = identity(home, name)
    with home.open_uow() as uow:
        incident = dossier.find(uow, who, code)
        assert incident is not None
        return dossier.read(uow, who, incident, "id")


def act(home: House, code: str, action: str, name: str = "Siti", **form: str) -> None:
    who = identity(home, name)
    with home.open_hook_uow() as uow:
        incident = dossier.find(uow, who, code)
        assert incident is not None
        desk_actions.act(uow, who, incidents.lock(uow.db, incident.id), action, form)


def totp_of(home: House, name: str) -> pyotp.TOTP:
    with home.open_uow() as uow:
        user = accounts.by_name(uow.db, name)
        assert user is not None
        return pyotp.TOTP(user.totp_secret)
