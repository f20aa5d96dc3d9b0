"""What happens to an uncertain call, and when; and the lines of a bundle."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.core.policy import POLICIES
from gateway.core.sentences.bundle import MOST, Line, bundle_texts
from gateway.core.sentences.segments import septets
from gateway.core.uncertain import Call, Handling, Waits, a_no_settles, handling, waits

POLICY = POLICIES["nearest_first"]
USUAL, NEEDS, QUIET = Call(), Call(needs=True), Call(quiet=True)
DESK_FIRST, LOW, UNKNOWN, NO_DESK = Call(desk_first=True), Call(low=True), Call(unknown=True), Call(has_desk=False)


def seconds(ring: int | None, above: int | None, opens: int | None) -> Waits:
    return Waits(*(None if n is None else timedelta(seconds=n) for n in (ring, above, opens)))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (USUAL, seconds(15, None, 60)),
        (NEEDS, seconds(15, None, 60)),
        (QUIET, seconds(15, None, 60)),
        (LOW, seconds(30, None, 60)),
        (Call(low=True, needs=True), seconds(15, None, 60)),
        (Call(low=True, quiet=True), seconds(15, None, 60)),
        (DESK_FIRST, seconds(15, 60, 300)),
        (Call(desk_first=True, quiet=True), seconds(15, 60, 300)),
        (NO_DESK, seconds(None, None, 0)),
        (Call(has_desk=False, desk_first=True), seconds(None, None, 0)),
        (UNKNOWN, seconds(0, None, None)),
    ],
)
def test_how_long_each_step_waits(call: Call, expected: Waits) -> None:
    assert waits(call, POLICY) == expected


@pytest.mark.parametrize(
    ("call", "others", "same", "expected"),
    [
        (USUAL, 0, False, Handling.ALONE),
        (USUAL, 4, False, Handling.ALONE),
        (USUAL, 5, False, Handling.LISTED),
        (USUAL, 0, True, Handling.LISTED),
        (LOW, 5, False, Handling.LISTED),
        (NEEDS, 50, True, Handling.ALONE),
        (QUIET, 50, True, Handling.ALONE),
        (DESK_FIRST, 50, True, Handling.ALONE),
        (UNKNOWN, 50, True, Handling.ALONE),
        (NO_DESK, 50, True, Handling.ALONE),
    ],
)
def test_only_a_flood_makes_lines_of_calls(call: Call, others: int, same: bool, expected: Handling) -> None:
    assert handling(call, others, same, POLICY) is expected


@pytest.mark.parametrize(
    ("call", "settles"), [(USUAL, True), (LOW, True), (DESK_FIRST, True), (NEEDS, False), (QUIET, False)]
)
def test_a_no_settles_nothing_where_somebody_else_may_have_written_it(call: Call, settles: bool) -> None:
    assert a_no_settles(call) is settles


def test_a_bundle_has_a_line_for_each_call_and_names_how_many_wrote_the_same() -> None:
    lines = [
        Line("K7Q", ("+6281234567890", "+6281234567891"), "ada apa ini"),
        Line("M3P", ("+6281234567892",), "rame sekali", hushed=True),
    ]
    (text,) = bundle_texts(lines, "id")
    assert '1) K7Q 081234567890 +1 "ada apa ini" 2) M3P 081234567892 JANGAN TELP/SMS "rame sekali"' in text
    assert "3 SMS warga" in text


@pytest.mark.parametrize("language", ["id", "en", "sw"])
def test_a_long_bundle_is_several_texts_that_lose_no_line(language: str) -> None:
    lines = [Line(f"A{n % 8 + 2}{'BCDEFGH'[n % 7]}", (f"+62812345{n:05}",), "x" * 200) for n in range(40)]
    texts = bundle_texts(lines, language)
    assert len(texts) > 1
    assert all(septets(text) <= MOST for text in texts)
    numbered = [word for text in texts for word in text.split() if word.endswith(")") and word[:-1].isdigit()]
    assert numbered == [f"{n})" for n in range(1, 41)]
