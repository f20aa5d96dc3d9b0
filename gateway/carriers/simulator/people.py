"""The people's side of the simulated network: it turns what somebody does with a phone into the line's signed hooks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from gateway.carriers.simulator.calls import Calls
from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.hooks import Hooks, Post
from gateway.carriers.simulator.menus import Menus
from gateway.carriers.simulator.phones import Quirk, SimCall
from gateway.core.messages import TextOut

KEYS = frozenset("0123456789*#")


def silent(text: str) -> float:
    return 0.0


class Exchange:
    """People with phones, calling and texting the line `number`.

    `post` takes a path, a body and headers, and returns the gateway's status and answer; it may raise OSError when
    nobody answers. `speech` returns the seconds that a line takes to be spoken. No action raises because of the
    gateway: a hook that fails is tried again by `tick`, up to 5 times, and then written down in
    `handsets.violations()`.

    Every action on a phone that is off does nothing. The actions that need a call or a menu return whether there was
    one.
    """

    def __init__(
        self,
        handsets: Handsets,
        key: bytes,
        number: str,
        post: Post,
        speech: Callable[[str], float] = silent,
    ) -> None:
        self._handsets, self._number = handsets, number
        self._hooks = Hooks(handsets, key, post)
        self._calls = Calls(handsets, self._hooks, number, speech)
        self._menus = Menus(handsets, self._hooks)

    def text(self, phone: str, body: str, to: str = "", sent_at: datetime | None = None) -> str:
        """Send a text to the line, or to another phone; return the network's id of it, empty when the phone is off.
        `sent_at` is given where the network has kept it since, None for now."""
        if self._off(phone):
            return ""
        ref, to = uuid4().hex, to or self._number
        self._handsets.keep_text(ref, phone, to, body)
        if to == self._number:
            now = self._handsets.clock()
            told = {"ref": ref, "from": phone, "to": to, "body": body, "sent_at": (sent_at or now).isoformat()}
            self._hooks.tell("sms", told, now)
        else:
            self._handsets.deliver(ref, phone, TextOut(attempt=0, to=to, body=body), report=False)
        return ref

    def ring(self, phone: str, for_seconds: float = 3) -> SimCall | None:
        """Call the line and let it ring so long; return the call as it stands after the line's first answer.

        A phone does one thing at a time: another call or menu on it is ended first.
        """
        if self._off(phone):
            return None
        self.hang_up(phone)
        return self._calls.dial(phone, for_seconds)

    def answer(self, phone: str) -> bool:
        """Pick up."""
        call = self._handsets.ringing(phone)
        if call is None or self._off(phone):
            return False
        return self._calls.pick_up(call)

    def hang_up(self, phone: str) -> bool:
        """End the talk, give up dialling, refuse what rings, or close the menu."""
        if self._off(phone):
            return False
        call = self._handsets.live(phone)
        return self._calls.hang_up(call) if call else self._menus.close(phone)

    def press(self, phone: str, key: str) -> bool:
        """Press one key: picks up first when the phone rings; on no call it is typed into the menu.

        Raises ValueError when no phone has such a key.
        """
        if key not in KEYS:
            raise ValueError(f"{key!r} is not a key of a phone")
        if self._off(phone):
            return False
        self.answer(phone)
        call = self._handsets.live(phone)
        return self._calls.press(call, key) if call else self._menus.reply(phone, key)

    def dial(self, phone: str, code: str) -> bool:
        """Open a USSD menu, closing the one that was open."""
        if self._off(phone):
            return False
        self._menus.close(phone)
        self._menus.dial(phone, code)
        return True

    def reply(self, phone: str, words: str) -> bool:
        """Answer the menu that is on the screen."""
        return not self._off(phone) and self._menus.reply(phone, words)

    def tick(self, now: datetime | None = None) -> None:
        """Do what the network does of itself by `now`: texts land, owed hooks go out, calls ring out, talks end."""
        now = now or self._handsets.clock()
        self._handsets.land(now)
        self._hooks.post_due(now)
        self._calls.tick(now)
        self._menus.tick(now)

    def _off(self, phone: str) -> bool:
        return self._handsets.quirk(phone) is Quirk.OFF
