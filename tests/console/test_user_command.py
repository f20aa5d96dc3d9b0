"""`siaga user add`: the password from standard input, the authenticator's URI on standard output."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from gateway.cli.users import api_key, user
from gateway.identity import logins, users
from gateway.models.audit import Audit
from gateway.wiring import House, house


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Iterator[House]:
    """The command builds its house from the environment, as a process does."""
    for name, value in {"DEMO": "1", "DATA_DIR": str(tmp_path), "DATABASE_URL": sqlite_url}.items():
        monkeypatch.setenv(name, value)
    house.cache_clear()
    yield house()
    house().engine.dispose()
    house.cache_clear()


def test_it_prints_the_uri_and_the_user_can_log_in_with_it(home: House) -> None:
    done = CliRunner().invoke(user, ["add", "Piket Kota", "--role", "desk"], input="rahasia-piket\n")
    assert done.exit_code == 0, done.output
    uri = urlsplit(done.stdout.strip())
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    entry = logins.check_password(home.open_uow, "Piket Kota", "rahasia-piket")
    assert entry is not None
    assert entry.needs_code
    code = pyotp.TOTP(parse_qs(uri.query)["secret"][0]).now()
    assert logins.check_code(home.open_uow, entry.user_id, code)


@pytest.mark.parametrize(
    ("arguments", "typed", "why"),
    [
        (["Baru", "--role", "desk"], "pendek\n", "at least 8"),
        (["Baru", "--role", "desk"], "", "at least 8"),
        (["Baru", "--role", "desk", "--unit", "NOWHERE"], "rahasia-piket\n", "no unit NOWHERE"),
        (["Baru", "--role", "chief"], "rahasia-piket\n", "chief"),
    ],
)
def test_it_refuses_with_the_reason_and_adds_nobody(home: House, arguments: list[str], typed: str, why: str) -> None:
    done = CliRunner().invoke(user, ["add", *arguments], input=typed)
    assert done.exit_code != 0
    assert why in done.output
    with home.open_uow() as uow:
        assert users.everyone(uow) == []


def test_a_key_for_programs_is_told_once_and_taken_away_again(home: House) -> None:
    CliRunner().invoke(user, ["add", "Dinas", "--role", "viewer"], input="rahasia-piket\n")
    given = CliRunner().invoke(user, ["key", "dinas"])
    assert given.exit_code == 0, given.output
    with home.open_uow() as uow:
        found = users.by_key(uow, given.stdout.strip())
    assert found is not None
    assert found.name == "Dinas"
    assert CliRunner().invoke(user, ["key", "Dinas", "--revoke"]).exit_code == 0
    with home.open_uow() as uow:
        assert users.by_key(uow, given.stdout.strip()) is None
        assert [row.what for row in uow.db.scalars(select(Audit).order_by(Audit.id))] == [
            "user.key",
            "user.key_revoked",
        ]


def test_a_key_for_nobody_is_refused(home: House) -> None:
    done = CliRunner().invoke(user, ["key", "Nobody"])
    assert done.exit_code == 1
    assert "no such user" in done.output.lower()


def test_another_system_gets_a_key_with_scopes_and_loses_it(home: House) -> None:
    run = CliRunner().invoke
    run(user, ["add", "Siti", "--role", "desk"], input="rahasia-piket\n")
    made = run(api_key, ["add", "Pusat", "--user", "Siti", "--scope", "incidents:read", "--scope", "incidents:raise"])
    assert made.output.startswith("siaga_api_"), made.output
    assert "Pusat\tSiti\tincidents:raise incidents:read" in run(api_key, ["list"]).output
    run(api_key, ["end", "Pusat"])
    assert "Pusat" not in run(api_key, ["list"]).output
