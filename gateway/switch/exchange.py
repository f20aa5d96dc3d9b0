"""Hold one line's event socket: give each event to its call, and find the calls that are there already."""

from __future__ import annotations

import base64
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from gateway.carriers.asterisk import causes
from gateway.carriers.asterisk.line import OUR_CALL, UP, Asterisk
from gateway.switch import missed_calls
from gateway.switch.calls import TAKEN_WITHIN, Call, What
from gateway.switch.hooks import Hooks

log = logging.getLogger(__name__)

NUMBER = re.compile(r"[+]?[0-9]{5,15}")
PATIENCE = 2.0  # seconds to connect, and for a sign of life of an open socket
PING = 1.0  # seconds
STOOD_ASIDE = 2.5  # seconds after another took the line; by then a beat has told whose it is
MOST_WAITING = 10_000  # events; Asterisk closes a socket that is read slowly
AGAIN = 0.3  # seconds between two tries to connect
GIVEN_UP_AFTER = 3.0  # seconds without Asterisk after which its calls count as broken
RINGING = "Ringing"
REPLACED = "ApplicationReplaced"


class Exchange:
    """One line at its Asterisk. `holds` tells whether this process may hold the line now; `linked` whether it does."""

    def __init__(self, line: Asterisk, holds: Callable[[], bool], ending: threading.Event) -> None:
        self.line = line
        self.linked = False
        self.calls: dict[str, Call] = {}
        self._holds, self._ending = holds, ending
        self._hooks = Hooks(line, ending)
        self._lost_at: float | None = None

    def run(self) -> None:
        """Hold the line whenever it is this process's to hold, until the process ends."""
        while not self._ending.is_set():
            try:
                if self._holds():
                    self._hold()
            except Exception:  # supervised: the next round tries again
                log.exception("a line stumbled", extra={"line": self.line.name})
            if not self._holds():
                self._forget_all()
            elif self._lost_at is not None and time.monotonic() - self._lost_at > GIVEN_UP_AFTER:
                self._break_all()
            self._ending.wait(AGAIN)

    def _hold(self) -> None:
        try:
            with self._connected() as socket:
                log.info("holds the events of an Asterisk", extra={"line": self.line.name})
                self.linked, self._lost_at = True, None
                self._find_calls()
                threading.Thread(target=self._tell_missed, daemon=True).start()
                self._listen(socket)
        except (OSError, WebSocketException) as error:
            if self._lost_at is None:
                log.error("no Asterisk", extra={"line": self.line.name, "error": type(error).__name__})
        finally:
            self.linked = False
            self._lost_at = self._lost_at or time.monotonic()

    def _connected(self) -> ClientConnection:
        ari = self.line.ari
        basic = base64.b64encode(":".join(ari.account).encode()).decode()
        address = re.sub("^http", "ws", ari.base_url)
        return connect(
            f"{address}/events?app={quote(self.line.app)}",
            additional_headers={"Authorization": f"Basic {basic}"},
            open_timeout=PATIENCE,
            close_timeout=PATIENCE,
            max_queue=MOST_WAITING,
            ping_interval=PING,
            ping_timeout=PATIENCE,
            proxy=None,
        )

    def _listen(self, socket: ClientConnection) -> None:
        while self._holds() and not self._ending.is_set():
            with suppress(TimeoutError):
                event = _fields(socket.recv(timeout=AGAIN))
                if event.get("type") == REPLACED:
                    log.error("another program took over the line's application", extra={"line": self.line.name})
                    self._forget_all()
                    self._ending.wait(STOOD_ASIDE)
                    return
                self.heard(event)

    # --- events

    def heard(self, event: Mapping[str, Any]) -> None:
        take = EVENTS.get(str(event.get("type")))
        if take is None:
            return
        try:
            take(self, event)
        except Exception:  # an event of another shape must not cost the others
            log.exception("an event was not understood", extra={"line": self.line.name, "event": event.get("type")})

    def _dialled(self, event: Mapping[str, Any]) -> None:
        channel = _channel(event, "peer")
        number = NUMBER.search(str(event.get("dialstring", "")))
        self._our(channel, number[0] if number else "")

    def _state(self, event: Mapping[str, Any]) -> None:
        channel = _channel(event)
        call = self._our(channel, "")
        if call is not None and channel.get("state") == RINGING:
            call.happen(What.RINGING)

    def _started(self, event: Mapping[str, Any]) -> None:
        self._enters(_channel(event), [str(word) for word in event.get("args", [])])

    def _enters(self, channel: Mapping[str, Any], words: list[str]) -> None:
        """Take a channel that is ours to speak to: one that we rang and that was picked up, the other phone of a
        bridge, or somebody who rings us."""
        name = str(channel.get("id", ""))
        if not name:
            return
        if words[:1] == ["leg"]:
            owner = self.calls.get(words[1]) if len(words) > 1 else None
            if owner is not None:
                owner.happen(What.LEG_UP, name)
            return
        call = self._our(channel, words[1] if len(words) > 1 else "") or self._come_in(channel)
        call.happen(What.UP)

    def _our(self, channel: Mapping[str, Any], phone: str) -> Call | None:
        """Return the call of ours that this channel is, begun if it is new; None for any other channel."""
        name = str(channel.get("id", ""))
        if not OUR_CALL.fullmatch(name):
            return None
        if name not in self.calls:
            self._begin(Call(self.line, self._hooks, name, phone, incoming=False))
        call = self.calls[name]
        call.phone = call.phone or phone  # not every event tells it, and their order is not promised
        return call

    def _come_in(self, channel: Mapping[str, Any]) -> Call:
        name, caller = str(channel.get("id", "")), channel.get("caller")
        phone = str(caller.get("number", "")) if isinstance(caller, dict) else ""
        if name not in self.calls:
            self._begin(Call(self.line, self._hooks, name, phone or "anonymous", incoming=True))
        return self.calls[name]

    def _begin(self, call: Call) -> None:
        self.calls[call.channel] = call
        call.start()

    def _key(self, event: Mapping[str, Any]) -> None:
        call = self.calls.get(str(_channel(event).get("id")))
        if call is not None:
            call.happen(What.KEY, str(event.get("digit", ""))[:1])

    def _played(self, event: Mapping[str, Any]) -> None:
        told = event.get("playback")
        playing = told if isinstance(told, dict) else {}
        if playing.get("state") == "failed":
            log.error("Asterisk could not play a sound", extra={"line": self.line.name})
        call = self.calls.get(str(playing.get("target_uri", "")).removeprefix("channel:"))
        if call is not None:
            call.happen(What.PLAYED, str(playing.get("id", "")))

    def _gone(self, event: Mapping[str, Any]) -> None:
        name = str(_channel(event).get("id"))
        cause = event.get("cause")
        if name.endswith("-leg"):
            for call in tuple(self.calls.values()):
                call.happen(What.LEG_GONE, name)
        if name in self.calls:
            self.calls.pop(name).end(cause if isinstance(cause, int) else causes.NOT_TOLD)

    def _left(self, event: Mapping[str, Any]) -> None:
        """End a call to us: Asterisk tells no more of a channel that another dialled, once it leaves."""
        call = self.calls.get(str(_channel(event).get("id")))
        if call is not None and call.incoming:
            self._gone(event)

    # --- calls that are there already, and calls that are lost

    def _find_calls(self) -> None:
        """Compare our calls with Asterisk's channels, after a time without events: end those that are gone, and take
        over those that another process began."""
        channels = self.line.ari.channels()
        if channels is None:
            return
        there = {str(channel.get("id")): channel for channel in channels}
        for name in self.calls.keys() - there.keys():
            self.calls.pop(name).end(causes.NOT_TOLD)
        for call in self.calls.values():
            if call.leg and call.leg not in there:
                call.happen(What.LEG_GONE, call.leg)
        for channel in there.values():
            self._find(channel)

    def _find(self, channel: Mapping[str, Any]) -> None:
        """Tell a call what it may have missed, or take over one that another process began."""
        name = str(channel.get("id"))
        app, *words = _application(channel)
        if OUR_CALL.fullmatch(name) and channel.get("state") != UP:
            self._state({"channel": channel})
        elif app == self.line.app:
            talk = None if name in self.calls or words[:1] == ["leg"] else self._talk_of(name)
            if talk is not None:
                self._resume(channel, talk, words)
            else:
                self._enters(channel, words)

    def _talk_of(self, channel: str) -> Mapping[str, Any] | None:
        """Return the bridge that this channel is in, or None."""
        return next((bridge for bridge in self.line.ari.bridges() if channel in bridge.get("channels", [])), None)

    def _resume(self, channel: Mapping[str, Any], talk: Mapping[str, Any], words: list[str]) -> None:
        """Take over two phones that talk, without a word to them."""
        name, bridge = str(channel.get("id")), str(talk.get("id"))
        ours = OUR_CALL.fullmatch(name) is not None
        call = Call(self.line, self._hooks, name, words[1] if len(words) > 1 else "", incoming=not ours)
        call.bridge, call.leg = bridge, bridge.removesuffix("-bridge") + "-leg"
        self._begin(call)

    def _tell_missed(self) -> None:
        missed_calls.tell_kept(self.line, lambda fields: self._hooks.tell("voice", fields, TAKEN_WITHIN))

    def _break_all(self) -> None:
        while self.calls:
            _, call = self.calls.popitem()
            call.end(causes.GONE)

    def _forget_all(self) -> None:
        while self.calls:
            _, call = self.calls.popitem()
            call.forget()


EVENTS: Mapping[str, Callable[[Exchange, Mapping[str, Any]], None]] = {
    "Dial": Exchange._dialled,
    "ChannelStateChange": Exchange._state,
    "StasisStart": Exchange._started,
    "ChannelDtmfReceived": Exchange._key,
    "PlaybackFinished": Exchange._played,
    "StasisEnd": Exchange._left,
    "ChannelDestroyed": Exchange._gone,
}


def _fields(message: str | bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _channel(event: Mapping[str, Any], name: str = "channel") -> Mapping[str, Any]:
    channel = event.get(name)
    return channel if isinstance(channel, dict) else {}


def _application(channel: Mapping[str, Any]) -> list[str]:
    """Return the application that a channel is in, and its arguments; an empty name if it is in none."""
    plan = channel.get("dialplan")
    told = plan if isinstance(plan, dict) else {}
    return str(told.get("app_data", "")).split(",") if told.get("app_name") == "Stasis" else [""]
