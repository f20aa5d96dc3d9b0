"""Old keys can go once everything is sealed under the new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gateway.models import citizen as citizens
from gateway.models import never_asked, sealing
from gateway.models.citizen import Citizen, Person
from gateway.models.inbound import Inbound
from gateway.operations import key_rotation
from gateway.register import applications
from gateway.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HUSBAND = "+6281210000001"
NIK = "6171014112900001"
KEY_BEFORE = Fernet.generate_key().decode()


class House:
    """The least of a unit of work: a session in a transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def open_uow(self) -> Iterator[UnitOfWork]:
        with Session(self.engine) as db, db.begin():
            yield cast(UnitOfWork, SimpleNamespace(db=db))


@pytest.fixture
def house(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> House:
    """One citizen with everything sealed, and more letters than fit one batch."""
    sealing.use_keys([KEY_BEFORE])
    monkeypatch.setattr(key_rotation, "BATCH", 2)  # so that few rows are several batches
    house = House(engine)
    with house.open_uow() as uow:
        person = Person(name="Dewi", national_id=NIK, address="Gang Kenanga 17", created_at=NOW)
        person.national_id_hash = sealing.fingerprints(NIK)[0]
        uow.db.add(Citizen(phone="+6281390000051", person=person, state=citizens.VERIFIED, applied_at=NOW))
        uow.db.flush()
        never_asked.add(uow.db, person.id, HUSBAND)
        letters = [
            Inbound(line="x", kind="text", ref=str(n), phone="+62", body=f"{n}", received_at=NOW) for n in range(5)
        ]
        uow.db.add_all(letters)
    return house


def test_afterwards_the_old_key_opens_nothing_and_is_not_needed(house: House) -> None:
    new = Fernet.generate_key().decode()
    sealing.use_keys([new, KEY_BEFORE])
    assert key_rotation.rotate(house.open_uow) == 8
    sealing.use_keys([new])
    with house.open_uow() as uow:
        person = applications.person_with(uow, NIK)
        assert person is not None
        assert (person.national_id, person.address, person.notes) == (NIK, "Gang Kenanga 17", None)
        assert [row.body for row in uow.db.scalars(select(Inbound).order_by(Inbound.id))] == [*"01234"]
    sealing.use_keys([KEY_BEFORE])
    with house.open_uow() as uow:
        assert {row.body for row in uow.db.scalars(select(Inbound))} == {sealing.UNREADABLE}


def test_it_can_be_run_again(house: House) -> None:
    assert key_rotation.rotate(house.open_uow) == key_rotation.rotate(house.open_uow) == 8


def test_what_no_key_opens_is_not_lost(house: House) -> None:
    sealing.use_keys([Fernet.generate_key().decode()])
    with pytest.raises(InvalidToken):
        key_rotation.rotate(house.open_uow)
    sealing.use_keys([KEY_BEFORE])
    with house.open_uow() as uow:
        assert applications.person_with(uow, NIK) is not None


def test_whom_a_citizen_named_is_found_by_the_old_key_and_by_the_new_one(house: House) -> None:
    new = Fernet.generate_key().decode()
    sealing.use_keys([new, KEY_BEFORE])
    with house.open_uow() as uow:
        (person_id,) = uow.db.scalars(never_asked.naming([HUSBAND]))
        never_asked.add(uow.db, person_id, HUSBAND)
        assert never_asked.count(uow.db, person_id) == 1
    key_rotation.rotate(house.open_uow)
    sealing.use_keys([new])
    with house.open_uow() as uow:
        assert uow.db.scalars(never_asked.naming([HUSBAND])).all() == [person_id]
        assert never_asked.named_by(uow.db, person_id) == {HUSBAND}
        never_asked.strike(uow.db, person_id, HUSBAND)
        assert never_asked.named_by(uow.db, person_id) == frozenset()
