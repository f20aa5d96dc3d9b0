"""Live through one call: tell web what happens, and carry out the script of its answer.

Each call has a thread of its own, so that a slow answer about one phone delays no other. Its events come into its
mailbox in Asterisk's order.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from dataclasses import dataclass
from enum import Enum, auto
from queue import Empty, Queue

from gateway.carriers.asterisk.ari import Ari
from gateway.carriers.asterisk.line import Asterisk
from gateway.core.messages import Ask, Bridge, HangUp, Reject, Say, Script
from gateway.switch import missed_calls
from gateway.switch.hooks import Hooks

log = logging.getLogger(__name__)

ANSWER_WITHIN = 20.0  # seconds that a human waits in silence for web's answer
REFUSE_AFTER = 5.0  # seconds that a caller is let ring while web does not answer
TAKEN_WITHIN = 3600.0  # seconds that a missed call, a key or an end is told again
LONGEST_SOUND = 120.0  # seconds, fetching included
LONGEST_TALK = 600.0  # seconds that two phones stay connected
LONGEST_RING = 300.0  # seconds after which a call of ours is given up, should Asterisk never tell its end


class What(Enum):
    RINGING = auto()
    UP = auto()  # picked up, and ours to speak to
    KEY = auto()
    PLAYED = auto()
    LEG_UP = auto()
    LEG_GONE = auto()
    GONE = auto()


@dataclass(frozen=True)
class Happening:
    """An event of a call. `text` is the key, or the id of the sound or the leg."""

    what: What
    text: str = ""


class _OverError(Exception):
    """The channel is gone."""


class Call:
    """One channel. `phone` is the other party's number as Asterisk tells it."""

    def __init__(self, line: Asterisk, hooks: Hooks, channel: str, phone: str, *, incoming: bool) -> None:
        self.line, self.hooks, self.channel, self.phone, self.incoming = line, hooks, channel, phone, incoming
        self.bridge = self.leg = ""
        self._mail: Queue[Happening] = Queue()
        self._gone = threading.Event()
        self._forgotten = False
        self._cause = 0
        self._rang = self._keyed = False
        self._up_at: float | None = None
        self._numbers = itertools.count(1)

    @property
    def ari(self) -> Ari:
        return self.line.ari

    def start(self) -> None:
        threading.Thread(target=self._run, name=self.channel, daemon=True).start()

    # --- what the exchange tells

    def happen(self, what: What, text: str = "") -> None:
        self._mail.put(Happening(what, text))

    def end(self, cause: int) -> None:
        """Tell that the channel is gone, for this Q.850 cause."""
        self._cause = cause
        self._gone.set()
        self.happen(What.GONE)

    def forget(self) -> None:
        """Leave the call to another process, which holds the line from now on; nothing more is told of it."""
        self._forgotten = True
        self._gone.set()
        self.happen(What.GONE)

    @property
    def over(self) -> bool:
        return self._gone.is_set()

    # --- its life

    def _run(self) -> None:
        try:
            if self.bridge:
                self._up_at = time.monotonic()
                self._talk(LONGEST_TALK)
                self._disconnect()
                self._hang_up()
            elif self.incoming:
                self._come_in()
            else:
                self._go_out()
            self._wait_for_the_end()
        except _OverError:
            pass
        except Exception:  # one call must not end the others, nor stay without an end
            log.exception("a call stumbled", extra={"line": self.line.name, "call": self.channel})
            self._hang_up()
        if not self._forgotten:
            self._tell_the_end()

    def _go_out(self) -> None:
        deadline = time.monotonic() + LONGEST_RING
        while (happening := self._next(deadline - time.monotonic())) is not None:
            if happening.what is What.RINGING and not self._rang:
                self._rang = True
                self._tell("voice/status", "ringing", patience=0)
            elif happening.what is What.UP:
                self._up_at = time.monotonic()
                self._perform(self._tell("voice", "answered", ANSWER_WITHIN, wanted=True))
                return
        self._hang_up()

    def _come_in(self) -> None:
        """Ask what to do with somebody who rings us. While web is away the caller is refused as always, and the missed
        call is told until web takes it."""
        script = self._tell("voice", "ringing", REFUSE_AFTER)
        if script is None and not self._forgotten:
            self._refuse()
            if self._tell("voice", "ringing", TAKEN_WITHIN) is None:
                missed_calls.keep(self.line, self.channel, self.phone)
        elif not script or isinstance(script[0], Reject):
            self._refuse()
        elif self.over or not self.ari.order("POST", f"channels/{self.channel}/answer"):
            self._hang_up()
        else:
            self._up_at = time.monotonic()
            self._perform(script)

    def _refuse(self) -> None:
        self.ari.order("DELETE", f"channels/{self.channel}", reason="busy")

    def _hang_up(self) -> None:
        """End the call; but where this process ends, the next one asks again for a key that web has not taken."""
        if not (self.over or self.hooks.ends):
            self.ari.order("DELETE", f"channels/{self.channel}", reason="normal")

    def _wait_for_the_end(self) -> None:
        while self._next(LONGEST_RING) is not None:
            pass

    def _tell_the_end(self) -> None:
        seconds = 0 if self._up_at is None else int(time.monotonic() - self._up_at)
        self._tell("voice/status", "ended", TAKEN_WITHIN, cause=str(self._cause), seconds=str(seconds))

    # --- scripts

    def _perform(self, script: Script | None) -> None:
        """Carry a script out, and the one after each key, until one of them ends the call."""
        while script:
            self._forget_keys()  # whoever pressed already has not heard what these words say
            key = self._carry_out(script)
            if key is None:
                break
            script = self._tell("voice/keys", "key", TAKEN_WITHIN, digits=key)
            self._keyed = self._keyed or bool(key and script is not None)
        self._hang_up()

    def _carry_out(self, script: Script) -> str | None:
        """Do step after step. Return the key that was pressed for it, an empty one if none came in time, or None when
        the script ends the call."""
        for at, step in enumerate(script):
            match step:
                case Say():
                    asks = any(isinstance(later, Ask) for later in script[at:])
                    if key := self._play(step, stops_at_a_key=asks):
                        return key
                case Ask():
                    return self._play(step, stops_at_a_key=True) or self._listen(step.seconds)
                case Bridge():
                    self._put_through(step)
                case Reject() | HangUp():
                    return None
        return None

    def _play(self, step: Say | Ask, *, stops_at_a_key: bool) -> str:
        """Play the words to their end; a key stops them where one is asked for, and is returned."""
        if not step.sound:
            log.warning("words without a sound were left out", extra={"line": self.line.name, "call": self.channel})
            return ""
        playing = f"{self.channel}.{next(self._numbers)}"
        if not self.ari.order("POST", f"channels/{self.channel}/play/{playing}", media=f"sound:{step.sound}"):
            log.error("Asterisk does not play a sound", extra={"line": self.line.name, "call": self.channel})
            return ""
        deadline = time.monotonic() + LONGEST_SOUND
        while (happening := self._next(deadline - time.monotonic())) is not None:
            if happening.what is What.PLAYED and happening.text == playing:
                break
            if happening.what is What.KEY and stops_at_a_key:
                self.ari.order("DELETE", f"playbacks/{playing}")
                return happening.text
        return ""

    def _listen(self, seconds: float) -> str:
        deadline = time.monotonic() + seconds
        while (happening := self._next(deadline - time.monotonic())) is not None:
            if happening.what is What.KEY:
                return happening.text
        return ""

    # --- two phones

    def _put_through(self, step: Bridge) -> None:
        """Ring the other phone, which sees our number, and connect the two. Return once the other one is gone."""
        if self._connect(step):
            self._talk(step.ring_seconds)
        self._disconnect()

    def _connect(self, step: Bridge) -> bool:
        name = f"{self.channel}.{next(self._numbers)}"
        self.bridge, self.leg = f"{name}-bridge", f"{name}-leg"
        together = self.ari.order("POST", f"bridges/{self.bridge}", type="mixing")
        together = together and self.ari.order("POST", f"bridges/{self.bridge}/addChannel", channel=self.channel)
        if not together:
            return False
        self.ari.order("POST", f"channels/{self.channel}/ring")
        return self.ari.order(
            "POST",
            f"channels/{self.leg}",
            endpoint=self.line.dial_string(step.to),
            app=self.line.app,
            appArgs=f"leg,{self.channel}",
            timeout=max(step.ring_seconds, 1),
            callerId=self.line.number,
        )

    def _talk(self, ring_seconds: float) -> None:
        try:
            deadline = time.monotonic() + ring_seconds + 5  # Asterisk itself ends the ringing
            while (happening := self._next(deadline - time.monotonic())) is not None:
                if happening.what is What.LEG_GONE and happening.text == self.leg:
                    return
                if happening.what is What.LEG_UP and happening.text == self.leg:
                    self.ari.order("DELETE", f"channels/{self.channel}/ring")
                    self.ari.order("POST", f"bridges/{self.bridge}/addChannel", channel=self.leg)
                    deadline = time.monotonic() + LONGEST_TALK
        except _OverError:
            if not self._forgotten:  # the other process finds the two still talking
                self._disconnect()
            raise

    def _disconnect(self) -> None:
        self.ari.order("DELETE", f"channels/{self.leg}", reason="normal")
        self.ari.order("DELETE", f"bridges/{self.bridge}")
        self.bridge = self.leg = ""

    # --- the mailbox

    def _next(self, seconds: float) -> Happening | None:
        """Return what happens within so many seconds, or None. Raises _OverError once the channel is gone."""
        try:
            happening = self._mail.get(timeout=max(seconds, 0.0)) if seconds > 0 else self._mail.get_nowait()
        except Empty:
            return None
        if happening.what is What.GONE:
            raise _OverError
        return happening

    def _forget_keys(self) -> None:
        kept: list[Happening] = []
        while True:
            try:
                kept.append(self._mail.get_nowait())
            except Empty:
                break
        for happening in kept:
            if happening.what is not What.KEY:
                self._mail.put(happening)

    def _tell(self, path: str, event: str, patience: float, *, wanted: bool = False, **more: str) -> Script | None:
        """Tell web an event; `wanted`: only as long as the channel is there."""
        fields = {
            "call": self.channel,
            "direction": "incoming" if self.incoming else "outgoing",
            "phone": self.phone,
            "called": self.line.number,
            "event": event,
            "rang": "1" if self._rang else "0",
            "answered": "0" if self._up_at is None else "1",
            "keyed": "1" if self._keyed else "0",
            **more,
        }
        return self.hooks.tell(path, fields, patience, lambda: not (wanted and self.over))
