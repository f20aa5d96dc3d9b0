"""Which panics missed a promised time, and the reason that is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from ledger import NOON

from gateway.models import incident as incidents
from gateway.operations.results.cases import Case
from gateway.operations.results.misses import LATE, NEVER, missed
from gateway.operations.results.sections import PROMISES

PERFECT = Case(
    id=1, code="K7Q", channel="text", state=incidents.RESOLVED, drill=False, unit="KOTA", caller="x", opened_at=NOON,
    source="cell", radius_m=800, to_alert=2, to_yes=20, to_scene=600, to_close=900, wave=1, to_text=2, to_ring=10,
    to_officer=60,
)  # fmt: skip
TOMORROW = NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        ({"to_ring": 10.1}, ["late_ring"]),
        ({"to_ring": None}, ["no_ring"]),
        ({"to_ring": None, "to_alert": None, "to_text": None}, ["not_asked"]),
        ({"to_officer": 61}, ["late_yes"]),
        ({"to_officer": None, "to_scene": None}, ["no_yes", "nobody_came"]),
        ({"to_officer": None, "to_desk": 5, "to_scene": None}, ["desk_only", "nobody_came"]),
        ({"to_officer": None, "to_event": 30, "to_scene": None}, ["same_event", "same_event"]),
        ({"to_scene": 601}, ["late_scene"]),
        ({"to_scene": None}, ["not_reported"]),
        ({"to_ring": 11, "to_officer": 90, "to_scene": 700}, ["late_ring", "late_yes", "late_scene"]),
        ({"state": incidents.CANCELLED, "to_yes": None, "to_officer": None}, []),
    ],
)
def test_each_missed_promise_has_its_reason(changes: dict[str, object], told: list[str]) -> None:
    case = replace(PERFECT, **changes)  # type: ignore[arg-type] # fields of the table
    assert [miss.reason for one in missed([case], TOMORROW) for miss in one.misses] == told


@pytest.mark.parametrize(("seconds", "told"), [(10, []), (11, ["no_ring"]), (61, ["no_ring", "no_yes"])])
def test_who_is_still_waiting_missed_nothing_before_the_promise_is_over(seconds: int, told: list[str]) -> None:
    case = replace(PERFECT, state=incidents.OPEN, to_ring=None, to_officer=None, to_scene=None, to_close=None)
    found = missed([case], NOON + timedelta(seconds=seconds))
    assert [miss.reason for one in found for miss in one.misses] == told


def test_what_never_happened_stands_before_what_was_late() -> None:
    late, never = replace(PERFECT, code="A2B", to_officer=300), replace(PERFECT, code="C3D", to_scene=None)
    assert [one.case.code for one in missed([late, PERFECT, never], TOMORROW)] == ["C3D", "A2B"]


def test_each_promise_can_be_late_and_can_be_missing() -> None:
    assert LATE.keys() == NEVER.keys() == PROMISES.keys()
