"""RQ behind `Later`: the doorbell. A missed ring costs a second (the sweep finds the row): it may fail, never wait."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.timeouts import TimerDeathPenalty

from gateway.models.lookup import LOOKUP_LANE
from gateway.models.outbound import ALERT_LANE, COURTESY_LANE
from gateway.rounds import Rounds

log = logging.getLogger(__name__)

QUEUE = "siaga"  # one queue per worker: RQ keeps a job safe from a dying worker only then
PATIENCE = 0.3  # seconds that a hook waits for Redis; the commit is done, so nothing is lost
REST = 1.0  # after a failure Redis is left alone so long
WATCHERS = "siaga:incidents"  # the channel on which the monitors hear of changes
Ring = tuple[str, int]


class Doorbell:
    """Rings after the commit. Safe to call from any thread; never raises."""

    def __init__(self, connect: Callable[[], Redis]) -> None:
        self._connect = connect
        self._redis: Redis | None = None
        self._resting_until = 0.0
        self._lock = threading.Lock()

    def ring(self, rings: Iterable[Ring]) -> None:
        """Enqueue one job per ring (`gateway.jobs.<name>` with one id); changes of incidents go to the monitors."""
        wanted = list(dict.fromkeys(rings))
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
            log.warning("the doorbell is out of order, the sweep will find it", extra={"error": type(error).__name__})

    def _reach(self) -> Redis:
        with self._lock:
            if self._redis is None:
                self._redis = self._connect()
            return self._redis


class Bell:
    """One desk's `Later`: collects rings until the commit."""

    def __init__(self) -> None:
        self.rings: list[Ring] = []

    def deliver(self, incident_id: int) -> None:
        self.rings.append(("deliver", incident_id))

    def send(self, outbound_id: int) -> None:
        self.rings.append(("send", outbound_id))

    def wave(self, incident_id: int) -> None:
        self.rings.append(("wave", incident_id))

    def locate(self, lookup_id: int) -> None:
        self.rings.append(("locate", lookup_id))

    def watch(self, incident_id: int) -> None:
        self.rings.append(("watch", incident_id))


class Senders:
    """The pools that wait for the outside: alerts have a lane of their own, nothing else delays them."""

    SIZES = {ALERT_LANE: 64, COURTESY_LANE: 16, LOOKUP_LANE: 8}  # noqa: RUF012 - a constant table

    def __init__(self) -> None:
        self._pools = {lane: ThreadPoolExecutor(size, f"send-{lane}") for lane, size in self.SIZES.items()}

    def __call__(self, lane: str, work: Callable[[], None]) -> None:
        self._pools[lane].submit(work)


def every(seconds: float, step: Callable[[], None], name: str) -> threading.Thread:
    """A supervised thread that does `step` each so many seconds, whatever happens in it."""

    def run() -> None:
        while True:
            started = time.monotonic()
            try:
                step()
            except Exception:  # supervised: a failing second is logged, the next one comes
                log.exception("a supervised thread stumbled", extra={"step": name})
            time.sleep(max(0.05, seconds - (time.monotonic() - started)))

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


class _Worker(SimpleWorker):
    """No fork per job: a fork costs 20 ms and a new database connection each time."""

    death_penalty_class = TimerDeathPenalty


def listen(rounds: Rounds, connect: Callable[[], Redis]) -> None:
    """Be a worker: beat and sweep in threads of their own, jobs here; lives on when Redis comes and goes."""
    rounds.beat()
    every(1.0, rounds.beat, "beat")
    every(1.0, rounds.sweep, "sweep")
    while True:
        try:
            redis = connect()
            _Worker([Queue(QUEUE, connection=redis)], connection=redis).work(logging_level="WARNING")
            return  # asked to stop
        except (RedisError, OSError) as error:
            log.warning("no Redis; the sweep goes on without it", extra={"error": type(error).__name__})
            time.sleep(REST)
