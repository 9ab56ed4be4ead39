"""The servers as containers, for `--backends docker`: those of docker-compose.yml, with their commands and checks."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import ExecWaitStrategy

COMPOSE = Path(__file__).parents[1] / "docker-compose.yml"
PORTS = {"mongodb": 27017, "rabbitmq": 5672, "valkey": 6379, "temporal": 7233}
PASSWORD = "of-the-tests"


@contextmanager
def containers() -> Iterator[Mapping[str, str]]:
    """Start all of them; raises where Docker cannot be used, because a skipped test shows nothing."""
    if os.path.exists("/.dockerenv"):  # we are in a container ourselves: published ports are on the host
        os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
        os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
        os.environ.setdefault("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1")
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    with ExitStack() as running:
        at = {name: running.enter_context(_container(services[name], port)) for name, port in PORTS.items()}
        code, said = at["mongodb"].exec(["mongosh", "--quiet", "--eval", "rs.initiate().ok"])
        assert code == 0, said
        where = {
            name: f"{container.get_container_host_ip()}:{container.get_exposed_port(PORTS[name])}"
            for name, container in at.items()
        }
        yield {
            "INZPIREU_MONGODB_URL": f"mongodb://{where['mongodb']}/?directConnection=true&w=majority&journal=true",
            "INZPIREU_AMQP_URL": f"amqp://inzpireu:{PASSWORD}@{where['rabbitmq']}/",
            "INZPIREU_REDIS_URL": f"redis://:{PASSWORD}@{where['valkey']}/0",
            "INZPIREU_TEMPORAL_ADDRESS": where["temporal"],
        }


def versions() -> str:
    """The images that the tests stand on, in words."""
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    return ", ".join(services[name]["image"] for name in PORTS)


def _container(service: Mapping[str, Any], port: int) -> DockerContainer:
    container = DockerContainer(service["image"]).with_exposed_ports(port)
    if "command" in service:
        container = container.with_command([_plain(word) for word in service["command"]])
    if user := service.get("user"):
        container = container.with_kwargs(user=user)
        for volume in service["volumes"]:  # the others' images have their folders, with the right owner
            container = container.with_tmpfs_mount(volume.partition(":")[2])
    for name, value in service.get("environment", {}).items():
        container = container.with_env(name, _plain(value))
    kind, *check = service["healthcheck"]["test"]
    return container.waiting_for(ExecWaitStrategy(check if kind == "CMD" else ["sh", "-c", *check]))


def _plain(word: str) -> str:
    """What compose makes of a word: each variable is a password."""
    return re.sub(r"\$\{\w+PASSWORD[^}]*\}", PASSWORD, word).replace("$$", "$")
