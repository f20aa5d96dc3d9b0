"""A worker dies without a word: nothing is lost, nothing leaves more than twice, no phone rings twice at once."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPException
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from worst.company import Gate
from worst.processes import eventually
from worst.town import BUDI, Town, officer, wave_one

from gateway.delivery.outcomes import CALL_ELSEWHERE
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound

RING = 25.0  # seconds that one of our calls makes a phone ring


def all_asked(gate: Gate) -> bool:
    """Every text and call of the first wave is at this gate; what the citizen is told may be there too."""
    waiting = Counter(asked.value("To") for asked in gate.held)
    return all(waiting[phone] == 2 for phone in wave_one())


def leaves_at_most_twice(town: Town) -> None:
    """Everybody was reached; a second time only where the first is of unknown outcome."""
    unknown = {row.outbound_id for row in town.attempts() if row.state == "unknown" or row.code == "worker_lost"}
    doubtful = {row.phone for row in town.outbounds("text") if row.id in unknown}
    twice = {phone for phone, count in town.alerts().items() if count == 2}
    assert set(town.alerts()) >= wave_one()
    assert max(town.alerts().values()) <= 2
    assert twice <= doubtful


def never_two_calls_at_once(town: Town) -> None:
    for phone in town.rung():
        rings = sorted(at for at, to, kind in town.twilio.taken_at if to == phone and kind == "call")
        assert all(later - earlier >= RING for earlier, later in pairwise(rings)), (phone, rings)


def test_a_worker_killed_before_it_heard_of_the_panic_loses_nothing(town: Town) -> None:
    _, worker = town.build().start_all()
    worker.pause()
    town.text()
    worker.kill()
    assert not town.alerts()

    town.start_worker()

    eventually(8, lambda: set(town.alerts()) == wave_one() and set(town.rung()) == wave_one())
    eventually(3, town.settled)
    assert set(town.alerts().values()) == {1}
    assert set(town.rung().values()) == {1}


@pytest.mark.parametrize("moment", ["entrance", "exit"], ids=["in the middle of a wave", "before it wrote the answer"])
def test_a_worker_killed_while_it_waits_for_the_carrier_asks_again_once(town: Town, moment: str) -> None:
    gate: Gate = getattr(town.twilio, moment)
    _, worker = town.build().start_all()
    gate.shut()
    town.text()
    eventually(5, lambda: all_asked(gate))
    worker.kill()
    gate.open()  # what the carrier had in hand, it does

    town.start_worker()

    eventually(20, lambda: set(town.alerts()) >= wave_one() and town.settled())
    assert max(town.alerts().values()) == 2
    leaves_at_most_twice(town)
    doubtful = [row for row in town.outbounds("call") if row.unknowns]
    assert doubtful
    for row in doubtful:  # that phone may be ringing, so another line waits before it places the call
        assert row.state == "under_way"
        assert row.ends_by is not None
        assert row.ends_by > datetime.now(UTC) + CALL_ELSEWHERE / 2
    assert set(town.rung().values()) == {1}

    town.end_calls()

    eventually(5, lambda: all(town.rung()[row.phone] == 2 for row in doubtful))
    eventually(5, town.settled)
    assert max(town.rung().values()) == 2


def test_what_the_carrier_has_reported_is_not_sent_again_for_a_dead_worker(town: Town) -> None:
    _, worker = town.build().start_all()
    town.twilio.exit.shut()
    town.text()
    eventually(5, lambda: set(town.alerts()) == wave_one() and set(town.rung()) == wave_one())
    worker.kill()
    for text in list(town.twilio.texts):
        town.twilio.report(text, "delivered" if text.to == officer(0) else "sent")
    picked_up, ringing, *others = town.twilio.calls
    picked_up.answers()
    ringing.rings()
    for call in others:
        town.twilio.handset(call.phone).calls = "absent"
        call.is_left_ringing()
    town.twilio.exit.open()

    town.start_worker()

    eventually(10, lambda: not any(row.state in ("sending", "claimed") for row in town.outbounds()))
    assert set(town.alerts().values()) == {1}
    for call in (picked_up, ringing):
        assert [row.state for row in town.outbounds("call", call.phone)] == ["under_way"]
    for call in others:  # its end was told: the next call is due in its own time
        assert [row.state for row in town.outbounds("call", call.phone)] == ["done", "owed"]


def test_a_worker_stopped_inside_a_transaction_holds_nobody_up(town: Town) -> None:
    """To PostgreSQL a stopped process is an open transaction of which nobody says anything any more."""
    _, worker = town.build().start_all()
    town.twilio.entrance.shut()
    town.text()
    eventually(5, lambda: all_asked(town.twilio.entrance))
    with town.engine.connect() as stopped:
        stopped.execute(select(Outbound.id).where(Outbound.state == "sending").with_for_update())
        stopped.execute(select(Incident.id).with_for_update())
        worker.kill()
        town.twilio.entrance.open()
        town.start_worker()
        eventually(15, lambda: min((town.alerts()[phone] for phone in wave_one()), default=0) == 2)
        with pytest.raises(DBAPIError):
            stopped.execute(select(1))
    eventually(5, town.settled)
    leaves_at_most_twice(town)


def test_a_paused_worker_that_wakes_up_finds_its_work_taken_over(town: Town) -> None:
    _, worker = town.build().start_all()
    town.twilio.entrance.shut()
    town.text()
    eventually(5, lambda: all_asked(town.twilio.entrance))
    worker.pause()
    town.twilio.entrance.open()
    town.start_worker()
    eventually(20, lambda: set(town.alerts()) == wave_one() and min(town.alerts().values()) == 2)
    worker.resume()
    eventually(5, town.settled)
    leaves_at_most_twice(town)
    never_two_calls_at_once(town)


def text_to_nobody(town: Town, words: str) -> None:
    """The process that should answer dies meanwhile."""
    with suppress(OSError, HTTPException):
        town.twilio.text_in(BUDI, words)


def test_a_web_process_killed_while_it_understands_a_long_text_loses_nothing(town: Town) -> None:
    """The text is committed first; somebody's lock keeps the web process busy with understanding it."""
    web = town.build().start_web()
    with town.engine.begin() as held:
        held.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        held.exec_driver_sql("LOCK TABLE citizens IN ACCESS EXCLUSIVE MODE")
        asked = threading.Thread(target=text_to_nobody, args=(town, "TOLONG ada maling " + "cepat " * 20_000))
        asked.start()
        eventually(4, lambda: town.inbounds() == 1, "the text is committed")
        web.kill()
        asked.join()
    assert town.incidents() == []

    town.start_worker()

    eventually(20, lambda: set(town.alerts()) == wave_one(), "the sweep has understood it")
    assert len(town.incidents()) == 1
