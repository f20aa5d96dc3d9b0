"""docs/developers/add-a-carrier.md, followed in a scratch copy: a folder is dropped in, and nothing else is touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.carriers.registry import CARRIERS

GATEWAY = Path(__file__).resolve().parents[2] / "gateway"
LINE = '''
"""Pigeons: texts on little papers. Payloads: made up."""

from collections.abc import Sequence

from gateway.carriers import wire
from gateway.core.messages import Answer, DeliveryReceipt, Hook, Outcome, Sent, TextIn, TextOut


class Pigeon:
    batch = 1

    def __init__(self, *, name: str, loft: str, hook_token: str) -> None:
        self.name = name
        self.own_numbers = (loft,)
        self._token = hook_token

    def authentic(self, hook: Hook) -> bool:
        return wire.same_secret(hook.token, self._token)

    def read_text(self, hook: Hook) -> TextIn:
        sender, body = wire.phone(hook, "from"), wire.field(hook, "text")
        return TextIn(self.name, wire.field(hook, "ring"), sender, self.own_numbers[0], body, raw=wire.raw(hook))

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        return DeliveryReceipt(self.name, wire.field(hook, "ring"), None, None)

    def answer_text(self) -> Answer:
        return Answer("coo")

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        return [Sent(Outcome.ACCEPTED, ref="ring") for _ in texts]
'''
DESCRIPTION = """
from pydantic import field_validator

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings
from gateway.core.setting_values import HookToken, Number


class PigeonSettings(LineSettings):
    loft: Number
    corn: str = "maize"
    hook_token: HookToken

    @field_validator("corn")
    @classmethod
    def _is_eaten(cls, corn: str) -> str:
        if corn == "plastic":
            raise ValueError("must be something that a pigeon eats")
        return corn

    def open(self, line: str, house: HouseSettings) -> Carrier:
        from gateway.carriers.pigeon.line import Pigeon

        return Pigeon(name=line, loft=self.loft, hook_token=self.hook_token.get_secret_value())


CARRIER = CarrierDescription(
    settings=PigeonSettings,
    routes={"sms": HookKind.TEXT, "dlr": HookKind.RECEIPT},
    token_in_path=True,
    pace=(0.5, 0.0),
)
"""
# Answers on standard output as one JSON object, in the scratch copy.
TRIED = """
import json, os, sys

import gateway
from gateway.config import BadSetting, Settings
from gateway.core.messages import TextOut
from gateway.models.inbound import Inbound
from gateway.web.app import create_app
from gateway.wiring import build
from sqlalchemy import select


def told(**more):
    try:
        Settings.load({**os.environ, **more})
    except BadSetting as error:
        return error.complaints


whole = {"PIGEON_LOFT": "0812 5550 1001", "PIGEON_HOOK_TOKEN": "one"}
second = {"PIGEON_2_LOFT": "+6281255501002", "PIGEON_2_HOOK_TOKEN": "two"}
settings = Settings.load({**os.environ, "CARRIERS": "pigeon,pigeon-2", **whole, **second})
house = build(settings)
web = create_app(house, drain=False).test_client()
text = {"from": "+6281234567890", "text": "TOLONG", "ring": "r1"}
hooks = {
    path: web.post(f"/hooks/{path}", data=text)
    for path in (
        "pigeon/one/sms", "pigeon-2/two/sms", "pigeon/one/dlr", "pigeon/two/sms", "pigeon/one/voice", "pigeon-3/x/sms",
        "kannel/x/sms",
    )
}
with house.open_reading_uow() as uow:
    kept = [(row.line, row.ref) for row in uow.db.scalars(select(Inbound).where(Inbound.kind == "text"))]
json.dump(
    {
        "gateway": gateway.__file__,
        "missing": told(CARRIERS="pigeon", PIGEON_LOFT="0812 5550 1001"),
        "missing of the second": told(CARRIERS="pigeon,pigeon-2", **whole, PIGEON_2_LOFT="home"),
        "wrong": told(CARRIERS="twilio", PIGEON_CORN="plastic"),
        "no such line": told(CARRIERS="pigeon,dove"),
        "names": [name for name in Settings.names() if name.startswith("PIGEON")],
        "paces": [settings.pace["pigeon"], settings.pace["pigeon-2"], settings.pace["kannel"]],
        "lines": [[line.name, *line.own_numbers] for line in house.lines.for_texts("+6281234567890")],
        "sent": house.lines.named("pigeon-2").send_texts([TextOut(1, "+6281234567890", "x")])[0].ref,
        "hooks": {path: [answer.status_code, answer.text] for path, answer in hooks.items()},
        "kept": kept,
    },
    sys.stdout,
)
"""


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house with one folder more."""
    root = tmp_path_factory.mktemp("recipe")
    shutil.copytree(GATEWAY, root / "gateway", ignore=shutil.ignore_patterns("*.pyc.*"))  # with its bytecode
    folder = root / "gateway/carriers/pigeon"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Pigeons."""\n')
    (folder / "line.py").write_text(LINE)
    (folder / "description.py").write_text(DESCRIPTION)
    return root


def test_a_folder_is_all_that_a_new_carrier_needs(scratch: Path, sqlite_url: str, tmp_path: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(scratch),
        "PUBLIC_URL": "https://siaga.example",
        "SECRET_KEY": "not-a-real-secret",
        "ENCRYPTION_KEYS": "Zm9yLXRlc3RzLW9ubHktYS1maXJzdC1rbm93bi1rZXk=",
        "DATABASE_URL": sqlite_url,
        "DATA_DIR": str(tmp_path / "var"),
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    tried = subprocess.run([sys.executable, "-c", TRIED], env=environ, cwd=scratch, capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    told = json.loads(tried.stdout)
    assert told["gateway"] == str(scratch / "gateway/__init__.py")
    assert told["missing"] == {"PIGEON_HOOK_TOKEN": "is missing, and CARRIERS names pigeon"}
    assert told["missing of the second"] == {
        "PIGEON_2_LOFT": "must be a telephone number like +628125550100",
        "PIGEON_2_HOOK_TOKEN": "is missing, and CARRIERS names pigeon-2",
    }
    assert told["wrong"]["PIGEON_CORN"] == "must be something that a pigeon eats"
    assert "kannel, pigeon, smsgate" in told["no such line"]["CARRIERS"]
    assert told["names"] == ["PIGEON_LOFT", "PIGEON_CORN", "PIGEON_HOOK_TOKEN"]
    assert told["paces"] == [[0.5, 0.0], [0.5, 0.0], [0.0, 0.0]]
    assert told["lines"] == [["pigeon", "+6281255501001"], ["pigeon-2", "+6281255501002"]]
    assert told["sent"] == "ring"
    assert told["hooks"] == {
        "pigeon/one/sms": [200, "coo"],
        "pigeon-2/two/sms": [200, "coo"],
        "pigeon/one/dlr": [200, "coo"],
        "pigeon/two/sms": [403, "forbidden\n"],
        "pigeon/one/voice": [404, "not found\n"],
        "pigeon-3/x/sms": [404, "not found\n"],
        "kannel/x/sms": [404, "not found\n"],
    }
    assert told["kept"] == [["pigeon", "r1"], ["pigeon-2", "r1"]]


def test_the_house_itself_has_no_pigeons() -> None:
    assert "pigeon" not in CARRIERS
