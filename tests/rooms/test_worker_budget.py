"""What a worker may ask of the database: a budget of statements and commits for each piece of its work.

The figures do not depend on the machine. Who needs one more says here what it buys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from journeys.city import Pontianak
from no_redis import no_redis
from sqlalchemy import Engine, select

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.messages import Delivery, DeliveryReceipt
from gateway.delivery import delivery_receipts
from gateway.models.attempt import Attempt
from gateway.unit_of_work import OpenUnitOfWork
from gateway.wiring import House
from gateway.wordings import Vocabulary
from gateway.worker import falling_due, glance
from gateway.worker.queue import JobQueue
from gateway.worker.sweep import Sweep
from tests.rooms.test_claims import Rota
from tests.rooms.test_sending import Told
from tests.statements import Spent, spent

TOGETHER = 40  # messages that are owed at one moment


@dataclass(frozen=True)
class Budget:
    """The most statements and commits that something may cost."""

    statements: float
    commits: float

    def holds(self, found: Spent, times: int = 1) -> bool:
        return found.statements <= self.statements * times and found.commits <= self.commits * times


CLAIM_TEXTS, CLAIM_CALLS = Budget(6, 1), Budget(13, 1)  # one of them reads what any process knows of the lines
TEXT, CALL = Budget(9, 2), Budget(10, 2)  # begun and finished, each alone
IDLE_SECOND = Budget(2, 2)  # the beat, and the sweep's glance
SWEEP = Budget(22, 18)  # every step, each five seconds
RECEIPT = Budget(12, 1)  # one of them asks whether its line counts as failing
WAVE = Budget(87, 2)  # of nine officers


class Still(Rota):
    """A rota for whose workers no time passes: the wordings, which are looked at every few seconds, cost nothing."""

    def worker(self) -> OpenUnitOfWork:
        board, still = Switchboard([Told("line", batch=1)]), Vocabulary(lambda: 0.0)
        house = House(self.settings, self.engine, board, JobQueue(no_redis), lambda: self.now, vocabulary=still)
        with house.open_uow():
            return house.open_uow


@pytest.fixture
def rota(engine: Engine, settings: Settings) -> Rota:
    return Still(engine, settings)


@dataclass
class Work:
    """A worker whose senders wait until they are told to."""

    rota: Rota

    def __post_init__(self) -> None:
        self.owed: list[Callable[[], None]] = []
        self.rounds = Sweep(self.rota.open_uow, lambda lane, work: self.owed.append(work))
        self.rounds.beat()

    def claims(self) -> Spent:
        with spent(self.rota.engine) as found:
            self.rounds.deliver()
        return found

    def sends(self) -> Spent:
        with spent(self.rota.engine) as found:
            while self.owed:
                self.owed.pop(0)()
        return found


@pytest.mark.parametrize(
    ("kind", "claim", "message"), [("texts", CLAIM_TEXTS, TEXT), ("calls", CLAIM_CALLS, CALL)], ids=["texts", "calls"]
)
def test_a_claim_and_a_message_stay_within_their_budget(rota: Rota, kind: str, claim: Budget, message: Budget) -> None:
    work = Work(rota)
    nothing = work.claims()
    rota.panic("A2A", **{kind: [f"+62{number}" for number in range(TOGETHER)]})
    claimed = work.claims()
    assert len(work.owed) == TOGETHER
    assert claimed.statements - nothing.statements <= claim.statements, str(claimed)
    sent = work.sends()
    assert message.holds(sent, TOGETHER), str(sent)


def test_an_idle_second_stays_within_its_budget(rota: Rota) -> None:
    work = Work(rota)
    work.rounds.sweep()  # the first looks for holes in the rosters too
    rota.now += timedelta(seconds=1)
    with spent(rota.engine) as found:
        work.rounds.beat()
        work.rounds.sweep()
    assert IDLE_SECOND.holds(found), str(found)
    rota.now += glance.EVERYWHERE
    with spent(rota.engine) as found:
        work.rounds.sweep()
    assert SWEEP.holds(found), str(found)


def test_a_receipt_stays_within_its_budget(rota: Rota) -> None:
    work = Work(rota)
    rota.panic("A2A", texts=["+621"])
    work.claims()
    work.sends()
    with rota.open_uow() as uow:
        attempt_id = uow.db.scalars(select(Attempt.id)).one()
    with spent(rota.engine) as found, rota.open_uow() as uow:
        delivery_receipts.note(uow, DeliveryReceipt("line", "ref", attempt_id, Delivery.DELIVERED, phone="+621"))
    assert RECEIPT.holds(found), str(found)


def test_a_wave_stays_within_its_budget(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    city = Pontianak(engine, settings, tmp_path).build()
    city.house.vocabulary = Vocabulary(lambda: 0.0)  # nor do the wordings cost anything here
    city.budi.texts("TOLONG")
    city.forward(seconds=29)
    city.clock.at = city.incident.next_wave_at
    with spent(engine) as found:
        falling_due.incidents(city.house.open_uow)
    assert len(city.asked(wave=2)) == 9
    assert WAVE.holds(found), str(found)
