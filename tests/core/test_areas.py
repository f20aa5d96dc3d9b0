"""Which area holds a position, and how honest the borders are."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.places.areas import Areas, polygon
from gateway.core.places.distance import metres

LAT, LON = -3.44, 114.83
METRE_NORTH = 1 / 110_575
METRE_EAST = 1 / 111_120  # at that latitude


def square(lat: float, lon: float, metres_wide: float) -> dict[str, object]:
    """A square with its south-west corner at lat, lon."""
    north, east = lat + metres_wide * METRE_NORTH, lon + metres_wide * METRE_EAST
    return {"type": "Polygon", "coordinates": [[[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]]}


BARAT = ("BARAT", square(LAT, LON, 1000))
TIMUR = ("TIMUR", square(LAT, LON + 1050 * METRE_EAST, 1000))  # leaves a sliver of 50 m
POLRES = ("POLRES", square(LAT - 0.1, LON - 0.1, 30_000))
POS = ("POS", square(LAT + 400 * METRE_NORTH, LON + 400 * METRE_EAST, 100))


def inside(north_m: float, east_m: float) -> tuple[float, float]:
    return LAT + north_m * METRE_NORTH, LON + east_m * METRE_EAST


@pytest.mark.parametrize(
    ("position", "units"),
    [
        (inside(450, 450), ["POS", "BARAT", "POLRES"]),
        (inside(100, 100), ["BARAT", "POLRES"]),
        (inside(100, 1500), ["TIMUR", "POLRES"]),
        (inside(100, 1010), ["POLRES"]),
        (inside(0, 0), ["BARAT", "POLRES"]),  # on the border is in
        ((0.0, 0.0), []),
        ((-90.0, 180.0), []),
    ],
)
def test_the_smallest_area_that_covers_comes_first(position: tuple[float, float], units: list[str]) -> None:
    assert Areas([POLRES, BARAT, TIMUR, POS]).at(*position) == units


@pytest.mark.parametrize(
    ("position", "units"),
    [
        (inside(500, 1010), ["BARAT"]),
        (inside(500, 1040), ["TIMUR"]),
        (inside(500, -90), ["BARAT"]),
        (inside(500, -110), []),
    ],
)
def test_a_sliver_belongs_to_the_nearest_area_within_a_hundred_metres(
    position: tuple[float, float], units: list[str]
) -> None:
    assert Areas([BARAT, TIMUR]).at(*position) == units


def test_near_a_border_the_neighbour_is_found_with_its_distance() -> None:
    found = Areas([TIMUR, BARAT, POLRES]).within(*inside(500, 900), 500)
    assert [unit for unit, _ in found] == ["BARAT", "POLRES", "TIMUR"]
    assert [far for _, far in found[:2]] == [0, 0]
    assert found[2][1] == pytest.approx(150, rel=0.002)
    assert Areas([TIMUR, BARAT]).within(*inside(500, 900), 149) == [("BARAT", 0)]


@given(st.floats(-70, 70), st.floats(-170, 170), st.floats(0, 359), st.floats(1, 20_000))
def test_the_margin_is_in_metres_at_every_latitude(lat: float, lon: float, bearing: float, far: float) -> None:
    corner = Geodesic.WGS84.Direct(lat, lon, bearing, far)
    there = (corner["lat2"], corner["lon2"])
    dot = 1e-7
    speck = [[there[1], there[0]], [there[1] + dot, there[0]], [there[1], there[0] + dot], [there[1], there[0]]]
    areas = Areas([("U", {"type": "Polygon", "coordinates": [speck]})])
    assert metres((lat, lon), there) == pytest.approx(far, abs=0.01)
    [(unit, told)] = areas.within(lat, lon, far * 1.01 + 1)
    assert unit == "U"
    assert told == pytest.approx(far, rel=0.01, abs=0.5)
    assert areas.within(lat, lon, far * 0.99 - 1) == []


def test_a_unit_with_several_pieces_is_told_once_and_weighed_whole() -> None:
    pieces = [("POLRES", BARAT[1]), ("POLRES", TIMUR[1]), ("POLSEK", TIMUR[1])]
    assert Areas(pieces).at(*inside(500, 1500)) == ["POLSEK", "POLRES"]
    assert sorted(unit for unit, _ in Areas(pieces).within(*inside(500, 1025), 200)) == ["POLRES", "POLSEK"]


def test_without_areas_nobody_is_found() -> None:
    assert Areas([]).at(LAT, LON) == []
    assert Areas([]).within(LAT, LON, 10_000) == []


def test_a_hole_is_outside() -> None:
    ring = square(LAT, LON, 3000)["coordinates"]
    hole = square(LAT + 1000 * METRE_NORTH, LON + 1000 * METRE_EAST, 1000)["coordinates"]
    assert isinstance(ring, list)
    assert isinstance(hole, list)
    areas = Areas([("U", {"type": "Polygon", "coordinates": [*ring, *hole]})])
    assert areas.at(*inside(1500, 1500)) == []
    assert areas.at(*inside(500, 500)) == ["U"]


def test_a_self_crossing_border_is_mended() -> None:
    bow_tie = [[LON, LAT], [LON + 0.02, LAT + 0.02], [LON + 0.02, LAT], [LON, LAT + 0.02], [LON, LAT]]
    areas = Areas([("U", {"type": "Polygon", "coordinates": [bow_tie]})])
    assert areas.at(LAT + 0.01, LON + 0.018) == ["U"]
    assert areas.at(LAT + 0.01, LON + 0.002) == ["U"]
    assert areas.at(LAT + 0.018, LON + 0.01) == []


def test_heights_and_multipolygons_are_read() -> None:
    flat = square(LAT, LON, 1000)["coordinates"]
    assert isinstance(flat, list)
    high = [[[*point, 12.0] for point in flat[0]]]
    areas = Areas([("U", {"type": "MultiPolygon", "coordinates": [high]})])
    assert areas.at(*inside(500, 500)) == ["U"]


@pytest.mark.parametrize(
    ("geometry", "why"),
    [
        ({"type": "Point", "coordinates": [LON, LAT]}, "not Point"),
        ({"type": "GeometryCollection", "geometries": []}, "not GeometryCollection"),
        ({}, "not None"),
        ({"type": "Polygon"}, "cannot be read"),
        ({"type": "Polygon", "coordinates": None}, "no coordinates"),
        ({"type": "Polygon", "coordinates": [[[LON, LAT], [LON, LAT]]]}, "cannot be read"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, "cannot be read"),
        ({"type": "Polygon", "coordinates": []}, "no coordinates"),
        ({"type": "MultiPolygon", "coordinates": []}, "no coordinates"),
        (
            {"type": "Polygon", "coordinates": [[[LON, LAT], [LON, float("nan")], [LON + 1, LAT], [LON, LAT]]]},
            "no numbers",
        ),
        (
            {"type": "Polygon", "coordinates": [[[LAT, LON], [LAT, LON + 1], [LAT + 1, LON], [LAT, LON]]]},
            "leaves the Earth",
        ),
        (
            {"type": "Polygon", "coordinates": [[[LON, LAT], [LON + 1, LAT + 1], [LON, LAT], [LON, LAT]]]},
            "encloses nothing",
        ),
    ],
)
def test_what_is_no_area_is_refused_with_a_sentence_that_names_the_unit(geometry: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=f"area of POLSEK-1: .*{why}"):
        polygon(geometry, "POLSEK-1")


junk = st.recursive(st.none() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=4), max_leaves=12)


@given(st.sampled_from(["Polygon", "MultiPolygon"]), junk)
def test_whatever_stands_in_a_file_is_an_area_or_a_value_error(kind: str, coordinates: object) -> None:
    with suppress(ValueError):
        assert polygon({"type": kind, "coordinates": coordinates}, "U").area > 0


# --- the real boundaries, where they stand beside the checkout ---------------------------------------------------

GEODATA = Path(__file__).parents[3] / "shared" / "geodata"
FILES = [GEODATA / f"{name}_kecamatan.geojson" for name in ("pontianak", "banjarbaru", "neighbours")]
LANDMARKS = [
    ("the middle of Pontianak", (-0.0263, 109.3425), "Pontianak Kota"),
    ("the equator monument", (0.0011, 109.3221), "Pontianak Utara"),
    ("the middle of Banjarbaru", (-3.4410, 114.8300), "Banjarbaru Utara"),
    ("Syamsudin Noor airport", (-3.4424, 114.7626), "Landasan Ulin"),
    ("Supadio airport, outside the city", (-0.1507, 109.4039), "Sungai Raya"),
    ("Martapura, outside the city", (-3.4109, 114.8642), "Martapura"),
]


@pytest.mark.parametrize(("name", "position", "kecamatan"), LANDMARKS if all(file.exists() for file in FILES) else [])
def test_landmarks_fall_in_the_right_kecamatan(name: str, position: tuple[float, float], kecamatan: str) -> None:
    features = [feature for file in FILES for feature in json.loads(file.read_text())["features"]]
    areas = Areas([(feature["properties"]["name"], feature["geometry"]) for feature in features])
    assert areas.at(*position) == [kecamatan], name
