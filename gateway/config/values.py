"""Read one setting each, like the readers of core/setting_values.py, for settings that only the house itself has."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from gateway.core.languages import CODES
from gateway.core.setting_values import read_names

MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MOST_PROXIES = 5
MOST_DAYS = 36500
NEW_KEY = 'make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
# Fernet itself would read two keys with anything but a comma between them as the first alone, and drop the other.
FERNET_KEY = re.compile(r"[A-Za-z0-9+/_-]{43}=")
# The schemes that people and platforms write for PostgreSQL; psycopg is the driver that we install.
DATABASES = {
    "postgres://": "postgresql+psycopg://",
    "postgresql://": "postgresql+psycopg://",
    "postgresql+psycopg://": "postgresql+psycopg://",
    "sqlite:///": "sqlite:///",
}


def _flag(value: str | bool) -> bool:
    if value not in ("1", "0", True, False):
        raise ValueError("must be 1 (on) or 0 (off)")
    return value in ("1", True)


def _port(value: str | int) -> int:
    with suppress(ValueError):
        if 1 <= int(value) <= 65535:
            return int(value)
    raise ValueError("must be a number from 1 to 65535")


def _other_port(value: str | int | None) -> int | None:
    return None if value is None else _port(value)


def _days(value: str | int) -> int:
    with suppress(ValueError):
        if 0 <= int(value) <= MOST_DAYS:
            return int(value)
    raise ValueError(f"must be a number of days from 1 to {MOST_DAYS}, or 0 to keep it for ever")


def _database(value: str) -> str:
    for written, meant in DATABASES.items():
        if value.startswith(written):
            return _findable(meant + value.removeprefix(written))
    if value:
        raise ValueError("must begin with postgresql+psycopg:// or sqlite:///")
    return value


def _findable(value: str) -> str:
    """Return an absolute path, so that the file is the same for every process, wherever it was started."""
    try:
        url = make_url(value)
    except (ArgumentError, ValueError) as error:
        raise ValueError("must be like postgresql+psycopg://siaga@db.example:5432/siaga") from error
    if url.get_backend_name() != "sqlite":
        return value
    if url.database in (None, "", ":memory:"):
        raise ValueError("must name a file, like sqlite:////srv/siaga.db: what is in memory no other process sees")
    return value.replace(f"///{url.database}", f"///{Path(str(url.database)).absolute()}", 1)


def _smtp(value: str) -> str:
    if value and not _is_mail_server(value):
        raise ValueError("must be like smtp://user:password@mail.example:587 (STARTTLS) or smtps://…:465")
    return value


def _is_mail_server(value: str) -> bool:
    with suppress(ValueError):  # a port that is no number
        parts = urlsplit(value)
        return parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    return False


def _mail_address(value: str) -> str:
    if value and not MAIL_ADDRESS.fullmatch(value):
        raise ValueError("must be one mail address, like siaga@polres.example")
    return value


def _redis(value: str | None) -> str | None:
    if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return value


def _region(value: str) -> str:
    if value.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("must be an ISO region like ID, KE or NG")
    return value.upper()


def _language(value: str) -> str:
    if value.lower() not in CODES:
        raise ValueError(f"must be one of {', '.join(CODES)}")
    return value.lower()


def _fernet_keys(keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for place, key in enumerate(keys, start=1):
        if not FERNET_KEY.fullmatch(key.get_secret_value()):
            raise ValueError(f"holds something else than a Fernet key in place {place}; {NEW_KEY}")
    return keys


def _file(value: Path | None) -> Path | None:
    if value is not None and not value.is_file():
        raise ValueError("names no file that is there")
    return value


def _proxies(value: object) -> int:
    text = str(value).strip()
    if not text.isdigit() or int(text) > MOST_PROXIES:
        raise ValueError(f"must be how many proxies stand before web, 0 to {MOST_PROXIES}")
    return int(text)


Proxies = Annotated[int, BeforeValidator(_proxies)]
Days = Annotated[int, BeforeValidator(_days)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Port = Annotated[int, BeforeValidator(_port)]
OtherPort = Annotated[int | None, BeforeValidator(_other_port)]
Folder = Annotated[Path, AfterValidator(Path.absolute)]
File = Annotated[Path | None, AfterValidator(_file)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
RedisUrl = Annotated[str | None, AfterValidator(_redis)]
SmtpUrl = Annotated[str, AfterValidator(_smtp)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
FernetKeys = Annotated[tuple[SecretStr, ...], BeforeValidator(read_names), AfterValidator(_fernet_keys)]
Region = Annotated[str, AfterValidator(_region)]
Language = Annotated[str, AfterValidator(_language)]
