"""One's own Asterisk as a line for calls, placed and taken back over ARI.

The words and keys of a call are the matter of the process `switch` (gateway.switch), which holds ARI's events. It
tells us of them by signed hooks and carries the script of our answer out.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import time
from collections.abc import Callable
from dataclasses import replace

import requests

from gateway.carriers import scripts, wire
from gateway.carriers.asterisk import causes
from gateway.carriers.asterisk.ari import Ari, Limits
from gateway.core.languages import CODES
from gateway.core.messages import Answer, BadHook, CallEvent, CallOut, Ending, Hook, Outcome, Phase, Script, Sent

JSON = "application/json"
OUR_CALL = re.compile(r"siaga-([0-9]{1,9})-[0-9a-f]{12}")
PHASES = {"ringing": Phase.RINGING, "answered": Phase.ANSWERED, "key": Phase.KEY, "ended": Phase.ENDED}
EVENT_OF = {"voice": "ringing", "voice/keys": "key", "voice/status": "ended"}  # for a hook that does not name its event
UP = "Up"
HELD_FOR = 1.0  # seconds
NO_SWITCH = Sent(Outcome.REFUSED, code="no_switch")


class Asterisk:
    """One trunk of one Asterisk. Raises nothing but `BadHook`.

    `name` is the line's. `ari_url` is scheme, host and port. `trunk` is a PJSIP endpoint, or a whole dial string with
    `{number}` or `{digits}`. `number` is ours, E.164: called people see it. `timeout_seconds` are those to connect, and
    between two reads.
    """

    languages = frozenset(CODES)  # the words come as sounds
    speaks = True
    plays_sounds = True

    def __init__(
        self,
        *,
        name: str,
        ari_url: str,
        username: str,
        password: str,
        trunk: str,
        number: str,
        hook_key: str,
        public_url: str,
        timeout_seconds: Limits = (3.05, 9.0),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.own_numbers: tuple[str, ...] = (number,)
        self.number = number
        self.app = name.replace("asterisk", "siaga", 1)  # one application a line: `Stasis(siaga)` in the dial plan
        self.ari = Ari(ari_url, username, password, timeout_seconds)
        self._dial_string = trunk if "{" in trunk else f"PJSIP/{{number}}@{trunk}"
        self._region = wire.region(number)
        self._key = hook_key
        self._hooks = f"{public_url.rstrip('/')}/hooks/{name}"
        self._now = now
        self._held_at = -math.inf

    # --- in ---

    def authentic(self, hook: Hook) -> bool:
        return wire.is_signed(hook, self._key, self._now())

    def hook_url(self, path: str) -> str:
        """Return the address of one of this line's hooks, for the process that calls them."""
        return f"{self._hooks}/{path}"

    def signed(self, body: bytes) -> dict[str, str]:
        """Return the headers that prove a hook with this body, sent now."""
        stamp = str(int(self._now()))
        return {
            "X-Timestamp": stamp,
            "X-Signature": wire.signature(self._key, body, stamp),
            "Content-Type": JSON,
        }

    def read_call(self, hook: Hook) -> CallEvent:
        told = _flat(hook)
        call, phone = wire.field(told, "call"), wire.phone(told, "phone")
        ours = OUR_CALL.fullmatch(call)
        incoming = wire.field(told, "direction") != "outgoing" and ours is None
        if incoming and not phone:
            raise BadHook("a call without phone")
        phase = PHASES.get(wire.field(told, "event") or EVENT_OF.get(hook.path, ""), Phase.RINGING)
        return CallEvent(
            line=self.name,
            ref=wire.reference(call, phone, wire.field(told, "event"), at=self._now()),
            incoming=incoming,
            phone=phone,
            phase=phase,
            called=self.number,
            attempt=int(ours[1]) if ours else None,
            digits=wire.field(told, "digits")[:20] if phase is Phase.KEY else "",
            ending=_ending(told, incoming) if phase is Phase.ENDED else None,
            seconds=wire.whole(wire.field(told, "seconds")) or 0,
            region=self._region,
            raw=wire.letters(hook.body).replace("\x00", ""),
        )

    def answer_call(self, script: Script, event: CallEvent) -> Answer:
        return Answer(scripts.write_script(script), JSON)

    # --- out ---

    def place_call(self, call: CallOut) -> Sent:
        """Place a call. Its channel's id is made of our attempt, and Asterisk takes no id twice: a repeat is the same
        call. Without a process that holds the line's events a phone would ring and its owner hear nothing, so none is
        rung."""
        if not wire.dialable(call.to):
            return wire.BAD_NUMBER
        if (refused := self._not_held()) is not None:
            return refused
        ref = self._channel(call)
        try:
            answer = self.ari.ask(
                "POST",
                f"channels/{ref}",
                endpoint=self.dial_string(call.to),
                app=self.app,
                appArgs=f"out,{call.to}",
                timeout=max(call.ring_seconds, 1),
                callerId=self.number,
            )
        except requests.RequestException as error:
            return wire.failed(error)
        return _outcome(answer, ref)

    def _not_held(self) -> Sent | None:
        """Return why nobody would speak to a phone that we ring now, None if somebody would; asked once a second,
        whatever the number of calls."""
        now = time.monotonic()
        if now - self._held_at <= HELD_FOR:
            return None
        try:
            status = self.ari.ask("GET", f"applications/{self.app}").status_code
        except requests.RequestException as error:
            return Sent(Outcome.REFUSED, code=wire.failed(error).code)  # no call has left, whatever happened
        if status == requests.codes.ok:
            self._held_at = now
        return NO_SWITCH if status == requests.codes.not_found else None

    def _channel(self, call: CallOut) -> str:
        told = f"{self.name} {call.attempt} {call.to}".encode()
        return f"siaga-{call.attempt}-{hmac.new(self._key.encode(), told, hashlib.sha256).hexdigest()[:12]}"

    def dial_string(self, number: str) -> str:
        """Return how Asterisk reaches this number (E.164)."""
        return self._dial_string.replace("{number}", number).replace("{digits}", number.removeprefix("+"))

    def cancel_call(self, ref: str) -> bool:
        """Take a call back that rings. One that was answered meanwhile goes on, and its script says what became of
        it."""
        if not OUR_CALL.fullmatch(ref):
            return False
        channel = self.ari.look(f"channels/{ref}")
        if not isinstance(channel, dict) or channel.get("state") == UP:
            return False
        return self.ari.order("DELETE", f"channels/{ref}", reason="normal")


def _outcome(answer: requests.Response, ref: str) -> Sent:
    if answer.status_code == requests.codes.conflict:
        return Sent(Outcome.ACCEPTED, ref=ref)  # it has this call already
    if answer.status_code >= requests.codes.server_error:
        return Sent(Outcome.REFUSED, code=str(answer.status_code))  # no channel was made
    if not 200 <= answer.status_code < 300:
        return wire.refused(answer.status_code)
    try:
        taken = answer.json()["id"] == ref
    except (requests.exceptions.JSONDecodeError, *wire.MISSHAPEN):
        taken = False
    return Sent(Outcome.ACCEPTED, ref=ref) if taken else wire.GARBLED


def _ending(told: Hook, incoming: bool) -> Ending:
    answered = wire.field(told, "answered") == "1"
    if incoming:
        return causes.ending_of_theirs(answered=answered)
    cause = wire.whole(wire.field(told, "cause"), digits=3) or causes.NOT_TOLD
    rang, keyed = wire.field(told, "rang") == "1", wire.field(told, "keyed") == "1"
    return causes.ending(cause, rang=rang, answered=answered, keyed=keyed)


def _flat(hook: Hook) -> Hook:
    """Return the body's fields as a form; a body that is not such JSON has no fields."""
    fields = wire.json_fields(hook.body)
    return replace(hook, query={}, form={name: (value,) for name, value in fields.items() if isinstance(value, str)})
