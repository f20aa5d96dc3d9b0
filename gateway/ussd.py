"""ROOM: everything that happens in a USSD session."""

from __future__ import annotations

from dataclasses import dataclass

from gateway import dispatch, inbox
from gateway.callers import identify
from gateway.core.messages import UssdHop
from gateway.core.phone import key
from gateway.desk import Desk


@dataclass(frozen=True)
class Screen:
    text: str
    more: bool


def hop(desk: Desk, step: UssdHop) -> Screen:
    phone = key(step.phone, step.region or desk.rules.default_region)
    caller = identify(desk, phone)
    ref = f"{step.session}:{step.typed}"
    row = inbox.keep(desk, line=step.line, kind="ussd", ref=ref, phone=phone, body=step.typed, raw=step.raw)
    if row is not None and caller.verified and step.typed == "1":
        with inbox.handling(desk, row):
            row.incident_id = dispatch.raise_alarm(desk, caller, "ussd").id
        return Screen("POLISI: panggilan DITERIMA.", False)
    return Screen("POLISI\n1 DARURAT", True)


def ended(desk: Desk, step: UssdHop) -> None:
    return


def spooled(step: UssdHop) -> str:
    return "Sistem terganggu, pesan disimpan. Darurat? Tel 110"
