"""The menu of an officer or a desk: the incidents they were alerted to, their answers, duty and position."""

from __future__ import annotations

import json

from gateway import notices
from gateway.core.intent.about import YES
from gateway.core.sentences.ages import distance_brief
from gateway.core.sentences.menu import numbered
from gateway.core.sentences.phrases import say
from gateway.core.sentences.place_names import in_brief
from gateway.core.words.answers import OfficerAnswer, Reply
from gateway.incidents import waves
from gateway.menus.visit import Deed, Facts, Visit
from gateway.models import alert as alerts
from gateway.models import unit as units
from gateway.responses import officer_acts, officer_replies, own_duty, possession, relays
from gateway.responses.officer_acts import Duty

MOST = 5  # incidents on one screen, the newest alert first
WIDEST = 26  # the most septets of one line


def _choose(visit: Visit, typed: str) -> str | None:
    codes: list[str] = json.loads(visit.memory.get("codes", "[]"))
    named = typed.strip().upper()
    if named.isascii() and named.isdigit() and 1 <= int(named) <= len(codes):
        named = codes[int(named) - 1]
    if _duty(visit, named) is None:
        return "duties"
    visit.memory["duty"] = named
    return None


def _duty(visit: Visit, code: str) -> Duty | None:
    mine = officer_replies.duties(visit.uow, visit.caller.phone)
    return next((duty for duty in mine if duty.incident.code == code), None)


def _answer(reply: Reply) -> Deed:
    def do(visit: Visit, typed: str) -> str | None:
        duty = _duty(visit, visit.memory.get("duty", ""))
        if duty is None:
            return "duties"
        refused = officer_acts.refusal(visit.uow, duty, reply)
        waits = reply in YES and not officer_replies.counts(visit.uow, duty.incident, duty.alert)
        officer_replies.answer(visit.uow, visit.caller, OfficerAnswer(reply, duty.incident.code))
        if refused is not None:
            visit.memory["text"] = notices.about(visit.uow, duty.incident, refused, visit.language)
        elif waits:
            facts = {"code": duty.incident.code, "said": possession.SAID[reply]}
            visit.memory["text"] = notices.sentence(visit.uow, visit.language, "officer.proof_call", None, **facts)
        else:
            visit.tell("ussd_text.noted", code=duty.incident.code, step=visit.say(STEPS[reply]))
        return None

    return do


STEPS = {
    Reply.ACCEPT: "step.accepted",
    Reply.EN_ROUTE: "step.en_route",
    Reply.ON_SCENE: "step.on_scene",
    Reply.RESOLVED: "step.resolved",
    Reply.FALSE_ALARM: "step.false_alarm",
    Reply.BACKUP: "ussd_text.backup",
    Reply.DECLINE: "ussd_text.decline",
}


def _phrase(key: str) -> Deed:
    """Return the action that sends a ready phrase to the citizen, in the citizen's language."""

    def do(visit: Visit, typed: str) -> str | None:
        duty = _duty(visit, visit.memory.get("duty", ""))
        if duty is None:
            return "duties"
        code = duty.incident.code
        if duty.alert.state != alerts.ACCEPTED:
            visit.tell("officer.relay_not_yours", code=code)
        else:
            words = say(f"phrase.{key}", duty.incident.language)
            visit.tell(relays.say(visit.uow, visit.caller, code, words, by_text=False), code=code)
        return None

    return do


def _of_oneself(reply: Reply) -> Deed:
    """Return the action for duty or position; the screen shows what the answer to a text would say."""

    def do(visit: Visit, typed: str) -> None:
        said = OfficerAnswer(reply, None, typed.strip())
        key, facts = own_duty.SELF[reply](visit.uow, visit.caller, said, False)
        unit = units.by_id(visit.uow.db, visit.caller.unit_id)
        visit.memory["text"] = notices.sentence(visit.uow, visit.language, key, unit, **facts)

    return do


DEEDS: dict[str, Deed] = {
    "choose": _choose,
    "accept": _answer(Reply.ACCEPT),
    "en_route": _answer(Reply.EN_ROUTE),
    "on_scene": _answer(Reply.ON_SCENE),
    "resolved": _answer(Reply.RESOLVED),
    "false_alarm": _answer(Reply.FALSE_ALARM),
    "backup": _answer(Reply.BACKUP),
    "decline": _answer(Reply.DECLINE),
    "say_outside": _phrase("outside"),
    "say_near": _phrase("near"),
    "say_where": _phrase("where"),
    "say_inside": _phrase("inside"),
    "on_duty": _of_oneself(Reply.ON_DUTY),
    "off_duty": _of_oneself(Reply.OFF_DUTY),
    "position": _of_oneself(Reply.POSITION),
}


# --- facts ------------------------------------------------------------------------------------------------------


def _duties(visit: Visit) -> dict[str, object]:
    mine = officer_replies.duties(visit.uow, visit.caller.phone)[:MOST]
    visit.memory["codes"] = json.dumps([duty.incident.code for duty in mine])
    lines = [f"{duty.incident.code} {_away(duty, visit.language)} {_place(visit, duty)}" for duty in mine]
    return {"duties": numbered(lines, WIDEST) or visit.say("ussd_text.no_duties")}


def _away(duty: Duty, language: str) -> str:
    return distance_brief(duty.alert.distance_m, language) if duty.alert.distance_m is not None else ""


def _place(visit: Visit, duty: Duty) -> str:
    """Return where it is, in the fewest words: of a line of the list only the beginning is read."""
    facts = waves.facts(visit.uow, duty.incident, duty.alert)
    return in_brief(facts.place or "", facts.around, visit.language)[2]


def _one_duty(visit: Visit) -> dict[str, object]:
    """Return code, warning, distance and place. The caller's number comes by text, after the yes."""
    duty = _duty(visit, visit.memory.get("duty", ""))
    if duty is None:
        return {"text": visit.say("ussd_text.no_duties")}
    facts = waves.facts(visit.uow, duty.incident, duty.alert)
    cautions = {"threatened": facts.duress, "hushed": facts.quiet, "not_answered": facts.not_answered}
    warning = next((visit.say(f"ussd_text.{key}") for key, holds in cautions.items() if holds), "")
    return {"text": " ".join(filter(None, (facts.code, warning, _away(duty, visit.language), _place(visit, duty))))}


FACTS: dict[str, Facts] = {
    "duties": _duties,
    "duty": _one_duty,
    "noted": lambda visit: {"text": visit.memory.get("text", "")},
}
