"""The weekly roster on its page: turns given and taken, and the hours without anybody."""

from __future__ import annotations

import html

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from gateway.core.shifts import Turn, between
from gateway.models.officer import Officer
from gateway.register import roster
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import Browser

PAGE = "/admin/shifts?unit=2"
EVERY_DAY = ("all",)
ADI, RIA, THEIRS = "1", "3", "2"  # ids; the third is of Kubu Raya


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    """An admin of all, and two officers at Polres Pontianak: Adi on duty and Ria not."""
    with home.open_uow() as uow:
        uow.db.add(Officer(phone="+62812345009", name="Ria Pontianak", rank="Bripka", unit_id=2))
    return admin_browser(app, home)


def give(
    browser: Browser, officers: tuple[str, ...], days: tuple[str, ...], unit: int = 2, **more: str
) -> TestResponse:
    form = [("csrf_token", browser.token), *(("officer", one) for one in officers), *(("day", one) for one in days)]
    return browser.client.post(f"/admin/shifts/{unit}/give", data=MultiDict([*form, *more.items()]))


def turns(home: House, officer_id: str) -> list[str]:
    with home.open_uow() as uow:
        return [str(turn) for turn in roster.turns_of(uow, [int(officer_id)])[int(officer_id)]]


def text(browser: Browser, path: str = PAGE) -> str:
    return html.unescape(browser.get(path).text)


def test_the_ticked_officers_get_the_typed_hours_on_the_ticked_days(admin: Browser, home: House) -> None:
    back = give(admin, (ADI, RIA), ("4", "5"), **{"from": "22.00", "until": "6"})
    assert back.location == PAGE
    assert turns(home, ADI) == turns(home, RIA) == ["Fri 22:00-06:00", "Sat 22:00-06:00"]
    assert trail(home) == [("Ibu Admin", "officer.turns", phone) for phone in ("+62812345001", "+62812345009")]
    assert text(admin).count("22.00–06.00<button") == 4


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ("06.00–14.00", "Mon 06:00-14:00"),
        ("14.00–22.00", "Mon 14:00-22:00"),
        ("22.00–06.00", "Mon 22:00-06:00"),
        ("24 jam", "Mon 00:00-00:00"),
    ],
)
def test_a_button_gives_what_it_says(admin: Browser, home: House, label: str, kept: str) -> None:
    value = text(admin).partition(f'">{label}</button>')[0].rpartition('value="')[2]
    give(admin, (ADI,), ("0",), hours=value)
    assert turns(home, ADI) == [kept]


def test_a_turn_that_begins_with_another_takes_its_place(admin: Browser, home: House) -> None:
    give(admin, (ADI,), ("0",), hours="6-14")
    give(admin, (ADI,), ("0",), hours="6-18")
    assert turns(home, ADI) == ["Mon 06:00-18:00"]


def test_every_day_is_one_tick_and_a_whole_day_is_told_as_one(admin: Browser, home: House) -> None:
    give(admin, (ADI,), ("2", "all"), hours="6-6")
    assert [told[:3] for told in turns(home, ADI)] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert text(admin).count(">06.00 + 24 jam<") == 7


@pytest.mark.parametrize(
    ("officers", "days", "hours", "why"),
    [
        ((), ("0",), "6-14", "Centang dulu petugasnya"),
        ((ADI,), (), "6-14", "Centang dulu harinya"),
        ((ADI,), ("0",), "6-26", "Tulis jam seperti 06.00"),
        ((ADI,), ("0",), "-", "Tulis jam seperti 06.00"),
        ((ADI,), ("0",), "6", "Tulis jam seperti 06.00"),
    ],
)
def test_a_form_that_lacks_something_says_so_and_keeps_its_ticks(
    admin: Browser, home: House, officers: tuple[str, ...], days: tuple[str, ...], hours: str, why: str
) -> None:
    answer = give(admin, officers, days, hours=hours)
    assert (answer.status_code, why in answer.text) == (409, True)
    assert answer.text.count(" checked>") == len(officers) + len(days)
    assert turns(home, ADI) == []
    assert trail(home) == []


def test_one_turn_is_taken_away_or_all_of_an_officers(admin: Browser, home: House) -> None:
    give(admin, (ADI, RIA), ("0", "1", "2"), hours="6-14")
    assert 'value="1.1.360" aria-label="Hapus Aipda Adi Pontianak, Selasa 06.00–14.00"' in text(admin)
    admin.post("/admin/shifts/2/take", turn="1.1.360")
    assert turns(home, ADI) == ["Mon 06:00-14:00", "Wed 06:00-14:00"]
    back = admin.post("/admin/shifts/2/take", clear=RIA)
    assert turns(home, RIA) == []
    assert "Status dinasnya tidak berubah" in text(admin, back.location)
    assert len(trail(home)) == 4


def test_what_the_page_never_sends_changes_nothing(admin: Browser, home: House) -> None:
    give(admin, (ADI,), ("0",), hours="6-14")
    for wrong in ({}, {"turn": "1"}, {"turn": "1.x.360"}, {"clear": "½"}, {"clear": "99999999999999999999"}):
        assert admin.post("/admin/shifts/2/take", **wrong).status_code == 400
    assert give(admin, (ADI,), ("7",), hours="6-14").status_code == 400
    assert turns(home, ADI) == ["Mon 06:00-14:00"]


def test_the_page_tells_when_somebody_is_not_what_the_roster_says(admin: Browser, home: House) -> None:
    give(admin, (ADI, RIA), EVERY_DAY, hours="0-0")
    assert text(admin).count("menurut jadwal: dinas") == 1  # Ria, until the next sweep
    with home.open_uow() as uow:
        roster.turn_due(uow)
    assert "menurut jadwal" not in text(admin)


# --- coverage -----------------------------------------------------------------------------------------------------


def test_the_hours_without_anybody_are_named_and_shown_as_nought(admin: Browser, home: House) -> None:
    give(admin, (ADI,), EVERY_DAY, hours="6-22")
    give(admin, (RIA,), ("0", "1", "2", "3", "4", "6"), hours="22-6")
    page = text(admin)
    assert "<li>Polres Pontianak: Sabtu 22.00 – Minggu 06.00 tidak ada petugas</li>" in page
    assert page.count('<td class="hole">0</td>') == 8
    assert page.count("tidak ada petugas</li>") == 1
    assert "Polres Pontianak: Sabtu 22.00 – Minggu 06.00 tidak ada petugas" in text(admin, "/admin/shifts")


def test_a_unit_without_a_roster_is_not_a_week_of_holes(admin: Browser) -> None:
    page = text(admin)
    assert "Belum ada jadwal" in page
    assert "tidak ada petugas" not in page
    assert 'class="strip"' not in page


def test_whoever_is_on_duty_without_turns_is_counted_and_said(admin: Browser, home: House) -> None:
    give(admin, (RIA,), ("0",), hours="6-14")
    page = text(admin)
    assert "1 petugas sedang dinas tanpa jadwal, dihitung selalu ada" in page
    assert page.count("tanpa jadwal: dihitung selalu ada") == 1
    assert "Lengkap" in page
    assert page.count("<td>2</td>") == 8


def test_a_whole_week_is_called_whole(admin: Browser) -> None:
    give(admin, (ADI, RIA), EVERY_DAY, hours="0-0")
    assert "Lengkap: setiap saat ada petugas." in text(admin)


# --- whose it is --------------------------------------------------------------------------------------------------


def test_an_admin_of_a_polres_draws_only_what_is_below_it(app: Flask, admin: Browser, home: House) -> None:
    with home.open_uow() as uow:
        adi = uow.db.get(Officer, 2)
        assert adi is not None
        roster.set_turns(uow, adi, [between(0, 360, 840), Turn(1, 360, 60)], "lain")
    kasat = polres_admin(app, home)
    assert "Kubu Raya" not in text(kasat, "/admin/shifts")
    assert kasat.get("/admin/shifts?unit=3").status_code == 404
    assert give(kasat, (THEIRS,), ("0",), unit=3, hours="0-0").status_code == 404
    assert give(kasat, (THEIRS,), ("0",), hours="0-0").status_code == 404
    assert give(kasat, (ADI, THEIRS), ("0",), hours="0-0").status_code == 404
    for sent in ({"turn": "2.0.360"}, {"clear": THEIRS}):
        for unit in (2, 3):
            assert kasat.post(f"/admin/shifts/{unit}/take", **sent).status_code == 404
    assert turns(home, THEIRS) == ["Mon 06:00-14:00", "Tue 06:00-07:00"]
    assert turns(home, ADI) == []


def test_an_officer_of_another_unit_is_not_drawn_on_this_units_page(admin: Browser, home: House) -> None:
    assert give(admin, (THEIRS,), ("0",), hours="0-0").status_code == 404
    assert turns(home, THEIRS) == []


@pytest.mark.parametrize("name", ["Siti", "Tamu"])
@pytest.mark.parametrize("action", ["give", "take"])
def test_a_desk_and_a_viewer_change_nothing(app: Flask, name: str, action: str) -> None:
    someone = Browser(app.test_client())
    someone.log_in(name)
    assert someone.post(f"/admin/shifts/2/{action}", officer=ADI, day="0", hours="0-0").status_code == 403


@pytest.mark.parametrize("action", ["give", "take"])
def test_without_its_token_nothing_is_drawn(admin: Browser, action: str) -> None:
    admin.token = ""
    assert admin.post(f"/admin/shifts/2/{action}", officer=ADI, day="0", hours="0-0").status_code == 400
