"""ROOM: a desk completes a citizen's profile with the applicant in front of it.

Each field is read by the same rules as in a sheet of citizens. Unlike a sheet, a desk may also empty a field, and turn
quiet off or `ring_back` on; that needs a reason, because it decides about a person's safety. The audit trail names the
fields that changed, never their contents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.core.sentences.refusal import Refusal
from gateway.identity import audit_log
from gateway.identity.callers import identify
from gateway.models import citizen as citizens
from gateway.models.citizen import Citizen
from gateway.register import applications, decisions
from gateway.register.applications import Given
from gateway.register.imports import fields
from gateway.register.imports.citizens import PAIRS, READERS, identified
from gateway.register.imports.outcome import Refused
from gateway.register.imports.pin_columns import Hashed, Stored, hash_told
from gateway.unit_of_work import UnitOfWork

PINS = {"pin": "pin_again", "duress_pin": "duress_again"}  # the applicant types each one twice
FIELDS: Mapping[str, fields.Reader] = {
    **READERS,
    "next_of_kin": fields.text(500),
    "usual_from": fields.hour,
    "usual_until": fields.hour,
}
OF_PERSON = ("name", "national_id", "address", "notes", "next_of_kin")
OF_NUMBER = (
    *("language", "lat", "lon", "quiet", "ring_back", "contact", "hide_address", "desk_first", "volunteer_m"),
    *("usual_from", "usual_until"),
)
# if left empty the stored value stays; the form asks for a name
NEVER_EMPTY = ("name", "language", "quiet", "ring_back", "contact", "hide_address", "desk_first")
# for these the audit trail also says the new value
SAFETY = ("quiet", "ring_back", "hide_address", "desk_first")
_NAMES = {"unit_id": "unit", "pin_hash": "pin", "duress_hash": "duress_pin"}  # the names of columns as people know them
_PLACES = (*PAIRS, ("usual_from", "usual_until"))


class BadProfile(ValueError):  # noqa: N818 - what it is
    """A profile that cannot be stored as it was typed; nothing of it was stored."""

    def __init__(self, *reasons: Refusal) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


@dataclass(frozen=True)
class Profile:
    """A desk's form: `values` by field (None: emptied), new PIN hashes, and those `stored` when it was read."""

    values: Mapping[str, object]
    hashed: Hashed = field(default_factory=dict)
    stored: Stored = (None, None)
    reason: str = ""
    rang: bool = False  # the PIN was told on a call: the user says that they rang the person

    def filled(self) -> Profile:
        """Return this profile with its filled fields only."""
        return replace(self, values={name: value for name, value in self.values.items() if value is not None})


def read(typed: Mapping[str, str], stored: Stored, reason: str = "", rang: bool = False) -> Profile:
    """Return a form's fields as a profile; a field that is missing from the form stays as it is. Raises BadProfile.

    `stored` are the citizen's PIN hashes. This takes as long as Argon2 does, so call it before the transaction.
    """
    told = {name: typed[name].strip() for name in FIELDS if name in typed}
    values, wrong = fields.read(FIELDS, told, needed=[name for name in ("name",) if name in told], pairs=_PLACES)
    wrong += [Refusal("repeat", name) for name, again in PINS.items() if typed.get(name, "") != typed.get(again, "")]
    pin, duress = (values.pop(name, None) for name in PINS)
    if wrong:
        raise BadProfile(*wrong)
    try:
        hashed = hash_told(pin, duress, stored)
    except Refused as why:
        raise BadProfile(why) from why
    emptied = {name: None for name in told if name not in (*values, *PINS, *NEVER_EMPTY)}
    return Profile({**emptied, **values}, hashed, stored, reason.strip(), rang)


def amend(uow: UnitOfWork, citizen: Citizen, profile: Profile, by: str, unit_id: int | None = None) -> list[str]:
    """Store a profile and return the names of the fields that changed. `unit_id` is the new unit; None leaves it.

    Raises BadProfile if the number has passed to another person, if the identity number is another person's, if a
    change of safety has no reason, and if the PINs were changed meanwhile.
    """
    uow.db.refresh(citizen, with_for_update={"of": Citizen})
    values = _safe(citizen, profile)
    if wrong := _wrong(uow, citizen, values, profile):
        raise BadProfile(*wrong)
    person = {name: values[name] for name in OF_PERSON if name in values}
    number = {name: values[name] for name in OF_NUMBER if name in values} | ({"unit_id": unit_id} if unit_id else {})
    columns = [*_set(citizen.person, person), *_set(citizen, number), *_set(citizen, dict(profile.hashed))]
    changed = [_NAMES.get(name, name) for name in columns]
    if "national_id" in changed:
        _set(citizen.person, identified(citizen.person.national_id))
    if profile.hashed:
        citizen.wrong_pins, citizen.wrong_pin_at = 0, None
        citizen.forced_hash, citizen.pin_set_at = None, uow.now()
    if changed:
        audit_log.record(uow, by, "citizen.amend", citizen.phone, _detail(changed, values, profile))
    return changed


def _detail(changed: Sequence[str], values: Mapping[str, object], profile: Profile) -> str:
    """Return the names of the changed fields; for fields of safety also the new value, and the reason; for PINs that
    were told on a call, that the person was rung."""
    told = [f"{name} {'on' if values[name] else 'off'}" if name in SAFETY else name for name in changed]
    if profile.hashed and profile.rang:
        told.append("after ringing the person")
    return ", ".join(told) + (f": {profile.reason}" if profile.reason else "")


def verify(
    uow: UnitOfWork,
    citizen: Citizen,
    profile: Profile,
    by: str,
    unit_id: int | None = None,
    own: int | None = None,
) -> None:
    """Store the profile and let the number ask for officers. Raises BadProfile, and WrongState as `decisions` does.

    `own` is the unit of the user who verifies: the citizen's where nothing else names one. If the number joins a person
    who is already known, that person gets the filled fields and keeps the rest.
    """
    amend(uow, citizen, profile, by, unit_id)
    before = citizen.person_id
    try:
        decisions.verify(uow, citizen.phone, by, own=own)
    except decisions.NoUnit as why:
        raise BadProfile(Refusal("unit_needed", "unit")) from why
    uow.db.flush()
    if citizen.person_id != before:
        amend(uow, citizen, replace(profile.filled(), hashed={}), by)


def enter(uow: UnitOfWork, phone: str, given: Given, language: str, by: str, unit_id: int | None) -> Citizen:
    """Store an application that the desk takes down; the applicant must know what we use the data for.

    `phone` is E.164. Raises BadProfile if the number is already on a list.
    """
    citizen = applications.file(uow, identify(uow, phone), given, "desk") if _is_new(uow, phone) else None
    if citizen is None:
        raise BadProfile(Refusal("known_number", "phone"))
    citizen.language, citizen.unit_id = language, unit_id
    applications.note_consent(uow, citizen)
    audit_log.record(uow, by, "citizen.add", phone)
    return citizen


def _is_new(uow: UnitOfWork, phone: str) -> bool:
    return citizens.current(uow.db, phone) is None


# --- what must hold ---------------------------------------------------------------------------------------------


def _safe(citizen: Citizen, profile: Profile) -> dict[str, object]:
    """Return the values; `ring_back` is off if the phone is quiet."""
    values = {**profile.values}
    if "volunteer_m" in values:
        values["volunteer_m"] = values["volunteer_m"] or None
    if values.get("quiet", citizen.quiet):
        values["ring_back"] = False
    return values


def _wrong(uow: UnitOfWork, citizen: Citizen, values: Mapping[str, object], profile: Profile) -> Sequence[Refusal]:
    lifted = citizen.quiet and values.get("quiet") is False
    rung = not citizen.ring_back and values.get("ring_back") is True
    found = (
        (Refusal("replaced"), citizen.state == citizens.REPLACED),
        (Refusal("quiet_reason", "reason"), lifted and not profile.reason),
        (Refusal("ring_reason", "reason"), rung and not lifted and not profile.reason),
        (Refusal("other_name", "national_id"), _is_anothers(uow, citizen, values)),
        (Refusal("pins_changed", "pin"), bool(profile.hashed) and profile.stored != _pins(citizen)),
    )
    return [why for why, holds in found if holds]


def _pins(citizen: Citizen) -> Stored:
    return citizen.pin_hash, citizen.duress_hash


def _is_anothers(uow: UnitOfWork, citizen: Citizen, values: Mapping[str, object]) -> bool:
    """Return whether the typed identity number belongs to a verified person of another name."""
    number = values.get("national_id")
    known = applications.person_with(uow, str(number), besides=citizen.person) if number else None
    return known is not None and known.name.casefold() != str(values.get("name", citizen.person.name)).casefold()


def _set(row: object, values: Mapping[str, object]) -> list[str]:
    """Set the values that differ and return their names."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed
