"""ROOM: let whoever pressed something at a desk take it back. Which presses, how long and by which act stands in
gateway.core.pressed; the audit trail is the memory of what was pressed and of what was taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select

from gateway.core import pressed
from gateway.identity import audit_log
from gateway.identity.users import Identity
from gateway.incidents import closing, same_event, timeline
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import part as part_rows
from gateway.models.audit import Audit
from gateway.models.event import Event
from gateway.models.incident import Incident
from gateway.monitor import desk_actions, dossier, unread
from gateway.monitor.desk_actions import Form, NotNow
from gateway.unit_of_work import UnitOfWork

PRESSED, TAKEN_BACK = "press.", "press_taken_back"
LOOKED_THROUGH = 200  # rows of the audit trail; more are not written within a minute


@dataclass(frozen=True)
class Offer:
    """A press of this user that can still be taken back."""

    id: int  # of its row in the audit trail
    action: str
    subject: str  # the incident's code, or the id of a text
    until: datetime

    @property
    def code(self) -> str:
        """Return the incident's code; empty for a text."""
        return "" if self.action.startswith("text.") else self.subject


def note(uow: UnitOfWork, who: Identity, action: str, subject: str, form: Form) -> None:
    """Note a press that can be taken back; any other is forgotten."""
    undo = pressed.TAKEN_BACK.get(action)
    if undo is not None:
        kept = {name: form[name] for name in undo.needs if form.get(name)}
        audit_log.record(uow, who.name, PRESSED + action, subject, urlencode(kept))


def offers(uow: UnitOfWork, who: Identity) -> list[Offer]:
    """Return what this user can take back now, the newest first."""
    columns = select(Audit.id, Audit.at, Audit.who, Audit.what, Audit.subject)
    rows = uow.db.execute(columns.order_by(Audit.id.desc()).limit(LOOKED_THROUGH)).all()
    mine = [row for row in rows if row.who == who.name and row.at > uow.now() - timedelta(seconds=pressed.LONGEST)]
    gone = {row.subject for row in mine if row.what == TAKEN_BACK}
    found = [
        Offer(row.id, action, row.subject, row.at + timedelta(seconds=pressed.TAKEN_BACK[action].seconds))
        for row in mine
        if (action := row.what.removeprefix(PRESSED)) in pressed.TAKEN_BACK and str(row.id) not in gone
    ]
    return [offer for offer in found if offer.until > uow.now()]


def take_back(uow: UnitOfWork, who: Identity, press_id: int) -> None:
    """Take a press of this user back. Raises NotNow where it is too late."""
    offer = next((one for one in offers(uow, who) if one.id == press_id), None)
    if offer is None:
        raise NotNow("too_late")
    form = dict(parse_qsl(uow.db.get_one(Audit, press_id).detail))
    BY[pressed.TAKEN_BACK[offer.action].act](uow, who, offer.subject, form)
    audit_log.record(uow, who.name, TAKEN_BACK, str(press_id), f"{offer.action} {offer.subject}")


# --- the acts ---------------------------------------------------------------------------------------------------------


def _locked(uow: UnitOfWork, who: Identity, code: str) -> Incident:
    found = dossier.find(uow, who, code)
    if found is None:
        raise NotNow("no_incident")
    return incidents.lock(uow.db, found.id)


def _by_desk(action: str) -> Callable[[UnitOfWork, Identity, str, Form], None]:
    def do(uow: UnitOfWork, who: Identity, code: str, form: Form) -> None:
        desk_actions.act(uow, who, _locked(uow, who, code), action, form)

    return do


def _release(uow: UnitOfWork, who: Identity, code: str, form: Form) -> None:
    """Take the desk's own yes back."""
    incident = _locked(uow, who, code)
    mine = next((row for row in alerts.accepted(uow.db, incident.id) if row.clicked_by == who.name), None)
    if mine is None:
        raise NotNow("too_late")
    desk_actions.act(uow, who, incident, "decline", {"alert": str(mine.id)})


def _part(uow: UnitOfWork, who: Identity, code: str, form: Form) -> None:
    """Split incidents that were made one event: those of them that follow another one now."""
    found = [dossier.find(uow, who, one) for one in {code, *form["other"].split()}]
    for incident_id in sorted(one.id for one in found if one is not None):
        incident = incidents.lock(uow.db, incident_id)
        if part_rows.head_of(uow.db, incident.id) is not None:
            same_event.split(uow, who.name, incident)


def _stand_down(uow: UnitOfWork, who: Identity, text_id: str, form: Form) -> None:
    """Close the incident that a desk's word opened, which stands its people down, and put its text back on the list.
    One that had been open before stays open."""
    incident = _locked(uow, who, form["incident"])
    lines = uow.db.scalars(select(Event.kind).where(Event.incident_id == incident.id)).all()
    if incident.closed or incident.channel != "desk" or lines.count("marked") > 1:
        raise NotNow("too_late")
    timeline.record(uow, incident, "taken_back", who.name)
    closing.close(uow, incident, incidents.FALSE_ALARM, who.name)
    unread.put_back(uow, who, int(text_id))


def _put_back(uow: UnitOfWork, who: Identity, text_id: str, form: Form) -> None:
    if not unread.put_back(uow, who, int(text_id)):
        raise NotNow("too_late")


BY: Mapping[str, Callable[[UnitOfWork, Identity, str, Form], None]] = {
    "reopen": _by_desk("reopen"),
    "decline": _by_desk("decline"),
    "release": _release,
    "part": _part,
    "stand_down": _stand_down,
    "put_back": _put_back,
}
