"""Serve what a call says as sounds: the addresses that a line plays, and the WAV behind each.

An address holds the words themselves, sealed: any web process can serve it, also with the database away, and nobody
else can read or make one (docs/adr/0021). The sound is made when a line fetches it, so no answer to a carrier waits for
it.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from flask import Blueprint, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from gateway.carriers.base import VoiceCarrier
from gateway.carriers.registry import own_voices
from gateway.core import languages, sounds
from gateway.core.messages import Ask, Say, Script, Step
from gateway.core.sentences import recorded
from gateway.infrastructure.espeak import SilentError
from gateway.models import recording, sealing
from gateway.register import coverage
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House

log = logging.getLogger(__name__)
speech = Blueprint("speech", __name__)

DAY = 86_400
DAYS = 2  # so long an address is served: a call lasts minutes, and a carrier's log years
MOST_TEXT = 2000  # characters of what one step says
MOST_WHOLE, MOST_SENTENCES = 32, 300  # sounds that one process keeps; a sentence has about 80 kB
NOTHING: frozenset[str] = frozenset()


class Speech:
    """The sounds of one process; safe to use from any thread."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._recorded: dict[str, frozenset[str]] = {}
        self._stamps: dict[str, str] = {}
        self._whole: OrderedDict[object, bytes] = OrderedDict()
        self._sentences: OrderedDict[object, bytes] = OrderedDict()
        self._lock = threading.Lock()

    # --- addresses

    def fill(self, line: VoiceCarrier, script: Script, uow: UnitOfWork | None) -> Script:
        """Return the script with the address of the sound on each step that this line shall play. Without `uow`, which
        is so while the database is away, the recordings are those that were last known."""
        if not line.plays_sounds:
            return script
        return tuple(self._filled(line, step, uow) for step in merged(script))

    def _filled(self, line: VoiceCarrier, step: Step, uow: UnitOfWork | None) -> Step:
        if not isinstance(step, Say | Ask) or not self._plays(line, step, uow):
            return step
        return replace(step, sound=self.address(step.text, step.language))

    def _plays(self, line: VoiceCarrier, step: Say | Ask, uow: UnitOfWork | None) -> bool:
        """Return whether the line plays a sound for this step: recordings go first, then the line's own voice, then
        what can be synthesised."""
        if recorded.is_recorded(step.text[:MOST_TEXT], self.recordings(step.language, uow)):
            return True
        if step.language in own_voices(line.name):
            return False
        return step.language in self._house.speech.languages()

    def address(self, text: str, language: str) -> str:
        """Return the address of a text; a new recording makes it another, because whoever plays it may keep the old."""
        told = "\n".join((str(self._today()), self._stamps.get(language, ""), language, text[:MOST_TEXT]))
        return f"{self._house.settings.public_url}/speech/{sealing.seal_address(told)}.wav"

    def read(self, piece: str) -> tuple[str, str] | None:
        """Return the text and the language of an address of ours, or None if it is none or too old."""
        parts = (sealing.unseal_address(piece) or "").split("\n", 3)
        if len(parts) < 4:
            return None
        day, _, language, text = parts
        fresh = day.isdecimal() and 0 <= self._today() - int(day) < DAYS
        return (text, language) if fresh and language in languages.CODES else None

    def _today(self) -> int:
        return int(self._house.clock().timestamp()) // DAY

    def recordings(self, language: str, uow: UnitOfWork | None) -> frozenset[str]:
        """Return the keys of the recordings in this language."""
        if uow is not None:
            self._recorded[language] = recording.keys(uow.db, language)
            self._stamps[language] = recording.stamp(uow.db, language)
        return self._recorded.get(language, NOTHING)

    # --- sounds

    def wav(self, text: str, language: str) -> bytes:
        """Return the sound of a text. Raises SilentError."""
        known, wavs = NOTHING, {}
        try:
            with self._house.open_reading_uow() as uow:
                known = self.recordings(language, uow)
                pieces = recorded.compose(text, known)
                wavs = dict(recording.wavs(uow.db, language, {piece.words for piece in pieces if piece.is_recorded}))
        except SQLAlchemyError:  # a call goes on without the recordings
            pieces = recorded.compose(text, NOTHING)
        # Keyed by the sounds too: a recording that was replaced is heard at once.
        key = (language, text, tuple(sorted((words, hash(wav)) for words, wav in wavs.items())))
        return self._kept(self._whole, key, MOST_WHOLE, lambda: self._made(pieces, wavs, language))

    def _made(self, pieces: Iterable[recorded.Piece], wavs: Mapping[str, bytes], language: str) -> bytes:
        parts = []
        for piece in pieces:
            found = wavs.get(piece.words) if piece.is_recorded else None
            parts.append(sounds.spoken(found) if found is not None else self.sentence(piece.words, language))
            parts.append(sounds.silence(piece.pause_ms))
        if not parts:
            raise SilentError("no_words")
        return sounds.joined(parts)

    def sentence(self, text: str, language: str) -> sounds.Samples:
        """Return the synthesised samples of a sentence. Raises SilentError."""
        say = self._house.speech.say
        key = (language, text)
        return sounds.spoken(
            self._kept(self._sentences, key, MOST_SENTENCES, lambda: sounds.to_wav(say(text, language)))
        )

    def _kept(self, kept: OrderedDict[object, bytes], key: object, most: int, make: Callable[[], bytes]) -> bytes:
        with self._lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        made = make()
        with self._lock:
            kept[key] = made
            while len(kept) > most:
                kept.popitem(last=False)
        return made

    # --- at the start

    def warm(self) -> None:
        """Make the sentences that every call says, in the languages in use, so that the first call does not wait for
        them. Nothing depends on it."""
        try:
            with self._house.open_reading_uow() as uow:
                used = coverage.languages(uow)
            for language in sorted(used & self._house.speech.languages()):
                for text in recorded.fixed(language):
                    for piece in recorded.compose(text, NOTHING):
                        self.sentence(piece.words, language)
        except (SQLAlchemyError, SilentError) as error:
            log.warning("speech is not warm", extra={"error": type(error).__name__})


def merged(script: Script) -> Script:
    """Return the script with sentences in a row, and the question after them, as one step: one sound that any key
    ends."""
    steps: list[Step] = []
    for step in script:
        before = steps[-1] if steps else None
        if isinstance(before, Say) and isinstance(step, Say | Ask) and before.language == step.language:
            steps[-1] = replace(step, text=f"{before.text} {step.text}")
        else:
            steps.append(step)
    return tuple(steps)


def of_this_app() -> Speech:
    found: Speech = current_app.extensions["speech"]
    return found


@speech.get("/speech/<piece>.wav")
def play(piece: str) -> Response:
    """Serve a sound to a line. Who asks proves nothing and need not: only we can make such an address."""
    made = of_this_app()
    told = made.read(piece)
    if told is None:
        return Response("not found\n", 404, mimetype="text/plain")
    try:
        wav = made.wav(*told)
    except SilentError:
        return Response("no sound\n", 503, mimetype="text/plain")
    answer = Response(wav, mimetype="audio/wav")
    answer.cache_control.public = True
    answer.cache_control.max_age = DAY
    answer.set_etag(piece[:32])
    return answer
