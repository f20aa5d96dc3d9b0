"""The lines: their last real requests, what waits, what failed, what was spent; and a text to try them with.

This page shows our own record only. A carrier's statement has its own page, so that nobody who checks the lines must
wait for a carrier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from babel.numbers import format_currency
from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from gateway import notices
from gateway.core import phone
from gateway.core.days import day_start, month_start
from gateway.core.line_abilities import Ability
from gateway.core.messages import Price
from gateway.core.sentences.phrases import sms
from gateway.identity import audit_log
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models import webhook as webhooks
from gateway.models import worker as workers
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from gateway.models.worker import LineHealth
from gateway.operations import line_warnings, spend
from gateway.unit_of_work import UnitOfWork
from gateway.web.console import access
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin.scope import say, sees_all
from gateway.web.console.words import language

page = Blueprint("admin_lines", __name__, url_prefix="/admin/lines")
TEST = "test"  # the purpose of a test text
WAITING = (outbounds.OWED, outbounds.CLAIMED, outbounds.SENDING)
TESTS_SHOWN = 10


@dataclass(frozen=True)
class Test:
    """A text that was sent to try the lines, with its last attempt."""

    owed: Outbound
    attempt: Attempt | None


@dataclass(frozen=True)
class Waiting:
    """Texts or calls that have not left. `since` is when the oldest of them was due; None if there is none."""

    count: int = 0
    since: datetime | None = None


@page.get("")
@allow(ADMIN)
def show() -> str:
    """Show every configured line in its order, the queue by kind, the spending, and the last test texts."""
    lines = access.house().settings.carriers
    with reading() as uow:
        health = _health(uow)
        return render_template(
            "admin_lines.html",
            lines=lines,
            health=health,
            good={name: _last_good(uow, name) for name in lines},
            bad={row.line for row in workers.failing(uow.db, lines, uow.now())},
            queue=_queue(uow),
            spent=_spent(uow, lines),
            asked=[name for name in lines if sees_all() and spend.can_tell(uow.lines.named(name))],
            tests=_tests(uow),
            webhooks=webhooks.active(uow.db) if sees_all() else (),
            owed=webhooks.waiting(uow.db),
            matrix=line_warnings.matrix(uow),
            abilities=list(Ability),
            no_ring=line_warnings.cannot_ring(uow, line_warnings.rostered(uow)),
            last_ring=line_warnings.last_ring(uow),
            now=uow.now(),
        )


def _health(uow: UnitOfWork) -> Mapping[str, LineHealth]:
    """Return what went wrong last on each line, with texts or calls."""
    rows = uow.db.scalars(select(LineHealth).order_by(LineHealth.bad_at.nulls_first()))
    return {row.line: row for row in rows}


def _last_good(uow: UnitOfWork, line: str) -> datetime | None:
    """Return when the carrier last took something; LineHealth only knows when a line changed from bad to good."""
    query = select(Attempt.finished_at).where(Attempt.line == line, Attempt.state.in_(attempts.HAS_LEFT))
    return uow.db.scalar(query.order_by(Attempt.id.desc()).limit(1))


def _queue(uow: UnitOfWork) -> Mapping[str, Waiting]:
    counted = func.count(Outbound.id), func.min(Outbound.due_at)
    query = select(Outbound.kind, *counted).where(Outbound.state.in_(WAITING)).group_by(Outbound.kind)
    found = {kind: Waiting(count, due if due < uow.now() else None) for kind, count, due in uow.db.execute(query)}
    return {kind: found.get(kind, Waiting()) for kind in (outbounds.TEXT, outbounds.CALL)}


def _spent(uow: UnitOfWork, lines: Sequence[str]) -> Mapping[str, Mapping[str, spend.Spend]]:
    """Return the spending by line and period.

    A line that is no longer configured is shown if it has spent this month.
    """
    starts = {"today": day_start(uow.now(), me().timezone), "month": month_start(uow.now(), me().timezone)}
    sums = {period: spend.by_line(uow, since) for period, since in starts.items()}
    names = dict.fromkeys((*lines, *sums["month"]))
    return {name: {period: found.get(name, spend.Spend()) for period, found in sums.items()} for name in names}


def _tests(uow: UnitOfWork) -> Sequence[Test]:
    query = select(Outbound).where(Outbound.purpose == TEST).order_by(Outbound.id.desc()).limit(TESTS_SHOWN)
    owed = uow.db.scalars(query).all()
    tried = select(Attempt).where(Attempt.outbound_id.in_([row.id for row in owed])).order_by(Attempt.id)
    last = {row.outbound_id: row for row in uow.db.scalars(tried)}
    return [Test(row, last.get(row.id)) for row in owed]


@page.get("/<line>/statement")
@allow(ADMIN)
def show_statement(line: str) -> str:
    """Show the carrier's own statement for this month and the balance.

    It asks the carrier now, outside any transaction. The account covers the whole gateway, so a user who does not see
    all units gets 403; a line without a statement gives 404.
    """
    if not sees_all():
        abort(403)
    carrier = access.house().lines.named(line)
    if carrier is None or not spend.can_tell(carrier):
        abort(404)
    today = access.house().clock().astimezone(UTC).date()
    told = spend.statement(carrier, today.replace(day=1), today)
    return render_template("admin_statement.html", line=line, told=told, since=today.replace(day=1), until=today)


@page.app_template_filter("money")
def money(price: Price) -> str:
    """Return a price as the reader's language writes it ("KES 1.785,50").

    It has up to four decimals, because one text costs little.
    """
    amount = Decimal(price.micros) / 1_000_000
    return format_currency(amount, price.currency, "¤¤ #,##0.00##", locale=language(), currency_digits=False)


@page.post("/test")
@allow(ADMIN)
def send_test() -> ResponseReturnValue:
    """Send one text to a number in the usual way, over the first line for that number."""
    back = url_for("admin_lines.show")
    to = phone.e164(request.form.get("phone", ""), access.house().settings.default_region)
    if to is None or not phone.can_reply(to) or access.house().lines.is_own(to):
        return say("admin_lines.no_number", back)
    with writing() as uow:
        body = sms("console.admin_lines.test_text", language(), who=me().name)
        notices.owe_text(uow, to, body, purpose=TEST)
        audit_log.record(uow, me().name, "line.test", to)
    return say("admin_lines.on_its_way", back)
