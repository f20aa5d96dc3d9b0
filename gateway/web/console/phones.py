"""The phones of a demo: handsets to press in the browser, so that a newcomer understands Siaga in a minute.

Only a demo has these pages. Anybody who reaches them may use them: a real phone asks for no log-in either.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.carriers.simulator.people import KEYS, Exchange
from gateway.carriers.simulator.phones import Quirk
from gateway.config import Settings
from gateway.core.phone import e164, local
from gateway.demo_city import BUDI, JOKO
from gateway.demo_city.network import exchange
from gateway.identity.callers import Caller, identify
from gateway.web.console import access
from gateway.web.console.monitor import done, refuse
from gateway.web.console.phone_state import state
from gateway.web.console.words import t
from gateway.wiring import handsets

page = Blueprint("phones", __name__, url_prefix="/phones")

INDAH = "+6281270010007"  # the second-nearest officer to Budi
DESK = "+62561700302"  # the desk of the Polsek where Budi lives
FIRST = (BUDI, JOKO, INDAH, DESK)
ROW = 4  # phones to begin with if the made-up city is not loaded
MOST = 12  # the most phones on one page: the page asks for each twice a second
MISSED, PATIENT = 3.0, 30.0  # seconds of ringing: long enough to be seen, and long enough to be connected
# an action waits for a webhook of ours, so half of the threads stay free for webhooks
turns = threading.BoundedSemaphore(8)

Act = Callable[[Exchange, str, str], str]  # returns why it is impossible, as a key of `console.not_now.…`, or ""


@dataclass(frozen=True)
class Owner:
    """The owner of a phone, and the parameters of this page without that phone."""

    number: str
    name: str
    role: str
    others: Sequence[str]


# --- what is shown --------------------------------------------------------------------------------------------


@page.get("")
def show() -> str:
    """Show the phones named by `n` in the address, by default those that a first panic needs; `add` adds one."""
    phones = handsets(_settings())
    known = phones.numbers()
    wanted, unread = _wanted(known)
    with access.reading() as uow:
        callers = {number: identify(uow, number) for number in {*known, *wanted}}
    return render_template(
        "phones.html",
        owners=[_owner(callers[number], wanted) for number in wanted],
        more=[_owner(callers[number], ()) for number in known if number not in wanted],
        screens={number: phones.screen(number) for number in wanted},
        wanted=wanted,
        unread=unread,
        full=len(wanted) >= MOST,
        quirks=[quirk.value for quirk in Quirk],
    )


@page.get("/state")
def tell() -> Response:
    """Answer the state of the phones named by `n`."""
    phones = handsets(_settings())
    return jsonify({number: state(phones, number) for number in request.args.getlist("n")[:MOST]})


def _settings() -> Settings:
    return access.house().settings


def _is_number(text: str) -> bool:
    """Return whether this is a number in E.164."""
    return e164(text) == text


def _wanted(known: Sequence[str]) -> tuple[list[str], str]:
    """Return the numbers to show, each once, and the typed text if it is no number."""
    typed = request.args.get("add", "").strip()
    added = e164(typed, _settings().default_region)
    asked = filter(_is_number, request.args.getlist("n"))
    first = [number for number in FIRST if number in known] or known[:ROW]
    wanted = dict.fromkeys([*(list(asked) or first), *filter(None, [added])])
    return list(wanted)[:MOST], "" if added else typed


def _owner(caller: Caller, wanted: Sequence[str]) -> Owner:
    roles = {"desk": caller.desks, "officer": caller.officer, "citizen": caller.citizen}
    role = next((name for name, held in roles.items() if held), "stranger")
    others = [number for number in wanted if number != caller.phone]
    return Owner(caller.phone, caller.name or local(caller.phone), t(f"phones.{role}"), others)


# --- what people do -------------------------------------------------------------------------------------------


def _send(people: Exchange, number: str, words: str) -> str:
    return "" if people.text(number, words) else "phone_off"


def _miss(people: Exchange, number: str, _: str) -> str:
    return "" if people.ring(number, MISSED) else "phone_off"


def _call_us(people: Exchange, number: str, _: str) -> str:
    """Press the green key: pick up if the phone rings, else call the gateway."""
    return "" if people.answer(number) or people.ring(number, PATIENT) else "phone_off"


def _hang_up(people: Exchange, number: str, _: str) -> str:
    return "" if people.hang_up(number) else "phone_idle"


def _press(people: Exchange, number: str, key: str) -> str:
    if key not in KEYS:
        abort(400)
    return "" if people.press(number, key) else "phone_idle"


def _dial(people: Exchange, number: str, code: str) -> str:
    return "" if people.dial(number, code) else "phone_off"


def _reply(people: Exchange, number: str, words: str) -> str:
    return "" if people.reply(number, words) else "phone_idle"


ACTIONS: Mapping[str, Act] = {
    "text": _send,
    "miss": _miss,
    "call": _call_us,
    "hang-up": _hang_up,
    "press": _press,
    "dial": _dial,
    "reply": _reply,
}


@page.post("/<number>/<action>")
def act(number: str, action: str) -> ResponseReturnValue:
    """Do one of ACTIONS on one phone, with its `words`: 204 once the gateway has got it, 409 with the reason."""
    if action not in ACTIONS or not _is_number(number):
        abort(404)
    if not turns.acquire(blocking=False):
        return refuse("phones_busy", _back())
    try:
        complaint = ACTIONS[action](exchange(_settings()), number, request.form.get("words", "").strip())
    finally:
        turns.release()
    return refuse(complaint, _back()) if complaint else done(_back())


@page.post("/<number>/quirk")
def ail(number: str) -> ResponseReturnValue:
    """Turn a phone off, make it busy or unreachable, or repair it: `words` is one of Quirk."""
    words = request.form.get("words", "")
    if words not in {quirk.value for quirk in Quirk} or not _is_number(number):
        abort(404)
    handsets(_settings()).set_quirk(number, Quirk(words))
    return done(_back())


def _back() -> str:
    """Return the address of the page with the same phones on it."""
    return access.safe_next(request.form.get("back") or url_for("phones.show"))
