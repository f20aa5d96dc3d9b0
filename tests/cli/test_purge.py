"""`siaga purge`: what it says, and that a dry run only says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.infrastructure.database import migrate
from gateway.models.inbound import Inbound
from gateway.wiring import house

Siaga = Callable[..., Result]


@pytest.fixture
def siaga(tmp_path: Path) -> Iterator[Siaga]:
    """A gateway that got one text years ago, and a command line to it."""
    environ = {"DEMO": "1", "DATA_DIR": str(tmp_path / "var"), "PORT": "1"}

    def run(*words: str, **more: str) -> Result:
        house.cache_clear()
        return CliRunner().invoke(main, words, env=environ | more, catch_exceptions=False)

    migrate(f"sqlite:///{tmp_path}/var/siaga.db")
    assert run("inbox").exit_code == 0
    with house().open_uow() as uow:
        at = datetime(2020, 1, 1, tzinfo=UTC)
        uow.db.add(Inbound(line="x", kind="text", ref="1", phone="+62813", body="TOLONG", state="seen", received_at=at))
    yield run
    house.cache_clear()


def test_it_tells_by_table_what_was_forgotten(siaga: Siaga) -> None:
    result = siaga("purge")
    assert result.exit_code == 0
    assert "inbounds: texts                1\n" in result.stdout
    assert result.stdout.endswith("1 forgotten\n")
    assert siaga("purge").stdout.endswith("0 forgotten\n")
    assert siaga("audit", "verify").stdout == "2 rows, nothing was changed or removed\n"


def test_a_dry_run_changes_nothing(siaga: Siaga) -> None:
    assert siaga("purge", "--dry-run").stdout.endswith("1 would be forgotten\n")
    assert siaga("purge").stdout.endswith("1 forgotten\n")


def test_nought_days_keep_for_ever(siaga: Siaga) -> None:
    result = siaga("purge", RETAIN_TEXTS_DAYS="0", RETAIN_INCIDENTS_DAYS="0")
    assert result.stdout.endswith("0 forgotten\n")
    assert "texts" not in result.stdout


@pytest.mark.parametrize("days", ["-1", "ten", "36501"])
def test_days_that_are_none_are_refused_by_their_name(siaga: Siaga, days: str) -> None:
    result = siaga("purge", RETAIN_POSITIONS_DAYS=days)
    assert result.exit_code == 3
    assert "RETAIN_POSITIONS_DAYS" in result.stderr
