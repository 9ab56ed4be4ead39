"""The stack, on stub parts and with every server given by URL, so that only the parts are real."""

import json
import os
import stat
import urllib.request
from contextlib import suppress
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest

from deploy.local.children import ChildFailed
from deploy.local.parts import GATEWAY, IDENTITY, PARTS, WORKFLOWS, Part
from deploy.local.running import Notice
from deploy.local.stack import Stack
from deploy.local.state import StateFolder, StateInUse
from tests.deploy.launcher import GIVEN, eventually
from tests.deploy.stub_up import STUBS

TWO = (IDENTITY, GATEWAY)


def a_stack(state: Path, *, notices: list[Notice] | None = None, **options: Any) -> Stack:
    options = {"parts": TWO, "overrides": STUBS, "environ": {**os.environ, **GIVEN}, **options}
    return Stack(state, on_notice=notices.append if notices is not None else lambda _: None, **options)


def environment(stack: Stack, part: Part) -> dict[str, str]:
    with urllib.request.urlopen(f"{stack.site.url(part)}/environment") as answer:
        content: dict[str, str] = json.load(answer)["environment"]
    return content


def tell_to_die(stack: Stack, part: Part) -> None:
    with suppress(RemoteDisconnected):
        urllib.request.urlopen(f"{stack.site.url(part)}/die", data=b"")


def read(file: str) -> str:
    return Path(file).read_text()


async def test_a_part_is_told_what_it_needs_and_no_secret_of_another(tmp_path: Path) -> None:
    async with a_stack(tmp_path, extra={"gateway": {"INZPIREU_EXTRA": "more"}}) as stack:
        identity, gateway = environment(stack, IDENTITY), environment(stack, GATEWAY)
        assert stack.gateway_url == stack.site.url(GATEWAY)
    keys = json.loads(read(gateway["INZPIREU_PARTS_JWKS_FILE"]))["keys"]
    assert {key["kid"] for key in keys} == {f"part:{part.name}" for part in PARTS}
    assert not any("d" in key for key in keys)
    assert "keys" in json.loads(read(identity["INZPIREU_TOKEN_KEYS_FILE"]))
    assert "INZPIREU_TOKEN_KEYS_FILE" not in gateway
    assert identity["INZPIREU_MONGODB_URL"] == GIVEN["INZPIREU_MONGODB_URL"]
    assert gateway["INZPIREU_IDENTITY_URL"].endswith(identity["INZPIREU_PORT"])
    assert gateway["INZPIREU_EXTRA"] == "more"


async def test_key_files_are_private_and_stay_from_start_to_start(tmp_path: Path) -> None:
    async with a_stack(tmp_path):
        pass
    files = {file: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert len(files) == 4 + len(PARTS)  # tokens, payloads, seals, and the public keys of the parts
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    async with a_stack(tmp_path):
        assert {file: file.read_text() for file in files} == files


async def test_only_a_sandbox_has_a_clock(tmp_path: Path) -> None:
    environ = {**os.environ, **GIVEN, "INZPIREU_SANDBOX_CLOCK": "/left/over"}
    async with a_stack(tmp_path / "real", environ=environ) as stack:
        assert "INZPIREU_SANDBOX_CLOCK" not in environment(stack, IDENTITY)
    async with a_stack(tmp_path / "sandbox", environ=environ, sandbox=True) as stack:
        assert environment(stack, IDENTITY)["INZPIREU_SANDBOX_CLOCK"] == str(stack.sandbox_clock)


async def test_a_part_that_dies_is_started_again_and_that_is_said(tmp_path: Path) -> None:
    notices: list[Notice] = []
    async with a_stack(tmp_path, notices=notices) as stack:
        tell_to_die(stack, IDENTITY)
        await eventually(lambda: notices[-1].what == "back")
        assert environment(stack, IDENTITY)
    died = next(notice for notice in notices if notice.what == "died")
    assert died.name == "identity"
    assert "starting it again in 0.5 s" in died.text
    assert "status 3" in died.text


async def test_a_killed_part_stays_dead_until_it_is_restarted(tmp_path: Path) -> None:
    async with a_stack(tmp_path) as stack:
        stack.kill("identity")
        assert stack.running["identity"].pid is None
        with pytest.raises(OSError, match="refused"):
            environment(stack, IDENTITY)
        await stack.restart("identity")
        assert environment(stack, IDENTITY)


async def test_a_part_that_never_comes_up_fails_the_start_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(ChildFailed, match=r"identity died 3 times[^$]*no\.such\.module"):
        await a_stack(tmp_path, overrides={**STUBS, "identity": "no.such.module"}).start()
    assert StateFolder(tmp_path).read() is None


async def test_joined_parts_run_in_this_process(tmp_path: Path) -> None:
    async with a_stack(tmp_path, joined=True) as stack:
        assert {part.pid for part in stack.running.values()} == {os.getpid()}
        stack.kill("identity")
        await stack.restart("identity")
        assert stack.running["identity"].is_ready
    assert "part_started" in (tmp_path / "logs" / "parts.log").read_text()


async def test_a_second_stack_on_the_same_folder_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    async with a_stack(tmp_path):
        with pytest.raises(StateInUse, match=rf"pid {os.getpid()}\)"):
            await a_stack(tmp_path).start()
        record = StateFolder(tmp_path).read()
        assert record
        assert all(one.alive or one.given for one in record.running)
    assert StateFolder(tmp_path).read() is None


async def test_addresses_stay_and_a_disposable_state_does_not(tmp_path: Path) -> None:
    async with a_stack(tmp_path) as stack:
        address = stack.gateway_url
    async with a_stack(tmp_path) as stack:
        assert stack.gateway_url == address
    (tmp_path / "old").write_text("from an earlier demonstration")
    async with a_stack(tmp_path, disposable=True):
        assert not (tmp_path / "old").exists()


def test_callers_stop_before_the_called() -> None:
    assert GATEWAY.layer > WORKFLOWS.layer > IDENTITY.layer
