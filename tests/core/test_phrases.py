"""Every sentence in every language: complete, alike in its facts, and one message with the longest facts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.languages import CODES, LANGUAGES
from gateway.core.sentences import phrases
from gateway.core.sentences.longest import LONGEST
from gateway.core.sentences.segments import fits, to_gsm

TEXTED = ("citizen", "unknown", "apply", "tip", "officer", "desk")

keys_of_texts = [key for key in sorted(phrases.keys()) if key.split(".")[0] in TEXTED]
texted = [(key, language) for language in CODES for key in keys_of_texts]


@pytest.mark.parametrize("language", CODES)
def test_every_language_says_the_same_things(language: str) -> None:
    assert phrases.keys(language) == phrases.keys("id")


@pytest.mark.parametrize("language", CODES)
def test_every_sentence_takes_the_same_facts_in_every_language(language: str) -> None:
    said = {key: phrases.template(key, language) for key in sorted(phrases.keys())}
    assert [key for key, sentence in said.items() if not sentence or sentence != sentence.strip()] == []
    facts = {key: phrases.slots(phrases.template(key, "id")) for key in said}
    assert {key: phrases.slots(sentence) for key, sentence in said.items()} == facts


@pytest.mark.parametrize("language", CODES)
def test_every_text_is_one_message_with_the_longest_facts(language: str) -> None:
    said = {key: phrases.say(key, language, **LONGEST) for key in keys_of_texts}
    assert {key: f"{len(text)}: {text}" for key, text in said.items() if not fits(to_gsm(text))} == {}
    assert {key: phrases.sms(key, language, **LONGEST) for key in said} == said  # and nothing had to be shortened


@pytest.mark.parametrize("language", CODES)
def test_every_text_is_plain_gsm_as_it_stands(language: str) -> None:
    braces = {ord(brace): None for brace in "{}"}
    said = {key: phrases.template(key, language).translate(braces) for key in keys_of_texts}
    assert {key: to_gsm(sentence) for key, sentence in said.items()} == said


@settings(max_examples=500)
@given(
    said=st.sampled_from(texted),
    words=st.text(max_size=400),
    code=st.from_regex(r"[A-Z][2-9][A-Z]{1,2}", fullmatch=True),
)
def test_whatever_people_write_leaves_as_one_message_with_its_code(
    said: tuple[str, str], words: str, code: str
) -> None:
    key, language = said
    wild = dict.fromkeys(("words", "name", "who", "place", "unit", "reason"), words)
    text = phrases.sms(key, language, **{**LONGEST, **wild, "code": code})
    assert fits(text)
    for fact, value in (("code", code), ("number", LONGEST["number"]), ("spot", LONGEST["spot"])):
        assert fact not in phrases.slots(phrases.template(key, language)) or str(value) in text


@pytest.mark.parametrize("key", [key for key in keys_of_texts if key.startswith(("citizen.", "unknown."))])
def test_a_citizen_sees_who_writes(key: str) -> None:
    assert [phrases.template(key, language)[:6] for language in ("id", "en", "sw")] == ["POLISI", "POLICE", "POLISI"]
    assert all(phrases.template(key, code).startswith(one.sender) for code, one in LANGUAGES.items())


def test_it_never_promises_an_officer_whom_nobody_has_heard() -> None:
    for key in ("citizen.received", "citizen.accepted_desk", "citizen.nobody_yet", "citizen.nobody_still"):
        assert "datang" not in phrases.template(key, "id")
        assert "coming" not in phrases.template(key, "en")


def test_it_fills_in_facts_and_leaves_them_as_they_are() -> None:
    said = phrases.say("officer.message", "id", code="K7Q", words="{code} “ada”")
    assert said == "K7Q dari warga: {code} “ada”"


def test_an_sms_is_transliterated_and_a_fact_that_is_none_is_left_out() -> None:
    assert (
        phrases.sms("officer.message", "id", code="K7Q", words="“ada”\n\tmaling 🆘") == 'K7Q dari warga: "ada" maling'
    )
    assert phrases.sms("desk.unclear", "en", code="K7Q", name="Budi", number=None, words="x").startswith(
        "K7Q NOT SURE Budi : x"
    )


def test_the_police_of_another_country_have_another_number() -> None:
    assert phrases.say("citizen.ask_back", "id").endswith("tel 110")
    assert phrases.say("citizen.ask_back", "sw", emergency="999").endswith("piga 999")


@pytest.mark.parametrize(
    ("language", "first"), [("id", "POLISI"), ("en", "POLICE"), ("en-GB", "POLICE"), ("ha", "POLISI"), ("", "POLISI")]
)
def test_an_unknown_language_falls_back_to_indonesian(language: str, first: str) -> None:
    assert phrases.say("citizen.more_added", language, code="K7Q").startswith(first)


def test_an_unknown_key_or_a_missing_fact_is_an_error() -> None:
    with pytest.raises(KeyError):
        phrases.say("citizen.nonsense", "id")
    with pytest.raises(KeyError):
        phrases.say("citizen.more_added", "id")


@pytest.mark.parametrize("sentence", ["{a.b}", "{a[0]}", "{0}", "{}", "{a!r}", "{a:>9}"])
def test_a_phrase_cannot_reach_into_our_objects(sentence: str) -> None:
    with pytest.raises(ValueError, match="plain name"):
        phrases.slots(sentence)


@pytest.mark.parametrize(
    ("timezone", "shown"),
    [
        ("Asia/Jakarta", "14:32 WIB"),
        ("Asia/Pontianak", "14:32 WIB"),
        ("Asia/Makassar", "15:32 WITA"),
        ("Asia/Jayapura", "16:32 WIT"),
        ("Africa/Nairobi", "10:32 EAT"),
        ("Nowhere/At_All", "07:32 UTC"),
        ("../etc", "07:32 UTC"),
        ("Asia", "07:32 UTC"),
        ("", "07:32 UTC"),
    ],
)
def test_the_clock_is_the_units_own(timezone: str, shown: str) -> None:
    assert phrases.clock_text(datetime(2026, 11, 22, 7, 32, tzinfo=UTC), timezone) == shown
