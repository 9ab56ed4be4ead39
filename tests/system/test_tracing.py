"""One request can be followed by its id through every part that it led to."""

import json
from collections.abc import Iterator
from typing import Any

import aiohttp

from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from tests.system.polling import until
from tests.system.spans import Collector

STEPS = {
    ("gateway", "graphql"),
    ("identity", "identity.sign_agreement"),
    ("identity", "publish identity.agreement_signed.v1"),
    ("workflows", "consume identity.agreement_signed.v1"),
    ("workflows", "deliver identity.change_phase"),
    ("identity", "identity.change_phase"),
    ("notifications", "consume identity.mentorship_phase_changed.v1"),
}

SIGN = """mutation($input: SignAgreementInput!) {
  signAgreement(input: $input) { mentorship { id } userErrors { code } } }"""

CAME_BY = {
    ("identity", "operation_answered", "identity.sign_agreement"),
    ("workflows", "event_handled", "identity.agreement_signed.v1"),
    ("workflows", "effect_delivered", "identity.change_phase"),
    ("identity", "operation_answered", "identity.change_phase"),
    ("goals", "event_handled", "identity.mentorship_phase_changed.v1"),
    ("notifications", "event_handled", "identity.mentorship_phase_changed.v1"),
    ("sessions", "operation_answered", "sessions.schedule_check_in"),
}


async def test_the_last_signature_is_followed_through_operation_event_workflow_and_activity(
    stack: Stack, story: Story, endpoint: str
) -> None:
    await story.found()
    await story.propose()
    await story.write_agreement()
    await story.set_goal()
    await story.set_rhythm()
    await story.sign(story.sofia)

    correlation = await _sign_as_maria(story, endpoint)

    async def seen() -> bool:
        return {_place(line) for line in _lines(stack) if line.get("correlation_id") == correlation} >= CAME_BY

    await until(seen, f"the lines of {correlation} in all logs")
    traces = {line["trace_id"] for line in _lines(stack) if line.get("correlation_id") == correlation}
    assert len(traces) == 1


async def test_one_trace_covers_every_step_of_the_way(
    stack: Stack, story: Story, endpoint: str, collector: Collector
) -> None:
    await story.found()
    await story.propose()
    await story.write_agreement()
    await story.set_goal()
    await story.set_rhythm()
    await story.sign(story.sofia)

    correlation = await _sign_as_maria(story, endpoint)

    async def covered() -> str:
        traces = {line["trace_id"] for line in _lines(stack) if line.get("correlation_id") == correlation}
        for trace in traces:
            if {(span.part, span.name) for span in collector.of(trace)} >= STEPS:
                return str(trace)
        return ""

    trace = await until(covered, f"all steps of {correlation} in one trace", seconds=30)

    async def hangs_together() -> bool:
        """A step may be told before the one that it is a part of has ended."""
        spans = collector.of(trace)
        roots = [span for span in spans if span.parent not in {each.id for each in spans}]
        return [(span.part, span.name) for span in roots] == [("gateway", "graphql")]

    await until(hangs_together, "one root for all steps", seconds=30)


async def _sign_as_maria(story: Story, endpoint: str) -> str:
    tokens = await story.maria.do("signIn", "accessToken", email=f"maria@{story.domain}", password=PASSWORD)
    signature = {"mentorshipId": story.mentorship_id, "agreementVersion": 1}
    request = {"query": SIGN, "variables": {"input": signature}}
    headers = {"authorization": f"Bearer {tokens['accessToken']}"}
    async with aiohttp.ClientSession() as http, http.post(endpoint, json=request, headers=headers) as answer:
        assert (await answer.json())["data"]["signAgreement"]["userErrors"] == []
        return answer.headers["x-correlation-id"]


def _lines(stack: Stack) -> Iterator[dict[str, Any]]:
    for path in (stack.state / "logs").glob("*.log"):
        for line in path.read_text().splitlines():
            if line.startswith("{"):  # the engine's own core, which is no Python, warns in lines of its own
                yield json.loads(line)


def _place(line: dict[str, Any]) -> tuple[str, str, str]:
    return line["part"], line["event"], line.get("operation") or line.get("topic", "")
