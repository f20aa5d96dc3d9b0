"""`siaga report`: what it writes where, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.infrastructure.database import migrate
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.wiring import house

MARCH = ("--from", "2026-03-01", "--to", "2026-03-31")
Siaga = Callable[..., Result]


@pytest.fixture
def siaga(tmp_path: Path) -> Iterator[Siaga]:
    """A gateway with two units and one call, and a command line to it."""
    environ = {"DEMO": "1", "DATA_DIR": str(tmp_path / "var"), "PORT": "1"}

    def run(*words: str) -> Result:
        house.cache_clear()
        return CliRunner().invoke(main, words, env=environ, catch_exceptions=False)

    migrate(f"sqlite:///{tmp_path}/var/siaga.db")
    assert run("incidents").exit_code == 0
    with house().open_uow() as uow:
        top = Unit(code="BJB", name="Polres Banjarbaru", kind="polres", timezone="Asia/Makassar")
        uow.db.add(top)
        uow.db.flush()
        uow.db.add(Unit(code="KOTA", name="Polsek Kota", kind="polsek", parent_id=top.id, timezone="Asia/Makassar"))
        at = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)  # the last minute of March there
        uow.db.add(
            Incident(code="K7Q", phone="+6281390000001", name="Budi", unit_id=top.id, channel="text", opened_at=at)
        )
    yield run
    house.cache_clear()


def total(result: Result) -> int:
    assert result.exit_code == 0, result.output
    return int(json.loads(result.stdout)["figures"]["panics"]["total"]["value"])


def test_a_table_is_told_in_the_gateways_language(siaga: Siaga) -> None:
    result = siaga("report", "--unit", "BJB", *MARCH)
    assert result.exit_code == 0
    assert result.stdout.startswith("Laporan kinerja panggilan darurat\nPolres Banjarbaru (BJB)")
    assert "K7Q" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("words", "calls"),
    [
        (("--unit", "BJB", *MARCH), 1),
        (MARCH, 1),
        (("--unit", "KOTA", *MARCH), 0),
        (("--from", "2026-03-31", "--to", "2026-03-31"), 1),
        (("--from", "2026-04-01", "--to", "2026-04-30"), 0),
        (("--to", "2026-04-29"), 1),
        (("--to", "2026-04-30"), 0),
    ],
)
def test_it_is_about_the_unit_and_the_days_that_were_asked(siaga: Siaga, words: tuple[str, ...], calls: int) -> None:
    assert total(siaga("report", *words, "--format", "json")) == calls


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--unit", "NONE", *MARCH), "Error: There is no unit NONE.\n"),
        (("--from", "2026-03-31", "--to", "2026-03-01"), "Error: The first day must not come after the last.\n"),
        (("--from", "March"), "Error: A date is written year-month-day, like 2026-11-30.\n"),
        (("--from", "1990-01-01", "--to", "1990-01-02"), "Error: The years must lie between 2000 and 2100.\n"),
    ],
)
def test_a_unit_or_days_that_are_none_end_with_2_and_one_sentence(
    siaga: Siaga, words: tuple[str, ...], why: str
) -> None:
    result = siaga("report", *words, "--format", "pdf")
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", why)


def test_before_anything_was_imported_there_is_nothing_to_report_on(siaga: Siaga) -> None:
    with house().open_uow() as uow:
        for row in (*uow.db.query(Incident), *uow.db.query(Unit).order_by(Unit.id.desc())):
            uow.db.delete(row)
            uow.db.flush()
    result = siaga("report", *MARCH)
    assert (result.exit_code, result.stderr) == (2, "Error: There is no unit yet.\n")


def test_a_pdf_goes_to_the_output_as_it_is_or_to_a_file(siaga: Siaga, tmp_path: Path) -> None:
    assert siaga("report", *MARCH, "--format", "pdf").stdout_bytes.startswith(b"%PDF-")
    file = tmp_path / "maret.pdf"
    result = siaga("report", *MARCH, "--format", "pdf", "--output", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert file.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("form", ["pdf", "csv", "json"])
def test_a_report_that_was_issued_can_be_verified(siaga: Siaga, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"maret.{form}"
    assert siaga("report", *MARCH, "--format", form, "--output", str(file)).exit_code == 0
    result = siaga("audit", "verify-report", str(file))
    assert (result.exit_code, "as Siaga issued it" in result.stdout) == (0, True)
    file.write_bytes(file.read_bytes().replace(b"K7Q", b"K7R", 1) + b" ")
    result = siaga("audit", "verify-report", str(file))
    assert (result.exit_code, "changed after Siaga issued it" in result.stdout) == (1, True)
    file.write_bytes(b"nothing of ours")
    assert siaga("audit", "verify-report", str(file)).exit_code == 2


def test_what_is_no_report_leaves_a_file_as_it_was(siaga: Siaga, tmp_path: Path) -> None:
    file = tmp_path / "maret.csv"
    file.write_text("the old one")
    assert siaga("report", "--unit", "NONE", "--format", "csv", "--output", str(file)).exit_code == 2
    assert file.read_text() == "the old one"
