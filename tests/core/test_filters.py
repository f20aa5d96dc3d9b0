"""What operators block, and that alerts pass it with all that an officer needs."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.filters import OPEN, PROFILES
from gateway.core.incident_kinds import IncidentKind
from gateway.core.languages import CODES
from gateway.core.line_abilities import HERE, ReplyPath, ReplyWay
from gateway.core.places.neighbourhood import Surroundings
from gateway.core.sentences.alert_text import AlertFacts, alert_text
from gateway.core.sentences.bundle_text import bundle_text
from gateway.core.sentences.longest import LONGEST
from gateway.core.sentences.phrases import sms
from gateway.core.sentences.replying import Passage, by_line
from gateway.core.sentences.segments import fits
from gateway.core.words.answers import Reply
from gateway.core.words.reading import read

INDONESIA = PROFILES["indonesia"]


@pytest.mark.parametrize(
    ("text", "offences", "passing"),
    [
        ("Balas AMAN <PIN>", ["PIN"], "Balas AMAN <P-IN>"),
        ("telp 081234567890", ["081234567890"], "telp 081 234 567 890"),
        ("di https://maps.google.com/?q=-0.02,109.34 ya", ["https://maps.google.com/?q=-0.02,109.34"], "di ya"),
        ("www.siaga.example", ["www.siaga.example"], ""),
        ("Selamat Dana, Jl Juta", ["Selamat", "Dana", "Juta"], "S-elamat D-ana, Jl J-uta"),
        ("-0.0334,109.3412", ["0334", "3412"], "-0.033,109.341"),
        ("keselamatan, danau, 14:32, K7Q, 110, 150m", [], "keselamatan, danau, 14:32, K7Q, 110, 150m"),
        ("kode verifikasi 12", ["kode verifikasi"], "k-ode verifikasi 12"),
    ],
)
def test_what_indonesian_operators_block_and_how_it_passes(text: str, offences: list[str], passing: str) -> None:
    assert INDONESIA.offences(text) == offences
    assert INDONESIA.passing(text) == passing
    assert INDONESIA.offences(passing) == []


def test_an_open_line_takes_every_text_as_it_is() -> None:
    assert OPEN.passing("PIN 081234567890 https://a.example") == "PIN 081234567890 https://a.example"
    assert OPEN.offences("PIN 081234567890 https://a.example") == []


def test_a_line_may_only_block_links() -> None:
    assert PROFILES["links"].passing("081234567890 https://a.example") == "081234567890"


NAMES = ("Budi Santoso", "Selamat Riyadi", "Siti", "Muhammad Taufik Hidayatullah", "Dana Juta", "Hj. Nur Aini 1987")
PLACES = (
    "Jl Gusti Situt Mahmud 1024, Kel Siantan Hulu",
    "Kelurahan Benua Melayu Darat",
    "Gg Selamat 2, belakang SDN 12345",
    "Pasar Dana",
    "300 m di barat Masjid Mujahidin, Sungai Jawi",
)
WORDS = ("", "tolong ada maling di rumah nomor 12345", "PIN saya 998877 www.tipu.example", "kebakaran")
ANSWERS = (
    HERE,
    ReplyPath(ReplyWay.TEXT, "+6281255550100"),
    ReplyPath(ReplyWay.RING, "+6256100110"),
    ReplyPath(ReplyWay.KEY),
    ReplyPath(ReplyWay.NONE),
)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def made_up(chance: random.Random) -> AlertFacts:
    """Facts as they happen, from a seed."""
    placed = chance.random() < 0.8
    return AlertFacts(
        code=chance.choice(LETTERS) + chance.choice("23456789") + chance.choice(LETTERS),
        at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(40_000)),
        timezone=chance.choice(("Asia/Pontianak", "Asia/Makassar")),
        name=chance.choice(NAMES),
        phone=f"+628{chance.randrange(10**8, 10**11)}",
        place=chance.choice(PLACES) if placed else None,
        around=Surroundings(chance.choice(("", "Kelurahan Siantan Hulu"))),
        distance_m=chance.choice((None, chance.random() * 20_000)),
        lat=chance.uniform(-3, 3),
        lon=chance.uniform(95, 141),
        source=chance.choice(("coordinates", "home", "cell", "place", "last_known")),
        age_seconds=chance.choice((None, chance.random() * 90_000)),
        radius_m=chance.choice((30, 150, 1500, 12_000)),
        drill=chance.random() < 0.1,
        repeat=chance.randrange(5),
        words=chance.choice(WORDS),
        kind=chance.choice(tuple(IncidentKind)),
        answer=chance.choice(ANSWERS),
    )


def test_ten_thousand_alerts_pass_in_indonesia_with_code_name_place_and_number() -> None:
    chance, wrong = random.Random(20261127), []
    for number in range(10_000):
        facts = made_up(chance)
        text = alert_text(facts, CODES[number % len(CODES)], INDONESIA)
        digits = "".join(char for char in text if char.isdigit())
        first = INDONESIA.passing(facts.name)[:4]
        kept = {
            "passes": not INDONESIA.offences(text),
            "one message": fits(text),
            "code": facts.code in text,
            "name": first in text,
            "number": str(facts.phone)[3:] in digits,
            "place": not facts.place or _place_in(text, facts),
        }
        wrong += [(text, what) for what, holds in kept.items() if not holds]
    assert wrong[:3] == []


def _place_in(text: str, facts: AlertFacts) -> bool:
    """Whether a word of the place stands in the text."""
    told = INDONESIA.passing(f"{facts.place} {facts.around.area}").replace("Kelurahan", "Kel").split()
    return any(word.strip(",.") in text for word in told if len(word) > 3)


def test_a_bundle_passes_too() -> None:
    chance = random.Random(7)
    several = [replace(made_up(chance), drill=False) for _ in range(4)]
    text = bundle_text(several, 4, "id", Passage(HERE, INDONESIA))
    assert INDONESIA.offences(text) == []
    assert fits(text)
    assert all(facts.code in text for facts in several)


@pytest.mark.parametrize("key", ["citizen.received", "officer.accepted_you_lead", "desk.unclear", "citizen.ask_place"])
def test_a_sentence_passes_on_the_line_that_blocks_and_stays_as_it_is_on_the_other(key: str) -> None:
    said = sms(key, "id", **LONGEST)
    words = by_line(said, {"kannel": Passage(HERE, INDONESIA), "smsgate": Passage(HERE)})
    assert words == {} or words["smsgate"] == said
    assert INDONESIA.offences(words.get("kannel", said)) == []


@pytest.mark.parametrize("word", ["7391", "0000", "1000", "0159"])
@pytest.mark.parametrize("answer", ["OK {}", "OK K7Q {}", "ok k7q {}."])
def test_a_word_of_ours_that_left_in_groups_comes_back_as_itself(word: str, answer: str) -> None:
    """On such a line "OK 7391" leaves as "OK 739 1", and people send back what they read."""
    sent = PROFILES["indonesia"].passing(answer.format(word))
    assert word not in sent
    said = read(sent, codes=["K7Q"]).whole_answer
    assert said is not None
    assert (said.reply, said.secret) == (Reply.ACCEPT, word)


@pytest.mark.parametrize(("text", "minutes"), [("OTW 15", 15), ("OTW K7Q 30", 30)])
def test_minutes_are_no_word_of_ours(text: str, minutes: int) -> None:
    said = read(text, codes=["K7Q"]).whole_answer
    assert said is not None
    assert (said.minutes, said.secret) == (minutes, None)
