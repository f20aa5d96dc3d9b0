"""Which calls may be one event: the table of facts that keep two apart, and how close is close."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.incident_kinds import IncidentKind
from gateway.core.same_event import (
    AFTER,
    SEEN_BY_MANY,
    Bar,
    Call,
    bar,
    counts_with_first,
    desk_is_empty,
    is_another_matter,
    is_proposed,
)
from gateway.models import incident as incidents

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
FIRE = Call(NOON, IncidentKind.FIRE, -0.0200, 109.3000, 30.0, unit=1)
NEXT = replace(FIRE, opened_at=NOON + timedelta(minutes=2), lat=-0.0205)
METRE = 1 / 110_574  # degrees of latitude at the equator


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, None),
        ({"kind": IncidentKind.UNKNOWN}, None),
        ({"kind": IncidentKind.CRIME}, Bar.KIND),
        ({"kind": IncidentKind.DOMESTIC_VIOLENCE}, Bar.CAREFUL),
        ({"careful": True}, Bar.CAREFUL),
        ({"drill": True}, Bar.DRILL),
        ({"officer": True}, Bar.OFFICER),
        ({"closed": True}, Bar.CLOSED),
    ],
)
def test_what_keeps_two_calls_apart_whichever_comes_first(facts: dict[str, object], why: Bar | None) -> None:
    other = replace(NEXT, **facts)  # type: ignore[arg-type]
    assert bar(FIRE, other) == bar(other, FIRE) == why
    if why is not None:
        assert not is_proposed(FIRE, other)
        assert not counts_with_first(FIRE, other)


def test_two_calls_of_violence_at_home_are_never_one_event() -> None:
    home = replace(FIRE, kind=IncidentKind.DOMESTIC_VIOLENCE)
    assert bar(home, home) is Bar.CAREFUL


@pytest.mark.parametrize(
    ("away_m", "radius_m", "minutes", "proposed", "counts"),
    [
        (0, 30, 0, True, True),
        (149, 200, 15, True, True),
        (151, 200, 15, True, False),
        (149, 201, 15, True, False),
        (149, 200, 16, True, False),
        (299, 500, 30, True, False),
        (301, 500, 30, False, False),
        (299, 501, 30, False, False),
        (299, 500, 31, False, False),
    ],
)
def test_how_close_is_close(away_m: float, radius_m: float, minutes: int, proposed: bool, counts: bool) -> None:
    later = replace(
        FIRE, lat=-0.02 - away_m * METRE, radius_m=float(radius_m), opened_at=NOON + timedelta(minutes=minutes)
    )
    assert is_proposed(FIRE, later) is is_proposed(later, FIRE) is proposed
    assert counts_with_first(FIRE, later) is counts


@pytest.mark.parametrize("unknown", [{"lat": None}, {"lon": None}])
def test_a_call_without_a_place_is_close_to_nothing(unknown: dict[str, None]) -> None:
    assert not is_proposed(FIRE, replace(NEXT, **unknown))
    assert not counts_with_first(replace(FIRE, **unknown), NEXT)


@pytest.mark.parametrize("kind", IncidentKind)
def test_a_wave_counts_for_both_only_where_many_see_the_same_trouble(kind: IncidentKind) -> None:
    assert counts_with_first(replace(FIRE, kind=kind), replace(NEXT, kind=kind)) is (kind in SEEN_BY_MANY)
    assert not counts_with_first(FIRE, replace(NEXT, unit=2))
    assert not counts_with_first(FIRE, replace(NEXT, kind=IncidentKind.UNKNOWN))
    assert IncidentKind.CRIME not in SEEN_BY_MANY


@pytest.mark.parametrize(
    ("told", "needs", "another"),
    [
        (IncidentKind.UNKNOWN, False, False),
        (IncidentKind.FIRE, False, False),
        (IncidentKind.MEDICAL, False, True),
        (IncidentKind.DOMESTIC_VIOLENCE, False, True),
        (IncidentKind.UNKNOWN, True, True),
        (IncidentKind.FIRE, True, True),
    ],
)
def test_which_later_words_are_another_matter(told: IncidentKind, needs: bool, another: bool) -> None:
    assert is_another_matter(IncidentKind.FIRE, told, needs) is another


@pytest.mark.parametrize(
    ("has_desk", "seconds", "empty"), [(True, 0, False), (True, 59, False), (True, 60, True), (False, 0, True)]
)
def test_when_a_desk_counts_as_empty(has_desk: bool, seconds: int, empty: bool) -> None:
    assert desk_is_empty(has_desk, timedelta(seconds=seconds), timedelta(seconds=60)) is empty


def test_it_says_what_becomes_of_the_others_after_every_end() -> None:
    assert set(AFTER) == set(incidents.CLOSED)
