"""Events reach the cycle they are about, in whatever order they come."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest
from temporalio.client import Client

from contracts import goals, identity, sessions
from contracts.errors import NotFound
from contracts.identity import ChangePhase, Mentorship, MentorshipCard, Party, Phase
from contracts.subscriptions import SUBSCRIPTIONS
from contracts.wire import Envelope, Event
from kit.clock import Clock
from tests.workflows.engine import Services, a_new_mentorship, eventually, working
from workflows.consumers import FACTS, Hearing, consumers
from workflows.engine import Cycles
from workflows.facts import CadenceSet


@pytest.fixture(scope="module")
async def services(client: Client) -> AsyncIterator[Services]:
    found = Services()
    async with working(client, found):
        yield found


class Identity:
    """The owner of mentorships, who is asked for one."""

    def __init__(self, *known: Mentorship) -> None:
        self.known = {mentorship.id: mentorship for mentorship in known}

    async def ask(self, org_id: str, mentorship_id: str) -> Mentorship | None:
        found = self.known.get(mentorship_id)
        return found if found and found.org_id == org_id else None


class Heard:
    """One mentorship and the events about it."""

    def __init__(self, client: Client, mentorship: Mentorship, *, known: bool = True) -> None:
        self.mentorship = mentorship
        self.hearing = Hearing(Cycles(lambda: client, Clock()), Identity(*[mentorship] if known else []).ask)

    async def hear(self, event: Event, *, event_id: str = "") -> None:
        envelope = Envelope(
            id=event_id or uuid4().hex,
            source="test",
            type=event.topic,
            subject=self.mentorship.id,
            time=datetime.now(UTC),
            orgid=self.mentorship.org_id,
            sequence=1,
            data=msgspec.Raw(msgspec.json.encode(event)),
            correlationid="request-1",
        )
        await self.hearing.hear(event, envelope)

    @property
    def card(self) -> MentorshipCard:
        m = self.mentorship
        return MentorshipCard(
            id=m.id,
            org_id=m.org_id,
            programme_id=m.programme_id,
            mentor_id=m.mentor_id,
            mentee_id=m.mentee_id,
            phase=m.phase,
            version=1,
        )

    def accepted(self, party: Party) -> identity.MatchAccepted:
        return identity.MatchAccepted(mentorship=self.card, mentorship_id=self.mentorship.id, party=party)


async def test_a_proposal_starts_one_cycle_however_often_it_is_heard(client: Client, services: Services) -> None:
    heard = Heard(client, a_new_mentorship())
    for _ in range(3):
        await heard.hear(identity.MatchProposed(mentorship=heard.card))
    for party in Party:
        await heard.hear(heard.accepted(party))
    await eventually(lambda: services.of(heard.mentorship.id, ChangePhase))


async def test_answers_that_overtake_their_proposal_are_not_lost(client: Client, services: Services) -> None:
    heard = Heard(client, a_new_mentorship())
    for party in Party:
        await heard.hear(heard.accepted(party))
    await heard.hear(identity.MatchProposed(mentorship=heard.card))
    await eventually(lambda: services.of(heard.mentorship.id, ChangePhase))
    changes = services.of(heard.mentorship.id, ChangePhase)
    assert [change.phase for change in changes] == [Phase.EXPECTATION_SETTING]


async def test_an_event_after_the_end_is_taken_and_forgotten(client: Client) -> None:
    heard = Heard(client, a_new_mentorship(phase=Phase.CLOSED))
    await heard.hear(goals.GoalAgreed(mentorship_id=heard.mentorship.id, goal_id="g", owner_id="u"))
    await heard.hear(identity.MatchProposed(mentorship=heard.card))


async def test_an_event_of_an_open_mentorship_without_a_cycle_is_not_taken(client: Client) -> None:
    heard = Heard(client, a_new_mentorship(phase=Phase.ACTIVE))
    with pytest.raises(LookupError):
        await heard.hear(goals.GoalAgreed(mentorship_id=heard.mentorship.id, goal_id="g", owner_id="u"))


async def test_an_event_of_a_mentorship_that_nobody_knows_is_tried_again(client: Client) -> None:
    heard = Heard(client, a_new_mentorship(), known=False)
    with pytest.raises(NotFound):
        await heard.hear(identity.MatchProposed(mentorship=heard.card))


async def test_an_event_about_no_mentorship_is_nothing_to_a_cycle(client: Client) -> None:
    heard = Heard(client, a_new_mentorship(), known=False)
    await heard.hear(goals.GoalAgreed(goal_id="g", owner_id="u"))


def test_every_event_that_is_subscribed_to_becomes_a_fact(client: Client) -> None:
    hearing = Heard(client, a_new_mentorship()).hearing
    assert {consumer.event for consumer in consumers(hearing)} == set(FACTS)
    assert set(SUBSCRIPTIONS["workflows"]) <= set(FACTS)


def test_the_anchor_of_a_cadence_is_a_wall_time() -> None:
    aware = datetime(2026, 3, 1, 9, tzinfo=UTC)
    event = sessions.CadenceChanged(rule="FREQ=DAILY", starts_at=aware, zone="UTC", minutes=30, cadence_version=2)
    wanted = CadenceSet(
        rule="FREQ=DAILY", starts_at=datetime(2026, 3, 1, 9), zone="UTC", minutes=30, version=2, moves=True
    )
    assert FACTS[sessions.CadenceChanged](event) == wanted
