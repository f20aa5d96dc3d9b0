"""Many units on one installation: a number, a keyword and a sender of its own for each."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway import sms
from gateway.core.messages import Outcome, Sent, TextIn, TextOut
from gateway.identity.users import Identity
from gateway.models.citizen import Citizen
from gateway.models.place import Place
from gateway.models.unit import Unit
from gateway.monitor import unread
from gateway.register import unit_contact
from gateway.register.imports.lookup import Reach
from gateway.register.unit_contact import BadContact, Contact

DEWI, OUR_NUMBER = "+6281390000051", "+62561799001"
NIK = "6171014112900001"


def has_contact(city: Pontianak, unit: Unit, **told: object) -> None:
    with city.open() as uow:
        unit_contact.change(uow, uow.db.get_one(Unit, unit.id), Contact(**told), "Admin")  # type: ignore[arg-type]


def waiting_at(city: Pontianak, unit: Unit) -> list[str]:
    """What a user of this unit alone finds waiting on the monitor."""
    who = Identity(1, "Siti", "desk", unit.id, unit.name, "Asia/Pontianak", "id", 1, frozenset({unit.id}))
    with city.open() as uow:
        return [text.words for text in unread.waiting(uow, who)]


def senders_to(city: Pontianak, phone: Phone) -> set[str]:
    return {text.other for text in city.handsets.texts(phone.number) if text.direction == "in"}


# --- the keyword ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["PTB ada ribut di pasar flamboyan", "ptb: ada ribut di pasar flamboyan"])
def test_an_unknown_numbers_text_with_a_keyword_goes_to_that_units_desk(city: Pontianak, words: str) -> None:
    """Also where its words name a place of another unit: it chose whom to write to. The keyword is taken off."""
    has_contact(city, city.barat, keyword="PTKC")
    has_contact(city, city.barat, keyword="PTB")
    with city.open() as uow:
        uow.db.add(Place(name="Pasar Flamboyan", lat=-0.03, lon=109.34, radius_m=200, unit_id=city.kota.id))
    city.phone(DEWI).texts(words)
    assert waiting_at(city, city.barat) == ["ada ribut di pasar flamboyan"]
    assert waiting_at(city, city.kota) == []
    city.phone("+6281390000052").texts("ptkc ada ribut di pasar flamboyan")  # nobody's any more
    assert waiting_at(city, city.kota) == ["ptkc ada ribut di pasar flamboyan"]


def test_a_keyword_goes_before_the_number_that_was_written_to(city: Pontianak) -> None:
    has_contact(city, city.barat, numbers=(OUR_NUMBER,))
    has_contact(city, city.kota, keyword="KTX")
    for at, words in enumerate(("KTX lampu jalan mati", "lampu jalan mati")):
        with city.open() as uow:
            sms.receive(uow, TextIn("simulator", f"w{at}", f"{DEWI}{at}", "0561 799001", words))
    assert waiting_at(city, city.kota) == waiting_at(city, city.barat) == ["lampu jalan mati"]


def test_a_panic_an_answer_and_a_pin_are_read_behind_a_keyword(city: Pontianak) -> None:
    """Where they live decides who comes, whatever keyword a frightened person writes."""
    has_contact(city, city.kota, keyword="KTX")
    city.budi.texts("KTX TOLONG DIAM")
    assert city.incident.quiet
    assert city.incident.unit_id == city.barat.id
    officer = city.of_barat[0].texts(f"ktx ok {city.incident.code}")
    officer.expects_text("MEMIMPIN")
    assert city.budi.untouched


def test_a_panic_word_is_never_taken_for_a_keyword(city: Pontianak) -> None:
    """Not even if it stands in the table: the lists grow, and a table can be edited by hand."""
    with city.open() as uow:
        uow.db.get_one(Unit, city.kota.id).keyword = "TOLONG"
    city.budi.texts("TOLONG bu")
    assert city.incident.unit_id == city.barat.id


def test_an_applicant_is_sent_to_the_unit_that_they_wrote_to(city: Pontianak) -> None:
    has_contact(city, city.kota, keyword="KTX")
    dewi = city.phone(DEWI).texts(f"KTX DAFTAR Dewi Lestari#{NIK}#Gang Kenanga 17")
    dewi.expects_text("Polsek Kota")
    with city.open() as uow:
        (filed,) = uow.db.scalars(select(Citizen).where(Citizen.phone == DEWI))
        assert filed.unit_id == city.kota.id


# --- the sender -------------------------------------------------------------------------------------------------------


def test_texts_to_a_units_people_leave_from_its_sender_and_from_that_above_where_it_has_none(city: Pontianak) -> None:
    has_contact(city, city.polres, numbers=(OUR_NUMBER,), sender=OUR_NUMBER)
    has_contact(city, city.kota, numbers=("+62561799002",), sender="+62561799002")
    city.budi.texts("TOLONG ada maling")
    city.forward(65)  # the neighbours of Kota are asked as well
    assert senders_to(city, city.budi) == senders_to(city, city.of_barat[0]) == {OUR_NUMBER}
    assert senders_to(city, city.of_kota[0]) <= {"+62561799002"}
    assert "+62561799002" in senders_to(city, city.desk_kota) | senders_to(city, city.of_kota[0])
    stranger = city.phone(DEWI).texts("halo")
    assert senders_to(city, stranger) == {"+6256100110"}  # the line's own


def test_a_name_is_no_sender_of_a_text_that_asks_for_an_answer(city: Pontianak) -> None:
    has_contact(city, city.barat, sender="POLRES PTK")
    city.budi.texts("TOLONG ada maling")
    assert senders_to(city, city.of_barat[0]) == {"+6256100110"}


def test_what_is_refused_from_a_units_sender_leaves_from_the_lines_own(
    city: Pontianak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender that was written down wrong must not cost an alert."""
    has_contact(city, city.barat, numbers=(OUR_NUMBER,), sender=OUR_NUMBER)
    line = city.house.lines.named("simulator")
    send = line.send_texts  # type: ignore[union-attr]

    def picky(texts: Sequence[TextOut]) -> Sequence[Sent]:
        wrong = Sent(Outcome.PERMANENT, code="InvalidSenderId")
        return [wrong for _ in texts] if texts[0].sender else list(send(texts))

    monkeypatch.setattr(line, "send_texts", picky)
    city.budi.texts("TOLONG ada maling")
    city.of_barat[0].expects_text("081390000001")
    assert senders_to(city, city.of_barat[0]) == {"+6256100110"}


# --- what may be written down -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"keyword": "SIAP"}, "keyword_word"),
        ({"keyword": "FLAMBOYAN"}, "keyword_word"),
        ({"keyword": "SAMUDRA"}, "keyword_word"),
        ({"keyword": "PT"}, "keyword_form"),
        ({"keyword": "ktx"}, "keyword_taken"),
        ({"sender": "POLRES PONTIANAK"}, "sender_form"),
        ({"sender": "12"}, "sender_form"),
        ({"numbers": (OUR_NUMBER,)}, "not_yours"),
    ],
)
def test_a_contact_that_would_mislead_somebody_is_refused(city: Pontianak, told: dict[str, object], why: str) -> None:
    has_contact(city, city.kota, numbers=(OUR_NUMBER,), keyword="KTX")
    with city.open() as uow:
        uow.db.add(Place(name="Flamboyan", aliases="pasar lama|samudra baru", lat=-0.03, lon=109.34, radius_m=200))
        uow.db.flush()
        unit = uow.db.get_one(Unit, city.barat.id)
        with pytest.raises(BadContact) as caught:
            unit_contact.change(uow, unit, Contact(**told), "Admin", Reach(frozenset({unit.id})))  # type: ignore[arg-type]
        assert [reason.key for reason in caught.value.reasons] == [why]
        assert unit_contact.of_unit(uow, unit) == Contact()
