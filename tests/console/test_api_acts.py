"""/api/v1, acting: another system raises alarms, adds words, accepts and closes in a human's name; nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from gateway.identity import api_keys
from gateway.identity.api_keys import Scope
from gateway.models import alert as alerts
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models import officer as officers
from gateway.models.alert import Alert
from gateway.models.audit import Audit
from gateway.models.event import Event
from gateway.models.outbound import Outbound
from gateway.wiring import House
from tests.console.station import CALLER, PONTIANAK, Browser, Clock, panic

Send = Callable[..., TestResponse]
BANK = {"name": "Alarm Bank Gajahmada", "lat": PONTIANAK[0], "lon": PONTIANAK[1], "kind": "crime"}


def give(home: House, user: str = "Siti", *scopes: Scope, name: str = "Pusat 112") -> str:
    with home.open_uow() as uow:
        return api_keys.give(uow, name, user, scopes or api_keys.may("desk", tuple(Scope)))


@pytest.fixture
def send(app: Flask, home: House) -> Send:
    key = give(home)

    def send(method: str, path: str, body: object = None, key: str = key, **headers: str) -> TestResponse:
        shown = {"Authorization": f"Bearer {key}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return app.test_client().open(f"/api/v1{path}", method=method, json=body, headers=shown)

    return send


def read(answer: TestResponse, status: int) -> Any:
    assert answer.status_code == status, answer.data
    return json.loads(answer.data)


def test_an_alarm_panel_without_a_number_rings_officers_and_nothing_goes_to_anybody_else(
    home: House, send: Send
) -> None:
    told = read(send("POST", "/incidents", {**BANK, "words": "kaca depan pecah"}), 201)
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, told["code"])
        assert incident is not None
        assert (incident.name, incident.channel, incident.kind) == ("Alarm Bank Gajahmada", "api", "crime")
        asked = {row.phone for row in uow.db.scalars(select(Alert).where(Alert.incident_id == incident.id))}
        owed = uow.db.scalars(select(Outbound).where(Outbound.incident_id == incident.id)).all()
        assert {row.phone for row in owed} == asked != set()
        assert {row.kind for row in owed} == {"text", "call"}
        reported = uow.db.scalars(select(Event.who).where(Event.kind == "reported")).one()
        assert reported == "Pusat 112"
    card = read(send("GET", f"/incidents/{told['code']}"), 200)["card"]
    assert (card["phone"], card["do_not_contact"]) == (None, True)


def test_two_panels_at_once_are_two_incidents_and_a_known_caller_joins_the_open_one(home: House, send: Send) -> None:
    first, second = (read(send("POST", "/incidents", BANK), 201)["code"] for _ in range(2))
    assert first != second
    code = panic(home)
    again = read(send("POST", "/incidents", {"caller": CALLER, "words": "masih di dalam rumah"}), 200)
    assert (again["code"], again["new"]) == (code, False)


def test_a_request_that_comes_twice_with_its_key_does_nothing_twice(home: House, send: Send, clock: Clock) -> None:
    once = read(send("POST", "/incidents", BANK, Idempotency_Key="7f3a"), 201)
    again = send("POST", "/incidents", BANK, Idempotency_Key="7f3a")
    assert (read(again, 201), again.headers["Idempotency-Replayed"]) == (once, "true")
    other = read(send("POST", "/incidents", {**BANK, "words": "api"}, Idempotency_Key="7f3a"), 422)
    assert "another request" in other["detail"]
    with home.open_uow() as uow:
        assert len(incidents.open_of_phones(uow.db, [])) == 0
        assert len(uow.db.scalars(select(Event).where(Event.kind == "reported")).all()) == 1
    clock.move(hours=25)
    assert read(send("POST", "/incidents", BANK, Idempotency_Key="7f3a"), 201)["code"] != once["code"]


def test_a_yes_names_a_human_and_is_the_desks_and_never_an_officers(home: House, send: Send) -> None:
    code = panic(home)
    assert read(send("POST", f"/incidents/{code}/accept", {}), 422)["errors"][0]["field"] == "by"
    assert read(send("POST", f"/incidents/{code}/accept", {"by": "Ibu Wati"}), 200)["state"] == "accepted"
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        leader = alerts.leader_of(uow.db, incident)
        assert leader is not None
        assert leader.is_desk
        assert leader.clicked_by == "Ibu Wati (Pusat 112)"
        still = uow.db.scalars(
            select(Outbound).where(Outbound.incident_id == incident.id, Outbound.kind == "call")
        ).all()
        assert {row.state for row in still} != {"dropped"}


def test_a_closing_names_a_human_and_one_who_hides_is_left_to_the_desk(home: House, send: Send) -> None:
    end = {"by": "Ibu Wati", "outcome": "resolved", "reason": "pelaku diamankan"}
    hidden = panic(home, quiet=True)
    assert "log" in read(send("POST", f"/incidents/{hidden}/close", end), 409)["detail"]
    open_ = read(send("POST", "/incidents", BANK), 201)["code"]
    assert read(send("POST", f"/incidents/{open_}/close", {"outcome": "resolved", "reason": "x"}), 422)
    assert read(send("POST", f"/incidents/{open_}/close", end), 200)["state"] == "resolved"
    assert read(send("POST", f"/incidents/{open_}/close", end), 409)["title"] == "Conflict"
    with home.open_uow() as uow:
        closed = uow.db.scalars(select(Audit).where(Audit.what == "incident.resolved")).one()
        assert closed.who == "Ibu Wati (Pusat 112)"


def test_of_one_who_hides_no_number_no_name_and_no_words_leave(home: House, send: Send) -> None:
    code = panic(home, "TOLONG dia pegang pisau DIAM", quiet=True)
    whole = read(send("GET", f"/incidents/{code}"), 200)
    (card,) = read(send("GET", "/incidents"), 200)["incidents"]
    assert (card["phone"], card["name"], card["said"], card["do_not_contact"]) == (None, None, [], True)
    for secret in ("pisau", CALLER, CALLER[3:], "Budi"):
        assert secret not in json.dumps(whole) + json.dumps(card), secret
    (feature,) = read(send("GET", "/positions"), 200)["features"]
    assert feature["properties"]["do_not_contact"] is True


def test_words_reach_everybody_who_was_told_and_whoever_will_be(home: House, send: Send) -> None:
    code = panic(home)
    read(send("POST", f"/incidents/{code}/words", {"words": "pelaku bawa golok", "by": "Wati"}), 200)
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        assert "golok" in (incident.words or "")
        uow.db.execute(update(Alert).values(state=alerts.SENT))
    read(send("POST", f"/incidents/{code}/words", {"words": "pelaku lari ke pasar"}), 200)
    with home.open_uow() as uow:
        told = {row.phone for row in alerts.told(uow.db, incident.id)}
        sent = uow.db.scalars(select(Outbound).where(Outbound.incident_id == incident.id))
        assert {row.phone for row in sent if "lari ke pasar" in (row.body or "")} == told != set()


def test_duty_is_set_and_a_citizen_added_and_verified(home: House, app: Flask, send: Send) -> None:
    with home.open_uow() as uow:
        officer = uow.db.scalars(select(officers.Officer).where(officers.Officer.on_duty)).first()
        assert officer is not None
        phone = officer.phone
    assert read(send("PUT", f"/officers/{phone}/duty", {"on_duty": False}), 200) == {"phone": phone, "on_duty": False}
    refused = read(send("POST", "/citizens", {"phone": "+6281390001234", "name": "Sari"}), 403)
    assert "citizens:write" in refused["detail"]
    key = give(home, "Ibu Admin", Scope.CITIZENS, name="Dukcapil")
    new = {"phone": "0813-9000-1234", "name": "Sari"}
    assert read(send("POST", "/citizens", new, key), 201) == {"phone": "+6281390001234", "state": "pending"}
    verified = read(send("POST", "/citizens/+6281390001234/verify", {"by": "Ibu Lurah"}, key), 200)
    assert verified["state"] == citizens.VERIFIED
    assert read(send("POST", "/citizens", new, key), 409)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "tell where it is"),
        ({"lat": 1.0}, "give both or none"),
        ({"lat": 91, "lon": 0}, "lat"),
        ({"caller": "bukan nomor"}, "caller"),
        ({"place": "Pasar", "kind": "ufo"}, "kind"),
        ({"place": "Pasar", "colour": "red"}, "colour"),
        ({"unit": "NOWHERE"}, "unit"),
        ({"place": "a\0b"}, "place"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(send: Send, body: dict[str, object], field: str) -> None:
    answer = send("POST", "/incidents", body)
    assert answer.mimetype == "application/problem+json"
    assert field in read(answer, 422)["detail"]


def test_a_key_does_what_its_scopes_and_its_users_role_allow(home: House, send: Send) -> None:
    key = give(home, "Siti", Scope.RAISE, name="Panel")
    assert read(send("POST", "/incidents", BANK, key), 201)
    assert read(send("GET", "/incidents", None, key), 403)["detail"].endswith("incidents:read")
    with home.open_uow() as uow, pytest.raises(api_keys.BadKey):
        api_keys.give(uow, "Panel", "Tamu", [Scope.RAISE])
    with home.open_uow() as uow:
        api_keys.end(uow, "Panel")
    assert send("POST", "/incidents", BANK, key).status_code == 401


def test_a_log_in_reads_the_api_and_does_nothing_by_it(siti: Browser) -> None:
    assert siti.get("/api/v1/positions").status_code == 200
    assert siti.client.post("/api/v1/incidents", json=BANK).status_code == 403


def test_lists_come_in_pages_and_an_unchanged_answer_is_not_sent_again(home: House, send: Send) -> None:
    codes = [read(send("POST", "/incidents", BANK), 201)["code"] for _ in range(3)]
    first = read(send("GET", "/incidents?state=open&limit=2"), 200)
    assert [one["code"] for one in first["incidents"]] == codes[:0:-1]
    rest = read(send("GET", f"/incidents?state=open&limit=2&cursor={first['next']}"), 200)
    assert ([one["code"] for one in rest["incidents"]], rest["next"]) == (codes[:1], None)
    tag = send("GET", "/officers").headers["ETag"]
    assert send("GET", "/officers", If_None_Match=tag).status_code == 304
    assert {row["unit"] for row in read(send("GET", "/officers?limit=1"), 200)["officers"]}


def test_the_description_names_every_route_and_the_page_loads_nothing_from_outside(siti: Browser, app: Flask) -> None:
    told = json.loads(siti.get("/api/v1/openapi.json").data)
    assert told["openapi"].startswith("3.1")
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    undescribed = {"/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs/<path:name>"}
    described = {path.replace("{", "<").replace("}", ">") for path in told["paths"]}
    assert described == routes - undescribed
    page = siti.get("/api/v1/docs").data.decode()
    assert "http" not in page.replace("http-equiv", "")
    with siti.get("/api/v1/docs/js/swagger-ui-bundle.js") as script:
        assert len(script.data) > 100_000
    assert siti.get("/api/v1/docs/../door.py").status_code == 404


def test_what_no_route_fits_is_a_problem_too_and_tells_what_is_missing(app: Flask, send: Send) -> None:
    assert read(send("GET", "/nothing/here"), 404)["title"] == "Not Found"
    refused = send("DELETE", "/incidents")
    assert (refused.mimetype, read(refused, 405)["status"]) == ("application/problem+json", 405)
    assert "POST" in refused.headers["Allow"]
    bare = app.test_client().get("/api/v1/units")
    assert (bare.headers["WWW-Authenticate"], "Bearer" in read(bare, 401)["detail"]) == ("Bearer", True)
