"""What a desk sees: its own incidents, the worst on top, and the alarm until somebody has seen them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from gateway.models import helping as helpings
from gateway.models import incident as incidents
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.citizen import Citizen, Person
from gateway.models.helping import Helping
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.worker import LineHealth, Worker
from gateway.monitor import board, map_layers, proof, unread
from gateway.monitor.card import Next, Summary
from gateway.monitor.dossier import Asked, grouped
from gateway.wiring import House
from tests.console.station import CALLER, Clock, act, card_of, file_of, identity, panic


@pytest.fixture
def console_url(database_url: str) -> str:
    return database_url


def codes(home: House, name: str) -> list[str]:
    who = identity(home, name)
    with home.open_uow() as uow:
        return [card.code for card in board.cards(uow, who, "id")]


def test_a_desk_sees_the_incidents_of_its_units_and_no_others(home: House) -> None:
    code = panic(home)
    assert codes(home, "Siti") == codes(home, "Tamu") == codes(home, "Ibu Admin") == [code]
    assert codes(home, "Rudi") == []


def test_a_card_tells_who_where_and_what_was_said(home: House) -> None:
    card = card_of(home, panic(home, "TOLONG ada maling AMAN 1234"))
    assert (card.state, card.tone, card.phone, card.unit) == ("open", "open", CALLER, "Polres Pontianak")
    assert card.where is not None
    assert card.where.known == "titik dari pesan, ±30 m, baru saja"
    assert [said.words for said in card.said] == ["TOLONG ada maling AMAN ****"]
    assert (card.asked, card.accepted, card.answered_at) == (3, 0, None)


def test_the_worst_and_newest_is_on_top(home: House, clock: Clock) -> None:
    names = ["seen", "accepted", "older", "newest"]
    made = {}
    for number, name in enumerate(names):
        clock.move(seconds=1)
        made[name] = panic(home, phone=f"+628125550000{number}")
    for name in ("seen", "accepted"):
        act(home, made[name], "seen")
    act(home, made["accepted"], "accept", officer="1")
    closed = panic(home, phone="+6281255500009")
    act(home, closed, "close", outcome="resolved", reason="selesai")
    assert codes(home, "Siti") == [made[name] for name in ("newest", "older", "seen", "accepted")] + [closed]


def test_one_under_duress_is_never_below_those_to_which_somebody_comes(home: House, clock: Clock) -> None:
    """An officer has accepted it and the desk has seen it; it stands above what is merely newer."""
    made = []
    for number in range(3):
        clock.move(seconds=1)
        made.append(panic(home, phone=f"+628125550000{number}"))
        act(home, made[number], "seen")
        act(home, made[number], "accept", officer="1")
    with home.open_uow() as uow:
        uow.db.execute(update(Incident).where(Incident.code == made[0]).values(duress=True))
    assert codes(home, "Siti") == [made[0], made[2], made[1]]
    fresh = panic(home, phone="+6281255500008")  # which nobody has seen
    assert codes(home, "Siti") == [made[0], fresh, made[2], made[1]]


def test_a_leader_who_was_reminded_in_vain_stands_above_all_others(home: House, clock: Clock) -> None:
    first = panic(home)
    act(home, first, "seen")
    act(home, first, "en_route", officer="1")
    clock.move(seconds=1)
    second = panic(home, phone="+6281255500002")
    assert codes(home, "Siti") == [second, first]
    with home.open_uow() as uow:
        uow.db.execute(update(Incident).where(Incident.code == first).values(nudged=True))
    assert codes(home, "Siti") == [first, second]
    assert card_of(home, first).leader_silent


def test_a_card_says_what_happens_next(home: House, clock: Clock) -> None:
    """The next wave while nobody comes; then the leader's clock; at the place nothing but the closing."""
    code = panic(home)
    assert card_of(home, code).next.kind == "wave"
    act(home, code, "take")
    held = card_of(home, code)
    assert (held.next.kind, held.next.at) == ("nudge", held.silence_at)
    act(home, code, "accept", officer="1")
    with home.open_uow() as uow:
        uow.db.execute(update(Incident).values(nudged=True))
    assert card_of(home, code).next.kind == "silence"
    act(home, code, "on_scene", officer="1")
    assert card_of(home, code).next == Next("end")


def test_the_board_in_four_figures(home: House, clock: Clock) -> None:
    first, opened = panic(home), clock()
    clock.move(minutes=3)
    panic(home, phone="+6281255500002")
    act(home, panic(home, phone="+6281255500003"), "accept", officer="1")
    act(home, panic(home, phone="+6281255500004"), "close", outcome="resolved", reason="selesai")
    who = identity(home, "Siti")
    with home.open_uow() as uow:
        assert Summary.of(board.cards(uow, who, "id"), unread=1) == Summary(3, 2, 1, opened)
    act(home, first, "accept", officer="1")
    with home.open_uow() as uow:
        assert Summary.of(board.cards(uow, who, "id"), unread=0).waiting_since == clock()
    assert Summary.of([], unread=0) == Summary(0, 0, 0, None)


def test_closed_incidents_stay_an_hour(home: House, clock: Clock) -> None:
    code = panic(home)
    act(home, code, "close", outcome="false_alarm", reason="anak bermain")
    assert (card_of(home, code).tone, card_of(home, code).tone_word) == ("closed", "false_alarm")
    clock.move(minutes=61)
    assert codes(home, "Siti") == []


@pytest.mark.parametrize(
    ("column", "value", "may"),
    [("quiet", True, False), ("duress", True, False), ("ring_back", False, False), ("drill", True, False)],
)
def test_a_number_is_a_link_only_where_that_phone_may_ring(home: House, column: str, value: bool, may: bool) -> None:
    code = panic(home)
    assert card_of(home, code).may_call
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        setattr(incident, column, value)
    assert card_of(home, code).may_call is may


def test_a_phone_that_something_reached_counts_whatever_its_owner_said_since(home: House, clock: Clock) -> None:
    code = panic(home)
    assert (card_of(home, code).asked, card_of(home, code).reached) == (3, 0)
    with home.open_uow() as uow:
        text = uow.db.scalars(select(Outbound).where(Outbound.kind == "text", Outbound.alert_id == 1)).one()
        uow.db.add(Attempt(outbound_id=text.id, line="x", state="delivered", started_at=clock()))
        uow.db.get_one(Alert, 1).state = "stood_down"
    assert card_of(home, code).reached == 1
    act(home, code, "accept", alert="1")
    assert (card_of(home, code).reached, card_of(home, code).accepted) == (1, 1)
    act(home, code, "decline", alert="2")
    assert (card_of(home, code).reached, card_of(home, code).declined) == (2, 1)


def test_a_card_tells_since_when_it_is_where_it_is(home: House, clock: Clock) -> None:
    code, opened = panic(home), clock()
    assert card_of(home, code).state_since is None
    for action, state in (("accept", "accepted"), ("en_route", "en_route"), ("on_scene", "on_scene")):
        clock.move(minutes=3)
        act(home, code, action, officer="1")
        assert (card_of(home, code).state, card_of(home, code).state_since) == (state, clock())
    clock.move(minutes=3)
    act(home, code, "close", outcome="resolved", reason="selesai")
    steps = file_of(home, code).card.steps
    assert [(step.kind, (step.at - opened).total_seconds() / 60) for step in steps] == [
        ("received", 0), ("accepted", 3), ("en_route", 6), ("on_scene", 9), ("resolved", 12),
    ]  # fmt: skip
    assert steps[1].who == "Aipda Adi Pontianak"


def test_a_new_leaders_yes_is_the_one_that_counts(home: House, clock: Clock) -> None:
    code = panic(home)
    act(home, code, "take")
    assert card_of(home, code).state_since is None  # the desk is no officer
    clock.move(minutes=2)
    act(home, code, "accept", officer="1")
    assert card_of(home, code).state_since == clock()


def test_an_empty_board_proves_that_a_panic_would_ring(home: House) -> None:
    siti = identity(home, "Siti")
    with home.open_uow() as uow:
        now, line = uow.now(), home.settings.carriers[0]
        assert proof.gather(uow, siti.scope).workers == 0
        uow.db.add(Worker(name="pos:1", beat_at=now))
        uow.db.add(Worker(name="pos:2", beat_at=now - timedelta(minutes=1)))  # dead
        uow.db.add(LineHealth(line=line, good_at=now, bad_at=now - timedelta(hours=1)))
        uow.db.flush()
        found = proof.gather(uow, siti.scope)
        assert (found.workers, found.lines, found.bad_lines, found.test) == (1, len(home.settings.carriers), [], None)
        assert [one.unit for one in found.on_duty] == ["Polres Pontianak"]
        assert found.officers == found.on_duty[0].officers > 0
        uow.db.execute(update(LineHealth).values(bad_at=now + timedelta(seconds=1)))
        uow.db.execute(update(Officer).values(on_duty=False))
        worse = proof.gather(uow, siti.scope)
        assert (worse.bad_lines, worse.officers) == ([line], 0)
        assert len(proof.gather(uow, None).on_duty) > 1


# --- the alarm ------------------------------------------------------------------------------------------------


def test_the_alarm_rings_until_somebody_at_this_desk_has_seen_it(home: House) -> None:
    code = panic(home)
    assert card_of(home, code).unseen
    act(home, code, "seen")
    card = card_of(home, code)
    assert (card.unseen, card.seen_by, card.state) == (False, "Siti", "open")
    assert not card_of(home, code, "Tamu").unseen  # the same desk
    assert card_of(home, code, "Ibu Admin").unseen  # another one
    assert file_of(home, code).lines[0].kind == "seen"


def test_a_repeat_rings_it_again(home: House, clock: Clock) -> None:
    code = panic(home)
    act(home, code, "seen")
    act(home, code, "note", words="ditelepon, tidak diangkat")
    assert not card_of(home, code).unseen
    clock.move(minutes=2)
    assert panic(home, "TOLONG CEPAT") == code
    assert card_of(home, code).unseen
    assert card_of(home, code).said[0].words == "TOLONG CEPAT"
    act(home, code, "seen")
    assert not card_of(home, code).unseen


def test_a_closed_incident_rings_no_more(home: House) -> None:
    code = panic(home)
    act(home, code, "close", outcome="resolved", reason="selesai")
    assert not card_of(home, code).unseen


# --- what waits for a human -----------------------------------------------------------------------------------


def keep_text(home: House, phone: str, words: str) -> int:
    with home.open_uow() as uow:
        row = Inbound(line="x", kind="text", ref=words, phone=phone, body=words, state="to_human",
                      received_at=uow.now())  # fmt: skip
        uow.db.add(row)
        uow.db.flush()
        return row.id


def waiting(home: House, name: str) -> list[str]:
    who = identity(home, name)
    with home.open_uow() as uow:
        return [text.words for text in unread.waiting(uow, who)]


def test_a_strangers_text_is_shown_to_the_desks_at_the_top_and_a_known_ones_to_theirs(home: House) -> None:
    """Polda Kalbar has no desk's number: the two Polres below it are the topmost desks."""
    keep_text(home, "+6289900000001", "pak tolong saya")
    keep_text(home, "+62812345001", "jalan ditutup")  # an officer of Pontianak
    assert set(waiting(home, "Siti")) == {"pak tolong saya", "jalan ditutup"}
    assert waiting(home, "Rudi") == ["pak tolong saya"]


def test_a_text_of_one_unit_is_neither_shown_to_another_nor_taken_by_it(home: House) -> None:
    text_id, rudi = keep_text(home, "+6289900000001", "pak tolong saya"), identity(home, "Rudi")
    with home.open_uow() as uow:
        uow.db.get_one(Inbound, text_id).unit_id = 2
    assert waiting(home, "Siti") == waiting(home, "Ibu Admin") == ["pak tolong saya"]
    assert waiting(home, "Rudi") == []
    with home.open_uow() as uow:
        assert unread.find(uow, rudi, text_id) is None


def test_a_flood_of_another_units_texts_hides_none_of_ours(home: House, clock: Clock) -> None:
    keep_text(home, "+6289900000001", "punya kita")
    clock.move(seconds=1)
    with home.open_uow() as uow:
        for number in range(4 * unread.MOST):
            uow.db.add(Inbound(line="x", kind="text", ref=f"banjir {number}", phone=f"+6289911100{number:03}",
                                body="banjir", state="to_human", unit_id=3, received_at=uow.now()))  # fmt: skip
    assert waiting(home, "Siti") == ["punya kita"]


def test_a_stranger_whom_nobody_can_place_is_answered_for_by_the_desk_that_marked_it(home: House) -> None:
    text_id, siti = keep_text(home, "+6289900000001", "tolong saya"), identity(home, "Siti")
    with home.open_uow() as uow:
        row = unread.find(uow, siti, text_id)
        assert row is not None
        code = unread.raise_alarm(uow, siti, row).code
    assert card_of(home, code).unit == "Polres Pontianak"


def test_a_text_that_was_read_is_gone(home: House) -> None:
    text_id, siti = keep_text(home, "+6289900000001", "halo"), identity(home, "Siti")
    with home.open_uow() as uow:
        row = unread.find(uow, siti, text_id)
        assert row is not None
        unread.note_read(uow, siti, row)
    assert waiting(home, "Rudi") == []
    with home.open_uow() as uow:
        assert unread.find(uow, siti, text_id) is None


def test_a_strangers_text_becomes_an_incident_when_the_desk_says_so(home: House) -> None:
    text_id, siti = keep_text(home, "+6289900000001", "tolong -0.0301, 109.3301"), identity(home, "Siti")
    with home.open_uow() as uow:
        row = unread.find(uow, siti, text_id)
        assert row is not None
        code = unread.raise_alarm(uow, siti, row).code
    card = card_of(home, code)
    assert (card.name, card.asked) == ("+6289900000001", 3)  # one of the next wave stands in
    assert card.where is not None
    assert (card.where.lat, card.where.lon) == (-0.0301, 109.3301)
    assert ("marked", "Siti") in [(line.kind, line.who) for line in file_of(home, code).lines]
    assert waiting(home, "Siti") == []


def rings(home: House) -> list[tuple[str, bool]]:
    siti = identity(home, "Siti")
    with home.open_uow() as uow:
        return [(text.words, text.rings) for text in unread.waiting(uow, siti)]


def test_a_strangers_cry_for_help_rings_and_stands_above_what_does_not(home: House, clock: Clock) -> None:
    keep_text(home, "+6289900000001", "pak tolong saya dipukuli suami")
    clock.move(seconds=5)
    keep_text(home, "+6289900000002", "berapa harga beras hari ini")
    assert rings(home) == [("pak tolong saya dipukuli suami", True), ("berapa harga beras hari ini", False)]


def test_what_we_failed_to_handle_rings_whatever_it_says(home: House) -> None:
    text_id = keep_text(home, "+6289900000001", "halo")
    assert rings(home) == [("halo", False)]
    with home.open_uow() as uow:
        row = uow.db.get(Inbound, text_id)
        assert row is not None
        row.tries = 2
    assert rings(home) == [("halo", True)]


# --- the map --------------------------------------------------------------------------------------------------


def test_officers_who_told_where_they_are_stand_on_the_map_for_a_shift(home: House, clock: Clock) -> None:
    siti, rudi = identity(home, "Siti"), identity(home, "Rudi")
    with home.open_uow() as uow:
        officer = uow.db.get(Officer, 1)
        assert officer is not None
        officer.here_lat, officer.here_lon, officer.here_at = -0.05, 109.35, uow.now()
        uow.db.flush()
        ours = map_layers.helpers(uow, siti.scope)
        theirs = map_layers.helpers(uow, rudi.scope)
    assert [(one.title, one.lat) for one in ours] == [("Aipda Adi Pontianak", -0.05)]
    assert theirs == []
    clock.move(hours=12, minutes=1)
    with home.open_uow() as uow:
        assert map_layers.helpers(uow, None) == []


def test_a_neighbour_who_said_yes_stands_on_the_map_until_it_is_over_or_quiet(home: House) -> None:
    code = panic(home)
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        for number, state in enumerate((helpings.ACCEPTED, helpings.ASKED)):
            person = Person(name=f"Wati {number}", created_at=uow.now())
            citizen = Citizen(phone=f"+628125551000{number}", person=person, state="verified", channel="sms", unit_id=2,
                              lat=-0.031, lon=109.331, volunteer_m=2000, applied_at=uow.now())  # fmt: skip
            uow.db.add(Helping(incident_id=incident.id, citizen=citizen, state=state, distance_m=150,
                                asked_at=uow.now()))  # fmt: skip
    siti, rudi = identity(home, "Siti"), identity(home, "Rudi")
    with home.open_uow() as uow:
        assert [(one.name, one.code, one.lat) for one in map_layers.neighbours(uow, siti)] == [("Wati 0", code, -0.031)]
        assert map_layers.neighbours(uow, rudi) == []
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        incident.quiet = True
        uow.db.flush()
        assert map_layers.neighbours(uow, replace(siti, scope=None)) == []
        incident.quiet, incident.closed_at = False, uow.now()
        uow.db.flush()
        assert map_layers.neighbours(uow, replace(siti, scope=None)) == []


# --- history --------------------------------------------------------------------------------------------------


def test_the_history_of_a_number_is_shown_and_counted(home: House, clock: Clock) -> None:
    for outcome in ("false_alarm", "resolved"):
        code = panic(home)
        act(home, code, "close", outcome=outcome, reason="selesai")
        clock.move(hours=25)
    file = file_of(home, panic(home))
    assert [one.state for one in file.earlier] == ["resolved", "false_alarm"]
    assert file.false_alarms == 1


def test_an_incident_of_no_unit_is_for_those_who_see_all(home: House) -> None:
    code = panic(home)
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        incident.unit_id = None
    assert codes(home, "Siti") == []
    assert codes(home, "Ibu Admin") == [code]


@pytest.fixture
def queries(home: House) -> Iterator[list[str]]:
    """Every statement from now on."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(home.engine, "before_cursor_execute", note)
    yield seen
    event.remove(home.engine, "before_cursor_execute", note)


def test_a_board_that_is_full_keeps_who_waits_and_counts_what_has_no_room(home: House, clock: Clock) -> None:
    waits = panic(home)
    clock.move(seconds=1)
    with home.open_uow() as uow:
        for number in range(board.MOST + 2):
            uow.db.add(Incident(code=f"A{number}", phone=f"+6281299{number:03}", name="x", unit_id=2, state="accepted",
                                 channel="text", opened_at=uow.now()))  # fmt: skip
    who = identity(home, "Siti")
    with home.open_uow() as uow:
        shown = board.cards(uow, who, "id")
        assert waits in [card.code for card in shown]
        assert (len(shown), board.beyond(uow, who, shown)) == (board.MOST, 3)
        assert board.beyond(uow, who, shown[:5]) == 0


@pytest.mark.parametrize("count", [1, 7])
def test_a_board_costs_a_handful_of_queries_however_many_incidents(home: House, queries: list[str], count: int) -> None:
    with home.open_uow() as uow:
        for number in range(count):
            uow.db.add(Incident(code=f"A{number + 2}", phone=f"+6281299{number:03}", name="x", unit_id=2,
                                 channel="text", opened_at=uow.now()))  # fmt: skip
    who = identity(home, "Siti")
    queries.clear()
    with home.open_uow() as uow:
        assert len(board.cards(uow, who, "id")) == count
    assert len([one for one in queries if one.startswith("SELECT")]) <= 15


@pytest.mark.parametrize(("many", "folds"), [(3, False), (8, False), (9, True)])
def test_who_was_asked_stands_by_wave_and_many_are_folded_but_for_those_who_come(many: int, folds: bool) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    asked = [
        Asked(n, f"Officer {n}", "", False, 1 + (n > 1), "accepted" if n == 1 else "sent", None, at, None, False, ())
        for n in range(many)
    ]
    come, first, second = grouped(asked)
    assert ([one.alert_id for one in come.people], come.folds) == ([1], False)
    assert (first.wave, first.folds, second.wave, second.folds) == (1, folds, 2, folds)
    assert first.counts == {"sent": len(first.people)}


def test_officers_who_were_asked_are_drawn_where_we_believe_them(home: House, clock: Clock) -> None:
    code = panic(home)
    siti, rudi = identity(home, "Siti"), identity(home, "Rudi")
    with home.open_uow() as uow:
        drawn = {one.name: (one.code, one.lat, one.lon) for one in map_layers.believed(uow, siti)}
        assert drawn["Aipda Adi Pontianak"] == (code, -0.03, 109.33)
        assert map_layers.believed(uow, rudi) == []
        officer = uow.db.get_one(Officer, 1)
        officer.here_lat, officer.here_lon, officer.here_at = -0.04, 109.34, clock()
        told = [one.name for one in map_layers.believed(uow, siti)]
        assert "Aipda Adi Pontianak" not in told  # drawn as who told where they are
