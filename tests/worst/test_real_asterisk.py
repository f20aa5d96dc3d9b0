"""The line "asterisk" and its process `switch` against a real Asterisk, with SIPp as operator and phones.

Both come from the system's packages (`.ci/packages` brings them); without them nothing here can run, and pytest says
so.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from worst.asterisk_box import NUMBER, PROGRAM, AsteriskBox
from worst.asterisk_doors import Gateway
from worst.sip_phones import (
    BUSY,
    DECLINED,
    NO_NETWORK,
    SILENT,
    SIPP,
    UNKNOWN,
    Operator,
    hangs_up,
    info,
    rfc_2833,
)

from gateway.core.messages import Ask, CallEvent, CallOut, Ending, HangUp, Outcome, Phase, Say, Script

pytestmark = pytest.mark.skipif(
    None in (PROGRAM, SIPP),
    reason="needs a real Asterisk and SIPp (Debian: apt install sip-tester; .ci/asterisk unpacks an Asterisk)",
)
TONES, INFO, CITIZEN = "+6281200000001", "+6281200000002", "+6281200000003"
PHONES = {
    TONES: rfc_2833("1"),
    INFO: info("1"),
    "+6281200000004": BUSY,
    "+6281200000005": UNKNOWN,
    "+6281200000006": DECLINED,
    "+6281200000007": NO_NETWORK,
    "+6281200000008": SILENT,
    "+6281200000009": hangs_up(0.2),
    CITIZEN: SILENT,
    "+6281200000010": rfc_2833("2", after=0.3),
}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AsteriskBox]:
    with AsteriskBox(tmp_path_factory.mktemp("asterisk")) as running:
        yield running


@pytest.fixture(scope="module")
def operator(box: AsteriskBox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    with Operator(tmp_path_factory.mktemp("sipp"), box.operator, box.sip, PHONES) as running:
        yield running


@pytest.fixture
def gateway(box: AsteriskBox, operator: Operator) -> Iterator[Gateway]:
    opened = Gateway(box)
    yield opened
    opened.close()


def place(gateway: Gateway, attempt: int, to: str, ring_seconds: int = 20) -> str:
    sent = gateway.line.place_call(CallOut(attempt, to, ring_seconds))
    assert (sent.outcome, sent.code) == (Outcome.ACCEPTED, "")
    return sent.ref


@pytest.mark.parametrize(("attempt", "phone"), [(11, TONES), (12, INFO)], ids=["RFC 2833", "SIP INFO"])
def test_a_key_stops_the_words_and_reaches_web(gateway: Gateway, operator: Operator, attempt: int, phone: str) -> None:
    def answers(event: CallEvent) -> Script:
        if event.phase is Phase.ANSWERED:
            return (Say("Darurat", "id", gateway.sound(0.1)), Ask("Tekan 1", "id", 8, gateway.sound(20)))
        return (Say("Terima kasih", "id", gateway.sound(0.1)), HangUp()) if event.phase is Phase.KEY else ()

    gateway.answers = answers
    began = time.monotonic()
    ref = place(gateway, attempt, phone)
    key, ended = gateway.wait(Phase.KEY, ref), gateway.wait(Phase.ENDED, ref)
    assert (key.digits, key.attempt, key.phone, key.incoming) == ("1", attempt, phone, False)
    assert ended.ending is Ending.COMPLETED
    assert time.monotonic() - began < 10
    assert operator.wait("ring", phone)[0].saw == NUMBER
    assert [event.phase for event in gateway.events] == [Phase.RINGING, Phase.ANSWERED, Phase.KEY, Phase.ENDED]
