"""Two hooks draw the same incident code in the same moment: both panics are kept, and both open an incident at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from no_redis import no_redis
from sqlalchemy import Engine, select, text

from gateway import sms
from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.messages import TextIn
from gateway.infrastructure.database import open_engine
from gateway.models import inbound as inbounds
from gateway.models.citizen import Citizen, Person
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.wiring import House
from gateway.worker.queue import JobQueue

BUDI, SITI = "+6281255500001", "+6281255500002"


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    engine = open_engine(postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture
def house(engine: Engine, settings: Settings) -> House:
    house = House(settings, engine, Switchboard([]), JobQueue(no_redis))
    with house.open_uow() as uow:
        now = uow.now()
        uow.db.add(Unit(id=1, code="PTK", name="Polres Pontianak", kind="polres", phone="+6256170001"))
        uow.db.flush()
        for phone in (BUDI, SITI):
            person = Person(name="Warga", created_at=now)
            uow.db.add(Citizen(phone=phone, person=person, state="verified", unit_id=1, applied_at=now))
    return house


def panics(house: House, phone: str) -> Incident | None:
    with house.open_uow() as uow:
        sms.receive(uow, TextIn("sim", phone, phone, "", "TOLONG"))
    with house.open_uow() as uow:
        assert uow.db.scalars(select(Inbound.state).where(Inbound.phone == phone)).one() == inbounds.HANDLED
        return uow.db.scalar(select(Incident).where(Incident.phone == phone))


def draws_first(engine: Engine, code: str) -> None:
    """The database itself gives the next incident this code, once: what a hook does that draws it a moment before the
    other commits."""
    with engine.begin() as db:
        db.execute(text("CREATE SEQUENCE draws"))
        db.execute(
            text(
                "CREATE FUNCTION same_code() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF nextval('draws') = 1 THEN NEW.code := '{code}'; END IF; RETURN NEW; END $$"
            )
        )
        db.execute(text("CREATE TRIGGER same BEFORE INSERT ON incidents FOR EACH ROW EXECUTE FUNCTION same_code()"))


def test_whoever_draws_a_code_that_another_phone_has_just_got_draws_again(engine: Engine, house: House) -> None:
    first = panics(house, BUDI)
    assert first is not None
    draws_first(engine, first.code)
    second = panics(house, SITI)
    assert second is not None
    assert second.code != first.code
    assert second.wave == 1
