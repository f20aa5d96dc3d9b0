"""Finds in a file's syntax tree every place that writes columns of a model.

A tree has no types, so a write counts as one to a model by any of four marks: the name of the row (`alert.state`,
`duty.alert.state`) is one that usually stands for the model; the name is annotated with it (`row: Alert | None`); the
new value is one of the model's own constants (`row.state = alerts.FAILED`); or the model is named in the same
expression (`update(Alert)...values(state=...)`, `Alert(state=...)`, `{Alert.state: ...}`). What a tree does not show,
the models refuse when it runs (`ForbiddenMove`, gateway/models/states.py).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Owned:
    """Columns of one model, and the one file below gateway/models that writes them."""

    model: str
    module: str  # the file of the model and of the names of its states, below gateway/models
    names: tuple[str, ...]  # what a row of it is usually called
    owner: str
    attributes: tuple[str, ...]
    born_elsewhere: bool = False  # who makes a new row says in which of the table's first states


def writes(source: str, owned: Owned) -> list[int]:
    """The lines of a file that write what is owned."""
    return _Finder(ast.parse(source), owned).lines()


class _Finder:
    def __init__(self, tree: ast.Module, owned: Owned) -> None:
        self.tree, self.owned, self.attributes = tree, owned, set(owned.attributes)
        self.names = {*owned.names, *_annotated(tree, owned.model)}
        self.constants = set(_constants(tree, owned.module))

    def lines(self) -> list[int]:
        found = set[int]()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                found |= {target.lineno for target, value in _targets(node) if self._owns(target, value)}
            elif isinstance(node, ast.Call) and (self._makes(node) or self._updates(node) or self._sets(node)):
                found.add(node.lineno)
            elif isinstance(node, ast.Dict):
                found |= {key.lineno for key in node.keys if self._is_column(key)}
        return sorted(found)

    def _owns(self, target: ast.expr, value: ast.expr | None) -> bool:
        """`alert.state = ...`"""
        if not (isinstance(target, ast.Attribute) and target.attr in self.attributes):
            return False
        return _last_name(target.value) in self.names or _uses(value, self.constants)

    def _makes(self, call: ast.Call) -> bool:
        """`Alert(state=...)`"""
        if _last_name(call.func) != self.owned.model or self.owned.born_elsewhere:
            return False
        return any(word.arg in self.attributes for word in call.keywords) or self._tells(call)

    def _updates(self, call: ast.Call) -> bool:
        """`update(Alert)...values(state=...)`, and the same with `insert` or a dictionary."""
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "values"):
            return False
        statements = [part for part in ast.walk(call.func) if isinstance(part, ast.Call)]
        told = [arg for part in statements if _last_name(part.func) in ("update", "insert") for arg in part.args]
        if not any(self.owned.model in _names(arg) for arg in told):
            return False
        columns = {part.attr for arg in call.args for part in ast.walk(arg) if isinstance(part, ast.Attribute)}
        return bool(self.attributes & ({word.arg for word in call.keywords} | columns)) or self._tells(call)

    def _tells(self, call: ast.Call) -> bool:
        """`...({"state": ...})` and `...(**{"state": ...})`"""
        given = [*call.args, *(word.value for word in call.keywords if word.arg is None)]
        keys = [key for part in given for node in ast.walk(part) if isinstance(node, ast.Dict) for key in node.keys]
        return any(isinstance(key, ast.Constant) and key.value in self.attributes for key in keys)

    def _sets(self, call: ast.Call) -> bool:
        """`setattr(alert, "state", ...)`"""
        if _last_name(call.func) != "setattr" or len(call.args) != 3 or _last_name(call.args[0]) not in self.names:
            return False
        return isinstance(call.args[1], ast.Constant) and call.args[1].value in self.attributes

    def _is_column(self, key: ast.expr | None) -> bool:
        """`{Alert.state: ...}`"""
        if not (isinstance(key, ast.Attribute) and key.attr in self.attributes):
            return False
        return _last_name(key.value) == self.owned.model


def _targets(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Each target with what it gets; a tuple's, one by one where that is plain to see."""
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Tuple):
            given = node.value.elts if isinstance(node.value, ast.Tuple) else []
            values = given if len(given) == len(target.elts) else [node.value] * len(target.elts)
            yield from zip(target.elts, values, strict=True)
        else:
            yield target, node.value


def _annotated(tree: ast.Module, model: str) -> Iterator[str]:
    """Names that stand for a row of this model, by their annotation."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and model in _names(node.annotation):
            yield node.arg
        elif isinstance(node, ast.AnnAssign) and model in _names(node.annotation):
            yield _last_name(node.target)


def _constants(tree: ast.Module, module: str) -> Iterator[str]:
    """Names under which the model's module, or one of its constants, is known in this file."""
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)):
        for alias in node.names:
            the_module = (node.module, alias.name) == ("gateway.models", module)
            if the_module or (node.module == f"gateway.models.{module}" and alias.name.isupper()):
                yield alias.asname or alias.name


def _uses(value: ast.expr | None, constants: set[str]) -> bool:
    parts = ast.walk(value) if value is not None else ()
    return any(isinstance(part, ast.Name) and part.id in constants for part in parts)


def _last_name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _names(node: ast.AST | None) -> set[str]:
    """Every name in an expression; of `models.Alert`, both."""
    return {_last_name(part) for part in ast.walk(node)} - {""} if node is not None else set()
