"""What answers and reports say of a line, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.line_health import ANSWERS, LOOKS_BACK, Evidence, Report, is_failing, of_answer
from gateway.core.messages import Outcome, Sent

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "about_number", "evidence"),
    [
        (Outcome.ACCEPTED, False, Evidence.WELL),
        (Outcome.REFUSED, False, Evidence.FAULT),
        (Outcome.UNKNOWN, False, Evidence.FAULT),
        (Outcome.PERMANENT, False, Evidence.NOTHING),
        (Outcome.REFUSED, True, Evidence.NOTHING),
        (Outcome.PERMANENT, True, Evidence.NOTHING),
    ],
)
def test_what_an_answer_says_of_its_line(outcome: Outcome, about_number: bool, evidence: Evidence) -> None:
    assert of_answer(Sent(outcome, about_number=about_number)) is evidence


def test_every_outcome_has_a_meaning() -> None:
    assert set(ANSWERS) == set(Outcome)


@pytest.mark.parametrize(
    ("failed", "arrived", "was_failing", "failing"),
    [
        (1, 0, False, False),  # one phone that is off says nothing
        (2, 0, False, False),
        (3, 0, False, True),
        (3, 3, False, True),  # half of six
        (3, 4, False, False),
        (2, 6, True, False),  # a quarter
        (3, 6, True, True),  # between the two bounds it stays what it was
        (3, 6, False, False),
        (1, 0, True, True),
        (0, 1, True, False),
        (0, 0, True, False),
    ],
)
def test_when_a_line_fails_to_reach_people(failed: int, arrived: int, was_failing: bool, failing: bool) -> None:
    reports = [Report(False, NOW)] * failed + [Report(True, NOW)] * arrived
    assert is_failing(reports, NOW, was_failing) is failing


def test_old_reports_say_nothing_of_now() -> None:
    old = [Report(False, NOW - LOOKS_BACK - timedelta(seconds=1))] * 5
    assert not is_failing(old, NOW, was_failing=True)


def test_only_the_newest_twenty_numbers_count() -> None:
    before = [Report(False, NOW - timedelta(minutes=5))] * 30
    assert not is_failing([*before, *[Report(True, NOW)] * 20], NOW, was_failing=False)
