"""Which phone of the roster is tested next, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.phone_proofs import UNKNOWN, Proof, needs_test

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LATELY, MONTH_AGO, WEEK_AGO = NOW - timedelta(days=3), NOW - timedelta(days=29), NOW - timedelta(days=8)
PROVEN = Proof(LATELY, LATELY)


@pytest.mark.parametrize(
    ("known", "takes_keys", "hour", "tested"),
    [
        (UNKNOWN, True, 9, True),
        (UNKNOWN, True, 8, False),  # people sleep after a night's shift
        (UNKNOWN, True, 17, False),
        (PROVEN, True, 9, False),
        (Proof(LATELY, None), True, 9, True),  # nobody knows whether it rings
        (Proof(LATELY, None), False, 9, False),  # and here no call of ours can tell
        (Proof(None, LATELY), True, 9, True),
        (Proof(None, LATELY), False, 9, True),
        (Proof(MONTH_AGO, MONTH_AGO), True, 9, True),
        (Proof(LATELY, MONTH_AGO), True, 9, True),
        (Proof(None, None, asked_at=LATELY), True, 9, False),  # it has not answered: once a week is enough
        (Proof(None, None, asked_at=WEEK_AGO), True, 9, True),
        (Proof(MONTH_AGO, MONTH_AGO, asked_at=MONTH_AGO), True, 16, True),
    ],
)
def test_a_phone_is_tested_that_is_not_proven_in_every_way(
    known: Proof, takes_keys: bool, hour: int, tested: bool
) -> None:
    assert needs_test(known, takes_keys, NOW, hour) is tested
