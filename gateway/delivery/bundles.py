"""Several alert texts to one phone that leave at the same moment leave as one text with all codes.

Each keeps its outbound and its attempt, so that each incident knows how far its alert came; only the wire carries one
text for all. The last attempt is the one that the carrier is told: a receipt that names it counts for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from gateway.core.sentences.bundle_text import bundle_text
from gateway.core.sentences.replying import Passage
from gateway.core.sentences.segments import segments
from gateway.delivery.claims import ClaimedOutbound
from gateway.incidents import waves
from gateway.models import alert as alerts
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

MOST = 30  # incidents that one text names


def is_bundle(batch: Sequence[ClaimedOutbound]) -> bool:
    """Return whether one text goes to one phone for all of these."""
    return len(batch) > 1 and batch[0].bundled


def gather(claimed: Iterable[ClaimedOutbound]) -> list[ClaimedOutbound]:
    """Mark the alert texts that share a phone; the order stays."""
    found = list(claimed)
    by_phone: dict[str, int] = defaultdict(int)
    for one in found:
        by_phone[one.phone] += _may_be_bundled(one)
    return [replace(one, bundled=_may_be_bundled(one) and by_phone[one.phone] > 1) for one in found]


def _may_be_bundled(one: ClaimedOutbound) -> bool:
    return one.kind == outbounds.TEXT and one.lane == outbounds.ALERT_LANE and one.incident is not None


def worded(uow: UnitOfWork, line: str, ready: Sequence[ClaimedOutbound]) -> list[ClaimedOutbound]:
    """Return a bundle whose attempts are written with the words that leave on this line, and keep these words with the
    last one, where a text that comes back as it left is looked for. Only the last one is billed."""
    if not is_bundle(ready):
        return list(ready)
    query = select(Outbound, Alert, Incident).join(Alert, Alert.id == Outbound.alert_id)
    query = query.join(Incident, Incident.id == Alert.incident_id).where(Outbound.id.in_([one.id for one in ready]))
    rows = sorted(uow.db.execute(query).all(), key=lambda row: (row.Incident.drill, row.Incident.opened_at))
    facts = [waves.facts(uow, row.Incident, row.Alert) for row in rows]
    phone, language = ready[0].phone, rows[0].Alert.language
    called = uow.lines.speaks_to(phone) and outbounds.is_called(uow.db, phone)
    passage = Passage(uow.lines.reply_path(line, phone, speaks=called), uow.lines.filter_of(line))
    body = bundle_text(facts, max(len(rows), alerts.waiting_of(uow.db, phone)), language, passage)
    for row in rows:
        if row.Outbound.id == ready[-1].id:
            row.Outbound.body = body
    for one in ready:
        uow.db.get_one(Attempt, one.attempt).parts = segments(body) if one is ready[-1] else 0
    return [replace(one, body=body) for one in ready]
