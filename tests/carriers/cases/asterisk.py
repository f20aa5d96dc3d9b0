"""What the process `switch` tells of a call, and what ARI answers."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Mapping

from gateway.carriers.asterisk.line import Asterisk
from gateway.core.messages import Ask, Bridge, Ending, HangUp, Hook, Outcome, Phase, Reject, Say
from tests.carriers.cases.case import CallRow, Case, SendRow
from tests.fake_asterisk import FakeAsterisk, sign

PUBLIC, NUMBER = "https://siaga.example", "+622150001000"
PASSWORD, KEY = "made-up-password", "made-up-hook-key"


def line(url: str, timeout_seconds: tuple[float, float] = (2.0, 2.0), **more: object) -> Asterisk:
    settings: dict[str, object] = {
        "name": "asterisk",
        "ari_url": url,
        "username": "siaga",
        "password": PASSWORD,
        "trunk": "trunk",
        "number": NUMBER,
        "hook_key": KEY,
        "public_url": PUBLIC,
        "timeout_seconds": timeout_seconds,
    }
    return Asterisk(**{**settings, **more})  # type: ignore[arg-type]  # a test's table, not an interface


def signed(path: str, body: bytes, stamp: float) -> Hook:
    headers = {name.lower(): value for name, value in sign(KEY, body, str(int(stamp))).items()}
    return Hook("POST", f"{PUBLIC}/hooks/asterisk/{path}", path, headers=headers, body=body)


def hook(path: str, fields: Mapping[str, str], query: Mapping[str, str] | None = None) -> Hook:
    return signed(path, json.dumps(dict(fields), separators=(",", ":")).encode(), time.time())


def forged(real: Hook) -> list[Hook]:
    def headers(**more: str) -> Hook:
        return dataclasses.replace(real, headers={**real.headers, **more})

    return [
        dataclasses.replace(real, headers={}),
        headers(**{"x-signature": "00"}),
        headers(**{"x-signature": "ünsigned"}),
        headers(**{"x-timestamp": "1"}),
        headers(**{"x-timestamp": "soon"}),
        dataclasses.replace(real, body=real.body + b" "),
        signed(real.path, real.body, time.time() - 3600),
        signed(real.path, real.body, time.time() + 3600),
    ]


OURS = "siaga-7-0123456789ab"
OUT = {"call": OURS, "direction": "outgoing", "phone": "+6281234567890", "called": NUMBER, "rang": "1"}
IN = {"call": "1795816668.5", "direction": "incoming", "phone": "081234567890", "called": NUMBER, "rang": "0"}


def ended(says: str, cause: int, ending: Ending, **more: str) -> CallRow:
    fields = {**OUT, "event": "ended", "answered": "0", "keyed": "0", "cause": str(cause), **more}
    return CallRow(f"{cause} {says}", fields, Phase.ENDED, ending, attempt=7, path="voice/status")


CASE = Case(
    name="asterisk",
    double=lambda: FakeAsterisk(PUBLIC, password=PASSWORD, hook_key=KEY),
    line=line,
    hook=hook,
    forged=forged,
    calls=[
        CallRow("a call comes in", {**IN, "event": "ringing"}, Phase.RINGING, incoming=True),
        CallRow("somebody without a number", {**IN, "phone": "anonymous"}, Phase.RINGING, incoming=True),
        CallRow("a key of an officer who rang", {**IN, "event": "key", "digits": "1"}, Phase.KEY, incoming=True,
                digits="1", path="voice/keys"),
        CallRow("the refused one is over", {**IN, "event": "ended", "answered": "0", "cause": "17"}, Phase.ENDED,
                Ending.CANCELLED, incoming=True, path="voice/status"),
        CallRow("the officer has rung off", {**IN, "event": "ended", "answered": "1", "cause": "16", "seconds": "9"},
                Phase.ENDED, Ending.COMPLETED, incoming=True, seconds=9, path="voice/status"),
        CallRow("rings there", {**OUT, "event": "ringing"}, Phase.RINGING, attempt=7, path="voice/status"),
        CallRow("ours, whatever the direction says", {**OUT, "event": "ringing", "direction": "sideways"},
                Phase.RINGING, attempt=7),
        CallRow("asks what to say", {**OUT, "event": "answered"}, Phase.ANSWERED, attempt=7),
        CallRow("a key", {**OUT, "event": "key", "digits": "1"}, Phase.KEY, digits="1", attempt=7, path="voice/keys"),
        CallRow("no key in time", {**OUT, "event": "key", "digits": ""}, Phase.KEY, attempt=7, path="voice/keys"),
        CallRow("an event without a name, by its path", OUT, Phase.KEY, attempt=7, path="voice/keys"),
        CallRow("talked", {**OUT, "event": "ended", "answered": "1", "cause": "16", "seconds": "31"}, Phase.ENDED,
                Ending.COMPLETED, seconds=31, attempt=7, path="voice/status"),
        ended("unallocated", 1, Ending.UNREACHABLE),
        ended("busy", 17, Ending.BUSY),
        ended("no user responding", 18, Ending.NO_ANSWER),
        ended("rang", 19, Ending.NO_ANSWER),
        ended("handset off", 20, Ending.NO_ANSWER),
        ended("rejected", 21, Ending.REJECTED),
        ended("number changed", 22, Ending.UNREACHABLE),
        ended("invalid format", 28, Ending.UNREACHABLE),
        ended("no circuit", 34, Ending.FAILED),
        ended("network out of order", 38, Ending.FAILED),
        ended("no such cause", 126, Ending.FAILED),
        ended("rang out", 0, Ending.NO_ANSWER),
        ended("never rang", 0, Ending.FAILED, rang="0"),
        ended("broke in the talk", 38, Ending.FAILED, answered="1"),
        ended("broke after the key", 38, Ending.COMPLETED, answered="1", keyed="1"),
        ended("busy on a call that was answered", 17, Ending.COMPLETED, answered="1"),
    ],
    calls_out=[
        SendRow("taken", Outcome.ACCEPTED),
        SendRow("no number at all", Outcome.PERMANENT, to="anonymous"),
        SendRow("a number with a dial string in it", Outcome.PERMANENT, to="+62812@elsewhere"),
        SendRow("no such trunk", Outcome.REFUSED, trouble="400"),
        SendRow("too many requests", Outcome.REFUSED, trouble="429"),
        SendRow("server error: no channel was made", Outcome.REFUSED, trouble="500"),
        SendRow("unavailable", Outcome.REFUSED, trouble="503"),
        SendRow("no answer in time", Outcome.UNKNOWN, trouble="slow"),
        SendRow("cut off before a call was placed", Outcome.REFUSED, trouble="cut_off"),
        SendRow("not JSON", Outcome.UNKNOWN, trouble="garbled"),
        SendRow("another shape", Outcome.UNKNOWN, trouble="misshapen"),
    ],
    wrong={"password": "wrong"},
    wrong_code="401",
    scripts=[
        ((), ["[]"]),
        ((Reject(),), ['"do": "reject"']),
        (
            (Say("Darurat", "id", "https://siaga.example/a.wav"), HangUp()),
            ['"say"', '"sound": "https://siaga.example/a.wav"', '"hang_up"'],
        ),
        ((Ask("Press 1 & wait", "en", seconds=6),), ['"ask"', '"seconds": 6', '"sound": ""']),
        ((Bridge("+6281234567890", ring_seconds=30),), ['"bridge"', '"to": "+6281234567890"', '"ring_seconds": 30']),
        ((Say("bell\x07 \ud800half", "id"),), ["bell", "half"]),
    ],
)  # fmt: skip
