"""Wordings that somebody broke by hand, behind our backs: whatever stands in the table, panics are heard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from no_redis import no_redis
from sqlalchemy import Engine, text

from gateway import wordings
from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.sentences import phrases
from gateway.infrastructure import database
from gateway.models.wording import Wording
from gateway.wiring import House
from gateway.worker.queue import JobQueue

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
KEY = "citizen.more_added"
ORIGINAL = phrases.original(KEY, "id")
FACTS = {"code": "K7Q"}


def house(engine: Engine, settings: Settings) -> House:
    return House(settings, engine, Switchboard([]), JobQueue(no_redis), lambda: NOW)


@pytest.fixture(autouse=True)
def catalogue_only() -> Iterator[None]:
    yield
    phrases.reword({})


@pytest.fixture
def home(engine: Engine, settings: Settings) -> House:
    return house(engine, settings)


def write(home: House, words: str, key: str = KEY, language: str = "id") -> None:
    with home.open_uow() as uow:
        uow.db.add(Wording(key=key, language=language, text=words, changed_by="psql"))
    home.vocabulary.look_again()


def said_by(home: House, key: str = KEY, **facts: str) -> str:
    with home.open_uow():
        return phrases.sms(key, "id", **(facts or FACTS))


@pytest.mark.parametrize(
    ("key", "language", "words"),
    [
        (KEY, "id", "POLISI {"),
        (KEY, "id", "POLISI } {code}"),
        (KEY, "id", "POLISI {code.__class__.__mro__}"),
        (KEY, "id", "POLISI {code:2000000000}"),
        (KEY, "id", "POLISI {code!r:{code}}"),
        (KEY, "id", "POLISI {0} {}"),
        (KEY, "id", "POLISI {nobody} {code}"),
        (KEY, "id", "POLISI tanpa kode"),
        (KEY, "id", ""),
        (KEY, "id", "POLISI {code} " + "panjang " * 100_000),
        (KEY, "xx", "POLISI {code}"),
        (KEY, "", "POLISI {code}"),
        ("no.such", "id", "POLISI {code}"),
        ("alert.head", "id", "TENANG SAJA"),
        ("console.menu", "id", "<script>alert(1)</script>"),
    ],
)
def test_a_broken_row_is_not_said_and_stops_nothing(home: House, key: str, language: str, words: str) -> None:
    write(home, words, key, language)
    assert said_by(home) == ORIGINAL.format(**FACTS)
    assert phrases.say("alert.head", "id") == phrases.original("alert.head", "id")
    with home.open_uow() as uow:
        assert [line.partition(" ")[0] for line in wordings.unspoken(uow)] == [f"{language}/{key}"]


@pytest.mark.parametrize(
    "tail", [" " * 2000 + "EKOR " * 50_000, "\x00" + " " * 2000 + "EKOR", "\n" * 1500 + "{nobody}"]
)
def test_what_was_not_looked_at_is_not_said(home: House, engine: Engine, tail: str) -> None:
    """Only so much of a text is looked at, and no more of it may reach a phone."""
    if "\x00" in tail and engine.dialect.name == "postgresql":
        tail = tail.replace("\x00", "\x07")  # PostgreSQL holds no NUL
    write(home, "POLISI: {code}, pesan Anda kami terima." + tail)
    with home.open_uow():
        assert phrases.template(KEY, "id") == "POLISI: {code}, pesan Anda kami terima."


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE wordings SET changed_at = 'kemarin'",
        "UPDATE wordings SET text = x'ff00fe'",
        "UPDATE wordings SET language = x'ff'",
        "ALTER TABLE wordings RENAME COLUMN text TO words",
        "DROP TABLE wordings",
    ],
)
def test_a_table_that_cannot_be_read_stops_no_transaction(sqlite_url: str, settings: Settings, harm: str) -> None:
    """SQLite keeps anything in any column; on either database a column may be gone."""
    engine = database.open_engine(sqlite_url)
    home = house(engine, settings)
    write(home, "POLISI: {code}, pesan Anda kami terima.")
    assert said_by(home).endswith("kami terima.")
    with home.open_uow() as uow:
        uow.db.execute(text(harm))
    home.vocabulary.look_again()
    said_by(home)
    phrases.reword({})
    assert said_by(house(engine, settings)) == ORIGINAL.format(**FACTS), "a process that starts now"
    engine.dispose()
