"""What people are told of phones that no line can make ring, and of waves whose last phone rings late."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.line_abilities import Ability
from gateway.infrastructure.espeak import Espeak
from gateway.models import heard_phone
from gateway.models.event import Event
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.worker import Worker
from gateway.operations import line_warnings
from gateway.wiring import House, switchboard
from tests.console.admins import admin_browser
from tests.console.station import Browser, Clock, panic
from tests.core.test_config import ALL_LINES, TWILIO

KANNEL = ALL_LINES | {"CARRIERS": "kannel"}
SILENT = {"no_ring +62": "no line can make this phone ring: 4 of the roster's begin with +62"}
ABROAD = {"TWILIO_NUMBERS": "+12025550123"}
SCRIPT = {"X-Requested-With": "fetch"}


def lines(**environ: str) -> Switchboard:
    return switchboard(Settings.load(ALL_LINES | environ), Espeak())


@dataclass
class Well:
    """The console's house, with a worker that works, by the line of this environment."""

    home: House

    def goes_by(self, **environ: str) -> None:
        self.home.lines = lines(**environ)
        self.home._warned = None


@pytest.fixture
def well(home: House, clock: Clock, redis_url: str) -> Well:
    home.settings = home.settings.model_copy(update={"redis_url": redis_url})
    with home.open_uow() as uow:
        uow.db.add(Worker(name="one", beat_at=clock(), swept_at=clock()))
    return Well(home)


def test_ready_stays_200_and_warns_of_phones_that_no_line_can_make_ring(well: Well, app: Flask) -> None:
    well.goes_by(CARRIERS="kannel")
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["reasons"]) == (200, {})
    assert answer.get_json()["warnings"] == SILENT


def test_ready_warns_of_nothing_where_every_phone_rings(well: Well, app: Flask) -> None:
    assert app.test_client().get("/readyz").get_json()["warnings"] == {}


def test_the_monitor_says_that_no_line_can_make_these_phones_ring(well: Well, app: Flask) -> None:
    well.goes_by(CARRIERS="kannel")
    siti = Browser(app.test_client())
    siti.log_in("Siti")
    told = siti.client.get("/monitor/board", headers=SCRIPT).get_json()["trouble"]
    assert [line for line in told if "+62" in line and "hanya mendapat SMS" in line]


def test_the_page_of_lines_shows_what_each_can_do_and_for_whom_none_rings(well: Well, app: Flask) -> None:
    well.goes_by(CARRIERS="kannel,smsgate")
    told = admin_browser(app, well.home).get("/admin/lines").text
    assert "Tidak ada jalur yang dapat membuat telepon +62... berdering: 4 nomor" in told
    assert told.index("kannel") < told.index("smsgate")


def test_the_timeline_says_whose_phones_no_line_can_make_ring(well: Well) -> None:
    well.goes_by(CARRIERS="kannel")
    code = panic(well.home)
    with well.home.open_uow() as uow:
        told = uow.db.scalars(select(Event).where(Event.kind == "no_ring")).all()
    assert code
    assert [line.text for line in told] == ["+62: 3"]


# --- by prefix, route and setting ---


@pytest.mark.parametrize(
    ("because", "environ", "silent"),
    [
        ("nobody can call", {"CARRIERS": "kannel,smsgate"}, {"+62": 4, "+254": 1}),
        ("twilio can", {"CARRIERS": "kannel,twilio"}, {}),
        ("the route takes calls away", {"CARRIERS": "smsgate,twilio", "ROUTES": "+62=smsgate"}, {"+62": 4}),
        ("a longer route does", {"CARRIERS": "smsgate,twilio", "ROUTES": "+62812=smsgate"}, {"+62812": 2}),
        ("no company calls there", {"CARRIERS": "africastalking", "AFRICASTALKING_VOICE_NUMBER": "+254711000111"},
         {"+62": 4}),
        ("no number to call from", {"CARRIERS": "africastalking", "AFRICASTALKING_VOICE_NUMBER": ""},
         {"+62": 4, "+254": 1}),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)  # fmt: skip
def test_phones_are_counted_by_the_prefix_on_which_it_depends(
    well: Well, because: str, environ: dict[str, str], silent: dict[str, int]
) -> None:
    with well.home.open_uow() as uow:
        uow.db.add(Officer(phone="+254711000001", name="Amina", unit_id=2))
    well.goes_by(**environ)
    with well.home.open_uow() as uow:
        assert line_warnings.cannot_ring(uow, line_warnings.rostered(uow)) == silent, because


def test_a_suspended_officer_needs_no_ringing_phone(well: Well) -> None:
    with well.home.open_uow() as uow:
        uow.db.add(Officer(phone="+254711000001", name="Amina", unit_id=2, suspended=True))
        assert "+254" not in line_warnings.rostered(uow)


# --- the last phone of the largest wave ---


def on_duty(home: House, count: int) -> None:
    with home.open_uow() as uow:
        uow.db.add_all(
            Officer(phone=f"+62813000{n:05}", name=f"Petugas {n}", unit_id=2, on_duty=True) for n in range(count)
        )


@pytest.mark.parametrize(
    ("because", "environ", "seconds"),
    [
        ("two calls at once on an account of 2026", {"CARRIERS": "twilio"}, 525),
        ("no limit but the pace", {"CARRIERS": "twilio", "CALLS_AT_ONCE": "twilio=0"}, 42),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_a_wave_whose_last_phone_rings_late_is_told(
    well: Well, because: str, environ: dict[str, str], seconds: float
) -> None:
    on_duty(well.home, 40)
    well.goes_by(**environ)
    with well.home.open_uow() as uow:
        found = line_warnings.last_ring(uow)
    assert found is not None
    assert (found.wave, found.phones, found.seconds) == (3, 43, seconds), because
    assert f"late_ring {found.unit}" in well.home.warnings()


def test_a_small_wave_on_a_line_without_limits_is_no_warning(well: Well) -> None:
    with well.home.open_uow() as uow:
        found = line_warnings.last_ring(uow)
    assert found is not None
    assert (found.line, found.seconds) == ("simulator", 0)
    assert well.home.warnings() == {}


def test_the_warnings_are_reckoned_anew_once_a_minute(well: Well, clock: Clock) -> None:
    assert well.home.warnings() == {}
    well.home.lines = lines(CARRIERS="kannel")
    assert well.home.warnings() == {}
    clock.move(seconds=60)
    assert well.home.warnings() == SILENT


# --- the doors that the settings open ---


@pytest.mark.parametrize(
    ("line", "environ", "can", "cannot"),
    [
        ("kannel", {"KANNEL_SENDER": "9110"}, {Ability.ANSWERS, Ability.TEXT_IN}, {Ability.CALL_IN}),
        ("kannel", {"KANNEL_SENDER": "POLRI"}, {Ability.TEXT_OUT}, {Ability.ANSWERS, Ability.TEXT_IN}),
        ("kannel", {"KANNEL_SENDER": ""}, {Ability.ANSWERS}, {Ability.CALL_IN}),
        ("smsgate", {}, {Ability.ANSWERS, Ability.CALL_IN}, {Ability.CALL_OUT}),
        (
            "twilio",
            {"TWILIO_NUMBERS": "+12025550123"},
            {Ability.CALL_OUT, Ability.SPEECH},
            {Ability.ANSWERS, Ability.TEXT_IN, Ability.CALL_IN},
        ),
    ],
)
def test_a_line_can_do_in_indonesia_what_its_settings_leave_to_it(
    line: str, environ: dict[str, str], can: set[Ability], cannot: set[Ability]
) -> None:
    found = lines(CARRIERS=line, **environ).facts(line, "+6281100000001").can
    assert (can <= found, cannot & found) == (True, set())


@pytest.mark.parametrize(
    ("sender", "answers", "texts"),
    [
        ("", True, ("+15005550006",)),
        ("SIAGA", False, ("+15005550006",)),
        ("MG" + "2" * 32, True, ("+15005550006",)),
        ("+15005550099", True, ("+15005550099", "+15005550006")),
    ],
)
def test_a_name_at_twilio_takes_no_answers_but_its_number_does(
    sender: str, answers: bool, texts: tuple[str, ...]
) -> None:
    settings = Settings.load(TWILIO | {"TWILIO_SENDER": sender, "TWILIO_NUMBERS": "+15005550006"})
    doors = settings.line_settings["twilio"].doors()
    assert doors is not None
    assert (doors.answers, doors.texts) == (answers, texts)


# --- phones that were heard from ---


def test_the_officers_page_shows_when_each_last_answered_and_tests_a_phone(app: Flask, home: House) -> None:
    admin = admin_browser(app, home)
    assert "belum pernah" in admin.get("/admin/officers").text
    with home.open_uow() as uow:
        row = uow.db.scalars(select(Officer).order_by(Officer.id)).first()
        assert row is not None
        heard_phone.by_text(uow.db, row.phone, "kannel", uow.now())
        number, officer_id = row.phone, row.id
    assert "(kannel)" in admin.get("/admin/officers").text
    answer = admin.post(f"/admin/officers/{officer_id}/test")
    assert answer.status_code == 303
    with home.open_uow() as uow:
        owed = uow.db.scalars(select(Outbound).where(Outbound.phone == number)).all()
    assert {row.kind for row in owed} == {"text", "call"}
