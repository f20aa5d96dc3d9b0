"""Log in and out: name and password, then a one-time code if the user must enter one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from gateway.core.login_lanes import DELAY, Lane
from gateway.identity import logins
from gateway.web.console import access, login_door

page = Blueprint("login", __name__)
HALF_WAY = 300  # seconds between the password and the code


@page.get("/")
def begin() -> ResponseReturnValue:
    return redirect(url_for("monitor.show"))


@page.get("/login")
def ask_password() -> str:
    return render_template("login.html", next=request.args.get("next", ""))


@page.post("/login")
def check_password() -> ResponseReturnValue:
    """Check name and password; the page does not say which was wrong.

    While somebody guesses, a browser that we do not know must wait and send it again (`login_door`).
    """
    who = login_door.visitor(request.form.get("name", ""))
    lane = who.lane
    if lane is Lane.SUSPECT and (seconds := login_door.wait_s(who)):
        return _waits(seconds)
    with login_door.TURNS[lane].take() as got:
        if not got:
            return _asked_again(busy=True), 503
        if lane is Lane.SUSPECT and not login_door.spend_wait():
            return _waits(int(DELAY.total_seconds()))
        entry = _entry()
    if entry is None:
        login_door.note_wrong(who)
        return _asked_again(wrong=True), 401
    following = request.form.get("next", "")
    if entry.needs_code:
        session["half"] = {"user": entry.user_id, "at": access.now(), "next": following, "name": request.form["name"]}
        return redirect(url_for("login.ask_code"))
    return _let_in(entry.user_id, request.form["name"], following)


def _entry() -> logins.Entry | None:
    name, password = request.form.get("name", ""), request.form.get("password", "")
    return logins.check_password(access.house().open_uow, name, password)


def _waits(seconds: int) -> Response:
    answer = make_response(_asked_again(waits=seconds), 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _let_in(user_id: int, name: str, following: str) -> ResponseReturnValue:
    access.sign_in(user_id)
    answer = redirect(access.safe_next(following))
    login_door.remember_device(answer, name)
    return answer


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
    who, once = login_door.visitor(half["name"]), not home.settings.demo
    known = who.lane is Lane.KNOWN
    if not logins.check_code(home.open_uow, half["user"], request.form.get("code", ""), once=once, known=known):
        login_door.note_wrong(who)
        return render_template("code.html", wrong=True), 401
    return _let_in(half["user"], half["name"], half["next"])


@page.route("/logout", methods=["GET", "POST"])
def leave() -> ResponseReturnValue:
    """End this browser's log-in. A plain link works too: being logged out by a foreign page harms nobody."""
    access.sign_out()
    return redirect(url_for("login.ask_password"))


def _asked_again(**why: int) -> str:
    return render_template("login.html", name=request.form.get("name", ""), next=request.form.get("next", ""), **why)


def _half_way() -> dict[str, Any] | None:
    """Return the note that this browser's password was right within the last HALF_WAY seconds, if it was."""
    half = session.get("half")
    return half if half and access.now() - half["at"] < HALF_WAY else None
