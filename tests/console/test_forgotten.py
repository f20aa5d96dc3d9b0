"""An incident that was forgotten can still be looked at: what happened when, and not to whom."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from gateway.operations.retention.forgetting import forget
from gateway.operations.retention.limits import Days
from gateway.wiring import House
from tests.console.station import CALLER, Browser, act, panic

DAYS = SimpleNamespace(
    retain_texts_days=1, retain_positions_days=1, retain_incidents_days=1, retain_register_days=1
)  # fmt: skip


def test_its_page_tells_what_happened_and_nothing_of_anybody(home: House, siti: Browser) -> None:
    code = panic(home, "TOLONG ada maling di warung Bu Ijah")
    act(home, code, "take")
    act(home, code, "close", outcome="resolved", reason="pelaku sudah pergi, kata Bu Ijah")
    before = siti.get(f"/incidents/{code}").text
    assert CALLER.removeprefix("+62") in before
    home.clock.move(days=2)  # type: ignore[attr-defined] # the tests' clock
    forget(home.open_uow, cast(Days, DAYS), home.spool)
    siti.log_in("Siti")
    answer = siti.get(f"/incidents/{code}")
    assert answer.status_code == 200
    for secret in ("Ijah", "maling", CALLER.removeprefix("+62"), "109.33"):
        assert secret in before
        assert secret not in answer.text
    assert "Ditutup: selesai" in answer.text
