"""The languages that the gateway speaks, in one table.

A language's own files are found by its code: its sentences in `catalogues/<code>/*.po`, the words that people write in
`words/<code>.toml`. There may be word lists of languages that we understand and do not speak.
docs/developers/add-a-language.md says how to add a language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.core import defaults
from gateway.core.numerals import english, indonesian, swahili


@dataclass(frozen=True)
class Voice:
    """A voice as a carrier names it, and the language tag (BCP 47) that goes with it; empty: the carrier's only
    voice."""

    name: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Language:
    code: str  # ISO 639-1: in profiles, in files to import, in DEFAULT_LANGUAGE
    name: str  # its name in itself, on pages
    menu_name: str  # its name in itself, on the phone menu's screen of languages
    menu_key: str  # its key on that screen, "1" to "9"
    cardinal: Callable[[int], str]  # a number from 0 to 9999 as words
    decimal_sign: str
    sender: str  # the word of a citizen's text that says who writes
    coming: str  # regular expression: promises that an officer comes, which no sentence may do before one said so
    voices: Mapping[str, Voice | None]  # by carrier; None: it has no such voice, so officers hear English there


LANGUAGES: Mapping[str, Language] = {
    language.code: language
    for language in (
        Language(
            code="id",
            name="Indonesia",
            menu_name="Bahasa Indonesia",
            menu_key="1",
            cardinal=indonesian.cardinal,
            decimal_sign=",",
            sender="POLISI",
            coming=r"datang\b",
            voices={"twilio": Voice("Google.id-ID-Wavenet-A", "id-ID"), "africastalking": None},
        ),
        Language(
            code="en",
            name="English",
            menu_name="English",
            menu_key="2",
            cardinal=english.cardinal,
            decimal_sign=".",
            sender="POLICE",
            coming=r"coming\b",
            voices={"twilio": Voice("Polly.Amy", "en-GB"), "africastalking": Voice()},
        ),
        Language(
            code="sw",
            name="Kiswahili",
            menu_name="Kiswahili",
            menu_key="3",
            cardinal=swahili.cardinal,
            decimal_sign=".",
            sender="POLISI",
            coming=r"kuja\b",
            voices={"twilio": None, "africastalking": None},
        ),
    )
}
CODES = tuple(LANGUAGES)


def spoken(asked: str) -> str:
    """Return the code of the language of ours that this tag asks for: "en-GB" -> "en", anything unknown -> "id"."""
    code = asked[:2].lower()
    return code if code in LANGUAGES else defaults.LANGUAGE


def voices(carrier: str) -> dict[str, Voice]:
    """Return the voices of this carrier by language. A carrier that is not in the table has none here: it says in its
    own folder which languages it can pronounce."""
    decided = {code: language.voices.get(carrier) for code, language in LANGUAGES.items()}
    return {code: voice for code, voice in decided.items() if voice is not None}


def menu_lines() -> str:
    """Return the choices of a phone's screen of languages: "1 Bahasa Indonesia", a line each."""
    return "\n".join(f"{language.menu_key} {language.menu_name}" for language in LANGUAGES.values())
