"""What is asked of hindsights: begin one, and look how far it is."""

from collections.abc import Callable
from typing import Any

from temporalio.client import Client

from contracts.errors import Invalid, NotFound
from contracts.identity import (
    DRAFT_POLICY,
    GET_COHORTS,
    LIST_POLICY_VERSIONS,
    Cohort,
    DraftPolicy,
    ListPolicyVersions,
    ProgrammePolicy,
)
from contracts.policy import Act
from contracts.simulation import GET_HINDSIGHTS, WHAT_IF, Hindsight, WhatIf
from contracts.wire import ByIds, Caller
from kit.auth import PartSigner
from kit.clock import Clock
from kit.command import stamp
from kit.rpc import Answer
from kit.rpc import Client as Service
from workflows.hindsight import HINDSIGHT, HindsightAsked, HindsightRun
from workflows.policy import Kind, need
from workflows.runs import Runs


class Hindsights:
    """Begins hindsights on the engine and reads them there."""

    def __init__(self, client: Callable[[], Client], clock: Clock, identity: Service, signer: PartSigner) -> None:
        self._runs = Runs(client, HINDSIGHT, Hindsight, HindsightRun.run)
        self._clock = clock
        self._identity = identity
        self._signer = signer

    async def what_if(self, caller: Caller, request: WhatIf) -> Hindsight:
        """A programme manager has a cohort's past lived under another policy. The figures come later."""
        if request.policy is not None and request.policy_version is not None:
            raise Invalid("Name a version of the policy, or changes of the present one, not both.", field="policy")
        cohort = await self._cohort(caller, request.cohort_id)
        need(caller, Act.WRITE, Kind.SIMULATION, cohort.programme_id)
        policy = await self._policy(caller.org_id, cohort.programme_id, request)
        by = stamp(caller, request, self._clock.now())
        hindsight = Hindsight(
            id=by.new_id("hindsight"),
            org_id=caller.org_id,
            programme_id=cohort.programme_id,
            cohort_id=cohort.id,
            policy_version=policy.version,
            requested_by=caller.user_id,
            created_at=by.at,
        )
        asked = HindsightAsked(hindsight=hindsight, policy=policy, offset=self._clock.offset)
        return await self._runs.begin(hindsight, asked, by)

    async def get_hindsights(self, caller: Caller, request: ByIds) -> tuple[Hindsight, ...]:
        """Those of the caller's own programmes."""
        return await self._runs.get(caller, request)

    async def _cohort(self, caller: Caller, cohort_id: str) -> Cohort:
        token = self._signer.token(caller.org_id)
        found = await self._identity.call(GET_COHORTS, token, ByIds(ids=(cohort_id,)))
        if not found:
            raise NotFound.of("cohort", cohort_id)
        return found[0]

    async def _policy(self, org_id: str, programme_id: str, request: WhatIf) -> ProgrammePolicy:
        token, version = self._signer.token(org_id), request.policy_version
        if version is None:
            draft = DraftPolicy(programme_id=programme_id, policy=request.policy)
            return await self._identity.call(DRAFT_POLICY, token, draft)
        versions = ListPolicyVersions(programme_id=programme_id)
        published = [each.policy for each in await self._identity.call(LIST_POLICY_VERSIONS, token, versions)]
        found = next((policy for policy in published if policy.version == version), None)
        if found is None:
            last = max(policy.version for policy in published)
            raise Invalid(f"The policy has the versions 1 to {last}, and no {version}.", field="policyVersion")
        return found


def answers(hindsights: Hindsights) -> list[Answer[Any, Any]]:
    """Each operation with the action that answers it."""
    return [
        Answer(WHAT_IF, hindsights.what_if),
        Answer(GET_HINDSIGHTS, hindsights.get_hindsights),
    ]
