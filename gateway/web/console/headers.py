"""Headers of every answer that limit the browser: a strict content policy, no framing, cookies for us alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response
from flask_talisman import Talisman

from gateway.config import Settings

View = TypeVar("View", bound=Callable[..., object])
NOTHING = {"default-src": "'none'", "sandbox": ""}


def sealed(view: View) -> View:
    """Let nothing in this page's answer run, or load anything: its content is a stranger's."""
    setattr(view, "talisman_view_options", {"content_security_policy": NOTHING})  # noqa: B010 - Talisman's own name
    return view


def register(app: Flask, settings: Settings) -> None:
    """Add the headers to the app: no inline script or style, no outside host except that of the base map."""
    Talisman(
        app,
        content_security_policy=policy(settings),
        content_security_policy_nonce_in=[],
        force_https=False,  # the proxy before us does it; carriers' requests must never be redirected
        strict_transport_security=settings.public_url.startswith("https"),
        session_cookie_secure=settings.public_url.startswith("https"),
        session_cookie_http_only=True,
        session_cookie_samesite="Lax",
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"geolocation": "()", "camera": "()", "microphone": "()"},
    )
    app.after_request(_keep_nothing)
    app.config.update(SESSION_COOKIE_NAME="siaga", WTF_CSRF_TIME_LIMIT=None)


def _keep_nothing(answer: Response) -> Response:
    """Forbid storing the page: the next user at this desk must not see it with the browser's back key."""
    if "Cache-Control" not in answer.headers:
        answer.cache_control.no_store = True
    return answer


def policy(settings: Settings) -> dict[str, str]:
    """Return the Content-Security-Policy by directive."""
    images = " ".join(filter(None, ("'self'", "data:", origin(settings.tile_url))))
    return {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": images,
        "connect-src": "'self'",
        "font-src": "'self'",
        "media-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
    }


def origin(url: str) -> str:
    """Return the origin (`https://tiles.example`) of a tile address, whose host may begin with Leaflet's `{s}`.

    An empty address gives an empty string.
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}" if parts.netloc else ""
