"""What is asked of simulations: begin one, and look how far it is."""

from collections.abc import Callable
from typing import Any

from temporalio.client import Client

from contracts.errors import Invalid
from contracts.identity import DRAFT_POLICY, DraftPolicy
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
from kit.command import stamp
from kit.rpc import Answer
from kit.rpc import Client as Service
from workflows.policy import Kind, need
from workflows.runs import Runs
from workflows.simulating import NAME, Asked, SimulationRun
from workflows.simulation.behaviour import USUAL


class Simulations:
    """Begins simulations on the engine and reads them there."""

    def __init__(self, client: Callable[[], Client], clock: Clock, identity: Service, signer: PartSigner) -> None:
        self._runs = Runs(client, NAME, Simulation, SimulationRun.run)
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
        return await self._runs.begin(
            simulation, Asked(simulation=simulation, policy=policy, offset=self._clock.offset), by
        )

    async def get_simulations(self, caller: Caller, request: ByIds) -> tuple[Simulation, ...]:
        """Those of the caller's own programmes."""
        return await self._runs.get(caller, request)


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
