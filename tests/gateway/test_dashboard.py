"""The mentor's dashboard at the gateway: as many calls for many mentees as for one, and whom a need reaches."""

from typing import Any

import pytest

from contracts.errors import Unavailable
from contracts.goals import GET_AWAITED_REPLIES, GET_DUE_SOON
from contracts.identity import GET_USERS, LIST_MENTORSHIPS, Health, Phase
from contracts.sessions import LIST_CHECK_INS
from contracts.wire import Page
from gateway.types.relay import global_id
from tests.builders import a_check_in
from tests.gateway.fakes import Gateway, a_mentorship, a_token, a_user, an_envelope
from tests.gateway.test_live import watched_by

BOB = a_token("bob")
ALL = """{ mentorDashboard { mentees { health mentorship { id mentee { name } } nextCheckIn { id }
  awaitingMe { commitments { id } replies { kind } } } } }"""
NEEDS = "subscription { menteeNeedsMe { id type mentorshipId title } }"


def holding(gateway: Gateway, count: int, **fields: Any) -> None:
    pairs = tuple(a_mentorship(f"m{each}", **{"phase": Phase.ACTIVE, **fields}) for each in range(count))
    gateway.parts.answer(LIST_MENTORSHIPS, Page(items=pairs, cursors=tuple(each.id for each in pairs)))
    gateway.parts.answer(GET_DUE_SOON, lambda request: tuple(() for _ in request.ids))
    gateway.parts.answer(GET_AWAITED_REPLIES, lambda request: tuple(() for _ in request.ids))
    page = Page(items=(a_check_in(org_id="org"),), cursors=("c",))
    gateway.parts.answer(LIST_CHECK_INS, lambda request: tuple(page for _ in request.mentorship_ids))
    gateway.parts.hold(GET_USERS, [a_user("ann")])


@pytest.mark.parametrize("count", [1, 3, 100])
async def test_many_mentees_cost_as_many_calls_as_one(count: int) -> None:
    gateway = Gateway()
    holding(gateway, count, health=Health.ON_TRACK)
    mentees = (await gateway.run(ALL, token=BOB)).data["mentorDashboard"]["mentees"]
    assert [each["mentorship"]["id"] for each in mentees] == [global_id("Mentorship", f"m{n}") for n in range(count)]
    assert all(each["health"] == "ON_TRACK" and each["nextCheckIn"] for each in mentees)
    wanted = [LIST_MENTORSHIPS, GET_USERS, LIST_CHECK_INS, GET_DUE_SOON, GET_AWAITED_REPLIES]
    assert sorted(name for name, _, _ in gateway.parts.calls) == sorted(operation.name for operation in wanted)


@pytest.mark.parametrize("fields", [{"mentor_id": "eve"}, {"phase": Phase.CLOSED}, {"phase": Phase.PROPOSED}])
async def test_only_running_mentorships_of_the_mentor_are_on_it(fields: dict[str, Any]) -> None:
    gateway = Gateway()
    holding(gateway, 1, **fields)
    assert (await gateway.run(ALL, token=BOB)).data == {"mentorDashboard": {"mentees": []}}


async def test_what_waits_is_missing_alone_while_the_goals_part_is_away() -> None:
    gateway = Gateway()
    holding(gateway, 2)
    gateway.parts.answer(GET_DUE_SOON, Unavailable("Away."))
    reply = await gateway.run(ALL, token=BOB)
    mentees = reply.json["data"]["mentorDashboard"]["mentees"]
    assert [(each["awaitingMe"], bool(each["nextCheckIn"])) for each in mentees] == [(None, True)] * 2
    assert set(reply.codes) == {"UNAVAILABLE"}


async def test_nobody_has_a_dashboard_without_a_token() -> None:
    assert (await Gateway().run(ALL, token=None)).codes == ["UNAUTHENTICATED"]


async def needs_of(gateway: Gateway, viewer: str, *envelopes: Any) -> list[str]:
    """Which of these events reach a viewer; the last one always does."""
    holding(gateway, 2, mentor_id=viewer)
    async with gateway.connect() as socket:
        await socket.init(a_token(viewer))
        socket.subscribe(NEEDS)
        await watched_by(gateway, 1)
        for envelope in (*envelopes, an_envelope("goals.goal_proposed.v1", 99, mentorship_id="m1", actor="ann")):
            gateway.live.on_envelope(envelope)
        seen: list[str] = []
        while not seen or seen[-1] != "e99":
            shown = (await socket.receive())["payload"]["data"]["menteeNeedsMe"]
            assert shown["mentorshipId"] in {global_id("Mentorship", each) for each in ("m0", "m1")}
            seen.append(shown["id"])
        return seen[:-1]


async def test_a_mentor_hears_of_needs_of_all_mentees_and_of_nothing_else(gateway: Gateway) -> None:
    events = (
        an_envelope("goals.help_requested.v1", 1, mentorship_id="m0", actor="ann"),
        an_envelope("goals.help_requested.v1", 2, mentorship_id="m0", actor="bob"),
        an_envelope("goals.help_requested.v1", 3, mentorship_id="m7", actor="ann"),
        an_envelope("goals.feedback_clarified.v1", 4, mentorship_id="m1", actor="ann", answered=False),
        an_envelope("goals.feedback_clarified.v1", 5, mentorship_id="m1", actor="ann", answered=True),
        an_envelope("goals.progress_logged.v1", 6, mentorship_id="m1", actor="ann"),
        an_envelope("sessions.time_off_added.v1", 7, mentorship_id="m1", actor="ann"),
    )
    assert await needs_of(gateway, "bob", *events) == ["e1", "e4", "e7"]
    assert gateway.live.count() == 0
