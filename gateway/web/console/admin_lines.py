"""The lines: how the last real requests went, what waits, what failed; and a text to try them with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from gateway import audits, notices
from gateway.core import phone
from gateway.core.phrases import sms
from gateway.desk import Desk
from gateway.models import outbound as outbounds
from gateway.models.outbound import Attempt, Outbound
from gateway.models.worker import LineHealth
from gateway.web.console import access
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin_desk import say
from gateway.web.console.words import language

page = Blueprint("admin_lines", __name__, url_prefix="/admin/lines")
TEST = "test"  # the purpose of such a text
WAITING = (outbounds.OWED, outbounds.CLAIMED, outbounds.SENDING)
TESTS_SHOWN = 10


@dataclass(frozen=True)
class Test:
    """A text that was sent to try the lines: what is known of it, and of the last attempt at it."""

    owed: Outbound
    attempt: Attempt | None


@page.get("")
@allow(ADMIN)
def show() -> str:
    """Every configured line in its order, the queue by kind, and the last test messages."""
    with reading() as desk:
        health = {row.line: row for row in desk.db.scalars(select(LineHealth))}
        return render_template(
            "admin_lines.html",
            lines=access.house().settings.carriers,
            health=health,
            bad={name for name, row in health.items() if _is_bad(row)},
            queue=_queue(desk),
            tests=_tests(desk),
        )


def _is_bad(row: LineHealth) -> bool:
    return row.bad_at is not None and (row.good_at is None or row.bad_at > row.good_at)


def _queue(desk: Desk) -> Mapping[str, int]:
    query = select(Outbound.kind, func.count(Outbound.id)).where(Outbound.state.in_(WAITING)).group_by(Outbound.kind)
    counted = {kind: int(count) for kind, count in desk.db.execute(query)}
    return {kind: counted.get(kind, 0) for kind in (outbounds.TEXT, outbounds.CALL)}


def _tests(desk: Desk) -> Sequence[Test]:
    query = select(Outbound).where(Outbound.purpose == TEST).order_by(Outbound.id.desc()).limit(TESTS_SHOWN)
    owed = desk.db.scalars(query).all()
    tried = select(Attempt).where(Attempt.outbound_id.in_([row.id for row in owed])).order_by(Attempt.id)
    last = {row.outbound_id: row for row in desk.db.scalars(tried)}
    return [Test(row, last.get(row.id)) for row in owed]


@page.post("/test")
@allow(ADMIN)
def send_test() -> ResponseReturnValue:
    """One text to a number, the way every other text goes: over whichever line comes first for it."""
    back = url_for("admin_lines.show")
    to = phone.e164(request.form.get("phone", ""), access.house().settings.default_region)
    if to is None or not phone.can_reply(to) or access.house().lines.is_own(to):
        return say("admin_lines.no_number", back)
    with writing() as desk:
        body = sms("console.admin_lines.test_text", language(), who=me().name)
        notices.owe_text(desk, to, body, purpose=TEST)
        audits.record(desk, me().name, "line.test", to)
    return say("admin_lines.on_its_way", back)
