"""The job queue (RQ on Redis): only a doorbell. A lost job costs a second, since the sweep finds the row."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.job import Job as RqJob
from rq.timeouts import TimerDeathPenalty
from sqlalchemy.exc import SQLAlchemyError

from gateway.infrastructure.database import is_gone
from gateway.infrastructure.heartbeat import LOOK, Heartbeat
from gateway.models.lookup import LOOKUP_LANE
from gateway.models.outbound import ALERT_LANE, COURTESY_LANE
from gateway.unit_of_work import Job
from gateway.worker.sweep import Sweep

log = logging.getLogger(__name__)

QUEUE = "siaga"  # one queue per worker: RQ keeps a job safe from a dying worker only then
PATIENCE = 0.3  # seconds that a hook waits for Redis; the commit is done, so nothing is lost
PARTING = 8.0  # seconds that an ending worker waits for what is on the wire; most supervisors kill after ten
LONGEST_WAIT = 30  # seconds that a worker waits for one job before it looks whether Redis is still there
REST = 1.0  # after a failure Redis is left alone so long
WATCHERS = "siaga:incidents"  # the channel on which the monitors hear of changes


class JobQueue:
    """Enqueues jobs in Redis. Safe to call from any thread; never raises."""

    def __init__(self, connect: Callable[[], Redis]) -> None:
        self._connect = connect
        self._redis: Redis | None = None
        self._resting_until = 0.0
        self._lock = threading.Lock()

    def enqueue(self, jobs: Iterable[Job]) -> None:
        """Enqueue each job once (`gateway.jobs.<name>` with one id); changes of incidents go to the monitors."""
        wanted = list(dict.fromkeys(jobs))
        if not wanted or time.monotonic() < self._resting_until:
            return
        try:
            redis = self._reach()
            queue = Queue(QUEUE, connection=redis)
            for name, row_id in wanted:
                if name == "watch":
                    redis.publish(WATCHERS, row_id)
                else:
                    queue.enqueue(f"gateway.jobs.{name}", row_id, result_ttl=0, failure_ttl=3600, ttl=60)
        except (RedisError, OSError) as error:
            self._resting_until = time.monotonic() + REST
            self._redis = None
            log.warning("the job queue is out of order, the sweep will find it", extra={"error": type(error).__name__})

    def _reach(self) -> Redis:
        with self._lock:
            if self._redis is None:
                self._redis = self._connect()
            return self._redis


class Senders:
    """The pools that wait for the outside, one for each lane of each line: alerts wait for no courtesy, and a carrier
    that hangs holds up its own senders only."""

    SIZES = {ALERT_LANE: 64, COURTESY_LANE: 16, LOOKUP_LANE: 8}  # noqa: RUF012 - a constant table

    def __init__(self) -> None:
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._lock = threading.Lock()

    def __call__(self, lane: str, work: Callable[[], None]) -> None:
        with self._lock:
            if lane not in self._pools:
                self._pools[lane] = ThreadPoolExecutor(self.SIZES[lane.split("/")[0]], f"send-{lane}")
        self._pools[lane].submit(work)


def every(seconds: float, step: Callable[[], None], name: str) -> threading.Thread:
    """A supervised thread that does `step` each so many seconds, whatever happens in it."""

    def run() -> None:
        while True:
            started = time.monotonic()
            try:
                step()
            except Exception as error:  # supervised: a failing second is logged, the next one comes
                trace = None if is_gone(error) else error
                log.error("a supervised thread stumbled", exc_info=trace, extra={"step": name})
            time.sleep(max(0.05, seconds - (time.monotonic() - started)))

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


class _Worker(SimpleWorker):
    """No fork per job: a fork costs 20 ms and a new database connection each time."""

    death_penalty_class = TimerDeathPenalty
    max_connection_wait_time = REST  # not RQ's minute: the job queue works again a second after Redis is back

    def __init__(self, redis: Redis, ending: threading.Event) -> None:
        super().__init__([Queue(QUEUE, connection=redis)], connection=redis, worker_ttl=LONGEST_WAIT + 15)
        self._ending = ending

    def execute_job(self, job: RqJob, queue: Queue) -> None:
        super().execute_job(job, queue)
        self._stop_requested = self._ending.is_set()  # a job swallows whatever a signal raises in it

    def _install_signal_handlers(self) -> None:
        """Ours are there already; RQ's do not end a worker whose Redis is gone."""

    def register_death(self) -> None:
        """RQ's list of workers forgets one by itself; a Redis that hangs would keep an ending worker here."""

    def subscribe(self) -> None:
        """RQ's remote control is not used; its thread would outlive every lost connection."""

    def unsubscribe(self) -> None:
        """Nothing to take back."""


def listen(rounds: Sweep, connect: Callable[[], Redis], heartbeat: Heartbeat | None = None) -> None:
    """Be a worker: beat and sweep in threads of their own, jobs here. Lives on when Redis and the database come and go,
    in whatever order they start; returns after SIGTERM or SIGINT, when what is on the wire has come back.
    `heartbeat` tells the outside that it does."""
    ending = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        ending.set()
        raise SystemExit

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    try:
        _begin(rounds, ending)
        if heartbeat is not None:
            every(LOOK, heartbeat.tick, "heartbeat")
        while not ending.is_set():
            _take_jobs(connect, ending)
    except SystemExit:
        log.info("asked to end")
    finally:
        _end(rounds)


def _begin(rounds: Sweep, ending: threading.Event) -> None:
    """The first beat comes before the first claim: a claim of a worker that nobody heard of is taken over."""
    while not ending.is_set():
        try:
            rounds.beat()
            break
        except SQLAlchemyError as error:
            log.warning("no database yet", extra={"error": type(error).__name__})
            ending.wait(REST)
    every(1.0, rounds.beat, "beat")
    every(1.0, rounds.sweep, "sweep")


def _take_jobs(connect: Callable[[], Redis], ending: threading.Event) -> None:
    """Work off jobs until asked to end or until RQ gives up, which it does for every fault of Redis that it does not
    know; the sweep goes on meanwhile."""
    try:
        _Worker(connect(), ending).work(logging_level="WARNING")
    except (RedisError, OSError) as error:
        log.warning("no Redis; the sweep goes on without it", extra={"error": type(error).__name__})
    ending.wait(REST)


def _end(rounds: Sweep) -> None:
    try:
        done = rounds.stop(PARTING)
    except SQLAlchemyError:
        done = False
    if not done:  # a carrier or the database does not answer; whoever asked us to end would only kill us
        log.warning("ending with something on the wire")
        logging.shutdown()
        os._exit(0)
