"""Which position is believed when several are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.places.ladder import STANDINGS, WIDEST, Standing, best, grown, standing
from gateway.core.places.spots import Source

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HERE, FAR = (-0.02, 109.30), (-0.02, 109.40)  # eleven kilometres apart


@dataclass(frozen=True)
class Known:
    source: str
    radius_m: float
    minutes: float = 0.0  # after noon
    at: tuple[float, float] = HERE

    @property
    def lat(self) -> float:
        return self.at[0]

    @property
    def lon(self) -> float:
        return self.at[1]

    @property
    def taken_at(self) -> datetime:
        return NOON + timedelta(minutes=self.minutes)


GPS, CELL, WORDS = Known("coordinates", 25), Known("cell", 1200), Known("place", 300)


@pytest.mark.parametrize(
    ("older", "newer", "wins"),
    [
        (GPS, Known("coordinates", 25, 1, FAR), "newer"),  # they corrected themselves
        (GPS, Known("coordinates", 111, 1, FAR), "newer"),  # with fewer digits, but their own words
        (GPS, Known("coordinates", 1113, 1, FAR), "older"),  # a kilometre of digits says less than the phone did
        (GPS, Known("place", 300, 1, FAR), "older"),
        (GPS, Known("place", 300, 10, FAR), "newer"),  # after ten minutes the words say more
        (GPS, Known("cell", 1200, 10, FAR), "older"),
        (GPS, Known("cell", 1200, 30, FAR), "newer"),
        (CELL, Known("place", 300, 1), "newer"),
        (CELL, Known("place", 2000, 1), "older"),  # a whole kelurahan
        (CELL, Known("network", 800, 1), "newer"),
        (WORDS, Known("cell", 1200, 1, FAR), "newer"),  # the mast contradicts our reading of the words
        (WORDS, Known("cell", 1200, 1), "older"),  # the mast agrees, and the words are sharper
        (CELL, Known("place", 300), "newer"),  # both in one message, and they agree
        (CELL, Known("place", 300, 0, FAR), "older"),  # and they do not
        (Known("desk", 25), Known("cell", 25, 600), "older"),
        (Known("desk", 25), Known("place", 25, 600), "older"),
        (Known("desk", 25), Known("aml", 25, 1, FAR), "newer"),
        (CELL, Known("desk", 25, 1, FAR), "newer"),
        (Known("cell", 30_000, 1), Known("home", 150, 9), "older"),  # where they live says nothing about now
    ],
)
def test_the_newer_position_wins_unless_it_says_less(older: Known, newer: Known, wins: str) -> None:
    expected = {"older": older, "newer": newer}[wins]
    assert best([older, newer]) == expected
    assert best([newer, older]) == expected


def test_a_radius_grows_at_walking_pace_and_not_for_ever() -> None:
    assert grown(25, 60) == 85
    assert grown(25, -5) == 25  # a phone's clock may run ahead of ours
    assert grown(25, 10**9) == WIDEST
    assert grown(WIDEST + 1, 10) == WIDEST + 1


def test_every_source_has_a_standing_and_only_five_are_more_or_less_than_given() -> None:
    given_sources = {source for source in Source if standing(Known(source, 25)) is Standing.GIVEN}
    assert given_sources == set(Source) - set(STANDINGS)
    assert given_sources == {"aml", "coordinates", "geo_uri", "link", "plus_code", "officer"}


def test_nothing_is_the_best_of_nothing() -> None:
    assert best([]) is None


someone = st.builds(
    Known,
    st.sampled_from(list(Source)),
    st.floats(10, 60_000),
    st.integers(-600, 600),
    st.tuples(st.floats(-10, 6), st.floats(95, 141)),
)


@given(st.lists(someone, min_size=1, max_size=6, unique_by=lambda one: one.minutes))
def test_what_is_believed_is_one_of_them_whatever_their_order_and_never_a_guess_beside_a_report(
    found: list[Known],
) -> None:
    chosen = best(found)
    assert chosen in found
    assert best(found[::-1]) == chosen
    if any(standing(one) is not Standing.PRESUMED for one in found):
        assert standing(chosen) is not Standing.PRESUMED
