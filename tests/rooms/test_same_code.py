"""Two hooks draw the same incident code in the same moment: both panics are kept, and both open an incident at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from no_redis import no_redis
from sqlalchemy import Engine, select, text

from gateway import sms
from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core import codes
from gateway.core.messages import TextIn
from gateway.infrastructure.database import open_engine
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models.citizen import Citizen, Person
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.wiring import House
from gateway.worker.queue import JobQueue

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
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


# --- which codes are drawn --------------------------------------------------------------------------------------------


def test_a_code_in_use_or_used_today_or_only_shown_is_not_given_again(house: House) -> None:
    now = NOW
    letters = iter("A2AB2BC2CD2D" + "E2E" * 4)
    with house.open_uow() as uow:
        for number, (code, closed, shown) in enumerate(
            (
                ("A2A", None, None),
                ("B2B", now - timedelta(hours=23), None),
                ("Z9Z", None, "C2C"),
                ("D2D", now - timedelta(hours=25), None),
            )
        ):
            row = Incident(code=code, phone=f"+1{number}", name="x", channel="text", opened_at=now, shown_code=shown)
            row.closed_at = closed
            uow.db.add(row)
        uow.db.flush()
        taken: list[str] = []
        real = codes.fresh

        def fresh(
            in_use: int, held: Callable[[Sequence[str]], Collection[str]], is_clear: Callable[[str], bool]
        ) -> str:
            taken.extend(held(["A2A", "B2B", "C2C", "D2D", "E2E"]))
            assert in_use == 3
            return real(in_use, held, is_clear, lambda _: next(letters))

        assert incidents.fresh_code(uow.db, now, fresh) == "D2D"
    assert sorted(taken) == ["A2A", "B2B", "C2C"]


def test_a_code_has_four_characters_once_a_tenth_of_the_short_ones_are_in_use() -> None:
    assert len(codes.fresh(codes.CROWDED - 1, lambda drawn: (), codes.is_code)) == 3
    assert len(codes.fresh(codes.CROWDED, lambda drawn: (), codes.is_code)) == 4
