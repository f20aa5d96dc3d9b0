"""Whatever WAV somebody uploads becomes what a telephone plays, or is refused with a reason."""

from __future__ import annotations

import io
import struct
import wave

import numpy as np
import pytest

from gateway.core import sounds
from gateway.core.sounds import RATE, BadSound


def tone(
    seconds: float, rate: int, pitch: float = 440.0, channels: int = 1, width: int = 2, loud: float = 0.5
) -> bytes:
    """A WAV of a pitch, in every shape that a recorder writes."""
    wanted = loud * np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)
    whole = np.repeat(np.round(wanted * (2 ** (8 * width - 1) - 1)).astype(np.int64), channels)
    if width == 1:
        raw = (whole + 128).astype(np.uint8).tobytes()
    elif width == 3:
        raw = b"".join(int(one).to_bytes(3, "little", signed=True) for one in whole)
    else:
        raw = whole.astype(f"<i{width}").tobytes()
    told = io.BytesIO()
    with wave.open(told, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(raw)
    return told.getvalue()


def header(wav: bytes) -> tuple[int, int, int]:
    with wave.open(io.BytesIO(wav)) as told:
        return told.getframerate(), told.getnchannels(), told.getsampwidth()


def pitch_of(wav: bytes) -> float:
    samples = np.frombuffer(wav[44:], "<i2").astype(float)
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * RATE / len(samples))


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize(("channels", "width"), [(1, 2), (2, 2), (1, 1), (2, 3), (1, 4)])
def test_every_recorders_wav_becomes_a_telephones(rate: int, channels: int, width: int) -> None:
    wav = sounds.telephone(tone(0.4, rate, channels=channels, width=width))
    assert header(wav) == (8000, 1, 2)
    assert sounds.seconds(wav) == pytest.approx(0.4, abs=0.01)
    assert pitch_of(wav) == pytest.approx(440, abs=6)


def test_a_pitch_that_a_telephone_cannot_hold_does_not_come_back_as_another() -> None:
    kept = sounds.spoken(tone(0.4, 48000, pitch=1000))
    lost = sounds.spoken(tone(0.4, 48000, pitch=7000))
    assert np.abs(lost[200:-200]).max() < np.abs(kept).max() / 50


def test_recordings_are_about_as_loud() -> None:
    peaks = [np.abs(sounds.spoken(sounds.telephone(tone(0.3, 16000, loud=loud)))).max() for loud in (0.05, 0.9)]
    assert peaks[0] == pytest.approx(peaks[1], abs=0.02)


def flac_in_wav() -> bytes:
    wav = bytearray(tone(0.3, 8000))
    wav[20:22] = struct.pack("<H", 0xF1AC)
    return bytes(wav)


@pytest.mark.parametrize(
    ("says", "file", "why"),
    [
        ("nothing", b"", "format"),
        ("an MP3", b"ID3\x04" + b"\x00" * 200, "format"),
        ("another codec", flac_in_wav(), "format"),
        ("half a header", tone(0.3, 8000)[:30], "format"),
        ("no sound in it", tone(0.3, 8000, loud=0.0), "empty"),
        ("too short", tone(0.01, 8000), "empty"),
        ("too long", tone(30.5, 8000), "long"),
        ("a rate of nobody", tone(0.3, 1000), "format"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_reason(says: str, file: bytes, why: str) -> None:
    with pytest.raises(BadSound, match=why):
        sounds.telephone(file)


def test_parts_are_joined_in_their_order() -> None:
    wav = sounds.joined([sounds.spoken(tone(0.2, 8000)), sounds.silence(100), sounds.spoken(tone(0.2, 16000))])
    assert header(wav) == (8000, 1, 2)
    assert sounds.seconds(wav) == pytest.approx(0.5, abs=0.01)
