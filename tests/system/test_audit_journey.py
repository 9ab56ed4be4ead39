"""The audit at the endpoint: what happened is found by who may see it, and the record is shown to be whole."""

import asyncio
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.sessions import OPEN_PULSE
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from tests.system.cycle import a_manager_of, cycle_of, id_of
from tests.system.people import a_story
from tests.system.polling import until

LOG = """query($filter: AuditFilter, $first: Int!, $after: String) {
  auditLog(filter: $filter, first: $first, after: $after) {
    edges { node { service seq who what kind objectId people at hash actor { name } mentorshipId } }
    pageInfo { hasNextPage endCursor } } }"""
SERVICES = ("IDENTITY", "GOALS", "SESSIONS", "NOTIFICATIONS")
VERIFY = "intact checked seq hash complete faults { seq problem }"


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """An active mentorship: all services have something to tell."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


@pytest.fixture(scope="module")
async def amir(stack: Stack, story: Story) -> AsyncIterator[Person]:
    """The auditor."""
    async with Person("Amir", f"{stack.gateway_url}/graphql") as amir:
        email = f"amir@{uuid.uuid4().hex[:8]}.example"
        await story.priya.do("addUser", "user { id }", name="Amir", email=email, password=PASSWORD, roles=["AUDITOR"])
        await amir.sign_in(email, PASSWORD)
        yield amir


async def log(person: Person, *, first: int = 100, after: str | None = None, **filter: Any) -> list[dict[str, Any]]:
    found = await person.ask(LOG, filter=filter, first=first, after=after)
    return [edge["node"] for edge in found["auditLog"]["edges"]]


async def code(attempt: Any) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code


async def test_a_change_is_in_the_log_with_who_and_what(story: Story, amir: Person) -> None:
    drafted = await story.maria.do(
        "writeNote", "note { id }", mentorshipId=story.mentorship_id, visibility="PRIVATE", text="Only mine"
    )
    note = drafted["note"]["id"]

    async def there() -> bool:
        return bool(await log(amir, objectId=note))

    await until(there, "the entry of the note")
    (entry,) = await log(amir, objectId=note)
    assert (entry["service"], entry["what"], entry["kind"]) == ("SESSIONS", "sessions.write_note", "Note")
    assert (entry["actor"]["name"], entry["mentorshipId"]) == ("Maria", story.mentorship_id)
    assert "Only mine" not in str(entry)


async def test_everybody_sees_the_own_entries_and_who_looked_at_them(story: Story) -> None:
    await story.priya.ask("{ users(first: 100) { edges { node { email } } } }")
    own = await log(story.maria)
    maria = story.maria.id
    assert own
    looks = [entry for entry in own if entry["what"] == "identity.list_users"]
    assert [(entry["actor"]["name"], entry["people"]) for entry in looks] == [("Priya", [maria])]
    sofia = {entry["actor"]["name"] for entry in own if entry["actor"]}
    assert "Sofia" not in sofia, "what Sofia does is Sofia's to see"


async def test_what_staff_read_of_one_of_the_two_is_told_to_both(story: Story, stack: Stack) -> None:
    of = {"mentorshipId": story.mentorship_id}
    async with cycle_of(stack, story) as cycle:
        pulse = id_of("Pulse", await cycle.tell(OPEN_PULSE, story.mentorship_id, index=101))
    await story.maria.do("answerPulse", "pulse { id }", **of, trust=4, safety=2)
    started = (await story.now() - timedelta(hours=2)).isoformat()
    entry = await story.sofia.do("logTime", "timeEntry { id }", **of, kind="ASYNC", startedAt=started, minutes=30)
    away = (await story.now() + timedelta(days=40)).date().isoformat()
    off = await story.sofia.do("addTimeOff", "timeOff { id }", **of, firstDay=away, lastDay=away)
    # the last of all, because it ends the mentorship
    report = (await story.maria.do("reportConduct", "conductReport { id }", **of, text="Words"))["conductReport"]["id"]
    read = (pulse, report, entry["timeEntry"]["id"], off["timeOff"]["id"])
    looks = ["sessions.get_pulses", "sessions.get_time_entries", "sessions.get_times_off"]
    node = "query($id: ID!) { node(id: $id) { __typename } }"
    for person, each in [*((story.maria, each) for each in read), (story.sofia, pulse), (story.sofia, read[2])]:
        assert (await person.ask(node, id=each))["node"]
    for person in (story.maria, story.sofia):
        assert not {each["what"] for each in await log(person)} & {*looks, "identity.get_conduct_reports"}, (
            "the own things are read without a trace"
        )
    for each in (*read, *read):
        assert (await story.priya.ask(node, id=each))["node"]
    for person, expected in ((story.maria, [*looks, "identity.get_conduct_reports"]), (story.sofia, looks)):
        seen = [each for each in await log(person) if each["what"] in expected]
        assert sorted(each["what"] for each in seen) == sorted(expected)
        assert {(each["actor"]["name"], each["mentorshipId"]) for each in seen} == {("Priya", story.mentorship_id)}
        assert {each["objectId"] for each in seen} <= set(read)
        assert all(each["people"] == [person.id] for each in seen)


async def test_a_programme_manager_sees_what_belongs_to_programmes(story: Story, stack: Stack) -> None:
    async with Person("Paula", f"{stack.gateway_url}/graphql") as paula:
        email = f"paula@{uuid.uuid4().hex[:8]}.example"
        given = {"name": "Paula", "email": email, "password": PASSWORD, "roles": ["PROGRAMME_MANAGER"]}
        await story.priya.do("addUser", "user { id }", **given)
        await paula.sign_in(email, PASSWORD)
        seen = await log(paula)
        assert seen
        assert {"Account", "Organisation", "TokenFamily"}.isdisjoint({entry["kind"] for entry in seen})
        assert await log(paula, mentorshipId=story.mentorship_id)
        assert await code(log(paula, personId=story.maria.id)) == "FORBIDDEN"


async def test_a_manager_of_one_programme_is_told_what_to_ask_for(story: Story, stack: Stack) -> None:
    async with a_manager_of(story, "Paul", f"{stack.gateway_url}/graphql", story.programme_id) as paul:
        with pytest.raises(Refused, match=r"Give the `programmeId` of one of these") as refused:
            await log(paul, mentorshipId=story.mentorship_id)
        assert refused.value.code == "FORBIDDEN"
        assert await log(paul, programmeId=story.programme_id)


async def test_the_log_of_all_services_is_read_a_page_at_a_time(amir: Person) -> None:
    whole = await log(amir)
    found = await amir.ask(LOG, filter=None, first=7)
    pages = [edge["node"] for edge in found["auditLog"]["edges"]]
    more = await log(amir, first=7, after=found["auditLog"]["pageInfo"]["endCursor"])
    known = [(entry["service"], entry["seq"]) for entry in whole]
    first = [(entry["service"], entry["seq"]) for entry in pages + more]
    assert len(set(first)) == 14
    assert [each for each in known if each in first] == [each for each in first if each in known]


async def test_who_may_not_is_refused(story: Story, amir: Person, stranger: Person) -> None:
    checkpoint = "{ auditCheckpoint(service: GOALS) { seq } }"
    for person in (story.maria, story.sofia):
        assert await code(log(person, mentorshipId=story.mentorship_id)) == "FORBIDDEN"
        assert await code(person.ask(checkpoint)) == "FORBIDDEN"
    for person in (story.maria, story.priya):
        assert await code(person.do("verifyAuditChain", VERIFY, service="GOALS")) == "FORBIDDEN"
        assert await code(person.do("exportAuditBundle", "lines", service="GOALS")) == "FORBIDDEN"
    assert await code(log(amir, personId=story.maria.id, mentorshipId=story.mentorship_id)) == "INVALID"
    assert await code(log(amir, objectId="no id")) == "INVALID"
    assert await code(log(amir, after="no cursor")) == "INVALID"
    assert await code(amir.do("verifyAuditChain", VERIFY, service="GOALS", first=0)) == "INVALID"
    assert await log(stranger, mentorshipId=story.mentorship_id) == [], "another organisation has another chain"


async def test_nobody_without_a_token_reads_the_log(stack: Stack) -> None:
    async with Person("Nobody", f"{stack.gateway_url}/graphql") as nobody:
        assert await code(log(nobody)) == "UNAUTHENTICATED"


@pytest.mark.parametrize("service", SERVICES)
async def test_a_chain_is_whole_stretch_by_stretch(amir: Person, story: Story, service: str) -> None:
    after: dict[str, Any] = {}
    checked = 0
    while True:
        verdict = await amir.do("verifyAuditChain", VERIFY, service=service, first=10, **after)
        assert (verdict["intact"], verdict["faults"]) == (True, [])
        checked += verdict["checked"]
        if verdict["complete"]:
            break
        after = {"afterSeq": verdict["seq"], "afterHash": verdict["hash"]}
    assert checked == verdict["seq"] > 0
    wrong = await amir.do("verifyAuditChain", VERIFY, service=service, afterSeq=1, afterHash="0" * 64)
    assert (wrong["intact"], wrong["faults"]) == (False, [{"seq": 2, "problem": "UNLINKED"}])


async def test_a_bundle_is_taken_away_and_verified_without_the_platform(amir: Person, tmp_path: Path) -> None:
    checkpoints, lines = [], ""
    for service in SERVICES:
        found = await amir.ask("query($s: AuditedService!) { auditCheckpoint(service: $s) { text } }", s=service)
        checkpoints.append(found["auditCheckpoint"]["text"])
        lines += (await amir.do("exportAuditBundle", "lines", service=service))["lines"]
    bundle = tmp_path / "bundle.jsonl"
    bundle.write_text(lines)
    assert await _verified(bundle, checkpoints) == 0
    bundle.write_text("".join(lines.splitlines(keepends=True)[:-3]))
    assert await _verified(bundle, checkpoints) == 1
    assert await log(amir, personId=amir.id)


async def _verified(bundle: Path, checkpoints: list[str]) -> int:
    command = [str(Path(sys.executable).parent / "inzpireu"), "audit", "verify", str(bundle)]
    for text in checkpoints:
        command += ["--checkpoint", text]
    return (await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)).returncode
