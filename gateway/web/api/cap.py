"""/api/v1/cap: the incidents of the monitor as CAP 1.2 alerts, and the feed of them."""

from __future__ import annotations

from flask import Response, abort, url_for
from spectree import Response as Answers

from gateway.identity.api_keys import Scope
from gateway.monitor import board, cap, dossier
from gateway.unit_of_work import UnitOfWork
from gateway.web.api.door import LANGUAGE, api, description, needs
from gateway.web.api.shapes import Problem
from gateway.web.console.access import me, reading

REFUSED = Answers(HTTP_401=Problem, HTTP_403=Problem, HTTP_404=Problem, HTTP_503=Problem)


@api.get("/cap")
@needs(Scope.INCIDENTS)
@description.validate(resp=REFUSED, skip_validation=True)
def cap_feed() -> Response:
    """The incidents on the monitor as an Atom feed; each entry links to its CAP 1.2 alert."""
    with reading() as uow:
        base = _base(uow)
        cards = board.cards(uow, me(), LANGUAGE)
        here = base + url_for("api.cap_feed")
        told = cap.feed(cards, uow.now(), here, lambda card: base + url_for("api.cap_alert", code=card.code))
    return _xml(told, cap.ATOM_TYPE)


@api.get("/cap/<code>")
@needs(Scope.INCIDENTS)
@description.validate(resp=REFUSED, skip_validation=True)
def cap_alert(code: str) -> Response:
    """One incident, the newest with this code, as a CAP 1.2 alert."""
    with reading() as uow:
        found = dossier.find(uow, me(), code)
        if found is None:
            abort(404)
        (card,) = board.cards_of(uow, me(), LANGUAGE, [found])
        return _xml(cap.alert(card, _base(uow), LANGUAGE), cap.CAP_TYPE)


def _base(uow: UnitOfWork) -> str:
    return uow.settings.public_url.rstrip("/")


def _xml(told: bytes, kind: str) -> Response:
    return Response(told, mimetype=kind, headers={"Cache-Control": "no-store"})
