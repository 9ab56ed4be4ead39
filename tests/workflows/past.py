"""Simulated lives as the past that somebody would know of them."""

from datetime import timedelta

from msgspec.structs import replace

from contracts.identity import Party
from contracts.sessions import ScheduleCheckIn
from contracts.wire import CycleCommand
from workflows.facts import HelpGiven, ItemDone, Outcome, Reviewed, Settled, Signed
from workflows.simulation.life import Life, Plan, a_mentorship
from workflows.simulation.owed import Deed
from workflows.simulation.past import Happened, PastLife, PastMeeting
from workflows.simulation.people import Pair
from workflows.simulation.tally import Record, Tally

BLINK = timedelta(milliseconds=1)
AROUND = ("prepares", "reads")
SPEAK_FOR_THEMSELVES = Signed | Reviewed | ItemDone | HelpGiven


class Watching(Record):
    """Remembers which check-ins were planned."""

    planned: list[ScheduleCheckIn] = []

    def wanted(self, command: CycleCommand) -> None:
        if isinstance(command, ScheduleCheckIn):
            self.planned.append(command)
        super().wanted(command)


class Watched(Life):
    """A simulated pair of which everything that somebody does is written down."""

    done: list[Deed]

    def do(self, deed: Deed) -> None:
        self.done.append(replace(deed, at=max(deed.at, self.cycle.clock)))
        super().do(deed)


def lived(plan: Plan, number: int) -> tuple[Tally, PastLife]:
    """What a simulated pair came to, and its past."""
    life = Watched.of(plan, number)
    life.done, life.record = [], Watching(begins=plan.begins, weeks=plan.weeks)
    counted = life.run(plan.ends)
    assert isinstance(life.pair, Pair)
    assert isinstance(life.record, Watching)
    past = PastLife(
        mentorship=a_mentorship(plan, number),
        until=plan.ends - BLINK,
        phase=life.cycle.phase,
        closure=life.cycle.closure,
        meetings=[_meeting(life.pair, command) for command in life.record.planned],
        happened=[_happened(life.cycle.mentorship_id, deed) for deed in life.done],
    )
    return counted, past


def _meeting(pair: Pair, planned: ScheduleCheckIn) -> PastMeeting:
    check_in_id = f"{pair.mentorship_id}/c{planned.index}"
    there = [party for party in Party if _came(pair, planned.index, party)]
    return PastMeeting(
        check_in_id=check_in_id,
        planned_for=planned.starts_at,
        outcome=Outcome.HELD if pair.meets[check_in_id] else Outcome.MISSED,
        present=tuple(there),
    )


def _came(pair: Pair, index: int, party: Party) -> bool:
    owed = pair.book.owed.get(f"attends:{index}:{party}")
    return owed is not None and owed.done_at is not None


def _happened(mentorship_id: str, deed: Deed) -> Happened:
    around, _, index = deed.keeps.partition(":")
    thanks = deed.opens[0] if deed.opens and deed.opens[0].startswith("thanks:") else ""
    told = Happened(at=deed.at, fact=deed.fact, minutes=deed.minutes, keeps=deed.keeps, thanks=thanks)
    if isinstance(deed.fact, Settled):
        return replace(told, meeting=deed.fact.check_in_id, keeps="")
    if around in AROUND:
        return replace(told, meeting=f"{mentorship_id}/c{index}", around=around, keeps="")
    return replace(told, keeps="") if isinstance(deed.fact, SPEAK_FOR_THEMSELVES) else told
