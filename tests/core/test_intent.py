"""The table that decides what a text is taken for: each row by an example, and that the order matters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.intent import Intent, decide
from gateway.core.intent.besides import BESIDES, Also
from gateway.core.intent.facts import AskedFor, Case, LastSaid, OpenFacts, Sender, Standing
from gateway.core.intent.table import TABLE, Kind
from gateway.core.words.reading import read

BUDI, RINA, PIKET = Sender(citizen=True), Sender(officer=True), Sender(desk=True)
RINA_AT_HOME, ANI = Sender(officer=True, citizen=True), Sender(citizen=True, volunteer=True)
UNKNOWN, MACHINE = Sender(), Sender(machine=True)
NOTHING, OPEN = OpenFacts(), OpenFacts(own=True, believed=True)
DISMISSED = OpenFacts(own=True)  # open, but the phone believes that it was cancelled
ASKED, LEADS = OpenFacts(duties=(AskedFor("K7Q"),)), OpenFacts(duties=(AskedFor("K7Q", Standing.ACCEPTED),))
ASKED_BACK = OpenFacts(asked_back=True, asked_lately=True)  # an uncertain call of theirs is open
SETTLED = OpenFacts(asked_lately=True)  # somebody has settled it
CLOSED = OpenFacts(closed_lately=True)
UNPROVEN = OpenFacts(closed_lately=True, closed_unproven=True)
WENT = OpenFacts(over=("K7Q",))  # accepted one that was closed just now
JUST_CLOSED = OpenFacts(closed_lately=True, just_closed=True)
CALLS = OpenFacts(desk_asked=True)  # uncertain calls wait at this desk
A_CALL = OpenFacts(desk_asked=True, names_call=True)
HELPS = OpenFacts(helps=("K7Q",))


@dataclass(frozen=True)
class Example:
    """A text in a situation, and what has to be decided."""

    row: str
    text: str
    sender: Sender
    open: OpenFacts = NOTHING
    also: tuple[Also, ...] = ()
    ours: tuple[str, ...] = ()  # our last texts to that phone

    def decide(self) -> Intent:
        """What the table says."""
        codes = [duty.code for duty in self.open.duties]
        return decide(Case(read(self.text, codes), self.sender, self.open, LastSaid(self.ours)))


CRY, OVERHEARD, DARK = (Also.CRY,), (Also.OVERHEARD,), (Also.KEEP_DARK,)
SIAP = "siap ndan, tolong ada yg masuk rumah saya"
EXAMPLES = [
    Example("machine", "TOLONG menang hadiah", MACHINE),
    Example("echo", "kirim  TOLONG atau\nDAFTAR", BUDI, ours=("Halo", "kirim TOLONG atau DAFTAR")),
    Example("changes PIN", "PIN 4711 8822", BUDI),
    Example("changes PIN", "PIN 4711", BUDI, OPEN),
    Example("own duty", "LEPAS", RINA, ASKED),
    Example("own duty", "POSISI Polsek Kota", RINA),
    Example("own duty", "HADIR", PIKET),
    Example("answer", "OK", RINA, ASKED),
    Example("answer", "OK K7Q", RINA, ASKED),
    Example("answer", "OKK7Q", RINA, ASKED),
    Example("answer", "SELESAI", PIKET, LEADS),
    Example("answer", "tiba di tkp, saya ditembak", RINA, LEADS),
    Example("answer", "OTW, tolong share lokasi", RINA, ASKED),
    Example("answer", SIAP, RINA, ASKED, CRY),
    Example("steps in", "OTW X9Y", RINA, OpenFacts(elsewhere=True)),
    Example("steps in", "OTW X9Y", RINA, OpenFacts(duties=(AskedFor("K7Q"),), elsewhere=True)),
    Example("steps in", "OTW X9Y, tolong saya ditembak", RINA, OpenFacts(elsewhere=True), CRY),
    Example("opens again", "BUKA K7Q", PIKET),
    Example("answers an uncertain call", "DARURAT K7Q", PIKET, A_CALL),
    Example("answers an uncertain call", "BUKAN K7Q", PIKET, A_CALL),
    Example("answers an uncertain call", "OK K7Q", RINA, OpenFacts(names_call=True)),
    Example("answers which call", "OK", PIKET, CALLS),
    Example("answers which call", "DARURAT", PIKET, CALLS),
    Example("answers which call", "bukan pak", PIKET, CALLS),
    Example("panic", "TOLONG", PIKET, CALLS),
    Example("answer to nothing", "OTW", RINA),
    Example("answer to nothing", "OK X9Y", RINA, ASKED),
    Example("answer to nothing", "OK", PIKET),
    Example("hands over", "SERAH Joko", RINA, LEADS),
    Example("hands over", "serahkan K7Q bripka joko", RINA, LEADS),
    Example("officer's words", "serah terima piket jam 8", RINA, LEADS),
    Example("words for a citizen", "bu kami di depan pagar", RINA, LEADS),
    Example("words for a citizen", "WARGA kami di depan pagar", RINA, ASKED),
    Example("words for a citizen", "pak dompetnya kami bawa", RINA, WENT),
    Example("officer's words", "bu kami di depan pagar", RINA, ASKED),
    Example("officer's words", "pak kapolsek mohon arahan", RINA, LEADS),
    Example("answer", "bu kami tiba di depan pagar", RINA, LEADS),
    Example("panic", "pak TOLONG saya ditembak", RINA, LEADS),
    Example("officer's words", "macet sekali di jembatan ndan", RINA),
    Example("officer's words", "macet sekali di jembatan ndan", RINA_AT_HOME, ASKED),
    Example("officer's words", "pelaku lari ke jl ampera bawa pisau", RINA, LEADS),
    Example("volunteer's answer", "ya", ANI, HELPS),
    Example("volunteer's answer", "TOLAK K7Q", ANI, OpenFacts(asked_back=True, helps=("K7Q",))),
    Example("application", "DAFTAR Budi#6171014112900001#Jl A", UNKNOWN),
    Example("application", "DAFTAR Budi#6171014112900001#Jl A", BUDI, OPEN),
    Example("leaves", "BATAL DAFTAR 1234", BUDI),
    Example("asks how", "INFO", UNKNOWN),
    Example("report while open", "LAPOR lampu jalan mati", BUDI, OPEN),
    Example("report", "LAPOR lampu jalan mati", UNKNOWN),
    Example("report", "LAPOR lampu jalan mati", BUDI, DISMISSED, OVERHEARD),
    Example("unknown number asks for quiet", "jgn telp, dia ada d rumah", UNKNOWN, also=DARK),
    Example("unknown number asks for quiet", "DIAM", UNKNOWN, also=DARK),
    Example("not listed", "TOLONG", UNKNOWN),
    Example("not listed", "AMAN 1234", UNKNOWN, DISMISSED, OVERHEARD),
    Example("panic", "TOLONG", BUDI),
    Example("panic", "TOLONG", UNKNOWN, OPEN),  # suspended since; the incident runs
    Example("panic", "BANTUAN saya ditembak", RINA, ASKED),
    Example("panic", SIAP, RINA),
    Example("panic", "ya, tolong", RINA, ASKED),
    Example("panic", "LAPOR saya dibegal", BUDI),
    Example("panic", "OK, tolong ada maling", ANI, HELPS),
    Example("not safe yet", "BELUM", BUDI, UNPROVEN),
    Example("not safe yet", "belum aman pak", RINA, UNPROVEN),
    Example("confirmation", "YA", BUDI, ASKED_BACK),
    Example("confirmation", "ya pak", RINA, ASKED_BACK),
    Example("confirmation", "y cpt", BUDI, SETTLED),
    Example("a no while open", "bukan", BUDI, OPEN),
    Example("an old no", "bukan pak", BUDI, replace(ASKED_BACK, before_question=True)),
    Example("a no", "bukan pak", BUDI, ASKED_BACK),
    Example("a no", "salah kirim", BUDI, ASKED_BACK),
    Example("after the closing", "makasih pak", BUDI, CLOSED),
    Example("after the closing", "sudah aman", BUDI, CLOSED),
    Example("after the closing", "tidak", BUDI, CLOSED),
    Example("writes on", "hmm di belakang", BUDI, ASKED_BACK),
    Example("writes on", "", BUDI, ASKED_BACK),
    Example("answer to no question", "YA", BUDI),
    Example("answer to no question", "tidak", BUDI),
    Example("needs nobody", "selamat pagi pak", BUDI),
    Example("wants no texts", "STOP", BUDI, ASKED_BACK),
    Example("wants no texts", "berhenti", RINA, ASKED),
    Example("wants no texts", "STOP", UNKNOWN),
    Example("needs nobody", "selamat pagi pak", BUDI, DISMISSED, OVERHEARD),
    Example("quiet while open", "DIAM", BUDI, OPEN),
    Example("quiet with nothing open", "DIAM", BUDI, also=DARK),
    Example("quiet with nothing open", "DIAM", BUDI, DISMISSED, DARK + OVERHEARD),
    Example("says to be safe", "AMAN 1234", BUDI, OPEN),
    Example("says to be safe", "AMAN 1234", BUDI),
    Example("place while open", "LOKASI pasar flamboyan", BUDI, OPEN),
    Example("place with nothing open", "LOKASI pasar flamboyan", BUDI),
    Example("place with nothing open", "LOKASI pasar flamboyan", BUDI, DISMISSED, OVERHEARD),
    Example("words while open", "pelakunya lari ke gang belakang", BUDI, OPEN),
    Example("words while open", "YA", BUDI, OPEN),
    Example("unclear", "besok jadi ke rumah nggak", BUDI),
    Example("unclear", "besok jadi ke rumah nggak", RINA_AT_HOME),
    Example("unclear", "besok jadi", BUDI, DISMISSED, OVERHEARD),
    Example("unclear", "kunci saya tertinggal di mobil", BUDI, JUST_CLOSED, (Also.FOLLOW_UP,)),
    Example("after the closing", "terima kasih pak", BUDI, JUST_CLOSED),
    Example("unclear", "", BUDI),
    Example("unclear", "tidak bisa bicara", BUDI, also=DARK),
    Example("words while open", "jgn bls, dia dgr", BUDI, OPEN, DARK),
    Example("officer's words", "jgn telp saya dulu ndan", RINA, ASKED),
    Example("unclear", "bukan", BUDI, SETTLED),
    Example("unclear", "dia ke sini lagi", BUDI, CLOSED),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.row}: {example.text}")
def test_each_text_is_taken_by_the_row_that_the_table_means_for_it(example: Example) -> None:
    intent = example.decide()
    assert intent.row.name == example.row
    assert tuple(extra.also for extra in intent.also) == example.also


def test_every_row_has_an_example_a_name_of_its_own_and_a_sentence() -> None:
    names = [row.name for row in TABLE]
    assert len(set(names)) == len(names)
    assert {example.row for example in EXAMPLES} == set(names)
    assert {also for example in EXAMPLES for also in example.also} == {extra.also for extra in BESIDES} == set(Also)
    assert [row.name for row in (*TABLE,) if not row.reason.endswith(".")] == []
    assert [extra.also for extra in BESIDES if not extra.reason.endswith(".")] == []


def test_every_kind_of_intent_is_decided_by_a_row() -> None:
    assert {row.kind for row in TABLE} == set(Kind)


# The upper row and the lower one would both take the text: the order decides.
BOTH = [
    ("machine", "panic", "TOLONG", MACHINE, NOTHING),
    ("own duty", "answer", "HADIR", RINA, ASKED),
    ("answers which call", "answer", "OK", PIKET, OpenFacts(desk_asked=True, duties=(AskedFor("K7Q"),))),
    ("panic", "writes on", "TOLONG", BUDI, ASKED_BACK),
    ("a no", "says to be safe", "salah kirim", BUDI, ASKED_BACK),
    ("writes on", "needs nobody", "selamat pagi pak", BUDI, ASKED_BACK),
    ("writes on", "unclear", "hmm", BUDI, ASKED_BACK),
    ("answer", "volunteer's answer", "OK", Sender(officer=True, citizen=True, volunteer=True), OpenFacts(
        duties=(AskedFor("K7Q"),), helps=("X9Y",))),
    ("answer", "panic", SIAP, RINA, ASKED),
    ("answer to nothing", "officer's words", "OTW", RINA, NOTHING),
    ("volunteer's answer", "answer to no question", "ya", ANI, HELPS),
    ("report while open", "report", "LAPOR lampu jalan mati", BUDI, OPEN),
    ("report", "not listed", "LAPOR lampu jalan mati", UNKNOWN, NOTHING),
    ("not listed", "panic", "TOLONG", UNKNOWN, NOTHING),
    ("quiet while open", "words while open", "DIAM", BUDI, OPEN),
    ("place while open", "words while open", "LOKASI pasar flamboyan", BUDI, OPEN),
    ("words while open", "unclear", "hmm", BUDI, OPEN),
]  # fmt: skip


@pytest.mark.parametrize(("upper", "lower", "text", "sender", "open_facts"), BOTH)
def test_where_two_rows_would_take_a_text_the_upper_one_does(
    upper: str, lower: str, text: str, sender: Sender, open_facts: OpenFacts
) -> None:
    case = Case(read(text, [duty.code for duty in open_facts.duties]), sender, open_facts)
    names = [row.name for row in TABLE]
    assert names.index(upper) < names.index(lower)
    assert decide(case).row.name == upper
    (row,) = [row for row in TABLE if row.name == lower]
    assert row.who.fits(case)
    assert row.when(case)


FACTS = st.builds(
    OpenFacts,
    own=st.booleans(),
    believed=st.booleans(),
    asked_back=st.booleans(),
    asked_lately=st.booleans(),
    closed_lately=st.booleans(),
    names_call=st.booleans(),
    desk_asked=st.booleans(),
    duties=st.lists(st.builds(AskedFor, st.just("K7Q"), st.sampled_from(Standing)), max_size=1).map(tuple),
    elsewhere=st.booleans(),
    helps=st.lists(st.just("X9Y"), max_size=1).map(tuple),
)
SENDERS = st.builds(
    Sender, citizen=st.booleans(), officer=st.booleans(), desk=st.booleans(), volunteer=st.booleans()
)  # fmt: skip
ANY_TEXT = st.sampled_from([example.text for example in EXAMPLES]) | st.text(max_size=80)


@given(ANY_TEXT, SENDERS, FACTS)
def test_any_text_of_anybody_is_decided(text: str, sender: Sender, facts: OpenFacts) -> None:
    assert decide(Case(read(text, ["K7Q"]), sender, facts)).row in TABLE


@given(ANY_TEXT, SENDERS, FACTS)
def test_no_other_intent_swallows_a_cry_of_somebody_on_a_list(text: str, sender: Sender, facts: OpenFacts) -> None:
    """An officer's answer may hold a crime that is no cry; whatever holds the word of a cry and is a panic opens."""
    case = Case(read(text, ["K7Q"]), sender, facts)
    intent = decide(case)
    if case.reading.cries_beside and sender.officer:
        assert intent.kind is Kind.PANIC or Also.CRY in [extra.also for extra in intent.also]
