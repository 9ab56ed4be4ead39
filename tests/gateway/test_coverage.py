"""A programme's numbers at the gateway: one call to each part, and what remains while one is away."""

import pytest

from contracts.errors import Unavailable
from contracts.goals import REPORT_GOALS, GoalReport
from contracts.identity import (
    GET_PROGRAMMES,
    REPORT_PROGRAMME,
    FunnelSide,
    Programme,
    ProgrammePolicy,
    ProgrammeReport,
    UnusedCapacity,
)
from contracts.sessions import REPORT_CONTACT, ContactReport
from gateway.types.relay import global_id
from tests.gateway.fakes import AT, Gateway

P1 = global_id("Programme", "p1")
ALL = """query($id: ID!) { programme(id: $id) {
  goals { drafted proposed agreed achieved abandoned onTrack behind }
  coverage { mentorships withAgreement withGoal withRecentContact } } }"""


@pytest.fixture
def counted() -> Gateway:
    """Parts that have counted."""
    gateway = Gateway()
    side = FunnelSide(submitted=0, waiting=0, approved=0, matched=0, unmatched=0)
    unused = UnusedCapacity(mentors=0, idle_mentors=0, seats=0, seats_free=0, minutes=0, unused_minutes=0)
    gateway.parts.hold(
        GET_PROGRAMMES, [Programme(id="p1", org_id="org", name="P", policy=ProgrammePolicy(), created_at=AT)]
    )
    gateway.parts.answer(
        REPORT_PROGRAMME,
        ProgrammeReport(programme_id="p1", mentees=side, mentors=side, unused=unused, mentorships=7, with_agreement=6),
    )
    gateway.parts.answer(
        REPORT_GOALS,
        GoalReport(
            programme_id="p1", drafted=1, proposed=2, agreed=3, achieved=4, abandoned=5, on_track=2, behind=1,
            with_goal=5,
        ),
    )  # fmt: skip
    gateway.parts.answer(REPORT_CONTACT, ContactReport(programme_id="p1", with_recent_contact=4))
    return gateway


async def test_each_part_counts_once(counted: Gateway) -> None:
    found = (await counted.run(ALL, id=P1)).data["programme"]
    assert found["goals"] == {
        "drafted": 1, "proposed": 2, "agreed": 3, "achieved": 4, "abandoned": 5, "onTrack": 2, "behind": 1,
    }  # fmt: skip
    assert found["coverage"] == {"mentorships": 7, "withAgreement": 6, "withGoal": 5, "withRecentContact": 4}
    wanted = [GET_PROGRAMMES, REPORT_PROGRAMME, REPORT_GOALS, REPORT_CONTACT]
    assert sorted(name for name, _, _ in counted.parts.calls) == sorted(operation.name for operation in wanted)


async def test_what_one_part_counts_is_missing_alone_while_it_is_away(counted: Gateway) -> None:
    counted.parts.answer(REPORT_CONTACT, Unavailable("Away."))
    reply = await counted.run(ALL, id=P1)
    coverage = reply.json["data"]["programme"]["coverage"]
    assert (coverage["withGoal"], coverage["withRecentContact"]) == (5, None)
    assert reply.codes == ["UNAVAILABLE"]
