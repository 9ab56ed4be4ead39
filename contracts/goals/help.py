"""Asking for help, within the pair and beyond it: help requests, and feedback of people without an account."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.goals.feedback import FeedbackKind
from contracts.goals.growth import GrowthFact
from contracts.identity import Done, OfMentorships
from contracts.sessions import Rating
from contracts.wire import ByIds, Command, Line, Operation, Page, Record, Text, topic

Token = Annotated[str, msgspec.Meta(max_length=100)]


class HelpKind(StrEnum):
    """Something to read or use, a view, or a person to meet."""

    RESOURCE = "resource"
    ADVICE = "advice"
    INTRODUCTION = "introduction"


class HelpState(StrEnum):
    """A request is open until the other party answers it."""

    OPEN = "open"
    ANSWERED = "answered"


class HelpRequest(Record, frozen=True, kw_only=True):
    """What one party asks of the other, who means to answer by `due`: three working days later."""

    id: str
    org_id: str
    mentorship_id: str
    asked_by: str
    kind: HelpKind
    text: str
    due: date
    state: HelpState = HelpState.OPEN
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    asked_at: datetime
    version: int = 1


class ThirdPartyFeedback(Record, frozen=True, kw_only=True):
    """A question to somebody outside, and what that person answered; readable by the two parties only."""

    id: str
    org_id: str
    mentorship_id: str
    requested_by: str
    question: str
    requested_at: datetime
    expires_at: datetime
    signed: str | None = None
    kind: FeedbackKind | None = None
    text: str | None = None
    rating: int | None = None
    answered_at: datetime | None = None
    version: int = 1


class RequestedThirdPartyFeedback(Record, frozen=True, kw_only=True):
    """A request with the token that opens it once. A repeat of the command cannot show the token again."""

    request: ThirdPartyFeedback
    token: str | None


class ThirdPartyQuestion(Record, frozen=True, kw_only=True):
    """What somebody with a token is shown: no names and no ids."""

    question: str
    expires_at: datetime


class RequestHelp(Command, frozen=True, kw_only=True):
    """A party asks the other for a resource, for advice or for an introduction."""

    mentorship_id: str
    kind: HelpKind
    text: Text


class AnswerHelp(Command, frozen=True, kw_only=True):
    """The party that was asked answers."""

    help_request_id: str
    answer: Text


class RequestThirdPartyFeedback(Command, frozen=True, kw_only=True):
    """A party asks somebody outside a question. The token works once and for 21 days; hand it over yourself."""

    mentorship_id: str
    question: Text


class OpenThirdPartyFeedback(Record, frozen=True, kw_only=True):
    """Somebody with a token, and without an account, wants to see the question."""

    token: Token


class SubmitThirdPartyFeedback(Command, frozen=True, kw_only=True):
    """Somebody with a token, and without an account, answers the question. This uses the token up."""

    token: Token
    kind: FeedbackKind
    text: Text
    rating: Rating | None = None
    signed: Line | None = None


REQUEST_HELP = Operation("goals.request_help", RequestHelp, HelpRequest)
ANSWER_HELP = Operation("goals.answer_help", AnswerHelp, HelpRequest)
GET_HELP_REQUESTS = Operation("goals.get_help_requests", ByIds, tuple[HelpRequest, ...], safe=True)
LIST_HELP_REQUESTS = Operation(
    "goals.list_help_requests", OfMentorships, tuple[Page[HelpRequest] | None, ...], safe=True
)
REQUEST_THIRD_PARTY_FEEDBACK = Operation(
    "goals.request_third_party_feedback", RequestThirdPartyFeedback, RequestedThirdPartyFeedback
)
OPEN_THIRD_PARTY_FEEDBACK = Operation(
    "goals.open_third_party_feedback", OpenThirdPartyFeedback, ThirdPartyQuestion, safe=True
)
SUBMIT_THIRD_PARTY_FEEDBACK = Operation("goals.submit_third_party_feedback", SubmitThirdPartyFeedback, Done)
GET_THIRD_PARTY_FEEDBACK = Operation("goals.get_third_party_feedback", ByIds, tuple[ThirdPartyFeedback, ...], safe=True)
LIST_THIRD_PARTY_FEEDBACK = Operation(
    "goals.list_third_party_feedback", OfMentorships, tuple[Page[ThirdPartyFeedback] | None, ...], safe=True
)


@topic("goals.help_requested.v1")
class HelpRequested(GrowthFact, frozen=True, kw_only=True):
    """A party asked the other for help, to be answered by a day."""

    help_request_id: str
    asked_by: str
    kind: HelpKind
    due: date


@topic("goals.help_answered.v1")
class HelpAnswered(GrowthFact, frozen=True, kw_only=True):
    """The other party answered."""

    help_request_id: str
    asked_by: str
    answered_by: str


@topic("goals.third_party_feedback_requested.v1")
class ThirdPartyFeedbackRequested(GrowthFact, frozen=True, kw_only=True):
    """Somebody outside is asked."""

    third_party_feedback_id: str
    requested_by: str


@topic("goals.third_party_feedback_given.v1")
class ThirdPartyFeedbackGiven(GrowthFact, frozen=True, kw_only=True):
    """Somebody outside has answered."""

    third_party_feedback_id: str
    requested_by: str
