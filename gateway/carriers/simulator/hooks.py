"""Tell the gateway what happens on the simulated network: signed hooks, owed until they are answered 2xx, tried five
times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.phones import Owed
from gateway.carriers.simulator.wire import JSON, LINE, SIGNATURE, sign

TRIES = 5
NOBODY = (0, b"")  # no status at all

Post = Callable[[str, bytes, Mapping[str, str]], tuple[int, bytes]]
Follow = Callable[[Owed, bytes, datetime], None]
GiveUp = Callable[[Owed, datetime], None]


class Hooks:
    """The hooks of the simulated network. `follow` and `give_up` say, by path, what an answer leads to and what is done
    when none ever comes."""

    def __init__(self, handsets: Handsets, key: bytes, post: Post) -> None:
        self._handsets, self._key, self._post = handsets, key, post
        self.follow: dict[str, Follow] = {}
        self.give_up: dict[str, GiveUp] = {}

    def tell(self, path: str, told: Mapping[str, object], now: datetime, about: str = "") -> None:
        """Post a hook at once; when it fails it stays owed. Only an `about` hook's answer leads to anything."""
        self._deliver(self._handsets.owed.add(path, told, now, about), now)

    def post_due(self, now: datetime) -> None:
        for owed in self._handsets.owed.due(now):
            self._deliver(owed, now)

    def _deliver(self, due: Owed, now: datetime) -> None:
        owed = self._handsets.owed.claim(due, now)
        if owed is None:
            return
        status, answer = self._send(owed)
        if 200 <= status < 300:
            if owed.about:
                self.follow.get(owed.path, _nothing)(owed, answer, now)
            self._handsets.owed.pay(owed)  # only now: until then nobody takes the call for one with nothing to say
        elif owed.tries < TRIES:
            self._handsets.owed.postpone(owed, now + timedelta(seconds=2 ** (owed.tries - 1)))
        else:
            self._lose(owed, status, now)

    def _send(self, owed: Owed) -> tuple[int, bytes]:
        body = owed.payload.encode()
        headers = {SIGNATURE: sign(self._key, body), "Content-Type": JSON}
        try:
            return self._post(f"/hooks/{LINE}/{owed.path}", body, headers)
        except OSError:
            return NOBODY

    def _lose(self, owed: Owed, status: int, now: datetime) -> None:
        self._handsets.violate(f"{owed.path} was answered {status} to the end")
        self._handsets.owed.pay(owed)
        if owed.about and owed.path in self.give_up:
            self.give_up[owed.path](owed, now)


def _nothing(owed: Owed, answer: bytes, now: datetime) -> None:
    """Ignore the answer to a hook whose answer leads to nothing."""
