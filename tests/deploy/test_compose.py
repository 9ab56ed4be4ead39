"""docker-compose.yml and the parts: each is told what it reads, and Temporal is set up as by the launcher."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from deploy.local.components import SEARCH_ATTRIBUTES, TEMPORAL_SETTINGS
from deploy.local.parts import PARTS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_is_told_what_it_reads_and_all_that_it_needs(part: Any) -> None:
    service = SERVICES[part.name]
    assert service["command"] == ["python", "-m", part.module]
    fields = msgspec.structs.fields(import_module(f"{part.module}.settings").Settings)
    of_others = {other.variable for other in PARTS} | {"INZPIREU_REDIS_URL"}  # told to all alike
    told = set(service["environment"])
    assert told - {f"INZPIREU_{field.name.upper()}" for field in fields} - of_others == set()
    assert {f"INZPIREU_{field.name.upper()}" for field in fields if field.required} - told == set()


def test_temporal_is_set_up_as_by_the_launcher() -> None:
    command = SERVICES["temporal"]["command"]
    assert {f"--search-attribute={name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()} <= set(command)
    assert {f"--dynamic-config-value={name}={value}" for name, value in TEMPORAL_SETTINGS.items()} <= set(command)


def test_no_secret_stands_in_the_file() -> None:
    secrets = [
        value
        for service in SERVICES.values()
        for name, value in (service.get("environment") or {}).items()
        if re.search(r"PASS|SECRET|_AUTH$", name)
    ]
    assert len(secrets) == 2
    assert all(re.fullmatch(r"\$\{\w+PASSWORD\}", value) for value in secrets)
    in_addresses = re.findall(r"://\w*:(\S[^@\n]*)@", TEXT)
    assert len(in_addresses) == 2
    assert all(word.startswith("${") for word in in_addresses)
    example = (ROOT / ".env.example").read_text()
    for variable in re.findall(r"\$\{(\w+):\?", TEXT):
        assert f"\n{variable}=" in example


def test_whoever_waits_for_another_waits_until_it_is_well() -> None:
    for name, service in SERVICES.items():
        for other, how in dict(
            service.get("depends_on", {}) if isinstance(service.get("depends_on"), dict) else {}
        ).items():
            if how["condition"] == "service_healthy" and other not in {part.name for part in PARTS}:
                assert "healthcheck" in SERVICES[other], f"{name} waits for {other}, which nobody looks after"
