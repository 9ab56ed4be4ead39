"""The servers as containers of the images that production runs, for `--backends docker`."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

IMAGES = {
    "mongodb": ("mongo:8", 27017, "Waiting for connections"),
    "amqp": ("rabbitmq:4-management", 5672, "Server startup complete"),
    "redis": ("valkey/valkey:9", 6379, "Ready to accept connections"),
    "temporal": ("temporalio/temporal:latest", 7233, "Server:"),
}
COMMANDS = {
    "temporal": "server start-dev --ip 0.0.0.0"
    " --dynamic-config-value frontend.WorkflowTimeSkippingEnabled=true"
    ' --dynamic-config-value history.timerProcessorMaxTimeShift="1ms"'
    " --search-attribute Org=Keyword --search-attribute Programme=Keyword --search-attribute Phase=Keyword"
    " --search-attribute NextCheckIn=Datetime --search-attribute MissedStreak=Int",
}


@contextmanager
def containers() -> Iterator[Mapping[str, str]]:
    """Start all of them; raises where Docker cannot be used, because a skipped test shows nothing."""
    if os.path.exists("/.dockerenv"):  # we are in a container ourselves: published ports are on the host
        os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
        os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
        os.environ.setdefault("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1")
    with ExitStack() as running:
        at = {name: running.enter_context(_container(name)) for name in IMAGES}
        where = {
            name: f"{container.get_container_host_ip()}:{container.get_exposed_port(IMAGES[name][1])}"
            for name, container in at.items()
        }
        yield {
            "INZPIREU_MONGODB_URL": f"mongodb://{where['mongodb']}/?directConnection=true&w=majority&journal=true",
            "INZPIREU_AMQP_URL": f"amqp://guest:guest@{where['amqp']}/",
            "INZPIREU_REDIS_URL": f"redis://{where['redis']}/0",
            "INZPIREU_TEMPORAL_ADDRESS": where["temporal"],
        }


def _container(name: str) -> DockerContainer:
    image, port, ready = IMAGES[name]
    container = DockerContainer(image).with_exposed_ports(port)
    if command := COMMANDS.get(name):
        container = container.with_command(command)
    return container.waiting_for(LogMessageWaitStrategy(ready))
