"""The calendar feed: one secret address for each person, which leads nowhere once it is revoked."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story
from tests.system.polling import until

CREATED = "calendarFeed { id version createdAt revokedAt } path"


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


@pytest.fixture
async def http(stack: Stack) -> AsyncIterator[aiohttp.ClientSession]:
    """A calendar program, which has no token."""
    async with aiohttp.ClientSession(stack.gateway_url) as session:
        yield session


async def refusal(attempt: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value


async def fetch(http: aiohttp.ClientSession, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    async with http.get(path, headers=headers) as answer:
        given = {name.lower(): value for name, value in answer.headers.items() if name.lower() != "date"}
        return answer.status, given, await answer.read()


async def a_feed(person: Person) -> tuple[str, str]:
    """The id and the path of a new feed; one that there is already is revoked."""
    mine = (await person.ask("{ myCalendarFeed { id } }"))["myCalendarFeed"]
    if mine:
        await person.do("revokeCalendarFeed", "calendarFeed { id }", calendarFeedId=mine["id"])
    made = await person.do("createCalendarFeed", CREATED)
    return made["calendarFeed"]["id"], made["path"]


async def with_a_meeting(http: aiohttp.ClientSession, path: str) -> list[Event]:
    """The entries of a feed, once the first check-in is scheduled."""

    async def look() -> list[Event]:
        status, _, text = await fetch(http, path)
        assert status == 200
        return IcsCalendarStream.calendar_from_ics(text.decode()).events

    return await until(look, "the first check-in in the calendar")


async def test_each_of_the_two_subscribes_to_the_own_check_ins_with_the_others_name(
    active: Story, http: aiohttp.ClientSession
) -> None:
    document = "nextCheckIn { startsAt minutes zone }"
    uids = set()
    for person, partner in ((active.maria, active.sofia), (active.sofia, active.maria)):
        _, path = await a_feed(person)
        (event,) = await with_a_meeting(http, path)
        assert event.summary == f"Check-in with {partner.name}"
        expected = (await active.mentorship(document))["nextCheckIn"]
        assert isinstance(event.start, datetime)
        assert event.start == datetime.fromisoformat(expected["startsAt"])
        assert event.start.tzinfo == ZoneInfo(expected["zone"])
        assert event.computed_duration == timedelta(minutes=expected["minutes"])
        assert event.sequence == 0
        uids.add(event.uid)
    assert len(uids) == 1, "the two look at the same check-in"


async def test_a_feed_says_how_it_may_be_kept_and_when_nothing_has_changed(
    active: Story, http: aiohttp.ClientSession
) -> None:
    _, path = await a_feed(active.maria)
    await with_a_meeting(http, path)
    status, headers, text = await fetch(http, path)
    assert status == 200
    assert headers["content-type"] == "text/calendar; charset=utf-8"
    assert headers["cache-control"] == "private, no-cache"
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    status, again, nothing = await fetch(http, path, **{"If-None-Match": headers["etag"]})
    assert (status, again["etag"], nothing) == (304, headers["etag"], b"")


async def test_a_revoked_address_answers_byte_for_byte_like_one_that_never_was(
    active: Story, http: aiohttp.ClientSession
) -> None:
    feed_id, path = await a_feed(active.maria)
    assert (await fetch(http, path))[0] == 200
    revoked = await active.maria.do("revokeCalendarFeed", "calendarFeed { revokedAt }", calendarFeedId=feed_id)
    assert revoked["calendarFeed"]["revokedAt"]
    unknown = await fetch(http, "/calendar/" + "x" * 43 + ".ics")
    assert await fetch(http, path) == unknown
    assert await fetch(http, "/calendar/" + "x" * 4_000 + ".ics") == unknown
    assert unknown[0] == 404
    assert (await active.maria.ask("{ myCalendarFeed { id } }"))["myCalendarFeed"] is None
    again = await refusal(active.maria.do("revokeCalendarFeed", "calendarFeed { id }", calendarFeedId=feed_id))
    assert again.code == "CONFLICT"


async def test_a_new_address_is_another_and_the_old_one_stays_dead(active: Story, http: aiohttp.ClientSession) -> None:
    _, old = await a_feed(active.maria)
    _, new = await a_feed(active.maria)
    assert old != new
    assert [(await fetch(http, path))[0] for path in (old, new)] == [404, 200]


async def test_the_secret_is_shown_once_and_a_second_address_is_refused(
    active: Story, http: aiohttp.ClientSession
) -> None:
    mine = (await active.sofia.ask("{ myCalendarFeed { id } }"))["myCalendarFeed"]
    if mine:
        await active.sofia.do("revokeCalendarFeed", "calendarFeed { id }", calendarFeedId=mine["id"])
    first = await active.sofia.do("createCalendarFeed", CREATED, idempotencyKey="my phone")
    repeated = await active.sofia.do("createCalendarFeed", CREATED, idempotencyKey="my phone")
    assert first["path"]
    assert repeated == {**first, "path": None}
    assert (await fetch(http, first["path"]))[0] == 200
    second = await refusal(active.sofia.do("createCalendarFeed", CREATED))
    assert second.code == "CONFLICT"
    assert "Revoke it first" in second.message


async def test_a_feed_is_its_owners_alone(active: Story, stranger: Person) -> None:
    feed_id, _ = await a_feed(active.maria)
    document = "query($id: ID!) { node(id: $id) { ... on CalendarFeed { createdAt } } }"
    assert (await active.maria.ask(document, id=feed_id))["node"]["createdAt"]
    for person in (active.sofia, active.priya, stranger):
        assert (await refusal(person.ask(document, id=feed_id))).code == "NOT_FOUND"
        attempt = person.do("revokeCalendarFeed", "calendarFeed { id }", calendarFeedId=feed_id)
        assert (await refusal(attempt)).code == "NOT_FOUND"


async def test_somebody_without_check_ins_has_an_empty_calendar_and_nobody_without_a_token_makes_one(
    active: Story, http: aiohttp.ClientSession, endpoint: str
) -> None:
    _, path = await a_feed(active.priya)
    status, _, text = await fetch(http, path)
    assert (status, IcsCalendarStream.calendar_from_ics(text.decode()).events) == (200, [])
    async with Person("Nobody", endpoint) as nobody:
        assert (await refusal(nobody.do("createCalendarFeed", CREATED))).code == "UNAUTHENTICATED"


async def test_no_secret_is_in_any_log(active: Story, http: aiohttp.ClientSession, stack: Stack) -> None:
    feed_id, path = await a_feed(active.maria)
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    assert (await fetch(http, path))[0] == 200
    await active.maria.do("revokeCalendarFeed", "calendarFeed { id }", calendarFeedId=feed_id)
    assert (await fetch(http, path))[0] == 404
    logs = [file.read_bytes() for file in (stack.state / "logs").glob("*.log")]
    assert any(b"sessions.open_calendar_feed" in log for log in logs), "the calls are logged"
    assert not any(secret.encode() in log for log in logs)
