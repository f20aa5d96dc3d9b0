"""One text about several incidents: every code, what must not be done, and as much else as one message holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.core.sentences.alert_text import AlertFacts
from gateway.core.sentences.bundle_text import bundle_text
from gateway.core.sentences.segments import fits

AT = datetime(2026, 11, 22, 7, tzinfo=UTC)


def facts(code: str, **more: object) -> AlertFacts:
    known: dict[str, object] = {
        "phone": "+6281390000001",
        "place": "Jalan Gusti Situt Mahmud Gang Flamboyan",
        "distance_m": 840.0,
    }
    return AlertFacts(code, AT, "Asia/Pontianak", "Budi", **(known | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["id", "en", "sw"])
@pytest.mark.parametrize("count", [2, 3, 5, 8, 12, 15])
def test_it_is_one_message_with_every_code(language: str, count: int) -> None:
    several = [facts(f"K{number}Q" if number < 10 else f"K{number}") for number in range(2, count + 2)]
    text = bundle_text(several, count + 1, language)
    assert fits(text)
    assert all(one.code in text for one in several)
    assert str(count + 1) in text


def test_two_have_room_for_number_place_and_distance() -> None:
    text = bundle_text([facts("K7Q"), facts("M3P")], 2, "id")
    assert "K7Q 081390000001 " in text
    assert "840" in text
    assert "Gusti" in text


def test_whom_one_may_not_ring_has_no_number_and_the_warning_is_never_cut() -> None:
    several = [facts("K7Q", quiet=True), *(facts(f"M{number}P") for number in range(2, 10)), facts("T4X", drill=True)]
    text = bundle_text(several, 10, "id")
    assert "JANGAN TELP/SMS K7Q" in text
    assert "LATIHAN T4X" in text
    assert "081390000001" not in bundle_text([facts("K7Q", quiet=True), facts("M3P", duress=True)], 2, "id")


def test_of_very_many_the_last_are_counted() -> None:
    text = bundle_text([facts(f"{a}{b}Q") for a in "ABCDEFGH" for b in "23456789"], 64, "id")
    assert fits(text)
    assert "A2Q; A3Q" in text
    assert "; +" in text
