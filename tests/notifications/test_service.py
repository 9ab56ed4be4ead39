"""Notifications on the real stack: each person is told once, in their own time, and reads nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from contracts.errors import Forbidden, Invalid, NotFound
from contracts.goals import GIVE_FEEDBACK, FeedbackKind, GiveFeedback
from contracts.notifications import (
    GET_NOTIFICATIONS,
    LIST_NOTIFICATIONS,
    MARK_READ,
    PROMPT,
    ListNotifications,
    MailState,
    MarkRead,
    Notification,
    Prompt,
    Template,
)
from contracts.wire import ByIds
from deploy.local.stack import Stack
from kit.rpc import http_session
from tests.parts import Pair, Parts, a_pair
from tests.system.polling import until


@pytest.fixture(scope="module")
async def parts(stack: Stack) -> AsyncIterator[Parts]:
    """The running parts."""
    async with http_session() as http:
        yield Parts(stack, http)


@pytest.fixture(scope="module")
async def pair(parts: Parts) -> Pair:
    """A pair that says what it expects."""
    return await a_pair(parts)


def a_prompt(pair: Pair, *names: str, **fields: Any) -> Prompt:
    now = pair.parts.now()
    defaults = {
        "mentorship_id": pair.mentorship_id,
        "recipient_ids": tuple(pair.id_of(name) for name in names),
        "template": Template.CHECK_IN_BRIEF,
        "cause": "check-in-1",
        "step": "brief",
        "about": now + timedelta(days=1),
        "at": now,
    }
    return Prompt(**{**defaults, **fields})


async def read(pair: Pair, token: str) -> tuple[Notification, ...]:
    return (await pair.call(LIST_NOTIFICATIONS, token, ListNotifications(first=100))).items


async def told(pair: Pair, token: str, template: Template, *, times: int = 1) -> Notification:
    """The one notification of that kind, when it is there."""

    async def look() -> list[Notification]:
        return [each for each in await read(pair, token) if each.template is template]

    found = await until(look, f"{template} to be told")
    assert len(found) == times
    return found[0]


async def test_a_fact_is_told_to_whom_it_concerns_and_not_to_who_did_it(pair: Pair) -> None:
    feedback = GiveFeedback(
        mentorship_id=pair.mentorship_id,
        kind=FeedbackKind.STRENGTH,
        situation="Monday",
        behaviour="you let everybody finish",
        impact="we heard two more ideas",
    )
    await pair.call(GIVE_FEEDBACK, pair.sofia, feedback)
    notification = await told(pair, pair.maria, Template.FEEDBACK_GIVEN)
    assert notification.subject == "There is feedback for you"
    assert "everybody finish" not in notification.text
    assert Template.FEEDBACK_GIVEN not in {each.template for each in await read(pair, pair.sofia)}


async def test_a_prompt_is_given_once_for_each_recipient_cause_and_step(pair: Pair) -> None:
    request = a_prompt(pair, "maria", "sofia", cause="once")
    answers = await asyncio.gather(*(pair.call(PROMPT, pair.cycle, request) for _ in range(5)))
    ids = {tuple(each.id for each in answer) for answer in answers}
    assert len(ids) == 1
    assert {each.recipient_id for each in answers[0]} == {pair.id_of("maria"), pair.id_of("sofia")}
    (next_step,) = await pair.call(PROMPT, pair.cycle, a_prompt(pair, "maria", cause="once", step="again"))
    assert next_step.id not in next(iter(ids))
    assert sum(each.cause == "once" for each in await read(pair, pair.maria)) == 2


async def test_a_moment_is_told_as_the_readers_clock_shows_it(pair: Pair) -> None:
    about = pair.parts.now().replace(hour=12, minute=0, second=0, microsecond=0)
    await pair.call(PROMPT, pair.cycle, a_prompt(pair, "maria", cause="zoned", about=about))
    (notification,) = [each for each in await read(pair, pair.maria) if each.cause == "zoned"]
    assert "(Europe/Berlin)" in notification.subject
    assert "12:00" not in notification.subject


async def test_each_notification_is_mailed(pair: Pair) -> None:
    (made,) = await pair.call(PROMPT, pair.cycle, a_prompt(pair, "sofia", cause="mailed"))

    async def look() -> bool:
        (now,) = await pair.call(GET_NOTIFICATIONS, pair.sofia, ByIds(ids=(made.id,)))
        return now.mail is MailState.SENT

    await until(look, "the mail to be sent")


async def test_only_the_cycle_prompts_people(pair: Pair) -> None:
    for token in (pair.maria, pair.priya, pair.parts.part_token("goals", pair.home.id)):
        with pytest.raises(Forbidden):
            await pair.call(PROMPT, token, a_prompt(pair, "sofia"))


async def test_notifications_are_read_by_their_recipient_alone(pair: Pair) -> None:
    (made,) = await pair.call(PROMPT, pair.cycle, a_prompt(pair, "maria", cause="hers"))
    ask = ByIds(ids=(made.id,))
    assert [each.id for each in await pair.call(GET_NOTIFICATIONS, pair.maria, ask)] == [made.id]
    refusals = set()
    for token in (pair.sofia, pair.tom, pair.priya, pair.olga, pair.cycle):
        assert await pair.call(GET_NOTIFICATIONS, token, ask) == ()
        assert made.id not in {each.id for each in await read(pair, token)}
        with pytest.raises(NotFound) as refused:
            await pair.call(MARK_READ, token, MarkRead(notification_id=made.id))
        refusals.add(refused.value.message.replace(made.id, "X"))
    with pytest.raises(NotFound) as unknown:
        await pair.call(MARK_READ, pair.maria, MarkRead(notification_id="unknown"))
    assert refusals == {unknown.value.message.replace("unknown", "X")}


async def test_reading_is_remembered_and_reading_again_changes_nothing(pair: Pair) -> None:
    (made,) = await pair.call(PROMPT, pair.cycle, a_prompt(pair, "maria", cause="read"))
    first = await pair.call(MARK_READ, pair.maria, MarkRead(notification_id=made.id))
    again = await pair.call(MARK_READ, pair.maria, MarkRead(notification_id=made.id))
    assert first.read_at is not None
    assert again.read_at == first.read_at


async def test_notifications_come_newest_first_page_by_page(pair: Pair) -> None:
    for number in range(3):
        await pair.call(PROMPT, pair.cycle, a_prompt(pair, "tom", cause=f"page-{number}"))
    first = await pair.call(LIST_NOTIFICATIONS, pair.tom, ListNotifications(first=2))
    rest = await pair.call(LIST_NOTIFICATIONS, pair.tom, ListNotifications(first=2, after=first.end_cursor))
    assert [each.cause for each in (*first.items, *rest.items)] == ["page-2", "page-1", "page-0"]
    assert (first.has_next, rest.has_next) == (True, False)
    with pytest.raises(Invalid):
        await pair.call(LIST_NOTIFICATIONS, pair.tom, ListNotifications(first=101))
