"""Hash the PINs of a sheet between two transactions, so that no panic waits for Argon2."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from gateway.identity.pins import hash_pin, matches
from gateway.models.citizen import REPLACED, Citizen
from gateway.register.imports.outcome import Outcome, Refused
from gateway.register.imports.sheets import Record, told_of
from gateway.unit_of_work import OpenUnitOfWork

Hashed = dict[str, str]  # the new hash by column; a PIN that is already stored is left out
Stored = tuple[str | None, str | None]  # the hashes of PIN and duress PIN


def hash_pins(open_uow: OpenUnitOfWork, piece: Sequence[Record], outcome: Outcome) -> dict[int, Hashed]:
    """Return the new PIN hashes of each row by its line.

    A row whose PINs are not acceptable goes to `outcome` and is left out.
    """
    if not told_of(piece, "pin") | told_of(piece, "duress_pin"):
        return {record.line: {} for record in piece}
    held = select(Citizen).where(Citizen.phone.in_(told_of(piece, "phone")), Citizen.state != REPLACED)
    with open_uow() as uow:
        stored = {row.phone: (row.pin_hash, row.duress_hash) for row in uow.db.scalars(held)}
    with ThreadPoolExecutor() as pool:
        answers = pool.map(lambda record: _hash(record, stored), piece)
        found: dict[int, Hashed] = {}
        for record, answer in zip(piece, answers, strict=True):
            if isinstance(answer, Refused):
                outcome.refuse(record.line, answer)
            else:
                found[record.line] = answer
    return found


def _hash(record: Record, stored: dict[str, Stored]) -> Hashed | Refused:
    told = record.values
    try:
        return hash_told(told.get("pin"), told.get("duress_pin"), stored.get(told["phone"], (None, None)))
    except Refused as why:
        return why


def hash_told(pin: str | None, duress: str | None, stored: Stored) -> Hashed:
    """Return the new hashes of a PIN and a duress PIN; None leaves the stored one. It takes as long as Argon2 does.

    Raises Refused if the two would be the same, or if there would be a duress PIN without a PIN.
    """
    old_pin, old_duress = stored
    if duress and not pin and not old_pin:
        raise Refused("duress_alone", "duress_pin")
    if _same(pin, duress, old_pin, old_duress):
        raise Refused("duress_same", "duress_pin")
    new = {"pin_hash": (pin, old_pin), "duress_hash": (duress, old_duress)}
    return {column: hash_pin(told) for column, (told, old) in new.items() if told and not _is(told, old)}


def _same(pin: str | None, duress: str | None, old_pin: str | None, old_duress: str | None) -> bool:
    """Return whether the PIN and the duress PIN would be the same, counting the stored ones."""
    if pin and duress:
        return pin == duress
    return bool(pin and _is(pin, old_duress)) or bool(duress and _is(duress, old_pin))


def _is(told: str, old: str | None) -> bool:
    return old is not None and matches(told, old)
