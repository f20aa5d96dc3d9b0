"""`siaga demo --once`: one panic through the whole chain, told with the seconds that each step took."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import click
import requests
from sqlalchemy import select

from gateway.carriers.exchange import Exchange
from gateway.models import event as events
from gateway.models.alert import ACCEPTED, Alert
from gateway.models.incident import Incident
from gateway.wiring import House, handsets, utc_now

CITIZEN = "+6281360020001"
PANIC = "TOLONG ada maling -0.0180,109.3050"
PATIENCE = 20.0  # seconds for any one step


def run(house: House, network: Exchange, tick: Callable[[], None]) -> int:
    """Play it; prints the timeline and returns the exit status: 0 only if an officer accepted."""
    told: list[tuple[datetime, str]] = []
    started = utc_now()
    try:
        _play(house, network, tick, told)
    except TimeoutError as error:
        click.echo(f"gave up: {error}", err=True)
    accepted = _tell(house, told, started)
    return 0 if accepted else 1


def _play(house: House, network: Exchange, tick: Callable[[], None], told: list[tuple[datetime, str]]) -> None:
    phones = handsets(house.settings)
    _until("web answers", lambda: _web_answers(house), tick)
    told.append((utc_now(), f"{CITIZEN} texts: {PANIC}"))
    network.text(CITIZEN, PANIC)
    alert = _until("an officer's phone rings", lambda: _ringing(house, network), tick)
    _until("the officer's text", lambda: any(text.direction == "in" for text in phones.texts(alert.phone)), tick)
    for text in phones.texts(alert.phone):
        told.append((text.at, f"{alert.phone} reads: {text.body}"))
    network.answer(alert.phone)
    call = phones.live(alert.phone)
    told.append((utc_now(), f"{alert.phone} hears: {call.said[-1] if call and call.said else ''}"))
    network.press(alert.phone, "1")
    told.append((utc_now(), f"{alert.phone} presses 1"))
    _until("the yes is kept", lambda: _accepted(house), tick)
    network.hang_up(alert.phone)
    told.append((utc_now(), f"{alert.phone} rings back"))
    network.ring(alert.phone, for_seconds=30)
    _until("the citizen's phone rings", lambda: phones.ringing(CITIZEN) is not None, tick)
    network.answer(CITIZEN)
    told.append((utc_now(), f"{CITIZEN} picks up: the two are talking"))
    for text in phones.texts(CITIZEN):
        if text.direction == "in":
            told.append((text.at, f"{CITIZEN} reads: {text.body}"))


def _until(what: str, found: Callable[[], Alert | bool | None], tick: Callable[[], None]):  # type: ignore[no-untyped-def]
    """Wait for something to be so. Raises TimeoutError naming it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        tick()
        if result := found():
            return result
        time.sleep(0.05)
    raise TimeoutError(what)


def _web_answers(house: House) -> bool:
    try:
        return requests.get(f"{house.settings.public_url}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def _ringing(house: House, network: Exchange) -> Alert | None:
    phones = handsets(house.settings)
    with house.open_desk() as desk:
        rows = desk.db.scalars(select(Alert).where(Alert.officer_id.is_not(None)).order_by(Alert.distance_m)).unique()
        return next((row for row in rows if phones.ringing(row.phone)), None)


def _accepted(house: House) -> bool:
    with house.open_desk() as desk:
        query = select(Alert.id).where(Alert.state == ACCEPTED, Alert.officer_id.is_not(None))
        return desk.db.scalar(query.limit(1)) is not None


def _tell(house: House, told: list[tuple[datetime, str]], started: datetime) -> bool:
    with house.open_desk() as desk:
        incident = desk.db.scalar(select(Incident).limit(1))
        for line in events.of_incident(desk.db, incident.id) if incident else ():
            told.append((line.at, " ".join(filter(None, ("gateway:", line.kind, line.who, line.text)))))
    first = min((at for at, words in told if "texts:" in words), default=started)
    for at, words in sorted(told):
        click.echo(f"+{(at - first).total_seconds():.3f} s  {words}")
    return _accepted(house)
