"""`siaga …`: what each command says and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway import dispatch
from gateway.cli import main
from gateway.core.incident_kinds import IncidentKind
from gateway.core.phone import mask
from gateway.core.words.reading import read
from gateway.identity.callers import identify
from gateway.incidents import kind
from gateway.infrastructure import valkey
from gateway.infrastructure.database import migrate
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models import opt_out as opt_outs
from gateway.models.inbound import Inbound
from gateway.models.unit import Unit
from gateway.models.wording import Wording
from gateway.wiring import house
from tests.core.test_config import ALL_LINES, HTTP, TWILIO

Siaga = Callable[..., Result]
UNITS = "code,name,kind,parent,phone,lat,lon,timezone,policy\nKOTA,Polsek Kota,polsek,,0561700201,-0.02,109.33,,\n"
OFFICERS = "phone,name,rank,unit,language,lat,lon,on_duty\n081100000001,Agus,Aiptu,KOTA,id,,,1\n"
AGUS, BUDI = "+6281100000001", "+6281200000001"


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    folder = tmp_path / "var"
    yield {"DEMO": "1", "DATA_DIR": str(folder), "PORT": "1"}  # nobody listens on port 1
    valkey.stop(folder)  # it outlives whoever starts it: here a command that rings the doorbell


@pytest.fixture
def siaga(environ: dict[str, str]) -> Iterator[Siaga]:
    """Run a command with settings of its own; a process has one house, so each command gets a new one."""

    def run(*words: str) -> Result:
        house.cache_clear()
        return CliRunner().invoke(main, words, env=environ, catch_exceptions=False)

    yield run
    house.cache_clear()


@pytest.fixture
def town(siaga: Siaga, environ: dict[str, str], tmp_path: Path) -> Siaga:
    """A unit, an officer, and a database that is up to date."""
    migrate(f"sqlite:///{environ['DATA_DIR']}/siaga.db")
    for noun, told in {"units": UNITS, "officers": OFFICERS}.items():
        file = tmp_path / f"{noun}.csv"
        file.write_text(told)
        assert siaga("import", noun, str(file)).exit_code == 0
    return siaga


# --- import -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "ends", "out", "err"),
    [
        (OFFICERS, 0, "officers: 0 added, 0 changed, 1 as before, 0 refused", ""),
        ("phone,name,unit\n12,Eko,KOTA\n0812 3000 0001,Adi,KOTA\n", 1, "officers: 1 added", "line 2: phone: is no"),
        ("phone,name\n0812,Eko\n", 2, "", "file.csv: the header lacks unit"),
        (
            "phone,name,unit,shoe\n081230000001,Eko,KOTA,43\n",
            0,
            "1 added",
            "columns that are not known and were ignored: shoe",
        ),
    ],
    ids=["all good", "some refused", "unusable", "an unknown column"],
)
def test_import_ends_as_the_contract_says(
    town: Siaga, tmp_path: Path, told: str, ends: int, out: str, err: str
) -> None:
    file = tmp_path / "file.csv"
    file.write_text(told)
    result = town("import", "officers", str(file))
    assert result.exit_code == ends
    assert out in result.stdout
    assert result.stderr.startswith(err)


def test_a_dry_run_says_that_it_kept_nothing(town: Siaga, tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("phone,name,unit\n081230000001,Eko,KOTA\n")
    assert "1 added" in town("import", "officers", str(file), "--dry-run").stdout
    assert "1 added" in town("import", "officers", str(file)).stdout


def test_cells_are_imported_from_their_own_format(town: Siaga, tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_text("LTE,510,1,1234,567890,0,109.34,-0.02,1200,5,1,0,0,0\nLTE,510,1,x,1,0,0,0,0,0,0,0,0,0\n")
    result = town("import", "cells", str(file))
    assert result.exit_code == 1
    assert "cells: 1 taken, 1 refused" in result.stdout
    assert "line 2: " in result.stderr


@pytest.mark.parametrize("words", [("import", "units", "/no/such/file"), ("import", "dogs", "x")])
def test_import_without_a_file_or_a_kind_ends_with_2(siaga: Siaga, words: tuple[str, ...]) -> None:
    assert siaga(*words).exit_code == 2


# --- people -------------------------------------------------------------------------------------------------------


def test_a_citizen_is_added_suspended_and_restored_by_name(town: Siaga) -> None:
    added = town("citizen", "add", "081200000001", "--by", "Ibu Rina", "--name", "Budi", "--unit", "KOTA")
    assert added.stdout == f"{BUDI} Budi: verified\n"
    assert town("citizen", "suspend", BUDI, "--by", "Rina", "--reason", "lent").stdout == f"{BUDI} Budi: suspended\n"
    assert town("citizen", "restore", BUDI, "--by", "Rina").stdout == f"{BUDI} Budi: verified\n"
    assert town("audit", "verify").stdout.endswith("nothing was changed or removed\n")


@pytest.fixture
def two_towns(town: Siaga, tmp_path: Path) -> Siaga:
    """A second unit beside the first, with a market."""
    for listed, told in {
        "units": UNITS + "TIMUR,Polsek Timur,polsek,,0561700202,-0.05,109.36,,\n",
        "places": "name,aliases,lat,lon,radius_m,unit\nPasar Mawar,,-0.05,109.36,200,TIMUR\n",
    }.items():
        file = tmp_path / f"{listed}.csv"
        file.write_text(told)
        assert town("import", listed, str(file)).exit_code == 0
    return town


def test_nobody_is_verified_into_nowhere(two_towns: Siaga) -> None:
    two_towns("citizen", "add", BUDI, "--by", "Rina", "--name", "Budi", "--pending")
    asked = two_towns("citizen", "verify", BUDI, "--by", "Rina")
    assert asked.exit_code == 1
    assert "--unit" in asked.stderr
    assert "there is no unit X" in two_towns("citizen", "verify", BUDI, "--by", "Rina", "--unit", "X").stderr
    done = two_towns("citizen", "verify", BUDI, "--by", "Rina", "--unit", "TIMUR")
    assert done.stdout == f"{BUDI} Budi: verified\n"
    assert unit_of(BUDI) == "TIMUR"


def test_verifying_settles_the_unit_that_the_address_names(two_towns: Siaga) -> None:
    about = ("--by", "Rina", "--name", "Budi", "--address", "belakang pasar mawar", "--pending")
    two_towns("citizen", "add", BUDI, *about)
    assert two_towns("citizen", "verify", BUDI, "--by", "Rina").stdout.endswith("verified\n")
    assert unit_of(BUDI) == "TIMUR"


def test_whoever_is_added_at_the_desk_belongs_to_the_place_of_the_home_else_to_the_topmost_unit(
    two_towns: Siaga,
) -> None:
    two_towns("citizen", "add", BUDI, "--by", "Rina", "--name", "Budi", "--home", "-0.05", "109.36")
    two_towns("citizen", "add", "+6281200000002", "--by", "Rina", "--name", "Sari")
    assert (unit_of(BUDI), unit_of("+6281200000002")) == ("TIMUR", "KOTA")


def unit_of(phone: str) -> str:
    with house().open_uow() as uow:
        found = citizens.current(uow.db, phone)
        assert found is not None
        return uow.db.get_one(Unit, found.unit_id or 0).code


def test_a_pending_citizen_is_verified_or_refused(town: Siaga) -> None:
    assert "pending" in town("citizen", "add", BUDI, "--by", "Rina", "--name", "Budi", "--pending").stdout
    assert town("citizen", "refuse", BUDI, "--by", "Rina", "--reason", "no card").stdout.endswith("refused\n")
    assert town("citizen", "verify", BUDI, "--by", "Rina").stdout.endswith("verified\n")
    assert town("citizen", "verify", BUDI, "--by", "Rina").stdout.endswith("is verified already\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("citizen", "verify", BUDI, "--by", "Rina"), "is on no list"),
        (("citizen", "suspend", "12", "--by", "Rina"), "is no telephone number"),
        (("citizen", "verify", BUDI), "Missing option '--by'"),
        (("citizen", "add", BUDI, "--by", "R", "--name", "B", "--unit", "X"), "there is no unit X"),
        (("citizen", "add", BUDI, "--by", "R", "--name", "B", "--home", "109.3", "-0.02"), "latitude, then longitude"),
        (("duty", BUDI, "on"), "is no officer's number"),
        (("incidents", "ZZ9"), "there is no incident ZZ9"),
        (("drill", "--unit", "X"), "there is no unit X"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(town: Siaga, words: tuple[str, ...], says: str) -> None:
    result = town(*words)
    assert result.exit_code != 0
    assert says in result.stderr


def test_an_officer_goes_off_and_on_duty(town: Siaga) -> None:
    assert "Polsek Kota" not in town("check").stdout
    assert town("duty", "081100000001", "off").stdout == f"{AGUS} Aiptu Agus: off duty\n"
    assert "coverage: KOTA (Polsek Kota) has nobody on duty" in town("check").stdout
    assert town("duty", AGUS, "on").stdout == f"{AGUS} Aiptu Agus: on duty\n"


# --- incidents ----------------------------------------------------------------------------------------------------


def test_a_drill_rings_the_phones_and_says_that_it_is_one(town: Siaga) -> None:
    code = town("drill", "--unit", "KOTA").stdout[:3]
    assert "batches brought out" in town("sweep").stdout
    screen = town("phone", AGUS, "screen").stdout
    assert "LATIHAN" in screen
    assert f"{code}" in screen
    assert "JANGAN" not in screen
    assert f"{code}  open" in town("incidents").stdout
    assert "LATIHAN" in town("incidents", code.lower()).stdout
    assert f"the drill {code} is still running" in town("drill").stderr


def test_drills_are_planned_shown_and_ended(town: Siaga) -> None:
    assert town("drill", "--plans").stdout == "no drill is planned\n"
    assert town("drill", "--unit", "KOTA", "--every", "30d").stdout.startswith("KOTA  drills every 30 days")
    assert town("drill", "--plans").stdout.startswith("KOTA  every 30 days, 0:00:00, first wave, the next at ")
    assert town("drill", "--unit", "KOTA", "--never").stdout == "KOTA  no more drills by the timetable\n"
    assert town("drill", "--plans").stdout == "no drill is planned\n"
    assert "has no timetable" in town("drill", "--unit", "KOTA", "--never").stderr
    assert "each hour" in town("drill", "--every", "20m").stderr
    assert "no span of time" in town("drill", "--every", "soon").stderr


def test_an_incident_is_called_by_its_kind_and_who_or_what_told_it(town: Siaga) -> None:
    town("citizen", "add", BUDI, "--by", "Ibu Rina", "--name", "Budi", "--unit", "KOTA")
    with house().open_uow() as uow:
        incident = dispatch.raise_alarm(uow, identify(uow, BUDI), "text", said=read("TOLONG kebakaran di dapur"))
        code = incident.code
    head, *lines = town("incidents", code).stdout.splitlines()
    assert head == f"{code}  open  Budi  {BUDI}  Kebakaran (kebakaran)"
    assert any(line.endswith("Jenis kejadian  Kebakaran") for line in lines)
    with house().open_uow() as uow:
        kind.change(uow, incidents.lock(uow.db, incident.id), IncidentKind.MEDICAL, "Siti")
    assert town("incidents", code).stdout.splitlines()[0].endswith("  Darurat medis (Siti)")


def test_texts_are_exported_only_where_they_are_kept(town: Siaga, environ: dict[str, str]) -> None:
    assert "LEARN_FROM_TEXTS is off" in town("texts", "export").stderr
    environ["LEARN_FROM_TEXTS"] = "1"
    assert town("texts", "export").stdout == "label\tkind\tlanguage\ttext\n"


def test_sweep_brings_out_what_is_owed_without_redis_and_then_has_nothing_left(town: Siaga) -> None:
    town("drill", "--unit", "KOTA")
    assert not town("sweep").stdout.startswith("0 ")
    assert town("sweep").stdout.startswith("0 ")


def test_nothing_waits_in_an_empty_house(town: Siaga) -> None:
    assert town("inbox").stdout == "nothing waits\n"
    assert town("incidents").stdout == "no incident yet\n"


def test_the_inbox_shows_no_pin(town: Siaga) -> None:
    with house().open_uow() as uow:
        row = Inbound(line="x", kind="text", ref="1", phone=BUDI, body="AMAN 2468", received_at=uow.now())
        row.state = "to_human"
        uow.db.add(row)
    told = town("inbox").stdout
    assert "AMAN" in told
    assert "2468" not in told


def test_rekey_seals_everything_anew(town: Siaga) -> None:
    with house().open_uow() as uow:
        uow.db.add(Inbound(line="x", kind="text", ref="1", phone=BUDI, body="TOLONG", received_at=uow.now()))
    result = town("rekey")
    assert result.exit_code == 0
    assert "rows sealed anew" in result.stdout
    assert not result.stdout.startswith("0 ")


# --- phones -------------------------------------------------------------------------------------------------------


def test_a_phone_tells_when_no_demo_is_running(town: Siaga) -> None:
    result = town("phone", BUDI, "text", "TOLONG", "ada", "maling")
    assert result.exit_code != 0
    assert "TOLONG ada maling" in result.stdout
    assert "is siaga demo running?" in result.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("press", "1"), "no call rings, and no menu is open"),
        (("press", "A"), "press one key or more of 0 to 9"),
        (("press",), "press one key or more of 0 to 9"),
        (("dial",), "dial a code"),
    ],
)
def test_a_phone_says_what_it_cannot_do(town: Siaga, words: tuple[str, ...], says: str) -> None:
    result = town("phone", BUDI, *words)
    assert result.exit_code != 0
    assert says in result.stderr


# --- what stands in the way ---------------------------------------------------------------------------------------


def test_tables_that_are_not_there_are_a_sentence_and_no_traceback(siaga: Siaga) -> None:
    result = siaga("incidents")
    assert result.exit_code == 3
    assert "siaga migrate" in result.stderr


def test_settings_that_are_missing_are_named(siaga: Siaga, environ: dict[str, str]) -> None:
    environ |= {"DEMO": "0"}
    result = siaga("incidents")
    assert result.exit_code == 3
    assert "PUBLIC_URL: is missing" in result.stderr


def test_check_names_what_is_not_there_and_ends_with_1(town: Siaga) -> None:
    result = town("check")
    assert result.exit_code == 1
    assert "worker: no worker has been heard" in result.stdout


def test_check_names_a_wording_that_is_not_said(town: Siaga) -> None:
    assert "wording:" not in town("check").stdout
    with house().open_uow() as uow:
        uow.db.add(Wording(key="citizen.gone", language="id", text="POLISI", changed_by="Ibu Admin"))
    assert "wording: id/citizen.gone is not said: unknown\n" in town("check").stdout


def test_check_names_who_gets_no_texts_on_a_line(town: Siaga) -> None:
    assert "texts:" not in town("check").stdout
    with house().open_uow() as uow:
        for line in ("simulator", "long_gone"):
            opt_outs.stop(uow.db, AGUS, line, uow.now(), "text")
    told = [line for line in town("check").stdout.splitlines() if line.startswith("texts:")]
    assert told == ["texts: Aiptu Agus gets none on simulator after a STOP; START from that phone ends it"]


def test_check_names_a_policy_that_cannot_be_read(town: Siaga) -> None:
    assert "policy:" not in town("check").stdout
    with house().open_uow() as uow:
        uow.db.query(Unit).filter_by(code="KOTA").one().waves = "{"
    assert "policy: KOTA (Polsek Kota): its own policy cannot be read" in town("check").stdout


def test_a_trail_that_was_tampered_with_ends_with_1(town: Siaga) -> None:
    town("citizen", "add", BUDI, "--by", "Rina", "--name", "Budi")
    house().engine.dispose()
    with house().engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audits SET who = 'Nobody' WHERE id = 1")
    result = town("audit", "verify")
    assert result.exit_code == 1
    assert "row 1 " in result.stdout


def test_a_phone_and_whatever_is_asked_beside_a_demo_need_no_setting(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    environ = {name: value for name, value in os.environ.items() if name not in ("DEMO", "CARRIERS", "SECRET_KEY")}
    environ |= {"DATA_DIR": str(folder), "PORT": "1"}

    def run(*words: str) -> str:
        done = subprocess.run([sys.executable, "-m", "gateway", *words], env=environ, capture_output=True, text=True)
        return done.stdout + done.stderr

    assert "SECRET_KEY" in run("incidents")  # nothing has been here yet: real settings are missed
    assert "SECRET_KEY" not in run("phone", BUDI, "screen")
    migrate(f"sqlite:///{folder}/siaga.db")
    assert run("incidents") == "no incident yet\n"


def test_check_prints_what_each_line_can_do_and_when_the_last_phone_rings(town: Siaga) -> None:
    told = town("check").stdout
    assert "+62 on simulator: text in, text out, answers come back, missed call in, call out, speech and keys" in told
    assert "last ring: wave " in told
    assert "no line can make this phone ring" not in told


def keys_of(environ: dict[str, str]) -> dict[str, str]:
    """The keys with which the demo's database was begun: any others stop every command."""
    made_up = json.loads((Path(environ["DATA_DIR"]) / "demo.json").read_text(encoding="utf-8"))
    return {"ENCRYPTION_KEYS": made_up["encryption_keys"]}


def test_check_names_phones_that_no_line_can_make_ring(town: Siaga, environ: dict[str, str]) -> None:
    environ |= ALL_LINES | keys_of(environ) | {"DEMO": "0", "CARRIERS": "kannel,smsgate"}
    result = town("check")
    assert result.exit_code == 1
    assert "line: no line can make this phone ring: 2 of the roster's begin with +62" in result.stdout
    assert "+62 on kannel: text in, text out, answers come back\n" in result.stdout


def test_check_prints_what_a_line_by_settings_does(town: Siaga, environ: dict[str, str]) -> None:
    environ |= TWILIO | HTTP | keys_of(environ) | {"DEMO": "0", "FILTERS": "http=indonesia"}
    result = town("check")
    assert "+62 on http: text out\n" in result.stdout
    assert "+62 on http-2: USSD\n" in result.stdout
    assert "filter: http blocks 'PIN'" in result.stdout


def test_a_phone_is_tested_and_check_lists_who_was_never_heard_from(town: Siaga) -> None:
    assert f"not heard from for a month: {mask(AGUS)} Aiptu Agus" in town("check").stdout
    assert town("test-phone", AGUS).stdout == f"{AGUS} Aiptu Agus: asked\n"
    assert town("test-phone", "--unheard").stdout == f"{AGUS} Aiptu Agus: not asked: a moment ago, or quiet\n"
    assert town("test-phone").exit_code == 2
    assert "is no officer's number" in town("test-phone", BUDI).stderr


def test_check_names_what_a_lines_operators_block(town: Siaga, environ: dict[str, str]) -> None:
    environ |= ALL_LINES | keys_of(environ)
    environ |= {"DEMO": "0", "CARRIERS": "kannel,smsgate", "FILTERS": "kannel=indonesia"}
    told = town("check").stdout
    assert "filter: kannel blocks 'PIN' in id/citizen.received; it leaves as 'P-IN'\n" in told
    assert "filter: smsgate" not in told
