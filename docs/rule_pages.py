"""`python -m docs.rule_pages`: writes the tables of docs/developers/reachability.md and intent.md from the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gateway.core.intent.besides import BESIDES
from gateway.core.intent.table import TABLE, Kind
from gateway.core.reachability import PhoneFacts, Question, Way, reach

FOLDER = Path(__file__).parent / "developers"
BEGIN, END = "<!-- written by docs/rule_pages.py -->\n", "<!-- end -->\n"

WAYS: Mapping[Way, str] = {
    Way.FIRST: "be texted the first answer",
    Way.NEWS: "be texted news",
    Way.ANSWER: "be texted an answer",
    Way.WRITE: "be texted by a human",
    Way.CONNECT: "be connected",
    Way.SHOW: "be shown to ring",
    Way.DUTY: "be alerted as an officer",
}

# What is known about a phone, and an example of it. Every line of RULES decides at least one of these.
PHONES: Mapping[str, PhoneFacts] = {
    "Nothing speaks against it.": PhoneFacts(),
    "It is no telephone number, or one of ours.": PhoneFacts(number=False),
    "The incident is a drill.": PhoneFacts(drill=True),
    "A duress PIN was given; the phone takes its incident for over.": PhoneFacts(duress=True, dismissed=True),
    "The number has sent a quiet word.": PhoneFacts(quiet_number=True),
    "The incident is quiet.": PhoneFacts(quiet=True),
    "A right PIN was given, and officers still go; the phone takes its incident for over.": PhoneFacts(dismissed=True),
    "The same, and it has sent another panic since.": PhoneFacts(dismissed=True, believed_open=True),
    "The same, and it has asked for quiet in that one.": PhoneFacts(
        dismissed=True, believed_open=True, believed_quiet=True
    ),
    "A PIN was given in the twelve hours before this incident.": PhoneFacts(after_pin=True),
    "The menu still asks whether it must be quiet.": PhoneFacts(question=Question.ON_SCREEN),
    "The menu's question was never answered.": PhoneFacts(question=Question.NOT_ANSWERED),
    "It is violence at home.": PhoneFacts(at_home=True),
    "It is violence at home, and the phone has just written more.": PhoneFacts(at_home=True, asking=True),
    "The register says that a call is not safe.": PhoneFacts(ring_back=False),
}

DEEDS: Mapping[Kind, str] = {
    Kind.IGNORE: "Keep it.",
    Kind.SHOW_DESK: "Show it to the desk.",
    Kind.OWN_DUTY: "Change duty or position of the officer.",
    Kind.ANSWER: "Do what the answer says.",
    Kind.STEP_IN: "Alert this phone, then do what the answer says.",
    Kind.ANSWER_CALL: "Do what the desk says of the uncertain call.",
    Kind.ASK_WHICH: "Ask which text is meant, with the codes.",
    Kind.EXPLAIN: "Say why there is nothing to answer.",
    Kind.HAND_OVER: "Ask the named officer to take over.",
    Kind.RELAY: "Pass the words on to the citizen, or ask to whose.",
    Kind.CHATTER: "Note it, and send the list of answers.",
    Kind.HELP: "Note whether the neighbour comes.",
    Kind.CHANGE_PIN: "Change the PIN, if the old one is right.",
    Kind.APPLY: "Take down an application.",
    Kind.LEAVE: "Strike the number off, after a right PIN.",
    Kind.INFO: "Explain how this number works.",
    Kind.ADD_REPORT: "Pass the report on to who comes.",
    Kind.REPORT: "Keep the report for the desk.",
    Kind.RING_DESK: "Keep that number dark, and ring the desk.",
    Kind.NOT_LISTED: "Show it to the desk; one reply a day.",
    Kind.PANIC: "Send officers.",
    Kind.CONFIRM: "Send officers, with the words of both texts.",
    Kind.OLD_NO: "Show it to the desk; nothing is settled.",
    Kind.TAKE_NO: "Settle the question, unless its text showed need.",
    Kind.HUSH: "Keep that phone dark.",
    Kind.NOTE_QUIET: "Keep that number dark, and tell the desk.",
    Kind.CANCEL: "Check the PIN, and cancel if it may.",
    Kind.ADD_PLACE: "Pass the place on to who comes.",
    Kind.KEEP_PLACE: "Keep the place.",
    Kind.ADD_WORDS: "Pass the words on to who comes.",
    Kind.NOTE: "Show it to the desk; nobody is rung.",
    Kind.ASK_BACK: "Keep an uncertain call: tell the desk, ask back.",
}


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |\n"


def _head(*names: str) -> list[str]:
    return [_row(*names), "|" + "---|" * len(names) + "\n"]


def reachability() -> str:
    """What `gateway.core.reachability` answers for each phone of PHONES, in every way."""
    rows = _head("what is known about the phone", *(f"may it {asked}?" for asked in WAYS.values()), "reason")
    for known, facts in PHONES.items():
        answers = [reach(facts, way) for way in WAYS]
        reasons = dict.fromkeys(f"`{answer.why}`" for answer in answers if answer.why)
        rows.append(_row(known, *("yes" if answer.allowed else "**no**" for answer in answers), ", ".join(reasons)))
    return "".join(rows)


def intent() -> str:
    """Both tables of `gateway.core.intent.table`. Raises KeyError for a kind of intent that DEEDS does not tell."""
    rows = _head("", "name", "who", "what we do", "why")
    rows += [_row(at, row.name, row.who.value, DEEDS[row.kind], row.reason) for at, row in enumerate(TABLE, 1)]
    return "".join([*rows, "\n", *_head("besides", "why"), *(_row(extra.also, extra.reason) for extra in BESIDES)])


PAGES: Mapping[str, Callable[[], str]] = {"reachability.md": reachability, "intent.md": intent}


def page(name: str, text: str) -> str:
    """The page with its table written anew."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + PAGES[name]() + END + rest.partition(END)[2]


if __name__ == "__main__":
    for page_name in PAGES:
        path = FOLDER / page_name
        path.write_text(page(page_name, path.read_text(encoding="utf-8")), encoding="utf-8")
