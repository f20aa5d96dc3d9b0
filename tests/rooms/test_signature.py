"""A report that was issued cannot be changed without being found out, nor can the trail that it names be cut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from cryptography.fernet import Fernet
from ledger import NOON, Town
from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import Session

from gateway.identity import audit_log
from gateway.models import sealing
from gateway.models.audit import Audit
from gateway.models.base import Base
from gateway.operations.results import results as reports
from gateway.operations.results.formats import FORMATS
from gateway.operations.results.results import Period
from gateway.operations.results.signature import CHANGED, TRAIL_LOST, UNSIGNED, WHOLE, verified
from gateway.unit_of_work import UnitOfWork

FORMS = ("pdf", "csv", "json")
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def uow() -> Iterator[UnitOfWork]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        yield cast(UnitOfWork, SimpleNamespace(db=db, now=lambda: NOON + timedelta(days=30)))
    engine.dispose()


def issued(uow: UnitOfWork, form: str) -> bytes:
    """A report on a town in which one call was missed, issued after two rows of the trail."""
    town = Town(uow.db).build()
    town.incident("KOTA", yes=75)
    town.units["KOTA"].name = "siaga-signature-here siaga-sig1.AA.AA"  # who names a unit so changes nothing
    audit_log.record_each(uow, "Rina", "citizen.verify", ["+6281230000001", "+6281230000002"])
    return FORMATS[form].write(reports.read(uow, town.units["BJB"], MARCH), "id")


@pytest.mark.parametrize("form", FORMS)
def test_what_was_issued_is_whole_also_when_the_trail_went_on(uow: UnitOfWork, form: str) -> None:
    content = issued(uow, form)
    audit_log.record(uow, "Budi", "citizen.refuse", "+6281230000003")
    found = verified(uow, content)
    assert (found.state, found.head and found.head.count) == (WHOLE, 2)


@pytest.mark.parametrize("form", FORMS)
def test_a_changed_byte_is_found_wherever_it_is(uow: UnitOfWork, form: str) -> None:
    content = issued(uow, form)
    for at in (*range(0, len(content), max(len(content) // 80, 1)), *range(len(content) - 260, len(content))):
        changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        assert verified(uow, changed).state in (CHANGED, UNSIGNED), at


@pytest.mark.parametrize("form", FORMS)
def test_what_was_added_taken_away_or_moved_is_found(uow: UnitOfWork, form: str) -> None:
    content = issued(uow, form)
    word = content[content.rindex(b"siaga-sig1") :].split(b'"')[0].split(b",")[0].strip()
    moved = word + content.replace(word, b"")
    for changed in (content + b"\n", content[1:], content[:-1], content + content, moved):
        assert verified(uow, changed).state == CHANGED


def test_a_file_without_a_signature_is_told_as_such(uow: UnitOfWork) -> None:
    assert verified(uow, b"section,name,value\n").state == UNSIGNED
    assert verified(uow, b"siaga-sig1.AAAA.AAAA").state == CHANGED


def test_an_older_key_still_proves_and_another_gateways_does_not(uow: UnitOfWork) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    sealing.use_keys([old])
    content = issued(uow, "json")
    sealing.use_keys([new, old])
    assert verified(uow, content).state == WHOLE
    sealing.use_keys([new])
    assert verified(uow, content).state == CHANGED


@pytest.mark.parametrize("kept", [0, 1])
def test_it_tells_that_the_trail_lost_its_head_or_a_row_before_it(uow: UnitOfWork, kept: int) -> None:
    content = issued(uow, "csv")
    ids = list(uow.db.scalars(select(Audit.id).order_by(Audit.id)))
    uow.db.execute(delete(Audit).where(Audit.id == ids[kept]))
    assert verified(uow, content).state == TRAIL_LOST
