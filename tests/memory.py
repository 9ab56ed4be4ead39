"""A folder in memory for the data of servers, and none of an earlier run that was killed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

MEMORY = Path("/dev/shm")  # Linux has it; a container often has too little of it
ROOM = 2 << 30  # bytes; a whole run keeps some hundred megabytes
NAME = "inzpireu-tests"


@contextmanager
def data_folder(elsewhere: pytest.TempPathFactory) -> Iterator[Path]:
    """In memory if there is room, else on the disk; what is in it does not outlive the tests."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield elsewhere.mktemp("data")
        return
    for left in MEMORY.glob(f"{NAME}-*"):
        if not psutil.pid_exists(int(left.name.rpartition("-")[2])):
            shutil.rmtree(left, ignore_errors=True)
    folder = MEMORY / f"{NAME}-{os.getpid()}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
