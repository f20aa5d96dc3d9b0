"""Settings: every name of the table, and a sentence for every fault."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.config import BadSetting, Settings

# fixed: they stand in the names of tests, which every process must know alike
KEY = "Zm9yLXRlc3RzLW9ubHktYS1maXJzdC1rbm93bi1rZXk="
OLD_KEY = "Zm9yLXRlc3RzLW9ubHktYW4tb2xkZXIta25vd24ta3k="
TWILIO = {
    "SECRET_KEY": "not-a-real-secret",
    "ENCRYPTION_KEYS": f"{KEY},{OLD_KEY}",
    "PUBLIC_URL": "https://siaga.example/",
    "CARRIERS": "twilio",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "tw-token",
    "TWILIO_NUMBERS": "+12025550123,+62 812-5550-1000",
}
ALL_LINES = TWILIO | {
    "CARRIERS": "smsgate,kannel,africastalking,twilio",
    "AFRICASTALKING_USERNAME": "sandbox",
    "AFRICASTALKING_API_KEY": "at-key",
    "AFRICASTALKING_HOOK_TOKEN": "at-hook",
    "KANNEL_SENDSMS_URL": "http://kannel.example:13013/cgi-bin/sendsms",
    "KANNEL_USERNAME": "siaga",
    "KANNEL_PASSWORD": "kn-password",
    "KANNEL_HOOK_TOKEN": "kn-hook",
    "SMSGATE_API_URL": "http://phone.example:8080",
    "SMSGATE_USERNAME": "siaga",
    "SMSGATE_PASSWORD": "sg-password",
    "SMSGATE_SIGNING_KEY": "sg-signing",
    "SMSGATE_NUMBER": "0812 5550 1001",
}
CONTRACT = [
    "DEMO",
    "DATABASE_URL",
    "REDIS_URL",
    "DATA_DIR",
    "HOST",
    "PORT",
    "PUBLIC_URL",
    "SECRET_KEY",
    "ENCRYPTION_KEYS",
    "CARRIERS",
    "ROUTES",
    "PACE",
    "FILTERS",
    "CALLS_AT_ONCE",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_AUTH_TOKEN_ALTERNATE",
    "TWILIO_NUMBERS",
    "TWILIO_SENDER",
    "TWILIO_API_URL",
    "AFRICASTALKING_API_URL",
    "AFRICASTALKING_VOICE_URL",
    "AFRICASTALKING_USERNAME",
    "AFRICASTALKING_API_KEY",
    "AFRICASTALKING_SENDER",
    "AFRICASTALKING_VOICE_NUMBER",
    "AFRICASTALKING_HOOK_TOKEN",
    "KANNEL_SENDSMS_URL",
    "KANNEL_USERNAME",
    "KANNEL_PASSWORD",
    "KANNEL_SENDER",
    "KANNEL_HOOK_TOKEN",
    "SMSGATE_API_URL",
    "SMSGATE_USERNAME",
    "SMSGATE_PASSWORD",
    "SMSGATE_SIGNING_KEY",
    "SMSGATE_NUMBER",
    "DEFAULT_REGION",
    "DEFAULT_LANGUAGE",
    "CAMARA_API_URL",
    "CAMARA_TOKEN_URL",
    "CAMARA_CLIENT_ID",
    "CAMARA_CLIENT_SECRET",
    "HEARTBEAT_URL",
    "PROXIES",
    "PAGES_PORT",
    "HEALTH_TOKEN",
    "TILE_URL",
    "PMTILES_PATH",
]


def complaints(environ: Mapping[str, str]) -> dict[str, str]:
    with pytest.raises(BadSetting) as refused:
        Settings.load(environ)
    for name, complaint in refused.value.complaints.items():
        assert f"{name}: {complaint}" in str(refused.value)
    return refused.value.complaints


@pytest.mark.parametrize("name", CONTRACT)
def test_it_knows_every_name_of_the_contract(name: str) -> None:
    assert name in Settings.names()


def test_a_production_start_needs_no_more_than_one_complete_line() -> None:
    settings = Settings.load(TWILIO)
    assert settings.carriers == ("twilio",)
    assert settings.public_url == "https://siaga.example"
    assert [key.get_secret_value() for key in settings.encryption_keys] == [KEY, OLD_KEY]
    assert settings.line_settings["twilio"].numbers == ("+12025550123", "+6281255501000")
    assert settings.database_url == f"sqlite:///{Path('var').absolute()}/siaga.db"
    assert (settings.redis_url, settings.host, settings.port) == (None, "127.0.0.1", 8000)
    assert (settings.default_region, settings.default_language, settings.demo) == ("ID", "id", False)


def test_it_names_everything_that_is_missing_at_once() -> None:
    assert list(complaints({})) == ["PUBLIC_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "CARRIERS"]


def test_empty_means_missing() -> None:
    assert list(complaints(TWILIO | {"SECRET_KEY": " "})) == ["SECRET_KEY"]


@pytest.mark.parametrize("name", sorted(set(ALL_LINES) - {"CARRIERS", "PUBLIC_URL", "SECRET_KEY", "ENCRYPTION_KEYS"}))
def test_a_line_in_carriers_must_be_complete(name: str) -> None:
    Settings.load(ALL_LINES)
    assert list(complaints({key: value for key, value in ALL_LINES.items() if key != name})) == [name]


HTTP = {
    "CARRIERS": "http,http-2",
    "HTTP_HOOK_TOKEN": "aggregator-hook",
    "HTTP_SEND_URL": "https://aggregator.example/send",
    "HTTP_SEND_FIELDS": "to={to}&text={text}",
    "HTTP_2_HOOK_TOKEN": "gateway-hook",
    "HTTP_2_USSD_PHONE": "msisdn",
}


def test_a_line_by_settings_brings_texts_or_menus_and_each_of_several_has_its_own() -> None:
    lines = Settings.load(TWILIO | HTTP).line_settings
    assert (lines["http"].send_url, lines["http"].ussd_phone) == ("https://aggregator.example/send", "")
    assert (lines["http-2"].send_url, lines["http-2"].ussd_phone) == ("", "msisdn")


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        ("HTTP_SEND_URL", "HTTP_SEND_URL"),  # it would do nothing
        ("HTTP_2_USSD_PHONE", "HTTP_2_SEND_URL"),
        ("HTTP_SEND_FIELDS", "HTTP_SEND_FIELDS"),
        ("HTTP_2_HOOK_TOKEN", "HTTP_2_HOOK_TOKEN"),
    ],
)
def test_a_line_by_settings_that_lacks_what_it_does_is_named(gone: str, named: str) -> None:
    assert list(complaints(TWILIO | {name: value for name, value in HTTP.items() if name != gone})) == [named]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEMO", "yes"),
        ("PORT", "web"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PUBLIC_URL", "siaga.example"),
        ("PUBLIC_URL", "ftp://siaga.example"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://siaga.example/?a=b"),
        ("PUBLIC_URL", "https://siaga.example:https"),
        ("PUBLIC_URL", "https://siaga.example:99999"),
        ("PUBLIC_URL", "https://sia ga.example"),
        ("PUBLIC_URL", "https://[::1"),
        ("DATABASE_URL", "mysql://localhost/siaga"),
        ("DATABASE_URL", "sqlite://"),  # in memory: every process would have its own
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://u:p@db:port/siaga"),
        ("REDIS_URL", "localhost:6379"),
        ("ENCRYPTION_KEYS", "abc"),
        ("ENCRYPTION_KEYS", f"{KEY},{KEY}"),
        ("ENCRYPTION_KEYS", f"{KEY},"),
        ("ENCRYPTION_KEYS", f"{KEY};{OLD_KEY}"),  # Fernet would take this for KEY alone
        ("ENCRYPTION_KEYS", f"{KEY} {OLD_KEY}"),
        ("ENCRYPTION_KEYS", f"{KEY}\n{OLD_KEY}"),
        ("SECRET_KEY", "two\nlines"),
        ("TWILIO_AUTH_TOKEN", "pasted\u200btoken"),
        ("CARRIERS", "simulator"),
        ("CARRIERS", "twilio,simulator"),
        ("CARRIERS", "twillio"),
        ("CARRIERS", "twilio,twilio"),
        ("CARRIERS", "twilio,Twilio"),
        ("ROUTES", "+62=kannel"),  # not in CARRIERS
        ("ROUTES", "62=twilio"),
        ("ROUTES", "+62"),
        ("ROUTES", "+62="),
        ("ROUTES", "+62=twilio;+62=twilio"),
        ("ROUTES", "+62=twilio,twilio"),
        ("FILTERS", "kannel"),
        ("FILTERS", "kannel=jawa"),
        ("FILTERS", "pigeon=indonesia"),
        ("FILTERS", "kannel=open,kannel=links"),
        ("CALLS_AT_ONCE", "twilio"),
        ("CALLS_AT_ONCE", "twilio=-1"),
        ("CALLS_AT_ONCE", "twilio=two"),
        ("CALLS_AT_ONCE", "pigeon=1"),
        ("CALLS_AT_ONCE", "twilio=1,twilio=2"),
        ("PACE", "twilio=1"),
        ("PACE", "twilio=1/x"),
        ("PACE", "twilio=-1/1"),
        ("PACE", "twilio=nan/inf"),
        ("PACE", "pigeon=1/1"),
        ("PACE", "twilio=1/1,twilio=2/2"),
        ("TWILIO_NUMBERS", "Polres"),
        ("TWILIO_API_URL", "api.twilio.example"),
        ("AFRICASTALKING_HOOK_TOKEN", "a/b"),
        ("AFRICASTALKING_VOICE_NUMBER", "voice"),
        ("KANNEL_SENDSMS_URL", "kannel"),
        ("DEFAULT_REGION", "Indonesia"),
        ("DEFAULT_LANGUAGE", "fr"),
        ("HEARTBEAT_URL", "beat"),
        ("SMTP_URL", "mail.example"),
        ("SMTP_FROM", "siaga"),
        ("TILE_URL", "tiles"),
        ("PMTILES_PATH", "no-such-file.pmtiles"),
    ],
)
def test_a_wrong_value_is_named_and_never_shown(name: str, value: str) -> None:
    found = complaints(TWILIO | {name: value})
    assert list(found) == [name]
    if name in {"ENCRYPTION_KEYS", "AFRICASTALKING_HOOK_TOKEN"}:
        assert value not in found[name]


@pytest.mark.parametrize("missing", ["CAMARA_TOKEN_URL", "CAMARA_CLIENT_ID", "CAMARA_CLIENT_SECRET"])
def test_network_location_is_complete_or_off(missing: str) -> None:
    camara = {
        "CAMARA_API_URL": "https://api.example/location",
        "CAMARA_TOKEN_URL": "https://api.example/token?tenant=1",
        "CAMARA_CLIENT_ID": "id",
        "CAMARA_CLIENT_SECRET": "cm-secret",
    }
    assert Settings.load(TWILIO | camara).camara_token_url == camara["CAMARA_TOKEN_URL"]
    assert list(complaints(TWILIO | camara | {missing: ""})) == [missing]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("postgres://u:p@db/siaga", "postgresql+psycopg://u:p@db/siaga"),
        ("postgresql://u:p@db/siaga", "postgresql+psycopg://u:p@db/siaga"),
        ("postgresql+psycopg://u:p@db/siaga?sslmode=require", "postgresql+psycopg://u:p@db/siaga?sslmode=require"),
        ("sqlite:////srv/siaga.db", "sqlite:////srv/siaga.db"),
    ],
)
def test_it_takes_database_urls_as_platforms_write_them(written: str, meant: str) -> None:
    assert Settings.load(TWILIO | {"DATABASE_URL": written}).database_url == meant


def test_a_database_in_a_file_is_the_same_one_for_whoever_starts_elsewhere() -> None:
    assert Settings.load(TWILIO | {"DATABASE_URL": "sqlite:///siaga.db"}).database_url == (
        f"sqlite:///{Path('siaga.db').absolute()}"
    )


@pytest.mark.parametrize(
    ("written", "twilio", "kannel"),
    [
        ("kannel=30/5", (10.0, 1.0), (30.0, 5.0)),
        ("twilio=1/0.5, kannel=0", (1.0, 0.5), (0.0, 0.0)),
        ("twilio=0/0", (0.0, 0.0), (0.0, 0.0)),
        ("", (10.0, 1.0), (0.0, 0.0)),
    ],
)
def test_it_reads_paces(written: str, twilio: tuple[float, float], kannel: tuple[float, float]) -> None:
    pace = Settings.load(TWILIO | {"PACE": written}).pace
    assert (pace["twilio"], pace["kannel"], pace["smsgate"]) == (twilio, kannel, (0.0, 0.0))


def test_it_reads_routes_in_their_order() -> None:
    routes = Settings.load(ALL_LINES | {"ROUTES": "+62=smsgate, kannel,twilio; +254=africastalking;"}).routes
    assert routes == {"+62": ("smsgate", "kannel", "twilio"), "+254": ("africastalking",)}


def test_a_local_number_is_of_the_default_region() -> None:
    assert Settings.load(ALL_LINES).line_settings["smsgate"].number == "+6281255501001"
    kenya = {"DEFAULT_REGION": "ke", "SMSGATE_NUMBER": "0722 000 000"}
    assert Settings.load(ALL_LINES | kenya).line_settings["smsgate"].number == "+254722000000"


SECOND = {
    "CARRIERS": "twilio,twilio-2",
    "TWILIO_2_ACCOUNT_SID": "AC2",
    "TWILIO_2_AUTH_TOKEN": "tw-other",
    "TWILIO_2_NUMBERS": "+12025550124",
}


def test_a_second_account_is_a_line_with_settings_of_its_own() -> None:
    settings = Settings.load(TWILIO | SECOND | {"ROUTES": "+62=twilio-2", "PACE": "twilio=1/1"})
    assert settings.carriers == ("twilio", "twilio-2")
    assert [line.numbers[0] for line in settings.line_settings.values()] == ["+12025550123", "+12025550124"]
    assert settings.routes == {"+62": ("twilio-2",)}
    assert (settings.pace["twilio"], settings.pace["twilio-2"]) == ((1.0, 1.0), (10.0, 1.0))
    assert "tw-other" not in repr(settings)


def test_each_line_has_a_daily_limit_of_its_own() -> None:
    settings = Settings.load(TWILIO | SECOND | {"DAILY_LIMIT": "twilio=200,twilio-2=50"})
    assert settings.daily_limit == {"twilio": 200, "twilio-2": 50}
    assert Settings.load(TWILIO).daily_limit == {}


@pytest.mark.parametrize("value", ["twilio", "twilio=-1", "twilio=many", "twilio=1,twilio=2", "pigeon=1"])
def test_a_daily_limit_is_a_count_for_a_line(value: str) -> None:
    assert list(complaints(TWILIO | {"DAILY_LIMIT": value})) == ["DAILY_LIMIT"]


@pytest.mark.parametrize("name", sorted(set(SECOND) - {"CARRIERS"}))
def test_a_second_account_must_be_complete(name: str) -> None:
    given = {key: value for key, value in (TWILIO | SECOND).items() if key != name}
    assert complaints(given) == {name: "is missing, and CARRIERS names twilio-2"}


@pytest.mark.parametrize("line", ["twilio-1", "twilio-02", "twilio-100", "twilio-", "twilio-x", "pigeon-2"])
def test_a_line_is_called_after_its_carrier_and_a_number_from_two(line: str) -> None:
    assert list(complaints(TWILIO | {"CARRIERS": f"twilio,{line}"})) == ["CARRIERS"]


def test_the_demo_has_one_simulated_line(tmp_path: Path) -> None:
    demo = {"DEMO": "1", "DATA_DIR": str(tmp_path), "CARRIERS": "simulator,simulator-2"}
    assert list(complaints(demo)) == ["CARRIERS"]


def test_every_setting_can_come_from_a_file(tmp_path: Path) -> None:
    files = {}
    for name, value in ALL_LINES.items():
        (tmp_path / name).write_text(value + "\n", encoding="utf-8")
        files[f"{name}_FILE"] = str(tmp_path / name)
    assert Settings.load(files) == Settings.load(ALL_LINES)


def test_a_file_may_be_as_other_systems_write_it(tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(f"\ufeff{KEY},\r\n{OLD_KEY}\r\n".encode())
    given = {name: value for name, value in TWILIO.items() if name != "ENCRYPTION_KEYS"}
    assert Settings.load(given | {"ENCRYPTION_KEYS_FILE": str(tmp_path / "keys")}) == Settings.load(TWILIO)


def test_a_file_that_cannot_be_read_and_a_setting_given_twice_are_named(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    wrong = {
        "SECRET_KEY_FILE": str(tmp_path / "token"),  # SECRET_KEY is set too
        "HOST_FILE": str(tmp_path / "nothing-here"),
        "REDIS_URL_FILE": str(tmp_path / "binary"),
    }
    assert set(complaints(TWILIO | wrong)) == {"SECRET_KEY", "HOST", "REDIS_URL"}


def test_no_secret_is_ever_in_the_repr() -> None:
    urls = {"DATABASE_URL": "postgresql://u:db-word@db/siaga", "REDIS_URL": "redis://:rd-word@redis"}
    shown = repr(Settings.load(ALL_LINES | urls | {"HEARTBEAT_URL": "https://hc.example/hb-word"}))
    hidden = ["not-a-real-secret", KEY, OLD_KEY, "tw-token", "at-key", "at-hook", "kn-password", "kn-hook"]
    for secret in [*hidden, "sg-password", "sg-signing", "db-word", "rd-word", "hb-word"]:
        assert secret not in shown


def test_settings_are_frozen() -> None:
    settings = Settings.load(TWILIO)
    with pytest.raises(ValidationError):
        settings.port = 1


# --- the demo ----------------------------------------------------------------------------------------------------


def test_a_demo_makes_up_its_keys_once_per_data_dir(tmp_path: Path) -> None:
    first, again, other = (Settings.load({"DEMO": "1", "DATA_DIR": str(tmp_path / name)}) for name in "aab")
    assert first == again
    assert first.carriers == ("simulator",)
    for name in ("secret_key", "encryption_keys", "demo_hook_key", "demo_password"):
        assert getattr(first, name)
        assert getattr(first, name) != getattr(other, name)
    Fernet(first.encryption_keys[0].get_secret_value())
    assert stat.S_IMODE((tmp_path / "a" / "demo.json").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["demo.json"]


def test_a_demo_is_called_where_it_listens(tmp_path: Path) -> None:
    demo = {"DEMO": "1", "DATA_DIR": str(tmp_path), "PORT": "8123"}
    assert Settings.load(demo).public_url == "http://127.0.0.1:8123"
    assert Settings.load(demo | {"PUBLIC_URL": "http://demo.example"}).public_url == "http://demo.example"


def test_a_key_that_is_given_wins_over_a_made_up_one(tmp_path: Path) -> None:
    settings = Settings.load({"DEMO": "1", "DATA_DIR": str(tmp_path), "SECRET_KEY": "mine"})
    assert settings.secret_key.get_secret_value() == "mine"


def test_a_demo_is_refused_with_a_real_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    assert list(complaints(TWILIO | {"DEMO": "1", "DATA_DIR": str(data_dir)})) == ["CARRIERS"]
    assert not data_dir.exists()


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"secret_key": '])
def test_a_broken_demo_file_is_named(tmp_path: Path, broken: str) -> None:
    (tmp_path / "demo.json").write_text(broken, encoding="utf-8")
    assert list(complaints({"DEMO": "1", "DATA_DIR": str(tmp_path)})) == ["DATA_DIR"]


def test_racing_processes_share_one_set_of_made_up_keys(tmp_path: Path) -> None:
    show = "from gateway.config import Settings; print(Settings.load().demo_password.get_secret_value())"
    environ = {"DEMO": "1", "DATA_DIR": str(tmp_path / "var")}
    racers = [
        subprocess.Popen([sys.executable, "-c", show], env=environ, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    words = {racer.communicate(timeout=60)[0] for racer in racers}
    assert len(words) == 1
    assert words.pop().strip()


@given(st.sampled_from(CONTRACT), st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_written_it_starts_or_names_the_setting(name: str, value: str) -> None:
    with suppress(BadSetting):  # nothing else may come out
        Settings.load(TWILIO | {name: value})


@pytest.mark.parametrize(
    ("given", "read"), [({}, None), ({"PAGES_PORT": ""}, None), ({"PAGES_PORT": "8001"}, 8001)], ids=repr
)
def test_pages_have_a_port_of_their_own_where_one_is_named(given: dict[str, str], read: int | None) -> None:
    assert Settings.load(TWILIO | given).pages_port == read


@pytest.mark.parametrize("port", ["8000", "0", "pages"])
def test_a_port_for_pages_that_is_none_or_that_of_hooks_is_refused(port: str) -> None:
    assert list(complaints(TWILIO | {"PAGES_PORT": port})) == ["PAGES_PORT"]
