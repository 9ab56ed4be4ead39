"""An SMTP server that delivers to nobody: each mail becomes an .eml file. Run `python -m deploy.local.mail_sink`."""

import argparse
import asyncio
import itertools
import os
import signal
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_MAX_BYTES = 10_000_000


class MailFolder:
    """Writes each mail it is handed into a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        """Take one mail. The reader of the folder never sees half a file."""
        assert isinstance(envelope.content, bytes)
        name = f"{time.time_ns()}-{next(self._numbers):05d}"
        part = self._folder / f".{name}.part"
        part.write_bytes(_with_recipients(envelope) + envelope.content)
        os.replace(part, self._folder / f"{name}.eml")
        return "250 Kept in the mail folder"


def _with_recipients(envelope: Envelope) -> bytes:
    """Headers that say who the mail was really for, whatever its To line claims."""
    return "".join(f"X-Envelope-To: {address}\r\n" for address in envelope.rcpt_tos).encode()


async def serve(folder: Path, port: int) -> None:
    """Take mail until SIGTERM."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    mails = MailFolder(folder)
    server = await loop.create_server(
        lambda: SMTP(mails, data_size_limit=_MAX_BYTES, enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1",
        port,
    )
    async with server:
        await stop.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.folder, arguments.port))


if __name__ == "__main__":
    main()
