"""What people do to a running mentorship: pause, end, replace the mentor, extend."""

from datetime import datetime, timedelta

import strawberry

from contracts import identity
from contracts.identity import ClosingReason
from gateway.types.mentorships import Mentorship
from gateway.types.mutation import Edit, mutation
from gateway.types.relay import field


@strawberry.input(description="One mentorship.")
class OfMentorshipInput(Edit):
    """What every input about a mentorship has."""

    mentorship_id: strawberry.ID = field("The mentorship.")


@strawberry.input(description="A leave that you ask for.")
class RequestPauseInput(OfMentorshipInput):
    """Makes identity.RequestPause."""

    until: datetime = field("When it shall end; the policy says how long it may last.")


@strawberry.input(description="Your answer to a leave that was asked for.")
class AnswerPauseInput(OfMentorshipInput):
    """Makes identity.AnswerPause."""

    approve: bool = field("Whether it begins now.")


@strawberry.input(description="A leave that ends sooner.")
class ResumeMentorshipInput(OfMentorshipInput):
    """Makes identity.ResumeMentorship."""


@strawberry.input(description="Your decision to end a mentorship early.")
class EndMentorshipInput(OfMentorshipInput):
    """Makes identity.EndMentorship."""


@strawberry.input(description="Your wish to end a mentorship early.")
class RequestEarlyClosureInput(OfMentorshipInput):
    """Makes identity.EndMentorship."""


@strawberry.input(description="A mentorship that its programme closes.")
class CloseMentorshipInput(OfMentorshipInput):
    """Makes identity.CloseMentorship."""

    reason: ClosingReason = field("Why.")


@strawberry.input(description="A mentorship that needs another mentor.")
class RequestMentorChangeInput(OfMentorshipInput):
    """Makes identity.RequestMentorChange."""


@strawberry.input(description="What helps the next mentor.")
class HandOverInput(OfMentorshipInput):
    """Makes identity.HandOver."""

    text: str = field("What the next mentor should know; the mentee reads it too.")


@strawberry.input(description="Somebody who could be the next mentor.")
class ReplaceMentorInput(OfMentorshipInput):
    """Makes identity.ReplaceMentor."""

    new_mentor_id: strawberry.ID = field("Whom to ask.")


@strawberry.input(description="Your answer to being asked to take over.")
class AnswerReplacementInput(OfMentorshipInput):
    """Makes identity.AnswerReplacement."""

    accept: bool = field("Whether you take over now.")


@strawberry.input(description="More time for a mentorship.")
class ExtendMentorshipInput(OfMentorshipInput):
    """Makes identity.ExtendMentorship."""

    by: timedelta = field("How much later it ends, as in P30D.")


@strawberry.type
class LifecycleMutations:
    """Changes of a running mentorship."""

    request_pause = mutation(identity.REQUEST_PAUSE, RequestPauseInput, Mentorship)
    answer_pause = mutation(identity.ANSWER_PAUSE, AnswerPauseInput, Mentorship)
    resume_mentorship = mutation(identity.RESUME_MENTORSHIP, ResumeMentorshipInput, Mentorship)
    request_early_closure = mutation(identity.END_MENTORSHIP, RequestEarlyClosureInput, Mentorship)
    end_mentorship = mutation(
        identity.END_MENTORSHIP, EndMentorshipInput, Mentorship, deprecated="It is called requestEarlyClosure."
    )
    close_mentorship = mutation(identity.CLOSE_MENTORSHIP, CloseMentorshipInput, Mentorship)
    request_mentor_change = mutation(identity.REQUEST_MENTOR_CHANGE, RequestMentorChangeInput, Mentorship)
    hand_over = mutation(identity.HAND_OVER, HandOverInput, Mentorship)
    replace_mentor = mutation(identity.REPLACE_MENTOR, ReplaceMentorInput, Mentorship)
    answer_replacement = mutation(identity.ANSWER_REPLACEMENT, AnswerReplacementInput, Mentorship)
    extend_mentorship = mutation(identity.EXTEND_MENTORSHIP, ExtendMentorshipInput, Mentorship)
