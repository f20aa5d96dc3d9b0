"""The reference pages of the site that are made of the code: commands, metrics, the API."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import click
from flask import Flask

from gateway.cli import main
from gateway.cli.spoken import translated
from gateway.web import metrics
from gateway.web.api.door import api, description

SAID = {"en": "Every command of `siaga`, as `siaga COMMAND --help` tells it.",
        "id": "Setiap perintah `siaga`, seperti dijelaskan `siaga PERINTAH --help`."}  # fmt: skip
NAMED = {"en": "Commands", "id": "Perintah"}


# --- commands ---------------------------------------------------------------------------------------------------------


def commands(language: str) -> str:
    """Return every command with its help in this language."""
    top = translated(main) if language == "id" else main
    top.language = language
    told = "".join(f"\n## {context.command_path}\n```\n{text}\n```\n" for context, text in _helps(top))
    return f"# {NAMED[language]}\n{SAID[language]}\n{told}"


def _helps(command: click.Command, above: click.Context | None = None) -> Iterator[tuple[Any, str]]:
    context = click.Context(command, info_name="siaga" if above is None else command.name, parent=above)
    context.terminal_width = context.max_content_width = 100
    yield context, command.get_help(context)
    for name in command.list_commands(context) if isinstance(command, click.Group) else ():
        below = command.get_command(context, name)
        if below is not None:
            yield from _helps(below, context)


# --- metrics ----------------------------------------------------------------------------------------------------------


def numbers() -> str:
    """Return a table of what `/metrics` tells, read in gateway/web/metrics.py."""
    rows = "".join(f"| `{name}` | {about} | {labels} |\n" for name, about, labels in sorted(_numbers()))
    return (
        "# Metrics\n`GET /metrics`, for Prometheus; graphs in `ops/grafana/siaga.json`, alerts in "
        f"`ops/prometheus/siaga.rules.yml`.\n\n| name | tells | labels |\n|---|---|---|\n{rows}"
    )


def _numbers() -> Iterator[tuple[str, str, str]]:
    """Yield name, meaning and labels of each number. Raises KeyError for a meaning that is not plainly written."""
    tree = ast.parse(inspect.getsource(metrics))
    told = {
        ast.unparse(node.targets[0]): node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("_gauge", "_histogram"):
            name, about, _, *labels = node.args
            meaning = about.value if isinstance(about, ast.Constant) else told[ast.unparse(about)]
            yield ast.literal_eval(name), str(meaning), ", ".join(f"`{ast.literal_eval(label)}`" for label in labels)
    yield from ((name, about, "`process`") for _, name, about, _ in metrics.USED)


# --- the API ----------------------------------------------------------------------------------------------------------


@cache
def _spec() -> Mapping[str, Any]:
    app = Flask(__name__)
    app.register_blueprint(api)
    with app.app_context():
        description.app = app
        found: Mapping[str, Any] = description.spec
    return found


def openapi() -> str:
    """Return the OpenAPI document that a gateway answers at /api/v1/openapi.json."""
    return json.dumps(_spec(), indent=1, ensure_ascii=False)


def interface() -> str:
    """Return every request of the API in words."""
    told = "".join(
        f"\n## {method.upper()} {path}\n{one.get('summary', '')}\n\n{one.get('description', '')}\n\n{_fields(one)}"
        for path, methods in sorted(_spec()["paths"].items())
        for method, one in methods.items()
    )
    return (
        f"# API\n{_spec()['info']['description']}\n\nThe same as a document: [OpenAPI 3.1](api.json); a gateway "
        f"has a page to try it at `/api/v1/docs`.\n{told}"
    )


def _fields(request: Mapping[str, Any]) -> str:
    """Return a table of what goes into a request: its parameters, and the fields of its body."""
    rows = [(one["name"], one["in"], one["schema"], one.get("required")) for one in request.get("parameters", [])]
    for body in request.get("requestBody", {}).get("content", {}).values():
        shape = _spec()["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
        needed = shape.get("required", [])
        rows += [(name, "body", one, name in needed) for name, one in shape["properties"].items()]
    lines = "".join(f"| `{name}` | {place} | {_kind(one)} | {'yes' if needed else ''} | {_about(one)} |\n"
                    for name, place, one, needed in rows)  # fmt: skip
    return f"| field | in | type | needed | meaning |\n|---|---|---|---|---|\n{lines}" if lines else ""


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = [one.get("type") or one.get("$ref", "").rpartition("/")[2] for one in schema.get("anyOf", [schema])]
    return " or ".join(filter(None, kinds))


def _about(schema: Mapping[str, Any]) -> str:
    return " ".join(str(schema.get("description", "")).split()).replace("|", "\\|")


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/commands.md": lambda: commands("en"),
    "docs/reference/commands.id.md": lambda: commands("id"),
    "docs/reference/metrics.md": numbers,
    "docs/reference/api.md": interface,
}
FILES: Mapping[str, Callable[[], str]] = {"docs/reference/api.json": openapi}
