"""Access to pages: log-ins that end, roles, and the units of work that pages open.

    @page.get("/admin")
    @allow(ADMIN)
    def admin() -> str:
        with reading() as uow: ...

`allow()` with no role lets every logged-in user in. `reading()` is for pages, `writing()` for actions.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, Request, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf import CSRFProtect
from sqlalchemy.exc import SQLAlchemyError

from gateway.identity import api_keys, users
from gateway.identity.api_keys import Access
from gateway.identity.users import Identity
from gateway.models import ended_login as ended_logins
from gateway.models.user import ADMIN, DESK, VIEWER
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House

__all__ = [
    "ADMIN",
    "DESK",
    "VIEWER",
    "allow",
    "csrf",
    "granted",
    "me",
    "reading",
    "reading_desk",
    "sign_in",
    "sign_out",
    "writing",
]

log = logging.getLogger(__name__)
IDLE = timedelta(hours=8)  # one shift; an open monitor page counts as activity
LONGEST = timedelta(hours=24)
API = "/api/"  # paths for programs
NOTED_EACH = timedelta(minutes=1)  # activity is noted at most once in this time, because each note is a new cookie
P = ParamSpec("P")
R = TypeVar("R")

logins = LoginManager()
csrf = CSRFProtect()


class SignedIn:
    """A user as flask-login needs one: a wrapper around an Identity."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, identity: Identity, access: Access | None = None) -> None:
        self.identity = identity
        # Who logged in may read what a key of theirs could; to act they use the pages, whose forms bear a token.
        self.access = access or Access(identity, api_keys.may(identity.role, api_keys.READS))

    def get_id(self) -> str:
        return f"{self.identity.id}.{self.identity.session}"


# --- desks ----------------------------------------------------------------------------------------------------


def house() -> House:
    return cast(House, current_app.extensions["house"])


def reading_desk(home: House) -> AbstractContextManager[UnitOfWork]:
    """Open a unit of work that only reads: it waits for no writer, and its changes are not stored."""
    return home.open_reading_uow()


def reading() -> AbstractContextManager[UnitOfWork]:
    """Open a unit of work of this app's house that only reads."""
    return reading_desk(house())


def writing() -> AbstractContextManager[UnitOfWork]:
    """Open a unit of work for one short transaction. A wave that is too large for it is left to the worker."""
    return house().open_hook_uow()


# --- log-ins --------------------------------------------------------------------------------------------------


def me() -> Identity:
    """Return the logged-in user. Call it only behind `allow`."""
    return cast(SignedIn, current_user).identity


def granted() -> Access:
    """Return what the one who asks may do by /api/v1. Call it only behind `allow`."""
    return cast(SignedIn, current_user).access


def sign_in(user_id: int) -> None:
    """Begin a new session for a user who has answered every question."""
    with reading() as uow:
        found = users.identity(uow, user_id, users.session_of(uow, user_id))
    if found is None:
        abort(403)
    language = session.get("language")
    session.clear()
    login_user(SignedIn(found))
    session.update(since=now(), seen=now(), login=secrets.token_urlsafe(16), language=language or found.language)


def sign_out() -> None:
    """End this log-in, with every copy of its cookie."""
    mark = login_mark()
    try:
        if mark:
            with writing() as uow:
                ended_logins.end(uow.db, mark, uow.now(), uow.now() - LONGEST)
    except SQLAlchemyError:
        log.warning("a log-out without the database: a copy of its cookie would still open pages")
    language = session.get("language")
    logout_user()
    session.clear()
    session["language"] = language


def login_mark() -> str:
    """Return the mark of this browser's log-in; "" if it has none."""
    return str(session.get("login", ""))


def ended_of(home: House, marks: Collection[str]) -> set[str]:
    """Return which of these log-ins were ended, for the live pages. Raises SQLAlchemyError."""
    with reading_desk(home) as uow:
        return ended_logins.ended(uow.db, marks)


@logins.user_loader  # type: ignore[untyped-decorator] # flask-login has no types
def load(token: str) -> SignedIn | None:
    """Return the user of this session, unless it has ended."""
    user_id, _, number = token.partition(".")
    if not (user_id + number).isdigit() or _ended():
        return None
    with reading() as uow:
        found = None if ended_logins.ended(uow.db, [login_mark()]) else users.identity(uow, int(user_id), int(number))
    if found is None:
        return None
    if now() - float(session["seen"]) > NOTED_EACH.total_seconds():
        session["seen"] = now()
    return SignedIn(found)


@logins.request_loader  # type: ignore[untyped-decorator] # flask-login has no types
def load_by_key(asked: Request) -> SignedIn | None:
    """Return the user whose key a program sends, for /api/v1 only: a key opens no page and no action."""
    kind, _, key = asked.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not asked.path.startswith(API):
        return None
    with reading() as uow:
        found = api_keys.access(uow, key.strip())
    return SignedIn(found.identity, found) if found is not None else None


def _ended() -> bool:
    since, seen = float(session.get("since", 0)), float(session.get("seen", 0))
    return now() - since > LONGEST.total_seconds() or now() - seen > IDLE.total_seconds()


def now() -> float:
    """Return the time in seconds since 1970."""
    return house().clock().timestamp()


def opened_at() -> datetime:
    """Return when this session began (UTC)."""
    return datetime.fromtimestamp(float(session["since"]), tz=house().clock().tzinfo)


@logins.unauthorized_handler  # type: ignore[untyped-decorator] # flask-login has no types
def ask_to_log_in() -> ResponseReturnValue:
    """Redirect a page to the log-in. A script and a program get a 401; the script shows it across the screen."""
    if request.headers.get("X-Requested-With") == "fetch" or request.path == "/live" or request.path.startswith(API):
        abort(401)
    return redirect(url_for("login.ask_password", next=request.full_path if request.method == "GET" else None))


def allow(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Let only users with one of these roles in (with none named, every user).

    Other users get 403, and people without a log-in get the log-in page.
    """

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
    """Return the page to show after the log-in: never a page outside our own site."""
    ours = wanted is not None and wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if wanted and ours and wanted.isprintable():  # browsers remove a tab or a line break, and may then read "//"
        return wanted
    return url_for("monitor.show")


def register(app: Flask) -> None:
    logins.init_app(app)
    csrf.init_app(app)
    csrf.exempt(app.blueprints["api"])  # it acts for a key only, which no browser sends by itself
    csrf.exempt(app.blueprints["hooks"])  # carriers prove who they are in their own ways
