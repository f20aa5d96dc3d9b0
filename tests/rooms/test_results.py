"""What was achieved: each figure of a report against cases whose times are known."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from ledger import NAME, NOON, PLACE, WORDS, Town
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from gateway.core.languages import CODES
from gateway.core.sentences import phrases
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.base import Base
from gateway.models.event import Event
from gateway.models.inbound import Inbound
from gateway.operations.results import results as reports
from gateway.operations.results import words
from gateway.operations.results.formats import FORMATS
from gateway.operations.results.pdf import latin
from gateway.operations.results.plots import PLOTS
from gateway.operations.results.results import BadPeriod, Period, Results, read_period
from gateway.operations.results.sections import COUNT, GROUPS, METRES, SECONDS, SECTIONS, SHARE
from gateway.unit_of_work import UnitOfWork

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


@dataclass
class Office:
    """Where reports are asked for."""

    uow: UnitOfWork
    town: Town

    def report(self, unit: str = "BJB", period: Period = MARCH) -> Results:
        self.town.db.flush()
        return reports.read(self.uow, self.town.units[unit], period)

    def figures(self, section: str, unit: str = "BJB", period: Period = MARCH) -> dict[str, float | None]:
        return {one.name: one.value for one in self.report(unit, period).section(section)}


def opened(db: Session) -> Office:
    uow = cast(UnitOfWork, SimpleNamespace(db=db, now=lambda: NOON + timedelta(days=30)))
    return Office(uow, Town(db).build())


@pytest.fixture
def office() -> Iterator[Office]:
    """In memory; one test asks both databases."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        yield opened(db)
    engine.dispose()


# --- which incidents ------------------------------------------------------------------------------------------


def test_it_counts_the_unit_and_all_below_it(office: Office) -> None:
    for unit in ("BJB", "KOTA", "BARAT", "LAIN", None):
        office.town.incident(unit)
    assert office.figures("panics")["total"] == 3
    assert office.figures("unit") == {"BJB": 1, "KOTA": 1, "BARAT": 1}
    assert office.figures("panics", "KOTA")["total"] == 1


def test_what_belongs_to_no_unit_is_the_topmost_ones(office: Office) -> None:
    office.town.incident(None)
    assert office.figures("unit", "POLDA") == {"none": 1}
    assert office.figures("panics", "LAIN")["total"] == 0


def test_days_begin_and_end_on_the_units_clock(office: Office) -> None:
    midnight = datetime(2026, 3, 10, 16, tzinfo=NOON.tzinfo)  # of the 11th, in Makassar
    for seconds in (-1, 0, 86399, 86400):
        office.town.incident("KOTA", midnight + timedelta(seconds=seconds))
    assert office.figures("panics", period=Period(date(2026, 3, 11), date(2026, 3, 11)))["total"] == 2
    assert office.figures("hour", period=Period(date(2026, 3, 11), date(2026, 3, 11)))["00"] == 1


def test_a_drill_is_never_counted_among_the_real_ones(office: Office) -> None:
    drill = office.town.incident("KOTA", drill=True, channel="drill", yes=12, phone="110")
    office.town.ask(drill, "BARAT", left=3, came=attempts.UNDELIVERED)
    report = office.report()
    counted = {(one.section, one.name) for one in report.figures if one.value and one.section != "drills"}
    assert counted == set()
    assert report.slowest == []
    drills = {one.name: one.value for one in report.section("drills")}
    assert drills == {"total": 1, "accepted": 1, "to_alert_median": 2, "to_yes_median": 12, "to_yes_worst": 12}


def test_it_stands_beside_as_many_days_before(office: Office) -> None:
    ten = Period(date(2026, 3, 6), date(2026, 3, 15))
    office.town.incident("KOTA", NOON)
    for days in (10, 11):
        office.town.incident("BARAT", NOON - timedelta(days=days), yes=90)
    office.town.incident("KOTA", NOON - timedelta(days=20))
    report = office.report(period=ten)
    told = {(one.section, one.name): (one.value, one.before) for one in report.figures}
    assert told["panics", "total"] == (1, 2)
    assert told["to_yes", "median"] == (30, 90)
    assert told["unit", "KOTA"] == (1, 0)
    assert told["unit", "BARAT"] == (0, 2)


def test_each_section_stands_in_one_group_of_the_page_or_beside_others(office: Office) -> None:
    grouped = [section for members in GROUPS.values() for section in members]
    assert sorted([*grouped, words.SIDE_BY_SIDE]) == sorted(SECTIONS)


# --- figures --------------------------------------------------------------------------------------------------


def test_it_tells_channels_outcomes_hours_and_weekdays(office: Office) -> None:
    told = (
        ("text", "resolved", 600.0), ("call", "false_alarm", 60.0), ("ussd", "cancelled", 60.0),
        ("desk", "open", None), ("text", "en_route", None),
    )  # fmt: skip
    for n, (channel, state, closed) in enumerate(told):
        office.town.incident(channel=channel, state=state, closed=closed, phone=f"+628139000000{n}")
    assert office.figures("channel") == {"text": 2, "missed_call": 1, "ussd": 1, "desk": 1}
    assert office.figures("outcome") == {"resolved": 1, "false_alarm": 1, "cancelled": 1, "open": 2}
    assert {name for name, value in office.figures("hour").items() if value} == {"12"}
    assert office.figures("weekday")["tuesday"] == 5
    assert office.figures("panics")["false_alarms"] == pytest.approx(1 / 3)


def test_it_tells_how_long_each_step_took(office: Office) -> None:
    for n, yes in enumerate((10, 20, 30, 400)):
        office.town.incident(alert=n + 1, yes=yes, scene=yes + 300, closed=yes + 900, phone=f"+628139000000{n}")
    office.town.incident(alert=None, yes=None, closed=None, state="open", phone="+6281390000009")
    assert office.figures("to_alert") == {"cases": 4, "missing": 1, "median": 2, "ninetieth": 4, "worst": 4}
    assert office.figures("to_yes") == {"cases": 4, "missing": 1, "median": 20, "ninetieth": 400, "worst": 400}
    assert office.figures("to_scene")["median"] == 320
    assert office.figures("to_close")["worst"] == 1300


def test_the_first_yes_counts_and_an_alert_that_never_left_does_not(office: Office) -> None:
    incident = office.town.incident(alert=None, yes=50)
    office.town.ask(incident, "KOTA", left=1, came=attempts.REFUSED)
    office.town.ask(incident, "BARAT", left=4, came=attempts.UNDELIVERED, state="accepted", answered=90)
    assert office.figures("to_alert")["median"] == 4
    assert office.figures("to_yes")["median"] == 50


def test_the_share_accepted_in_time_leaves_out_who_took_it_back_first(office: Office) -> None:
    for n, yes in enumerate((30, 60, 61, 121, 301, None)):
        office.town.incident(yes=yes, phone=f"+628139000000{n}")
    office.town.incident(yes=None, state="cancelled", closed=5, phone="+6281390000008")
    assert office.figures("accepted") == {
        "within_60": pytest.approx(2 / 6),
        "within_120": pytest.approx(3 / 6),
        "within_300": pytest.approx(4 / 6),
        "never": 1,
        "never_share": pytest.approx(1 / 6),
        "withdrawn": 1,
        "with_event": 0,
    }


def test_a_call_that_was_answered_with_another_of_the_same_event_is_told_apart(office: Office) -> None:
    office.town.incident(yes=30)
    merged = office.town.incident(yes=None, phone="+6281390000002")
    office.town.db.add(Event(incident_id=merged.id, at=NOON, kind="led_with", who="Aipda Rina", text="K7Q"))
    figures = office.figures("accepted")
    assert (figures["never"], figures["with_event"]) == (1, 1)
    assert office.figures("panics")["total"] == 2


def test_the_wave_is_how_far_the_ladder_had_come_at_the_yes(office: Office) -> None:
    early = office.town.incident(yes=20)
    office.town.ask(early, "BARAT", wave=2, asked=30)
    late = office.town.incident(yes=40, phone="+6281390000002")
    office.town.ask(late, "BARAT", wave=2, asked=30)
    office.town.incident(yes=None, phone="+6281390000003")
    assert office.figures("wave") == {"1": 1, "2": 1}


def test_each_phone_asked_counts_once_as_it_answered_last(office: Office) -> None:
    incident = office.town.incident(yes=None, alert=None)
    office.town.ask(incident, "KOTA", wave=1, state="no_answer")
    office.town.ask(incident, "KOTA", wave=5, state="accepted", answered=300)
    office.town.ask(incident, "BARAT", state="declined", answered=12)
    office.town.ask(incident, "BJB", state="stood_down")
    office.town.ask(incident, "LAIN", state="failed")
    told = {"asked": 4, "accepted": 1, "declined": 1, "stood_down": 1, "unreachable": 1, "silent": 0}
    assert office.figures("alerts") == told
    answers = office.figures("answers")
    assert (answers["KOTA/share"], answers["BARAT/share"], answers["LAIN/share"]) == (1.0, 1.0, 0.0)
    assert "BJB/asked" not in answers, "whoever was stood down owed no answer"


def test_it_tells_how_each_line_brought_the_alerts_out(office: Office) -> None:
    incident = office.town.incident(alert=None)
    for unit, came in (("KOTA", attempts.DELIVERED), ("BARAT", attempts.UNDELIVERED), ("BJB", attempts.HANDED)):
        office.town.ask(incident, unit, left=1, came=came)
    office.town.ask(incident, "LAIN", left=1, came=attempts.REFUSED, line="kannel")
    for unit, ending, keyed in (("KOTA", "completed", True), ("BARAT", "completed", False), ("BJB", "busy", False)):
        call = {"kind": outbounds.CALL, "came": attempts.ENDED, "wave": 2, "left": 2.0}
        office.town.ask(incident, unit, ending=ending, keyed=keyed, **call)  # type: ignore[arg-type] # as in ask
    texts, calls = office.figures("texts"), office.figures("calls")
    assert texts == {"kannel/tried": 1, "kannel/refused": 1, "twilio/tried": 3, "twilio/delivered": 1,
                     "twilio/undelivered": 1, "twilio/no_report": 1}  # fmt: skip
    assert calls == {"twilio/tried": 3, "twilio/keyed": 1, "twilio/picked_up": 1, "twilio/no_answer": 1}


def test_it_tells_how_positions_were_known_and_who_called_again(office: Office) -> None:
    for n, (source, radius) in enumerate((("cell", 900.0), ("cell", 700.0), ("home", 150.0), (None, 0.0))):
        office.town.incident(source=source, radius=radius, phone=f"+628139000000{n % 3}")
    assert office.figures("source") == {"cell": 2, "home": 1, "none": 1}
    assert office.figures("radius") == {"median": 700, "ninetieth": 900}
    assert (office.figures("panics")["callers"], office.figures("panics")["repeated"]) == (3, 1)


def test_strangers_are_told_of_the_whole_gateway_only(office: Office) -> None:
    for n, (kind, phone) in enumerate((("text", "+6281"), ("text", "+6281"), ("call", "+6282"), ("report", ""))):
        row = Inbound(line="twilio", kind=kind, ref=str(n), phone=phone, received_at=NOON, state="to_human")
        office.town.db.add(row)
    office.town.incident("KOTA")
    assert office.figures("strangers", "POLDA") == {"texts": 2, "calls": 1, "numbers": 2}
    assert office.figures("strangers") == {}


def test_the_slowest_are_those_without_a_yes_and_then_those_who_waited_longest(office: Office) -> None:
    waits = (10, 500, None, 40, 300, 20, 200)
    for n, yes in enumerate(waits):
        office.town.incident(yes=yes, phone=f"+628139000000{n}")
    office.town.incident(yes=None, state="cancelled", closed=3, phone="+6281390000008")
    assert [case.to_yes for case in office.report().slowest] == [None, 500, 300, 200, 40]


def test_it_opens_with_what_officers_did_within_the_promised_time(office: Office) -> None:
    """By hand: of four calls for help phones rang after 4, 12 and 8 s, and never; officers said yes after 30 s, after
    61 s and never (the desk's click after 20 s is none); one arrived in time."""
    town = office.town
    call: dict[str, Any] = {"kind": outbounds.CALL, "came": attempts.ENDED, "wave": 2}
    first = town.incident(yes=30, scene=500, phone="+6281390000001")
    town.ask(first, "BARAT", left=4, ending="no_answer", **call)
    second = town.incident(yes=61, scene=700, phone="+6281390000002")
    town.ask(second, "BARAT", left=3, ending="busy", **call)
    town.ask(second, "BJB", left=12, ending="completed", keyed=True, **call)
    third = town.incident(yes=None, phone="+6281390000003")
    town.ask(third, "BARAT", left=8, ending="rejected", **call)
    at = third.opened_at + timedelta(seconds=20)
    town.db.add(Alert(incident_id=third.id, wave=1, unit_id=town.units["KOTA"].id, phone="110", state="accepted",
                      asked_at=at, answered_at=at, clicked_by="Siti"))  # fmt: skip
    town.db.add(Event(incident_id=third.id, at=at, kind="accepted", who="Polsek Kota (Siti)"))
    town.incident(yes=None, alert=None, phone="+6281390000004")
    town.incident(yes=None, state="cancelled", closed=5, phone="+6281390000005")
    assert office.figures("opening") == {
        "cases": 4,
        "to_ring/median": 8, "to_ring/in_10": 2 / 4, "to_ring/missing": 1,
        "to_officer/median": 30, "to_officer/in_60": 1 / 4, "to_officer/missing": 2,
        "to_scene/median": 500, "to_scene/in_600": 1 / 4, "to_scene/missing": 2,
    }  # fmt: skip
    assert office.figures("funnel") == {"panics": 5, "asked": 4, "rang": 3, "officer_yes": 2, "arrived": 2}
    assert office.figures("to_yes")["cases"] == 3, "the old figure keeps its meaning: a desk's click is a yes"
    assert office.figures("to_desk")["median"] == 20
    assert office.figures("to_key") == {"cases": 1, "missing": 4, "median": 12, "ninetieth": 12, "worst": 12}


def test_a_yes_that_lapsed_was_a_yes_and_a_no_is_none(office: Office) -> None:
    lapsed = office.town.incident(yes=None, alert=None)
    office.town.ask(lapsed, "KOTA", state="no_answer", answered=25)
    office.town.ask(lapsed, "BARAT", state="declined", answered=5)
    assert office.figures("to_officer")["median"] == 25


def test_units_stand_side_by_side_with_the_same_figures(office: Office) -> None:
    for unit, yes in (("KOTA", 20), ("KOTA", 80), ("BARAT", 50)):
        office.town.incident(unit, yes=yes, phone=f"+62813900000{yes}")
    report = office.report()
    figures = office.figures("side_by_side")
    assert (figures["KOTA/to_officer/in_60"], figures["BARAT/to_officer/in_60"]) == (0.5, 1.0)
    heads, *rows = words.side_by_side(report, "en")
    assert [row[0] for row in rows] == ["Polisi Barat", "Polisi Kota"]
    assert rows[1][heads.index("an officer's yes, within 60 seconds")] == "50%"


def test_the_run_chart_has_a_step_for_each_day_week_or_four_weeks(office: Office) -> None:
    office.town.incident(yes=40)
    for period, steps in ((MARCH, 31), (Period(date(2026, 1, 1), date(2026, 3, 31)), 13),
                          (Period(date(2025, 4, 1), date(2026, 3, 31)), 14)):  # fmt: skip
        report = office.report(period=period)
        assert len(report.runs) == steps
        assert [run.waits.median for run in report.runs if run.waits.count] == [40]
    assert report.hours == {(1, 12): 1}


@pytest.mark.parametrize(("plot", "shown"), [("runs", "40 dtk"), ("hours", "1")])
def test_a_plot_shows_each_case_and_is_well_formed_without_any(office: Office, plot: str, shown: str) -> None:
    assert ElementTree.fromstring(PLOTS[plot](office.report(), "id")).get("aria-label")
    office.town.incident(yes=40)
    drawn = ElementTree.fromstring(PLOTS[plot](office.report(), "id"))
    assert shown in [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]


# --- days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2026-03-01", "2026-03-31", MARCH),
        ("2026-03-10", "2026-03-10", Period(date(2026, 3, 10), date(2026, 3, 10))),
        ("", "2026-03-30", Period(date(2026, 3, 1), date(2026, 3, 30))),
        ("", "", Period(date(2026, 3, 13), date(2026, 4, 11))),
    ],
)
def test_it_reads_days_with_usual_ones_for_what_is_left_out(first: str, last: str, told: Period) -> None:
    assert read_period(first, last, today=date(2026, 4, 11)) == told


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-03-02", "2026-03-01", "bad_order"),
        ("1 March", "", "bad_date"),
        ("2026-02-30", "", "bad_date"),
        ("", "0001-01-02", "bad_date"),
        ("1999-12-31", "2000-01-01", "bad_year"),
        ("9999-12-30", "9999-12-31", "bad_year"),
        ("2001-01-01", "2020-01-01", "bad_length"),
    ],
)
def test_days_that_are_none_are_refused_with_a_reason_that_has_words(first: str, last: str, why: str) -> None:
    with pytest.raises(BadPeriod, match=why):
        read_period(first, last, today=date(2026, 4, 11))
    assert phrases.say(f"console.results.{why}", "id")


# --- formats --------------------------------------------------------------------------------------------------


@pytest.fixture
def busy(office: Office) -> Results:
    return fill(office)


def fill(office: Office) -> Results:
    """A bit of everything."""
    for n, yes in enumerate((30, 65, None)):
        incident = office.town.incident(yes=yes, scene=700, phone=f"+628139000000{n % 2}")
        office.town.ask(incident, "BARAT", state="declined", answered=20, left=2, kind=outbounds.CALL, keyed=True)
    office.town.incident(drill=True, channel="drill")
    office.town.units["KOTA"].name = "Polsek “Kota” Ω"
    return office.report("POLDA")


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written_in_every_language_and_names_nobody(busy: Results, form: str, language: str) -> None:
    text = readable(FORMATS[form].write(busy, language))
    assert "A03" in text
    for secret in (NAME, WORDS, PLACE, "8139000000", "812345000", "Petugas KOTA"):
        assert secret not in text


def readable(written: bytes) -> str:
    """A PDF's pages are packed. The last byte of the packing's checksum may look like the end of a line."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", written, re.DOTALL)
    return (b"".join(zlib.decompressobj().decompress(page) for page in packed) or written).decode("latin-1")


@pytest.mark.parametrize("language", CODES)
def test_every_figure_and_section_has_words(busy: Results, language: str) -> None:
    table = FORMATS["table"].write(busy, language).decode()
    assert "console." not in table
    for section in SECTIONS:
        assert words.heading(section, language) in table
    assert not [line for line in table.splitlines() if "_" in line]


def test_csv_has_one_figure_a_row_with_columns_that_are_kept(busy: Results) -> None:
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"].write(busy, "id").decode())))
    assert list(rows[0]) == ["section", "name", "value", "unit", "before"]
    told = {(row["section"], row["name"]): row["value"] for row in rows}
    assert len(told) == len(rows)
    assert told["report", "from"] == "2026-03-01"
    assert told["panics", "total"] == "3"
    assert told["accepted", "within_60"] == "0.333"
    assert told["to_yes", "worst"] == "65.0"
    assert told["slowest", "1/to_yes"] == ""
    assert told["slowest", "2/to_yes"] == "65.0"
    assert len({row["name"] for row in rows if row["section"] == "hour"}) == 24


def test_both_databases_tell_the_same(engine: Engine, busy: Results) -> None:
    with Session(engine) as db:
        assert fill(opened(db)).figures == busy.figures


def test_csv_gives_a_spreadsheet_nothing_to_run(office: Office) -> None:
    office.town.units["KOTA"].name = "=1+1"
    rows = list(csv.reader(io.StringIO(FORMATS["csv"].write(office.report("KOTA"), "id").decode())))
    assert ["report", "unit_name", "'=1+1", "text", ""] in rows


def test_json_has_figures_by_section_and_name(busy: Results) -> None:
    whole: dict[str, Any] = json.loads(FORMATS["json"].write(busy, "sw"))
    assert whole["report"]["unit"] == "POLDA"
    assert (whole["report"]["before_from"], whole["report"]["before_to"]) == ("2026-01-29", "2026-02-28")
    assert list(whole["figures"]) == list(SECTIONS)
    assert whole["figures"]["panics"]["total"] == {"value": 3, "unit": "count", "before": 0}
    assert whole["slowest"][0] == {
        "code": "A03", "unit": "KOTA", "opened_at": "2026-03-10T12:00:00+08:00", "to_alert": 2.0, "to_yes": None,
        "to_scene": 700.0, "to_close": 600.0, "state": "resolved", "wave": None,
    }  # fmt: skip


def test_every_form_of_the_report_lists_the_misses(office: Office) -> None:
    incident = office.town.incident("KOTA", yes=75, scene=400)
    office.town.ask(incident, "BARAT", kind=outbounds.CALL, left=4, came=attempts.ENDED, ending="no_answer")
    report = office.report()
    for language in CODES:
        table = FORMATS["table"].write(report, language).decode()
        assert words.heading("missed", language) in table
        assert "console." not in table
    assert (
        "petugas menyanggupi baru setelah 1 mnt 15 dtk (janji: dalam 60 detik)"
        in FORMATS["table"].write(report, "id").decode()
    )
    whole = json.loads(FORMATS["json"].write(report, "id"))
    assert whole["missed"] == [
        {
            "code": "A01", "unit": "KOTA", "opened_at": "2026-03-10T12:00:00+08:00",
            "misses": [{"promise": "to_officer", "limit": 60, "took": 75.0, "reason": "late_yes"}],
        }
    ]  # fmt: skip
    rows = list(csv.reader(io.StringIO(FORMATS["csv"].write(report, "id").decode())))
    assert ["missed", "1/to_officer", "75.0", "seconds", ""] in rows
    assert ["missed", "1/to_officer/reason", "late_yes", "text", ""] in rows


def test_people_get_a_hundred_and_machines_all_of_them(office: Office) -> None:
    for _ in range(words.MOST_MISSED + 2):
        office.town.incident("KOTA", yes=None)
    report = office.report()
    table = FORMATS["table"].write(report, "en").decode()
    assert "And 2 more; CSV and JSON have all of them." in table
    assert FORMATS["csv"].write(report, "en").decode().count("/to_officer/reason,no_yes") == words.MOST_MISSED + 2


def test_a_report_on_a_time_in_which_nothing_happened_is_written_too(office: Office) -> None:
    for form in FORMATS.values():
        assert form.write(office.report("KOTA"), "id")


def test_pdf_is_one_and_the_same_for_the_same_report(busy: Results) -> None:
    first, second = (FORMATS["pdf"].write(busy, "id") for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-")
    assert latin("Polsek “Kota” Ω é") == 'Polsek "Kota" O é'


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (None, SECONDS, "-"),
        (0.0, SECONDS, "0 dtk"),
        (4.26, SECONDS, "4,3 dtk"),
        (59.4, SECONDS, "59 dtk"),
        (65.0, SECONDS, "1 mnt 05 dtk"),
        (3600.0, SECONDS, "1 jam 00 mnt"),
        (90_000.0, SECONDS, "1 hari 1 jam"),
        (0.0, SHARE, "0%"),
        (0.001, SHARE, "1%"),
        (0.5, SHARE, "50%"),
        (0.999, SHARE, "99%"),
        (1.0, SHARE, "100%"),
        (7, COUNT, "7"),
        (812.0, METRES, "810 m"),
        (1234.0, METRES, "1,2 km"),
    ],
)
def test_values_are_told_as_people_say_them(value: float | None, unit: str, told: str) -> None:
    assert words.told(value, unit, "id") == told
