"""Keep the recorded pieces of what calls say, and tell which are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gateway.core import sounds
from gateway.core.sentences import recorded
from gateway.identity import audit_log
from gateway.models import recording as rows
from gateway.models import unit as units
from gateway.models.base import the_only
from gateway.models.place import Place
from gateway.models.recording import Recording
from gateway.unit_of_work import UnitOfWork

OTHER = "other"  # the group of what is recorded and no longer wanted


@dataclass(frozen=True)
class Line:
    """A piece on the list: wanted, recorded, or both. `id` is 0 where there is no recording."""

    group: str
    text: str
    key: str
    id: int = 0
    seconds: float = 0.0
    by: str = ""
    at: datetime | None = None


def everything(uow: UnitOfWork, language: str) -> list[Line]:
    """Return every piece that is wanted or recorded in this language, by group."""
    there = {row.words: row for row in rows.listed(uow.db, language)}
    lines = []
    for one in recorded.wanted(language, _names(uow)):
        row = there.pop(one.key, None)
        facts = (row.id, row.seconds, row.recorded_by, row.recorded_at) if row is not None else ()
        lines.append(Line(one.group, one.text, one.key, *facts))
    return lines + [
        Line(OTHER, row.words, row.words, row.id, row.seconds, row.recorded_by, row.recorded_at)
        for row in there.values()
    ]


def _names(uow: UnitOfWork) -> dict[str, list[str]]:
    return {
        "units": sorted(unit.name for unit in units.all_units(uow.db)),
        "places": sorted(uow.db.scalars(select(Place.name))),
    }


def keep(uow: UnitOfWork, language: str, words: str, file: bytes, by: str) -> Recording:
    """Keep a recording of these words, in place of an older one. Raises sounds.BadSound."""
    wav, key = sounds.telephone(file), recorded.key(words)
    if not key or len(key) > 400:
        raise sounds.BadSound("unworded")
    query = select(Recording).where(Recording.language == language, Recording.words == key).with_for_update()
    facts = {"wav": wav, "seconds": sounds.seconds(wav), "recorded_by": by[:120], "recorded_at": uow.now()}
    row = the_only(uow.db, query, Recording(language=language, words=key, **facts))
    for name, value in facts.items():
        setattr(row, name, value)
    audit_log.record(uow, by, "recording.keep", f"{language} {key}"[:120], f"{facts['seconds']:.1f} s")
    return row


def forget(uow: UnitOfWork, recording_id: int, by: str) -> bool:
    """Delete a recording; return False where there is none."""
    row = uow.db.get(Recording, recording_id)
    if row is None:
        return False
    audit_log.record(uow, by, "recording.delete", f"{row.language} {row.words}"[:120])
    uow.db.delete(row)
    return True
