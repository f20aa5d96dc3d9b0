"""Stories where texts go over one line and an Android telephone rings the phones, without a word (CallGate)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from journeys.city import Pontianak
from sqlalchemy import Engine, select

from gateway.carriers.base import Carrier
from gateway.carriers.callgate.line import CallGate
from gateway.config import Settings
from gateway.models.outbound import Outbound
from gateway.register import coverage
from tests.fake_callgate import FakeCallGate
from tests.loopback import Reply

NUMBERS = {"callgate": "+628110001200", "callgate-2": "+628110001300"}
KEY = "made-up-signing-key"


class TextsOnly:
    """The demo's line without its calls, as Kannel is one."""

    def __init__(self, line: Any) -> None:
        self.name, self.own_numbers, self.batch = line.name, line.own_numbers, line.batch
        self.authentic, self.send_texts, self.answer_text = line.authentic, line.send_texts, line.answer_text
        self.read_text, self.read_receipt = line.read_text, line.read_receipt


class Town(Pontianak):
    """Pontianak with telephones, each of which rings whom it is told."""

    telephones: Mapping[str, FakeCallGate]

    @property
    def dialled(self) -> list[str]:
        """Whom the telephones have rung, in order."""
        calls = [call for telephone in self.telephones.values() for call in telephone.dialled]
        return [call.to for call in sorted(calls, key=lambda call: call.at)]


Build = Callable[..., Town]


@pytest.fixture
def town(engine: Engine, settings: Settings, tmp_path: Path) -> Iterator[Build]:
    """Build a town with these telephones; at the end no telephone may have been told to dial while it had a call."""
    with ExitStack() as stack:
        built: list[Town] = []

        def build(*names: str, speaking: bool = False, **how: object) -> Town:
            def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
                path = url.removeprefix(settings.public_url)
                answer = built[0].client.post(path, data=body, headers=dict(headers))
                return Reply(answer.status_code, answer.text)

            def clock() -> float:
                return built[0].clock.at.timestamp()

            fakes = {
                name: stack.enter_context(FakeCallGate(settings.public_url, post, clock=clock, line=name))
                for name in names
            }
            facts: dict[str, Any] = {"username": "siaga", "password": "made-up-password", "signing_key": KEY,
                                     "is_door": False, "now": clock} | how  # fmt: skip
            rings = [
                CallGate(name=name, api_url=fake.url, number=NUMBERS[name], **facts) for name, fake in fakes.items()
            ]

            def lines(simulator: Carrier) -> list[Carrier]:
                return [*rings, simulator] if speaking else [TextsOnly(simulator), *rings]

            built.append(Town(engine, settings, tmp_path, lines))
            built[0].telephones = fakes
            built[0].build()
            return built[0]

        yield build
        overlaps = [call for one in built for fake in one.telephones.values() for call in fake.dialled if call.held]
        assert overlaps == []


def test_a_panic_texts_everybody_and_rings_the_desk_and_then_one_officer_at_a_time(town: Build) -> None:
    city = town("callgate")
    city.budi.texts("TOLONG")
    city.forward(1)
    asked = [city.desk_barat, *city.of_barat[:3]]
    assert all(phone.got for phone in asked)
    telephone = city.telephones["callgate"]
    assert telephone.rings == city.desk_barat.number
    city.forward(110)
    assert city.dialled[:3] == [phone.number for phone in asked[:3]]
    assert [round(call.ended_at - call.at) for call in telephone.dialled[:3] if call.ended_at] == [25, 25, 25]
    assert "picked_up" not in city.timeline()


def test_whoever_was_not_rung_goes_before_who_was(town: Build) -> None:
    city = town("callgate")
    city.budi.texts("TOLONG")
    city.forward(300)
    asked, rung = len(city.asked(1) | city.asked(2) | city.asked(3)), city.dialled
    assert len(rung) >= 10
    assert len(set(rung[: min(asked, 10)])) == min(asked, 10), [city.alerts(), rung]


def test_who_rejects_the_call_lets_the_next_phone_ring_and_says_nothing_by_it(town: Build) -> None:
    city = town("callgate")
    city.budi.texts("TOLONG")
    city.forward(3)
    telephone = city.telephones["callgate"]
    telephone.hangs_up()
    city.forward(2)
    assert telephone.rings == city.of_barat[0].number
    assert city.incident.state == "open"


def test_the_first_yes_by_text_stops_the_ringing(town: Build) -> None:
    city = town("callgate")
    city.budi.texts("TOLONG")
    city.forward(2)
    city.of_barat[1].texts(f"OK {city.incident.code}")
    city.forward(3)
    assert city.telephones["callgate"].rings == ""
    city.forward(30)
    assert city.dialled == [city.desk_barat.number]


def test_two_telephones_are_a_pool(town: Build) -> None:
    city = town("callgate", "callgate-2")
    city.budi.texts("TOLONG")
    city.forward(1)
    assert [fake.rings for fake in city.telephones.values()] == [city.desk_barat.number, city.of_barat[0].number]
    city.forward(27)
    assert {fake.rings for fake in city.telephones.values()} == {phone.number for phone in city.of_barat[1:3]}


def test_a_telephone_that_refuses_leaves_the_call_to_the_other(town: Build) -> None:
    city = town("callgate", "callgate-2")
    city.telephones["callgate"].trouble.kind = "500"
    city.budi.texts("TOLONG")
    city.forward(32)
    assert city.dialled == [city.of_barat[0].number, city.desk_barat.number]
    city.telephones["callgate"].trouble.kind = ""
    city.forward(30)
    assert city.telephones["callgate"].rings


def test_nobody_waits_for_a_telephone_where_another_line_can_ring(town: Build) -> None:
    city = town("callgate", speaking=True)
    city.budi.texts("TOLONG")
    city.forward(1)
    assert city.telephones["callgate"].rings == city.desk_barat.number
    for phone in city.of_barat[:3]:
        phone.expects_call().lets_it_ring()
        assert phone.got


def test_a_call_that_proves_something_never_goes_over_a_telephone(town: Build) -> None:
    city = town("callgate")
    city.budi.texts("TOLONG")
    city.forward(1)
    city.of_barat[5].texts(f"OK {city.incident.code}")
    assert len(city.of_barat[5].last_text.split()[-1]) >= 4
    with city.open() as uow:
        proofs = [(row.kind, row.phone) for row in uow.db.scalars(select(Outbound).where(Outbound.purpose == "proof"))]
    assert proofs == [("text", city.of_barat[5].number)]


# --- the door for missed calls ----------------------------------------------------------------------------------------


def test_the_only_door_for_missed_calls_rings_nobody_and_a_missed_call_is_a_panic(town: Build) -> None:
    city = town("callgate", is_door=True)
    telephone = city.telephones["callgate"]
    assert telephone.ring_in(city.budi.number) is not None
    telephone.gives_up(city.budi.number)
    city.forward(30)
    assert city.incident.phone == city.budi.number
    assert city.dialled == []
    assert city.of_barat[0].got
    with city.open() as uow:
        (told,) = coverage.doors(uow)
    assert told.startswith("callgate rings nobody: +628110001200 is the only number for missed calls")
    assert "second SIM" in told


def test_a_door_that_tells_of_waiting_calls_rings_and_hears(town: Build) -> None:
    city = town("callgate", is_door=True, tells_of_waiting=True)
    telephone = city.telephones["callgate"]
    telephone._call_waiting = True
    ani = city.citizen("+6281390000002", name="Ani", unit=city.kota, lat=-0.03, lon=109.34)
    city.budi.texts("TOLONG")
    city.forward(1)
    assert telephone.rings == city.desk_barat.number
    telephone.ring_in(ani.number)
    telephone.gives_up(ani.number)
    city.forward(1)
    assert {incident.phone for incident in city.incidents} == {city.budi.number, ani.number}
    with city.open() as uow:
        assert coverage.doors(uow) == []


def test_one_of_two_doors_rings_and_the_check_says_for_how_long_it_is_shut(town: Build) -> None:
    city = town("callgate", speaking=True, is_door=True)
    city.budi.texts("TOLONG")
    city.forward(1)
    assert city.telephones["callgate"].rings
    with city.open() as uow:
        (told,) = coverage.doors(uow)
    assert "finds it busy for up to 189 s while it rings 7 phones" in told
    assert "CALLGATE_IS_DOOR=0" in told
