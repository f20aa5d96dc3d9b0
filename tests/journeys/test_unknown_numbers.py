"""Numbers that may not ask for officers: what they are told when they cry for help, and whose desks read them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway import sms
from gateway.core.messages import TextIn
from gateway.core.sentences import phrases
from gateway.core.words.reply_limits import CRIES_BY_PREFIX, MOST_A_DAY, MOST_AN_HOUR, MOST_OF_RANGE
from gateway.identity.users import Identity
from gateway.inbound import unknown_numbers
from gateway.models import unit as units
from gateway.models.citizen import Citizen
from gateway.models.inbound import Inbound
from gateway.models.outbound import CRY_RANK, Outbound
from gateway.models.place import Place
from gateway.models.unit import Unit
from gateway.monitor import unread
from gateway.register import decisions

DEWI = "+6281390000051"
NIK, ADDRESS = "6171014112900001", "Gang Kenanga 17, pasar flamboyan"
CODE = "*384*110#"


@pytest.fixture
def dewi(city: Pontianak) -> Phone:
    """Nobody we know."""
    return city.phone(DEWI)


@pytest.fixture(autouse=True)
def flamboyan(city: Pontianak) -> None:
    """A market in the town's centre that the table of places gives to Polsek Kota."""
    with city.open() as uow:
        uow.db.add(Place(name="Pasar Flamboyan", lat=-0.03, lon=109.34, radius_m=200, unit_id=city.kota.id))


def texts_to(city: Pontianak, unit: Unit, *others: Unit) -> list[str]:
    """What a user of this unit, which has `others` below it, finds waiting on the monitor."""
    scope = frozenset(one.id for one in (unit, *others))
    who = Identity(1, "Siti", "desk", unit.id, unit.name, "Asia/Pontianak", "id", 1, scope)
    with city.open() as uow:
        return [text.words for text in unread.waiting(uow, who)]


def applies(city: Pontianak, phone: Phone, name: str = "Dewi Lestari", address: str = ADDRESS) -> None:
    phone.texts(f"DAFTAR {name}#{NIK}#{address}")


# --- whose desk reads them --------------------------------------------------------------------------------------------


def test_an_unknown_number_reaches_the_unit_whose_number_it_wrote_to(city: Pontianak, dewi: Phone) -> None:
    """Also where its words name a place of another unit: it chose whom to write to."""
    with city.open() as uow:
        units.set_numbers(uow.db, uow.db.get_one(Unit, city.barat.id), ["+62561799001"])
    with city.open() as uow:
        sms.receive(uow, TextIn("simulator", "w1", dewi.number, "0561 799001", "ada ribut di pasar flamboyan"))
    assert texts_to(city, city.barat) == ["ada ribut di pasar flamboyan"]
    assert texts_to(city, city.kota) == []


def test_what_comes_to_a_number_of_no_unit_goes_where_its_words_say(city: Pontianak, dewi: Phone) -> None:
    with city.open() as uow:
        units.set_numbers(uow.db, uow.db.get_one(Unit, city.barat.id), ["+62561799001"])
    dewi.texts("ada ribut di pasar flamboyan")
    assert texts_to(city, city.kota) == ["ada ribut di pasar flamboyan"]


# --- cries ------------------------------------------------------------------------------------------------------------


def test_an_unknown_numbers_cry_is_told_that_nobody_comes_once_in_ten_minutes(city: Pontianak, dewi: Phone) -> None:
    dewi.texts("TOLONG ada rampok")
    assert "TIDAK ADA petugas yang datang" in dewi.last_text
    assert "TELEPON 110 SEKARANG" in dewi.last_text
    dewi.texts("tolong cepat pak")
    city.clock.at += timedelta(minutes=9, seconds=59)
    dewi.texts("TOLONG")
    assert len(dewi.got) == 1
    city.clock.at += timedelta(seconds=1)
    dewi.texts("TOLONG")
    assert len(dewi.got) == 2
    assert city.incidents == []
    assert all(phone.untouched for phone in (*city.of_barat, *city.of_kota, city.desk_polda, city.desk_kota))


def test_whoever_has_used_up_the_courtesies_still_hears_that_nobody_comes(city: Pontianak, dewi: Phone) -> None:
    for _ in range(MOST_A_DAY + 1):
        dewi.texts("INFO")
    assert len(dewi.got) == MOST_A_DAY
    dewi.texts("TOLONG")
    assert "TIDAK ADA petugas yang datang" in dewi.last_text


def test_a_cry_uses_up_no_courtesy(city: Pontianak, dewi: Phone) -> None:
    dewi.texts("TOLONG")
    for _ in range(MOST_A_DAY + 1):
        dewi.texts("INFO")
    assert len(dewi.got) == 1 + MOST_A_DAY


@pytest.mark.parametrize("words", ["TOLONG DIAM", "DIAM"])
def test_an_unknown_number_that_asks_for_quiet_is_sent_nothing(city: Pontianak, dewi: Phone, words: str) -> None:
    dewi.texts(words)
    city.forward(5)
    assert dewi.untouched


def answered_in_full(city: Pontianak, many: int) -> None:
    """So many numbers have just cried for help and were told everything; each text of a story costs 50 ms."""
    with city.open() as uow:
        for number in range(many):
            uow.db.add(
                Outbound(kind="text", purpose="stranger", rank=CRY_RANK, phone=f"+6281392{number:06}", state="owed",
                         body="", created_at=uow.now(), due_at=uow.now() + timedelta(days=1))
            )  # fmt: skip


def test_when_hundreds_cry_at_once_all_are_answered_and_the_desk_reads_one_line_a_minute(city: Pontianak) -> None:
    answered_in_full(city, CRIES_BY_PREFIX["+62"] - 10)
    people = [city.phone(f"+628139100{n:04}") for n in range(30)]
    for person in people:
        city.exchange.text(person.number, "TOLONG banjir bandang")
    city.forward(5)
    told = [person.got for person in people]
    assert [len(texts) for texts in told] == [1] * 30
    shortest = phrases.sms("unknown.cry_shortest", "id")
    assert ["DAFTAR" in texts[0] for texts in told] == [True] * 10 + [False] * 20
    assert [texts[0] == shortest for texts in told] == [False] * 10 + [True] * 20
    assert "110" in shortest
    assert [phone.got for phone in (city.desk_polres, city.desk_barat, city.desk_kota)] == [[], [], []]
    bundle = city.desk_polda.expects_text("PERIKSA MONITOR", "20 nomor", "081391000010")
    assert len(re.findall(r"\b08\d{8,}", bundle)) == 4
    late = city.phone("+6281391009999").texts("TOLONG")
    assert late.got == [shortest]
    city.forward(30)
    assert len(city.desk_polda.got) == 1
    city.forward(40)
    assert len(city.desk_polda.got) == 2
    assert "1 nomor" in city.desk_polda.last_text
    assert "081391009999" in city.desk_polda.last_text
    city.forward(130)
    assert len(city.desk_polda.got) == 2


def test_beyond_the_bounds_a_dear_destination_is_sent_nothing_and_its_desk_reads_of_it(city: Pontianak) -> None:
    people = [city.phone(f"+8821612345{n:02}") for n in range(CRIES_BY_PREFIX[""] + 2)]
    for person in people:
        person.texts("SOS pasar flamboyan")
        person.texts("SOS pasar flamboyan")
    assert [len(person.got) for person in people] == [1] * CRIES_BY_PREFIX[""] + [0, 0]
    city.forward(61)
    city.desk_kota.expects_text("PERIKSA MONITOR")
    assert sum("1 nomor" in text or "2 nomor" in text for text in city.desk_kota.got) == len(city.desk_kota.got)
    assert city.desk_polda.got == []
    assert city.phone(DEWI).texts("TOLONG").got


def test_a_premium_range_is_never_answered(city: Pontianak) -> None:
    dear = city.phone("+628091234567").texts("TOLONG")
    city.forward(61)
    assert dear.untouched


# --- how to register --------------------------------------------------------------------------------------------------


def test_info_and_the_menu_tell_an_unknown_number_how_to_register_and_never_to_send_a_panic(
    city: Pontianak, dewi: Phone
) -> None:
    dewi.texts("INFO")
    assert "DAFTAR nama#nomor KTP#alamat" in dewi.last_text
    dewi.texts("LAPOR warung jual miras")
    assert "laporan dicatat" in dewi.last_text
    menu = dewi.dials(CODE)
    assert "3 Daftar" in menu
    dewi.replies("2")
    report = dewi.replies("warung jual miras")
    assert "laporan dicatat" in report
    assert not any("TOLONG" in text for text in (*dewi.got, menu, report))
    city.budi.texts("INFO")
    assert "TOLONG" in city.budi.last_text


def test_an_applicant_hears_where_the_application_stands(city: Pontianak, dewi: Phone) -> None:
    applies(city, dewi)
    dewi.texts("INFO")
    assert "BELUM aktif" in dewi.last_text
    assert "Bawa KTP dan HP ini ke Polda Kalbar" in dewi.last_text
    dewi.texts("TOLONG ada maling")
    assert "TIDAK ADA petugas yang datang, pendaftaran Anda belum diperiksa" in dewi.last_text
    assert "110" in dewi.last_text
    assert "BELUM aktif" in dewi.dials(CODE)
    assert "3 Perbaiki data" in dewi.menu
    with city.open() as uow:
        decisions.refuse(uow, DEWI, "Aiptu Rahman", "KTP buram")
    dewi.texts("INFO")
    assert "belum dapat diterima: KTP buram" in dewi.last_text
    city.clock.at += timedelta(minutes=10)
    dewi.texts("TOLONG")
    assert "TIDAK ADA petugas yang datang. Pendaftaran ditolak: KTP buram" in dewi.last_text
    assert city.incidents == []


def test_a_corrected_application_is_taken_while_it_waits(city: Pontianak, dewi: Phone) -> None:
    applies(city, dewi, name="Dewi Lestri", address="jl ampera 5")
    applies(city, dewi, name="Dewi Lestari", address=ADDRESS)
    with city.open() as uow:
        (row,) = uow.db.scalars(select(Citizen).where(Citizen.phone == DEWI)).all()
        assert (row.state, row.person.name, row.person.address) == ("pending", "Dewi Lestari", ADDRESS)
    dewi.dials(CODE)
    for words in ("3", "1", "Dewi Lestari Putri", NIK):
        dewi.replies(words)
    dewi.replies("Gang Kenanga 19")
    with city.open() as uow:
        (row,) = uow.db.scalars(select(Citizen).where(Citizen.phone == DEWI)).all()
        assert (row.person.name, row.person.address) == ("Dewi Lestari Putri", "Gang Kenanga 19")


# --- whose desks read it ----------------------------------------------------------------------------------------------


def test_a_strangers_text_that_names_a_place_is_shown_to_the_unit_of_that_place(city: Pontianak, dewi: Phone) -> None:
    dewi.texts("tolong ada copet di pasar flamboyan")
    assert texts_to(city, city.kota) == ["tolong ada copet di pasar flamboyan"]
    assert texts_to(city, city.barat) == []
    assert texts_to(city, city.polda, city.polres, city.barat, city.kota) == ["tolong ada copet di pasar flamboyan"]


def test_a_strangers_text_that_names_no_place_is_shown_to_the_desks_at_the_top(city: Pontianak, dewi: Phone) -> None:
    dewi.texts("tolong ada copet")
    assert texts_to(city, city.polda, city.polres, city.barat, city.kota) == ["tolong ada copet"]
    assert texts_to(city, city.polres, city.barat, city.kota) == []
    assert texts_to(city, city.kota) == []


def test_an_applicants_text_is_shown_to_the_unit_that_the_address_names(city: Pontianak, dewi: Phone) -> None:
    applies(city, dewi)
    dewi.texts("kapan saya bisa ambil kartu")
    assert texts_to(city, city.kota) == ["kapan saya bisa ambil kartu"]
    assert texts_to(city, city.barat) == []


def test_a_place_in_the_text_goes_before_the_applicants_own_unit(city: Pontianak) -> None:
    rina = city.citizen(DEWI, "Rina", state="pending", unit=city.barat)
    rina.texts("halo pak")
    rina.texts("TOLONG di pasar flamboyan")
    assert texts_to(city, city.barat) == ["halo pak"]
    assert texts_to(city, city.kota) == ["TOLONG di pasar flamboyan"]


def test_a_place_that_two_units_have_names_neither(city: Pontianak, dewi: Phone) -> None:
    with city.open() as uow:
        for alias, lon, unit in (("satu", 109.30, city.barat), ("dua", 109.36, city.kota)):
            uow.db.add(
                Place(name=f"Masjid Raya {alias}", aliases="Masjid Raya", lat=-0.02, lon=lon, radius_m=100,
                      unit_id=unit.id)
            )  # fmt: skip
    dewi.texts("tolong saya di masjid raya")
    assert texts_to(city, city.barat) == texts_to(city, city.kota) == []
    assert texts_to(city, city.polda, city.polres, city.barat, city.kota) == ["tolong saya di masjid raya"]


def test_a_report_by_menu_is_shown_to_the_unit_of_the_place_that_it_names(city: Pontianak, dewi: Phone) -> None:
    dewi.dials(CODE)
    dewi.replies("2")
    dewi.replies("judi di pasar flamboyan")
    with city.open() as uow:
        shown = uow.db.scalars(select(Inbound.unit_id).where(Inbound.state == "to_human")).all()
    assert shown == [city.kota.id]


# --- nobody is verified into nowhere ----------------------------------------------------------------------------------


def test_verifying_settles_the_unit_that_the_address_names(city: Pontianak, dewi: Phone) -> None:
    applies(city, dewi)
    with city.open() as uow:
        assert decisions.verify(uow, DEWI, "Aiptu Rahman", own=city.barat.id).unit_id == city.kota.id


def test_verifying_takes_the_admins_own_unit_where_nothing_names_one(city: Pontianak, dewi: Phone) -> None:
    applies(city, dewi, address="jalan tak dikenal 5")
    with city.open() as uow:
        assert decisions.verify(uow, DEWI, "Aiptu Rahman", own=city.barat.id).unit_id == city.barat.id


def test_nobody_is_verified_into_nowhere_and_nothing_is_kept_of_the_try(city: Pontianak, dewi: Phone) -> None:
    applies(city, dewi, address="jalan tak dikenal 5")
    before = list(dewi.got)
    with pytest.raises(decisions.NoUnit, match="Dewi Lestari"), city.open() as uow:
        decisions.verify(uow, DEWI, "Aiptu Rahman")
    city.forward(2)
    assert dewi.got == before
    with city.open() as uow:
        assert uow.db.scalars(select(Citizen.state).where(Citizen.phone == DEWI)).all() == ["pending"]


def test_a_suspended_applicant_is_not_restored_into_nowhere_either(city: Pontianak, dewi: Phone) -> None:
    applies(city, dewi, address="jalan tak dikenal 5")
    with city.open() as uow:
        decisions.suspend(uow, DEWI, "Aiptu Rahman", "HP hilang")
    with pytest.raises(decisions.NoUnit), city.open() as uow:
        decisions.restore(uow, DEWI, "Aiptu Rahman")


def test_a_flood_of_forged_numbers_is_told_once_and_real_people_still_read_110(city: Pontianak, dewi: Phone) -> None:
    with city.open() as uow:
        for number in range(MOST_AN_HOUR - 1):
            uow.db.add(
                Outbound(kind="text", purpose="stranger", phone=f"+62877{number % 10}{number:07}", state="owed",
                         body="", created_at=uow.now(), due_at=uow.now() + timedelta(days=1))
            )  # fmt: skip
    forged = city.phone("+6287700099999").texts("INFO")
    assert len(forged.got) == 0
    assert "110" in dewi.texts("INFO").got[0]
    with city.open() as uow:
        flood = unknown_numbers.flood(uow)
    assert flood is not None
    assert (flood.answers, flood.ranges) == (MOST_AN_HOUR - 1, 10)
    assert flood.answers // flood.ranges >= MOST_OF_RANGE
    assert flood.worst.startswith("+62877")
