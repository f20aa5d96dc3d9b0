"""What alarms and Prometheus read, with the database there and away."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import update

from gateway.core.messages import Hook
from gateway.infrastructure.database import open_engine
from gateway.models.incident import Incident
from gateway.web.app import create_app
from gateway.wiring import House
from tests.console.station import panic


def numbers(home: House) -> dict[str, float]:
    answer = create_app(home, drain=False).test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].count("charset") == 1  # Prometheus 3 refuses a type that says it twice
    families = text_string_to_metric_families(answer.text)
    return {sample.name: sample.value for family in families for sample in family.samples}


def test_prometheus_reads_the_numbers(home: House) -> None:
    panic(home)
    found = numbers(home)
    assert (found["siaga_incidents_open"], found["siaga_spooled"]) == (1, 0)


def test_without_the_database_there_is_still_told_what_waits_in_the_spool(home: House) -> None:
    panic(home)
    numbers(home)
    home.engine = open_engine("sqlite:////dev/null/none.db")
    home.settings = home.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1"})  # /readyz would start one
    home.spool.keep("twilio", Hook("POST", "https://siaga.example/hooks/twilio/sms", "sms"))
    found = numbers(home)
    assert found["siaga_spooled"] == 1
    assert "siaga_incidents_open" not in found
    asked = create_app(home, drain=False).test_client()
    assert asked.get("/healthz").status_code == 200
    assert asked.get("/readyz").status_code == 503
    assert {"database", "spool"} <= asked.get("/readyz").json["reasons"].keys()


def test_with_a_health_token_only_who_sends_it_reads_what_alarms_read(home: House) -> None:
    home.settings = home.settings.model_copy(
        update={"redis_url": "redis://127.0.0.1:1", "health_token": SecretStr("t0ken")}
    )
    asked = create_app(home, drain=False).test_client()
    for path in ("/metrics", "/readyz"):
        assert asked.get(path).status_code == 401
        assert asked.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert asked.get(path, headers={"Authorization": "Bearer t0ken"}).status_code in (200, 503)
    assert asked.get("/healthz").status_code == 200


def test_codes_of_late_incidents_are_named_only_to_who_sends_the_health_token(home: House) -> None:
    code = panic(home)
    with home.open_uow() as uow:
        uow.db.execute(update(Incident).values(next_wave_at=uow.now() - timedelta(seconds=30)))
    home.settings = home.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1"})
    (late,) = create_app(home, drain=False).test_client().get("/readyz").json["overdue"]
    assert (late["code"], late["what"], late["seconds"] >= 30) == ("", "wave", True)
    home.settings = home.settings.model_copy(update={"health_token": SecretStr("t0ken")})
    asked = create_app(home, drain=False).test_client()
    (late,) = asked.get("/readyz", headers={"Authorization": "Bearer t0ken"}).json["overdue"]
    assert late["code"] == code
