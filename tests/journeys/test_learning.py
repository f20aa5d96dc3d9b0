"""What a desk says of texts is kept apart for training: only where it is switched on, masked, and of nobody careful."""

from __future__ import annotations

from pathlib import Path

import pytest
from journeys.city import Pontianak
from sqlalchemy import Engine, select

from gateway.config import Settings
from gateway.identity import pins
from gateway.identity.users import Identity
from gateway.models import incident as incidents
from gateway.models import labelled_text as labelled_texts
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.models.labelled_text import EMERGENCY, EVERYDAY, LabelledText
from gateway.monitor import desk_actions
from gateway.operations import labelled

HEADER = "label\tkind\tlanguage\ttext"


@pytest.fixture
def city(engine: Engine, settings: Settings, tmp_path: Path) -> Pontianak:
    """The installation has switched it on."""
    return Pontianak(engine, settings.model_copy(update={"learn_from_texts": True}), tmp_path).build()


def desk_changes(city: Pontianak, kind: str) -> None:
    siti = Identity(1, "Siti", "desk", city.barat.id, city.barat.name, "Asia/Pontianak", "id", 0, None)
    with city.open() as uow:
        desk_actions.act(uow, siti, incidents.lock(uow.db, city.incidents[-1].id), "kind", {"kind": kind})
    city.settle()


def exported(city: Pontianak) -> list[str]:
    with city.open() as uow:
        return list(labelled.export(uow))


def kept(city: Pontianak) -> list[LabelledText]:
    with city.open() as uow:
        return list(uow.db.scalars(select(LabelledText)))


def read_by(city: Pontianak, who: str, label: str = EVERYDAY) -> None:
    with city.open() as uow:
        row = uow.db.scalars(select(Inbound).order_by(Inbound.id)).first()
        assert row is not None
        labelled.keep(uow, row, label, who)


def test_the_text_of_an_incident_whose_kind_a_desk_changed_is_exported_without_names_and_digits(
    city: Pontianak,
) -> None:
    city.budi.texts("TOLONG budi santoso no 12, ada asap di dapur")
    assert exported(city) == [HEADER]
    desk_changes(city, "medical")
    assert exported(city) == [HEADER, "emergency\tmedical\tid\tTOLONG [nama] [nama] no ##, ada asap di dapur"]
    desk_changes(city, "accident")  # the last word counts, and the text only once
    assert [line.split("\t")[1] for line in exported(city)[1:]] == ["accident"]
    with city.open() as uow:
        audited = uow.db.scalars(select(Audit).where(Audit.what == "texts.export")).all()
        assert [row.detail for row in audited] == ["0", "1", "1"]


def test_of_a_missed_call_there_is_no_text(city: Pontianak) -> None:
    city.budi.rings()
    desk_changes(city, "fire")
    assert kept(city) == []


def test_nothing_is_kept_where_it_is_not_switched_on(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    assert not settings.learn_from_texts
    town = Pontianak(engine, settings, tmp_path).build()
    town.budi.texts("TOLONG ada asap")
    desk_changes(town, "fire")
    assert kept(town) == []


def test_of_a_quiet_incident_nothing_is_kept(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM ada orang di rumah")
    desk_changes(city, "domestic_violence")
    assert kept(city) == []


def test_an_incident_that_becomes_quiet_later_is_forgotten_here(city: Pontianak) -> None:
    city.budi.texts("TOLONG ada asap")
    desk_changes(city, "fire")
    assert len(kept(city)) == 1
    city.budi.texts("DIAM")
    assert kept(city) == []


def test_of_an_incident_under_duress_nothing_stays(city: Pontianak) -> None:
    with city.open() as uow:
        budi = uow.db.scalars(select(Citizen).where(Citizen.phone == city.budi.number)).one()
        budi.pin_hash, budi.duress_hash = pins.hash_pin("4711"), pins.hash_pin("1147")
    city.budi.texts("TOLONG ada asap")
    desk_changes(city, "fire")
    city.budi.texts("AMAN 1147")
    assert kept(city) == []
    desk_changes(city, "crime")
    assert kept(city) == []


def test_no_emergency_counts_once_a_second_reader_says_so_too(city: Pontianak) -> None:
    city.budi.texts("besok kami ada acara di lapangan")
    read_by(city, "Siti")
    assert exported(city) == [HEADER]
    read_by(city, "Siti")  # the same reader again is no second one
    assert exported(city) == [HEADER]
    read_by(city, "Rudi")
    assert exported(city) == [HEADER, "everyday\tunknown\tid\tbesok kami ada acara di lapangan"]


@pytest.mark.parametrize("first", [EMERGENCY, EVERYDAY])
def test_where_two_readers_disagree_it_is_an_emergency(city: Pontianak, first: str) -> None:
    city.budi.texts("besok kami ada acara di lapangan")
    read_by(city, "Siti", first)
    read_by(city, "Rudi", EVERYDAY if first == EMERGENCY else EMERGENCY)
    read_by(city, "Tono", EVERYDAY)
    assert [row.label for row in kept(city)] == [EMERGENCY]


def test_a_desks_no_emergency_waits_for_a_second_reader_and_its_darurat_counts_at_once(city: Pontianak) -> None:
    city.budi.texts("besok jadi ke rumah nggak")
    with city.open() as uow:
        code = uow.db.scalars(select(Clarification.code)).one()
    city.desk_barat.texts(f"BUKAN {code}")
    with city.open() as uow:
        (row,) = labelled_texts.unconfirmed(uow.db)
        assert not labelled.read_again(uow, row.id, EVERYDAY, "Polsek Barat")
        assert labelled_texts.counted(uow.db) == []
        assert labelled.read_again(uow, row.id, EVERYDAY, "Aiptu Sari")
        assert [kept.label for kept in labelled_texts.counted(uow.db)] == [EVERYDAY]
    city.budi.texts("rame bgt disini")
    with city.open() as uow:
        code = uow.db.scalars(select(Clarification.code).order_by(Clarification.id.desc())).first()
    city.desk_barat.texts(f"DARURAT {code}")
    with city.open() as uow:
        assert [kept.label for kept in labelled_texts.counted(uow.db)] == [EVERYDAY, EMERGENCY]
