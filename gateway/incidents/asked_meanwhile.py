"""Take up who was asked while the database was away (`gateway.outage`): their answers find an alert, their text is not
sent again, and the timeline tells of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from gateway.core.outage import Left
from gateway.incidents import recipients, timeline
from gateway.incidents.recipients import Candidate, Scene
from gateway.models import attempt as attempts
from gateway.models import officer as officers
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork


def texts(scene: Scene | None, number: int) -> Mapping[str, Left]:
    """Return the texts that left meanwhile, by phone (E.164), for the first wave; none for a later one or a drill."""
    if scene is None or number != 1 or scene.incident.drill:
        return {}
    return scene.uow.meanwhile(scene.incident.phone).texts


def call_due(scene: Scene, phone: str, number: int) -> datetime:
    """Return when a wave may ring this phone: now, or once the call is over that was placed meanwhile."""
    until = scene.uow.meanwhile(scene.incident.phone).rings_until if number == 1 else {}
    return max(scene.uow.now(), until.get(phone, scene.uow.now()))


def join(scene: Scene | None, people: Sequence[Candidate], number: int) -> list[Candidate]:
    """Return the people of a wave with those who were asked meanwhile, also where the wave would not ask them now."""
    known = {person.phone for person in people}
    found = [_candidate(scene, phone) for phone in texts(scene, number) if phone not in known] if scene else []
    return [*people, *(person for person in found if person is not None)]


def _candidate(scene: Scene, phone: str) -> Candidate | None:
    if not recipients.may_ask(scene, phone, repeat=False):
        return None
    officer, desk = officers.by_phone(scene.uow.db, phone), next(iter(units.desks_at(scene.uow.db, phone)), None)
    if officer is not None and not officer.suspended:
        return Candidate(phone, officer.language, officer, None, recipients.measure(scene, officer, None))
    if desk is None:
        return None
    language = scene.uow.settings.default_language
    return Candidate(phone, language, None, desk, recipients.measure(scene, None, desk))


def tell(scene: Scene, people: Sequence[Candidate], number: int) -> None:
    """Write on the timeline who was asked meanwhile."""
    left = texts(scene, number)
    names = [_title(person) for person in people if person.phone in left]
    if names:
        timeline.record(scene.uow, scene.incident, "asked_meanwhile", text=", ".join(names))


def _title(person: Candidate) -> str:
    if person.officer is not None:
        return person.officer.title
    return person.unit.name if person.unit is not None else person.phone


def write_down(uow: UnitOfWork, row: Alert, left: Left, worth: timedelta) -> None:
    """Write down a text that left meanwhile, so that an answer without a code and the carrier's receipt find it."""
    owed = Outbound(
        kind=outbounds.TEXT,
        purpose="alert",
        lane=outbounds.ALERT_LANE,
        phone=row.phone,
        body=left.body,
        incident_id=row.incident_id,
        alert_id=row.id,
        expires_at=left.at + worth,
    )
    uow.db.add(outbounds.has_left(owed, left.at))
    uow.db.flush()
    uow.db.add(attempts.left_before(owed.id, left.line, left.ref, left.at))
