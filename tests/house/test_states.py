"""Nobody but a model's own file moves its state. The rule reads the syntax tree, so it needs no type checker.

It knows whose state is written by any of four marks: the name of the variable (`outbound.state`), its annotation
(`row: Outbound`), the model's own constant (`row.state = outbounds.DONE`), or the model in the same statement
(`update(Outbound)...values(state=...)`, `Outbound(state=...)`, `{Outbound.state: ...}`). What it cannot see, the
models refuse when it runs (`ForbiddenMove`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWNERS = {  # each model and the module that alone moves its state; one line for each state machine
    "Outbound": "gateway.models.outbound",
    "Attempt": "gateway.models.attempt",
}


@dataclass
class Module:
    """One module of the gateway and the writes of a state in it that are not its own."""

    name: str
    source: str
    found: list[str] = field(default_factory=list)

    def foreign_writes(self) -> list[str]:
        tree = ast.parse(self.source)
        self.constants = dict(_constants(tree))
        for function in ast.walk(tree):
            annotated = dict(_annotated(function))
            for node in ast.walk(function) if isinstance(function, ast.FunctionDef | ast.Module) else ():
                for model in self._written(node, annotated):
                    if OWNERS[model] != self.name:
                        self.found.append(f"{self.name}:{node.lineno} {model}")  # type: ignore[attr-defined] # a write
        return sorted(set(self.found))

    def _written(self, node: ast.AST, annotated: dict[str, str]) -> Iterator[str]:
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            yield from self._assigned(node, annotated)
        elif isinstance(node, ast.Call):
            yield from _called(node)
        elif isinstance(node, ast.Dict):
            yield from (model for key in node.keys if key is not None and (model := _column(key)) is not None)

    def _assigned(self, node: ast.Assign | ast.AugAssign | ast.AnnAssign, annotated: dict[str, str]) -> Iterator[str]:
        for target, value in _pairs(node):
            if isinstance(target, ast.Attribute) and target.attr == "state":
                last = _last_name(target.value)
                constants = {self.constants[name] for name in _names(value) if name in self.constants}
                yield from {last.capitalize(), annotated.get(last, "")} & OWNERS.keys() | constants


def _constants(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Names under which a model's module, or its constants, are known here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                for model, owner in OWNERS.items():
                    of_module = f"{node.module}.{alias.name}" == owner
                    if of_module or (node.module == owner and alias.name.isupper()):
                        yield alias.asname or alias.name, model


def _annotated(function: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(function):
        annotation = getattr(node, "annotation", None)
        name = node.arg if isinstance(node, ast.arg) else _last_name(getattr(node, "target", None))
        for model in {name for name in _names(annotation) if name in OWNERS}:
            yield name, model


def _pairs(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Each target with what it gets; a tuple's, one by one."""
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Tuple):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value] * len(target.elts)
            yield from zip(target.elts, values, strict=False)
        else:
            yield target, node.value


def _called(node: ast.Call) -> Iterator[str]:
    """`Outbound(state=...)`, `setattr(outbound, "state", ...)` and `update(Outbound)....values(state=...)`."""
    name = _last_name(node.func)
    sets_state = any(keyword.arg == "state" for keyword in node.keywords)
    if sets_state and name in OWNERS:
        yield name
    if name == "values" and (sets_state or any(_has_state(part) for part in [*node.args, *node.keywords])):
        yield from {_last_name(arg) for arg in _first_arguments(node.func)} & OWNERS.keys()
    if name == "setattr" and len(node.args) == 3 and "state" in _texts(node.args[1]):
        yield from {_last_name(node.args[0]).capitalize()} & OWNERS.keys()


def _has_state(part: ast.AST) -> bool:
    """Whether `.values({"state": ...})` or `.values(**{"state": ...})` names the state."""
    return any("state" in _texts(key) for node in ast.walk(part) if isinstance(node, ast.Dict) for key in node.keys)


def _first_arguments(chain: ast.expr) -> Iterator[ast.expr]:
    """The models of `update(...)` and `insert(...)` at the bottom of a chain of calls."""
    while isinstance(chain, ast.Attribute | ast.Call):
        if isinstance(chain, ast.Call) and _last_name(chain.func) in ("update", "insert") and chain.args:
            yield chain.args[0]
        chain = chain.value if isinstance(chain, ast.Attribute) else chain.func


def _column(key: ast.expr) -> str | None:
    """The model of `Outbound.state`."""
    if isinstance(key, ast.Attribute) and key.attr == "state" and _last_name(key.value) in OWNERS:
        return _last_name(key.value)
    return None


def _last_name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _names(node: ast.AST | None) -> Iterator[str]:
    for part in ast.walk(node) if node is not None else ():
        if isinstance(part, ast.Name):
            yield part.id


def _texts(node: ast.AST | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def test_nobody_but_its_own_file_moves_a_state() -> None:
    found = []
    for path in sorted((ROOT / "gateway").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found += Module(name, path.read_text(encoding="utf-8")).foreign_writes()
    assert found == []


HEAD = """
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models.attempt import HANDED, Attempt
from gateway.models.outbound import Outbound
"""


@pytest.mark.parametrize(
    "written",
    [
        "row.state = outbounds.DONE",
        "row.state, row.claimed_by = outbounds.OWED, None",
        "row.code, row.state = '', HANDED",
        "row.state = outbounds.DONE if late else outbounds.OWED",
        "attempt.outbound.state = 'done'",
        "claimed.attempt.state = state",
        "def move(row: Attempt | None, state: str): row.state = state",
        "def move():\n    row: Outbound = given()\n    row.state += 'x'",
        "db.execute(update(Outbound).where(a, b).values(state='done'))",
        "db.execute(update(Outbound).values(due_at=now).values({'state': 'done'}))",
        "db.execute(update(Attempt).values(**{'state': 'done'}))",
        "db.execute(insert(Attempt).values(line='x', state='handed'))",
        "db.execute(update(Outbound).values({Outbound.state: 'done'}))",
        "db.add(Outbound(kind='text', state='done'))",
        "setattr(attempt, 'state', 'ended')",
    ],
)
def test_the_rule_sees_every_way_to_write_a_state(written: str) -> None:
    assert len(Module("gateway.somewhere", HEAD + written).foreign_writes()) == 1


@pytest.mark.parametrize(
    "innocent",
    [
        "incident.state = state",
        "row.state = inbounds.TO_HUMAN",
        "row.phase = outbounds.DONE",
        "held = row.state == outbounds.DONE",
        "due = update(Outbound).where(Outbound.state == outbounds.OWED).values(due_at=now)",
        "db.execute(update(Citizen).where(Citizen.id.in_(select(Outbound.id))).values(state='left'))",
        "call = replace(call, state=CallState.ENDED)",
        "query = select(Outbound.state, Attempt.state)",
        "def note(attempt: Attempt, citizen: Citizen): citizen.state = 'left'",
    ],
)
def test_the_rule_cries_at_nothing_else(innocent: str) -> None:
    assert Module("gateway.somewhere", HEAD + innocent).foreign_writes() == []


@pytest.mark.parametrize(("model", "owner"), OWNERS.items())
def test_every_owner_is_there_and_may_write_its_own(model: str, owner: str) -> None:
    path = ROOT / (owner.replace(".", "/") + ".py")
    assert f"class {model}(Base):" in path.read_text(encoding="utf-8")
    assert Module(owner, f"def move(row: {model}): row.state = 'x'").foreign_writes() == []
