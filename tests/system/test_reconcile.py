"""Differences that were really planted on the running platform are found, mended, and not found again."""

import asyncio
import json
import os
import sys
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus

from contracts.cycles import MOVE_TIME, MoveTime
from contracts.errors import Unavailable
from contracts.identity import END_MENTORSHIP, RESPOND_TO_MATCH, EndMentorship, Phase, RespondToMatch
from deploy.local.stack import Stack
from kit.auth import PartSigner
from kit.clock import Clock
from kit.mongo import Database, connect
from kit.rpc import http_session
from tests.parts import Pair, Parts, a_pair, a_proposed_pair, an_active_pair
from tests.system.polling import until
from workflows.comparing import Comparison
from workflows.nightly import SCHEDULE
from workflows.reconciling import Place
from workflows.surgery import Surgery

type Found = set[tuple[str, str, str, str]]


@dataclass
class Ward:
    """A platform whose insides are open: the engine, the databases, and the operators' command."""

    stack: Stack
    parts: Parts
    engine: Client
    databases: dict[str, Database]

    async def reconcile(self, *words: str, code: int = 0) -> dict[str, Any]:
        """What the command says of one organisation or of all, as JSON."""
        command = (sys.executable, "-c", "from deploy.local.cli import main; main()", "reconcile", *words)
        options = ("--settle", "2", "--json")
        environ = {
            "PATH": os.environ["PATH"],
            "INZPIREU_TEMPORAL_ADDRESS": self.stack.backends["temporal"].url,
            "INZPIREU_PAYLOAD_KEYS_FILE": str(self.stack.site.secrets.payload_keys),
        }
        process = await asyncio.create_subprocess_exec(
            *command, *options, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        said, failed = await process.communicate()
        assert process.returncode == code, (said, failed.decode())
        report: dict[str, Any] = json.loads(said)
        return report

    async def runs(self, pair: Pair) -> bool:
        """Whether the pair has a running cycle."""
        found = await self.engine.get_workflow_handle(pair.mentorship_id).describe()
        return found.status is WorkflowExecutionStatus.RUNNING

    async def begun(self, *pairs: Pair) -> None:
        """Return once each has a cycle that did its first step: news would begin it again if it were ended before."""
        surgery = Surgery(lambda: self.engine)

        async def all_have() -> bool:
            seen = [await surgery.look(each.mentorship_id) for each in pairs]
            return all(each and each.phase for each in seen)

        await until(all_have, "the cycles to begin", seconds=40)

    async def kill(self, pair: Pair) -> None:
        """End the cycle from outside, as somebody might in Temporal's page."""
        await self.engine.get_workflow_handle(pair.mentorship_id).terminate("somebody clicked here")

    async def forget(self, pair: Pair) -> None:
        """Let the engine know nothing of the cycle, as after a restore of an older store."""
        handle = self.engine.get_workflow_handle(pair.mentorship_id)
        request = DeleteWorkflowExecutionRequest(
            namespace="default", workflow_execution=WorkflowExecution(workflow_id=pair.mentorship_id)
        )
        await self.engine.workflow_service.delete_workflow_execution(request)

        async def gone() -> bool:
            try:
                await handle.describe()
            except Exception as error:
                return "not found" in str(error)
            return False

        await until(gone, "the engine to forget")

    async def later(self, pair: Pair, by: timedelta) -> None:
        """Let everything live later; it may take longer than one call."""
        request = MoveTime(by=by, idempotency_key=uuid.uuid4().hex)

        async def moved() -> bool:
            try:
                await self.parts.call(MOVE_TIME, pair.priya, request)
            except Unavailable:
                return False
            return True

        await until(moved, "time to be moved")

    async def write(self, service: str, pair: Pair, **fields: Any) -> None:
        """Change a document by hand."""
        await self.databases[service]["mentorships"].update_one({"_id": pair.mentorship_id}, {"$set": fields})


@pytest.fixture(scope="module")
async def ward(stack: Stack) -> AsyncIterator[Ward]:
    """The platform of all tests."""
    url = stack.backends["mongodb"].url
    opened = {service: connect(url, f"inzpireu_{service}") for service in ("identity", "goals", "sessions")}
    databases = {service: database for service, (_, database) in opened.items()}
    async with http_session() as http:
        yield Ward(stack, Parts(stack, http), await Client.connect(stack.backends["temporal"].url), databases)
    for client, _ in opened.values():
        client.close()


@pytest.fixture(scope="module")
async def pair(ward: Ward) -> Pair:
    """An active pair in an organisation of its own."""
    return await an_active_pair(ward.parts)


def noticed(report: dict[str, Any], outcome: str) -> Found:
    """What came to that: kind, mentorship, part, organisation."""
    return {
        (it["kind"], it["mentorshipId"], it.get("part", ""), it["orgId"])
        for each in report["noticed"]
        if (it := each["difference"]) and each["outcome"] == outcome
    }


async def test_it_mends_what_was_planted_once_and_touches_nobody_else(ward: Ward, pair: Pair) -> None:
    wrong = await an_active_pair(ward.parts, beside=pair)
    lost = await a_proposed_pair(ward.parts, beside=pair)
    elsewhere = await a_proposed_pair(ward.parts)
    only = ("--organisation", pair.home.id)
    await ward.begun(lost, elsewhere)
    await ward.kill(pair)
    await ward.kill(elsewhere)
    await ward.forget(lost)
    await ward.write("identity", lost, **{"state.accepted": ["mentee"]})  # by command, the news of it would begin it
    await ward.write("identity", wrong, **{"state.phase": "closing"})
    await ward.databases["goals"]["mentorships"].delete_one({"_id": pair.mentorship_id})
    await ward.write("sessions", lost, **{"version": 99, "state.version": 99, "state.phase": "active"})

    org = pair.home.id
    planted = {
        ("no_cycle", pair.mentorship_id, "", org),
        ("card", pair.mentorship_id, "goals", org),
        ("phase", wrong.mentorship_id, "", org),
        *(("card", wrong.mentorship_id, part, org) for part in ("goals", "sessions", "notifications")),
        ("no_cycle", lost.mentorship_id, "", org),
        ("card", lost.mentorship_id, "sessions", org),
    }
    dry = await ward.reconcile(*only, "--dry-run", code=1)
    assert noticed(dry, "seen") == planted
    assert not await ward.runs(pair)

    assert noticed(await ward.reconcile(*only), "repaired") == planted
    assert (await ward.reconcile(*only))["noticed"] == []
    assert not await ward.runs(elsewhere)

    assert (await wrong.mentorship()).phase is Phase.ACTIVE
    await ward.parts.call(RESPOND_TO_MATCH, lost.sofia, RespondToMatch(mentorship_id=lost.mentorship_id, accept=True))
    await lost.reaches(Phase.EXPECTATION_SETTING)
    await ward.parts.call(END_MENTORSHIP, pair.maria, EndMentorship(mentorship_id=pair.mentorship_id))
    await pair.reaches(Phase.CLOSING)
    await ward.later(pair, timedelta(days=40))
    await pair.reaches(Phase.CLOSED)  # its timers run again too


async def test_it_has_a_page_in_hand_at_most_and_comes_to_everybody(ward: Ward, pair: Pair) -> None:
    pairs = [
        pair,
        *[await a_proposed_pair(ward.parts, beside=pair) for _ in range(4)],
        await a_proposed_pair(ward.parts),
    ]
    signer = PartSigner(str(ward.stack.site.secrets.part_key("workflows")))
    services = dict.fromkeys(("identity", "goals", "sessions", "notifications"), ward.parts)
    comparison = Comparison(lambda: ward.engine, Clock(), services, signer, page=2)
    place: Place | None = Place()
    looked, organisations = Counter[bool](), set[str]()
    while place is not None:
        page = await comparison.compare(place)
        assert page.looked <= 2
        looked[place.in_engine] += page.looked
        organisations.add(place.org_id)
        place = page.then
    kept = await ward.databases["identity"]["mentorships"].count_documents({})
    assert looked[False] == kept
    assert looked[True] >= len(pairs)
    assert {each.home.id for each in pairs} <= organisations


async def test_the_engine_compares_every_night(ward: Ward) -> None:
    made = await ward.engine.get_schedule_handle(SCHEDULE).describe()
    assert (made.schedule.state.paused, made.info.next_action_times[0].hour) in {(False, 2), (False, 3)}


async def test_it_ends_what_is_over_and_says_what_only_a_person_can_mend(ward: Ward, pair: Pair) -> None:
    over = await a_proposed_pair(ward.parts, beside=pair)
    orphan = await a_proposed_pair(ward.parts, beside=pair)
    lost = await a_pair(ward.parts, beside=pair)
    cancelled = await a_pair(ward.parts, beside=pair)
    await ward.begun(over, orphan)
    await ward.write("identity", over, **{"state.phase": "expired", "state.phaseVersion": 1})
    await ward.databases["identity"]["mentorships"].delete_one({"_id": orphan.mentorship_id})
    await ward.forget(lost)
    await ward.engine.get_workflow_handle(cancelled.mentorship_id).cancel()

    async def listed() -> bool:
        shown = [each async for each in ward.engine.list_workflows(f'Org = "{pair.home.id}" AND Phase = "proposed"')]
        return len(shown) >= 2 and not await ward.runs(cancelled)

    await until(listed, "the engine's list to follow")
    report = await ward.reconcile("--organisation", pair.home.id, code=1)
    org = pair.home.id
    assert noticed(report, "left") == {
        ("no_mentorship", orphan.mentorship_id, "", org),
        ("no_cycle", lost.mentorship_id, "", org),
    }
    assert {each for each in noticed(report, "repaired") if each[0] != "card"} == {
        ("phase", over.mentorship_id, "", org),
        ("no_cycle", cancelled.mentorship_id, "", org),
    }
    assert (await ward.runs(over), await ward.runs(orphan), await ward.runs(cancelled)) == (False, True, True)
