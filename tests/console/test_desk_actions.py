"""What a desk does from its monitor, and what it may not do."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models.alert import Alert
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen, Person
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.monitor import dossier
from gateway.monitor.desk_actions import NAMES, NotNow
from gateway.wiring import House
from tests.console.station import CALLER, Browser, Clock, act, card_of, file_of, identity, panic

ADI, DESK = "+62812345001", "+62561700110"  # an officer of Pontianak, and its desk


@pytest.fixture
def code(home: House) -> str:
    return panic(home)


def texts(home: House, phone: str) -> list[str]:
    with home.open_uow() as uow:
        query = select(Outbound).where(Outbound.phone == phone, Outbound.kind == "text").order_by(Outbound.id)
        return [row.body for row in uow.db.scalars(query)]


def calls(home: House, phone: str) -> list[str]:
    with home.open_uow() as uow:
        query = select(Outbound.state).where(Outbound.phone == phone, Outbound.kind == "call").order_by(Outbound.id)
        return list(uow.db.scalars(query))


def alert_id(home: House, code: str, phone: str) -> str:
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        found = alerts.newest_for(uow.db, incident.id, phone)
        assert found is not None
        return str(found.id)


def kinds(home: House, code: str) -> list[str]:
    return [line.kind for line in file_of(home, code).lines]


def add_officer(home: House, phone: str, unit_id: int = 2, on_duty: bool = False) -> str:
    with home.open_uow() as uow:
        officer = Officer(phone=phone, name="Tambahan", rank="Bripka", unit_id=unit_id, on_duty=on_duty)
        uow.db.add(officer)
        uow.db.flush()
        return str(officer.id)


# --- answers for others ---------------------------------------------------------------------------------------


def test_it_accepts_for_an_officer_who_was_asked(home: House, code: str) -> None:
    act(home, code, "accept", alert=alert_id(home, code, ADI))
    card = card_of(home, code)
    assert (card.state, card.leader, card.leader_is_desk) == ("accepted", "Aipda Adi Pontianak", False)
    assert any("ANDA MEMIMPIN" in text for text in texts(home, ADI))
    assert [(line.kind, line.who) for line in file_of(home, code).lines if line.kind == "by_desk"] == [
        ("by_desk", "Siti")
    ]


def test_it_accepts_for_an_officer_whom_nobody_had_asked(home: House, code: str) -> None:
    officer = add_officer(home, "+6281277700001")
    act(home, code, "accept", officer=officer)
    assert card_of(home, code).leader == "Bripka Tambahan"
    assert any("ANDA MEMIMPIN" in text for text in texts(home, "+6281277700001"))


@pytest.mark.parametrize(("action", "state"), [("en_route", "en_route"), ("on_scene", "on_scene")])
def test_it_enters_what_an_officer_told_by_radio(home: House, code: str, action: str, state: str) -> None:
    act(home, code, action, alert=alert_id(home, code, ADI))
    assert card_of(home, code).state == state


def test_it_enters_that_an_officer_cannot(home: House, code: str) -> None:
    act(home, code, "decline", alert=alert_id(home, code, ADI))
    assert card_of(home, code).declined == 1


def test_the_desk_takes_it_and_officers_keep_ringing(home: House, code: str) -> None:
    act(home, code, "take")
    card = card_of(home, code)
    assert (card.tone, card.leader, card.leader_is_desk) == ("held", "Polres Pontianak (Siti)", True)
    assert card.next_wave_at is None
    assert calls(home, ADI) == ["owed"]
    assert calls(home, DESK) == ["called_off"]


def test_the_desk_may_take_it_without_having_been_asked(home: House, code: str) -> None:
    """A user of every unit sits at none below the top: the topmost desk with a phone above the place holds it."""
    act(home, code, "take", "Ibu Admin")
    assert card_of(home, code).leader == "Polres Pontianak (Ibu Admin)"


# --- more people ----------------------------------------------------------------------------------------------


def test_it_asks_one_more_officer_by_text_and_call(home: House, code: str) -> None:
    officer = add_officer(home, "+6281277700001")
    act(home, code, "ask_officer", officer=officer)
    assert len(texts(home, "+6281277700001")) == len(calls(home, "+6281277700001")) == 1
    assert code in texts(home, "+6281277700001")[0]
    with pytest.raises(NotNow, match="all_asked"):
        act(home, code, "ask_officer", officer=officer)


def test_it_asks_another_unit(home: House, code: str) -> None:
    act(home, code, "ask_unit", "Ibu Admin", unit="3")
    assert {one.title for one in file_of(home, code, "Ibu Admin").asked} >= {"Polres Kubu Raya", "Aipda Adi Kubu Raya"}
    assert len(texts(home, "+62812345002")) == 1
    with pytest.raises(NotNow, match="all_asked"):
        act(home, code, "ask_unit", "Ibu Admin", unit="3")


@pytest.mark.parametrize(
    ("action", "form", "why"),
    [
        ("ask_unit", {"unit": "3"}, "no_unit"),  # of another Polres
        ("ask_unit", {"unit": "999"}, "no_unit"),
        ("ask_officer", {"officer": "2"}, "no_officer"),  # of another Polres
        ("ask_officer", {"officer": "x"}, "no_officer"),
        ("accept", {"officer": "2"}, "no_officer"),
        ("accept", {}, "no_officer"),
        ("accept", {"alert": "999"}, "no_officer"),
        ("move", {"lat": "0", "lon": "0"}, "no_place"),
        ("move", {"lat": "nan", "lon": "109"}, "no_place"),
        ("move", {"lat": "91", "lon": "109"}, "no_place"),
        ("move", {"lat": "", "lon": "x"}, "no_place"),
        ("tell_officers", {"words": "  "}, "no_words"),
        ("tell_citizen", {}, "no_words"),
        ("note", {"words": "\n"}, "no_words"),
        ("close", {"reason": "selesai"}, "no_outcome"),
        ("close", {"outcome": "cancelled", "reason": "selesai"}, "no_outcome"),
        ("close", {"outcome": "resolved"}, "no_words"),
        ("unquiet", {}, "no_words"),
        ("link", {"other": "ZZ9"}, "no_incident"),
    ],
)
def test_what_is_out_of_place_changes_nothing_and_says_why(
    home: House, code: str, action: str, form: dict[str, str], why: str
) -> None:
    before = (kinds(home, code), card_of(home, code))
    with pytest.raises(NotNow, match=why):
        act(home, code, action, **form)
    assert (kinds(home, code), card_of(home, code)) == before


def test_an_alert_of_another_incident_is_not_taken(home: House, code: str) -> None:
    other = panic(home, phone="+6281255500002")
    with pytest.raises(NotNow, match="no_officer"):
        act(home, code, "accept", alert=alert_id(home, other, ADI))


def test_whoever_called_is_never_asked_to_come(home: House) -> None:
    code = panic(home, phone=ADI)
    for action in ("ask_officer", "accept"):
        with pytest.raises(NotNow, match="is_caller"):
            act(home, code, action, officer="1")


def test_it_rings_wider_now(home: House, code: str) -> None:
    add_officer(home, "+6281277700001", on_duty=True)
    wave = card_of(home, code).wave
    act(home, code, "wider")
    card = card_of(home, code)
    assert card.wave > wave
    assert card.next_wave_at is not None


def test_who_leads_leads_on_when_it_rings_wider(home: House, code: str) -> None:
    act(home, code, "accept", officer="1")
    add_officer(home, "+6281277700001", on_duty=True)
    act(home, code, "wider")
    card = card_of(home, code)
    assert (card.leader, card.next_wave_at) == ("Aipda Adi Pontianak", None)
    assert len(texts(home, "+6281277700001")) == 1


def test_ringing_wider_leaves_the_leaders_drive_alone(home: House, code: str) -> None:
    """The clock is the leader's: a desk that wants more people must not have the first one nudged."""
    act(home, code, "en_route", officer="1")
    before = clock_of(home, code)
    assert before is not None
    act(home, code, "wider")
    assert clock_of(home, code) == before


def clock_of(home: House, code: str) -> datetime | None:
    with home.open_uow() as uow:
        return uow.db.scalars(select(Incident.clock_at).where(Incident.code == code)).one()


# --- words and places -----------------------------------------------------------------------------------------


def test_a_click_on_the_map_moves_it(home: House, code: str) -> None:
    act(home, code, "move", lat="-0.0412", lon="109.3398")
    where = card_of(home, code).where
    assert where is not None
    assert (where.lat, where.lon, where.radius_m) == (-0.0412, 109.3398, 50)
    assert where.known == "ditandai piket, ±50 m, baru saja"


def test_degrees_may_be_typed_with_a_decimal_comma(home: House, code: str) -> None:
    act(home, code, "move", lat="-0,0412", lon=" 109,3398")
    where = card_of(home, code).where
    assert where is not None
    assert (where.lat, where.lon) == (-0.0412, 109.3398)


def test_it_writes_to_everybody_who_knows(home: House, code: str) -> None:
    with pytest.raises(NotNow, match="nobody_told"):
        act(home, code, "tell_officers", words="hati-hati, pelaku bersenjata")
    act(home, code, "accept", officer="1")
    act(home, code, "tell_officers", words="hati-hati, pelaku bersenjata")
    assert texts(home, ADI)[-1] == f"{code} dari piket: hati-hati, pelaku bersenjata"


def test_it_writes_to_the_caller(home: House, code: str) -> None:
    act(home, code, "tell_citizen", words="Kunci pintu.")
    assert texts(home, CALLER)[-1].startswith(f"POLISI ({code}): Kunci pintu. Tel ")


def test_it_is_put_through_by_a_call_to_its_own_phone(home: House, code: str) -> None:
    act(home, code, "take")
    act(home, code, "connect")
    assert calls(home, DESK) == ["called_off", "owed"]
    assert calls(home, CALLER) == []


@pytest.mark.parametrize("action", ["tell_citizen", "connect"])
def test_nothing_reaches_a_quiet_phone_until_somebody_lifts_it_with_a_reason(home: House, action: str) -> None:
    code = panic(home, quiet=True)
    before = len(texts(home, CALLER)), len(calls(home, DESK))
    with pytest.raises(NotNow, match="quiet"):
        act(home, code, action, words="Anda di mana?")
    assert (len(texts(home, CALLER)), len(calls(home, DESK))) == before
    act(home, code, "unquiet", reason="sudah bicara langsung di rumahnya")
    assert card_of(home, code).may_call
    act(home, code, action, words="Anda di mana?")
    assert (len(texts(home, CALLER)), len(calls(home, DESK))) != before
    line = next(line for line in file_of(home, code).lines if line.kind == "quiet_lifted")
    assert (line.who, line.text) == ("Siti", "sudah bicara langsung di rumahnya")
    with home.open_uow() as uow:
        assert "incident.unquiet" in uow.db.scalars(select(Audit.what)).all()


def test_under_duress_nobody_lifts_it(home: House, code: str) -> None:
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        incident.duress = incident.quiet = True
    for action in ("unquiet", "tell_citizen", "connect"):
        with pytest.raises(NotNow):
            act(home, code, action, reason="katanya aman", words="halo")
    assert not card_of(home, code).may_call


def test_a_note_stands_in_the_timeline(home: House, code: str) -> None:
    act(home, code, "note", words="  tetangga bilang   pelaku kabur ")
    assert file_of(home, code).lines[0].text == "tetangga bilang pelaku kabur"


def test_closing_needs_a_reason_and_is_audited(home: House, code: str) -> None:
    act(home, code, "close", outcome="resolved", reason="pelaku ditangkap")
    file = file_of(home, code)
    assert (file.card.state, file.reason) == ("resolved", "pelaku ditangkap")
    with home.open_uow() as uow:
        row = uow.db.scalars(select(Audit).order_by(Audit.id.desc())).first()
        assert row is not None
        assert (row.who, row.what, row.subject) == ("Siti", "incident.resolved", code)


@pytest.mark.parametrize("action", sorted(NAMES - {"kind", "note", "link", "split", "reopen"}))
def test_nothing_is_done_to_a_closed_incident(home: House, code: str, action: str) -> None:
    act(home, code, "close", outcome="resolved", reason="selesai")
    with pytest.raises(NotNow, match="closed"):
        act(home, code, action)


def test_a_note_may_still_be_added_afterwards(home: House, code: str) -> None:
    act(home, code, "close", outcome="resolved", reason="selesai")
    act(home, code, "note", words="laporan polisi LP/12")
    assert kinds(home, code)[0] == "note"


# --- several calls about one thing ----------------------------------------------------------------------------


def test_incidents_are_linked_and_split_on_both_sides(home: House, code: str) -> None:
    other = panic(home, phone="+6281255500002")
    act(home, code, "link", other=other.lower())
    assert (file_of(home, code).links, file_of(home, other).links) == ([other], [code])
    act(home, other, "split", other=code)
    assert (file_of(home, code).links, file_of(home, other).links) == ([], [])
    with pytest.raises(NotNow, match="no_incident"):
        act(home, code, "link", other=code)


# --- what is on file ------------------------------------------------------------------------------------------


def test_looking_at_what_is_on_file_is_audited(home: House, clock: Clock) -> None:
    siti = identity(home, "Siti")
    with home.open_uow() as uow:
        person = Person(name="Budi", notes="tuna rungu", next_of_kin="Ani 0812", created_at=clock())
        uow.db.add(Citizen(phone=CALLER, person=person, state="verified", applied_at=clock()))
    code = panic(home)
    assert file_of(home, code).has_profile
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        profile = dossier.reveal(uow, siti, incident)
        assert profile is not None
        assert (profile.notes, profile.next_of_kin, profile.address) == ("tuna rungu", "Ani 0812", "")
        row = uow.db.scalars(select(Audit)).one()
        assert (row.who, row.what, row.subject) == ("Siti", "incident.profile", code)
    assert not file_of(home, panic(home, phone="+6281255500003")).has_profile


def test_a_reinforcement_belongs_to_the_wave_that_was_running(home: House, code: str) -> None:
    officer = add_officer(home, "+6281277700001")
    act(home, code, "ask_officer", officer=officer)
    with home.open_uow() as uow:
        row = uow.db.scalars(select(Alert).where(Alert.phone == "+6281277700001")).one()
        assert (row.wave, row.state) == (1, "waiting")


# --- the kind of trouble --------------------------------------------------------------------------------------


def test_it_changes_the_kind_under_its_name_and_the_words_that_told_it_stay(home: House) -> None:
    code = panic(home, words="TOLONG kebakaran di gang merak")
    assert (card_of(home, code).kind, card_of(home, code).kind_words) == ("fire", "kebakaran")
    act(home, code, "kind", kind="medical")
    card = card_of(home, code)
    assert (card.kind, card.kind_words, card.kind_by) == ("medical", "kebakaran", "Siti")
    assert [(line.who, line.text) for line in file_of(home, code).lines if line.kind == "kind"] == [
        ("Siti", "Darurat medis"),
        ("", "Kebakaran"),
    ]
    with home.open_uow() as uow:
        audited = uow.db.scalars(select(Audit).where(Audit.what == "incident.kind")).one()
        assert (audited.who, audited.subject, audited.detail) == ("Siti", code, "medical")


@pytest.mark.parametrize("kind", ["", "burglary", "FIRE"])
def test_there_are_no_other_kinds(home: House, code: str, kind: str) -> None:
    with pytest.raises(NotNow, match="no_kind"):
        act(home, code, "kind", kind=kind)
    assert card_of(home, code).kind == "crime"


def test_what_is_closed_can_still_be_called_by_its_kind(home: House, code: str) -> None:
    """For the figures; nobody is told any more."""
    act(home, code, "close", outcome="resolved", reason="selesai")
    before = texts(home, ADI)
    act(home, code, "kind", kind="fire")
    assert card_of(home, code).kind == "fire"
    assert texts(home, ADI) == before


# --- what was pressed while the connection was away -------------------------------------------------------------------


def test_what_is_pressed_late_is_done_only_if_nothing_has_changed(home: House, clock: Clock, siti: Browser) -> None:
    code = panic(home)
    newest = card_of(home, code).newest

    def press(action: str, **headers: str) -> tuple[int, str]:
        sent = {"X-Requested-With": "fetch", "X-CSRFToken": siti.token, **headers}
        answer = siti.client.post(f"/incidents/{code}/{action}", headers=sent)
        return answer.status_code, (answer.json or {}).get("why", "")

    pressed = clock().isoformat()
    clock.move(seconds=4)
    assert press("seen", **{"X-Pressed": pressed, "X-Known": str(newest)}) == (204, "")
    assert press("take", **{"X-Pressed": pressed, "X-Known": str(newest)}) == (409, "changed")
    assert press("take", **{"X-Pressed": clock().isoformat(), "X-Known": str(newest)}) == (204, "")
    clock.move(seconds=7)
    assert press("wider", **{"X-Pressed": pressed, "X-Known": str(card_of(home, code).newest)}) == (409, "late")
    assert press("wider", **{"X-Pressed": "kemarin"}) == (204, "")  # a script that tells no time
