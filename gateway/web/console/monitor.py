"""The duty desk's monitor: one page for a shift, and the board that it fetches after each change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from gateway.core import pressed
from gateway.core.login_lanes import ALARM_FROM, ALARM_IN
from gateway.core.phone import local
from gateway.core.sentences.ages import age_text
from gateway.core.words.reading import DeskAnswer
from gateway.inbound import unknown_numbers
from gateway.infrastructure import readiness
from gateway.models import guess as guesses
from gateway.models import sighting as sightings
from gateway.models.inbound import SEEN, Inbound
from gateway.models.incident import Incident
from gateway.monitor import board, desk_actions, map_layers, proof, reports, second_thoughts, unread, wall
from gateway.monitor.card import Card, Summary
from gateway.monitor.map_layers import Helper, Neighbour
from gateway.unit_of_work import UnitOfWork
from gateway.web.console import access, basemap, maps
from gateway.web.console.access import ADMIN, DESK, allow, me, reading, writing
from gateway.web.console.words import clock, has, language, t

page = Blueprint("monitor", __name__)
WALL_FITS = 8  # lines on one screen that can be read from five metres
TOLD_BEFORE = timedelta(minutes=30)  # how early the page warns that this log-in ends


@page.get("/monitor")
@allow()
def show() -> ResponseReturnValue:
    """Show the full-screen page, which fetches everything on it from the board."""
    with reading() as uow:
        handed = sightings.last_handover(uow.db, me().desk)
    return render_template("monitor.html", handed=handed, has_map=maps.is_installed(), tiles=basemap.address())


@page.get("/monitor/board")
@allow()
def show_board() -> Response:
    """Answer the present content of the monitor: the lists as HTML, and values for the map and the alarm."""
    with reading() as uow:
        cards = board.cards(uow, me(), language())
        texts = unread.waiting(uow, me())
        helpers = map_layers.helpers(uow, me().scope)
        asked = map_layers.believed(uow, me())
        neighbours = map_layers.neighbours(uow, me())
        unseen = reports.count_unseen(uow, me()) if me().may_act else 0
        told = _warnings(uow, cards)
        running = [card for card in cards if card.closed_at is None]
        proved = None if running else proof.gather(uow, me().scope)
        presses = second_thoughts.offers(uow, me()) if me().may_act else []
        now = uow.now()
    return jsonify(
        now=now.isoformat(),
        who=me().id,
        csrf=generate_csrf(),
        trouble=[*_trouble(), *told, *_end_of_session()],
        undo=render_template("second_thoughts.html", offers=presses),
        strip=render_template("strip.html", all=Summary.of(cards, len(texts))),
        board=render_template("board.html", cards=running, proof=proved),
        unread=render_template("unread.html", texts=texts),
        closed=render_template("board.html", cards=[card for card in cards if card.closed_at], lately=True),
        alarms=[card.code for card in cards if card.unseen],
        asking=sum(text.rings for text in texts),
        reports=unseen,
        open=len(running),
        incidents=[pin(card) for card in cards if card.where is not None],
        volunteers=[_neighbour(one) for one in neighbours],
        asked=[{"label": f"{one.name}, {one.code}", "lat": one.lat, "lon": one.lon} for one in asked],
        officers=[_helper(helper, (now - helper.at).total_seconds()) for helper in helpers],
    )


@page.get("/monitor/map")
@allow()
def show_map() -> Response:
    """Answer what seldom changes: boundaries and units."""
    with reading() as uow:
        units = map_layers.units_of(uow, me().scope)
        areas = map_layers.boundaries(uow, me().scope)
    places = [
        {"name": unit.name, "kind": unit.kind, "lat": unit.lat, "lon": unit.lon}
        for unit in units
        if unit.lat is not None
    ]
    return jsonify(units=places, areas=areas)


@page.get("/monitor/wall")
@allow()
def show_wall() -> ResponseReturnValue:
    """Show the page for a projector, which fetches its lines from the wall's board."""
    return render_template("wall.html")


@page.get("/monitor/wall/board")
@allow()
def show_wall_board() -> Response:
    """Answer the present lines of the wall as HTML."""
    with reading() as uow:
        lines = wall.lines(uow, me(), language())
        now = uow.now()
    listed = render_template("wall_lines.html", lines=lines[:WALL_FITS], more=len(lines[WALL_FITS:]))
    return jsonify(now=now.isoformat(), who=me().id, wall=listed)


@page.post("/monitor/hand-over")
@allow(ADMIN, DESK)
def hand_over() -> ResponseReturnValue:
    """End the shift and this log-in, and leave a note for the next shift."""
    with writing() as uow:
        note = "\n".join([*_left_behind(uow), request.form.get("note", "").strip()])
        desk_actions.hand_over(uow, me(), note)
    access.sign_out()
    return redirect(url_for("login.ask_password"))


Settling = Callable[[UnitOfWork, Inbound, str], object]
SETTLE: dict[str, Settling] = {
    "seen": lambda uow, row, reason: unread.note_read(uow, me(), row),
    "no": lambda uow, row, reason: unread.answer(uow, me(), row, DeskAnswer.NO_EMERGENCY),
    "look": lambda uow, row, reason: unread.answer(uow, me(), row, DeskAnswer.LOOK),
    "emergency": lambda uow, row, reason: unread.raise_alarm(uow, me(), row),
    "unquiet": lambda uow, row, reason: unread.lift_quiet(uow, me(), row, reason),
}


@page.post("/unread/<int:inbound_id>/<action>")
@allow(ADMIN, DESK)
def settle(inbound_id: int, action: str) -> ResponseReturnValue:
    """A human has read a text (`seen`), says that it is an `emergency`, that it is none (`no`), that they `look`, or
    lets its number ring (`unquiet`, with a `reason`)."""
    reason = " ".join(request.form.get("reason", "").split())
    if why := pressed.not_meant(pressed_ago(), changed=False):
        return refuse(why, url_for("monitor.show"))
    do: Settling | None = SETTLE.get(action)
    if do is None or (action == "unquiet" and not reason):
        abort(404 if do is None else 400)
    with writing() as uow:
        row = unread.find(uow, me(), inbound_id)
        if row is not None:
            _settle(uow, row, action, do, reason)
    if row is None:
        return refuse("gone", url_for("monitor.show"))
    return done(url_for("monitor.show"))


def _settle(uow: UnitOfWork, row: Inbound, action: str, do: Settling, reason: str) -> None:
    opened = do(uow, row, reason)
    kept = {"incident": opened.code} if isinstance(opened, Incident) else {}
    if row.state == SEEN:
        second_thoughts.note(uow, me(), f"text.{action}", str(row.id), kept)


@page.post("/presses/<int:press_id>/take-back")
@allow(ADMIN, DESK)
def take_back(press_id: int) -> ResponseReturnValue:
    """Take back what this user has just pressed."""
    back = url_for("monitor.show")
    try:
        with writing() as uow:
            second_thoughts.take_back(uow, me(), press_id)
    except desk_actions.NotNow as error:
        return refuse(str(error), back)
    return done(back)


def _trouble() -> list[str]:
    """Return the faults that keep phones from ringing, in words.

    Redis does not count: without it a second is lost, no more.
    """
    home = access.house()
    found = readiness.reasons(reading, home.settings.carriers, home.spool.waiting(), lambda: True)
    return [_named(name) for name in (*found, *home.warnings())]


def _warnings(uow: UnitOfWork, cards: Sequence[Card]) -> list[str]:
    """Return what a desk must know besides: incidents that do not fit, a flood of forged numbers, and
    somebody who guesses passwords."""
    found = []
    if beyond := board.beyond(uow, me(), cards):
        found.append(t("monitor.beyond", n=beyond))
    flood = unknown_numbers.flood(uow) if me().may_act else None
    if flood is not None:
        found.append(t("monitor.flood", n=flood.answers, ranges=flood.ranges, start=f"{local(flood.worst)}…"))
    guessing = guesses.since(uow.db, uow.now() - ALARM_IN) if me().may_act else None
    if guessing is not None and guessing.tries >= ALARM_FROM:
        at = clock(guessing.since)
        found.append(t("monitor.guessing", n=guessing.tries, at=at, network=guessing.network))
    return found


def _end_of_session() -> list[str]:
    """Return a warning shortly before the log-in ends, because the alarm ends with it."""
    end = access.opened_at() + access.LONGEST
    near = end - TOLD_BEFORE < access.house().clock()
    return [t("monitor.ends", at=clock(end))] if near else []


def _left_behind(uow: UnitOfWork) -> list[str]:
    """Return one sentence on what the next shift must continue; nothing if there is nothing."""
    codes = board.to_hand_over(uow, me())
    texts, unseen = len(unread.waiting(uow, me())), reports.count_unseen(uow, me())
    if not (codes or texts or unseen):
        return []
    named = f"({', '.join(codes)})" if codes else ""
    sentence = t("monitor.left", open=len(codes), codes=named, unread=texts, reports=unseen)
    return [" ".join(sentence.replace(" ,", ",").split())]


def _named(name: str) -> str:
    kind, _, what = name.partition(" ")
    return t(f"health.{kind}", what=what) if has(f"health.{kind}") else t("health.other", what=name)


def pressed_ago() -> float:
    """Return how many seconds ago this was pressed, by a script that tells; 0.0 for a form without one."""
    try:
        at = datetime.fromisoformat(request.headers.get("X-Pressed", "").replace("Z", "+00:00"))
        return (access.house().clock() - at).total_seconds()
    except (ValueError, TypeError):
        return 0.0


def done(back: str) -> ResponseReturnValue:
    """Answer 204 to a script; lead a form back to its page."""
    if request.headers.get("X-Requested-With") == "fetch":
        return Response(status=204)
    flash(t("do.done"))
    return redirect(back, 303)


def refuse(why: str, back: str) -> ResponseReturnValue:
    """Say that the action is not possible now: 409 with the sentence for a script, the page with it for a form."""
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify(message=t(f"not_now.{why}"), why=why), 409
    flash(t(f"not_now.{why}"))
    return redirect(back, 303)


def pin(card: Card) -> dict[str, Any]:
    """Return an incident that has a position as its place on a map."""
    where = card.where
    assert where is not None  # noqa: S101 - the caller has checked it; mypy cannot see that
    return {
        "code": card.code,
        "tone": card.tone,
        "label": f"{card.code} {card.name}: {t('tone.' + card.tone_word)}",
        "unseen": card.unseen,
        "lat": where.lat,
        "lon": where.lon,
        "radius": where.radius_m,
    }


def _helper(helper: Helper, age: float) -> dict[str, Any]:
    label = f"{helper.title}, {age_text(age, language())}"
    return {"label": label, "lat": helper.lat, "lon": helper.lon, "duty": helper.on_duty}


def _neighbour(one: Neighbour) -> dict[str, Any]:
    return {"label": t("map.neighbour", name=one.name, code=one.code), "lat": one.lat, "lon": one.lon}
