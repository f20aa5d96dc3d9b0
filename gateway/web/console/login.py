"""Log in and out: name and password, then a one-time code if the user must enter one."""

from __future__ import annotations

import threading
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from gateway.identity import logins
from gateway.web.console import access

page = Blueprint("login", __name__)
HALF_WAY = 300  # seconds between the password and the code
AT_ONCE = 3  # Argon2 takes a core and 64 MiB on purpose; the other threads of this process must serve webhooks
turns = threading.BoundedSemaphore(AT_ONCE)


@page.get("/")
def begin() -> ResponseReturnValue:
    return redirect(url_for("monitor.show"))


@page.get("/login")
def ask_password() -> str:
    return render_template("login.html", next=request.args.get("next", ""))


@page.post("/login")
def check_password() -> ResponseReturnValue:
    """Check name and password; the page does not say which was wrong.

    If many log in at once, some must try again: the log-in is open to the world, and a panic must not wait behind it.
    """
    if not turns.acquire(blocking=False):
        return _asked_again(busy=True), 503
    try:
        entry = logins.check_password(
            access.house().open_uow, request.form.get("name", ""), request.form.get("password", "")
        )
    finally:
        turns.release()
    following = request.form.get("next", "")
    if entry is None:
        return _asked_again(wrong=True), 401
    if entry.needs_code:
        session["half"] = {"user": entry.user_id, "at": access.now(), "next": following}
        return redirect(url_for("login.ask_code"))
    access.sign_in(entry.user_id)
    return redirect(access.safe_next(following))


@page.get("/login/code")
def ask_code() -> ResponseReturnValue:
    if _half_way() is None:
        return redirect(url_for("login.ask_password"))
    return render_template("code.html")


@page.post("/login/code")
def check_code() -> ResponseReturnValue:
    """Check the one-time code.

    In the demo a code works twice, because its users and tests log in within a half-minute.
    """
    half, home = _half_way(), access.house()
    if half is None:
        return redirect(url_for("login.ask_password"))
    if not logins.check_code(home.open_uow, half["user"], request.form.get("code", ""), once=not home.settings.demo):
        return render_template("code.html", wrong=True), 401
    access.sign_in(half["user"])
    return redirect(access.safe_next(half["next"]))


@page.route("/logout", methods=["GET", "POST"])
def leave() -> ResponseReturnValue:
    """End this browser's log-in. A plain link works too: being logged out by a foreign page harms nobody."""
    access.sign_out()
    return redirect(url_for("login.ask_password"))


def _asked_again(**why: bool) -> str:
    return render_template("login.html", name=request.form.get("name", ""), next=request.form.get("next", ""), **why)


def _half_way() -> dict[str, Any] | None:
    """Return the note that this browser's password was right within the last HALF_WAY seconds, if it was."""
    half = session.get("half")
    return half if half and access.now() - half["at"] < HALF_WAY else None
