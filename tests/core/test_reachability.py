"""Whether a phone may be reached: every combination of what is known about it, in every way."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from gateway.core.reachability import (
    ASKS_FOR,
    CAUTIONS,
    RULES,
    WAY_OF_PURPOSE,
    Caution,
    PhoneFacts,
    Question,
    Way,
    Why,
    caution,
    is_after_pin,
    is_asking,
    may_be_posted,
    question,
    reach,
    way_of,
)

NOON = datetime(2026, 1, 2, 5, tzinfo=UTC)
# What bars each way, told once more in words of its own: a fact that bars stands here as `name` or `not name`.
BARRED_BY: dict[Way, str] = {
    Way.FIRST: "not number, drill, duress, quiet_number, quiet, dismissed, on_screen, not_answered",
    Way.NEWS: "not number, drill, duress, quiet_number, quiet, dismissed, on_screen, not_answered, at_home, after_pin",
    Way.WRITE: "not number, drill, duress, quiet_number, quiet, dismissed, on_screen, at_home_unasked",
    Way.CONNECT: "not number, drill, duress, quiet_number, quiet, dismissed, on_screen, not ring_back",
    Way.SHOW: "not number, drill, duress, quiet_number, quiet, dismissed, on_screen, not ring_back",
    Way.DUTY: "not number, quiet_number, on_screen, not_answered",
    Way.ANSWER: "not number, drill, quiet_number, on_screen, believes_quiet, believes_over",
}


def every_combination() -> list[PhoneFacts]:
    """All that can be known about a phone: 12,288 combinations."""
    flags = [field.name for field in fields(PhoneFacts) if field.name != "question"]
    return [
        PhoneFacts(**dict(zip(flags, values, strict=True)), question=asked)
        for values in product((False, True), repeat=len(flags))
        for asked in Question
    ]


def holds(phone: PhoneFacts, fact: str) -> bool:
    """Whether a fact of `BARRED_BY` holds."""
    told = {
        "on_screen": phone.question is Question.ON_SCREEN,
        "not_answered": phone.question is Question.NOT_ANSWERED,
        "believes_quiet": phone.believed_quiet if phone.dismissed else phone.quiet,
        "believes_over": phone.dismissed and not phone.believed_open,
        "at_home_unasked": phone.at_home and not phone.asking,
    }
    name = fact.removeprefix("not ")
    value = told[name] if name in told else getattr(phone, name)
    return not value if fact.startswith("not ") else bool(value)


@pytest.mark.parametrize("way", Way, ids=lambda way: way.name.lower())
def test_each_way_is_barred_by_what_the_table_says_and_by_nothing_else(way: Way) -> None:
    for phone in every_combination():
        barred = any(holds(phone, fact) for fact in BARRED_BY[way].split(", "))
        assert reach(phone, way).allowed is not barred, phone


def test_what_the_monitor_shows_as_a_link_is_what_a_key_or_a_click_connects() -> None:
    for phone in every_combination():
        assert reach(phone, Way.SHOW) == reach(phone, Way.CONNECT)


def test_the_darker_answer_holds_a_phone_that_may_not_be_written_to_may_not_be_rung() -> None:
    """With one exception: of violence at home no words may stay on the phone, but an officer may ring it."""
    for phone in every_combination():
        barred = reach(phone, Way.WRITE).why
        if barred is not None:
            assert not reach(phone, Way.NEWS).allowed
            assert barred is Why.AT_HOME or not reach(phone, Way.CONNECT).allowed


def test_of_violence_at_home_only_the_first_answer_and_what_the_phone_asks_arrives() -> None:
    home = PhoneFacts(at_home=True)
    assert [way for way in Way if not reach(home, way).allowed] == [Way.NEWS, Way.WRITE]
    assert reach(home, Way.NEWS).why is reach(home, Way.WRITE).why is Why.AT_HOME
    asking = PhoneFacts(at_home=True, asking=True)
    assert [way for way in Way if not reach(asking, way).allowed] == [Way.NEWS]


def test_violence_at_home_changes_no_answer_and_no_officers_duty() -> None:
    for phone in every_combination():
        elsewhere = PhoneFacts(**vars(phone) | {"at_home": False, "asking": False})
        for way in set(Way) - {Way.NEWS, Way.WRITE}:
            assert reach(phone, way) == reach(elsewhere, way)


@pytest.mark.parametrize(
    ("asked", "expected"), [(None, False), (0, True), (ASKS_FOR.seconds, True), (ASKS_FOR.seconds + 1, False)]
)
def test_a_phone_that_wrote_waits_for_words_for_some_minutes(asked: int | None, expected: bool) -> None:
    asked_at = NOON if asked is not None else None
    assert is_asking(asked_at, NOON + timedelta(seconds=asked or 0)) is expected


@pytest.mark.parametrize(("hours", "expected"), [(None, False), (0, True), (12, True), (13, False)])
def test_a_pin_of_either_kind_keeps_news_away_for_half_a_day(hours: int | None, expected: bool) -> None:
    given_at = None if hours is None else NOON - timedelta(hours=hours)
    assert is_after_pin(given_at, NOON) is expected


def test_after_either_pin_a_phone_is_answered_by_what_it_believes_alone() -> None:
    for phone in every_combination():
        if phone.dismissed:
            right = PhoneFacts(**vars(phone) | {"duress": False, "quiet": False})
            duress = PhoneFacts(**vars(phone) | {"duress": True, "quiet": True})
            assert reach(right, Way.ANSWER) == reach(duress, Way.ANSWER)
            assert reach(right, Way.NEWS).allowed is reach(duress, Way.NEWS).allowed is False


def test_a_wall_names_only_what_cannot_tell_one_pin_from_the_other() -> None:
    hidden = ("quiet", "duress", "quiet_number", "dismissed", "after_pin")
    for phone in every_combination():
        hides = any(getattr(phone, fact) for fact in hidden) or phone.question is not Question.NONE
        assert may_be_posted(phone) is not hides, phone


def test_every_reason_can_be_the_one_that_is_told() -> None:
    told = {reach(phone, way).why for phone in every_combination() for way in Way}
    assert told == {None, *Why}
    assert {why for why, _, _ in RULES} == set(Why)


@pytest.mark.parametrize(
    ("until", "answered", "at", "expected"),
    [
        (None, False, 0, Question.NONE),
        (180, False, 0, Question.ON_SCREEN),
        (180, False, 179, Question.ON_SCREEN),
        (180, False, 180, Question.NOT_ANSWERED),  # a lost end of session counts as ended after three minutes
        (180, True, 0, Question.NONE),
        (180, True, 999, Question.NONE),
    ],
)
def test_what_became_of_the_menus_question(until: int | None, answered: bool, at: int, expected: Question) -> None:
    asked = NOON + timedelta(seconds=until) if until is not None else None
    assert question(asked, answered, NOON + timedelta(seconds=at)) is expected


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        (PhoneFacts(), Caution.NONE),
        (PhoneFacts(quiet=True), Caution.QUIET),
        (PhoneFacts(quiet_number=True), Caution.QUIET),
        (PhoneFacts(ring_back=False), Caution.QUIET),
        (PhoneFacts(dismissed=True), Caution.QUIET),
        (PhoneFacts(duress=True, quiet=True, dismissed=True), Caution.DURESS),
        (PhoneFacts(duress=True, quiet_number=True), Caution.DURESS),
        (PhoneFacts(question=Question.ON_SCREEN), Caution.NOT_ANSWERED),
        (PhoneFacts(question=Question.NOT_ANSWERED), Caution.NOT_ANSWERED),
        (PhoneFacts(question=Question.NOT_ANSWERED, ring_back=False), Caution.QUIET),
        (PhoneFacts(drill=True), Caution.NONE),
    ],
)
def test_what_officers_are_told_before_they_think_of_ringing(phone: PhoneFacts, expected: Caution) -> None:
    assert caution(phone) is expected


def test_there_is_a_caution_for_every_reason() -> None:
    assert set(CAUTIONS) >= {reach(phone, Way.CONNECT).why for phone in every_combination()}


def test_a_purpose_that_is_not_listed_concerns_an_officer_or_a_desk() -> None:
    assert {way_of(purpose) for purpose in ("alert", "notice", "ask", "test")} == {Way.DUTY}
    assert Way.DUTY not in WAY_OF_PURPOSE.values()
