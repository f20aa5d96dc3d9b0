"""Files that operators bring in: what is taken, what is refused with which line, and that twice is once."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime

import pytest
from cli.noon import NOON, Opens
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from gateway.core.languages import CODES
from gateway.identity import audit_log
from gateway.identity.pins import matches
from gateway.models import unit as units
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen, Person, current
from gateway.models.officer import Officer
from gateway.models.officer import by_phone as officer
from gateway.models.place import Place
from gateway.models.unit import Area, Unit
from gateway.register import decisions
from gateway.register.imports.citizens import PIECE
from gateway.register.imports.kinds import SHEETS, bring_in
from gateway.register.imports.outcome import Effect, Outcome, Unusable
from gateway.register.imports.sheets import Record
from gateway.register.imports.units import sheet

UNITS = """code,name,kind,parent,phone,lat,lon,timezone,policy
BARAT,Polsek Barat,polsek,PTK,0561 700111,-0.03,109.31,Asia/Pontianak,
PTK,Polresta Pontianak,polres,KALBAR,0561700110,-0.0263,109.3425,Asia/Pontianak,all_at_once
KALBAR,Polda Kalimantan Barat,polda,,,,,Asia/Pontianak,nearest_first
"""
OFFICERS = """phone,name,rank,unit,language,lat,lon,on_duty
081230000001,Rina,Aiptu,BARAT,id,,,1
081230000002,Budi,Bripka,BARAT,,-0.031,109.312,0
"""
CITIZENS = """\
phone,name,national_id,address,language,lat,lon,unit,quiet,pin,duress_pin,ring_back,volunteer_m,notes,state
081250000001,Sari,6171015501900001,"Jl. Ampera
Gg. 3",id,-0.04,109.30,BARAT,0,1234,9876,,500,tuli,
081250000002,Tono,,,,,,,1,,,,,,
081250000003,Ujang,,,sw,,,,0,,,,,,pending
"""
PLACES = """name,aliases,lat,lon,radius_m,unit
Pasar Flamboyan,psr flamboyan| flamboyan ,-0.0347,109.3365,150,BARAT
"""
SQUARE = [[[109.3, -0.05], [109.32, -0.05], [109.32, -0.02], [109.3, -0.02], [109.3, -0.05]]]
FILES = {"units": UNITS, "officers": OFFICERS, "citizens": CITIZENS, "places": PLACES}
RINA, SARI, TONO = "+6281230000001", "+6281250000001", "+6281250000002"


def areas_file(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "name": "x", "features": list(features)}, indent=1)


def feature(unit: str, coordinates: object = SQUARE, kind: str = "Polygon") -> dict[str, object]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"unit": unit, "name": "Barat"}, "geometry": geometry}


Bring = Callable[..., Outcome]


@pytest.fixture
def bring(open_uow: Opens) -> Bring:
    """Bring in a file of some kind; told as text or as the bytes that are on the disk."""

    def brought(kind: str, told: str | bytes, dry_run: bool = False) -> Outcome:
        data = told.encode() if isinstance(told, str) else told
        return bring_in(open_uow, kind, io.BytesIO(data), dry_run=dry_run)

    return brought


@pytest.fixture
def city(bring: Bring) -> Bring:
    for kind, told in FILES.items():
        assert bring(kind, told).faults == []
    assert bring("areas", areas_file(feature("BARAT"))).faults == []
    return bring


def faults(outcome: Outcome) -> list[str]:
    return [str(fault) for fault in outcome.faults]


# --- what is taken ------------------------------------------------------------------------------------------------


def test_units_find_parents_that_come_later_in_the_file(city: Bring, open_uow: Opens) -> None:
    with open_uow() as uow:
        barat = units.by_code(uow.db, "BARAT")
        assert barat is not None
        assert [unit.code for unit in units.chain(uow.db, barat)] == ["BARAT", "PTK", "KALBAR"]
        assert (barat.phone, barat.policy, barat.timezone) == ("+62561700111", "", "Asia/Pontianak")


def test_officers_and_places_are_as_the_file_says(city: Bring, open_uow: Opens) -> None:
    with open_uow() as uow:
        rina = officer(uow.db, RINA)
        assert rina is not None
        assert (rina.title, rina.on_duty, rina.lat, rina.language) == ("Aiptu Rina", True, None, "id")
        place = uow.db.scalars(select(Place)).one()
        assert (place.aliases, place.radius_m) == ("psr flamboyan|flamboyan", 150)


def test_a_new_citizen_is_verified_and_their_pins_are_hashed(city: Bring, open_uow: Opens) -> None:
    with open_uow() as uow:
        sari = current(uow.db, SARI)
        assert sari is not None
        assert (sari.state, sari.channel, sari.ring_back, sari.volunteer_m) == ("verified", "csv", True, 500)
        assert (sari.person.address, sari.person.notes) == ("Jl. Ampera\nGg. 3", "tuli")
        assert matches("1234", sari.pin_hash)
        assert matches("9876", sari.duress_hash)


def test_a_quiet_citizen_is_not_rung_back_unless_the_file_says_so(city: Bring, open_uow: Opens) -> None:
    city("citizens", "phone,name,quiet,ring_back\n081250000009,Wati,1,1\n")
    with open_uow() as uow:
        found = {row.phone: (row.quiet, row.ring_back) for row in uow.db.scalars(select(Citizen))}
    assert found[TONO] == (True, False)
    assert found["+6281250000009"] == (True, True)


def test_a_citizen_whose_state_is_pending_waits_for_a_desk(city: Bring, open_uow: Opens) -> None:
    with open_uow() as uow:
        ujang = current(uow.db, "+6281250000003")
        assert ujang is not None
        assert (ujang.state, ujang.decided_at) == ("pending", None)


def test_two_numbers_under_one_identity_number_are_one_person(city: Bring, open_uow: Opens) -> None:
    again = city("citizens", "phone,name,national_id\n081250000004,Sari,6171015501900001\n")
    assert again.faults == []
    with open_uow() as uow:
        assert len({row.person_id for row in uow.db.scalars(select(Citizen)) if row.person.name == "Sari"}) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: b"\xef\xbb\xbf" + told.encode(),
        lambda told: told.replace("\n", "\r\n").encode(),
        lambda told: told.replace(",", ";").encode(),
        lambda told: told.replace(",", "\t").encode(),
        lambda told: (told + "\n,,,,\n\n").encode(),
        lambda told: told.replace("phone,name", " Phone , NAME ").encode(),
    ],
    ids=["bom", "crlf", "semicolons", "tabs", "blank rows", "spaced header"],
)
def test_it_reads_what_spreadsheets_save(city: Bring, spoil: Callable[[str], bytes]) -> None:
    told = "phone,name,unit\n081230000077,Eko,BARAT\n"
    outcome = city("officers", spoil(told))
    assert (outcome.faults, str(outcome)) == ([], "1 added, 0 changed, 0 as before, 0 refused")


def test_it_reads_decimal_commas_between_semicolons(city: Bring, open_uow: Opens) -> None:
    city("places", "name;lat;lon;radius_m\nAlun;-0,0227;109,3425;80\n")
    with open_uow() as uow:
        place = uow.db.scalars(select(Place).where(Place.name == "Alun")).one()
        assert (place.lat, place.lon) == (-0.0227, 109.3425)


def test_unknown_columns_are_named_and_ignored(bring: Bring) -> None:
    outcome = bring("units", "code,colour,name,kind,\nA,red,Polda A,polda,\n")
    assert (outcome.ignored, outcome.faults) == (("colour",), [])


# --- twice is once ------------------------------------------------------------------------------------------------


def everything(open_uow: Opens) -> list[str]:
    tables = (Unit, Area, Officer, Citizen, Person, Place, Audit)
    with open_uow() as uow:
        rows = [row for table in tables for row in uow.db.scalars(select(table).order_by(table.id))]
        return [repr({name: getattr(row, name) for name in row.__table__.columns.keys()}) for row in rows]  # noqa: SIM118 - a collection of columns, no dict


@pytest.mark.parametrize("kind", [*FILES, "areas"])
def test_the_same_file_again_writes_nothing(city: Bring, open_uow: Opens, kind: str) -> None:
    before, written = everything(open_uow), []

    def note(session: Session, *_: object) -> None:
        written.extend([*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))])

    event.listen(Session, "before_flush", note)
    try:
        outcome = city(kind, FILES.get(kind) or areas_file(feature("BARAT")))
    finally:
        event.remove(Session, "before_flush", note)
    assert written == []
    assert (outcome.changed_anything, outcome.faults) == (False, [])
    assert everything(open_uow) == before


@pytest.mark.parametrize("kind", list(FILES))
def test_a_dry_run_counts_and_keeps_nothing(bring: Bring, open_uow: Opens, kind: str) -> None:
    if kind != "units":
        bring("units", UNITS)
    before = everything(open_uow)
    outcome = bring(kind, FILES[kind], dry_run=True)
    assert outcome.changed_anything
    assert everything(open_uow) == before


def test_an_import_is_audited_with_what_it_did(city: Bring, open_uow: Opens) -> None:
    with open_uow() as uow:
        found = {(row.what, row.detail) for row in uow.db.scalars(select(Audit))}
        assert ("import.officers", "2 added, 0 changed, 0 as before, 0 refused") in found
        assert audit_log.verify(uow) == []


# --- what a file may not undo -------------------------------------------------------------------------------------


def test_on_duty_is_read_for_new_officers_only(city: Bring, open_uow: Opens) -> None:
    with open_uow() as uow:
        officer(uow.db, RINA).on_duty = False  # type: ignore[union-attr] # she is there
    assert city("officers", OFFICERS).faults == []
    with open_uow() as uow:
        assert officer(uow.db, RINA).on_duty is False  # type: ignore[union-attr] # she is there


def test_a_unit_can_have_numbers_of_ours_and_an_empty_column_takes_them_back(bring: Bring, open_uow: Opens) -> None:
    row = "code,name,kind,numbers\nPTK,Polresta Pontianak,polres,"
    for cell, numbers in (("0561 799001|+62561799002", ["+62561799001", "+62561799002"]), ("", [])):
        bring("units", f"{row}{cell}\n")
        with open_uow() as uow:
            unit = units.by_code(uow.db, "PTK")
            assert unit is not None
            assert list(units.numbers_of(uow.db, unit.id)) == numbers
    assert not bring("units", "code,name,kind,numbers\nPTK,Polresta Pontianak,polres,satu\n").effects


def test_an_empty_position_of_an_officer_is_the_units_again(city: Bring, open_uow: Opens) -> None:
    city("officers", "phone,name,unit,lat,lon\n081230000002,Budi,BARAT,,\n")
    with open_uow() as uow:
        budi = officer(uow.db, "+6281230000002")
        assert budi is not None
        assert (budi.lat, budi.rank) == (None, "Bripka")


def test_an_empty_field_leaves_what_a_known_citizen_has(city: Bring, open_uow: Opens) -> None:
    outcome = city("citizens", f"phone,name,national_id,address,unit,pin,quiet\n{SARI},,,,,,\n")
    assert str(outcome) == "0 added, 0 changed, 1 as before, 0 refused"


def suspended(open_uow: Opens) -> None:
    with open_uow() as uow:
        decisions.suspend(uow, SARI, "Rina", "lent the phone")


def refused(open_uow: Opens) -> None:
    with open_uow() as uow:
        decisions.refuse(uow, "+6281250000003", "Rina", "no such person")


def left(open_uow: Opens) -> None:
    with open_uow() as uow:
        current(uow.db, SARI).state = "left"  # type: ignore[union-attr] # she is there


@pytest.mark.parametrize(
    ("before", "line"),
    [
        (suspended, f"{SARI},,0,,"),
        (suspended, f"{SARI},,0,,verified"),
        (left, f"{SARI},,,,verified"),
        (refused, "081250000003,,,,verified"),
        (lambda _: None, f"{TONO},,0,,"),
        (lambda _: None, f"{TONO},,1,1,"),
    ],
    ids=["suspended", "suspended, verified", "left", "refused", "quiet off", "ring_back on"],
)
def test_what_a_person_or_a_desk_decided_stays(
    city: Bring, open_uow: Opens, before: Callable[[Opens], None], line: str
) -> None:
    before(open_uow)
    was = everything(open_uow)
    outcome = city("citizens", f"phone,name,quiet,ring_back,state\n{line}\n")
    assert [fault.line for fault in outcome.faults] == [2]
    assert everything(open_uow) == was


def test_a_file_says_how_to_reach_somebody_and_never_uncovers_an_address(city: Bring, open_uow: Opens) -> None:
    city("citizens", "phone,name,contact,hide_address\n081250000009,Wati,text_only,1\n")
    outcome = city("citizens", "phone,contact,hide_address\n081250000009,slow,0\n")
    assert [fault.line for fault in outcome.faults] == [2]
    city("citizens", "phone,contact,hide_address\n081250000009,,\n")
    with open_uow() as uow:
        wati = current(uow.db, "+6281250000009")
        assert wati is not None
        assert (wati.contact, wati.hide_address) == ("text_only", True)


def test_a_pending_citizen_is_verified_only_by_the_word(city: Bring, open_uow: Opens) -> None:
    city("citizens", "phone,state\n081250000003,\n")
    with open_uow() as uow:
        assert current(uow.db, "+6281250000003").state == "pending"  # type: ignore[union-attr] # he is there
    city("citizens", "phone,state\n081250000003,verified\n")
    with open_uow() as uow:
        ujang = current(uow.db, "+6281250000003")
        assert ujang is not None
        assert (ujang.state, ujang.decided_at, ujang.decided_by) == ("verified", NOON, "siaga import")


def test_a_pin_cannot_become_the_stored_duress_pin(city: Bring, open_uow: Opens) -> None:
    outcome = city("citizens", f"phone,pin\n{SARI},9876\n")
    assert faults(outcome) == ["line 2: duress_pin: must differ from the pin: only the difference calls for help"]
    with open_uow() as uow:
        assert matches("1234", current(uow.db, SARI).pin_hash)  # type: ignore[union-attr] # she is there


# --- bad rows -----------------------------------------------------------------------------------------------------

BAD_ROWS = [
    ("units", "code,name,kind,parent\nA,Polda,polda,\nB,,polres,A\n", "line 3: name: is missing"),
    ("units", "code,name,kind\nA,Polda,castle\n", "line 2: kind: must be one of polda, polres, polsek, post"),
    ("units", "code,name,kind,timezone\nA,Polda,polda,Mars/Base\n", "line 2: timezone: is no time zone"),
    ("units", "code,name,kind,policy\nA,Polda,polda,nobody\n", "line 2: policy: must be one of"),
    ("units", "code,name,kind,parent\nA,Polda,polda,Z\n", "line 2: parent: there is no good row and no unit"),
    ("units", "code,name,kind,parent\nA,Polda,polda,A\n", "line 2: parent: A would stand below itself"),
    ("units", "code,name,kind,lat,lon\nA,Polda,polda,109.3,-0.02\n", "line 2: lat: must be degrees between -90 and"),
    ("units", "code,name,kind,lat,lon\nA,Polda,polda,-0.02,\n", "line 2: lat, lon: fill in both or neither"),
    ("units", "code,name,kind,lat,lon\nA,Polda,polda,nan,nan\n", "line 2: lat: must be degrees"),
    ("units", "code,name,kind\nA,Polda,polda\nA,Other,polda\n", "line 3: code: is that of line 2 too"),
    ("units", f"code,name,kind\n{'A' * 41},Polda,polda\n", "line 2: code: is longer than 40 characters"),
    ("units", "code,name,kind\nA,Pol\x00da,polda\n", "line 2: name: holds a character that no text has"),
    ("officers", "phone,name,unit\n12,Eko,BARAT\n", "line 2: phone: is no telephone number; write it like +62"),
    ("officers", "phone,name,unit\n6.28123E+11,Eko,BARAT\n", "line 2: phone: is no telephone number"),
    ("officers", "phone,name,unit\n081230000077,Eko,NOWHERE\n", "line 2: unit: there is no unit NOWHERE"),
    (
        "officers",
        "phone,name,unit,on_duty\n081230000077,Eko,BARAT,eh\n",
        "line 2: on_duty: must be 1 (yes) or 0 (no)",
    ),
    ("officers", "phone,name,unit\n081230000077,Eko,BARAT,more\n", "line 2: has more fields than the header"),
    ("officers", 'phone,name,unit\n081230000077,"Eko,BARAT\n', "line 2: its quotes do not match"),
    ("citizens", "phone,name,language\n081250000077,Eko,fr\n", "line 2: language: must be one of id, en, sw"),
    ("citizens", "phone,name,pin\n081250000077,Eko,123\n", "line 2: pin: must be 4 to 8 digits"),
    ("citizens", "phone,name,pin,duress_pin\n081250000077,Eko,1234,1234\n", "line 2: duress_pin: must differ"),
    ("citizens", "phone,name,duress_pin\n081250000077,Eko,1234\n", "line 2: duress_pin: is nothing without a pin"),
    ("citizens", "phone,name,volunteer_m\n081250000077,Eko,far\n", "line 2: volunteer_m: must be whole metres"),
    ("citizens", "phone,name,state\n081250000077,Eko,suspended\n", "line 2: state: must be one of verified, pending"),
    ("citizens", "phone,name,unit\n081250000077,Eko,NOWHERE\n", "line 2: unit: there is no unit NOWHERE"),
    ("citizens", "phone,name\n081250000077,\n", "line 2: name: is missing"),
    ("citizens", "phone,name,national_id\n081250000077,Eko,6.17E+15\n", "line 2: national_id: has lost its digits"),
    ("citizens", "phone,name,national_id\n081250000077,Eko,6171015501900001\n", "line 2: national_id: belongs to a"),
    (
        "citizens",
        "phone,name,national_id,address\n081250000077,Eko,61,A\n081250000078,Eko,61,B\n",
        "line 3: address: a line above tells another for the same national_id",
    ),
    ("places", "name,lat,lon,radius_m\nAlun,-0.02,109.3,0\n", "line 2: radius_m: must be whole metres from 1"),
    ("places", "name,lat,lon,radius_m,unit\nAlun,-0.02,109.3,9,NO\n", "line 2: unit: there is no unit NO"),
    ("areas", areas_file(feature("NOWHERE")), "line 5: unit: there is no unit NOWHERE"),
    ("areas", areas_file({"type": "Feature"}), "line 5: unit: is missing"),
    ("areas", areas_file({"properties": {"unit": "BARAT"}, "geometry": None}), "line 5: geometry: is missing"),
    ("areas", areas_file(feature("BARAT", [109.3, -0.05], "Point")), "line 5: geometry: area of BARAT: a Polygon or"),
    ("areas", areas_file(feature("BARAT", [[[1, 2], [1, 2]]])), "line 5: geometry: area of BARAT"),
    ("areas", areas_file(feature("BARAT", "x")), "line 5: geometry: area of BARAT"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("kind", "told", "complaint"), BAD_ROWS, ids=[row[2][:60] for row in BAD_ROWS])
def test_a_bad_row_is_told_with_its_line_its_field_and_what_to_do(
    city: Bring, open_uow: Opens, kind: str, told: str, complaint: str
) -> None:
    outcome = city(kind, told)
    assert len(outcome.faults) == 1
    assert faults(outcome)[0].startswith(complaint)
    assert len({outcome.faults[0].tell(language) for language in CODES}) == len(CODES)


def test_good_rows_are_kept_beside_bad_ones(city: Bring, open_uow: Opens) -> None:
    rows = ["phone,name,unit", "0812,Eko,BARAT", '081230000071,"Eko\nPutra",BARAT', "", "081230000072,Adi,X"]
    told = "\n".join([*rows, "081230000073,Oki,BARAT"])
    outcome = city("officers", told)
    assert [fault.line for fault in outcome.faults] == [2, 6]
    assert str(outcome) == "2 added, 0 changed, 0 as before, 2 refused"


def test_a_quote_that_is_never_closed_costs_its_own_row_only(city: Bring) -> None:
    told = 'phone,name,unit\n081230000071,Eko,BARAT\n081230000072,"Adi,BARAT\n081230000073,Oki,BARAT\n'
    outcome = city("officers", told)
    assert [fault.line for fault in outcome.faults] == [3]
    assert str(outcome).startswith("2 added")


def test_whoever_stands_below_a_refused_unit_is_refused_too(bring: Bring) -> None:
    outcome = bring("units", "code,name,kind,parent\nC,C,polsek,B\nB,B,polres,A\nA,A,castle,\nD,D,polda,\n")
    assert [fault.line for fault in outcome.faults] == [2, 3, 4]
    assert str(outcome).startswith("1 added")


def test_units_that_stand_in_a_ring_are_refused(bring: Bring) -> None:
    outcome = bring("units", "code,name,kind,parent\nA,A,polres,B\nB,B,polres,A\nC,C,polda,\n")
    assert [fault.line for fault in outcome.faults] == [2, 3]


def test_a_map_takes_the_place_of_the_one_before_for_its_units_only(city: Bring, open_uow: Opens) -> None:
    city("areas", areas_file(feature("PTK")))
    moved = [[[x + 0.01, y] for x, y in SQUARE[0]]]
    assert str(city("areas", areas_file(feature("BARAT", moved)))) == "0 added, 1 changed, 0 as before, 0 refused"
    with open_uow() as uow:
        kept = [json.loads(row)["coordinates"] for row in uow.db.scalars(select(Area.geometry).order_by(Area.id))]
    assert kept == [SQUARE, moved]


def test_a_unit_with_a_spoilt_feature_loses_no_street(city: Bring, open_uow: Opens) -> None:
    moved = [[[x + 0.01, y] for x, y in SQUARE[0]]]
    outcome = city("areas", areas_file(feature("BARAT", moved), feature("BARAT", "x")))
    assert len(outcome.faults) == 1
    with open_uow() as uow:
        assert len(uow.db.scalars(select(Area)).all()) == 2


# --- files that are none --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "told", "why"),
    [
        ("units", b"", "there is no header"),
        ("units", b"name,kind\nA,polda\n", "the header lacks code"),
        ("units", b"code,name,kind,name\nA,B,polda,C\n", "the header names name twice"),
        ("units", b"code,name,kind\nA,Pold\xe9,polda\n", "line 2 is not UTF-8"),
        ("areas", b"", "line 1 is not JSON"),
        ("areas", b'{"type": "FeatureCollection",\n "features": [{]}', "line 2 is not JSON"),
        ("areas", b'{"type": "FeatureCollection"}', "this is no GeoJSON FeatureCollection"),
        ("areas", b'{"type": "Feature", "features": []}', "this is no GeoJSON FeatureCollection"),
        ("areas", b"[]", "line 1 is not JSON"),
        ("areas", b"[" * 100_000, "line 1 is not JSON"),
        ("areas", b'{"features": ' + b"[" * 100_000, "line 1 is not JSON"),
        ("areas", b'{"type": "FeatureCollection", "features": []} {}', "line 1 is not JSON"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(bring: Bring, kind: str, told: bytes, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        bring(kind, told)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", list(SHEETS))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_else(kind: str, data: bytes, open_uow: Opens) -> None:
    try:
        outcome = bring_in(open_uow, kind, io.BytesIO(data), dry_run=True)
    except Unusable:
        return
    assert isinstance(outcome, Outcome)


CELL = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)


@given(rows=st.lists(st.tuples(CELL, CELL), max_size=8))
def test_every_row_is_either_taken_or_told_with_its_line(rows: list[tuple[str, str]]) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    lines, starts, at = ["code,name,kind"], [], 2
    for code, name in rows:
        lines.append(f"{quoted(code)},{quoted(name)},polda")
        starts.append(at)
        at += len(io.StringIO(lines[-1] + "\n", newline="").readlines())
    outcome = Outcome()
    records: list[Record] = list(sheet("ID").read(io.BytesIO("\n".join(lines).encode()), outcome))
    told = sorted([record.line for record in records] + [fault.line for fault in outcome.faults])
    assert told == starts


def test_times_of_decisions_are_the_desks(city: Bring, open_uow: Opens) -> None:
    with open_uow() as uow:
        decided: set[datetime | None] = {row.decided_at for row in uow.db.scalars(select(Citizen))}
    assert decided == {NOON, None}


# --- many rows ----------------------------------------------------------------------------------------------------


def citizens_file(first: int, many: int) -> str:
    """So many citizens with an identity number, a unit and a position each."""
    row = "0812{0:08},Warga {0},6171{0:012},Jl. Ampera {0},BARAT,-0.03,109.31"
    rows = [row.format(number) for number in range(first, first + many)]
    return "\n".join(["phone,name,national_id,address,unit,lat,lon", *rows])


def test_a_piece_costs_the_same_statements_however_many_rows_it_has(city: Bring, engine: Engine) -> None:
    def statements(told: str) -> int:
        count = 0

        def note(*_: object) -> None:
            nonlocal count
            count += 1

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert city("citizens", told).faults == []
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return count

    few, many = statements(citizens_file(0, 2)), statements(citizens_file(100, PIECE))
    assert many == few <= 16  # the last one looks whether who came to share a home is asked for the person there
    changed = citizens_file(100, PIECE).replace("Ampera", "Merdeka")
    assert statements(changed) <= few + 1


def test_the_rows_of_a_large_file_are_read_as_they_are_stored(open_uow: Opens) -> None:
    watched: list[tuple[int, int]] = []
    file = io.BytesIO(citizens_file(0, 3 * PIECE).replace(",BARAT", ",").encode())
    outcome = bring_in(open_uow, "citizens", file, watch=lambda done, lines: watched.append((done, lines)))
    assert (outcome.faults, outcome.effects[Effect.ADDED]) == ([], 3 * PIECE)
    assert watched == [(PIECE * piece + 1, 3 * PIECE) for piece in (1, 2, 3)]


def test_a_second_number_of_somebody_in_the_same_piece_is_theirs(city: Bring, open_uow: Opens) -> None:
    told = "phone,name,national_id\n081250000011,Wati,6171\n081250000012,Wati,6171\n081250000013,Wita,6171\n"
    assert faults(city("citizens", told)) == ["line 4: name: a line above tells another for the same national_id"]
    with open_uow() as uow:
        assert len({row.person_id for row in uow.db.scalars(select(Citizen)) if row.person.name == "Wati"}) == 1
