"""Imports of files: the page first shows what a file would change, then imports that same file. Rows of units that are
not the admin's are refused (`register.imports.lookup.Reach`)."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from gateway.register import tables
from gateway.register.imports import guide, kinds
from gateway.register.imports.lookup import Reach
from gateway.register.imports.outcome import Outcome, Unusable
from gateway.web.console import access
from gateway.web.console.access import ADMIN, allow, me
from gateway.web.console.packing import NotOurs, pack, unpack
from gateway.web.console.words import language

page = Blueprint("admin_imports", __name__, url_prefix="/admin/imports")
LARGEST = 2 * 1024 * 1024  # bytes of a file; a larger one takes longer than a request may: use `siaga import`
FORM = 4 * LARGEST  # bytes of the whole form: encrypting and encoding makes a file three quarters larger
SHOWN = 200  # the most refused rows that we list
MEANT = "meant:"  # a form's field: the column that a header after it means


@page.url_value_preprocessor
def allow_files(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Allow a large form before it is read for its token. The price: anybody may send as much before being refused."""
    request.max_content_length = request.max_form_memory_size = FORM


@page.get("")
@allow(ADMIN)
def show() -> str:
    return _render()


@page.post("")
@allow(ADMIN)
def preview() -> ResponseReturnValue:
    """Show what the file would change: counts, and a line for each row that would be refused."""
    file = request.files.get("file")
    content = file.stream.read(LARGEST + 1) if file is not None else b""
    if not content or len(content) > LARGEST:
        return _render(why="size"), 409
    return _do(_kind(), content, {}, dry_run=True)


@page.post("/again")
@allow(ADMIN)
def again() -> ResponseReturnValue:
    """Show what the same file would change if its unknown headers meant what the admin says."""
    kind, content, meant = _sealed()
    told = {name.removeprefix(MEANT): column for name, column in request.form.items() if name.startswith(MEANT)}
    known = {header: column for header, column in told.items() if column in kinds.columns(kind)}
    return _do(kind, content, {**meant, **known}, dry_run=True)


@page.post("/keep")
@allow(ADMIN)
def keep() -> ResponseReturnValue:
    """Import the file that was shown."""
    return _do(*_sealed(), dry_run=False)


@page.get("/<kind>.<ending>")
@allow(ADMIN)
def template(kind: str, ending: str) -> ResponseReturnValue:
    """Answer an empty table of a kind to fill in."""
    if kind not in kinds.TABLES or ending not in tables.WRITERS:
        abort(404)
    answer = Response(guide.template(kind, ending, language()), mimetype=tables.MIME[ending])
    answer.headers["Content-Disposition"] = f"attachment; filename=siaga-{kind}.{ending}"
    return answer


def _sealed() -> tuple[str, bytes, Mapping[str, str]]:
    """Return the kind, the content and the meant columns of the file that was shown; answer 400 for none of ours."""
    try:
        label, content = unpack(request.form.get("sealed", ""))
        kind, meant = json.loads(label)
    except (NotOurs, ValueError):
        abort(400)
    return kind, content, meant


def _kind() -> str:
    kind = request.form.get("kind", "")
    if kind not in kinds.SHEETS:
        abort(404)
    return kind


def _do(kind: str, content: bytes, meant: Mapping[str, str], *, dry_run: bool) -> ResponseReturnValue:
    try:
        outcome = kinds.bring_in(
            access.house().open_uow,
            kind,
            io.BytesIO(content),
            dry_run=dry_run,
            by=me().name,
            reach=Reach(me().scope),
            meant=meant,
        )
    except Unusable as error:
        return _render(kind, why="unusable", what=error.say(language())), 409
    sealed = pack(json.dumps([kind, meant]), content) if dry_run else ""
    return _render(kind, outcome, sealed=sealed, kept=not dry_run)


def _render(
    kind: str = "", outcome: Outcome | None = None, *, sealed: str = "", kept: bool = False, why: str = "",
    what: str = "",
) -> str:  # fmt: skip
    return render_template(
        "admin_imports.html",
        kinds=kinds.SHEETS,
        guides={one: guide.lines(one) for one in kinds.TABLES},
        endings=tuple(tables.WRITERS),
        columns=kinds.columns(kind) if kind in kinds.TABLES else (),
        kind=kind,
        outcome=outcome,
        faults=outcome.faults[:SHOWN] if outcome is not None else (),
        sealed=sealed,
        kept=kept,
        why=why,
        what=what,
        largest=LARGEST // (1024 * 1024),
    )
