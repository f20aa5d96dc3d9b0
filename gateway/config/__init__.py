"""Settings from the environment. Whatever is wrong or missing stops the start with a sentence that names it.

One pass finds every fault, so that nobody repairs a deployment one line at a time. No message and no `repr` shows a
secret. The names, their meaning and their defaults are the table in the operator's guide.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator

from gateway.config.sources import BadSetting, made_up_keys, read_given, starting
from gateway.config.values import (
    LINES,
    NEW_KEY,
    NO_SECRET,
    PACES,
    SIMULATOR,
    BaseUrl,
    DatabaseUrl,
    Days,
    FernetKeys,
    File,
    Flag,
    Folder,
    HookToken,
    Language,
    Lines,
    Number,
    Numbers,
    Paces,
    Port,
    RedisUrl,
    Region,
    Routes,
    Url,
    read_lines,
)
from gateway.core import defaults

__all__ = ["LINES", "BadSetting", "Settings", "starting"]

NEEDS = {  # what is needed besides, once CARRIERS names the line
    "twilio": ("twilio_account_sid", "twilio_auth_token", "twilio_numbers"),
    "africastalking": ("africastalking_username", "africastalking_api_key", "africastalking_hook_token"),
    "kannel": ("kannel_sendsms_url", "kannel_username", "kannel_password", "kannel_hook_token"),
    "smsgate": ("smsgate_api_url", "smsgate_username", "smsgate_password", "smsgate_signing_key", "smsgate_number"),
}
KEYS = {  # made up in a demo, needed outside it
    "secret_key": 'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"',
    "encryption_keys": NEW_KEY,
}
Value = TypeVar("Value")


class Settings(BaseModel):
    """Every setting by its name in lower case; what a line or a service does not have is empty.

    Types read one value (values.py); rules that look at other settings are the validators at the end, and see
    those declared before their own.
    """

    model_config = ConfigDict(frozen=True, validate_default=True, hide_input_in_errors=True)

    demo: Flag = False
    data_dir: Folder = Path("var")
    host: str = "127.0.0.1"
    port: Port = 8000
    public_url: BaseUrl = ""
    database_url: DatabaseUrl = Field(default="", repr=False)
    redis_url: RedisUrl = Field(default=None, repr=False)  # None = the embedded Valkey
    secret_key: SecretStr = NO_SECRET
    encryption_keys: FernetKeys = ()  # the first encrypts, all decrypt
    default_region: Region = defaults.REGION
    default_language: Language = defaults.LANGUAGE

    carriers: Lines = ()
    routes: Routes = Field(default_factory=dict)
    pace: Paces = PACES

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = NO_SECRET
    twilio_auth_token_alternate: SecretStr = NO_SECRET
    twilio_numbers: Numbers = ()  # the first is for voice and texts
    twilio_sender: str = ""
    twilio_api_url: BaseUrl = ""

    africastalking_username: str = ""
    africastalking_api_key: SecretStr = NO_SECRET
    africastalking_sender: str = ""
    africastalking_voice_number: Number = ""
    africastalking_hook_token: HookToken = NO_SECRET
    africastalking_api_url: BaseUrl = ""
    africastalking_voice_url: BaseUrl = ""

    kannel_sendsms_url: Url = ""
    kannel_username: str = ""
    kannel_password: SecretStr = NO_SECRET
    kannel_sender: str = ""
    kannel_hook_token: HookToken = NO_SECRET

    smsgate_api_url: BaseUrl = ""
    smsgate_username: str = ""
    smsgate_password: SecretStr = NO_SECRET
    smsgate_signing_key: SecretStr = NO_SECRET
    smsgate_number: Number = ""

    camara_api_url: BaseUrl = ""
    camara_token_url: Url = ""
    camara_client_id: str = ""
    camara_client_secret: SecretStr = NO_SECRET

    heartbeat_url: Url = Field(default="", repr=False)  # its path is the secret
    tile_url: Url = Field(default="", repr=False)  # may carry a key
    pmtiles_path: File = None

    retain_texts_days: Days = 365  # what `siaga purge` forgets, counted from the end of what it belongs to
    retain_positions_days: Days = 90
    retain_incidents_days: Days = 1825  # the people in them; the figures stay
    retain_register_days: Days = 365  # whoever was refused, left, or holds the number no more

    demo_hook_key: SecretStr = NO_SECRET  # signs the simulated phones' requests
    demo_password: SecretStr = NO_SECRET  # of the demo's log-ins

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """The settings in `environ` (by default this process's). Raises BadSetting, which names every fault.

        In a demo this makes DATA_DIR and, once, the made-up keys in it.
        """
        given, complaints = read_given(cls.model_fields, os.environ if environ is None else environ)
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            complaints = _complaints(error) | complaints
        if complaints:
            raise BadSetting({name.upper(): complaint for name, complaint in complaints.items()})
        return settings._with_made_up_keys() if settings.demo else settings

    def _with_made_up_keys(self) -> Self:
        made_up: dict[str, Any] = {name: SecretStr(key) for name, key in made_up_keys(self.data_dir).items()}
        made_up["encryption_keys"] = (made_up["encryption_keys"],)
        return self.model_copy(update={name: key for name, key in made_up.items() if not getattr(self, name)})

    # --- rules that look at other settings -----------------------------------------------------------------------

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
        if demo and set(lines) - {SIMULATOR}:
            raise ValueError("names a real line while DEMO is on, whose keys are made up; take one of the two away")
        if not demo and (not lines or SIMULATOR in lines):
            raise ValueError(f"must name real lines in order of preference: {', '.join(NEEDS)}")
        return lines or (SIMULATOR,)

    @field_validator("routes")
    @classmethod
    def _among_carriers(
        cls, routes: Mapping[str, tuple[str, ...]], info: ValidationInfo
    ) -> Mapping[str, tuple[str, ...]]:
        for lines in routes.values():
            read_lines(lines, known=info.data.get("carriers", LINES))
        return routes

    @field_validator(*(name for names in NEEDS.values() for name in names))
    @classmethod
    def _complete_if_used(cls, value: Value, info: ValidationInfo) -> Value:
        for line in info.data.get("carriers", ()):
            if not value and info.field_name in NEEDS.get(line, ()):
                raise ValueError(f"is missing, and CARRIERS names {line}")
        return value

    @field_validator("camara_token_url", "camara_client_id", "camara_client_secret")
    @classmethod
    def _complete_or_off(cls, value: Value, info: ValidationInfo) -> Value:
        if not value and info.data.get("camara_api_url"):
            raise ValueError("is missing, and CAMARA_API_URL is set")
        return value


def _complaints(error: ValidationError) -> dict[str, str]:
    """What each setting's reader said, by name in the order of the table."""
    faults = error.errors(include_input=False, include_url=False)
    return {str(fault["loc"][0]): str(fault.get("ctx", {}).get("error", fault["msg"])) for fault in faults}
