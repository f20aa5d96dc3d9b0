"""Sounds as a telephone plays them: WAV, 8000 samples a second, one channel, 16 bits."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

RATE = 8000  # samples a second
LONGEST_S = 30  # seconds of one recording
LEAST_S = 0.1
_TAPS = 129  # of the filter that takes away what 8000 samples a second cannot hold
_PEAK = 0.9  # the loudest sample of a recording, of what 16 bits hold: all recordings are about as loud

Samples = NDArray[np.float64]  # between -1 and 1


class BadSound(ValueError):  # noqa: N818 - it names the file
    """A file that cannot be used; the text is a short key of why: "format", "empty" or "long"."""


def telephone(file: bytes) -> bytes:
    """Return a recording as telephones play it: any WAV of 8, 16, 24 or 32 bits, made mono and about as loud as the
    others. Raises BadSound."""
    samples, rate = _read(file)
    samples = _resampled(samples, rate)
    peak = float(np.abs(samples).max(initial=0.0))
    if peak < 0.01:
        raise BadSound("empty")
    return to_wav(samples * (_PEAK / peak))


def spoken(file: bytes) -> Samples:
    """Return the samples, at RATE, of a WAV that a program made. Raises BadSound."""
    samples, rate = _read(file, longest=None)
    return _resampled(samples, rate)


def seconds(file: bytes) -> float:
    """Return how long a telephone's WAV is."""
    return (len(file) - 44) / 2 / RATE


def to_wav(samples: Samples) -> bytes:
    whole = np.clip(np.round(samples * 32767), -32768, 32767).astype("<i2").tobytes()
    told = io.BytesIO()
    with wave.open(told, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(whole)
    return told.getvalue()


def silence(milliseconds: int) -> Samples:
    return np.zeros(RATE * milliseconds // 1000)


def joined(parts: Iterable[Samples]) -> bytes:
    """Return these samples, one after the other, as one WAV."""
    return to_wav(np.concatenate([silence(0), *parts]))


def _read(file: bytes, longest: int | None = LONGEST_S) -> tuple[Samples, int]:
    try:
        with wave.open(io.BytesIO(file)) as told:
            channels, width, rate = told.getnchannels(), told.getsampwidth(), told.getframerate()
            raw = told.readframes(told.getnframes())
    except (wave.Error, EOFError, struct.error, ValueError, OverflowError) as error:
        raise BadSound("format") from error
    if width not in (1, 2, 3, 4) or not 4000 <= rate <= 192_000 or not 1 <= channels <= 8:
        raise BadSound("format")
    samples = _mono(raw, width, channels)
    if longest is not None and len(samples) > longest * rate:
        raise BadSound("long")
    if len(samples) < LEAST_S * rate:
        raise BadSound("empty")
    return samples, rate


def _mono(raw: bytes, width: int, channels: int) -> Samples:
    """Return the mean of the channels; a program that writes to a pipe may tell more frames than it wrote."""
    raw = raw[: len(raw) // (width * channels) * width * channels]
    if width == 1:
        whole = np.frombuffer(raw, np.uint8).astype(np.float64) - 128
    elif width == 3:
        parts = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        padded = np.zeros((len(parts), 4), np.uint8)
        padded[:, 1:] = parts
        whole = padded.view("<i4").reshape(-1).astype(np.float64) / 256
    else:
        whole = np.frombuffer(raw, f"<i{width}").astype(np.float64)
    samples: Samples = whole.reshape(-1, channels).mean(axis=1) / 2.0 ** (8 * width - 1)
    return samples


def _resampled(samples: Samples, rate: int) -> Samples:
    """Return the samples at RATE, without the pitches above half of it, which would come back as noise."""
    if rate == RATE:
        return samples
    if rate > RATE:
        cutoff = 0.46 * RATE / rate  # of the sampling rate
        places = np.arange(_TAPS) - _TAPS // 2
        taps = np.sinc(2 * cutoff * places) * np.hamming(_TAPS)
        samples = np.convolve(samples, taps / taps.sum(), mode="same")
    count = int(len(samples) * RATE / rate)
    at: Samples = np.interp(np.arange(count) * rate / RATE, np.arange(len(samples)), samples)
    return at
