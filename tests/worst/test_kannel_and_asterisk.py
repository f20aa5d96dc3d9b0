"""The Indonesian case, whole and real: texts over Kannel, calls over Asterisk, and the processes of the Procfile.

Both come from the system's packages; without them nothing here can run, and pytest says so.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest
import requests
from worst.asterisk_box import NUMBER, AsteriskBox
from worst.asterisk_box import PROGRAM as ASTERISK
from worst.conftest import Towns
from worst.kannel_boxes import PASSWORD, PROGRAMS, SHORT_CODE, TOKEN, Boxes, HttpOperator, Link
from worst.processes import eventually
from worst.sip_phones import SILENT, SIPP, Operator, rfc_2833
from worst.town import BUDI, Town, officer

from gateway.models import incident_states

pytestmark = pytest.mark.skipif(
    None in (ASTERISK, SIPP, *PROGRAMS),
    reason="needs a real Kannel, Asterisk and SIPp (Debian: apt install kannel sip-tester; .ci/asterisk)",
)


def reasons(town: Town) -> dict[str, str]:
    found: dict[str, str] = requests.get(f"{town.address}/readyz", timeout=5).json()["reasons"]
    return found


def test_from_the_text_to_two_people_talking(towns: Towns, postgresql_url: str, redis_url: str, tmp_path: Path) -> None:
    town = towns.found(postgresql_url, redis_url).build(officers=1)
    phones = {officer(0): rfc_2833("2", after=1.5), BUDI: SILENT}
    with (
        HttpOperator() as http,
        Boxes(tmp_path / "kannel", town.address, http) as boxes,
        boxes.link() as link,
        AsteriskBox(tmp_path / "asterisk") as exchange,
        Operator(tmp_path / "sipp", exchange.operator, exchange.sip, phones) as operator,
    ):
        town.settings |= {"CARRIERS": "kannel,asterisk", "KANNEL_SENDSMS_URL": boxes.send_url}
        town.settings |= {"KANNEL_SENDER": SHORT_CODE, "KANNEL_USERNAME": "siaga", "KANNEL_PASSWORD": PASSWORD}
        town.settings |= {"KANNEL_HOOK_TOKEN": TOKEN, **exchange.settings(town.address)}
        town.start_all()
        assert reasons(town)["switch asterisk"] == "no switch process has been heard for 5 s"
        town.start("switch", [sys.executable, "switch.py"])
        eventually(20, lambda: "switch asterisk" not in reasons(town), "the switch holds its Asterisk")

        began = time.time()
        link.text(BUDI, "TOLONG kebakaran")
        mail: defaultdict[str, list[str]] = defaultdict(list)
        alert = first_to(link, mail, officer(0))
        texted = time.time()
        rang = operator.wait("ring", officer(0), within=15)[0]
        pressed = operator.wait("key2", officer(0), within=15)[0]
        citizen = operator.wait("ring", BUDI, within=15)[0]
        talking = operator.wait("up", BUDI)[0]
        (incident,) = town.incidents()
        steps = {"alert text": texted, "phone rings": rang.at, "key 2": pressed.at}
        steps |= {"citizen's phone rings": citizen.at, "both talk": talking.at}
        for what, at in steps.items():
            print(f"+{at - began:7.3f} s  {what}")  # noqa: T201
    assert incident.code in alert
    assert (rang.saw, citizen.saw) == (NUMBER, NUMBER)
    assert incident.state == incident_states.ACCEPTED


def first_to(link: Link, mail: dict[str, list[str]], phone: str) -> str:
    """The first text that leaves for this phone; others' are kept in `mail`."""
    while not mail[phone]:
        to, _, words = link.got()
        mail[to].append(words)
    return mail[phone][0]
