"""Files that the admin of one Polres brings in: what they may change, and what is refused with its line."""

from __future__ import annotations

import io
import json

import pytest
from flask import Flask
from sqlalchemy import select

from gateway.models import unit as units
from gateway.models.citizen import Citizen, Person
from gateway.models.officer import Officer
from gateway.models.place import Place
from gateway.models.unit import Unit
from gateway.register.imports import kinds
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import Browser
from tests.console.test_admin_care import IMPORTS, sealed_in, upload

NIK = "6171014112900001"
BOX = {"type": "Polygon", "coordinates": [[[109, 0], [109.1, 0], [109.1, 0.1], [109, 0]]]}


def areas(*codes: str) -> str:
    features = [{"type": "Feature", "properties": {"unit": code}, "geometry": BOX} for code in codes]
    lines = ",\n".join(json.dumps(feature) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}'


@pytest.fixture
def kasat(app: Flask, home: House) -> Browser:
    """The admin of Polres Pontianak; of Kubu Raya there are an officer, a citizen with two numbers, and a place."""
    with home.open_uow() as uow:
        away = uow.db.scalars(select(Unit).where(Unit.code == "KBR")).one()
        wati = Person(name="Wati", created_at=uow.now())
        uow.db.add_all([
            Officer(phone="+6281255500077", name="Adi", unit_id=away.id, on_duty=True),
            Citizen(phone="+6281255500009", person=wati, state="verified", channel="sms", unit_id=away.id,
                    applied_at=uow.now()),
            Place(name="Pasar Kubu", lat=-0.1, lon=109.4, radius_m=200, unit_id=away.id),
        ])  # fmt: skip
        units.set_numbers(uow.db, away, ["+62561700200"])
    return polres_admin(app, home)


FILES: dict[str, tuple[str, int, dict[int, str]]] = {  # by kind: a file, how many are new, and a word of each refusal
    "units": (
        ("code,name,kind,parent,numbers\n"
        "PTK,Polres Pontianak,polres,KALBAR,\n"
        "PTB,Polsek Barat,polsek,PTK,\n"
        "PTC,Pos Pasar,post,PTB,\n"
        "KBR,Polres Kubu Raya Baru,polres,KALBAR,\n"
        "KBX,Polsek Terentang,polsek,KBR,\n"
        "POL,Polda Baru,polda,,\n"
        "PTD,Pos Sungai,post,PTK,+62561700200\n"
        "KBY,Pos Terentang,post,KBX,\n"),
        2,
        {5: "code: milik satuan lain", 6: "parent: milik satuan lain", 7: "parent: milik satuan lain",
         8: "numbers: milik satuan lain", 9: "parent: tidak ada"},
    ),
    "areas": (areas("PTK", "KBR"), 1, {3: "unit: milik satuan lain"}),
    "officers": (
        "phone,name,unit\n+6281255500071,Budi,PTK\n+6281255500072,Cici,KBR\n+6281255500077,Adi,PTK\n",
        1,
        {3: "unit: milik satuan lain", 4: "phone: milik satuan lain"},
    ),
    "shifts": (
        "phone,days,from,until\n+6281255500077,sen,07:00,15:00\n",
        0,
        {2: "phone: milik satuan lain"},
    ),
    "citizens": (
        ("phone,name,unit\n+6281255500071,Budi,PTK\n+6281255500072,Cici,\n+6281255500009,Wati,PTK\n"
        "+6281255500073,Dodi,KBR\n"),
        1,
        {3: "unit: pilih dulu", 4: "phone: milik satuan lain", 5: "unit: milik satuan lain"},
    ),
    "places": (
        ("name,lat,lon,radius_m,unit\nAlun,-0.03,109.33,100,PTK\nPasar Kubu,-0.03,109.33,100,PTK\n"
        "Lapangan,-0.03,109.33,100,\n"),
        1,
        {3: "name: milik satuan lain", 4: "unit: pilih dulu"},
    ),
}  # fmt: skip


def test_an_admin_of_a_polres_brings_in_the_rows_of_its_own_units_alone(kasat: Browser, home: House) -> None:
    assert f'href="{IMPORTS}"' in kasat.get("/admin").text
    for kind, (content, new, refused) in FILES.items():
        page = upload(kasat, content, kind).text
        assert f"ditolak: <strong>{len(refused)}</strong>" in page, (kind, page)
        for line, words in refused.items():
            assert f"baris {line}: {words}" in page, (kind, line, page)
        assert (f"baru: <strong>{new}</strong>" in page) is bool(new), (kind, page)
        if new:
            kasat.post(f"{IMPORTS}/keep", sealed=sealed_in(page))
    assert [what for _, what, _ in trail(home)] == [f"import.{kind}" for kind in FILES if FILES[kind][1]]
    with home.open_uow() as uow:
        away = uow.db.scalars(select(Unit).where(Unit.code == "KBR")).one()
        assert away.name == "Polres Kubu Raya"
        assert uow.db.scalars(select(Unit.code).where(Unit.parent_id == away.id)).all() == []
        assert uow.db.scalars(select(Officer.phone).where(Officer.unit_id == away.id)).all() == [
            "+62812345002",
            "+6281255500077",
        ]
        assert units.numbers_of(uow.db, away.id) == ["+62561700200"]


@pytest.mark.parametrize("known", [True, False])
def test_a_person_with_a_number_in_another_unit_is_not_changed_through_a_second_one(
    kasat: Browser, home: House, known: bool
) -> None:
    """Their address would otherwise be what the file of a stranger's admin says."""
    first = f"phone,name,national_id,address,unit\n+6281255500021,Rina,{NIK},Gang Lama 1,KBR\n"
    second = first.replace("0021", "0022").replace("KBR", "PTK")
    bring = [first, second] if known else [first]
    for content in bring:
        assert not kinds.bring_in(home.open_uow, "citizens", io.BytesIO(content.encode())).faults
    page = upload(kasat, second.replace("Gang Lama 1", "Jalan Palsu 9"), "citizens").text
    assert "baris 2: national_id: milik satuan lain" in page
    with home.open_uow() as uow:
        assert {person.address for person in uow.db.scalars(select(Person).where(Person.name == "Rina"))} == {
            "Gang Lama 1"
        }


def test_the_file_of_another_admin_is_looked_at_anew_when_it_is_kept(kasat: Browser, app: Flask, home: House) -> None:
    sealed = sealed_in(upload(admin_browser(app, home), FILES["officers"][0], "officers").text)
    page = kasat.post(f"{IMPORTS}/keep", sealed=sealed).text
    assert "baris 3: unit: milik satuan lain" in page
