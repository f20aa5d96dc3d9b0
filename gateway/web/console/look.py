"""How pages look: the light or the dark theme, which this browser remembers, and the icons."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from lucide.jinja import lucide
from markupsafe import Markup

from gateway.web.console import access

page = Blueprint("look", __name__)
COOKIE = "theme"
ATTRIBUTES: dict[str, Any] = {"class": "icon", "aria-hidden": "true"}
YEAR = 365 * 24 * 3600  # seconds


class Theme(NamedTuple):
    """When a page is dark: the media query of dark.css, and the icon of the choice."""

    media: str
    icon: str


AUTO = "auto"
THEMES = {
    AUTO: Theme("screen and (prefers-color-scheme: dark)", "monitor"),
    "light": Theme("not all", "sun"),
    "dark": Theme("screen", "moon"),
}


def theme() -> str:
    """Return the theme that this browser chose, else the one that follows the browser."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in THEMES else AUTO


def icon(name: str) -> Markup:
    """Return the Lucide icon with this name as SVG; it says nothing to a screen reader. Raises IconDoesNotExist."""
    return Markup(lucide(name, **ATTRIBUTES))  # noqa: S704 - out of an installed package


@page.post("/theme")
def switch() -> ResponseReturnValue:
    """Remember the theme in this browser: on a shared PC it belongs to the desk, not to the user."""
    answer = current_app.make_response(redirect(access.safe_next(request.form.get("next"))))
    chosen = request.form.get("theme", "")
    if chosen in THEMES:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        answer.set_cookie(COOKIE, chosen, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    return answer


def register(app: Flask) -> None:
    app.register_blueprint(page)
    app.jinja_env.globals["icon"] = icon
    app.context_processor(_names)


def _names() -> dict[str, Any]:
    return {"theme": theme(), "themes": THEMES}
