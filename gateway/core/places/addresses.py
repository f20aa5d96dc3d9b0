"""The abbreviations of Indonesian addresses: we write them short in a text and speak them in full."""

from __future__ import annotations

import re

# We write the first short form of each; the others are only read.
_FORMS = {
    "Jalan": ("Jl", "Jln"),
    "Gang": ("Gg",),
    "Kelurahan": ("Kel",),
    "Kecamatan": ("Kec",),
    "Kabupaten": ("Kab",),
    "Kompleks": ("Komp", "Komplek"),
    "Perumahan": ("Perum", "Prm"),
    "Simpang": ("Simp", "Smpg"),
    "Sungai": ("Sei", "Sui"),
    "Pasar": ("Psr", "Ps"),
    "Dekat": ("Dkt",),
    "Depan": ("Dpn",),
    "Belakang": ("Blkg",),
    "Blok": ("Blk",),
    "Desa": ("Ds",),
    "R T": ("RT",),
    "R W": ("RW",),
}
_LONG = {short.casefold(): long for long, shorts in _FORMS.items() for short in shorts}
_SHORT = {long.casefold(): shorts[0] for long, shorts in _FORMS.items()}
_WORD = re.compile(r"[^\W\d_]+\.?")


def spell_out(address: str) -> str:
    """Return the address for speech: "Jl. Ampera Gg 3" becomes "Jalan Ampera Gang 3"."""
    return _WORD.sub(lambda word: _LONG.get(word.group().rstrip(".").casefold(), word.group()), address)


def shorten(address: str) -> str:
    """Return the address for a text message: "Kelurahan Benua Melayu Darat" becomes "Kel Benua Melayu Darat"."""
    return _WORD.sub(lambda word: _SHORT.get(word.group().rstrip(".").casefold(), word.group()), address)
