"""Officers' answers: only a human is a yes, the first leads, nobody is forgotten."""

from __future__ import annotations

import pytest
from journeys.city import Phone, Pontianak

from gateway.core.policy import Group, Policy, Wave, Who, dumps
from gateway.models import officer as officers
from gateway.responses import officer_replies


@pytest.fixture
def rina(city: Pontianak) -> Phone:
    """The nearest officer, asked to come to Budi."""
    city.budi.texts("TOLONG")
    return city.of_barat[0]


def test_an_answered_call_without_a_key_is_no_yes_and_is_tried_again(city: Pontianak, rina: Phone) -> None:
    rina.expects_call().answers()
    rina.hangs_up()
    city.forward(seconds=44)
    assert not rina.is_ringing
    assert city.incident.state == "open"
    city.forward(seconds=2)
    rina.expects_call()


def test_a_call_rings_25_seconds_and_three_times_in_all(city: Pontianak, rina: Phone) -> None:
    city.forward(seconds=24)
    assert rina.is_ringing
    city.forward(seconds=3)
    assert not rina.is_ringing
    assert rina.calls[0].outcome == "no_answer"
    city.of_barat[1].texts(f"OK {city.incident.code}")  # the ladder holds; nobody else is rung for it
    assert city.incident.state == "accepted"


def test_three_calls_an_alert_then_no_answer(city: Pontianak) -> None:
    uow = city.desk_polres
    city.budi.texts("TOLONG")
    city.forward(seconds=62)
    city.forward(seconds=3 * 26 + 2 * 45 + 5)
    assert len(uow.calls) == 3
    assert {alert.state for alert in city.alerts(wave=3)} == {"no_answer"}


def test_the_first_yes_leads_and_later_ones_support(city: Pontianak, rina: Phone) -> None:
    code = city.incident.code
    rina.texts(f"{code} OK")
    rina.expects_text("MEMIMPIN", "Budi")
    city.forward(seconds=2)  # the call that asked the other is taken back
    city.of_barat[1].texts("SIAP " + code.lower())
    city.of_barat[1].expects_call(saying="Anda yang kirim").presses("7")
    city.of_barat[1].expects_text("mendukung", "Barat 1")


@pytest.mark.parametrize("answer", ["OK", "86", "1", "siap ndan", "OTW", "menuju tkp"])
def test_an_answer_without_a_code_is_about_the_newest_incident_and_the_code_is_echoed(
    city: Pontianak, rina: Phone, answer: str
) -> None:
    rina.texts(answer)
    assert city.incident.leader_id is not None
    rina.expects_text(city.incident.code)


def test_whoever_was_told_hears_who_goes_and_whoever_was_not_hears_nothing(city: Pontianak) -> None:
    city.asleep = True
    city.budi.texts("TOLONG")
    city.asleep = False
    city.job_queue.jobs.clear()
    with city.open() as uow:
        from gateway import dispatch
        from gateway.models import alert as alerts
        from gateway.models import incident as incidents

        incident = incidents.lock(uow.db, city.incident.id)
        dispatch.accept(uow, incident, alerts.newest_for(uow.db, incident.id, city.of_barat[0].number))  # type: ignore[arg-type]
    city.settle()
    city.forward(seconds=60)
    assert city.of_barat[1].untouched


def test_one_who_listens_when_another_accepts_hears_who_goes_and_may_still_support(
    city: Pontianak, rina: Phone
) -> None:
    other = city.of_barat[1].expects_call().answers()
    rina.texts("OK")
    other.presses("9")
    assert "Barat 1" in other.said
    other.presses("1")
    city.of_barat[1].expects_text("mendukung")


def test_everybody_declining_starts_the_next_wave_at_once(city: Pontianak, rina: Phone) -> None:
    for phone in (city.desk_barat, *city.of_barat[:3]):
        phone.texts("TOLAK")
    assert city.asked(wave=2) == {phone.number for phone in (*city.of_barat[3:], *city.of_kota)}


def test_a_number_that_can_never_be_reached_counts_as_a_no_but_a_busy_one_does_not(city: Pontianak) -> None:
    for phone in (city.desk_barat, *city.of_barat[:3]):
        phone.is_unreachable()
    city.budi.texts("TOLONG")
    assert city.asked(wave=2) != set()

    city.budi.texts("AMAN")  # the other half: busy phones


def test_busy_phones_do_not_hurry_the_ladder(city: Pontianak) -> None:
    for phone in (city.desk_barat, *city.of_barat[:3]):
        phone.is_busy()
    city.budi.texts("TOLONG")
    city.forward(seconds=10)
    assert city.asked(wave=2) == set()


def test_one_bad_number_does_not_delay_the_others(city: Pontianak) -> None:
    city.of_barat[0].is_unreachable()
    city.budi.texts("TOLONG")
    city.of_barat[1].expects_call()
    city.of_barat[2].expects_text(city.incident.code)


def test_states_are_reported_and_the_citizen_hears_of_the_arrival_and_the_end(city: Pontianak, rina: Phone) -> None:
    rina.texts("OTW")
    assert city.incident.state == "en_route"
    rina.texts("TIBA")
    assert city.incident.state == "on_scene"
    city.budi.expects_text("tiba")
    rina.texts("SELESAI")
    assert city.incident.state == "resolved"
    city.budi.expects_text("ditutup")


def test_a_state_never_moves_back(city: Pontianak, rina: Phone) -> None:
    rina.texts("TIBA")
    rina.texts("OTW")
    assert city.incident.state == "on_scene"


def test_only_who_accepted_may_close(city: Pontianak, rina: Phone) -> None:
    rina.texts("SELESAI")
    assert city.incident.state == "open"
    rina.expects_text("hanya petugas yang menerima")


def test_a_closed_incident_leaves_nothing_owed(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    rina.texts("PALSU")
    assert city.incident.state == "false_alarm"
    calls = [len(phone.calls) for phone in city.of_barat]
    city.forward(seconds=200)
    assert [len(phone.calls) for phone in city.of_barat] == calls
    assert city.asked(wave=2) == set()


def test_a_new_panic_after_closing_is_a_new_incident_with_another_code(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    rina.texts("SELESAI")
    city.budi.texts("TOLONG")
    first, second = city.incidents
    assert first.code != second.code
    city.forward(seconds=3)
    rina.expects_text(second.code)


def test_a_leader_who_cannot_after_all_hands_over_to_whoever_supported_first(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    city.of_barat[1].joins(city.incident.code)
    rina.texts("TOLAK")
    city.of_barat[1].expects_text("MEMIMPIN")
    city.budi.expects_text("Barat 2")


def test_a_leader_who_cannot_with_nobody_else_starts_the_ladder_and_the_citizen_hears_it(
    city: Pontianak, rina: Phone
) -> None:
    rina.texts("OK")
    rina.texts("TOLAK")
    assert city.incident.state == "open"
    assert city.asked(wave=2) != set()
    city.budi.expects_text("tidak bisa datang")


def test_a_silent_leader_is_nudged_and_then_the_ladder_goes_on(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    city.forward(seconds=119)
    assert "tanpa kabar" not in rina.last_text
    city.forward(seconds=2)
    rina.expects_text("tanpa kabar")
    assert city.asked(wave=2) == set()
    city.forward(seconds=121)
    assert city.asked(wave=2) != set()
    rina.texts("OTW")
    city.forward(seconds=1)
    assert not any(phone.is_ringing for phone in city.of_kota)
    city.forward(seconds=14 * 60)
    assert city.asked(wave=3) == set()


def test_on_scene_stops_the_clock(city: Pontianak, rina: Phone) -> None:
    rina.texts("TIBA")
    city.forward(seconds=1000)
    assert city.asked(wave=2) == set()
    assert not any("tanpa kabar" in text for text in rina.got)


def test_a_leaders_text_counts_as_life(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    city.forward(seconds=100)
    rina.texts("masih di jalan macet pak")
    city.forward(seconds=60)
    assert not any("tanpa kabar" in text for text in rina.got)


def test_a_desks_yes_holds_the_waves_back_but_stands_no_officer_down(city: Pontianak, rina: Phone) -> None:
    city.desk_barat.expects_call().presses("1")
    city.budi.expects_text("piket")
    assert rina.is_ringing
    city.forward(seconds=60)
    assert city.asked(wave=2) == set()
    city.forward(seconds=12)
    rina.expects_call().presses("1")
    city.budi.expects_text("Bripka Barat 1")
    assert city.incident.leader_id == next(a.id for a in city.alerts(wave=1) if a.phone == rina.number)


def test_a_silent_desk_is_nudged_like_any_leader(city: Pontianak, rina: Phone) -> None:
    city.desk_barat.texts("OK")
    city.forward(seconds=121)
    city.desk_barat.expects_text("tanpa kabar")
    city.forward(seconds=121)
    assert city.asked(wave=2) != set()


def test_a_desk_that_reports_en_route_stands_the_others_down(city: Pontianak, rina: Phone) -> None:
    city.desk_barat.texts("OTW")
    calls = len(rina.calls)
    city.forward(seconds=100)  # without an answer she would be rung twice more
    assert len(rina.calls) == calls
    rina.expects_text("Polsek Barat")


def test_back_up_asks_the_next_wave_and_the_leader_still_leads(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    rina.texts("BANTUAN")
    assert city.asked(wave=2) != set()
    city.of_kota[0].texts("OK")
    city.of_kota[0].expects_text("mendukung")
    assert city.incident.leader_id == next(a.id for a in city.alerts(wave=1) if a.phone == rina.number)


def test_an_officer_rings_back_and_is_put_through(city: Pontianak, rina: Phone) -> None:
    rina.expects_call().presses("1")
    rina.rings()
    city.forward(seconds=1)
    assert city.budi.is_ringing
    assert len(city.incidents) == 1


def test_an_officer_who_was_asked_and_rings_in_hears_the_alert_and_may_accept(city: Pontianak) -> None:
    rina = city.of_barat[0].is_busy()
    city.budi.texts("TOLONG")
    rina.rings()
    city.exchange.press(rina.number, "1")
    city.settle()
    assert city.incident.state == "accepted"
    assert len(city.incidents) == 1


def test_key_2_accepts_and_puts_through(city: Pontianak, rina: Phone) -> None:
    rina.expects_call().presses("2")
    city.forward(seconds=1)
    assert city.incident.state == "accepted"
    assert city.budi.is_ringing


def test_an_officer_whom_nobody_picks_up_for_hears_that_the_connection_is_over(city: Pontianak, rina: Phone) -> None:
    call = rina.expects_call().presses("2")
    city.forward(seconds=45)
    assert not city.budi.is_ringing
    assert "Sambungan telah berakhir" in call.said
    assert city.incident.state == "accepted"


def test_on_and_off_duty_by_text(city: Pontianak) -> None:
    rina = city.of_barat[0]
    rina.texts("LEPAS")
    rina.expects_text("LEPAS")
    city.budi.texts("TOLONG")
    assert rina.number not in city.asked(wave=1)
    rina.texts("HADIR")
    rina.expects_text("BERTUGAS")


def test_an_answer_about_a_closed_incident_is_told_so(city: Pontianak, rina: Phone) -> None:
    code = city.incident.code
    rina.texts("OK")
    rina.texts("SELESAI")
    city.of_barat[1].texts(f"OK {code}")
    city.of_barat[1].expects_text(code, "ditutup")


def test_a_deaf_worker_finds_everything_by_its_sweep(city: Pontianak) -> None:
    city.job_queue.broken = True
    city.budi.texts("TOLONG")
    assert city.of_barat[0].untouched
    city.forward(seconds=1)
    city.of_barat[0].expects_call()
    city.of_barat[0].expects_text(city.incident.code)


def test_officers_read_what_the_citizen_wrote(city: Pontianak) -> None:
    city.budi.texts("TOLONG ada maling di rumah pak rete")
    nearest = city.of_barat[0]
    nearest.expects_text("DARURAT", '"ada maling di rumah pak rete"')
    call = nearest.expects_call().presses("1")
    assert "Warga menulis: ada maling di rumah pak rete." in call.said
    assert not any("dari warga" in text for text in nearest.got)  # the alert had room for all of it


def test_who_goes_reads_the_rest_of_what_the_alert_had_no_room_for(city: Pontianak) -> None:
    words = "ada tiga orang bawa parang di gang belakang pasar, satu orang sudah luka parah, cepat"
    city.budi.texts(f"TOLONG {words}")
    nearest = city.of_barat[0]
    nearest.expects_text("DARURAT", "ada tiga orang bawa parang")
    nearest.texts("OK")
    nearest.expects_text("dari warga", "luka parah, cepat")


def test_an_officer_asked_later_reads_what_came_after_the_panic(city: Pontianak) -> None:
    city.budi.rings()
    city.budi.texts("pagar hijau dekat masjid")
    city.forward(seconds=35)
    later = next(phone for phone in city.of_kota if phone.got)
    later.expects_text("DARURAT", "pagar hijau")


def test_whoever_calls_again_is_answered_once_a_minute(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    received = len(city.budi.got)
    city.budi.texts("TOLONG CEPAT")
    city.budi.expects_text("tetap TERBUKA", city.incident.code)
    city.budi.rings()
    city.budi.texts("TOLONG")
    assert len(city.budi.got) == received + 1
    city.of_barat[0].texts("OK")
    city.forward(seconds=61)
    city.budi.texts("TOLONG")
    assert "Barat 0" in city.budi.last_text or "Barat 1" in city.budi.last_text


def test_a_quiet_phone_that_calls_again_stays_dark(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM")
    city.budi.texts("TOLONG")
    assert city.budi.got == []


def test_a_yes_on_a_call_that_outlasted_the_next_wave_leads_like_any_other(city: Pontianak) -> None:
    """Her call still stands when the ladder begins anew and asks her again."""
    policy = Policy((Wave(0, (Group(Who.NEAREST, 3),)),), again_every=10)
    with city.open() as uow:
        uow.db.merge(city.barat).waves = dumps(policy)
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    call = rina.expects_call().answers()
    city.forward(seconds=11)
    assert rina.number in city.asked(wave=2)
    call.presses("1")
    assert city.incident.state == "accepted"
    assert not any("Barat 1 yang datang" in text for text in rina.got)  # she is not told to stay away for herself
    rina.texts("SELESAI")
    assert city.incident.state == "resolved"


def test_who_reports_the_arrival_does_not_send_the_back_up_away(city: Pontianak, rina: Phone) -> None:
    rina.texts("OTW").texts("BANTUAN")
    city.forward(seconds=1)
    called = city.of_barat[4]
    assert called.number in city.asked(wave=2)
    rina.texts("TIBA")
    assert called.is_ringing
    assert not any("tidak perlu ke sana" in text for text in called.got)
    called.texts("OTW")
    assert city.of_barat[5].is_ringing


def test_a_report_without_a_code_is_not_about_a_call_that_somebody_else_has_taken(city: Pontianak, rina: Phone) -> None:
    """The neighbour would read that the police are there, and whoever waits for her would not."""
    rina.texts("OK")
    siti = city.citizen("+6281390000002", "Siti", unit=city.barat, lat=-0.02, lon=109.30).texts("TOLONG")
    other = city.open_incident_of(siti)
    assert other is not None
    city.of_barat[1].texts(f"OK {other.code}")
    rina.texts("TIBA")
    assert "sudah tiba" in city.budi.last_text
    assert not any("sudah tiba" in text for text in siti.got)


def suspend(city: Pontianak, phone: Phone) -> None:
    with city.open() as uow:
        officer = officers.by_phone(uow.db, phone.number)
        assert officer is not None
        officer.suspended = True
        officer_replies.release(uow, officer)
    city.settle()


def test_an_officer_who_is_suspended_leads_no_more_and_somebody_else_is_called(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    suspend(city, rina)
    assert city.incident.state == "open"
    city.budi.expects_text("petugas tadi tidak bisa datang")
    assert city.asked(wave=2) != set()
    before = len(rina.got)
    city.of_kota[0].texts("OK")
    assert city.incident.state == "accepted"
    city.forward(seconds=30)
    assert len(rina.got) == before


def test_a_key_of_an_officer_who_was_suspended_while_it_rang_is_no_yes(city: Pontianak) -> None:
    rina = city.of_barat[0]
    city.budi.texts("TOLONG")
    suspend(city, rina)
    call = rina.expects_call().presses("1")
    assert city.incident.state == "open"
    assert "Budi" not in call.said
    city.forward(seconds=190)
    assert len({alert.wave for alert in city.alerts()}) > 4
    assert {alert.wave for alert in city.alerts() if alert.phone == rina.number} == {1}


# --- what is no clear answer, and what names no open incident -------------------------------------------------


@pytest.mark.parametrize("words", ["bisa apa?", "86 tapi macet", "ok ndan tapi lagi di luar kota", "clear kah?"])
def test_an_unclear_text_of_an_officer_with_a_duty_is_answered_with_the_open_code(
    city: Pontianak, rina: Phone, words: str
) -> None:
    rina.texts(words)
    assert city.incident.leader_id is None
    assert city.incident.state == "open"
    rina.expects_text(f"Terbuka untuk Anda: {city.incident.code}.", "Balas OK")


def test_an_unclear_text_names_every_open_code_the_newest_first(city: Pontianak, rina: Phone) -> None:
    city.citizen("+6281390000002", unit=city.barat, lat=-0.02, lon=109.30).texts("TOLONG")
    first, second = city.incidents
    rina.texts("bisa apa?")
    rina.expects_text(f"Terbuka untuk Anda: {second.code}, {first.code}.")


def test_an_unclear_text_of_an_officer_without_a_duty_is_answered_with_the_words_alone(city: Pontianak) -> None:
    city.of_barat[0].texts("bisa apa?")
    city.of_barat[0].expects_text("HADIR/LEPAS")
    assert "Terbuka" not in city.of_barat[0].last_text


def test_a_wrong_code_is_answered_with_the_right_one_and_changes_nothing(city: Pontianak, rina: Phone) -> None:
    wrong = "K7Q" if city.incident.code != "K7Q" else "M3P"
    rina.texts(f"OK {wrong}")
    assert city.incident.leader_id is None
    rina.expects_text(f"Kode {wrong} tidak kami temukan", f"Terbuka untuk Anda: {city.incident.code}.")


def test_a_wrong_code_with_nothing_open_asks_to_look_at_it_again(city: Pontianak) -> None:
    city.of_barat[0].texts("OK K7Q")
    city.of_barat[0].expects_text("K7Q tidak kami temukan untuk Anda", "Periksa")


@pytest.mark.parametrize(
    ("words", "state"),
    [("biar saya ndan", "accepted"), ("lg di jln", "en_route"), ("sdh bertemu pelapor", "on_scene")],
)
def test_an_officers_own_words_are_an_answer(city: Pontianak, rina: Phone, words: str, state: str) -> None:
    rina.texts(words)
    assert city.incident.state == state


@pytest.mark.parametrize(
    ("words", "state"), [("pelaku diamankan, selesai", "resolved"), ("laporan tdk benar", "false_alarm")]
)
def test_whoever_accepted_closes_in_their_own_words(city: Pontianak, rina: Phone, words: str, state: str) -> None:
    rina.texts("bisa")
    rina.texts(words)
    assert city.incident.state == state


@pytest.mark.parametrize("words", ["kirim personil tambahan", "minta ambulans"])
def test_whoever_accepted_calls_back_up_in_their_own_words(city: Pontianak, rina: Phone, words: str) -> None:
    rina.texts("bisa")
    rina.texts(words)
    assert city.asked(wave=2) != set()
    city.desk_barat.expects_text("MINTA BANTUAN")


def test_an_officer_on_leave_is_rung_no_more(city: Pontianak, rina: Phone) -> None:
    rina.texts("lg libur ndan, di luar kota")
    rina.expects_text("tidak bisa datang")
    calls = len(rina.calls)
    city.forward(seconds=100)  # without an answer she would be rung twice more
    assert len(rina.calls) == calls
