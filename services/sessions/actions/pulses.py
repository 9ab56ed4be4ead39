"""The relationship pulse: who is asked, who answers, and who may know of it."""

import asyncio
from functools import partial

import msgspec

from contracts.identity import MentorshipCard, OfMentorships
from contracts.policy import Act, check, standing
from contracts.sessions import AnswerPulse, OpenPulse, Pulse, PulseCell, PulseTrend, SummarisePulses
from contracts.wire import ByIds, Caller, Page
from kit.command import natural_id, stamp
from kit.window import Window
from services.sessions.actions import WORKING, Context
from services.sessions.model import pulses
from services.sessions.model.policy import TABLE, Kind

MOST = 500  # pulses of one mentorship; monthly ones of ten years are a quarter of it
MOST_OF_A_PROGRAMME = 20_000


async def open_pulse(context: Context, caller: Caller, request: OpenPulse) -> Pulse:
    """The cycle asks."""
    card = await context.of_cycle(caller, request.mentorship_id, Kind.CYCLE)
    return await context.store.pulses.create(
        stamp(caller, request, request.at),
        lambda new_id: pulses.open_pulse(new_id, card, request),
        new_id=natural_id("pulse", card.id, request.index),
    )


async def answer_pulse(context: Context, caller: Caller, request: AnswerPulse) -> Pulse:
    """A party answers the newest pulse, and is shown its own answer alone."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.PULSE)
    asked = pulses.newest(await _all_of(context, card), card.id)
    party, at = card.side_of(caller), context.clock.now()
    stored = await context.store.pulses.load(caller.org_id, asked.id)
    answered = await context.store.pulses.amend(
        stored, stamp(caller, request, at), lambda pulse: pulses.answer_pulse(pulse, request, party, at)
    )
    return show_pulse(context, caller, card, answered)


def show_pulse(context: Context, caller: Caller, card: MentorshipCard, pulse: Pulse) -> Pulse:
    """To a party its own answer; without the other's, and without a version that would count it."""
    answers = tuple(
        answer
        for answer in pulse.answers
        if context.allows(caller, card, Act.READ, Kind.PULSE_ANSWER, card.user_of(answer.party))
    )
    hidden = len(pulse.answers) - len(answers)
    return msgspec.structs.replace(pulse, answers=answers, version=pulse.version - hidden)


def _window(context: Context) -> Window[MentorshipCard, Pulse]:
    return context.window(context.store.pulses, Kind.PULSE, partial(show_pulse, context))


async def get_pulses(context: Context, caller: Caller, request: ByIds) -> tuple[Pulse, ...]:
    """Pulses by id."""
    return await _window(context).get(caller, request)


async def list_pulses(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Pulse] | None, ...]:
    """A page of pulses for each mentorship."""
    return await _window(context).pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def get_pulse_trends(context: Context, caller: Caller, request: ByIds) -> tuple[PulseTrend | None, ...]:
    """The trend of each mentorship, for programme managers who are not one of the two."""

    async def of(mentorship_id: str) -> PulseTrend | None:
        card = await context.readable(caller, mentorship_id, Kind.PULSE_TREND)
        if card is None:
            return None
        found = await _all_of(context, card)
        await context.saw(caller, card, found)
        return pulses.trend(mentorship_id, found)

    return tuple(await asyncio.gather(*map(of, request.ids)))


async def summarise_pulses(context: Context, caller: Caller, request: SummarisePulses) -> tuple[PulseCell, ...]:
    """Cells of at least five people, for those who answer for a programme or its people."""
    check(TABLE, standing(caller, caller.org_id, request.programme_id), Act.AGGREGATE, Kind.PULSE_SUMMARY)
    where = {"programmeId": request.programme_id}
    found = await context.store.pulses.all(caller.org_id, where, limit=MOST_OF_A_PROGRAMME)
    wanted = list({pulse.mentorship_id for pulse in found})
    cards = await asyncio.gather(*(context.store.mentorships.get(caller.org_id, each) for each in wanted))
    of = {card.id: card for card in cards}
    return pulses.cells(((pulse, of[pulse.mentorship_id]) for pulse in found), context.clock.now())


async def _all_of(context: Context, card: MentorshipCard) -> tuple[Pulse, ...]:
    return await context.store.pulses.all(card.org_id, {"mentorshipId": card.id}, limit=MOST)
