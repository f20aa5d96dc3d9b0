"""`siaga init`, answered by a script: a whole installation, up to a phone that rings and a key that is pressed."""

from __future__ import annotations

import os
import stat
import string
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner
from dotenv import dotenv_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.carriers import wire
from gateway.carriers.description import LineSettings
from gateway.carriers.registry import CARRIERS
from gateway.cli import main
from gateway.cli.asking import sentences
from gateway.cli.company import free_port, settings_environ
from gateway.cli.init_settings import REFUSED
from gateway.cli.spoken import LANGUAGES
from gateway.config.lines import REAL
from gateway.config.sources import read_file, write_file
from gateway.core.possession import PROOF_KEY
from tests.fake_africastalking import FakeAfricasTalking
from tests.fake_asterisk import FakeAsterisk
from tests.fake_callgate import FakeCallGate
from tests.fake_kannel import FakeKannel
from tests.fake_smsgate import FakeSmsGate
from tests.fake_twilio import Call, FakeTwilio

OFFICER = "+6281270010006"
UNITS = "code,name,kind,phone,lat,lon\nPOLSEK-BARAT,Polsek Barat,polsek,+6281255501001,-0.02,109.33\n"
OFFICERS = f"phone,name,rank,unit,on_duty\n{OFFICER},Joko,Bripka,POLSEK-BARAT,1\nno number,Tono,Bripka,POLSEK-BARAT,1\n"


@dataclass
class Script:
    """A folder in which `siaga init` runs, with a company on the loopback as its only line."""

    folder: Path
    port: int
    twilio: FakeTwilio
    said: list[str] = field(default_factory=list)

    def starts(self, *answers: str) -> subprocess.Popen[str]:
        environ = settings_environ(os.environ, WEB_CONCURRENCY="1", TWILIO_API_URL=self.twilio.url)
        del environ["SETTINGS_FILE"]
        (self.folder / "answers").write_text("".join(f"{answer}\n" for answer in answers))
        with (self.folder / "answers").open() as told, (self.folder / "said").open("w") as said:
            command = [sys.executable, "-m", "gateway", "init", "--language", "id"]
            return subprocess.Popen(
                command, cwd=self.folder, env=environ, stdin=told, stdout=said, stderr=said, text=True
            )

    def told(self) -> str:
        return (self.folder / "said").read_text()

    def files(self) -> Mapping[str, str]:
        kept = [self.folder / "siaga.env", *(self.folder / "keys").iterdir()]
        return {path.name: path.read_text() for path in kept}


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Script]:
    port = free_port()
    with FakeTwilio(public_url=f"http://127.0.0.1:{port}") as twilio:
        (tmp_path / "units.csv").write_text(UNITS)
        (tmp_path / "officers.csv").write_text(OFFICERS)
        yield Script(tmp_path, port, twilio)


def rung(script: Script, process: subprocess.Popen[str]) -> Call:
    """The call that reaches the officer's phone."""
    deadline = time.monotonic() + 180
    while not script.twilio.calls:
        assert process.poll() is None, script.told()
        assert time.monotonic() < deadline, script.told()
        time.sleep(0.1)
    return script.twilio.calls[0]


def test_a_script_installs_all_of_it_and_a_phone_rings(script: Script) -> None:
    wrong_url, wrong_token, short_password, no_file = "siaga.example", "mistyped", "short", "nowhere.csv"
    answers = [wrong_url, f"http://127.0.0.1:{script.port}", str(script.port), "twilio"]
    answers += [script.twilio.account_sid, wrong_token, script.twilio.number, ""]  # no sender
    answers += ["t", "", script.twilio.auth_token, "", ""]  # not kept: asked for again
    answers += ["", "mysql://nowhere", "", ""]  # data, database, Redis
    answers += ["siti", short_password, "siti", "a long password", "000000", ""]
    answers += [no_file, "units.csv", "officers.csv", "", "+6281200000000", OFFICER]
    process = script.starts(*answers)
    try:
        call = rung(script, process)
        call.answers()
        call.presses(PROOF_KEY)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()

    told = script.told()
    assert "PUBLIC_URL tidak bisa dipakai: must be a whole address" in told
    assert "twilio: nama pengguna atau kata sandi ditolak (401)" in told
    assert "twilio: menjawab, dan menerima" in told
    assert "DATABASE_URL tidak bisa dipakai" in told
    assert "siti tidak bisa dipakai: kata sandi" in told
    assert "otpauth://totp/Siaga:siti" in told
    assert "\N{LOWER HALF BLOCK}" in told  # of the code to scan
    assert "bukan kode saat ini" in told
    assert "units tidak bisa dipakai: berkas ini tidak ada" in told
    assert "line 3" in told  # the officer without a number
    assert f"A message comes in (POST):  http://127.0.0.1:{script.port}/hooks/twilio/sms#rc=3" in told
    assert "bukan nomor petugas yang terdaftar" in told
    assert told.index("SMS terkirim lewat twilio") < told.index("Telepon berdering lewat twilio")
    assert "Dijawab. Rantainya utuh." in told
    assert "Traceback" not in told
    assert script.twilio.auth_token not in told
    assert [text.to for text in script.twilio.texts] == [OFFICER]

    kept = script.files()
    secret = [script.folder / "siaga.env", script.folder / "keys/secret_key", script.folder / "keys/encryption_keys"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert stat.S_IMODE((script.folder / "keys").stat().st_mode) == 0o700

    process = script.starts(*[""] * 20)
    assert process.wait(60) == 0, script.told()
    assert script.files() == kept
    assert "Kunci yang ada tetap dipakai" in script.told()
    assert "Sudah ada admin" in script.told()


def test_a_demo_is_no_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SETTINGS_FILE", raising=False)
    (tmp_path / "siaga.env").write_text("DEMO=1\n")
    done = CliRunner().invoke(main, ["init", "--language", "en"])
    assert (done.exit_code, done.output) == (1, f"Error: {sentences()['demo']['en']}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["siaga.env"]


def test_it_says_the_same_in_both_languages() -> None:
    def facts(sentence: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    assert {key: tuple(said) for key, said in sentences().items()} == dict.fromkeys(sentences(), LANGUAGES)
    differing = [key for key, said in sentences().items() if len({frozenset(facts(one)) for one in said.values()}) > 1]
    assert differing == []


# --- the settings file ------------------------------------------------------------------------------------------------

VALUES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20).map(str.strip)


@given(st.dictionaries(st.sampled_from(["A", "B", "C_FILE"]), VALUES))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_what_is_written_is_read_again_by_us_and_by_others(tmp_path: Path, told: Mapping[str, str]) -> None:
    path = tmp_path / "siaga.env"
    path.unlink(missing_ok=True)
    write_file(path, told)
    assert read_file(path) == told
    assert dotenv_values(path, interpolate=False) == told


def test_a_changed_setting_takes_its_old_place_and_nothing_else_moves(tmp_path: Path) -> None:
    path = tmp_path / "siaga.env"
    path.write_text("# ours\nA=1\n\n# B is for\nB='two words' # a remark\nexport C=3")
    path.chmod(0o644)
    write_file(path, {"A": "1", "B": "it's", "D": "new"})
    assert path.read_text() == "# ours\nA=1\n\n# B is for\nB='it\\'s'\nexport C=3\nD=new\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["siaga.env"]


# --- what a carrier's credentials are tried with ----------------------------------------------------------------------

Company = FakeTwilio | FakeAfricasTalking | FakeKannel | FakeSmsGate | FakeCallGate | FakeAsterisk
COMPANIES = {  # the company, its address in the settings, the rest of them, and the field of the secret
    "twilio": (
        FakeTwilio,
        "api_url",
        {"account_sid": "AC" + "1" * 32, "numbers": "+15005550006"},
        "auth_token",
        "made-up-token",
    ),
    "africastalking": (
        FakeAfricasTalking,
        "api_url",
        {"username": "siaga", "hook_token": "t"},
        "api_key",
        "made-up-key",
    ),
    "kannel": (FakeKannel, "sendsms_url", {"username": "siaga", "hook_token": "t"}, "password", "made-up-password"),
    "smsgate": (
        FakeSmsGate,
        "api_url",
        {"username": "siaga", "signing_key": "k", "number": "+6281255501001"},
        "password",
        "made-up-password",
    ),
    "callgate": (
        FakeCallGate,
        "api_url",
        {"username": "siaga", "number": "+6281255501001"},
        "password",
        "made-up-password",
    ),
    "asterisk": (
        FakeAsterisk,
        "ari_url",
        {"username": "siaga", "trunk": "trunk", "number": "+6281255501001", "hook_key": "k"},
        "password",
        "made-up-password",
    ),
}


def test_every_company_can_be_asked_whether_it_knows_us() -> None:
    asks = {name for name, carrier in CARRIERS.items() if carrier.settings.probe is not LineSettings.probe}
    assert set(COMPANIES) == asks
    assert asks == set(REAL) - {"http"}  # of which nobody knows what a harmless request is


@pytest.mark.parametrize("name", COMPANIES)
def test_right_credentials_are_told_from_wrong_ones_and_no_phone_hears_of_it(name: str) -> None:
    made, address, known, secret, right = COMPANIES[name]
    company: Company = made()
    with company:
        told = known | {address: company.url}
        probes = [CARRIERS[name].settings.model_validate(told | {secret: said}).probe() for said in (right, "mistyped")]
        statuses = [wire.ask(probe) for probe in probes if probe is not None]
    assert len(statuses) == 2
    assert statuses[0] in probes[0].knows
    assert statuses[1] in REFUSED
    assert {asked.method for asked in company.asked} == {"GET"}
    assert [wire.ask(probe) for probe in probes] == [None, None]  # it is gone
    assert not getattr(company, "texts", ())
    assert not getattr(company, "calls", ())
