"""Kill one part after the other while panics come in, and count what became of each: `make soak`.

Panics come at a steady pace whatever the gateway does, each from a phone of its own; a carrier that gets no 200 tries
again. Officers answer and close. Meanwhile web, a worker, Redis or PostgreSQL is killed, as a power cut does, and
started again. At the end nothing is killed any more, and each panic that was answered with 200 is looked for.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from worst.company import Company, SecondCompany
from worst.servers import OwnPostgresql, OwnRedis
from worst.town import DESK, Town, codes_in, officer

from gateway.cli.company import free_port
from gateway.infrastructure import database
from gateway.models import sealing
from gateway.models.attempt import Attempt

OFFICERS = 40
CARRIER_TRIES_AGAIN = 1.0  # seconds
LATE = 10.0  # seconds from the 200 to the first alert at the carrier
PATIENCE = 120.0  # seconds after the last kill in which everything must be done
OWED = re.compile(r"DARURAT|SISTEM TERGANGGU|TERANCAM")


@dataclass
class Panic:
    """One phone that asks for help once."""

    phone: str
    answered_at: float | None = None  # monotonic seconds; None while nobody said 200
    asked_at: float | None = None  # when the first alert about it was at the carrier


@dataclass(frozen=True)
class Outcome:
    """What became of all panics. Times in seconds from the 200 to the first alert at the carrier."""

    sent: int
    answered: int
    asked: int
    doubled: int  # texts or calls that were handed to a carrier more than once
    kills: dict[str, int]
    waits: list[float] = field(repr=False)

    @property
    def lost(self) -> int:
        return self.answered - self.asked

    def table(self) -> str:
        kills = ", ".join(f"{name} {times}" for name, times in sorted(self.kills.items()))
        waits = sorted(self.waits) or [0.0]
        late = sum(wait > LATE for wait in waits)
        half, most = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
        head = ("sent", "answered 200", "asked", "lost", f"late (over {LATE:.0f} s)", "doubled", "median s", "95 % s")
        row = (self.sent, self.answered, self.asked, self.lost, late, self.doubled, f"{half:.2f}", f"{most:.2f}")
        cells = [(f"killed ({kills})", sum(self.kills.values())), *zip(head, row, strict=True)]
        cells.append(("longest s", f"{waits[-1]:.2f}"))
        lines = ([name for name, _ in cells], ["---"] * len(cells), [str(value) for _, value in cells])
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


class Soak:
    """A town under load, and the hand that kills."""

    def __init__(self, town: Town, postgresql: OwnPostgresql, redis: OwnRedis, seed: int) -> None:
        self.town, self.postgresql, self.redis = town, postgresql, redis
        self.lot = random.Random(seed)
        self.panics: list[Panic] = []
        self.kills: dict[str, int] = {}
        self._over, self._ended = threading.Event(), threading.Event()  # no more panics; no more of anything
        self._wire = ThreadPoolExecutor(64)
        self._busy: set[str] = set()  # officers who are on their way to somebody

    def run(self, seconds: float, rate: float, pause: tuple[float, float]) -> Outcome:
        """Send panics for so many seconds, `rate` in each, and kill a part every `pause` seconds (least, most)."""
        self.town.unit("BARAT", DESK, [officer(n) for n in range(OFFICERS)], "nearest_first")
        self.panics = [Panic(f"+62813{n:08d}") for n in range(int(seconds * rate))]
        self.town.citizens("BARAT", *(panic.phone for panic in self.panics))
        self.town.start_all()
        self.town.start_worker()
        threading.Thread(target=self._people, daemon=True).start()
        killer = threading.Thread(target=self._kill_on, args=(pause,), daemon=True)
        killer.start()
        began = time.monotonic()
        for n, panic in enumerate(self.panics):
            time.sleep(max(0.0, began + n / rate - time.monotonic()))
            self._wire.submit(self._ask, panic)
        self._over.set()
        killer.join()
        self._wait_until_done()
        self._ended.set()
        self._wire.shutdown(cancel_futures=True)
        return self._count()

    # --- phones

    def _ask(self, panic: Panic) -> None:
        """Hand in a panic as a carrier does, again and again until it is taken."""
        sid = "SM" + panic.phone[1:].rjust(32, "0")
        while panic.answered_at is None and not self._ended.is_set():
            if self._reaches(lambda: self.town.twilio.text_in(panic.phone, "TOLONG", MessageSid=sid).status == 200):
                panic.answered_at = time.monotonic()
            else:
                time.sleep(CARRIER_TRIES_AGAIN)

    @staticmethod
    def _reaches(post: Callable[[], object]) -> bool:
        try:
            return bool(post())
        except (requests.RequestException, AssertionError, KeyError):
            return False

    def _people(self) -> None:
        """More than half of the officers who have nothing else to do say yes some seconds later, and then that it is
        over; no phone is picked up."""
        texts = calls = 0
        while not self._ended.wait(0.2):
            new, texts = self.town.twilio.texts[texts:], len(self.town.twilio.texts)
            for text in new:
                codes = sorted(codes_in(text.body)) if OWED.search(text.body) else []
                if codes and text.to not in self._busy and text.to != DESK and self.lot.random() < 0.6:
                    self._busy.add(text.to)
                    self._wire.submit(self._answer, text.to, codes[0], self.lot.uniform(1, 4))
            rung, calls = self.town.twilio.calls[calls:], len(self.town.twilio.calls)
            for call in rung:
                self.town.twilio.handset(call.phone).calls = "absent"
                self._wire.submit(self._reaches, call.is_left_ringing)

    def _answer(self, phone: str, code: str, after: float) -> None:
        time.sleep(after)
        for words in (f"OK {code}", f"SELESAI {code}"):
            for _ in range(3):  # what a carrier repeats of it
                if self._reaches(lambda words=words: self.town.twilio.text_in(phone, words).status == 200):
                    break
                time.sleep(CARRIER_TRIES_AGAIN)
        self._busy.discard(phone)

    # --- the hand that kills

    def _kill_on(self, pause: tuple[float, float]) -> None:
        victims = {
            "web": self._kill_web,
            "worker": self._kill_worker,
            "redis": self._kill_redis,
            "postgresql": self._kill_postgresql,
        }
        order: list[str] = []
        while not self._over.wait(self.lot.uniform(*pause)):
            order = order or self.lot.sample(sorted(victims), len(victims))
            name = order.pop()
            self.kills[name] = self.kills.get(name, 0) + 1
            victims[name](self.lot.uniform(0.5, 2.0))

    def _kill_web(self, away: float) -> None:
        web = next(running for running in self.town.running if running.name == "web" and running.alive)
        web.kill()
        time.sleep(away)
        self.town.start_web(wait=False)

    def _kill_worker(self, away: float) -> None:
        alive = [running for running in self.town.running if running.name == "worker" and running.alive]
        self.lot.choice(alive).kill()
        time.sleep(away)
        self.town.start_worker(wait=False)

    def _kill_redis(self, away: float) -> None:
        self.redis.kill()
        time.sleep(away)
        self.redis.start()

    def _kill_postgresql(self, away: float) -> None:
        self.postgresql.kill()
        time.sleep(away)
        self.postgresql.start()

    # --- what became of it

    def _wait_until_done(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not self._all_asked():
            time.sleep(1)

    def _all_asked(self) -> bool:
        self._look()
        return all(panic.asked_at is not None for panic in self.panics)

    def _look(self) -> None:
        """Write for each panic when the carrier first had an alert about it."""
        code_of = {incident.phone: incident.code for incident in self.town.incidents()}
        first: dict[str, float] = {}
        for at, body in list(self.town.twilio.arrivals):
            for code in codes_in(body) if OWED.search(body) else ():
                first.setdefault(code, at)
        for panic in self.panics:
            panic.asked_at = first.get(code_of.get(panic.phone, ""))

    def _count(self) -> Outcome:
        self._look()
        with Session(self.town.engine) as db:
            handed = select(Attempt.outbound_id).where(Attempt.state == "handed")
            twice = handed.group_by(Attempt.outbound_id).having(func.count() > 1).subquery()
            doubled = db.scalar(select(func.count()).select_from(twice)) or 0
        answered = [panic for panic in self.panics if panic.answered_at is not None]
        waits = [max(0.0, p.asked_at - p.answered_at) for p in answered if p.asked_at and p.answered_at]
        return Outcome(len(self.panics), len(answered), len(waits), doubled, self.kills, waits)


@contextmanager
def soaked(folder: Path, seed: int) -> Iterator[Soak]:
    """A town on a PostgreSQL and a Valkey of its own, under `folder`; whatever it starts ends with it."""
    keys = {"SECRET_KEY": "made-up-for-the-soak", "ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    sealing.use_keys([keys["ENCRYPTION_KEYS"]])
    with ExitStack() as stack:
        folder.mkdir(exist_ok=True)
        postgresql = OwnPostgresql(folder / "pg")
        stack.callback(postgresql.server.cleanup)
        redis = OwnRedis(folder)
        redis.start()
        stack.callback(redis.stop)
        url = postgresql.url.format("postgres")
        database.migrate(url)
        port = free_port()
        twilio = stack.enter_context(Company(f"http://127.0.0.1:{port}"))
        other = stack.enter_context(SecondCompany(f"http://127.0.0.1:{port}"))
        town = Town(url, redis.url, folder / "var", port, keys | {"CARRIERS": "twilio"}, twilio, other)
        stack.callback(town.end)
        yield Soak(town, postgresql, redis, seed)


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--minutes", type=float, default=20)
    ask.add_argument("--rate", type=float, default=5, help="panics in a second")
    ask.add_argument("--seed", type=int, default=None, help="which part dies when; drawn and printed by default")
    given = ask.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}, {given.minutes:g} minutes, {given.rate:g} panics a second", flush=True)
    with tempfile.TemporaryDirectory(prefix="siaga-soak-") as folder, soaked(Path(folder), seed) as soak:
        outcome = soak.run(given.minutes * 60, given.rate, (8.0, 20.0))
    print(outcome.table())
    return 1 if outcome.lost else 0


if __name__ == "__main__":
    sys.exit(main())
