"""Every process knows what any of them has learnt of a line; a line that works again is not called failing for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from gateway.config import Settings
from gateway.core.line_health import LOOKS_BACK
from gateway.core.messages import Delivery, DeliveryReceipt, Ending, Outcome, Sent
from gateway.delivery import delivery_receipts
from gateway.models import outbound as outbounds
from gateway.models import worker as workers
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from gateway.unit_of_work import OpenUnitOfWork
from tests.rooms.test_sending import PHONE, Town

PHONES = [f"+2547110001{at:02d}" for at in range(12)]


@pytest.fixture
def town(engine: Engine, settings: Settings) -> Town:
    return Town(engine, settings)


def failing(town: Town) -> list[str]:
    with town.web() as uow:
        return [f"{row.line} {row.kind}" for row in workers.failing(uow.db, uow.lines.names(), uow.now())]


def reports(open_uow: OpenUnitOfWork, phones: Sequence[str], delivery: Delivery, absent: bool = False) -> None:
    """The network of the first line reports what became of the newest text to each of these phones."""
    for phone in phones:
        with open_uow() as uow:
            query = select(Attempt).join(Outbound).where(Outbound.phone == phone, Attempt.line == "first")
            attempt = uow.db.scalars(query.order_by(Attempt.id.desc())).first()
            assert attempt is not None
            said = DeliveryReceipt("first", f"ref-{attempt.id}", attempt.id, delivery, code="NACK", phone=phone)
            delivery_receipts.note(uow, DeliveryReceipt(**vars(said) | {"absent": absent}))


def has_sent_to(town: Town, *phones: str) -> list[str]:
    """A text to each of these phones leaves; returns the line of each attempt since."""
    before = len(town.attempts())
    for phone in phones:
        town.owes(phone)
    town.sends()
    return [attempt.line for attempt in town.attempts()[before:]]


def test_a_line_that_failed_before_a_restart_is_well_after_the_first_good_request(town: Town) -> None:
    town.first.answer = Sent(Outcome.REFUSED, code="503")
    has_sent_to(town, PHONE)
    assert failing(town) == ["first text"]
    town.worker = town._process()
    town.first.answer = Sent(Outcome.ACCEPTED, ref="ref")
    town.forward(60)
    assert has_sent_to(town, PHONES[0]) == ["first"]
    assert failing(town) == []


def test_a_call_that_went_well_says_nothing_of_texts(town: Town) -> None:
    town.first.answer = Sent(Outcome.REFUSED, code="503")
    has_sent_to(town, PHONE)
    town.first.answer = Sent(Outcome.ACCEPTED, ref="ref")
    town.owes(PHONES[0], outbounds.CALL)
    town.sends()
    assert failing(town) == ["first text"]


def test_another_worker_tries_the_line_last_on_which_one_has_failed(town: Town) -> None:
    town.first.answer = Sent(Outcome.REFUSED, code="503")
    has_sent_to(town, PHONE)
    town.worker = town._process()
    assert has_sent_to(town, PHONES[0]) == ["second"]
    town.forward(60)
    assert has_sent_to(town, PHONES[1])[0] == "first"


def test_what_several_web_processes_hear_counts_together_and_moves_the_workers_order(town: Town) -> None:
    has_sent_to(town, *PHONES[:3])
    for phone in PHONES[:3]:
        reports(town._process(), [phone], Delivery.FAILED)
    assert failing(town) == ["first text"]
    assert has_sent_to(town, PHONES[5])[-1] == "second"


def test_phones_that_are_off_say_nothing_however_many(town: Town) -> None:
    has_sent_to(town, *PHONES[:5])
    reports(town.web, PHONES[:5], Delivery.FAILED, absent=True)
    assert failing(town) == []


def test_a_good_request_does_not_disprove_what_the_network_reports(town: Town) -> None:
    has_sent_to(town, *PHONES[:3])
    reports(town.web, PHONES[:3], Delivery.FAILED)
    town.second.answer = Sent(Outcome.REFUSED)
    assert "first" in has_sent_to(town, PHONES[5])
    assert "first text" in failing(town)
    town.forward(LOOKS_BACK.total_seconds() + 1)
    assert "first text" not in failing(town), "nothing is known of now"


def test_it_is_well_again_by_reports_that_any_process_hears(town: Town) -> None:
    has_sent_to(town, *PHONES)
    reports(town.web, PHONES[:3], Delivery.FAILED)
    assert failing(town) == ["first text"]
    reports(town._process(), PHONES[3:], Delivery.DELIVERED)
    assert failing(town) == []


def test_calls_that_no_network_puts_through_are_counted_by_themselves(town: Town) -> None:
    for phone in PHONES[:3]:
        town.owes(phone, outbounds.CALL)
        town.sends()
        town.ends(Ending.FAILED)
    assert failing(town) == ["first call"]


def test_a_long_past_failure_is_told_until_a_request_goes_well(town: Town) -> None:
    town.first.answer = Sent(Outcome.REFUSED, code="503")
    has_sent_to(town, PHONE)
    town.now += timedelta(days=3)
    assert failing(town) == ["first text"]
