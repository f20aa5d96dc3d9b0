"""Which texts speak to the line, and where texts then go."""

from __future__ import annotations

import pytest

from gateway.core.reachability import open_lines
from gateway.core.words.opt_out import OptOut, read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("STOP", OptOut.STOP),
        (" stop ", OptOut.STOP),
        ("Stop all", OptOut.STOP),
        ("berhenti", OptOut.STOP),
        ("START", OptOut.START),
        ("unstop", OptOut.START),
        ("STOP TOLONG", None),
        ("berhenti memukul saya", None),
        ("tolong stop dia", None),
        ("STOP!", None),
        ("CANCEL", None),
        ("YES", None),
        ("", None),
    ],
)
def test_only_a_text_of_nothing_else_speaks_to_the_line(text: str, told: OptOut | None) -> None:
    assert read(text) is told


@pytest.mark.parametrize(
    ("lines", "stopped", "going"),
    [
        (["twilio", "kannel"], set(), ["twilio", "kannel"]),
        (["twilio", "kannel"], {"twilio"}, ["kannel"]),
        (["twilio", "kannel"], {"smsgate"}, ["twilio", "kannel"]),
        (["twilio", "kannel"], {"twilio", "kannel"}, ["twilio", "kannel"]),
        (["twilio"], {"twilio"}, ["twilio"]),
        ([], {"twilio"}, []),
    ],
)
def test_texts_go_where_the_number_has_not_opted_out(lines: list[str], stopped: set[str], going: list[str]) -> None:
    assert open_lines(lines, stopped) == going
