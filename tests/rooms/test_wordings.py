"""An operator's own words: kept, audited, and said by every process soon after."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from no_redis import no_redis
from sqlalchemy import Engine, delete, text
from sqlalchemy.exc import OperationalError

from gateway import wordings
from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.sentences import phrases
from gateway.core.sentences.wordings import Fault
from gateway.identity import audit_log
from gateway.infrastructure import database
from gateway.models.audit import Audit
from gateway.models.wording import Wording
from gateway.wiring import House
from gateway.wordings import EACH, BadWording, Vocabulary
from gateway.worker.queue import JobQueue

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
KEY = "citizen.more_added"
ORIGINAL = "POLISI: pesan Anda sudah ditambahkan ke panggilan {code}."
OWN = "POLISI: {code}, pesan Anda kami terima."


@dataclass
class Watch:
    """A clock that stands until it is moved, in seconds."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


def house(engine: Engine, settings: Settings, watch: Watch) -> House:
    """A process of its own, as far as wordings go."""
    vocabulary = Vocabulary(watch)
    job_queue = JobQueue(no_redis)
    return House(settings, engine, Switchboard([]), job_queue, lambda: NOW, vocabulary=vocabulary)


@pytest.fixture(autouse=True)
def catalogue_only() -> Iterator[None]:
    yield
    phrases.reword({})


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def home(engine: Engine, settings: Settings, watch: Watch) -> House:
    return house(engine, settings, watch)


def change(home: House, text: str = OWN, key: str = KEY, language: str = "id") -> bool:
    with home.open_uow() as uow:
        return wordings.change(uow, key, language, text, "Ibu Admin")


def forget(home: House) -> bool:
    with home.open_uow() as uow:
        return wordings.forget(uow, KEY, "id", "Ibu Admin")


def said_by(home: House) -> str:
    """What this process says in its next transaction."""
    with home.open_uow():
        return phrases.sms(KEY, "id", code="K7Q")


def trail(home: House) -> list[tuple[str, str, str, str]]:
    with home.open_uow() as uow:
        assert audit_log.verify(uow) == []
        return [(row.who, row.what, row.subject, row.detail) for row in uow.db.query(Audit).order_by(Audit.id)]


def test_a_change_is_kept_plain_and_audited_with_before_and_after(home: House) -> None:
    assert change(home, "POLISI:  {code}, pesan Anda kami terima…")
    with home.open_uow() as uow:
        sentence = wordings.one(uow, KEY, "id")
    assert (sentence.original, sentence.own, sentence.by) == (ORIGINAL, OWN + "..", "Ibu Admin")
    assert trail(home) == [("Ibu Admin", "wording.change", f"id/{KEY}", f"{ORIGINAL} -> {OWN}..")]
    assert change(home)
    assert trail(home)[-1] == ("Ibu Admin", "wording.change", f"id/{KEY}", f"{OWN}.. -> {OWN}")


def test_the_same_words_again_change_nothing(home: House) -> None:
    assert change(home)
    assert not change(home, f" {OWN}\n")
    assert len(trail(home)) == 1


def test_the_catalogues_own_words_are_no_wording(home: House) -> None:
    assert not change(home, ORIGINAL)
    assert change(home)
    assert change(home, ORIGINAL)
    with home.open_uow() as uow:
        assert uow.db.query(Wording).count() == 0
    assert trail(home)[-1] == ("Ibu Admin", "wording.forget", f"id/{KEY}", f"{OWN} -> {ORIGINAL}")


def test_the_way_back_is_audited_and_goes_once(home: House) -> None:
    change(home)
    assert forget(home)
    assert not forget(home)
    assert [row[1] for row in trail(home)] == ["wording.change", "wording.forget"]


@pytest.mark.parametrize(
    ("key", "language", "text", "fault"),
    [
        (KEY, "id", "POLISI: pesan dicatat.", Fault.MISSING),
        (KEY, "fr", OWN, Fault.UNKNOWN),
        ("console.skip", "id", "Lewati", Fault.UNKNOWN),
        ("officer.quiet", "id", "{code}: diam", Fault.OPENING),
    ],
)
def test_a_bad_one_is_refused_and_leaves_nothing(home: House, key: str, language: str, text: str, fault: Fault) -> None:
    with pytest.raises(BadWording) as refused:
        change(home, text, key, language)
    assert [problem.kind for problem in refused.value.problems] == [fault]
    assert trail(home) == []


def test_sentences_are_found_by_group_and_by_words(home: House) -> None:
    change(home)
    with home.open_uow() as uow:
        groups = {one.key.partition(".")[0] for one in wordings.everything(uow, "id", "ussd")}
        by_own = [one.key for one in wordings.everything(uow, "id", words="KAMI TERIMA")]
        by_original = {one.key for one in wordings.everything(uow, "id", "citizen", "ditambahkan")}
        elsewhere = [one.own for one in wordings.everything(uow, "en", "citizen")]
    assert groups == {"ussd"}
    assert by_own == [KEY]
    assert by_original == {KEY}
    assert set(elsewhere) == {None}


# --- every process says it ----------------------------------------------------------------------------------------


def test_another_process_says_it_after_a_few_seconds(
    engine: Engine, settings: Settings, home: House, watch: Watch
) -> None:
    other = house(engine, settings, watch)
    assert said_by(other) == "POLISI: pesan Anda sudah ditambahkan ke panggilan K7Q."
    change(home)
    assert said_by(other) == "POLISI: pesan Anda sudah ditambahkan ke panggilan K7Q."
    watch.seconds += EACH
    assert said_by(other) == "POLISI: K7Q, pesan Anda kami terima."
    forget(home)
    watch.seconds += EACH
    assert said_by(other) == "POLISI: pesan Anda sudah ditambahkan ke panggilan K7Q."


def test_the_process_that_changed_it_says_it_at_once(home: House) -> None:
    said_by(home)
    change(home)
    home.vocabulary.look_again()
    assert said_by(home) == "POLISI: K7Q, pesan Anda kami terima."


def test_every_change_of_the_table_is_seen(home: House) -> None:
    """Also one that leaves as many rows as there were."""
    change(home)
    home.vocabulary.look_again()
    said_by(home)
    for words in (OWN + " Terima kasih.", OWN):
        change(home, words)
        home.vocabulary.look_again()
        assert said_by(home) == words.replace("{code}", "K7Q")


def test_the_table_is_read_only_when_it_has_changed(home: House, watch: Watch) -> None:
    change(home)
    home.vocabulary.look_again()
    said_by(home)
    phrases.reword({})
    watch.seconds += EACH
    assert said_by(home).startswith("POLISI: pesan Anda sudah")


def test_a_wording_that_is_no_longer_right_is_not_said_but_named(home: House) -> None:
    """A newer version may ask more of a wording than the one that let it in, or know the sentence no more."""
    with home.open_uow() as uow:
        for key, words in ((KEY, "POLISI: {nobody}"), ("citizen.gone", "POLISI"), ("citizen.info", "POLISI: TOLONG")):
            uow.db.add(Wording(key=key, language="id", text=words, changed_by="x"))
    home.vocabulary.look_again()
    assert said_by(home) == "POLISI: pesan Anda sudah ditambahkan ke panggilan K7Q."
    with home.open_uow() as uow:
        assert wordings.unspoken(uow) == [
            "id/citizen.gone is not said: unknown",
            "id/citizen.info is not said: missing",
            f"id/{KEY} is not said: missing, foreign",
        ]
        assert [one.key for one in wordings.everything(uow, "id") if one.problems] == ["citizen.info", KEY]


def test_a_table_that_cannot_be_read_stops_no_desk(home: House, watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    change(home)
    home.vocabulary.look_again()
    said_by(home)
    with home.open_uow() as uow:
        uow.db.execute(text("ALTER TABLE wordings RENAME TO elsewhere"))
    watch.seconds += EACH
    with caplog.at_level(logging.ERROR), home.open_uow() as uow:
        assert uow.db.execute(text("SELECT count(*) FROM audits")).scalar() == 1
    assert "the wordings cannot be read" in caplog.text
    assert said_by(home) == "POLISI: K7Q, pesan Anda kami terima."


def test_a_database_that_is_away_is_told_as_ever(settings: Settings, watch: Watch) -> None:
    """Or a hook would go on with a broken transaction, and its text would not reach the spool."""
    gone = database.open_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(OperationalError) as told, house(gone, settings, watch).open_uow():
        pass
    assert database.is_gone(told.value)


def test_a_row_removed_by_hand_is_forgotten(home: House, watch: Watch) -> None:
    change(home)
    home.vocabulary.look_again()
    said_by(home)
    with home.open_uow() as uow:
        uow.db.execute(delete(Wording))
    watch.seconds += EACH
    assert said_by(home).startswith("POLISI: pesan Anda sudah")
