"""When an officer says that they will be there: minutes with a unit word, or a bare number behind the answer."""

import pytest

from gateway.core.words.reading import read

TIMES = {
    "OTW 10 menit": 10, "OK 10 mnt": 10, "otw 10": 10, "OK K7Q 15": 15, "K7Q otw 20 menit lagi": 20, "otw 10mnt": 10,
    "86 10 menit": 10, "10 menit lagi sampai": 10, "siap ndan 5 menit": 5, "otw 1 jam": 60, "otw setengah jam": 30,
    "otw 15-20 menit": 20, "TIBA 10 menit lagi": 10, "OTW 90 menit": 90, "on the way 10 minutes": 10,
    "njiani dakika 10": 10, "otw 10 K7Q": 10, "otw 6": 6, "ok 60": 60, "ok ndan 15": 15, "otw 1 jam lagi": 60,
    "siap 86, 12 menit": 12,
}  # fmt: skip
NO_TIMES = (
    "86", "ok 86", "otw 86", "otw 86 menit", "otw 110", "otw 112", "otw 110 menit", "otw 112 mnt", "siap 8 6", "otw 5",
    "ok 1", "ok 61", "otw rt 10", "otw jl ampera 10", "otw 2 km", "otw jam 10", "otw pukul 10", "otw sudah 10 menit",
    "otw 5 menit yg lalu", "SELESAI 10", "TIBA 10", "TOLAK 10", "ok 4567", "otw 0811 2345", "otw 300 menit",
)  # fmt: skip


@pytest.mark.parametrize("words", TIMES)
def test_it_reads_the_minutes(words: str) -> None:
    said = read(words, ["K7Q"]).answer
    assert said is not None
    assert said.minutes == TIMES[words]


@pytest.mark.parametrize("words", NO_TIMES)
def test_it_reads_no_minutes(words: str) -> None:
    said = read(words, ["K7Q"]).answer
    assert said is not None
    assert said.minutes is None
