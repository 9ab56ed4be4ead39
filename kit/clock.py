"""One clock for a whole installation. Production has the real time; a sandbox may live later than that."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Tells the moment this installation lives at.

    A sandbox keeps how far ahead it lives in one small file that all its parts share: it survives restarts, needs no
    server, and reading it costs one `stat`. Credentials are never judged by this clock but by the real one.
    """

    def __init__(self, sandbox_file: str | None = None) -> None:
        self._file = Path(sandbox_file) if sandbox_file else None
        self._read = (0, 0)
        self._offset = timedelta()

    @property
    def sandbox(self) -> bool:
        """Whether time may be moved here."""
        return self._file is not None

    @property
    def offset(self) -> timedelta:
        """How far ahead of the real time this installation lives; zero outside a sandbox."""
        if self._file is None:
            return self._offset
        try:
            found = os.stat(self._file)
        except FileNotFoundError:
            return self._offset
        version = found.st_mtime_ns, found.st_ino  # some file systems tell the time by ticks of milliseconds
        if version != self._read:
            self._offset = timedelta(seconds=float(self._file.read_text() or 0))
            self._read = version
        return self._offset

    def now(self) -> datetime:
        """The moment (UTC, whole milliseconds: what every store and wire here can hold)."""
        return _whole_milliseconds(datetime.now(UTC) + self.offset)

    def real_now(self) -> datetime:
        """The real moment (UTC), for what must never be moved: the life of credentials."""
        return _whole_milliseconds(datetime.now(UTC))

    def move(self, by: timedelta) -> None:
        """Let the sandbox live `by` later; all parts see it with their next reading."""
        if self._file is None:
            raise RuntimeError("Only a sandbox can move its time; this installation has no sandbox clock.")
        ahead = self.offset + by
        draft = self._file.with_suffix(".moving")
        draft.write_text(str(ahead.total_seconds()))
        draft.replace(self._file)


def _whole_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
