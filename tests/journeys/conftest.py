"""The city on the embedded database; the stories that everything hangs on are told on PostgreSQL too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from journeys.city import Pontianak
from sqlalchemy import Engine

from gateway.config import Settings

ON_BOTH = ("test_main_chain", "test_looked_up", "test_lock_order")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" in metafunc.fixturenames:
        kinds = ["sqlite", "postgresql"] if metafunc.module.__name__.endswith(ON_BOTH) else ["sqlite"]
        metafunc.parametrize("database_url", kinds, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database of the kind that the story is told on."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def city(engine: Engine, settings: Settings, tmp_path: Path) -> Iterator[Pontianak]:
    """A built Pontianak with nobody in need yet; at the end no phone may have been rung twice at once."""
    town = Pontianak(engine, settings, tmp_path).build()
    yield town
    assert town.handsets.violations() == []
