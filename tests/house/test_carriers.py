"""What the recipe for a carrier asks for is there for every carrier; the step that was forgotten is named."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings
from gateway.carriers.registry import CARRIERS, setting_name

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path("gateway/carriers")
NAME = re.compile("[a-z][a-z0-9_]{0,16}")  # of the 20 characters that the tables keep of a line's name, 3 are for "-23"
REACHED_BY = {HookKind.TEXT, HookKind.CALL, HookKind.ENVELOPE}
HEAVY = {"twilio", "africastalking", "requests", "urllib3"}


def forgotten(name: str, carrier: CarrierDescription, root: Path) -> list[str]:
    """The steps of docs/developers/add-a-carrier.md that this carrier lacks in the repository at `root`."""
    page, deploy = ((root / path).read_text(encoding="utf-8") for path in ("docs/settings.md", "docs/deploy.md"))
    settings = {setting_name(name, field) for field in carrier.settings.model_fields}
    wire = {
        "a name that settings and tables can hold": NAME.fullmatch(name) is not None,
        "its wire, line.py": (root / FOLDER / name / "line.py").is_file(),
        "a route for texts or calls": bool(REACHED_BY & set(carrier.routes.values())),
        "a setting for the token": not carrier.token_in_path or "hook_token" in carrier.settings.model_fields,
    }
    words = {
        "a double": (root / f"tests/fake_{name}.py").is_file(),
        "a table of cases": (root / f"tests/carriers/cases/{name}.py").is_file(),
        "its name among the line names": f"`{name}`" in page.partition("Line names are")[2].partition("\n\n")[0],
        "its settings on their page": all(f"`{setting}`" in page for setting in settings),
        "its set-up": f"(`{name}`" in page.partition("## Carriers' set-up")[2],
        "the address of its hooks": f"/hooks/{name}" in page + deploy,
        "every address of its dashboard": all(
            f"/{path.partition('?')[0]}`" in page + deploy or f"/{path.partition('?')[0]}?" in page + deploy
            for path in filter(None, carrier.dashboard.values())
        ),
        "a warning of logs with paths": not carrier.token_in_path or f"`{name}`" in deploy,
    }
    return [step for step, done in (wire if carrier.demo else wire | words).items() if not done]


@pytest.mark.parametrize("name", CARRIERS)
def test_no_step_of_the_recipe_was_forgotten(name: str) -> None:
    assert forgotten(name, CARRIERS[name], ROOT) == []


# --- and the check itself sees every step --------------------------------------------------------------------------


class PigeonSettings(LineSettings):
    loft: str
    hook_token: SecretStr

    def open(self, line: str, house: HouseSettings) -> Carrier:
        raise AssertionError("nobody opens it here")


PIGEON = CarrierDescription(PigeonSettings, {"sms": HookKind.TEXT}, token_in_path=True)
SETTINGS = """## Carriers' set-up
### Pigeons (`pigeon`: texts)
`https://siaga.example/hooks/pigeon/<token>/sms`
## Environment
Line names are `twilio`, `pigeon`.

| `PIGEON_LOFT`, `PIGEON_HOOK_TOKEN` |
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A repository in which every step was taken for the carrier "pigeon"."""
    for file in ("gateway/carriers/pigeon/line.py", "tests/fake_pigeon.py", "tests/carriers/cases/pigeon.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/deploy.md").write_text("no access log: the paths of `pigeon` hold a secret")
    (tmp_path / "docs/settings.md").write_text(SETTINGS)
    assert forgotten("pigeon", PIGEON, tmp_path) == []
    return tmp_path


@pytest.mark.parametrize(
    ("file", "step"),
    [
        ("gateway/carriers/pigeon/line.py", "its wire, line.py"),
        ("tests/fake_pigeon.py", "a double"),
        ("tests/carriers/cases/pigeon.py", "a table of cases"),
    ],
)
def test_a_file_that_was_forgotten_is_named(scratch: Path, file: str, step: str) -> None:
    (scratch / file).unlink()
    assert forgotten("pigeon", PIGEON, scratch) == [step]


@pytest.mark.parametrize(
    ("file", "words", "step"),
    [
        ("docs/settings.md", ", `pigeon`", "its name among the line names"),
        ("docs/settings.md", "`PIGEON_LOFT`", "its settings on their page"),
        ("docs/settings.md", "(`pigeon`: texts)", "its set-up"),
        ("docs/settings.md", "/hooks/pigeon", "the address of its hooks"),
        ("docs/deploy.md", "`pigeon`", "a warning of logs with paths"),
    ],
)
def test_words_that_were_forgotten_are_named(scratch: Path, file: str, words: str, step: str) -> None:
    (scratch / file).write_text((scratch / file).read_text().replace(words, ""))
    assert forgotten("pigeon", PIGEON, scratch) == [step]


def test_what_the_description_lacks_is_named(scratch: Path) -> None:
    deaf = CarrierDescription(PigeonSettings, {"dlr": HookKind.RECEIPT}, token_in_path=True)
    assert forgotten("pigeon", deaf, scratch) == ["a route for texts or calls"]
    assert forgotten("pigeon-2", deaf, scratch)[0] == "a name that settings and tables can hold"
    tokenless = CarrierDescription(LineSettings, {"sms": HookKind.TEXT}, token_in_path=True)
    assert forgotten("pigeon", tokenless, scratch) == ["a setting for the token"]


# --- what the code of carriers keeps to ------------------------------------------------------------------------------


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it, and what it takes from them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def trespasses(root: Path) -> list[tuple[str, str]]:
    """Imports of a carrier's folder from another's, or from what all carriers share."""
    names = {path.parent.name for path in (root / FOLDER).glob("*/__init__.py")}
    found = []
    for path in (root / FOLDER).rglob("*.py"):
        own = path.relative_to(root / FOLDER).parts[0]
        for module in imports(path):
            taken = module.removeprefix("gateway.carriers.").split(".")[0]
            if module.startswith("gateway.carriers.") and taken in names - {own}:
                found.append((str(path.relative_to(root)), module))
    return found


def test_carriers_know_nothing_of_one_another() -> None:
    assert trespasses(ROOT) == []


@pytest.mark.parametrize("file", ["kannel/line.py", "wire.py"])
@pytest.mark.parametrize(
    "line",
    [
        "from gateway.carriers.twilio import codes",
        "from gateway.carriers import twilio",
        "def f():\n    import gateway.carriers.twilio.codes",
    ],
)
def test_a_carrier_that_knows_another_is_named(tmp_path: Path, file: str, line: str) -> None:
    shutil.copytree(ROOT / FOLDER, tmp_path / FOLDER, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / FOLDER / file).write_text(line)
    assert [path for path, _ in trespasses(tmp_path)] == [str(FOLDER / file)]


def test_reading_the_settings_loads_no_sdk_and_no_http_client() -> None:
    tell = "import sys, gateway.config; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert set(loaded.split()) & HEAVY == set()
