"""Without Redis PostgreSQL rings: what was committed is heard by a worker that does not sweep at all."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import Engine, text

from gateway.infrastructure.database import open_engine
from gateway.unit_of_work import Job
from gateway.worker.queue import JobQueue
from gateway.worker.second_bell import CHANNEL, SecondBell
from gateway.worker.sweep import Sweep

LISTENERS = text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query = :said AND pid <> :me")
COUNT = text("SELECT count(*) FROM pg_stat_activity WHERE query = :said")


@dataclass
class Worker(Sweep):
    """A worker that notes what it was rung for, and never sweeps."""

    rung: list[tuple[str, int | None]] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)

    def deliver(self, incident: int | None = None, outbound: int | None = None) -> None:
        self.rung.append(("deliver", incident) if outbound is None else ("send", outbound))
        self.heard.set()


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    engine = open_engine(postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture
def worker() -> Worker:
    return Worker(lambda: pytest.fail("nothing is claimed here"), lambda lane, work: None)


def no_redis() -> Redis:
    raise RedisConnectionError("stopped")


def wait_until_it_listens(engine: Engine) -> None:
    for _ in range(200):
        with engine.connect() as connection:
            if connection.scalar(COUNT, {"said": f"LISTEN {CHANNEL}"}):
                return
        time.sleep(0.02)
    pytest.fail("nobody listens")


def listen(bell: SecondBell, worker: Worker) -> threading.Thread:
    thread = threading.Thread(target=bell.listen, args=(worker,), daemon=True)
    thread.start()
    return thread


def ring(engine: Engine, worker: Worker, *jobs: Job) -> float:
    """Enqueue jobs with Redis stopped; return the seconds until the worker was rung for the last."""
    queue, began = JobQueue(no_redis, SecondBell(engine).ring), time.monotonic()
    worker.heard.clear()
    queue.enqueue(jobs)
    assert worker.heard.wait(10)
    return time.monotonic() - began


def end_listening(engine: Engine, thread: threading.Thread) -> None:
    with engine.begin() as connection:
        connection.execute(LISTENERS, {"said": f"LISTEN {CHANNEL}", "me": 0})
    thread.join(10)
    assert not thread.is_alive()


def test_without_redis_a_worker_hears_of_a_commit_by_the_database(engine: Engine, worker: Worker) -> None:
    thread = listen(SecondBell(engine), worker)
    wait_until_it_listens(engine)
    took = [ring(engine, worker, ("deliver", number)) for number in range(1, 21)]
    sys.stdout.write(f"second bell: median {sorted(took)[10] * 1000:.1f} ms, slowest {max(took) * 1000:.1f} ms\n")
    assert worker.rung == [("deliver", number) for number in range(1, 21)]
    end_listening(engine, thread)


def test_a_lost_connection_is_a_return_and_the_next_one_hears_again(engine: Engine, worker: Worker) -> None:
    bell = SecondBell(engine)
    end_thread = listen(bell, worker)
    wait_until_it_listens(engine)
    end_listening(engine, end_thread)  # it has returned, and raised nothing
    again = listen(bell, worker)
    wait_until_it_listens(engine)
    ring(engine, worker, ("send", 7), ("watch", 8))
    assert worker.rung == [("send", 7)]
    end_listening(engine, again)


def test_a_note_that_is_none_of_ours_does_nothing(engine: Engine, worker: Worker) -> None:
    thread = listen(SecondBell(engine), worker)
    wait_until_it_listens(engine)
    with engine.begin() as connection:
        connection.execute(text(f"NOTIFY {CHANNEL}, 'stop:1 deliver:x deliver:'"))
    ring(engine, worker, ("deliver", 3))
    assert worker.rung == [("deliver", 3)]
    end_listening(engine, thread)


def test_on_sqlite_nobody_rings_and_nobody_waits(worker: Worker, tmp_path: Path) -> None:
    bell = SecondBell(open_engine(f"sqlite:///{tmp_path}/siaga.db"))
    bell.ring([("deliver", 1)])
    bell.listen(worker)
    assert worker.rung == []
