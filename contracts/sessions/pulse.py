"""The relationship pulse: how much each of the two trusts, and how safe each feels to speak openly.

For programme staff. Neither party ever sees the other's answer, and no event carries a rating or a word.
"""

from datetime import datetime
from typing import Annotated

import msgspec

from contracts.identity import OfMentorships, Party
from contracts.wire import ByIds, Command, CycleCommand, Event, Operation, Page, Record, topic

Feeling = Annotated[int, msgspec.Meta(ge=1, le=5)]
Comment = Annotated[str, msgspec.Meta(max_length=2_000)]


class PulseAnswer(Record, frozen=True, kw_only=True):
    """One party's answer; `trust` and `safety` are 1 to 5."""

    party: Party
    trust: int
    safety: int
    comment: str = ""
    answered_at: datetime


class Pulse(Record, frozen=True, kw_only=True):
    """One time that both were asked; `index` counts from 1 within the mentorship."""

    id: str
    org_id: str
    mentorship_id: str
    programme_id: str
    index: int
    answers: tuple[PulseAnswer, ...] = ()
    created_at: datetime
    version: int = 1


class PulsePoint(Record, frozen=True, kw_only=True):
    """What one party answered once, and how that differs from what it answered the time before."""

    index: int
    party: Party
    answered_at: datetime
    trust: int
    safety: int
    trust_change: int | None = None
    safety_change: int | None = None


class PulseTrend(Record, frozen=True, kw_only=True):
    """All answers of one mentorship in the order of time, without comments."""

    mentorship_id: str
    points: tuple[PulsePoint, ...]


class PulseCell(Record, frozen=True, kw_only=True):
    """What one side of a programme answered in one month (UTC) that is over. At least five people are behind it."""

    month: str
    party: Party
    people: int
    trust: float
    safety: float


class OpenPulse(CycleCommand, frozen=True, kw_only=True):
    """The cycle asks both parties how it goes; the same index is the same pulse."""

    mentorship_id: str
    index: int


class AnswerPulse(Command, frozen=True, kw_only=True):
    """A party answers the newest pulse, once. Programme staff read it, the other party never does."""

    mentorship_id: str
    trust: Feeling
    safety: Feeling
    comment: Comment = ""


class SummarisePulses(Record, frozen=True, kw_only=True):
    """Cells of one programme, for its staff and HR analysts. A cell of fewer than five people is left out."""

    programme_id: str


OPEN_PULSE = Operation("sessions.open_pulse", OpenPulse, Pulse)
ANSWER_PULSE = Operation("sessions.answer_pulse", AnswerPulse, Pulse)
GET_PULSES = Operation("sessions.get_pulses", ByIds, tuple[Pulse, ...], safe=True)
LIST_PULSES = Operation("sessions.list_pulses", OfMentorships, tuple[Page[Pulse] | None, ...], safe=True)
GET_PULSE_TRENDS = Operation("sessions.get_pulse_trends", ByIds, tuple[PulseTrend | None, ...], safe=True)
SUMMARISE_PULSES = Operation("sessions.summarise_pulses", SummarisePulses, tuple[PulseCell, ...], safe=True)


class PulseFact(Event, frozen=True, kw_only=True):
    """Any fact about a pulse."""

    pulse_id: str
    index: int


@topic("sessions.pulse_opened.v1")
class PulseOpened(PulseFact, frozen=True, kw_only=True):
    """Both are asked how it goes."""


@topic("sessions.pulse_answered.v1")
class PulseAnswered(PulseFact, frozen=True, kw_only=True):
    """One party answered."""

    party: Party
