"""The table of the columns of every import: an example of each, and the other headers under which people have it.

Which columns a kind of file has, and how each is read, its `Sheet` says; what a column means, `console.column.<name>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """An example of what stands in a column, and its other headers, as `plain` returns them."""

    example: str
    also: tuple[str, ...] = ()


COLUMNS: Mapping[str, Column] = {
    "phone": Column(
        "081230000001",
        (
            *(
                "no hp",
                "nomor hp",
                "hp",
                "handphone",
                "no handphone",
                "nomor handphone",
                "telepon",
                "no telepon",
                "telp",
            ),
            *(
                "no telp",
                "nomor telepon",
                "nomor",
                "no wa",
                "mobile",
                "phone number",
                "telephone",
                "simu",
                "namba ya simu",
            ),
        ),
    ),
    "name": Column("Budi Santoso", ("nama", "nama lengkap", "full name", "jina", "jina kamili")),
    "rank": Column("Aiptu", ("pangkat", "cheo")),
    "unit": Column("BARAT", ("satuan", "kesatuan", "kode satuan", "unit code", "kituo")),
    "language": Column("id", ("bahasa", "lugha")),
    "lat": Column("-0.0263", ("lintang", "latitude")),
    "lon": Column("109.3425", ("bujur", "longitude", "lng", "long")),
    "on_duty": Column("1", ("dinas", "sedang dinas", "duty", "zamu")),
    "code": Column("BARAT", ("kode", "msimbo")),
    "kind": Column("polsek", ("jenis", "tingkat", "aina")),
    "parent": Column("PTK", ("induk", "satuan induk", "atasan", "parent unit")),
    "timezone": Column("Asia/Pontianak", ("zona waktu", "time zone")),
    "policy": Column("nearest_first", ("kebijakan",)),
    "numbers": Column("0561700111|0561700112", ("nomor piket", "nomor tambahan")),
    "days": Column("sen-jum", ("hari", "siku")),
    "from": Column("07:00", ("dari", "mulai", "jam mulai", "start", "kuanzia")),
    "until": Column("15:00", ("sampai", "selesai", "jam selesai", "to", "end", "hadi")),
    "national_id": Column("6171015501900001", ("nik", "no nik", "nomor ktp", "no ktp", "ktp", "id number", "nida")),
    "address": Column("Jl. Ampera 21", ("alamat", "alamat lengkap", "anwani")),
    "quiet": Column("0", ("diam", "kimya")),
    "pin": Column("4821", ()),
    "duress_pin": Column("9317", ("pin paksaan", "pin darurat")),
    "ring_back": Column("1", ("boleh ditelepon", "telepon balik")),
    "contact": Column("usual", ("hubungi",)),
    "hide_address": Column("0", ("sembunyikan alamat",)),
    "desk_first": Column("0", ("piket dulu",)),
    "volunteer_m": Column("500", ("relawan", "relawan m", "jarak relawan")),
    "notes": Column("tuli", ("catatan", "keterangan", "maelezo")),
    "state": Column("pending", ("status", "hali")),
    "aliases": Column("psr flamboyan|flamboyan", ("nama lain", "sebutan", "alias")),
    "radius_m": Column("150", ("radius", "jari jari", "radius meter")),
}


def plain(header: str) -> str:
    """Return a header without case, and with single spaces for what is neither letter nor digit."""
    return " ".join(re.findall(r"[^\W_]+", header.casefold()))


def named(headers: Sequence[str], columns: Iterable[str], meant: Mapping[str, str]) -> list[str]:
    """Return the column that each header of a file means; a header that means none stays as it is, in small letters.

    A column's own name goes before what a person said of this file (`meant`: a plain header to its column), and that
    before the table above: with both "phone" and "HP" in a file, "HP" means nothing.
    """
    own = {plain(name): name for name in columns}
    tables = (own, meant, _also(own.values()))
    found: dict[int, str] = {}
    for table in tables:
        taken = set(found.values())
        found |= {
            at: table[plain(header)]
            for at, header in enumerate(headers)
            if at not in found and plain(header) in table and table[plain(header)] not in taken
        }
    return [found.get(at, header.strip().casefold()) for at, header in enumerate(headers)]


def _also(columns: Iterable[str]) -> dict[str, str]:
    return {header: column for column in columns if column in COLUMNS for header in COLUMNS[column].also}
