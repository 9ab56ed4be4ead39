"""`inzpireu audit verify` on a file: what was done to it is named, and the exit code says so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kit.chain import canonical
from tests.deploy.test_cli import inzpireu
from tests.kit.test_chain import a_chain

type Lines = list[bytes]


@pytest.fixture
def lines() -> Lines:
    return [canonical(entry) for entry in a_chain()]


@pytest.fixture
def bundle(tmp_path: Path) -> Callable[[Lines], Path]:
    def write(lines: Lines) -> Path:
        path = tmp_path / "bundle.jsonl"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return path

    return write


def verified(path: Path, *more: str) -> tuple[int, dict[str, Any]]:
    said = inzpireu("audit", "verify", path, "--json", *more)
    return said.returncode, msgspec.json.decode(said.stdout)


def test_a_whole_bundle_is_called_whole(bundle: Callable[[Lines], Path], lines: Lines) -> None:
    code, report = verified(bundle(lines))
    (chain,) = report["chains"]
    assert (code, report["intact"], chain["checked"], chain["seq"], chain["faults"]) == (0, True, 9, 9, [])
    assert "9 entries, whole up to 9" in inzpireu("audit", "verify", bundle(lines)).stdout


TAMPERINGS: dict[str, tuple[Callable[[Lines], Lines], dict[str, Any]]] = {
    "altered": (lambda lines: [*lines[:4], lines[4].replace(b"maria", b"tom"), *lines[5:]],
                {"seq": 5, "problem": "altered"}),
    "removed": (lambda lines: lines[:4] + lines[5:], {"seq": 5, "problem": "missing"}),
    "inserted": (lambda lines: [*lines[:4], lines[2], *lines[4:]], {"seq": 3, "problem": "inserted"}),
    "reordered": (lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]], {"seq": 5, "problem": "reordered"}),
    "no entry": (lambda lines: [*lines, b"{not json"], {"seq": 10, "problem": "malformed"}),
}  # fmt: skip


@pytest.mark.parametrize(("tampering", "fault"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_what_was_done_to_a_bundle_is_named_and_ends_with_1(
    bundle: Callable[[Lines], Path], lines: Lines, tampering: Callable[[Lines], Lines], fault: dict[str, Any]
) -> None:
    code, report = verified(bundle(tampering(lines)))
    assert (code, [fault for chain in report["chains"] for fault in chain["faults"]]) == (1, [fault])


def test_a_cut_off_end_is_found_by_a_checkpoint_and_a_person_is_told(
    bundle: Callable[[Lines], Path], lines: Lines
) -> None:
    last = msgspec.json.decode(lines[-1])
    checkpoint = f"acme:goals:{last['seq']}:{last['hash']}"
    lines = [line.replace(b'"service":"test"', b'"service":"goals"') for line in lines]
    said = inzpireu("audit", "verify", bundle(lines[:7]), "--checkpoint", checkpoint)
    assert said.returncode == 1
    assert "goals of acme: BROKEN" in said.stdout
    assert "Entry 8 and all after it were cut off" in said.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing-there.jsonl",),
        ("nothing-there.jsonl", "--mongodb-url", "mongodb://127.0.0.1:1"),
        ("--mongodb-url", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200"),
        ("/dev/null",),
        ("/dev/null", "--checkpoint", "acme:nothing:1:x"),
    ],
)
def test_what_cannot_be_looked_at_ends_with_2_and_says_why(arguments: tuple[str, ...]) -> None:
    said = inzpireu("audit", "verify", *arguments)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.strip()


def test_help_says_what_the_ends_mean() -> None:
    said = inzpireu("audit", "verify", "--help")
    assert said.returncode == 0
    assert "1 if one is broken" in " ".join(said.stdout.split())
