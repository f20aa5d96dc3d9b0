"""A small made-up city for journeys: phones, people, a clock that only the story moves, and the real gateway between.

Everything goes through the real doors: a phone's text is a signed hook, an officer's phone rings because a worker's
round placed the call. Only the clock, the doorbell and the sender pool are the test's own, so a story is the same
every time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import OperationalError

from gateway.carriers.base import Carrier
from gateway.carriers.failover import Switchboard
from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.line import Simulator
from gateway.carriers.simulator.people import Exchange
from gateway.carriers.simulator.phones import Quirk, SimCall
from gateway.config import Settings
from gateway.models import incident as incidents
from gateway.models.alert import Alert
from gateway.models.citizen import Citizen, Person
from gateway.models.event import Event
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.outage.gathering import Refresher
from gateway.unit_of_work import Job, UnitOfWork
from gateway.web.app import create_app, drain_spool
from gateway.wiring import House
from gateway.worker.sweep import Sweep

NUMBER = "+6256100110"
START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@dataclass
class Clock:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at


def _refuse(connection: Connection) -> None:
    error = sqlite3.OperationalError("unable to open database file")
    error.sqlite_errorname = "SQLITE_CANTOPEN"
    raise OperationalError("BEGIN", None, error)


@dataclass
class JobQueue:
    """Remembers jobs until the story lets the worker run them; `broken` loses them, as a dead Redis would."""

    jobs: list[Job] = field(default_factory=list)
    broken: bool = False

    def enqueue(self, jobs: Iterable[Job]) -> None:
        if not self.broken:
            self.jobs += jobs

    def reach(self) -> Redis:
        """A story has no Redis: what processes use is told by tests/console/test_metrics.py."""
        raise RedisError


@dataclass
class Phone:
    """Somebody's phone, and what they do with it."""

    city: City
    number: str

    def texts(self, words: str, sent_at: datetime | None = None) -> Phone:
        """Send a text; `sent_at` is given where the network has kept it since."""
        self.city.exchange.text(self.number, words, sent_at=sent_at)
        self.city.settle()
        return self

    def joins(self, code: str, words: str = "OK", rest: str = "") -> Phone:
        """Say yes to an incident to which somebody goes already, and prove by a key on our call whose phone it is."""
        self.texts(f"{words} {code} {rest}")
        self.city.forward(seconds=2)  # the call that asked this phone first is taken back meanwhile
        self.expects_call().presses("7")
        return self

    def rings(self) -> SimCall | None:
        """Call the gateway: a missed call, or an officer's call-back."""
        call = self.city.exchange.ring(self.number)
        self.city.settle()
        return call

    def dials(self, code: str) -> str:
        self.city.exchange.dial(self.number, code)
        self.city.settle()
        return self.menu

    def replies(self, words: str) -> str:
        """Type into the USSD menu."""
        self.city.exchange.reply(self.number, words)
        self.city.settle()
        return self.menu

    def hangs_up(self) -> None:
        self.city.exchange.hang_up(self.number)
        self.city.settle()

    def is_off(self) -> Phone:
        self.city.handsets.set_quirk(self.number, Quirk.OFF)
        return self

    def is_busy(self) -> Phone:
        self.city.handsets.set_quirk(self.number, Quirk.BUSY)
        return self

    def is_unreachable(self) -> Phone:
        self.city.handsets.set_quirk(self.number, Quirk.REFUSES)
        return self

    @property
    def menu(self) -> str:
        session = self.city.handsets.session(self.number)
        return session.screen if session else ""

    @property
    def got(self) -> list[str]:
        """Every text that arrived, oldest first."""
        return [text.body for text in self.city.handsets.texts(self.number) if text.direction == "in"]

    @property
    def last_text(self) -> str:
        return self.got[-1] if self.got else ""

    @property
    def calls(self) -> list[SimCall]:
        """Every call that came in."""
        return [call for call in self.city.handsets.call_log(self.number) if call.direction == "in"]

    @property
    def is_ringing(self) -> bool:
        return self.city.handsets.ringing(self.number) is not None

    @property
    def untouched(self) -> bool:
        """Nothing has made it ring or light up."""
        return not self.got and not self.calls

    def expects_text(self, *words: str) -> str:
        """The newest text that says all this. Fails when none does."""
        for body in reversed(self.got):
            if all(word.casefold() in body.casefold() for word in words):
                return body
        raise AssertionError(f"no text with {words} on {self.number}: {self.got}")

    def expects_call(self, saying: str | None = None) -> Ringing:
        """This phone must be ringing now; `saying` is checked when it is picked up."""
        assert self.is_ringing, f"{self.number} does not ring; its calls: {[call.outcome for call in self.calls]}"
        return Ringing(self, saying)


@dataclass
class Ringing:
    """A phone that rings."""

    phone: Phone
    saying: str | None

    def answers(self) -> Ringing:
        self.phone.city.exchange.answer(self.phone.number)
        self.phone.city.settle()
        if self.saying is not None:
            assert self.saying.casefold() in self.said.casefold(), self.said
        return self

    def presses(self, key: str) -> Ringing:
        self.answers()
        self.phone.city.exchange.press(self.phone.number, key)
        self.phone.city.settle()
        return self

    def lets_it_ring(self) -> None:
        """Nobody picks up; the story goes on."""

    @property
    def said(self) -> str:
        """Everything spoken in the newest call."""
        return " ".join(self.phone.city.handsets.call_log(self.phone.number)[-1].said)


class City:
    """The whole house on a test's database, with the simulator as its line."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        folder: Path,
        lines: Callable[[Carrier], list[Carrier]] = lambda line: [line],
        paces: Mapping[str, tuple[float, float]] | None = None,
        limits: Mapping[str, int] | None = None,
    ) -> None:
        self.clock, self.job_queue = Clock(), JobQueue()
        self.handsets = Handsets(folder / "handsets.db", self.clock)
        key = settings.demo_hook_key.get_secret_value().encode()
        simulator = Simulator(key, NUMBER, self.handsets, settings.public_url, sleep=lambda _: None)
        board = Switchboard(lines(simulator), paces=paces, limits=limits)
        self.house = House(settings, engine, board, self.job_queue, self.clock, "worker-1")  # type: ignore[arg-type]
        self.app = create_app(self.house, drain=False)
        self.client = self.app.test_client()
        self.exchange = Exchange(self.handsets, key, NUMBER, self._post)
        self.sweep = Sweep(self.house.open_uow, self._send, horizon=timedelta(0), sleep=lambda _: None)
        self.asleep = False  # the worker is dead
        self._queued: list[Callable[[], None]] = []

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        answer = self.client.post(path, data=body, headers=dict(headers))
        return answer.status_code, answer.data

    def _send(self, lane: str, work: Callable[[], None]) -> None:
        self._queued.append(work)

    # --- time

    def settle(self) -> None:
        """Let the worker do what it was rung for, and the network deliver it."""
        self.house.outage.finish()
        jobs = {
            "deliver": self.sweep.deliver_incident,
            "send": self.sweep.deliver_one,
            "wave": self.sweep.wave,
            "watch": lambda _: None,
            "locate": self.sweep.look_up,
        }
        while not self.asleep and (self.job_queue.jobs or self._queued):
            owed, self.job_queue.jobs = dict.fromkeys(self.job_queue.jobs), []
            for name, row_id in owed:
                jobs[name](row_id)
            while self._queued:
                self._queued.pop(0)()
        self.exchange.tick(self.clock.at)

    def forward(self, seconds: float) -> None:
        """Time passes, second by second, and with it the network's clock and the worker's sweep.

        The middle of a long wait goes in steps of five seconds: a quarter of an hour is then two seconds of test.
        """
        until = self.clock.at + timedelta(seconds=int(seconds))
        exact = {int(seconds) - left for left in range(1, 11)} | set(range(100))
        passed = 0
        while self.clock.at < until:
            step = 1 if passed in exact or passed + 5 > int(seconds) - 10 else 5
            passed += step
            self.clock.at += timedelta(seconds=step)
            self.exchange.tick(self.clock.at)
            if not self.asleep:
                self.sweep.beat()
                self.sweep.sweep()
            self.settle()

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """The database refuses everything; the snapshot is as new as it could be. What was begun has left at the end
        of each text or call (`settled`), and the worker cannot work."""
        self.house.refresher = Refresher(self.house.snapshot)
        self.house.refresh_snapshot()
        self.asleep = True
        event.listen(self.house.engine, "begin", _refuse)
        try:
            yield
        finally:
            self.house.outage.finish()
            event.remove(self.house.engine, "begin", _refuse)
            self.asleep = False
            self.settle()

    def drain_spool(self) -> None:
        drain_spool(self.house)
        self.settle()

    # --- people

    def uow(self) -> UnitOfWork:
        raise NotImplementedError("use `with city.open() as uow`")

    def open(self):  # type: ignore[no-untyped-def]
        return self.house.open_uow()

    def phone(self, number: str) -> Phone:
        self.handsets.add(number)
        return Phone(self, number)

    def unit(self, code: str, **facts: object) -> Unit:
        values: dict[str, object] = {"name": code.title(), "kind": "polsek", "timezone": "Asia/Pontianak"} | facts
        parent = values.pop("parent", None)
        with self.open() as uow:
            row = Unit(code=code, parent_id=parent.id if isinstance(parent, Unit) else None, **values)
            uow.db.add(row)
        return row

    def officer(self, number: str, unit: Unit, **facts: object) -> Phone:
        values: dict[str, object] = {"name": f"Petugas {number[-3:]}", "rank": "Bripka", "on_duty": True} | facts
        with self.open() as uow:
            uow.db.add(Officer(phone=number, unit_id=unit.id, **values))
        return self.phone(number)

    def citizen(self, number: str, name: str = "Budi Santoso", **facts: object) -> Phone:
        values: dict[str, object] = {"state": "verified", "applied_at": self.clock.at} | facts
        unit = values.pop("unit", None)
        with self.open() as uow:
            person = Person(name=name, created_at=self.clock.at)
            unit_id = unit.id if isinstance(unit, Unit) else None
            uow.db.add(Citizen(phone=number, person=person, unit_id=unit_id, **values))
        return self.phone(number)

    # --- what happened

    @property
    def incidents(self) -> list[Incident]:
        with self.open() as uow:
            return list(uow.db.scalars(select(Incident).order_by(Incident.id)))

    @property
    def incident(self) -> Incident:
        """The only incident there is."""
        (only,) = self.incidents
        return only

    def alerts(self, wave: int | None = None) -> list[Alert]:
        with self.open() as uow:
            rows = uow.db.scalars(select(Alert).order_by(Alert.id)).unique().all()
            return [row for row in rows if wave is None or row.wave == wave]

    def asked(self, wave: int) -> set[str]:
        """The phones that this wave asked."""
        return {alert.phone for alert in self.alerts(wave)}

    def timeline(self) -> list[str]:
        with self.open() as uow:
            return [event.kind for event in uow.db.scalars(select(Event).order_by(Event.id))]

    def open_incident_of(self, phone: Phone) -> Incident | None:
        with self.open() as uow:
            return incidents.open_of(uow.db, phone.number)


class Pontianak(City):
    """A Polda desk, a Polresta, two polsek side by side with a desk and six officers each, and Budi at home."""

    def build(self) -> Pontianak:
        self.polda = self.unit("POLDA", kind="polda", phone="+62561700001", name="Polda Kalbar")
        self.polres = self.unit(
            "PTK",
            kind="polres",
            phone="+62561700002",
            name="Polresta Pontianak",
            parent=self.polda,
            lat=-0.03,
            lon=109.33,
        )
        self.barat = self.unit(
            "BRT", phone="+62561700003", name="Polsek Barat", parent=self.polres, lat=-0.02, lon=109.30
        )
        self.kota = self.unit(
            "KOTA", phone="+62561700004", name="Polsek Kota", parent=self.polres, lat=-0.03, lon=109.34
        )
        self.desk_barat, self.desk_kota = self.phone("+62561700003"), self.phone("+62561700004")
        self.desk_polres, self.desk_polda = self.phone("+62561700002"), self.phone("+62561700001")
        self.of_barat = [
            self.officer(f"+62812100000{n}", self.barat, lat=-0.02 - n / 1000, lon=109.30, name=f"Barat {n}")
            for n in range(1, 7)
        ]
        self.of_kota = [
            self.officer(f"+62812200000{n}", self.kota, lat=-0.03 - n / 1000, lon=109.34, name=f"Kota {n}")
            for n in range(1, 7)
        ]
        self.budi = self.citizen("+6281390000001", unit=self.barat, lat=-0.02, lon=109.30)
        return self
