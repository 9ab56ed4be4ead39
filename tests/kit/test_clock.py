"""One clock for a whole installation."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kit.clock import Clock

WEEK = timedelta(days=7)
MOMENT = timedelta(seconds=2)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The file that a sandbox keeps its offset in."""
    file = tmp_path / "clock"
    file.write_text("0")
    return str(file)


def test_outside_a_sandbox_it_is_now_and_cannot_be_moved() -> None:
    clock = Clock()
    assert not clock.sandbox
    assert abs(clock.now() - datetime.now(UTC)) < MOMENT
    with pytest.raises(RuntimeError):
        clock.move(WEEK)


def test_a_move_is_seen_by_every_clock_of_the_installation(file: str) -> None:
    mover, other = Clock(file), Clock(file)
    assert other.offset == timedelta()
    mover.move(WEEK)
    assert mover.offset == other.offset == WEEK
    assert abs(other.now() - datetime.now(UTC) - WEEK) < MOMENT


def test_moves_add_up_however_fast_they_follow_each_other(file: str) -> None:
    mover, other = Clock(file), Clock(file)
    for count in range(1, 50):
        mover.move(WEEK)
        assert mover.offset == other.offset == count * WEEK


def test_the_offset_survives_a_restart(file: str) -> None:
    Clock(file).move(WEEK)
    assert Clock(file).offset == WEEK


def test_a_sandbox_whose_file_is_not_there_yet_lives_in_the_present(tmp_path: Path) -> None:
    clock = Clock(str(tmp_path / "clock"))
    assert clock.offset == timedelta()
    clock.move(WEEK)
    assert clock.offset == WEEK


def test_credentials_live_in_real_time(file: str) -> None:
    clock = Clock(file)
    clock.move(WEEK)
    assert abs(clock.real_now() - datetime.now(UTC)) < MOMENT


def test_every_moment_can_be_stored_and_sent_exactly(file: str) -> None:
    clock = Clock(file)
    clock.move(timedelta(microseconds=1234567))
    assert clock.now().microsecond % 1000 == 0
    assert clock.real_now().microsecond % 1000 == 0
    assert clock.now().tzinfo is UTC
