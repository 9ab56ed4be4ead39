"""What a log line says of an error: where it came from, never what it says."""

import json
import subprocess
import sys

PROGRAM = """
import sys
from kit.telemetry import attached, configure, log
configure("tested")
try:
    try:
        raise KeyError(sys.argv[1])
    except KeyError as error:
        raise ValueError(sys.argv[2]) from error
except ValueError as error:
    with attached("step", correlation="request-1"):
        log.error("it_failed", exc_info=error)
"""


def test_an_exception_is_logged_by_its_place_and_class_alone() -> None:
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM, "what Ann wrote", "what Ben said"], capture_output=True, text=True, check=True
    ).stdout
    line = json.loads(said)
    assert (line["event"], line["part"], line["correlation_id"]) == ("it_failed", "tested", "request-1")
    assert "ValueError" in line["exception"]
    assert "KeyError" in line["exception"]
    assert 'File "<string>"' in line["exception"]
    assert len(line["trace_id"]) == 32
    assert "Ann" not in said
    assert "Ben" not in said
