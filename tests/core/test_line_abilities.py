"""What a line can do for a phone, where its answer arrives, and when the last phone of a wave rings."""

from __future__ import annotations

import pytest

from gateway.core.line_abilities import (
    ALL,
    CALLS,
    TEXTS,
    TWO_WAY,
    Abilities,
    Ability,
    Doors,
    LineFacts,
    ReplyPath,
    ReplyWay,
    abilities,
    calling_code,
    is_dialled,
    last_ring_seconds,
    own_number,
    prefix_of,
    reply_path,
    within,
)

AGUS = "+6281100000001"
NUMBER = "+6281255550100"
AMERICAN = "+14155552671"
REACH = {"": TEXTS | CALLS, "+62": TEXTS | CALLS - TWO_WAY, "+6281": ALL}


@pytest.mark.parametrize(
    ("phone", "can"),
    [(AGUS, ALL), ("+62561700001", TEXTS | CALLS - TWO_WAY), ("+254711000001", TEXTS | CALLS)],
)
def test_the_longest_prefix_of_a_table_wins(phone: str, can: Abilities) -> None:
    assert within(REACH, phone) == can


def test_a_carrier_without_a_table_offers_everything_everywhere() -> None:
    assert within({}, AGUS) == ALL


OPEN = Doors(True, (NUMBER,), (NUMBER,))


@pytest.mark.parametrize(
    ("because", "code", "table", "doors", "routed", "gone"),
    [
        ("nothing stands against it", ALL, {}, OPEN, True, set()),
        ("a name takes no answers", ALL, {}, Doors(False, (), (NUMBER,)), True, {Ability.TEXT_IN, Ability.ANSWERS}),
        ("a name beside a number", ALL, {}, Doors(False, (NUMBER,), (NUMBER,)), True, {Ability.ANSWERS}),
        ("a one-way country", ALL, {"+62": ALL - TWO_WAY}, OPEN, True, {Ability.TEXT_IN, Ability.ANSWERS}),
        ("a number abroad", ALL, {}, Doors(True, (AMERICAN,), (AMERICAN,)), True, {Ability.CALL_IN}),
        ("no number for calls", ALL, {}, Doors(True, (NUMBER,)), True, {Ability.CALL_IN}),
        ("settings without calls", ALL, {}, Doors(True, (NUMBER,), (), CALLS), True, set(CALLS)),
        ("its code only rings", ALL - {Ability.SPEECH}, {}, OPEN, True, {Ability.SPEECH}),
        ("its code places no calls", ALL - {Ability.CALL_OUT}, {}, OPEN, True, {Ability.CALL_OUT, Ability.SPEECH}),
        (
            "the routes leave it out",
            ALL,
            {},
            OPEN,
            False,
            {Ability.TEXT_OUT, Ability.CALL_OUT, Ability.SPEECH, Ability.ANSWERS},
        ),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_what_a_line_cannot_do(
    because: str, code: Abilities, table: dict[str, Abilities], doors: Doors, routed: bool, gone: set[Ability]
) -> None:
    assert ALL - abilities(code, table, doors, AGUS, routed) == gone, because


# --- where an answer arrives ---

TWO_WAYS = LineFacts("smsgate", TEXTS | {Ability.CALL_IN}, OPEN)
NAMED = LineFacts("kannel", frozenset({Ability.TEXT_OUT}), Doors(False))
ONE_WAY = LineFacts("twilio", CALLS - {Ability.CALL_IN} | {Ability.TEXT_OUT}, Doors(True, (AMERICAN,), (AMERICAN,)))
FOREIGN = LineFacts("twilio-2", TEXTS - {Ability.ANSWERS}, Doors(False, (AMERICAN,), (AMERICAN,)))
RUNG = LineFacts("bell", frozenset({Ability.CALL_IN, Ability.SPEECH}), Doors(False, (), (NUMBER,)))


@pytest.mark.parametrize(
    ("because", "line", "others", "speaks", "path"),
    [
        ("the sender takes it", TWO_WAYS, [ONE_WAY], False, ReplyPath(ReplyWay.HERE)),
        ("another line takes texts", ONE_WAY, [TWO_WAYS], True, ReplyPath(ReplyWay.TEXT, NUMBER)),
        ("its own other number", FOREIGN, [], True, ReplyPath(ReplyWay.TEXT, AMERICAN)),
        ("a number at home before one abroad", FOREIGN, [TWO_WAYS], True, ReplyPath(ReplyWay.TEXT, NUMBER)),
        ("a number that can be rung", NAMED, [RUNG], True, ReplyPath(ReplyWay.RING, NUMBER)),
        ("a call goes there", NAMED, [ONE_WAY], True, ReplyPath(ReplyWay.KEY)),
        ("nothing at all", NAMED, [ONE_WAY], False, ReplyPath(ReplyWay.NONE)),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_where_an_answer_arrives(
    because: str, line: LineFacts, others: list[LineFacts], speaks: bool, path: ReplyPath
) -> None:
    assert reply_path(line, [line, *others], AGUS, speaks) == path, because


def test_a_phone_is_told_a_number_of_ours_to_text_before_one_to_ring() -> None:
    assert own_number([RUNG, TWO_WAYS], AGUS) == NUMBER
    assert own_number([FOREIGN], AGUS) == AMERICAN
    assert own_number([NAMED, ONE_WAY], AGUS) == ""


@pytest.mark.parametrize(("sender", "dialled"), [("9110", True), (NUMBER, True), ("SIAGA", False), ("", False)])
def test_a_name_cannot_be_dialled(sender: str, dialled: bool) -> None:
    assert is_dialled(sender) is dialled


@pytest.mark.parametrize(
    ("phone", "prefix"), [(AGUS, "+6281"), ("+62561700001", "+62"), (AMERICAN, "+1"), ("+254711000001", "+254")]
)
def test_a_phone_is_counted_under_its_longest_route_else_its_country(phone: str, prefix: str) -> None:
    assert prefix_of(phone, ("+6281", "+62", "+25")) == prefix


def test_a_number_of_no_country_is_its_own_prefix() -> None:
    assert calling_code("110") == "110"


# --- when the last phone rings ---


@pytest.mark.parametrize(
    ("phones", "pace", "at_once", "seconds"),
    [
        (1, 1.0, 2, 0.0),
        (4, 0.0, 0, 0.0),
        (60, 1.0, 0, 59.0),  # one call a second
        (40, 0.0, 2, 475.0),  # two at a time: nineteen rounds of 25 seconds before the last
        (40, 1.0, 2, 475.0),
        (3, 0.1, 2, 25.0),
    ],
)
def test_the_last_phone_waits_for_the_pace_and_for_a_free_call(
    phones: int, pace: float, at_once: int, seconds: float
) -> None:
    assert last_ring_seconds(phones, pace, at_once, 25) == seconds
