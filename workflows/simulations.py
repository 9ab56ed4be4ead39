"""What is asked of simulations: begin one, and look how far it is."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from msgspec.structs import asdict, replace
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from contracts.errors import Conflict, IdempotencyMismatch, Invalid
from contracts.identity import DRAFT_POLICY, DraftPolicy, ProgrammePolicy, RunState
from contracts.policy import Act
from contracts.simulation import (
    GET_SIMULATIONS,
    MOST_MONTHS,
    MOST_PAIRS,
    SEEDS,
    SIMULATE_PROGRAMME,
    ProfileShare,
    SimulateProgramme,
    Simulation,
)
from contracts.wire import ByIds, Caller
from kit.auth import PartSigner
from kit.clock import Clock
from kit.command import Stamp, stamp
from kit.rpc import Answer
from kit.rpc import Client as Service
from workflows.cycle import ORG, PROGRAMME
from workflows.engine import unavailable
from workflows.policy import Kind, can, need
from workflows.simulating import NAME, PROGRESS, SIMULATIONS, Answered, Asked, SimulationRun
from workflows.simulation.behaviour import USUAL

MOST_AT_ONCE = 4  # simulations of one organisation
_ABOUT, _BODY = "simulation", "body"  # the memo's keys beside the progress
_LOOK = timedelta(seconds=5)
_READS = 8  # at the same time


class Simulations:
    """Begins simulations on the engine and reads them there."""

    def __init__(self, client: Callable[[], Client], clock: Clock, identity: Service, signer: PartSigner) -> None:
        self._client = client
        self._clock = clock
        self._identity = identity
        self._signer = signer

    async def simulate_programme(self, caller: Caller, request: SimulateProgramme) -> Simulation:
        """A programme manager has a programme played. The answer comes at once, the figures later."""
        need(caller, Act.WRITE, Kind.SIMULATION, request.programme_id)
        behaviour = _check(request)
        token = self._signer.token(caller.org_id)
        draft = DraftPolicy(programme_id=request.programme_id, policy=request.policy)
        policy = await self._identity.call(DRAFT_POLICY, token, draft)
        by = stamp(caller, request, self._clock.now())
        simulation = Simulation(
            id=by.new_id("simulation"),
            org_id=caller.org_id,
            programme_id=request.programme_id,
            policy_version=policy.version,
            pairs=request.pairs,
            months=request.months,
            behaviour=behaviour,
            seed=request.seed,
            requested_by=caller.user_id,
            created_at=by.at,
        )
        if await self._begin(simulation, policy, by):
            return simulation
        return await self._again(simulation.id, by)

    async def get_simulations(self, caller: Caller, request: ByIds) -> tuple[Simulation, ...]:
        """Those of the caller's own programmes."""
        gate = asyncio.Semaphore(_READS)

        async def read(simulation_id: str) -> Simulation | None:
            async with gate:
                found = await self._described(simulation_id)
                return await self._shown(found) if found else None

        found = await asyncio.gather(*map(read, dict.fromkeys(request.ids)))
        mine = (each for each in found if each and each.org_id == caller.org_id)
        return tuple(each for each in mine if can(caller, Act.READ, Kind.SIMULATION, each.programme_id))

    async def _begin(self, simulation: Simulation, policy: ProgrammePolicy, by: Stamp) -> bool:
        """False where it was begun before."""
        offset = self._clock.offset
        try:
            if await self._described(simulation.id) is not None:
                return False
            await self._check_room(simulation.org_id)
            await self._client().start_workflow(
                SimulationRun.run,
                Asked(simulation=simulation, policy=policy, offset=offset),
                id=_workflow_id(simulation.id),
                task_queue=SIMULATIONS,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                memo={_ABOUT: simulation, _BODY: by.body_hash, PROGRESS: 0},
                search_attributes=_shown_as(simulation),
                rpc_timeout=_LOOK,
            )
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as error:
            raise unavailable(error) from error
        return True

    async def _check_room(self, org_id: str) -> None:
        running = await self._client().count_workflows(
            f'WorkflowType = "{NAME}" AND ExecutionStatus = "Running" AND Org = "{org_id}"', rpc_timeout=_LOOK
        )
        if running.count >= MOST_AT_ONCE:
            raise Conflict(f"Your organisation has {running.count} simulations running. Wait until one is done.")

    async def _again(self, simulation_id: str, by: Stamp) -> Simulation:
        found = await self._described(simulation_id)
        assert found is not None, "it was begun before"
        if await found.memo_value(_BODY, type_hint=str) != by.body_hash:
            raise IdempotencyMismatch("This idempotency key was used for another simulation. Use a new one.")
        return await self._shown(found)

    async def _described(self, simulation_id: str) -> WorkflowExecutionDescription | None:
        handle = self._client().get_workflow_handle(_workflow_id(simulation_id))
        try:
            return await handle.describe(rpc_timeout=_LOOK)
        except RPCError as error:
            if error.status in {RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT}:
                return None
            raise unavailable(error) from error

    async def _shown(self, found: WorkflowExecutionDescription) -> Simulation:
        about = await found.memo_value(_ABOUT, type_hint=Simulation)
        progress = await found.memo_value(PROGRESS, 0, type_hint=int)
        if found.status is WorkflowExecutionStatus.RUNNING:
            return replace(about, state=RunState.RUNNING if progress else RunState.QUEUED, progress=progress)
        if found.status is not WorkflowExecutionStatus.COMPLETED:
            return replace(about, state=RunState.FAILED, progress=progress, finished_at=found.close_time)
        handle = self._client().get_workflow_handle_for(SimulationRun.run, found.id)
        answered: Answered = await handle.result(rpc_timeout=_LOOK)
        return replace(about, state=RunState.DONE, progress=100, **asdict(answered))


def _workflow_id(simulation_id: str) -> str:
    return f"{NAME}:{simulation_id}"  # a namespace of its own: the id of a mentorship finds nothing here


def _shown_as(simulation: Simulation) -> TypedSearchAttributes:
    pairs = (SearchAttributePair(ORG, simulation.org_id), SearchAttributePair(PROGRAMME, simulation.programme_id))
    return TypedSearchAttributes(pairs)


def _check(request: SimulateProgramme) -> tuple[ProfileShare, ...]:
    """Refuse what cannot be played; the mix of people, the usual one where none is given."""
    if not 1 <= request.pairs <= MOST_PAIRS:
        raise Invalid(f"Simulate 1 to {MOST_PAIRS:,} pairs, not {request.pairs:,}.", field="pairs")
    if not 1 <= request.months <= MOST_MONTHS:
        raise Invalid(f"Simulate 1 to {MOST_MONTHS} months, not {request.months}.", field="months")
    if not 0 <= request.seed < SEEDS:
        raise Invalid(f"A seed is a whole number from 0 to {SEEDS - 1:,}.", field="seed")
    behaviour = request.behaviour or tuple(ProfileShare(profile=name, share=share) for name, share in USUAL.items())
    profiles, shares = [each.profile for each in behaviour], [each.share for each in behaviour]
    if len(set(profiles)) != len(profiles):
        raise Invalid("Name each profile once.", field="behaviour")
    if min(shares) < 0 or sum(shares) != 100:
        raise Invalid(f"The shares of the profiles have to come to 100, not {sum(shares)}.", field="behaviour")
    return tuple(sorted(behaviour, key=lambda each: each.profile))


def answers(simulations: Simulations) -> list[Answer[Any, Any]]:
    """Each operation with the action that answers it."""
    return [
        Answer(SIMULATE_PROGRAMME, simulations.simulate_programme),
        Answer(GET_SIMULATIONS, simulations.get_simulations),
    ]
