"""Two simulated people: what they do of themselves, and what they do when their cycle wants something. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from contracts.goals import OpenCommitment, Promise
from contracts.identity import ChangePhase, Party, Phase, ProgrammePolicy
from contracts.notifications import Prompt, Template
from contracts.sessions import OpenReview, ScheduleCheckIn, SettleAttendance
from contracts.wire import CycleCommand
from workflows.commands import BOTH
from workflows.facts import (
    Accepted,
    CadenceSet,
    Fact,
    GoalAgreed,
    GoalMet,
    HelpAsked,
    HelpGiven,
    ItemDone,
    ItemPromised,
    Lived,
    Outcome,
    Progressed,
    Reviewed,
    Scheduled,
    Settled,
    Signed,
)
from workflows.promises import end_of
from workflows.simulation.behaviour import (
    FEEDBACK_MINUTES,
    HOURS_A_MONTH,
    PREPARING_MINUTES,
    REVIEW_MINUTES,
    Chance,
    Habit,
    left,
)
from workflows.simulation.owed import Book, Deed, Owed

MEETING_MINUTES = 60
RULE = "FREQ=WEEKLY;INTERVAL=2"
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_ITEM_DAYS = 10
_STIRRED = (1, 24)  # hours from a reminder to what it brings


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two."""

    party: Party
    habit: Habit
    gone_at: datetime | None = None


class Pair(msgspec.Struct, kw_only=True):
    """The two, what they have promised, and which meetings both are at."""

    mentorship_id: str
    mentee_id: str
    chance: Chance
    begins: datetime
    policy: ProgrammePolicy
    people: dict[Party, Person]
    book: Book
    meets: dict[str, bool] = msgspec.field(default_factory=dict)

    @property
    def goal_id(self) -> str:
        """They have one goal."""
        return f"{self.mentorship_id}/g"

    def answer(self, command: CycleCommand) -> list[Fact]:
        """What sessions would answer at once."""
        match command:
            case ScheduleCheckIn(index=index, starts_at=starts_at):
                return [Scheduled(check_in_id=self._check_in(index), index=index, starts_at=starts_at)]
            case SettleAttendance(check_in_id=check_in_id):
                outcome = Outcome.HELD if self.meets.get(check_in_id) else Outcome.MISSED
                index = int(check_in_id.rpartition("/c")[2])
                return [Settled(check_in_id=check_in_id, index=index, outcome=outcome)]
        return []

    def propose(self) -> Iterator[Deed]:
        """The match was proposed: some answer of themselves."""
        for person in self.people.values():
            after = self.chance.hours(person.habit.answers_after, f"accepts-after:{person.party}")
            at = self.begins + after * _HOUR
            if self._does(person, person.habit.answers, f"accepts:{person.party}", at):
                yield Deed(at=at, fact=Accepted(party=person.party))

    def react(self, command: CycleCommand) -> Iterator[Deed]:
        """What the two do because of this, sooner or later."""
        self.book.hear(command)
        match command:
            case ChangePhase(phase=phase, at=at):
                yield from self._enter(phase, at)
            case ScheduleCheckIn():
                yield from self._look_forward(command)
            case OpenCommitment():
                yield from self._promise(command)
            case OpenReview(kind=kind) if kind.is_owed:
                yield from self._look_back(command)
            case Prompt():
                yield from self._heed(command)

    def _check_in(self, index: int) -> str:
        return f"{self.mentorship_id}/c{index}"

    def _does(self, person: Person, percent: int, about: str, at: datetime) -> bool:
        if person.gone_at is not None and at >= person.gone_at:
            return False
        months = (at - self.begins) / (HOURS_A_MONTH * _HOUR)
        return self.chance.happens(percent * left(person.habit, months), about)

    def _keeps(self, party: Party, percent: int, about: str, *, since: datetime, due: datetime) -> datetime | None:
        """When somebody does what is due by then; None for never."""
        person, chance = self.people[party], self.chance
        if chance.happens(person.habit.late, f"late:{about}"):
            at = due + chance.hours(person.habit.late_by, f"by:{about}") * _HOUR
        else:
            at = since + (due - since) * chance.share(f"when:{about}")
        at = at.replace(microsecond=0)
        return at if self._does(person, percent, about, at) else None

    def _enter(self, phase: Phase, at: datetime) -> Iterator[Deed]:
        if phase is Phase.EXPECTATION_SETTING:
            for party, person in self.people.items():
                about, due = f"signs:{party}", at + self.policy.signature_deadline
                if done := self._keeps(party, person.habit.answers, about, since=at, due=due):
                    yield from self._sign(party, done)
        if phase is Phase.ACTIVE and self.chance.happens(self.people[Party.MENTEE].habit.reaches_goal, "reaches"):
            share = 0.7 + 0.5 * self.chance.share("reaches-at")
            yield Deed(at=at + self.policy.length * share, fact=GoalMet(goal_id=self.goal_id))

    def _sign(self, party: Party, at: datetime) -> Iterator[Deed]:
        """The mentee brings the goal, the mentor the days to meet on."""
        if party is Party.MENTEE:
            yield Deed(at=at, fact=GoalAgreed(goal_id=self.goal_id))
        else:
            first = (at + 5 * _DAY).replace(hour=10, minute=0, second=0, tzinfo=None)
            yield Deed(
                at=at, fact=CadenceSet(rule=RULE, starts_at=first, zone="UTC", minutes=MEETING_MINUTES, version=1)
            )
        yield Deed(at=at, fact=Signed(party=party, version=1), keeps=f"signs:{party}")

    def _look_forward(self, command: ScheduleCheckIn) -> Iterator[Deed]:
        start, since = command.starts_at, command.at
        check_in_id = self._check_in(command.index)
        for party, about, due in (
            (Party.MENTEE, f"prepares:{command.index}", start - self.policy.preparation_due),
            (Party.MENTOR, f"reads:{command.index}", start),
        ):
            asked = max(since, due - self.policy.preparation_asked)
            done = self._keeps(party, self.people[party].habit.prepares, about, since=asked, due=due)
            if done is not None and done < start:
                minutes = PREPARING_MINUTES if party is Party.MENTOR else 0
                yield Deed(at=done, fact=Lived(), keeps=about, minutes=minutes)
        there = [self._attends(person, command.index, start) for person in self.people.values()]
        self.meets[check_in_id] = all(there)
        if all(there):
            yield from self._meet(check_in_id, command.index, start)

    def _attends(self, person: Person, index: int, start: datetime) -> bool:
        about = f"attends:{index}:{person.party}"
        there = self._does(person, person.habit.attends, about, start)
        self.book.owed[about] = Owed(due=start, grace=timedelta(), done_at=start if there else None)
        return there

    def _meet(self, check_in_id: str, index: int, start: datetime) -> Iterator[Deed]:
        """The first to say so tells of it; what they agree on is written down then."""
        says = min(self.chance.hours(p.habit.attests_after, f"says:{index}:{p.party}") for p in self.people.values())
        at = (start + timedelta(minutes=MEETING_MINUTES) + says * _HOUR).replace(microsecond=0)
        held = Settled(check_in_id=check_in_id, index=index, outcome=Outcome.HELD)
        yield Deed(at=at, fact=held)
        yield from self._agree_on_item(index, at)
        yield from self._ask_help(index, at)

    def _agree_on_item(self, index: int, at: datetime) -> Iterator[Deed]:
        habit, about = self.people[Party.MENTEE].habit, f"item:{index}"
        if not self.chance.happens(habit.promises_item, f"promises:{index}"):
            return
        item_id, day = f"{self.mentorship_id}/{about}", (at + _ITEM_DAYS * _DAY).date()
        due = end_of(day)
        promised = ItemPromised(item_id=item_id, owner_id=self.mentee_id, due=day)
        yield Deed(at=at, fact=promised, opens=self.book.opens(promised, about))
        if done := self._keeps(Party.MENTEE, habit.does_item, about, since=at, due=due):
            yield Deed(at=done, fact=ItemDone(item_id=item_id), keeps=about)

    def _ask_help(self, index: int, at: datetime) -> Iterator[Deed]:
        about = f"help:{index}"
        if not self.chance.happens(self.people[Party.MENTEE].habit.asks_help, f"asks:{index}"):
            return
        request_id, day = f"{self.mentorship_id}/{about}", (at + (self.policy.help_working_days + 2) * _DAY).date()
        asked = HelpAsked(help_request_id=request_id, asked_by=self.mentee_id, due=day)
        yield Deed(at=at, fact=asked, opens=self.book.opens(asked, about))
        habit = self.people[Party.MENTOR].habit
        if done := self._keeps(Party.MENTOR, habit.gives_help, about, since=at, due=end_of(day)):
            yield Deed(at=done, fact=HelpGiven(help_request_id=request_id), keeps=about, minutes=FEEDBACK_MINUTES)

    def _promise(self, command: OpenCommitment) -> Iterator[Deed]:
        about, since, due = command.cause_id, command.at, command.due
        if command.promise is Promise.LOG_PROGRESS:
            habit = self.people[Party.MENTEE].habit
            if done := self._keeps(Party.MENTEE, habit.logs, about, since=since, due=due):
                yield Deed(at=done, fact=Progressed(goal_id=self.goal_id), keeps=about)
            return
        given = self._keeps(Party.MENTOR, self.people[Party.MENTOR].habit.gives_feedback, about, since=since, due=due)
        if given is None:
            return
        thanks, until = f"thanks:{about}", given + self.policy.feedback_acknowledged
        opens = self.book.thanks(thanks, given)
        yield Deed(at=given, fact=Lived(evidence=True), keeps=about, minutes=FEEDBACK_MINUTES, opens=opens)
        habit = self.people[Party.MENTEE].habit
        if seen := self._keeps(Party.MENTEE, habit.acknowledges, thanks, since=given, due=until):
            yield Deed(at=seen, fact=Lived(), keeps=thanks)

    def _look_back(self, command: OpenReview) -> Iterator[Deed]:
        for party, person in self.people.items():
            about = f"review:{command.kind}:{command.index}:{party}"
            done = self._keeps(party, person.habit.reviews, about, since=command.at, due=command.due_at)
            if done is not None:
                fact = Reviewed(kind=command.kind, index=command.index, party=party)
                yield Deed(at=done, fact=fact, keeps=about, minutes=REVIEW_MINUTES * (party is Party.MENTOR))

    def _heed(self, command: Prompt) -> Iterator[Deed]:
        for party in BOTH:
            person = self.people[party]
            is_asked = (
                (self.mentee_id in command.recipient_ids)
                if party is Party.MENTEE
                else (any(user != self.mentee_id for user in command.recipient_ids))
            )
            about = f"heeds:{command.template}:{command.step}:{party}"
            at = (command.at + self.chance.hours(_STIRRED, f"by:{about}") * _HOUR).replace(microsecond=0)
            if is_asked and self._does(person, person.habit.heeds, about, at):
                yield from self._stir(command.template, party, at)

    def _stir(self, template: Template, party: Party, at: datetime) -> Iterator[Deed]:
        match template:
            case Template.MATCH_REMINDER:
                yield Deed(at=at, fact=Accepted(party=party))
            case Template.AGREEMENT_REMINDER | Template.AGREEMENT_OVERDUE:
                if self.book.owed[f"signs:{party}"].done_at is None:
                    yield from self._sign(party, at)
            case Template.INACTIVITY_NOTICE:
                yield Deed(at=at, fact=Lived())
            case Template.GOAL_STALE if party is Party.MENTEE:
                yield Deed(at=at, fact=Progressed(goal_id=self.goal_id))
