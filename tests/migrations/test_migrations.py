"""The migrations: up, down and up again on both databases, and always where the models are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from gateway.infrastructure.database import head, migrate, newest, open_engine, scripts
from gateway.infrastructure.installation import MIGRATIONS
from gateway.models import Base

FILES = sorted((MIGRATIONS / "versions").glob("*.py"))
KEYS_IN_A_CIRCLE = {"fk_incidents_fix_id_fixes", "fk_incidents_leader_id_alerts"}


def tables(url: str) -> set[str]:
    engine = open_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_up_down_and_up_again(database_url: str) -> None:
    full = tables(database_url)
    assert set(Base.metadata.tables) < full
    command.downgrade(scripts(database_url), "base")
    assert tables(database_url) == {"alembic_version"}
    assert head(database_url) is None
    migrate(database_url)
    assert tables(database_url) == full
    assert head(database_url) == newest()


def test_the_models_are_where_the_newest_migration_is(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_names_of_constraints_and_partial_indexes_are_the_models_own(engine: Engine) -> None:
    """What Alembic does not compare: the conditions that make an index a rule."""
    look = inspect(engine)
    keys = {str(key["name"]) for key in look.get_foreign_keys("incidents")}
    assert keys >= KEYS_IN_A_CIRCLE
    for table in Base.metadata.sorted_tables:
        found = {index["name"]: index for index in look.get_indexes(table.name)}
        for index in table.indexes:
            condition = index.dialect_options[engine.dialect.name]["where"]
            kept = found[index.name]["dialect_options"].get(f"{engine.dialect.name}_where")
            assert (condition is None) == (kept is None), index.name
            assert found[index.name]["unique"] == bool(index.unique), index.name


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    assert head(database_url) == newest()


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        command.downgrade(scripts(url), "base")
    return url


def test_several_releases_at_once_are_fine(unmigrated_url: str) -> None:
    release = [
        sys.executable,
        "-c",
        "import sys; from gateway.infrastructure.database import migrate; migrate(sys.argv[1])",
    ]
    racers = [subprocess.Popen([*release, unmigrated_url]) for _ in range(3)]
    assert [racer.wait(timeout=60) for racer in racers] == [0, 0, 0]
    assert head(unmigrated_url) == newest()


# --- the folder --------------------------------------------------------------------------------------------------


def test_there_is_one_head_and_the_head_file_names_it() -> None:
    assert ScriptDirectory.from_config(scripts()).get_heads() == [newest()]
    named = (MIGRATIONS / ".current-head").read_text(encoding="utf-8")
    assert named == FILES[-1].stem + "\n"


def test_each_file_begins_with_its_own_number_and_follows_the_one_before() -> None:
    walk = reversed(list(ScriptDirectory.from_config(scripts()).walk_revisions()))
    found = [(script.revision, script.down_revision, Path(script.path)) for script in walk]
    numbers = [f"{number:04}" for number in range(1, len(FILES) + 1)]
    assert found == [
        (number, before, path) for number, before, path in zip(numbers, [None, *numbers], FILES, strict=False)
    ]
    assert all(path.stem.startswith(f"{number}_") for number, path in zip(numbers, FILES, strict=True))
