"""Budgets on a real Valkey, shared by two processes, and without one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from limits.errors import StorageError
from limits.storage import Storage

from gateway.config import Settings
from gateway.infrastructure.budgets import AGAIN_AFTER, Budgets
from gateway.wiring import budget_storage

MINUTE = timedelta(minutes=1)


def test_two_processes_share_a_budget_on_redis(settings: Settings, redis_url: str) -> None:
    there = settings.model_copy(update={"redis_url": redis_url})
    one, other = (Budgets(lambda: budget_storage(there)) for _ in range(2))
    assert [one.spend(MINUTE, 2, "x", "a"), other.spend(MINUTE, 2, "x", "a")] == [True, True]
    assert one.spend(MINUTE, 2, "x", "a") is False
    assert (other.spent(MINUTE, 2, "x", "a"), other.spent(MINUTE, 2, "x", "b")) == (2, 0)


def test_without_redis_a_process_counts_for_itself_and_asks_again_later(settings: Settings, redis_url: str) -> None:
    url, now, asked = "redis://127.0.0.1:1", 0.0, []

    def connect() -> Storage:
        asked.append(url)
        return budget_storage(settings.model_copy(update={"redis_url": url}))

    budgets = Budgets(connect, lambda: now)
    assert [budgets.spend(MINUTE, 1, "x") for _ in range(2)] == [True, False]
    assert len(asked) == 1
    url, now = redis_url, AGAIN_AFTER
    assert budgets.spend(MINUTE, 1, "x") is True
    assert len(asked) == 2


def test_a_store_that_cannot_be_opened_is_no_error(settings: Settings) -> None:
    def connect() -> Storage:
        raise StorageError(OSError("no"))

    assert Budgets(connect).spend(MINUTE, 1, "x") is True


@pytest.mark.parametrize("most", [1, 5])
def test_what_was_spent_is_told_up_to_the_most(most: int) -> None:
    budgets = Budgets()
    for _ in range(most + 2):
        budgets.spend(MINUTE, most, "x")
    assert budgets.spent(MINUTE, most, "x") == most
