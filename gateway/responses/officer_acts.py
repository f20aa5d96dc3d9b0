"""Do one answer of an officer or a desk about an open incident, whichever way it came: text, key, menu or click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway import dispatch, notices
from gateway.core.clocks import LeaderAct
from gateway.core.possession import Closing
from gateway.core.sentences import phrases
from gateway.core.words.answers import Reply
from gateway.core.words.eta import TELLS_WHEN
from gateway.incidents import arrivals, closing
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.responses import closings
from gateway.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Duty:
    """One incident, and the alert that asked one phone to come to it."""

    incident: Incident
    alert: Alert


def act(
    uow: UnitOfWork,
    duty: Duty,
    reply: Reply,
    *,
    proven: bool = False,
    entered: bool = False,
    minutes: int | None = None,
) -> None:
    """Do one answer about an open incident that the caller of this function has locked. The answer counts for the
    newest alert of that phone, because a call may still be running when the next wave asks the phone anew. `proven`
    says that the phone is in the right hands: by a key on a call that we placed, a word or a PIN. `entered` says that a
    desk's log-in entered it, which proves the answer and not the phone. `minutes` is when its sender arrives, if they
    say so: no reflex says that."""
    duty = Duty(duty.incident, alerts.newest_for(uow.db, duty.incident.id, duty.alert.phone) or duty.alert)
    if duty.alert.state == alerts.LEFT_OUT:
        return
    if proven and duty.alert.proven_at is None:
        duty.alert.proven_at = uow.now()
    refused = refusal(uow, duty, reply)
    if refused is not None:
        if refused == DESK_CLOSES:
            closings.note(uow, duty.incident, duty.alert, CLOSES[reply])
        notices.tell_alerted(uow, duty.alert, duty.incident, refused)
        return
    news = minutes is not None and arrivals.keep(uow, duty.incident, duty.alert, minutes)
    if reply in TELLS_WHEN and arrivals.is_too_far(uow, duty.incident, duty.alert):
        dispatch.offer(uow, duty.incident, duty.alert, sets_out=reply is Reply.EN_ROUTE)
    elif reply is Reply.ACCEPT and duty.alert.state == alerts.ACCEPTED:
        _accept_again(uow, duty, LeaderAct.ACCEPTED if proven or entered or minutes else LeaderAct.SAID_OK)
    else:
        DO[reply](uow, duty)
    if news:
        dispatch.arrives(uow, duty.incident, duty.alert)


def refusal(uow: UnitOfWork, duty: Duty, reply: Reply) -> str | None:
    """Return the key of the sentence that says why this answer is refused, or None if it is taken."""
    if reply in NEEDS_YES and duty.alert.state != alerts.ACCEPTED:
        return "officer.not_yours"
    if reply in CLOSES and duty.alert.serves:
        return "officer.police_close"
    if reply is Reply.FALSE_ALARM and not duty.alert.is_desk and closings.is_unseen(duty.incident):
        return "officer.not_false"
    if reply in CLOSES and closings.decide(uow, duty.incident, duty.alert) is Closing.NOTED:
        return DESK_CLOSES
    return None


DESK_CLOSES = "officer.desk_closes"


def _accept(uow: UnitOfWork, duty: Duty) -> None:
    dispatch.accept(uow, duty.incident, duty.alert)


def _accept_again(uow: UnitOfWork, duty: Duty, act: LeaderAct) -> None:
    """Take a yes of somebody who has said yes before."""
    dispatch.accept_again(uow, duty.incident, duty.alert, act)
    _noted(uow, duty, incidents.ACCEPTED)


def _arrive(uow: UnitOfWork, duty: Duty) -> None:
    """Take a time without a yes, of somebody who has said yes before: no reflex says that."""
    dispatch.accept_again(uow, duty.incident, duty.alert, LeaderAct.ACCEPTED)
    _noted(uow, duty, duty.incident.state)


def _decline(uow: UnitOfWork, duty: Duty) -> None:
    dispatch.decline(uow, duty.incident, duty.alert)
    notices.tell_alerted(uow, duty.alert, duty.incident, "officer.declined")


def _report(state: str) -> Callable[[UnitOfWork, Duty], None]:
    def do(uow: UnitOfWork, duty: Duty) -> None:
        dispatch.report(uow, duty.incident, duty.alert, state)
        _noted(uow, duty, state)

    return do


def _close(outcome: str) -> Callable[[UnitOfWork, Duty], None]:
    def do(uow: UnitOfWork, duty: Duty) -> None:
        unproven = closings.decide(uow, duty.incident, duty.alert) is Closing.UNPROVEN
        closing.close(uow, duty.incident, outcome, duty.alert.title, by=duty.alert, unproven=unproven)

    return do


def _back_up(uow: UnitOfWork, duty: Duty) -> None:
    dispatch.back_up(uow, duty.incident, duty.alert)
    unit = units.by_id(uow.db, duty.incident.unit_id)
    notices.tell_desk(uow, unit, "officer.backup", duty.incident, who=duty.alert.title)
    notices.tell_alerted(uow, duty.alert, duty.incident, "officer.backup_noted")


def _noted(uow: UnitOfWork, duty: Duty, state: str) -> None:
    step = phrases.say(f"step.{state}", duty.alert.language)
    notices.tell_alerted(uow, duty.alert, duty.incident, "officer.state_noted", step=step)


# Only somebody who accepted may say when they arrive, close an incident or call back-up.
NEEDS_YES = (Reply.ARRIVES, Reply.RESOLVED, Reply.FALSE_ALARM, Reply.BACKUP)
CLOSES = {Reply.RESOLVED: incidents.RESOLVED, Reply.FALSE_ALARM: incidents.FALSE_ALARM}
DO: dict[Reply, Callable[[UnitOfWork, Duty], None]] = {
    Reply.ACCEPT: _accept,
    Reply.DECLINE: _decline,
    Reply.EN_ROUTE: _report(incidents.EN_ROUTE),
    Reply.ARRIVES: _arrive,
    Reply.ON_SCENE: _report(incidents.ON_SCENE),
    Reply.RESOLVED: _close(incidents.RESOLVED),
    Reply.FALSE_ALARM: _close(incidents.FALSE_ALARM),
    Reply.BACKUP: _back_up,
}
