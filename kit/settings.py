"""Settings: one frozen record per part, read once from the environment and nowhere else."""

import os
from collections.abc import Mapping
from typing import Literal

import msgspec

PREFIX = "INZPIREU_"


class SettingsError(Exception):
    """The environment lacks a setting or has one of the wrong form; the message names each."""


class PartSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every part needs from outside."""

    part_key_file: str
    parts_jwks_file: str
    identity_url: str
    amqp_url: str
    mode: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = 8000
    sandbox_clock: str | None = None
    drain_seconds: float = 8.0


class ServiceSettings(PartSettings, frozen=True, kw_only=True):
    """What a service needs on top: its own database, and a cache that may be lost at any time."""

    mongodb_url: str
    redis_url: str
    database: str | None = None


def load[S: PartSettings](kind: type[S], environ: Mapping[str, str] = os.environ) -> S:
    """Read the record from variables named `INZPIREU_<FIELD>`; an empty variable counts as not given."""
    given = {
        field.name: environ[PREFIX + field.name.upper()]
        for field in msgspec.structs.fields(kind)
        if environ.get(PREFIX + field.name.upper())
    }
    missing = [
        PREFIX + field.name.upper()
        for field in msgspec.structs.fields(kind)
        if field.required and field.name not in given
    ]
    if missing:
        raise SettingsError(f"Set these environment variables first: {', '.join(missing)}.")
    try:
        settings = msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        why, _, field = str(error).rstrip("`").partition(" - at `$.")
        raise SettingsError(f"{PREFIX}{field.upper()} has the wrong form: {why}.") from error
    if settings.mode == "production" and settings.sandbox_clock:
        raise SettingsError(f"{PREFIX}SANDBOX_CLOCK moves time and is refused in production. Unset it.")
    return settings
