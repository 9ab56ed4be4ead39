"""A matching: how far it has come, what it found, and what became of each pair."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec.structs import replace

from contracts.errors import Conflict, NotFound
from contracts.identity import (
    MatchesConfirmed,
    MatchingFinished,
    MatchingRequested,
    MatchPair,
    MatchRun,
    PairState,
    RunMatching,
    RunState,
    Unmatched,
)
from contracts.wire import Change, Record, evolve

ENDED = frozenset({RunState.DONE, RunState.FAILED})


class MatchResult(Record, frozen=True, kw_only=True):
    """What a matching found; its id is the matching's. Apart from it, so that asking how far it is stays cheap."""

    id: str
    org_id: str
    programme_id: str
    pairs: tuple[MatchPair, ...]
    unmatched: tuple[Unmatched, ...]
    version: int = 1


def request_matching(run_id: str, org_id: str, request: RunMatching, by: str, at: datetime) -> Change[MatchRun]:
    """A matching that waits to be worked out."""
    run = MatchRun(
        id=run_id,
        org_id=org_id,
        programme_id=request.programme_id,
        cohort_id=request.cohort_id,
        requested_by=by,
        created_at=at,
    )
    return Change(run, (MatchingRequested(match_run_id=run_id, programme_id=request.programme_id),))


def begin(run: MatchRun, *, mentees: int, mentors: int, seats: int) -> Change[MatchRun]:
    """It is being worked out; after a restart, from the beginning."""
    return Change(evolve(run, state=RunState.RUNNING, progress=0, mentees=mentees, mentors=mentors, seats=seats))


def advance(run: MatchRun, percent: int) -> Change[MatchRun]:
    """How far it has come; never back, and never quite done before it is."""
    percent = min(percent, 99)
    return Change(run if run.state in ENDED or percent <= run.progress else evolve(run, progress=percent))


def finish(run: MatchRun, result: MatchResult, at: datetime) -> Change[MatchRun]:
    """It can be read."""
    if run.state in ENDED:
        return Change(run)
    done = evolve(
        run,
        state=RunState.DONE,
        progress=100,
        matched=len(result.pairs),
        total_score=sum(pair.score for pair in result.pairs),
        finished_at=at,
    )
    fact = MatchingFinished(
        match_run_id=run.id,
        programme_id=run.programme_id,
        matched=len(result.pairs),
        unmatched=len(result.unmatched),
    )
    return Change(done, (fact,))


def fail(run: MatchRun, because: str, at: datetime) -> Change[MatchRun]:
    """It will not come to anything."""
    if run.state in ENDED:
        return Change(run)
    return Change(evolve(run, state=RunState.FAILED, failed_because=because, finished_at=at))


def keep(before: MatchResult | None, found: MatchResult) -> Change[MatchResult]:
    """What was found first stays: a second working out, after a crash in between, finds the same or comes too late."""
    return Change(before or found)


def confirm(result: MatchResult, mentee_ids: Collection[str] | None) -> Change[MatchResult]:
    """The manager has read these pairs, or all. Those confirmed before stay as they are."""
    known = {pair.mentee_id for pair in result.pairs}
    for mentee_id in mentee_ids or ():
        if mentee_id not in known:
            raise NotFound.of("pair of the mentee", mentee_id)
    chosen = known if mentee_ids is None else set(mentee_ids)
    pairs = tuple(
        replace(pair, state=PairState.CONFIRMED)
        if pair.mentee_id in chosen and pair.state is PairState.SUGGESTED
        else pair
        for pair in result.pairs
    )
    if pairs == result.pairs:
        return Change(result)
    fact = MatchesConfirmed(match_run_id=result.id, programme_id=result.programme_id)
    return Change(evolve(result, pairs=pairs), (fact,))


def check_done(run: MatchRun) -> None:
    """Refuse to confirm what is not known yet."""
    if run.state is not RunState.DONE:
        raise Conflict(f"The matching {run.id} is {run.state}; its pairs can be confirmed once it is done.")


def tell_launch(run: MatchRun, result: MatchResult) -> Change[MatchRun]:
    """How far the proposing of confirmed pairs has come."""
    states = Counter(pair.state for pair in result.pairs)
    told = {
        "confirmed": states[PairState.CONFIRMED],
        "proposed": states[PairState.PROPOSED],
        "skipped": states[PairState.SKIPPED],
    }
    before = {name: getattr(run, name) for name in told}
    return Change(run if told == before else evolve(run, **told))


def settle(result: MatchResult, became: Mapping[str, str | None]) -> Change[MatchResult]:
    """What became of confirmed pairs, by mentee: the proposed mentorship, or None where it came too late."""
    pairs = tuple(
        replace(
            pair,
            state=PairState.PROPOSED if became[pair.mentee_id] else PairState.SKIPPED,
            mentorship_id=became[pair.mentee_id],
        )
        if pair.mentee_id in became and pair.state is PairState.CONFIRMED
        else pair
        for pair in result.pairs
    )
    return Change(result if pairs == result.pairs else evolve(result, pairs=pairs))
