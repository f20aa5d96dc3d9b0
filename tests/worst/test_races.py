"""Many things in the same moment: one incident, one set of alerts, and two workers that share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from worst.processes import eventually
from worst.town import BUDI, DESK, SITI, Town, officer, wave_one

from tests.fake_twilio import Call
from tests.loopback import Reply


@pytest.fixture
def town(town: Town) -> Town:
    """Behind two web processes, as in production."""
    town.settings["WEB_CONCURRENCY"] = "2"
    return town


def all_at_once(*deeds: Callable[[], object]) -> Sequence[object]:
    """Everybody does theirs in the same moment; what they got."""
    start = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> object:
        start.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def test_a_text_delivered_five_times_at_once_is_one_panic(town: Town) -> None:
    town.build().start_all()
    replies = all_at_once(*[lambda: town.text(MessageSid="SM" + "5" * 32)] * 5)
    assert [reply.status for reply in replies if isinstance(reply, Reply)] == [200] * 5
    eventually(3, lambda: set(town.alerts()) == wave_one())
    eventually(3, town.settled)
    assert set(town.alerts().values()) == {1}
    assert town.inbounds() == 1
    (incident,) = town.incidents()
    assert incident.repeats == 0


def test_a_text_and_a_missed_call_that_race_are_one_incident(town: Town) -> None:
    citizens = [f"+62813900000{n:02d}" for n in range(10, 18)]
    town.build().citizens("BARAT", *citizens).start_all()
    for phone in citizens:
        all_at_once(partial(town.text, sender=phone), partial(town.twilio.ring_in, phone))

    incidents = town.incidents()
    assert sorted(incident.phone for incident in incidents) == citizens
    assert {incident.repeats for incident in incidents} == {1}
    assert all(call.over and not call.heard for call in town.twilio.calls if call.incoming)
    eventually(5, lambda: min(town.alerts()[phone] for phone in wave_one()) >= len(citizens))
    eventually(3, town.settled)
    assert {town.alerts()[phone] for phone in wave_one()} == {len(citizens)}  # others stand in for those who are busy


def test_two_workers_share_the_work(town: Town) -> None:
    citizens = [f"+62813900000{n:02d}" for n in range(10, 22)]
    town.build().citizens("BARAT", *citizens).start_all()
    town.start_worker()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda phone: town.text(sender=phone), citizens))

    eventually(8, lambda: min(town.alerts()[phone] for phone in wave_one()) >= len(citizens))
    eventually(3, town.settled)
    assert {town.alerts()[phone] for phone in wave_one()} == {len(citizens)}  # others stand in for those who are busy
    assert set(town.rung().values()) == {1}  # for the other incidents it must first stop ringing
    assert len({row.claimed_by for row in town.outbounds("text")}) == 2


def test_officers_who_pick_up_and_press_in_the_same_moment_are_all_understood(town: Town) -> None:
    """One yes stands the others' calls down while their own hooks are being answered: nobody hears that it failed."""
    citizens = [BUDI, SITI]
    town.build().start_all()
    for phone in citizens:
        town.text(sender=phone)
        ringing = [call for call in eventually(5, lambda: live_calls(town)) if call.phone != DESK]
        all_at_once(*[partial(says_yes, call) for call in ringing])
        eventually(5, lambda: all(call.over for call in town.twilio.calls))

    assert {incident.state for incident in town.incidents()} == {"accepted"}
    assert "spool" not in town.running[0].said
    assert not any("gagal" in word or "failed" in word for call in town.twilio.calls for word in call.heard)


def says_yes(call: Call) -> None:
    call.answers()
    call.presses("1")


def live_calls(town: Town) -> list[Call]:
    calls = [call for call in town.twilio.calls if not call.incoming and not call.over]
    return calls if len(calls) >= len(wave_one()) else []


def test_an_alert_refused_after_somebody_else_said_yes_does_not_leave_on_another_line(town: Town) -> None:
    town.build().start_all()
    late = officer(1)
    town.twilio.entrance.shut(lambda asked: asked.value("To") == late and asked.path.endswith("Messages.json"))
    town.text()
    eventually(5, lambda: town.twilio.entrance.held and town.alerts()[officer(0)])
    town.text("OK", sender=officer(0))
    town.twilio.refused.add(late)
    town.twilio.entrance.open()
    eventually(5, town.settled)
    assert town.alerts()[late] == 0


def test_a_report_that_is_faster_than_the_answer_it_belongs_to_counts(town: Town) -> None:
    """That it was not delivered arrives while the carrier's 201 is on its way: the text leaves on the other line."""
    town.build().start_all()
    hurried = officer(0)
    town.twilio.exit.shut(lambda asked: asked.value("To") == hurried and asked.path.endswith("Messages.json"))
    town.text()
    eventually(5, lambda: town.alerts()[hurried])
    (text,) = [text for text in town.twilio.texts if text.to == hurried]
    town.twilio.report(text, "undelivered", error="30003")
    town.twilio.exit.open()
    eventually(5, lambda: hurried in {text.to for text in town.africastalking.texts})


def test_a_report_that_comes_before_we_know_the_carriers_id_counts_a_moment_later(town: Town) -> None:
    """Africa's Talking tells a text by its own id only, which its answer brings."""
    town.settings["ROUTES"] = "+62=africastalking,twilio"
    town.build().start_all()
    hurried = officer(0)
    town.africastalking.exit.shut(lambda asked: hurried in asked.value("to") and "message" in asked.form)
    town.text()
    eventually(5, lambda: town.alerts()[hurried])
    (text,) = [text for text in town.africastalking.texts if text.to == hurried]
    town.africastalking.report(text, "Failed", "DeliveryFailure")
    town.africastalking.exit.open()
    eventually(5, lambda: hurried in {text.to for text in town.twilio.texts})
