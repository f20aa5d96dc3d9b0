"""What only the outside can tell: the operator is asked, a short link followed, after the alerts have left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from journeys.city import Pontianak
from sqlalchemy import Engine, select

from gateway import wiring
from gateway.config import Settings
from gateway.core.places.spots import Source, Spot
from gateway.identity import audit_log
from gateway.models.audit import Audit
from gateway.models.event import Event
from gateway.models.fix import Fix
from gateway.models.lookup import Lookup
from gateway.positions.outcomes import Located, NotLocated
from tests.fake_camara import Device, FakeCamara, circle
from tests.loopback import Asked, Reply

IN_KOTA = (-0.0301, 109.3411)
SHORT = "https://maps.app.goo.gl/AbCd1234"


class Operator(FakeCamara):
    """Looks, whenever it is asked for a position, at what the house has done and holds meanwhile."""

    city: Pontianak | None = None

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, int]] = []  # texts that had left, connections held

    def respond(self, asked: Asked) -> Reply:
        if self.city is not None and asked.path.endswith("retrieve"):
            held = self.city.house.engine.pool.checkedout()  # type: ignore[attr-defined]  # both databases' pools tell
            self.seen.append((len(self.city.of_barat[0].got), held))
        return super().respond(asked)


@pytest.fixture
def operator() -> Iterator[Operator]:
    with Operator() as running:
        yield running


@pytest.fixture
def located_city(engine: Engine, settings: Settings, tmp_path: Path, operator: Operator) -> Iterator[Pontianak]:
    """Pontianak, whose operator tells where phones are."""
    settings = settings.model_copy(
        update={
            "camara_api_url": operator.url,
            "camara_token_url": operator.token_url,
            "camara_client_id": "siaga",
            "camara_client_secret": type(settings.camara_client_secret)("made-up-secret"),
        }
    )
    town = Pontianak(engine, settings, tmp_path).build()
    town.sweep.finders = wiring.finders(settings)
    operator.city = town
    yield town
    assert town.handsets.violations() == []


def phone_in_kota(city: Pontianak, operator: Operator, radius: float = 700, **facts: object) -> None:
    seen = city.clock.at - timedelta(minutes=4)
    operator.devices[city.budi.number] = Device(circle(*IN_KOTA, radius), seen, **facts)  # type: ignore[arg-type]


def fix_of(city: Pontianak) -> Fix:
    with city.open() as uow:
        return uow.db.get_one(Fix, city.incident.fix_id)


# --- the operator -----------------------------------------------------------------------------------------------


def test_after_the_alerts_have_left_the_operator_is_asked_and_moves_the_incident(
    located_city: Pontianak, operator: Operator
) -> None:
    city = located_city
    phone_in_kota(city, operator)

    city.budi.rings()

    assert operator.seen == [(1, 0)]
    fix = fix_of(city)
    assert (fix.source, fix.radius_m, fix.taken_at) == ("network", 700, city.clock.at - timedelta(minutes=4))
    assert city.incident.unit_id == city.kota.id
    city.of_barat[0].expects_text("LOKASI BARU", "operator 4mnt +-700m")
    city.of_kota[0].expects_text("DARURAT", "operator", "700m")


def test_asking_the_operator_stands_on_the_timeline_and_in_the_audit_with_its_legal_basis(
    located_city: Pontianak, operator: Operator
) -> None:
    city = located_city
    phone_in_kota(city, operator)
    city.budi.rings()
    with city.open() as uow:
        asked = uow.db.scalars(select(Event).where(Event.kind == "network_asked")).one()
        entry = uow.db.scalars(select(Audit).where(Audit.what == "network.locate")).one()
        assert "UU 27/2022" in asked.text
        assert (entry.subject, "UU 27/2022" in entry.detail, "consent" in entry.detail) == (
            city.budi.number,
            True,
            True,
        )
        assert audit_log.verify(uow) == []


def test_a_phone_in_a_quiet_panic_is_located_and_never_touched(located_city: Pontianak, operator: Operator) -> None:
    city = located_city
    phone_in_kota(city, operator, radius=5000)
    city.budi.texts("TOLONG DIAM")
    assert fix_of(city).source == "network"
    assert city.budi.untouched


def test_an_exact_position_spares_the_operator(located_city: Pontianak, operator: Operator) -> None:
    phone_in_kota(located_city, operator)
    located_city.budi.texts("TOLONG -0.0211,109.3010")
    assert operator.retrievals == []


def test_a_phone_that_is_out_of_reach_is_asked_for_again_and_then_no_more(
    located_city: Pontianak, operator: Operator
) -> None:
    city = located_city
    operator.devices[city.budi.number] = Device(error=(422, "LOCATION_RETRIEVAL.UNABLE_TO_LOCATE"))
    city.budi.rings()
    city.forward(seconds=4)
    assert len(operator.retrievals) == 1
    city.forward(seconds=4)
    assert len(operator.retrievals) == 2
    city.forward(seconds=120)
    assert len(operator.retrievals) == 4
    city.forward(seconds=200)
    assert len(operator.retrievals) == 4
    assert city.timeline().count("network_failed") == 1
    assert city.timeline().count("network_asked") == 1


def test_a_phone_that_comes_back_is_found_at_the_second_try(located_city: Pontianak, operator: Operator) -> None:
    city = located_city
    operator.devices[city.budi.number] = Device(error=(503, "UNAVAILABLE"))
    city.budi.rings()
    phone_in_kota(city, operator)
    city.forward(seconds=7)
    assert fix_of(city).source == "network"


def test_whom_the_operator_does_not_know_either_is_asked_for_a_landmark_only_then(
    located_city: Pontianak, operator: Operator
) -> None:
    city = located_city
    siti = city.citizen("+6281390000002", "Siti", unit=city.barat)
    operator.devices[siti.number] = Device(error=(404, "IDENTIFIER_NOT_FOUND"))
    city.asleep = True
    siti.rings()
    city.asleep = False
    assert not any("di mana Anda" in body for body in siti.got)
    city.forward(seconds=2)
    assert sum("di mana Anda" in body for body in siti.got) == 1


def test_a_lost_doorbell_costs_a_second(located_city: Pontianak, operator: Operator) -> None:
    city = located_city
    phone_in_kota(city, operator)
    city.job_queue.broken = True
    city.budi.rings()
    assert operator.retrievals == []
    city.forward(seconds=2)
    assert fix_of(city).source == "network"


def test_a_worker_that_died_half_way_is_followed_by_another(located_city: Pontianak, operator: Operator) -> None:
    city = located_city
    phone_in_kota(city, operator)
    working = city.sweep.finders

    class Died(BaseException):
        """Nothing of ours catches it, as nothing catches a power cut."""

    def dies(_: str) -> NotLocated:
        raise Died

    city.sweep.finders = dict(working) | {"network": dies}
    with pytest.raises(Died):
        city.budi.rings()
    city.sweep.finders = working
    city.settle()
    city.forward(seconds=30)
    assert fix_of(city).source == "home"
    city.forward(seconds=20)
    assert fix_of(city).source == "network"


def test_nobody_is_asked_about_an_incident_that_is_over(located_city: Pontianak, operator: Operator) -> None:
    city = located_city
    phone_in_kota(city, operator)
    city.asleep = True
    city.budi.rings()
    with city.open() as uow:
        uow.db.get_one(type(city.incident), city.incident.id).closed_at = city.clock.at
    city.asleep = False
    city.forward(seconds=2)
    assert operator.retrievals == []
    with city.open() as uow:
        assert [row.outcome for row in uow.db.scalars(select(Lookup))] == ["closed"]


def test_without_a_contract_no_operator_is_asked(city: Pontianak) -> None:
    city.budi.rings()
    with city.open() as uow:
        assert list(uow.db.scalars(select(Lookup))) == []


# --- short links --------------------------------------------------------------------------------------------------


def test_a_short_link_is_followed_after_the_alerts_have_left(city: Pontianak) -> None:
    followed: list[tuple[str, int]] = []

    def follow(link: str) -> Located:
        followed.append((link, len(city.of_barat[0].got)))
        return Located(Spot(*IN_KOTA, 25, Source.LINK, "what the last hop said"))

    city.sweep.finders = {"link": follow}
    city.budi.texts(f"TOLONG saya di {SHORT}?g_st=aw")
    assert followed == [(SHORT, 1)]
    assert (fix_of(city).source, fix_of(city).raw) == ("link", SHORT)
    city.of_barat[0].expects_text("LOKASI BARU", "link peta")
    assert city.incident.unit_id == city.kota.id


def test_a_short_link_that_tells_nothing_is_told_on_the_timeline(city: Pontianak) -> None:
    city.sweep.finders = {"link": lambda link: NotLocated("not_public")}
    city.budi.texts("TOLONG")
    city.budi.texts(f"saya di {SHORT}")
    assert "link_failed" in city.timeline()
    assert fix_of(city).source == "home"
