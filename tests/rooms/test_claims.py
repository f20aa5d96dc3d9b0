"""Which texts and calls a worker takes, in which order, and how two workers keep out of each other's way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from no_redis import no_redis
from sqlalchemy import Engine, event, select

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.delivery import claims
from gateway.infrastructure import database
from gateway.models import outbound as outbounds
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.unit_of_work import OpenUnitOfWork
from gateway.wiring import House
from gateway.worker.queue import JobQueue
from gateway.worker.sweep import MOST_AT_ONCE, Sweep
from tests.rooms.test_sending import Told

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@dataclass
class Rota:
    """Incidents, and the phones that each of them owes a call or a text."""

    engine: Engine
    settings: Settings
    pace: dict[str, tuple[float, float]] = field(default_factory=dict)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.open_uow = self.worker()

    def worker(self) -> OpenUnitOfWork:
        board = Switchboard([Told("line", batch=1)], paces=self.pace)
        return House(self.settings, self.engine, board, JobQueue(no_redis), lambda: self.now).open_uow

    def panic(self, code: str, calls: Iterable[str] = (), texts: Iterable[str] = (), drill: bool = False) -> int:
        """An incident that owes these phones calls and texts, the nearest first."""
        with self.open_uow() as uow:
            row = Incident(code=code, phone=f"+62{code}", name=code, channel="text", drill=drill, opened_at=self.now)
            uow.db.add(row)
            uow.db.flush()
            self.now += timedelta(milliseconds=1)
            for kind, phones in (("call", calls), ("text", texts)):
                for metres, phone in enumerate(phones):
                    uow.db.add(self.owed(phone, kind, incident_id=row.id, distance_m=float(metres)))
            return row.id

    def owed(self, phone: str, kind: str = "text", lane: str = "alert", **more: object) -> Outbound:
        return Outbound(kind=kind, purpose="alert", lane=lane, phone=phone, rank=0, created_at=self.now,
                        due_at=self.now, **more)  # fmt: skip

    def claimed(self, **how: timedelta) -> list[str]:
        """What one claim takes: the kind, the phone and the incident's code."""
        with self.open_uow() as uow:
            codes = {row.id: row.code for row in uow.db.scalars(select(Incident))}
            return [f"{one.kind} {one.phone} {codes.get(one.incident or 0)}" for one in claims.claim(uow, **how)]

    def states(self, kind: str) -> list[str]:
        with self.open_uow() as uow:
            return list(uow.db.scalars(select(Outbound.state).where(Outbound.kind == kind).order_by(Outbound.id)))


@pytest.fixture
def rota(engine: Engine, settings: Settings) -> Rota:
    return Rota(engine, settings)


def test_each_incident_has_a_ringing_phone_before_any_has_two(rota: Rota) -> None:
    for code in ("A2A", "B2B", "C2C"):
        rota.panic(code, calls=("one", "two", "three", "four"))
    assert rota.claimed() == ["call one A2A", "call two B2B", "call three C2C", "call four A2A"]


def test_a_phone_that_all_want_does_not_hold_up_who_could_ring_another(rota: Rota) -> None:
    for number in range(30):
        rota.panic(f"A{number}", calls=("all",))
    rota.panic("Z2Z", calls=("all", "own"))
    assert rota.claimed() == ["call all A0", "call own Z2Z"]


def test_a_drill_waits_for_everybody_and_who_has_no_ringing_phone_goes_first(rota: Rota) -> None:
    rota.panic("D2D", calls=("one", "two"), drill=True)
    rota.panic("A2A", calls=("one", "three"))
    assert rota.claimed() == ["call one A2A", "call two D2D", "call three A2A"]
    rota.panic("A3A", calls=("four", "five"), texts=("six",))
    rota.panic("D3D", texts=("seven",), drill=True)
    assert rota.claimed() == ["text six A3A", "text seven D3D", "call four A3A", "call five A3A"]


def test_an_uncertain_call_waits_for_the_certain_ones_but_not_for_drills(rota: Rota) -> None:
    with rota.open_uow() as uow:
        uow.db.add(said := Inbound(line="line", ref="1", kind="text", phone="+1", received_at=rota.now))
        uow.db.flush()
        uow.db.add(ask := Clarification(phone="+1", asked_at=rota.now, inbound_id=said.id))
        uow.db.flush()
        uow.db.add(rota.owed("one", "call", ask_id=ask.id))
    rota.panic("D2D", calls=("one", "two"), drill=True)
    rota.panic("A2A", calls=("one", "three"))
    rota.panic("B2B", calls=("one",))
    assert rota.claimed()[0] == "call one A2A"
    assert rota.claimed() == []


def test_an_alert_goes_before_a_courtesy_of_its_incident(rota: Rota) -> None:
    with rota.open_uow() as uow:
        uow.db.add(rota.owed("citizen", lane="courtesy"))
    number = rota.panic("A2A", texts=("one", "two"))
    with rota.open_uow() as uow:
        uow.db.add(rota.owed("citizen", lane="courtesy", incident_id=number))
    assert [said for said in rota.claimed() if "A2A" in said] == ["text one A2A", "text two A2A", "text citizen A2A"]


def test_a_slow_line_rings_for_the_oldest_that_nobody_hears_of(rota: Rota) -> None:
    rota.pace["line"] = (1.0, 1.0)
    rota.open_uow = rota.worker()
    for code in ("A2A", "B2B", "C2C"):
        rota.panic(code, calls=(f"{code}1", f"{code}2"))
    assert rota.claimed(horizon=timedelta(seconds=1)) == ["call A2A1 A2A", "call B2B1 B2B"]
    rota.now += timedelta(seconds=1)
    assert rota.claimed(horizon=timedelta(seconds=1)) == ["call C2C1 C2C"]


def test_a_job_does_not_overtake_who_waits_longer_on_a_line_that_is_booked_ahead(rota: Rota) -> None:
    rota.pace["line"] = (1.0, 1.0)
    rota.open_uow = rota.worker()
    rota.panic("A2A", calls=("one",))
    second = timedelta(seconds=1)
    assert rota.claimed(horizon=second) == ["call one A2A"]
    rota.panic("B2B", calls=("two",))
    newest = rota.panic("C2C", calls=("three",))
    with rota.open_uow() as uow:
        found = claims.claim(uow, newest, horizon=second)
    assert [one.phone for one in found] == ["two"]


def test_what_is_too_late_or_needless_is_left_out_and_called_off_by_the_sweep(rota: Rota) -> None:
    rota.panic("A2A", texts=("one",))
    with rota.open_uow() as uow:
        uow.db.scalars(select(Outbound)).one().expires_at = rota.now + timedelta(seconds=1)
    rota.now += timedelta(seconds=2)
    assert rota.claimed() == []
    with rota.open_uow() as uow:
        claims.drop_late(uow)
    assert rota.states("text") == [outbounds.CALLED_OFF]


# --- what a worker does with them -------------------------------------------------------------------------------------


def test_a_worker_claims_again_when_half_of_a_full_line_has_left(rota: Rota) -> None:
    """More than 200 a second; without a sweep, a job or another worker."""
    rota.panic("A2A", texts=[f"p{number}" for number in range(501)])
    works: list[Callable[[], None]] = []
    worker = Sweep(rota.open_uow, lambda lane, work: works.append(work))
    worker.deliver()
    assert len(works) == MOST_AT_ONCE
    for _ in range(501):
        works.pop(0)()
    assert (works, set(rota.states("text"))) == ([], {outbounds.DONE})


def test_the_persons_own_text_leaves_only_after_an_alert_of_the_incident(rota: Rota) -> None:
    number = rota.panic("A2A", texts=("one", "two"))
    with rota.open_uow() as uow:
        uow.db.add(rota.owed("citizen", lane="courtesy", incident_id=number))
        uow.db.add(rota.owed("somebody", lane="courtesy"))
    works: list[tuple[str, Callable[[], None]]] = []
    worker = Sweep(rota.open_uow, lambda lane, work: works.append((lane, work)))
    worker.deliver()
    assert [lane for lane, _ in works] == ["courtesy/line", "alert/line", "alert/line"]
    works[2][1]()
    assert [lane for lane, _ in works[3:]] == ["courtesy/line"]
    works[3][1]()
    assert rota.states("text") == [outbounds.CLAIMED, outbounds.DONE, outbounds.DONE, outbounds.CLAIMED]


# --- two workers ------------------------------------------------------------------------------------------------------


@pytest.fixture
def shared(postgresql_url: str, settings: Settings) -> Iterator[Rota]:
    engine = database.open_engine(postgresql_url)
    yield Rota(engine, settings)
    engine.dispose()


def test_a_claim_does_not_wait_for_another_that_rings_the_same_phones(shared: Rota) -> None:
    """Each has calls of its own to phones that the other wants too, and neither has committed."""
    first = shared.panic("A2A", calls=("one", "two", "three"))
    second = shared.panic("B2B", calls=("three", "two", "one", "four"), texts=("five",))
    with shared.open_uow() as uow:
        mine = claims.claim(uow, first)
        other = shared.worker()
        found: list[claims.ClaimedOutbound] = []

        def claim() -> None:
            with other() as theirs:
                found.extend(claims.claim(theirs, second))

        thread = threading.Thread(target=claim)
        thread.start()
        thread.join(2)
        assert not thread.is_alive()
    assert [one.phone for one in mine] == ["one", "two", "three"]
    assert [one.phone for one in found] == ["five", "four"]


def test_many_workers_claim_at_once_without_a_collision_a_deadlock_or_a_loss(shared: Rota) -> None:
    phones = [f"p{number}" for number in range(24)]
    for number in range(40):
        shared.panic(f"A{number}", calls=phones[number % 7 :: 3] + phones[: number % 5], texts=phones)
    wrong: list[BaseException] = []
    event.listen(shared.engine, "handle_error", lambda context: wrong.append(context.original_exception))
    taken: list[int] = []
    texts: list[int] = []
    together = threading.Barrier(4)

    def work() -> None:
        open_uow = shared.worker()
        together.wait()
        for _ in range(12):
            with open_uow() as uow:
                some = claims.claim(uow)
            taken.extend(one.id for one in some if one.kind == "call")
            texts.extend(one.id for one in some if one.kind == "text")
            with open_uow() as uow:  # the calls of half of them are over
                ended = [one.id for one in some if one.kind == "call"][::2]
                outbounds.call_off_in_hand(uow.db, Outbound.id.in_(ended))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(60)
    assert wrong == []
    assert len(taken) == len(set(taken)) >= len(phones)
    assert sorted(texts) == sorted(set(texts))
    assert len(texts) == 40 * 24
    with shared.open_uow() as uow:
        ringing = uow.db.scalars(select(Outbound.phone).where(outbounds.rings())).all()
    assert len(ringing) == len(set(ringing))
