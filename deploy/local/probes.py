"""Is it ready? One cheap question per protocol, over a bare socket: client libraries are too slow to import for it."""

import asyncio
import base64
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.local.children import Probe

_HOST = "127.0.0.1"
_AMQP_HELLO = b"AMQP\x00\x00\x09\x01"
_BSON_HELLO = b"\x10hello\x00\x01\x00\x00\x00" + b"\x02$db\x00\x06\x00\x00\x00admin\x00" + b"\x00"
_MONGO_HELLO = b"\x00" * 5 + struct.pack("<i", len(_BSON_HELLO) + 4) + _BSON_HELLO
_OP_MSG = 2013


def accepts(port: int) -> Probe:
    """Something listens on the port."""

    async def probe() -> bool:
        async with _connection(port):
            return True

    return probe


def answers(port: int, *, say: bytes, expect: bytes) -> Probe:
    """The server answers these words with those."""

    async def probe() -> bool:
        async with _connection(port) as (reader, writer):
            writer.write(say)
            return expect in await reader.read(4096)

    return probe


def mongodb(port: int) -> Probe:
    """The server says it is a writable primary."""
    header = struct.pack("<iiii", 16 + len(_MONGO_HELLO), 1, 0, _OP_MSG)
    return answers(port, say=header + _MONGO_HELLO, expect=b"\x08isWritablePrimary\x00\x01")


def redis(port: int) -> Probe:
    """The server answers a ping."""
    return answers(port, say=b"PING\r\n", expect=b"+PONG")


def amqp(port: int) -> Probe:
    """The broker starts an AMQP conversation (a method frame on channel 0)."""
    return answers(port, say=_AMQP_HELLO, expect=b"\x01\x00\x00")


def smtp(port: int) -> Probe:
    """The mail server greets."""
    return answers(port, say=b"", expect=b"220 ")


def http(port: int, path: str, *, login: str | None = None) -> Probe:
    """The path answers 200."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {_HOST}:{port}",
        "Connection: close",
        "Accept: application/json",
    ]
    if login:
        lines.append(f"Authorization: Basic {base64.b64encode(login.encode()).decode()}")
    return answers(port, say=("\r\n".join(lines) + "\r\n\r\n").encode(), expect=b"HTTP/1.1 200")


def both(first: Probe, second: Probe) -> Probe:
    """Both say yes."""

    async def probe() -> bool:
        return await first() and await second()

    return probe


@asynccontextmanager
async def _connection(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(_HOST, port)
    try:
        yield reader, writer
    finally:
        writer.close()
