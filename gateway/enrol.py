"""ROOM: the whitelist. Apply, verify, refuse, suspend, restore, leave."""

from __future__ import annotations

from gateway import notices
from gateway.callers import Caller
from gateway.core.triage import Apply, Info, Leave, Tip
from gateway.desk import Desk
from gateway.models import citizen as citizens
from gateway.models import inbound as inbounds
from gateway.models import sealing
from gateway.models import unit as units
from gateway.models.citizen import Citizen, Person
from gateway.models.inbound import Inbound
from gateway.models.unit import Unit


def apply(desk: Desk, caller: Caller, row: Inbound, said: Apply) -> None:
    """DAFTAR: a row in state pending; verifying it is a human's work at the station."""
    unit = _unit(desk, caller)
    if not said.name or not said.national_id:
        notices.tell(desk, caller.phone, caller.language, "apply.incomplete", unit)
        return
    if caller.citizen is None:
        person = Person(
            name=said.name[:120],
            national_id=said.national_id,
            national_id_hash=sealing.fingerprints(said.national_id)[0],
            address=said.address,
            created_at=desk.now(),
        )
        desk.db.add(Citizen(
            phone=caller.phone, person=person, state=citizens.PENDING, channel="sms", applied_at=desk.now(),
        ))  # fmt: skip
    notices.tell(desk, caller.phone, caller.language, "apply.received", unit)


def leave(desk: Desk, caller: Caller, row: Inbound, said: Leave) -> None:
    """BATAL DAFTAR: only the PIN's holder may leave."""
    notices.tell(desk, caller.phone, caller.language, "apply.left_not", _unit(desk, caller))


def report(desk: Desk, caller: Caller, row: Inbound, said: Tip) -> None:
    """LAPOR: no emergency; kept for the desk, answered, rings nobody."""
    row.state = inbounds.TO_HUMAN
    if not caller.quiet:
        notices.tell(desk, caller.phone, caller.language, "tip.received", _unit(desk, caller))


def inform(desk: Desk, caller: Caller, row: Inbound, said: Info) -> None:
    if not caller.quiet:
        notices.tell(desk, caller.phone, caller.language, "citizen.info", _unit(desk, caller))


def _unit(desk: Desk, caller: Caller) -> Unit | None:
    return (desk.db.get(Unit, caller.unit_id) if caller.unit_id else None) or units.topmost(desk.db)
