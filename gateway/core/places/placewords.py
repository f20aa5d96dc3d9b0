"""Words in Indonesian place names: abbreviations, and which words are generic, decisive or ordinary.

Sources: the aliases of the pilot cities' kelurahan, and texts from there. An operator adds spellings of a single place
as aliases in places.csv; a rule for every place belongs here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_ABBREVIATIONS = {
    "ahmad yani": "ayani ay",
    "alun": "alon aloon",
    "belakang": "blkg blkng blakang",
    "barat": "brt",
    "dalam": "dlm",
    "darat": "drt",
    "dekat": "dkt dket deket dkat",
    "depan": "dpn dpan",
    "di": "d",
    "gang": "gg gng",
    "gereja": "grj",
    "guntung": "gt gtg",
    "gusti": "gst",
    "haji": "hj",
    "hilir": "hlr hilr hlir ilir",
    "hulu": "hlu ulu",
    "jalan": "jl jln jlan",
    "jembatan": "jbt jbtn jmb jmbt jmbtn jmbatan jembtan jembatn",
    "jenderal": "jend jendral jnd jendr",
    "kampung": "kmp kp kpg kampoeng",
    "kecamatan": "kec kcmtn",
    "kelurahan": "kel klurahan klrhn",
    "masjid": "mesjid masjit mesjit msjd msjid",
    "mushola": "musholla musolla mushalla musala",
    "parit": "pr prt",
    "pasar": "ps psr psar",
    "pelabuhan": "plb plbhn plabuhan pelbuhan plbuhan",
    "perumahan": "prm perum perumhn prum prmh komp kmplk komplek kompleks komplk kplk",  # people say either
    "pontianak": "ptk pnk pontiank",
    "puskesmas": "pkm pusk puskes pskms",
    "rumah sakit": "rs rsu rsud rumkit",
    "samping": "smpg smping",
    "selatan": "slt sltn slatan selatn",
    "simpang": "spg smpng simp simpng sp",
    "simpang 3": "pertigaan prtigaan simpangtiga",
    "simpang 4": "perempatan prempatan simpangempat",
    "sungai": "sei sui sngai sungi sgi",
    "tanjung": "tj tjg tg tanjong",
    "tengah": "tgh tngah",
    "terminal": "trm trmnl trminal terminl",
    "timur": "tmr timr",
    "universitas": "univ unv kampus",
    "utara": "utr utra",
}
_EXPANDED = {short: word for word, shorts in _ABBREVIATIONS.items() for short in shorts.split()}
_NUMERALS = {
    word: str(number)
    for number, words in enumerate(
        (
            *("satu i", "dua ii", "tiga iii", "empat ampat iv", "lima v", "enam vi", "tujuh vii", "delapan lapan viii"),
            *("sembilan ix", "sepuluh x", "sebelas xi"),
        ),
        start=1,
    )
    for word in words.split()
}
_FIRST_NAMES = {("a", "yani"): "ahmad", ("achmad", "yani"): "ahmad"}  # the street that every city has


def _set(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Words that tell one place from its neighbour; a typing error in the rest is forgiven, another one of these is not.
CARDINALS = _set("utara selatan timur barat tengah tenggara hulu hilir dalam luar laut darat")

# Those of them without another meaning: after a kelurahan's name they make it another kelurahan.
COMPASS = _set("utara selatan timur barat tenggara hulu hilir")

# Words that many places share, so that agreeing in them proves nothing.
GENERIC = _set(
    "jalan gang pasar sungai parit simpang kompleks perumahan kampung tanjung masjid gereja sekolah kantor rumah",
    "sakit terminal pelabuhan bandara hotel toko kampus jembatan taman stadion km rt rw no blok",
)

# Words that say what kind of building or lane a name belongs to: "rs sudarso" is no street of that name.
HEADS = _set(
    "sakit masjid mushola surau gereja vihara pura klenteng sekolah tk paud sd sdn sdit mts smp smpn sma sman smk smkn",
    "kampus museum makam kuburan wisma penginapan kos kost restoran rm bengkel salon kapal kantin showroom dealer",
    "universitas kantor hotel losmen toko apotek bank warung kafe cafe ruko spbu puskesmas klinik polsek polres",
    "koramil terminal pelabuhan bandara stadion taman jembatan pasar perumahan kompleks gang gudang pabrik gedung mall",
)

# Words that say what a name is the name of: "gang ampera" is not "jalan ampera", however alike they are spelt.
KINDS = HEADS | _set("jalan gang simpang kampung parit sungai")

# Words that stand behind nothing but a street ("ampera gg usaha").
BEHIND_A_STREET = _set("gang nomor no km blok rt rw")

# Words behind a street's shortened name ("komyos gg alpokat").
BESIDE_A_STREET = BEHIND_A_STREET | _set("ujung simpang depan dekat belakang samping seberang")

# Words after which even a very short name ("BMD") is meant as a place.
LOCATORS = _set("di ke dari dekat depan belakang samping sebelah seberang sekitar daerah posisi lokasi")

# The level that a word in front gives to a name.
LEVELS = {"kelurahan": "kelurahan", "desa": "kelurahan", "kecamatan": "kecamatan"}

# Words that stand around a place and never begin or end its name.
EDGES = (
    LOCATORS
    | set(LEVELS)
    | _set(
        "arah menuju lewat ada saya aku kami kita yang dan ini itu sini situ sana tolong darurat bantu cepat sekarang",
        "maling rampok begal kebakaran pak bu bang polisi",
    )
)

# Names that are ordinary words too ("di tengah jalan"): they count only after such a level, or alone in the text.
ORDINARY = _set("tengah komet mariana saigon palam cempaka kemuning bangkal")

_WORD = re.compile(r"[a-z]+|\d+")
_WEB = re.compile(r"www\.\S*")
_REPEATED = re.compile(r"\b(al(?:u|o|oo)n)2\b")  # "alun2": the word twice; behind any other word the 2 is a number
_OLD_SPELLING = (
    ("oe", "u"),
    ("oo", "u"),
    ("dj", "j"),
    ("tj", "c"),
)  # Indonesian before 1947 and 1972; people's names keep it
_OLD_NAME = 7  # letters; in shorter words the two letters are as often two sounds
_SPLIT = re.compile(rf"({'|'.join(sorted(CARDINALS))})([a-z]{{4,}})|([a-z]{{4,}})({'|'.join(sorted(CARDINALS))})")


@dataclass(frozen=True)
class Word:
    """A word in its full spelling, and as it was typed."""

    full: str
    typed: str


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """Return the words of which place names are made, in every spelling; names of places are not among them."""
    listed = (CARDINALS, GENERIC, HEADS, KINDS, BESIDE_A_STREET, LOCATORS, LEVELS, ORDINARY)
    full = frozenset(word for some in listed for word in some)
    return full | {short for short, word in _EXPANDED.items() if word in full}


def read_words(text: str) -> list[Word]:
    """Return the words of a text or a name in plain lower case, abbreviations in full, without links."""
    plain = unicodedata.normalize("NFKD", _without_links(text)).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("'", "")
    typed = _WORD.findall(_REPEATED.sub(r"\1 \1", plain))
    return [
        Word(_numeral(full, before), one)
        for before, one, after in zip(["", *typed], typed, [*typed[1:], ""], strict=False)
        for full in _in_full(one, after)
    ]


def _without_links(text: str) -> str:
    """Word by word, because a pattern that looks for "://" behind any letters takes with the square of a long word."""
    return _WEB.sub(" ", " ".join(word for word in text.split() if "://" not in word))


def _numeral(full: str, before: str) -> str:
    """A number in digits, written as a word or in Roman ("pal lima", "tanjung raya II"); a lone "i" is no number."""
    lone = len(full) == 1 and not (len(before) > 1 and before.isalpha() and _EXPANDED.get(before, before) not in EDGES)
    return full if lone else _NUMERALS.get(full, full)


def _in_full(typed: str, after: str) -> list[str]:
    """Return one typed word as one or more words: abbreviations in full, "siantanhilir" split in two."""
    for old, new in _OLD_SPELLING:
        typed = typed.replace(old, new) if len(typed) >= _OLD_NAME else typed
    split = _SPLIT.fullmatch(typed)
    if split and typed not in CARDINALS:
        return [part for part in split.groups() if part]
    return _FIRST_NAMES.get((typed, after), _EXPANDED.get(typed, typed)).split()
