"""The recipe docs/developers/add-a-citizen-command.md, followed in a scratch copy, and with each step forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.scratch import ROOT, Scratch, copied

RECIPE = ROOT / "docs/developers/add-a-citizen-command.md"
EDIT = re.compile(
    r"^ *<!-- (edit|before|replace) (\S+) \| ([^\n]+) -->\n( *)```text\n(.*?)\n *```$", re.MULTILINE | re.DOTALL
)
CHECKS = ("tests/core/test_intent.py", "tests/house/test_citizen_commands.py")
SEND = """
from datetime import UTC, datetime
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from gateway import sms
from gateway.carriers.failover import Switchboard
from gateway.core.messages import TextIn
from gateway.models.base import Base
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import AfterCommit, UnitOfWork
from gateway.wiring import house

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
settings = house().settings
with Session(engine) as db, db.begin():
    db.add(Unit(code="KOTA", name="Polsek Kota", kind="polsek", phone="+62561700201", timezone="Asia/Jakarta"))
    uow = UnitOfWork(db, Switchboard([]), AfterCommit(), lambda: datetime(2026, 1, 2, tzinfo=UTC), settings)
    sms.receive(uow, TextIn("simulator", "1", "+6281355500001", "+6256100110", "Pos saya pak"))
    print(*db.scalars(select(Outbound.body)))
"""


@dataclass(frozen=True)
class Step:
    """One block of the recipe: how and where it goes in, and its lines."""

    how: str
    file: str
    anchor: str
    lines: str

    def apply(self, root: Path) -> None:
        """Put the block where the recipe says. The anchor has to be there, once or as the first of its kind."""
        path = root / self.file
        before, anchor, behind = path.read_text("utf-8").partition(self.anchor + "\n")
        assert anchor, f"{self.file} has no line {self.anchor!r}"
        put = {
            "edit": f"{before}{anchor}{self.lines}\n{behind}",
            "before": f"{before}{self.lines}\n{anchor}{behind}",
            "replace": f"{before}{self.lines}\n{behind}",
        }
        path.write_text(put[self.how], "utf-8")


def steps() -> list[Step]:
    """The blocks of the recipe, in order."""
    text = RECIPE.read_text("utf-8")
    return [_step(*found) for found in EDIT.findall(text)]


def _step(how: str, file: str, anchor: str, margin: str, body: str) -> Step:
    lines = [line.removeprefix(margin) for line in body.split("\n")]
    return Step(how, file, anchor, "\n".join(lines))


STEPS = steps()


@pytest.fixture(scope="module")
def house_copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A copy of the code and of what checks it."""
    with copied(tmp_path_factory.mktemp("recipe"), ("gateway", *CHECKS, "pyproject.toml")) as made:
        yield made


@pytest.fixture
def scratch(house_copy: Scratch) -> Scratch:
    """The copy before any step."""
    house_copy.put_back()
    return house_copy


def test_the_recipe_names_every_kind_of_file() -> None:
    assert len({step.file for step in STEPS}) == 10
    assert len({step.file for step in STEPS if step.file.startswith("gateway/") and step.file.endswith(".py")}) == 3


def test_who_follows_the_recipe_has_a_command_that_answers_and_fails_no_check(scratch: Scratch) -> None:
    for step in STEPS:
        step.apply(scratch.root)
    sent = scratch.python("-c", SEND)
    assert sent.stdout == "POLISI: pos Anda Polsek Kota, tel 0561700201. Darurat: kirim TOLONG\n", sent.stderr
    done = scratch.checked("-k", "every", *CHECKS)
    assert done.code == 0, done.text


INTENT, COMMANDS = CHECKS
# What is forgotten: the file of its block, words of the block, and the check that fails.
FORGOTTEN = {
    "the words of one language": (
        "gateway/core/words/sw.toml", "station", f"{COMMANDS}::test_every_command_has_words_in_every_language[sw]"
    ),
    "the row of the table": (
        "gateway/core/intent/table.py", "Row(", f"{INTENT}::test_every_kind_of_intent_is_decided_by_a_row"
    ),
    "the function": (
        "gateway/sms.py", "Kind.STATION", f"{COMMANDS}::test_every_intent_and_everything_beside_it_has_a_function"
    ),
    "the sentence of one language": (
        "gateway/core/catalogues/en/citizen.po", "msgid",
        f"{COMMANDS}::test_every_sentence_that_the_rooms_tell_is_in_every_catalogue[en]",
    ),
    "the example": (
        "tests/core/test_intent.py", "Example",
        f"{COMMANDS}::test_every_command_has_an_example_that_a_row_of_its_own_takes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGOTTEN)
def test_a_forgotten_step_fails_a_check_that_names_it(what: str, scratch: Scratch) -> None:
    file, holds, failing = FORGOTTEN[what]
    kept = [step for step in STEPS if not (step.file == file and holds in step.lines)]
    assert len(kept) == len(STEPS) - 1
    for step in kept:
        step.apply(scratch.root)
    done = scratch.checked(failing)
    assert done.code == 1, done.text
    assert f"FAILED {failing}" in done.text, done.text
