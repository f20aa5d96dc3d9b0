"""The alert: one segment, whatever stands in it."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.contact_rules import ContactRule
from gateway.core.incident_kinds import IncidentKind
from gateway.core.languages import CODES
from gateway.core.line_abilities import ReplyPath, ReplyWay
from gateway.core.phone import local
from gateway.core.places.neighbourhood import Compass, Near, Surroundings
from gateway.core.sentences.alert_text import AlertFacts, alert_text, answer_words, coordinates
from gateway.core.sentences.segments import fits

BUDI = AlertFacts(
    code="K7Q",
    at=datetime(2026, 11, 22, 7, 32, tzinfo=UTC),
    timezone="Asia/Pontianak",
    name="Budi Santoso",
    phone="+6281234567890",
    place="Kelurahan Benua Melayu Darat",
    distance_m=1234,
    lat=-0.0334,
    lon=109.3412,
    source="cell",
    age_seconds=500,
    radius_m=1200,
)
LONG = replace(
    BUDI,
    name="Muhammad Taufik Hidayatullah bin Abdurrahman",
    place="Gang Flamboyan 3, Jalan Gusti Situt Mahmud, Kecamatan Pontianak Utara",
    answer=ReplyPath(ReplyWay.TEXT, "+6281122223333"),
    repeat=4,
)


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (
            BUDI,
            (
                "DARURAT K7Q 14:32 WIB Budi Santoso 081234567890 Kel Benua Melayu Darat 1,2km (menara 8mnt +-1,2km) "
                "https://maps.google.com/?q=-0.0334,109.3412 Balas OK K7Q"
            ),
        ),
        (
            replace(BUDI, link=False, source="home", age_seconds=None, radius_m=50),
            (
                "DARURAT K7Q 14:32 WIB Budi Santoso 081234567890 Kelurahan Benua Melayu Darat 1,2km dari Anda "
                "(lok rumah +-50m) -0.0334,109.3412 Balas OK K7Q"
            ),
        ),
        (
            replace(BUDI, quiet=True, phone=None, answer=ReplyPath(ReplyWay.TEXT, "+6281122223333")),
            (
                "JANGAN TELP/SMS K7Q 14:32 WIB Budi Santoso Kelurahan Benua Melayu Darat 1,2km "
                "(menara 8mnt +-1,2km) -0.0334,109.3412 Bilang patroli Balas OK K7Q ke 081122223333"
            ),
        ),
        (
            replace(
                BUDI, place=None, distance_m=None, lat=None, lon=None, source="", words="ada maling\nbawa “parang”"
            ),
            'DARURAT K7Q 14:32 WIB Budi Santoso 081234567890 (lok ?) "ada maling bawa "parang"" Balas OK K7Q',
        ),
        (
            replace(LONG, duress=True, drill=True),
            (
                "LATIHAN TERANCAM JANGAN TELP/SMS K7Q (4x) Muhammad Taufik 081234567890 Gg Flamboyan 1,2km "
                "(menara 8mnt +-1,2km) -0.0334,109.3412 Balas OK K7Q ke 081122223333"
            ),
        ),
    ],
)
def test_it_reads_like_this(facts: AlertFacts, text: str) -> None:
    assert alert_text(facts, "id") == text


@pytest.mark.parametrize(
    ("change", "beginning"),
    [
        ({"quiet": True}, ("JANGAN TELP/SMS K7Q", "DO NOT CALL/TEXT K7Q", "USIPIGE SIMU/SMS K7Q")),
        (
            {"duress": True, "quiet": True},
            ("TERANCAM JANGAN TELP/SMS K7Q", "UNDER THREAT DO NOT CALL/TEXT K7Q", "ANATISHIWA USIPIGE SIMU/SMS K7Q"),
        ),
        ({"drill": True}, ("LATIHAN DARURAT K7Q", "DRILL EMERGENCY K7Q", "ZOEZI DHARURA K7Q")),
        ({}, ("DARURAT K7Q", "EMERGENCY K7Q", "DHARURA K7Q")),
    ],
)
def test_the_gravest_thing_stands_first(change: dict[str, bool], beginning: tuple[str, ...]) -> None:
    for language, words in zip(("id", "en", "sw"), beginning, strict=True):
        assert alert_text(replace(BUDI, **change), language).startswith(words + " ")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("home", '(lok rumah +-150m) -0.0180,109.3050 "ada maling di jalan gajah mada" Balas'),
        ("coordinates", '(titik +-30m) https://maps.google.com/?q=-0.0180,109.3050 "ada maling di jalan" Balas'),
    ],
)
def test_words_go_before_a_link_to_a_place_that_is_only_presumed(source: str, shown: str) -> None:
    radius = 150 if source == "home" else 30
    facts = replace(BUDI, place=None, distance_m=640, lat=-0.018, lon=109.305, source=source, age_seconds=None,
                    radius_m=radius, words="ada maling di jalan gajah mada")  # fmt: skip
    assert shown in alert_text(facts, "id")


def test_a_single_word_is_shown_where_it_fits() -> None:
    facts = replace(BUDI, place=None, distance_m=None, lat=None, lon=None, source="", words="api")
    assert '"api"' in alert_text(facts, "id")


def test_a_repeat_is_counted_only_from_the_second_call() -> None:
    assert "x)" not in alert_text(replace(BUDI, repeat=1), "id")
    assert "K7Q (3x) " in alert_text(replace(BUDI, repeat=3), "id")


def test_a_number_of_another_country_stays_international() -> None:
    assert "+254712345678" in alert_text(replace(BUDI, phone="+254712345678"), "id")
    assert "0712345678" in alert_text(replace(BUDI, phone="+254712345678", region="KE"), "sw")


@pytest.mark.parametrize(
    ("lat", "lon", "shown"),
    [
        (-0.03341, 109.34119, "-0.0334,109.3412"),
        (-0.00001, 0.00001, "0.0000,0.0000"),
        (3, -120.5, "3.0000,-120.5000"),
    ],
)
def test_coordinates_have_four_decimals(lat: float, lon: float, shown: str) -> None:
    assert coordinates(lat, lon) == shown


anything = st.text(max_size=200)
phones = st.sampled_from(["+6281234567890", "+628123456789012", "+254712345678", "+12025550123"])
facts_of_all_kinds = st.builds(
    AlertFacts,
    code=st.from_regex(r"[A-HJ-NP-Z][2-9][A-HJ-NP-Z]{1,2}", fullmatch=True),
    at=st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    timezone=st.sampled_from(["Asia/Pontianak", "Asia/Makassar", "Africa/Nairobi", "Asia/Kathmandu", "?"]),
    name=anything,
    phone=st.none() | phones,
    place=st.none() | anything,
    distance_m=st.none() | st.floats(0, 2e7),
    lat=st.none() | st.floats(-90, 90),
    lon=st.none() | st.floats(-180, 180),
    source=st.sampled_from(["", "coordinates", "cell", "place", "last_known", "plus_code", "network", "new_one"]),
    age_seconds=st.none() | st.floats(0, 1e8),
    radius_m=st.none() | st.floats(0, 2e7),
    quiet=st.booleans(),
    duress=st.booleans(),
    drill=st.booleans(),
    answer=st.sampled_from(ReplyWay).flatmap(lambda way: st.builds(ReplyPath, st.just(way), phones)),
    repeat=st.integers(0, 999),
    contact=st.sampled_from(ContactRule),
    tongue=st.sampled_from(["", "English"]),
    around=st.builds(
        Surroundings, anything, st.none() | st.builds(Near, anything, st.floats(0, 1e4), st.sampled_from(Compass))
    ),
    words=anything,
    link=st.booleans(),
    region=st.sampled_from(["ID", "KE"]),
)


@settings(max_examples=500)
@given(facts_of_all_kinds, st.sampled_from(CODES))
def test_it_is_always_one_segment_and_never_loses_what_saves_a_life(facts: AlertFacts, language: str) -> None:
    text = alert_text(facts, language)
    assert fits(text)
    assert "\n" not in text
    assert re.search(rf"(?<!\S){facts.code}(?!\S)", text)
    assert text.endswith(answer_words(facts.answer, facts.code, language, facts.region))
    if facts.phone:
        assert local(facts.phone, facts.region) in text
    if facts.lat is not None and facts.lon is not None:
        assert coordinates(facts.lat, facts.lon) in text


@given(facts_of_all_kinds)
def test_it_names_the_citizen_while_there_is_room(facts: AlertFacts) -> None:
    text = alert_text(replace(facts, name="Budi", place=None, distance_m=None, drill=False), "id")
    assert " Budi " in text


def test_the_kind_stands_behind_the_code_in_every_language() -> None:
    facts = replace(BUDI, kind=IncidentKind.DOMESTIC_VIOLENCE)
    said = [alert_text(facts, language).partition(" 14:32")[0] for language in ("id", "en", "sw")]
    assert said == ["DARURAT K7Q KDRT", "EMERGENCY K7Q VIOLENCE AT HOME", "DHARURA K7Q UKATILI NYUMBANI"]


def test_of_an_unknown_kind_nothing_is_said() -> None:
    assert alert_text(replace(BUDI, kind=IncidentKind.UNKNOWN), "id") == alert_text(BUDI, "id")


@pytest.mark.parametrize("kind", IncidentKind)
def test_an_alert_of_every_kind_is_one_segment_and_keeps_code_place_and_number(kind: IncidentKind) -> None:
    for language in CODES:
        text = alert_text(replace(LONG, kind=kind, duress=True, drill=True, words="tolong cepat ke sini"), language)
        assert fits(text)
        assert all(part in text for part in ("K7Q", "081234567890", "081122223333", "-0.0334,109.3412"))


def test_the_kind_gives_way_before_the_last_of_the_place_and_after_the_rest_of_it() -> None:
    text = alert_text(replace(LONG, kind=IncidentKind.MENTAL_HEALTH, duress=True, drill=True), "id")
    assert "Gg Flamboyan" in text


@pytest.mark.parametrize(
    ("rule", "tongue", "said"),
    [
        (ContactRule.TEXT_ONLY, "", " 081234567890 HANYA SMS "),
        (ContactRule.LANGUAGE, "English", " 081234567890 BHS English "),
        (ContactRule.LANGUAGE, "Indonesia", " 081234567890 BHS LAIN "),
        (ContactRule.SLOW, "", " 081234567890 BICARA PELAN "),
    ],
)
def test_how_to_reach_the_person_stands_behind_the_number(rule: ContactRule, tongue: str, said: str) -> None:
    facts = replace(BUDI, contact=rule, tongue=tongue)
    assert said in alert_text(facts, "id")
    assert said.split("567890")[1].strip() not in alert_text(replace(facts, quiet=True), "id")
