"""An operator's own words: kept in a table, changed under a name, and spoken by every process within seconds.

The gettext catalogues stay what is said where nobody wrote otherwise. A wording that a later version of ours would
refuse is left in the table and not spoken: `siaga check` names it.
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


class BadWording(ValueError):  # noqa: N818 - what was typed
    """A text that may not stand over the catalogue's."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.kind for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Sentence:
    """A sentence as the catalogue says it and, where there is one, in the operator's words."""

    key: str
    language: str
    original: str
    own: str | None = None
    by: str = ""
    at: datetime | None = None

    @property
    def problems(self) -> list[Problem]:
        """Why its own words are not spoken; empty: they are, or there are none."""
        return check(self.key, self.language, self.own) if self.own is not None else []


# --- read ---------------------------------------------------------------------------------------------------------


def everything(uow: UnitOfWork, language: str, prefix: str = "", words: str = "") -> list[Sentence]:
    """What may be changed, of one group ("citizen"; empty: of all), holding these words in its key or either text."""
    own = {row.key: row for row in uow.db.scalars(select(Wording).where(Wording.language == language))}
    of_group = [key for key in editable() if not prefix or key.startswith(f"{prefix}.")]
    found = [_sentence(key, language, own.get(key)) for key in of_group]
    return [one for one in found if words.casefold() in f"{one.key}\n{one.original}\n{one.own or ''}".casefold()]


def one(uow: UnitOfWork, key: str, language: str) -> Sentence:
    """One sentence. Raises KeyError for an unknown key."""
    return _sentence(key, language, _row(uow, key, language))


def unspoken(uow: UnitOfWork) -> list[str]:
    """Each wording that is not spoken, as a sentence for `siaga check`: its key is gone, or a rule refuses it."""
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
    """From now on this is said, in `plain` letters; the catalogue's own words are kept as no wording at all. Tells
    whether that changes anything. Raises BadWording."""
    if problems := check(key, language, text):
        raise BadWording(problems)
    kept = plain(key, text)
    if kept == phrases.original(key, language):
        return forget(uow, key, language, by)
    before = one(uow, key, language)
    if before.own == kept:
        return False
    _audit(uow, by, "wording.change", before, kept)
    row = _row(uow, key, language)  # anew: the audit trail has let one change in after the other
    if row is None:
        uow.db.add(Wording(key=key, language=language, text=kept, changed_by=by[:120]))
    else:
        row.text, row.changed_by = kept, by[:120]
    uow.db.flush()
    return True


def forget(uow: UnitOfWork, key: str, language: str, by: str) -> bool:
    """Back to the catalogue's words; tells whether there were others. Raises KeyError for an unknown key."""
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
    """What this process says, as it last read it out of the table. Safe for many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = clock()
        self._version: Version | None = None
        self._lock = threading.Lock()

    def keep_up(self, db: Session) -> None:
        """Look at the table if that is due: one small query. Whatever is wrong with it, the caller's transaction goes
        on and what was known is said; only a database that is away is told, as the caller's own statement would."""
        if self._clock() < self._due:
            return
        self._due = self._clock() + EACH
        try:
            with db.begin_nested():
                self.refresh(db)
        except Exception as error:  # a table that was edited by hand may hold anything, and no panic waits for it
            if is_gone(error):
                raise
            log.exception("the wordings cannot be read")

    def look_again(self) -> None:
        """The table was changed: the next unit of work reads it, however short ago it was read."""
        self._due = self._clock()

    def refresh(self, db: Session) -> None:
        """Say what stands in the table now; it is read only if it has changed."""
        with self._lock:
            fresh = version(db, Wording.id, Wording.changed_at)
            if fresh != self._version:
                phrases.reword(_sound(db.scalars(select(Wording))))
                self._version = fresh


def _sound(rows: Iterable[Wording]) -> dict[tuple[str, str], str]:
    """Of a row that was written by hand, too, only what `check` has looked at."""
    sound = (row for row in rows if not check(row.key, row.language, row.text))
    return {(row.key, row.language): plain(row.key, row.text) for row in sound}
