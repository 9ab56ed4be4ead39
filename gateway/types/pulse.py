"""The relationship pulse: answered by the two, read by programme staff, summed up for HR."""

from datetime import datetime
from typing import Annotated

import strawberry

from contracts import sessions
from contracts.identity import Party
from contracts.sessions import SummarisePulses
from gateway.context import Info
from gateway.types.mutation import Input, mutation
from gateway.types.relay import Node, View, field, id_of, local_id, optional, resolved, viewed, views


@strawberry.type(description="One party's answer to a pulse.")
class PulseAnswer:
    """Shows sessions.PulseAnswer."""

    party: Party = field("Whose answer.")
    trust: int = field("How much that party trusts the other, 1 (not at all) to 5 (fully).")
    safety: int = field("How safe it feels to speak openly, 1 (not at all) to 5 (fully).")
    comment: str = field("The words, if there are any.")
    answered_at: datetime = field("When it was given.")


@strawberry.type(description="One time that both were asked how it goes.")
class Pulse(Node):
    """Shows sessions.Pulse."""

    loader = staticmethod(lambda loaders: loaders.pulses)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    index: int = field("Counts from 1 within the mentorship.")
    answers: list[PulseAnswer] = field("Your own answer; for programme managers those of both. Never the other's.")
    created_at: datetime = field("When both were asked.")


@strawberry.type(description="What one party answered once, beside what it answered the time before.")
class PulsePoint(View):
    """Shows sessions.PulsePoint."""

    index: int = field("Which pulse it was.")
    party: Party = field("Whose answer.")
    answered_at: datetime = field("When it was given.")
    trust: int = field("1 to 5.")
    safety: int = field("1 to 5.")
    trust_change: int | None = field("By how much that differs from the time before; null the first time.")
    safety_change: int | None = field("By how much that differs from the time before; null the first time.")


@strawberry.type(description="What one side of a programme answered in one month; at least five people are behind it.")
class PulseCell(View):
    """Shows sessions.PulseCell."""

    month: str = field("The month (UTC), as in 2027-03. Only months that are over are shown.")
    party: Party = field("Which side.")
    people: int = field("How many people, at least five.")
    trust: float = field("The mean over those people, 1 to 5.")
    safety: float = field("The mean over those people, 1 to 5.")


@strawberry.type(description="How a mentorship feels to the two, in the order of time.")
class PulseTrend(View):
    """Shows sessions.PulseTrend."""

    points = viewed(PulsePoint, "points", "Every answer, without comments.")


@strawberry.input(description="How it goes. Programme staff read it; the other party never does.")
class AnswerPulseInput(Input):
    """Makes sessions.AnswerPulse."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    trust: int = field("How much you trust the other, 1 (not at all) to 5 (fully).")
    safety: int = field("How safe you feel to speak openly, 1 (not at all) to 5 (fully).")
    comment: str | None = optional("What programme staff should know.")


MentorshipId = Annotated[strawberry.ID, strawberry.argument(description="The mentorship.")]
ProgrammeId = Annotated[strawberry.ID, strawberry.argument(description="The programme.")]


@strawberry.type
class PulseQueries:
    """Reads of pulses."""

    @resolved("How a mentorship feels to the two, for programme managers.")
    async def pulse_trend(self, info: Info, mentorship_id: MentorshipId) -> PulseTrend | None:
        """Nothing is worked out here."""
        local = local_id(info.context, "Mentorship", mentorship_id)
        return PulseTrend.of(await info.context.loaders.pulse_trends.load(local))

    @resolved("Pulses of a programme by month and side, for HR analysts and programme managers.")
    async def pulse_summary(self, info: Info, programme_id: ProgrammeId) -> list[PulseCell] | None:
        """Fewer than five people are never shown together."""
        request = SummarisePulses(programme_id=local_id(info.context, "Programme", programme_id))
        cells: list[PulseCell] = views(PulseCell, await info.context.call(sessions.SUMMARISE_PULSES, request))
        return cells


@strawberry.type
class PulseMutations:
    """Changes of pulses."""

    answer_pulse = mutation(sessions.ANSWER_PULSE, AnswerPulseInput, Pulse)
