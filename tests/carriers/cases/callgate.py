"""CallGate's envelopes and answers, as the app's README and its code show them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from gateway.carriers.callgate.line import CallGate
from gateway.core.messages import Ending, Hook, Outcome, Phase
from tests.carriers.cases import smsgate
from tests.carriers.cases.case import CallRow, Case, SendRow
from tests.fake_callgate import FakeCallGate

PUBLIC, NUMBER = "https://siaga.example", "+628110001200"
ID, CALLER = "cKTqpr_Rrdgqzsv5ZyqWT", "+6281234567890"


def line(url: str, timeout_seconds: tuple[float, float] = (2.0, 2.0), **more: object) -> CallGate:
    settings: dict[str, object] = {
        "name": "callgate",
        "api_url": url,
        "username": "siaga",
        "password": smsgate.PASSWORD,
        "number": NUMBER,
        "signing_key": smsgate.KEY,
        "timeout_seconds": timeout_seconds,
        "now": lambda: smsgate.NOW,
    }
    return CallGate(**{**settings, **more})  # type: ignore[arg-type]  # a test's table, not an interface


def hook(path: str, fields: Mapping[str, str], query: Mapping[str, str] | None = None) -> Hook:
    return dataclasses.replace(smsgate.hook(path, fields), url=f"{PUBLIC}/hooks/callgate")


CASE = Case(
    name="callgate",
    double=lambda: FakeCallGate(PUBLIC, password=smsgate.PASSWORD, signing_key=smsgate.KEY),
    line=line,
    hook=hook,
    forged=smsgate.forged,
    calls=[
        CallRow(
            "a call comes in",
            {"event": "call:ringing", "id": ID, "phoneNumber": CALLER},
            Phase.RINGING,
            incoming=True,
        ),
        CallRow(
            "a call is over, and that proves nothing",
            {"event": "call:ended", "id": ID, "phoneNumber": CALLER},
            Phase.ENDED,
            Ending.NO_ANSWER,
        ),
    ],
    calls_out=[
        SendRow("dialled", Outcome.ACCEPTED),
        SendRow("may not dial", Outcome.REFUSED, handset="refuses"),
        SendRow("no number at all", Outcome.PERMANENT, to="0812-word"),
        SendRow("a USSD code", Outcome.PERMANENT, to="*100#"),
        SendRow("too many requests", Outcome.REFUSED, trouble="429"),
        SendRow("no answer in time", Outcome.UNKNOWN, trouble="slow"),
        SendRow("cut off", Outcome.UNKNOWN, trouble="cut_off"),
        SendRow("not JSON", Outcome.UNKNOWN, trouble="garbled"),
        SendRow("another shape", Outcome.UNKNOWN, trouble="misshapen"),
    ],
    wrong={"password": "wrong"},
    wrong_code="401",
)
