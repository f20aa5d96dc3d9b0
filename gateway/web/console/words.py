"""Functions for templates: sentences in the reader's language, times on the unit's clock, numbers as people dial."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from gateway.core import defaults, phone
from gateway.core.days import zone
from gateway.core.languages import LANGUAGES
from gateway.core.sentences import phrases
from gateway.core.sentences.ages import age_text, distance_text
from gateway.identity import users
from gateway.web.console import access

page = Blueprint("words", __name__)
NAMES = {code: language.name for code, language in LANGUAGES.items()}


def language() -> str:
    """Return the reader's language: the one switched to, else the browser's, else the gateway's own."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or access.house().settings.default_language


def t(key: str, **facts: object) -> str:
    """Return the sentence `console.<key>` in the reader's language."""
    return phrases.say(f"console.{key}", language(), **facts)


def has(key: str) -> bool:
    """Return whether there is a sentence `console.<key>`."""
    known = phrases.keys()
    return f"console.{key}" in known


def clock(at: datetime | None, timezone: str | None = None) -> str:
    """Return a time as "14:32 WIB" on the unit's own clock; "" for None."""
    return phrases.clock_text(at, timezone or _timezone()) if at is not None else ""


def day(at: datetime, timezone: str | None = None) -> str:
    """Return a date and time as "2026-11-22 14:32 WIB"."""
    named = timezone or _timezone()
    return f"{at.astimezone(zone(named)):%Y-%m-%d} {phrases.clock_text(at, named)}"


def _timezone() -> str:
    return access.me().timezone if current_user.is_authenticated else defaults.TIMEZONE


@page.post("/language/<code>")
def switch(code: str) -> ResponseReturnValue:
    """Switch the language from now on, for this browser and, if logged in, for this user."""
    if code in LANGUAGES:
        session["language"] = code
        if current_user.is_authenticated:
            with access.writing() as uow:
                users.set_language(uow, access.me().id, code)
    return redirect(access.safe_next(request.form.get("next")))


def register(app: Flask) -> None:
    app.register_blueprint(page)
    app.jinja_env.filters.update(_filters())
    app.context_processor(_names)


def _filters() -> dict[str, Callable[..., str]]:
    return {
        "clock": clock,
        "day": day,
        "local": phone.local,
        "age": lambda seconds: age_text(seconds, language()),
        "metres": lambda metres: distance_text(metres, language()),
    }


def _names() -> dict[str, Any]:
    return {
        "t": t,
        "has": has,
        "language": language(),
        "languages": NAMES,
        "me": access.me() if current_user.is_authenticated else None,
        "csrf": generate_csrf,
        "demo": access.house().settings.demo,
    }
