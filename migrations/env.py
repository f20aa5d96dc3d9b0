"""How Alembic runs our migrations (one transaction, one process at a time, both databases alike) and writes them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import (
    CreateForeignKeyOp,
    CreateTableOp,
    DropConstraintOp,
    MigrationScript,
    ModifyTableOps,
)
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory, write_hooks
from sqlalchemy import Connection, Engine, ForeignKeyConstraint, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from gateway.config import BadSetting, Settings, starting
from gateway.infrastructure.database import open_engine
from gateway.infrastructure.installation import MIGRATIONS
from gateway.infrastructure.readiness import WRONG_KEYS
from gateway.models import Base, Canary, canary, sealing
from gateway.models.base import Sealed, UtcDateTime

ONE_AT_A_TIME = 0x51A6A  # the key of PostgreSQL's advisory lock; SQLite's BEGIN IMMEDIATE is a lock itself
# A migration is history: it names the database's own types, which our classes may leave behind some day.
RENDERED: dict[type[TypeDecorator[Any]], str] = {UtcDateTime: "sa.DateTime(timezone=True)", Sealed: "sa.Text()"}


# --- running -----------------------------------------------------------------------------------------------------


def run() -> None:
    with starting():
        settings = None if context.config.attributes.get("url") else Settings.load()
        engine = open_engine(settings.database_url if settings else context.config.attributes["url"])
    if settings:
        with reached(engine) as connection:
            try_keys(connection, settings)
    with reached(engine) as connection:
        if connection.dialect.name == "sqlite":
            # a copied table would be missed by those that point to it; this can only be said outside a transaction
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        migrate(connection)
    engine.dispose()


def reached(engine: Engine) -> Connection:
    """Alembic's own command ends with a sentence where nobody answers: no migration is at fault. Whoever brings a
    database along hears it as it is."""
    try:
        return engine.connect()
    except DBAPIError as error:
        if context.config.attributes.get("url"):
            raise
        why = " ".join(str(error.orig).split())
        sys.exit(f"The database does not answer; is it running, and is DATABASE_URL right? {why}")


def try_keys(connection: Connection, settings: Settings) -> None:
    """Stop where the keys are not those of this database; one without a canary is asked when it is used."""
    sealing.use_keys([key.get_secret_value() for key in settings.encryption_keys])
    with starting(), Session(connection) as db:
        if inspect(connection).has_table(Canary.__tablename__) and not canary.keys_fit(db):
            raise BadSetting({"ENCRYPTION_KEYS": WRONG_KEYS})


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render,
        render_as_batch=True,  # SQLite alters a table by copying it
        process_revision_directives=prepare,
        transactional_ddl=True,  # on SQLite too: open_engine begins transactions itself
    )
    with context.begin_transaction():
        lock_out_others(connection)
        context.run_migrations()


def lock_out_others(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")  # panics wait behind whoever waits for a table


# --- writing a new one -------------------------------------------------------------------------------------------


def render(kind: str, thing: object, _context: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(thing, TypeDecorator):
        return RENDERED[type(thing)]
    return False  # Alembic's own way


def prepare(_context: MigrationContext, _revision: object, written: list[MigrationScript]) -> None:
    """Number the new migration and untie keys that go in a circle."""
    for script in written:
        head = ScriptDirectory.from_config(context.config).get_current_head()
        script.rev_id = f"{int(head or 0) + 1:04}"
        if script.upgrade_ops and script.downgrade_ops:
            late = list(untie(op for op in script.upgrade_ops.ops if isinstance(op, CreateTableOp)))
            script.upgrade_ops.ops += [
                ModifyTableOps(table, [CreateForeignKeyOp.from_constraint(key) for key in keys]) for table, keys in late
            ]
            script.downgrade_ops.ops[:0] = [
                ModifyTableOps(table, [DropConstraintOp.from_constraint(key) for key in keys]) for table, keys in late
            ]


def untie(tables: Iterable[CreateTableOp]) -> Iterable[tuple[str, list[ForeignKeyConstraint]]]:
    """Take the `use_alter` keys out of new tables: PostgreSQL can make them only once both tables are there."""
    for table in tables:
        late = [part for part in table.columns if isinstance(part, ForeignKeyConstraint) and part.use_alter]
        table.columns = [
            part for part in table.columns if not (isinstance(part, ForeignKeyConstraint) and part.use_alter)
        ]
        if late:
            yield table.table_name, late


@write_hooks.register("head")
def name_head(filename: str, _options: object) -> None:
    """Two branches that each add a migration collide in this file instead of on the night of the release."""
    (MIGRATIONS / ".current-head").write_text(Path(filename).stem + "\n", encoding="utf-8")


run()
