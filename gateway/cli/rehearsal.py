"""`siaga demo --once`: play one panic through the whole chain, and print the seconds that each step took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

import click
from sqlalchemy import select

from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.phones import CallState
from gateway.cli.company import Company
from gateway.cli.incidents import told
from gateway.demo_city import BUDI
from gateway.models import event as events
from gateway.models.alert import ACCEPTED, Alert
from gateway.models.incident import Incident
from gateway.wiring import handsets, utc_now

PANIC = "TOLONG ada maling -0.0180,109.3050"
PATIENCE = 20.0  # seconds for any one step
FIRST = 60.0  # seconds until web answers; a busy machine must first start Python five times
LOOK = 0.05  # seconds
Line = tuple[datetime, str]
Found = TypeVar("Found")


def run(company: Company) -> int:
    """Play the panic and print the timeline, one line per step.

    Return 0 only if an officer accepted and was connected.
    """
    people: list[Line] = []
    phones = handsets(company.settings)
    begun = utc_now()
    try:
        begun = _play(company, phones, people)
        went_well = _accepted(company) is not None
    except TimeoutError as error:
        click.echo(f"gave up {error}", err=True)
        went_well = False
    for at, words in sorted([*people, *_kept(company), *_shown(phones)]):
        click.echo(f"+{max(0.0, (at - begun).total_seconds()):.3f} s  {words}")
    return 0 if went_well else 1


def _play(company: Company, phones: Handsets, people: list[Line]) -> datetime:
    """Play the citizen and the officer, and return the time of the panic.

    Raises TimeoutError naming what did not come.
    """
    network, tick = company.network, company.tick

    def do(who: str, what: str) -> datetime:
        people.append((utc_now(), f"{who} {what}"))
        return people[-1][0]

    until("web answers", company.answers, tick, FIRST)
    begun = do(BUDI, f"texts: {PANIC}")
    network.text(BUDI, PANIC)
    officer = until("an officer's phone rings", lambda: _ringing(company, phones), tick)
    until("the officer has the text", lambda: phones.texts(officer), tick)
    do(officer, "picks up and presses 1")
    network.press(officer, "1")
    until("the yes is kept", lambda: _accepted(company), tick)
    network.hang_up(officer)
    do(officer, "rings back")
    network.ring(officer, for_seconds=30)
    until("the citizen's phone rings", lambda: phones.ringing(BUDI), tick)
    do(BUDI, "picks up")
    network.answer(BUDI)
    until("they are put through", lambda: _talking(phones, BUDI) and _talking(phones, officer), tick)
    do(officer, "and the citizen talk to each other")
    network.hang_up(officer)
    return begun


def until(what: str, look: Callable[[], Found | None], tick: Callable[[], None], patience: float = PATIENCE) -> Found:
    """Return what `look` finds, once it finds something. Raises TimeoutError with `what` after `patience` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        tick()
        time.sleep(LOOK)
    raise TimeoutError(f"after {patience:.0f} s: waited until {what}")


def _ringing(company: Company, phones: Handsets) -> str | None:
    """Return the nearest officer's phone that rings."""
    query = select(Alert.phone).where(Alert.officer_id.is_not(None)).order_by(Alert.distance_m)
    with company.house.open_uow() as uow:
        return next((phone for phone in uow.db.scalars(query) if phones.ringing(phone)), None)


def _accepted(company: Company) -> int | None:
    with company.house.open_uow() as uow:
        query = select(Alert.id).where(Alert.state == ACCEPTED, Alert.officer_id.is_not(None))
        return uow.db.scalar(query.limit(1))


def _talking(phones: Handsets, phone: str) -> bool:
    call = phones.live(phone)
    return call is not None and call.state is CallState.TALKING


# --- the timeline -------------------------------------------------------------------------------------------------


def _kept(company: Company) -> Iterator[Line]:
    """Yield what the gateway recorded."""
    with company.house.open_uow() as uow:
        for incident in uow.db.scalars(select(Incident)):
            yield from ((line.at, f"gateway: {told(line)}") for line in events.of_incident(uow.db, incident.id))


def _shown(phones: Handsets) -> Iterator[Line]:
    """Yield what reached the phones."""
    for phone in phones.numbers():
        for text in phones.texts(phone):
            if text.direction == "in":
                yield text.at, f"{phone} reads: {text.body}"
        for call in phones.call_log(phone):
            if call.direction == "in":
                yield call.started, f"{phone} rings"
            if call.answered is not None and call.said:
                yield call.answered, f"{phone} hears: {' '.join(call.said)}"
