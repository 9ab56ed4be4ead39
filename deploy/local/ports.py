"""Free loopback ports, remembered so that a stack keeps its addresses from one start to the next."""

import json
import random
import socket
from pathlib import Path

# Below the range from which Linux and macOS take the near end of outgoing connections: a port from there could be
# gone when a killed server wants it back.
_RANGE = range(20_000, 32_000)


class Ports:
    """Hands out one port per name."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        self._given: set[str] = set()

    def take(self, name: str) -> int:
        """The port of that name: the same as last time unless somebody else has it now."""
        port = self._ports.get(name)
        if name not in self._given and (port is None or not is_free(port)):
            port = self._ports[name] = self._find()
            self._file.write_text(json.dumps(self._ports, indent=1))
        self._given.add(name)
        return self._ports[name]

    def _find(self) -> int:
        taken = set(self._ports.values())
        while True:
            port = random.choice(_RANGE)
            if port not in taken and is_free(port):
                return port


def is_free(port: int) -> bool:
    """Whether a server could listen on that loopback port now."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
