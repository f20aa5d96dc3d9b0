"""The base map: out of one file, from a configured host, or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from gateway.web.console import headers
from gateway.wiring import House
from tests.console.station import Browser

PNG = b"\x89PNG not really"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with one tile, written by the format's own library."""
    writing, tiles = pytest.importorskip("pmtiles.writer"), pytest.importorskip("pmtiles.tile")
    path = tmp_path / "kota.pmtiles"
    with path.open("wb") as file:
        writer = writing.Writer(file)
        writer.write_tile(tiles.zxy_to_tileid(1, 1, 0), PNG)
        writer.finalize({"tile_type": tiles.TileType.PNG, "tile_compression": tiles.Compression.NONE, "min_lon_e7": 0,
                         "min_lat_e7": 0, "max_lon_e7": 0, "max_lat_e7": 0, "center_zoom": 0, "center_lon_e7": 0,
                         "center_lat_e7": 0}, {})  # fmt: skip
    return path


def with_settings(home: House, **settings: object) -> None:
    home.settings = home.settings.model_copy(update=settings)


def test_tiles_come_out_of_the_file(siti: Browser, home: House, archive: Path) -> None:
    with_settings(home, pmtiles_path=archive)
    assert 'data-tiles="/tiles/{z}/{x}/{y}"' in siti.get("/monitor").text or "data-map" not in siti.get("/monitor").text
    answer = siti.get("/tiles/1/1/0")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", PNG)
    for nowhere in ("1/0/0", "1/2/0", "0/0/1", "99/0/0"):
        assert siti.get(f"/tiles/{nowhere}").status_code == 404


def test_the_map_is_for_those_who_are_logged_in(browser: Browser, home: House, archive: Path) -> None:
    with_settings(home, pmtiles_path=archive)
    assert browser.get("/tiles/1/1/0").status_code == 302


@pytest.mark.parametrize("content", [b"", b"no archive", b"PMTiles\x03" + b"\x00" * 200])
def test_a_broken_file_is_no_map_and_no_broken_monitor(
    siti: Browser, home: House, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / f"broken{len(content)}.pmtiles"
    path.write_bytes(content)
    with_settings(home, pmtiles_path=path)
    assert siti.get("/monitor").status_code == 200
    assert siti.get("/tiles/0/0/0").status_code == 404


def test_without_a_setting_there_are_no_tiles(siti: Browser) -> None:
    assert siti.get("/tiles/0/0/0").status_code == 404


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://tiles.example/{z}/{x}/{y}.png?key=1", "https://tiles.example"),
        ("https://{s}.tiles.example/{z}/{x}/{y}.png", "https://*.tiles.example"),
        ("http://10.0.0.5:8080/{z}/{x}/{y}", "http://10.0.0.5:8080"),
        ("", ""),
    ],
)
def test_the_policy_lets_pictures_in_from_the_configured_host_alone(home: House, url: str, host: str) -> None:
    policy = headers.policy(home.settings.model_copy(update={"tile_url": url}))
    assert policy["img-src"].split() == ["'self'", "data:", *([host] if host else [])]


def test_a_configured_host_is_what_the_map_asks(app: Flask, siti: Browser, home: House) -> None:
    with_settings(home, tile_url="https://tiles.example/{z}/{x}/{y}.png")
    page = siti.get("/monitor").text
    assert ("https://tiles.example/{z}/{x}/{y}.png" in page) == ("data-map" in page)
