"""ROOM: keep texts of which a desk has said what they are, so that understanding can learn from them.

Off unless the installation switches it on (LEARN_FROM_TEXTS=1). Nothing is kept of a quiet number, a quiet incident or
one under duress, nor of a drill: whoever has to be careful is no teacher.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from gateway.core.incident_kinds import IncidentKind
from gateway.core.words.masking import masked, name_words
from gateway.identity import audit_log
from gateway.identity.callers import identify
from gateway.models import labelled_text as labelled_texts
from gateway.models.citizen import Person
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.labelled_text import EMERGENCY, EVERYDAY, LabelledText
from gateway.models.officer import Officer
from gateway.models.place import Place
from gateway.unit_of_work import UnitOfWork

COLUMNS = ("label", "kind", "language", "text")


def keep(
    uow: UnitOfWork, row: Inbound, label: str, who: str, kind: IncidentKind = IncidentKind.UNKNOWN
) -> LabelledText | None:
    """Keep what the desk's user `who` has said of a kept text: EMERGENCY with its kind, or EVERYDAY ("no emergency").
    Return the row, None where nothing may be kept.

    An everyday text counts once a second user says so too. Where two disagree it is an emergency, whoever was first.
    """
    if not uow.settings.learn_from_texts or not row.body.strip() or _is_secret(uow, row):
        return None
    known = labelled_texts.of_text(uow.db, row.id)
    if known is None:
        known = _fresh(uow, row, label, who, kind)
        uow.db.add(known)
        uow.db.flush()
    elif label == EMERGENCY:
        known.label, known.kind, known.read_by, known.confirmed_by = EMERGENCY, kind, who, None
    elif known.label == EVERYDAY and known.read_by != who:
        known.confirmed_by = who
    return known


def keep_first_text(uow: UnitOfWork, incident: Incident, who: str) -> None:
    """Keep the text that opened an incident whose kind a desk has changed; a call has none."""
    mine = Inbound.incident_id == incident.id, Inbound.phone == incident.phone, Inbound.kind == "text"
    row = uow.db.scalar(select(Inbound).where(*mine).order_by(Inbound.id).limit(1))
    if row is not None:
        keep(uow, row, EMERGENCY, who, incident.what)


def read_again(uow: UnitOfWork, labelled_id: int, label: str, who: str) -> bool:
    """Take the word of a second reader about a kept text; return whether it counts now. Who has read it first is no
    second reader."""
    known = uow.db.get(LabelledText, labelled_id, with_for_update=True)
    row = uow.db.get(Inbound, known.inbound_id) if known is not None else None
    if known is None or row is None or (known.read_by == who and label == EVERYDAY):
        return False
    return keep(uow, row, label, who) is not None


def export(uow: UnitOfWork) -> Iterator[str]:
    """Return the lines of a table with tabs between its columns, the first its header; the export is audited."""
    rows = labelled_texts.counted(uow.db)
    audit_log.record(uow, "siaga texts export", "texts.export", "", str(len(rows)))
    yield "\t".join(COLUMNS)
    for row in rows:
        yield "\t".join((row.label, row.kind, row.language, row.words))


def _fresh(uow: UnitOfWork, row: Inbound, label: str, who: str, kind: IncidentKind) -> LabelledText:
    return LabelledText(
        inbound_id=row.id,
        label=label,
        kind=kind,
        language=identify(uow, row.phone).language or uow.settings.default_language,
        words=masked(row.body, _names(uow)),
        read_by=who,
        received_at=row.received_at,
    )


def _is_secret(uow: UnitOfWork, row: Inbound) -> bool:
    incident = uow.db.get(Incident, row.incident_id) if row.incident_id is not None else None
    careful = incident is not None and (incident.quiet or incident.duress or incident.drill)
    return careful or identify(uow, row.phone).quiet


def _names(uow: UnitOfWork) -> frozenset[str]:
    """Return the words of all names that we know. This reads two whole columns, once for each text that a desk has
    labelled."""
    people = (*uow.db.scalars(select(Person.name)), *uow.db.scalars(select(Officer.name)))
    places = (f"{name} {aliases}" for name, aliases in uow.db.execute(select(Place.name, Place.aliases)))
    return name_words((*people, *places))
