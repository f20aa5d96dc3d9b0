"""Parts that every command needs: reading phone numbers, and reporting trouble in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from gateway.config import BadSetting
from gateway.core import phone
from gateway.infrastructure import database
from gateway.infrastructure.valkey import NoValkey
from gateway.wiring import house


class Trouble(click.ClickException):
    """The command could not begin its work. The exit codes 1 and 2 mean something else (contract: `import`)."""

    exit_code = 3


@contextmanager
def troubles() -> Iterator[None]:
    """Turn an exception that keeps a command from its work into a sentence instead of a traceback."""
    try:
        yield
    except BadSetting as error:
        raise Trouble(f"{error}\n(For the demo: DEMO=1 siaga …)") from error
    except NoValkey as error:
        raise Trouble(str(error)) from error
    except SQLAlchemyError as error:
        raise Trouble(_why(error)) from error


def _why(error: SQLAlchemyError) -> str:
    try:
        outdated = database.head(house().settings.database_url) != database.newest()
    except SQLAlchemyError:
        return "The database does not answer; is it running, and is DATABASE_URL right?"
    if outdated:
        return "The database's tables are not those of this version; bring them up to date with: siaga migrate"
    return f"The database refused ({type(error).__name__}); nothing of this step was kept, try again."


class PhoneNumber(click.ParamType[str]):
    """A command's parameter that reads a phone number as E.164. A local number belongs to DEFAULT_REGION."""

    name = "PHONE"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        with troubles():
            region = house().settings.default_region
        known = phone.e164(value, region)
        if known is None:
            self.fail(f"{value!r} is no telephone number; write it like +6281234567890", param, ctx)
        return known


PHONE = PhoneNumber()
