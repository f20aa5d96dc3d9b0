"""What the operator's tests share: the type of a factory of units of work, and a noon that stands still."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from gateway.unit_of_work import UnitOfWork

Opens = Callable[[], AbstractContextManager[UnitOfWork]]
NOON = datetime(2026, 1, 2, 5, tzinfo=UTC)
