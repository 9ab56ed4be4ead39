"""What a client is told when something did not work."""

import pytest

from contracts import cycles, errors, goals, identity, sessions
from contracts.errors import Conflict, Invalid, NotFound, Refusal, Unavailable
from gateway.errors import ErrorCode
from gateway.types.relay import global_id
from tests.gateway.fakes import AT, Gateway, a_goal, a_mentorship, a_user

PROPOSE = """mutation A($id: ID!) {
  proposeGoal(input: {goalId: $id, version: 1}) { goal { version } userErrors { code field message } } }"""
GOAL = "query A($id: ID!) { goal(id: $id) { title } }"
SECRET = "what Ann wrote in confidence"


def test_the_codes_are_the_closed_list() -> None:
    assert {code.value for code in ErrorCode} == {*errors.BY_CODE, "INTERNAL"}


@pytest.mark.parametrize("kind", errors.KINDS)
async def test_a_refused_mutation_says_so_in_its_payload(gateway: Gateway, kind: type[Refusal]) -> None:
    gateway.parts.answer(goals.PROPOSE_GOAL, kind("No.", field="goal_id"))
    reply = await gateway.run(PROPOSE, id=global_id("Goal", "g1"))
    assert reply.data["proposeGoal"]["userErrors"] == [{"code": kind.code, "field": "goalId", "message": "No."}]


@pytest.mark.parametrize("kind", errors.KINDS)
async def test_a_refused_field_has_a_code_and_leaves_the_others(gateway: Gateway, kind: type[Refusal]) -> None:
    gateway.parts.answer(identity.GET_ORGANISATION, kind("No.", field="x"))
    gateway.parts.hold(identity.GET_USERS, [a_user()])
    reply = await gateway.run("{ me { name } organisation { name } }")
    assert reply.json["data"] == {"me": {"name": "Ann"}, "organisation": None}
    error = reply.json["errors"][0]
    assert (error["path"], error["extensions"]) == (["organisation"], {"code": kind.code, "field": "x"})


async def test_one_part_being_down_gives_partial_data(gateway: Gateway) -> None:
    gateway.parts.hold(identity.GET_MENTORSHIPS, [a_mentorship()])
    gateway.parts.hold(identity.GET_USERS, [a_user(), a_user("bob")])
    down = Unavailable("The goals part does not answer.")
    gateway.parts.answer(goals.LIST_GOALS, down)
    gateway.parts.answer(goals.LIST_ACTION_ITEMS, down)
    query = """query A($id: ID!) { mentorship(id: $id) { phase mentor { name }
      goals { edges { cursor } } actionItems { edges { cursor } } } }"""
    reply = await gateway.run(query, id=global_id("Mentorship", "m1"))
    shown = {"phase": "PROPOSED", "mentor": {"name": "Bob"}, "goals": None, "actionItems": None}
    assert reply.json["data"]["mentorship"] == shown
    assert reply.codes == ["UNAVAILABLE", "UNAVAILABLE"]


async def test_a_defect_is_masked_under_an_id_that_the_log_knows(
    gateway: Gateway, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    gateway.parts.answer(goals.GET_GOALS, RuntimeError(SECRET))
    error = (await gateway.run(GOAL, id=global_id("Goal", "g1"))).json["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL"
    assert SECRET not in str(error)
    assert error["extensions"]["id"] in error["message"]
    assert error["extensions"]["id"] in capsys.readouterr().out + caplog.text


async def test_a_defect_in_a_mutation_is_masked_too(gateway: Gateway) -> None:
    gateway.parts.answer(goals.PROPOSE_GOAL, ValueError(SECRET))
    reply = await gateway.run(PROPOSE, id=global_id("Goal", "g1"))
    assert (reply.codes, reply.json["data"]) == (["INTERNAL"], {"proposeGoal": None})
    assert SECRET.encode() not in reply.body


async def test_a_conflict_shows_the_object_as_it_is(gateway: Gateway) -> None:
    gateway.parts.answer(goals.PROPOSE_GOAL, Conflict("It has changed."))
    gateway.parts.hold(goals.GET_GOALS, [a_goal(version=7)])
    payload = (await gateway.run(PROPOSE, id=global_id("Goal", "g1"))).data["proposeGoal"]
    assert payload["goal"] == {"version": 7}
    assert payload["userErrors"][0]["code"] == "CONFLICT"
    asked = gateway.parts.calls[0][2]
    assert (asked.goal_id, asked.expected_version) == ("g1", 1)
    assert asked.idempotency_key, "without one it could not be repeated where the part did not answer"


async def test_a_conflict_stands_without_the_object(gateway: Gateway) -> None:
    gateway.parts.answer(goals.PROPOSE_GOAL, Conflict("It has changed."))
    gateway.parts.answer(goals.GET_GOALS, Unavailable("Down."))
    payload = (await gateway.run(PROPOSE, id=global_id("Goal", "g1"))).data["proposeGoal"]
    assert (payload["goal"], payload["userErrors"][0]["code"]) == (None, "CONFLICT")


NO_IDS = ["", "x", "g1", "Goal:g1", "R29hbDo=", "R29hbA==", "/w==", "é", "💥" * 100, global_id("User", "g1")]


@pytest.mark.parametrize("given", [*NO_IDS, global_id("Goal", "foreign"), global_id("Goal", "\x00")])
async def test_every_id_of_nothing_reads_the_same(gateway: Gateway, given: str) -> None:
    gateway.parts.hold(goals.GET_GOALS, [])
    reply = await gateway.run(GOAL, id=given)
    assert reply.json["data"] == {"goal": None}
    expected = NotFound.of("goal", given)
    assert (reply.codes, reply.json["errors"][0]["message"]) == (["NOT_FOUND"], expected.message)


@pytest.mark.parametrize("given", NO_IDS)
async def test_a_mutation_of_nothing_is_not_found(gateway: Gateway, given: str) -> None:
    payload = (await gateway.run(PROPOSE, id=given)).data["proposeGoal"]
    assert payload["userErrors"][0]["code"] == "NOT_FOUND"
    assert not gateway.parts.calls


@pytest.mark.parametrize("given", [*NO_IDS[:-1], global_id("Query", "x"), global_id("Goal", "foreign")])
async def test_a_node_of_nothing_is_not_found(gateway: Gateway, given: str) -> None:
    gateway.parts.hold(goals.GET_GOALS, [])
    reply = await gateway.run("query A($id: ID!) { node(id: $id) { id } }", id=given)
    assert (reply.codes, reply.json["data"]) == (["NOT_FOUND"], {"node": None})


async def test_a_mail_address_that_a_part_hides_is_null(gateway: Gateway) -> None:
    gateway.parts.hold(identity.GET_USERS, [a_user(email="")])
    assert (await gateway.run("{ me { name email } }")).data["me"] == {"name": "Ann", "email": None}


async def test_a_node_is_found_by_the_id_that_it_shows(gateway: Gateway) -> None:
    gateway.parts.hold(goals.GET_GOALS, [a_goal()])
    query = "query A($id: ID!) { node(id: $id) { __typename id ... on Goal { title mentorshipId } } }"
    shown = (await gateway.run(query, id=global_id("Goal", "g1"))).data["node"]
    assert shown["id"] == global_id("Goal", "g1")
    assert shown["mentorshipId"] == global_id("Mentorship", "m1")


async def test_what_breaks_a_rule_of_the_contract_names_its_field(gateway: Gateway) -> None:
    query = 'mutation A($id: ID!) { writeNote(input: {mentorshipId: $id, text: " "}) { userErrors { code field } } }'
    errors_shown = (await gateway.run(query, id=global_id("Mentorship", "m1"))).data["writeNote"]["userErrors"]
    assert (errors_shown[0]["code"], errors_shown[0]["field"]) == ("INVALID", "text")
    assert not gateway.parts.calls


@pytest.mark.parametrize("given", ["", "1 day", "P", 5, None, {}, "P1Y"])
async def test_a_duration_of_another_form_is_invalid(gateway: Gateway, given: object) -> None:
    query = "mutation A($by: Duration!) { moveTime(input: {by: $by}) { clock { now } } }"
    assert (await gateway.run(query, by=given)).codes == ["INVALID"]


async def test_times_go_both_ways(gateway: Gateway) -> None:
    gateway.parts.answer(cycles.MOVE_TIME, cycles.Clock(now=AT, sandbox=True))
    query = 'mutation { moveTime(input: {by: "P1DT2H"}) { clock { now sandbox } } }'
    shown = (await gateway.run(query)).data["moveTime"]["clock"]
    assert shown == {"now": "2027-03-01T09:00:00+00:00", "sandbox": True}
    assert gateway.parts.calls[0][2].by.total_seconds() == 26 * 3600


@pytest.mark.parametrize("given", ["2027-03-01T09:00:00", "2027-03-01", "now", 5])
async def test_an_instant_needs_an_offset(gateway: Gateway, given: object) -> None:
    query = """mutation A($id: ID!, $at: DateTime!) {
      logTime(input: {mentorshipId: $id, kind: ASYNC, startedAt: $at, minutes: 5}) { userErrors { code } } }"""
    assert (await gateway.run(query, id=global_id("Mentorship", "m1"), at=given)).codes == ["INVALID"]


async def test_wall_time_has_no_offset(gateway: Gateway) -> None:
    query = """mutation A($id: ID!, $at: LocalDateTime!) { setCadence(input: {mentorshipId: $id, startsAt: $at,
      zone: "Europe/Berlin", rule: "FREQ=WEEKLY"}) { userErrors { code } } }"""
    gateway.parts.answer(sessions.SET_CADENCE, Invalid("Seen."))
    await gateway.run(query, id=global_id("Mentorship", "m1"), at="2027-03-01T09:00:00")
    asked = gateway.parts.calls[0][2]
    assert (asked.starts_at, asked.minutes) == ("2027-03-01T09:00:00", 60)
    assert (await gateway.run(query, id="x", at="2027-03-01T09:00:00Z")).codes == ["INVALID"]
