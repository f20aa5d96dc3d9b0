"""Ask the waves of an incident: when one is due, and the rows that make its phones ring.

gateway.incidents.recipients chooses the people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from gateway import notices
from gateway.core.contact_rules import contact_rule
from gateway.core.languages import LANGUAGES, spoken
from gateway.core.outage import Left
from gateway.core.policy import By, Policy, Who
from gateway.core.policy_choice import for_officer
from gateway.core.reachability import Caution, Way, caution, reach
from gateway.core.sentences.alert_text import AlertFacts, alert_text
from gateway.core.sentences.replying import Answerable, by_line
from gateway.identity import reachability
from gateway.incidents import asked_meanwhile, recipients, timeline, together
from gateway.incidents.recipients import Candidate as Candidate
from gateway.incidents.recipients import Scene
from gateway.incidents.recipients import choose as choose
from gateway.incidents.recipients import survey as survey
from gateway.incidents.whereabouts import Point
from gateway.models import alert as alerts
from gateway.models import drill as drills
from gateway.models import incident_timers, policy_rule
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.policy_rule import Applied, PolicyVersion
from gateway.models.unit import Unit
from gateway.operations import line_warnings
from gateway.unit_of_work import UnitOfWork

# Desks are rung before officers, and whoever was not rung before whoever was: on a line with few calls at once the far
# ones would never have their turn.
DESK_RANK, AGAIN_RANK = -1, 40
WORTH = timedelta(minutes=10)  # so long a carrier tries to deliver an alert, where it can be told


def policy_for(uow: UnitOfWork, incident: Incident) -> Policy:
    """Return the policy by which this incident runs: the version that was noted, whatever an administrator has changed
    since. An officer's own panic rings more people at once."""
    version = uow.db.get(PolicyVersion, incident.policy_id) if incident.policy_id is not None else None
    policy = policy_rule.of_version(version) if version is not None else _applied(uow, incident).policy
    return for_officer(policy) if incident.officer_id is not None else policy


def _applied(uow: UnitOfWork, incident: Incident) -> Applied:
    unit = units.by_id(uow.db, incident.unit_id)
    return policy_rule.applying(uow.db, unit, incident.what, incident.opened_at)


def settle_policy(uow: UnitOfWork, incident: Incident) -> bool:
    """Note the version of the policy by which this incident runs, and return whether that is another than before. A
    change of the policy itself is never taken up; a unit or a kind that another rule is for takes that rule."""
    version = uow.db.get(PolicyVersion, incident.policy_id) if incident.policy_id is not None else None
    applied = _applied(uow, incident)
    if version is not None and policy_rule.stands_at(version) == applied.place:
        return False
    incident.policy_id = policy_rule.version_of(uow.db, applied, uow.now()).id
    return True


def ask_next(uow: UnitOfWork, incident: Incident, around: Point | None = None, *, again: bool = False) -> int | None:
    """Ask the next wave that has anybody in it, and return how many people it asks. Return None if it is too large for
    this transaction: then it stays due and the worker writes it. A drill that has asked all it may asks nobody more.
    `around`: the place from which the nearest are measured, where it is not the incident's. With `again` whoever was
    stood down is asked beside it. The incident is locked by the caller of this function."""
    scene = survey(uow, incident, around)
    if incident.policy_id is None:
        settle_policy(uow, incident)
    policy = policy_for(uow, incident)
    while True:
        number = incident.wave + 1
        if not drills.may_ask(uow.db, incident, number):
            incident_timers.hold_waves(incident)
            return 0
        people = recipients.people(scene, policy, number, again=again) if scene is not None else []
        people = asked_meanwhile.join(scene, people, number)
        if uow.wave_limit is not None and len(people) > uow.wave_limit:
            ask_soon(uow, incident)
            return None
        incident.wave, now = number, uow.now()
        incident_timers.begin_waves(incident, now)
        incident_timers.wave_asked(incident, now, _due(policy, incident, number + 1, now))
        incident.volunteers_wanted |= Who.VOLUNTEERS in (group.who for group in policy.groups(number))
        if people or policy.is_repeat(number):
            break
    if scene is not None and people:
        _write(scene, policy, people, number)
        asked_meanwhile.tell(scene, people, number)
    timeline.record(uow, incident, "wave", text=f"{number}: {len(people)}")
    _tell_silent(uow, incident, [] if policy.is_repeat(number) else people)
    return len(people)


def count_first(uow: UnitOfWork, incident: Incident) -> None:
    """Take the first wave for asked, because that of another incident counts for this one too."""
    incident.wave, now = 1, uow.now()
    incident_timers.begin_waves(incident, now)
    incident_timers.wave_asked(incident, now, _due(policy_for(uow, incident), incident, 2, now))


def ask_soon(uow: UnitOfWork, incident: Incident) -> None:
    """Let the worker ask the next wave now: this takes longer than a person who waits for an answer may notice."""
    incident_timers.set_next_wave(incident, uow.now())
    uow.after_commit.wave(incident.id)


def follow_kind(uow: UnitOfWork, incident: Incident) -> None:
    """Take up the policy for this kind where one is written, because the kind has become known since the opening. Who
    it would have asked so far is asked now; while somebody goes and no wave is due, only an ambulance or a fire
    brigade."""
    if incident.closed or incident.policy_id is None or not settle_policy(uow, incident):
        return
    held = incident.next_wave_at is None
    _catch_up(uow, incident, lambda person: not held or recipients.serves(uow, person))


def catch_up(uow: UnitOfWork, incident: Incident) -> None:
    """Ask at once everybody whom the waves so far would have asked of the unit that now answers for the place. Nobody
    is dropped, and the clock of the waves goes on."""
    settle_policy(uow, incident)
    _catch_up(uow, incident, lambda person: True)


def _catch_up(uow: UnitOfWork, incident: Incident, wanted: Callable[[Candidate], bool]) -> None:
    policy = policy_for(uow, incident)
    for number in range(1, min(incident.wave, len(policy.waves)) + 1):
        scene = survey(uow, incident)
        people = recipients.people(scene, policy, number) if scene is not None else []
        people = [person for person in people if wanted(person)]
        # Too large for a hook: from this wave on the worker asks.
        if uow.wave_limit is not None and len(people) > uow.wave_limit:
            incident.wave = number - 1
            ask_soon(uow, incident)
            return
        if scene is not None and people:
            _write(scene, policy, people, number)
            timeline.record(uow, incident, "wave", text=f"{number}: {len(people)}")
            _tell_silent(uow, incident, people)


def _tell_silent(uow: UnitOfWork, incident: Incident, people: Sequence[Candidate]) -> None:
    """Tell the timeline whose phones no line can make ring: they get a text alone."""
    silent = line_warnings.cannot_ring(uow, line_warnings.by_prefix(uow, [person.phone for person in people]))
    for prefix, count in silent.items():
        timeline.record(uow, incident, "no_ring", text=f"{prefix}: {count}")


def measure_again(uow: UnitOfWork, incident: Incident) -> None:
    """Measure again how far everybody who was asked is from the scene, because the scene has moved."""
    scene = survey(uow, incident)
    for alert in scene.asked.values() if scene is not None else ():
        alert.distance_m = recipients.measure(scene, alert.officer, alert.desk) if scene is not None else None


def _due(policy: Policy, incident: Incident, number: int, last: datetime) -> datetime:
    began = incident.first_wave_at or incident.opened_at
    seconds = policy.due(number, 0.0, (last - began).total_seconds())
    return began + timedelta(seconds=seconds)


# --- the rows -------------------------------------------------------------------------------------------------


def _write(scene: Scene, policy: Policy, people: Sequence[Candidate], number: int) -> None:
    """Write the alerts of a wave and what each owes: a text at once, and a call when its turn comes."""
    _replace(scene, [person.phone for person in people])
    left = asked_meanwhile.texts(scene, number)
    rows = [_alert(scene, person, number, left.get(person.phone)) for person in people]
    scene.uow.db.add_all(rows)
    scene.uow.db.flush()
    rank, common = 0 if number == 1 else number, facts_for_all(scene.uow, scene.incident)
    times = together.text_times(scene.uow, scene.incident, [person.phone for person in people])
    by = policy.by(number)
    owed: list[Outbound] = []  # written at the end, in one statement
    for person, row in zip(people, rows, strict=True):
        due = times.get(person.phone, scene.uow.now())
        if row.phone in left:
            asked_meanwhile.write_down(scene.uow, row, left[row.phone], WORTH)
        elif by is not By.CALL:
            called = by is not By.TEXT and scene.uow.lines.speaks_to(row.phone)
            owed.append(_text(scene, common, row, rank, due, called))
        first = AGAIN_RANK if policy.is_repeat(number) else rank if person.free else rank + 1
        if by is not By.TEXT:
            due = asked_meanwhile.call_due(scene, row.phone, number)
            owed.append(call_of(scene.uow, row, first, due, policy))
    if not scene.incident.drill:
        _give_way(scene, [person.phone for person in people])
    scene.uow.db.add_all(owed)
    scene.uow.after_commit.deliver(scene.incident.id)


def _replace(scene: Scene, phones: Sequence[str]) -> None:
    """Replace the former alerts of these phones: their texts and calls that have not left are called off."""
    old = [scene.asked[phone].id for phone in phones if phone in scene.asked]
    if old:
        scene.uow.db.execute(update(Alert).where(Alert.id.in_(old)).values(replaced=True))
        outbounds.call_off(scene.uow.db, Outbound.alert_id.in_(old))


def _give_way(scene: Scene, phones: Sequence[str]) -> None:
    """Take back the calls with which a drill rings these phones, or a question for proof, where the line can."""
    exercises = select(Incident.id).where(Incident.drill.is_(True), Incident.closed_at.is_(None))
    lesser = or_(Outbound.incident_id.in_(exercises), Outbound.purpose == outbounds.PROOF)
    mine = (Outbound.phone.in_(phones), lesser, outbounds.rings())
    scene.uow.db.execute(update(Outbound).where(*mine).values(cancel_at=scene.uow.now()))


def _alert(scene: Scene, person: Candidate, number: int, left: Left | None) -> Alert:
    return Alert(
        state=alerts.WAITING if left is None else alerts.SENT,
        incident_id=scene.incident.id,
        wave=number,
        officer_id=person.officer.id if person.officer else None,
        unit_id=person.unit.id if person.unit else None,
        phone=person.phone,
        language=person.language,
        distance_m=person.metres,
        asked_at=scene.uow.now() if left is None else left.at,
        offered_by=scene.asked[person.phone].offered_by if person.phone in scene.asked else None,
    )


def _text(scene: Scene, common: AlertFacts, row: Alert, rank: int, due: datetime, called: bool) -> Outbound:
    now = scene.uow.now()
    owed = Outbound(
        kind=outbounds.TEXT,
        purpose="alert",
        lane=outbounds.ALERT_LANE,
        rank=rank,
        distance_m=row.distance_m or 0.0,
        phone=row.phone,
        incident_id=scene.incident.id,
        alert_id=row.id,
        created_at=now,
        due_at=due,
        expires_at=now + WORTH,
    )
    _word(scene.uow, owed, facts_for(common, row), row, called)
    return owed


def _word(uow: UnitOfWork, owed: Outbound, told: AlertFacts, alert: Alert, called: bool) -> None:
    """Write the words of an alert for each line that may carry it; `called`: a call that takes keys goes to the phone
    too."""
    body = Answerable(
        lambda path: alert_text(replace(told, answer=path), alert.language),
        lambda path, profile: alert_text(replace(told, answer=path), alert.language, profile),
    )
    outbounds.word(owed, body, by_line(body, uow.lines.passages(alert.phone, called)))


def reword(uow: UnitOfWork, incident: Incident) -> set[int]:
    """Reword the alerts whose text has not been taken to the wire, so that they say what is true now; return their
    ids."""
    mine = (Outbound.incident_id == incident.id, Outbound.kind == outbounds.TEXT, Outbound.purpose == "alert")
    query = select(Outbound).where(*mine, Outbound.state == outbounds.OWED).with_for_update(skip_locked=True)
    reworded, policy = set(), policy_for(uow, incident)
    for owed in uow.db.scalars(query):
        alert = uow.db.get(Alert, owed.alert_id)
        if alert is not None:
            called = policy.by(max(1, alert.wave)) is not By.TEXT and uow.lines.speaks_to(alert.phone)
            _word(uow, owed, facts(uow, incident, alert), alert, called)
            reworded.add(alert.id)
    return reworded


def call_of(uow: UnitOfWork, row: Alert, rank: int, due: datetime, policy: Policy) -> Outbound:
    """Return one call that an alert owes. It rings as many seconds as `policy`, the incident's, says. Desks go first in
    every wave; a `rank` of AGAIN_RANK says that the phone was rung before."""
    return Outbound(
        kind=outbounds.CALL,
        purpose="alert",
        lane=outbounds.ALERT_LANE,
        rank=DESK_RANK if row.is_desk and rank < AGAIN_RANK else rank,
        distance_m=row.distance_m or 0.0,
        phone=row.phone,
        incident_id=row.incident_id,
        alert_id=row.id,
        body="",  # a text has this column: rows of the same columns are written together
        ring_seconds=policy.ring,
        created_at=uow.now(),
        due_at=due,
    )


def facts(uow: UnitOfWork, incident: Incident, alert: Alert | None) -> AlertFacts:
    """Return the facts of an incident that an alert, a page or a call states."""
    common = facts_for_all(uow, incident)
    return common if alert is None else facts_for(common, alert)


def facts_for(common: AlertFacts, alert: Alert) -> AlertFacts:
    """Return the facts of an incident with what holds for one phone only: how far its owner is, and what it reads."""
    metres = alert.distance_m if common.lat is not None else None
    return replace(common, distance_m=metres, bare=common.bare and not alert.is_desk)


def facts_for_all(uow: UnitOfWork, incident: Incident) -> AlertFacts:
    """Return the facts of an incident that are the same for everybody who is asked."""
    fix = uow.db.get(Fix, incident.fix_id) if incident.fix_id else None
    unit = uow.db.get(Unit, incident.unit_id) if incident.unit_id else None
    phone = reachability.of_incident(uow, incident, reachability.quiet_with(uow, incident))
    careful = caution(phone)
    return AlertFacts(
        code=incident.code,
        at=incident.opened_at,
        sent_at=incident.sent_at,
        timezone=units.timezone_of(unit),
        name="" if incident.drill else incident.name,  # a drill's name is that of its place
        phone=incident.phone if phone.number else None,
        bare=notices.hides_number(uow, incident),
        place=fix.place or None if fix is not None else None,
        around=notices.around(uow, fix),
        lat=fix.lat if fix is not None else None,
        lon=fix.lon if fix is not None else None,
        source=fix.source if fix is not None else "",
        age_seconds=fix.age_seconds(uow.now()) if fix is not None else None,
        radius_m=fix.radius_m if fix is not None else None,
        quiet=careful is Caution.QUIET,
        duress=careful is Caution.DURESS,
        not_answered=careful is Caution.NOT_ANSWERED,
        can_connect=reach(phone, Way.CONNECT).allowed,
        can_text=reach(phone, Way.WRITE).allowed,
        contact=contact_rule(incident.contact),
        tongue=LANGUAGES[spoken(incident.language)].name,
        drill=incident.drill,
        uncertain=incident.uncertain,
        repeat=incident.repeats,
        words=incident.words or "",
        kind=incident.what,
        link=bool(policy_for(uow, incident).map_link),
    )
