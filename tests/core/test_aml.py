"""Reports of phones about themselves: emergency location texts and cell identities."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.places.aml import AmlReport, CellId, alternatives, aml_in, cell_in, redact
from gateway.core.places.spots import Source, plausible

# The vendor's own examples (developers.google.com/android/els/reference/sms-spec); the second says ml=126, being 127.
NO_FIX = (
    'A"ML=1;lt=+00.00000;lg=+000.00000;rd=N;top=20220131173734;lc=0;pm=N;'
    "si=234159000000000;ei=123456789012345;mcc=234;mnc=15;ml=127"
)
FIX = (
    'A"ML=1;lt=+51.53321;lg=-0.12601;rd=14;top=20220131171748;lc=68;pm=W;'
    "si=234159000000000;ei=123456789012345;mcc=234;mnc=15;ml=126"
)
BETA = 'A"ML=2;en=110;et=1593187189;lo=-0.02630,109.34250,20.1;lt=-60;lc=68;ls=G;ei=358239059042542;nc=51010;lg=id-ID'


def read(text: str) -> AmlReport:
    report = aml_in(text)
    assert report is not None
    return report


def test_it_reads_a_fix_with_its_radius_time_and_confidence() -> None:
    report = read(f"tolong {FIX}")
    assert report.spot is not None
    assert (report.spot.lat, report.spot.lon, report.spot.radius_m) == (51.53321, -0.12601, 25)
    assert report.spot.source is Source.AML
    assert report.taken_at == datetime(2022, 1, 31, 17, 17, 48, tzinfo=UTC)
    assert (report.version, report.confidence) == (1, 68)


def test_a_report_without_a_fix_is_no_place_in_the_gulf_of_guinea() -> None:
    report = read(NO_FIX)
    assert report.spot is None
    assert report.taken_at == datetime(2022, 1, 31, 17, 37, 34, tzinfo=UTC)


def test_the_second_version_has_its_own_fields_and_counts_time_from_the_call() -> None:
    report = read(BETA)
    assert report.spot is not None
    assert (report.spot.lat, report.spot.lon, report.spot.radius_m) == (-0.0263, 109.3425, 25)
    assert report.taken_at == datetime(2020, 6, 26, 15, 58, 49, tzinfo=UTC)
    assert report.version == 2


@pytest.mark.parametrize(
    ("changed", "to", "radius"),
    [
        ("rd=14", "rd=350.5", 350.5),
        ("rd=14", "rd=N", 200),  # Wi-Fi without a radius
        ("rd=14;", "", 200),
        ("rd=14", "rd=0", 200),
        ("rd=14;top=20220131171748;lc=68;pm=W", "rd=N;pm=C", 2000),
        ("rd=14;top=20220131171748;lc=68;pm=W", "rd=N;pm=G", 50),
        ('A"ML', "A\u201dML", 25),  # quotes that a phone made pretty
        ('A"ML', "AML", 25),
    ],
)
def test_a_missing_radius_is_the_worst_of_the_method(changed: str, to: str, radius: float) -> None:
    spot = read(FIX.replace(changed, to)).spot
    assert spot is not None
    assert spot.radius_m == radius


@pytest.mark.parametrize(
    "text",
    [
        FIX.replace("lt=+51.53321", "lt=N"),
        FIX.replace("lt=+51.53321;", ""),
        FIX.replace("lt=+51.53321", "lt=+95.00000"),
        FIX.replace("lt=+51.53321", "lt=nan"),
        FIX.replace("pm=W", "pm=N"),
        FIX.replace("ML=1", "ML=3"),
        BETA.replace("lo=-0.02630,109.34250,20.1", "lo=0.00000,0.00000,0.0"),
        BETA.replace("lo=-0.02630,109.34250,20.1", "lo=N"),
        BETA.replace("lo=-0.02630,109.34250,20.1;", ""),
        'A"ML=1',
    ],
)
def test_a_report_that_cannot_say_where_says_nothing(text: str) -> None:
    assert read(text).spot is None


@pytest.mark.parametrize(
    "text",
    [
        FIX.replace("top=20220131171748", "top=N"),
        FIX.replace("top=20220131171748", "top=20221331171748"),
        BETA.replace("lt=-60", "lt=-9999"),  # older than it can say
        BETA.replace("et=1593187189;", ""),
    ],
)
def test_an_unreadable_time_is_unknown_and_loses_nothing_else(text: str) -> None:
    report = read(text)
    assert report.taken_at is None
    assert report.spot is not None


@pytest.mark.parametrize("text", ["", "TOLONG", "AMAN 1234", "HTML=1;lt=1", "-0.0263,109.3425"])
def test_other_texts_are_no_report(text: str) -> None:
    assert aml_in(text) is None


@pytest.mark.parametrize("text", [FIX, NO_FIX, BETA])
def test_who_the_phone_belongs_to_is_never_kept(text: str) -> None:
    for secret in ("234159000000000", "123456789012345", "358239059042542"):
        assert secret not in redact(text)
        assert secret not in repr(aml_in(text))
    assert "top=20220131171748" in redact(FIX)
    assert "mcc=234" in redact(FIX)


@pytest.mark.parametrize("text", ["sampai si=apa", "tolong di sei jawi", ""])
def test_ordinary_words_are_not_masked(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("CELL 510-01-1234-567890", CellId(None, 510, 1, 1234, 567890)),
        ("tolong cell 510 01 1234 567890 cepat", CellId(None, 510, 1, 1234, 567890)),
        ("CELL:510/01/0x4D2/0x8AA52", CellId(None, 510, 1, 1234, 567890)),
        ("CELL LTE 510-1-50075-205401929", CellId("LTE", 510, 1, 50075, 205401929)),
        ("CELL=4G 510,10,50075,205401929", CellId("LTE", 510, 10, 50075, 205401929)),
        ("GSM 510-11-1234-4321", CellId("GSM", 510, 11, 1234, 4321)),
        ("3G: 510-89-1234-134217999", CellId("UMTS", 510, 89, 1234, 134217999)),
        ("NR 510-10-1048577-68719476000", CellId("NR", 510, 10, 1048577, 68719476000)),
        ("SEL 510-01-1234-567890", CellId(None, 510, 1, 1234, 567890)),
        ("MCC=510 MNC=01 LAC=1234 CI=5678", CellId(None, 510, 1, 1234, 5678)),
        ("CELL mcc:510 mnc:1 tac:1234 eci:567890", CellId(None, 510, 1, 1234, 567890)),
        (f"{FIX} CELL 510-01-1234-567890", CellId(None, 510, 1, 1234, 567890)),
    ],
)
def test_it_reads_cell_identities(text: str, cell: CellId) -> None:
    assert cell_in(text) == cell


def test_a_cell_identity_beside_a_report_stands_in_it() -> None:
    assert read(f"{NO_FIX} CELL 510-01-1234-567890").cell == CellId(None, 510, 1, 1234, 567890)
    assert read(NO_FIX).cell is None


@pytest.mark.parametrize(
    "text",
    [
        "510-01-1234-567890",  # digits alone are a telephone number
        "hub 0812-3456-7890",
        "CELL 510-01-1234",
        "CELL 110-01-1234-567890",  # no country has 1xx
        "CELL 510-01-0-567890",
        "CELL 510-01-1234-0",
        "GSM 510-01-65535-1234",
        "GSM 510-01-1234-65535",  # "unknown"
        "GSM 510-01-1234-70000",
        "LTE 510-01-1234-268435455",
        "CELL 510-01-0xZZ-12",
        "excell 510-01-1234-567890",
        "cell 4 orang",
        "",
    ],
)
def test_what_is_no_cell_identity_never_becomes_one(text: str) -> None:
    assert cell_in(text) is None


LONG = 0x0123_4567


@pytest.mark.parametrize(
    ("cell", "others"),
    [
        (CellId("LTE", 510, 1, 7, LONG), [(None, LONG)]),
        (CellId("GSM", 510, 1, 7, 0x4567), [(None, 0x4567)]),
        (CellId("UMTS", 510, 1, 7, LONG), [("UMTS", 0x4567), (None, LONG), (None, 0x4567)]),
        (CellId("UMTS", 510, 1, 7, 0x4567), [(None, 0x4567)]),
        (CellId("UMTS", 510, 1, 7, 0x0123_0000), [(None, 0x0123_0000)]),
        (CellId(None, 510, 1, 7, LONG), [(None, 0x4567)]),
        (CellId(None, 510, 1, 7, 0x4567), []),
    ],
)
def test_a_cell_is_looked_up_as_given_then_without_its_rnc_then_with_any_radio(
    cell: CellId, others: list[tuple[str | None, int]]
) -> None:
    assert alternatives(cell) == (cell, *(CellId(radio, 510, 1, 7, number) for radio, number in others))


@given(st.text() | st.text(alphabet='A"ML=12;ltgrdop.+-0,N').map(lambda text: f'A"ML=1;{text}'))
def test_reading_a_report_never_raises_and_never_says_nowhere(text: str) -> None:
    report = aml_in(text)
    redact(text)
    assert report is None or report.spot is None or plausible(report.spot.lat, report.spot.lon)


MOMENTS = st.integers(10**9, 4 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(st.floats(-89, 89), st.floats(-179, 179), MOMENTS)
def test_what_a_phone_reports_is_read_back(lat: float, lon: float, when: datetime) -> None:
    report = read(f'A"ML=1;lt={lat:+09.5f};lg={lon:+010.5f};rd=30;top={when:%Y%m%d%H%M%S};lc=90;pm=G;ml=90')
    assert report.taken_at == when
    if plausible(round(lat, 5), round(lon, 5)):
        assert report.spot is not None
        assert (report.spot.lat, report.spot.lon) == (round(lat, 5), round(lon, 5))


@given(st.text(alphabet="CELGSMNRT 0123456789x-/:,"))
def test_reading_a_cell_never_raises(text: str) -> None:
    cell = cell_in(f"CELL {text}")
    assert cell is None or cell in alternatives(cell)
