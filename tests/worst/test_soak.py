"""The short form of `make soak`: each part is killed once while panics come in, and none is lost."""

from __future__ import annotations

from pathlib import Path

from worst.soak import soaked


def test_no_panic_that_was_answered_is_lost_while_one_part_after_the_other_is_killed(server_dir: Path) -> None:
    with soaked(server_dir / "soak", seed=110) as soak:
        outcome = soak.run(seconds=30, rate=0.6, pause=(1.0, 2.0))
    assert outcome.answered > outcome.sent / 2  # the others had no 200 yet: their carrier goes on trying
    assert outcome.lost == 0, outcome.table()
    assert set(outcome.kills) == {"web", "worker", "redis", "postgresql"}
