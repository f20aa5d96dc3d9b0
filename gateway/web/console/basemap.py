"""The base map from one file (PMTILES_PATH): raster tiles that we serve ourselves, so that no outside host is needed.

Vector tiles would need a renderer in the browser; an archive of vector tiles is refused with a line in the log.
"""

from __future__ import annotations

import logging
import mmap
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort

from gateway.web.console import access
from gateway.web.console.access import allow

log = logging.getLogger(__name__)
page = Blueprint("basemap", __name__)

ADDRESS = "/tiles/{z}/{x}/{y}"
DAY = 24 * 3600
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "AVIF": "image/avif"}
DEEPEST = 24
MAGIC = b"PMTiles\x03"  # https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md#33-header


def address() -> str:
    """Return the address of the tiles for Leaflet: our own file's, else TILE_URL; empty means boundaries only."""
    settings = access.house().settings
    if settings.pmtiles_path is not None and _archive(settings.pmtiles_path) is not None:
        return ADDRESS
    return settings.tile_url


@page.get("/tiles/<int:z>/<int:x>/<int:y>")
@allow()
def tile(z: int, x: int, y: int) -> Response:
    """Answer one tile of the archive; 404 if it has none."""
    path = access.house().settings.pmtiles_path
    archive = _archive(path) if path is not None else None
    if archive is None or z > DEEPEST or max(x, y) >= 2**z:
        abort(404)
    reader, mimetype = archive
    data = reader.get(z, x, y)
    if data is None:
        abort(404)
    answer = Response(data, mimetype=mimetype)
    answer.cache_control.max_age = DAY
    answer.cache_control.private = True
    return answer


@cache
def _archive(path: Path) -> tuple[Any, str] | None:
    """Return a reader of the archive and its tile type; None for an archive that we cannot show.

    It is opened once, mapped into memory, and stays open as long as the process lives.
    """
    try:
        reading = import_module("pmtiles.reader")  # imported here only, because it has no types
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if mapped[: len(MAGIC)] != MAGIC:
            raise ValueError("no PMTiles archive of version 3")
        reader = reading.Reader(lambda offset, length: mapped[offset : offset + length])
        mimetype = TYPES.get(reader.header()["tile_type"].name)
    except (ImportError, OSError, ValueError, KeyError, IndexError) as error:
        log.warning("the base map cannot be read", extra={"error": type(error).__name__})
        return None
    if mimetype is None:
        log.warning("the base map has vector tiles; only raster tiles are shown")
        return None
    return reader, mimetype
