"""Who is told what while the database is away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.core.confidants import Asker, Home, Other
from gateway.core.outage import (
    AUDIENCES,
    DARK,
    Audience,
    Case,
    Channel,
    Cry,
    Dark,
    Helper,
    PhoneThen,
    Said,
    Station,
    audience,
    dark,
    helpers,
    hides,
    holds_pin,
    hushes,
    said,
    said_in_menu,
)
from gateway.core.outage_text import OutageFacts, outage_text
from gateway.core.reachability import PhoneFacts, Question
from gateway.core.sentences import menu
from gateway.core.sentences.segments import fits
from gateway.core.words.reading import read

BOTH, DESK, NOBODY = Audience.DESK_AND_OFFICERS, Audience.DESK, Audience.NOBODY


@pytest.mark.parametrize(
    ("case", "asked"),
    [
        (Case(Said.PANIC), BOTH),
        (Case(Said.PANIC, desk_first=True), DESK),
        (Case(Said.UNCLEAR), DESK),
        (Case(Said.UNCLEAR, desk_first=True), DESK),
        (Case(Said.OTHER), NOBODY),
        (Case(Said.PANIC, verified=False), DESK),
        (Case(Said.UNCLEAR, verified=False), NOBODY),
        (Case(Said.OTHER, verified=False), NOBODY),
        (Case(Said.PANIC, calls=True), BOTH),
        (Case(Said.PANIC, calls=True, verified=False), NOBODY),
        (Case(Said.PANIC, calls=True, was_asked=True), NOBODY),
        (Case(Said.PANIC, was_asked=True), BOTH),  # an officer who was asked cries themselves
        (Case(Said.PANIC, machine=True), NOBODY),
    ],
)
def test_who_is_asked(case: Case, asked: Audience) -> None:
    assert audience(case) is asked


def test_every_row_has_a_reason() -> None:
    assert all(reason.endswith(".") for _, _, reason in AUDIENCES)


@pytest.mark.parametrize(
    ("words", "officer", "what"),
    [
        ("TOLONG", False, Said.PANIC),
        ("TOLONG DIAM", False, Said.PANIC),
        ("DIAM", False, Said.UNCLEAR),
        ("pak saya mau tanya soal tadi", False, Said.UNCLEAR),
        ("", False, Said.UNCLEAR),
        ("AMAN 1234", False, Said.OTHER),
        ("selamat pagi pak", False, Said.OTHER),
        ("OK K7Q", True, Said.OTHER),
        ("siap", True, Said.OTHER),
        ("laporan nihil", True, Said.OTHER),
        ("TOLONG saya ditembak", True, Said.PANIC),
    ],
)
def test_what_a_text_says(words: str, officer: bool, what: Said) -> None:
    assert said(read(words), officer) is what


@pytest.mark.parametrize(
    ("typed", "root", "what"),
    [
        ("1", menu.CITIZEN, Said.PANIC),
        ("1*1", menu.CITIZEN, Said.PANIC),
        ("", menu.CITIZEN, Said.OTHER),
        ("2", menu.CITIZEN, Said.OTHER),
        ("3*1234", menu.CITIZEN, Said.OTHER),
        ("2*0*1", menu.CITIZEN, Said.PANIC),
        ("1", menu.OFFICER, Said.PANIC),
        ("1", menu.STRANGER, Said.OTHER),
    ],
)
def test_what_is_said_in_a_menu(typed: str, root: str, what: Said) -> None:
    assert said_in_menu(typed, root) is what


@pytest.mark.parametrize(
    ("channel", "body", "holds"),
    [
        (Channel.TEXT, "AMAN 1234", True),
        (Channel.TEXT, "1234", True),
        (Channel.TEXT, "PIN 1234 5678", True),
        (Channel.TEXT, "TOLONG", False),
        (Channel.USSD, "3*1234", True),
        (Channel.USSD, "7*2*1234*5678", True),
        (Channel.USSD, "1*2", False),
    ],
)
def test_a_pin_is_a_pin_whichever_it_is(channel: Channel, body: str, holds: bool) -> None:
    assert holds_pin(channel, body) is holds
    assert hushes(Cry(channel, "+62", body), read(body)) is holds


@pytest.mark.parametrize("words", ["DIAM", "TOLONG DIAM", "tolong jangan telpon"])
def test_a_quiet_word_keeps_the_phone_dark(words: str) -> None:
    assert hushes(Cry(Channel.TEXT, "+62", words), read(words))


@pytest.mark.parametrize(
    ("phone", "why"),
    [
        (PhoneThen(), None),
        (PhoneThen(age=None), Dark.OLD_SNAPSHOT),
        (PhoneThen(age=timedelta(minutes=59)), None),
        (PhoneThen(age=timedelta(minutes=61)), Dark.OLD_SNAPSHOT),
        (PhoneThen(PhoneFacts(quiet_number=True)), Dark.REACH),
        (PhoneThen(PhoneFacts(quiet=True)), Dark.REACH),
        (PhoneThen(PhoneFacts(duress=True)), Dark.REACH),
        (PhoneThen(PhoneFacts(question=Question.NOT_ANSWERED)), Dark.REACH),
        (PhoneThen(hushed_since=True), Dark.SINCE),
        (PhoneThen(pin_ago=timedelta(hours=11)), Dark.PIN),
        (PhoneThen(pin_ago=timedelta(hours=13)), None),
        (PhoneThen(wrote_before=True), Dark.WROTE_BEFORE),
    ],
)
def test_which_phone_stays_dark(phone: PhoneThen, why: Dark | None) -> None:
    assert dark(phone) is why
    assert hides(phone) is (why is not None)


def test_a_phone_that_must_not_be_rung_may_be_answered_but_its_number_is_not_told() -> None:
    phone = PhoneThen(PhoneFacts(ring_back=False))
    assert dark(phone) is None
    assert hides(phone)
    assert {why for why, _ in DARK} == set(Dark)


# --- whom -------------------------------------------------------------------------------------------------------------

HOME = (-0.02, 109.30)
HUSBAND = Other(frozenset({"+62811"}), Home("jalan ampera 12"))


def officer(n: int, away: float, *, unit: int = 2, free: bool = True, other: Other | None = None) -> Helper:
    phone = f"+6281{n}"
    who = (other or Other(frozenset({phone})),)
    return Helper(phone, "id", unit, place=(HOME[0] - away, HOME[1]), others=who, free=free)


def desk(unit: int, *others: Other) -> Helper:
    return Helper(f"+6256{unit}", "id", unit, others=(Other(frozenset({f"+6256{unit}"})), *others), is_desk=True)


def stations(*, second: Helper | None = None) -> dict[int, Station]:
    return {
        1: Station(1, "Polres", "polres", None, None, desk(1)),
        2: Station(2, "Polsek", "polsek", 1, HOME, second or desk(2)),
        3: Station(3, "RSUD", "hospital", None, HOME, desk(3)),
    }


def asked(asker: Asker, crowd: list[Helper], who: Audience = BOTH, **more: Helper) -> list[str]:
    return [one.phone for one in helpers(who, asker, 2, HOME, stations(**more), crowd)]


def test_the_desk_and_the_nearest_three_who_are_free() -> None:
    crowd = [officer(1, 0.4), officer(2, 0.1, free=False), officer(3, 0.2), officer(4, 0.3), officer(5, 0.0, unit=1)]
    assert asked(Asker(), crowd) == ["+62562", "+62813", "+62814", "+62811"]
    assert asked(Asker(), crowd, DESK) == ["+62562"]
    assert asked(Asker(), crowd, NOBODY) == []


def test_who_must_not_know_is_left_out_and_the_next_one_asked() -> None:
    crowd = [officer(1, 0.0, other=HUSBAND), *(officer(n, n / 10) for n in (2, 3, 4))]
    for asker in (Asker(frozenset({"+62811"})), Asker(home=Home("jalan ampera 12"))):
        assert asked(asker, crowd) == ["+62562", "+62812", "+62813", "+62814"]
        assert asked(asker, crowd, second=desk(2, HUSBAND))[0] == "+62561"


def test_a_unit_without_anybody_on_duty_gets_the_nearest_of_all_and_no_ambulance() -> None:
    crowd = [officer(1, 0.1, unit=3), officer(2, 0.2, unit=1)]
    assert asked(Asker(), crowd) == ["+62562", "+62812"]
    assert [one.phone for one in helpers(BOTH, Asker(), None, None, stations(), crowd)] == ["+62561", "+62812"]


# --- what they read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["id", "en", "sw"])
@pytest.mark.parametrize("what", [Said.PANIC, Said.UNCLEAR])
@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("words", ["", "ada maling bawa parang di depan rumah " * 5])
def test_every_alert_is_one_segment_and_a_dark_one_tells_neither_number_nor_words(
    language: str, what: Said, hidden: bool, words: str
) -> None:
    name = "Muhammad Taufik Hidayatullah Siregar"
    facts = OutageFacts(what, "+6281390000001", name, words, "K7Q2", (-10.0, 109.3412), "Polsek", hidden)
    text = outage_text(facts, language)
    assert fits(text)
    assert text.endswith("OK K7Q2")
    assert ("0813" not in text and "maling" not in text) is hidden or not words


def test_where_the_senders_id_takes_no_answer_the_number_to_answer_to_is_told() -> None:
    facts = OutageFacts(Said.PANIC, "+6281390000001", "Budi", "", "K7Q2", reply_to="+6281234567890")
    assert outage_text(facts, "id").endswith("Balas OK K7Q2 ke 081234567890")


@pytest.mark.parametrize("hidden", [False, True])
def test_an_unknown_number_has_no_code(hidden: bool) -> None:
    text = outage_text(OutageFacts(Said.PANIC, "+6281390000001", words="tolong " * 60, hidden=hidden), "id")
    assert fits(text)
    assert "tidak terdaftar" in text
    assert "OK" not in text
