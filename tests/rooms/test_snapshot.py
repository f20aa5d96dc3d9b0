"""The snapshot and its marks on the disk: sealed, whole, and made once."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from gateway.infrastructure.snapshot import BUCKETS, Marks, Snapshot, Turn
from gateway.models import sealing


@pytest.fixture(autouse=True)
def own_keys(keys: None) -> None:
    """Keys are set."""


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return Snapshot(tmp_path / "outage", sealing.seal_bytes, sealing.unseal_bytes)


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    return Marks(tmp_path / "marks", sealing.seal_bytes, sealing.unseal_bytes, sealing.mark)


def test_a_part_comes_back_and_nobody_else_can_read_it(snapshot: Snapshot) -> None:
    snapshot.write("phones", {"quiet": ["+6281390000001"]}, 1000.0)
    assert snapshot.read("phones") == {"quiet": ["+6281390000001"]}
    (file,) = snapshot.folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"6281" not in file.read_bytes()


def test_a_large_part_is_looked_up_by_key(snapshot: Snapshot) -> None:
    rows = {f"+62813{n:08d}": [f"Warga {n}", n] for n in range(BUCKETS * 3)}
    assert snapshot.write_buckets("register", rows.items(), 1000.0) == len(rows)
    assert all(snapshot.find("register", key) == row for key, row in list(rows.items())[::97])
    assert snapshot.find("register", "+6200") is None


def test_a_replaced_part_is_read_again_and_its_age_is_when_it_was_last_true(snapshot: Snapshot) -> None:
    assert snapshot.true_at("phones") is None
    snapshot.write("phones", {"seen": 1}, 1000.0)
    assert snapshot.read("phones") == {"seen": 1}
    assert snapshot.confirm("phones", 1010.0)
    assert snapshot.true_at("phones") == 1010.0
    snapshot.write("phones", {"seen": 2}, 1020.0)
    assert snapshot.read("phones") == {"seen": 2}
    assert not snapshot.confirm("duty", 1020.0)


def test_what_is_damaged_or_sealed_with_other_keys_counts_as_missing(snapshot: Snapshot) -> None:
    snapshot.write("phones", {"seen": 1}, 1000.0)
    snapshot.write_buckets("register", [("+62", 1)], 1000.0)
    sealing.use_keys([Fernet.generate_key().decode()])
    assert (snapshot.read("phones"), snapshot.find("register", "+62")) == (None, None)
    (snapshot.folder / "duty.sealed").write_bytes(b"half")
    (snapshot.folder / "register.sealed").write_bytes(b"")
    assert (snapshot.read("duty"), snapshot.find("register", "+62")) == (None, None)


def test_only_one_holds_the_turn(tmp_path: Path) -> None:
    first, second = Turn(tmp_path / "turn"), Turn(tmp_path / "turn")
    assert first.ours()
    assert first.ours()
    assert not second.ours()


def test_a_mark_is_made_by_one_of_many(marks: Marks) -> None:
    made: list[bool] = []
    threads = [threading.Thread(target=lambda: made.append(marks.make("asked", "+62813", "+62812"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 7 + [True]


def test_marks_are_read_by_whose_they_are_tell_nothing_and_are_cleared(marks: Marks) -> None:
    marks.make("left", "+62813", "+62812", ["+62812", "twilio"])
    marks.make("left", "+62813", "+62811", ["+62811", "kannel"])
    marks.make("left", "+62899", "+62812", ["+62812", "other"])
    assert sorted(marks.of("left", "+62813")) == [["+62811", "kannel"], ["+62812", "twilio"]]
    assert marks.read("left", "+62899", "+62812") == ["+62812", "other"]
    assert marks.made("left", "+62899", "+62812")
    assert not any(b"6281" in path.read_bytes() or "6281" in path.name for path in marks.folder.iterdir())
    assert marks.clear(["left"], time.time() - 60) == 0
    assert marks.clear(["left"], time.time() + 1) == 3
