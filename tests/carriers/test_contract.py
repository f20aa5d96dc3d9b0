"""What every line promises, whichever company is behind it. A new line adds a table under `cases/`, not a test."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.carriers.base import TextCarrier, UssdCarrier, VoiceCarrier
from gateway.core.messages import BadHook, CallEvent, CallOut, Hook, Outcome, Phase, Sent, TextOut
from tests.carriers.cases.case import CallRow, Case, ReportRow, SendRow
from tests.loopback import Loopback, Reply

NOWHERE = "http://127.0.0.1:9"  # the discard port: what only reads never goes there
TABLES = sorted(path.stem for path in Path(__file__).with_name("cases").glob("*.py") if path.stem != "case")
CASES = [import_module(f"tests.carriers.cases.{table}").CASE for table in TABLES]
OFFLINE = {case.name: case.line(NOWHERE) for case in CASES}
HASTY = (0.3, 0.3)

every_line = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
every_text_line = pytest.mark.parametrize("case", [case for case in CASES if case.text], ids=lambda case: case.name)
every_ringing_line = pytest.mark.parametrize("case", [case for case in CASES if case.calls], ids=lambda case: case.name)


def every_row(table: str) -> pytest.MarkDecorator:
    rows = [(case, row) for case in CASES for row in getattr(case, table)]
    ids = [f"{case.name}: {getattr(row, 'says', at)}" for at, (case, row) in enumerate(rows)]
    return pytest.mark.parametrize(("case", "row"), rows, ids=ids)


def without(case: Case, *parts: str) -> dict[str, str]:
    gone = {name for part in parts for name in case.reads[part].split()}
    return {name: value for name, value in case.text.items() if name not in gone}


@every_line
def test_it_is_the_line_that_its_table_says(case: Case) -> None:
    line = OFFLINE[case.name]
    assert isinstance(line, TextCarrier) is bool(case.text) is bool(case.texts_out)
    assert isinstance(line, VoiceCarrier) is bool(case.calls_out)
    assert line.name == case.name
    assert line.own_numbers
    assert getattr(line, "batch", 1) >= 1


@every_ringing_line
def test_it_has_words_for_a_call_only_where_it_speaks(case: Case) -> None:
    """A line that rings and says nothing leaves out the scripts, and nothing else."""
    line = OFFLINE[case.name]
    if isinstance(line, VoiceCarrier):
        assert bool(case.scripts) is bool(line.languages) is line.speaks
        assert line.speaks or not line.plays_sounds


@every_line
def test_a_second_account_is_a_line_of_its_own(case: Case, double: Loopback) -> None:
    name = f"{case.name}-2"
    line = case.line(double.url, name=name)
    assert line.name == name
    if case.text:
        text, receipt = case.hook("sms", case.text, {}), case.hook(case.report_path, case.reports[0].fields, {})
        assert {line.read_text(text).line, line.read_receipt(receipt).line} == {name}
        line.send_texts([TextOut(7, "+254711000222", "TOLONG")])
    heard = [line.read_call(case.hook(row.path, row.fields, row.query)) for row in case.calls]
    said = [line.answer_call(script, event).body for script, _ in case.scripts for event in heard[:1]]
    if case.calls_out:
        line.place_call(CallOut(7, "+254711000222", 25))
    told = [value for asked in double.asked for values in asked.form.values() for value in values]
    assert {event.line for event in heard} <= {name}
    assert double.asked
    assert [words for words in (*said, *told) if f"/hooks/{case.name}/" in words] == []


# --- in ---


@every_line
def test_it_believes_a_hook_that_proves_itself_and_no_other(case: Case) -> None:
    hook = case.hooked
    assert OFFLINE[case.name].authentic(hook)
    assert not [forged for forged in case.forged(hook) if OFFLINE[case.name].authentic(forged)]


@every_text_line
def test_it_reads_a_text(case: Case) -> None:
    text = OFFLINE[case.name].read_text(case.hook("sms", case.text, {}))
    assert (text.line, text.ref, text.sender, text.body) == (case.name, case.ref, case.sender, case.words)
    assert text.recipient
    assert not [value for value in case.text.values() if json.dumps(value) not in text.raw]


@every_text_line
def test_it_keeps_fields_that_it_does_not_know(case: Case) -> None:
    hook = case.hook("sms", {**case.text, "Tomorrow": "1"}, {})
    assert OFFLINE[case.name].authentic(hook)
    assert '"Tomorrow":"1"' in OFFLINE[case.name].read_text(hook).raw


@every_text_line
@pytest.mark.parametrize("parts", [("sender",), ("body", "id"), ("sender", "body", "id")], ids=" and ".join)
def test_it_refuses_a_text_that_nobody_could_act_on(case: Case, parts: tuple[str, ...]) -> None:
    with pytest.raises(BadHook):
        OFFLINE[case.name].read_text(case.hook("sms", without(case, *parts), {}))


@every_text_line
def test_it_reads_an_empty_text_by_its_id(case: Case) -> None:
    text = OFFLINE[case.name].read_text(case.hook("sms", without(case, "body"), {}))
    assert (text.ref, text.body) == (case.ref, "")


@every_text_line
def test_it_gives_a_text_without_id_the_same_ref_for_a_repeat_only(case: Case) -> None:
    line = case.line(NOWHERE)
    line._now = lambda: 1_000_000.0
    hook = case.hook("sms", without(case, "id"), {})
    first, repeat = line.read_text(hook), line.read_text(hook)
    other = line.read_text(case.hook("sms", {**without(case, "id"), case.reads["body"]: "TOLONG"}, {}))
    line._now = lambda: 1_090_000.0
    tomorrow = line.read_text(hook)
    assert first.ref == repeat.ref
    assert len({first.ref, other.ref, tomorrow.ref}) == 3


@every_text_line
def test_it_keeps_words_and_drops_what_no_database_takes(case: Case) -> None:
    text = OFFLINE[case.name].read_text(case.hook("sms", {**case.text, case.reads["body"]: "TO\x00LONG é 🔥"}, {}))
    assert text.body == "TOLONG é 🔥"


OWN_NUMBERS = {
    "africastalking": "voice_number",
    "asterisk": "number",
    "callgate": "number",
    "kannel": "sender",
    "smsgate": "number",
}
REGIONS = [(case, number, region) for case in CASES if case.name in OWN_NUMBERS
           for number, region in (("+254711000111", "KE"), ("+628110001100", "ID"), ("+999", None))]  # fmt: skip


@pytest.mark.parametrize(("case", "number", "region"), REGIONS)
def test_a_local_number_is_one_of_the_country_that_the_line_is_in(case: Case, number: str, region: str | None) -> None:
    line = case.line(NOWHERE, **{OWN_NUMBERS[case.name]: number})
    if case.text:
        assert line.read_text(case.hook("sms", case.text, {})).region == region
    for row in case.calls[:1]:
        assert line.read_call(case.hook(row.path, row.fields, row.query)).region == region
    if isinstance(line, UssdCarrier):
        step = {"sessionId": "s", "phoneNumber": "0711222333", "text": "1"}
        assert line.read_hop(case.hook("ussd", step, {})).region == region


@every_row("reports")
def test_it_reads_reports(case: Case, row: ReportRow) -> None:
    report = OFFLINE[case.name].read_receipt(case.hook(case.report_path, row.fields, row.query))
    assert (report.delivery, report.permanent, report.attempt) == (row.delivery, row.permanent, row.attempt)
    assert (report.absent, report.opted_out) == (row.absent, row.opted_out)
    assert report.ref == ((case.report_ref or case.ref) if row.fields else "")


@every_row("calls")
def test_it_reads_calls(case: Case, row: CallRow) -> None:
    event = OFFLINE[case.name].read_call(case.hook(row.path, row.fields, row.query))
    assert (event.phase, event.ending, event.incoming) == (row.phase, row.ending, row.incoming)
    assert (event.digits, event.seconds, event.attempt) == (row.digits, row.seconds, row.attempt)
    assert event.price == row.price
    assert event.phone
    assert event.phone not in OFFLINE[case.name].own_numbers
    assert event.ref in row.fields.values()


@every_ringing_line
def test_it_refuses_an_incoming_call_of_nobody(case: Case) -> None:
    with pytest.raises(BadHook):
        OFFLINE[case.name].read_call(case.hook("voice", {"sessionId": "s", "CallSid": "s"}, {}))


@every_row("scripts")
def test_it_renders_what_a_call_says(case: Case, row: tuple[tuple[object, ...], list[str]]) -> None:
    script, expected = row
    event = CallEvent(case.name, "ref", incoming=False, phone="+6281", phase=Phase.ANSWERED, attempt=7)
    body = OFFLINE[case.name].answer_call(script, event).body
    places = [body.find(words) for words in expected]
    assert -1 not in places, body
    assert all(before < after for before, after in pairwise(places))
    body.encode("utf-8")


@every_text_line
def test_it_needs_no_answer_to_a_text(case: Case) -> None:
    answer = OFFLINE[case.name].answer_text()
    assert answer.status == 200
    assert "Message>" not in answer.body


NAMES = sorted(
    {name for case in CASES for fields in (case.text, *(row.fields for row in case.calls)) for name in fields}
    | {
        "attempt",
        "clientRequestId",
        "asked",
        "Digits",
        "dtmfDigits",
        "Latitude",
        "Longitude",
        "status",
        "text",
        "input",
    }
    | {"sessionId", "phoneNumber", "serviceCode", "MessageStatus", "ErrorCode", "SipResponseCode", "failureReason"}
)
VALUES = st.one_of(
    st.text(st.characters(), max_size=30), st.sampled_from(["", "None", "0", "1", "9" * 5000, "9" * 10, "١", "nan"])
)
FIELDS = st.dictionaries(
    st.one_of(st.sampled_from(NAMES), st.text(max_size=8)), st.lists(VALUES, max_size=2).map(tuple), max_size=8
)
MEMBERS = st.dictionaries(
    st.sampled_from([*NAMES, "payload", "event", "data"]), st.one_of(VALUES, st.none(), st.floats())
)
BODIES = st.one_of(
    st.binary(max_size=20),
    st.just(b"[" * 100_000),
    st.builds(lambda fields, payload: json.dumps({**fields, "payload": payload}).encode(), MEMBERS, MEMBERS),
)
PATHS = st.sampled_from(["sms", "sms/status", "delivery", "voice", "voice/keys", "voice/status", "ussd", "ussd/end"])
HOOKS = st.builds(
    Hook,
    method=st.just("POST"),
    url=st.text(max_size=40),
    path=PATHS,
    token=st.text(st.characters(), max_size=10),
    headers=st.dictionaries(st.just("x-twilio-signature"), st.text(st.characters(), max_size=30)),
    query=FIELDS,
    form=FIELDS,
    body=BODIES,
)
READERS = ["read_text", "read_receipt", "read_call", "read_hop"]


@every_line
@settings(deadline=None)  # a busy machine is no fault of the reader
@given(hook=HOOKS)
def test_it_raises_nothing_but_bad_hook_whatever_comes(case: Case, hook: Hook) -> None:
    line = OFFLINE[case.name]
    assert not line.authentic(hook)
    for reader in (getattr(line, name) for name in READERS if hasattr(line, name)):
        try:
            read = reader(hook)
        except BadHook:
            continue
        kept = [value for value in vars(read).values() if isinstance(value, str)]
        assert not [value for value in kept if "\x00" in value]
        assert "\n".join(kept).encode("utf-8")
        assert len(getattr(read, "ref", "")) <= 120
        assert len(getattr(read, "phone", "")) <= 64
        assert all(number < 2**31 for number in vars(read).values() if isinstance(number, int))


# --- out ---


def set_up(double: Loopback, row: SendRow, kind: str) -> None:
    double.trouble.kind = row.trouble
    double.trouble.seconds = 1.5
    if row.handset:
        setattr(double.handset(row.to), kind, row.handset)  # type: ignore[attr-defined]  # each double has handsets


def taken(double: Loopback) -> dict[str, str]:
    """What the company took, by number: its own id."""
    texts = double.texts  # type: ignore[attr-defined]  # each double keeps its texts
    return {text.to: getattr(text, "sid", "") or text.id for text in texts}


def hand_over(case: Case, line: Any, to: str = "+254711000222", words: str = "TOLONG") -> Sent:
    """Hand over a text, or a call where the line has no texts."""
    sent: Sent = line.send_texts([TextOut(7, to, words)])[0] if case.text else line.place_call(CallOut(7, to))
    return sent


def assert_nothing_private(case: Case, code: str, to: str) -> None:
    assert len(code) <= 40
    assert to.strip("+") not in code
    assert not [secret for secret in ("made-up", "AC1111") if secret in code]


@every_row("texts_out")
def test_it_says_what_became_of_a_text(case: Case, row: SendRow, double: Loopback) -> None:
    set_up(double, row, "texts")
    began = time.monotonic()
    (sent,) = case.line(double.url, HASTY).send_texts([TextOut(7, row.to, "TOLONG", valid_seconds=600)])
    assert sent.outcome is row.outcome
    assert (sent.about_number, sent.opted_out) == (row.about_number, row.opted_out)
    assert bool(sent.ref) == (row.outcome is Outcome.ACCEPTED)
    assert bool(sent.code) == (row.outcome is not Outcome.ACCEPTED)
    assert_nothing_private(case, sent.code, row.to)
    assert time.monotonic() - began < 1.2


@every_row("calls_out")
def test_it_says_what_became_of_a_call(case: Case, row: SendRow, double: Loopback) -> None:
    set_up(double, row, "calls")
    began = time.monotonic()
    sent = case.line(double.url, HASTY).place_call(CallOut(7, row.to))
    assert sent.outcome is row.outcome
    assert (sent.about_number, sent.opted_out) == (row.about_number, row.opted_out)
    assert bool(sent.ref) == (row.outcome is Outcome.ACCEPTED)
    assert_nothing_private(case, sent.code, row.to)
    assert time.monotonic() - began < 1.2


@every_line
def test_it_refuses_when_nobody_is_there(case: Case) -> None:
    with case.double() as gone:
        line = case.line(gone.url, HASTY)
    sent = hand_over(case, line)
    assert (sent.outcome, sent.code) == (Outcome.REFUSED, "unreachable")
    if case.calls_out:
        assert line.place_call(CallOut(7, "+254711000222")).outcome is Outcome.REFUSED
        assert line.cancel_call("CA123") is False


@every_line
def test_it_refuses_with_wrong_credentials(case: Case, double: Loopback) -> None:
    sent = hand_over(case, case.line(double.url, (2.0, 2.0), **case.wrong))
    assert (sent.outcome, sent.code) == (Outcome.REFUSED, case.wrong_code)


@every_text_line
@pytest.mark.parametrize("status", [301, 302, 307])
def test_it_follows_nobody_who_sends_it_elsewhere(case: Case, status: int) -> None:
    with case.double() as company, case.double() as elsewhere:
        company.respond = lambda asked: Reply(status, location=elsewhere.url + asked.path)  # type: ignore[method-assign]
        sent = hand_over(case, case.line(company.url, (2.0, 2.0)))
        assert (sent.outcome, sent.code) == (Outcome.REFUSED, str(status))
        assert not elsewhere.asked


@every_text_line
def test_one_bad_number_leaves_the_others_alone(case: Case, double: Loopback) -> None:
    line = case.line(double.url, (2.0, 2.0))
    numbers = ["+254711000001", "not a number", "+254711000002"]
    sent = line.send_texts([TextOut(at, number, "TOLONG") for at, number in enumerate(numbers)])
    assert [one.outcome for one in sent] == [Outcome.ACCEPTED, Outcome.PERMANENT, Outcome.ACCEPTED]
    refs = taken(double)
    assert [sent[0].ref, sent[2].ref] == [refs[numbers[0]], refs[numbers[2]]]


@every_text_line
def test_many_threads_each_get_their_own_answer(case: Case, double: Loopback) -> None:
    line = case.line(double.url, (5.0, 5.0))
    numbers = [f"+2547110{at:05d}" for at in range(120)]
    with ThreadPoolExecutor(16) as pool:
        sent = list(pool.map(lambda number: line.send_texts([TextOut(1, number, "TOLONG")])[0].ref, numbers))
    refs = taken(double)
    assert sent == [refs[number] for number in numbers]


@every_line
def test_it_logs_no_number_and_no_secret(case: Case, double: Loopback, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    line = case.line(double.url, (2.0, 2.0))
    hand_over(case, line, words="TOLONG rahasia")
    if case.calls_out:
        line.place_call(CallOut(7, "+254711000222"))
    assert not [word for word in ("254711000222", "rahasia", "made-up", "AC1111") if word in caplog.text]


def ussd_lines() -> Iterable[UssdCarrier]:
    return [line for line in OFFLINE.values() if isinstance(line, UssdCarrier)]


@pytest.mark.parametrize("line", ussd_lines(), ids=lambda line: line.name)
def test_it_refuses_a_menu_step_of_nobody(line: UssdCarrier) -> None:
    with pytest.raises(BadHook):
        line.read_hop(replace(Hook("POST", "", "ussd"), form={"sessionId": ("s",)}))
