"""When an officer says that they will be there: minutes with a unit word, or a bare number behind the answer."""

import pytest

from gateway.core.words.reading import read
from gateway.core.words.replies import Reply

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
ALONE = {
    "10 menit lagi": 10, "10 mnt lg": 10, "5 menit lagi ndan": 5, "stgh jam lg": 30, "setengah jam lagi": 30,
    "10mnt": 10, "kira2 10 menit lagi pak": 10, "sekitar 10 menit": 10, "izin ndan 10 menit lagi": 10,
    "estimasi 15 menit": 15, "eta 10 menit": 10, "15-20 menit lagi": 20, "1 jam lagi": 60, "sejam lagi": 60,
    "1/2 jam lagi": 30, "macet ndan, 10 menit lg": 10, "10 min": 10, "about 10 minutes": 10, "dakika 10": 10,
    "K7Q 10 menit lagi": 10, "10 menit lagi K7Q": 10, "15 menitan lagi komandan": 15, "lima menit lagi": 5,
    "sepuluh mnt lagi": 10, "dua puluh menit lagi": 20, "kurleb 10 mnt": 10, "lg 10 mnt": 10,
    "sebentar lagi 5 menit": 5, "10 mnt lgi bang": 10,
}  # fmt: skip
NOT_ALONE = (
    "10", "15", "110", "112", "110 menit", "112 menit lagi", "110 mnt lg", "10 menit lagi?", "belum 10 menit",
    "sudah 10 menit", "baru 10 menit", "10 menit lalu", "10 menit lagi rapat", "istirahat 10 menit", "tunggu 10 menit",
    "ambulans 10 menit lagi", "jam 10", "10 orang", "kapan 10 menit lagi", "pelaku 10 menit lagi", "10 km", "lagi",
    "300 menit lagi", "menit lagi", "besok 10 menit",
)  # fmt: skip


@pytest.mark.parametrize("words", ALONE)
def test_it_reads_a_time_that_stands_alone(words: str) -> None:
    said = read(words, ["K7Q"]).answer
    assert said is not None
    assert (said.reply, said.minutes) == (Reply.ARRIVES, ALONE[words])


@pytest.mark.parametrize("words", NOT_ALONE)
def test_it_reads_no_time_where_one_does_not_stand_alone(words: str) -> None:
    said = read(words, ["K7Q"]).answer
    assert said is None or (said.reply is not Reply.ARRIVES and said.minutes is None)


@pytest.mark.parametrize("words", ["86", "86 menit lagi", "86 mnt lg"])
def test_86_alone_is_a_yes_and_no_time(words: str) -> None:
    said = read(words).answer
    assert said is not None
    assert (said.reply, said.minutes) == (Reply.ACCEPT, None)


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
