"""No page answers 500, whatever stands in path, query or form. On PostgreSQL, which refuses what SQLite stores."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.identity import users
from gateway.models import user as accounts
from gateway.models.user import User
from gateway.web import app as web_app
from gateway.wiring import House

SOURCES = (Path(web_app.__file__).parent).rglob("*.py")
FIELDS = sorted({name for path in SOURCES for name in re.findall(r'\.get(?:list)?\("(\w+)"', path.read_text("utf-8"))})
NOT_ASKED = ("/logout", "/monitor/hand-over", "/login", "/live", "/hooks", "/static", "/healthz", "/readyz", "/metrics")
HOSTILE = ("\x00", "a\x00b", "", " ", "0", "1", "2", "-1", "2147483648", "99999999999999999999", "9" * 5000, "x" * 5000,
           "🚓", "﷽", "%", "'", "2026-02-31", "9999-12-31", "0000-00-00", "24:61", "nan", "inf", "1e400", "\x1b[0m",
           "PTK", "seen", "id", "2026-11-22", "14:00", "\ud7ff\uffff", "[]", "{}", "+62812", "a\nb")  # fmt: skip
WORDS = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PARTS = WORDS.filter(bool)


@pytest.fixture
def console_url(postgresql_url: str) -> str:
    return postgresql_url


def sign_in(home: House, name: str) -> str:
    with home.open_reading_uow() as uow:
        user = accounts.by_name(uow.db, name)
        assert user is not None
        return f"{user.id}.{user.session}"


@pytest.mark.parametrize("path", [
    "/incidents/%00", "/incidents/%00/profile", "/api/v1/incidents/%00", "/admin/units/2147483648",
    "/admin/areas/99999999999/remove", f"/admin/units/{'9' * 5000}",
])  # fmt: skip
def test_a_code_with_a_nul_and_an_id_beyond_the_column_are_no_pages(app: Flask, home: House, path: str) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        now = home.clock().timestamp()
        session.update(_user_id=sign_in(home, "Ibu Admin"), since=now, seen=now)
    assert client.get(path).status_code == 404


def test_no_page_answers_500_whatever_it_is_asked(app: Flask, home: House) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    rules = sorted((rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(NOT_ASKED)), key=str)
    client, now = app.test_client(), home.clock().timestamp()

    @settings(max_examples=250, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        rule = data.draw(st.sampled_from(rules))
        method = data.draw(st.sampled_from(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})))
        path = re.sub(r"<[^>]*>", lambda _: _quoted(data.draw(PARTS)), rule.rule)
        fields = data.draw(st.dictionaries(st.sampled_from(FIELDS), WORDS, max_size=6))
        with client.session_transaction() as session:
            session.update(
                _user_id=sign_in(home, data.draw(st.sampled_from(["Ibu Admin", "Siti"]))), since=now, seen=now
            )
        told = {"query_string": fields} if method == "GET" else {"data": fields}
        answer = client.open(path, method=method, **told)
        assert answer.status_code < 500 or answer.status_code == 503, (method, path, fields, answer.text[:200])
        _let_back_in(home)

    ask()


def _quoted(part: str) -> str:
    return "".join(f"%{byte:02X}" for byte in part.encode())


def _let_back_in(home: House) -> None:
    """The fuzz may have suspended whoever it asks as."""
    with home.open_reading_uow() as uow:
        gone = [user.id for user in users.everyone(uow) if user.suspended]
    if gone:
        with home.open_uow() as uow:
            for user_id in gone:
                user = uow.db.get(User, user_id)
                assert user is not None
                user.suspended = False
