"""The longest facts that a sentence must have room for: a sentence that fits with these fits in an emergency."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.core import defaults
from gateway.core.languages import menu_lines
from gateway.core.sentences import phrases
from gateway.core.sentences.menu import numbered
from gateway.core.sentences.script import spell_code, spell_number, spoken_distance

LONGEST: Mapping[str, object] = {
    "code": "K7Q2",
    "before": "K7Q2",
    "codes": "K7Q2, K7Q3, K7Q4, K7Q5, K7Q6, K7Q7",
    "open_codes": "K7Q2, M3PX, A2BC, D4EF +9",
    "said": "LEPAS",
    "begins": "28/11 06:00",
    "ends": "29/11 06:00",
    "line": "africastalking-2",
    "used": 99999,
    "limit": 99999,
    "secret": "7391",
    "from_number": "085812345678",
    "other": "K7Q2, M3PX, A2BC, D4EF",
    "rest": "Tugas Anda: K7Q2, M3PX, A2BC, D4EF. Balas dengan kode itu.",
    "time": "14:32 WITA",
    "sent": "14:32 WITA",
    "hour": "dua puluh tiga",
    "minute": "lima puluh sembilan",
    "station": "+6281234567890",
    "emergency": defaults.EMERGENCY,
    "who": "Brigpol Muhammad Taufik Hidayatullah",
    "name": "Muhammad Taufik Hidayatullah Siregar",
    "number": "+6281234567890",
    "unit": "Polsek Pontianak Tenggara",
    "place": "Jl Gusti Situt Mahmud, Kel Siantan Hulu",
    "known": "menara 8mnt +-1,2km",
    "spot": "-10.0000,-180.0000",
    "step": "panggilan palsu",
    "service": "pemadam kebakaran",
    "tongue": "Indonesia",
    "count": 99,
    "items": "K7Q2 081234567890; M3PX 081234567890; A2BC 081234567890",
    "seconds": 600,
    "numbers": ", ".join(["085812345678"] * 4),
    "minutes": 120,
    "others": "+99",
    "distance": "12,4km",
    "words": "ada maling bawa parang di depan rumah",
    "reason": "KTP dan wajah tidak cocok di meja piket",
}
PIECE = 15  # septets of a `step`, which stands inside other sentences
LINE = 120  # septets of a sentence that a screen quotes in `text`, above its keys
DUTY = "K7Q2 TERANCAM JANGAN TELP/SMS 12,4km Siantan"  # an officer must still read this much above seven keys
_STATUS = "K7Q2: piket Polsek Pontianak Tenggara memegang panggilan Anda dan masih mencari petugas. Tunggu di situ. "


def on_screen(key: str, language: str) -> Mapping[str, object]:
    """Return the longest facts of a USSD screen: full lists, and in `text` the longest sentence that it quotes."""
    quoted = {"ussd.consent": phrases.original("consent.text", language), "ussd.duty": DUTY}
    return {
        **LONGEST,
        "languages": menu_lines(),
        "text": quoted.get(key, f"{_STATUS:.<{LINE}}"),
        "places": numbered(["Benua Melayu Darat Selatan Sekali"] * 4, 22),
        "duties": numbered(["K7Q2 12,4km Kelurahan Benua Melayu Darat"] * 5, 26),
    }


def for_the_ear(language: str) -> Mapping[str, object]:
    """Return the longest facts of a call: codes, numbers and distances spelled as the voice says them."""
    return {
        **LONGEST,
        "code": spell_code("K7Q2", language),
        "number": spell_number("+6281234567890", language),
        "distance": spoken_distance(12_400, language),
    }
