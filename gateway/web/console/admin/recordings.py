"""The recorded pieces of what calls say: what is wanted, what is there; listen, upload, replace, delete."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core.languages import CODES, spoken
from gateway.core.sentences.recorded import GROUPS, key
from gateway.core.sounds import LONGEST_S, BadSound
from gateway.models.recording import Recording
from gateway.operations import recordings
from gateway.web.console import access
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import scope
from gateway.web.console.words import t

page = Blueprint("admin_recordings", __name__, url_prefix="/admin/recordings")
LARGEST = 6 * 1024 * 1024  # bytes of a file: half a minute of 48 kHz, two channels, 16 bits
FORM = LARGEST + 100_000  # bytes of the whole form
SHOWN = 100  # pieces on a page; the filters narrow them


@page.url_value_preprocessor
def allow_files(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Allow a large form before it is read for its token. The price: anybody may send as much before being refused."""
    request.max_content_length = request.max_form_memory_size = FORM


@page.get("")
@allow(ADMIN)
def show() -> str:
    _only_for_all()
    return _render(spoken(request.args.get("language", access.house().settings.default_language)))


@page.post("/<language>")
@allow(ADMIN)
def keep(language: str) -> ResponseReturnValue:
    """Keep an uploaded recording, in place of an older one."""
    _only_for_all()
    if language not in CODES:
        abort(404)
    words, file = request.form.get("words", ""), request.files.get("file")
    content = file.stream.read(LARGEST + 1) if file is not None else b""
    try:
        if len(content) > LARGEST:
            raise BadSound("long")
        with writing() as uow:
            recordings.keep(uow, language, words, content, me().name)
    except BadSound as error:
        return _render(language, why=str(error), words=words), 409
    return scope.say("recordings.kept", _back(language))


@page.post("/<int:recording_id>/delete")
@allow(ADMIN)
def delete(recording_id: int) -> ResponseReturnValue:
    _only_for_all()
    with writing() as uow:
        row = uow.db.get(Recording, recording_id)
        if row is None:
            abort(404)
        language = row.language
        recordings.forget(uow, recording_id, me().name)
    return scope.say("recordings.deleted", _back(language))


@page.get("/<int:recording_id>.wav")
@allow(ADMIN)
def listen(recording_id: int) -> Response:
    _only_for_all()
    with reading() as uow:
        row = uow.db.get(Recording, recording_id)
        if row is None:
            abort(404)
        return Response(row.wav, mimetype="audio/wav")


def _only_for_all() -> None:
    """Answer 403 unless the admin sees every unit, because all units share the voice."""
    if not scope.sees_all():
        abort(403)


def _back(language: str) -> str:
    """Return the address of the list as it was filtered."""
    filters = {name: request.form[name] for name in ("group", "missing", "q") if request.form.get(name)}
    return f"{url_for('.show')}?{urlencode({'language': language, **filters})}"


def _render(language: str, why: str = "", words: str = "") -> str:
    asked = request.values
    group, missing, sought = asked.get("group", ""), bool(asked.get("missing")), key(asked.get("q", ""))
    with reading() as uow:
        everything = recordings.everything(uow, language)
    found = [
        line
        for line in everything
        if (not group or line.group == group) and not (missing and line.id) and sought in line.key
    ]
    groups = (*GROUPS, recordings.OTHER)
    counts = {one: [line for line in everything if line.group == one] for one in groups}
    return render_template(
        "admin_recordings.html",
        rows=found[:SHOWN],
        more=max(0, len(found) - SHOWN),
        chosen=language,
        group=group,
        missing=missing,
        words=asked.get("q", ""),
        groups=[(one, sum(bool(line.id) for line in lines), len(lines)) for one, lines in counts.items() if lines],
        wrong=t(f"recordings.{why}", words=words, seconds=LONGEST_S) if why else "",
        speaks=language in access.house().speech.languages(),
    )
