"""The city, once on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from journeys.city import Pontianak
from sqlalchemy import Engine

from gateway.config import Settings


@pytest.fixture
def city(engine: Engine, settings: Settings, tmp_path: Path) -> Iterator[Pontianak]:
    """A built Pontianak with nobody in need yet; at the end no phone may have been rung twice at once."""
    town = Pontianak(engine, settings, tmp_path).build()
    yield town
    assert town.handsets.violations() == []
