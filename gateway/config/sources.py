"""Read settings where they come from: the environment, the settings file, files that these name, and the demo's own
made-up keys."""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.fernet import Fernet
from dotenv.parser import Binding, parse_stream
from pydantic_core import ErrorDetails

CANNOT_START = 3  # the exit code of a process with bad settings; gunicorn starts no other child after one that ended so
FILE = "SETTINGS_FILE"
USUAL_FILE = "siaga.env"
BARE = re.compile(r"[A-Za-z0-9_@%+=:,./*;?&{}-]*")  # a value that needs no quotes in the file
NO_FILE = {FILE: ""}  # for children that are handed every setting
MADE_UP: Mapping[str, Callable[[], str]] = {
    "secret_key": lambda: secrets.token_urlsafe(48),
    "encryption_keys": lambda: Fernet.generate_key().decode(),
    "demo_hook_key": lambda: secrets.token_urlsafe(32),
    "demo_password": lambda: secrets.token_urlsafe(9),
}


class BadSetting(ValueError):  # noqa: N818 - named for what is bad, like BadHook
    """The settings do not let the gateway start; one line per name says what to do."""

    def __init__(self, complaints: Mapping[str, str]) -> None:
        self.complaints = dict(complaints)
        lines = (f"  {name}: {complaint}" for name, complaint in complaints.items())
        super().__init__("\n".join(("Siaga cannot start with these settings:", *lines)))


def complaint(fault: ErrorDetails) -> str:
    """Return the end of a sentence that a reader raised, or pydantic's own words."""
    return str(fault.get("ctx", {}).get("error", fault["msg"]))


@contextmanager
def starting() -> Iterator[None]:
    """Guard the code that needs the settings: bad ones end this process with their sentences, and no traceback hides
    them."""
    try:
        yield
    except BadSetting as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(CANNOT_START)


def environment() -> dict[str, str]:
    """Return this process's environment, and from the settings file what it does not say itself.

    The file is the one that SETTINGS_FILE names, else siaga.env in this folder if there is one; an empty SETTINGS_FILE
    is none. Raises BadSetting for a file that cannot be read.
    """
    own = dict(os.environ)
    named = own.get(FILE)
    path = Path(USUAL_FILE if named is None else named)
    if named == "" or (named is None and not path.is_file()):
        return own
    said = {name.removesuffix("_FILE") for name, value in own.items() if value}
    kept = {name: value for name, value in read_file(path).items() if name.removesuffix("_FILE") not in said}
    return own | kept


def read_file(path: Path) -> dict[str, str]:
    """Return what a file of lines `NAME=value` says. Raises BadSetting."""
    return {line.key: line.value or "" for line in _lines(path) if line.key}


def _lines(path: Path) -> list[Binding]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            read = list(parse_stream(lines))
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting({FILE: f"cannot be read: {path} is no readable text file"}) from error
    for line in read:
        if line.error:
            raise BadSetting({FILE: f"cannot be read: line {line.original.line} of {path} is not like NAME=value"})
    return read


def write_file(path: Path, settings: Mapping[str, str]) -> None:
    """Write settings into a file of lines `NAME=value`, which only its owner can read afterwards. Raises BadSetting.

    A setting that is there and differs is changed in its place; comments and everything else stay as they are. The file
    is replaced whole or not at all.
    """
    there = _lines(path) if path.exists() else []
    known = {line.key: line.value or "" for line in there if line.key}
    changed = {name: value for name, value in settings.items() if known.get(name) != value}
    text = "".join(
        _lead(line.original.string) + _line(line.key, changed[line.key])
        if line.key in changed
        else line.original.string
        for line in there
        if line.original.string
    )
    text += "\n" * (bool(text) and not text.endswith("\n"))
    text += "".join(_line(name, value) for name, value in changed.items() if name not in known)
    try:
        _replace(path.resolve(), text)
    except OSError as error:
        raise BadSetting({FILE: f"cannot be written: {path}"}) from error


def _replace(path: Path, text: str) -> None:
    """Put a whole file in the place of this one, mode 0600; it belongs to whom the former one belonged. Raises
    OSError."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".siaga-", delete=False, encoding="utf-8") as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
    if path.exists():
        os.chown(draft.name, path.stat().st_uid, path.stat().st_gid)
    os.replace(draft.name, path)


def _lead(line: str) -> str:
    """Return the blank lines before a line, which the reader takes for a part of it."""
    return line[: len(line) - len(line.lstrip())]


def _line(name: str, value: str) -> str:
    if BARE.fullmatch(value):
        return f"{name}={value}\n"
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{quoted}'\n"


def read_given(names: Iterable[str], environ: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the settings that are given and not empty (`NAME`, or the text of the file in `NAME_FILE`), and the
    complaints, both by name."""
    given: dict[str, str] = {}
    complaints: dict[str, str] = {}
    for name in names:
        value, path = (environ.get(name + kind, "").strip() for kind in ("", "_FILE"))
        if value and path:
            complaints[name] = "is set twice, here and by _FILE; keep one"
        elif path:
            try:
                value = Path(path).read_text(encoding="utf-8-sig").strip()
            except (OSError, UnicodeDecodeError):
                complaints[name] = "cannot be read: _FILE names no readable text file"
        if not all(part.strip().isprintable() for part in re.split("[,;]", value)):
            complaints[name] = "must be one line: it holds a line break, or another sign that nobody sees"
        elif value:
            given[name] = value
    return given, complaints


def made_up_keys(data_dir: Path) -> dict[str, str]:
    """Return the demo's random keys, which are made once per DATA_DIR and kept in its demo.json. Raises BadSetting."""
    path = data_dir / "demo.json"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _offer(path, json.dumps({name: make() for name, make in MADE_UP.items()}))
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(kept[name]) for name in MADE_UP}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadSetting({"DATA_DIR": f"must be a folder to write in, with a whole {path.name} or none"}) from error


def _offer(path: Path, text: str) -> None:
    """Put a whole file in its place, mode 0600; if several processes race, the first one's file stays."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".demo-", encoding="utf-8") as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, path)
