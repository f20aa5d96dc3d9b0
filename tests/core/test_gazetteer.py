"""Places in words: what people type for them, and what only looks like one."""

from __future__ import annotations

import csv
import random
import string
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.places.gazetteer import Gazetteer, Place
from gateway.core.places.placewords import ORDINARY
from gateway.core.places.spots import Source

PONTIANAK = (-0.0263, 109.3425)
BANJARBARU = (-3.441, 114.83)


def place(
    name: str, *aliases: str, at: tuple[float, float] = PONTIANAK, radius: float = 300, level: str = "place"
) -> Place:
    return Place(name, aliases, *at, radius, None, level)


def kelurahan(name: str, *aliases: str, at: tuple[float, float] = PONTIANAK) -> Place:
    return place(name, *aliases, at=at, radius=2000, level="kelurahan")


PLACES = [
    place("Pasar Flamboyan"),
    place("Jalan Ahmad Yani Km 5"),
    place("Jl. Veteran"),
    place("Jl Merpati"),
    place("Jl Imam Bonjol"),
    place("Perumahan Griya Indah"),
    place("Masjid Raya Mujahidin", "Masjid Mujahidin"),
    place("Jl. Ma'ruf"),
    kelurahan("Sungaijawi", "Sungai Jawi"),
    kelurahan("Sungaijawi Dalam", "Sungai Jawi Dalam"),
    kelurahan("Sungaijawi Luar", "Sungai Jawi Luar"),
    kelurahan("Siantan Hilir"),
    kelurahan("Siantan Hulu"),
    kelurahan("Benuamelayu Darat", "Benua Melayu Darat", "BMD"),
    kelurahan("Benuamelayu Laut", "Benua Melayu Laut", "BML"),
    kelurahan("Parittokaya", "Parit Tokaya"),
    kelurahan("Pallima", "Pal Lima", "Pal 5"),
    kelurahan("Daratsekip"),
    kelurahan("Tengah"),
    kelurahan("Mariana"),
    kelurahan("Saigon"),
    kelurahan("Komet", at=BANJARBARU),
    kelurahan("Palam", at=BANJARBARU),
    kelurahan("Bangkal", at=BANJARBARU),
    kelurahan("Kemuning", at=BANJARBARU),
    kelurahan("Cempaka", at=BANJARBARU),
    kelurahan("Loktabat Selatan", at=BANJARBARU),
    kelurahan("Loktabat Utara", at=BANJARBARU),
    kelurahan("Landasan Ulin Timur", "LU Timur", at=BANJARBARU),
    kelurahan("Guntung Manggis", at=BANJARBARU),
    place("Cempaka", at=BANJARBARU, radius=12_000, level="kecamatan"),
    place("Kecamatan Pontianak Selatan", radius=3800, level="kecamatan"),
    place("Banjarbaru Utara", at=BANJARBARU, radius=10_000, level="kecamatan"),
]
GAZETTEER = Gazetteer(PLACES)
TWO_CITIES = Gazetteer(
    [*PLACES, place("Jalan Gajah Mada", radius=1200), place("Jl. Gajah Mada", at=BANJARBARU, radius=900)]
)


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("dkt psr flamboyan", "Pasar Flamboyan", "psr flamboyan"),
        ("tolong ada begal dpn pasar flamboyn cepat", "Pasar Flamboyan", "pasar flamboyn"),
        ("PASAR FLAMBOYAN!!!", "Pasar Flamboyan", "pasar flamboyan"),
        ("jl a yani km 5", "Jalan Ahmad Yani Km 5", "jl a yani km 5"),
        ("jl. A. Yani km.5", "Jalan Ahmad Yani Km 5", "jl a yani km 5"),
        ("ayani km5", "Jalan Ahmad Yani Km 5", "ayani km 5"),
        ("jln achmad yani km 5", "Jalan Ahmad Yani Km 5", "jln achmad yani km 5"),
        ("jl vetran", "Jl. Veteran", "jl vetran"),
        ("jalan maruf", "Jl. Ma'ruf", "jalan maruf"),
        ("dekat imam bonjol", "Jl Imam Bonjol", "imam bonjol"),
        ("prum griya indah", "Perumahan Griya Indah", "prum griya indah"),
        ("samping masjid mujahidin ada api", "Masjid Raya Mujahidin", "masjid mujahidin"),
        ("sungai jawi", "Sungaijawi", "sungai jawi"),
        ("sei jawi dlm", "Sungaijawi Dalam", "sei jawi dlm"),
        ("sui jawi luar", "Sungaijawi Luar", "sui jawi luar"),
        ("sungaijawi dalam", "Sungaijawi Dalam", "sungaijawi dalam"),
        ("d siantan hilir dpn masjid", "Siantan Hilir", "siantan hilir"),
        ("siantanhilir", "Siantan Hilir", "siantanhilir"),
        ("siantan hlr", "Siantan Hilir", "siantan hlr"),
        ("bnua melayu darat", "Benuamelayu Darat", "bnua melayu darat"),
        ("saya di BMD", "Benuamelayu Darat", "bmd"),
        ("BML", "Benuamelayu Laut", "bml"),
        ("pr tokaya", "Parittokaya", "pr tokaya"),
        ("maling di pal 5", "Pallima", "pal 5"),
        ("darat sekip", "Daratsekip", "darat sekip"),
        ("loktabat sltn", "Loktabat Selatan", "loktabat sltn"),
        ("landasan ulin tmr", "Landasan Ulin Timur", "landasan ulin tmr"),
        ("gt manggis", "Guntung Manggis", "gt manggis"),
        ("pontianak slt", "Kecamatan Pontianak Selatan", "pontianak slt"),
        ("kel. Tengah", "Tengah", "tengah"),
        ("kelurahan komet", "Komet", "komet"),
        ("LOKASI Saigon", "Saigon", "saigon"),
        ("mariana", "Mariana", "mariana"),
        ("https://example.org/siantan-hulu pasar flamboyan", "Pasar Flamboyan", "pasar flamboyan"),
    ],
)
def test_it_finds_places_as_people_type_them(text: str, name: str, words: str) -> None:
    match = GAZETTEER.find(text)
    assert match is not None
    assert (match.place.name, match.words) == (name, words)
    assert 85 <= match.score <= 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tolong ada maling",
        "di tengah jalan ada maling",
        "di tengah",
        "ada komet jatuh",
        "mariana kecelakaan",
        "bunga cempaka dan kemuning",
        "palam palang pintu",
        "bangkal masuk rumah",
        "jl a yani km 6",
        "siantan",
        "siantan tengah",
        "siantan timur",
        "sungai jawi timur",
        "loktabat barat",
        "benua melayu",
        "pal 6",
        "perumahan griya mitra",
        "jl melati",
        "jalan",
        "pasar",
        "masjid",
        "sungai",
        "veteran perang",
        "ya bmd nanti",  # an acronym without a word for a place before it
        "0812 3456 7890",
        "rumah saya kemalingan tolong",
    ],
)
def test_what_names_no_place_of_the_table_finds_none(text: str) -> None:
    assert GAZETTEER.find(text) is None


@pytest.mark.parametrize("word", sorted(ORDINARY))
def test_an_ordinary_word_is_a_place_only_after_its_rank_or_alone(word: str) -> None:
    assert GAZETTEER.find(f"tolong ada {word} di sini") is None
    for text in (f"tolong kel {word} ada maling", word):
        match = GAZETTEER.find(text)
        assert match is not None
        assert match.place.name.lower() == word


STREETS = Gazetteer(
    [
        *PLACES,
        place("Jalan Komyos Sudarso", "Sudarso"),
        place("Alun-alun Kapuas", at=(-0.0255, 109.3395)),
        place("Simpang Empat Tanjungpura"),
        place("Jalan Soekarno Hatta"),
        place("Jalan Tanjung Raya II"),
        place("Jalan Achmad Dahlan"),
        place("Jalan Khatulistiwa"),
        place("Jalan Merdeka"),
        place("Jalan Sultan Hamid II"),
        place("Jalan Purnama I"),
        place("Jalan Purnama II"),
        place("Universitas Tanjungpura"),
        place("Jembatan Landak"),
    ]
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # a building of that name is no street of that name
        ("rs sudarso", None),
        ("tolong di dpn rs sudarso", None),
        ("rumah sakit soedarso", None),
        ("hotel sudarso", None),
        ("gg sudarso", None),
        ("jl komyos sudarso", "Jalan Komyos Sudarso"),
        ("di sudarso", "Jalan Komyos Sudarso"),
        # words before a place do not change it
        ("sei jawi dlm", "Sungaijawi Dalam"),
        ("tolong rampok di sei jawi dlm", "Sungaijawi Dalam"),
        ("rampok sei jawi dlm cepat", "Sungaijawi Dalam"),
        # the old spelling, words said twice
        ("jl sukarno hatta", "Jalan Soekarno Hatta"),
        ("jl soekarno hatta", "Jalan Soekarno Hatta"),
        ("alun2 kapuas", "Alun-alun Kapuas"),
        ("aloon-aloon kapuas", "Alun-alun Kapuas"),
        ("alon alon kapuas", "Alun-alun Kapuas"),
        # numbers in words and Roman
        ("simpang 4 tanjungpura", "Simpang Empat Tanjungpura"),
        ("perempatan tanjungpura", "Simpang Empat Tanjungpura"),
        ("jl tanjung raya 2", "Jalan Tanjung Raya II"),
        ("tanjung raya dua", "Jalan Tanjung Raya II"),
        ("tanjung raya 1", None),
        ("pal v", "Pallima"),
        # other spellings of what is built there
        ("mesjid mujahidin", "Masjid Raya Mujahidin"),
        ("msjd raya mujahidin", "Masjid Raya Mujahidin"),
        # a street by its first word, where that can mean nothing else
        ("komyos gg alpokat", "Jalan Komyos Sudarso"),
        ("kebakaran komyos no 5", "Jalan Komyos Sudarso"),
        ("jl komyos", "Jalan Komyos Sudarso"),
        ("pak komyos marah", None),
        ("jl achmad yusuf", None),
        # a street of one word, where a lane or a number behind it says so
        ("khatulistiwa gg teluk", "Jalan Khatulistiwa"),
        ("kapal khatulistiwa karam", None),
        ("merdeka depan rumah", None),
        # another kind of place, or another part of the town, under the same name
        ("gg khatulistiwa", None),
        ("sd imam bonjol", None),
        ("jl merdeka barat", None),
        # a number left out where only one place can be meant
        ("sultan hamid", "Jalan Sultan Hamid II"),
        ("sultan hamid 3", None),
        ("jl purnama", None),
        ("simpang tanjungpura", "Simpang Empat Tanjungpura"),
        # short forms of what stands there
        ("jmbatan landak", "Jembatan Landak"),
        ("kampus tanjungpura", "Universitas Tanjungpura"),
        ("komplek griya indah", "Perumahan Griya Indah"),
        ("siantan ilir", "Siantan Hilir"),
    ],
)
def test_a_place_is_known_under_its_other_spellings_and_not_taken_for_another(text: str, name: str | None) -> None:
    match = STREETS.find(text)
    assert (match.place.name if match else None) == name


def test_the_rank_in_front_tells_the_kelurahan_from_the_kecamatan() -> None:
    levels = {text: GAZETTEER.find(text) for text in ("kel cempaka", "kec. cempaka", "cempaka")}
    assert {text: match.place.level for text, match in levels.items() if match} == {
        "kel cempaka": "kelurahan",
        "kec. cempaka": "kecamatan",
        "cempaka": "kecamatan",  # untold, the wider circle is the honest one
    }


@pytest.mark.parametrize(
    ("text", "near", "at"),
    [
        ("jl gajah mada km 5", None, None),  # two cities have one
        ("jl gajah mada km 5", (-0.05, 109.3), PONTIANAK),
        ("jl gajah mada km 5", (-3.4, 114.8), BANJARBARU),
        ("jl gajah mada banjarbaru utara", None, BANJARBARU),
        ("jl gajah mada banjarbaru utara", (-0.05, 109.3), BANJARBARU),  # what is said beats where the home is
        ("gajah mada dkt pasar flamboyan", None, PONTIANAK),
    ],
)
def test_a_name_in_two_cities_is_decided_by_what_is_known_or_not_at_all(
    text: str, near: tuple[float, float] | None, at: tuple[float, float] | None
) -> None:
    match = TWO_CITIES.find(text, near)
    assert ((match.place.lat, match.place.lon) if match else None) == at


def test_a_match_is_a_spot_that_says_what_it_was_read_from() -> None:
    match = GAZETTEER.find("dkt psr flamboyan")
    assert match is not None
    spot = match.spot
    assert (spot.lat, spot.lon, spot.radius_m, spot.source, spot.raw) == (
        *PONTIANAK,
        300,
        Source.PLACE,
        "psr flamboyan",
    )


@pytest.mark.parametrize("places", [[], [place("")], [place("di"), place("123"), place("Pasar")]])
def test_a_table_without_usable_names_finds_nothing(places: list[Place]) -> None:
    assert Gazetteer(places).find("di pasar 123") is None


@given(st.text())
def test_looking_up_never_raises(text: str) -> None:
    match = GAZETTEER.find(text)
    assert match is None or match.place in PLACES


consonants = st.text(alphabet="bcdfghjklmnpqrstvwxz", min_size=1, max_size=12)


@given(st.lists(consonants, max_size=20).map(" ".join))
def test_words_without_a_vowel_are_no_place_but_the_acronyms_of_the_table(text: str) -> None:
    match = GAZETTEER.find(text)
    assert match is None or match.words in ("bmd", "bml")


@given(st.sampled_from([one for one in PLACES if one.level == "place"]), st.text(alphabet=string.punctuation + " "))
def test_a_name_is_found_whatever_stands_around_it(one: Place, around: str) -> None:
    match = GAZETTEER.find(f"tolong dekat {around} {one.name.upper()} {around} ada maling")
    assert match is not None
    assert match.place == one


def test_five_thousand_places_are_searched_in_the_time_of_a_database_query() -> None:
    dice = random.Random(1)
    parts = ["su", "ngai", "ja", "wi", "pon", "ti", "anak", "ban", "jar", "ru", "ge", "mu", "lya", "tok", "mang", "la"]

    def word() -> str:
        return "".join(dice.choices(parts, k=dice.randint(2, 4)))

    def name() -> str:
        return " ".join(word() for _ in range(dice.randint(1, 4)))

    gazetteer = Gazetteer([place(name(), name(), name()) for _ in range(5000)] + PLACES)
    text = " ".join([*(word() for _ in range(20)), "dekat pasar flamboyan"])
    start = perf_counter()
    gazetteer.find(text)
    assert perf_counter() - start < 0.5  # some 20 ms on a quiet machine; the bench holds the tight floor


# --- the real kelurahan, where they stand beside the checkout ----------------------------------------------------

TABLE = Path(__file__).parents[3] / "shared" / "geodata" / "gazetteer_admin.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())) if TABLE.exists() else []
REAL = [
    Place(
        row["name"],
        tuple(filter(None, row["aliases"].split("|"))),
        float(row["lat"]),
        float(row["lon"]),
        float(row["cover_radius_m"]),
        row["code"],
        row["level"],
    )
    for row in ROWS
]


@pytest.mark.parametrize("one", REAL, ids=lambda one: str(one.unit))
def test_every_real_kelurahan_is_found_by_its_name_and_aliases(one: Place) -> None:
    gazetteer = Gazetteer(REAL)
    for name in (one.name, *one.aliases):
        match = gazetteer.find(f"tolong ada maling di {one.level} {name} cepat")
        assert match is not None, name
        assert match.place == one, name
