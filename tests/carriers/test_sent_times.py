"""When a text was sent, as each carrier tells it; each has a trap of its own."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.carriers.cases import africastalking, kannel, smsgate
from tests.carriers.cases import twilio as twilios
from tests.fake_smsgate import envelope

NOWHERE = "http://127.0.0.1:9"
TOLD = {"from": "+254711222333", "to": "20110", "text": "MSAADA", "id": "one"}


def test_kannel_tells_seconds_since_1970_where_its_get_url_asks_for_them() -> None:
    line = kannel.line(NOWHERE)
    text = line.read_text(kannel.hook("sms", {**TOLD, "ts": "1795312800"}))
    assert text.sent_at == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert line.read_text(kannel.hook("sms", TOLD)).sent_at is None


@pytest.mark.parametrize("date", ["2026-11-22 02:00:00", "2026-11-22T05:00:00+03:00"])
def test_africas_talking_names_no_zone_and_is_read_as_utc(date: str) -> None:
    """As Nairobi's time a true UTC would make every text three hours old; the other way round none is believed."""
    text = africastalking.line(NOWHERE).read_text(africastalking.hook("sms", {**TOLD, "date": date}))
    assert text.sent_at == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def got(ago: timedelta, clock_runs: timedelta = timedelta(0)) -> bytes:
    at = datetime.fromtimestamp(smsgate.NOW, UTC) - ago + clock_runs
    payload = {"message": "TOLONG", "sender": "+6281234567890", "receivedAt": at.isoformat()}
    return envelope("sms:received", payload, "one")


@pytest.mark.parametrize("runs", [timedelta(0), timedelta(minutes=-12), timedelta(minutes=12)])
def test_a_phones_wrong_clock_makes_no_text_old(runs: timedelta) -> None:
    """It signs with the same clock: what counts is how long the text lay there."""
    for ago in (timedelta(0), timedelta(hours=3)):
        hook = smsgate.signed(got(ago, runs), at=smsgate.NOW + runs.total_seconds())
        sent_at = smsgate.line(NOWHERE).read_text(hook).sent_at
        assert sent_at == datetime.fromtimestamp(smsgate.NOW, UTC) - ago


def test_what_waited_in_the_spool_is_as_old_as_when_it_came_and_older() -> None:
    line = smsgate.line(NOWHERE, now=lambda: smsgate.NOW + 7200)
    hook = dataclasses.replace(smsgate.signed(got(timedelta(hours=1))), kept_at=smsgate.NOW)
    assert line.read_text(hook).sent_at == datetime.fromtimestamp(smsgate.NOW, UTC) - timedelta(hours=1)


def test_a_time_that_is_none_costs_no_text() -> None:
    body = json.loads(got(timedelta(0)))
    body["payload"]["receivedAt"] = "tadi pagi"
    text = smsgate.line(NOWHERE).read_text(smsgate.signed(json.dumps(body).encode()))
    assert (text.body, text.sent_at) == ("TOLONG", None)


def test_twilio_tells_none() -> None:
    text = twilios.line(NOWHERE).read_text(twilios.hook("sms", {"From": "+6281234567890", "Body": "TOLONG"}))
    assert text.sent_at is None
