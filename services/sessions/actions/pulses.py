"""The relationship pulse: who is asked, who answers, and who may know of it."""

import asyncio

import msgspec

from contracts.errors import Forbidden
from contracts.identity import MentorshipCard, OfMentorships, Role, manages
from contracts.sessions import AnswerPulse, OpenPulse, Pulse, PulseCell, PulseTrend, SummarisePulses
from contracts.wire import ByIds, Caller, Page
from kit.command import natural_id, stamp
from kit.window import Window
from services.sessions.actions import WORKING, Context
from services.sessions.model import pulses

MOST = 500  # pulses of one mentorship; monthly ones of ten years are a quarter of it
MOST_OF_A_PROGRAMME = 20_000


async def open_pulse(context: Context, caller: Caller, request: OpenPulse) -> Pulse:
    """The cycle asks."""
    card = await context.of_cycle(caller, request.mentorship_id)
    return await context.store.pulses.create(
        stamp(caller, request, request.at),
        lambda new_id: pulses.open_pulse(new_id, card, request),
        new_id=natural_id("pulse", card.id, request.index),
    )


async def answer_pulse(context: Context, caller: Caller, request: AnswerPulse) -> Pulse:
    """A party answers the newest pulse, and is shown its own answer alone."""
    card = await context.seated(caller, request.mentorship_id, WORKING)
    asked = pulses.newest(await _all_of(context, card), card.id)
    party, at = card.seat_of(caller), context.clock.now()
    stored = await context.store.pulses.load(caller.org_id, asked.id)
    answered = await context.store.pulses.amend(
        stored, stamp(caller, request, at), lambda pulse: pulses.answer_pulse(pulse, request, party, at)
    )
    return _own(answered, card, caller)


def show_pulse(caller: Caller, card: MentorshipCard, pulse: Pulse) -> Pulse | None:
    """To a party its own answer, also where that party manages programmes; to programme managers the whole."""
    if card.party_of(caller.user_id) is not None:
        return _own(pulse, card, caller)
    return pulse if manages(caller, card.programme_id) else None


def _own(pulse: Pulse, card: MentorshipCard, caller: Caller) -> Pulse:
    """Without the other's answer, and without a version that would count it."""
    party = card.party_of(caller.user_id)
    answers = tuple(answer for answer in pulse.answers if answer.party is party)
    return msgspec.structs.replace(pulse, answers=answers, version=1 + len(answers))


def _window(context: Context) -> Window[MentorshipCard, Pulse]:
    return Window(
        aggregates=context.store.pulses,
        parents=context.store.mentorships,
        field="mentorshipId",
        parent_of=lambda pulse: pulse.mentorship_id,
        enter=lambda caller, card: card.party_of(caller.user_id) is not None or manages(caller, card.programme_id),
        show=show_pulse,
    )


async def get_pulses(context: Context, caller: Caller, request: ByIds) -> tuple[Pulse, ...]:
    """Pulses by id."""
    return await _window(context).get(caller, request)


async def list_pulses(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Pulse] | None, ...]:
    """A page of pulses for each mentorship."""
    return await _window(context).pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def get_pulse_trends(context: Context, caller: Caller, request: ByIds) -> tuple[PulseTrend | None, ...]:
    """The trend of each mentorship, for programme managers who are not one of the two."""

    async def of(mentorship_id: str) -> PulseTrend | None:
        card = await context.store.mentorships.find(caller.org_id, mentorship_id)
        if card is None or not manages(caller, card.programme_id) or card.party_of(caller.user_id) is not None:
            return None
        return pulses.trend(mentorship_id, await _all_of(context, card))

    return tuple(await asyncio.gather(*map(of, request.ids)))


async def summarise_pulses(context: Context, caller: Caller, request: SummarisePulses) -> tuple[PulseCell, ...]:
    """Cells of at least five people, for those who answer for a programme or its people."""
    if Role.HR_ANALYST not in caller.roles and not manages(caller, request.programme_id):
        raise Forbidden(f"This needs the role {Role.PROGRAMME_MANAGER} or {Role.HR_ANALYST}.")
    where = {"programmeId": request.programme_id}
    found = await context.store.pulses.all(caller.org_id, where, limit=MOST_OF_A_PROGRAMME)
    wanted = list({pulse.mentorship_id for pulse in found})
    cards = await asyncio.gather(*(context.store.mentorships.get(caller.org_id, each) for each in wanted))
    of = {card.id: card for card in cards}
    return pulses.cells(((pulse, of[pulse.mentorship_id]) for pulse in found), context.clock.now())


async def _all_of(context: Context, card: MentorshipCard) -> tuple[Pulse, ...]:
    return await context.store.pulses.all(card.org_id, {"mentorshipId": card.id}, limit=MOST)
