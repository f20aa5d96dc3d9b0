"""Keep that a phone wants no more texts on a line, or wants them again (`gateway.models.opt_out`)."""

from __future__ import annotations

from gateway.core.messages import OptedOut, TextIn
from gateway.core.phone import key
from gateway.core.words import opt_out
from gateway.core.words.opt_out import OptOut
from gateway.models import opt_out as rows
from gateway.unit_of_work import UnitOfWork


def note(uow: UnitOfWork, text: TextIn, phone: str) -> None:
    """Keep what a text says to its line, whatever else it says: as the carrier has read it, else as we read it."""
    told = text.opt_out or opt_out.read(text.body)
    if told is OptOut.STOP:
        rows.stop(uow.db, phone, text.line, uow.now(), "text")
    elif told is OptOut.START:
        rows.start(uow.db, phone, text.line)


def note_carriers(uow: UnitOfWork, told: OptedOut) -> None:
    """Keep that a phone wants no more texts on a line, as its carrier tells."""
    rows.stop(uow.db, key(told.phone, told.region or uow.settings.default_region), told.line, uow.now(), "carrier")
