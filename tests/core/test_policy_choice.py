"""Which policy applies: the nearest level with a match; there kind and hour, kind, hour, general."""

from __future__ import annotations

import pytest

from gateway.core.incident_kinds import IncidentKind
from gateway.core.policy import POLICIES, By, Group, Who
from gateway.core.policy_choice import Hours, Rule, Slot, best, choose, for_officer, hours_of

FIRE, CRIME, UNKNOWN = IncidentKind.FIRE, IncidentKind.CRIME, IncidentKind.UNKNOWN
NIGHT = Hours(22, 6)
BOTH, KIND, HOUR = Rule(Slot(FIRE, NIGHT), "both"), Rule(Slot(FIRE), "kind"), Rule(Slot(None, NIGHT), "hour")
GENERAL, NOTHING = Rule(Slot(), "general"), Rule(Slot(), "")


@pytest.mark.parametrize(
    ("kind", "hour", "decides"),
    [
        (FIRE, 23, "both"),
        (FIRE, 12, "kind"),
        (CRIME, 23, "hour"),
        (CRIME, 12, "general"),
        (UNKNOWN, 12, "general"),
        (UNKNOWN, 5, "hour"),
    ],
)
def test_at_one_level_kind_and_hour_go_before_kind_before_hour_before_general(
    kind: IncidentKind, hour: int, decides: str
) -> None:
    for rules in ([BOTH, KIND, HOUR, GENERAL], [GENERAL, HOUR, KIND, BOTH]):
        found = best(rules, kind, hour)
        assert found is not None
        assert found.name == decides


@pytest.mark.parametrize(
    ("levels", "kind", "hour", "decides"),
    [
        ([[GENERAL], [BOTH]], FIRE, 23, (0, GENERAL)),  # the nearest level decides, however general
        ([[HOUR], [KIND]], FIRE, 12, (1, KIND)),
        ([[KIND], [HOUR], [GENERAL]], CRIME, 12, (2, GENERAL)),
        ([[NOTHING], [], [HOUR]], CRIME, 2, (2, HOUR)),
        ([[NOTHING], [KIND]], CRIME, 12, None),
        ([], CRIME, 12, None),
    ],
)
def test_the_first_level_with_a_match_decides_and_at_the_top_the_built_in_one(
    levels: list[list[Rule]], kind: IncidentKind, hour: int, decides: tuple[int, Rule] | None
) -> None:
    assert choose(levels, kind, hour) == decides


def test_of_two_rules_for_hours_the_one_for_fewer_decides() -> None:
    long, short = Rule(Slot(None, Hours(18, 6)), "long"), Rule(Slot(None, NIGHT), "short")
    assert [rule.name for hour in (19, 23) if (rule := best([long, short], CRIME, hour))] == ["long", "short"]


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        (Hours(22, 6), (22, 23, 0, 5), (6, 12, 21)),
        (Hours(6, 18), (6, 17), (5, 18)),
        (Hours(0, 24), range(24), ()),
        (Hours(23, 24), (23,), (22, 0)),
        (Hours(7, 7), range(24), ()),
    ],
)
def test_hours_may_pass_midnight(hours: Hours, inside: range, outside: range) -> None:
    assert all(hours.holds(hour) for hour in inside)
    assert not any(hours.holds(hour) for hour in outside)


@pytest.mark.parametrize("columns", [(None, 6), (22, None), (24, 6), (-1, 6), (0, 0), (1, 25)])
def test_columns_that_are_no_hours_are_none(columns: tuple[int | None, int | None]) -> None:
    assert hours_of(*columns) is None


@pytest.mark.parametrize("name", POLICIES)
def test_an_officers_own_panic_asks_the_whole_unit_and_its_neighbours_at_once(name: str) -> None:
    first, *later = for_officer(POLICIES[name]).waves
    assert {Group(Who.UNIT), Group(Who.NEIGHBOURS)} <= set(first.groups)
    assert first.by is By.BOTH
    assert later == list(POLICIES[name].waves[1:])
