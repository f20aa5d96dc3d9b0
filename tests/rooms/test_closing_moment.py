"""An incident is closed in the very moment in which its person asks again: nothing goes into one that is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from no_redis import no_redis
from sqlalchemy import Engine, select, text

from gateway import dispatch, sms, voice
from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.messages import CallEvent, Phase, TextIn
from gateway.core.words.reading import read
from gateway.identity.callers import identify
from gateway.incidents import closing
from gateway.infrastructure.database import open_engine
from gateway.models import incident as incidents
from gateway.models.citizen import Citizen, Person
from gateway.models.event import Event
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House
from gateway.worker.queue import JobQueue

BUDI = "+6281255500001"


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    """Only PostgreSQL has two writers at once."""
    engine = open_engine(postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture
def house(engine: Engine, settings: Settings) -> House:
    """Budi has asked once, and officers are on it."""
    house = House(settings, engine, Switchboard([]), JobQueue(no_redis))
    with house.open_uow() as uow:
        now = uow.now()
        uow.db.add(Unit(id=1, code="PTK", name="Polres Pontianak", kind="polres", phone="+6256170001"))
        uow.db.flush()
        person = Person(name="Budi Santoso", created_at=now)
        uow.db.add(Citizen(phone=BUDI, person=person, state="verified", unit_id=1, applied_at=now))
        uow.db.flush()
        dispatch.raise_alarm(uow, identify(uow, BUDI), "text", said=read("TOLONG"))
    return house


def texts(words: str) -> Callable[[UnitOfWork], object]:
    return lambda uow: sms.receive(uow, TextIn("sim", words, BUDI, "", words))


def rings(uow: UnitOfWork) -> object:
    return voice.heard(uow, CallEvent("sim", "call-1", True, BUDI, Phase.RINGING))


def while_it_is_closed(house: House, deed: Callable[[UnitOfWork], object]) -> None:
    """`deed` has begun and waits for the incident when the transaction that closes it commits."""

    def do() -> None:
        with house.open_uow() as uow:
            deed(uow)

    with ThreadPoolExecutor(1) as pool:
        with house.open_uow() as uow:
            incident = incidents.lock(uow.db, uow.db.scalars(select(Incident.id)).one())
            closing.close(uow, incident, incidents.RESOLVED, "Aipda Adi")
            uow.db.flush()
            done = pool.submit(do)
            wait_until_somebody_waits(house.engine)
        done.result()


def wait_until_somebody_waits(engine: Engine) -> None:
    held_up = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _ in range(200):
        with engine.connect() as connection:
            if connection.execute(text(held_up)).scalar_one():
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits for the incident")


def all_of(house: House) -> list[Incident]:
    with house.open_uow() as uow:
        return list(uow.db.scalars(select(Incident).order_by(Incident.id)))


@pytest.mark.parametrize("again", [texts("TOLONG"), texts("TOLONG DIAM"), rings], ids=["text", "quiet text", "call"])
def test_a_panic_opens_a_new_incident(house: House, again: Callable[[UnitOfWork], object]) -> None:
    while_it_is_closed(house, again)
    first, second = all_of(house)
    assert (first.state, second.state) == ("resolved", "open")
    assert first.repeats == 0
    with house.open_uow() as uow:
        row = uow.db.scalars(select(Inbound).order_by(Inbound.id.desc()).limit(1)).one()
        assert (row.incident_id, row.state) == (second.id, "handled")


def test_other_words_are_asked_about_and_reach_the_desk(house: House) -> None:
    while_it_is_closed(house, texts("besok jadi ke kantor ya"))
    assert [row.state for row in all_of(house)] == ["resolved"]
    with house.open_uow() as uow:
        row = uow.db.scalars(select(Inbound).order_by(Inbound.id.desc()).limit(1)).one()
        assert row.state == "to_human"
        said = [event.kind for event in uow.db.scalars(select(Event).order_by(Event.id))]
        assert said[-1] == "resolved"
        newest = uow.db.scalars(select(Outbound).where(Outbound.phone == BUDI).order_by(Outbound.id.desc())).first()
        assert newest is not None
        assert "YA" in newest.body
