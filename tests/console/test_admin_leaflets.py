"""The page of leaflets: whose numbers it prints, and for whom."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.models.unit import UnitNumber
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin
from tests.core.test_leaflets import words_of


@pytest.fixture(autouse=True)
def two_units_with_numbers(home: House) -> None:
    own = home.lines.names()[0]
    number = home.lines.named(own).own_numbers[0]  # type: ignore[union-attr] # it is configured above
    with home.open_uow() as uow:
        uow.db.add(UnitNumber(unit_id=2, phone=number))


def test_a_sheet_tells_the_numbers_of_the_lines_in_the_language_that_is_chosen(app: Flask, home: House) -> None:
    admin = admin_browser(app, home)
    answer = admin.get("/admin/leaflets/citizen.pdf?language=sw")
    assert answer.mimetype == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    said = words_of(answer.data)
    assert "MSAADA" in said
    assert admin.get("/admin/leaflets/nothing.pdf").status_code == 404


def test_an_admin_of_one_unit_prints_for_no_other(app: Flask, home: House) -> None:
    admin = polres_admin(app, home)
    assert admin.get("/admin/leaflets").status_code == 200
    assert admin.get("/admin/leaflets?unit=POLDA-KALBAR").status_code == 404
    assert admin.get("/admin/leaflets/desk.pdf?unit=POLDA-KALBAR").status_code == 404


def test_the_file_of_the_small_card_says_nothing_of_what_it_is(app: Flask, home: House) -> None:
    answer = admin_browser(app, home).get("/admin/leaflets/private.pdf")
    assert "filename=card.pdf" in answer.headers["Content-Disposition"]
