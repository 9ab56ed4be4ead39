"""Settings: one frozen record per part, read once from the environment and nowhere else."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import msgspec

PREFIX = "INZPIREU_"
DEVELOPMENT_PASSWORD = "for-development-only"  # noqa: S105  stands in .env.example, and nobody is to live with it


class SettingsError(Exception):
    """The environment lacks a setting or has one of the wrong form; the message names each."""


class PartSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every part needs from outside.

    `runs` lets one part be scaled in two halves: `api` answers calls, `events` handles events and works in the
    background, `all` does both. `prepare` makes indexes and queues, and ends.
    """

    FOR_DEVELOPMENT: ClassVar[Mapping[str, str]] = {"sandbox_clock": "moves time"}  # what production refuses, and why

    part_key_file: str
    parts_jwks_file: str
    identity_url: str
    amqp_url: str
    mode: Literal["development", "production"] = "development"
    runs: Literal["all", "api", "events", "prepare"] = "all"
    host: str = "127.0.0.1"
    port: int = 8000
    sandbox_clock: str | None = None
    otlp_url: str | None = None  # of a collector of traces, like http://collector:4318/v1/traces
    drain_seconds: float = 8.0
    share_port: bool = False  # a successor may listen there before this process has stopped to
    retire_seconds: float = 0.0  # between the word to stop and the end of idle connections: callers leave by themselves
    keys_live_seconds: float = 300.0  # after which a key that identity publishes no more is no longer believed

    @property
    def answers_calls(self) -> bool:
        """Whether this process answers the operations of its part."""
        return self.runs in {"all", "api"}

    @property
    def handles_events(self) -> bool:
        """Whether this process handles the events of its part and does what is to be done in the background."""
        return self.runs in {"all", "events"}


class ServiceSettings(PartSettings, frozen=True, kw_only=True):
    """What a service needs on top: its own database, and a cache that may be lost at any time."""

    mongodb_url: str
    redis_url: str
    database: str | None = None


def load[S: PartSettings](kind: type[S], environ: Mapping[str, str] = os.environ) -> S:
    """Read the record from variables named `INZPIREU_<FIELD>`; an empty variable counts as not given.

    `INZPIREU_<FIELD>_FILE` names a file that holds the value, as secrets are mounted. Raises SettingsError.
    """
    fields = msgspec.structs.fields(kind)
    found = {field.name: value for field in fields if (value := given(field.name, environ)) is not None}
    missing = [_variable(field.name) for field in fields if field.required and field.name not in found]
    if missing:
        raise SettingsError(f"Set these environment variables first: {', '.join(missing)}.")
    try:
        settings = msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError as error:
        why, _, field = str(error).rstrip("`").partition(" - at `$.")
        raise SettingsError(f"{_variable(field)} has the wrong form: {why}.") from error
    if settings.mode == "production":
        _refuse_what_is_for_development(settings)
    return settings


def _variable(field: str) -> str:
    return PREFIX + field.upper()


def given(field: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """What the environment says of one setting, itself or by the file that it names; None where it says nothing."""
    if file := environ.get(f"{_variable(field)}_FILE"):
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            raise SettingsError(f"{_variable(field)}_FILE names a file that cannot be read: {file}.") from error
    return environ.get(_variable(field)) or None


def _refuse_what_is_for_development(settings: PartSettings) -> None:
    for name, why in settings.FOR_DEVELOPMENT.items():
        if getattr(settings, name):
            raise SettingsError(f"{_variable(name)} {why} and is refused in production. Unset it.")
    named = {name: value for name in settings.__struct_fields__ if (value := getattr(settings, name))}
    for name, value in named.items():
        if name.endswith("_file") and _is_for_development(Path(value)):
            raise SettingsError(
                f"{_variable(name)} holds keys made for development, which production refuses. "
                "Make keys of its own with: inzpireu keys FOLDER."
            )
        if name.endswith("_url") and DEVELOPMENT_PASSWORD in value:
            raise SettingsError(
                f"{_variable(name)} holds the password of .env.example, which production refuses. Choose one."
            )


def _is_for_development(file: Path) -> bool:
    try:
        content: Any = json.loads(file.read_text())
    except (OSError, ValueError):
        return False  # whoever needs the file says what is wrong with it
    return isinstance(content, dict) and bool(content.get("development"))
