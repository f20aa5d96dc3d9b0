"""Choose the people that a wave asks: the groups of a policy, as seen from the scene."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from gateway.core.places import distance
from gateway.core.policy import Group, Policy, Wave, Who
from gateway.core.policy_groups import BESIDE_POLICE, KINDS_ABOVE, LISTS, SERVICES
from gateway.identity import confidants, reachability
from gateway.identity.confidants import NOBODY, Circle
from gateway.incidents.free import busy_phones
from gateway.incidents.whereabouts import Point, place_of, point, whereabouts
from gateway.location import jurisdiction
from gateway.models import alert as alerts
from gateway.models import officer as officers
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.citizen import Citizen
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.officer import Officer, Post
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

ELSEWHERE = 3  # officers of other units who stand in where all of a wave must not know
BESIDE = (Who.DESK, Who.NEAREST)  # the groups that a neighbouring unit sends


@dataclass(frozen=True)
class Candidate:
    """A person who may be asked: an officer, or the desk of a unit (then `officer` is None)."""

    phone: str
    language: str
    officer: Officer | None = None
    unit: Unit | None = None
    metres: float | None = None
    free: bool = True  # False: is asked beside those who are free; their call leaves after the first calls


@dataclass
class Scene:
    """All facts that are needed to choose people, gathered once."""

    uow: UnitOfWork
    incident: Incident
    unit: Unit
    origin: Point | None
    asked: dict[str, Alert] = field(default_factory=dict)  # the newest alert of each phone
    first: set[str] = field(default_factory=set)  # the phones that the first wave with anybody in it asked
    written: set[tuple[str, int]] = field(default_factory=set)  # phone and wave of every alert there is
    fix: Fix | None = None
    hidden: Collection[str] = ()  # phones of officers who need help and quiet themselves
    circle: Circle = NOBODY  # those who must not know of it
    around: Point | None = None  # the place whose nearest are asked, where it is not the scene
    busy: dict[str, bool] = field(default_factory=dict)  # by phone, of those who were looked up

    @property
    def middle(self) -> Point | None:
        return self.around or self.origin


def survey(uow: UnitOfWork, incident: Incident, around: Point | None = None) -> Scene | None:
    """Return the scene of an incident, or None where no unit exists at all. `around`: see `Scene`."""
    unit = uow.db.get(Unit, incident.unit_id) if incident.unit_id else units.topmost(uow.db)
    if unit is None:
        return None
    fix = uow.db.get(Fix, incident.fix_id) if incident.fix_id else None
    origin = (fix.lat, fix.lon) if fix is not None else place_of(unit)
    rows = alerts.of_incident(uow.db, incident.id)
    newest, began = {row.phone: row for row in rows}, min((row.wave for row in rows if row.wave > 0), default=0)
    first, hidden = {row.phone for row in rows if row.wave == began}, reachability.hidden_officers(uow)
    written = {(row.phone, row.wave) for row in rows}
    circle = confidants.around(uow, incident.phone)
    return Scene(uow, incident, unit, origin, newest, first, written, fix, hidden, circle, around)


def choose(scene: Scene, policy: Policy, number: int) -> list[Candidate]:
    """Return the people to ask in wave `number`, each phone once.

    A group of the nearest so many takes so many who are free; those of its nearest who are not are asked beside them.
    Where it has too few free ones, the nearest free ones of the next wave's groups stand in.

    Never asked are the phone that asks for help, whoever must not know of it, phones that were asked already, and
    phones that can never be reached. A wave that holds no officer only because of those who must not know asks another
    unit's. When the waves start over, wave 1 is asked again; if none of it can be reached, everybody who was asked
    before is asked again.
    """
    chosen: dict[str, Candidate] = {}
    repeat, missing = policy.is_repeat(number), 0
    for group in policy.groups(number):
        picked = PICK[group.who](scene, group)
        if group.most and group.who not in BESIDE_POLICE:
            missing += max(0, group.most - sum(person.free for person in picked))
        for person in picked:
            chosen.setdefault(person.phone, person)
    if missing and not repeat and not policy.is_repeat(number + 1):
        for person in _stand_ins(scene, policy.groups(number + 1), missing, chosen):
            chosen[person.phone] = person
    found = [person for person in chosen.values() if may_ask(scene, person.phone, repeat)]
    if (
        scene.circle.phones
        and not _officer_in(found)
        and _officer_in(choose(replace(scene, circle=NOBODY), policy, number))
    ):
        found += _elsewhere(scene)
    if found or not repeat:
        return found
    return [person for person in _again(scene, scene.asked) if may_ask(scene, person.phone, repeat)]


def _stand_ins(scene: Scene, groups: Iterable[Group], missing: int, chosen: Collection[str]) -> list[Candidate]:
    """Return the nearest free officers of these groups who are not chosen already, at most `missing`."""
    found: dict[str, Candidate] = {}
    for group in (group for group in groups if group.who not in BESIDE_POLICE):
        for person in PICK[group.who](scene, group):
            if person.officer is not None and person.officer.on_duty and person.phone not in chosen:
                found.setdefault(person.phone, person)
    may = [person for person in found.values() if may_ask(scene, person.phone, repeat=False)]
    busy = _busy(scene, [person.phone for person in may])
    free = [person for person in may if person.phone not in busy]
    return sorted(free, key=_away)[:missing]


def serves(uow: UnitOfWork, person: Candidate) -> bool:
    """Return whether this is an ambulance, a fire brigade or a hospital, or somebody of its crew."""
    unit = person.unit if person.officer is None else uow.db.get(Unit, person.officer.unit_id)
    return unit is not None and unit.kind in SERVICES


def _officer_in(people: Iterable[Candidate]) -> bool:
    return any(person.officer is not None for person in people)


def _elsewhere(scene: Scene) -> list[Candidate]:
    """Return the nearest police officers of any unit: those on duty, else those who are not."""
    every = [unit.id for unit in units.all_units(scene.uow.db) if unit.kind not in LISTS]
    nearest = Group(Who.NEAREST, most=ELSEWHERE)
    return _officers(scene, every, nearest) or _officers(scene, every, nearest, on_duty_only=False)


def _away(person: Candidate) -> float:
    return _far(person.metres)


def _far(metres: float | None) -> float:
    return inf if metres is None else metres


def may_ask(scene: Scene, phone: str, repeat: bool) -> bool:
    """Return whether this phone may be asked now; `repeat`: the waves have started over."""
    if phone == scene.incident.phone or phone in scene.hidden or scene.uow.lines.is_own(phone):
        return False
    if not scene.circle.allows(phone):
        return False
    before = scene.asked.get(phone)
    if before is None or before.state == alerts.STOOD_DOWN:
        return True
    return repeat and before.state not in (alerts.FAILED, alerts.ACCEPTED, alerts.LEFT_OUT)


def _busy(scene: Scene, phones: Collection[str]) -> set[str]:
    """Return which of these phones belong to somebody who is not free (`free.busy_phones`), each looked up once."""
    new = [phone for phone in phones if phone not in scene.busy]
    if new:
        busy = busy_phones(scene.uow.db, new, scene.incident.drill)
        scene.busy.update({phone: phone in busy for phone in new})
    return {phone for phone in phones if scene.busy[phone]}


def people(scene: Scene, policy: Policy, number: int, *, again: bool = False) -> list[Candidate]:
    """Return the people whom wave `number` asks now: its own groups and, in the first wave, those who stand beside
    them; with `again` whoever was stood down, too. Nobody gets two alerts of one wave."""
    found: dict[str, Candidate] = {}
    beside = _beside(scene, policy) if number == 1 else ()
    for person in (*choose(scene, policy, number), *beside, *(_stood_down(scene) if again else ())):
        found.setdefault(person.phone, person)
    asked = [person for person in found.values() if (person.phone, number) not in scene.written]
    return _from_scene(scene, asked) if scene.around is not None else asked


def _stood_down(scene: Scene) -> list[Candidate]:
    phones = [phone for phone, alert in scene.asked.items() if alert.state == alerts.STOOD_DOWN]
    return [person for person in _again(scene, phones) if may_ask(scene, person.phone, repeat=False)]


def _beside(scene: Scene, policy: Policy) -> Iterator[Candidate]:
    """Yield the people who are asked beside the first wave: near a border the neighbour's desk and nearest officers;
    outside every area the desks of the Polres and of the citizen's own unit."""
    db, groups = scene.uow.db, tuple(group for group in policy.groups(1) if group.who in BESIDE)
    for unit_id in jurisdiction.across_the_border(scene.uow, scene.fix, scene.unit, policy.margin_m):
        neighbour = db.get(Unit, unit_id)
        if neighbour is not None:
            yield from choose(replace(scene, unit=neighbour), replace(policy, waves=(Wave(0, groups),)), 1)
    if jurisdiction.is_outside(scene.uow, scene.fix):
        citizen = db.get(Citizen, scene.incident.citizen_id) if scene.incident.citizen_id else None
        own = db.get(Unit, citizen.unit_id) if citizen is not None and citizen.unit_id else None
        desks = [*_polres_desk(scene), *_desks(scene, [own])]
        yield from (uow for uow in desks if may_ask(scene, uow.phone, repeat=False))


# --- the groups -----------------------------------------------------------------------------------------------


def _desks(scene: Scene, whose: Iterable[Unit | None]) -> list[Candidate]:
    """Return the desks of these units; for one that must not know, the desk that is told instead."""
    known = [unit for unit in whose if unit is not None and unit.phone]
    told = [
        unit if scene.circle.allows(unit.phone) else confidants.desk_for(scene.uow, scene.circle, unit)
        for unit in known
    ]
    found = [unit for unit in told if unit is not None]
    language = scene.uow.settings.default_language
    return [Candidate(unit.phone or "", language, None, unit, _metres(scene, place_of(unit))) for unit in found]


def _officers(scene: Scene, of: Iterable[Unit | int], group: Group, on_duty_only: bool = True) -> list[Candidate]:
    """Return all officers of these units, or the `most` nearest free ones of those who may be asked and, beside them,
    those of the `most` nearest who are not free. Who is known to be farther than the group's `within_m` is left out.
    Only the chosen ones are loaded in full, which keeps a large unit cheap."""
    db, free, most = scene.uow.db, None, group.most
    unit_ids = [unit.id if isinstance(unit, Unit) else unit for unit in of]
    if most is None:
        people = officers.of_units(db, unit_ids, on_duty_only)
    else:
        ids, free = _nearest(scene, officers.posts_of_units(db, unit_ids, on_duty_only), most)
        people = officers.by_ids(db, ids)
    homes = _homes(scene, {person.unit_id for person in people})
    places = [whereabouts(scene.uow.now(), person) or homes.get(person.unit_id) for person in people]
    far = _all_metres(scene.middle, places)
    found = [
        Candidate(man.phone, man.language, man, None, away, free is None or man.id in free)
        for man, away in zip(people, far, strict=True)
        if group.within_m is None or away is None or away <= group.within_m
    ]
    return found if most is None else sorted(found, key=_away)


def _nearest(scene: Scene, posts: Sequence[Post], most: int) -> tuple[set[int], set[int]]:
    """Return the ids of the officers whom "the nearest `most`" means, and of those who are free among them. Officers
    whose place is unknown come last."""
    posts = [post for post in posts if may_ask(scene, post.phone, repeat=False)]
    homes = _homes(scene, {post.unit_id for post in posts})
    busy = _busy(scene, [post.phone for post in posts])
    places = {post.id: whereabouts(scene.uow.now(), post) or homes.get(post.unit_id) for post in posts}

    def near(some: Sequence[Post]) -> set[int]:
        placed = [(post.id, place) for post in some if (place := places[post.id]) is not None and scene.middle]
        known = {post_id for post_id, _ in placed}
        found = distance.nearest(scene.middle or (0.0, 0.0), [place for _, place in placed], most)
        rest = [post.id for post in some if post.id not in known]
        return set([*(placed[index][0] for index, _ in found), *rest][:most])

    free = near([post for post in posts if post.on_duty and post.phone not in busy])
    return free | near(posts), free


def _homes(scene: Scene, unit_ids: Collection[int]) -> dict[int, Point]:
    """Return the places of those of these units that have one."""
    rows = units.places(scene.uow.db, frozenset(unit_ids))
    return {unit_id: place for unit_id, lat, lon in rows if (place := point(lat, lon)) is not None}


def _polres(scene: Scene, group: Group) -> list[Candidate]:
    polres = units.polres_of(scene.uow.db, scene.unit)
    ids = units.police_below(scene.uow.db, polres) if polres is not None else [scene.unit.id]
    return _officers(scene, ids, group, on_duty_only=False)


def _up(scene: Scene, group: Group) -> list[Unit]:
    unit = units.above(scene.uow.db, scene.unit, group.levels or 1)
    return [unit] if unit is not None else []


def _of_kind(scene: Scene, group: Group) -> list[Candidate]:
    """Return the officers of the units of the kind after which the group is named; of a list the desks, too. Of a list
    `most` counts the units, the nearest."""
    found = units.of_kind(scene.uow.db, scene.unit, group.who)
    if group.who not in LISTS:
        return _officers(scene, found, group)
    near = sorted(found, key=lambda unit: _far(_metres(scene, place_of(unit))))[: group.most]
    return [*_desks(scene, near), *_officers(scene, near, replace(group, most=None))]


def _polres_desk(scene: Scene) -> list[Candidate]:
    """Return the desk of the Polres. If a unit above every Polres (a Polda) answers for the place, return the desks of
    all units that it leads."""
    polres = units.polres_of(scene.uow.db, scene.unit)
    return _desks(scene, [polres] if polres is not None else units.children(scene.uow.db, scene.unit))


def _top_desk(scene: Scene) -> list[Candidate]:
    """Return the highest desk above the unit that has a number. A station under no other unit has none: then return the
    desks of all units that stand at the top."""
    steps = units.chain(scene.uow.db, scene.unit)
    own = next((step for step in reversed(steps) if step.phone), None)
    heads = units.heads(scene.uow.db) if own is None or own.kind in jurisdiction.ON_THE_BEAT else ()
    return _desks(scene, [own, *heads])


def _again(scene: Scene, phones: Collection[str]) -> list[Candidate]:
    """Return these phones as they were asked last, without officers who were suspended since."""
    rows = [alert for phone, alert in scene.asked.items() if phone in phones and not alert.barred]
    return [Candidate(row.phone, row.language, row.officer, row.desk, row.distance_m) for row in rows]


PICK: dict[Who, Callable[[Scene, Group], list[Candidate]]] = {
    Who.DESK: lambda scene, group: _desks(scene, [scene.unit]),
    Who.NEAREST: lambda scene, group: _officers(scene, [scene.unit], group),
    Who.UNIT: lambda scene, group: _officers(scene, [scene.unit], group),
    Who.NEIGHBOURS: lambda scene, group: _officers(scene, units.neighbours(scene.uow.db, scene.unit), group),
    Who.POLRES: _polres,
    Who.POLRES_DESK: lambda scene, group: _polres_desk(scene),
    Who.TOP_DESK: lambda scene, group: _top_desk(scene),
    Who.FIRST_WAVE: lambda scene, group: _again(scene, scene.first),
    Who.UP: lambda scene, group: _officers(scene, _up(scene, group), group),
    Who.UP_DESK: lambda scene, group: _desks(scene, _up(scene, group)),
    Who.POLDA_DESK: lambda scene, group: _desks(scene, units.of_kind(scene.uow.db, scene.unit, "polda")),
    Who.VOLUNTEERS: lambda scene, group: [],  # gateway.incidents.volunteers asks them, by a text of their own
    **dict.fromkeys((*KINDS_ABOVE, *map(Who, LISTS)), _of_kind),
}


# --- distances ------------------------------------------------------------------------------------------------


def _metres(scene: Scene, place: Point | None) -> float | None:
    return distance.metres(scene.middle, place) if scene.middle is not None and place is not None else None


def _all_metres(origin: Point | None, places: Sequence[Point | None]) -> list[float | None]:
    """Return the distance of each person in metres. Officers who stand at their unit share its point, so each point is
    measured once."""
    if origin is None:
        return [None] * len(places)
    points = list({place for place in places if place is not None})
    known = dict(zip(points, distance.metres_to_all(origin, points), strict=True))
    return [known.get(place) if place is not None else None for place in places]


def measure(scene: Scene, officer: Officer | None, desk: Unit | None) -> float | None:
    """Return how many metres an officer or a desk is from the scene now, or None if a place is unknown."""
    where = whereabouts(scene.uow.now(), officer) if officer is not None else None
    unit = scene.uow.db.get(Unit, officer.unit_id) if officer is not None else desk
    place = where or place_of(unit)
    return distance.metres(scene.origin, place) if scene.origin is not None and place is not None else None


def _from_scene(scene: Scene, people: Iterable[Candidate]) -> list[Candidate]:
    """Return these people with their distance from the scene, which is what they are told, where they were chosen
    around another place."""
    return [replace(person, metres=measure(scene, person.officer, person.unit)) for person in people]
