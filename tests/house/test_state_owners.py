"""Nobody but the file that owns them assigns a model's states and timers, read from the syntax tree of gateway/.

A tree has no types, so an assignment counts as one to a model when the name it goes through is annotated with the model
or usually stands for it (`names`), or when the new value is one of the constants of the model's own module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Owned:
    """Columns of one model, and the one file of gateway/ that assigns them."""

    model: str
    constants: str  # the module with the names of its states, below gateway/models
    names: tuple[str, ...]  # what a row of it is usually called
    owner: str
    attributes: tuple[str, ...]


TIMERS = ("next_wave_at", "last_wave_at", "clock_at", "nudged", "repeats_at", "repeats_told_at", "honest_at")
TABLE = (
    Owned("Incident", "incident", ("incident",), "models/incident_states.py", ("state", "closed_at", "reason")),
    Owned("Incident", "incident", ("incident",), "models/incident_timers.py", TIMERS),
    Owned("Alert", "alert", ("alert",), "models/alert_states.py", ("state",)),
)


def _targets(node: ast.AST) -> Iterator[tuple[ast.Attribute, ast.expr | None]]:
    """Every attribute that a statement assigns, with its new value where that is plain to see."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _unpacked(target, node.value)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign) and isinstance(node.target, ast.Attribute):
        yield node.target, node.value


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.Attribute, ast.expr | None]]:
    if isinstance(target, ast.Attribute):
        yield target, value
    elif isinstance(target, ast.Tuple):
        values = value.elts if isinstance(value, ast.Tuple) else [None] * len(target.elts)
        for each, its in zip(target.elts, values, strict=True):
            if isinstance(each, ast.Attribute):
                yield each, its


def _annotated(tree: ast.Module, model: str) -> set[str]:
    """Names that stand for a row of this model, by their annotation."""
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg) and _names(node.annotation, model)}
    variables = {
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _names(node.annotation, model)
    }
    return arguments | variables


def _names(annotation: ast.expr | None, model: str) -> bool:
    return annotation is not None and model in {part.id for part in ast.walk(annotation) if isinstance(part, ast.Name)}


def _constants(tree: ast.Module, owned: Owned) -> set[str]:
    """How this file spells the constants of the model's module: their own names, or `<alias>.`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "gateway.models":
            found |= {f"{name.asname or name.name}." for name in node.names if name.name == owned.constants}
        elif isinstance(node, ast.ImportFrom) and node.module == f"gateway.models.{owned.constants}":
            found |= {name.asname or name.name for name in node.names if name.name.isupper()}
    return found


def _uses(value: ast.expr | None, constants: set[str]) -> bool:
    for part in ast.walk(value) if value is not None else ():
        if isinstance(part, ast.Name) and part.id in constants:
            return True
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and f"{part.value.id}." in constants:
            return True
    return False


def _stands_for(target: ast.Attribute, names: set[str]) -> bool:
    row = target.value  # `alert.state`, `duty.alert.state`
    return (row.id if isinstance(row, ast.Name) else getattr(row, "attr", "")) in names


def _statements(tree: ast.Module, owned: Owned) -> Iterator[int]:
    """Lines with `update(<model>)` whose `.values(...)` sets what is owned."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values"):
            continue
        updates = [part for part in ast.walk(node.func) if isinstance(part, ast.Call) and _calls(part, "update")]
        if any(_names(argument, owned.model) for part in updates for argument in part.args):
            keys = {word.arg for word in node.keywords} | {
                part.attr for each in node.args for part in ast.walk(each) if isinstance(part, ast.Attribute)
            }
            if keys & set(owned.attributes):
                yield node.lineno


def _calls(node: ast.Call, name: str) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == name


def assigned(source: str, owned: Owned) -> list[int]:
    """The lines of a file that assign what is owned."""
    tree = ast.parse(source)
    names, constants = _annotated(tree, owned.model) | set(owned.names), _constants(tree, owned)
    lines = list(_statements(tree, owned))
    for node in ast.walk(tree):
        for target, value in _targets(node):
            if target.attr in owned.attributes and (_stands_for(target, names) or _uses(value, constants)):
                lines.append(target.lineno)
    return sorted(lines)


@pytest.mark.parametrize("owned", TABLE, ids=lambda owned: f"{owned.model} in {owned.owner}")
def test_only_their_owner_assigns_states_and_timers(owned: Owned) -> None:
    found = {
        str(path.relative_to(ROOT / "gateway")): lines
        for path in sorted((ROOT / "gateway").rglob("*.py"))
        if (lines := assigned(path.read_text(encoding="utf-8"), owned))
    }
    assert found.pop(owned.owner)
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "alert.state = new",
        "duty.alert.state = new",
        "alert.state, alert.answered_at = new, now",
        "row.state = alerts.FAILED",
        "row.state = FAILED if late else before",
        "one.state = new",
        "db.execute(update(Alert).where(Alert.id == 1).values(state=new))",
        "db.execute(update(Alert).values({Alert.state: new}))",
    ],
)
def test_the_rule_sees_every_way_to_assign_a_state(line: str) -> None:
    source = (
        "from gateway.models import alert as alerts\nfrom gateway.models.alert import FAILED, Alert\n"
        f"def do(one: Alert | None) -> None:\n    {line}\n"
    )
    assert assigned(source, TABLE[2]) == [4]


@pytest.mark.parametrize("line", ["row.state = inbounds.SEEN", "citizen.state = new", "alert.calls += 1"])
def test_the_rule_leaves_other_columns_alone(line: str) -> None:
    assert assigned(f"from gateway.models import inbound as inbounds\n{line}\n", TABLE[2]) == []
