"""The acts of other systems by /api/v1. All go through the rooms and the audit trail that a desk's clicks take."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from flask import Response, abort, request, url_for
from spectree import Response as Answers
from sqlalchemy.exc import IntegrityError

from gateway.core.places.spots import Source, Spot
from gateway.core.sentences import phrases
from gateway.identity import audit_log
from gateway.identity.api_keys import Scope
from gateway.identity.callers import identify
from gateway.models import api_key as api_rows
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models import officer as officer_rows
from gateway.models import unit as units
from gateway.models.api_key import ApiAnswer
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.monitor import dossier, outside
from gateway.monitor.desk_actions import NotNow
from gateway.register import applications, decisions
from gateway.register.applications import Given
from gateway.unit_of_work import UnitOfWork
from gateway.web.api.door import LANGUAGE, answer, api, conflict, description, needs, to_json
from gateway.web.api.shapes import Closing, MoreWords, NewCitizen, NewIncident, OnDuty, Problem, Verified, Yes
from gateway.web.console.access import granted, me, writing
from gateway.web.problems import Unfit

REMEMBERED = timedelta(hours=24)  # how long an Idempotency-Key is known
LONGEST_KEY = 200  # characters of one
ACTED = Answers(
    HTTP_401=Problem,
    HTTP_403=Problem,
    HTTP_404=Problem,
    HTTP_409=Problem,
    HTTP_422=Problem,
    HTTP_503=Problem,
)
Told = tuple[dict[str, object], int]  # a body and its status


@api.post("/incidents")
@needs(Scope.RAISE)
@description.validate(resp=ACTED)
def raise_incident(json: NewIncident) -> Response:
    """Raise an incident.

    201 and its code; 200 where this caller has one open, which it joins. The officers' phones ring as for a citizen's
    panic.
    """
    spot = None
    if json.lat is not None and json.lon is not None:
        spot = Spot(json.lat, json.lon, json.radius_m, Source.COORDINATES, json.place)

    def act(uow: UnitOfWork) -> Told:
        unit = _unit(uow, json.unit)
        where = spot
        if where is None and not json.place and not json.caller and unit is not None and unit.lat is not None:
            where = Spot(unit.lat, unit.lon or 0.0, json.radius_m, Source.PLACE, unit.name)
        alarm = outside.Alarm(
            caller=json.caller or "",
            name=json.name,
            kind=json.kind,
            words=". ".join(filter(None, (json.place, json.words))),
            spot=where,
            quiet=json.quiet,
            unit_id=unit.id if unit is not None else None,
        )
        found, new = outside.raise_alarm(uow, granted(), alarm)
        told = {"code": found.code, "new": new, "address": url_for("api.incident", code=found.code)}
        return told, 201 if new else 200

    return _done(act)


@api.post("/incidents/<code>/words")
@needs(Scope.ACT)
@description.validate(resp=ACTED)
def add_words(code: str, json: MoreWords) -> Response:
    """Add words to an incident: everybody who was told of it reads them."""
    return _on(code, lambda uow, found: outside.add_words(uow, granted(), found, json.words, json.by))


@api.post("/incidents/<code>/accept")
@needs(Scope.ACT)
@description.validate(resp=ACTED)
def accept(code: str, json: Yes) -> Response:
    """Accept for the unit's desk.

    A human says so, by name. It is a desk's yes and never an officer's: who was asked goes on being rung.
    """
    return _on(code, lambda uow, found: outside.accept(uow, granted(), found, json.by))


@api.post("/incidents/<code>/close")
@needs(Scope.ACT)
@description.validate(resp=ACTED)
def close(code: str, json: Closing) -> Response:
    """Close an incident.

    A human says so, by name. One whose caller hides is closed by a desk that has logged in only (409).
    """
    return _on(code, lambda uow, found: outside.close(uow, granted(), found, json.by, json.outcome, json.reason))


@api.put("/officers/<phone>/duty")
@needs(Scope.DUTY)
@description.validate(resp=ACTED)
def set_duty(phone: str, json: OnDuty) -> Response:
    """Put an officer on or off duty."""

    def act(uow: UnitOfWork) -> Told:
        officer = officer_rows.by_phone(uow.db, phone)
        if officer is None or not me().sees(officer.unit_id):
            abort(404)
        if officer.on_duty != json.on_duty:
            officer.set_duty(json.on_duty)
            audit_log.record(uow, _by(json.by), f"officer.duty_{'on' if json.on_duty else 'off'}", phone)
        return {"phone": phone, "on_duty": officer.on_duty}, 200

    return _done(act)


@api.post("/citizens")
@needs(Scope.CITIZENS)
@description.validate(resp=ACTED)
def add_citizen(json: NewCitizen) -> Response:
    """Add a citizen, who waits for somebody to verify them."""

    def act(uow: UnitOfWork) -> Told:
        unit = _unit(uow, json.unit)
        given = Given(json.name, json.national_id, json.address)
        found = applications.file(uow, identify(uow, json.phone), given, outside.CHANNEL)
        if found is None:
            conflict("the number is on the register already; change it at the console")
        found.language = json.language or found.language
        found.quiet = json.quiet or found.quiet
        found.unit_id = unit.id if unit is not None else found.unit_id
        audit_log.record(uow, _by(), "citizen.add", json.phone)
        return {"phone": found.phone, "state": found.state}, 201

    return _done(act)


@api.post("/citizens/<phone>/verify")
@needs(Scope.CITIZENS)
@description.validate(resp=ACTED)
def verify_citizen(phone: str, json: Verified) -> Response:
    """Verify a citizen: the number may ask for officers from now on."""

    def act(uow: UnitOfWork) -> Told:
        found = citizens.current(uow.db, phone)
        if found is None or not (found.unit_id is None or me().sees(found.unit_id)):
            abort(404)
        if found.state != citizens.VERIFIED:
            try:
                decisions.verify(uow, phone, _by(json.by), json.reason, me().unit_id or _top(uow))
            except (decisions.WrongState, decisions.NoUnit) as error:
                conflict(str(error))
        return {"phone": found.phone, "state": found.state}, 200

    return _done(act)


# --- how an act is done ---------------------------------------------------------------------------------------


def _on(code: str, do: Callable[[UnitOfWork, Incident], None]) -> Response:
    """Do something to an incident, which stays locked until the commit."""

    def act(uow: UnitOfWork) -> Told:
        found = dossier.find(uow, me(), code)
        if found is None:
            abort(404)
        locked = incidents.lock(uow.db, found.id)
        try:
            do(uow, locked)
        except NotNow as error:
            conflict(phrases.say(f"console.not_now.{error}", LANGUAGE))
        return {"code": locked.code, "state": locked.state}, 200

    return _done(act)


def _done(act: Callable[[UnitOfWork], Told]) -> Response:
    """Do an act once: a request that comes again with its Idempotency-Key is answered as before, in the same
    transaction or not at all."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY:
        raise Unfit(f"Idempotency-Key: {LONGEST_KEY} characters at most")
    mark = _hash(str(me().id), granted().name, key) if key else ""
    asked = _hash(request.method, request.path, request.get_data(as_text=True))
    try:
        with writing() as uow:
            before = api_rows.answer_to(uow.db, mark) if mark else None
            if before is not None and before.at > uow.now() - REMEMBERED:
                return _again(before, asked)
            told, status = act(uow)
            if mark:
                row = ApiAnswer(mark=mark, asked=asked, status=status, body=to_json(told), at=uow.now())
                api_rows.keep_answer(uow.db, row, uow.now() - REMEMBERED)
    except IntegrityError:
        if mark:
            conflict("the same request is being answered at this moment; send it again")
        raise
    return answer(told, status)


def _again(before: ApiAnswer, asked: str) -> Response:
    if before.asked != asked:
        raise Unfit("Idempotency-Key: another request has used it")
    made = answer(json.loads(before.body), before.status)
    made.headers["Idempotency-Replayed"] = "true"
    return made


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _unit(uow: UnitOfWork, code: str | None) -> Unit | None:
    """Return the unit with this code. Raises Unfit where this user sees none."""
    unit = units.by_code(uow.db, code) if code else None
    if code and (unit is None or not me().sees(unit.id)):
        raise Unfit(f"unit: there is no unit {code}")
    return unit


def _top(uow: UnitOfWork) -> int | None:
    top = units.topmost(uow.db)
    return top.id if top is not None else None


def _by(human: str = "") -> str:
    name = granted().name or me().name
    return f"{human} ({name})" if human else name
