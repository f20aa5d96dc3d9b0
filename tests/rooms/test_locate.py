"""One entry for the words of every channel, and what is kept of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from no_redis import no_redis

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.places.spots import Source, Spot, plausible
from gateway.identity.callers import Caller
from gateway.infrastructure.database import open_engine
from gateway.location import jurisdiction, locate, position_in_text
from gateway.models import cell as cells
from gateway.models.citizen import Citizen
from gateway.models.fix import Fix
from gateway.models.place import Place
from gateway.models.unit import Area, Unit
from gateway.positions.map_index import MapIndex
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House
from gateway.worker.queue import JobQueue

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PHONE = "+6281390000001"
BUDI = Caller(PHONE, Citizen(phone=PHONE, state="verified", lat=-0.02, lon=109.30))


@pytest.fixture
def uow(sqlite_url: str, settings: Settings) -> Iterator[UnitOfWork]:
    """A unit of work in a city of three places and two cells."""
    engine = open_engine(sqlite_url)
    house = House(settings, engine, Switchboard([]), JobQueue(no_redis), lambda: NOW)
    with house.open_uow() as open_now:
        open_now.db.add(
            Place(name="Pasar Flamboyan", aliases="Flamboyan|Psr Lama", lat=-0.03, lon=109.34, radius_m=250)
        )
        open_now.db.add(Place(name="Jl. Gajah Mada", lat=-0.035, lon=109.335, radius_m=900))
        cells.store(open_now.db, [(510, 1, 1234, 567890, "LTE", -0.05, 109.32, 900, 12)])
        yield open_now
    engine.dispose()


@pytest.mark.parametrize(
    ("words", "source", "place", "radius"),
    [
        ("TOLONG -0,0263 109,3425", Source.COORDINATES, "", 25),
        ("TOLONG 109.3425,-0.0263", Source.COORDINATES, "", 25),  # swapped
        ("tolong geo:-0.0263,109.3425;u=35", Source.GEO_URI, "", 35),
        ("https://maps.google.com/?q=-0.0263,109.3425", Source.LINK, "", 25),
        ("TOLONG 6PHGX8FR+RX", Source.PLUS_CODE, "", 25),
        ("di X8FR+RX", Source.PLUS_CODE, "", 25),  # short, near their home
        ('A"ML=1;lt=-0.02630;lg=+109.34250;rd=35.0;top=20261122015900;lc=68;pm=G', Source.AML, "", 35),
        ("TOLONG CELL 510-01-1234-567890", Source.CELL, "", 900),
        ("TOLONG CELL 510-01-0x4d2-0x8aa52", Source.CELL, "", 900),
        ("begal dkt psr flamboyan", Source.PLACE, "Pasar Flamboyan", 250),
        ("di psr lama", Source.PLACE, "Pasar Flamboyan", 250),
        ("jl gajah mada dpn ruko", Source.PLACE, "Jl. Gajah Mada", 900),
        ("dkt psr flamboyan -0.0263,109.3425", Source.COORDINATES, "", 25),  # the exact one of two
    ],
)
def test_words_are_read_by_whatever_source_they_name(
    uow: UnitOfWork, words: str, source: Source, place: str, radius: float
) -> None:
    found = position_in_text.read(uow, BUDI, words)
    assert found is not None
    assert (found.source, found.place) == (source, place)
    assert found.radius_m == pytest.approx(radius, abs=1)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "TOLONG",
        "TOLONG 0,0",
        "TOLONG geo:0,0",
        "TOLONG 95.1,200.2",
        'A"ML=1;lt=+00.00000;lg=+000.00000;rd=N;top=20261122015900;lc=0;pm=N',
        "CELL 510-01-1234-567891",  # not in the table
        "CELL 510-01-65535-268435455",  # what a phone says for "unknown"
        "0812 3456 7890",
        "Rp 2.000,500",
        "di tengah jalan ada maling",
        "https://maps.app.goo.gl/AbCd1234",
    ],
)
def test_what_tells_no_place_invents_none(uow: UnitOfWork, words: str) -> None:
    assert position_in_text.read(uow, BUDI, words) is None


@profile(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=160) | st.text("0123456789.,-+;:=/ AMLCEpsrflamboyan", max_size=160))
def test_reading_never_raises_and_never_tells_a_place_off_the_earth(uow: UnitOfWork, words: str) -> None:
    found = position_in_text.read(uow, BUDI, words)
    assert found is None or (plausible(found.lat, found.lon) and found.radius_m > 0)


def test_a_phones_report_from_tomorrow_was_taken_now(uow: UnitOfWork) -> None:
    ahead = 'A"ML=1;lt=-0.02630;lg=+109.34250;rd=35;top=20261123015900;lc=68;pm=G'
    found = position_in_text.read(uow, BUDI, ahead)
    assert found is not None
    assert found.taken_at == NOW


def test_a_station_is_a_place_for_officers_only(uow: UnitOfWork) -> None:
    uow.db.add(Unit(code="KOTA", name="Polsek Pontianak Kota", kind="polsek", lat=-0.03, lon=109.34))
    uow.db.flush()
    words = "tolong lapor polsek pontianak kota"
    assert position_in_text.read(uow, BUDI, words) is None
    found = position_in_text.read_post(uow, BUDI, words)
    assert found is not None
    assert (found.place, found.radius_m) == ("Polsek Pontianak Kota", 100)


def test_who_a_phone_names_is_masked_before_it_is_kept(uow: UnitOfWork) -> None:
    spot = Spot(-0.02, 109.3, 25, Source.AML, 'A"ML=1;si=510019876543210;ei=356938035643809')
    fix = locate.keep_spot(uow, PHONE, spot)
    assert fix.raw == 'A"ML=1;si=***;ei=***'


def test_of_many_fixes_the_best_is_asked_for_and_what_we_presumed_is_no_news(uow: UnitOfWork) -> None:
    kept = locate.keep_spot(uow, PHONE, Spot(-0.05, 109.32, 25, Source.COORDINATES, ""))
    locate.keep_spot(uow, PHONE, Spot(-0.06, 109.33, 25, Source.LAST_KNOWN, ""))
    found = locate.position(uow, BUDI)
    assert found is not None
    assert (found.source, found.lat, found.taken_at) == ("last_known", kept.lat, kept.taken_at)
    assert locate.position(uow, BUDI, kept) is kept


def test_a_new_place_is_known_at_once_and_an_alias_that_was_added_too(uow: UnitOfWork) -> None:
    assert position_in_text.read(uow, BUDI, "di warung mak minah") is None
    place = Place(name="Warung Mak Minah", lat=-0.01, lon=109.31, radius_m=50)
    uow.db.add(place)
    uow.db.flush()
    assert position_in_text.read(uow, BUDI, "di warung mak minah") is not None
    assert position_in_text.read(uow, BUDI, "di kedai biru") is None
    place.aliases = "Kedai Biru"
    uow.db.flush()
    assert position_in_text.read(uow, BUDI, "di kedai biru") is not None


def test_an_area_that_cannot_be_read_takes_no_other_with_it(uow: UnitOfWork) -> None:
    unit = Unit(code="U", name="Polsek U", kind="polsek")
    uow.db.add(unit)
    uow.db.flush()
    ring = [[109, -1], [110, -1], [110, 1], [109, 1], [109, -1]]
    for geometry in ("rubbish", "[]", '{"type": "Point"}', json.dumps({"type": "Polygon", "coordinates": [ring]})):
        uow.db.add(Area(unit_id=unit.id, geometry=geometry))
    uow.db.flush()
    assert MapIndex().areas(uow.db).at(-0.02, 109.3) == [str(unit.id)]


# --- the real boundaries and names, where they stand beside the checkout ------------------------------------------

GEODATA = Path(__file__).parents[3] / "shared" / "geodata"
FILES = [GEODATA / f"{name}_kecamatan.geojson" for name in ("pontianak", "banjarbaru", "neighbours")]
NAMES = GEODATA / "gazetteer_admin.csv"
HERE = NAMES.exists() and all(file.exists() for file in FILES)


def real_map(uow: UnitOfWork) -> None:
    """One unit for each real kecamatan, and the real names as places."""
    for feature in (feature for file in FILES for feature in json.loads(file.read_text())["features"]):
        name = feature["properties"]["name"]
        unit = Unit(code=f"U-{name}", name=name, kind="polsek")
        uow.db.add(unit)
        uow.db.flush()
        uow.db.add(Area(unit_id=unit.id, geometry=json.dumps(feature["geometry"])))
    with NAMES.open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            rank = {"kecamatan": "Kec. ", "kelurahan": "Kel. "}[row["level"]]
            uow.db.add(
                Place(
                    name=f"{rank}{row['name']}",
                    aliases=row["aliases"],
                    lat=float(row["lat"]),
                    lon=float(row["lon"]),
                    radius_m=float(row["cover_radius_m"]),
                )
            )
    uow.db.flush()


STORIES = [
    ("TOLONG -0.0263,109.3425", "Pontianak Kota"),
    ("TOLONG 0.0011 109.3221", "Pontianak Utara"),  # the equator monument
    ("TOLONG -3.4410,114.8300", "Banjarbaru Utara"),
    ("TOLONG -3.4424,114.7626", "Landasan Ulin"),  # Syamsudin Noor airport
    ("TOLONG -0.1507,109.4039", "Sungai Raya"),  # Supadio airport, outside the city
    ("TOLONG -3.4109,114.8642", "Martapura"),  # outside the city
    ("tolong ada begal di sei jawi dlm", "Pontianak Barat"),
    ("bnua melayu darat ada maling", "Pontianak Selatan"),
    ("kebakaran di siantan hilir", "Pontianak Utara"),
]


@pytest.mark.parametrize(("words", "kecamatan"), STORIES if HERE else [])
def test_in_the_pilot_cities_words_reach_the_right_unit(uow: UnitOfWork, words: str, kecamatan: str) -> None:
    real_map(uow)
    found = position_in_text.read(uow, BUDI, words)
    assert found is not None
    fix: Fix = locate.keep_spot(uow, PHONE, found)
    unit = jurisdiction.responsible(uow, fix, BUDI)
    assert unit is not None
    assert unit.name == kecamatan
