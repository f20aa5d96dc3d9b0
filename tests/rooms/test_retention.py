"""Forgetting: nothing personal is left after its days, nothing young or open is touched, and the figures stay true."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from ledger import NAME, NOON, PLACE, WORDS, Town
from sqlalchemy import Column, Engine, Text, func, select, type_coerce, update
from sqlalchemy.orm import Session

from gateway.core.messages import Hook
from gateway.identity import audit_log
from gateway.identity.callers import identify
from gateway.infrastructure.spool import Spool
from gateway.location import locate
from gateway.models import attempt as attempts
from gateway.models import never_asked, sealing
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.audit import Audit
from gateway.models.base import Base
from gateway.models.citizen import Citizen, Person
from gateway.models.clarification import Clarification
from gateway.models.event import Event
from gateway.models.fix import Fix
from gateway.models.heard_phone import HeardPhone
from gateway.models.helping import Helping
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.labelled_text import LabelledText
from gateway.models.lookup import Lookup
from gateway.models.opt_out import OptOut
from gateway.models.outbound import Outbound
from gateway.models.quiet_number import QuietNumber
from gateway.models.report import Report
from gateway.models.sighting import Handover
from gateway.models.ussd_session import UssdSession
from gateway.operations import key_rotation
from gateway.operations.personal_data.holdings import BY_TABLE, is_personal
from gateway.operations.results import results as reports
from gateway.operations.results.results import Period
from gateway.operations.retention import forgetting
from gateway.operations.retention.forgetting import Tally, foresee, forget
from gateway.operations.retention.limits import Limits, limits
from gateway.operations.retention.steps import STEPS
from gateway.unit_of_work import UnitOfWork

CALLER, OTHER, GONE = "+6281390000001", "+6281390000002", "+6281390000003"
NIK, VICTIM_LAT = "6371011212900001", -3.4415
SECRETS = (NAME, WORDS, PLACE, NIK, "8139000000", "812345000", "asma", "Sari", "pasar", "1234", "DARURAT")
YEARS = timedelta(days=3000)


@dataclass
class Station:
    """A town on a real database, a clock, and days after which things are forgotten."""

    engine: Engine
    spool: Spool
    now: datetime = NOON

    @contextmanager
    def open_uow(self) -> Iterator[UnitOfWork]:
        with Session(self.engine, expire_on_commit=False) as db, db.begin():
            yield cast(UnitOfWork, SimpleNamespace(db=db, now=lambda: self.now))

    def forget(self, **days: int) -> Tally:
        return forget(self.open_uow, kept(**days), self.spool)

    def foresee(self, **days: int) -> Tally:
        return foresee(self.open_uow, kept(**days))

    @contextmanager
    def town(self) -> Iterator[Town]:
        with self.open_uow() as uow:
            yield Town(uow.db).build()

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Every table as it can be read with the keys."""
        with self.engine.connect() as connection:
            return {
                table.name: [
                    dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))
                ]
                for table in Base.metadata.sorted_tables
            }


def kept(**days: int) -> Any:
    usual = {"texts": 365, "positions": 90, "incidents": 1825, "register": 365} | days
    return SimpleNamespace(**{f"retain_{name}_days": number for name, number in usual.items()})


@pytest.fixture
def station(engine: Engine, tmp_path: Path) -> Station:
    return Station(engine, Spool(tmp_path / "spool", sealing.seal, sealing.unseal, sealing.mark))


def fill(town: Town, at: datetime = NOON) -> Incident:
    """A closed incident with everything that can belong to one, and everything that belongs to none."""
    caller, helper = town.citizen(CALLER), town.citizen(OTHER)
    gone = town.citizen(GONE, state="left", at=at)
    never_asked.add(town.db, gone.person_id, OTHER)
    incident = town.incident(opened=at, phone=CALLER, citizen=caller, scene=300)
    incident.words, incident.reason = WORDS, NAME
    officer, unit = town.officers["KOTA"], town.units["KOTA"]
    officer.here_lat, officer.here_lon, officer.here_at = VICTIM_LAT, 114.8, at
    alert = town.ask(incident, "BARAT", left=3, kind=outbounds.CALL, came=attempts.ENDED, keyed=True)
    alert.distance_m = 120.0
    moved = Event(incident_id=incident.id, at=at, kind="moved", text=f"{VICTIM_LAT},114.8325 {PLACE}")
    inbound = Inbound(
        line="twilio", kind="text", ref="other", phone=GONE, body=WORDS, raw=WORDS, state="to_human", received_at=at
    )
    town.db.add_all([moved, inbound])
    town.db.flush()
    town.db.add_all(
        [
            Event(incident_id=incident.id, at=at, kind="wave", text="1: 4"),
            Outbound(kind="text", purpose="reply", phone=GONE, body=WORDS, state="done", created_at=at, due_at=at),
            Outbound(kind="text", purpose="alert", phone=officer.phone, body=WORDS, state="called_off",
                     distance_m=120.0, incident_id=incident.id, created_at=at, due_at=at),
            LabelledText(inbound_id=inbound.id, label="emergency", kind="fire", language="id", words=WORDS,
                         read_by=NAME, received_at=at),
            Report(phone=GONE, words=WORDS, note=NAME, channel="sms", verified=False, received_at=at),
            Clarification(phone=GONE, inbound_id=inbound.id, unit_id=unit.id, asked_at=at, answered_at=at,
                          answered_by=NAME),
            UssdSession(line="africastalking", ref="s1", phone=CALLER, memory='{"pin": "1234"}',
                        incident_id=incident.id, started_at=at, touched_at=at, ended_at=at),
            OptOut(phone=CALLER, line="twilio", at=at, source="21610"),
            HeardPhone(phone=GONE, text_at=at, text_line="twilio", word=WORDS, asked_at=at),
            QuietNumber(phone=CALLER, since=at, until=at, lifted_at=at, lifted_by=NAME, reason=WORDS),
            Handover(desk=unit.id, at=at, who="Rina", note=WORDS),
            Lookup(incident_id=incident.id, kind="network", subject=CALLER, created_at=at, outcome="found"),
            Helping(incident_id=incident.id, citizen_id=helper.id, state="asked", distance_m=80.0, asked_at=at),
            Fix(phone=officer.phone, source="officer", lat=VICTIM_LAT, lon=114.8, radius_m=25, taken_at=at,
                received_at=at),
        ]
    )  # fmt: skip
    town.db.flush()
    return incident


# --- nothing is overlooked ------------------------------------------------------------------------------------


def cleared() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {table.name: set() for table in Base.metadata.sorted_tables}
    for step in STEPS:
        every = {column.name for column in step.table.__table__.columns if is_personal(cast("Column[Any]", column))}
        found[step.table.__tablename__] |= every if step.whole else {column.key for column in step.columns}
    found["fixes"] |= {"phone", "lat", "lon", "place", "raw"}  # retention.places
    return found


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: str(table.name))
def test_every_column_that_could_tell_of_somebody_is_forgotten_or_kept_on_purpose(table: Any) -> None:
    forgotten, on_purpose = cleared()[table.name], set(BY_TABLE[table.name].stays.split())
    there = {column.name for column in table.columns if is_personal(column)}
    deleted = table.name in {step.table.__tablename__ for step in STEPS if step.whole}
    assert there - forgotten - on_purpose == set(), (
        "decide what becomes of it: retention/steps.py or personal_data/holdings.py"
    )
    assert on_purpose <= {column.name for column in table.columns}, "it is not there any more"
    assert deleted or not (forgotten & on_purpose) - {"state"}


# --- forgetting -----------------------------------------------------------------------------------------------


def test_after_its_days_nothing_of_anybody_is_left(station: Station) -> None:
    with station.town() as town:
        fill(town)
    station.now = NOON + YEARS
    told = station.forget()
    assert [name for name in map(forgetting.named, STEPS) if not told[name]] == [], "every step had something to do"
    for table, rows in station.dump().items():
        for row in rows:
            staff = table in ("officers", "units", "audits", "users") or (
                table == "citizens" and row["state"] == "verified"
            )
            on_register = table == "persons" and row["name"]
            for column, value in row.items():
                if not (staff or on_register):
                    assert not any(secret in str(value) for secret in SECRETS), (table, column, value)
                if column in ("lat", "here_lat"):
                    assert value != VICTIM_LAT, (table, column)
    assert station.forget().total() == 0


def test_the_register_forgets_whoever_left_and_nobody_else(station: Station) -> None:
    with station.town() as town:
        fill(town)
    station.now = NOON + YEARS
    station.forget()
    with station.open_uow() as uow:
        rows = uow.db.scalars(select(Citizen).order_by(Citizen.id)).all()
        assert [row.phone for row in rows] == [CALLER, OTHER, f"#{rows[2].id}"]
        gone, stays = rows[2], rows[0]
        assert (gone.lat, gone.usual_words, gone.person.name, gone.person.national_id) == (None, None, "", None)
        assert (stays.person.name, stays.person.national_id, stays.lat) == (NAME, NIK, -3.44)
        assert identify(uow, GONE).citizen is None


def test_one_person_with_a_number_that_stays_is_not_forgotten(station: Station) -> None:
    with station.town() as town:
        stays = town.citizen(CALLER)
        gone = town.citizen(GONE, state="replaced")
        gone.person = stays.person
    station.now = NOON + YEARS
    station.forget()
    with station.open_uow() as uow:
        assert {row.name for row in uow.db.scalars(select(Person).join(Citizen))} == {NAME}
        assert uow.db.scalar(select(func.count()).select_from(Citizen).where(Citizen.phone == GONE)) == 0


def test_an_open_incident_is_never_touched_however_old(station: Station) -> None:
    with station.town() as town:
        incident = fill(town)
        # by a statement: no move leads back from its end
        town.db.execute(update(Incident).where(Incident.id == incident.id).values(closed_at=None, state="open"))
        for row in town.db.scalars(select(Citizen).where(Citizen.phone == GONE)):
            row.state = "verified"
        town.db.flush()
        mine = incident.id
    before = station.dump()
    station.now = NOON + YEARS
    station.forget()
    after = station.dump()
    for table in ("incidents", "events", "alerts", "lookups", "helpings", "ussd_sessions", "citizens", "persons"):
        assert after[table] == before[table], table
    for table in ("inbounds", "outbounds"):
        ours = [[row for row in dump[table] if row["incident_id"] == mine] for dump in (before, after)]
        assert ours[0] == ours[1] != [], table
    needed = {row["fix_id"] for row in after["incidents"]}
    assert {row["id"] for row in after["fixes"]} == needed
    assert after["fixes"][0]["lat"] == VICTIM_LAT


def test_nothing_younger_is_touched(station: Station) -> None:
    with station.town() as town:
        fill(town, NOON)
    station.now = NOON + timedelta(days=89)
    before = station.dump()
    assert station.forget().total() == 0
    after = station.dump()
    assert {name: rows for name, rows in after.items() if not name.startswith("audit")} == {
        name: rows for name, rows in before.items() if not name.startswith("audit")
    }


def test_each_kind_has_its_own_days(station: Station) -> None:
    with station.town() as town:
        fill(town)
    station.now = NOON + timedelta(days=100)
    assert {name.split(": ")[1] for name in +station.forget()} == {"positions"}
    station.now = NOON + timedelta(days=400)
    assert {name.split(": ")[1] for name in +station.forget()} == {"texts", "register"}
    station.now = NOON + timedelta(days=2000)
    assert {name.split(": ")[1] for name in +station.forget()} == {"incidents"}


def test_nought_keeps_for_ever(station: Station) -> None:
    with station.town() as town:
        fill(town)
    station.now = NOON + YEARS
    assert station.forget(texts=0, positions=0, incidents=0, register=0).total() == 0
    assert {name.split(": ")[1] for name in +station.forget(positions=0, incidents=0, register=0)} == {"texts"}


def test_who_forgets_the_people_forgets_their_words_and_places_too() -> None:
    assert limits(kept(texts=0, positions=0, incidents=100), NOON) == Limits(
        texts=NOON - timedelta(days=100),
        positions=NOON - timedelta(days=100),
        incidents=NOON - timedelta(days=100),
        register=NOON - timedelta(days=365),
    )
    assert limits(kept(), NOON).texts == NOON - timedelta(days=365)


# --- what stays true ------------------------------------------------------------------------------------------


def test_a_report_tells_the_same_afterwards(station: Station) -> None:
    with station.town() as town:
        fill(town)
        town.incident(phone=CALLER, opened=NOON + timedelta(hours=1), yes=70, source="home", radius=150)
        town.incident(phone=OTHER, yes=None, source=None, state="false_alarm")
        town.incident(phone="110", drill=True, channel="drill")
        town.db.add(Inbound(line="twilio", kind="call", ref="c", phone="+6281", state="handled", received_at=NOON))
        top = town.units["POLDA"]

    def told() -> tuple[Any, Any]:
        with station.open_uow() as uow:
            report = reports.read(uow, top, Period(date(2026, 3, 1), date(2026, 3, 31)))
            return report.figures, report.slowest

    before = told()
    station.now = NOON + YEARS
    assert station.forget().total() > 0
    assert told() == before


def test_a_forgotten_place_is_never_taken_for_one(station: Station) -> None:
    with station.town() as town:
        fill(town)
        town.db.add(
            Fix(phone=CALLER, source="home", lat=-3.44, lon=114.83, radius_m=150, taken_at=NOON, received_at=NOON)
        )
    station.now = NOON + YEARS
    station.forget()
    with station.open_uow() as uow:
        home = locate.position(uow, identify(uow, CALLER))
        assert home is not None
        assert (home.source, home.lat) == ("home", -3.44)
        assert locate.position(uow, identify(uow, GONE)) is None
        blank = uow.db.scalars(select(Fix).where(Fix.incident_id.is_not(None))).one()
        assert (blank.lat, blank.lon, blank.source, blank.radius_m, blank.phone) == (0.0, 0.0, "cell", 800, "")


def test_one_caller_stays_one_caller(station: Station) -> None:
    with station.town() as town:
        for hour, phone in enumerate((CALLER, CALLER, OTHER)):
            town.incident(phone=phone, opened=NOON + timedelta(hours=hour))
    station.now = NOON + YEARS
    station.forget()
    with station.open_uow() as uow:
        first, second, third = uow.db.scalars(select(Incident.phone).order_by(Incident.id))
    assert first == second == sealing.pseudonym(CALLER)
    assert third not in (first, CALLER, OTHER)


def test_the_trail_stays_whole_and_tells_what_was_done(station: Station) -> None:
    with station.town() as town:
        fill(town)
    with station.open_uow() as uow:
        audit_log.record(uow, "Rina", "citizen.verify", CALLER)
    station.now = NOON + YEARS
    station.forget()
    with station.open_uow() as uow:
        assert audit_log.verify(uow) == []
        verified, purged = uow.db.scalars(select(Audit).order_by(Audit.id)).all()
        assert verified.subject == CALLER
        assert (purged.who, purged.what) == ("siaga purge", "retention.purge")
        assert '"inbounds: texts": 2' in purged.detail


def test_keys_can_be_changed_afterwards(station: Station) -> None:
    with station.town() as town:
        fill(town)
    station.now = NOON + YEARS
    station.forget()
    assert key_rotation.rotate(station.open_uow) > 0
    with station.open_uow() as uow:
        assert set(uow.db.scalars(select(Inbound.body))) == {""}
        assert set(uow.db.scalars(select(type_coerce(Inbound.raw, Text)))) == {""}


# --- running it -----------------------------------------------------------------------------------------------


def test_a_dry_run_tells_what_the_real_one_does_and_changes_nothing(station: Station) -> None:
    with station.town() as town:
        fill(town)
    station.now = NOON + YEARS
    before = station.dump()
    foreseen = station.foresee()
    assert station.dump() == before
    done = station.forget()
    late = "persons: register"  # only once their numbers are forgotten
    assert {**foreseen, late: 1, "spool: texts": 0} == dict(done)


def test_it_can_be_stopped_and_run_again(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)  # so that few rows are several batches
    with station.town() as town:
        for hour in range(5):
            town.incident(opened=NOON + timedelta(hours=hour), phone=f"+62813900000{hour}")
    station.now = NOON + YEARS

    def breaking(after: int) -> Callable[[], AbstractContextManager[UnitOfWork]]:
        opened = iter(range(after))

        def open_uow() -> AbstractContextManager[UnitOfWork]:
            if next(opened, None) is None:
                raise KeyboardInterrupt
            return station.open_uow()

        return open_uow

    for after in (2, 6, 9, 14):
        with pytest.raises(KeyboardInterrupt):
            forget(breaking(after), kept(), station.spool)
    station.forget()
    assert station.foresee().total() == 0
    with station.open_uow() as uow:
        assert uow.db.scalar(select(func.count()).select_from(Incident).where(Incident.name != "")) == 0
        assert uow.db.scalar(select(func.count()).select_from(Alert).where(Alert.phone.startswith("+"))) == 0


def test_what_was_set_aside_in_the_spool_goes_with_the_texts(station: Station) -> None:
    station.spool.keep("twilio", Hook("POST", "https://siaga.example/hooks/twilio/sms", "sms", body=b"Body=TOLONG"))
    station.spool.bad.mkdir()
    waiting = next(station.spool.folder.glob("*.hook"))
    old, young = station.spool.bad / waiting.name, station.spool.bad / f"1{waiting.name}"
    for path, at in ((old, NOON), (young, NOON + YEARS), (waiting, NOON)):
        path.write_bytes(b"sealed")
        os.utime(path, (at.timestamp(), at.timestamp()))
    station.now = NOON + YEARS
    assert station.forget()["spool: texts"] == 1
    assert [waiting.exists(), old.exists(), young.exists()] == [True, False, True], "what still waits stays"
