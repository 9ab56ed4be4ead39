"""The relationship pulse: asked, answered once by each, shown as a trend, and summed up where enough people are."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from statistics import fmean

from contracts.cells import large
from contracts.errors import Conflict
from contracts.identity import MentorshipCard, Party
from contracts.sessions import (
    AnswerPulse,
    OpenPulse,
    Pulse,
    PulseAnswer,
    PulseAnswered,
    PulseCell,
    PulseOpened,
    PulsePoint,
    PulseTrend,
)
from contracts.wire import Change, evolve


def open_pulse(pulse_id: str, card: MentorshipCard, request: OpenPulse) -> Change[Pulse]:
    """Both are asked."""
    pulse = Pulse(
        id=pulse_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        programme_id=card.programme_id,
        index=request.index,
        created_at=request.at,
    )
    return Change(pulse, (PulseOpened(mentorship_id=card.id, pulse_id=pulse_id, index=pulse.index),))


def newest(pulses: Iterable[Pulse], mentorship_id: str) -> Pulse:
    """The pulse that can be answered. Raises Conflict before the first one."""
    found = max(pulses, key=lambda pulse: pulse.index, default=None)
    if found is None:
        raise Conflict(f"No pulse of the mentorship {mentorship_id} waits for an answer yet. You will be asked.")
    return found


def answer_pulse(pulse: Pulse, request: AnswerPulse, party: Party, at: datetime) -> Change[Pulse]:
    """One side's answer, given once: it says how things were then."""
    if any(answer.party is party for answer in pulse.answers):
        raise Conflict(f"You have answered the pulse {pulse.id} already. You will be asked again.")
    answer = PulseAnswer(
        party=party, trust=request.trust, safety=request.safety, comment=request.comment.strip(), answered_at=at
    )
    told = PulseAnswered(mentorship_id=pulse.mentorship_id, pulse_id=pulse.id, index=pulse.index, party=party)
    return Change(evolve(pulse, answers=(*pulse.answers, answer)), (told,))


def trend(mentorship_id: str, pulses: Iterable[Pulse]) -> PulseTrend:
    """Every answer beside what the same party answered before."""
    before: dict[Party, PulseAnswer] = {}
    points = []
    for pulse in sorted(pulses, key=lambda pulse: pulse.index):
        for answer in pulse.answers:
            earlier = before.get(answer.party)
            points.append(_point(pulse.index, answer, earlier))
            before[answer.party] = answer
    return PulseTrend(mentorship_id=mentorship_id, points=tuple(points))


def _point(index: int, answer: PulseAnswer, earlier: PulseAnswer | None) -> PulsePoint:
    return PulsePoint(
        index=index,
        party=answer.party,
        answered_at=answer.answered_at,
        trust=answer.trust,
        safety=answer.safety,
        trust_change=answer.trust - earlier.trust if earlier else None,
        safety_change=answer.safety - earlier.safety if earlier else None,
    )


def cells(pulses: Iterable[tuple[Pulse, MentorshipCard]], at: datetime) -> tuple[PulseCell, ...]:
    """By side and by month that is over: what changes from one reading to the next would show who came last.

    There are no totals over cells: with one of them withheld, a difference would say what it holds.
    """
    found: dict[tuple[str, Party], dict[str, list[PulseAnswer]]] = defaultdict(lambda: defaultdict(list))
    for pulse, card in pulses:
        for answer in pulse.answers:
            month = _month(answer.answered_at)
            if month < _month(at):
                found[month, answer.party][card.user_of(answer.party)].append(answer)
    return tuple(_cell(month, party, of) for (month, party), of in sorted(found.items()) if large(len(of)) is not None)


def _cell(month: str, party: Party, of: dict[str, list[PulseAnswer]]) -> PulseCell:
    """The mean over people of each one's mean: somebody in many mentorships counts once."""
    return PulseCell(
        month=month,
        party=party,
        people=len(of),
        trust=round(fmean(fmean(answer.trust for answer in answers) for answers in of.values()), 2),
        safety=round(fmean(fmean(answer.safety for answer in answers) for answers in of.values()), 2),
    )


def _month(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m}"
