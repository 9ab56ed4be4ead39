"""How far the proposing of confirmed pairs has come, while it goes on."""

from contracts.identity import MatchPair, MatchRun, RunState
from services.identity.model import match_runs
from services.identity.model.match_runs import MatchResult
from tests.builders import NOW


def a_run() -> MatchRun:
    return MatchRun(
        id="run", org_id="acme", programme_id="p", state=RunState.DONE, requested_by="priya", created_at=NOW, matched=4
    )


def a_result() -> MatchResult:
    pairs = tuple(MatchPair(mentee_id=f"e{n}", mentor_id=f"o{n}", score=0, reasons=()) for n in range(4))
    return MatchResult(id="run", org_id="acme", programme_id="p", pairs=pairs, unmatched=())


def launch(run: MatchRun) -> tuple[int, int, int]:
    return run.confirmed, run.proposed, run.skipped


def test_a_launch_is_told_part_by_part() -> None:
    confirmed = match_runs.confirm(a_result(), ("e0", "e1", "e2")).state
    run = match_runs.tell_launch(a_run(), confirmed).state
    assert launch(run) == (3, 0, 0)
    half = match_runs.settle(confirmed, {"e0": "m0", "e1": None}).state
    run = match_runs.tell_launch(run, half).state
    assert launch(run) == (1, 1, 1)
    whole = match_runs.settle(half, {"e2": "m2"}).state
    assert launch(match_runs.tell_launch(run, whole).state) == (0, 2, 1)


def test_telling_the_same_again_changes_nothing() -> None:
    confirmed = match_runs.confirm(a_result(), None).state
    run = match_runs.tell_launch(a_run(), confirmed).state
    again = match_runs.tell_launch(run, confirmed)
    assert again.state == run
    assert again.state.version == run.version
    settled = match_runs.settle(confirmed, {"e0": "m0"}).state
    assert match_runs.settle(settled, {"e0": "another"}).state == settled
