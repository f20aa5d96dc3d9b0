"""The spool: what a carrier was answered 200 for is on the disk, and comes home once the database is back."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from gateway.core.messages import Hook
from gateway.infrastructure.spool import LONGEST_PAUSE_SECONDS, MOST_FAILURES, ROUND, Lane, Spool, _from_json, _to_json
from gateway.models import sealing

NIK = "6171012345678901"
HOOK = Hook(
    "POST",
    "https://siaga.example/hooks/twilio/sms?a=b",
    "sms",
    headers={"x-twilio-signature": "c2ln"},
    query={"a": ("b",)},
    form={"Body": (f"DAFTAR Budi#{NIK}#Jl Merdeka", ""), "From": ("+6281255501000",)},
    body=b"\x00\xffBody=",
)


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def spool(tmp_path: Path, clock: Clock) -> Spool:
    return Spool(tmp_path / "spool", sealing.seal, sealing.unseal, sealing.mark, clock)


class Tray:
    """Where kept requests come home to, unless `trouble` is in the way of those to a path."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Hook]] = []
        self.trouble: dict[str, Exception] = {}

    def __call__(self, line: str, hook: Hook) -> None:
        if hook.path in self.trouble:
            raise self.trouble[hook.path]
        self.taken.append((line, hook))


@pytest.fixture
def tray() -> Tray:
    return Tray()


def at(path: str) -> Hook:
    return Hook("POST", f"https://siaga.example/hooks/twilio/{path}", path)


def test_what_was_kept_comes_home_whole_and_once(spool: Spool, tray: Tray) -> None:
    spool.keep("twilio", HOOK)
    assert spool.waiting() == 1
    assert spool.drain(tray) == 1
    assert tray.taken == [("twilio", HOOK)]
    assert (spool.waiting(), spool.drain(tray)) == (0, 0)


def test_an_empty_spool_needs_no_folder(spool: Spool, tray: Tray) -> None:
    assert (spool.waiting(), spool.drain(tray)) == (0, 0)


def test_it_brings_home_what_one_phone_sent_in_its_order(spool: Spool, tray: Tray) -> None:
    for number in range(24):
        spool.keep("twilio", at(str(number)), phone=f"+62812555010{number % 2}")
    spool.drain(tray)
    home = [int(hook.path) for _, hook in tray.taken]
    assert [number for number in home if number % 2] == list(range(1, 24, 2))
    assert [number for number in home if number % 2 == 0] == list(range(0, 24, 2))


def test_panics_come_home_first_then_answers_then_reports(spool: Spool, tray: Tray) -> None:
    for number in range(12):
        for lane in reversed(Lane):
            spool.keep("twilio", at(lane.name), lane, f"+62812{number}")
    spool.drain(tray)
    assert [hook.path for _, hook in tray.taken] == ["PANIC"] * 12 + ["ANSWER"] * 12 + ["REPORT"] * 12


def test_a_slow_panic_holds_up_none_of_another_phone(spool: Spool) -> None:
    """Each waits for the other: one after the other they would wait for ever."""
    both = Barrier(2, timeout=20)
    spool.keep("twilio", at("one"), phone="+628121")
    spool.keep("twilio", at("other"), phone="+628122")
    assert spool.drain(lambda line, hook: both.wait() * 0) == 2


def test_a_panic_that_comes_in_meanwhile_goes_before_the_answers_that_are_left(spool: Spool, tray: Tray) -> None:
    for number in range(ROUND + 8):
        spool.keep("twilio", at("answer"), Lane.ANSWER, f"+62812{number}")

    def take(line: str, hook: Hook) -> None:
        if not tray.taken:
            spool.keep("twilio", at("panic"), Lane.PANIC, "+62813")
        tray(line, hook)

    spool.drain(take)
    assert [hook.path for _, hook in tray.taken].index("panic") <= ROUND


def test_of_a_phone_whose_lock_is_held_the_rest_waits_and_others_come_home(spool: Spool, tray: Tray) -> None:
    held = OperationalError("", None, LockNotAvailable())
    for path in ("first", "second"):
        spool.keep("twilio", at(path), phone="+628121")
    spool.keep("twilio", at("fine"), phone="+628122")
    tray.trouble = {"first": held}
    assert spool.drain(tray) == 1
    tray.trouble = {}
    assert spool.drain(tray) == 2
    assert [hook.path for _, hook in tray.taken] == ["fine", "first", "second"]


def test_a_disk_that_cannot_be_written_holds_up_nothing_and_takes_nothing_twice(
    spool: Spool, tray: Tray, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "read-only file system")

    for path in ("broken", "fine", "last"):
        spool.keep("twilio", at(path), phone=f"+62812{path}")
    tray.trouble = {"broken": ValueError("a bug of ours")}
    with monkeypatch.context() as disk:
        for call in ("unlink", "rename", "utime"):
            disk.setattr(os if call == "utime" else Path, call, refused)
        assert spool.drain(tray) == 2
        assert spool.drain(tray) == 0
    clock.now += 3
    tray.trouble = {}
    assert spool.drain(tray) == 1
    assert sorted(hook.path for _, hook in tray.taken) == ["broken", "fine", "last"]


def test_files_of_a_version_without_lanes_come_home_with_the_panics(spool: Spool, tray: Tray) -> None:
    spool.keep("twilio", at("new"), Lane.ANSWER, "+628121")
    spool.keep("twilio", at("old"), Lane.REPORT)
    old = next(path for path in spool.folder.iterdir() if f"-{Lane.REPORT}-" in path.name)
    old.rename(spool.folder / f"{old.name.split('-')[0]}-0a1b2c3d.0.hook")
    spool.drain(tray)
    assert [hook.path for _, hook in tray.taken] == ["old", "new"]


def test_a_name_of_a_file_shows_no_number(spool: Spool) -> None:
    spool.keep("twilio", HOOK, Lane.PANIC, "+6281255501000")
    (file,) = spool.folder.iterdir()
    assert "81255501000" not in file.name


def test_nothing_can_be_read_off_the_disk(spool: Spool) -> None:
    spool.keep("twilio", HOOK)
    (file,) = spool.folder.iterdir()
    assert NIK.encode() not in file.read_bytes()
    assert b"Budi" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700


def test_while_the_database_is_away_nothing_is_counted_and_the_order_stays(spool: Spool, tray: Tray) -> None:
    spool.keep("twilio", at("first"), phone="+628121")
    spool.keep("twilio", at("second"), phone="+628121")
    tray.trouble = {"first": NoFreeConnection("away")}
    for _ in range(MOST_FAILURES * 2):
        assert spool.drain(tray) == 0
    tray.trouble = {}
    assert spool.drain(tray) == 2
    assert [hook.path for _, hook in tray.taken] == ["first", "second"]


def test_one_that_fails_does_not_hold_up_the_others(spool: Spool, tray: Tray, clock: Clock) -> None:
    spool.keep("twilio", at("broken"))
    spool.keep("twilio", at("fine"))
    tray.trouble = {"broken": ValueError("a bug of ours")}
    assert spool.drain(tray) == 1
    tray.trouble = {}
    assert spool.drain(tray) == 0  # its pause is not over
    clock.now += 3
    assert spool.drain(tray) == 1
    assert [hook.path for _, hook in tray.taken] == ["fine", "broken"]


def test_one_that_always_fails_is_set_aside_and_still_counted(
    spool: Spool, tray: Tray, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    spool.keep("twilio", HOOK)
    tray.trouble = {"sms": ValueError("a bug of ours")}
    for _ in range(MOST_FAILURES):
        assert not spool.bad.exists()
        spool.drain(tray)
        clock.now += LONGEST_PAUSE_SECONDS + 1
    assert len(list(spool.bad.iterdir())) == 1
    assert spool.waiting() == 1
    assert caplog.records[-1].levelname == "ERROR"
    tray.trouble = {}
    assert spool.drain(tray) == 0


@pytest.mark.parametrize("damage", [b"", b"gAAAAA", b"\xff\xfe"])
def test_a_damaged_file_is_put_back_like_any_other_failure(spool: Spool, tray: Tray, damage: bytes) -> None:
    spool.keep("twilio", HOOK)
    (file,) = spool.folder.iterdir()
    file.write_bytes(damage)
    spool.keep("twilio", at("fine"))
    assert spool.drain(tray) == 1
    assert spool.waiting() == 1


def test_a_disk_that_refuses_is_an_error_of_the_one_who_keeps(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("no folder", encoding="ascii")
    with pytest.raises(OSError, match="exists"):
        Spool(tmp_path / "spool", sealing.seal, sealing.unseal, sealing.mark).keep("twilio", HOOK)


def test_a_draft_that_a_crash_left_behind_is_nobodys_request(spool: Spool, tray: Tray) -> None:
    spool.keep("twilio", HOOK)
    (spool.folder / "00000000000000000001-aaaaaaaa.0.draft").write_bytes(b"half")
    assert spool.waiting() == 1
    assert spool.drain(tray) == 1


def test_many_who_drain_together_bring_each_home_once(spool: Spool) -> None:
    home: Counter[str] = Counter()
    for number in range(60):
        spool.keep("twilio", at(str(number)))

    def take(_line: str, hook: Hook) -> None:
        home[hook.path] += 1

    with ThreadPoolExecutor(8) as drainers:
        done = [drainers.submit(spool.drain, take) for _ in range(8)]
    assert sum(each.result() for each in done) == 60
    assert set(home.values()) == {1}
    assert len(home) == 60


DIE_IN_THE_MIDDLE = """
import os, pathlib, sys
from gateway.infrastructure.spool import Spool
Spool(pathlib.Path(sys.argv[1]), str, str, str).drain(lambda line, hook: os._exit(9))
"""


def test_what_a_dead_process_had_in_hand_is_taken_by_the_next(tmp_path: Path, tray: Tray) -> None:
    spool = Spool(tmp_path, str, str, str)
    spool.keep("twilio", at("sms"))
    assert subprocess.run([sys.executable, "-c", DIE_IN_THE_MIDDLE, tmp_path], check=False).returncode == 9
    assert spool.drain(tray) == 1


words = st.text(max_size=20)
fields = st.dictionaries(words, st.lists(words, max_size=3).map(tuple), max_size=3)
hooks = st.builds(
    Hook,
    method=st.sampled_from(["GET", "POST"]),
    url=words,
    path=words,
    token=words,
    headers=st.dictionaries(words, words, max_size=3),
    query=fields,
    form=fields,
    body=st.binary(max_size=40),
)


@given(words, hooks)
def test_whatever_came_in_is_read_back_the_same(line: str, hook: Hook) -> None:
    assert _from_json(_to_json(line, hook)) == (line, hook)
