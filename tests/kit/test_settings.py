"""Settings: read once, named when they are missing or wrong."""

from pathlib import Path

import pytest

from deploy.local.secrets import Secrets
from kit.settings import DEVELOPMENT_PASSWORD, PartSettings, ServiceSettings, SettingsError, load
from services.identity.settings import Settings

NEEDED = {
    "INZPIREU_PART_KEY_FILE": "key.json",
    "INZPIREU_PARTS_JWKS_FILE": "parts.json",
    "INZPIREU_IDENTITY_URL": "http://127.0.0.1:1",
    "INZPIREU_AMQP_URL": "amqp://127.0.0.1",
}


def test_what_is_given_is_read_and_the_rest_has_defaults() -> None:
    settings = load(PartSettings, {**NEEDED, "INZPIREU_PORT": "9000", "INZPIREU_DRAIN_SECONDS": "1.5", "PATH": "/bin"})
    assert (settings.port, settings.drain_seconds, settings.host, settings.mode) == (
        9000,
        1.5,
        "127.0.0.1",
        "development",
    )


def test_every_missing_setting_is_named() -> None:
    with pytest.raises(SettingsError) as refused:
        load(ServiceSettings, {"INZPIREU_AMQP_URL": "amqp://127.0.0.1"})
    for name in ("PART_KEY_FILE", "PARTS_JWKS_FILE", "IDENTITY_URL", "MONGODB_URL", "REDIS_URL"):
        assert f"INZPIREU_{name}" in str(refused.value)
    assert "AMQP" not in str(refused.value)


def test_an_empty_setting_counts_as_missing() -> None:
    with pytest.raises(SettingsError, match="INZPIREU_AMQP_URL"):
        load(PartSettings, {**NEEDED, "INZPIREU_AMQP_URL": ""})
    assert load(PartSettings, {**NEEDED, "INZPIREU_PORT": ""}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "many"), ("PORT", "9.5"), ("MODE", "test"), ("DRAIN_SECONDS", "long")]
)
def test_a_setting_of_the_wrong_form_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"INZPIREU_{name}"):
        load(PartSettings, {**NEEDED, f"INZPIREU_{name}": value})


def test_production_refuses_a_clock_that_can_be_moved() -> None:
    sandbox = {**NEEDED, "INZPIREU_SANDBOX_CLOCK": "clock"}
    assert load(PartSettings, sandbox).sandbox_clock == "clock"
    with pytest.raises(SettingsError, match="INZPIREU_SANDBOX_CLOCK"):
        load(PartSettings, {**sandbox, "INZPIREU_MODE": "production"})
    assert load(PartSettings, {**NEEDED, "INZPIREU_MODE": "production"}).mode == "production"


def test_production_refuses_passwords_that_are_easy_to_guess() -> None:
    light = {
        **NEEDED,
        "INZPIREU_MONGODB_URL": "mongodb://127.0.0.1",
        "INZPIREU_REDIS_URL": "redis://127.0.0.1",
        "INZPIREU_TOKEN_KEYS_FILE": "tokens.json",
        "INZPIREU_LIGHT_HASHES": "true",
    }
    assert load(Settings, light).light_hashes
    with pytest.raises(SettingsError, match="INZPIREU_LIGHT_HASHES makes passwords easy to guess"):
        load(Settings, {**light, "INZPIREU_MODE": "production"})
    assert not load(Settings, {**light, "INZPIREU_LIGHT_HASHES": "", "INZPIREU_MODE": "production"}).light_hashes


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    mounted = tmp_path / "amqp"
    mounted.write_text("amqp://user:secret@broker\n")
    given = {name: value for name, value in NEEDED.items() if name != "INZPIREU_AMQP_URL"}
    assert load(PartSettings, {**given, "INZPIREU_AMQP_URL_FILE": str(mounted)}).amqp_url == "amqp://user:secret@broker"
    with pytest.raises(SettingsError, match="INZPIREU_AMQP_URL_FILE names a file that cannot be read"):
        load(PartSettings, {**given, "INZPIREU_AMQP_URL_FILE": str(tmp_path / "missing")})


def test_production_refuses_keys_made_for_development(tmp_path: Path) -> None:
    development, own = Secrets(tmp_path / "development"), Secrets(tmp_path / "own", development=False)
    for secrets in (development, own):
        secrets.make(["goals"])
    production = {**NEEDED, "INZPIREU_MODE": "production", "INZPIREU_PARTS_JWKS_FILE": str(own.parts_jwks)}
    with pytest.raises(SettingsError, match="INZPIREU_PART_KEY_FILE holds keys made for development"):
        load(PartSettings, {**production, "INZPIREU_PART_KEY_FILE": str(development.part_key("goals"))})
    assert load(PartSettings, {**production, "INZPIREU_PART_KEY_FILE": str(own.part_key("goals"))})


def test_production_refuses_the_password_of_the_example() -> None:
    url = f"amqp://inzpireu:{DEVELOPMENT_PASSWORD}@broker"
    with pytest.raises(SettingsError, match="INZPIREU_AMQP_URL holds the password"):
        load(PartSettings, {**NEEDED, "INZPIREU_MODE": "production", "INZPIREU_AMQP_URL": url})
    assert load(PartSettings, {**NEEDED, "INZPIREU_AMQP_URL": url}).amqp_url == url


@pytest.mark.parametrize(
    ("runs", "answers_calls", "handles_events"),
    [("all", True, True), ("api", True, False), ("events", False, True), ("prepare", False, False)],
)
def test_a_part_may_be_run_in_halves(runs: str, answers_calls: bool, handles_events: bool) -> None:
    settings = load(PartSettings, {**NEEDED, "INZPIREU_RUNS": runs})
    assert (settings.answers_calls, settings.handles_events) == (answers_calls, handles_events)
