"""What the lines have cost: written with what left, summed by line, and asked of the carriers themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from no_redis import no_redis
from sqlalchemy import Engine, select

from gateway import notices, voice
from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.messages import (
    Answer,
    CallEvent,
    CallOut,
    DeliveryReceipt,
    Ending,
    Hook,
    Outcome,
    Phase,
    Price,
    Script,
    Sent,
    TextIn,
    TextOut,
)
from gateway.delivery import claims, sending
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from gateway.models.worker import LineHealth
from gateway.operations import spend
from gateway.operations.spend import Spend, Statement
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House
from gateway.worker.queue import JobQueue

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
PHONE, LONG = "+254711000001", "TOLONG " * 30  # two messages of 153 septets
OpenUnitOfWork = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass
class Metered:
    """A line that answers every text and call as it is told to."""

    answer: Sent
    name: str = "metered"
    own_numbers: tuple[str, ...] = ()
    batch: int = 10
    languages: frozenset[str] = field(default_factory=lambda: frozenset({"id"}))
    speaks: bool = True
    plays_sounds: bool = False

    def authentic(self, hook: Hook) -> bool:
        return True

    def read_text(self, hook: Hook) -> TextIn:
        raise NotImplementedError

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        raise NotImplementedError

    def answer_text(self) -> Answer:
        return Answer()

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        return [self.answer for _ in texts]

    def read_call(self, hook: Hook) -> CallEvent:
        raise NotImplementedError

    def answer_call(self, script: Script, event: CallEvent) -> Answer:
        return Answer()

    def place_call(self, call: CallOut) -> Sent:
        return self.answer

    def cancel_call(self, ref: str) -> bool:
        return False


class Prepaid(Metered):
    def balance(self) -> Price | None:
        return Price(5_000_000, "KES")


class Billed(Prepaid):
    def spend(self, since: date, until: date) -> Sequence[Price] | None:
        return [Price((until - since).days, "USD")]

    def balance(self) -> Price | None:
        return None


@dataclass
class Town:
    """A gateway with one line and a clock that stands until it is moved."""

    line: Metered
    engine: Engine
    settings: Settings
    now: datetime = NOW

    def __post_init__(self) -> None:
        board = Switchboard([self.line])
        self.open_uow = House(self.settings, self.engine, board, JobQueue(no_redis), lambda: self.now).open_uow

    def sends(self, body: str = LONG, kind: str = outbounds.TEXT) -> Attempt:
        """Owe one text or call, and bring it out; the attempt at it."""
        with self.open_uow() as uow:
            notices.owe_text(uow, PHONE, body, purpose="alert")
            uow.db.scalars(select(Outbound).order_by(Outbound.id.desc()).limit(1)).one().kind = kind
        with self.open_uow() as uow:
            batch = claims.claim(uow)
        sending.deliver(self.open_uow, batch)
        return self.last()

    def last(self) -> Attempt:
        with self.open_uow() as uow:
            return uow.db.scalars(select(Attempt).order_by(Attempt.id.desc()).limit(1)).one()

    def ends(self, attempt: Attempt, **facts: object) -> Attempt:
        """A call's end as the carrier tells it; the attempt after it."""
        event = CallEvent(self.line.name, attempt.ref, incoming=False, phone=PHONE, phase=Phase.ENDED,
                          attempt=attempt.id, ending=Ending.COMPLETED, **facts)  # type: ignore[arg-type]  # fmt: skip
        with self.open_uow() as uow:
            voice.heard(uow, event)
        return self.last()

    def spend(self, since: datetime = NOW) -> dict[str, Spend]:
        with self.open_uow() as uow:
            return dict(spend.by_line(uow, since))


@pytest.fixture
def town(engine: Engine, settings: Settings) -> Town:
    return Town(Metered(Sent(Outcome.ACCEPTED, ref="ref")), engine, settings)


def cost(attempt: Attempt) -> tuple[int | None, int | None, int | None, str | None]:
    return attempt.parts, attempt.seconds, attempt.price_micros, attempt.currency


# --- written with what left ----------------------------------------------------------------------------------------


def test_a_text_keeps_what_the_carrier_says_it_is_billed_as(town: Town) -> None:
    town.line.answer = Sent(Outcome.ACCEPTED, ref="ref", parts=3, price=Price(2_400_000, "KES"))
    assert cost(town.sends()) == (3, None, 2_400_000, "KES")


def test_a_text_that_the_carrier_says_nothing_of_is_counted_by_us(town: Town) -> None:
    assert cost(town.sends()) == (2, None, None, None)
    assert cost(town.sends("TOLONG")) == (1, None, None, None)


def test_the_end_of_a_call_keeps_its_length_and_its_price(town: Town) -> None:
    call = town.sends("", outbounds.CALL)
    assert cost(call) == (None, None, None, None)
    assert cost(town.ends(call, seconds=31, price=Price(2_405_000, "KES"))) == (None, 31, 2_405_000, "KES")


def test_a_line_that_tells_no_length_is_timed_by_us(town: Town) -> None:
    call = town.sends("", outbounds.CALL)
    with town.open_uow() as uow:
        uow.db.get_one(Attempt, call.id).answered_at = town.now
    town.now += timedelta(seconds=61)
    assert cost(town.ends(call)) == (None, 61, None, None)


def test_a_call_that_nobody_answered_took_no_time(town: Town) -> None:
    assert cost(town.ends(town.sends("", outbounds.CALL))) == (None, 0, None, None)


def test_the_last_error_of_a_line_stays_known_after_it_works_again(town: Town) -> None:
    town.line.answer = Sent(Outcome.REFUSED, code="405")
    town.sends()
    town.now += timedelta(minutes=1)
    town.line.answer = Sent(Outcome.ACCEPTED, ref="ref")
    town.sends()
    with town.open_uow() as uow:
        health = uow.db.scalars(select(LineHealth)).one()
    assert (health.code, health.bad_at, health.good_at) == ("405", NOW, town.now)


# --- summed by line ------------------------------------------------------------------------------------------------


def written(town: Town, kind: str = outbounds.TEXT, **facts: object) -> None:
    with town.open_uow() as uow:
        owed = Outbound(kind=kind, purpose="notice", phone=PHONE, state="done", created_at=NOW, due_at=NOW)
        uow.db.add(owed)
        uow.db.flush()
        values = {"line": "kannel", "state": "handed", "ref": "ref", "started_at": NOW, **facts}
        uow.db.add(Attempt(outbound_id=owed.id, **values))


def test_each_line_is_summed_by_itself_and_each_currency_too(town: Town) -> None:
    for parts, micros, currency in ((1, 800_000, "KES"), (2, 1_600_000, "KES"), (1, 27_000_000, "UGX")):
        written(town, line="africastalking", parts=parts, price_micros=micros, currency=currency)
    for seconds in (0, 1, 60, 61):
        written(town, outbounds.CALL, line="africastalking", seconds=seconds, state="ended")
    written(town, parts=1)
    prices = (Price(2_400_000, "KES"), Price(27_000_000, "UGX"))
    assert town.spend() == {
        "africastalking": Spend(3, 4, calls=4, seconds=122, minutes=4, told=prices, unpriced=4),
        "kannel": Spend(1, 1, unpriced=1),
    }


def test_what_a_text_and_a_call_cost_in_one_currency_is_one_sum(town: Town) -> None:
    written(town, parts=1, price_micros=800_000, currency="KES")
    written(town, outbounds.CALL, seconds=9, price_micros=2_000_000, currency="KES")
    assert town.spend()["kannel"].told == (Price(2_800_000, "KES"),)


def test_only_what_left_or_may_have_left_counts(town: Town) -> None:
    written(town, state="refused", ref="", parts=1)
    written(town, state="permanent", ref="", parts=1)
    written(town, state="trying", ref="", parts=1)
    assert town.spend() == {}
    written(town, state="unknown", ref="", parts=1)
    written(town, state="permanent", ref="reported later", parts=1)
    assert town.spend()["kannel"].texts == 2


def test_what_left_before_the_time_does_not_count(town: Town) -> None:
    written(town, started_at=NOW - timedelta(seconds=1), parts=1)
    assert town.spend() == {}
    assert town.spend(NOW - timedelta(seconds=1))["kannel"].texts == 1


def test_a_very_dear_month_is_still_a_sum(town: Town) -> None:
    for _ in range(3):
        written(town, parts=1, price_micros=10**15 - 1, currency="IDR")
    assert town.spend()["kannel"].told == (Price(3 * (10**15 - 1), "IDR"),)


# --- the carriers' own word ----------------------------------------------------------------------------------------


def test_a_carrier_is_asked_only_for_what_it_tells() -> None:
    plain, prepaid, billed = (kind(Sent(Outcome.ACCEPTED, ref="ref")) for kind in (Metered, Prepaid, Billed))
    month = (date(2026, 11, 1), date(2026, 11, 22))
    assert [spend.can_tell(line) for line in (None, plain, prepaid, billed)] == [False, False, True, True]
    assert spend.statement(prepaid, *month) == Statement(None, Price(5_000_000, "KES"), False, True)
    assert spend.statement(billed, *month) == Statement([Price(21, "USD")], None, True, True)
