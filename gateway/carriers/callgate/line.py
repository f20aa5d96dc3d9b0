"""CallGate: an Android phone with a local SIM that makes phones ring, and says nothing.

Sources: the app's README and its code (call-gate-app/android-app, eba10c9 of January 2026). What follows from its code:
it takes a call also while it has one, and puts that on hold; it tells that a call was dialled and that it ended, never
that somebody picked up; and it ends a waiting call of somebody else before our own.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import requests

from gateway.carriers import envelopes, wire
from gateway.core.messages import Answer, CallEvent, CallOut, Ending, Hook, Outcome, Phase, Script, Sent

# What we read; `call:started` is the dialling of a call of ours, or somebody's picking up at the phone itself.
PHASES = {"call:ringing": Phase.RINGING, "call:ended": Phase.ENDED}
NOT_DIALLED = {"500": Outcome.REFUSED}  # the app could not start the call
NOTHING_TO_END = 404
MOST_CALLS = 3  # calls that one taking back ends: a waiting one goes first


class CallGate:
    """One phone with a SIM. Raises nothing but `BadHook`.

    `name` is the line's. `api_url` is the phone's address, with `/api/v1` behind it if it has no path of its own.
    `number` is the SIM's, E.164. `is_door` says that citizens leave missed calls there; without a `signing_key` nobody
    tells us of them. `tells_of_waiting` says that the phone tells of a call that comes in while it rings somebody out.
    `timeout_seconds` are those to connect, and between two reads.
    """

    languages: frozenset[str] = frozenset()
    speaks = False
    plays_sounds = False

    def __init__(
        self,
        *,
        name: str,
        api_url: str,
        username: str,
        password: str,
        number: str,
        signing_key: str = "",
        is_door: bool = True,
        tells_of_waiting: bool = False,
        timeout_seconds: tuple[float, float] = (3.05, 9.0),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.own_numbers: tuple[str, ...] = (number,)
        self.is_door = is_door and bool(signing_key)
        self.tells_of_waiting = tells_of_waiting
        base = api_url.rstrip("/")
        self._calls = f"{base}/calls" if urlsplit(base).path else f"{base}/api/v1/calls"
        self._account = (username, password)
        self._key = signing_key
        self._timeout = timeout_seconds
        self._session = wire.session()
        self._now = now

    # --- in ---

    def authentic(self, hook: Hook) -> bool:
        return wire.is_signed(hook, self._key, self._now())

    def kind(self, hook: Hook) -> str:
        """Return "call", or "" for an envelope that is only kept. Android tells each event twice, once without the
        number."""
        told = envelopes.flat(hook)
        return "call" if wire.field(told, "event") in PHASES and wire.phone(told, "phoneNumber") else ""

    def read_call(self, hook: Hook) -> CallEvent:
        """Read a call that comes in, or the end of one. The end of a call that came in is told in the same words as
        that of ours; it then belongs to no call of ours. The end of ours proves nothing: the phone is free."""
        event = envelopes.ringing(hook, self.name, self.own_numbers[0], self._now())
        phase = PHASES.get(wire.field(envelopes.flat(hook), "event"), Phase.RINGING)
        if phase is Phase.RINGING:
            return event
        return replace(event, incoming=False, phase=phase, ending=Ending.NO_ANSWER)

    def answer_call(self, script: Script, event: CallEvent) -> Answer:
        """Return an empty answer, because the app reads none."""
        return Answer()

    # --- out ---

    def place_call(self, call: CallOut) -> Sent:
        """Let the phone dial. It rings until `cancel_call`; the app knows no time."""
        if not wire.dialable(call.to):
            return wire.BAD_NUMBER
        try:
            answer = self._ask("POST", {"call": {"phoneNumber": call.to}})
        except requests.RequestException as error:
            return wire.failed(error)
        if not 200 <= answer.status_code < 300:
            return wire.refused(answer.status_code, table=NOT_DIALLED)
        if not _is_ours(answer, call.to):
            return wire.GARBLED
        return Sent(Outcome.ACCEPTED, ref=f"ring-{call.attempt}-{secrets.token_hex(4)}")

    def cancel_call(self, ref: str) -> bool:
        """End whatever the phone has, until it has nothing. Return False if it cannot be reached or does not end
        it."""
        ended = False
        for _ in range(MOST_CALLS):
            try:
                status = self._ask("DELETE").status_code
            except requests.RequestException:
                return ended
            if status == NOTHING_TO_END:
                return True
            if not 200 <= status < 300:
                return ended
            ended = True
        return ended

    def _ask(self, method: str, body: object = None) -> requests.Response:
        return self._session.request(
            method, self._calls, json=body, auth=self._account, timeout=self._timeout, allow_redirects=False
        )


def _is_ours(answer: requests.Response, to: str) -> bool:
    """Return whether it is CallGate's answer: the call that was asked for."""
    try:
        return bool(answer.json()["call"]["phoneNumber"] == to)
    except (requests.exceptions.JSONDecodeError, *wire.MISSHAPEN):
        return False
