"""The embedded default, SQLite and a Valkey of our own, in the same moments."""

from __future__ import annotations

import pytest
from worst.conftest import Towns
from worst.processes import eventually
from worst.town import BUDI, SITI, Town, wave_one

from gateway.infrastructure import valkey


@pytest.fixture
def town(towns: Towns, sqlite_url: str) -> Town:
    town = towns.found(sqlite_url, None)
    towns.stack.callback(valkey.stop, town.data_dir)
    return town.build()


def test_a_killed_worker_and_a_killed_valkey_lose_nothing(town: Town) -> None:
    _, worker = town.start_all()
    worker.pause()
    town.text(sender=BUDI)
    worker.kill()
    valkey.stop(town.data_dir)
    town.text(sender=SITI)

    town.start_worker()

    eventually(8, lambda: min(town.alerts()[phone] for phone in wave_one()) >= 2)
    eventually(3, town.settled)
    assert {town.alerts()[phone] for phone in wave_one()} == {2}
    assert set(town.rung().values()) == {1}
