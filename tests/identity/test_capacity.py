"""A mentor's seats under a crowd: what is promised is never more than there is room for."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from contracts.errors import Conflict, Refusal, Unavailable
from contracts.identity import (
    ADD_USER,
    CREATE_PROGRAMME,
    GET_MY_CAPACITY,
    PROPOSE_MENTORSHIP,
    RESPOND_TO_MATCH,
    SET_CAPACITY,
    AddUser,
    CreateProgramme,
    Mentorship,
    MyCapacity,
    Party,
    ProposeMentorship,
    RespondToMatch,
    SetCapacity,
)
from deploy.local.stack import Stack
from kit.rpc import http_session
from tests.parts import PASSWORD, Organisation, Parts, an_address, an_organisation
from tests.system.polling import until

CROWD = 50


@pytest.fixture(scope="module")
async def parts(stack: Stack) -> AsyncIterator[Parts]:
    """The running parts."""
    async with http_session() as http:
        yield Parts(stack, http)


@pytest.fixture(scope="module")
async def home(parts: Parts) -> Organisation:
    """An organisation with people enough for a crowd."""
    home = await an_organisation(parts)

    for number in range(CROWD):  # one after the other: each hashes a password
        person = AddUser(name=f"M{number}", email=an_address(), password=PASSWORD)
        home.people[f"m{number}"] = (await parts.call(ADD_USER, home.admin, person)).id
    return home


async def a_mentor(home: Organisation, name: str, *, capacity: int) -> str:
    token = await home.add(name)
    await home.parts.call(SET_CAPACITY, token, SetCapacity(capacity=capacity))
    return token


async def proposals(home: Organisation, mentor: str, count: int = CROWD) -> list[Mentorship]:
    programme = await home.parts.call(CREATE_PROGRAMME, home.admin, CreateProgramme(name="Leaders"))
    made = []
    for number in range(count):
        request = ProposeMentorship(
            programme_id=programme.id, mentor_id=home.people[mentor], mentee_id=home.people[f"m{number}"]
        )
        made.append(await home.parts.call(PROPOSE_MENTORSHIP, home.admin, request))
    return made


async def answer(home: Organisation, user_id: str, mentorship: Mentorship) -> Mentorship | Refusal:
    """What a patient client gets: where a crowd keeps the part from answering in time, it asks again with its key."""
    token = home.parts.person_token(user_id, home.id)
    yes = RespondToMatch(mentorship_id=mentorship.id, accept=True, idempotency_key=f"{user_id} {mentorship.id}")
    while True:
        try:
            return await home.parts.call(RESPOND_TO_MATCH, token, yes)
        except Unavailable:
            continue
        except Refusal as refusal:
            return refusal


@pytest.mark.parametrize("side", Party)
async def test_of_fifty_acceptances_at_once_exactly_as_many_succeed_as_there_is_room_for(
    parts: Parts, home: Organisation, side: Party
) -> None:
    name = f"sofia-{side}"
    token = await a_mentor(home, name, capacity=1)
    proposed = await proposals(home, name)
    said = await asyncio.gather(
        *(answer(home, each.mentor_id if side is Party.MENTOR else each.mentee_id, each) for each in proposed)
    )
    accepted = [each for each in said if isinstance(each, Mentorship)]
    refused = [each for each in said if isinstance(each, Refusal)]
    assert len(accepted) == 1
    assert {type(each) for each in refused} == {Conflict}
    assert all("no room" in each.message for each in refused)
    assert (await parts.call(GET_MY_CAPACITY, token, MyCapacity())).seats_taken == 1

    (first,) = accepted
    other = Party.MENTEE if side is Party.MENTOR else Party.MENTOR
    done = await answer(home, first.mentor_id if other is Party.MENTOR else first.mentee_id, first)
    assert isinstance(done, Mentorship), "the second yes needs no seat of its own"


async def test_a_seat_is_free_again_once_the_proposal_is_declined(parts: Parts, home: Organisation) -> None:
    token = await a_mentor(home, "tom", capacity=1)
    first, second = await proposals(home, "tom", 2)
    assert isinstance(await answer(home, first.mentee_id, first), Mentorship)
    assert isinstance(await answer(home, second.mentee_id, second), Conflict)
    await parts.call(RESPOND_TO_MATCH, token, RespondToMatch(mentorship_id=first.id, accept=False))

    async def is_free() -> bool:
        return (await parts.call(GET_MY_CAPACITY, token, MyCapacity())).seats_free == 1

    await until(is_free, "the seat to be free")
    assert isinstance(await answer(home, second.mentee_id, second), Mentorship)
