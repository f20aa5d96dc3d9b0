"""What the operator's tests share: a desk's parts that do nothing, and a noon that stands still."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from gateway.unit_of_work import Desk

Opens = Callable[[], AbstractContextManager[Desk]]
NOON = datetime(2026, 1, 2, 5, tzinfo=UTC)


class NoBell:
    """Nobody waits for the doorbell here."""

    def deliver(self, incident_id: int) -> None: ...

    def send(self, outbound_id: int) -> None: ...

    def wave(self, incident_id: int) -> None: ...

    def watch(self, incident_id: int) -> None: ...
