"""What a position is called: the area that holds it, and the nearest known place with distance and direction."""

from dataclasses import replace

import pytest

from gateway.core.places.gazetteer import Place
from gateway.core.places.neighbourhood import Compass, Neighbourhood, Surroundings, direction
from gateway.core.sentences.alert_text import AlertFacts, alert_text
from gateway.core.sentences.place_names import in_brief, names
from gateway.core.sentences.script import first_words
from gateway.core.sentences.segments import fits
from tests.core.test_alert_text import BUDI

METRE = 1 / 111_320  # degrees


def square(size: float) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[[109, 0], [109 + size, 0], [109 + size, size], [109, size], [109, 0]]]}


def mosque(
    name: str = "Masjid Mujahidin",
    lat: float = 0.05,
    lon: float = 109.05,
    radius_m: float = 80.0,
    level: str = "place",
) -> Place:
    return Place(name, (), lat, lon, radius_m, level=level)


def around(*places: Place, lat: float = 0.05, lon: float = 109.05) -> Surroundings:
    return Neighbourhood([("Kota", square(1)), ("Sungai Jawi", square(0.1))], places).of(lat, lon)


@pytest.mark.parametrize(
    ("north", "east", "compass"),
    [
        (300, 0, "north"), (300, 300, "north_east"), (0, 300, "east"), (-300, 300, "south_east"),
        (-300, 0, "south"), (-300, -300, "south_west"), (0, -300, "west"), (300, -300, "north_west"),
        (300, -10, "north"),
    ],
)  # fmt: skip
def test_the_direction_is_that_of_the_position_as_seen_from_the_known_place(
    north: int, east: int, compass: str
) -> None:
    assert direction((0.0, 109.0), (north * METRE, 109 + east * METRE)) == Compass(compass)


def test_of_several_areas_the_smallest_gives_the_name() -> None:
    assert around().area == "Sungai Jawi"
    assert around(lat=0.5, lon=109.5).area == "Kota"
    assert around(lat=5, lon=100) == Surroundings()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", "300 m di barat Masjid Mujahidin, Sungai Jawi"),
        ("en", "300 m west of Masjid Mujahidin, Sungai Jawi"),
        ("sw", "300 m magharibi mwa Masjid Mujahidin, Sungai Jawi"),
    ],
)
def test_a_position_is_called_by_distance_and_direction_of_the_nearest_known_place(language: str, words: str) -> None:
    assert names("", around(mosque(), lon=109.05 - 300 * METRE), language) == words


@pytest.mark.parametrize(
    ("place", "metres", "words"),
    [
        (mosque(), 20, "di Masjid Mujahidin, Sungai Jawi"),
        (mosque(), 60, "60 m di timur Masjid Mujahidin, Sungai Jawi"),
        (mosque("Jalan Ampera", radius_m=900.0), 600, "sekitar Jalan Ampera, Sungai Jawi"),
        (mosque("Jalan Ampera", radius_m=900.0), 1200, "1,2 km di timur Jalan Ampera, Sungai Jawi"),
        (mosque(lat=0.2), 0, "Sungai Jawi"),  # farther than anybody can use
        (mosque("Kel. Sungai Bangkong", level="kelurahan"), 60, "Sungai Jawi"),  # the middle of an area is no landmark
    ],
)
def test_how_much_is_said_of_a_place_follows_what_it_tells(place: Place, metres: int, words: str) -> None:
    assert names("", around(place, lon=109.05 + metres * METRE), "id") == words


def test_a_small_place_is_named_before_a_wide_one_whose_middle_is_nearer() -> None:
    found = around(mosque(lon=109.05 + 400 * METRE), mosque("Jalan Ampera", radius_m=1500.0))
    assert found.near is not None
    assert found.near.name == "Masjid Mujahidin"


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("Pasar Flamboyan", "Pasar Flamboyan, Sungai Jawi"),
        ("Kel. Sungai Bangkong", "Kel. Sungai Bangkong"),
        ("Gang Baru, Sungai Jawi", "Gang Baru, Sungai Jawi"),
    ],
)
def test_a_place_that_somebody_named_stands_before_what_the_map_says(named: str, words: str) -> None:
    assert names(named, around(mosque(), lon=109.04), "id") == words


def test_the_forms_for_a_text_lose_the_area_before_the_known_place() -> None:
    forms = in_brief("", around(mosque("Simpang Sungai"), lon=109.05 - 300 * METRE), "id")
    assert forms == ("300m di barat Simpang Sungai, Sungai Jawi", "300m di barat Simp Sei, Sei Jawi",
                     "300m di barat Simp Sei")  # fmt: skip


@pytest.mark.parametrize("words", ["", "ada maling bawa parang di depan rumah"])
def test_the_alert_says_where_in_words_before_link_and_coordinates(words: str) -> None:
    facts = replace(BUDI, place=None, around=around(mosque(), lon=109.05 - 300 * METRE), words=words)
    text = alert_text(facts, "id")
    assert fits(text)
    assert "300m di barat Masjid Mujahidin" in text
    assert "-0.0334,109.3412" in text


def test_the_call_says_where_in_words_and_no_digit() -> None:
    facts: AlertFacts = replace(BUDI, place=None, around=around(mosque(), lon=109.05 - 300 * METRE))
    said = first_words(facts, "id")
    assert "Lokasi: tiga ratus meter di barat Masjid Mujahidin, Sungai Jawi." in said
    assert not any(letter.isdecimal() for letter in said)
