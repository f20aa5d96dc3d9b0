"""The audit trail: what was changed or removed shows."""

from __future__ import annotations

import threading

import pytest
from cli.noon import Opens
from cryptography.fernet import Fernet
from sqlalchemy import text

from gateway.config import Settings
from gateway.identity import audit_log
from gateway.models import sealing


def record_three(open_uow: Opens) -> None:
    for who in ("Rina", "Budi", "Sari"):
        with open_uow() as uow:
            audit_log.record(uow, who, "citizen.verify", "+6281230000001", "shown: identity card")


def faults(open_uow: Opens) -> list[str]:
    with open_uow() as uow:
        return audit_log.verify(uow)


def test_an_empty_trail_is_whole(open_uow: Opens) -> None:
    assert faults(open_uow) == []


def test_a_trail_that_nobody_touched_is_whole(open_uow: Opens) -> None:
    record_three(open_uow)
    assert faults(open_uow) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audits SET who = 'Nobody' WHERE who = 'Budi'",
        "UPDATE audits SET subject = '+6281230000002' WHERE who = 'Sari'",
        "UPDATE audits SET detail = 'shown: nothing' WHERE who = 'Rina'",
        "UPDATE audits SET at = '2020-01-01 00:00:00+00:00' WHERE who = 'Rina'",
        "DELETE FROM audits WHERE who = 'Rina'",
        "DELETE FROM audits WHERE who = 'Budi'",
        "DELETE FROM audits WHERE who = 'Sari'",
        "DELETE FROM audits",
        "DELETE FROM audit_heads",
        "DELETE FROM audits WHERE who = 'Sari'; UPDATE audit_heads SET count = 2",
        "DELETE FROM audits WHERE id > 2; UPDATE audit_heads SET count = 2, link = (SELECT max(link) FROM audits)",
    ],
)
def test_it_tells_when_somebody_changed_or_removed_a_row(open_uow: Opens, tampering: str) -> None:
    record_three(open_uow)
    with open_uow() as uow:
        for statement in tampering.split("; "):
            uow.db.execute(text(statement))
    assert faults(open_uow)


def test_it_names_the_row_that_was_changed_and_only_that_one(open_uow: Opens) -> None:
    record_three(open_uow)
    with open_uow() as uow:
        uow.db.execute(text("UPDATE audits SET what = 'citizen.refuse' WHERE who = 'Budi'"))
    assert [fault.split(" (")[0] for fault in faults(open_uow)] == ["row 2"]


def test_it_proves_rows_from_before_a_key_was_put_first(open_uow: Opens, settings: Settings) -> None:
    record_three(open_uow)
    sealing.use_keys([Fernet.generate_key().decode(), *(key.get_secret_value() for key in settings.encryption_keys)])
    record_three(open_uow)
    assert faults(open_uow) == []


def test_rows_written_at_once_all_find_their_place(open_uow: Opens) -> None:
    threads = [threading.Thread(target=record_three, args=(open_uow,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_uow() as uow:
        assert uow.db.scalar(text("SELECT count FROM audit_heads")) == 12
    assert faults(open_uow) == []


def test_what_is_undone_leaves_no_trace_and_no_gap(open_uow: Opens) -> None:
    with open_uow() as uow:
        audit_log.record(uow, "Rina", "citizen.verify", "+6281230000001")
        uow.db.rollback()
    record_three(open_uow)
    assert faults(open_uow) == []
