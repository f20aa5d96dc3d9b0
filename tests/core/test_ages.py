"""How a position is known, for every text, page and call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.languages import CODES
from gateway.core.places.spots import Source
from gateway.core.sentences import ages


@pytest.mark.parametrize(
    ("source", "age", "radius", "language", "full", "brief"),
    [
        ("cell", 500, 1234, "id", "perkiraan dari menara, ±1,2 km, 8 menit lalu", "menara 8mnt +-1,2km"),
        ("cell", 500, 1234, "en", "estimate from a cell tower, ±1.2 km, 8 minutes ago", "tower 8min +-1.2km"),
        ("cell", 500, 1234, "sw", "makisio kutoka mnara, ±1.2 km, dakika 8 zilizopita", "mnara dk8 +-1.2km"),
        ("home", None, 50, "id", "alamat rumah, ±50 m", "lok rumah +-50m"),
        ("home", None, None, "id", "alamat rumah", "lok rumah"),
        ("coordinates", 12, 30, "id", "titik dari pesan, ±30 m, baru saja", "titik baru +-30m"),
        ("last_known", 7200, 800, "id", "lokasi terakhir, ±800 m, 2 jam lalu", "lok akhir 2jam +-800m"),
        ("last_known", 3600, 800, "en", "last known position, ±800 m, 1 hour ago", "last known 1h +-800m"),
        ("last_known", 90000, 800, "en", "last known position, ±800 m, 1 day ago", "last known 1d +-800m"),
        ("a_new_one", 60, 100, "id", "sumber lain, ±100 m, 1 menit lalu", "lain 1mnt +-100m"),
        ("", 60, 100, "id", "lokasi belum diketahui", "lok ?"),
        (None, None, None, "en", "position not known", "place ?"),
    ],
)
def test_it_says_source_radius_and_age(
    source: str | None, age: float | None, radius: float | None, language: str, full: str, brief: str
) -> None:
    assert ages.how_known(source, age, radius, language) == full
    assert ages.how_known_brief(source, age, radius, language) == brief


@pytest.mark.parametrize("language", CODES)
def test_every_source_has_words_of_its_own(language: str) -> None:
    for say in (ages.how_known, ages.how_known_brief):
        other = say("a_new_one", None, None, language)
        assert other not in {say(source, None, None, language) for source in Source}


@pytest.mark.parametrize(
    ("metres", "shown"),
    [
        (0, "10 m"),
        (14, "10 m"),
        (994, "990 m"),
        (996, "1 km"),
        (1049, "1 km"),
        (1234, "1,2 km"),
        (9949, "9,9 km"),
        (9951, "10 km"),
        (12_345, "12 km"),
        (20_000_000, "20000 km"),
    ],
)
def test_a_distance_is_as_exact_as_anybody_can_use(metres: float, shown: str) -> None:
    assert ages.distance_text(metres, "id") == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-30, "baru saja"), (59.9, "baru saja"), (60, "1 menit lalu"), (3599, "59 menit lalu"), (172_800, "2 hari lalu")],
)
def test_an_age_is_rounded_down(seconds: float, shown: str) -> None:
    assert ages.age_text(seconds, "id") == shown


@given(st.floats(0, 2e7), st.floats(-1e6, 1e9), st.sampled_from(CODES), st.sampled_from(list(Source)))
def test_the_brief_form_stays_brief(radius: float, age: float, language: str, source: str) -> None:
    assert len(ages.how_known_brief(source, age, radius, language)) <= 31
