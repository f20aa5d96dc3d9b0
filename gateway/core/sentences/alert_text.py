"""Make the alert: one text message that tells an officer everything, whatever the names and places.

It is put together from pieces, each with its forms from the fullest to the shortest. The pieces give way in the order
of `_GIVES_WAY` until the text is one GSM-7 segment. Code, call-back number and coordinates have a single form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.core import defaults, phone
from gateway.core.contact_rules import ContactRule
from gateway.core.filters import OPEN, Profile
from gateway.core.incident_kinds import IncidentKind
from gateway.core.languages import LANGUAGES, spoken
from gateway.core.line_abilities import HERE, ReplyPath, ReplyWay
from gateway.core.places.neighbourhood import Surroundings
from gateway.core.places.spots import Source
from gateway.core.sentences.ages import distance_brief, how_known_brief
from gateway.core.sentences.phrases import clock_text, say, tidy
from gateway.core.sentences.place_names import in_brief
from gateway.core.sentences.segments import SINGLE, cut, fits, septets


@dataclass(frozen=True)
class AlertFacts:
    """The facts of one incident that one officer is told; used for the eye here and for the ear in `script`."""

    code: str
    at: datetime  # aware: when the panic came in
    timezone: str  # of the officer's unit
    name: str
    phone: str | None = None  # E.164; None: must not be shown
    bare: bool = False  # the unit shows officers no numbers; key 2 connects all the same
    place: str | None = None  # the place that the position was given as, if somebody named one
    around: Surroundings = field(default_factory=Surroundings)  # what the map calls the position
    distance_m: float | None = None  # from this officer
    lat: float | None = None  # degrees WGS 84
    lon: float | None = None
    source: str = ""  # how the position is known (spots.Source); empty: there is none
    age_seconds: float | None = None
    radius_m: float | None = None
    quiet: bool = False
    duress: bool = False
    not_answered: bool = False  # the menu asked whether the phone must be quiet, and nobody has answered yet
    can_connect: bool = True  # key 2 puts an officer through to the phone just now
    can_text: bool = True  # a text may go to that phone just now
    contact: ContactRule = ContactRule.USUAL  # how to reach the person
    tongue: str = ""  # the person's language, by its own name
    address: str = ""  # the street address and the notes: only in the facts of who leads or is on the way, on a call
    notes: str = ""
    drill: bool = False
    uncertain: bool = False  # silence opened it: nobody has said yet that it is an emergency
    sent_at: datetime | None = None  # aware: when the panic was sent, if it came late
    answer: ReplyPath = HERE  # how this phone answers the text
    repeat: int = 0  # how often the citizen has called by now, where that is more than once
    words: str = ""  # the citizen's own
    kind: IncidentKind = IncidentKind.UNKNOWN
    link: bool = True  # map links hand the position to a third party and make some filters suspicious
    region: str = defaults.REGION  # the officer's: numbers of that country are shown as they are dialled there

    @property
    def is_covert(self) -> bool:
        """Return whether whoever comes must not say who called: somebody else may be at the door."""
        return self.hushed or self.uncertain

    @property
    def offers_call(self) -> bool:
        """Return whether key 2 puts the officer through: never to a person who can only be texted."""
        free = self.phone is not None and self.can_connect and not self.hushed
        return free and self.contact is not ContactRule.TEXT_ONLY

    @property
    def offers_text(self) -> bool:
        """Return whether key 2 sends the person a text instead of a call."""
        return self.contact is ContactRule.TEXT_ONLY and self.can_text and not self.hushed

    @property
    def hushed(self) -> bool:
        """Return whether nothing may make the citizen's phone ring or light up."""
        return self.quiet or self.duress


Pieces = dict[str, tuple[str, ...]]  # by name, in reading order; the forms of each from the fullest to the shortest

_LEAST_WORDS = 12  # septets of the citizen's own words below which they tell nothing
_WORDS_FIRST = 60  # septets of them that are worth more than a link to a place which is only presumed
_GIVES_WAY_TO_WORDS = ("spot", "distance")
_PRESUMED = frozenset({Source.HOME, Source.USUAL, Source.LAST_KNOWN, Source.CELL, Source.NETWORK, Source.PLACE})

# An abbreviation loses nothing, so the place takes that step before the link goes; then goes the area around the known
# place, and the rest of it late.
_GIVES_WAY = (
    *("name", "distance", "place", "spot", "place", "place", "time", "distance", "appear", "place", "kind", "place"),
    *("repeat", "name", "name"),
)


def alert_text(facts: AlertFacts, language: str, profile: Profile = OPEN) -> str:
    """Return the alert as exactly one GSM-7 segment, in the officer's language. How to answer stands last ("Balas OK
    K7Q"). It passes the `profile` of the line that brings it: there the place goes in words where it has any."""
    pieces = _pieces(facts, language)
    if not profile.is_open:
        pieces = _passing(pieces, profile)
    steps = _steps(pieces)
    words = (
        "" if facts.hushed else profile.passing(tidy(facts.words))
    )  # of a quiet one the kind alone is told before a yes
    if words and facts.source in _PRESUMED:
        _make_room(pieces, steps, min(septets(words), _WORDS_FIRST))
    room = _room(pieces, steps)
    if words and room >= min(septets(words), _LEAST_WORDS):
        pieces["words"] = (f'"{cut(words, room)}"',)
    return _joined(pieces, steps)


def _passing(pieces: Pieces, profile: Profile) -> Pieces:
    """Return the pieces as they pass a filter. A position goes without its link, and where numbers are blocked in words
    if there are any; these are never left out whole."""
    passing = {name: tuple(map(profile.passing, forms)) for name, forms in pieces.items()}
    named, spot = (tuple(filter(None, passing[name])) for name in ("place", "spot"))
    if profile.digits and named:
        return {**passing, "place": named, "spot": ("",)}
    return {**passing, "spot": spot or ("",)}


def _make_room(pieces: Pieces, steps: Counter[str], wanted: int) -> None:
    """Make room for the citizen's words: they tell more of where the citizen is than a link to their home."""
    for name in _GIVES_WAY_TO_WORDS:
        if _room(pieces, steps) >= wanted:
            return
        steps[name] = max(steps[name], 1)


def _room(pieces: Pieces, steps: Counter[str]) -> int:
    """Return how many septets are left for the words between their quotation marks."""
    return SINGLE - septets(_joined(pieces, steps)) - len(' ""')


def coordinates(lat: float, lon: float) -> str:
    """Return a position with four decimals, which is 11 metres, and nothing but what a map's search takes:
    "-0.0334,109.3412"."""
    return f"{round(lat, 4) + 0.0:.4f},{round(lon, 4) + 0.0:.4f}"  # + 0.0 makes of -0.0 a zero


def map_link(lat: float, lon: float) -> str:
    return f"https://maps.google.com/?q={coordinates(lat, lon)}"


def _pieces(facts: AlertFacts, language: str) -> Pieces:
    known = how_known_brief(facts.source, facts.age_seconds, facts.radius_m, language)
    return {
        "head": (_head(facts, language),),
        "code": (facts.code,),
        "kind": (kind_words(facts.kind, "alert", language), ""),
        "repeat": (f"({facts.repeat}x)" if facts.repeat > 1 else "", ""),
        "time": _time(facts, language),
        "name": _shorter(tidy(facts.name), 16, 8, 0),
        "phone": (phone.local(facts.phone, facts.region) if facts.phone and not facts.bare else "",),
        "contact": (contact_words(facts, "alert", language),),
        "place": _place(facts, language),
        "distance": _distance(facts.distance_m, language),
        "known": (f"({known})",),
        "spot": _spot(facts),
        "words": ("",),
        "appear": (say("alert.appear", language) if facts.is_covert else "", ""),
        "answer": (answer_words(facts.answer, facts.code, language, facts.region),),
    }


def _steps(pieces: Pieces) -> Counter[str]:
    """Return how many forms each piece goes down until all fit. A step that proves needless after a later, larger one
    is undone."""
    steps: Counter[str] = Counter()
    taken = []
    for name in _GIVES_WAY:
        if fits(_joined(pieces, steps)):
            break
        steps[name] += 1
        taken.append(name)
    for name in reversed(taken):
        steps[name] -= 1
        steps[name] += not fits(_joined(pieces, steps))
    return steps


def _joined(pieces: Pieces, steps: Counter[str]) -> str:
    chosen = (forms[min(steps[name], len(forms) - 1)] for name, forms in pieces.items())
    return " ".join(filter(None, chosen))


def _head(facts: AlertFacts, language: str) -> str:
    cautions = {"alert.duress": facts.duress, "alert.quiet": facts.quiet, "alert.not_answered": facts.not_answered}
    usual = "alert.uncertain" if facts.uncertain else "alert.head"
    what = next((key for key, holds in cautions.items() if holds), usual)
    unsure = [say("alert.uncertain", language)] * (facts.uncertain and what != usual)
    return " ".join([say("alert.drill", language)] * facts.drill + unsure + [say(what, language)])


def _time(facts: AlertFacts, language: str) -> tuple[str, ...]:
    """Return when the panic came; of one that came late, when it was sent, which never gives way."""
    if facts.sent_at is None:
        return clock_text(facts.at, facts.timezone), ""
    told = clock_text(facts.sent_at, facts.timezone)
    return say("alert.sent", language, time=told), say("alert.sent", language, time=told.partition(" ")[0])


def kind_words(kind: IncidentKind, group: str, language: str) -> str:
    """Return how the alert ("alert"), a call ("voice") or a page ("console") calls a kind; "" for an unknown one."""
    return "" if kind is IncidentKind.UNKNOWN else say(f"{group}.kind.{kind}", language)


def contact_words(facts: AlertFacts, group: str, language: str) -> str:
    """Return how the alert ("alert") or a call ("voice") says how to reach the person; "" for the usual way, and where
    nobody may ring or text that phone."""
    rule = ContactRule.USUAL if facts.hushed else facts.contact
    if rule is ContactRule.USUAL:
        return ""
    other = rule is ContactRule.LANGUAGE and facts.tongue in ("", LANGUAGES[spoken(language)].name)
    return say(f"{group}.contact.{'other_language' if other else rule}", language, tongue=facts.tongue)


_ANSWERS: Mapping[ReplyWay, str] = {
    ReplyWay.HERE: "alert.answer",
    ReplyWay.TEXT: "alert.answer_to",
    ReplyWay.RING: "alert.answer_ring",
    ReplyWay.KEY: "alert.answer_key",
    ReplyWay.NONE: "alert.answer_none",
}


def answer_words(path: ReplyPath, code: str, language: str, region: str = defaults.REGION) -> str:
    """Return how an alert says to answer: by reply, by a text to another number, by ringing one, by key 1."""
    return say(_ANSWERS[path.way], language, code=code, number=phone.local(path.number, region))


def _place(facts: AlertFacts, language: str) -> tuple[str, ...]:
    full, brief, shortest = (tidy(form) for form in in_brief(tidy(facts.place), facts.around, language))
    return (full, brief, *_shorter(shortest, 24, 12, 0))


def _distance(metres: float | None, language: str) -> tuple[str, ...]:
    if metres is None:
        return ("",)
    brief = distance_brief(metres, language)
    return say("alert.distance", language, distance=brief), brief, ""


def _spot(facts: AlertFacts) -> tuple[str, ...]:
    if facts.lat is None or facts.lon is None:
        return ("",)
    bare = coordinates(facts.lat, facts.lon)
    return (map_link(facts.lat, facts.lon), bare) if facts.link else (bare,)


def _shorter(text: str, *limits: int) -> tuple[str, ...]:
    return (text, *(cut(text, limit) for limit in limits))
