"""Stories of two phones of one carrier (SMSGate): they share the texts, and each has its own limit, pace and health."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import Engine, select

from gateway import notices
from gateway.carriers.base import Carrier
from gateway.carriers.smsgate.line import SmsGate
from gateway.config import Settings
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from tests.fake_smsgate import FakeSmsGate
from tests.loopback import Reply

NUMBERS = {"smsgate": "+628110002200", "smsgate-2": "+628110002300"}
Build = Callable[..., "Town"]


class Town(Pontianak):
    """Pontianak with two phones for texts; the simulator rings."""

    phones: Mapping[str, FakeSmsGate]

    def sent(self, name: str) -> list[str]:
        return [text.to for text in self.phones[name].texts]

    def has_sent_before(self, line: str, count: int) -> None:
        """This line has sent so many texts today."""
        with self.open() as uow:
            old = Outbound(kind=outbounds.TEXT, purpose="notice", phone="+628999", created_at=uow.now(),
                           due_at=uow.now(), state=outbounds.DONE)  # fmt: skip
            uow.db.add(old)
            uow.db.flush()
            uow.db.add(Attempt(outbound_id=old.id, line=line, started_at=uow.now(), parts=count))

    def owe(self, phone: Phone, purpose: str) -> None:
        with self.open() as uow:
            notices.owe_text(uow, phone.number, f"made up {purpose}", purpose=purpose)
        self.forward(2)


@pytest.fixture
def town(engine: Engine, settings: Settings, tmp_path: Path) -> Iterator[Build]:
    with ExitStack() as stack:

        def build(**how: Any) -> Town:
            city: list[Town] = []

            def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
                answer = city[0].client.post(url.removeprefix(settings.public_url), data=body, headers=dict(headers))
                return Reply(answer.status_code, answer.text)

            def clock() -> float:
                return city[0].clock.at.timestamp()

            fakes = {
                name: stack.enter_context(FakeSmsGate(settings.public_url, post, clock=clock, line=name))
                for name in NUMBERS
            }
            lines = [
                SmsGate(name=name, api_url=fake.url, username="siaga", password="made-up-password",
                        signing_key="made-up-signing-key", number=NUMBERS[name], now=clock)
                for name, fake in fakes.items()
            ]  # fmt: skip

            def every(simulator: Carrier) -> list[Carrier]:
                return [*lines, simulator]

            city.append(Town(engine, settings, tmp_path, every, **how))
            city[0].phones = fakes
            city[0].build()
            return city[0]

        yield build


def test_the_texts_of_a_wave_are_spread_over_both_and_a_phone_keeps_its_own(town: Build) -> None:
    city = town()
    city.budi.texts("TOLONG")
    city.forward(2)
    first, second = (set(city.sent(name)) for name in NUMBERS)
    assert first
    assert second
    assert not first & second
    with city.open() as uow:
        asked = [phone.number for phone in city.of_barat]
        texts = select(Attempt.line).join(Outbound).where(Outbound.kind == outbounds.TEXT, Outbound.phone.in_(asked))
        assert set(uow.db.scalars(texts)) == set(NUMBERS)


def test_paced_lines_of_a_pool_send_side_by_side(town: Build) -> None:
    city = town(paces={"smsgate": (0.2, 0.0), "smsgate-2": (0.2, 0.0)})
    for number in range(4):
        with city.open() as uow:
            notices.owe_text(uow, f"+6281200009{number:03}", "made up")
    city.forward(1)
    assert [len(city.sent(name)) for name in NUMBERS] == [1, 1]
    city.forward(6)
    assert [len(city.sent(name)) for name in NUMBERS] == [2, 2]


def test_the_one_that_has_sent_less_of_its_day_sends(town: Build) -> None:
    city = town(limits={"smsgate": 200, "smsgate-2": 200})
    city.has_sent_before("smsgate", 50)
    city.budi.texts("TOLONG")
    city.forward(2)
    assert city.sent("smsgate") == []
    assert len(city.sent("smsgate-2")) >= 4


def test_one_that_fails_leaves_all_to_the_other(town: Build) -> None:
    city = town()
    city.phones["smsgate"].trouble.kind = "500"
    city.budi.texts("TOLONG")
    city.forward(35)
    with city.open() as uow:
        assert uow.lines.is_bad("smsgate", "text", uow.now())
        assert not uow.lines.is_bad("smsgate-2", "text", uow.now())
    assert {city.desk_barat.number, city.of_barat[0].number} <= set(city.sent("smsgate-2"))


def test_each_hears_and_a_text_to_the_second_is_a_panic(town: Build) -> None:
    city = town()
    assert city.phones["smsgate-2"].text_in(city.budi.number, "TOLONG").status == 200
    city.settle()
    city.forward(1)
    assert city.incident.phone == city.budi.number


def only_phones(city: Town) -> None:
    """No other line brings texts in this town."""
    city.house.lines._routes = [("+", tuple(NUMBERS))]


def test_near_the_limit_alerts_go_first_then_answers_and_what_waits_comes_another_day(town: Build) -> None:
    city = town(limits={"smsgate": 100, "smsgate-2": 100})
    only_phones(city)
    for line in NUMBERS:
        city.has_sent_before(line, 85)
    city.owe(city.of_barat[1], outbounds.HELP)
    assert city.of_barat[1].number not in city.sent("smsgate") + city.sent("smsgate-2")
    city.owe(city.budi, outbounds.REPLY)
    assert city.budi.number in city.sent("smsgate") + city.sent("smsgate-2")
    with city.open() as uow:
        (held,) = uow.db.scalars(select(Outbound).where(Outbound.purpose == outbounds.HELP))
        assert held.state == outbounds.OWED
        assert held.due_at > uow.now()


def test_beyond_the_limit_an_alert_still_leaves_and_an_answer_waits(town: Build) -> None:
    city = town(limits={"smsgate": 100, "smsgate-2": 100})
    only_phones(city)
    for line in NUMBERS:
        city.has_sent_before(line, 100)
    city.budi.texts("TOLONG")
    city.forward(3)
    sent = city.sent("smsgate") + city.sent("smsgate-2")
    assert city.of_barat[0].number in sent
    assert city.budi.number not in sent


def test_beyond_the_limit_everything_leaves_on_another_line_where_there_is_one(town: Build) -> None:
    city = town(limits={"smsgate": 100, "smsgate-2": 100})
    for line in NUMBERS:
        city.has_sent_before(line, 100)
    city.budi.texts("TOLONG")
    city.forward(3)
    assert city.sent("smsgate") + city.sent("smsgate-2") == []
    assert city.of_barat[0].got
    assert city.budi.got


def test_the_topmost_desk_is_told_once_a_day_and_the_monitor_says_it(town: Build) -> None:
    city = town(limits={"smsgate": 100})
    city.has_sent_before("smsgate", 70)
    city.forward(180)
    with city.open() as uow:
        told = [row.body for row in uow.db.scalars(select(Outbound)) if "smsgate" in row.body]
        used = attempts.texts_since(uow.db, ["smsgate"], uow.now().replace(hour=0))["smsgate"]
    assert len(told) == 1
    assert "70 dari 100" in told[0]
    assert city.house.warnings()["line_limit smsgate"] == f"smsgate has sent {used} of the 100 texts of its day"
