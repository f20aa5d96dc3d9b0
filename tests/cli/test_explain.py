"""`siaga explain NUMBER "TEXT"`: which rule applies and why, without doing anything."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import event, select

from gateway.cli import main
from gateway.core.words.reading import read
from gateway.dispatch import raise_alarm
from gateway.identity import pins
from gateway.identity.callers import identify
from gateway.infrastructure import valkey
from gateway.infrastructure.database import migrate
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.wiring import house

Siaga = Callable[..., Result]
UNITS = "code,name,kind,parent,phone,lat,lon,timezone,policy\nKOTA,Polsek Kota,polsek,,0561700201,-0.02,109.33,,\n"
OFFICERS = "phone,name,rank,unit,language,lat,lon,on_duty\n081100000001,Agus,Aiptu,KOTA,id,,,1\n"
CITIZENS = "phone,name,national_id,address,language,lat,lon,unit,quiet,pin\n081200000001,Budi,,,id,,,KOTA,0,4711\n"
AGUS, BUDI = "+6281100000001", "+6281200000001"


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    folder = tmp_path / "var"
    yield {"DEMO": "1", "DATA_DIR": str(folder), "PORT": "1"}  # nobody listens on port 1
    valkey.stop(folder)


@pytest.fixture
def siaga(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Siaga]:
    """A town with an officer and a citizen, and the command line in front of it."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    house.cache_clear()

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words, env=environ, catch_exceptions=False)

    migrate(f"sqlite:///{environ['DATA_DIR']}/siaga.db")
    for kind, told in {"units": UNITS, "officers": OFFICERS, "citizens": CITIZENS}.items():
        file = tmp_path / f"{kind}.csv"
        file.write_text(told)
        assert run("import", kind, str(file)).exit_code == 0
    yield run
    house.cache_clear()


def budi_calls() -> str:
    """Budi's panic, as if it had come by text; returns its code."""
    with house().open_uow() as uow:
        return raise_alarm(uow, identify(uow, BUDI), "text", said=read("TOLONG")).code


def test_it_tells_what_the_learned_model_alone_heard_and_by_which_words(siaga: Siaga) -> None:
    told = siaga("explain", BUDI, "bayinya sudah mau keluar pak bidan jauh").stdout
    assert "a panic, by the learned model alone" in told
    assert "% medical, by " in told


def test_it_tells_what_was_read_who_it_is_what_is_open_and_which_rule_applies(siaga: Siaga) -> None:
    code = budi_calls()
    told = siaga("explain", "081100000001", "siap ndan, tolong ada yg masuk rumah saya").stdout
    assert "read:   a panic; from an officer a panic too; the answer accept\n" in told
    assert f"number: {AGUS} Aiptu Agus: officer\n" in told
    assert f"open:   {code}, which they were alerted for\n" in told
    assert "rule:   10 of " in told
    assert "answer (officer or desk)\n" in told
    assert "why:    An answer about an incident that this phone was alerted for or last told of;" in told
    assert "also:   Beside the answer the officer cries for help themselves" in told


def test_a_number_on_no_list_is_said_to_be_on_none(siaga: Siaga) -> None:
    told = siaga("explain", "+6281355500001", "TOLONG").stdout
    assert "number: +6281355500001: on no list\n" in told
    assert "open:   nothing\n" in told
    assert "not listed" in told


def test_nothing_is_written_and_nothing_is_locked(siaga: Siaga) -> None:
    code = budi_calls()
    statements: list[str] = []
    event.listen(house().engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    for number, words in ((AGUS, f"OTW {code}"), (AGUS, "X9Y OK"), (BUDI, "AMAN 4711"), (BUDI, "TOLONG")):
        assert siaga("explain", number, words).exit_code == 0
    assert statements
    changing = ("INSERT", "UPDATE", "DELETE")
    assert [said for said in statements if said.lstrip().startswith(changing) or "FOR UPDATE" in said] == []
    with house().open_uow() as uow:
        assert [row.state for row in uow.db.scalars(select(Incident))] == ["open"]
        assert [row.phone for row in uow.db.scalars(select(Alert)) if row.wave == 0] == []


@contextmanager
def compared() -> Iterator[list[str]]:
    """The PINs that are compared while this runs."""
    seen: list[str] = []

    def watch(frame: FrameType, what: str, _: object) -> None:
        if what == "call" and frame.f_code is pins.matches.__code__:
            seen.append("compared")

    sys.setprofile(watch)
    try:
        yield seen
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("words", ["AMAN 4711", "AMAN 9377", "BATAL DAFTAR 4711", "aman pin 4711"])
def test_a_pin_is_neither_compared_nor_shown(siaga: Siaga, words: str) -> None:
    budi_calls()
    with compared() as seen:
        told = siaga("explain", BUDI, words).stdout
    assert seen == []
    assert "4711" not in told
    assert "9377" not in told
    assert "PIN:    a PIN would be checked; it was not compared here\n" in told


def test_without_its_database_it_says_so_in_a_sentence(environ: dict[str, str]) -> None:
    house.cache_clear()
    away = environ | {"DATABASE_URL": "postgresql+psycopg://siaga:hidden@127.0.0.1:1/siaga"}
    result = CliRunner().invoke(main, ("explain", BUDI, "TOLONG"), env=away, catch_exceptions=False)
    house.cache_clear()
    assert result.exit_code == 3
    assert "The database does not answer; is it running, and is DATABASE_URL right?" in result.stderr
    assert "hidden" not in result.output
