"""The town, on PostgreSQL and a Valkey of its own that a test may stop."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from worst.company import Company, SecondCompany
from worst.servers import OwnRedis
from worst.town import Town

from gateway.cli.company import free_port
from gateway.models import sealing

KEYS = {"SECRET_KEY": "made-up-for-the-worst-moments", "ENCRYPTION_KEYS": Fernet.generate_key().decode()}


@pytest.fixture(autouse=True)
def same_keys(keys: None) -> None:
    """What the processes seal the test can read."""
    sealing.use_keys([KEYS["ENCRYPTION_KEYS"]])


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    """Not started yet."""
    with tempfile.TemporaryDirectory(prefix="siaga-redis-") as folder:
        server = OwnRedis(Path(folder))
        server.url = f"unix://{Path(folder).resolve() / 'valkey' / 'socket'}"
        yield server
        server.stop()


SECRETS = (
    "made-up-hook-token",
    "made-up-token",
    "made-up-key",
    "81390000",
    "812100000",
    "TOLONG",
    "X-Twilio-Signature",
)


def nothing_leaked(town: Town) -> None:
    """No log of any process shows a token, a text or a whole number, whatever went wrong."""
    for running in town.running:
        shown = [line for line in running.said.splitlines() if any(secret in line for secret in SECRETS)]
        assert not shown, f"{running.name} told {shown[0][:500]}"


@dataclass
class Towns:
    """Makes towns; whatever they started ends with the test."""

    stack: ExitStack
    folder: Path

    def found(self, database_url: str, redis_url: str | None) -> Town:
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        twilio = self.stack.enter_context(Company(address))
        africastalking = self.stack.enter_context(SecondCompany(address))
        town = Town(database_url, redis_url, self.folder / "var", port, dict(KEYS), twilio, africastalking)
        self.stack.callback(nothing_leaked, town)
        self.stack.callback(town.end)
        self.stack.callback(twilio.entrance.open)
        self.stack.callback(twilio.exit.open)
        self.stack.callback(africastalking.exit.open)
        return town


@pytest.fixture
def towns(tmp_path: Path) -> Iterator[Towns]:
    with ExitStack() as stack:
        yield Towns(stack, tmp_path)


@pytest.fixture
def town(towns: Towns, postgresql_url: str, redis_url: str) -> Town:
    """On PostgreSQL and Redis, nothing running yet."""
    return towns.found(postgresql_url, redis_url)
