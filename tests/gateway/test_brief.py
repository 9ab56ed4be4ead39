"""The brief at the gateway: one call to each of two parts, however much there is, and what remains when one is away."""

from datetime import date

import pytest

from contracts.errors import Unavailable
from contracts.goals import BRIEF_OF, ActionItem, Brief, BriefOf, Moved
from contracts.identity import GET_USERS
from contracts.sessions import GET_CHECK_IN_BRIEF, CheckInBrief
from gateway.types.relay import global_id
from tests.builders import a_check_in
from tests.gateway.fakes import AT, Gateway, a_user

CHECK_IN = str(global_id("CheckIn", "check-in-1"))
ALL = """query($id: ID!) { checkInBrief(id: $id) { since checkIn { id } openCommitments { id }
  carriedOver { title owner { name } } blocked { title owner { name } } completed { title owner { name } }
  milestones { title } progress { title } feedback { id } challenges { text } } }"""


def an_item(number: int) -> ActionItem:
    return ActionItem(
        id=f"i{number}", org_id="org", mentorship_id="m1", owner_id=("ann", "bob")[number % 2], title=f"Item {number}",
        due=date(2027, 3, 1), added_by="ann", created_at=AT,
    )  # fmt: skip


def holding(gateway: Gateway, count: int) -> None:
    items = tuple(map(an_item, range(count)))
    moved = Moved(goal_id="g", title="t", metric="m", unit="u", before=0, now=1, entries=1)
    found = Brief(
        mentorship_id="m1", carried_over=items, blocked=items, completed=items, progress=(moved,) * count, draft="Done"
    )
    check_in = a_check_in(org_id="org", mentorship_id="m1")
    gateway.parts.answer(GET_CHECK_IN_BRIEF, CheckInBrief(check_in=check_in, since=AT))
    gateway.parts.answer(BRIEF_OF, found)
    gateway.parts.hold(GET_USERS, [a_user("ann"), a_user("bob")])


@pytest.mark.parametrize("count", [1, 3, 100])
async def test_a_brief_costs_as_many_calls_for_much_as_for_little(count: int) -> None:
    gateway = Gateway()
    holding(gateway, count)
    brief = (await gateway.run(ALL, id=CHECK_IN)).data["checkInBrief"]
    assert len(brief["carriedOver"]) == len(brief["progress"]) == count
    names = [name for name, _, _ in gateway.parts.calls]
    assert names == [GET_CHECK_IN_BRIEF.name, BRIEF_OF.name, GET_USERS.name]
    asked = [request for name, _, request in gateway.parts.calls if name == BRIEF_OF.name]
    assert asked == [BriefOf(mentorship_id="m1", since=AT)]


async def test_what_the_goals_part_knows_is_missing_alone_while_it_is_away() -> None:
    gateway = Gateway()
    holding(gateway, 1)
    gateway.parts.answer(BRIEF_OF, Unavailable("Away."))
    reply = await gateway.run(ALL, id=CHECK_IN)
    brief = reply.json["data"]["checkInBrief"]
    assert brief["checkIn"] == {"id": CHECK_IN}
    assert brief["completed"] is None
    assert set(reply.codes) == {"UNAVAILABLE"}


async def test_a_draft_costs_two_calls() -> None:
    gateway = Gateway()
    holding(gateway, 3)
    document = "query($id: ID!) { preparationDraft(checkInId: $id) { summary completed { title } progress { now } } }"
    draft = (await gateway.run(document, id=CHECK_IN)).data["preparationDraft"]
    assert (draft["summary"], len(draft["completed"])) == ("Done", 3)
    assert len(gateway.parts.calls) == 2
