"""Who may see which page: log-ins that end, roles, and the desks that pages open.

    @page.get("/admin")
    @allow(ADMIN)
    def admin() -> str:
        with reading() as desk: ...

`allow()` with no role lets every logged-in user in. `reading()` is for pages, `writing()` for actions.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, Request, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf import CSRFProtect

from gateway.identity import users
from gateway.identity.users import Identity
from gateway.models.user import ADMIN, DESK, VIEWER
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House

__all__ = [
    "ADMIN",
    "DESK",
    "VIEWER",
    "allow",
    "csrf",
    "me",
    "reading",
    "reading_desk",
    "sign_in",
    "sign_out",
    "writing",
]

IDLE = timedelta(hours=8)  # a shift; an open monitor counts as somebody being there
LONGEST = timedelta(hours=24)
API = "/api/"  # where programs ask
NOTED_EACH = timedelta(minutes=1)  # how exactly idleness is known; each note is a new cookie
P = ParamSpec("P")
R = TypeVar("R")

logins = LoginManager()
csrf = CSRFProtect()


class SignedIn:
    """What flask-login wants of a user, around an Identity."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, identity: Identity) -> None:
        self.identity = identity

    def get_id(self) -> str:
        return f"{self.identity.id}.{self.identity.session}"


# --- desks ----------------------------------------------------------------------------------------------------


def house() -> House:
    return cast(House, current_app.extensions["house"])


def reading_desk(home: House) -> AbstractContextManager[UnitOfWork]:
    """A unit of work that only reads: it waits for no writer, and nothing that is done with it is kept."""
    return home.open_reading_uow()


def reading() -> AbstractContextManager[UnitOfWork]:
    """A unit of work that only reads, of this app's house."""
    return reading_desk(house())


def writing() -> AbstractContextManager[UnitOfWork]:
    """A unit of work for one short transaction; an incident's wave that is too large for it is the worker's."""
    return house().open_hook_uow()


# --- log-ins --------------------------------------------------------------------------------------------------


def me() -> Identity:
    """Whoever is logged in; only behind `allow`."""
    return cast(SignedIn, current_user).identity


def sign_in(user_id: int) -> None:
    """Begin a new session for a user who answered every question."""
    with reading() as uow:
        found = users.identity(uow, user_id, users.session_of(uow, user_id))
    if found is None:
        abort(403)
    language = session.get("language")
    session.clear()
    login_user(SignedIn(found))
    session.update(since=now(), seen=now(), language=language or found.language)


def sign_out() -> None:
    language = session.get("language")
    logout_user()
    session.clear()
    session["language"] = language


@logins.user_loader  # type: ignore[untyped-decorator] # flask-login has no types
def load(token: str) -> SignedIn | None:
    """The user of this session, unless it has ended."""
    user_id, _, number = token.partition(".")
    if not (user_id + number).isdigit() or _ended():
        return None
    with reading() as uow:
        found = users.identity(uow, int(user_id), int(number))
    if found is None:
        return None
    if now() - float(session["seen"]) > NOTED_EACH.total_seconds():
        session["seen"] = now()
    return SignedIn(found)


@logins.request_loader  # type: ignore[untyped-decorator] # flask-login has no types
def load_by_key(asked: Request) -> SignedIn | None:
    """Whoever's key a program shows, for /api/v1 only: no page and no action is opened by one."""
    kind, _, key = asked.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not asked.path.startswith(API):
        return None
    with reading() as uow:
        found = users.by_key(uow, key.strip())
    return SignedIn(found) if found is not None else None


def _ended() -> bool:
    since, seen = float(session.get("since", 0)), float(session.get("seen", 0))
    return now() - since > LONGEST.total_seconds() or now() - seen > IDLE.total_seconds()


def now() -> float:
    """The time, seconds since 1970."""
    return house().clock().timestamp()


def opened_at() -> datetime:
    """When this session began, UTC."""
    return datetime.fromtimestamp(float(session["since"]), tz=house().clock().tzinfo)


@logins.unauthorized_handler  # type: ignore[untyped-decorator] # flask-login has no types
def ask_to_log_in() -> ResponseReturnValue:
    """A page leads to the log-in; a script gets a 401, which it shows across the screen, and so does a program."""
    if request.headers.get("X-Requested-With") == "fetch" or request.path == "/live" or request.path.startswith(API):
        abort(401)
    return redirect(url_for("login.ask_password", next=request.full_path if request.method == "GET" else None))


def allow(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Only users with one of these roles (none named: every user). Others get 403, strangers the log-in."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
            if not current_user.is_authenticated:
                return ask_to_log_in()  # type: ignore[no-any-return] # flask-login has no types
            if roles and me().role not in roles:
                abort(403)
            return view(*args, **kwargs)

        return checked

    return decorate


def safe_next(wanted: str | None) -> str:
    """Where to go after the log-in: only ever a page of ours."""
    ours = wanted is not None and wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if wanted and ours and wanted.isprintable():  # browsers drop a tab or a line break, and read "//" then
        return wanted
    return url_for("monitor.show")


def register(app: Flask) -> None:
    logins.init_app(app)
    csrf.init_app(app)
    csrf.exempt(app.blueprints["hooks"])  # carriers prove themselves in their own ways
