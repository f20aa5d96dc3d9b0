"""What goes out on which line, where the report comes to one process and the next try is another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from no_redis import no_redis
from sqlalchemy import Engine, select, update

from gateway import notices, voice
from gateway.carriers import wire
from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.messages import (
    Answer,
    CallEvent,
    CallOut,
    Delivery,
    DeliveryReceipt,
    Ending,
    Hook,
    Outcome,
    Phase,
    Script,
    Sent,
    TextIn,
    TextOut,
)
from gateway.delivery import call_results, claims, dead_workers, delivery_receipts, sending
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models import worker as workers
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House
from gateway.worker.queue import JobQueue
from tests.locks import watched

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
PHONE, OTHER = "+254711000001", "+254711000002"
ACCEPTED = Sent(Outcome.ACCEPTED, ref="ref")
OpenUnitOfWork = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass
class Told:
    """A line that answers every text and call as it is told to."""

    name: str
    answer: Sent = ACCEPTED
    own_numbers: tuple[str, ...] = ()
    batch: int = 10
    languages: frozenset[str] = field(default_factory=lambda: frozenset({"id"}))
    speaks: bool = True
    plays_sounds: bool = False
    meanwhile: Callable[[], object] = bool  # what happens elsewhere while it has a request in hand

    def authentic(self, hook: Hook) -> bool:
        return True

    def read_text(self, hook: Hook) -> TextIn:
        raise NotImplementedError

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        raise NotImplementedError

    def answer_text(self) -> Answer:
        return Answer()

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        self.meanwhile()
        return [self.answer for _ in texts]

    def read_call(self, hook: Hook) -> CallEvent:
        raise NotImplementedError

    def answer_call(self, script: Script, event: CallEvent) -> Answer:
        return Answer()

    def place_call(self, call: CallOut) -> Sent:
        self.meanwhile()
        return self.answer

    def cancel_call(self, ref: str) -> bool:
        return False


@dataclass
class Town:
    """Two lines, a process that takes the hooks and one that sends; what one remembers the other does not know."""

    engine: Engine
    settings: Settings
    first: Told = field(default_factory=lambda: Told("first"))
    second: Told = field(default_factory=lambda: Told("second"))
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.web, self.worker = self._process(), self._process()

    def _process(self) -> OpenUnitOfWork:
        board = Switchboard([self.first, self.second])
        return House(self.settings, self.engine, board, JobQueue(no_redis), lambda: self.now).open_uow

    def owes(self, phone: str = PHONE, kind: str = outbounds.TEXT) -> None:
        with self.worker() as uow:
            notices.owe_text(uow, phone, "TOLONG", purpose="alert")
            uow.db.execute(update(Outbound).where(Outbound.phone == phone).values(kind=kind))

    def sends(self, open_uow: OpenUnitOfWork | None = None) -> None:
        """Whatever is owed and due is brought out."""
        with (open_uow or self.worker)() as uow:
            groups = sending.batches(uow, claims.claim(uow))
        for group in groups:
            sending.deliver(open_uow or self.worker, group)

    def is_undelivered(self) -> None:
        """The newest attempt did not get there, as the network reports to the web process."""
        last = self.attempts()[-1]
        with self.web() as uow:
            report = DeliveryReceipt(last.line, last.ref, last.id, Delivery.FAILED, code="NACK", phone=PHONE)
            delivery_receipts.note(uow, report)

    def ends(self, ending: Ending, sequence: int = 0) -> None:
        """The newest call ends; the carrier numbers what it tells."""
        last = self.attempts()[-1]
        about = CallEvent(last.line, f"call-{last.id}", False, PHONE, Phase.ENDED, sequence=sequence)
        with self.web() as uow:
            voice.heard(uow, replace(about, attempt=last.id, ending=ending))

    def attempts(self) -> list[Attempt]:
        with self.worker() as uow:
            return list(uow.db.scalars(select(Attempt).order_by(Attempt.id)))

    def lines(self) -> list[str]:
        return [attempt.line for attempt in self.attempts()]

    def lets_calls_end(self, after: float) -> None:
        """So many seconds pass, and a sweep comes by."""
        self.forward(after)
        call_results.lost_ends(self.web)
        self.sends()

    def gives_up(self) -> None:
        with self.worker() as uow:
            dead_workers.give_up(uow)

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def town(engine: Engine, settings: Settings) -> Iterator[Town]:
    """Whatever happens in it, rows are locked in one order."""
    with watched(engine) as locks:
        yield Town(engine, settings)
    assert locks.wrong == []


def test_a_text_that_a_network_did_not_deliver_leaves_on_another_line(town: Town) -> None:
    town.owes()
    town.sends()
    town.is_undelivered()
    town.sends()
    assert town.lines() == ["first", "second"]


def test_a_text_that_no_network_delivered_is_tried_on_the_first_again(town: Town) -> None:
    town.owes()
    for _ in range(2):
        town.sends()
        town.is_undelivered()
    town.sends()
    assert town.lines() == ["first", "second", "first"]


def test_a_text_that_was_not_delivered_takes_no_other_with_it_to_another_line(town: Town) -> None:
    town.owes()
    town.sends()
    town.is_undelivered()
    town.owes(OTHER)
    town.sends()
    with town.worker() as uow:
        told = uow.db.execute(select(Outbound.phone, Attempt.line).join(Attempt).order_by(Attempt.id)).all()
    assert sorted(map(tuple, told)) == [(PHONE, "first"), (PHONE, "second"), (OTHER, "first")]


def test_a_call_that_a_network_could_not_put_through_is_placed_on_another_line(town: Town) -> None:
    town.owes(kind=outbounds.CALL)
    town.sends()
    town.ends(Ending.FAILED)
    town.forward(3)
    town.sends()
    assert town.lines() == ["first", "second"]


@pytest.mark.parametrize(("seconds", "lines"), [(7, ["first"]), (8, ["first", "second"])])
def test_a_call_of_unknown_fate_is_placed_on_another_line_after_8_seconds(
    town: Town, seconds: float, lines: list[str]
) -> None:
    town.first.answer = Sent(Outcome.UNKNOWN, code="timeout")
    town.owes(kind=outbounds.CALL)
    town.sends()
    town.lets_calls_end(after=seconds)
    assert town.lines() == lines


@pytest.mark.parametrize(("seconds", "lines"), [(29, ["first"]), (30, ["first", "first"])])
def test_where_no_other_line_calls_the_same_one_waits_until_the_phone_can_ring_no_more(
    town: Town, seconds: float, lines: list[str]
) -> None:
    town.first.answer = Sent(Outcome.UNKNOWN, code="timeout")
    town.second.answer = Sent(Outcome.PERMANENT, code="never")
    town.owes(kind=outbounds.CALL)
    with town.worker() as uow:
        owed = uow.db.scalars(select(Outbound.id)).one()
        uow.db.add(Attempt(outbound_id=owed, line="second", started_at=NOW, finished_at=NOW))
        uow.db.flush()
        attempts.wire_answered(uow.db.scalars(select(Attempt)).one(), attempts.PERMANENT)
    town.sends()
    town.lets_calls_end(after=seconds)
    assert town.lines() == ["second", *lines]


@pytest.mark.parametrize(
    ("seconds", "lines"), [(11, ["first", "second", "second"]), (30, ["first", "second", "second", "first"])]
)
def test_a_line_that_may_be_ringing_a_phone_waits_although_the_other_refuses(
    town: Town, seconds: float, lines: list[str]
) -> None:
    town.first.answer = Sent(Outcome.UNKNOWN, code="timeout")
    town.second.answer = Sent(Outcome.REFUSED, code="no_credit")
    town.owes(kind=outbounds.CALL)
    town.sends()
    town.lets_calls_end(after=8)
    town.lets_calls_end(after=seconds - 8)
    assert town.lines() == lines


def test_a_call_that_a_line_refuses_is_placed_on_the_next_at_once(town: Town) -> None:
    town.first.answer = wire.refused_call(503)
    town.owes(kind=outbounds.CALL)
    town.sends()
    assert town.lines() == ["first", "second"]


def test_an_end_that_is_told_twice_does_not_make_a_hopeless_line_good_again(town: Town) -> None:
    town.owes(kind=outbounds.CALL)
    town.sends()
    town.ends(Ending.UNREACHABLE)
    town.ends(Ending.UNREACHABLE, sequence=1)
    assert [attempt.state for attempt in town.attempts()] == [attempts.PERMANENT]
    town.forward(3)
    town.sends()
    assert town.lines() == ["first", "second"]


def test_a_worker_that_was_held_up_puts_nothing_back_that_another_has_in_hand(town: Town) -> None:
    """Both lines have refused; before the worker can write that, another has taken the text over and sends it."""
    town.first.answer = town.second.answer = Sent(Outcome.REFUSED)
    town.owes()

    def held_up() -> AbstractContextManager[UnitOfWork]:
        if [attempt.state for attempt in town.attempts()] == [attempts.REFUSED] * 2:
            with town.web() as uow:
                uow.db.execute(update(Outbound).values(claimed_by="another"))
        return town.worker()

    town.sends(held_up)
    with town.web() as uow:
        owed = uow.db.scalars(select(Outbound)).one()
        assert (owed.state, owed.claimed_by) == (outbounds.SENDING, "another")


# --- what says something of the line, and what only of one number ----------------------------------------------------


def bad_lines(town: Town) -> list[str]:
    with town.web() as uow:
        return [row.line for row in workers.failing(uow.db, uow.lines.names(), uow.now())]


def test_one_phone_that_no_network_reaches_says_nothing_of_its_line(town: Town) -> None:
    town.owes()
    for _ in range(3):
        town.sends()
        town.is_undelivered()
    assert bad_lines(town) == []


def test_a_line_whose_network_reaches_none_of_three_phones_is_failing_until_it_reaches_most(town: Town) -> None:
    phones = [f"+2547110001{at:02d}" for at in range(12)]

    def reports(phone: str, delivery: Delivery) -> None:
        with town.web() as uow:
            query = select(Attempt).join(Outbound).where(Outbound.phone == phone, Attempt.line == "first")
            attempt = uow.db.scalars(query).one()
            said = DeliveryReceipt("first", f"ref-{attempt.id}", attempt.id, delivery, code="NACK", phone=phone)
            delivery_receipts.note(uow, said)

    for phone in phones:
        town.owes(phone)
    town.sends()
    for phone in phones[:2]:
        reports(phone, Delivery.FAILED)
    assert bad_lines(town) == []
    reports(phones[2], Delivery.FAILED)
    assert bad_lines(town) == ["first"]
    town.owes(PHONE)
    town.sends()
    assert town.attempts()[-1].line == "second", "the worker that sends has heard of it"
    town.forward(1)
    for phone in phones[3:11]:
        reports(phone, Delivery.DELIVERED)
    assert bad_lines(town) == ["first"], "three of eleven is not well yet"
    reports(phones[11], Delivery.DELIVERED)
    assert bad_lines(town) == []


@pytest.mark.parametrize(
    "answer",
    [Sent(Outcome.REFUSED, code="21408", about_number=True), Sent(Outcome.PERMANENT, code="21610")],
    ids=["passing", "permanent"],
)
@pytest.mark.parametrize("kind", [outbounds.TEXT, outbounds.CALL])
def test_a_refusal_for_one_number_moves_no_line_for_others(town: Town, answer: Sent, kind: str) -> None:
    town.first.answer = answer
    town.owes(kind=kind)
    town.sends()
    town.first.answer = ACCEPTED
    town.owes(OTHER, kind=kind)
    town.sends()
    assert town.lines() == ["first", "second", "first"]
    assert bad_lines(town) == []


def test_a_call_that_the_network_lost_says_nothing_of_its_line(town: Town) -> None:
    town.owes(kind=outbounds.CALL)
    town.sends()
    town.ends(Ending.FAILED)
    assert bad_lines(town) == []


# --- a line that holds a request without end ---------------------------------------------------------------------


@pytest.mark.parametrize(("held", "lines"), [(14, ["first"]), (15, ["first", "second"])])
def test_a_text_that_a_line_neither_takes_nor_refuses_leaves_on_another(
    town: Town, held: float, lines: list[str]
) -> None:
    def meanwhile() -> None:
        town.forward(held)
        town.gives_up()
        town.sends()

    town.first.meanwhile = meanwhile
    town.owes()
    town.sends()
    town.sends()
    assert town.lines() == lines
    with town.worker() as uow:
        assert uow.db.scalars(select(Outbound.state)).all() == [outbounds.DONE]


def test_a_line_that_holds_up_one_text_is_tried_last_for_the_others(town: Town) -> None:
    def meanwhile() -> None:
        town.forward(15)
        town.gives_up()
        town.owes(OTHER)
        town.sends()

    town.first.meanwhile = meanwhile
    town.owes()
    town.sends()
    assert town.lines() == ["first", "second", "second"]


def test_a_call_that_a_line_holds_up_is_placed_on_another(town: Town) -> None:
    def meanwhile() -> None:
        town.forward(15)
        town.gives_up()

    town.first.meanwhile = meanwhile
    town.first.answer = Sent(Outcome.UNKNOWN, code="timeout")
    town.owes(kind=outbounds.CALL)
    town.sends()
    assert town.lines() == ["first"]
    town.lets_calls_end(after=8)
    assert town.lines() == ["first", "second"]
