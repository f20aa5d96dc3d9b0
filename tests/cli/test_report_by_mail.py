"""`siaga report --mail`: a month's report leaves as a mail, over a real SMTP server on the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.infrastructure.database import migrate
from gateway.models.unit import Unit
from gateway.operations.results.results import BadPeriod, read_month
from gateway.wiring import house
from tests.mail_server import Post, mail_server

NO_REDIS = "redis://127.0.0.1:1"  # or a Valkey would be started that outlives the test


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    with mail_server() as server:
        yield server, server.port


@pytest.fixture
def siaga(tmp_path: Path) -> Iterator[Callable[..., Result]]:
    environ = {
        "DEMO": "1",
        "DATA_DIR": str(tmp_path / "var"),
        "PORT": "1",
        "REDIS_URL": NO_REDIS,
        "SMTP_FROM": "siaga@polres.example",
    }

    def run(*words: str, **more: str) -> Result:
        house.cache_clear()
        return CliRunner().invoke(main, words, env=environ | more, catch_exceptions=False)

    migrate(f"sqlite:///{tmp_path}/var/siaga.db")
    assert run("incidents").exit_code == 0
    with house().open_uow() as uow:
        uow.db.add(Unit(code="BJB", name="Polres Banjarbaru", kind="polres", timezone="Asia/Makassar"))
    yield run
    house.cache_clear()


def test_the_months_report_arrives_with_each_reader_and_can_be_verified(
    siaga: Callable[..., Result], post: tuple[Post, int], tmp_path: Path
) -> None:
    server, port = post
    words = ("report", "--month", "2026-03", "--mail", "kapolres@polres.example", "--mail", "kasi@polres.example")
    result = siaga(*words, SMTP_URL=f"smtp://siaga:kunci@127.0.0.1:{port}")
    assert (result.exit_code, result.stdout) == (0, "siaga-BJB-2026-03-01-2026-03-31.pdf was sent to 2\n")
    assert [readers for readers, _ in server.mails] == [["kapolres@polres.example"], ["kasi@polres.example"]]
    _, mail = server.mails[0]
    assert "Polres Banjarbaru" in mail["Subject"]
    (enclosed,) = mail.iter_attachments()
    content = enclosed.get_content()
    assert content.startswith(b"%PDF-")
    (tmp_path / "maret.pdf").write_bytes(content)
    assert siaga("audit", "verify-report", str(tmp_path / "maret.pdf")).exit_code == 0


def test_a_mail_that_does_not_leave_is_told_and_its_password_is_not(
    siaga: Callable[..., Result], post: tuple[Post, int]
) -> None:
    server, port = post
    result = siaga("report", "--mail", "a@b.example", SMTP_URL=f"smtp://siaga:salah@127.0.0.1:{port}")
    assert (result.exit_code, server.mails) == (1, [])
    assert f"the report was not sent: 127.0.0.1:{port}: SMTPAuthenticationError 535" in result.stderr
    assert "salah" not in result.output
    checked = siaga("check", SMTP_URL=f"smtp://siaga:salah@127.0.0.1:{port}")
    assert f"mail: 127.0.0.1:{port}: SMTPAuthenticationError 535" in checked.stdout
    assert "mail:" not in siaga("check", SMTP_URL=f"smtp://siaga:kunci@127.0.0.1:{port}").stdout


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("--mail", "a@b.example"), 1, "no mail server: set SMTP_URL and SMTP_FROM"),
        (("--month", "March"), 2, "year-month-day"),
        (("--month", "last", "--from", "2026-03-01"), 2, "leave --from and --to out"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    siaga: Callable[..., Result], words: tuple[str, ...], code: int, why: str
) -> None:
    result = siaga("report", *words)
    assert (result.exit_code, why in result.stderr) == (code, True)


def test_an_address_that_is_none_is_refused_before_anything_is_sent(
    siaga: Callable[..., Result], post: tuple[Post, int]
) -> None:
    server, port = post
    result = siaga("report", "--mail", "a@b.example\nBcc: x@y.example", SMTP_URL=f"smtp://siaga:kunci@127.0.0.1:{port}")
    assert (result.exit_code, server.mails) == (2, [])


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("last", date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_a_month_is_whole(month: str, first: date, last: date) -> None:
    found = read_month(month, today=datetime(2026, 1, 31, tzinfo=UTC).date())
    assert (found.first, found.last) == (first, last)


def test_no_month_is_made_up() -> None:
    with pytest.raises(BadPeriod):
        read_month("2026-13", today=date(2026, 1, 31))
