"""The whole story on the running platform, and what it must not leave anywhere: a person's words."""

from typing import cast

from contracts.wire import Envelope
from deploy.local.backends import Backends
from deploy.local.stack import Stack
from deploy.local.story import Story
from kit.bus import Bus
from tests.system.polling import until
from tests.system.recording import RecordingPerson
from tests.system.traces import found_nowhere, history_of, logs_of

NAMES = ("Priya", "Maria", "Sofia", "Northwind", "Women who lead")


async def test_three_months_lead_from_a_proposal_to_a_completed_mentorship(
    stack: Stack, backends: Backends, story: Story
) -> None:
    told: list[Envelope] = []
    observer = Bus(backends["amqp"].url, "observer", {})
    observer.listen(["#"], told.append)
    async with observer:
        await story.play()
        await _settled(story, told)
    await _is_as_told(story)
    words = _words(story)
    found_nowhere(words, "an event", (envelope.data for envelope in told))
    found_nowhere(words, "a log line", (path.read_bytes() for path in logs_of(stack, backends)))
    found_nowhere(words, "the history", [await history_of(stack, backends, story)])


async def _is_as_told(story: Story) -> None:
    ended = await story.mentorship(
        "phase closure checkIns { edges { node { state } } } goals { edges { node { state attainment } } }"
        " reviews { edges { node { kind answers { party } } } } timeSummary { minutes }"
    )
    states = [edge["node"]["state"] for edge in ended["checkIns"]["edges"]]
    assert (ended["phase"], ended["closure"]) == ("CLOSED", "COMPLETED")
    assert states == ["HELD", "HELD", "MISSED", "HELD", "HELD", "HELD"]
    assert ended["goals"]["edges"][0]["node"] == {"state": "ACHIEVED", "attainment": 1.0}
    assert [(edge["node"]["kind"], len(edge["node"]["answers"])) for edge in ended["reviews"]["edges"]] == [
        ("MILESTONE", 2),
        ("FINAL", 2),
    ]
    assert sum(total["minutes"] for total in ended["timeSummary"]) == 5 * 60 * 2 + 6 * 30 + 45


async def _settled(story: Story, told: list[Envelope]) -> None:
    """Every notification has its mail, and the observer has seen that."""

    async def all_sent() -> bool:
        states = []
        for person in (story.maria, story.sofia):
            answer = await person.ask("{ notifications(first: 100) { edges { node { mail } } } }")
            states += [edge["node"]["mail"] for edge in answer["notifications"]["edges"]]
        sent = sum(envelope.type == "notifications.notification_sent.v1" for envelope in told)
        return set(states) == {"SENT"} and sent >= len(states)

    await until(all_sent, "all mails to be sent")


def _words(story: Story) -> set[str]:
    people = [cast(RecordingPerson, person) for person in (story.priya, story.maria, story.sofia)]
    words = set(NAMES).union(*(person.words for person in people))
    assert len(words) > 20, "the story writes many things; without them this test would show nothing"
    return words
