"""Whatever a request looks like, no log shows the token, the words or the number in it (checked after every test)."""

from __future__ import annotations

import json
import socket

import requests
from worst.town import BUDI, Town

QUERY = "from=%2B6281390000001&text=TOLONG"
ODD = {
    "blanks in the query": f"GET /hooks/africastalking/{{token}}/sms?{QUERY} ada maling HTTP/1.1",
    "no version": f"GET /hooks/africastalking/{{token}}/sms?{QUERY}",
    "an unknown version": f"GET /hooks/africastalking/{{token}}/sms?{QUERY} HTTP/9.9",
    "a line without end": f"GET /hooks/africastalking/{{token}}/sms?{QUERY}&{'x' * 9000} HTTP/1.1",
    "a bad header": f"GET /hooks/africastalking/{{token}}/sms?{QUERY} HTTP/1.1\r\nHost: x\r\nbad header TOLONG {BUDI}",
    "a bad length": f"POST /hooks/africastalking/{{token}}/sms?{QUERY} HTTP/1.1\r\nHost: x\r\nContent-Length: TOLONG",
}


def test_a_malformed_request_tells_the_log_nothing(town: Town) -> None:
    town.start_web()
    for head in ODD.values():
        with socket.create_connection(("127.0.0.1", town.port), timeout=5) as line:
            line.sendall((head.format(token=town.africastalking.hook_token) + "\r\n\r\n").encode())
            assert b"500" not in line.recv(1000)[:20]


def test_a_hook_that_breaks_tells_the_log_neither_words_nor_numbers(town: Town) -> None:
    """Tables are missing, so that the database itself complains about statements with all that was said in them."""
    town.build().start_web()
    hook = f"{town.address}/hooks/africastalking/{town.africastalking.hook_token}/sms"
    told = {"id": "1", "from": BUDI, "to": "20110", "text": "TOLONG ada maling", "date": "2026-11-22 08:00:00"}
    for broken in ("incidents", "inbounds"):  # understanding fails; then keeping fails, too
        with town.engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {broken} RENAME TO gone_{broken}")
        town.text("TOLONG ada maling")
        assert requests.post(hook, data=told | {"id": broken}, timeout=10).status_code == 200
        assert broken in town.running[0].said


def test_a_body_that_is_no_form_tells_the_log_nothing_when_it_proves_nothing(town: Town) -> None:
    town.start_web()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (f'{{"message": "TOLONG", "sender": "{BUDI}"}}', f"TOLONG {BUDI}", "TOLONG"):
        hook = f"{town.address}/hooks/africastalking/wrong/sms"
        assert requests.post(hook, data=body, headers=form, timeout=10).status_code == 403
    assert "did not prove itself" in town.running[0].said


def test_a_hook_that_proves_nothing_tells_the_log_nothing_that_was_said(town: Town) -> None:
    """A body that is no form is read as one long name of a field."""
    town.start_web()
    body = json.dumps({"From": BUDI, "Body": "TOLONG ada maling"})
    for said in (body, f"From {BUDI} TOLONG ada maling", "TOLONG", f"{BUDI[1:]}=1&x{BUDI[5:]}=1"):
        as_form = {"Content-Type": "application/x-www-form-urlencoded"}
        asked = requests.post(f"{town.address}/hooks/twilio/sms", data=said, headers=as_form, timeout=10)
        assert asked.status_code == 403
    told = {"From": BUDI, "Body": "TOLONG", "NewField": "x"}
    assert requests.post(f"{town.address}/hooks/twilio/sms", data=told, timeout=10).status_code == 403
    assert '["Body", "From", "NewField"]' in town.running[0].said
