"""What the carrier's answers and reports mean for what is owed, for its alert, and for the health of the line."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import case, select, update

from gateway import dispatch
from gateway.core.messages import Price
from gateway.core.policy import Policy
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.base import the_only
from gateway.models.outbound import Attempt, Outbound
from gateway.models.worker import LineHealth
from gateway.unit_of_work import UnitOfWork

AGAIN = timedelta(seconds=3)  # what every line refused for a passing reason is tried again so soon
# The two times of a call hold for one that rings the default time; `while_ringing` adds what another rings longer.
CALL_AGAIN = timedelta(seconds=30)  # a call of unknown fate may be ringing; only after that is it placed once more
MOST_UNKNOWN = 2  # so often may it be that nobody knows whether it left
UNREPORTED = timedelta(seconds=60)  # a call whose end nobody reports by then is over
TALK = timedelta(minutes=11)  # the longest call; then its phone is free again


def note_health(uow: UnitOfWork, line: str, kind: str, good: bool, code: str = "") -> None:
    """How a real request went: the only health that counts. Written when it changes, so that every process sees it;
    the last error stays for whoever asks afterwards."""
    if not uow.lines.note(line, kind, good, uow.now()):
        return
    row = the_only(uow.db, select(LineHealth).where(LineHealth.line == line).with_for_update(), LineHealth(line=line))
    if good:
        row.good_at = uow.now()
    else:
        row.bad_at, row.code = uow.now(), code[:60]


def note_price(attempt: Attempt, price: Price | None) -> None:
    """What the carrier says that this attempt cost, if it does."""
    if price is not None:
        attempt.price_micros, attempt.currency = price.micros, price.currency


def has_left(uow: UnitOfWork, attempt: Attempt, ref: str = "") -> None:
    """The carrier itself speaks of this attempt, so it has it: what was doubtful needs no second try. Touches what is
    owed only for a text, so that a call's incident can still be locked before it."""
    attempt.ref = attempt.ref or ref
    doubted = attempt.state == outbounds.UNKNOWN
    if attempt.state in (outbounds.TRYING, outbounds.UNKNOWN):
        attempt.state = outbounds.HANDED
    if doubted:
        again = (Outbound.id == attempt.outbound_id, Outbound.kind == outbounds.TEXT)
        held = Outbound.state.in_((outbounds.OWED, outbounds.CLAIMED))
        uow.db.execute(update(Outbound).where(*again, held).values(state=outbounds.DONE))


def while_ringing(wait: timedelta, ring_seconds: int | None) -> timedelta:
    """`wait` for a call that rings `ring_seconds` (None: the default time): as much longer as it rings longer than the
    default, so that no second call is placed to a phone that still rings. A short call waits no less: some carriers
    choose the time themselves."""
    return wait + timedelta(seconds=max(0, (ring_seconds or Policy.ring) - Policy.ring))


def handed_over(uow: UnitOfWork, outbound_id: int, kind: str, ring_seconds: int | None) -> None:
    """The carrier has taken the text or the call; `ring_seconds` tells when a call without a reported end is over."""
    call = kind == outbounds.CALL
    values: dict[str, object] = {"state": outbounds.UNDER_WAY if call else outbounds.DONE}
    if call:
        until = uow.now() + while_ringing(UNREPORTED, ring_seconds)  # unless somebody has picked up already
        values["ends_by"] = case((Outbound.ends_by > until, Outbound.ends_by), else_=until)
    still = (Outbound.id == outbound_id, Outbound.state == outbounds.SENDING)
    alert_id = uow.db.scalar(update(Outbound).where(*still).values(**values).returning(Outbound.alert_id))
    if alert_id is not None and not call:
        raise_alert(uow, alert_id, alerts.SENT)


def raise_alert(uow: UnitOfWork, alert_id: int, state: str) -> None:
    """Move an alert forward on the receipts' ladder, never back and never over a human's answer."""
    lower = [name for name, rank in alerts.PROGRESS.items() if rank < alerts.PROGRESS[state]]
    uow.db.execute(update(Alert).where(Alert.id == alert_id, Alert.state.in_(lower)).values(state=state))


def unknown(uow: UnitOfWork, outbound_id: int) -> bool:
    """Nobody knows whether it left. Returns True when that settles it: the second time, or for a call, whose phone
    counts as ringing until it cannot any more (`call_ends.lost_ends`). Better twice than never, but not three times."""
    row = uow.db.get(Outbound, outbound_id, with_for_update=True)
    if row is None or row.state not in (outbounds.SENDING, outbounds.CLAIMED):
        return True
    row.unknowns += 1
    if row.kind == outbounds.CALL:
        wait = CALL_AGAIN if row.unknowns < MOST_UNKNOWN else UNREPORTED
        row.state, row.ends_by = outbounds.UNDER_WAY, uow.now() + while_ringing(wait, row.ring_seconds)
        return True
    if row.unknowns < MOST_UNKNOWN:
        return False
    row.state = outbounds.DONE
    if row.alert_id is not None:
        raise_alert(uow, row.alert_id, alerts.SENT)
    return True


def unreachable(uow: UnitOfWork, alert_id: int) -> None:
    """A number that neither texts nor calls can ever reach is as good as a no."""
    alert = uow.db.get(Alert, alert_id)
    if alert is None:
        return
    incident = incidents.lock(uow.db, alert.incident_id)
    uow.db.refresh(alert)
    hopeless = (outbounds.FAILED, outbounds.CALLED_OFF)
    query = select(Outbound.id).where(
        Outbound.alert_id == alert_id, Outbound.purpose == "alert", Outbound.state.not_in(hopeless)
    )
    if alert.state in alerts.ASKED and uow.db.scalar(query.limit(1)) is None:
        alert.state = alerts.FAILED
        dispatch.go_on_if_exhausted(uow, incident)
