"""Sentences in an operator's own words: what is let through, what is refused, and how it is measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gateway.core.languages import CODES
from gateway.core.sentences import editable, menu, phrases, wordings
from gateway.core.sentences.editable import Way, measure, plain, way_of
from gateway.core.sentences.longest import LONGEST, for_the_ear, on_screen
from gateway.core.sentences.segments import fits
from gateway.core.sentences.wordings import Doubt, Fault, Problem, advise, check

said = [(key, language) for language in CODES for key in editable.editable()]
RECEIVED = "POLISI: ({code}) kami terima {time}. Tel {station}. Aman? Balas AMAN <PIN>"


@pytest.fixture(autouse=True)
def catalogue_only() -> Iterator[None]:
    yield
    phrases.reword({})


def kinds(problems: list[Problem]) -> list[str]:
    return [problem.kind for problem in problems]


def test_the_catalogue_itself_is_let_through_as_it_stands() -> None:
    sentences = {(key, language): phrases.original(key, language) for key, language in said}
    assert [which for which, sentence in sentences.items() if check(*which, sentence)] == []
    assert {(key, language): plain(key, sentence) for (key, language), sentence in sentences.items()} == sentences
    doubts = {which: set(kinds(advise(*which, sentence))) for which, sentence in sentences.items()}
    assert {which: found for which, found in doubts.items() if not found <= {Doubt.SHORTENED}} == {}


@pytest.mark.parametrize(
    "key",
    [
        "console.skip", "alert.head", "ear.letters", "consent.text", "nik.birth", "voice.duress", "ussd_text.hushed",
        "ussd.told", "age.now", "brief.cell", "citizen.nonsense", "",
    ],
)  # fmt: skip
def test_what_is_parsed_composed_or_of_the_console_may_not_be_changed(key: str) -> None:
    assert way_of(key) is None
    assert kinds(check(key, "id", "kata")) == [Fault.UNKNOWN]


def test_a_language_that_is_none_of_ours_is_refused() -> None:
    assert kinds(check("citizen.received", "fr", RECEIVED)) == [Fault.UNKNOWN]


def test_own_words_with_the_same_facts_are_let_through() -> None:
    assert check("citizen.received", "id", RECEIVED) == []


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("citizen.received", " \n ", Problem(Fault.EMPTY)),
        ("citizen.received", "🆘", Problem(Fault.EMPTY)),
        ("citizen.received", RECEIVED + " {", Problem(Fault.BRACES)),
        ("citizen.received", RECEIVED.replace("{code}", "{code.__class__}"), Problem(Fault.BRACES)),
        ("citizen.received", RECEIVED.replace("{code}", "{code!r}"), Problem(Fault.BRACES)),
        ("citizen.received", RECEIVED.replace("{code}", "{}"), Problem(Fault.BRACES)),
        ("citizen.received", RECEIVED.replace("{time}", ""), Problem(Fault.MISSING, "{time}")),
        ("citizen.received", RECEIVED + " {words}", Problem(Fault.FOREIGN, "{words}")),
        ("citizen.received", RECEIVED + " x" * 40, Problem(Fault.LONG, "1")),
        ("citizen.received", "Polres" + RECEIVED, Problem(Fault.OPENING, "POLISI")),
        ("citizen.received", RECEIVED + " Akan datang.", Problem(Fault.PROMISE, "datang")),
        ("citizen.received", RECEIVED.replace("({code})", "no{code}"), Problem(Fault.GLUED, "o{code}")),
        (
            "officer.quiet",
            "{code}: JANGAN TELP/SMS",
            Problem(Fault.OPENING, "JANGAN TELP/SMS"),
        ),
        ("officer.duress", "JANGAN TELP/SMS {code}", Problem(Fault.OPENING, "TERANCAM JANGAN TELP/SMS")),
        (
            "desk.unclear_quiet",
            "{code} {name} {number}: {words} Balas DARURAT/BUKAN/OK {code}",
            Problem(Fault.OPENING, "JANGAN TELP/SMS"),
        ),
        ("step.on_scene", "sudah sampai di lokasi", Problem(Fault.LONG, "7")),
        ("ussd.pin", "{text} PIN Anda?", Problem(Fault.KEYS, "0")),
        ("ussd.tip", "Laporan?\n0 Kembali\n1 Batal", Problem(Fault.KEYS, "0")),
        ("voice.keys_quiet", "Tekan satu bila bisa, dua bila tidak, sembilan lagi.", Problem(Fault.KEYS, "nol")),
        ("voice.again", "Sekali lagi: 110.", Problem(Fault.DIGITS, "110")),
        ("voice.again", "lagi " * 61, Problem(Fault.LONG, "4")),
    ],
)
def test_it_says_what_is_wrong(key: str, text: str, problem: Problem) -> None:
    assert check(key, "id", text) == [problem]


def test_a_duress_warning_may_not_be_left_out_of_a_quiet_one_by_translation() -> None:
    assert kinds(check("officer.quiet", "en", "Do not ring {code}")) == [Fault.OPENING]
    assert check("officer.quiet", "en", "DO NOT CALL/TEXT {code}") == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("POLISI: “{code}” …", 'POLISI: "{code}" ...'),
        ("POLISI:\r\n {code}\t±5", "POLISI: {code} +-5"),
        ("[{code}] 🆘é", "({code}) é"),
    ],
)
def test_what_no_message_can_carry_is_replaced_and_told(typed: str, kept: str) -> None:
    assert plain("citizen.more_added", typed) == kept
    assert Doubt.CHANGED in kinds(advise("citizen.more_added", "id", typed)) or "±" not in typed


def test_it_tells_what_each_character_becomes() -> None:
    told = advise("citizen.more_added", "id", "POLISI: “{code}” 🆘 naïve")
    assert told == [Problem(Doubt.CHANGED, '“ → ", ” → ", 🆘 → –, ï → i')]


def test_commands_that_are_gone_are_told() -> None:
    assert advise("officer.declined", "id", "{code}: dicatat.") == [Problem(Doubt.COMMANDS, "OK")]


def test_only_a_screen_keeps_its_lines() -> None:
    assert plain("ussd.pin", " PIN? \r\n\r\n 0  Kembali\n") == "PIN?\n0 Kembali"
    assert plain("voice.again", "Sekali\nlagi\x00.") == "Sekali lagi ."


def test_it_is_measured_with_the_longest_facts() -> None:
    measured = measure("officer.repeat", "id", "{code}: lagi ({count}x).")
    assert (measured.example, measured.units, measured.room, measured.messages) == ("K7Q2: lagi (99x).", 17, 143, 1)
    assert measure("officer.repeat", "id", "{code} " * 40).messages == 2


@pytest.mark.parametrize("text", ["{", "}", "{code", "{0}", "{code.real}", "{code[0]}", "{code!x}", "{nobody}"])
def test_a_wording_under_the_pen_can_be_measured_whatever_it_is(text: str) -> None:
    assert measure("officer.repeat", "id", text).units > 0


def test_names_are_shortened_only_where_they_always_are() -> None:
    brief = phrases.original("volunteer.brief", "id")
    assert measure("volunteer.brief", "id", brief).room >= 0
    assert kinds(advise("volunteer.brief", "id", brief)) == [Doubt.SHORTENED]
    assert kinds(check("volunteer.brief", "id", brief + " Hati-hati." * 5)) == [Fault.LONG]


def test_the_facts_of_a_sentence_come_with_examples() -> None:
    assert editable.facts_of("officer.repeat", "id") == {"code": "K7Q2", "count": "99"}


# --- what is let through never breaks ------------------------------------------------------------------------------


@st.composite
def drafts(draw: st.DrawFn) -> tuple[str, str, str]:
    """The facts of a real sentence, its opening and its keys, with anything around them."""
    key, language = draw(st.sampled_from(said))
    sentence = phrases.original(key, language)
    anything = st.text(max_size=25) | st.sampled_from(["{", "}}", "{x}", "±"])
    pieces = draw(st.permutations([f"{{{name}}}" for name in phrases.slots(sentence)]))
    free = " ".join(f"{draw(anything)} {piece}" for piece in pieces) + draw(anything)
    keys = "\n".join(line for line in sentence.splitlines() if line[:1].isdigit())
    return key, language, f"{draw(st.sampled_from(['', sentence[:24]]))} {free}\n{keys}"


@settings(max_examples=200)
@given(draft=drafts())
@example(draft=("citizen.more_added", "id", "POLISI {{code}} {code}"))
@example(draft=("ussd.consent", "en", " {{ {text}000\n1 I agree, register\n0 Back"))
def test_whatever_is_let_through_always_formats_and_fits(draft: tuple[str, str, str]) -> None:
    key, language, text = draft
    assume(check(key, language, text) == [])
    phrases.reword({(key, language): plain(key, text)})
    said_by = {
        Way.SCREEN: lambda: phrases.say(key, language, **on_screen(key, language)),
        Way.CALL: lambda: phrases.say(key, language, **for_the_ear(language)),
    }
    spoken = said_by.get(way_of(key) or Way.TEXT, lambda: phrases.sms(key, language, **LONGEST))()
    assert way_of(key) is Way.CALL or fits(spoken)
    assert spoken.isprintable() or way_of(key) is Way.SCREEN
    if way_of(key) is Way.SCREEN:
        node = key.partition(".")[2]
        assert fits(shown := menu.screen(node, language, **on_screen(key, language)))
        assert all(any(line.startswith(f"{name} ") for line in shown.splitlines()) for name in menu.NODES[node].keys)
    assert plain(key, plain(key, text)) == plain(key, text)


@given(st.sampled_from(said), st.text(max_size=80))
def test_any_text_is_judged_measured_and_advised_on(sentence: tuple[str, str], text: str) -> None:
    check(*sentence, text)
    measured = measure(*sentence, text)
    assert measured.room == measured.limit - measured.units
    assert all(problem.detail for problem in advise(*sentence, text))


# --- what stands over the catalogue --------------------------------------------------------------------------------


def test_own_words_are_said_instead_and_the_original_stays_known() -> None:
    before = phrases.original("citizen.more_added", "id")
    phrases.reword({("citizen.more_added", "id"): "POLISI: {code} dicatat."})
    assert phrases.sms("citizen.more_added", "id-ID", code="K7Q") == "POLISI: K7Q dicatat."
    assert phrases.original("citizen.more_added", "id") == before
    assert phrases.say("citizen.more_added", "en", code="K7Q").startswith("POLICE")
    phrases.reword({})
    assert phrases.template("citizen.more_added", "id") == before


@pytest.mark.parametrize("bad", ["{", "{0}", "{}", "{nobody}", "{code.nothing}", "{code[9]}", "{code[x]}", "{code:d}"])
def test_a_bad_wording_never_silences_a_panic(bad: str) -> None:
    """It cannot come to stand there; if it did, the catalogue would speak."""
    phrases.reword({("citizen.more_added", "id"): bad})
    assert phrases.sms("citizen.more_added", "id", code="K7Q") == (
        "POLISI: pesan Anda sudah ditambahkan ke panggilan K7Q."
    )


def test_every_rule_is_one_that_can_be_told() -> None:
    assert {*wordings._RULES} | {Fault.UNKNOWN, Fault.EMPTY, Fault.BRACES} == set(Fault)


@pytest.mark.parametrize("words", ["{code:99999999}", "{code!r:>99999999}", "{code.__class__}", "{0}", "{}", "{"])
def test_what_is_measured_while_somebody_types_is_never_carried_out(words: str) -> None:
    """The page counts before it judges: a width in braces would fill the memory."""
    assert measure("citizen.more_added", "id", words).example == phrases.tidy(words)
