"""No transaction of a whole story locks an incident after an attempt or an outbound, nor an attempt after an outbound
(docs/developers/lock-order.md)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from journeys.city import Pontianak
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from gateway.core.messages import Delivery, DeliveryReceipt
from gateway.delivery import delivery_receipts
from gateway.models.attempt import Attempt
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from tests.locks import Locks, watched


@pytest.fixture
def locks(engine: Engine, city: Pontianak) -> Iterator[Locks]:
    with watched(engine) as locks:
        yield locks


def test_a_panic_that_is_answered_and_closed_keeps_the_order(city: Pontianak, locks: Locks) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].expects_call().presses("1")
    city.forward(seconds=2)
    city.of_barat[0].texts("SELESAI")
    city.forward(seconds=2)
    assert locks.wrong == []
    assert ("incidents", "attempts", "outbounds") in locks.chains


def test_a_panic_that_nobody_answers_keeps_the_order(city: Pontianak, locks: Locks) -> None:
    """Busy, unreachable, out of reach, a no on the phone, and one that picks up and says nothing. (Ends that nobody
    reports, and dead workers: tests/rooms/test_sending.py.)"""
    city.of_barat[0].is_busy()
    city.of_barat[1].is_unreachable()
    city.of_barat[2].is_off()
    city.budi.texts("TOLONG")
    city.desk_barat.expects_call().presses("0")
    city.forward(seconds=40)
    city.of_kota[0].expects_call().answers()
    city.forward(seconds=70)
    assert locks.wrong == []


def test_a_text_that_no_network_can_deliver_keeps_the_order(city: Pontianak, locks: Locks) -> None:
    city.budi.texts("TOLONG")
    with city.open() as uow:
        query = select(Attempt).join(Outbound).where(Outbound.kind == "text", Outbound.alert_id.is_not(None))
        tried = uow.db.scalars(query.order_by(Attempt.id)).all()
    for attempt in tried:
        with city.open() as uow:
            said = DeliveryReceipt(attempt.line, attempt.ref, attempt.id, Delivery.FAILED, permanent=True)
            delivery_receipts.note(uow, said)
    city.settle()
    assert locks.wrong == []
    assert ("incidents", "attempts", "outbounds") in locks.chains


@pytest.mark.parametrize("key", ["1", "2", "5"])
def test_a_desks_key_about_an_uncertain_call_keeps_the_order(city: Pontianak, locks: Locks, key: str) -> None:
    city.budi.texts("dia datang lagi")
    city.forward(seconds=16)
    city.desk_barat.expects_call().presses(key)
    city.forward(seconds=2)
    assert locks.wrong == []


def test_a_no_and_a_yes_to_our_question_keep_the_order(city: Pontianak, locks: Locks) -> None:
    city.budi.texts("dia datang lagi")
    city.forward(seconds=16)
    city.budi.texts("bukan")
    city.budi.texts("ya")
    city.forward(seconds=2)
    assert locks.wrong == []
    assert city.incident.state == "open"


def test_the_watch_sees_a_transaction_that_breaks_the_order(city: Pontianak, locks: Locks, engine: Engine) -> None:
    city.budi.texts("TOLONG")
    with Session(engine) as db, db.begin():
        owed = db.scalars(select(Outbound).limit(1).with_for_update()).one()
        db.scalars(select(Incident).where(Incident.id == owed.incident_id).with_for_update(of=Incident)).one()
        db.execute(update(Attempt).values(code="x"))
    assert locks.wrong == ["incidents after outbounds", "attempts after outbounds"]
