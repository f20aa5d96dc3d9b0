"""The job queue (RQ on Redis). It is only a doorbell: a lost job costs a second, because the sweep finds the row."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.job import Job as RqJob
from rq.timeouts import TimerDeathPenalty
from sqlalchemy.exc import SQLAlchemyError

from gateway.infrastructure.database import is_gone
from gateway.infrastructure.database_clock import EACH as ASKED_EACH
from gateway.infrastructure.heartbeat import LOOK, Heartbeat
from gateway.models.lookup import LOOKUP_LANE
from gateway.models.outbound import ALERT_LANE, COURTESY_LANE
from gateway.models.webhook import WEBHOOK_LANE
from gateway.unit_of_work import Job
from gateway.worker.purging import LOOK as PURGE_LOOK
from gateway.worker.purging import NightlyPurge
from gateway.worker.sweep import Sweep

log = logging.getLogger(__name__)

QUEUE = "siaga"  # a worker listens to one queue: only then does RQ save a job from a dying worker
PATIENCE = 0.3  # seconds that a hook waits for Redis; the commit came before, so nothing is lost
PARTING = 8.0  # seconds that an ending worker waits for open requests to carriers; most supervisors kill after ten
NOTHING: Mapping[str, tuple[float, Callable[[], None]]] = {}
LONGEST_WAIT = 30  # seconds that a worker waits for one job before it checks that Redis still answers
REST = 1.0  # seconds without a new try after Redis failed
WATCHERS = "siaga:incidents"  # the channel that tells the monitors of changes


class JobQueue:
    """Put jobs into Redis, or else ring the `second` bell. It is safe to call from any thread and never raises."""

    def __init__(self, connect: Callable[[], Redis], second: Callable[[Sequence[Job]], None] | None = None) -> None:
        self._connect, self._second = connect, second
        self._redis: Redis | None = None
        self._resting_until = 0.0
        self._lock = threading.Lock()

    def enqueue(self, jobs: Iterable[Job]) -> None:
        """Enqueue each job once (`gateway.jobs.<name>` with one id).

        Jobs named "watch" are published to the monitors instead.
        """
        wanted = list(dict.fromkeys(jobs))
        if wanted and not self._takes(wanted) and self._second is not None:
            self._second(wanted)

    def _takes(self, wanted: Sequence[Job]) -> bool:
        """Return whether Redis took all of these."""
        if time.monotonic() < self._resting_until:
            return False
        try:
            redis = self.reach()
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
            return False
        return True

    def reach(self) -> Redis:
        """Return the connection, which is made once. Raises RedisError or OSError."""
        with self._lock:
            if self._redis is None:
                self._redis = self._connect()
            return self._redis


class Senders:
    """The thread pools that wait for carriers, one for each lane of each line.

    Alerts do not wait behind courtesy texts, and a carrier that hangs delays only its own senders.
    """

    SIZES = {ALERT_LANE: 64, COURTESY_LANE: 16, LOOKUP_LANE: 8, WEBHOOK_LANE: 4}  # noqa: RUF012 - a constant table

    def __init__(self) -> None:
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._lock = threading.Lock()

    def __call__(self, lane: str, work: Callable[[], None]) -> None:
        with self._lock:
            if lane not in self._pools:
                self._pools[lane] = ThreadPoolExecutor(self.SIZES[lane.split("/")[0]], f"send-{lane}")
        self._pools[lane].submit(work)


def every(seconds: float, step: Callable[[], None], name: str) -> threading.Thread:
    """Start and return a supervised thread that runs `step` every so many seconds and survives any exception in it."""

    def run() -> None:
        while True:
            started = time.monotonic()
            try:
                step()
            except Exception as error:  # supervised: log the failure and try again in the next round
                trace = None if is_gone(error) else error
                log.error("a supervised thread stumbled", exc_info=trace, extra={"step": name})
            time.sleep(max(0.05, seconds - (time.monotonic() - started)))

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


class _Worker(SimpleWorker):
    """An RQ worker that does not fork: a fork costs 20 ms and a new database connection for each job."""

    death_penalty_class = TimerDeathPenalty
    max_connection_wait_time = REST  # RQ's default is a minute; with this, jobs run again a second after Redis is back

    def __init__(self, redis: Redis, ending: threading.Event) -> None:
        super().__init__([Queue(QUEUE, connection=redis)], connection=redis, worker_ttl=LONGEST_WAIT + 15)
        self._ending = ending

    def execute_job(self, job: RqJob, queue: Queue) -> None:
        super().execute_job(job, queue)
        self._stop_requested = self._ending.is_set()  # a job swallows the SystemExit that a signal raises inside it

    def _install_signal_handlers(self) -> None:
        """Do nothing: `listen` has installed our handlers; RQ's do not end a worker whose Redis is gone."""

    def register_death(self) -> None:
        """Do nothing: RQ forgets a dead worker by itself, and a Redis that hangs would delay our end here."""

    def subscribe(self) -> None:
        """Do nothing: we do not use RQ's remote control, and its thread would outlive every lost connection."""

    def unsubscribe(self) -> None:
        """Do nothing: `subscribe` did nothing."""


def listen(
    rounds: Sweep,
    connect: Callable[[], Redis],
    heartbeat: Heartbeat | None = None,
    keep_time: Callable[[], None] | None = None,
    purge: NightlyPurge | None = None,
    beside: Mapping[str, tuple[float, Callable[[], None]]] = NOTHING,
) -> None:
    """Be a worker: beat and sweep in their own threads, take jobs in this one.

    It survives when Redis and the database go and come back, and lets them start in any order. It returns after SIGTERM
    or SIGINT, once open requests to carriers have come back. `heartbeat` sends signs of life to the outside meanwhile;
    `keep_time` asks the database for the time, `purge` forgets what is old enough; `beside` are more threads by their
    names, each with its seconds between two rounds.
    """
    ending = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        ending.set()
        raise SystemExit

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    try:
        _begin(rounds, ending)
        _start_beside(heartbeat, keep_time, purge, beside)
        while not ending.is_set():
            _take_jobs(connect, ending)
    except SystemExit:
        log.info("asked to end")
    finally:
        _end(rounds)


def _start_beside(
    heartbeat: Heartbeat | None,
    keep_time: Callable[[], None] | None,
    purge: NightlyPurge | None,
    beside: Mapping[str, tuple[float, Callable[[], None]]],
) -> None:
    if heartbeat is not None:
        every(LOOK, heartbeat.tick, "heartbeat")
    if keep_time is not None:
        every(ASKED_EACH, keep_time, "clock")
    if purge is not None:
        every(PURGE_LOOK, purge.tick, "purge")
    for name, (seconds, step) in beside.items():
        every(seconds, step, name)


def _begin(rounds: Sweep, ending: threading.Event) -> None:
    """Beat once before the first claim, then start the threads.

    Other workers take over the claims of a worker that has no beat.
    """
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
    """Take jobs until this worker must end or RQ gives up, as it does for every Redis fault that it does not know.

    The sweep continues meanwhile.
    """
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
    if not done:  # a carrier or the database does not answer, and the supervisor would kill us soon
        log.warning("ending with something on the wire")
        logging.shutdown()
        os._exit(0)
