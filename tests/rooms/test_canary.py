"""The canary shows whether ENCRYPTION_KEYS are those of this database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gateway.models import canary, sealing
from gateway.models.citizen import Person
from gateway.models.inbound import Inbound

NOW = datetime(2026, 11, 27, tzinfo=UTC)
OURS, OTHER = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    sealing.use_keys([OURS])
    with Session(engine) as session:
        yield session


def test_a_fresh_database_takes_any_keys_and_then_only_these(db: Session) -> None:
    assert canary.keys_fit(db)
    canary.write(db)
    canary.write(db)
    assert canary.keys_fit(db)
    sealing.use_keys([OTHER])
    assert not canary.keys_fit(db)


def test_keys_in_rotation_fit(db: Session) -> None:
    canary.write(db)
    sealing.use_keys([OTHER, OURS])
    assert canary.keys_fit(db)


@pytest.mark.parametrize("what", ["a text", "a person"])
def test_without_a_canary_what_is_sealed_answers(db: Session, what: str) -> None:
    text = Inbound(line="x", kind="text", ref="1", phone="+62", body="TOLONG", raw="TOLONG", received_at=NOW)
    db.add(text if what == "a text" else Person(name="Dewi", address="Gang Kenanga 17", created_at=NOW))
    db.flush()
    assert canary.keys_fit(db)
    sealing.use_keys([OTHER])
    assert not canary.keys_fit(db)


def test_a_row_of_other_keys_hides_no_row_beside_it(db: Session) -> None:
    db.add(Inbound(line="x", kind="text", ref="1", phone="+62", body="lama", received_at=NOW))
    db.flush()
    sealing.use_keys([OTHER])
    db.add(Inbound(line="x", kind="text", ref="2", phone="+62", body="baru", received_at=NOW))
    db.flush()
    db.expire_all()
    assert [row.body for row in db.query(Inbound).order_by(Inbound.id)] == [sealing.UNREADABLE, "baru"]
