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
from gateway.identity import audit_log
from gateway.identity.callers import identify
from gateway.identity.users import Identity
from gateway.models import tip as reports
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen, Person
from gateway.models.event import Event
from gateway.models.inbound import Inbound
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.tip import Tip
from gateway.models.unit import Unit
from gateway.monitor import reports as tips
from gateway.monitor import unread
from gateway.monitor.reports import CannotAnswer, Wanted
from gateway.register import phone_commands
from gateway.unit_of_work import Desk
from gateway.wiring import House
from gateway.worker.queue import Doorbell

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
BUDI, DARK, STRANGER = "+6281255500001", "+6281255500002", "+6289900000001"
SITI = Identity(1, "Siti", "desk", 2, "Polres Pontianak", "Asia/Pontianak", "id", 1, frozenset({2}))
RUDI = Identity(2, "Rudi", "desk", 3, "Polres Kubu Raya", "Asia/Pontianak", "id", 1, frozenset({3}))
BOSS = Identity(3, "Ibu Admin", "admin", None, "", "Asia/Pontianak", "id", 1, None)
UNREAD = Wanted()
OpenDesk = Callable[[], AbstractContextManager[Desk]]


@pytest.fixture
def open_desk(engine: Engine, settings: Settings) -> OpenDesk:
    """A Polda with two Polres; Budi and one whose phone must stay dark belong to the first."""
    house = House(settings, engine, Switchboard([]), Doorbell(no_redis), lambda: NOW)
    with house.open_desk() as desk:
        for unit_id, code, parent in ((1, "KALBAR", None), (2, "PTK", 1), (3, "KBR", 1)):
            desk.db.add(
                Unit(id=unit_id, code=code, name=code, kind="polres", parent_id=parent, phone=f"+6256170{code}")
            )
            desk.db.flush()
        for phone, name, quiet in ((BUDI, "Budi Santoso", False), (DARK, "Dewi Gelap", True)):
            person = Person(name=name, created_at=NOW)
            desk.db.add(Citizen(phone=phone, person=person, state="verified", unit_id=2, quiet=quiet,
                                ring_back=not quiet, applied_at=NOW))  # fmt: skip
        desk.db.add(Officer(phone="+62812345001", name="Adi", rank="Aipda", unit_id=2, on_duty=True))
    return house.open_desk


def told(
    open_desk: OpenDesk,
    phone: str = BUDI,
    words: str = "lampu jalan mati",
    channel: str = "sms",
    text: int | None = None,
) -> int:
    """A report as it comes in, told by this text; its id."""
    with open_desk() as desk:
        row = None if text is None else desk.db.get_one(Inbound, text)
        return phone_commands.keep_tip(desk, identify(desk, phone), words, channel, row).id


def texted(open_desk: OpenDesk, phone: str, body: str) -> int:
    """The text that waits for a human; its id."""
    with open_desk() as desk:
        row = Inbound(line="sim", kind="text", ref=body, phone=phone, body=body, state="to_human", received_at=NOW)
        desk.db.add(row)
        desk.db.flush()
        return row.id


def held(desk: Desk, tip_id: int, who: Identity = SITI) -> Tip:
    tip = reports.lock(desk.db, tip_id, who.scope)
    assert tip is not None
    return tip


def words_seen(open_desk: OpenDesk, who: Identity, wanted: Wanted = UNREAD) -> list[str]:
    with open_desk() as desk:
        return [row.words for row in tips.listed(desk, who, wanted)]


def trail(desk: Desk) -> list[tuple[str, str, str]]:
    assert audit_log.verify(desk) == []
    return [(row.who, row.what, row.subject) for row in desk.db.scalars(select(Audit).order_by(Audit.id))]


# --- whose they are ---------------------------------------------------------------------------------------------------


def test_a_known_ones_report_is_for_their_unit_and_a_strangers_for_every_desk(open_desk: OpenDesk) -> None:
    told(open_desk, BUDI, "dari Budi")
    told(open_desk, STRANGER, "dari orang asing", "ussd")
    assert words_seen(open_desk, SITI) == words_seen(open_desk, BOSS) == ["dari orang asing", "dari Budi"]
    assert words_seen(open_desk, RUDI) == ["dari orang asing"]
    with open_desk() as desk:
        assert [reports.count_unseen(desk.db, who.scope) for who in (SITI, RUDI, BOSS)] == [2, 1, 2]


def test_another_desk_cannot_even_name_it(open_desk: OpenDesk) -> None:
    tip_id = told(open_desk)
    with open_desk() as desk:
        assert reports.lock(desk.db, tip_id, RUDI.scope) is None
        assert reports.lock(desk.db, tip_id + 1, BOSS.scope) is None


@pytest.mark.parametrize("words", ["budi", "SANTOSO", "0812-5550-0001", "5550"])
def test_a_search_finds_by_name_and_by_number(open_desk: OpenDesk, words: str) -> None:
    told(open_desk, BUDI, "ini")
    told(open_desk, STRANGER, "bukan ini")
    assert words_seen(open_desk, SITI, Wanted(words=words)) == ["ini"]


@pytest.mark.parametrize("words", ["%", "_", "nobody", "99999"])
def test_a_search_for_nobody_finds_nothing(open_desk: OpenDesk, words: str) -> None:
    told(open_desk)
    assert words_seen(open_desk, BOSS, Wanted(words=words)) == []


def test_officers_and_senders_without_a_number_are_found(open_desk: OpenDesk) -> None:
    told(open_desk, "+62812345001", "dari petugas")
    told(open_desk, "BANK", "dari nama")
    assert words_seen(open_desk, BOSS, Wanted(words="adi")) == ["dari petugas"]
    assert words_seen(open_desk, BOSS, Wanted(words="bank")) == ["dari nama"]


def test_read_ones_stay_among_all_and_older_ones_come_after(open_desk: OpenDesk) -> None:
    first, second = told(open_desk, words="satu"), told(open_desk, words="dua")
    with open_desk() as desk:
        tips.note_read(desk, SITI, held(desk, first))
    assert words_seen(open_desk, SITI) == ["dua"]
    assert words_seen(open_desk, SITI, Wanted(unread=False)) == ["dua", "satu"]
    assert words_seen(open_desk, SITI, Wanted(unread=False, before=second)) == ["satu"]


def test_it_shows_who_and_how_and_no_pin(open_desk: OpenDesk) -> None:
    told(open_desk, DARK, "pin 4711 saya hilang", "ussd")
    with open_desk() as desk:
        row = tips.listed(desk, SITI, Wanted())[0]
    assert (row.name, row.verified, row.channel, row.unit, row.may_call, row.silent) == (
        "Dewi Gelap", True, "ussd", "PTK", False, "quiet",
    )  # fmt: skip
    assert row.words == "pin **** saya hilang"


# --- what a desk does -------------------------------------------------------------------------------------------------


def test_the_first_reader_stays_and_notes_are_added(open_desk: OpenDesk) -> None:
    tip_id = told(open_desk)
    with open_desk() as desk:
        tips.note_read(desk, SITI, held(desk, tip_id), " sudah telepon PLN ")
        tips.note_read(desk, BOSS, held(desk, tip_id), "lampu menyala")
        tip = held(desk, tip_id)
        assert (tip.seen_by, tip.seen_at, tip.note) == ("Siti", NOW, "sudah telepon PLN\nlampu menyala")
        assert trail(desk) == [("Siti", "tip.read", BUDI), ("Ibu Admin", "tip.read", BUDI)]


def test_an_answer_is_owed_noted_and_audited(open_desk: OpenDesk) -> None:
    tip_id = told(open_desk)
    with open_desk() as desk:
        tips.answer(desk, SITI, held(desk, tip_id), "  Terima kasih,\n petugas ke sana besok. ")
        owed = desk.db.scalars(select(Outbound)).one()
        assert (owed.phone, owed.body) == (BUDI, "POLISI: Terima kasih, petugas ke sana besok. Tel +6256170PTK")
        tip = held(desk, tip_id)
        assert (tip.seen_by, tip.note) == ("Siti", "SMS: Terima kasih, petugas ke sana besok.")
        assert trail(desk) == [("Siti", "tip.answer", BUDI)]


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
def test_what_must_not_or_cannot_be_sent_is_not(open_desk: OpenDesk, phone: str, words: str, why: str) -> None:
    tip_id = told(open_desk, phone)
    with pytest.raises(CannotAnswer, match=why), open_desk() as desk:
        tips.answer(desk, SITI, held(desk, tip_id), words)
    with open_desk() as desk:
        assert desk.db.scalars(select(Outbound)).all() == []
        assert held(desk, tip_id).seen_at is None
        assert trail(desk) == []


@pytest.mark.parametrize("how", [{"quiet": True}, {"duress": True}])
def test_a_phone_whose_incident_is_quiet_gets_no_answer(open_desk: OpenDesk, how: dict[str, bool]) -> None:
    tip_id = told(open_desk)
    with open_desk() as desk:
        dispatch.raise_alarm(desk, identify(desk, BUDI), "text", words="TOLONG", **how)  # type: ignore[arg-type]
        before = len(desk.db.scalars(select(Outbound).where(Outbound.phone == BUDI)).all())
    with pytest.raises(CannotAnswer, match="quiet"), open_desk() as desk:
        tips.answer(desk, SITI, held(desk, tip_id), "baik")
    with open_desk() as desk:
        assert len(desk.db.scalars(select(Outbound).where(Outbound.phone == BUDI)).all()) == before


def test_a_strangers_report_raised_asks_officers_of_the_desk_that_said_so(open_desk: OpenDesk) -> None:
    tip_id = told(open_desk, STRANGER, "ada orang bawa parang -0.0300,109.3300")
    with open_desk() as desk:
        incident = tips.raise_alarm(desk, SITI, held(desk, tip_id))
        assert (incident.phone, incident.unit_id, incident.channel) == (STRANGER, 2, "desk")
        assert incident.fix_id is not None
        kinds = desk.db.execute(select(Event.kind, Event.who).where(Event.incident_id == incident.id)).all()
        assert ("marked", "Siti") in [tuple(kind) for kind in kinds]
        tip = held(desk, tip_id)
        assert (tip.seen_by, tip.note) == ("Siti", incident.code)
        assert trail(desk) == [("Siti", "tip.emergency", STRANGER)]


# --- the text that told it --------------------------------------------------------------------------------------------


def test_whoever_settles_the_report_settles_its_text_and_no_other(open_desk: OpenDesk) -> None:
    told_in = texted(open_desk, BUDI, "LAPOR  Lampu jalan  mati")
    other = texted(open_desk, BUDI, "pak tolong saya")
    alike = texted(open_desk, BUDI, "lampu jalan mati lagi")
    tip_id = told(open_desk, text=told_in)
    with open_desk() as desk:
        tips.note_read(desk, SITI, held(desk, tip_id))
        states = {row.id: row.state for row in desk.db.scalars(select(Inbound))}
    assert states == {told_in: "seen", other: "to_human", alike: "to_human"}


def test_whoever_reads_the_text_has_read_the_report(open_desk: OpenDesk) -> None:
    row_id = texted(open_desk, BUDI, "LAPOR lampu jalan mati")
    tip_id, other = told(open_desk, text=row_id), told(open_desk, words="jalan rusak")
    with open_desk() as desk:
        row = unread.find(desk, SITI, row_id)
        assert row is not None
        unread.note_read(desk, SITI, row)
        assert held(desk, tip_id).seen_by == "Siti"
        assert held(desk, other).seen_at is None


def test_a_raised_reports_text_names_the_incident(open_desk: OpenDesk) -> None:
    row_id = texted(open_desk, BUDI, "LAPOR lampu jalan mati")
    tip_id = told(open_desk, text=row_id)
    with open_desk() as desk:
        incident = tips.raise_alarm(desk, SITI, held(desk, tip_id))
        row = desk.db.get_one(Inbound, row_id)
        assert (row.state, row.incident_id) == ("seen", incident.id)
