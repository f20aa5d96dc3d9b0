"""Leaflet, the map's library, from its installed package.

Leaflet comes as the PyPI package django-js-lib-leaflet, whose files are those of npm's leaflet 1.9.4; nothing of Django
is needed to read them. Without it the monitor works and its map says that it is not installed.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

page = Blueprint("maps", __name__)
PACKAGE = "js_lib_leaflet"
WEEK = 7 * 24 * 3600


@cache
def _folder() -> Path | None:
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "static" / PACKAGE


def is_installed() -> bool:
    return _folder() is not None


@page.get("/leaflet/<path:name>")
def leaflet(name: str) -> Response:
    """Answer one of Leaflet's files."""
    folder = _folder()
    if folder is None:
        abort(404)
    return send_from_directory(folder, name, max_age=WEEK)
