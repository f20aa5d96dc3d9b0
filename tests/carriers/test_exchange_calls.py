"""Calls between people and the gateway: who hears what, which keys count, and how every call ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.carriers.simulator.phones import Quirk
from gateway.core.messages import Ask, Bridge, Ending, HangUp, Phase, Reject, Say, Script
from tests.carriers.town import ALARM, BUDI, LINE, RINA, Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "phones.db")


# --- people ring us


def test_a_rejected_missed_call_costs_its_caller_nothing(town: Town) -> None:
    town.scripts = [(Reject(),)]
    call = town.people.ring(BUDI)
    assert call is not None
    assert (call.ending, call.answered, call.seconds, call.said) == (Ending.REJECTED, None, 0, ())
    first, last = (town.line.read_call(hook) for hook in town.hooks)
    assert (first.incoming, first.phone, first.called, first.phase) == (True, BUDI, LINE, Phase.RINGING)
    assert (last.ref, last.phase, last.ending, last.seconds) == (first.ref, Phase.ENDED, Ending.REJECTED, 0)
    assert "Ditolak, tanpa biaya" in town.phones.screen(BUDI)


def test_a_caller_whom_nobody_answers_gives_up(town: Town) -> None:
    town.people.ring(BUDI, for_seconds=3)
    town.later(2.9)
    assert town.last_call(BUDI).outcome == "ringing"
    town.later(0.1)
    assert (town.last_call(BUDI).ending, town.told("voice/status")[0]["ending"]) == (Ending.CANCELLED, "cancelled")


def test_a_caller_who_hangs_up_first_is_told_as_such(town: Town) -> None:
    town.people.ring(BUDI)
    assert town.people.hang_up(BUDI)
    assert [told["ending"] for told in town.told("voice/status")] == ["cancelled"]
    assert not town.people.hang_up(BUDI)


def test_a_caller_hears_what_is_said(town: Town) -> None:
    town.scripts = [(Say("Polisi datang", "id"),)]
    call = town.people.ring(BUDI)
    assert call is not None
    assert (call.outcome, call.said, call.language) == ("talking", ("Polisi datang",), "id")
    town.later(2)
    assert (town.last_call(BUDI).ending, town.last_call(BUDI).seconds) == (Ending.COMPLETED, 2)


# --- we ring people


def test_an_alert_rings_is_answered_and_takes_a_key(town: Town) -> None:
    town.scripts = [ALARM, (Say("Terima kasih", "id"), HangUp())]
    ref = town.alarm(RINA, attempt=7)
    town.later(3)
    assert town.people.answer(RINA)
    town.later(4)
    assert town.people.press(RINA, "1")
    events = [town.line.read_call(hook) for hook in town.hooks]
    assert [event.phase for event in events] == [Phase.RINGING, Phase.ANSWERED, Phase.KEY, Phase.ENDED]
    assert {(event.ref, event.attempt, event.phone, event.incoming) for event in events} == {(ref, 7, RINA, False)}
    assert [event.sequence for event in events] == sorted({event.sequence or 0 for event in events})
    assert (events[2].digits, events[3].ending, events[3].seconds) == ("1", Ending.COMPLETED, 4)
    call = town.last_call(RINA)
    assert (call.said, call.keys) == (("Kode K7Q", "Tekan satu", "Terima kasih"), "1")


def test_a_key_on_a_ringing_phone_picks_up_first(town: Town) -> None:
    town.scripts = [ALARM, ()]
    town.alarm(RINA)
    assert town.people.press(RINA, "1")
    assert [told["digits"] for told in town.told("voice/keys")] == ["1"]
    town.later(1)
    assert town.last_call(RINA).ending is Ending.COMPLETED


def test_no_key_in_time_is_an_empty_one_and_its_answer_goes_on(town: Town) -> None:
    town.scripts = [ALARM, (Ask("Sekali lagi", "id", seconds=5),), ()]
    town.alarm(RINA)
    town.people.answer(RINA)
    town.later(7.9)
    assert town.told("voice/keys") == []
    town.later(0.1)
    assert [told["digits"] for told in town.told("voice/keys")] == [""]
    assert town.last_call(RINA).said[-1] == "Sekali lagi"
    town.later(5)
    town.later(0)
    assert town.last_call(RINA).ending is Ending.COMPLETED
    assert len(town.told("voice/keys")) == 2


def test_a_key_that_nobody_asked_for_is_kept_and_told_to_nobody(town: Town) -> None:
    town.speech = 10
    town.scripts = [(Say("Panjang", "id"),)]
    town.alarm(RINA)
    town.people.press(RINA, "5")
    assert (town.last_call(RINA).keys, town.told("voice/keys")) == ("5", [])


def test_speech_takes_its_time_before_the_clock_of_a_question_runs(town: Town) -> None:
    town.speech = 10
    town.scripts = [ALARM, ()]
    town.alarm(RINA)
    town.people.answer(RINA)
    assert town.last_call(RINA).said == ("Kode K7Q",)
    town.later(10)
    assert town.last_call(RINA).said == ("Kode K7Q", "Tekan satu")
    town.later(17.9)
    assert town.told("voice/keys") == []
    town.later(0.1)
    assert len(town.told("voice/keys")) == 1


def test_nobody_answers(town: Town) -> None:
    town.alarm(RINA)
    town.later(24.9)
    assert town.phones.ringing(RINA) is not None
    town.later(0.1)
    assert town.phones.ringing(RINA) is None
    assert (town.told("voice/status")[0]["ending"], town.told("voice/status")[0]["seconds"]) == ("no_answer", 0)
    assert not town.people.answer(RINA)


@pytest.mark.parametrize(("answered", "ending"), [(False, Ending.REJECTED), (True, Ending.COMPLETED)])
def test_an_officer_hangs_up(town: Town, answered: bool, ending: Ending) -> None:
    town.scripts = [ALARM]
    town.alarm(RINA)
    assert not answered or town.people.answer(RINA)
    assert town.people.hang_up(RINA)
    assert [told["ending"] for told in town.told("voice/status")] == [ending.value]
    assert town.phones.live(RINA) is None


def test_a_phone_that_is_off_rings_out_unheard_and_its_person_can_do_nothing(town: Town) -> None:
    town.phones.set_quirk(RINA, Quirk.OFF)
    town.alarm(RINA)
    assert town.phones.ringing(RINA) is None
    did = [
        town.people.answer(RINA),
        town.people.press(RINA, "1"),
        town.people.hang_up(RINA),
        town.people.dial(RINA, "*1#"),
    ]
    assert [*did, town.people.reply(RINA, "1"), town.people.ring(RINA), town.people.text(RINA, "x")] == [False] * 5 + [
        None,
        "",
    ]
    town.later(25)
    assert town.told("voice/status")[0]["ending"] == "no_answer"


def test_a_busy_phone_ends_the_call_at_once(town: Town) -> None:
    town.phones.set_quirk(RINA, Quirk.BUSY)
    town.alarm(RINA)
    town.people.tick()
    assert [(told["ending"], told["attempt"]) for told in town.told("voice/status")] == [("busy", 7)]
    assert town.told("voice") == []


def test_a_call_that_we_take_back_stops_ringing_and_is_told(town: Town) -> None:
    ref = town.alarm(RINA)
    assert town.line.cancel_call(ref)
    town.people.tick()
    assert [told["ending"] for told in town.told("voice/status")] == ["cancelled"]
    assert "Tak terjawab" in town.phones.screen(RINA)


def test_a_call_that_somebody_listens_to_cannot_be_taken_back(town: Town) -> None:
    town.scripts = [ALARM]
    ref = town.alarm(RINA)
    town.people.answer(RINA)
    assert not town.line.cancel_call(ref)
    assert town.last_call(RINA).outcome == "talking"


def test_a_phone_does_one_thing_at_a_time(town: Town) -> None:
    town.alarm(RINA)
    town.people.ring(RINA)
    assert [call.outcome for call in town.phones.call_log(RINA)] == ["rejected", "ringing"]


def test_what_stood_behind_a_question_is_not_spoken_after_its_key(town: Town) -> None:
    town.scripts = [(*ALARM, Say("Dilewati", "id")), ()]
    town.alarm(RINA)
    town.people.press(RINA, "1")
    town.later(1)
    assert town.last_call(RINA).said == ("Kode K7Q", "Tekan satu")


@pytest.mark.parametrize("junk", ["12", "", "x", "١"])
def test_only_keys_can_be_pressed(town: Town, junk: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        town.people.press(RINA, junk)


# --- when the answer is late


def test_a_talk_waits_while_its_answer_is_still_owed(town: Town) -> None:
    town.scripts = [ALARM]
    town.alarm(RINA)
    town.people.tick()
    town.failures = [500]
    town.people.answer(RINA)
    town.people.tick()
    assert (town.last_call(RINA).outcome, town.last_call(RINA).said) == ("talking", ())
    town.later(1)
    assert town.last_call(RINA).said == ("Kode K7Q", "Tekan satu")


def test_a_call_whose_script_never_comes_fails(town: Town) -> None:
    town.alarm(RINA)
    town.people.tick()
    town.failures = [500] * 5
    town.people.answer(RINA)
    for _ in range(20):
        town.later(1)
    assert town.last_call(RINA).ending is Ending.FAILED
    assert town.told("voice/status")[-1]["ending"] == "failed"


# --- put through


def put_through(town: Town, after: Script = ()) -> None:
    town.scripts = [ALARM, (Say("Menyambungkan", "id"), Bridge(BUDI, ring_seconds=30), *after)]
    town.alarm(RINA)
    town.people.press(RINA, "2")


def test_two_phones_are_put_through_and_the_second_sees_our_number(town: Town) -> None:
    put_through(town)
    ringing = town.phones.ringing(BUDI)
    assert ringing is not None
    assert (ringing.other, ringing.attempt) == (LINE, None)
    town.people.answer(BUDI)
    town.later(100)
    assert [town.last_call(phone).outcome for phone in (RINA, BUDI)] == ["talking", "talking"]
    assert {told["to"] for told in town.told("voice", "voice/keys")} == {RINA}


@pytest.mark.parametrize("first", [RINA, BUDI])
def test_when_one_hangs_up_both_talks_end(town: Town, first: str) -> None:
    put_through(town)
    town.people.answer(BUDI)
    town.later(40)
    town.people.hang_up(first)
    town.later(0)
    assert [town.last_call(phone).ending for phone in (RINA, BUDI)] == [Ending.COMPLETED] * 2
    assert [(told["to"], told["seconds"]) for told in town.told("voice/status")] == [(RINA, 40)]


def unanswered(town: Town) -> None:
    put_through(town, after=(Say("Tidak dijawab", "id"),))
    town.later(30)


def refused(town: Town) -> None:
    put_through(town, after=(Say("Tidak dijawab", "id"),))
    town.people.hang_up(BUDI)


def busy(town: Town) -> None:
    town.phones.set_quirk(BUDI, Quirk.BUSY)
    put_through(town, after=(Say("Tidak dijawab", "id"),))


@pytest.mark.parametrize("fate", [unanswered, refused, busy])
def test_the_script_goes_on_when_nobody_is_put_through(town: Town, fate: Callable[[Town], None]) -> None:
    fate(town)
    assert town.last_call(RINA).said[-1] == "Tidak dijawab"
    assert town.last_call(BUDI).ending in (Ending.NO_ANSWER, Ending.REJECTED, Ending.BUSY)
    town.later(1)
    assert town.last_call(RINA).ending is Ending.COMPLETED


def test_the_second_phone_stops_ringing_when_the_first_hangs_up(town: Town) -> None:
    put_through(town)
    town.people.hang_up(RINA)
    assert town.last_call(BUDI).ending is Ending.CANCELLED


def test_a_missed_caller_can_be_put_through_too(town: Town) -> None:
    town.scripts = [(Bridge(RINA),)]
    town.people.ring(BUDI)
    assert town.phones.ringing(RINA) is not None
    town.people.answer(RINA)
    assert town.people.hang_up(RINA)
    town.later(0)
    assert town.last_call(BUDI).ending is Ending.COMPLETED


def test_a_leg_whose_call_ended_behind_its_back_is_ended_too(town: Town) -> None:
    put_through(town)
    town.phones.end(town.last_call(RINA), Ending.COMPLETED, town.clock())
    town.people.answer(BUDI)
    town.later(0)
    assert town.last_call(BUDI).ending is Ending.COMPLETED


def test_a_call_whose_leg_ended_behind_its_back_goes_on(town: Town) -> None:
    put_through(town, after=(Say("Tidak dijawab", "id"),))
    town.phones.end(town.last_call(BUDI), Ending.NO_ANSWER, town.clock())
    town.later(0)
    assert town.last_call(RINA).said[-1] == "Tidak dijawab"


def test_a_talk_that_everybody_forgot_ends_after_ten_minutes(town: Town) -> None:
    put_through(town)
    town.people.answer(BUDI)
    town.later(599)
    assert town.last_call(BUDI).outcome == "talking"
    town.later(1)
    town.later(0)
    assert [town.last_call(phone).ending for phone in (RINA, BUDI)] == [Ending.COMPLETED] * 2
