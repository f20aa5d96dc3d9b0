"""Literal positions in texts: what is one, and what must never become one."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openlocationcode import openlocationcode

from gateway.core.places.distance import metres
from gateway.core.places.places import short_link_in, spot_in
from gateway.core.places.spots import INDONESIA, Box, Source, plausible

TUGU = (-0.0263, 109.3425)
KENYA = Box(south=-5, west=33.5, north=5.5, east=42)


@pytest.mark.parametrize(
    "text",
    [
        "-0.0263,109.3425",
        "tolong saya di -0.0263, 109.3425 ada maling",
        "-0.0263 109.3425",
        "(-0.0263;109.3425)",
        "-0.0263/109.3425.",
        "posisi:-0.0263,109.3425,15m",
        "RT 5,-0.0263,109.3425",
        "−0.0263, 109.3425",
        "-0.0263°, 109.3425°",
        "LOKASI -0,0263 109,3425",
        "-0,0263, 109,3425",
        "-0,0263;109,3425",
        "-0,0263,109,3425",
        "0.0263 S 109.3425 E",
        "0.0263S,109.3425E",
        "0.0263 S, 109.3425 T",
        "S 0.0263 E 109.3425",
        "S0.0263 E109.3425",
        "0,0263 LS 109,3425 BT",
        "0.0263° LS dan 109.3425° BT",
        "LS 0.0263, BT 109.3425",
        "lintang selatan 0.0263 bujur timur 109.3425",
        "109.3425 BT 0.0263 LS",
        "lat -0.0263 lon 109.3425",
        "Lat: -0.0263, Long: 109.3425",
        "lon=109.3425&lat=-0.0263",
        "lintang -0,0263 bujur 109,3425",
        "lat 0.0263 S lon 109.3425 E",
        "0°01'34.7\"S 109°20'33.0\"E",
        "0°01′34.7″S, 109°20′33.0″E",
        "0 01'34.7''S 109 20'33.0''E",
        "0 01 34.7 S 109 20 33 E",
        "S 0°01'34.7\" E 109°20'33.0\"",
        "0°1.578'S 109°20.55'E",
        "0°1,578' LS 109°20,55' BT",
        "0 1.578 S 109 20.55 E",
        "0 derajat 1 menit 34,7 detik LS, 109 derajat 20 menit 33 detik BT",
        "-0°01'34.7\", 109°20'33.0\"",
        "109.3425, -0.0263",
        "-0.0263,109.3425 https://maps.app.goo.gl/AbC123xyz",
        "-0.0263,109.3425 lalu lari ke -0.0312,109.3412",
    ],
)
def test_it_reads_coordinates_as_people_write_them(text: str) -> None:
    spot = spot_in(text)
    assert spot is not None
    assert spot.source is Source.COORDINATES
    assert metres((spot.lat, spot.lon), TUGU) < 10
    assert 25 <= spot.radius_m < 50


@pytest.mark.parametrize(
    "text",
    [
        "https://maps.google.com/?q=-0.0263,109.3425",
        "Lokasi saya: http://maps.google.com/maps?q=-0.0263,109.3425&z=17&hl=en",
        "maps.google.com/?q=loc:-0.0263,109.3425).",
        "maps.google.com?q=-0.0263,+109.3425",
        "www.google.co.id/maps?q=-0.0263%2C109.3425",
        "https://www.google.com/maps?ll=-0.0263,109.3425&amp;z=15",
        "https://maps.google.com/?q=-0,0263,109,3425",
        "https://maps.google.com/?q=Rumah@-0.0263,109.3425",
        "https://www.google.com/maps/search/-0.0263,+109.3425",
        "https://www.google.com/maps/search/?api=1&query=-0.0263%2C109.3425",
        "https://www.google.com/maps/dir/?api=1&destination=-0.0263,109.3425",
        "https://www.google.com/maps/dir/-0.05,109.30/-0.0263,109.3425/@-0.04,109.32,14z",
        "https://www.google.com/maps/place/-0.0263,109.3425",
        "https://www.google.com/maps/place/0%C2%B001'34.7%22S+109%C2%B020'33.0%22E/@-0.03,109.3,17z",
        "https://maps.google.com/?q=0°01'34.7\"S+109°20'33.0\"E",
        "https://www.google.com/maps/place/Tugu/@-0.0300,109.3300,15z/data=!3m1!4b1!4m6!3m5!1s0x2e:0x1!8m2!3d-0.0263!4d109.3425!16s",
        "https://maps.apple.com/?ll=-0.0263,109.3425&q=Dropped%20Pin",
        "https://maps.apple.com/?q=-0.0263,109.3425&sll=-0.05,109.3",
        "https://maps.apple.com/place?coordinate=-0.0263,109.3425&name=Tugu",
        "https://www.openstreetmap.org/?mlat=-0.0263&mlon=109.3425#map=17/-0.03/109.3",
        "https://waze.com/ul?ll=-0.0263%2C109.3425&navigate=yes",
        "https://www.waze.com/ul?ll=-0.0263,109.3425",
        "https://www.waze.com/live-map/directions?to=ll.-0.0263%2C109.3425",
        "maps.google.com/?q=6P3GX8FR%2BF2",
    ],
)
def test_it_reads_the_pin_of_a_map_link(text: str) -> None:
    spot = spot_in(text)
    assert spot is not None
    assert spot.source is Source.LINK
    assert spot.radius_m == 25
    expected = openlocationcode.decode("6P3GX8FR+F2") if "6P3G" in text else None
    target = (expected.latitudeCenter, expected.longitudeCenter) if expected else TUGU
    assert metres((spot.lat, spot.lon), target) < 10


@pytest.mark.parametrize(
    ("text", "radius"),
    [
        ("https://www.google.com/maps/@-0.0263,109.3425,15z", 477.7),
        ("https://www.google.com/maps/place/Pontianak/@-0.0263,109.3425,12z", 3821.9),
        ("https://www.google.com/maps/@-0.0263,109.3425,21z", 50),
        ("https://www.google.com/maps/@-0.0263,109.3425,1234m/data=!3m1!1e3", 477.7),
        ("https://www.google.com/maps/embed?pb=!1m18!1m12!1m3!1d3989.8!2d109.3425!3d-0.0263!2m3!1f0", 477.7),
        ("https://www.openstreetmap.org/#map=15/-0.0263/109.3425", 477.7),
    ],
)
def test_the_middle_of_a_map_is_known_only_as_far_as_the_screen_reached(text: str, radius: float) -> None:
    spot = spot_in(text)
    assert spot is not None
    assert (spot.lat, spot.lon, spot.radius_m, spot.source) == (*TUGU, radius, Source.LINK)


def test_a_point_anywhere_in_the_text_comes_before_the_middle_of_a_map() -> None:
    spot = spot_in("https://www.google.com/maps/@-0.05,109.30,15z di -0.0263,109.3425")
    assert spot is not None
    assert (spot.lat, spot.lon) == TUGU


@pytest.mark.parametrize(
    ("text", "radius"),
    [
        ("geo:-0.0263,109.3425", 25),
        ("tolong geo:-0.0263,109.3425,12;crs=wgs84;u=35", 35),
        ("GEO:-0.0263,109.3425;u=3", 25),
        ("geo:0,0?q=-0.0263,109.3425(Kantor)", 25),
        ("geo:-0.05,109.30?q=-0.0263,109.3425", 25),
        ("geo:-0.0263,109.3425?q=pasar", 25),
        ("geo:-0.0263,109.3425?z=15", 25),
    ],
)
def test_it_reads_geo_addresses(text: str, radius: float) -> None:
    spot = spot_in(text)
    assert spot is not None
    assert (spot.lat, spot.lon, spot.radius_m, spot.source) == (*TUGU, radius, Source.GEO_URI)


@pytest.mark.parametrize("text", ["geo:-0.0263,109.3425;crs=nad27", "geo:0,0?q=pasar", "geo:0,0", "geo:91.5,190.5"])
def test_a_geo_address_without_a_usable_position_is_none(text: str) -> None:
    assert spot_in(text) is None


@pytest.mark.parametrize(
    ("text", "radius"),
    [
        ("6P58RRFG+RV", 25),
        ("saya di 6p58rrfg+rv depan kantor", 25),
        ("https://plus.codes/6P58RRFG+RV", 25),
        ("maps.google.com/?q=6P58RRFG+RV", 25),
        ("6P58RRFG+", 196.8),
    ],
)
def test_it_reads_full_plus_codes(text: str, radius: float) -> None:
    spot = spot_in(text)
    assert spot is not None
    assert spot.source is Source.PLUS_CODE
    assert spot.radius_m == radius
    assert metres((spot.lat, spot.lon), (-6.175392, 106.827153)) < radius


def test_a_short_plus_code_needs_to_know_the_neighbourhood() -> None:
    assert spot_in("RRFG+RV Jakarta") is None
    spot = spot_in("RRFG+RV Jakarta", near=(-6.2, 106.8))
    assert spot is not None
    assert metres((spot.lat, spot.lon), (-6.175392, 106.827153)) < 15


@pytest.mark.parametrize(
    ("text", "decimals_radius"),
    [("-6,175 106,827", 111.3), ("lat -6.17 lon 106.82", 1113.2), ("6°10'S 106°49'E", 1855.3)],
)
def test_a_roughly_written_position_says_so_in_its_radius(text: str, decimals_radius: float) -> None:
    spot = spot_in(text)
    assert spot is not None
    assert spot.radius_m == decimals_radius


@pytest.mark.parametrize(
    ("text", "box", "lat"),
    [
        ("109.3425,-0.0263", None, -0.0263),  # no latitude is 109
        ("36.8219,-1.2921", KENYA, -1.2921),
        ("36.8219,-1.2921", None, 36.8219),  # the sea off Malaga is somewhere too
        ("-1.2921,36.8219", KENYA, -1.2921),
        ("51.5007,-0.1246", KENYA, 51.5007),  # neither way in Kenya: as written
        ("-0.0263,109.3425", INDONESIA, -0.0263),
        ("https://maps.google.com/?q=36.8219,-1.2921", KENYA, -1.2921),
    ],
)
def test_swapped_degrees_are_put_in_order_only_where_that_is_the_one_reading(
    text: str, box: Box | None, lat: float
) -> None:
    spot = spot_in(text, region_box=box)
    assert spot is not None
    assert spot.lat == lat


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TOLONG ada maling",
        "081234567890",
        "+62 812-3456-7890",
        "0561.734900 0561.734901",
        "021.5551234, 021.5551235",
        "hub 0812.3456.7890 / 0813.4567.8901",
        "Rp 2.000,500",
        "Rp 12.5000, 13.5000",
        "harga 12.500, 15.000",
        "harga 2.500 15.000 20.000",
        "bensin 12.500 -15.000",
        "12.4567% 13.4567%",
        "10.4567 km 12.4567 km",
        "10.4567, 12.4567 kg",
        "jam 12.30, 13.45",
        "12:30 14:00",
        "22.11.2026, 10.30.15",
        "2026-11-22 03:37:01",
        "192.168.100.1 10.0.0.1",
        "2222+22",
        "22222222+22",
        "4+4",
        "1+1=2",
        "blok S 12 T 5",
        "blok B 1.5 E 2.5",
        "0.0000,0.0000",
        "0.00000 0.00000",
        "https://maps.google.com/?q=0,0",
        "https://www.google.com/maps/@0,0,15z",
        "95.1234,190.1234",
        "-91.0001,181.0001",
        "lat 95.1234 lon 120.1234",
        "0°99'S 109°20'E",
        "0°01'75\"S 109°20'33\"E",
        "-0°01'34.7\", 109.3425",
        "0.0263 N 0.0300 N",
        "-0.0263 N 109.3425 E",  # a minus and a north contradict each other
        "S 0.0263, 109.3425",  # one point of the compass leaves the other number unsure
        "0.0263, 109.3425 E",
        "lokasi - 0.0263, 109.3425",  # a minus or a dash: six kilometres apart
        "-0.0263",
        "0.0263 S",
        "https://maps.google.com/?q=Pasar+Flamboyan",
        "https://maps.app.goo.gl/AbC123xyz",
        "https://evil.example/?q=1",
        "1,2,3,4",
        "1.2345",
        "no rek 123.4567.8901",
        "NIK 6171014504900001",
    ],
)
def test_what_is_no_position_never_becomes_one(text: str) -> None:
    assert spot_in(text, near=TUGU) is None


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("lihat https://maps.app.goo.gl/AbC123xyz?g_st=iw ya", "https://maps.app.goo.gl/AbC123xyz"),
        ("goo.gl/maps/AbCd12", "https://goo.gl/maps/AbCd12"),
        ("HTTP://MAPS.APP.GOO.GL/AbCd12.", "https://maps.app.goo.gl/AbCd12"),
        ("https://share.google/AbC123xyz", "https://share.google/AbC123xyz"),
        ("di sini g.co/kgs/AbCd12 pak", "https://g.co/kgs/AbCd12"),
        ("https://share.google.evil.example/AbCd12", None),
        ("https://g.co/AbCd12", None),
        ("https://maps.app.goo.gl.evil.example/AbCd12", None),
        ("https://evil-maps.app.goo.gl/AbCd12", None),
        ("https://evil.example/maps.app.goo.gl", None),
        ("https://user@maps.app.goo.gl@evil.example/AbCd12", None),
        ("goo.gl/AbCd12", None),
        ("maps.google.com/?q=-0.0263,109.3425", None),
    ],
)
def test_it_finds_shortened_links_of_known_hosts_only(text: str, link: str | None) -> None:
    assert short_link_in(text) == link


latitudes = st.floats(-89.9, 89.9).map(lambda degrees: round(degrees, 5))
longitudes = st.floats(-179.9, 179.9).map(lambda degrees: round(degrees, 5))


def _compass(lat: float, lon: float, north: str, south: str, east: str, west: str) -> str:
    return f"{abs(lat):.5f} {north if lat >= 0 else south} {abs(lon):.5f} {east if lon >= 0 else west}"


def _sixty(degrees: float, marks: str) -> str:
    minutes, seconds = divmod(round(abs(degrees) * 36_000), 600)
    return f"{minutes // 60}°{minutes % 60:02d}'{seconds / 10:04.1f}\"{marks[degrees < 0]}"


FORMATS: dict[str, Callable[[float, float], str]] = {
    "pair": lambda lat, lon: f"{lat:.5f},{lon:.5f}",
    "spaced": lambda lat, lon: f"{lat:.5f} {lon:.5f}",
    "comma decimals": lambda lat, lon: f"{lat:.5f} {lon:.5f}".replace(".", ","),
    "compass": lambda lat, lon: _compass(lat, lon, "N", "S", "E", "W"),
    "indonesian compass": lambda lat, lon: _compass(lat, lon, "LU", "LS", "BT", "BB"),
    "labels": lambda lat, lon: f"lat {lat:.5f} lon {lon:.5f}",
    "minutes": lambda lat, lon: f"{_sixty(lat, 'NS')} {_sixty(lon, 'EW')}",
    "geo": lambda lat, lon: f"geo:{lat:.5f},{lon:.5f}",
    "google": lambda lat, lon: f"https://maps.google.com/?q={lat:.5f},{lon:.5f}",
    "google pin": lambda lat, lon: f"https://google.com/maps/place/X/data=!3d{lat:.5f}!4d{lon:.5f}",
    "openstreetmap": lambda lat, lon: f"https://openstreetmap.org/?mlat={lat:.5f}&mlon={lon:.5f}",
    "plus code": lambda lat, lon: str(openlocationcode.encode(lat, lon, 11)),
}


@pytest.mark.parametrize("written_as", FORMATS)
@given(lat=latitudes, lon=longitudes)
def test_what_is_written_in_any_format_is_read_back(written_as: str, lat: float, lon: float) -> None:
    text = FORMATS[written_as](lat, lon)
    spot = spot_in(f"tolong {text} cepat")
    if max(abs(lat), abs(lon)) < 0.009 or (written_as == "plus code" and not re.search("[A-Z]", text)):
        assert spot is None
    elif max(abs(lat), abs(lon)) > 0.011:  # between them, rounding decides whether it is 0,0
        assert spot is not None
        assert metres((spot.lat, spot.lon), (lat, lon)) <= spot.radius_m


@given(st.text(), st.sampled_from([None, TUGU]))
@example("geo:0,0?q=%", None)
@example("https://google.com/maps?q=%ff%fe", None)
@example("http://[google.com/maps?q=1", None)
@example("٠٫٠٢٦٣,١٠٩٫٣٤٢٥", None)
def test_reading_never_raises_and_never_leaves_the_earth(text: str, near: tuple[float, float] | None) -> None:
    spot = spot_in(text, near, INDONESIA)
    assert spot is None or plausible(spot.lat, spot.lon)
    link = short_link_in(text)
    assert link is None or any(host in text.lower() for host in ("goo.gl/", "share.google/", "g.co/kgs/"))


@given(st.text(alphabet="0123456789.,-+ SENWLTB°'\"/:;?=&@!dq"))
def test_digits_and_marks_never_raise(text: str) -> None:
    for wrapped in (text, f"geo:{text}", f"https://www.google.com/maps?q={text}", f"maps.google.com/maps/@{text}"):
        spot = spot_in(wrapped)
        assert spot is None or plausible(spot.lat, spot.lon)


words = st.text(alphabet=string.ascii_letters, min_size=1, max_size=9)
amounts = st.integers(0, 10**13).map(str) | st.integers(1000, 10**9).map(lambda n: f"{n:,}".replace(",", "."))
clocks = st.times().map(lambda time: time.strftime("%H.%M"))


@given(st.lists(words | amounts | clocks).map(" ".join))
def test_words_numbers_amounts_and_times_are_never_a_position(text: str) -> None:
    assert spot_in(text, near=TUGU) is None


@pytest.mark.parametrize(
    "piece", ["-0.0263", "0 ", "S 0.02 ", "1.1111,", "https://google.com/", "geo:0,0;", "a.", "22CC+", "°'"]
)
def test_a_long_nonsense_text_is_read_in_no_time(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    start = perf_counter()
    spot_in(text, near=TUGU)
    assert perf_counter() - start < 1.0
