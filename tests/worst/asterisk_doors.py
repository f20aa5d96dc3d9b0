"""What the process `switch` calls: our doors without the house behind them, and sounds to play."""

from __future__ import annotations

import io
import math
import struct
import threading
import wave
from collections.abc import Callable

from flask import Flask, Response
from werkzeug.serving import make_server
from worst.asterisk_box import HOOK_KEY, NUMBER, PASSWORD, AsteriskBox
from worst.processes import eventually

from gateway.carriers.asterisk.line import Asterisk
from gateway.core.messages import CallEvent, Phase, Reject, Script
from gateway.switch.exchange import Exchange
from gateway.web.hooks import read_hook

# As long as a sound's name in the gateway. Asterisk plays none whose path in its cache is longer than its URL.
KEY = "ab12" * 16


class Gateway:
    """What the line made of each hook is kept. `answers` is what web would answer; `refuses`: so many hooks are
    answered 503 first."""

    def __init__(self, box: AsteriskBox) -> None:
        self.events: list[CallEvent] = []
        self.refuses = 0
        self.answers: Callable[[CallEvent], Script] = lambda event: (Reject(),) if event.incoming else ()
        self._app = Flask(__name__)
        self._app.add_url_rule("/hooks/asterisk/<path:path>", view_func=self._enter, methods=["POST"])
        self._app.add_url_rule(f"/speech/{KEY}/<float:seconds>.wav", view_func=self._sound)
        self.fetched = 0
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.line = Asterisk(
            name="asterisk",
            ari_url=box.url,
            username="siaga",
            password=PASSWORD,
            trunk="trunk",
            number=NUMBER,
            hook_key=HOOK_KEY,
            public_url=self.url,
        )
        self._ending = threading.Event()
        self.holds = True
        self.exchange = Exchange(self.line, lambda: self.holds, self._ending)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self._held = threading.Thread(target=self.exchange.run, daemon=True)
        self._held.start()
        eventually(5, lambda: self.exchange.linked, "the switch holds the line")

    def close(self) -> None:
        self._ending.set()
        self._held.join()
        self._server.shutdown()
        self._server.server_close()

    def sound(self, seconds: float) -> str:
        return f"{self.url}/speech/{KEY}/{seconds:.2f}.wav"

    def _sound(self, seconds: float) -> Response:
        self.fetched += 1
        return Response(tone(seconds), mimetype="audio/wav")

    def _enter(self, path: str) -> Response:
        hook = read_hook(self.url, path, "")
        assert self.line.authentic(hook)
        self.refuses -= 1
        if self.refuses >= 0:
            return Response(status=503)
        event = self.line.read_call(hook)
        self.events.append(event)
        answer = self.line.answer_call(self.answers(event), event)
        return Response(answer.body, mimetype=answer.mimetype)

    def heard(self, phase: Phase, ref: str = "", phone: str = "") -> list[CallEvent]:
        return [
            event
            for event in self.events
            if event.phase is phase and ref in ("", event.ref) and phone in ("", event.phone)
        ]

    def wait(self, phase: Phase, ref: str = "", phone: str = "", within: float = 8) -> CallEvent:
        return eventually(within, lambda: self.heard(phase, ref, phone), f"{phase} {ref or phone}: {self.events}")[0]


def tone(seconds: float) -> bytes:
    """A WAV as the gateway serves it: 8 kHz, 16 bits, one channel."""
    samples = (int(6000 * math.sin(n * 2 * math.pi * 440 / 8000)) for n in range(int(seconds * 8000)))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()
