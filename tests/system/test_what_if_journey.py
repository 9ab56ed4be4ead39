"""A cohort's past lived once more, at the endpoint: under its own policy what really was, under another one not."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story
from tests.system.polling import until

FIGURES = """{ pairs weeks notificationsSent checkInsHeld checkInsMissed escalations openAtEnd staffHoursNeeded
  notifications { mean p90 } notificationsByTemplate { template count } escalationsByKind { kind count }
  closures { closure count } coverage { mean } kept { mean } series { week openPairs escalations } }"""
SHOWN = f"""id state progress mentorships leftOut endedOtherwise unknownCheckIns policyVersion finishedAt
  programme {{ id }} cohort {{ id name }} requestedBy {{ name }} asWas {FIGURES} wouldBe {FIGURES}"""
READ = f"query($id: ID!) {{ hindsight(id: $id) {{ {SHOWN} }} }}"
CASES = "query($id: ID!) { escalations(programmeId: $id) { edges { node { kind } } } }"
TOLD = "{ notifications(first: 100) { edges { node { template rule } } } }"
UNKNOWN = "Q29ob3J0Om5vd2hlcmU="  # Cohort:nowhere
DAY = timedelta(days=1)


@dataclass
class Past:
    """A mentorship that is over, in a cohort of its own."""

    story: Story
    cohort_id: str
    empty_id: str


@pytest.fixture(scope="module")
async def past(stack: Stack) -> AsyncIterator[Past]:
    """They meet once, take a day off and a leave, come back, lose touch, and end before the time."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        cohorts = [await _cohort(story, name) for name in ("Spring", "Nobody's")]
        given = {"programmeId": story.programme_id, "cohortId": cohorts[0], "party": "MENTEE", "consent": True}
        made = await story.maria.do("enrol", "enrolment { id }", **given, languages=["en"])
        await story.priya.do("approveEnrolment", "enrolment { id }", enrolmentId=made["enrolment"]["id"])
        await story.propose()
        async with story.watching():
            await story.agree()
            await _live(story)
            yield Past(story, *cohorts)


async def _cohort(story: Story, name: str) -> str:
    made = await story.priya.do("openCohort", "cohort { id }", programmeId=story.programme_id, name=name)
    return str(made["cohort"]["id"])


async def _live(story: Story) -> None:
    """Whatever is done is waited for until the cycle has visibly heard of it: only then does time go on."""
    of, returning = {"mentorshipId": story.mentorship_id}, "mentorship { id }"
    first = await story.until(lambda: story.find_check_in(1), "the first check-in")
    await story.live_until(datetime.fromisoformat(first["startsAt"]) + timedelta(hours=1))
    for person in (story.maria, story.sofia):
        said = {"checkInId": first["id"], "attendance": "BOTH_PRESENT"}
        await person.do("attestAttendance", "checkIn { id }", **said)
    await story.until(lambda: story.was_told(story.sofia, "FEEDBACK_PROMPT"), "what follows on a meeting")
    second = await story.until(lambda: story.find_check_in(2), "the second check-in")
    day = datetime.fromisoformat(second["startsAt"]).date()
    days = {"firstDay": f"{day - DAY}", "lastDay": f"{day + DAY}", "kind": "LEAVE"}
    await story.maria.do("addTimeOff", "timeOff { id }", **of, **days)
    await story.until(lambda: story.was_told(story.sofia, "CHECK_IN_CANCELLED"), "that the check-in is left out")
    third = await story.until(lambda: story.find_check_in(3), "the check-in behind the leave")
    await story.live_until(datetime.fromisoformat(third["startsAt"]) + 4 * DAY)
    await story.until(lambda: story.was_told(story.maria, "CHECK_IN_MISSED"), "that nobody came")
    leave = await story.now() + 10 * DAY
    await story.maria.do("requestPause", returning, **of, until=leave.isoformat())
    await story.sofia.do("answerPause", returning, **of, approve=True)
    await story.until_phase("PAUSED")
    await story.live_until(leave + DAY)
    await story.until_phase("ACTIVE")
    await story.live_until(leave + 25 * DAY)
    await story.maria.do("endMentorship", returning, **of)
    await story.until_phase("CLOSING")
    await story.live_until(await story.now() + 15 * DAY)
    await story.until_phase("CLOSED")


async def compared(past: Past, **given: Any) -> dict[str, Any]:
    asked = {"cohortId": past.cohort_id, **given}
    made = await past.story.priya.do("whatIf", "hindsight { id }", **asked)

    async def done() -> dict[str, Any] | None:
        found: dict[str, Any] = (await past.story.priya.ask(READ, id=made["hindsight"]["id"]))["hindsight"]
        assert found["state"] != "FAILED"
        return found if found["state"] == "DONE" else None

    found = await until(done, "the hindsight", seconds=60)
    assert found is not None
    return found


async def _refused(attempt: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code, refused.value.field


async def _sent(story: Story) -> Counter[str]:
    """What the cycle told the two: what it sent because of a rule of the policy."""
    found: Counter[str] = Counter()
    for person in (story.maria, story.sofia):
        nodes = [edge["node"] for edge in (await person.ask(TOLD))["notifications"]["edges"]]
        found.update(each["template"] for each in nodes if each["rule"] and "." not in each["rule"])
    return found


async def _all_sent(story: Story, wanted: int) -> bool:
    return (await _sent(story)).total() >= wanted


async def test_under_the_policy_it_had_a_cohort_comes_to_what_really_was(past: Past) -> None:
    found = await compared(past)
    assert (found["mentorships"], found["leftOut"], found["progress"]) == (1, 0, 100)
    assert (found["endedOtherwise"], found["unknownCheckIns"], found["policyVersion"]) == (0, 0, 1)
    assert (found["programme"]["id"], found["cohort"]["name"]) == (past.story.programme_id, "Spring")
    assert found["requestedBy"]["name"] == "Priya"
    was = found["asWas"]
    assert was == found["wouldBe"]
    assert was["closures"] == [{"closure": "EARLY_BY_MENTEE", "count": 1}]
    assert was["checkInsHeld"] == 1
    assert was["checkInsMissed"] >= 2

    await until(lambda: _all_sent(past.story, was["notificationsSent"]), "the last notification")
    assert {each["template"]: each["count"] for each in was["notificationsByTemplate"]} == await _sent(past.story)
    edges = (await past.story.priya.ask(CASES, id=past.story.programme_id))["escalations"]["edges"]
    opened = Counter(edge["node"]["kind"] for edge in edges)
    assert {each["kind"]: each["count"] for each in was["escalationsByKind"]} == opened


async def test_another_policy_alone_makes_the_difference(past: Past) -> None:
    patient = {"missedEscalated": 9, "missedAtRisk": 9, "silence": "P80D", "inactivityEscalated": "P85D"}
    found = await compared(past, policy={**patient, "firstMeeting": "P40D"})
    was, would = found["asWas"], found["wouldBe"]
    assert was["escalations"] > would["escalations"]
    assert was["staffHoursNeeded"] > would["staffHoursNeeded"]
    assert (was["checkInsHeld"], was["checkInsMissed"]) == (would["checkInsHeld"], would["checkInsMissed"])
    short = await compared(past, policy={"length": "P30D", "closingLead": "P7D", "milestoneEvery": "P14D"})
    assert (short["leftOut"], short["endedOtherwise"], short["wouldBe"]["openAtEnd"]) == (0, 1, 0)


async def test_a_version_is_named_or_changes_are_made(past: Past) -> None:
    priya, of = past.story.priya, {"cohortId": past.cohort_id}
    published = {"programmeId": past.story.programme_id, "policy": {"missedEscalated": 1}}
    await priya.do("publishPolicy", "programme { id }", **published)
    assert (await compared(past))["policyVersion"] == 2
    first = await compared(past, policyVersion=1)
    assert (first["policyVersion"], first["asWas"]) == (1, first["wouldBe"])
    for given, field in (
        ({"policyVersion": 3}, "policyVersion"),
        ({"policyVersion": 0}, "policyVersion"),
        ({"policyVersion": 1, "policy": {"missedEscalated": 3}}, "policy"),
        ({"policy": {"matchNudges": ["P20D"]}}, "matchNudges"),
    ):
        assert await _refused(priya.do("whatIf", "hindsight { id }", **of, **given)) == ("INVALID", field)


async def test_a_cohort_of_nobody_compares_to_nothing(past: Past) -> None:
    found = await compared(past, cohortId=past.empty_id)
    assert (found["mentorships"], found["asWas"]["pairs"], found["wouldBe"]["notificationsSent"]) == (0, 0, 0)
    assert found["asWas"]["coverage"] is None


async def test_a_repeat_with_its_key_begins_nothing_new(past: Past) -> None:
    given = {"cohortId": past.cohort_id, "idempotencyKey": "asked once"}
    made = [(await past.story.priya.do("whatIf", "hindsight { id }", **given))["hindsight"] for _ in range(2)]
    assert made[0] == made[1]
    other = past.story.priya.do("whatIf", "hindsight { id }", **given, policyVersion=1)
    assert (await _refused(other))[0] == "IDEMPOTENCY_MISMATCH"


async def test_only_the_programmes_manager_asks_and_sees_it(past: Past, stranger: Person) -> None:
    made, story = await compared(past), past.story
    given = {"cohortId": past.cohort_id}
    for person in (story.maria, story.sofia):
        assert await _refused(person.do("whatIf", "hindsight { id }", **given)) == ("FORBIDDEN", None)
    assert await _refused(stranger.do("whatIf", "hindsight { id }", **given)) == ("NOT_FOUND", None)
    assert await _refused(story.priya.do("whatIf", "hindsight { id }", cohortId=UNKNOWN)) == ("NOT_FOUND", None)
    for person in (story.maria, stranger):
        assert (await _refused(person.ask(READ, id=made["id"])))[0] == "NOT_FOUND"
    simulation = "U2ltdWxhdGlvbjp4"  # Simulation:x
    assert (await _refused(story.priya.ask(READ, id=simulation)))[0] == "NOT_FOUND"
