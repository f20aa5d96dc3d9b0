"""What each role can reach: every action of the administrator's pages, tried by those who may not."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from gateway.identity.callers import identify
from gateway.models import Base
from gateway.models.citizen import Citizen, Person
from gateway.register import phone_commands
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin
from tests.console.station import CALLER, Browser, panic

OPEN_TO = {"admin_results": ("Siti", "Tamu"), "admin_reports": ("Siti",)}  # by blueprint, beside admins
ELSEWHERE = {"unit_id": "3", "officer_id": "2", "user_id": "2", "citizen_id": "1", "report_id": "1"}  # of Kubu Raya
OTHERS = {
    "line": "simulator",
    "language": "id",
    "key": "citizen.received",
    "form": "csv",
    "recording_id": 1,
    "sheet": "desk",
    "kind": "officers",
    "ending": "csv",
}
CHOICES = {
    "admin_citizen.decide": ("refuse", "suspend", "restore"),
    "admin_users.alter": ("suspend", "restore", "password", "unlock", "secret", "office"),
    "admin_officers.alter": ("on", "off", "suspend", "restore"),
    "admin_reports.settle": ("seen", "answer", "emergency"),
}
FORM = {
    "name": "Orang Lain", "reason": "karena", "unit": "2", "role": "admin", "password": "sandi-panjang",
    "phone": CALLER, "consent": "1", "language": "id", "text": "POLISI {code}", "words": "halo", "note": "x",
    "day": "0", "hours": "6-14", "officer": "2", "clear": "2",
    "geojson": '{"type":"Polygon","coordinates":[[[109,0],[110,0],[110,1],[109,0]]]}',
}  # fmt: skip


def logged_in(app: Flask, name: str) -> Browser:
    someone = Browser(app.test_client())
    someone.log_in(name)
    return someone


@pytest.fixture
def citizen_elsewhere(home: House) -> None:
    """A citizen and a report of Kubu Raya, both with id 1."""
    with home.open_uow() as uow:
        person = Person(name="Wati", created_at=uow.now())
        uow.db.add(Citizen(phone="+6281255500009", person=person, state="verified", channel="sms", unit_id=3,
                            applied_at=uow.now()))  # fmt: skip
        uow.db.flush()
        phone_commands.keep_report(uow, identify(uow, "+6281255500009"), "lampu jalan mati", "sms")


def ways(app: Flask) -> list[tuple[Rule, str, str]]:
    """Each rule, method and path of the administrator's pages, with ids of another Polres."""
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/admin"):
            continue
        last = next((name for name in ("change", "decision", "action") if name in rule.arguments), "")
        for choice in CHOICES[rule.endpoint] if last else ("",):
            values = {name: (ELSEWHERE | OTHERS | {last: choice})[name] for name in rule.arguments}
            _, path = rule.build(values) or ("", "")
            found += [(rule, method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    assert len(found) > 40
    return found


def ask(someone: Browser, method: str, path: str) -> int:
    return (someone.get(path) if method == "GET" else someone.post(path, **FORM)).status_code


def contents(home: House) -> dict[str, list[tuple[object, ...]]]:
    with home.open_uow() as uow:
        return {
            table.name: [tuple(row) for row in uow.db.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.usefixtures("citizen_elsewhere")
@pytest.mark.parametrize("name", ["Siti", "Tamu"])
def test_who_is_no_admin_reaches_nothing_but_results_and_a_desk_reports(app: Flask, home: House, name: str) -> None:
    someone, before = logged_in(app, name), contents(home)
    closed = [way for way in ways(app) if name not in OPEN_TO.get(way[0].endpoint.partition(".")[0], ())]
    assert {(path, ask(someone, method, path)) for _, method, path in closed} == {(path, 403) for _, _, path in closed}
    assert contents(home) == before


@pytest.mark.usefixtures("citizen_elsewhere")
def test_a_form_without_its_token_changes_nothing(app: Flask, home: House) -> None:
    admin = admin_browser(app, home)
    before, admin.token = contents(home), ""
    posts = [path for _, method, path in ways(app) if method == "POST"]
    assert {(path, ask(admin, "POST", path)) for path in posts} == {(path, 400) for path in posts}
    assert contents(home) == before


@pytest.mark.usefixtures("citizen_elsewhere")
def test_nothing_of_another_polres_is_reached_by_its_number(app: Flask, home: House) -> None:
    kasat = polres_admin(app, home)
    before = contents(home)
    by_id = [way for way in ways(app) if way[0].arguments & ELSEWHERE.keys()]
    answers = {(rule.endpoint, method): ask(kasat, method, path) for rule, method, path in by_id}
    led_back = {("admin_reports.settle", "POST")}  # with a sentence across the list
    assert {way for way, status in answers.items() if status == 303} == led_back
    assert {status for way, status in answers.items() if way not in led_back} == {404}
    assert contents(home) == before


FORMS: tuple[tuple[str, dict[str, str]], ...] = (
    ("shifts/2/give", {"officer": "2", "day": "0", "hours": "6-14"}),
    ("shifts/2/take", {"clear": "2"}),
    ("shifts/2/take", {"turn": "2.0.360"}),
    ("citizens/new", FORM | {"unit": "3"}),
    ("citizens/new", FORM | {"unit": "nobody's"}),
    ("areas", FORM | {"unit": "3"}),
    ("areas", FORM | {"unit": ""}),
    ("users", FORM | {"unit": "KBR"}),
    ("users", FORM | {"unit": "KALBAR"}),
    ("users", FORM | {"unit": ""}),
    ("users/1/office", {"role": "admin", "unit": "KBR"}),
    ("users/1/office", {"role": "admin", "unit": "KALBAR"}),
    ("users/1/office", {"role": "admin", "unit": ""}),
)


def test_nor_by_a_field_of_a_form(app: Flask, home: House) -> None:
    kasat = polres_admin(app, home)
    before = contents(home)
    for path, form in FORMS:
        assert kasat.post(f"/admin/{path}", **form).status_code in (403, 404), (path, form)
    assert contents(home) == before


def test_nor_are_its_figures(app: Flask, home: House) -> None:
    kasat = polres_admin(app, home)
    for unit in ("KBR", "KALBAR"):
        for form in ("", "/csv", "/json", "/pdf"):
            assert kasat.get(f"/admin/results{form}?unit={unit}").status_code == 404


@pytest.mark.usefixtures("citizen_elsewhere")
def test_nobody_changes_whoever_stands_above_them(app: Flask, home: House) -> None:
    kasat = polres_admin(app, home)  # user 4 is the admin of all, 5 is the Kasat
    before = contents(home)
    for change in CHOICES["admin_users.alter"]:
        assert kasat.post(f"/admin/users/4/{change}", **FORM).status_code == 404
        assert kasat.post(f"/admin/users/5/{change}", **FORM).location == "/admin/users"
    assert contents(home) == before


@pytest.mark.usefixtures("citizen_elsewhere")
def test_what_is_no_number_of_ours_is_refused_without_stumbling(app: Flask, home: House) -> None:
    admin = admin_browser(app, home)
    for typed in ("²", "٣", "9" * 30, "9" * 5000, "-1", "0", "1e3", "x"):
        for path in ("citizens/new", "citizens/1/profile", "citizens/1/verify", "areas"):
            form = FORM | {"unit": typed, "phone": "+6281255500008"}
            assert admin.post(f"/admin/{path}", **form).status_code == 404, (path, typed)
        for page in ("shifts", "areas", "results", "reports", "units"):
            assert admin.get(f"/admin/{page}?unit={typed}").status_code in (200, 400, 404), (page, typed)


@pytest.mark.parametrize("path", ["/incidents/CODE", "/incidents/CODE/profile", "/monitor/board", "/admin/reports"])
def test_no_cache_keeps_what_tells_of_people(siti: Browser, home: House, path: str) -> None:
    """The next user of a shared browser must not find it by going back."""
    answer = siti.get(path.replace("CODE", panic(home)))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
