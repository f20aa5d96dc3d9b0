"""What only the line over an Asterisk does."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from gateway.carriers.asterisk import causes
from gateway.carriers.asterisk.description import AsteriskSettings
from gateway.core.messages import CallOut, Outcome, Phase, Sent
from tests.carriers.cases.asterisk import CASE, KEY, NUMBER, PASSWORD, hook, line
from tests.fake_asterisk import FakeAsterisk

TO = "+6281234567890"


@pytest.fixture
def asterisk() -> FakeAsterisk:
    double = CASE.double()
    assert isinstance(double, FakeAsterisk)
    return double


def test_a_repeat_is_the_same_call(asterisk: FakeAsterisk) -> None:
    with asterisk:
        placed = [line(asterisk.url).place_call(CallOut(7, TO)) for _ in range(3)]
    assert {sent.outcome for sent in placed} == {Outcome.ACCEPTED}
    assert len({sent.ref for sent in placed}) == 1
    assert [call.phone for call in asterisk.calls] == [TO]
    assert placed[0].ref.startswith("siaga-7-")


def test_another_attempt_phone_or_line_is_another_call(asterisk: FakeAsterisk) -> None:
    with asterisk:
        first, second = line(asterisk.url), line(asterisk.url, name="asterisk-2")
        placed = [first.place_call(CallOut(7, TO)), first.place_call(CallOut(8, TO)), second.place_call(CallOut(7, TO))]
        placed.append(first.place_call(CallOut(7, "+6281234567891")))
    assert len({sent.ref for sent in placed}) == 4


def test_a_call_asks_for_what_it_needs(asterisk: FakeAsterisk) -> None:
    with asterisk:
        line(asterisk.url).place_call(CallOut(7, TO, ring_seconds=18))
        line(asterisk.url, name="asterisk-2", trunk="PJSIP/{number}@trunk").place_call(CallOut(8, TO))
    first, second = [asked for asked in asterisk.asked if asked.method == "POST"]
    told = {name: values[0] for name, values in first.form.items()}
    assert told == {
        "endpoint": f"PJSIP/{TO}@trunk",
        "app": "siaga",
        "appArgs": f"out,{TO}",
        "timeout": "18",
        "callerId": NUMBER,
    }
    assert second.value("app") == "siaga-2"


def test_no_phone_rings_while_nobody_would_speak_to_it(asterisk: FakeAsterisk) -> None:
    asterisk.held = False
    with asterisk:
        opened = line(asterisk.url)
        assert opened.place_call(CallOut(7, TO)) == Sent(Outcome.REFUSED, code="no_switch")
        asterisk.held = True
        assert opened.place_call(CallOut(7, TO)).outcome is Outcome.ACCEPTED
    assert [call.phone for call in asterisk.calls] == [TO]


def test_whether_somebody_would_speak_is_asked_once_for_many_calls(asterisk: FakeAsterisk) -> None:
    with asterisk:
        opened = line(asterisk.url)
        for attempt in range(20):
            opened.place_call(CallOut(attempt, TO))
    assert len([asked for asked in asterisk.asked if asked.path.startswith("/ari/applications")]) < 10


def test_a_call_that_was_cut_off_after_it_left_is_unknown(asterisk: FakeAsterisk) -> None:
    with asterisk:
        opened = line(asterisk.url)
        opened.place_call(CallOut(7, TO))
        asterisk.trouble.kind = "cut_off"
        assert opened.place_call(CallOut(8, TO)) == Sent(Outcome.UNKNOWN, code="cut_off")


def test_a_call_is_taken_back_while_it_rings_and_not_later(asterisk: FakeAsterisk) -> None:
    with asterisk:
        opened = line(asterisk.url)
        rings, talks = opened.place_call(CallOut(7, TO)).ref, opened.place_call(CallOut(8, TO)).ref
        asterisk.channels[talks].state = "Up"
        assert [opened.cancel_call(ref) for ref in (rings, rings, talks, "1795816668.5", "../bridges/x")] == [
            True,
            False,
            False,
            False,
            False,
        ]
    assert asterisk.orders == [f"DELETE channels/{rings} normal"]
    assert list(asterisk.channels) == [talks]


@pytest.mark.parametrize(
    ("trunk", "endpoint"),
    [
        ("trunk", f"PJSIP/{TO}@trunk"),
        ("PJSIP/{digits}@operator", "PJSIP/6281234567890@operator"),
        ("Dongle/g1/{number}", f"Dongle/g1/{TO}"),
    ],
)
def test_a_trunk_may_be_a_whole_dial_string(trunk: str, endpoint: str) -> None:
    assert line("http://127.0.0.1:9", trunk=trunk).dial_string(TO) == endpoint


@pytest.mark.parametrize("trunk", ["", "PJSIP/trunk", "trunk&other", "Local/{number}@x,n", "{number}"])
def test_other_trunks_are_refused_by_the_settings(trunk: str) -> None:
    given = {"ari_url": "http://127.0.0.1:8088", "username": "siaga", "number": NUMBER}
    secrets = {"password": SecretStr(PASSWORD), "hook_key": SecretStr(KEY)}
    if trunk == "":
        assert AsteriskSettings(**given, **secrets, trunk=trunk).trunk == ""  # that it is missing is told elsewhere
        return
    with pytest.raises(ValidationError, match="PJSIP endpoint"):
        AsteriskSettings(**given, **secrets, trunk=trunk)


def test_each_cause_of_the_table_has_an_end() -> None:
    assert {causes.ending(cause, rang=True, answered=False, keyed=False) for cause in causes.UNANSWERED} == set(
        causes.UNANSWERED.values()
    )
    assert causes.GONE in causes.BROKEN


def test_a_call_without_an_id_is_one_call_for_its_repeats() -> None:
    told = {"phone": "+62812", "event": "ringing"}
    first, repeat = (line("http://127.0.0.1:9", now=lambda: 1e9).read_call(hook("voice", told)) for _ in range(2))
    assert first.ref == repeat.ref
    assert (first.phase, first.incoming) == (Phase.RINGING, True)
