"""The database is away while somebody asks for help: answered, kept unreadable, and done when it is back, once."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worst.conftest import Towns
from worst.processes import eventually
from worst.servers import OwnPostgresql, OwnRedis
from worst.town import BUDI, SITI, Town, codes_in, officer, wave_one

from gateway.infrastructure import database
from gateway.models.alert import Alert
from gateway.models.incident import Incident

PATIENCE = 15.0  # seconds after which Twilio gives a webhook up


@pytest.fixture(scope="module")
def server(server_dir: Path) -> Iterator[OwnPostgresql]:
    own = OwnPostgresql(server_dir / "own")
    database.migrate(own.url.format("postgres"))
    yield own
    own.start()
    own.server.cleanup()


@pytest.fixture
def url(server: OwnPostgresql, numbers: Iterator[int]) -> Iterator[str]:
    """A fresh migrated database on it."""
    name = f"away_{next(numbers)}"
    with psycopg.connect(server.url.format("template1").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE postgres")
    yield server.url.format(name)
    server.thaw()
    server.start()


@pytest.fixture
def town(towns: Towns, url: str, redis_url: str) -> Town:
    town = towns.found(url, redis_url).build()
    town.start_all()
    return town


def spooled(town: Town) -> list[Path]:
    return sorted((town.data_dir / "spool").glob("**/*.hook"))


def readable(town: Town) -> bool:
    """Whether anything that a person said or is can be read in the spool."""
    kept = b"".join(path.read_bytes() for path in spooled(town))
    return any(word in kept for word in (b"TOLONG", BUDI.encode(), BUDI[1:].encode(), b"twilio", b"Body"))


def done_once(town: Town, within: float, *senders: str) -> None:
    eventually(within, lambda: {incident.phone for incident in town.incidents()} == set(senders))
    eventually(within, lambda: min(town.alerts()[phone] for phone in wave_one()) >= len(senders))
    eventually(5, town.settled)
    assert len(town.incidents()) == len(senders)
    assert {town.alerts()[phone] for phone in wave_one()} == {len(senders)}
    eventually(3, lambda: not spooled(town))


def test_a_text_while_the_database_is_stopped_is_kept_and_done_once(town: Town, server: OwnPostgresql) -> None:
    server.stop()
    started = time.monotonic()
    town.text(MessageSid="SM" + "7" * 32)
    assert time.monotonic() - started < PATIENCE / 3
    town.text(MessageSid="SM" + "7" * 32)  # the carrier tries again nevertheless
    assert len(spooled(town)) == 2
    assert not readable(town)

    server.start()
    done_once(town, 5, BUDI)
    assert town.inbounds() == 1


def test_while_it_is_stopped_desk_and_officers_are_asked_and_who_answers_leads(
    towns: Towns, url: str, redis_url: str, server: OwnPostgresql
) -> None:
    town = towns.found(url, redis_url).build()
    town.start_web(wait=False)
    town.start_worker(wait=False)
    eventually(90, lambda: town.web_answers() and town.beats(), "web and worker run")
    parts = [town.data_dir / "outage" / f"{part}.sealed" for part in ("phones", "duty", "register")]
    eventually(30, lambda: all(part.exists() for part in parts), "the snapshot is written")
    assert all(part.stat().st_mode & 0o777 == 0o600 for part in parts)
    assert not any(word in part.read_bytes() for part in parts for word in (BUDI.encode(), b"Warga", b"BARAT"))
    server.stop()
    town.text("TOLONG ada maling")
    eventually(3, lambda: told_meanwhile(town).keys() == wave_one() and set(town.rung()) == wave_one())
    (code,) = {code for body in told_meanwhile(town).values() for code in codes_in(body)}
    assert all("Warga 01" in body and "ada maling" in body for body in told_meanwhile(town).values())
    eventually(3, lambda: any("110" in text.body for text in town.twilio.texts if text.to == BUDI))
    town.text(f"OK {code}", sender=officer(1))

    server.start()
    eventually(10, lambda: [(row.code, leader(town)) for row in town.incidents()] == [(code, officer(1))])
    eventually(5, town.settled)
    assert sum("SISTEM TERGANGGU" in text.body for text in town.twilio.texts) == len(wave_one())
    assert not set(town.alerts()) & wave_one()  # the first wave did not text them again
    eventually(3, lambda: not list((town.data_dir / "outage" / "marks").glob("asked-*")))


def told_meanwhile(town: Town) -> dict[str, str]:
    """What each phone read while the database was away."""
    return {text.to: text.body for text in town.twilio.texts if "SISTEM TERGANGGU" in text.body}


def leader(town: Town) -> str:
    """The phone of who leads the only incident; "" where nobody does."""
    with Session(town.engine) as db:
        query = select(Alert.phone).join(Incident, Incident.leader_id == Alert.id)
        return db.scalar(query) or ""


def test_a_text_while_the_database_hangs_is_kept_and_done_once(town: Town, server: OwnPostgresql) -> None:
    server.freeze()
    started = time.monotonic()
    town.text(sender=BUDI)
    assert time.monotonic() - started < PATIENCE * 0.8
    assert spooled(town)
    assert not readable(town)
    started = time.monotonic()
    town.text(sender=SITI)
    assert time.monotonic() - started < PATIENCE / 2

    server.thaw()
    done_once(town, 8, BUDI, SITI)


def test_a_web_process_that_dies_with_a_full_spool_loses_nothing(town: Town, server: OwnPostgresql) -> None:
    server.stop()
    town.text()
    town.running[0].kill()
    server.start()
    town.start_web()
    done_once(town, 5, BUDI)


def test_what_left_while_the_database_went_away_is_written_when_it_is_back(town: Town, server: OwnPostgresql) -> None:
    """Longer than a worker may be silent: nobody takes over from anybody who is only cut off."""
    town.start_worker()
    town.twilio.exit.shut()
    town.text()
    eventually(5, lambda: set(town.alerts()) == wave_one() and set(town.rung()) == wave_one())
    server.stop(meanwhile=town.twilio.exit.open)
    time.sleep(6)
    server.start()
    eventually(8, town.settled)
    time.sleep(1.5)
    assert set(town.alerts().values()) == {1}
    assert set(town.rung().values()) == {1}


def test_everything_may_start_before_the_database_and_redis_do(
    towns: Towns, url: str, server: OwnPostgresql, own_redis: OwnRedis
) -> None:
    town = towns.found(url, own_redis.url).build()
    server.stop()
    town.start("worker", [sys.executable, "worker.py"])
    town.start_web()
    town.text()
    time.sleep(1)
    assert all(running.alive for running in town.running)

    server.start()
    own_redis.start()
    done_once(town, 8, BUDI)
    town.text(sender=SITI)
    done_once(town, 3, BUDI, SITI)
