"""How the operators' commands are told where things are, and how they answer: for people, or as JSON."""

import sys
from typing import Annotated, Any, NoReturn

import msgspec
from cyclopts import Parameter
from rich.console import Console

from kit.settings import given

out = Console(highlight=False, soft_wrap=True)

type AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Say it as JSON.")]
type AmqpUrl = Annotated[str | None, Parameter(help="Where RabbitMQ is; else INZPIREU_AMQP_URL or its _FILE says it.")]
type MongodbUrl = Annotated[
    str | None, Parameter(help="Where MongoDB is; else INZPIREU_MONGODB_URL or its _FILE says it.")
]


def where(setting: str, said: str | None) -> str:
    """The address that was said, or that the environment of a part has."""
    found = said or given(setting)
    if not found:
        option = setting.replace("_", "-")
        fail(f"Say --{option}, or set INZPIREU_{setting.upper()} as for a part.", code=2)
    return found


def say(found: Any) -> None:
    """Write it as one line of JSON."""
    sys.stdout.write(f"{msgspec.json.encode(found).decode()}\n")


def fail(message: str, *, code: int) -> NoReturn:
    """End with these words."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(message, style="red", markup=False)
    sys.exit(code)
