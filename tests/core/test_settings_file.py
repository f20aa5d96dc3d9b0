"""Settings out of a file: `siaga.env` in the folder, or what SETTINGS_FILE names; the environment wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config import BadSetting, Settings
from gateway.config.sources import NO_FILE, environment


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("SETTINGS_FILE", "PORT", "PORT_FILE", "HEALTH_TOKEN", "HEALTH_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_file_in_this_folder_is_read_as_it_stands(folder: Path) -> None:
    (folder / "siaga.env").write_text(
        "# ours\nDEMO=1\nexport PORT=8123\nHEALTH_TOKEN='a $b #c'\nDATABASE_URL=sqlite:///of-a-file.db # a note\n"
    )
    settings = Settings.load()
    assert (settings.demo, settings.port, settings.health_token.get_secret_value()) == (True, 8123, "a $b #c")
    assert settings.database_url == f"sqlite:///{folder}/of-a-file.db"


@pytest.mark.parametrize(
    ("own", "port"),
    [({}, "8123"), ({"PORT": "8200"}, "8200"), ({"PORT": ""}, "8123"), ({"PORT_FILE": "port"}, None), (NO_FILE, None)],
)
def test_what_the_environment_says_itself_wins(
    own: dict[str, str], port: str | None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "siaga.env").write_text("PORT=8123\n")
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    assert environment().get("PORT") == port


def test_a_file_may_be_named_and_then_must_be_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "siaga.env").write_text("PORT=8123\n")
    (folder / "other").write_text("PORT=8124\n")
    monkeypatch.setenv("SETTINGS_FILE", "other")
    assert environment()["PORT"] == "8124"
    monkeypatch.setenv("SETTINGS_FILE", "nowhere")
    with pytest.raises(BadSetting, match="SETTINGS_FILE: cannot be read: nowhere is no readable text file"):
        environment()


def test_a_line_that_says_nothing_is_named_and_not_shown(folder: Path) -> None:
    (folder / "siaga.env").write_text("PORT=8123\nHEALTH TOKEN=secret\n")
    with pytest.raises(BadSetting, match=r"line 2 of siaga.env is not like NAME=value") as refused:
        environment()
    assert "secret" not in str(refused.value)
