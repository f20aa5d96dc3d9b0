"""The settings and keys that `siaga init` asks for, makes and tries out."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from gateway.carriers import wire
from gateway.carriers.description import LineSettings
from gateway.carriers.registry import carrier_of, setting_name
from gateway.cli.asking import Asking
from gateway.config import BadSetting, Settings
from gateway.config.lines import REAL
from gateway.config.sources import MADE_UP, write_file
from gateway.infrastructure import database
from gateway.wiring import redis_answers

KEYS = ("SECRET_KEY", "ENCRYPTION_KEYS")
ASKED_TOO = ("sender", "voice_number", "signing_key")  # a line does without them, and most people want them
OURS = ("hook_token", "hook_key", "signing_key")  # secrets that we choose, and tell the company
ABOUT_OTHERS = ("ROUTES", "PACE", "FILTERS", "CALLS_AT_ONCE", "DAILY_LIMIT")  # may name lines that are asked for later
REFUSED = (401, 403)


# --- what is tried before an answer is taken --------------------------------------------------------------------------


def _folder(settings: Settings) -> str:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError:
        return "no_folder"
    return "" if os.access(settings.data_dir, os.W_OK | os.X_OK) else "no_folder"


def _database(settings: Settings) -> str:
    try:
        database.head(settings.database_url)
    except (SQLAlchemyError, OSError):
        return "no_database"
    return ""


def _redis(settings: Settings) -> str:
    return "" if settings.redis_url is None or redis_answers(settings) else "no_redis"


@dataclass(frozen=True)
class Question:
    """A setting that is asked for, its usual value, and what is tried with it: settings -> key of what is wrong."""

    name: str
    usual: str = ""
    trial: Callable[[Settings], str] = lambda _: ""


FIRST = (Question("PUBLIC_URL"), Question("PORT", "8000"), Question("CARRIERS"))
LAST = (  # once all that is needed is known: only then can settings be tried
    Question("DATA_DIR", "var", _folder),
    Question("DATABASE_URL", trial=_database),
    Question("REDIS_URL", trial=_redis),
)


class Installation:
    """The settings of one installation, as they are known so far: those of its file, and beside them the environment's.

    `path` is the settings file, `given` what stands in it. Every answer is written at once.
    """

    def __init__(self, asking: Asking, path: Path, given: dict[str, str]) -> None:
        self._asking, self.path, self.given = asking, path, given

    def known(self) -> dict[str, str]:
        """Return every setting that a program would start with; the environment's own come first."""
        return self.given | {name: value for name, value in os.environ.items() if value}

    def ask_all(self) -> None:
        """Ask for everything; then the settings are whole."""
        self._make_keys()
        for question in FIRST:
            self._ask(question)
        for line in self.known()["CARRIERS"].split(","):
            self._line(line.strip().lower())
        for question in LAST:
            self._ask(question)
        self._asking.say("written", path=self.path)

    def _ask(self, question: Question) -> None:
        words = self._asking.words(f"question_{question.name.lower()}", among=", ".join(REAL))
        usual = str(self.path.parent / question.usual) if question.trial is _folder else question.usual
        self._setting(question.name, words, usual, question.trial)

    def _setting(
        self,
        name: str,
        words: str,
        usual: str = "",
        trial: Callable[[Settings], str] = lambda _: "",
        *,
        shown: str | None = None,
        hidden: bool = False,
    ) -> None:
        """Ask for one setting, until its reader and its trial take the answer; an empty answer leaves it out."""
        if os.environ.get(name) or self.known().get(f"{name}_FILE"):
            self._asking.say("set_elsewhere", name=name)
            return

        def check(said: str) -> str:
            return self._complaint(name, said, trial)

        said = self._asking.until(name, words, check, self.given.get(name, usual), shown=shown, hidden=hidden)
        if said:
            self.given[name] = said
            write_file(self.path, self.given)

    def _complaint(self, name: str, said: str, trial: Callable[[Settings], str]) -> str:
        try:
            settings = Settings.load(self.known() | {name: said})
        except BadSetting as error:
            return error.complaints.get(name, "")
        wrong = trial(settings)
        return self._asking.words(wrong) if wrong else ""

    # --- keys ---------------------------------------------------------------------------------------------------------

    def _make_keys(self) -> None:
        """Make the keys that are nowhere yet, each in a file that only this user reads. What is there stays."""
        known, folder = self.known(), self.path.parent / "keys"
        missing = [name for name in KEYS if not known.get(name) and not known.get(f"{name}_FILE")]
        for name in missing:
            folder.mkdir(mode=0o700, exist_ok=True)
            path = folder / name.lower()
            if not path.exists():
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(MADE_UP[name.lower()]() + "\n")
            self.given[f"{name}_FILE"] = str(path)
        write_file(self.path, self.given)
        self._asking.say("keys_made" if missing else "keys_kept", folder=folder)

    # --- lines --------------------------------------------------------------------------------------------------------

    def _line(self, line: str) -> None:
        carrier = carrier_of(line)
        while carrier is not None:
            for field, about in carrier.settings.model_fields.items():
                if about.is_required() or field in ASKED_TOO:
                    self._line_setting(line, field, about.annotation is SecretStr)
            if self._is_known(line):
                return

    def _line_setting(self, line: str, field: str, secret: bool) -> None:
        name = setting_name(line, field)
        ours = field in OURS
        usual = secrets.token_urlsafe(24) if ours else ""
        shown = self._asking.words("kept" if self.given.get(name) else "made_up") if secret else None
        self._setting(
            name, name, usual, shown=shown if usual or self.given.get(name) else None, hidden=secret and not ours
        )

    def _is_known(self, line: str) -> bool:
        """Ask the company whether it knows these credentials; return False where they are to be entered again."""
        probe = self._opened(line).probe()
        if probe is None:
            return True
        status = wire.ask(probe)
        if status in probe.knows:
            self._asking.say("line_good", line=line)
            return True
        told = "line_silent" if status is None else "line_refused" if status in REFUSED else "line_odd"
        self._asking.say(told, line=line, status=status)
        return self._asking.agrees("keep_anyway")

    def _opened(self, line: str) -> LineSettings:
        known = {name: value for name, value in self.known().items() if name not in ABOUT_OTHERS}
        return Settings.load(known | {"CARRIERS": line}).line_settings[line]


def dashboard(asking: Asking, settings: Settings) -> None:
    """Tell what is to be entered in which field of which company's dashboard."""
    asking.say("dashboard")
    for line in settings.carriers:
        carrier, own = carrier_of(line), settings.line_settings[line]
        if carrier is None or not carrier.dashboard:
            asking.say("dashboard_none", line=line)
            continue
        secret = {name: getattr(own, name).get_secret_value() for name in OURS if hasattr(own, name)}
        token = f"/{secret.pop('hook_token')}" if carrier.token_in_path else ""
        for field, route in carrier.dashboard.items():
            click.echo(f"  {line}  {field}:  {settings.public_url}/hooks/{line}{token}{'/' if route else ''}{route}")
        for name, value in secret.items():
            click.echo(f"  {line}  {name.replace('_', ' ')}:  {value}")
