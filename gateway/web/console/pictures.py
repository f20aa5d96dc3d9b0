"""A picture that came with a text, for the desk that reads the text. It is fetched from its company as it is opened."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from gateway.monitor import unread
from gateway.web.console.access import ADMIN, DESK, allow, me, reading
from gateway.web.console.headers import sealed

page = Blueprint("pictures", __name__)


@page.get("/pictures/<int:inbound_id>/<int:number>")
@sealed
@allow(ADMIN, DESK)
def show(inbound_id: int, number: int) -> Response:
    """Send the picture with this number, from 1, of a text. Nothing of ours is held while its company is asked."""
    with reading() as uow:
        opening = unread.pictures_of(uow, me(), inbound_id)
    if opening is None:
        abort(404)
    line, raw = opening
    found = line.fetch_picture(raw, number)
    if found is None:
        abort(404)
    return Response(found.body, mimetype=found.mimetype)
