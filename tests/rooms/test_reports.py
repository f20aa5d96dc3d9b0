"""Reports without emergency: whose they are, and what a desk does with them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from no_redis import no_redis
from sqlalchemy import Engine, select

from gateway import dispatch
from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.words.reading import read
from gateway.identity import audit_log
from gateway.identity.callers import identify
from gateway.identity.users import Identity
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen, Person
from gateway.models.event import Event
from gateway.models.inbound import Inbound
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.place import Place
from gateway.models.report import Report
from gateway.models.unit import Unit
from gateway.monitor import reports, unread
from gateway.monitor.reports import CannotAnswer, Wanted
from gateway.register import phone_commands
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House
from gateway.worker.queue import JobQueue

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
BUDI, DARK, STRANGER = "+6281255500001", "+6281255500002", "+6289900000001"
SITI = Identity(1, "Siti", "desk", 2, "Polres Pontianak", "Asia/Pontianak", "id", 1, frozenset({2}))
RUDI = Identity(2, "Rudi", "desk", 3, "Polres Kubu Raya", "Asia/Pontianak", "id", 1, frozenset({3}))
BOSS = Identity(3, "Ibu Admin", "admin", None, "", "Asia/Pontianak", "id", 1, None)
RINA = Identity(4, "Rina", "desk", 1, "Polda Kalbar", "Asia/Pontianak", "id", 1, frozenset({1, 2, 3}))
UNREAD = Wanted()
OpenUnitOfWork = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def open_uow(engine: Engine, settings: Settings) -> OpenUnitOfWork:
    """A Polda with two Polres; Budi and one whose phone must stay dark belong to the first."""
    house = House(settings, engine, Switchboard([]), JobQueue(no_redis), lambda: NOW)
    with house.open_uow() as uow:
        for unit_id, code, parent in ((1, "KALBAR", None), (2, "PTK", 1), (3, "KBR", 1)):
            uow.db.add(Unit(id=unit_id, code=code, name=code, kind="polres", parent_id=parent, phone=f"+6256170{code}"))
            uow.db.flush()
        for phone, name, quiet in ((BUDI, "Budi Santoso", False), (DARK, "Dewi Gelap", True)):
            person = Person(name=name, created_at=NOW)
            uow.db.add(Citizen(phone=phone, person=person, state="verified", unit_id=2, quiet=quiet,
                                ring_back=not quiet, applied_at=NOW))  # fmt: skip
        uow.db.add(Officer(phone="+62812345001", name="Adi", rank="Aipda", unit_id=2, on_duty=True))
    return house.open_uow


def told(
    open_uow: OpenUnitOfWork,
    phone: str = BUDI,
    words: str = "lampu jalan mati",
    channel: str = "sms",
    text: int | None = None,
) -> int:
    """A report as it comes in, told by this text; its id."""
    with open_uow() as uow:
        row = None if text is None else uow.db.get_one(Inbound, text)
        return phone_commands.keep_report(uow, identify(uow, phone), words, channel, row).id


def texted(open_uow: OpenUnitOfWork, phone: str, body: str) -> int:
    """The text that waits for a human; its id."""
    with open_uow() as uow:
        row = Inbound(line="sim", kind="text", ref=body, phone=phone, body=body, state="to_human", received_at=NOW)
        uow.db.add(row)
        uow.db.flush()
        return row.id


def held(uow: UnitOfWork, report_id: int, who: Identity = SITI) -> Report:
    report = reports.lock(uow, who, report_id)
    assert report is not None
    return report


def words_seen(open_uow: OpenUnitOfWork, who: Identity, wanted: Wanted = UNREAD) -> list[str]:
    with open_uow() as uow:
        return [row.words for row in reports.listed(uow, who, wanted)]


def trail(uow: UnitOfWork) -> list[tuple[str, str, str]]:
    assert audit_log.verify(uow) == []
    return [(row.who, row.what, row.subject) for row in uow.db.scalars(select(Audit).order_by(Audit.id))]


# --- whose they are ---------------------------------------------------------------------------------------------------


def test_a_known_ones_report_is_for_their_unit_and_a_strangers_for_the_topmost_desk(open_uow: OpenUnitOfWork) -> None:
    told(open_uow, BUDI, "dari Budi")
    told(open_uow, STRANGER, "dari orang asing", "ussd")
    assert words_seen(open_uow, RINA) == words_seen(open_uow, BOSS) == ["dari orang asing", "dari Budi"]
    assert words_seen(open_uow, SITI) == ["dari Budi"]
    assert words_seen(open_uow, RUDI) == []
    with open_uow() as uow:
        assert [reports.count_unseen(uow, who) for who in (SITI, RUDI, RINA, BOSS)] == [1, 0, 2, 2]


def test_a_strangers_report_that_names_a_place_is_for_the_unit_of_that_place(open_uow: OpenUnitOfWork) -> None:
    with open_uow() as uow:
        uow.db.add(Place(name="Pasar Flamboyan", lat=-0.03, lon=109.34, radius_m=200, unit_id=3))
    told(open_uow, STRANGER, "ada judi di pasar flamboyan", "ussd")
    assert words_seen(open_uow, RUDI) == ["ada judi di pasar flamboyan"]
    assert words_seen(open_uow, SITI) == []


def test_where_the_topmost_unit_has_no_desk_the_nearest_desks_below_read_what_is_nobodys(
    open_uow: OpenUnitOfWork,
) -> None:
    with open_uow() as uow:
        uow.db.get_one(Unit, 1).phone = None
    told(open_uow, STRANGER, "dari orang asing")
    assert words_seen(open_uow, SITI) == words_seen(open_uow, RUDI) == ["dari orang asing"]


def test_another_desk_cannot_even_name_it(open_uow: OpenUnitOfWork) -> None:
    report_id = told(open_uow)
    with open_uow() as uow:
        assert reports.lock(uow, RUDI, report_id) is None
        assert reports.lock(uow, BOSS, report_id + 1) is None


@pytest.mark.parametrize("words", ["budi", "SANTOSO", "0812-5550-0001", "5550"])
def test_a_search_finds_by_name_and_by_number(open_uow: OpenUnitOfWork, words: str) -> None:
    told(open_uow, BUDI, "ini")
    told(open_uow, STRANGER, "bukan ini")
    assert words_seen(open_uow, SITI, Wanted(words=words)) == ["ini"]


@pytest.mark.parametrize("words", ["%", "_", "nobody", "99999"])
def test_a_search_for_nobody_finds_nothing(open_uow: OpenUnitOfWork, words: str) -> None:
    told(open_uow)
    assert words_seen(open_uow, BOSS, Wanted(words=words)) == []


def test_officers_and_senders_without_a_number_are_found(open_uow: OpenUnitOfWork) -> None:
    told(open_uow, "+62812345001", "dari petugas")
    told(open_uow, "BANK", "dari nama")
    assert words_seen(open_uow, BOSS, Wanted(words="adi")) == ["dari petugas"]
    assert words_seen(open_uow, BOSS, Wanted(words="bank")) == ["dari nama"]


def test_read_ones_stay_among_all_and_older_ones_come_after(open_uow: OpenUnitOfWork) -> None:
    first, second = told(open_uow, words="satu"), told(open_uow, words="dua")
    with open_uow() as uow:
        reports.note_read(uow, SITI, held(uow, first))
    assert words_seen(open_uow, SITI) == ["dua"]
    assert words_seen(open_uow, SITI, Wanted(unread=False)) == ["dua", "satu"]
    assert words_seen(open_uow, SITI, Wanted(unread=False, before=second)) == ["satu"]


def test_it_shows_who_and_how_and_no_pin(open_uow: OpenUnitOfWork) -> None:
    told(open_uow, DARK, "pin 4711 saya hilang", "ussd")
    with open_uow() as uow:
        row = reports.listed(uow, SITI, Wanted())[0]
    assert (row.name, row.verified, row.channel, row.unit, row.may_call, row.silent) == (
        "Dewi Gelap", True, "ussd", "PTK", False, "quiet",
    )  # fmt: skip
    assert row.words == "pin **** saya hilang"


# --- what a desk does -------------------------------------------------------------------------------------------------


def test_the_first_reader_stays_and_notes_are_added(open_uow: OpenUnitOfWork) -> None:
    report_id = told(open_uow)
    with open_uow() as uow:
        reports.note_read(uow, SITI, held(uow, report_id), " sudah telepon PLN ")
        reports.note_read(uow, BOSS, held(uow, report_id), "lampu menyala")
        report = held(uow, report_id)
        assert (report.seen_by, report.seen_at, report.note) == ("Siti", NOW, "sudah telepon PLN\nlampu menyala")
        assert trail(uow) == [("Siti", "tip.read", BUDI), ("Ibu Admin", "tip.read", BUDI)]


def test_an_answer_is_owed_noted_and_audited(open_uow: OpenUnitOfWork) -> None:
    report_id = told(open_uow)
    with open_uow() as uow:
        reports.answer(uow, SITI, held(uow, report_id), "  Terima kasih,\n petugas ke sana besok. ")
        owed = uow.db.scalars(select(Outbound)).one()
        assert (owed.phone, owed.body) == (BUDI, "POLISI: Terima kasih, petugas ke sana besok. Tel +6256170PTK")
        report = held(uow, report_id)
        assert (report.seen_by, report.note) == ("Siti", "SMS: Terima kasih, petugas ke sana besok.")
        assert trail(uow) == [("Siti", "tip.answer", BUDI)]


@pytest.mark.parametrize(
    ("phone", "words", "why"),
    [
        (DARK, "baik", "quiet"),
        ("BANK", "baik", "no_phone"),
        ("110", "baik", "no_phone"),
        (BUDI, " \n ", "no_words"),
        (BUDI, "panjang " * 20, "too_long"),
    ],
)
def test_what_must_not_or_cannot_be_sent_is_not(open_uow: OpenUnitOfWork, phone: str, words: str, why: str) -> None:
    report_id = told(open_uow, phone)
    with pytest.raises(CannotAnswer, match=why), open_uow() as uow:
        reports.answer(uow, RINA, held(uow, report_id, RINA), words)
    with open_uow() as uow:
        assert uow.db.scalars(select(Outbound)).all() == []
        assert held(uow, report_id, RINA).seen_at is None
        assert trail(uow) == []


@pytest.mark.parametrize("how", [{"quiet": True}, {"duress": True}])
def test_a_phone_whose_incident_is_quiet_gets_no_answer(open_uow: OpenUnitOfWork, how: dict[str, bool]) -> None:
    report_id = told(open_uow)
    with open_uow() as uow:
        dispatch.raise_alarm(uow, identify(uow, BUDI), "text", said=read("TOLONG"), **how)  # type: ignore[arg-type]
        before = len(uow.db.scalars(select(Outbound).where(Outbound.phone == BUDI)).all())
    with pytest.raises(CannotAnswer, match="quiet"), open_uow() as uow:
        reports.answer(uow, SITI, held(uow, report_id), "baik")
    with open_uow() as uow:
        assert len(uow.db.scalars(select(Outbound).where(Outbound.phone == BUDI)).all()) == before


def test_a_strangers_report_raised_asks_officers_of_the_desk_that_said_so(open_uow: OpenUnitOfWork) -> None:
    report_id = told(open_uow, STRANGER, "ada orang bawa parang -0.0300,109.3300")
    with open_uow() as uow:
        incident = reports.raise_alarm(uow, RINA, held(uow, report_id, RINA))
        assert (incident.phone, incident.unit_id, incident.channel) == (STRANGER, 1, "desk")
        assert incident.fix_id is not None
        kinds = uow.db.execute(select(Event.kind, Event.who).where(Event.incident_id == incident.id)).all()
        assert ("marked", "Rina") in [tuple(kind) for kind in kinds]
        report = held(uow, report_id, RINA)
        assert (report.seen_by, report.note) == ("Rina", incident.code)
        assert trail(uow) == [("Rina", "tip.emergency", STRANGER)]


# --- the text that told it --------------------------------------------------------------------------------------------


def test_whoever_settles_the_report_settles_its_text_and_no_other(open_uow: OpenUnitOfWork) -> None:
    told_in = texted(open_uow, BUDI, "LAPOR  Lampu jalan  mati")
    other = texted(open_uow, BUDI, "pak tolong saya")
    alike = texted(open_uow, BUDI, "lampu jalan mati lagi")
    report_id = told(open_uow, text=told_in)
    with open_uow() as uow:
        reports.note_read(uow, SITI, held(uow, report_id))
        states = {row.id: row.state for row in uow.db.scalars(select(Inbound))}
    assert states == {told_in: "seen", other: "to_human", alike: "to_human"}


def test_whoever_reads_the_text_has_read_the_report(open_uow: OpenUnitOfWork) -> None:
    row_id = texted(open_uow, BUDI, "LAPOR lampu jalan mati")
    report_id, other = told(open_uow, text=row_id), told(open_uow, words="jalan rusak")
    with open_uow() as uow:
        row = unread.find(uow, SITI, row_id)
        assert row is not None
        unread.note_read(uow, SITI, row)
        assert held(uow, report_id).seen_by == "Siti"
        assert held(uow, other).seen_at is None


def test_a_raised_reports_text_names_the_incident(open_uow: OpenUnitOfWork) -> None:
    row_id = texted(open_uow, BUDI, "LAPOR lampu jalan mati")
    report_id = told(open_uow, text=row_id)
    with open_uow() as uow:
        incident = reports.raise_alarm(uow, SITI, held(uow, report_id))
        row = uow.db.get_one(Inbound, row_id)
        assert (row.state, row.incident_id) == ("seen", incident.id)
