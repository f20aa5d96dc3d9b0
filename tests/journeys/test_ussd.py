"""The USSD menu on real phones: the panic first, then what there is time for."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway import ussd
from gateway.carriers.simulator.wire import sign
from gateway.core.messages import UssdHop
from gateway.core.sentences.segments import fits
from gateway.identity import pins
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models.citizen import Citizen
from gateway.models.event import Event
from gateway.models.fix import Fix
from gateway.models.inbound import Inbound
from gateway.models.officer import Officer
from gateway.models.place import Place
from gateway.models.report import Report
from gateway.models.ussd_session import UssdSession

CODE = "*384*110#"
STRANGER = "+6281390000099"


@pytest.fixture
def place(city: Pontianak) -> None:
    with city.open() as uow:
        for name, lat in (("Sungai Jawi Dalam", -0.021), ("Pal Lima", -0.03), ("Sungai Beliung", -0.015)):
            uow.db.add(Place(name=f"Kel {name}", lat=lat, lon=109.302, radius_m=700.0))


def state_of(city: Pontianak, phone: Phone) -> str:
    running = city.open_incident_of(phone)
    return running.state if running is not None else "none"


# --- the panic --------------------------------------------------------------------------------------------------


def test_one_on_the_first_screen_is_the_panic_sent_before_anything_is_asked(city: Pontianak) -> None:
    assert "1 DARURAT" in city.budi.dials(CODE)
    assert not city.incidents
    shown = city.budi.replies("1")
    assert f"DITERIMA 09:00 WIB, kode {city.incident.code}" in shown
    assert city.asked(1)
    for number in city.asked(1):
        city.phone(number).expects_text(city.incident.code)


def test_hanging_up_straight_away_still_counts(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.exchange.reply(city.budi.number, "1")
    city.budi.hangs_up()
    assert state_of(city, city.budi) == incidents.OPEN
    city.of_barat[0].expects_text(city.incident.code)


def test_a_code_dialled_with_a_tail_is_that_choice(city: Pontianak) -> None:
    assert "DITERIMA" in dial_with_tail(city, city.budi.number, "1")
    assert city.incident.channel == "ussd"


def test_a_longer_tail_goes_on_through_the_menu(city: Pontianak) -> None:
    assert "di mana" in dial_with_tail(city, city.budi.number, "1*1")
    assert city.incident.quiet


def test_nothing_lights_the_phone_up_before_quiet_is_answered(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("1")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.forward(20)
    assert city.budi.untouched
    city.of_barat[0].rings()
    city.of_barat[0].expects_call().presses("2")  # put through, were it any other moment
    city.forward(5)
    assert not city.budi.calls
    city.budi.replies("2")
    city.budi.expects_text("DITERIMA")
    city.forward(2)
    received, accepted = city.budi.got
    assert "DITERIMA" in received
    assert "Barat 1 menyatakan akan datang" in accepted
    city.of_barat[0].rings()
    city.forward(5)  # she has pressed a key on a call of ours, so this phone is hers
    assert city.budi.calls


def test_quiet_keeps_it_dark_for_good(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("1")
    city.budi.replies("1")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.forward(300)
    assert city.budi.untouched
    assert city.incident.quiet
    city.of_barat[0].expects_text("JANGAN TELP/SMS")


def test_the_end_of_the_session_without_an_answer_lights_nothing_up(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("1")
    city.budi.hangs_up()
    city.forward(1)
    assert city.budi.untouched


def test_nor_do_three_minutes_where_no_network_tells_the_end(city: Pontianak) -> None:
    hop(city, city.budi.number, "s1", "1")
    city.forward(170)
    assert city.budi.untouched
    city.forward(15)
    assert city.budi.untouched


def test_what_the_phone_asks_for_after_an_unanswered_question_is_answered(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("1")
    city.budi.hangs_up()
    city.forward(1)
    city.budi.texts("TOLONG")
    city.budi.expects_text(city.incident.code)


def test_a_second_call_for_help_by_menu_holds_back_what_was_on_its_way(city: Pontianak) -> None:
    city.asleep = True
    city.budi.texts("TOLONG")
    city.budi.dials(CODE)
    city.budi.replies("1")
    city.asleep = False
    city.forward(5)
    assert city.budi.untouched
    city.budi.replies("2")
    city.budi.expects_text("DITERIMA")


@pytest.mark.usefixtures("place")
def test_where_by_number_and_what_reach_the_officers(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("1")
    shown = city.budi.replies("2")
    assert "1 Kel Sungai Jawi Dalam" in shown
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.budi.replies("1")
    city.of_barat[0].expects_text("Sungai Jawi Dalam")
    with city.open() as uow:
        fix = uow.db.scalars(select(Fix).order_by(Fix.id.desc())).first()
        assert fix is not None
        assert (fix.lat, fix.place) == (-0.021, "Kel Sungai Jawi Dalam")
    last = city.budi.replies("2")
    assert city.incident.kind == "fire"
    city.of_barat[0].expects_text("Kebakaran")
    assert f"{city.incident.code} DITERIMA" in last
    assert not city.handsets.session(city.budi.number).open  # type: ignore[union-attr] - it has just been dialled


def test_words_typed_on_any_of_these_screens_are_passed_on(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("1")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.budi.replies("dia bawa parang")
    city.of_barat[0].expects_text("dia bawa parang")
    city.budi.replies("2")
    city.budi.replies("belakang masjid raya")
    city.of_barat[0].expects_text("belakang masjid raya")
    city.budi.replies("rumah terbakar")
    city.of_barat[0].expects_text("rumah terbakar")


def test_somebody_whose_phone_is_always_quiet_is_not_asked_whether_it_must_be(city: Pontianak) -> None:
    sri = city.citizen("+6281390000031", "Sri", unit=city.barat, lat=-0.02, lon=109.3, quiet=True)
    sri.dials(CODE)
    assert "di mana Anda" in sri.replies("1")
    city.forward(200)
    assert sri.untouched


def test_an_officers_one_is_their_own_panic(city: Pontianak) -> None:
    officer = city.of_barat[0]
    assert "1 DARURAT" in officer.dials(CODE)
    officer.replies("1")
    assert city.open_incident_of(officer) is not None
    assert officer.number not in city.asked(1)


def test_a_number_on_no_list_sees_whom_to_ring_and_its_one_is_nothing(city: Pontianak) -> None:
    who = city.phone(STRANGER)
    first = who.dials(CODE)
    assert "TELEPON 110" in first
    assert who.replies("1") == first
    assert not city.incidents


# --- a step that comes twice, late, or never --------------------------------------------------------------------


def hop(city: Pontianak, phone: str, session: str, typed: str, ended: bool = False) -> str:
    """A step as a carrier delivers it."""
    body = json.dumps({"session": session, "from": phone, "code": CODE, "typed": typed}).encode()
    key = city.house.settings.demo_hook_key.get_secret_value().encode()
    headers = {"X-Simulator-Signature": sign(key, body), "Content-Type": "application/json"}
    answer = city.client.post(f"/hooks/simulator/ussd{'/end' if ended else ''}", data=body, headers=headers)
    assert answer.status_code == 200
    city.settle()
    return "" if ended else str(json.loads(answer.data)["screen"])


def dial_with_tail(city: Pontianak, phone: str, tail: str) -> str:
    return hop(city, phone, f"tail-{tail}", tail)


def test_a_step_delivered_twice_gets_the_same_screen_and_has_no_second_effect(city: Pontianak) -> None:
    steps = ["", "1", "1*2", "1*2*jl ampera"]
    shown = [hop(city, city.budi.number, "s1", typed) for typed in steps]
    before = city.timeline()
    for _ in range(2):
        assert [hop(city, city.budi.number, "s1", typed) for typed in steps] == shown
    assert city.timeline() == before
    assert city.incident.repeats == 0


def test_a_step_that_was_lost_is_made_up_for_by_the_next(city: Pontianak) -> None:
    hop(city, city.budi.number, "s1", "")
    assert "apa yang terjadi" in hop(city, city.budi.number, "s1", "1*2*jl ampera*5")
    with city.open() as uow:
        said = [event.text for event in uow.db.scalars(select(Event).where(Event.kind == "said"))]
    assert said == ["jl ampera*5"]


def test_what_was_typed_last_and_only_the_end_note_tells_is_done(city: Pontianak) -> None:
    hop(city, city.budi.number, "s1", "")
    hop(city, city.budi.number, "s1", "1", ended=True)
    assert state_of(city, city.budi) == incidents.OPEN
    hop(city, city.budi.number, "s2", "1", ended=True)
    assert city.incident.repeats == 1


@pytest.mark.parametrize("typed", ["", "1", "9*9"])
def test_an_end_note_of_a_session_that_we_do_not_know_does_no_harm(city: Pontianak, typed: str) -> None:
    hop(city, STRANGER, "never", typed, ended=True)
    hop(city, STRANGER, "never", typed, ended=True)
    assert not city.incidents


def test_after_the_end_a_late_step_changes_nothing(city: Pontianak) -> None:
    hop(city, city.budi.number, "s1", "")
    hop(city, city.budi.number, "s1", "", ended=True)
    hop(city, city.budi.number, "s1", "1")
    assert not city.incidents


def test_a_step_that_cannot_be_read_says_so_and_is_tried_again(
    city: Pontianak, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(visit: object, typed: str) -> None:
        raise RuntimeError("broken")

    panic = ussd.DEEDS["panic"]
    monkeypatch.setitem(ussd.DEEDS, "panic", broken)  # a fault of ours that only a replacement can stand for
    hop(city, city.budi.number, "s1", "")
    assert "TELEPON 110" in hop(city, city.budi.number, "s1", "1")
    assert not city.incidents
    monkeypatch.setitem(ussd.DEEDS, "panic", panic)
    city.forward(2)
    assert state_of(city, city.budi) == incidents.OPEN


# --- without an emergency ---------------------------------------------------------------------------------------


def test_the_state_of_my_call_is_told_as_it_is(city: Pontianak) -> None:
    def state() -> str:
        city.budi.dials(CODE)
        return city.budi.replies("2").splitlines()[0]

    assert state() == "Tidak ada panggilan terbuka dari nomor ini."
    city.budi.texts("TOLONG")
    code = city.incident.code
    assert state() == f"{code}: petugas sedang dihubungi, belum ada yang menjawab."
    city.desk_barat.texts(f"OK {code}")
    assert state() == f"{code}: piket Polsek Barat memegang panggilan Anda dan masih mencari petugas."
    city.of_barat[0].texts(f"OK {code}")
    assert state() == f"{code}: Bripka Barat 1 menyatakan akan datang."
    city.of_barat[0].texts(f"OTW {code}")
    assert state() == f"{code}: Bripka Barat 1 menuju ke sana."
    city.of_barat[0].texts(f"TIBA {code}")
    assert state() == f"{code}: Bripka Barat 1 melaporkan sudah tiba."


def test_a_report_is_kept_for_the_desk_and_rings_nobody(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("4")
    assert "laporan dicatat" in city.budi.replies("motor tanpa plat mondar-mandir tiap malam")
    with city.open() as uow:
        report = uow.db.scalars(select(Report)).one()
        assert (report.words, report.channel, report.verified) == (
            "motor tanpa plat mondar-mandir tiap malam",
            "ussd",
            True,
        )
    assert not city.incidents
    city.forward(90)
    assert all(phone.untouched for phone in (*city.of_barat, city.desk_barat))


def test_a_stranger_may_report_too(city: Pontianak) -> None:
    who = city.phone(STRANGER)
    who.dials(CODE)
    who.replies("2")
    assert "laporan dicatat" in who.replies("ada yang jual obat terlarang")
    with city.open() as uow:
        assert uow.db.scalars(select(Report.verified)).one() is False


@pytest.mark.usefixtures("place")
def test_the_usual_place_is_kept_and_used(city: Pontianak) -> None:
    city.budi.dials(CODE)
    assert "2 Kel Sungai Beliung" in city.budi.replies("5")
    assert "Kel Sungai Beliung" in city.budi.replies("2")
    city.budi.texts("TOLONG")
    with city.open() as uow:
        fix = uow.db.get(Fix, city.incident.fix_id)
        assert fix is not None
        assert (fix.source, fix.lat) == ("usual", -0.015)


def test_a_usual_place_that_no_map_knows_is_kept_in_words(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("5")
    assert "belum ada di peta" in city.budi.replies("warung mak yah")
    with city.open() as uow:
        assert uow.db.scalar(select(Citizen.usual_words)) == "warung mak yah"


def test_the_language_stays(city: Pontianak) -> None:
    city.budi.dials(CODE)
    city.budi.replies("6")
    assert "1 EMERGENCY NOW" in city.budi.replies("2")
    assert "1 EMERGENCY NOW" in city.budi.dials(CODE)
    city.budi.texts("INFO")
    assert city.budi.last_text.startswith("POLICE")


# --- officers ---------------------------------------------------------------------------------------------------


def test_an_officer_answers_by_menu(city: Pontianak) -> None:
    officer = city.of_barat[0]
    city.budi.texts("TOLONG")
    code = city.incident.code
    officer.dials(CODE)
    assert f"1 {code}" in officer.replies("2")
    assert code in officer.replies("1")
    steps = {"1": "accepted", "2": "en_route", "3": "on_scene", "4": "resolved"}
    for key, state in steps.items():
        assert f"{code}: dicatat" in officer.replies(key)
        assert city.incident.state == state
        officer.replies("1")
    officer.expects_text("ANDA MEMIMPIN")


def test_an_officer_who_cannot_says_so_by_menu(city: Pontianak) -> None:
    officer = city.of_barat[0]
    city.budi.texts("TOLONG")
    for key in ("2", "1", "7"):
        officer.replies(key) if officer.menu else (officer.dials(CODE), officer.replies(key))
    assert {alert.phone: alert.state for alert in city.alerts(1)}[officer.number] == "declined"


def test_who_has_not_accepted_cannot_close_by_menu(city: Pontianak) -> None:
    officer = city.of_barat[0]
    city.budi.texts("TOLONG")
    officer.dials(CODE)
    officer.replies("2")
    officer.replies("1")
    assert "hanya petugas yang menerima" in officer.replies("4")
    assert city.incident.state == incidents.OPEN


@pytest.mark.parametrize(("key", "on", "said"), [("3", True, "BERTUGAS"), ("4", False, "LEPAS")])
def test_duty_by_menu(city: Pontianak, key: str, on: bool, said: str) -> None:
    officer = city.of_barat[0]
    with city.open() as uow:
        row = uow.db.scalars(select(Officer).where(Officer.phone == officer.number)).one()
        row.on_duty = not on
    officer.dials(CODE)
    assert said in officer.replies(key)
    with city.open() as uow:
        assert uow.db.scalar(select(Officer.on_duty).where(Officer.phone == officer.number)) is on


@pytest.mark.usefixtures("place")
def test_position_by_menu(city: Pontianak) -> None:
    officer = city.of_barat[0]
    officer.dials(CODE)
    officer.replies("5")
    assert "Pal Lima" in officer.replies("kel pal lima")
    with city.open() as uow:
        assert uow.db.scalar(select(Officer.here_lat).where(Officer.phone == officer.number)) == -0.03


# --- PINs -------------------------------------------------------------------------------------------------------


@dataclass
class Twins:
    """Two citizens alike, one of whom will use the right PIN and the other the duress PIN."""

    right: Phone
    forced: Phone


@pytest.fixture
def twins(city: Pontianak) -> Twins:
    facts = {"unit": city.barat, "lat": -0.02, "lon": 109.30}
    facts |= {"pin_hash": pins.hash_pin("4711"), "duress_hash": pins.hash_pin("1147")}
    return Twins(city.citizen("+6281390000041", "Ani", **facts), city.citizen("+6281390000042", "Ani", **facts))


@pytest.mark.parametrize("before", ["", "1*2", "1*1", "accepted"])
@pytest.mark.parametrize("after", [["3", "PIN"], ["3", "9999"], ["2"], ["1", "2"], ["7", "1", "PIN"]])
def test_no_screen_tells_the_two_pins_apart(city: Pontianak, twins: Twins, before: str, after: list[str]) -> None:
    screens: list[list[str]] = []
    for phone, pin in ((twins.right, "4711"), (twins.forced, "1147")):
        seen = []
        if before == "accepted":
            phone.texts("TOLONG")
            running = city.open_incident_of(phone)
            assert running is not None
            city.of_barat[0].texts(f"OK {running.code}")
        elif before:
            seen.append(dial_with_tail(city, phone.number, before))
        for steps in (["3", "PIN"], after):
            seen.append(phone.dials(CODE))
            seen += [phone.replies(step.replace("PIN", pin)) for step in steps]
            phone.hangs_up()
        screens.append([text.replace(code, "CODE") for text in seen for code in codes_of(city, phone, text)])
    assert screens[0] == screens[1]
    assert [text.split("(")[0] for text in twins.right.got] == [text.split("(")[0] for text in twins.forced.got]
    running = city.open_incident_of(twins.forced)
    assert running is not None
    assert running.duress


def codes_of(city: Pontianak, phone: Phone, text: str) -> list[str]:
    """The one code of this phone that a screen shows, or something that it does not."""
    mine = [row for row in city.incidents if row.phone == phone.number]
    shown = [code for row in mine for code in (row.code, row.shown_code) if code and code in text]
    return shown[:1] or ["-"]


# --- what must hold whatever is typed ---------------------------------------------------------------------------

KEYS = st.sampled_from([*"0123456789", "4711", "1147", "jl ampera", "*", "", "*#06#", "TOLONG", "é€漢", "x" * 300])


@pytest.mark.parametrize("who", ["citizen", "officer", "stranger"])
def test_a_walk_over_any_keys_keeps_its_state_and_never_ends_in_the_dark(city: Pontianak, who: str) -> None:
    phone = {"citizen": city.budi.number, "officer": city.of_barat[0].number, "stranger": STRANGER}[who]
    with city.open() as uow:
        for citizen in uow.db.scalars(select(Citizen)):
            citizen.pin_hash, citizen.duress_hash = pins.hash_pin("4711"), pins.hash_pin("1147")
    city.asleep = True
    walks = iter(range(10_000))

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.lists(KEYS, max_size=9))
    def walk(keys: list[str]) -> None:
        session, typed, story = f"walk-{next(walks)}", "", []
        for answer in [None, *keys]:
            typed = typed if answer is None else f"{typed}*{answer}" if typed else answer
            with city.house.open_uow() as uow:
                screen = ussd.hop(uow, UssdHop("simulator", session, phone, CODE, typed))
            assert screen.text
            assert fits(screen.text)
            assert "TELEPON 110" not in screen.text or "terganggu" not in screen.text
            story.append((typed, screen.text, screen.more))
            if not screen.more:
                break
        with city.house.open_uow() as uow:
            kept = uow.db.scalars(select(UssdSession).where(UssdSession.ref.startswith(f"{session}/"))).one()
            assert kept.story[-1] == story[-1]
            assert (kept.ended_at is not None) == (not story[-1][2])
            assert {said for said, _, _ in kept.story} == {said for said, _, _ in story}
            failed = uow.db.scalars(select(Inbound).where(Inbound.state == inbounds.UNHANDLED)).all()
            assert not failed

    walk()
