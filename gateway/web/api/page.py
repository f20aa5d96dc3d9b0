"""The description of /api/v1 (OpenAPI 3.1, made of the code), and a page to try it that loads nothing from outside."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Response, abort, current_app, render_template, send_from_directory

from gateway.web.api.door import answer, api, description
from gateway.web.console.access import allow

# Swagger UI's files, out of a Python package that carries them.
PACKAGE, FOLDER = "flask_openapi3_swagger", "templates/swagger"
FILES = ("css/swagger-ui.css", "js/swagger-ui-bundle.js")
WEEK = 7 * 24 * 3600


@api.get("/openapi.json")
@allow()
def openapi() -> Response:
    """Answer the OpenAPI document."""
    description.app = current_app
    return answer(description.spec)


@api.get("/docs")
@allow()
def try_it() -> str:
    """Show the page to try the API."""
    return render_template("api.html")


@api.get("/docs/<path:name>")
@allow()
def swagger(name: str) -> Response:
    """Answer one of Swagger UI's files."""
    folder = _folder()
    if folder is None or name not in FILES:
        abort(404)
    return send_from_directory(folder, name, max_age=WEEK)


@cache
def _folder() -> Path | None:
    found = find_spec(PACKAGE)
    locations = found.submodule_search_locations if found is not None else None
    return Path(locations[0]) / FOLDER if locations else None
