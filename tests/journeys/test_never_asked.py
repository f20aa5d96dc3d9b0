"""Whom we must never ask: a violent husband may be the nearest officer, the neighbour, or the man at the desk."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from journeys.city import Phone, Pontianak

from gateway.core.confidants import user_key
from gateway.core.phone import local
from gateway.identity import users
from gateway.identity.users import Identity
from gateway.incidents import drills
from gateway.models import alert as alerts
from gateway.models import citizen as citizens
from gateway.models import never_asked
from gateway.models import officer as officers
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.models.user import User
from gateway.monitor import board, desk_actions, dossier, reports, unread
from gateway.monitor.changes import Lookout
from gateway.monitor.reports import Wanted
from gateway.register import never_ask
from gateway.register.imports.kinds import bring_in

ANI = "+6281390000041"
Names = Callable[..., None]


@pytest.fixture
def ani(city: Pontianak) -> Phone:
    """She lives beside the nearest officer of Polsek Barat."""
    return city.citizen(ANI, "Ani", unit=city.barat, lat=-0.021, lon=109.30)


@pytest.fixture
def names(city: Pontianak, ani: Phone) -> Names:
    def tell(*whom: Phone | str) -> None:
        with city.open() as uow:
            row = citizens.current(uow.db, ANI)
            assert row is not None
            for one in whom:
                never_asked.add(uow.db, row.person_id, one if isinstance(one, str) else one.number)

    return tell


def user(city: Pontianak, name: str, **facts: object) -> User:
    with city.open() as uow:
        row = User(name=name, password_hash="-", totp_secret="-", role="desk", created_at=city.clock.at, **facts)
        uow.db.add(row)
    return row


def lives(city: Pontianak, person: Phone, address: str = "", **where: object) -> None:
    """The owner of this phone is in the register too, with a home."""
    city.citizen(person.number, "Joko", **where)
    with city.open() as uow:
        for number in (person.number, ANI) if address else ():
            row = citizens.current(uow.db, number)
            assert row is not None
            row.person.address = address


# --- officers ---------------------------------------------------------------------------------------------------------


def test_the_nearest_officer_whom_she_named_is_asked_in_no_wave(city: Pontianak, ani: Phone, names: Names) -> None:
    joko = city.of_barat[0]
    names(joko)
    ani.texts("TOLONG")
    assert {city.of_barat[1].number, city.of_barat[2].number, city.of_barat[3].number} <= city.asked(1)
    city.forward(65)
    assert joko.untouched
    assert city.asked(2)


def test_who_closed_her_case_and_is_named_since_is_not_asked_again(city: Pontianak, ani: Phone, names: Names) -> None:
    """He was the nearest, said "ok" and "selesai", and her case was over."""
    joko = city.of_barat[0]
    ani.texts("TOLONG")
    joko.texts("OK").texts("SELESAI")
    names(joko)
    texts = len(joko.got)
    ani.texts("BELUM")
    city.forward(seconds=65)
    assert len(city.incidents) == 2
    assert len(joko.got) == texts
    assert not joko.is_ringing
    joko.texts(f"OK {city.incidents[1].code}")
    assert city.incidents[1].state == "open"
    assert city.incidents[1].code in " ".join(city.of_barat[1].got)


def test_who_lives_at_the_same_address_is_left_out_without_being_named(city: Pontianak, ani: Phone) -> None:
    joko = city.of_barat[0]
    lives(city, joko, "Jl. Ampera No. 12")
    ani.texts("TOLONG")
    city.forward(65)
    assert joko.untouched


def test_who_lives_within_thirty_metres_is_left_out(city: Pontianak, ani: Phone) -> None:
    joko, neighbour = city.of_barat[0], city.of_barat[1]
    lives(city, joko, lat=-0.0212, lon=109.30)
    lives(city, neighbour, lat=-0.0215, lon=109.30)
    ani.texts("TOLONG")
    city.forward(3)
    assert joko.untouched
    assert neighbour.calls


def test_others_calls_reach_him_as_ever(city: Pontianak, ani: Phone, names: Names) -> None:
    joko = city.of_barat[0]
    names(joko)
    city.budi.texts("TOLONG")
    assert joko.is_ringing


def test_where_nobody_else_is_on_duty_another_units_officers_are_asked(city: Pontianak, names: Names) -> None:
    far = city.unit("JAUH", name="Polsek Jauh", lat=-0.5, lon=109.5)
    joko = city.officer("+628124000001", far, lat=-0.5, lon=109.5)
    names(joko)
    with city.open() as uow:
        row = citizens.current(uow.db, ANI)
        assert row is not None
        row.unit_id, row.lat, row.lon = far.id, -0.5, 109.5
    city.phone(ANI).texts("TOLONG")
    assert joko.untouched
    assert len(city.asked(1)) == 3
    assert city.asked(1) <= {phone.number for phone in (*city.of_barat, *city.of_kota)}


def test_his_answers_with_her_code_are_those_to_a_code_that_does_not_exist(
    city: Pontianak, ani: Phone, names: Names
) -> None:
    joko, other = city.of_barat[0], city.of_barat[5]
    names(joko)
    ani.texts("TOLONG")
    code = city.incident.code
    unknown = "Z9Z" if code != "Z9Z" else "Y8Y"
    for words in ("OK {}", "OTW {}", "{} SELESAI", "TOLAK {}"):
        joko.texts(words.format(unknown))
        expected = joko.last_text.replace(unknown, code)
        joko.texts(words.format(code))
        assert joko.last_text == expected
    assert joko.number not in {alert.phone for alert in city.alerts()}
    assert city.incident.state == "open"
    other.texts(f"OK {code}")
    other.texts(f"SELESAI {code}")
    joko.texts(f"OK {unknown}")
    expected = joko.last_text.replace(unknown, code)
    joko.texts(f"OK {code}")
    assert joko.last_text == expected


def test_whom_she_names_before_the_alert_has_left_never_gets_it(city: Pontianak, ani: Phone, names: Names) -> None:
    joko = city.of_barat[0]
    city.asleep = True
    ani.texts("TOLONG")
    assert joko.number in city.asked(1)
    names(joko)
    city.asleep = False
    city.forward(3)
    assert joko.untouched
    assert city.of_barat[1].is_ringing


# --- neighbours -------------------------------------------------------------------------------------------------------


def test_neighbours_whom_she_named_or_who_live_there_are_not_asked(city: Pontianak, ani: Phone, names: Names) -> None:
    with city.open() as uow:
        uow.db.merge(city.barat).volunteers = True
    near = {"unit": city.barat, "lon": 109.30, "volunteer_m": 1000}
    named = city.citizen("+6281390000042", "Tono", lat=-0.023, **near)
    at_home = city.citizen("+6281390000043", "Joni", lat=-0.0211, **near)
    other = city.citizen("+6281390000044", "Sri", lat=-0.024, **near)
    names(named)
    ani.texts("TOLONG")
    city.forward(70)
    assert other.got
    assert named.untouched
    assert at_home.untouched


def test_a_drill_rings_them_all(city: Pontianak, ani: Phone, names: Names) -> None:
    names(city.of_barat[0])
    with city.open() as uow:
        drills.begin(uow, uow.db.get_one(Unit, city.barat.id))
    city.settle()
    assert city.of_barat[0].got


# --- the desk ---------------------------------------------------------------------------------------------------------


def who(city: Pontianak, row: User) -> Identity:
    with city.open() as uow:
        found = users.identity(uow, row.id, 0)
    assert found is not None
    return found


def codes(city: Pontianak, who: Identity) -> list[str]:
    with city.open() as uow:
        return [card.code for card in board.cards(uow, who, "id")]


def test_a_man_at_the_desk_whom_she_named_sees_nothing_and_the_desk_above_is_rung(
    city: Pontianak, ani: Phone, names: Names
) -> None:
    joko, siti = (who(city, user(city, name, unit_id=city.barat.id)) for name in ("Joko", "Siti"))
    above = who(city, user(city, "Rina", unit_id=city.polres.id))
    names(user_key("joko"))
    ani.texts("TOLONG")
    incident = city.incident
    code = incident.code
    assert city.desk_barat.untouched
    assert city.desk_polres.is_ringing
    assert codes(city, joko) == []
    assert codes(city, siti) == codes(city, above) == [code]
    with city.open() as uow:
        assert dossier.find(uow, joko, code) is None
        assert dossier.find(uow, siti, code) is not None
        assert dossier.other_open(uow, joko, incident) == []
        assert board.beyond(uow, joko, []) == 0
    city.forward(65)
    assert city.desk_barat.untouched
    city.budi.texts("TOLONG")
    assert city.desk_barat.is_ringing
    assert len(codes(city, joko)) == 1


def test_she_reads_the_number_of_the_desk_above(city: Pontianak, ani: Phone, names: Names) -> None:
    user(city, "Joko", unit_id=city.barat.id)
    names(user_key("joko"))
    ani.texts("TOLONG")
    city.of_barat[0].texts("OK")
    city.forward(seconds=65)
    assert not any(local(city.desk_barat.number) in text for text in ani.got)
    assert any(local(city.desk_polres.number) in text for text in ani.got)


def test_his_live_page_hears_nothing_of_it(city: Pontianak, ani: Phone, names: Names) -> None:
    joko, siti = (who(city, user(city, name, unit_id=city.barat.id)) for name in ("Joko", "Siti"))
    names(user_key("Joko"))
    lookout = Lookout(city.open)
    lookout.look()
    ani.texts("TOLONG")
    changes = [change for change in lookout.look() if change.code]
    assert [change.is_for(siti) for change in changes] == [True]
    assert [change.is_for(joko) for change in changes] == [False]


def test_a_note_to_the_next_shift_names_no_code_that_somebody_must_not_know(
    city: Pontianak, ani: Phone, names: Names
) -> None:
    user(city, "Joko", unit_id=city.barat.id)
    siti = who(city, user(city, "Siti", unit_id=city.barat.id))
    names(user_key("Joko"))
    ani.texts("TOLONG")
    city.budi.texts("TOLONG")
    hers, budis = city.incidents
    assert hers.phone == ANI
    with city.open() as uow:
        assert board.to_hand_over(uow, siti) == [budis.code]


def test_the_number_of_a_desk_can_be_named(city: Pontianak, ani: Phone, names: Names) -> None:
    names(city.desk_barat, city.desk_polres)
    ani.texts("TOLONG")
    assert city.desk_barat.untouched
    assert city.desk_polda.is_ringing
    city.desk_barat.texts(f"OK {city.incident.code}")
    city.desk_barat.expects_text(city.incident.code, "tidak kami temukan")
    assert city.incident.leader_id is None


def test_a_user_who_lives_there_is_left_out_by_their_own_number(city: Pontianak, ani: Phone) -> None:
    joko = user(city, "Joko", unit_id=city.barat.id, phone="+6281390000045")
    lives(city, city.phone("+6281390000045"), "Jl. Ampera No. 12")
    ani.texts("TOLONG")
    assert codes(city, who(city, joko)) == []
    assert city.desk_barat.untouched
    assert city.desk_polres.is_ringing


def test_an_unclear_text_of_hers_goes_to_the_desk_above_and_to_no_page_of_his(
    city: Pontianak, ani: Phone, names: Names
) -> None:
    joko, siti = (who(city, user(city, name, unit_id=city.barat.id)) for name in ("Joko", "Siti"))
    names(user_key("Joko"))
    ani.texts("pak di belakang rumah ada suara aneh dari tadi")
    city.forward(100)
    assert city.desk_barat.untouched
    city.desk_polres.expects_text("suara aneh")
    with city.open() as uow:
        assert unread.waiting(uow, joko) == []
    ani.texts("LAPOR suami saya memukul saya kemarin")
    with city.open() as uow:
        assert reports.count_unseen(uow, joko) == 0
        assert reports.count_unseen(uow, siti) == 1
        assert reports.listed(uow, joko, Wanted()) == []


def test_a_desk_finds_him_on_no_list_of_officers_whom_it_may_ask(city: Pontianak, ani: Phone, names: Names) -> None:
    siti = who(city, user(city, "Siti", unit_id=city.polres.id))
    names(city.of_kota[5])
    ani.texts("TOLONG")
    incident = city.incident
    with city.open() as uow:
        listed = {officer.phone for officer in dossier.candidates(uow, siti, incident)}
        joko = officers.by_phone(uow.db, city.of_kota[5].number)
        assert city.of_kota[4].number in listed
        assert joko is not None
        assert joko.phone not in listed
        with pytest.raises(desk_actions.NotNow, match="no_officer"):
            desk_actions.act(uow, siti, incident, "ask_officer", {"officer": str(joko.id)})


# --- named while the call is open -------------------------------------------------------------------------------------


@pytest.fixture
def counter(city: Pontianak, ani: Phone) -> Names:
    """She stands at the counter, where an admin types whom she names."""
    rina = who(city, user(city, "Rina", unit_id=city.polda.id))

    def tell(*whom: Phone | str) -> None:
        for one in whom:
            with city.open() as uow:
                row = citizens.current(uow.db, ANI)
                assert row is not None
                never_ask.change(uow, row, "name", one if isinstance(one, str) else one.number, rina)
            city.settle()

    return tell


def test_who_leads_and_is_named_is_taken_off_without_a_word_and_others_are_asked_at_once(
    city: Pontianak, ani: Phone, counter: Names
) -> None:
    joko, other = city.of_barat[0], city.of_barat[5]
    ani.texts("TOLONG")
    joko.texts("OK")
    code, texts, calls = city.incident.code, len(joko.got), len(joko.calls)
    assert not city.asked(2)
    counter(joko)
    assert city.incident.leader_id is None
    assert city.incident.state == "open"
    assert city.asked(2)
    assert "left_out" in city.timeline()
    city.desk_barat.expects_text(code, "Barat 1", "tidak lagi")
    other.texts(f"OTW {code}")
    city.forward(seconds=65)
    other.texts(f"SELESAI {code}")
    assert city.incident.state == "resolved"
    assert (len(joko.got), len(joko.calls)) == (texts, calls)
    assert not joko.is_ringing


def test_a_supporter_leads_where_the_leader_is_named(city: Pontianak, ani: Phone, counter: Names) -> None:
    joko, other = city.of_barat[0], city.of_barat[1]
    ani.texts("TOLONG")
    joko.texts("OK")
    city.forward(seconds=2)  # the call that asked the other is taken back
    other.texts(f"OK {city.incident.code}")
    other.expects_call(saying="Anda yang kirim").presses("7")
    texts = len(joko.got)
    counter(joko)
    leader = next(alert for alert in city.alerts() if alert.id == city.incident.leader_id)
    assert leader.phone == other.number
    assert not city.asked(2)
    assert len(joko.got) == texts


def test_who_was_asked_and_is_named_is_rung_no_more(city: Pontianak, ani: Phone, counter: Names) -> None:
    joko = city.of_barat[0]
    ani.texts("TOLONG")
    assert joko.is_ringing
    texts, calls = len(joko.got), len(joko.calls)
    counter(joko)
    city.forward(seconds=3)
    assert not joko.is_ringing
    city.forward(seconds=400)
    assert (len(joko.got), len(joko.calls)) == (texts, calls)
    assert city.asked(2)


def test_all_that_he_answers_afterwards_is_answered_as_to_a_code_that_does_not_exist(
    city: Pontianak, ani: Phone, counter: Names
) -> None:
    joko = city.of_barat[0]
    ani.texts("TOLONG")
    joko.texts("OK")
    counter(joko)
    code = city.incident.code
    unknown = "Z9Z" if code != "Z9Z" else "Y8Y"
    seen = len(city.timeline())
    for words in ("OK {}", "OTW {}", "{} TIBA", "SELESAI {}", "TOLAK {}", "WARGA {} ibu di mana"):
        joko.texts(words.format(unknown))
        expected = joko.last_text.replace(unknown, code)
        joko.texts(words.format(code))
        assert joko.last_text == expected, words
    for words in ("OTW", "SELESAI", "ok", "siap"):
        joko.texts(words)
        assert code not in joko.last_text, words
    assert city.incident.state == "open"
    assert city.incident.leader_id is None
    assert len(city.timeline()) == seen


def test_a_desk_that_holds_it_and_whose_user_is_named_lets_go_and_the_desk_above_is_told(
    city: Pontianak, ani: Phone, counter: Names
) -> None:
    user(city, "Joko", unit_id=city.barat.id)
    ani.texts("TOLONG")
    code = city.incident.code
    city.desk_barat.texts(f"OK {code}")
    texts = len(city.desk_barat.got)
    counter("joko")
    assert city.incident.leader_id is None
    city.desk_polres.expects_text(code, "tidak lagi")
    city.forward(seconds=65)
    assert len(city.desk_barat.got) == texts


def test_her_call_rings_others_where_she_names_who_leads_its_event(city: Pontianak, ani: Phone, counter: Names) -> None:
    """No desk looks, so her neighbour's call had counted for hers too, and he who goes to it was not asked for hers."""
    joko = city.of_barat[0]
    with city.open() as uow:
        for unit in (city.barat, city.kota, city.polres, city.polda):
            uow.db.get_one(Unit, unit.id).phone = None
    city.budi.texts("TOLONG kebakaran")
    first = city.incident
    ani.texts("TOLONG kebakaran")
    mine = next(one for one in city.incidents if one.phone == ani.number)
    joko.texts(f"OTW {first.code}")
    city.forward(seconds=2)
    assert not rung_for(city, mine)
    texts = len(joko.got)
    counter(joko)
    assert rung_for(city, mine)
    assert joko.number not in rung_for(city, mine)
    with city.open() as uow:
        assert uow.db.get_one(Incident, first.id).leader_id is not None
    assert len(joko.got) == texts


def rung_for(city: Pontianak, incident: Incident) -> set[str]:
    """The phones whose alert for this incident waits for an answer."""
    return {row.phone for row in city.alerts() if row.incident_id == incident.id and row.state in alerts.ASKED}


def test_who_is_struck_off_while_the_call_is_open_stays_left_out_of_that_call(
    city: Pontianak, ani: Phone, counter: Names
) -> None:
    """He may stand beside her at the counter: what she takes back there brings him to nobody at once."""
    joko = city.of_barat[0]
    ani.texts("TOLONG")
    counter(joko)
    dewi = who(city, user(city, "Dewi", unit_id=city.polda.id))
    before = len(joko.calls)
    with city.open() as uow:
        row = citizens.current(uow.db, ANI)
        assert row is not None
        never_ask.change(uow, row, "strike", joko.number, dewi)
    city.forward(seconds=465)  # past the end of the waves, which start over
    assert city.asked(2)
    assert len(joko.calls) == before


# --- a home that is written while the call is open --------------------------------------------------------------------


@pytest.mark.parametrize("home", ["address", "place"])
def test_who_comes_to_share_her_home_while_it_is_open_is_taken_off_without_a_word(
    city: Pontianak, ani: Phone, home: str
) -> None:
    joko = city.of_barat[0]
    with city.open() as uow:
        row = citizens.current(uow.db, ANI)
        assert row is not None
        row.person.address = "Jl. Ampera No. 12"
    ani.texts("TOLONG")
    joko.texts("OK")
    texts, calls = len(joko.got), len(joko.calls)
    where = "Jalan Ampera 12," if home == "address" else ","
    lat, lon = ("", "") if home == "address" else ("-0.02101", "109.30001")
    sheet = f"phone,name,address,lat,lon\n{joko.number},Joko,{where}{lat},{lon}\n"
    outcome = bring_in(city.open, "citizens", io.BytesIO(sheet.encode()))
    city.settle()
    assert not outcome.faults
    assert city.incident.leader_id is None
    assert city.asked(2)
    city.forward(seconds=65)
    assert (len(joko.got), len(joko.calls)) == (texts, calls)


def test_a_rehearsed_import_takes_nobody_off(city: Pontianak, ani: Phone) -> None:
    joko = city.of_barat[0]
    ani.texts("TOLONG")
    joko.texts("OK")
    sheet = f"phone,name,lat,lon\n{joko.number},Joko,-0.021,109.30\n"
    bring_in(city.open, "citizens", io.BytesIO(sheet.encode()), dry_run=True)
    assert city.incident.leader_id is not None
