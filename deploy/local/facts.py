"""What a person and `inzpireu status` may know of a running stack."""

import os
from typing import TYPE_CHECKING

from deploy.local.backend import Backend
from deploy.local.running import RunningPart
from deploy.local.state import Record, Running, started_at

if TYPE_CHECKING:
    from deploy.local.stack import Stack

_UI_NAMES = {"temporal": "Temporal", "amqp": "RabbitMQ"}


def record(stack: "Stack") -> Record:
    """Everything that runs now."""
    return Record(
        pid=os.getpid(),
        started=started_at(os.getpid()),
        sandbox=stack.sandbox,
        links=links(stack),
        running=[*map(_seen, stack.backends), *map(_seen, stack.running.values())],
    )


def links(stack: "Stack") -> dict[str, str]:
    """Where to look at it."""
    found = {"GraphiQL": f"{stack.gateway_url}/graphql"} if "gateway" in stack.running else {}
    for backend in stack.backends:
        if backend.ui:
            login = backend.login
            found[_UI_NAMES[backend.name]] = backend.ui + (
                f"  (user {login.user}, password {login.password})" if login else ""
            )
        if backend.name == "smtp" and backend.ours:
            found["Mail folder"] = str(stack.backends.mail)
    return found


def _seen(one: Backend | RunningPart) -> Running:
    return Running(
        name=one.name,
        pid=one.pid,
        started=started_at(one.pid) if one.pid else None,
        address=one.address,
        seconds_to_ready=one.seconds_to_ready,
        given=isinstance(one, Backend) and not one.ours,
    )
