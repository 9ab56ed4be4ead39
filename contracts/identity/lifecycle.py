"""What people and the cycle do to a running mentorship: pause, end, replace, extend, and how it does."""

from datetime import datetime, timedelta
from enum import StrEnum

from contracts.identity.mentorship import Closure, Health, Mentorship, MentorshipFact
from contracts.identity.party import Party
from contracts.wire import Command, CycleCommand, Operation, Text, topic


class ClosingReason(StrEnum):
    """Why a programme manager closes a mentorship. INACTIVITY and PROGRAMME go through closing, CONDUCT at once."""

    PROGRAMME = "programme"
    INACTIVITY = "inactivity"
    CONDUCT = "conduct"


class RequestPause(Command, frozen=True, kw_only=True):
    """A party asks for a leave until a moment; the other one or a programme manager answers."""

    mentorship_id: str
    until: datetime


class AnswerPause(Command, frozen=True, kw_only=True):
    """The other party or a programme manager approves a pause, which begins at once, or declines it."""

    mentorship_id: str
    approve: bool


class ResumeMentorship(Command, frozen=True, kw_only=True):
    """A party comes back before the pause is over."""

    mentorship_id: str


class EndMentorship(Command, frozen=True, kw_only=True):
    """A party ends the mentorship early. If the other one says so too, both did. It still takes its closing."""

    mentorship_id: str


class CloseMentorship(Command, frozen=True, kw_only=True):
    """A programme manager closes a mentorship for a reason."""

    mentorship_id: str
    reason: ClosingReason = ClosingReason.PROGRAMME


class RequestMentorChange(Command, frozen=True, kw_only=True):
    """A party or a programme manager says that another mentor is needed; the goals stay."""

    mentorship_id: str


class HandOver(Command, frozen=True, kw_only=True):
    """The mentor who leaves writes down what the next one should know."""

    mentorship_id: str
    text: Text


class ReplaceMentor(Command, frozen=True, kw_only=True):
    """A programme manager asks somebody to be the next mentor."""

    mentorship_id: str
    new_mentor_id: str


class AnswerReplacement(Command, frozen=True, kw_only=True):
    """Whoever was asked to be the next mentor says yes, and takes over at once, or no."""

    mentorship_id: str
    accept: bool


class ExtendMentorship(Command, frozen=True, kw_only=True):
    """A programme manager gives an active mentorship more time."""

    mentorship_id: str
    by: timedelta


class SetHealth(CycleCommand, frozen=True, kw_only=True):
    """The cycle says how a mentorship does."""

    mentorship_id: str
    health: Health


REQUEST_PAUSE = Operation("identity.request_pause", RequestPause, Mentorship)
ANSWER_PAUSE = Operation("identity.answer_pause", AnswerPause, Mentorship)
RESUME_MENTORSHIP = Operation("identity.resume_mentorship", ResumeMentorship, Mentorship)
END_MENTORSHIP = Operation("identity.end_mentorship", EndMentorship, Mentorship)
CLOSE_MENTORSHIP = Operation("identity.close_mentorship", CloseMentorship, Mentorship)
REQUEST_MENTOR_CHANGE = Operation("identity.request_mentor_change", RequestMentorChange, Mentorship)
HAND_OVER = Operation("identity.hand_over", HandOver, Mentorship)
REPLACE_MENTOR = Operation("identity.replace_mentor", ReplaceMentor, Mentorship)
ANSWER_REPLACEMENT = Operation("identity.answer_replacement", AnswerReplacement, Mentorship)
EXTEND_MENTORSHIP = Operation("identity.extend_mentorship", ExtendMentorship, Mentorship)
SET_HEALTH = Operation("identity.set_health", SetHealth, Mentorship)


@topic("identity.pause_requested.v1")
class PauseRequested(MentorshipFact, frozen=True, kw_only=True):
    """A party asks for a leave."""

    party: Party
    until: datetime


@topic("identity.pause_declined.v1")
class PauseDeclined(MentorshipFact, frozen=True, kw_only=True):
    """A leave was not approved."""

    requested_by: str
    until: datetime


@topic("identity.mentorship_paused.v1")
class MentorshipPaused(MentorshipFact, frozen=True, kw_only=True):
    """A leave was approved: the mentorship rests from `started_at` to `until`."""

    started_at: datetime
    until: datetime


@topic("identity.mentorship_resumed.v1")
class MentorshipResumed(MentorshipFact, frozen=True, kw_only=True):
    """A leave is over: it was from `started_at` to `ended_at`."""

    started_at: datetime
    ended_at: datetime


@topic("identity.end_requested.v1")
class EndRequested(MentorshipFact, frozen=True, kw_only=True):
    """Somebody ends the mentorship; `closure` is how it will have come to its end."""

    closure: Closure


@topic("identity.mentor_change_requested.v1")
class MentorChangeRequested(MentorshipFact, frozen=True, kw_only=True):
    """Another mentor is needed."""


@topic("identity.mentor_asked.v1")
class MentorAsked(MentorshipFact, frozen=True, kw_only=True):
    """Somebody was asked to be the next mentor."""

    next_mentor_id: str


@topic("identity.replacement_declined.v1")
class ReplacementDeclined(MentorshipFact, frozen=True, kw_only=True):
    """Whoever was asked to be the next mentor said no."""

    next_mentor_id: str


@topic("identity.mentor_replaced.v1")
class MentorReplaced(MentorshipFact, frozen=True, kw_only=True):
    """A new mentor has taken over; the agreement, where there was one, waits for both signatures in a new version."""

    former_mentor_id: str
    agreement_version: int


@topic("identity.mentorship_extended.v1")
class MentorshipExtended(MentorshipFact, frozen=True, kw_only=True):
    """The mentorship ends later; `extended_by` is the sum of all extensions."""

    extended_by: timedelta


@topic("identity.health_changed.v1")
class HealthChanged(MentorshipFact, frozen=True, kw_only=True):
    """The cycle sees the mentorship in another state of health."""

    health: Health


LIFECYCLE_FACTS: tuple[type[MentorshipFact], ...] = (
    PauseRequested,
    PauseDeclined,
    MentorshipPaused,
    MentorshipResumed,
    EndRequested,
    MentorChangeRequested,
    MentorAsked,
    ReplacementDeclined,
    MentorReplaced,
    MentorshipExtended,
    HealthChanged,
)
