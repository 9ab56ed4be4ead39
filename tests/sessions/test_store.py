"""What a calendar is made of: the check-ins of many mentorships, more than one reading gives."""

from datetime import timedelta
from functools import partial

from contracts.identity import MentorshipCard
from contracts.sessions import CheckIn
from contracts.wire import Change
from kit.command import Stamp
from kit.mongo import Database
from services.sessions.store import Store
from tests.builders import NOW, a_check_in

BY = Stamp(org_id="acme", actor_id="part:workflows", at=NOW)
MANY = 230  # more than one reading by id takes


def _made(check_in: CheckIn, _new_id: str) -> Change[CheckIn]:
    return Change(check_in)


async def test_a_calendar_has_all_check_ins_since_a_moment_in_the_order_of_time(database: Database) -> None:
    async def ask_card(_org_id: str, _mentorship_id: str) -> MentorshipCard | None:
        return None

    store = Store(database, ask_card, lambda: None)
    for number in reversed(range(MANY)):
        check_in = a_check_in(
            id=f"c-{number:03}", mentorship_id=f"m-{number % 3}", index=number, starts_at=NOW + timedelta(hours=number)
        )
        await store.check_ins.create(BY, partial(_made, check_in), new_id=check_in.id)
    found = await store.check_ins_since("acme", ("m-0", "m-1", "m-2"), NOW + timedelta(hours=5))
    assert [each.id for each in found] == [f"c-{number:03}" for number in range(5, MANY)]
    assert {each.mentorship_id for each in await store.check_ins_since("acme", ("m-1",), NOW)} == {"m-1"}
    assert await store.check_ins_since("elsewhere", ("m-1",), NOW) == ()
    assert await store.check_ins_since("acme", (), NOW) == ()
