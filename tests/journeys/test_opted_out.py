"""Somebody texts STOP to a line, or their carrier says so: that line writes to them no more, and the others do."""

from __future__ import annotations

from pathlib import Path

import pytest
from journeys.city import Pontianak
from sqlalchemy import Engine, select

from gateway.config import Settings
from gateway.core.messages import OptedOut
from gateway.inbound import opt_outs as inbound_opt_outs
from gateway.models import inbound as inbounds
from gateway.models import opt_out as opt_outs
from gateway.models.inbound import Inbound
from tests.journeys.test_phones_out_of_reach import SecondLine


@pytest.fixture
def second() -> SecondLine:
    return SecondLine()


@pytest.fixture
def city(engine: Engine, settings: Settings, tmp_path: Path, second: SecondLine) -> Pontianak:
    return Pontianak(engine, settings, tmp_path, lines=lambda line: [line, second]).build()


def stopped(city: Pontianak) -> list[tuple[str, str]]:
    with city.open() as uow:
        return [(row.phone, row.line) for row in opt_outs.every(uow.db)]


def waiting_for_a_human(city: Pontianak) -> list[str]:
    with city.open() as uow:
        return [row.body for row in uow.db.scalars(select(Inbound).where(Inbound.state == inbounds.TO_HUMAN))]


def test_an_officers_stop_is_kept_and_not_answered(city: Pontianak, second: SecondLine) -> None:
    rina = city.of_barat[0]
    rina.texts("STOP")
    assert stopped(city) == [(rina.number, "simulator")]
    assert rina.got == []
    assert second.taken == []


def test_the_alert_then_leaves_on_another_line_and_the_call_on_the_first(city: Pontianak, second: SecondLine) -> None:
    rina = city.of_barat[0]
    rina.texts("STOP")
    city.budi.texts("TOLONG")
    assert rina.got == []
    assert [text.to for text in second.taken] == [rina.number]
    rina.expects_call()


def test_start_brings_the_texts_back(city: Pontianak, second: SecondLine) -> None:
    rina = city.of_barat[0]
    rina.texts("berhenti").texts("START")
    assert stopped(city) == []
    city.budi.texts("TOLONG")
    rina.expects_text("OK")
    assert second.taken == []


def test_a_text_that_arrives_after_all_clears_it(city: Pontianak) -> None:
    rina = city.of_barat[0]
    city.budi.texts("TOLONG")
    city.asleep = True
    rina.texts("STOP")
    assert stopped(city) != []
    city.forward(seconds=5)  # the report of the alert comes
    assert stopped(city) == []


def test_a_citizens_stop_leaves_nothing_for_the_desk_to_read(city: Pontianak) -> None:
    city.budi.texts("STOP")
    assert stopped(city) == [(city.budi.number, "simulator")]
    assert waiting_for_a_human(city) == []
    assert city.desk_barat.untouched
    assert city.budi.got == []


def test_more_than_stop_is_read_for_a_panic(city: Pontianak) -> None:
    city.budi.texts("STOP TOLONG dirampok")
    assert city.incident.state == "open"
    assert stopped(city) == []


def test_whoever_opted_out_may_still_call_for_help(city: Pontianak, second: SecondLine) -> None:
    city.budi.texts("STOP")
    city.budi.texts("TOLONG")
    assert city.incident.state == "open"
    assert city.budi.number in [text.to for text in second.taken]


def test_stop_while_help_is_on_its_way_is_shown_like_any_words(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.budi.texts("STOP")
    assert stopped(city) == [(city.budi.number, "simulator")]
    assert "said" in city.timeline()


def test_an_unknown_numbers_stop_is_not_answered(city: Pontianak) -> None:
    stranger = city.phone("+6281355500009")
    stranger.texts("STOP")
    assert stranger.got == []
    assert waiting_for_a_human(city) == []


def test_where_it_is_the_only_line_the_alert_is_tried_there(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    city = Pontianak(engine, settings, tmp_path).build()
    rina = city.of_barat[0]
    rina.texts("STOP")
    city.budi.texts("TOLONG")
    rina.expects_text("OK")


def test_a_carriers_note_is_kept_once(city: Pontianak) -> None:
    rina = city.of_barat[0]
    for _ in range(2):
        with city.open() as uow:
            inbound_opt_outs.note_carriers(uow, OptedOut("second", rina.number.removeprefix("+"), region="ID"))
    assert [line for _, line in stopped(city)] == ["second"]
