"""What a cycle hears: facts, each from one event or one answer of a service. Ids and enumerations only."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.identity import Party
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


type Fact = (
    Accepted
    | Declined
    | Drafted
    | Signed
    | GoalAgreed
    | GoalReopened
    | CadenceSet
    | Scheduled
    | NotScheduled
    | Settled
    | Reviewed
)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it reaches the cycle, with the id of the event it comes from."""

    event_id: str
    fact: Fact
    trace: Trace = Trace()
