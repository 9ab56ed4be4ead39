"""New cases at the gateway: whose they are, and what their owner still shows the viewer."""

import pytest
from msgspec.structs import replace

from contracts.errors import Forbidden
from contracts.identity import GET_CASES, LIST_ESCALATIONS, Case, CaseKind, CaseOpened
from contracts.wire import Envelope, Page
from gateway.types.relay import global_id
from tests.gateway.fakes import AT, Gateway, a_token, an_envelope
from tests.gateway.test_live import code_of, watched_by

CASES = "subscription($id: ID!) { caseOpened(programmeId: $id) { id } }"
PROGRAMME = global_id("Programme", "p1")


def a_case(case_id: str) -> Case:
    return Case(
        id=case_id, org_id="org", programme_id="p1", mentorship_id="m1", kind=CaseKind.AT_RISK, occasion="o",
        rule="silence", policy_version=1, opened_at=AT,
    )  # fmt: skip


def opened(case_id: str, *, programme_id: str = "p1", org_id: str = "org") -> Envelope:
    envelope = an_envelope(
        CaseOpened.topic, caseId=case_id, programmeId=programme_id, kind="at_risk", managerIds=[], ruleId="silence",
        policyVersion=1,
    )  # fmt: skip
    return replace(envelope, orgid=org_id)


async def test_only_cases_of_the_programme_that_may_be_seen_are_shown(gateway: Gateway) -> None:
    gateway.parts.answer(LIST_ESCALATIONS, Page())
    gateway.parts.hold(GET_CASES, [a_case("seen"), a_case("elsewhere"), a_case("abroad")])
    async with gateway.connect() as socket:
        await socket.init(a_token())
        socket.subscribe(CASES, id=PROGRAMME)
        await watched_by(gateway, 1)
        for envelope in (
            opened("elsewhere", programme_id="p2"), opened("abroad", org_id="other"), opened("hidden"), opened("seen"),
        ):  # fmt: skip
            gateway.live.on_envelope(envelope)
        assert (await socket.receive())["payload"]["data"] == {"caseOpened": {"id": global_id("Case", "seen")}}


@pytest.mark.parametrize("given", [PROGRAMME, global_id("Goal", "p1")])
async def test_who_may_not_see_the_cases_watches_nothing(gateway: Gateway, given: str) -> None:
    gateway.parts.answer(LIST_ESCALATIONS, Forbidden("This is for managers only."))
    async with gateway.connect() as socket:
        await socket.init(a_token())
        socket.subscribe(CASES, id=given)
        assert await code_of(socket) == ("FORBIDDEN" if given == PROGRAMME else "NOT_FOUND")
    await watched_by(gateway, 0)
