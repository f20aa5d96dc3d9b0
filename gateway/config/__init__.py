"""Read the settings from the environment and the settings file.

Anything wrong or missing stops the start with a sentence that names it.

One pass finds every fault, so that nobody repairs a deployment one line at a time. No message and no `repr` shows a
secret. The table in the operator's guide has the names, their meaning and their defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator

from gateway.carriers.description import LineSettings
from gateway.config.lines import (
    REAL,
    SIMULATED,
    CallsAtOnce,
    DailyLimits,
    Filters,
    Lines,
    Paces,
    Routes,
    line_setting_names,
    read_line_settings,
)
from gateway.config.sources import BadSetting, complaint, environment, made_up_keys, read_given, starting
from gateway.config.values import (
    NEW_KEY,
    DatabaseUrl,
    Days,
    FernetKeys,
    File,
    Flag,
    Folder,
    Language,
    MailAddress,
    OtherPort,
    Port,
    Proxies,
    RedisUrl,
    Region,
    SmtpUrl,
)
from gateway.core import defaults
from gateway.core.setting_values import NO_SECRET, BaseUrl, Url

__all__ = ["BadSetting", "Settings", "starting"]

KEYS = {  # a demo makes these up; outside a demo they are needed
    "secret_key": 'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"',
    "encryption_keys": NEW_KEY,
}
Value = TypeVar("Value")


class Settings(BaseModel):
    """Every setting by its name in lower case; a setting that a service does not have is empty. The settings of lines
    are together in `line_settings`, as each carrier describes them.

    Types read one value (values.py); rules that look at other settings are the validators at the end, and see the
    settings that are declared before their own.
    """

    model_config = ConfigDict(frozen=True, validate_default=True, hide_input_in_errors=True)

    demo: Flag = False
    data_dir: Folder = Path("var")
    host: str = "127.0.0.1"
    port: Port = 8000
    pages_port: OtherPort = None  # pages alone, in processes of their own; None: all on PORT
    proxies: Proxies = 0  # so many stand before web and add to X-Forwarded-For
    public_url: BaseUrl = ""
    database_url: DatabaseUrl = Field(default="", repr=False)
    redis_url: RedisUrl = Field(default=None, repr=False)  # None = the embedded Valkey
    secret_key: SecretStr = NO_SECRET
    encryption_keys: FernetKeys = ()  # the first encrypts, all decrypt
    default_region: Region = defaults.REGION
    default_language: Language = defaults.LANGUAGE

    carriers: Lines = ()
    routes: Routes = Field(default_factory=dict)
    pace: Paces = Field(default="", validate_default=True)  # by default the pace that each carrier says is usual
    filters: Filters = Field(default_factory=dict)  # what the operators of a line block; by default nothing
    calls_at_once: CallsAtOnce = Field(default="", validate_default=True)  # by default as each carrier says is usual
    daily_limit: DailyLimits = Field(default_factory=dict)  # texts in 24 hours; by default no limit
    # The settings of the lines in CARRIERS, by line.
    line_settings: Mapping[str, LineSettings] = Field(default_factory=dict)

    camara_api_url: BaseUrl = ""
    camara_token_url: Url = ""
    camara_client_id: str = ""
    camara_client_secret: SecretStr = NO_SECRET

    health_token: SecretStr = NO_SECRET  # /metrics and /readyz want it; empty: they are open
    heartbeat_url: Url = Field(default="", repr=False)  # its path is the secret
    smtp_url: SmtpUrl = Field(default="", repr=False)  # holds a password
    smtp_from: MailAddress = Field(default="", validate_default=True)
    tile_url: Url = Field(default="", repr=False)  # may carry a key
    pmtiles_path: File = None

    # `siaga purge` forgets after so many days, counted from the end of the case that a row belongs to
    retain_texts_days: Days = 365
    retain_positions_days: Days = 90
    retain_incidents_days: Days = 1825  # the people in the incidents are forgotten; the figures stay
    retain_register_days: Days = 365  # people who were refused, left, or hold the number no more
    purge_nightly: Flag = True  # a worker does it by itself
    learn_from_texts: Flag = False  # keep what desks say of texts, masked, so that a model can be trained with them

    demo_hook_key: SecretStr = NO_SECRET  # signs the simulated phones' requests
    demo_password: SecretStr = NO_SECRET  # the password of the demo's log-ins

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the name of every setting in the environment, with those of each carrier's first line."""
        return (*_house_names(), *line_setting_names())

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Return the settings in `environ` (by default this process's, and its settings file). Raises BadSetting, which
        names every fault.

        In a demo this makes DATA_DIR and, once, the made-up keys in it.
        """
        environ = environment() if environ is None else environ
        given, complaints = read_given(_house_names(), environ)
        in_use = [line.strip().lower() for line in given.get("CARRIERS", "").split(",")]
        lines, unread = read_given(line_setting_names(in_use), environ)
        try:
            settings = cls.model_validate({"line_settings": lines} | {name.lower(): given[name] for name in given})
        except ValidationError as error:
            complaints = _complaints(error) | complaints
        if complaints or unread:
            raise BadSetting(complaints | unread)
        return settings._with_made_up_keys() if settings.demo else settings

    def _with_made_up_keys(self) -> Self:
        made_up: dict[str, Any] = {name: SecretStr(key) for name, key in made_up_keys(self.data_dir).items()}
        made_up["encryption_keys"] = (made_up["encryption_keys"],)
        return self.model_copy(update={name: key for name, key in made_up.items() if not getattr(self, name)})

    # --- rules that look at other settings -----------------------------------------------------------------------

    @field_validator("pages_port")
    @classmethod
    def _not_the_hooks_port(cls, port: int | None, info: ValidationInfo) -> int | None:
        if port is not None and port == info.data.get("port"):
            raise ValueError("must be another than PORT; leave it empty to serve all on PORT")
        return port

    @field_validator("public_url")
    @classmethod
    def _needed_outside_a_demo(cls, url: str, info: ValidationInfo) -> str:
        if not url and not info.data.get("demo"):
            raise ValueError("is missing; carriers call us under it, write it like https://siaga.example")
        return url or f"http://127.0.0.1:{info.data.get('port')}"

    @field_validator("database_url")
    @classmethod
    def _in_data_dir(cls, url: str, info: ValidationInfo) -> str:
        return url or f"sqlite:///{info.data.get('data_dir')}/siaga.db"

    @field_validator(*KEYS)
    @classmethod
    def _made_up_only_in_a_demo(cls, key: Value, info: ValidationInfo) -> Value:
        if not key and not info.data.get("demo"):
            raise ValueError(f"is missing; {KEYS[str(info.field_name)]}")
        return key

    @field_validator("carriers")
    @classmethod
    def _simulated_only_in_a_demo(cls, lines: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        demo = info.data.get("demo")
        if demo and set(lines) - set(SIMULATED):
            raise ValueError("names a real line while DEMO is on, whose keys are made up; take one of the two away")
        if not demo and (not lines or set(lines) & set(SIMULATED)):
            raise ValueError(f"must name real lines in order of preference: {', '.join(REAL)}")
        return lines or SIMULATED

    @field_validator("line_settings", mode="before")
    @classmethod
    def _as_carriers_describe(cls, given: Mapping[str, str], info: ValidationInfo) -> Mapping[str, LineSettings]:
        return read_line_settings(
            given, info.data.get("carriers", ()), info.data.get("default_region", defaults.REGION)
        )

    @field_validator("smtp_from")
    @classmethod
    def _from_somebody(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("smtp_url"):
            raise ValueError("is missing, and SMTP_URL is set")
        return value

    @field_validator("camara_token_url", "camara_client_id", "camara_client_secret")
    @classmethod
    def _complete_or_off(cls, value: Value, info: ValidationInfo) -> Value:
        if not value and info.data.get("camara_api_url"):
            raise ValueError("is missing, and CAMARA_API_URL is set")
        return value


def _house_names() -> list[str]:
    return [name.upper() for name in Settings.model_fields if name != "line_settings"]


def _complaints(error: ValidationError) -> dict[str, str]:
    """Return what each setting's reader said, by name in the order of the table."""
    complaints: dict[str, str] = {}
    for fault in error.errors(include_input=False, include_url=False):
        cause = fault.get("ctx", {}).get("error")
        of_lines = cause.complaints if isinstance(cause, BadSetting) else None
        complaints |= of_lines or {str(fault["loc"][0]).upper(): complaint(fault)}
    return complaints
