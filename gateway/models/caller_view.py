"""A caller view keeps what the phone of an incident's caller has been told, and what it believes.

The incident holds the truth; this row holds what its phone believes. The two part when a PIN is given: from
`dismissed_at` on the phone believes that the incident is over, although it may still be open (after a duress PIN, or a
right PIN while somebody already goes), and a panic that it sends afterwards is answered as a new one with a code of its
own.

Only the functions below change a view. They keep the columns of the same meaning in `incidents` in step, because a
process of the last release still reads those while an update runs; a later release may drop them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from gateway.core.reachability import Question, is_asking, question
from gateway.models.base import Base

if TYPE_CHECKING:
    from gateway.models.incident import Incident


class CallerView(Base):
    """One incident as its phone sees it."""

    __tablename__ = "caller_views"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), unique=True)
    dismissed_at: Mapped[datetime | None]  # a PIN was given then: the phone believes that the incident is over
    after_pin: Mapped[bool] = mapped_column(default=False)  # a PIN was given in the hours before: see Why.AFTER_PIN
    # The code that the phone was told for a panic that it has sent since.
    code: Mapped[str | None] = mapped_column(String(4))
    quiet: Mapped[bool] = mapped_column(default=False)  # the phone believes that this panic is quiet
    left: Mapped[bool] = mapped_column(default=False)  # the phone believes that it has left the register
    place_asked_at: Mapped[datetime | None]  # when the person was asked for a street or a landmark
    told: Mapped[str] = mapped_column(String(20), default="")  # the key of the last honest "nobody yet"
    answered_again_at: Mapped[datetime | None]  # when a phone that calls again last heard where its incident stands
    asked_quiet_until: Mapped[datetime | None]  # the menu asked whether it must be quiet; the session counts until then
    quiet_answered: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime | None]  # when the phone last wrote something after the first answer

    def question(self, now: datetime) -> Question:
        """Return the state of the menu's question whether the phone must be quiet."""
        return question(self.asked_quiet_until, self.quiet_answered, now)

    def is_asking(self, now: datetime) -> bool:
        """Return whether the phone waits for what we say."""
        return is_asking(self.asked_at, now)

    @property
    def dismissed(self) -> bool:
        return self.dismissed_at is not None


def of_columns(incident: Incident) -> CallerView:
    """Return the view of an incident that a process of the last release has opened, read from the old columns."""
    return CallerView(
        dismissed_at=incident.dismissed_at,
        code=incident.shown_code,
        quiet=bool(incident.shown_quiet),
        left=bool(incident.shown_left),
        place_asked_at=incident.place_asked_at,
        told=incident.citizen_told or "",
        answered_again_at=incident.again_told_at,
        asked_quiet_until=incident.hushed_until,
        quiet_answered=False,
        after_pin=incident.caller_view is not None and incident.caller_view.after_pin,  # no old column tells it
    )


# --- the moves --------------------------------------------------------------------------------------------------


def open_view(
    incident: Incident,
    *,
    dismissed_at: datetime | None = None,
    asked_until: datetime | None = None,
    after_pin: bool = False,
) -> None:
    """Write the first view of a new incident. `dismissed_at` is set if a duress PIN opens it, hidden from its phone.
    `asked_until` is set if the menu opens it and goes on to ask whether the phone must be quiet. `after_pin`: a PIN
    came from the phone in the hours before."""
    set_committed_value(incident, "caller_view", None)  # a new incident has none: it is not looked up
    incident.caller_view = CallerView(
        dismissed_at=dismissed_at,
        after_pin=after_pin,
        quiet=False,
        left=False,
        told="",
        asked_quiet_until=asked_until,
        quiet_answered=False,
    )
    _keep_old_columns(incident)


def dismiss(incident: Incident, at: datetime) -> None:
    """Make the phone believe, after a PIN, that the incident is over, and so is every panic that it has sent since an
    earlier PIN."""
    view = _own(incident)
    view.dismissed_at = view.dismissed_at or at
    view.code, view.quiet = None, False
    # After the right PIN there may be no incident left with a question, so after the duress PIN there is none either:
    # or what that phone sends next would be answered later than after the right one.
    view.asked_quiet_until, view.quiet_answered = None, True
    _keep_old_columns(incident)


def believe_open(incident: Incident, code: str | None, quiet: bool) -> None:
    """Make a dismissed phone believe that something is open again, under this code (None: nothing), and quiet or
    not."""
    view = _own(incident)
    view.code, view.quiet = code, quiet
    _keep_old_columns(incident)


def believe_quiet(incident: Incident) -> None:
    """Make a dismissed phone believe that the panic which it believes is open is quiet, as it has asked."""
    view = _own(incident)
    view.quiet = view.code is not None
    _keep_old_columns(incident)


def believe_left(incident: Incident) -> None:
    """Make the phone believe that it has left the register."""
    view = _own(incident)
    view.left = True
    _keep_old_columns(incident)


APPLIED = "applied"  # what a phone was told last that believes it has left, and has applied again


def believe_applied(incident: Incident) -> None:
    """Make a phone that believes it has left the register believe that its new application waits for a desk."""
    tell(incident, APPLIED)


def ask_place(incident: Incident, at: datetime) -> None:
    """Write when the person was asked for a street or a landmark."""
    _own(incident).place_asked_at = at
    _keep_old_columns(incident)


def tell(incident: Incident, key: str) -> None:
    """Write that the phone was told honestly that nobody has come yet (`key` of that sentence); "" makes it news
    again."""
    _own(incident).told = key
    _keep_old_columns(incident)


def answer_again(incident: Incident, at: datetime | None) -> None:
    """Write when a phone that calls again was told where its incident stands; None: its next call is answered at
    once."""
    _own(incident).answered_again_at = at
    _keep_old_columns(incident)


def ask(incident: Incident, at: datetime) -> None:
    """Write that the phone has sent something after the first answer, and waits for what we say."""
    _own(incident).asked_at = at


def ask_quiet(incident: Incident, until: datetime) -> None:
    """Write that the menu asks whether the phone must be quiet; if the end of the session is not reported, it counts
    until `until`."""
    view = _own(incident)
    view.asked_quiet_until, view.quiet_answered = until, False
    _keep_old_columns(incident)


def answer_quiet(incident: Incident) -> None:
    """Write that the question whether the phone must be quiet is answered, or was not needed."""
    view = _own(incident)
    view.asked_quiet_until, view.quiet_answered = None, True
    _keep_old_columns(incident)


def end_session(incident: Incident, at: datetime) -> None:
    """Write that the USSD session is over; a question that was not answered by then stays unanswered."""
    view = _own(incident)
    if view.asked_quiet_until is not None:
        view.asked_quiet_until = min(view.asked_quiet_until, at)
    _keep_old_columns(incident)


def current(incident: Incident) -> CallerView:
    """Return the view as it is now. Where the row and the old columns disagree, a process of the last release has
    written the columns meanwhile, and they are right."""
    view = incident.caller_view
    return view if view is not None and _columns(incident) == _values(view) else of_columns(incident)


def _own(incident: Incident) -> CallerView:
    """Return the row to change, brought up to date first."""
    view, now = incident.caller_view, current(incident)
    if view is None:
        incident.caller_view = now
    elif now is not view:
        for name in (*_NAMES.values(), "quiet_answered"):
            setattr(view, name, getattr(now, name))
    return incident.caller_view or now


_NAMES = {  # the old column of `incidents`: the column here
    "dismissed_at": "dismissed_at",
    "shown_code": "code",
    "shown_quiet": "quiet",
    "shown_left": "left",
    "place_asked_at": "place_asked_at",
    "citizen_told": "told",
    "again_told_at": "answered_again_at",
    "hushed_until": "asked_quiet_until",
}


def _columns(incident: Incident) -> list[object]:
    return [getattr(incident, old) or None for old in _NAMES]


def _values(view: CallerView) -> list[object]:
    return [getattr(view, name) or None for name in _NAMES.values()]


def _keep_old_columns(incident: Incident) -> None:
    view = incident.caller_view
    for old, name in _NAMES.items():
        setattr(incident, old, getattr(view, name))
