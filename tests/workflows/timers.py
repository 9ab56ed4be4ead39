"""Every timer of a cycle: what leads to it, when it is due, what it does, and what may arrive in its instant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from contracts.goals import OpenCommitment
from contracts.identity import (
    CaseKind,
    ChangePhase,
    Closure,
    Health,
    OpenCase,
    Phase,
    ProgrammePolicy,
    SetHealth,
)
from contracts.notifications import Prompt, Template
from contracts.sessions import OpenPulse, OpenReview, ReviewKind, ScheduleCheckIn, SettleAttendance
from contracts.wire import CycleCommand
from tests.workflows.play import BOTH, PATIENT, START, Play, a_cadence, a_cycle
from workflows.commands import spread
from workflows.facts import (
    Accepted,
    ChangeAsked,
    EndAsked,
    Fact,
    FeedbackRhythm,
    GoalAgreed,
    GoalMet,
    HelpAsked,
    HelpGiven,
    ItemBlocked,
    ItemDone,
    ItemPromised,
    ItemUnblocked,
    Lived,
    Outcome,
    Paused,
    Progressed,
    Replaced,
    Resumed,
    Reviewed,
    Settled,
    Signed,
)
from workflows.promises import end_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPREAD = spread(a_cycle(), DAY)  # how much later than asked for this cycle prompts
FIRST = 9 * DAY  # from the start to the first check-in, which is an hour long
IMPATIENT, GOALS_LAST = ProgrammePolicy(), replace(PATIENT, stale_goal_cadences=9)

type Shows = Callable[[CycleCommand], bool]


@dataclass(frozen=True)
class Timer:
    """One deadline of this kind. `shows` knows what it does, once; `instead` is how often that happens where the facts
    of `awaited` are heard in its very instant.
    """

    kind: str
    prelude: Callable[[Play], None]
    after: timedelta
    shows: Shows
    awaited: tuple[Fact, ...]
    instead: int = 0
    policy: ProgrammePolicy = PATIENT
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.kind


def case(kind: CaseKind) -> Shows:
    return lambda command: isinstance(command, OpenCase) and command.kind is kind


def told(template: Template, step: str = "") -> Shows:
    return lambda command: (
        isinstance(command, Prompt) and command.template is template and command.step.startswith(step)
    )


def enters(phase: Phase, closure: Closure | None = None) -> Shows:
    return lambda command: (
        isinstance(command, ChangePhase) and command.phase is phase and closure in {None, command.closure}
    )


def promises(cause: str) -> Shows:
    return lambda command: isinstance(command, OpenCommitment) and command.cause_id == cause


def is_a(kind: type[CycleCommand], /, **fields: object) -> Shows:
    return lambda command: isinstance(command, kind) and all(getattr(command, key) == fields[key] for key in fields)


def nothing(_: Play) -> None:
    pass


def accept(play: Play) -> None:
    play.accept()


def active(play: Play) -> None:
    """Active, with a cadence that gives no meeting: nothing but one timer shows."""
    play.accept()
    play.sign()
    play.tell(GoalAgreed(goal_id="g1"), a_cadence(zone="Nowhere/Land"))


def meeting(play: Play) -> None:
    """Active, with a check-in every fortnight."""
    play.become_active()


def then(*facts: Fact) -> Callable[[Play], None]:
    def prelude(play: Play) -> None:
        active(play)
        play.tell(*facts)

    return prelude


def closing(play: Play) -> None:
    active(play)
    play.wait(days=154)


def closed(play: Play) -> None:
    then(EndAsked(closure=Closure.BY_PROGRAMME))(play)
    play.review()


def settled(index: int, outcome: Outcome) -> tuple[Fact, ...]:
    return (Settled(check_in_id=f"c{index}", index=index, outcome=outcome),)


def by(days: float) -> datetime:
    return START + timedelta(days=days)


ACCEPTED: tuple[Fact, ...] = tuple(Accepted(party=party) for party in BOTH)
SIGNATURES: tuple[Fact, ...] = tuple(Signed(party=party, version=1) for party in BOTH)
READY: tuple[Fact, ...] = (*SIGNATURES, GoalAgreed(goal_id="g1"), a_cadence())
REVIEWED: tuple[Fact, ...] = tuple(Reviewed(kind=ReviewKind.FINAL, index=1, party=party) for party in BOTH)
PAUSE = Paused(started_at=START, until=by(30))
HELP = HelpAsked(help_request_id="h1", asked_by="u-mentee", due=by(3).date())
ITEM = ItemPromised(item_id="i1", owner_id="u-mentee", due=by(10).date())
WEEKLY = FeedbackRhythm(rule="FREQ=WEEKLY", starts_at=START.replace(tzinfo=None), zone="UTC", version=1)
NEXT_MENTOR = Replaced(mentor_id="u-next", agreement_version=2)
CONDUCT, EARLY = EndAsked(closure=Closure.CONDUCT), EndAsked(closure=Closure.EARLY_BY_MENTOR)
HELPED, DONE, FREE = HelpGiven(help_request_id="h1"), ItemDone(item_id="i1"), ItemUnblocked(item_id="i1")
ITEM_DAY = end_of(ITEM.due) - START - DAY + SPREAD
CANCELLED, HELD = settled(1, Outcome.CANCELLED), settled(1, Outcome.HELD)
NOTICE = Template.INACTIVITY_NOTICE

# fmt: off
TIMERS = [
    # the match
    Timer("match", nothing, 14 * DAY, enters(Phase.EXPIRED), ACCEPTED),
    Timer("match-nudge", nothing, 3 * DAY + SPREAD, told(Template.MATCH_REMINDER, "nudge-1"), ACCEPTED),
    Timer("match-nudge", nothing, 7 * DAY + SPREAD, told(Template.MATCH_REMINDER, "nudge-2"), ACCEPTED, name="again"),
    # expectations
    Timer("signature-nudge", accept, 7 * DAY + SPREAD, told(Template.AGREEMENT_REMINDER, "nudge-1"), SIGNATURES),
    Timer("signature-nudge", accept, 12 * DAY + SPREAD, told(Template.AGREEMENT_REMINDER, "nudge-2"), SIGNATURES,
          name="signature nudged again"),
    Timer("signature", accept, 14 * DAY, case(CaseKind.AGREEMENT_OVERDUE), READY),
    Timer("signature", accept, 14 * DAY, told(Template.AGREEMENT_OVERDUE), READY, name="signature overdue told"),
    Timer("not-started", accept, 28 * DAY, enters(Phase.CLOSED, Closure.NOT_STARTED), READY),
    Timer("first-meeting", accept, 14 * DAY, case(CaseKind.FIRST_MEETING), (CONDUCT,)),
    Timer("first-meeting", meeting, 14 * DAY, case(CaseKind.FIRST_MEETING), HELD, name="first meeting held",
          policy=replace(PATIENT, attendance_tacit_after=30 * DAY)),
    # how it goes
    Timer("monitoring", active, 14 * DAY + SPREAD, is_a(OpenPulse, index=1), (Lived(),), instead=1),
    Timer("monitoring", active, 28 * DAY + SPREAD, is_a(OpenPulse, index=2), (PAUSE,), name="second pulse"),
    Timer("monitoring", active, 58 * DAY + SPREAD, is_a(OpenPulse, index=3), (CONDUCT,), name="monthly pulse"),
    # around a check-in
    Timer("schedule", meeting, FIRST, is_a(ScheduleCheckIn, index=2), (CONDUCT,)),
    Timer("preparation", meeting, FIRST - 72 * HOUR + SPREAD, told(Template.PREPARATION_PROMPT), CANCELLED),
    Timer("brief", meeting, FIRST - 2 * HOUR + SPREAD, told(Template.CHECK_IN_BRIEF), CANCELLED),
    Timer("attendance", meeting, FIRST + 3 * HOUR + SPREAD, told(Template.ATTENDANCE_PROMPT), HELD),
    Timer("settle", meeting, FIRST + 72 * HOUR, is_a(SettleAttendance), HELD),
    Timer("settle", meeting, FIRST + 72 * HOUR, told(Template.CHECK_IN_MISSED), HELD, name="one missed"),
    Timer("settle", meeting, FIRST + 17 * DAY, case(CaseKind.MISSED_CHECK_INS), settled(2, Outcome.HELD),
          name="two missed"),
    Timer("settle", meeting, FIRST + 31 * DAY, case(CaseKind.AT_RISK), settled(3, Outcome.HELD), name="three missed"),
    # promises
    Timer("feedback", then(WEEKLY), 7 * DAY, promises("feedback-2"), (Lived(evidence=True),), instead=1),
    Timer("progress", active, 7 * DAY, promises("progress-2"), (Progressed(goal_id="g1"),), instead=1),
    Timer("help", then(HELP), end_of(HELP.due) - START, told(Template.HELP_OVERDUE), (HELPED,)),
    Timer("help-escalated", then(HELP), 7 * DAY, case(CaseKind.HELP_OVERDUE), (HELPED,)),
    Timer("item-nudge", then(ITEM), ITEM_DAY - 2 * DAY, told(Template.ACTION_REMINDER, "before"), (DONE,)),
    Timer("item-day", then(ITEM), ITEM_DAY, told(Template.ACTION_REMINDER, "day"), (DONE,)),
    Timer("blocked", then(ItemBlocked(item_id="i1")), 7 * DAY, case(CaseKind.BLOCKED_ITEM), (FREE,)),
    Timer("stale-goal", active, 28 * DAY, told(Template.GOAL_STALE), (Progressed(goal_id="g1"),)),
    Timer("evidence", then(Lived(evidence=True)), 28 * DAY, is_a(SetHealth, health=Health.INSUFFICIENT_EVIDENCE),
          (Lived(evidence=True),), policy=GOALS_LAST),
    # silence
    Timer("silence", active, 30 * DAY, case(CaseKind.AT_RISK), (Lived(),), policy=IMPATIENT),
    Timer("inactive", active, 60 * DAY, case(CaseKind.INACTIVITY), (Lived(),), policy=IMPATIENT),
    Timer("inactivity-notice", active, 90 * DAY, told(NOTICE), (Lived(),), policy=IMPATIENT),
    Timer("inactivity-closing", active, 97 * DAY, enters(Phase.CLOSING), (Lived(),), policy=IMPATIENT),
    # looking back and on
    Timer("milestone", active, 84 * DAY, is_a(OpenReview, kind=ReviewKind.MILESTONE, due_at=by(91)), (CONDUCT,)),
    Timer("milestone", active, 84 * DAY, told(Template.REVIEW_OPENED), (EARLY,), name="milestone told"),
    Timer("mid-term", active, 91 * DAY, told(Template.RENEGOTIATION_WINDOW), (EARLY,)),
    # leaves and mentors
    Timer("pause-reminder", then(PAUSE), 23 * DAY, told(Template.PAUSE_ENDING),
          (Resumed(started_at=START, ended_at=by(23)),)),
    Timer("resume", then(PAUSE), 30 * DAY, enters(Phase.ACTIVE), (Resumed(started_at=START, ended_at=by(30)),),
          instead=1),
    Timer("rematch-buffer", then(ChangeAsked()), 14 * DAY, told(Template.MENTOR_CHANGE_REQUESTED), (NEXT_MENTOR,)),
    Timer("rematch-limit", then(ChangeAsked()), 21 * DAY, case(CaseKind.NO_MENTOR), (NEXT_MENTOR,)),
    # the end
    Timer("goals-met", then(GoalMet(goal_id="g1")), 28 * DAY, enters(Phase.CLOSING), (GoalAgreed(goal_id="g2"),)),
    Timer("hard-close", then(EARLY), 14 * DAY, enters(Phase.CLOSED, Closure.EARLY_BY_MENTOR), REVIEWED, instead=1,
          name="early closing"),
    Timer("closing", active, 154 * DAY, enters(Phase.CLOSING), (CONDUCT,)),
    Timer("closing", active, 154 * DAY, is_a(OpenReview, kind=ReviewKind.FINAL, due_at=by(182)), (CONDUCT,),
          name="final reviews due at the end"),
    Timer("hard-close", closing, 42 * DAY, enters(Phase.CLOSED, Closure.COMPLETED), REVIEWED, instead=1),
    Timer("alumni", closed, 90 * DAY, told(Template.ALUMNI_SURVEY, "survey-1"), (Lived(),), instead=1),
    Timer("alumni", closed, 180 * DAY, told(Template.ALUMNI_SURVEY, "survey-2"), (EARLY,), instead=1, name="survey 2"),
    Timer("alumni", closed, 90 * DAY, is_a(OpenReview, kind=ReviewKind.ALUMNI, index=1), (Lived(),),
          instead=1, name="alumni are asked"),
    Timer("archive", closed, 208 * DAY, enters(Phase.ARCHIVED), (Lived(),), instead=1),
]
# fmt: on
