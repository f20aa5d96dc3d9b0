"""The list of users: passwords, codes, lock-out, and how far each one sees; on both databases."""

from __future__ import annotations

import pytest

from gateway.identity import logins, users
from gateway.models import user as accounts
from gateway.wiring import House
from tests.console.station import PASSWORD, Clock, totp_of


@pytest.fixture
def console_url(database_url: str) -> str:
    return database_url


@pytest.mark.parametrize(("shift", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_may_be_half_a_minute_off(home: House, clock: Clock, shift: int, good: bool) -> None:
    with home.open_uow() as uow:
        user = accounts.by_name(uow.db, "Ibu Admin")
        assert user is not None
        user_id = user.id
    code = totp_of(home, "Ibu Admin").at(int(clock().timestamp()) + shift)
    assert logins.check_code(home.open_uow, user_id, code) is good
    assert logins.check_code(home.open_uow, user_id, code) is False  # RFC 6238 5.2: once
    assert logins.check_code(home.open_uow, user_id, code, once=False) is good


def test_wrong_passwords_lock_nobody_out(home: House) -> None:
    for _ in range(6):
        assert logins.check_password(home.open_uow, "Siti", "wrong") is None
    assert logins.check_password(home.open_uow, "Siti", PASSWORD) is not None
    with home.open_uow() as uow:
        user = accounts.by_name(uow.db, "Siti")
        assert user is not None
        assert (user.failures, user.locked_until, user.signed_in_at) == (0, None, uow.now())


def test_wrong_codes_lock_out_for_a_while_and_a_right_password_between_them_forgives_nothing(
    home: House, clock: Clock
) -> None:
    entry = logins.check_password(home.open_uow, "Ibu Admin", PASSWORD)
    assert entry is not None
    for _ in range(5):
        assert not logins.check_code(home.open_uow, entry.user_id, "000000")
    assert logins.check_password(home.open_uow, "Ibu Admin", PASSWORD) is not None
    code = totp_of(home, "Ibu Admin").at(clock())
    assert not logins.check_code(home.open_uow, entry.user_id, code)
    clock.move(seconds=31)
    assert logins.check_code(home.open_uow, entry.user_id, totp_of(home, "Ibu Admin").at(clock()))


@pytest.mark.parametrize(("failures", "seconds"), [(4, None), (5, 30), (6, 60), (7, 120), (10, 900), (10_000, 900)])
def test_the_lock_grows_but_never_becomes_a_weapon(clock: Clock, failures: int, seconds: int | None) -> None:
    end = logins.lock_end(failures, clock())
    assert (None if end is None else (end - clock()).total_seconds()) == seconds


@pytest.mark.parametrize(
    ("name", "password", "role", "unit", "why"),
    [
        ("Siti", PASSWORD, "desk", None, "already"),
        (" ", PASSWORD, "desk", None, "1 to 60"),
        ("Baru", "pendek", "desk", None, "at least 8"),
        ("Baru", PASSWORD, "chief", None, "role"),
        ("Baru", PASSWORD, "desk", "NOWHERE", "no unit"),
    ],
)
def test_a_bad_user_is_refused_with_the_reason(
    home: House, name: str, password: str, role: str, unit: str | None, why: str
) -> None:
    with pytest.raises(users.BadUser, match=why), home.open_uow() as uow:
        users.add(uow, name, password, role, unit)


def test_a_user_sees_the_unit_and_what_is_below_it(home: House) -> None:
    with home.open_uow() as uow:
        users.add(uow, "Polda", PASSWORD, "desk", "KALBAR")
        ids = {user.name: user.id for user in users.everyone(uow)}
        seen = {name: users.identity(uow, user_id, 0) for name, user_id in ids.items()}
    assert seen["Polda"] is not None
    assert seen["Siti"] is not None
    assert seen["Ibu Admin"] is not None
    assert seen["Siti"].scope == {seen["Siti"].unit_id}
    assert seen["Polda"].scope is not None
    assert seen["Siti"].scope < seen["Polda"].scope
    assert seen["Ibu Admin"].scope is None
    assert not seen["Polda"].sees(None)
    assert seen["Ibu Admin"].sees(None)


def test_the_demos_users_are_made_once_and_only_the_admin_needs_a_code(home: House) -> None:
    with home.open_uow() as uow:
        first = users.seed_demo(uow, "demo-password")
        again = users.seed_demo(uow, "another-password")
        names = {user.name: user.totp_on for user in users.everyone(uow) if user.name in ("desk", "admin", "viewer")}
    assert first == again
    assert list(first) == ["admin"]
    assert first["admin"].startswith("otpauth://totp/Siaga:admin?secret=")
    assert names == {"desk": False, "admin": True, "viewer": False}
    assert logins.check_password(home.open_uow, "desk", "demo-password") is not None
