"""Tell what each process of the gateway uses, by Redis, so that whichever is asked for numbers tells of all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prometheus_client import ProcessCollector
from redis import Redis
from redis.exceptions import RedisError

EACH = 5.0  # seconds between two words of a process
FORGOTTEN = 15  # seconds after which a process that says nothing is none any more
PREFIX = "siaga:process:"
JOBS = "rq:queue:siaga"  # the list in which RQ keeps the ids of what waits
Numbers = Mapping[str, float]
NOTHING: Numbers = {}


def used() -> Numbers:
    """Return what this process uses: its processor time, memory, open files and start, by Prometheus' names."""
    families = ProcessCollector(registry=None).collect()
    return {sample.name: sample.value for family in families for sample in family.samples}


@dataclass(frozen=True)
class Processes:
    """The words of the processes on one Redis. With it away only this process is known; nothing raises."""

    reach: Callable[[], Redis]
    name: str

    def tell(self, more: Numbers = NOTHING) -> None:
        """Say what this process uses, and `more` that only it knows."""
        try:
            self.reach().set(f"{PREFIX}{self.name}", json.dumps({**used(), **more}), ex=FORGOTTEN)
        except (RedisError, OSError):
            return

    def all(self) -> dict[str, Numbers]:
        """Return the numbers of each process by its name."""
        try:
            redis = self.reach()
            keys = [bytes(key) for key in redis.scan_iter(f"{PREFIX}*", count=1000)]
            told = zip(keys, redis.mget(keys), strict=True) if keys else ()
            found = {key.decode().removeprefix(PREFIX): json.loads(words) for key, words in told if words}
        except (RedisError, OSError):
            found = {}
        return {self.name: used(), **found}

    def jobs(self) -> int:
        """Return how many jobs wait; -1 with Redis away."""
        try:
            return int(self.reach().llen(JOBS))
        except (RedisError, OSError):
            return -1
