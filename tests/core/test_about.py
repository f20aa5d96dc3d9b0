"""Which incident an answer without a code is about: the whole table, and the rules that go before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.intent.about import READ, STATES, YES, About, Verdict, about
from gateway.core.intent.facts import AskedFor, Standing
from gateway.core.words.replies import Reply

A, B = "UJ4", "TL9"
WAITS_A, WAITS_B = AskedFor(A), AskedFor(B)
HOLDS_A, HOLDS_B = AskedFor(A, Standing.ACCEPTED, led=True), AskedFor(B, Standing.ACCEPTED, led=True)
NO_A, FREE_A = AskedFor(A, Standing.DECLINED, led=True), AskedFor(A, Standing.DECLINED)
SPARED_A, FORGOTTEN_A = AskedFor(A, Standing.STOOD_DOWN, led=True), AskedFor(A, Standing.STOOD_DOWN)
OVER_A = AskedFor(A, Standing.STOOD_DOWN, closed=True)
TAKE, WHICH, CLOSED, TAKEN, SEEKING, NOTHING = About

CASES = [
    # reply, open duties (the newest question first), what we last told that phone, what is done with it
    (Reply.ACCEPT, [WAITS_A], WAITS_A, Verdict(TAKE, A)),
    (Reply.ACCEPT, [HOLDS_A], HOLDS_A, Verdict(TAKE, A)),
    (Reply.ACCEPT, [], OVER_A, Verdict(CLOSED, A)),
    (Reply.ACCEPT, [WAITS_B], OVER_A, Verdict(CLOSED, A, waiting=(B,))),
    (Reply.ACCEPT, [WAITS_B, SPARED_A], SPARED_A, Verdict(TAKEN, A, waiting=(B,))),
    (Reply.ACCEPT, [WAITS_B, SPARED_A], WAITS_B, Verdict(TAKE, B)),
    (Reply.ACCEPT, [FORGOTTEN_A], FORGOTTEN_A, Verdict(SEEKING, A)),
    (Reply.ACCEPT, [NO_A], NO_A, Verdict(TAKEN, A)),
    (Reply.ACCEPT, [FREE_A], FREE_A, Verdict(TAKE, A)),
    (Reply.ACCEPT, [HOLDS_B, SPARED_A], SPARED_A, Verdict(TAKEN, A, held=(B,))),
    (Reply.ACCEPT, [], AskedFor(A, Standing.NOT_ASKED), Verdict(SEEKING, A)),
    (Reply.ACCEPT, [WAITS_A, WAITS_B], WAITS_A, Verdict(WHICH, waiting=(A, B))),
    (Reply.ACCEPT, [WAITS_A, WAITS_B], OVER_A, Verdict(WHICH, waiting=(A, B))),
    (Reply.ACCEPT, [WAITS_A], None, Verdict(SEEKING, A)),  # its text has not left: they cannot mean it
    (Reply.ACCEPT, [], None, Verdict(NOTHING)),
    (Reply.EN_ROUTE, [WAITS_B, HOLDS_A], WAITS_B, Verdict(TAKE, A, waiting=(B,))),
    (Reply.ON_SCENE, [HOLDS_A], SPARED_A, Verdict(TAKE, A)),
    (Reply.RESOLVED, [WAITS_B, HOLDS_A], WAITS_B, Verdict(TAKE, A, waiting=(B,))),
    (Reply.BACKUP, [WAITS_B, HOLDS_A], WAITS_B, Verdict(TAKE, A, waiting=(B,))),
    (Reply.EN_ROUTE, [HOLDS_B, HOLDS_A], HOLDS_A, Verdict(TAKE, A, held=(B,))),
    (Reply.EN_ROUTE, [WAITS_B, WAITS_A], WAITS_B, Verdict(WHICH, waiting=(B, A))),
    (Reply.RESOLVED, [WAITS_B, WAITS_A], WAITS_B, Verdict(TAKE, B, waiting=(A,))),  # and then refused
    (Reply.DECLINE, [WAITS_B, WAITS_A], WAITS_A, Verdict(TAKE, B, waiting=(A,))),
    (Reply.DECLINE, [WAITS_B, HOLDS_A], HOLDS_A, Verdict(TAKE, B, held=(A,))),
    (Reply.DECLINE, [HOLDS_A], HOLDS_A, Verdict(TAKE, A)),
    (Reply.DECLINE, [HOLDS_B, SPARED_A], SPARED_A, Verdict(TAKEN, A, held=(B,))),
]


@pytest.mark.parametrize(("reply", "duties", "told", "wanted"), CASES)
def test_an_answer_without_a_code_is_read_against_what_that_phone_was_last_told(
    reply: Reply, duties: list[AskedFor], told: AskedFor | None, wanted: Verdict
) -> None:
    assert about(reply, duties, told) == wanted


def test_the_table_says_something_for_every_standing() -> None:
    assert set(READ) == {(standing, led) for standing in Standing for led in (False, True)}


STANDINGS = st.builds(AskedFor, st.sampled_from(["UJ4", "TL9", "X9Y"]), st.sampled_from(Standing), st.booleans())
DUTIES = st.lists(STANDINGS, max_size=3, unique_by=lambda duty: duty.code)


@given(st.sampled_from(sorted(YES, key=str)), DUTIES, st.integers(0, 2), st.booleans())
def test_a_yes_is_never_taken_for_an_incident_that_this_phone_was_not_last_told_of(
    reply: Reply, duties: list[AskedFor], newest: int, closed: bool
) -> None:
    told = AskedFor("Z2Z", Standing.STOOD_DOWN, closed=True) if closed or newest >= len(duties) else duties[newest]
    verdict = about(reply, duties, told)
    held = [duty.code for duty in duties if duty.accepted]
    if verdict.about is About.TAKE:
        assert verdict.code == told.code or (reply in STATES and held == [verdict.code])


@given(st.sampled_from(Reply), DUTIES)
def test_the_only_question_is_answered_by_whatever_follows_it(reply: Reply, duties: list[AskedFor]) -> None:
    alone = [AskedFor("UJ4"), *(duty for duty in duties if duty.standing is Standing.STOOD_DOWN and duty.code != "UJ4")]
    assert about(reply, alone, alone[0]) == Verdict(About.TAKE, "UJ4")
