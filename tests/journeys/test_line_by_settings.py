"""Stories over lines that settings describe: two local aggregators, and a USSD gateway that brings no texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from journeys.city import Pontianak
from sqlalchemy import Engine, select

from gateway.carriers.base import Carrier
from gateway.carriers.http.line import HttpMenus
from gateway.config import Settings
from gateway.models import attempt as attempts
from gateway.models.attempt import Attempt
from gateway.models.inbound import Inbound
from tests.carriers.cases import http
from tests.fake_http import FakeHttp
from tests.loopback import Reply

NAMES = ("http", "http-2", "http-3")
USSD_ONLY = {"send_url": "", "send_fields": ""}


class Town(Pontianak):
    """Pontianak with two aggregators for texts and menus, and a gateway for menus alone; the simulator rings."""

    companies: Mapping[str, FakeHttp]


@pytest.fixture
def city(engine: Engine, settings: Settings, tmp_path: Path) -> Iterator[Town]:
    with ExitStack() as stack:
        made: list[Town] = []

        def post(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
            answer = made[0].client.post(url.removeprefix(settings.public_url), data=dict(fields))
            return Reply(answer.status_code, answer.text)

        fakes = {name: stack.enter_context(FakeHttp(settings.public_url, post, line=name)) for name in NAMES}

        def every(simulator: Carrier) -> list[Carrier]:
            told = http.settings("http://127.0.0.1:9", **USSD_ONLY)
            texts = [http.line(fakes[name].url, name=name) for name in ("http", "http-2")]
            return [*texts, HttpMenus(name="http-3", settings=told), simulator]

        made.append(Town(engine, settings, tmp_path, every))
        made[0].companies = fakes
        made[0].build()
        yield made[0]


def test_a_panic_comes_in_goes_out_and_is_answered_over_a_company_that_only_settings_describe(city: Town) -> None:
    officer = city.of_barat[0]
    assert city.companies["http"].text_in(city.budi.number, "TOLONG").status == 200
    city.settle()
    city.forward(2)
    ((company, alert),) = [
        (company, text) for company in city.companies.values() for text in company.texts if text.to == officer.number
    ]
    assert city.incident.code in alert.body
    assert company.report(alert, "UNDELIV").status == 200
    assert attempt_of(city, alert.id).state == attempts.UNDELIVERED
    assert company.text_in(officer.number, f"OK {city.incident.code}").status == 200
    city.settle()
    assert city.incident.state == "accepted"


def test_a_text_that_the_network_held_back_is_known_as_old_by_the_companys_own_time(city: Town) -> None:
    city.companies["http"].text_in(city.budi.number, "TOLONG", at="2026-11-22 06:00:00")  # in Jakarta, three hours ago
    city.settle()
    with city.open() as uow:
        (sent_at,) = uow.db.scalars(select(Inbound.sent_at).where(Inbound.kind == "text"))
    assert sent_at == city.clock.at - timedelta(hours=3)


def test_the_second_company_takes_over_where_the_first_refuses(city: Town) -> None:
    city.companies["http"].trouble.kind = "429"
    city.companies["http-2"].text_in(city.budi.number, "TOLONG")
    city.settle()
    city.forward(2)
    assert city.companies["http"].texts == []
    assert {city.of_barat[0].number, city.desk_barat.number} <= {text.to for text in city.companies["http-2"].texts}


def test_a_menu_over_a_gateway_that_brings_no_texts_raises_a_panic(city: Town) -> None:
    gateway = city.companies["http-3"]
    assert gateway.dial(city.budi.number, "s1").body.startswith("CON ")
    assert gateway.type(city.budi.number, "s1", "1").status == 200
    city.settle()
    city.forward(2)
    assert city.incident.phone == city.budi.number
    assert [text for name in ("http", "http-2") for text in city.companies[name].texts]
    assert gateway.asked == []
    assert gateway.text_in(city.budi.number, "TOLONG").status == 404


def attempt_of(city: Town, ref: str) -> Attempt:
    with city.open() as uow:
        return uow.db.scalars(select(Attempt).where(Attempt.ref == ref)).one()
