"""The sentences that phones get, in the operator's own words: each with the parts it must keep and whether it fits.

Only this code computes how long a wording is and what is wrong with it; the page's script asks it during typing.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import wordings
from gateway.core.languages import CODES, spoken
from gateway.core.sentences.editable import GROUPS, MOST, Way, facts_of, measure, plain, way_of
from gateway.core.sentences.wordings import advise, check
from gateway.web.console import access
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import scope
from gateway.wordings import BadWording, Sentence

page = Blueprint("admin_phrases", __name__, url_prefix="/admin/phrases")


@page.get("")
@allow(ADMIN)
def show() -> str:
    """Show the sentences of one group in one language. `q` filters them; `own` leaves only those in own words."""
    _only_for_all()
    language = spoken(request.args.get("language", access.house().settings.default_language))
    group = request.args.get("group", next(iter(GROUPS)))
    words, only_own = request.args.get("q", "").strip(), bool(request.args.get("own"))
    with reading() as uow:
        found = wordings.everything(uow, language, group, words)
    rows = [row for row in found if row.own is not None or not only_own]
    return render_template(
        "admin_phrases.html", rows=rows, groups=GROUPS, group=group, chosen=language, words=words, only_own=only_own
    )


@page.get("/<language>/<key>")
@allow(ADMIN)
def show_one(language: str, key: str) -> str:
    sentence = _found(language, key)
    return _render(sentence, sentence.own or sentence.original)


@page.post("/<language>/<key>")
@allow(ADMIN)
def keep(language: str, key: str) -> ResponseReturnValue:
    """Store a wording, which counts from the next message on; one with a fault is shown again with the fault."""
    sentence, typed = _found(language, key), request.form.get("text", "")
    try:
        with writing() as uow:
            changed = wordings.change(uow, key, language, typed, me().name)
    except BadWording:
        return _render(sentence, typed), 409
    access.house().vocabulary.look_again()
    return scope.say("phrases.kept" if changed else "phrases.same", url_for(".show_one", language=language, key=key))


@page.post("/<language>/<key>/preview")
@allow(ADMIN)
def preview(language: str, key: str) -> str:
    """Show how a wording would look, for a browser without a script; nothing is stored."""
    return _render(_found(language, key), request.form.get("text", ""))


@page.post("/<language>/<key>/forget")
@allow(ADMIN)
def forget(language: str, key: str) -> ResponseReturnValue:
    _found(language, key)
    with writing() as uow:
        wordings.forget(uow, key, language, me().name)
    access.house().vocabulary.look_again()
    return scope.say("phrases.forgotten", url_for(".show_one", language=language, key=key))


@page.post("/measure")
@allow(ADMIN)
def measure_typed() -> ResponseReturnValue:
    """Answer the length of the typed wording, in the units of its channel, and the part of the page that shows it."""
    sentence = _found(request.form.get("language", ""), request.form.get("key", ""))
    judged = _judged(sentence, request.form.get("text", ""))
    measured = judged["measured"]
    return jsonify(
        units=measured.units,
        limit=measured.limit,
        messages=measured.messages,
        ok=not judged["faults"],
        html=render_template("admin_phrase_measured.html", **judged),
    )


def _only_for_all() -> None:
    """Answer 403 unless the admin sees every unit, because all units share the sentences."""
    if not scope.sees_all():
        abort(403)


def _found(language: str, key: str) -> Sentence:
    """Return a sentence that may be changed; answer 404 for any other."""
    _only_for_all()
    if language not in CODES or way_of(key) is None:
        abort(404)
    with reading() as uow:
        return wordings.one(uow, key, language)


def _judged(sentence: Sentence, typed: str) -> dict[str, Any]:
    asked = (sentence.key, sentence.language, typed)
    example = measure(*asked).example
    return {
        "blocked": _blocked(example) if way_of(sentence.key) in (Way.TEXT, Way.FITTED) else [],
        "way": way_of(sentence.key),
        "measured": measure(*asked),
        "faults": check(*asked),
        "doubts": advise(*asked),
    }


def _blocked(example: str) -> list[tuple[str, str, str]]:
    """Return for each line whose operators block something of this text: the line, what, and how it leaves there."""
    lines = access.house().lines
    found = [(line, lines.filter_of(line)) for line in lines.names()]
    return [
        (line, ", ".join(dict.fromkeys(profile.offences(example))), profile.passing(example))
        for line, profile in found
        if profile.offences(example)
    ]


def _render(sentence: Sentence, typed: str) -> str:
    with reading() as uow:
        others = [wordings.one(uow, sentence.key, one) for one in CODES if one != sentence.language]
    return render_template(
        "admin_phrase.html",
        sentence=sentence,
        typed=typed,
        unsaved=plain(sentence.key, typed) != (sentence.own or sentence.original),
        others=others,
        facts=facts_of(sentence.key, sentence.language),
        most=MOST,
        **_judged(sentence, typed),
    )
