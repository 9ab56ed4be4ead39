"""What two people owe each other, as coverage counts it: opened by their cycle and by themselves. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from contracts.goals import OpenCommitment, Promise
from contracts.identity import ChangePhase, Phase, ProgrammePolicy
from contracts.sessions import OpenReview, ScheduleCheckIn
from contracts.wire import CycleCommand
from workflows.commands import BOTH
from workflows.facts import Fact, HelpAsked, ItemMoved, ItemPromised
from workflows.promises import end_of

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
_AROUND_MEETINGS = ("prepares:", "reads:", "attends:")


class Owed(msgspec.Struct, kw_only=True):
    """A promise as coverage counts it: settled once it is done, or once its grace is over."""

    due: datetime
    grace: timedelta = WEEK
    done_at: datetime | None = None


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody will do: what the cycle hears of it, what it takes the mentor, which promise it keeps."""

    at: datetime
    fact: Fact
    minutes: int = 0
    keeps: str = ""
    opens: tuple[str, Owed] | None = None


class Book(msgspec.Struct, kw_only=True):
    """Every promise of a pair by a name of its own, under a policy."""

    policy: ProgrammePolicy
    owed: dict[str, Owed] = msgspec.field(default_factory=dict)
    paused_at: datetime | None = None

    def hear(self, command: CycleCommand) -> None:
        """Enter what the cycle makes them promise."""
        self.owed |= dict(self._opened(command))
        if isinstance(command, ChangePhase):
            self._enter(command.phase, command.at)

    def take(self, deed: Deed) -> None:
        """Something was done: it may keep a promise, and open another."""
        if deed.opens is not None:
            name, promise = deed.opens
            self.owed[name] = msgspec.structs.replace(promise)
        if deed.keeps in self.owed and self.owed[deed.keeps].done_at is None:
            self.owed[deed.keeps].done_at = deed.at

    def opens(self, fact: Fact, name: str) -> tuple[str, Owed] | None:
        """The promise that people make by this themselves."""
        match fact:
            case ItemPromised(due=due) | ItemMoved(due=due):
                return name, Owed(due=end_of(due), grace=self.policy.action_grace)
            case HelpAsked(due=due):
                return name, Owed(due=end_of(due), grace=self.policy.help_grace)
        return None

    def thanks(self, name: str, given: datetime) -> tuple[str, Owed]:
        """Feedback wants to be acknowledged."""
        return name, Owed(due=given + self.policy.feedback_acknowledged, grace=self.policy.feedback_acknowledged_grace)

    def move(self, index: int, start: datetime, was: datetime) -> None:
        """A meeting has another time, and what is promised for it moves along."""
        for name in self._about(index):
            self.owed[name].due += start - was

    def release(self, index: int) -> None:
        """A meeting is off, and nobody owes it anything any more."""
        for name in self._about(index):
            del self.owed[name]

    def _about(self, index: int) -> list[str]:
        names = [f"{about}{index}" for about in _AROUND_MEETINGS]
        names += [f"attends:{index}:{party}" for party in BOTH]
        return [name for name in names if name in self.owed and self.owed[name].done_at is None]

    def _opened(self, command: CycleCommand) -> Iterator[tuple[str, Owed]]:
        policy = self.policy
        match command:
            case ChangePhase(phase=Phase.EXPECTATION_SETTING, at=at):
                for party in BOTH:
                    yield f"signs:{party}", Owed(due=at + policy.signature_deadline)
            case ScheduleCheckIn(index=index, starts_at=start):
                yield f"prepares:{index}", Owed(due=start - policy.preparation_due, grace=DAY)
                yield f"reads:{index}", Owed(due=start, grace=DAY)
            case OpenCommitment(cause_id=cause_id, promise=promise, due=due):
                is_progress = promise is Promise.LOG_PROGRESS
                yield cause_id, Owed(due=due, grace=policy.progress_grace if is_progress else policy.feedback_grace)
            case OpenReview(kind=kind, index=index, due_at=due):
                for party in BOTH:
                    yield f"review:{kind}:{index}:{party}", Owed(due=due, grace=policy.review_grace)

    def _enter(self, phase: Phase, at: datetime) -> None:
        """A pause moves what is open; nobody owes what would have been due after the end."""
        if phase is Phase.PAUSED:
            self.paused_at = at
        elif phase is Phase.ACTIVE and self.paused_at is not None:
            for name, owed in self.owed.items():
                if owed.done_at is None and owed.due > self.paused_at and not name.startswith(_AROUND_MEETINGS):
                    owed.due += at - self.paused_at
            self.paused_at = None
        elif phase is Phase.CLOSED:
            self.owed = {name: owed for name, owed in self.owed.items() if owed.done_at or owed.due <= at}
