"""Who may ask: applying, being verified, leaving, and what nobody may read in a stolen database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import Engine, inspect, select, text

from gateway.core import consents
from gateway.core.messages import Hook
from gateway.core.nik import Doubt
from gateway.core.sentences.phrases import say
from gateway.core.words.reply_limits import MOST_A_DAY
from gateway.identity import audit_log, pins
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen, Person
from gateway.models.inbound import Inbound
from gateway.models.report import Report
from gateway.register import decisions
from gateway.register.applications import Given

DEWI = "+6281390000051"
NIK, ADDRESS = "6171014112900001", "Gang Kenanga 17 Sungai Jawi"
CODE = "*384*110#"


@pytest.fixture
def dewi(city: Pontianak) -> Phone:
    """Nobody we know."""
    return city.phone(DEWI)


def citizen(city: Pontianak, phone: str = DEWI) -> Citizen:
    with city.open() as uow:
        found = citizens.current(uow.db, phone)
        assert found is not None
        return found


def decide(city: Pontianak, what: Callable[..., Citizen], phone: str = DEWI, reason: str = "") -> None:
    own = {"own": city.barat.id} if what in (decisions.verify, decisions.restore) else {}
    with city.open() as uow:
        what(uow, phone, "Aiptu Rahman", reason, **own)


def trail(city: Pontianak) -> list[tuple[str, str, str]]:
    with city.open() as uow:
        assert audit_log.verify(uow) == []
        return [(row.who, row.what, row.subject) for row in uow.db.scalars(select(Audit).order_by(Audit.id))]


# --- the two stories --------------------------------------------------------------------------------------------


def test_from_a_text_to_a_panic_that_rings(city: Pontianak, dewi: Phone) -> None:
    dewi.texts("TOLONG")
    assert "TIDAK ADA petugas yang datang" in dewi.last_text
    assert not city.incidents
    dewi.texts(f"DAFTAR Dewi Lestari#{NIK}#{ADDRESS}")
    received, consent = dewi.got[-2:]
    assert "Bawa KTP dan HP ini ke Polda Kalbar" in received
    applied = citizen(city)
    assert (applied.state, applied.channel, applied.applied_at) == ("pending", "sms", city.clock.at)
    assert applied.consent == consents.shown_now("id")
    assert applied.consent_text == consent == say("consent.text", "id")
    dewi.texts("TOLONG")
    assert not city.incidents
    decide(city, decisions.verify)
    city.forward(1)
    assert "nomor Anda aktif" in dewi.last_text
    assert "0561" in dewi.last_text
    dewi.texts("TOLONG ada maling")
    assert city.incident.name == "Dewi Lestari"
    assert city.asked(1)
    dewi.expects_text("DITERIMA")


def test_from_the_menu_to_a_panic_by_menu(city: Pontianak, dewi: Phone) -> None:
    assert "3 Daftar" in dewi.dials(CODE)
    assert say("consent.text", "id") in dewi.replies("3")
    for words in ("1", "Dewi Lestari", NIK):
        dewi.replies(words)
    assert "Bawa KTP" in dewi.replies(ADDRESS)
    dewi.expects_text("Bawa KTP dan HP ini")
    applied = citizen(city)
    assert (applied.state, applied.channel, applied.consent) == (
        "pending",
        "ussd",
        consents.shown_now("id"),
    )
    assert (applied.person.name, applied.person.national_id, applied.person.address) == ("Dewi Lestari", NIK, ADDRESS)
    decide(city, decisions.verify)
    assert "1 DARURAT" in dewi.dials(CODE)
    assert "DITERIMA" in dewi.replies("1")
    assert city.incident.name == "Dewi Lestari"


def test_whoever_is_cut_off_while_registering_has_applied_with_what_they_gave(city: Pontianak, dewi: Phone) -> None:
    dewi.dials(CODE)
    for words in ("3", "1", "Dewi Lestari"):
        dewi.replies(words)
    dewi.hangs_up()
    assert (citizen(city).state, citizen(city).person.name) == ("pending", "Dewi Lestari")


def test_without_agreeing_nothing_is_kept(city: Pontianak, dewi: Phone) -> None:
    dewi.dials(CODE)
    dewi.replies("3")
    dewi.hangs_up()
    with city.open() as uow:
        assert citizens.current(uow.db, DEWI) is None


@pytest.mark.parametrize("words", ["DAFTAR", "DAFTAR Dewi", "DAFTAR #6171014112900001#jl ampera"])
def test_half_an_application_is_answered_with_how_it_is_done(city: Pontianak, dewi: Phone, words: str) -> None:
    dewi.texts(words)
    assert "belum lengkap" in dewi.last_text
    with city.open() as uow:
        assert citizens.current(uow.db, DEWI) is None


# --- decisions --------------------------------------------------------------------------------------------------


def test_every_decision_is_audited_with_its_name_and_told(city: Pontianak, dewi: Phone) -> None:
    dewi.texts(f"DAFTAR Dewi Lestari#{NIK}#{ADDRESS}")
    told = []
    for what, reason in (
        (decisions.refuse, "KTP buram"),
        (decisions.verify, ""),
        (decisions.suspend, "HP hilang"),
        (decisions.restore, ""),
    ):
        decide(city, what, reason=reason)
        city.forward(1)
        told.append(dewi.last_text)
    assert "belum dapat diterima: KTP buram" in told[0]
    assert "nomor Anda aktif" in told[1]
    assert "DITANGGUHKAN (HP hilang)" in told[2]
    assert "aktif kembali" in told[3]
    did = ("refuse", "verify", "suspend", "restore")
    assert trail(city) == [("Aiptu Rahman", f"citizen.{what}", DEWI) for what in did]
    assert citizen(city).state == citizens.VERIFIED


def test_a_phone_that_must_stay_dark_is_told_nothing(city: Pontianak) -> None:
    sri = city.citizen(DEWI, "Sri", quiet=True)
    decide(city, decisions.suspend)
    decide(city, decisions.restore)
    city.forward(3)
    assert sri.untouched


@pytest.mark.parametrize(
    ("state", "what"),
    [
        ("verified", decisions.verify),
        ("suspended", decisions.verify),
        ("verified", decisions.refuse),
        ("suspended", decisions.refuse),
        ("left", decisions.suspend),
        ("suspended", decisions.suspend),
        ("verified", decisions.restore),
        ("refused", decisions.restore),
    ],
)
def test_what_does_not_fit_the_state_is_refused_and_leaves_no_trace(
    city: Pontianak, state: str, what: Callable[..., Citizen]
) -> None:
    city.citizen(DEWI, "Dewi", state=state)
    with pytest.raises(decisions.WrongState):
        decide(city, what)
    assert citizen(city).state == state
    assert trail(city) == []


def test_nobody_is_decided_about_who_is_not_there(city: Pontianak) -> None:
    with pytest.raises(decisions.NotOnTheRegister):
        decide(city, decisions.verify)


def test_a_suspended_number_is_recorded_and_shown_and_rings_nobody(city: Pontianak) -> None:
    dewi = city.citizen(DEWI, "Dewi", state="suspended")
    dewi.texts("TOLONG").rings()
    dewi.texts(f"DAFTAR Dewi Lestari#{NIK}#{ADDRESS}")
    assert not city.incidents
    assert citizen(city).state == "suspended"
    with city.open() as uow:
        assert {row.state for row in uow.db.scalars(select(Inbound).where(Inbound.kind == "text"))} == {"to_human"}


# --- persons and numbers ----------------------------------------------------------------------------------------


def test_a_second_number_of_the_same_person_joins_them_once_verified(city: Pontianak, dewi: Phone) -> None:
    second = city.phone("+6281390000052")
    for phone in (dewi, second):
        phone.texts(f"DAFTAR Dewi Lestari#{NIK}#{ADDRESS}")
    assert citizen(city, second.number).person_id != citizen(city).person_id
    for phone in (dewi, second):
        decide(city, decisions.verify, phone.number)
    assert citizen(city, second.number).person_id == citizen(city).person_id
    with city.open() as uow:
        assert len(uow.db.scalars(select(Person).where(Person.name == "Dewi Lestari")).all()) == 1


def test_a_claim_to_be_somebody_changes_nothing_of_theirs(city: Pontianak, dewi: Phone) -> None:
    dewi.texts(f"DAFTAR Dewi Lestari#{NIK}#{ADDRESS}")
    decide(city, decisions.verify)
    city.phone("+6281390000052").texts(f"DAFTAR Orang Lain#{NIK}#tempat lain")
    assert (citizen(city).person.name, citizen(city).person.address) == ("Dewi Lestari", ADDRESS)


def test_a_number_that_has_changed_hands_can_be_registered_again_and_the_old_person_keeps_the_history(
    city: Pontianak, dewi: Phone
) -> None:
    dewi.texts(f"DAFTAR Dewi Lestari#{NIK}#{ADDRESS}")
    decide(city, decisions.verify)
    dewi.texts("TOLONG")
    old = citizen(city)
    with city.open() as uow:
        decisions.reassign(uow, DEWI, Given("Rudi Hartono", "6171010112850002"), "Aiptu Rahman", "ganti pemilik")
    new = citizen(city)
    assert (new.state, new.person.name) == ("pending", "Rudi Hartono")
    with city.open() as uow:
        before = uow.db.get(Citizen, old.id)
        assert before is not None
        assert before.state == citizens.REPLACED
    assert city.incident.citizen_id == old.id
    assert ("Aiptu Rahman", "citizen.reassign", DEWI) in trail(city)


def test_a_verified_number_that_applies_again_changes_nothing_and_a_human_sees_it(city: Pontianak) -> None:
    budi = city.budi
    budi.texts(f"DAFTAR Orang Lain#{NIK}#{ADDRESS}")
    assert "sudah terdaftar, tidak ada yang diubah" in budi.last_text
    assert citizen(city, budi.number).person.name == "Budi Santoso"


@pytest.mark.parametrize("state", ["refused", "left"])
def test_whoever_was_refused_or_left_may_apply_again(city: Pontianak, state: str) -> None:
    dewi = city.citizen(DEWI, "Dewi Lestari", state=state)
    before = citizen(city).id
    dewi.texts(f"DAFTAR dewi lestari#{NIK}#{ADDRESS}")
    assert (citizen(city).state, citizen(city).id) == ("pending", before)


def test_another_person_on_a_number_that_was_left_is_a_new_one(city: Pontianak) -> None:
    dewi = city.citizen(DEWI, "Dewi Lestari", state="left")
    before = citizen(city).id
    dewi.texts(f"DAFTAR Rudi Hartono#{NIK}#{ADDRESS}")
    assert citizen(city).id != before
    with city.open() as uow:
        old = uow.db.get(Citizen, before)
        assert old is not None
        assert (old.state, old.person.name) == ("replaced", "Dewi Lestari")


# --- leaving ----------------------------------------------------------------------------------------------------


def test_leaving_takes_the_pin(city: Pontianak) -> None:
    dewi = city.citizen(DEWI, "Dewi", pin_hash=pins.hash_pin("4711"))
    for words in ("BATAL DAFTAR", "BATAL DAFTAR 1234"):
        dewi.texts(words)
        assert "MASIH terdaftar" in dewi.last_text
        assert citizen(city).state == citizens.VERIFIED
    dewi.texts("BATAL DAFTAR 4711")
    assert "sudah keluar" in dewi.last_text
    assert citizen(city).state == citizens.LEFT
    assert trail(city) == [(DEWI, "citizen.leave", DEWI)]
    dewi.texts("TOLONG")
    assert not city.incidents


# --- what a human sees ------------------------------------------------------------------------------------------


def test_looking_at_an_identity_is_audited_and_warns(city: Pontianak, dewi: Phone) -> None:
    dewi.texts("DAFTAR Dewi Lestari#9971014112900001#jl ampera")
    with city.open() as uow:
        seen = decisions.look_at_identity(uow, decisions.of_number(uow, DEWI), "Aiptu Rahman")
    assert (seen.national_id, seen.doubts) == ("9971014112900001", (Doubt.PROVINCE,))
    assert trail(city) == [("Aiptu Rahman", "citizen.identity", DEWI)]
    decide(city, decisions.verify)  # a doubt is a warning, and no more
    assert citizen(city).state == citizens.VERIFIED


def test_false_alarms_are_counted_and_put_before_a_human_and_block_nothing(city: Pontianak) -> None:
    officer = city.of_barat[0]
    for _ in range(decisions.STRIKES_SHOWN):
        city.budi.texts("TOLONG")
        code = city.incidents[-1].code
        officer.texts(f"OK {code}")
        officer.texts(f"PALSU {code}")
        city.forward(1)
    with city.open() as uow:
        budi = decisions.of_number(uow, city.budi.number)
        assert decisions.strikes(uow, [budi.id, 0]) == {budi.id: 3}
        assert [(who.phone, count) for who, count in decisions.to_review(uow)] == [(city.budi.number, 3)]
    city.budi.texts("TOLONG")
    assert city.open_incident_of(city.budi) is not None
    city.clock.at += decisions.STRIKES_IN
    with city.open() as uow:
        assert decisions.to_review(uow) == []


def test_a_report_without_emergency_is_kept_and_listed(city: Pontianak, dewi: Phone) -> None:
    dewi.texts("LAPOR warung di gang sebelah jual miras tiap malam")
    city.budi.texts("LAPOR lampu jalan mati")
    with city.open() as uow:
        reports = uow.db.scalars(select(Report).order_by(Report.id)).all()
        told_by = [uow.db.get_one(Inbound, report.inbound_id).body for report in reports]
        kept = [(report.phone, report.channel, report.verified) for report in reports]
    assert kept == [(DEWI, "sms", False), (city.budi.number, "sms", True)]
    assert told_by == ["LAPOR warung di gang sebelah jual miras tiap malam", "LAPOR lampu jalan mati"]
    assert "laporan dicatat" in dewi.last_text
    assert not city.incidents


# --- strangers ----------------------------------------------------------------------------------------------------


def test_a_stranger_is_greeted_once_a_day(city: Pontianak, dewi: Phone) -> None:
    for _ in range(3):
        dewi.texts("halo")
    assert len(dewi.got) == 1
    city.clock.at += timedelta(hours=25)
    dewi.texts("halo")
    assert len(dewi.got) == 2


def test_a_stranger_who_keeps_asking_is_answered_so_often_and_no_more(city: Pontianak, dewi: Phone) -> None:
    for _ in range(MOST_A_DAY + 3):
        dewi.texts("INFO")
    assert len(dewi.got) == MOST_A_DAY
    with city.open() as uow:
        assert len(uow.db.scalars(select(Inbound).where(Inbound.phone == DEWI)).all()) == MOST_A_DAY + 3


def test_strangers_of_dear_destinations_share_a_small_budget(city: Pontianak) -> None:
    phones = [city.phone(f"+8821612345{n:02}") for n in range(14)]
    for phone in phones:
        phone.texts("INFO")
    assert sum(len(phone.got) for phone in phones) == 10
    local = city.phone(DEWI).texts("INFO")
    assert local.got


@pytest.mark.parametrize("who", ["citizen", "officer", "stranger"])
def test_our_own_text_that_comes_back_means_nothing_and_is_not_answered(city: Pontianak, who: str, dewi: Phone) -> None:
    phone = {"citizen": city.budi, "officer": city.of_barat[0], "stranger": dewi}[who]
    first = {"citizen": "INFO", "officer": "apa kabar", "stranger": "halo"}[who]
    phone.texts(first)
    got = list(phone.got)
    assert got
    phone.texts(got[-1])
    assert phone.got == got
    assert not city.incidents


def test_an_alert_that_comes_back_is_no_yes(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    officer = city.of_barat[0]
    officer.texts(officer.got[-1])
    assert city.incident.state == incidents.OPEN


# --- a stolen disk ----------------------------------------------------------------------------------------------


def everything(engine: Engine) -> str:
    """All that a dump of this database would show."""
    with engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in inspect(engine).get_table_names()
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
        ]
    return "\n".join(rows)


def test_a_dump_the_spool_and_the_logs_show_no_identity_number_address_or_pin(
    city: Pontianak, engine: Engine, dewi: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dewi.texts(f"DAFTAR Dewi Lestari#{NIK}#{ADDRESS}")
    decide(city, decisions.verify)
    with city.open() as uow:
        dewi_now = decisions.of_number(uow, DEWI)
        dewi_now.pin_hash, dewi_now.duress_hash = pins.hash_pin("47110815"), pins.hash_pin("11471508")
        dewi_now.person.notes, dewi_now.person.next_of_kin = "kursi roda sejak 2019", "Ibu 081377700011"
        decisions.look_at_identity(uow, dewi_now, "Aiptu Rahman")
    dewi.texts("TOLONG").texts("aman PIN 99887766").texts("AMAN 47110815").texts("BATAL DAFTAR 99887766")
    dewi.dials(CODE)
    dewi.replies("3")
    dewi.replies("11471508")
    other = city.phone("+6281390000052")
    other.dials(CODE)
    for words in ("3", "1", "Rudi", "6171010112850002", "Jalan Rahasia 9"):
        other.replies(words)
    city.forward(2)
    body = f'{{"body": "DAFTAR Dewi#{NIK}#{ADDRESS}"}}'.encode()
    city.house.spool.keep("simulator", Hook("POST", "http://x", "sms", body=body))
    spooled = b"".join(file.read_bytes() for file in city.house.spool.folder.iterdir()).decode()
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    secrets = (NIK, ADDRESS, "Kenanga", "47110815", "11471508", "99887766", "kursi roda", "081377700011")
    for place in (everything(engine), spooled, logged):
        assert place
        for secret in (*secrets, "6171010112850002", "Jalan Rahasia"):
            assert secret not in place
