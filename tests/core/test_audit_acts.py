"""Each act that the code records in the audit trail is in the table of acts, and has a sentence in every language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway
from gateway.core import pressed
from gateway.core.languages import CODES
from gateway.core.sentences import phrases
from gateway.identity import audit_acts
from gateway.identity.audit_acts import ABOUT, GROUPS
from gateway.monitor.second_thoughts import PRESSED
from gateway.register import exports
from gateway.register.imports import kinds
from gateway.web.console import duty
from gateway.web.console.admin import officers, users

CODE = Path(gateway.__file__).parent
RECORDS = {"record": 2, "record_each": 2}  # functions of audit_log, and which argument is the act
# functions that record what they are given, and which argument of theirs the act is
GIVEN = {"gateway/wordings.py": ("_audit", 2)}


def recorded() -> Iterator[tuple[str, str]]:
    """Where each act is recorded, and the pattern of what is recorded there."""
    for file in sorted(CODE.rglob("*.py")):
        name = file.relative_to(CODE.parent).as_posix()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named = {key: value for node in tree.body if isinstance(node, ast.Assign) for key, value in constants(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (act := act_in(name, node)) is not None:
                yield from ((f"{name}:{node.lineno}", pattern) for pattern in patterns(act, named))


def act_in(name: str, call: ast.Call) -> ast.expr | None:
    """The argument that is the act, where a call records one."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="audit_log"), attr=called) if called in RECORDS:
            act = call.args[RECORDS[called]]
            return None if name in GIVEN and isinstance(act, ast.Name) else act
        case ast.Name(id=called) if name in GIVEN and called == GIVEN[name][0]:
            return call.args[GIVEN[name][1]]
    return None


def constants(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    (target,) = node.targets[:1]
    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        yield from ((ast.unparse(one), value) for one, value in zip(target.elts, node.value.elts, strict=True))
    yield ast.unparse(target), node.value


def patterns(act: ast.expr, named: dict[str, ast.expr]) -> Iterator[str]:
    """The patterns of an expression: what stands in it is itself, what is put in is anything."""
    match act:
        case ast.Constant(value=str(value)):
            yield re.escape(value)
        case ast.IfExp(body=one, orelse=other):
            yield from patterns(one, named)
            yield from patterns(other, named)
        case ast.JoinedStr(values=values):
            parts = [list(patterns(value, named)) for value in values]
            yield "".join(part[0] for part in parts)
        case ast.BinOp(left=left, right=right):
            yield "".join(next(patterns(side, named)) for side in (left, right))
        case ast.Name(id=name) if name in named:
            yield from patterns(named[name], named)
        case _:
            yield ".+"


def test_every_act_that_is_recorded_is_in_the_table() -> None:
    found = dict(recorded())
    assert len(found) > 60
    assert [at for at, pattern in found.items() if pattern.startswith(".+")] == []  # no act that nobody can read here
    assert {at: said for at, said in found.items() if not any(re.fullmatch(said, act) for act in ABOUT)} == {}


def test_every_act_in_the_table_is_recorded_somewhere() -> None:
    said = [pattern for _, pattern in recorded()]
    assert [act for act in ABOUT if not any(re.fullmatch(pattern, act) for pattern in said)] == []


@pytest.mark.parametrize(
    ("before", "owners"),
    [
        (PRESSED, pressed.TAKEN_BACK),
        ("export.", exports.EXPORTS),
        ("import.", kinds.SHEETS),
        ("user.", users.CHANGES),
        ("officer.", {*officers.CHANGES, *duty.CHANGES}),
        ("citizen.", ("verify", "refuse", "suspend", "restore")),
        ("incident.", ("resolved", "false_alarm")),
    ],
)
def test_an_act_that_is_put_together_is_in_the_table_for_all_its_owner_knows(before: str, owners: object) -> None:
    assert {f"{before}{one}" for one in owners} - ABOUT.keys() == set()  # type: ignore[attr-defined]


def test_no_act_stands_in_two_groups() -> None:
    assert sum(len(acts) for acts in GROUPS.values()) == len(ABOUT)


@pytest.mark.parametrize("language", CODES)
def test_every_act_and_group_has_its_sentence(language: str) -> None:
    known = phrases.keys(language)
    wanted = {f"console.audit_act.{act}" for act in ABOUT} | {f"console.audit_group.{group}" for group in GROUPS}
    assert {key for key in known if key.startswith("console.audit_")} == wanted


@pytest.mark.parametrize("language", CODES)
def test_no_two_acts_read_alike(language: str) -> None:
    said = [phrases.say(f"console.audit_act.{act}", language) for act in audit_acts.ABOUT]
    assert sorted(said) == sorted(set(said))
