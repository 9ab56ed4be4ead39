"""What a cycle hears: facts, each from one event or one answer of a service. Ids and enumerations only."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from contracts.identity import Closure, Party, Phase
from contracts.sessions import ReviewKind


class Outcome(StrEnum):
    """What became of a check-in, as far as the cycle cares."""

    HELD = "held"
    MISSED = "missed"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"


class Trace(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an input came from, so that what follows from it can be found in the logs."""

    traceparent: str = ""
    correlation_id: str = ""


class Accepted(msgspec.Struct, frozen=True, kw_only=True, tag="accepted"):
    """One party said yes to the match."""

    party: Party


class Declined(msgspec.Struct, frozen=True, kw_only=True, tag="declined"):
    """One party said no to the match."""

    party: Party


class Drafted(msgspec.Struct, frozen=True, kw_only=True, tag="drafted"):
    """The agreement has a new, unsigned version."""

    version: int


class Signed(msgspec.Struct, frozen=True, kw_only=True, tag="signed"):
    """One party signed that version of the agreement."""

    party: Party
    version: int


class GoalAgreed(msgspec.Struct, frozen=True, kw_only=True, tag="goal_agreed"):
    """The pair has agreed on a goal. `sequence` is the goal's version: news of it may overtake each other."""

    goal_id: str
    sequence: int = 0


class GoalReopened(msgspec.Struct, frozen=True, kw_only=True, tag="goal_reopened"):
    """A goal was revised or let go, so that the pair no longer agrees on it."""

    goal_id: str
    sequence: int = 0


class CadenceSet(msgspec.Struct, frozen=True, kw_only=True, tag="cadence_set"):
    """From now on the two meet by this rule, counted from a local wall time in a zone.

    `moves`: what is planned by the rule before goes along. Facts told before there was this field let it stay.
    """

    rule: str
    starts_at: datetime
    zone: str
    minutes: int
    version: int
    moves: bool = False


class TimeOffHeard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="time_off"):
    """The two do not meet on these days, or may do so after all. `sequence` is the version of the time off."""

    time_off_id: str
    first_day: date
    last_day: date
    is_removed: bool = False
    sequence: int = 0


class Scheduled(msgspec.Struct, frozen=True, kw_only=True, tag="scheduled"):
    """An occurrence is on the calendar under this id, at its first time or moved to another one.

    `sequence` is the check-in's version: news of it may overtake each other.
    """

    check_in_id: str
    index: int
    starts_at: datetime | None = None
    minutes: int = 0
    sequence: int = 0


class NotScheduled(msgspec.Struct, frozen=True, kw_only=True, tag="not_scheduled"):
    """An occurrence was refused for good."""

    index: int


class Settled(msgspec.Struct, frozen=True, kw_only=True, tag="settled"):
    """It is known what became of a check-in."""

    check_in_id: str
    index: int
    outcome: Outcome


class Reviewed(msgspec.Struct, frozen=True, kw_only=True, tag="reviewed"):
    """One party answered a review; `complete` if the other one already had."""

    kind: ReviewKind
    index: int
    party: Party
    complete: bool = False


class Paused(msgspec.Struct, frozen=True, kw_only=True, tag="paused"):
    """A leave was approved; it rests from then on."""

    started_at: datetime
    until: datetime


class Resumed(msgspec.Struct, frozen=True, kw_only=True, tag="resumed"):
    """A party came back from the leave that began then."""

    started_at: datetime
    ended_at: datetime


class EndAsked(msgspec.Struct, frozen=True, kw_only=True, tag="end_asked"):
    """Somebody ends it, and this is how it will have ended."""

    closure: Closure


class ChangeAsked(msgspec.Struct, frozen=True, kw_only=True, tag="change_asked"):
    """Another mentor is needed."""


class Replaced(msgspec.Struct, frozen=True, kw_only=True, tag="replaced"):
    """A new mentor has taken over and signs this version of the agreement, as the mentee does."""

    mentor_id: str
    agreement_version: int


class Extended(msgspec.Struct, frozen=True, kw_only=True, tag="extended"):
    """It ends later: the sum of all extensions."""

    extended_by: timedelta


class GoalMet(msgspec.Struct, frozen=True, kw_only=True, tag="goal_met"):
    """A goal is achieved."""

    goal_id: str


class Progressed(msgspec.Struct, frozen=True, kw_only=True, tag="progressed"):
    """An entry was made for a goal."""

    goal_id: str


class Lived(msgspec.Struct, frozen=True, kw_only=True, tag="lived"):
    """One of the two did something. `evidence`: something that moves the mentee on, and not talk about it."""

    evidence: bool = False


class HelpAsked(msgspec.Struct, frozen=True, kw_only=True, tag="help_asked"):
    """One of the two asked the other for help."""

    help_request_id: str
    asked_by: str
    due: date


class HelpGiven(msgspec.Struct, frozen=True, kw_only=True, tag="help_given"):
    """A request for help was answered."""

    help_request_id: str


class ItemPromised(msgspec.Struct, frozen=True, kw_only=True, tag="item_promised"):
    """Somebody does something by a day."""

    item_id: str
    owner_id: str
    due: date


class ItemMoved(msgspec.Struct, frozen=True, kw_only=True, tag="item_moved"):
    """The two agreed on another day, as they may once."""

    item_id: str
    due: date


class ItemDone(msgspec.Struct, frozen=True, kw_only=True, tag="item_done"):
    """It is done."""

    item_id: str


class ItemBlocked(msgspec.Struct, frozen=True, kw_only=True, tag="item_blocked"):
    """Something is in its way."""

    item_id: str


class ItemUnblocked(msgspec.Struct, frozen=True, kw_only=True, tag="item_unblocked"):
    """Nothing is in its way any more."""

    item_id: str


class FeedbackRhythm(msgspec.Struct, frozen=True, kw_only=True, tag="feedback_rhythm"):
    """From now on the mentor's feedback is due by this rule, counted from a local wall time in a zone."""

    rule: str
    starts_at: datetime
    zone: str
    version: int


class Compared(msgspec.Struct, frozen=True, kw_only=True, tag="compared"):
    """Somebody compared the cycle with the mentorship's own record, which says that it stands here."""

    phase: Phase
    phase_version: int


type Fact = (
    Accepted
    | Declined
    | Drafted
    | Signed
    | GoalAgreed
    | GoalReopened
    | CadenceSet
    | TimeOffHeard
    | Scheduled
    | NotScheduled
    | Settled
    | Reviewed
    | Paused
    | Resumed
    | EndAsked
    | ChangeAsked
    | Replaced
    | Extended
    | GoalMet
    | Progressed
    | Lived
    | HelpAsked
    | HelpGiven
    | ItemPromised
    | ItemMoved
    | ItemDone
    | ItemBlocked
    | ItemUnblocked
    | FeedbackRhythm
    | Compared
)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it reaches the cycle, with the id of the event it comes from and the moment at which it happened."""

    event_id: str
    fact: Fact
    trace: Trace = Trace()
    at: datetime | None = None
