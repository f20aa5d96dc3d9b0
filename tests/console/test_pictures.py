"""A desk opens the picture that came with a text; nobody else does, and nothing in it runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from gateway.carriers.failover import Switchboard
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.wiring import House
from tests.carriers.test_twilio_pictures import GIF, Store, at, line, text
from tests.console.station import CALLER, Browser, panic

STRANGER = "+6281399990001"


@pytest.fixture
def others(app: Flask) -> dict[str, Browser]:
    """The desk of Kubu Raya, and a viewer."""
    found = {name: Browser(app.test_client()) for name in ("Rudi", "Tamu")}
    for name, browser in found.items():
        browser.log_in(name)
    return found


@pytest.fixture
def store(home: House) -> Iterator[Store]:
    """Twilio, beside the line of this console, with a picture."""
    with Store() as store:
        simulator = home.lines.named("simulator")
        assert simulator is not None
        home.lines = Switchboard([simulator, line(store.url)])
        yield store


def comes_in(home: House, store: Store, phone: str = STRANGER, **facts: object) -> int:
    with home.open_uow() as uow:
        values = {"state": "to_human", "unit_id": 2, "body": "lihat ini", **facts}
        row = Inbound(line="twilio", kind="text", ref="MM1", phone=phone, raw=text(at(store.url)),
                      received_at=uow.now(), **values)  # fmt: skip
        uow.db.add(row)
        uow.db.flush()
        return row.id


def test_the_desk_that_reads_a_text_sees_and_opens_its_picture(siti: Browser, home: House, store: Store) -> None:
    number = comes_in(home, store)
    board = siti.get("/monitor/board").json
    assert board is not None
    assert f'href="/pictures/{number}/1"' in board["unread"]
    assert store.asked == []
    answer = siti.get(f"/pictures/{number}/1")
    assert (answer.status_code, answer.mimetype, answer.text) == (200, "image/gif", GIF)
    assert answer.headers["Content-Security-Policy"].strip() == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert siti.get(f"/pictures/{number}/2").status_code == 404


def test_nobody_else_opens_it(others: dict[str, Browser], app: Flask, home: House, store: Store) -> None:
    number = comes_in(home, store)
    assert others["Rudi"].get(f"/pictures/{number}/1").status_code == 404, "another unit's desk"
    assert others["Tamu"].get(f"/pictures/{number}/1").status_code == 403, "a viewer"
    assert app.test_client().get(f"/pictures/{number}/1").status_code == 302, "nobody"
    assert store.asked == []


def test_a_picture_of_an_incident_stands_on_its_page_until_retention(
    siti: Browser, others: dict[str, Browser], home: House, store: Store
) -> None:
    code = panic(home, "TOLONG")
    with home.open_uow() as uow:
        incident_id = uow.db.scalars(select(Incident.id).where(Incident.code == code)).one()
    number = comes_in(home, store, CALLER, state="handled", incident_id=incident_id, unit_id=None)
    assert f'href="/pictures/{number}/1"' in siti.get(f"/incidents/{code}").text
    assert siti.get(f"/pictures/{number}/1").text == GIF
    assert others["Rudi"].get(f"/pictures/{number}/1").status_code == 404
    with home.open_uow() as uow:
        uow.db.get_one(Inbound, number).raw = ""  # as `siaga purge` leaves it
    assert "/pictures/" not in siti.get(f"/incidents/{code}").text
    assert siti.get(f"/pictures/{number}/1").status_code == 404
