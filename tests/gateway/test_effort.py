"""Results beside the mentor's hours at the gateway: a plain division, and none before the first hour."""

import pytest

from contracts.goals import GET_RESULTS, Results
from contracts.identity import GET_MENTORSHIPS
from contracts.sessions import GET_EFFORTS, Effort
from gateway.types.relay import global_id
from tests.gateway.fakes import Gateway, a_mentorship

ALL = """query($id: ID!) { mentorship(id: $id) { effort { mentorMinutes resultsPerMentorHour
  results { goalsAchieved milestonesReached outcomes total } } } }"""
M1 = global_id("Mentorship", "m1")


def holding(gateway: Gateway, minutes: int, results: Results | None) -> None:
    effort = Effort(id="m1", begun=0, prepared=0, mentor_minutes=minutes, mentee_minutes=0)
    gateway.parts.hold(GET_MENTORSHIPS, [a_mentorship()])
    gateway.parts.answer(GET_EFFORTS, (effort,))
    gateway.parts.answer(GET_RESULTS, (results,))


@pytest.mark.parametrize(("minutes", "rate"), [(0, None), (59, None), (60, 4.0), (90, 2.67), (480, 0.5)])
async def test_the_rate_is_results_over_hours(minutes: int, rate: float | None) -> None:
    gateway = Gateway()
    holding(gateway, minutes, Results(id="m1", goals_achieved=1, milestones_reached=2, outcomes=1))
    effort = (await gateway.run(ALL, id=M1)).data["mentorship"]["effort"]
    assert effort["resultsPerMentorHour"] == rate
    assert effort["results"] == {"goalsAchieved": 1, "milestonesReached": 2, "outcomes": 1, "total": 4}
    assert gateway.parts.count(GET_RESULTS) == 1


async def test_who_may_not_see_results_still_sees_the_minutes() -> None:
    gateway = Gateway()
    holding(gateway, 90, None)
    reply = await gateway.run(ALL, id=M1)
    assert reply.json["data"]["mentorship"]["effort"] == {
        "mentorMinutes": 90, "resultsPerMentorHour": None, "results": None,
    }  # fmt: skip
    assert set(reply.codes) == {"NOT_FOUND"}
