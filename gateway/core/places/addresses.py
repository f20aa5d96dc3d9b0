"""The abbreviations of Indonesian addresses: written short in a text message, spoken in full."""

from __future__ import annotations

import re

# The first short form is the one that we write.
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
    """For the ear: "Jl. Ampera Gg 3" -> "Jalan Ampera Gang 3"."""
    return _WORD.sub(lambda word: _LONG.get(word.group().rstrip(".").casefold(), word.group()), address)


def shorten(address: str) -> str:
    """For a text message: "Kelurahan Benua Melayu Darat" -> "Kel Benua Melayu Darat"."""
    return _WORD.sub(lambda word: _SHORT.get(word.group().rstrip(".").casefold(), word.group()), address)
