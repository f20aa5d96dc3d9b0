"""Where somebody is: every rung of the ladder, whose matter it is, and what a better position changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from journeys.city import Pontianak
from sqlalchemy import select

from gateway import sms
from gateway.core.messages import TextIn
from gateway.models import cell as cells
from gateway.models.alert import Alert
from gateway.models.citizen import Citizen
from gateway.models.event import Event
from gateway.models.fix import Fix
from gateway.models.inbound import Inbound
from gateway.models.place import Place
from gateway.models.unit import Area

IN_BARAT, IN_KOTA = (-0.0211, 109.3010), (-0.0301, 109.3411)  # by the two stations
BY_THE_BORDER = (-0.0250, 109.3188)  # in Barat's area, some 130 m from Kota's


def box(south: float, west: float, north: float, east: float) -> str:
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def draw_areas(city: Pontianak) -> None:
    """Two polsek side by side, with the border at 109.32 east."""
    with city.open() as uow:
        uow.db.add(Area(unit_id=city.barat.id, name="Kecamatan Barat Daya", geometry=box(-0.06, 109.28, 0.01, 109.32)))
        uow.db.add(Area(unit_id=city.kota.id, geometry=box(-0.06, 109.32, 0.01, 109.36)))


def add_places(city: Pontianak) -> None:
    with city.open() as uow:
        uow.db.add(Place(name="Pasar Flamboyan", aliases="Flamboyan", lat=-0.0301, lon=109.3411, radius_m=250))
        uow.db.add(Place(name="Masjid Raya", lat=-0.0214, lon=109.3014, radius_m=150, unit_id=city.kota.id))


@pytest.fixture(autouse=True)
def _map(city: Pontianak) -> None:
    draw_areas(city)
    add_places(city)


def spot(lat: float, lon: float) -> str:
    return f"{lat:.4f},{lon:.4f}"


def fix_of(city: Pontianak) -> Fix:
    """The position that the only incident stands at."""
    with city.open() as uow:
        return uow.db.get_one(Fix, city.incident.fix_id)


def barat(city: Pontianak, at: slice = slice(3)) -> set[str]:
    """Barat's first wave: its desk and, from north to south, the three officers who stand nearest."""
    return {city.desk_barat.number, *(phone.number for phone in city.of_barat[at])}


def kota(city: Pontianak, at: slice = slice(3)) -> set[str]:
    return {city.desk_kota.number, *(phone.number for phone in city.of_kota[at])}


SOUTH = slice(3, 6)


def registered(city: Pontianak, **facts: object) -> None:
    """Budi's card reads otherwise."""
    with city.open() as uow:
        row = uow.db.scalars(select(Citizen).where(Citizen.phone == city.budi.number)).one()
        for name, value in facts.items():
            setattr(row, name, value)


# --- the rungs ------------------------------------------------------------------------------------------------


def test_coordinates_in_the_text_decide_the_unit_and_are_told_as_such(city: Pontianak) -> None:
    city.budi.texts(f"TOLONG {spot(*IN_KOTA)}")
    assert city.asked(wave=1) == kota(city)
    city.of_kota[0].expects_text("-0.0301", "109.3411", "titik")


def test_a_phones_own_emergency_text_is_believed_and_whom_it_names_is_kept_nowhere(city: Pontianak) -> None:
    aml = 'A"ML=1;lt=-0.03010;lg=+109.34110;rd=20;top=20261122015800;lc=68;pm=W;si=510019876543210;ei=356938035643809'
    city.budi.texts(f"TOLONG {aml}")
    fix = fix_of(city)
    assert (fix.source, fix.radius_m, fix.taken_at) == ("aml", 25, datetime(2026, 11, 22, 1, 58, tzinfo=UTC))
    assert city.asked(wave=1) == kota(city)
    city.of_kota[0].expects_text("posisi HP", "2mnt")
    with city.open() as uow:
        kept = [f"{row.body} {row.raw}" for row in uow.db.scalars(select(Inbound))]
        kept += [event.text for event in uow.db.scalars(select(Event))]
        kept += [row.raw or "" for row in uow.db.scalars(select(Fix))]
    assert any('A"ML=1' in text or 'A\\"ML=1' in text for text in kept)
    assert not any(secret in text for text in kept for secret in ("510019876543210", "356938035643809"))


def test_a_cell_in_the_text_is_looked_up_and_told_as_a_masts_guess(city: Pontianak) -> None:
    with city.open() as uow:
        cells.store(uow.db, [(510, 1, 1234, 567890, "LTE", *IN_KOTA, 900, 12)])
    city.budi.texts("TOLONG CELL 510-01-1234-567890")
    assert (fix_of(city).source, fix_of(city).radius_m) == ("cell", 900)
    assert city.asked(wave=1) == kota(city)
    city.of_kota[0].expects_text("menara", "900m")


def test_a_cell_that_nobody_knows_leaves_the_home(city: Pontianak) -> None:
    city.budi.texts("TOLONG CELL 510-01-1234-567891")
    assert fix_of(city).source == "home"
    assert city.asked(wave=1) == barat(city)


def test_a_place_in_words_is_told_by_its_name_as_a_guess(city: Pontianak) -> None:
    city.budi.texts("tolong ada begal dkt psr flamboyan")
    assert (fix_of(city).source, fix_of(city).place, fix_of(city).raw) == ("place", "Pasar Flamboyan", "psr flamboyan")
    assert city.asked(wave=1) == kota(city)
    city.of_kota[0].expects_text("Pasar Flamboyan", "teks")


def test_a_place_may_name_its_unit_whatever_the_areas_say(city: Pontianak) -> None:
    city.budi.texts("TOLONG di masjid raya")
    assert city.incident.unit_id == city.kota.id
    assert city.asked(wave=1) == kota(city) | barat(city)  # whose area it is stands beside


def test_a_named_area_of_the_map_is_a_place_too(city: Pontianak) -> None:
    registered(city, lat=None, lon=None, unit_id=city.kota.id)
    city.budi.texts("TOLONG kec barat daya")
    assert fix_of(city).source == "place"
    assert fix_of(city).radius_m > 3000
    assert city.asked(wave=1) == barat(city, SOUTH)  # its middle is south of the station


def test_the_last_known_position_grows_with_its_age(city: Pontianak) -> None:
    city.budi.texts(f"LOKASI {spot(*IN_KOTA)}")
    city.forward(seconds=10 * 60)
    city.budi.rings()
    assert (fix_of(city).source, fix_of(city).radius_m) == ("last_known", 25 + 600)
    assert city.asked(wave=1) == kota(city)
    city.of_kota[0].expects_text("lok akhir", "10mnt")


def hours_later(city: Pontianak, hours: float) -> None:
    """Without every second of it."""
    city.clock.at += timedelta(hours=hours)


@pytest.mark.parametrize(("hours", "source"), [(11.9, "last_known"), (12.1, "home")])
def test_after_twelve_hours_home_is_the_better_guess(city: Pontianak, hours: float, source: str) -> None:
    city.budi.texts(f"LOKASI {spot(*IN_KOTA)}")
    hours_later(city, hours)
    city.budi.rings()
    assert fix_of(city).source == source


def test_without_a_home_even_an_old_position_is_told_with_its_age(city: Pontianak) -> None:
    registered(city, lat=None, lon=None)
    city.budi.texts(f"LOKASI {spot(*IN_KOTA)}")
    hours_later(city, 40)
    city.budi.rings()
    assert (fix_of(city).source, fix_of(city).radius_m) == ("last_known", 50_000)
    city.of_kota[0].expects_text("lok akhir", "1hari")


@pytest.mark.parametrize(
    ("start", "end", "source"),
    [(8, 17, "usual"), (9, 10, "usual"), (10, 17, "home"), (22, 10, "usual"), (17, 9, "home"), (None, None, "usual")],
)
def test_where_they_usually_are_at_this_hour_comes_before_home(
    city: Pontianak, start: int | None, end: int | None, source: str
) -> None:
    """It is nine in the morning in Pontianak."""
    registered(city, usual_lat=IN_KOTA[0], usual_lon=IN_KOTA[1], usual_from=start, usual_until=end)
    city.budi.rings()
    assert fix_of(city).source == source


def test_a_presumed_place_is_the_own_units_matter_where_no_area_holds_it(city: Pontianak) -> None:
    registered(city, lat=0.5, lon=109.9)
    city.budi.rings()
    assert city.incident.unit_id == city.barat.id


# --- whose matter -----------------------------------------------------------------------------------------------


def test_near_the_border_the_neighbours_desk_and_nearest_are_asked_too(city: Pontianak) -> None:
    city.budi.texts(f"TOLONG {spot(*BY_THE_BORDER)}")
    assert city.incident.unit_id == city.barat.id
    assert city.asked(wave=1) == barat(city, SOUTH) | kota(city)


def test_away_from_the_border_the_neighbour_is_left_alone(city: Pontianak) -> None:
    city.budi.texts("TOLONG -0.0250,109.3150")  # 550 m away
    assert city.asked(wave=1) == barat(city, SOUTH)


def test_outside_everything_the_nearest_unit_and_the_desk_of_its_polres_are_asked(city: Pontianak) -> None:
    city.budi.texts("TOLONG -0.1507,109.4039")  # Supadio airport
    assert city.incident.unit_id == city.kota.id
    assert city.asked(wave=1) == kota(city, SOUTH) | {city.desk_polres.number, city.desk_barat.number}


def test_without_areas_the_nearest_unit_that_goes_out_is_asked_alone(city: Pontianak) -> None:
    with city.open() as uow:
        for area in uow.db.scalars(select(Area)):
            uow.db.delete(area)
    city.budi.texts("TOLONG -0.0301,109.3311")  # nearer to the Polresta than to any polsek
    assert city.asked(wave=1) == kota(city)


def test_an_area_that_was_redrawn_counts_from_the_next_panic_on(city: Pontianak) -> None:
    city.budi.texts(f"TOLONG {spot(*IN_KOTA)}")
    with city.open() as uow:
        areas = list(uow.db.scalars(select(Area).order_by(Area.id)))
        areas[0].geometry, areas[1].geometry = areas[1].geometry, areas[0].geometry
    siti = city.citizen("+6281390000002", "Siti")
    siti.texts(f"TOLONG {spot(*IN_KOTA)}")
    assert [incident.unit_id for incident in city.incidents] == [city.kota.id, city.barat.id]


@pytest.mark.parametrize("words", ["POSISI -0.0200,109.3001", "POSISI polsek barat"])
def test_an_officer_who_says_where_they_are_is_nearest_from_there(city: Pontianak, words: str) -> None:
    far = city.of_barat[5]
    far.texts(words)
    far.expects_text("POSISI")
    city.budi.texts("TOLONG -0.0200,109.3000")
    assert far.number in city.asked(wave=1)
    assert city.of_barat[2].number not in city.asked(wave=1)


# --- asking -----------------------------------------------------------------------------------------------------


def test_somebody_whom_we_cannot_find_is_asked_once_and_the_answer_moves_the_incident(city: Pontianak) -> None:
    registered(city, lat=None, lon=None)
    city.budi.rings()
    city.budi.expects_text("di mana Anda")
    assert city.asked(wave=1) == barat(city)

    city.budi.texts("dkt psr flamboyan")

    assert city.incident.unit_id == city.kota.id
    assert city.asked(wave=1) == barat(city) | kota(city)
    city.of_barat[0].expects_text("LOKASI BARU", "Pasar Flamboyan")
    city.budi.rings()
    assert sum("di mana Anda" in body for body in city.budi.got) == 1


def test_a_position_of_more_than_a_kilometre_is_asked_about_and_a_better_one_is_not(city: Pontianak) -> None:
    with city.open() as uow:
        cells.store(uow.db, [(510, 1, 1234, 567890, "LTE", *IN_BARAT, 5000, 12)])
    city.budi.texts("TOLONG CELL 510-01-1234-567890")
    city.budi.expects_text("di mana Anda")
    siti = city.citizen("+6281390000002", "Siti")
    siti.texts("TOLONG -0.021,109.301")
    assert not any("di mana Anda" in body for body in siti.got)


@pytest.mark.parametrize(
    "prepare",
    [lambda city: registered(city, quiet=True), lambda city: None],
    ids=["by their card", "by their words"],
)
def test_nobody_who_must_stay_quiet_is_asked(city: Pontianak, prepare: Callable[[Pontianak], None]) -> None:
    registered(city, lat=None, lon=None)
    prepare(city)
    city.budi.texts("TOLONG DIAM")
    assert city.budi.untouched
    city.of_barat[0].expects_text("JANGAN")


# --- moving -----------------------------------------------------------------------------------------------------


def test_a_better_position_moves_the_incident_and_its_unit_and_drops_nobody(city: Pontianak) -> None:
    city.budi.rings()
    assert city.asked(wave=1) == barat(city)
    before = {alert.phone: alert.state for alert in city.alerts()}

    city.budi.texts(f"LOKASI {spot(*IN_KOTA)}")

    assert city.incident.unit_id == city.kota.id
    assert city.asked(wave=1) == barat(city) | kota(city)
    after = {alert.phone: alert.state for alert in city.alerts()}
    assert {phone: after[phone] for phone in before} == before
    for phone in (city.desk_barat, *city.of_barat[:3]):
        told = phone.expects_text("LOKASI BARU", "-0.0301,109.3411", "titik")
        assert phone.got.count(told) == 1
    for phone in (city.desk_kota, *city.of_kota[:3]):
        assert not any("LOKASI BARU" in body for body in phone.got)
        phone.expects_text("DARURAT", "-0.0301")
    city.of_kota[0].expects_call()
    assert "moved" in city.timeline()

    city.forward(seconds=31)  # the next wave is the new unit's
    assert {phone.number for phone in city.of_kota[3:]} <= city.asked(wave=2)


def test_whoever_was_asked_is_told_how_far_it_is_from_there(city: Pontianak) -> None:
    city.budi.rings()
    city.budi.texts(f"LOKASI {spot(*IN_KOTA)}")
    with city.open() as uow:
        first = uow.db.scalars(select(Alert).where(Alert.phone == city.of_barat[0].number)).unique().one()
    assert 4_400 < (first.distance_m or 0) < 4_800


def test_a_move_to_a_new_unit_late_in_the_ladder_asks_all_that_it_would_have_asked_by_now(city: Pontianak) -> None:
    city.budi.rings()
    city.forward(seconds=35)
    assert city.incident.wave == 2
    city.budi.texts(f"LOKASI {spot(*IN_KOTA)}")
    asked = city.asked(wave=1) | city.asked(wave=2)
    assert asked >= {phone.number for phone in (city.desk_kota, *city.of_kota, *city.of_barat)}
    assert city.incident.wave == 2


def test_when_somebody_goes_already_nobody_else_is_rung_but_all_hear_of_it(city: Pontianak) -> None:
    city.budi.rings()
    city.of_barat[0].expects_call().presses("1")
    city.budi.texts(f"LOKASI {spot(*IN_KOTA)}")
    city.of_barat[0].expects_text("LOKASI BARU")
    city.desk_kota.expects_text("LOKASI BARU")
    assert city.asked(wave=1) == barat(city)
    assert not city.desk_kota.is_ringing
    assert city.incident.state == "accepted"


def test_a_few_steps_are_no_news(city: Pontianak) -> None:
    city.budi.texts(f"TOLONG {spot(*IN_BARAT)}")
    city.budi.texts("LOKASI -0.0220,109.3010")  # a hundred metres
    assert spot(fix_of(city).lat, fix_of(city).lon) == "-0.0220,109.3010"
    assert not any("LOKASI BARU" in body for body in city.of_barat[0].got)
    city.budi.texts("LOKASI -0.0241,109.3010")  # 330 m from what they know
    city.of_barat[0].expects_text("LOKASI BARU", "-0.0241")


def test_words_do_not_push_out_what_the_phone_measured_a_moment_ago(city: Pontianak) -> None:
    city.budi.texts(f"TOLONG {spot(*IN_BARAT)}")
    city.of_barat[0].expects_call().presses("1")
    city.budi.texts("lari dari psr flamboyan")
    assert (fix_of(city).source, city.incident.unit_id) == ("coordinates", city.barat.id)
    city.of_barat[0].expects_text("lari dari psr flamboyan")  # a human reads it all the same
    assert not any("LOKASI BARU" in body for body in city.of_barat[0].got)


def test_an_alert_that_has_not_left_says_the_new_position_itself(city: Pontianak) -> None:
    city.asleep = True
    city.budi.rings()
    city.budi.texts(f"LOKASI {spot(*IN_KOTA)}")
    city.asleep = False
    city.forward(seconds=2)
    city.of_barat[0].expects_text("DARURAT", "-0.0301,109.3411")
    assert not any("LOKASI BARU" in body for body in city.of_barat[0].got)


def test_a_position_that_the_channel_carries_beside_the_words_is_read_too(city: Pontianak) -> None:
    with city.open() as uow:
        sms.receive(uow, TextIn("simulator", "whatsapp-1", city.budi.number, "", "TOLONG", position=IN_KOTA))
    city.settle()
    assert (fix_of(city).source, city.incident.unit_id) == ("geo_uri", city.kota.id)


def test_a_shared_location_without_a_word_is_a_position_of_the_open_call(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    with city.open() as uow:
        sms.receive(uow, TextIn("simulator", "whatsapp-2", city.budi.number, "", "", position=IN_KOTA))
    city.settle()
    assert (fix_of(city).source, city.incident.unit_id) == ("geo_uri", city.kota.id)
    assert len(city.incidents) == 1


def test_who_searched_a_wide_circle_hears_that_the_very_point_is_known(city: Pontianak) -> None:
    with city.open() as uow:
        cells.store(uow.db, [(510, 1, 1234, 567890, "LTE", *IN_BARAT, 5000, 12)])
    city.budi.texts("TOLONG CELL 510-01-1234-567890")
    city.budi.texts("LOKASI -0.0215,109.3012")  # fifty metres from the mast
    city.of_barat[0].expects_text("LOKASI BARU", "-0.0215,109.3012", "titik")


# --- the person is told which place was understood ------------------------------------------------------------


def test_who_names_a_place_reads_which_one_was_understood_and_can_correct_it(city: Pontianak) -> None:
    city.budi.texts("tolong ada begal dkt psr flamboyan")
    city.budi.expects_text(city.incident.code, "DITERIMA", "Kami catat: Pasar Flamboyan.", "LOKASI")
    city.budi.texts("LOKASI masjid raya")
    assert "Kami catat: Masjid Raya." in city.budi.last_text
    assert fix_of(city).place == "Masjid Raya"


def test_a_place_in_further_words_is_named_too_and_words_without_one_name_none(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    assert "Kami catat" not in city.budi.expects_text("DITERIMA")  # the home is no place that they wrote
    city.budi.texts("saya di psr flamboyan")
    city.budi.expects_text("ditambahkan", city.incident.code, "Kami catat: Pasar Flamboyan.")
    city.forward(seconds=1)
    city.budi.texts("cepat pak")
    assert "ditambahkan" in city.budi.last_text
    assert "Kami catat" not in city.budi.last_text


def test_a_call_after_a_text_with_a_place_names_none(city: Pontianak) -> None:
    city.budi.texts("LOKASI psr flamboyan")
    city.forward(seconds=1)
    city.budi.rings()
    assert "Kami catat" not in city.budi.expects_text("DITERIMA")


def test_a_point_on_the_map_is_not_told_back(city: Pontianak) -> None:
    city.budi.texts(f"TOLONG {spot(*IN_KOTA)}")
    assert "Kami catat" not in city.budi.expects_text("DITERIMA")


def test_a_name_too_long_for_one_message_is_left_out_and_not_cut(city: Pontianak) -> None:
    with city.open() as uow:
        name = "Perumahan Griya Khatulistiwa Permai Sejahtera Blok Selatan"
        uow.db.add(Place(name=name, aliases="griya permai", lat=-0.0301, lon=109.3411, radius_m=250))
    city.budi.texts("TOLONG di griya permai")
    assert fix_of(city).place.startswith("Perumahan Griya")
    told = city.budi.expects_text("DITERIMA", "Balas AMAN")
    assert "Kami catat" not in told
    assert len(told) <= 160


def test_a_quiet_phone_is_told_no_place(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM psr flamboyan")
    city.budi.texts("LOKASI masjid raya")
    assert city.budi.got == []


@pytest.mark.parametrize(("language", "noted"), [("en", "We noted: Masjid Raya."), ("sw", "Tumeandika: Masjid Raya.")])
def test_the_place_is_told_in_the_persons_language(city: Pontianak, language: str, noted: str) -> None:
    registered(city, language=language)
    city.budi.texts("SOS masjid raya")
    city.budi.expects_text(noted, "LOKASI", "AMAN")
    city.budi.texts("LOKASI masjid raya")
    city.budi.expects_text(city.incident.code, noted)


# --- where, in words --------------------------------------------------------------------------------------------


def test_a_home_is_called_by_the_nearest_known_place_in_text_call_and_reply(city: Pontianak) -> None:
    with city.open() as uow:
        uow.db.add(Place(name="Masjid Taqwa", aliases="", lat=-0.02, lon=109.3027, radius_m=60))
    city.budi.texts("TOLONG")
    officer = city.of_barat[0]
    officer.expects_text("DARURAT", "300m di barat Masjid Taqwa", "-0.0200,109.3000")
    call = officer.expects_call().answers()
    assert "Lokasi: tiga ratus meter di barat Masjid Taqwa, Kecamatan Barat Daya." in call.said
    officer.texts("OK")
    officer.expects_text("ANDA MEMIMPIN", "300m di barat Masjid Taqwa, Kecamatan Barat Daya")


def test_an_officer_who_says_where_they_are_reads_it_in_words(city: Pontianak) -> None:
    city.of_kota[0].texts("POSISI -0.0301,109.3411")
    city.of_kota[0].expects_text("Posisi Anda dicatat", "sekitar Pasar Flamboyan")
