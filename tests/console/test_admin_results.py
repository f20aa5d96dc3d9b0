"""What was achieved, as a page: who sees which units, and that the files hold the same."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from gateway.operations.results.sections import GROUPS
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin
from tests.console.station import CALLER, Browser, act, panic

TODAY = {"from": "2026-11-22", "to": "2026-11-22"}  # of the tests' clock


def results(browser: Browser, form: str = "", **asked: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = browser.get(f"/admin/results{form}?{query}")
    assert answer.status_code == 200
    return answer.text


def total(browser: Browser, **asked: str) -> str:
    rows = csv.DictReader(io.StringIO(results(browser, "/csv", **asked)))
    return next(row["value"] for row in rows if (row["section"], row["name"]) == ("panics", "total"))


def logged_in(app: Flask, name: str) -> Browser:
    someone = Browser(app.test_client())
    someone.log_in(name)
    return someone


def test_a_chief_who_may_only_look_reads_what_became_of_a_call(app: Flask, home: House) -> None:
    code = panic(home)
    home.clock.move(seconds=75)  # type: ignore[attr-defined] # the tests' clock
    act(home, code, "take")
    chief = logged_in(app, "Tamu")
    page = results(chief)
    assert "Polres Pontianak (PTK)" in page
    assert "1 mnt 15 dtk" in page
    assert f'href="/incidents/{code}"' in page
    assert CALLER.removeprefix("+62") not in page
    assert "/admin/results" in chief.get("/monitor").text


def test_it_begins_with_the_four_figures_and_folds_the_tables_away(app: Flask, home: House) -> None:
    page = results(logged_in(app, "Tamu"))
    figures, form, tables = (page.index(part) for part in ('class="opening"', 'name="from"', 'class="results"'))
    assert figures < form < tables
    assert page.count('<details class="fold">') == len(GROUPS)


@pytest.mark.parametrize(("name", "status"), [("Siti", 404), ("Tamu", 404), ("Rudi", 200)])
@pytest.mark.parametrize("form", ["", "/csv", "/pdf"])
def test_nobody_sees_the_figures_of_a_unit_that_is_not_theirs(app: Flask, name: str, status: int, form: str) -> None:
    assert logged_in(app, name).get(f"/admin/results{form}?unit=KBR").status_code == status


def test_each_admin_sees_their_own_units_first_and_no_others(app: Flask, home: House) -> None:
    panic(home)
    province = admin_browser(app, home)
    assert "Polda Kalbar (KALBAR)" in results(province)
    assert total(province) == "1"
    assert (total(province, unit="PTK"), total(province, unit="KBR")) == ("1", "0")
    page = results(polres_admin(app, home))
    assert '<option value="PTK" selected>' in page
    assert "KBR" not in page


def test_the_days_are_the_readers_choice(app: Flask, home: House) -> None:
    panic(home)
    siti = logged_in(app, "Siti")
    assert (total(siti), total(siti, **TODAY)) == ("1", "1")
    assert total(siti, **{"from": "2026-11-01", "to": "2026-11-21"}) == "0"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("from=2026-11-22&to=x", "Tanggal ditulis tahun-bulan-hari"),
        ("from=2026-11-22&to=2026-11-21", "Tanggal awal harus sebelum tanggal akhir"),
    ],
)
def test_days_that_are_none_are_refused_with_a_sentence(siti: Browser, asked: str, why: str) -> None:
    answer = siti.get(f"/admin/results?{asked}")
    assert (answer.status_code, why in answer.text) == (400, True)
    assert siti.get(f"/admin/results/csv?{asked}").status_code == 400


@pytest.mark.parametrize(
    ("form", "mimetype", "begins"),
    [("pdf", "application/pdf", "%PDF-"), ("json", "application/json", "{"), ("csv", "text/csv", "section,")],
)
def test_the_files_are_named_after_what_they_hold(siti: Browser, form: str, mimetype: str, begins: str) -> None:
    answer = siti.get(f"/admin/results/{form}?from=2026-11-01&to=2026-11-30")
    assert answer.mimetype == mimetype
    assert answer.data.decode("latin-1").startswith(begins)
    assert f"siaga-PTK-2026-11-01-2026-11-30.{form}" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_there_is_no_other_file(siti: Browser) -> None:
    assert siti.get("/admin/results/table").status_code == 404
