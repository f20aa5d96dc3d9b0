"""The page of one incident: everything known about it, and the actions of a desk."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core import pressed
from gateway.core.incident_kinds import IncidentKind
from gateway.models import event as events
from gateway.models import incident as incidents
from gateway.monitor import desk_actions, dossier, second_thoughts
from gateway.web.console import basemap, maps
from gateway.web.console.access import ADMIN, DESK, allow, me, reading, writing
from gateway.web.console.monitor import done, pin, pressed_ago, refuse
from gateway.web.console.words import language

page = Blueprint("incident", __name__)


@page.get("/incidents/<code>")
@allow()
def show(code: str) -> ResponseReturnValue:
    """Show the page; the monitor's script gets only the part inside it."""
    with reading() as uow:
        found = dossier.find(uow, me(), code)
        if found is None:
            abort(404)
        whole = request.headers.get("X-Requested-With") != "fetch"
        file = dossier.read(uow, me(), found, language())
        return render_template(
            "incident.html" if whole else "dossier.html",
            file=file,
            pin=pin(file.card) if file.card.where is not None else None,
            has_map=maps.is_installed(),
            tiles=basemap.address(),
            waits=pressed.WAITS,
            offers=[one for one in second_thoughts.offers(uow, me()) if one.code == found.code] if me().may_act else (),
            now=uow.now(),
            whole=whole,
            officers=dossier.candidates(uow, me(), found) if me().may_act else (),
            units=dossier.other_units(uow, me()) if me().may_act else (),
            kinds=tuple(IncidentKind),
            others=dossier.other_open(uow, me(), found) if me().may_act else (),
        )


@page.get("/incidents/<code>/profile")
@allow(ADMIN, DESK)
def reveal(code: str) -> ResponseReturnValue:
    """Show notes, address and next of kin; the look is audited."""
    with writing() as uow:
        found = dossier.find(uow, me(), code)
        if found is None:
            abort(404)
        profile = dossier.reveal(uow, me(), found)
        whole = request.headers.get("X-Requested-With") != "fetch"
        return render_template("profile_page.html" if whole else "profile.html", profile=profile, code=found.code)


@page.post("/incidents/<code>/<action>")
@allow(ADMIN, DESK)
def act(code: str, action: str) -> ResponseReturnValue:
    """Do one action of desk_actions on the incident, which stays locked until the commit. What was pressed while the
    connection was away is asked again where it is not meant any more."""
    back = url_for("incident.show", code=code)
    try:
        with writing() as uow:
            found = dossier.find(uow, me(), code)
            if found is None or action not in desk_actions.NAMES:
                abort(404)
            locked = incidents.lock(uow.db, found.id)
            changed = request.headers.get("X-Known", "") != str(events.newest_of(uow.db, found.id))
            if why := pressed.not_meant(pressed_ago(), changed):
                raise desk_actions.NotNow(why)
            desk_actions.act(uow, me(), locked, action, request.form)
            second_thoughts.note(uow, me(), action, locked.code, request.form)
    except desk_actions.NotNow as error:
        return refuse(str(error), back)
    return done(back)
