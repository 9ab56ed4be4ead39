"""The part builds without any of its servers, says that it is not ready, and stops."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from deploy.local.parts import PARTS
from deploy.local.ports import Ports
from deploy.local.secrets import Secrets
from kit.process import serve
from workflows.app import build
from workflows.settings import Settings


def settings(tmp_path: Path) -> Settings:
    secrets = Secrets(tmp_path / "secrets")
    secrets.make(part.name for part in PARTS)
    ports = Ports(tmp_path / "ports.json")
    return Settings(
        port=ports.take("workflows"),
        part_key_file=str(secrets.part_key("workflows")),
        parts_jwks_file=str(secrets.parts_jwks),
        payload_keys_file=str(secrets.payload_keys),
        identity_url="http://127.0.0.1:1",
        goals_url="http://127.0.0.1:1",
        sessions_url="http://127.0.0.1:1",
        notifications_url="http://127.0.0.1:1",
        amqp_url="amqp://127.0.0.1:1/",
        temporal_address="127.0.0.1:1",
    )


async def test_the_part_is_built_with_all_its_operations(tmp_path: Path) -> None:
    async with AsyncExitStack() as running:
        part = await build(settings(tmp_path), running)
        assert {getattr(route, "path", "") for route in part.routes} == {
            "/operations/cycles.read_clock",
            "/operations/cycles.move_time",
            "/operations/cycles.simulate_programme",
            "/operations/cycles.get_simulations",
            "/operations/cycles.what_if",
            "/operations/cycles.get_hindsights",
            "/operations/cycles.count_cycles",
        }
        assert {name: check() for name, check in part.checks.items()} == {"bus": False, "engine": False}


async def test_without_its_servers_the_part_lives_and_is_not_ready(tmp_path: Path) -> None:
    given = settings(tmp_path)
    serving = asyncio.create_task(serve(build, given, signals=False))
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{given.port}") as http, asyncio.timeout(10):
            while True:
                try:
                    async with http.get("/healthz") as live, http.get("/readyz") as ready:
                        assert (live.status, ready.status) == (200, 503)
                        break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)
    finally:
        serving.cancel()
        await asyncio.wait([serving])
