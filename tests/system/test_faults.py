"""What dies, and what nobody notices of it: real processes, ended with SIGKILL."""

from deploy.local.backends import Backends
from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.polling import until

FEEDBACK = {
    "kind": "STRENGTH",
    "situation": "In the stand-up",
    "behaviour": "You asked the quiet colleague",
    "impact": "We heard the risk in time",
}


async def _give_feedback(story: Story) -> None:
    await story.sofia.do("giveFeedback", "feedback { id }", mentorshipId=story.mentorship_id, **FEEDBACK)


async def _told(person: Person, template: str) -> list[dict[str, str]]:
    document = "{ notifications(first: 100) { edges { node { id template mail } } } }"
    edges = (await person.ask(document))["notifications"]["edges"]
    return [edge["node"] for edge in edges if edge["node"]["template"] == template]


def _log_lines(stack: Stack, part: str, event: str) -> int:
    return (stack.state / "logs" / f"{part}.log").read_text().count(f'"event": "{event}"')


async def test_what_goals_saved_before_it_died_is_told_exactly_once(stack: Stack, active: Story) -> None:
    stack.overrides["goals"] = "tests.system.dies_before_publishing"
    await stack.restart("goals")
    stack.overrides.pop("goals")
    await _give_feedback(active)

    told = await until(lambda: _told(active.maria, "FEEDBACK_GIVEN"), "the notification of the feedback")

    assert len(told) == 1
    given = (await active.mentorship("feedback { edges { node { id } } }"))["feedback"]["edges"]
    assert len(given) == 1


async def test_an_effect_whose_consumer_died_before_saying_so_happens_once(stack: Stack, active: Story) -> None:
    stack.overrides["notifications"] = "tests.system.dies_before_acknowledging"
    await stack.restart("notifications")
    stack.overrides.pop("notifications")
    before = _log_lines(stack, "notifications", "duplicate_suppressed")
    await _give_feedback(active)

    async def suppressed() -> int:
        return _log_lines(stack, "notifications", "duplicate_suppressed") - before

    assert await until(suppressed, "the suppressed duplicate") == 1
    (told,) = await _told(active.maria, "FEEDBACK_GIVEN")

    async def is_sent() -> bool:
        return (await _told(active.maria, "FEEDBACK_GIVEN"))[0]["mail"] in {"SENT", "UNKNOWN"}

    await until(is_sent, "the mail")
    assert told["id"]


async def test_a_journey_completes_although_the_broker_is_killed(backends: Backends, active: Story) -> None:
    broker = backends["amqp"]
    await active.check_in(1)
    broker.kill()
    await _give_feedback(active)  # nobody waits for the broker
    await broker.restart()

    await until(lambda: _told(active.maria, "FEEDBACK_GIVEN"), "the notification of the feedback", seconds=60)
    await active.check_in(2)


async def test_nobody_is_logged_out_while_redis_is_gone(backends: Backends, active: Story) -> None:
    redis = backends["redis"]
    redis.kill()
    try:
        assert (await active.maria.ask("{ me { name } }"))["me"]["name"] == "Maria"
        refreshed = await active.maria.do("refreshToken", "accessToken", refreshToken=active.maria.refresh_token)
        active.maria.use(refreshed["accessToken"])
        await _give_feedback(active)
        assert await active.mentorship("phase") == {"phase": "ACTIVE"}
    finally:
        await redis.restart()


async def test_a_cycle_goes_on_where_it_was_when_every_worker_was_killed(stack: Stack, active: Story) -> None:
    await active.check_in(1)
    stack.kill("workflows")
    await stack.restart("workflows")

    await active.check_in(2)

    states = (await active.mentorship("checkIns { edges { node { index state } } }"))["checkIns"]["edges"]
    assert [edge["node"] for edge in states][:2] == [{"index": 1, "state": "HELD"}, {"index": 2, "state": "HELD"}]
