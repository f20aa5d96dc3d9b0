"""The state of a simulated phone, as the page's script reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.phones import CallState, ScreenText, SimCall, UssdSession
from gateway.core.phone import local
from gateway.web.console.words import t

INBOX = 20  # texts
# for other calls the state alone says it
DOING = {("in", CallState.RINGING): "ringing_in", ("out", CallState.RINGING): "ringing_out"}


def state(phones: Handsets, number: str) -> dict[str, Any]:
    """Return the phone's present call (else the last one), its USSD menu, its texts, and its fault, if it has one.

    Times are ISO 8601 in UTC, which sort as text.
    """
    call, session = phones.live(number), phones.session(number)
    past = [] if call else phones.call_log(number)[-1:]
    return {
        "quirk": phones.quirk(number).value,
        "call": _call(call) if call else None,
        "last": _call(past[0]) if past else None,
        "menu": _menu(session) if session else None,
        "texts": [_text(text) for text in phones.texts(number)[-INBOX:]],
    }


def _menu(session: UssdSession) -> dict[str, Any]:
    return {"open": session.open, "screen": session.screen, "at": _at(session.touched)}


def _call(call: SimCall) -> dict[str, Any]:
    doing = DOING.get((call.direction, call.state), call.state.value)
    return {
        "ref": call.ref,
        "title": t(f"phones.{doing}", number=local(call.other)),
        "doing": doing,
        "said": call.said,
        "language": call.language,
        "asks": call.listening_until is not None,
        "at": _at(call.ended or call.started),
    }


def _text(text: ScreenText) -> dict[str, Any]:
    heading = t(f"phones.text_{text.direction}", number=local(text.other))
    return {"heading": heading, "body": text.body, "at": _at(text.at)}


def _at(moment: datetime) -> str:
    return moment.isoformat()
