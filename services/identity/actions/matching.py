"""Matchings: asked for, worked out in the background, read, and confirmed."""

import asyncio
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import batched

from contracts.errors import Invalid, NotFound
from contracts.identity import (
    ConfirmMatches,
    ListMatchPairs,
    ListMatchRuns,
    ListUnmatched,
    MatchesConfirmed,
    MatchingRequested,
    MatchPair,
    MatchRun,
    PairState,
    Programme,
    ProposeMentorship,
    RunMatching,
    Unmatched,
)
from contracts.policy import Act, standing
from contracts.wire import ByIds, Caller, Envelope, Page
from kit.command import Stamp, natural_id, stamp, stamp_of_event
from kit.mongo import PAGE_LIMIT
from kit.telemetry import log
from services.identity.actions import Context
from services.identity.actions.gathering import Gathered, gather, history_of
from services.identity.model import match_runs, mentorships
from services.identity.model.match_runs import MatchResult
from services.identity.model.policy import Kind, can, need
from services.identity.solver import SolverFailed, Task, check_size

AT_ONCE = 20  # pairs proposed at the same time: the cycles that follow begin no faster
STEPS = 20  # in which a large launch is written down: all pairs with their reasons stand in one document


async def run_matching(context: Context, caller: Caller, request: RunMatching) -> MatchRun:
    """A programme manager has a programme or cohort matched. The answer comes at once, the matching later."""
    need(caller, Act.WRITE, Kind.MATCHING, request.programme_id)
    await context.store.programmes.get(caller.org_id, request.programme_id)
    if request.cohort_id is not None:
        group = await context.store.cohorts.find(caller.org_id, request.cohort_id)
        if group is None or group.programme_id != request.programme_id:
            raise NotFound.of("cohort", request.cohort_id)
    by = stamp(caller, request, context.clock.now())
    return await context.store.match_runs.create(
        by, lambda new_id: match_runs.request_matching(new_id, caller.org_id, request, caller.user_id, by.at)
    )


async def work_out(context: Context, event: MatchingRequested, envelope: Envelope) -> None:
    """Work a matching out. Until its end is saved, the event comes back, and it is worked out again."""
    by = Stamp(envelope.orgid, envelope.actorid, context.clock.now())
    run = await context.store.match_runs.get(by.org_id, event.match_run_id)
    if run.state in match_runs.ENDED:
        return
    programme = await context.store.programmes.get(by.org_id, run.programme_id)
    try:
        result = await _result(context, by, run, programme)
    except SolverFailed as failure:
        log.error("matching_failed", match_run_id=run.id, exc_info=failure)
        await _fail(context, by, run.id, "The solver ended without an answer. Run the matching again.")
        return
    except Invalid as refusal:
        await _fail(context, by, run.id, refusal.message)
        return
    kept = await context.store.match_results.put(run.id, by, lambda before: match_runs.keep(before, result))
    stored = await context.store.match_runs.load(by.org_id, run.id)
    await context.store.match_runs.amend(stored, by, lambda it: match_runs.finish(it, kept, by.at))


async def _fail(context: Context, by: Stamp, run_id: str, because: str) -> None:
    stored = await context.store.match_runs.load(by.org_id, run_id)
    await context.store.match_runs.amend(stored, by, lambda it: match_runs.fail(it, because, by.at))


async def _result(context: Context, by: Stamp, run: MatchRun, programme: Programme) -> MatchResult:
    gathered = await gather(context, programme, run.cohort_id, by.at)
    seats = sum(offer.room for offer in gathered.offers)
    check_size(len(gathered.wishes), min(seats, len(gathered.offers) * len(gathered.wishes)))
    stored = await context.store.match_runs.load(by.org_id, run.id)
    counts = {"mentees": len(gathered.wishes), "mentors": len(gathered.offers), "seats": seats}
    await context.store.match_runs.amend(stored, by, lambda it: match_runs.begin(it, **counts))

    async def on_progress(percent: int) -> None:
        stored = await context.store.match_runs.load(by.org_id, run.id)
        await context.store.match_runs.amend(stored, by, lambda it: match_runs.advance(it, percent))

    solved = await context.solve(Task(wishes=gathered.wishes, offers=gathered.offers), on_progress)
    return MatchResult(
        id=run.id,
        org_id=by.org_id,
        programme_id=programme.id,
        pairs=tuple(sorted(solved.pairs, key=lambda pair: pair.mentee_id)),
        unmatched=_everybody_without(gathered, solved.unmatched),
    )


def _everybody_without(gathered: Gathered, unmatched: Sequence[Unmatched]) -> tuple[Unmatched, ...]:
    return tuple(sorted((*unmatched, *gathered.left_out), key=lambda each: (each.user_id, each.party)))


async def confirm_matches(context: Context, caller: Caller, request: ConfirmMatches) -> MatchRun:
    """A programme manager has read the pairs. They are proposed one by one in the background."""
    run = await _run(context, caller, request.match_run_id)
    match_runs.check_done(run)
    result = await context.store.match_results.load(caller.org_id, run.id)
    by = stamp(caller, request, context.clock.now())
    await context.store.match_results.amend(result, by, lambda it: match_runs.confirm(it, request.mentee_ids))
    return run


async def propose_confirmed(context: Context, event: MatchesConfirmed, envelope: Envelope) -> None:
    """Propose what was confirmed: each pair once, however often the event comes."""
    result = await context.store.match_results.get(envelope.orgid, event.match_run_id)
    programme = await context.store.programmes.get(envelope.orgid, event.programme_id)
    history = await history_of(context, programme)
    waiting = [pair for pair in result.pairs if pair.state is PairState.CONFIRMED]
    for part in batched(waiting, max(AT_ONCE, -(-len(waiting) // STEPS)), strict=False):
        became: dict[str, str | None] = {}
        for some in batched(part, AT_ONCE, strict=False):
            made = await asyncio.gather(
                *(_propose(context, envelope, programme, pair, pair.mentee_id in history.settled) for pair in some)
            )
            became |= zip((pair.mentee_id for pair in some), made, strict=True)
        await _settle(context, envelope, became)


async def _settle(context: Context, envelope: Envelope, became: Mapping[str, str | None]) -> None:
    """Write down what became of some pairs, and how far all of them have come."""
    by = Stamp(envelope.orgid, envelope.actorid, envelope.time)
    results, runs = context.store.match_results, context.store.match_runs
    stored = await results.load(envelope.orgid, envelope.subject)
    result = await results.amend(stored, by, lambda it: match_runs.settle(it, became))
    run = await runs.load(envelope.orgid, envelope.subject)
    await runs.amend(run, by, lambda it: match_runs.tell_launch(it, result))


async def _propose(
    context: Context, envelope: Envelope, programme: Programme, pair: MatchPair, is_settled: bool
) -> str | None:
    """The proposal's id; None for a mentee who has found a mentor in the meantime."""
    mentorship_id = natural_id("match", envelope.subject, pair.mentee_id)
    if is_settled and await context.store.mentorships.find(envelope.orgid, mentorship_id) is None:
        return None
    request = ProposeMentorship(programme_id=programme.id, mentor_id=pair.mentor_id, mentee_id=pair.mentee_id)
    by = stamp_of_event(envelope, pair.mentee_id)
    made = await context.store.mentorships.create(
        by,
        lambda new_id: mentorships.propose(new_id, programme, request, by.at, reasons=pair.reasons),
        new_id=mentorship_id,
    )
    return made.id


async def get_match_runs(context: Context, caller: Caller, request: ByIds) -> tuple[MatchRun, ...]:
    """Matchings by id, for programme managers."""
    found = await context.store.match_runs.get_many(caller.org_id, request.ids)
    return tuple(run for run in found if _may(caller, run))


async def list_match_runs(context: Context, caller: Caller, request: ListMatchRuns) -> Page[MatchRun]:
    """The matchings of a programme."""
    need(caller, Act.WRITE, Kind.MATCHING, request.programme_id)
    await context.store.programmes.get(caller.org_id, request.programme_id)
    return await context.store.match_runs.page(
        caller.org_id, {"programmeId": request.programme_id}, first=request.first, after=request.after, newest=True
    )


async def list_match_pairs(context: Context, caller: Caller, request: ListMatchPairs) -> Page[MatchPair]:
    """The pairs of a matching; none before it is done."""
    run = await _run(context, caller, request.match_run_id)
    result = await context.store.match_results.find(caller.org_id, run.id)
    pairs = result.pairs if result else ()
    return _page(pairs, [pair.mentee_id for pair in pairs], request.first, request.after)


async def list_unmatched(context: Context, caller: Caller, request: ListUnmatched) -> Page[Unmatched]:
    """Whom a matching found nobody for."""
    run = await _run(context, caller, request.match_run_id)
    result = await context.store.match_results.find(caller.org_id, run.id)
    people = result.unmatched if result else ()
    return _page(people, [f"{each.user_id}|{each.party}" for each in people], request.first, request.after)


def _may(caller: Caller, run: MatchRun) -> bool:
    return can(standing(caller, run.org_id, run.programme_id), Act.WRITE, Kind.MATCHING)


async def _run(context: Context, caller: Caller, run_id: str) -> MatchRun:
    run = await context.store.match_runs.find(caller.org_id, run_id)
    if run is None or not _may(caller, run):
        raise NotFound.of("match run", run_id)
    return run


def _page[R](items: Sequence[R], cursors: list[str], first: int, after: str | None) -> Page[R]:
    """A page of what stands in one document, sorted by its cursors."""
    if not 1 <= first <= PAGE_LIMIT:
        raise Invalid(f"A page has 1 to {PAGE_LIMIT} entries, not {first}.", field="first")
    start = bisect_right(cursors, after) if after else 0
    shown = cursors[start : start + first]
    return Page(
        items=tuple(items[start : start + first]),
        cursors=tuple(shown),
        end_cursor=shown[-1] if shown else None,
        has_next=start + first < len(items),
    )
