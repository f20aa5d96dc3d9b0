"""The program that speaks: the real one where it is installed, and what becomes of us where it is not or fails."""

from __future__ import annotations

import io
import subprocess
import wave

import numpy as np
import pytest

from gateway.core import sounds
from gateway.core.languages import CODES
from gateway.infrastructure.espeak import MOST, Espeak, SilentError, plain

REAL = Espeak()
needs_espeak = pytest.mark.skipif(not REAL.is_installed, reason="espeak-ng is not installed (.ci/packages brings it)")


@needs_espeak
@pytest.mark.parametrize("language", CODES)
def test_it_speaks_each_of_our_languages_as_a_telephone_plays_it(language: str) -> None:
    assert language in REAL.languages()
    wav = sounds.to_wav(REAL.say("Polsek Barat, Pontianak.", language))
    with wave.open(io.BytesIO(wav)) as told:
        assert (told.getframerate(), told.getnchannels(), told.getsampwidth()) == (8000, 1, 2)
        assert 8000 < told.getnframes() < 5 * 8000
    assert np.abs(REAL.say("Polsek Barat, Pontianak.", language)).max() > 0.05


@needs_espeak
def test_the_languages_do_not_sound_alike() -> None:
    said = {language: REAL.say("Jumatatu wageni", language).tobytes() for language in CODES}
    assert len(set(said.values())) == len(CODES)


@needs_espeak
@pytest.mark.parametrize(
    "name",
    ["<speak><prosody rate='x-slow'>Budi</prosody></speak>", "[[h@l'oU]] Budi", "Budi\x07\x00\x1b[2J", "--help",
     "-f/etc/passwd", "$(sleep 9)", "; sleep 9", '" -w /tmp/x'],
)  # fmt: skip
def test_a_name_is_words_and_nothing_else(name: str) -> None:
    """It is read out, slower or longer than a name in letters is it never."""
    letters = "".join(letter if letter.isalnum() else " " for letter in name)
    assert len(REAL.say(name, "id")) <= len(REAL.say(letters, "id")) + 4 * sounds.RATE
    assert not set('<>[]{}&|`$\x00\x07\x1b"') & set(plain(name))


def test_no_text_is_longer_than_a_call() -> None:
    assert len(plain("tolong " * 1000)) <= MOST + 1
    assert plain("a\nb\r\nc") == "a b c\n"


def test_where_it_is_not_installed_it_promises_nothing() -> None:
    absent = Espeak("espeak-of-nobody")
    assert (absent.is_installed, absent.languages()) == (False, frozenset())
    with pytest.raises(SilentError):
        absent.say("Siaga", "id")


@pytest.mark.parametrize(
    "failure", [subprocess.TimeoutExpired("espeak-ng", 5), subprocess.CalledProcessError(1, "espeak-ng"), OSError()]
)
def test_where_it_fails_it_promises_nothing_for_a_while(failure: Exception) -> None:
    def run(*_: object, **how: object) -> subprocess.CompletedProcess[bytes]:
        assert how["timeout"]
        raise failure

    failing = Espeak("sh", run=run)
    assert failing.languages()
    with pytest.raises(SilentError):
        failing.say("Siaga", "id")
    assert failing.languages() == frozenset()


def test_it_hands_the_text_to_its_input_and_never_to_a_shell() -> None:
    seen: list[tuple[object, dict[str, object]]] = []

    def run(command: object, **how: object) -> subprocess.CompletedProcess[bytes]:
        seen.append((command, how))
        return subprocess.CompletedProcess([], 0, b"", b"")

    with pytest.raises(SilentError):
        Espeak("sh", run=run).say("Budi; rm -rf", "id")
    ((command, how),) = seen
    assert isinstance(command, list)
    assert not [part for part in command if "Budi" in part]
    assert (how["input"], how.get("shell")) == (b"Budi; rm -rf\n", None)
