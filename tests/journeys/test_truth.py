"""What people are told is true: of who goes, of who holds a call, and to whoever has no PIN."""

from __future__ import annotations

import pytest
from journeys.city import Phone, Pontianak

from gateway.identity import pins
from gateway.identity.users import Identity
from gateway.models import event as events
from gateway.models import incident as incidents
from gateway.models.unit import Unit
from gateway.monitor import desk_actions

PIN, DURESS = "4711", "1147"


@pytest.fixture
def dina(city: Pontianak) -> Phone:
    """Somebody with both PINs, beside Budi, who has none."""
    secrets = {"pin_hash": pins.hash_pin(PIN), "duress_hash": pins.hash_pin(DURESS)}
    return city.citizen("+6281390000022", "Dina", unit=city.barat, lat=-0.02, lon=109.30, **secrets)


@pytest.fixture
def near(city: Pontianak) -> Phone:
    """A neighbour who helps, 300 m away, in a unit that asks neighbours."""
    with city.open() as uow:
        uow.db.merge(city.barat).volunteers = True
    return city.citizen("+6281390000021", "Ani", unit=city.barat, lat=-0.0227, lon=109.30, volunteer_m=1000)


# --- who goes -------------------------------------------------------------------------------------------------------


def test_that_officers_go_on_is_said_only_where_one_of_them_goes(city: Pontianak, dina: Phone) -> None:
    dina.texts("TOLONG").texts("AMAN 9999")
    assert "tetap TERBUKA" in dina.last_text
    assert "petugas tetap melanjutkan" not in dina.last_text
    city.desk_barat.texts(f"OK {city.incident.code}")
    dina.texts("AMAN")
    assert "petugas tetap melanjutkan" not in dina.last_text
    city.of_barat[0].texts(f"OK {city.incident.code}")
    dina.texts("AMAN")
    dina.expects_text("petugas tetap melanjutkan", "AMAN <PIN>")


def test_a_neighbour_reads_that_an_officer_has_set_out_only_once_one_has(city: Pontianak, near: Phone) -> None:
    city.budi.texts("TOLONG")
    city.forward(65)
    near.texts("YA")
    assert "berangkat" not in near.last_text
    city.of_barat[0].texts(f"OK {city.incident.code}")
    assert "petugas akan datang" in near.expects_text("Budi Santoso")
    assert not any("berangkat" in text for text in near.got)


def test_a_neighbour_who_says_yes_later_reads_that_one_has_set_out(city: Pontianak, near: Phone) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts(f"OTW {city.incident.code}")
    city.forward(65)
    near.texts("YA")
    near.expects_text("petugas sudah berangkat", "Budi Santoso")


def test_whoever_closes_it_is_thanked_and_so_is_whoever_is_there(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.forward(1)
    leader, there, on_the_way = city.of_barat[:3]
    code = city.incident.code
    leader.texts(f"OK {code}")
    there.joins(code).texts(f"TIBA {code}")
    on_the_way.joins(code)
    leader.texts(f"SELESAI {code}")
    for phone in (leader, there):
        phone.expects_text(code, "ditutup, selesai. Terima kasih.")
        assert not any("tidak perlu datang" in text for text in phone.got if "ditutup" in text)
    on_the_way.expects_text("ditutup", "Anda tidak perlu datang")


@pytest.mark.parametrize("end", [f"AMAN {PIN}", f"AMAN {DURESS}", "SELESAI"])
def test_a_neighbour_who_never_answered_is_told_that_it_is_over_alike(
    city: Pontianak, dina: Phone, near: Phone, end: str
) -> None:
    dina.texts("TOLONG")
    city.forward(65)
    assert "Tunggu kabar" in near.last_text
    if end == "SELESAI":
        city.of_barat[0].texts("OK").texts("SELESAI")
    else:
        dina.texts(end)
    assert near.got[1:] == [f"POLISI ({city.incident.code}): sudah selesai, Anda tidak perlu datang. Terima kasih."]


# --- who has no PIN -------------------------------------------------------------------------------------------------


def test_who_has_no_pin_is_never_told_to_send_one(city: Pontianak) -> None:
    for words in ("TOLONG di jalan", "BUKAN", "INFO", "BATAL DAFTAR", "TOLONG", "AMAN"):
        city.budi.texts(words)
    assert len(city.budi.got) >= 5
    assert not any("PIN" in text for text in city.budi.got), city.budi.got
    assert "AMAN" in city.budi.got[0]


@pytest.mark.parametrize("words", ["AMAN", "saya sudah aman pak", "AMAN 1234"])
def test_a_phone_without_a_pin_reads_cancelled_and_hears_no_more_while_others_decide(
    city: Pontianak, words: str
) -> None:
    city.budi.texts("TOLONG")
    city.forward(2)
    city.budi.texts(words)
    code = city.incident.code
    assert f"panggilan {code} dibatalkan, terima kasih" in city.budi.last_text
    seen = list(city.budi.got)

    assert city.incident.state == incidents.OPEN
    officer = city.of_barat[0]
    officer.expects_text(code, "tak punya PIN", "jangan hubungi")
    city.desk_barat.expects_text(code, "tak punya PIN", "putuskan")
    city.forward(40)  # the next wave is asked all the same
    assert city.asked(2)
    officer.texts(f"OK {code}").texts(f"TIBA {code}")
    city.forward(5)
    assert city.incident.state == incidents.ON_SCENE
    officer.texts(f"SELESAI {code}")
    assert city.budi.got == seen
    assert city.budi.calls == []


def test_of_a_quiet_call_without_a_pin_nothing_is_shown(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM")
    city.budi.texts("AMAN")
    city.forward(5)
    assert city.budi.untouched
    assert not city.incident.closed


def test_a_bare_no_of_somebody_without_a_pin_dismisses_nobody(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.budi.texts("BUKAN")
    assert "tetap TERBUKA" in city.budi.last_text
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.budi.expects_text("menyatakan akan datang")


def test_the_menu_asks_no_pin_of_whoever_has_none(city: Pontianak) -> None:
    city.budi.dials("*110#")
    city.budi.replies("7")  # what is theirs; it offers to change a PIN
    screens = [city.budi.replies("1")]
    assert "kantor polisi" in screens[-1]
    city.budi.dials("*110#")
    city.budi.replies("7")
    assert "dibuat di kantor polisi" in city.budi.replies("2")
    city.budi.texts("TOLONG")
    screens += [city.budi.dials("*110#"), city.budi.replies("3")]
    assert "Ketik 1 untuk membatalkan" in screens[-1]
    screens.append(city.budi.replies("1"))
    assert "dibatalkan, terima kasih" in screens[-1]
    assert not any("PIN" in screen for screen in screens)
    assert city.incident.view.dismissed
    assert not city.incident.closed


def test_who_has_a_pin_is_asked_for_it(city: Pontianak, dina: Phone) -> None:
    dina.texts("TOLONG").texts("AMAN")
    assert dina.dials("*110#")
    assert "Ketik PIN Anda" in dina.replies("3")
    assert "AMAN <PIN>" in dina.got[0]
    assert "AMAN <PIN>" in dina.last_text
    assert not city.incident.view.dismissed


# --- who holds it ---------------------------------------------------------------------------------------------------


def clicks(city: Pontianak, unit: Unit | None) -> None:
    """Siti, of this unit's desk or of none, clicks that she takes the incident."""
    name = unit.name if unit is not None else ""
    siti = Identity(1, "Siti", "desk", unit.id if unit is not None else None, name, "Asia/Pontianak", "id", 0, None)
    with city.open() as uow:
        desk_actions.act(uow, siti, incidents.lock(uow.db, city.incident.id), "take", {})
    city.settle()


@pytest.mark.parametrize("of_a_unit", [True, False])
def test_a_desks_yes_names_the_user_and_the_unit_that_holds_the_call_with_its_number(
    city: Pontianak, of_a_unit: bool
) -> None:
    city.budi.texts("TOLONG")
    clicks(city, city.polda if of_a_unit else None)
    city.budi.expects_text("piket Polda Kalbar (Siti) memegang panggilan Anda", "Tel 0561700001")
    with city.open() as uow:
        lines = events.of_incident(uow.db, city.incident.id)
    assert [line.who for line in lines if line.kind == "accepted"] == ["Polda Kalbar (Siti)"]
    city.forward(61)
    city.budi.texts("TOLONG")
    assert "Polda Kalbar (Siti)" in city.budi.last_text
    assert "Tel 0561700001" in city.budi.last_text


def test_a_desks_yes_by_text_names_its_own_number(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.desk_barat.texts(f"OK {city.incident.code}")
    city.budi.expects_text("piket Polsek Barat memegang panggilan Anda", "Tel 0561700003")


# --- what an alert says ---------------------------------------------------------------------------------------------


def test_of_a_quiet_call_an_alert_says_the_kind_only_and_the_words_follow_a_yes(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM ada maling di dapur")
    officer = city.of_barat[0]
    alert = officer.expects_text("JANGAN TELP/SMS", "KEJAHATAN")
    assert "maling" not in alert
    call = officer.expects_call("Kejahatan.").answers()
    assert "maling" not in call.said
    officer.texts("OK")
    officer.expects_text("dari warga", "maling di dapur")


def test_a_call_says_the_kind_before_a_key_and_nothing_of_the_citizen(city: Pontianak) -> None:
    city.budi.texts("TOLONG ada maling di dapur")
    call = city.of_barat[0].expects_call("Kejahatan.").answers()
    for secret in ("maling", "Budi", "tiga, sembilan"):
        assert secret not in call.said
