"""An operator's own wordings: stored in a table, changed under a user's name, used by every process within seconds.

Where there is no own wording, the gettext catalogues are used. A wording that a later version of ours refuses stays in
the table unused; `siaga check` names it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.core.sentences import phrases
from gateway.core.sentences.editable import editable, plain
from gateway.core.sentences.wordings import Problem, check
from gateway.identity import audit_log
from gateway.infrastructure.database import is_gone
from gateway.models.base import Version, version
from gateway.models.wording import Wording
from gateway.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

EACH = 3.0  # seconds between two looks at the table, in each process


class BadWording(ValueError):  # noqa: N818 - named for the typed text
    """A text that may not replace the catalogue's."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.kind for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Sentence:
    """A sentence as the catalogue words it and, if there is one, the operator's own wording."""

    key: str
    language: str
    original: str
    own: str | None = None
    by: str = ""
    at: datetime | None = None

    @property
    def problems(self) -> list[Problem]:
        """Return why the own wording is not used; empty if it is used or if there is none."""
        return check(self.key, self.language, self.own) if self.own is not None else []


# --- read ---------------------------------------------------------------------------------------------------------


def everything(uow: UnitOfWork, language: str, prefix: str = "", words: str = "") -> list[Sentence]:
    """Return the sentences that may be changed.

    `prefix` limits them to a group ("citizen"), `words` to those with these words in the key or in either text.
    """
    own = {row.key: row for row in uow.db.scalars(select(Wording).where(Wording.language == language))}
    of_group = [key for key in editable() if not prefix or key.startswith(f"{prefix}.")]
    found = [_sentence(key, language, own.get(key)) for key in of_group]
    return [one for one in found if words.casefold() in f"{one.key}\n{one.original}\n{one.own or ''}".casefold()]


def one(uow: UnitOfWork, key: str, language: str) -> Sentence:
    """Return one sentence. Raises KeyError for an unknown key."""
    return _sentence(key, language, _row(uow, key, language))


def unspoken(uow: UnitOfWork) -> list[str]:
    """Return a sentence for `siaga check` about each unused wording: its key is gone, or a rule refuses it."""
    rows = uow.db.scalars(select(Wording).order_by(Wording.key, Wording.language))
    refused = ((row, check(row.key, row.language, row.text)) for row in rows)
    return [f"{row.language}/{row.key} is not said: {BadWording(why)}" for row, why in refused if why]


def _sentence(key: str, language: str, row: Wording | None) -> Sentence:
    original = phrases.original(key, language)
    if row is None:
        return Sentence(key, language, original)
    return Sentence(key, language, original, row.text, row.changed_by, row.changed_at)


def _row(uow: UnitOfWork, key: str, language: str) -> Wording | None:
    query = select(Wording).where(Wording.key == key, Wording.language == language)
    return uow.db.scalar(query.execution_options(populate_existing=True))


# --- change -------------------------------------------------------------------------------------------------------


def change(uow: UnitOfWork, key: str, language: str, text: str, by: str) -> bool:
    """Use this wording from now on, in `plain` letters, and return whether that changes anything. Raises BadWording.

    A text equal to the catalogue's is stored as no wording.
    """
    if problems := check(key, language, text):
        raise BadWording(problems)
    kept = plain(key, text)
    if kept == phrases.original(key, language):
        return forget(uow, key, language, by)
    before = one(uow, key, language)
    if before.own == kept:
        return False
    _audit(uow, by, "wording.change", before, kept)
    row = _row(uow, key, language)  # read again: the lock of the audit trail lets changes in one after the other
    if row is None:
        uow.db.add(Wording(key=key, language=language, text=kept, changed_by=by[:120]))
    else:
        row.text, row.changed_by = kept, by[:120]
    uow.db.flush()
    return True


def forget(uow: UnitOfWork, key: str, language: str, by: str) -> bool:
    """Go back to the catalogue's words; return whether there was an own wording. Raises KeyError for an unknown key."""
    before = one(uow, key, language)
    if before.own is None:
        return False
    _audit(uow, by, "wording.forget", before, before.original)
    row = _row(uow, key, language)
    if row is not None:
        uow.db.delete(row)
        uow.db.flush()
    return True


def _audit(uow: UnitOfWork, by: str, what: str, before: Sentence, after: str) -> None:
    said = before.own if before.own is not None else before.original
    audit_log.record(uow, by, what, f"{before.language}/{before.key}", f"{said} -> {after}")


# --- speak --------------------------------------------------------------------------------------------------------


class Vocabulary:
    """The wordings that this process uses, as it last read them from the table. It is safe for many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = clock()
        self._version: Version | None = None
        self._lock = threading.Lock()

    def keep_up(self, db: Session) -> None:
        """Read the table again if that is due, with one small query.

        If the table cannot be read, the caller's transaction goes on and the known wordings stay in use. Only if the
        database is away this raises, as the caller's own statement would.
        """
        if self._clock() < self._due:
            return
        self._due = self._clock() + EACH
        try:
            with db.begin_nested():
                self.refresh(db)
        except Exception as error:  # a table edited by hand may hold anything, and no panic may fail because of it
            if is_gone(error):
                raise
            log.exception("the wordings cannot be read")

    def look_again(self) -> None:
        """Note that the table was changed: the next unit of work reads it, however recently it was read."""
        self._due = self._clock()

    def refresh(self, db: Session) -> None:
        """Use the wordings that are in the table now; read them only if they have changed."""
        with self._lock:
            fresh = version(db, (Wording.id, Wording.changed_at))
            if fresh != self._version:
                phrases.reword(_sound(db.scalars(select(Wording))))
                self._version = fresh


def _sound(rows: Iterable[Wording]) -> dict[tuple[str, str], str]:
    """Return the rows that pass `check`: somebody may have written a row by hand."""
    sound = (row for row in rows if not check(row.key, row.language, row.text))
    return {(row.key, row.language): plain(row.key, row.text) for row in sound}
