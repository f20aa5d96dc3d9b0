"""What the page of the lines tells about money and about what waits; and the carriers' own statements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from gateway.carriers.failover import Switchboard
from gateway.core.messages import Hook, Price
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from gateway.web.console.admin.lines import money
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin
from tests.console.station import Browser

LINES = "/admin/lines"


@dataclass
class Ledger:
    """A line of which only its books matter here."""

    spent: Sequence[Price] | None = (Price(12_345_670, "USD"),)
    left: Price | None = field(default_factory=lambda: Price(1_785_500_000, "KES"))
    name: str = "simulator"
    own_numbers: tuple[str, ...] = ()
    asked: list[tuple[date, date]] = field(default_factory=list)

    def authentic(self, hook: Hook) -> bool:
        return False

    def spend(self, since: date, until: date) -> Sequence[Price] | None:
        self.asked.append((since, until))
        return self.spent

    def balance(self) -> Price | None:
        return self.left


@pytest.fixture
def ledger(home: House) -> Ledger:
    line = Ledger()
    home.lines = Switchboard([line])
    return line


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


def sent(home: House, at: datetime, kind: str = "text", state: str = "done", **facts: object) -> None:
    with home.open_uow() as uow:
        owed = Outbound(kind=kind, purpose="notice", phone="+6281255500042", state=state, created_at=at, due_at=at)
        uow.db.add(owed)
        uow.db.flush()
        if state == "done":
            values = {"line": "simulator", "state": "handed", "ref": "ref", "started_at": at, **facts}
            uow.db.add(Attempt(outbound_id=owed.id, **values))


def words(page: str) -> str:
    """What a reader sees, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page).replace("\xa0", " "))


def test_today_and_this_month_are_told_by_line(admin: Browser, home: House) -> None:
    now = home.clock()  # 14:00 in Jakarta, on the 22nd
    sent(home, now, parts=2, price_micros=9_600_000, currency="KES")
    sent(home, now, "call", seconds=61, price_micros=2_405_000, currency="KES")
    sent(home, now - timedelta(hours=15), parts=1)
    page = words(admin.get(LINES).text)
    assert "simulator hari ini KES 12,005 1, ditagih 2 1, 2 menit" in page
    assert "bulan ini KES 12,005 1 tanpa harga 2, ditagih 3 1, 2 menit" in page


def test_a_day_begins_on_the_admins_own_clock(app: Flask, home: House) -> None:
    kasat = polres_admin(app, home)  # in Pontianak, UTC+7
    sent(home, home.clock().replace(hour=0) - timedelta(hours=7), parts=1)
    assert "hari ini 1 tanpa harga 1 –" in words(kasat.get(LINES).text)
    sent(home, home.clock().replace(hour=0) - timedelta(hours=7, seconds=1), parts=1)
    assert "hari ini 1 tanpa harga 1 –" in words(kasat.get(LINES).text)
    assert "bulan ini 2 tanpa harga 2 –" in words(kasat.get(LINES).text)


def test_a_line_that_is_configured_no_more_is_told_while_it_has_spent_this_month(admin: Browser, home: House) -> None:
    sent(home, home.clock(), line="kannel", parts=1)
    assert "kannel hari ini 1 tanpa harga 1 –" in words(admin.get(LINES).text)


def test_nothing_spent_is_a_dash(admin: Browser) -> None:
    assert "simulator hari ini – – –" in words(admin.get(LINES).text)


def test_how_long_the_oldest_has_waited_is_told(admin: Browser, home: House) -> None:
    assert "tertua" not in admin.get(LINES).text
    for minutes in (8, 3, -5):  # the last is due later, which is no waiting
        sent(home, home.clock() - timedelta(minutes=minutes), state="owed")
    page = words(admin.get(LINES).text)
    assert "Antrean: 3 SMS, 0 telepon." in page
    assert "SMS tertua menunggu sejak 2026-11-22 13:52 WIB (8 menit lalu)." in page
    assert "Telepon tertua" not in page


@pytest.mark.parametrize(
    ("micros", "language", "shown"),
    [
        (1_785_500_000, "id", "KES 1.785,50"),
        (800_000, "en", "KES 0.80"),
        (7_900, "en", "KES 0.0079"),
        (-3_200_000, "id", "-KES 3,20"),
    ],
)
def test_money_is_written_as_the_reader_writes_numbers(app: Flask, micros: int, language: str, shown: str) -> None:
    with app.test_request_context() as context:
        context.session["language"] = language
        assert money(Price(micros, "KES")).replace("\xa0", " ") == shown


# --- the carriers' own statements ----------------------------------------------------------------------------------


def test_the_page_itself_never_asks_a_carrier(admin: Browser, ledger: Ledger) -> None:
    assert f'href="{LINES}/simulator/statement"' in admin.get(LINES).text
    assert ledger.asked == []


def test_a_statement_tells_this_month_and_what_is_left(admin: Browser, ledger: Ledger) -> None:
    page = words(admin.get(f"{LINES}/simulator/statement").text)
    assert "Tagihan 2026-11-01 sampai 2026-11-22 (UTC) USD 12,3457" in page
    assert "Sisa saldo KES 1.785,50" in page
    assert ledger.asked == [(date(2026, 11, 1), date(2026, 11, 22))]


def test_a_carrier_that_does_not_answer_is_told_as_such(admin: Browser, ledger: Ledger) -> None:
    ledger.spent = ledger.left = None
    assert words(admin.get(f"{LINES}/simulator/statement").text).count("tidak dijawab oleh operator") == 2
    ledger.spent = ()
    assert "belum ada" in words(admin.get(f"{LINES}/simulator/statement").text)


@pytest.mark.parametrize("language", ["id", "en", "sw"])
def test_a_statement_is_there_in_every_language(admin: Browser, ledger: Ledger, language: str) -> None:
    admin.post(f"/language/{language}")
    page = admin.get(f"{LINES}/simulator/statement")
    assert page.status_code == 200
    assert "console." not in page.text.replace("console.css", "")


def test_a_line_with_nothing_to_tell_is_not_asked(admin: Browser) -> None:
    assert "statement" not in admin.get(LINES).text
    assert admin.get(f"{LINES}/simulator/statement").status_code == 404
    assert admin.get(f"{LINES}/nobody/statement").status_code == 404


def test_the_gateways_account_is_for_an_admin_of_all_units(
    app: Flask, home: House, ledger: Ledger, siti: Browser
) -> None:
    kasat = polres_admin(app, home)
    assert "statement" not in kasat.get(LINES).text
    assert kasat.get(f"{LINES}/simulator/statement").status_code == 403
    assert siti.get(f"{LINES}/simulator/statement").status_code == 403
    assert ledger.asked == []


def test_the_last_success_is_the_newest_text_that_the_carrier_took(admin: Browser, home: House, ledger: Ledger) -> None:
    with home.open_uow() as uow:
        at = uow.now() - timedelta(minutes=7)
        owed = Outbound(kind="text", purpose="notice", phone=ANYBODY, state="done", created_at=at, due_at=at)
        uow.db.add(owed)
        uow.db.flush()
        for state, minutes in (("delivered", 0), ("refused", 3)):
            when = at + timedelta(minutes=minutes)
            uow.db.add(Attempt(outbound_id=owed.id, line=ledger.name, state=state, started_at=when, finished_at=when))
    assert "13:53 WIB" in admin.get(LINES).text
    assert "13:56 WIB" not in admin.get(LINES).text


ANYBODY = "+6281255500042"
