"""The sounds that lines fetch: who may, what they hear, and what the addresses do not show."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine

from gateway.carriers.africastalking.line import AfricasTalking
from gateway.carriers.failover import Switchboard
from gateway.carriers.twilio.line import Twilio
from gateway.cli import care
from gateway.core.messages import Ask, Bridge, HangUp, Reject, Say, Script
from gateway.core.sentences import recorded
from gateway.infrastructure.espeak import Espeak
from gateway.models import sealing
from gateway.operations import recordings
from gateway.web.speech import DAY, Speech, merged
from gateway.wiring import House
from tests.carriers.cases import africastalking, twilio
from tests.console.station import Clock
from tests.core.test_sounds import pitch_of, tone

NAME = "Budi Santoso"
needs_espeak = pytest.mark.skipif(not Espeak().is_installed, reason="espeak-ng is not installed (.ci/packages)")


@pytest.fixture
def speech(app: Flask) -> Speech:
    found: Speech = app.extensions["speech"]
    return found


@pytest.fixture
def absent(home: House) -> None:
    home.speech = Espeak("espeak-of-nobody")


def africa() -> AfricasTalking:
    return africastalking.line("http://127.0.0.1:9")


def american() -> Twilio:
    return twilio.line("http://127.0.0.1:9")


def record(home: House, language: str, *words: str) -> None:
    with home.open_uow() as uow:
        for one in words:
            recordings.keep(uow, language, one, tone(0.5, 16000, pitch=700), "Ibu Admin")


def path_of(address: str) -> str:
    assert address.startswith("http")
    return "/speech/" + address.rpartition("/")[2]


@needs_espeak
def test_a_line_fetches_its_words_as_an_8_khz_wav(app: Flask, speech: Speech) -> None:
    answer = app.test_client().get(path_of(speech.address("Siaga polisi. Lokasi: Pasar.", "id")))
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert "public" in answer.headers["Cache-Control"]
    assert f"max-age={DAY}" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    with wave.open(io.BytesIO(answer.data)) as told:
        assert (told.getframerate(), told.getnchannels(), told.getsampwidth()) == (8000, 1, 2)
        assert told.getnframes() > 8000


def test_an_address_shows_no_word_and_is_the_same_for_the_same_words(speech: Speech) -> None:
    address = speech.address(f"Nama: {NAME}. Nomor: nol, delapan.", "id")
    assert not [word for word in (*NAME.split(), "nol", "Nama") if word in address]
    assert address == speech.address(f"Nama: {NAME}. Nomor: nol, delapan.", "id")
    assert len(speech.address("lima ratus meter dari Anda. " * 30, "id")) < 1500


def test_another_web_process_with_the_same_keys_serves_it(home: House, speech: Speech) -> None:
    piece = path_of(speech.address("Siaga", "id")).removeprefix("/speech/").removesuffix(".wav")
    assert Speech(home).read(piece) == ("Siaga", "id")


@pytest.mark.parametrize("piece", ["a", "A" * 60, "ä", "..%2f..%2fetc%2fpasswd", "A" * 5000])
def test_nobody_else_can_make_one(app: Flask, piece: str) -> None:
    assert app.test_client().get(f"/speech/{piece}.wav").status_code == 404


def test_one_that_was_changed_is_none_of_ours(app: Flask, speech: Speech) -> None:
    path = path_of(speech.address("Siaga", "id"))
    changed = path.replace(path[12], "A" if path[12] != "A" else "B", 1)
    assert app.test_client().get(changed).status_code == 404
    assert app.test_client().post(path).status_code == 405


def test_it_is_served_for_two_days(app: Flask, speech: Speech, home: House, clock: Clock, absent: None) -> None:
    record(home, "id", "Siaga")
    path = path_of(speech.address("Siaga", "id"))
    for days, status in ((0, 200), (1, 200), (1, 404)):
        clock.move(days=days)
        assert app.test_client().get(path).status_code == status


def test_after_a_change_of_keys_an_older_address_is_still_ours(settings_keys: Callable[[], None]) -> None:
    sealed = sealing.seal_address("Siaga")
    settings_keys()
    assert sealing.unseal_address(sealed) == "Siaga"
    assert sealing.seal_address("Siaga") != sealed


@pytest.fixture
def settings_keys(home: House) -> Iterator[Callable[[], None]]:
    keys = [key.get_secret_value() for key in home.settings.encryption_keys]
    yield lambda: sealing.use_keys(["x1" * 21 + "A=", *keys])
    sealing.use_keys(keys)


# --- which steps get a sound ------------------------------------------------------------------------------------------


@needs_espeak
@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        (africa, "id", True),
        (africa, "sw", True),
        (africa, "en", False),
        (american, "id", False),
        (american, "sw", True),
    ],
)
def test_a_language_without_a_voice_of_the_lines_own_is_played(
    speech: Speech, line: Callable[[], Twilio], language: str, expected: bool
) -> None:
    (step,) = speech.fill(line(), (Say("Siaga", language),), None)
    assert bool(step.sound) is expected  # type: ignore[union-attr]


def test_what_is_recorded_is_played_also_where_the_line_has_a_voice(home: House, speech: Speech, absent: None) -> None:
    record(home, "en", "Press one")
    with home.open_uow() as uow:
        heard, other = (speech.fill(africa(), (Say(text, "en"),), uow)[0] for text in ("Press one.", "Press two."))
    assert (bool(heard.sound), other.sound) == (True, "")  # type: ignore[union-attr]
    (still,) = speech.fill(africa(), (Say("Press one.", "en"),), None)  # the database is away
    assert still == heard
    record(home, "en", "Press two")
    with home.open_uow() as uow:
        (anew,) = speech.fill(africa(), (Say("Press one.", "en"),), uow)
    assert anew != heard  # whoever keeps what they fetched does not play an old voice


def test_without_the_program_the_line_speaks_itself(speech: Speech, absent: None) -> None:
    script: Script = (Ask("Tekan satu", "id"),)
    assert speech.fill(africa(), script, None) == script


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ((), ()),
        ((Reject(),), (Reject(),)),
        ((Say("a", "id"), Say("b", "id"), HangUp()), (Say("a b", "id"), HangUp())),
        ((Say("a", "id"), Ask("b", "id", seconds=6)), (Ask("a b", "id", seconds=6),)),
        ((Say("a", "id"), Ask("b", "sw")), (Say("a", "id"), Ask("b", "sw"))),
        ((Ask("a", "id"), Say("b", "id")), (Ask("a", "id"), Say("b", "id"))),
        (
            (Say("a", "id"), Bridge("+62811"), Say("b", "id"), HangUp()),
            (Say("a", "id"), Bridge("+62811"), Say("b", "id"), HangUp()),
        ),
    ],
)
def test_words_in_a_row_are_one_sound(script: Script, expected: Script) -> None:
    assert merged(script) == expected


# --- what is heard ----------------------------------------------------------------------------------------------------


def test_recordings_are_played_and_a_new_one_is_heard_at_once(
    app: Flask, home: House, speech: Speech, absent: None
) -> None:
    record(home, "id", "Siaga polisi", "kode", "ka")
    path = path_of(speech.address("Siaga polisi. Kode ka.", "id"))
    first = app.test_client().get(path)
    assert first.status_code == 200
    assert pitch_of(first.data) == pytest.approx(700, abs=8)
    with home.open_uow() as uow:
        for words in ("Siaga polisi", "kode", "ka"):
            recordings.keep(uow, "id", words, tone(0.5, 16000, pitch=300), "Ibu Admin")
    assert pitch_of(app.test_client().get(path).data) == pytest.approx(300, abs=8)


def test_where_no_sound_can_be_made_it_says_so_and_nobody_keeps_that(app: Flask, speech: Speech, absent: None) -> None:
    answer = app.test_client().get(path_of(speech.address("Siaga", "id")))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")


@needs_espeak
def test_while_the_database_is_away_a_line_hears_the_program(app: Flask, home: House, speech: Speech) -> None:
    path = path_of(speech.address("Maaf, jawaban Anda belum tercatat.", "id"))
    there, home.engine = home.engine, create_engine("sqlite:////nowhere/at/all.db")
    answer = app.test_client().get(path)
    home.engine = there
    assert answer.status_code == 200


@needs_espeak
def test_it_is_warm_after_the_start(speech: Speech, home: House) -> None:
    speech.warm()
    home.speech = Espeak("espeak-of-nobody")
    piece = recorded.compose(recorded.fixed("id")[0], set())[0]
    assert len(speech.sentence(piece.words, "id")) > 1000


# --- what `siaga check` says ------------------------------------------------------------------------------------------


def test_the_check_names_a_line_that_cannot_say_a_language_in_use(home: House, absent: None) -> None:
    home.lines = Switchboard([africa(), american()])
    assert [told.partition(" here")[0] for told in care.silent(home)] == ["speech: africastalking cannot say id"]


@needs_espeak
def test_where_the_program_is_installed_the_check_is_content(home: House) -> None:
    home.lines = Switchboard([africa(), american()])
    assert list(care.silent(home)) == []
