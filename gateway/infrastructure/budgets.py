"""Counts of what may happen only so often, shared by all processes through Redis.

Without Redis each process counts for itself: nobody is shut out because Redis is away, and nobody is let in unbounded.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter

log = logging.getLogger(__name__)
T = TypeVar("T")
AGAIN_AFTER = 10.0  # seconds until Redis is asked again after it failed


@dataclass
class Budgets:
    """Counters by name. `connect` returns where they are shared; it raises limits.errors.StorageError. Without it this
    process counts for itself."""

    connect: Callable[[], Storage] = MemoryStorage
    clock: Callable[[], float] = time.monotonic
    _own: FixedWindowRateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))
    _shared: FixedWindowRateLimiter | None = None
    _ask_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, within: timedelta, most: int, *what: str) -> bool:
        """Count one, and return whether it is within `most`."""
        item = RateLimitItemPerSecond(most, int(within.total_seconds()))
        return self._ask(lambda counter: counter.hit(item, *what))

    def spent(self, within: timedelta, most: int, *what: str) -> int:
        """Return how many were counted, at most `most`."""
        item = RateLimitItemPerSecond(most, int(within.total_seconds()))
        return self._ask(lambda counter: most - counter.get_window_stats(item, *what).remaining)

    def _ask(self, question: Callable[[FixedWindowRateLimiter], T]) -> T:
        counter = self._counter()
        try:
            return question(counter)
        except (StorageError, OSError):
            self._without()
            return question(self._own)

    def _counter(self) -> FixedWindowRateLimiter:
        if self.clock() < self._ask_at:
            return self._own
        with self._lock:
            if self._shared is None:
                try:
                    self._shared = FixedWindowRateLimiter(self.connect())
                except (StorageError, OSError):
                    self._without()
                    return self._own
            return self._shared

    def _without(self) -> None:
        log.warning("budgets are counted by each process alone: Redis does not answer")
        self._shared, self._ask_at = None, self.clock() + AGAIN_AFTER
