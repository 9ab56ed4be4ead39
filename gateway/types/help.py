"""Help between the two, and feedback of people without an account."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from contracts import goals
from contracts.goals import FeedbackKind, HelpKind, HelpState, OpenThirdPartyFeedback
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.mutation import Edit, Input, Payload, mutation
from gateway.types.relay import Node, View, field, id_of, optional, reference, resolved

Token = Annotated[str, strawberry.argument(description="The token that you were given.")]


@strawberry.type(description="What one party asks of the other.")
class HelpRequest(Node):
    """Shows goals.HelpRequest."""

    loader = staticmethod(lambda loaders: loaders.help_requests)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    asked_by = reference(User, "asked_by", "Who asks.")
    kind: HelpKind = field("A resource, advice or an introduction.")
    text: str = field("What is asked for.")
    due: date = field("By when the other party means to answer: three working days later.")
    state: HelpState = field("Whether it is answered.")
    answer: str | None = field("What the other party says.")
    answered_by = reference(User, "answered_by", "Who answered.")
    answered_at: datetime | None = field("When it was answered.")
    asked_at: datetime = field("When it was asked.")
    version: int = field("Counts its changes.")


@strawberry.type(description="A question to somebody outside, and the answer; only the two parties can read it.")
class ThirdPartyFeedback(Node):
    """Shows goals.ThirdPartyFeedback."""

    loader = staticmethod(lambda loaders: loaders.third_party_feedback)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    requested_by = reference(User, "requested_by", "Who asked.")
    question: str = field("What was asked.")
    requested_at: datetime = field("When it was asked.")
    expires_at: datetime = field("Until when the token works.")
    signed: str | None = field("The name that whoever answered left, if any.")
    kind: FeedbackKind | None = field("Something to keep doing, or something to change; null until it is answered.")
    text: str | None = field("The answer; null until there is one.")
    rating: int | None = field("1 to 5, if one was given.")
    answered_at: datetime | None = field("When it was answered.")
    version: int = field("Counts its changes.")


@strawberry.type(description="What somebody with a token is asked. It says nothing of the people.")
class ThirdPartyQuestion(View):
    """Shows goals.ThirdPartyQuestion."""

    question: str = field("What you are asked.")
    expires_at: datetime = field("Until when you can answer.")


@strawberry.type(description="A request with its token, or why there is none.")
class RequestThirdPartyFeedbackPayload(Payload):
    """Shows goals.RequestedThirdPartyFeedback."""

    third_party_feedback: ThirdPartyFeedback | None = field("The request.", default=None)
    token: str | None = field(
        "Hand this to whom you ask. It is shown this once: a repeat with the same key has null here.", default=None
    )

    @classmethod
    def of(cls, record: goals.RequestedThirdPartyFeedback) -> "RequestThirdPartyFeedbackPayload":
        """The request and its token."""
        return cls(third_party_feedback=ThirdPartyFeedback.of(record.request), token=record.token)


@strawberry.type(description="Whether your answer was taken, or why not.")
class SubmitThirdPartyFeedbackPayload(Payload):
    """Shows identity.Done."""

    submitted: bool = field("Whether your answer was taken. The token works no more.", default=False)

    @classmethod
    def of(cls, _record: object) -> "SubmitThirdPartyFeedbackPayload":
        """It is done."""
        return cls(submitted=True)


@strawberry.input(description="What you ask of the other party.")
class RequestHelpInput(Input):
    """Makes goals.RequestHelp."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    kind: HelpKind = field("A resource, advice or an introduction.")
    text: str = field("What you ask for.")


@strawberry.input(description="Your answer to what the other party asked.")
class AnswerHelpInput(Edit):
    """Makes goals.AnswerHelp."""

    help_request_id: strawberry.ID = field("The request.")
    answer: str = field("Your answer.")


@strawberry.input(description="What you want to ask somebody outside.")
class RequestThirdPartyFeedbackInput(Input):
    """Makes goals.RequestThirdPartyFeedback."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    question: str = field("The question. Whoever has the token reads it, and nothing else.")


@strawberry.input(description="Your answer to the question that the token opens.")
class SubmitThirdPartyFeedbackInput(Input):
    """Makes goals.SubmitThirdPartyFeedback."""

    token: str = field("The token that you were given.")
    kind: FeedbackKind = field("Something to keep doing, or something to change.")
    text: str = field("What you saw and what it led to.")
    rating: int | None = optional("1 to 5, if the question asks for it.")
    signed: str | None = optional("Your name, if you want to leave it.")


@strawberry.type
class HelpQueries:
    """Reads for people without an account."""

    @resolved("What somebody outside is asked; for whoever brings the token, without an account.")
    async def third_party_feedback(self, info: Info, token: Token) -> ThirdPartyQuestion | None:
        """An unknown, a used and an expired token get the same refusal."""
        request = OpenThirdPartyFeedback(token=token)
        return ThirdPartyQuestion.of(await info.context.call(goals.OPEN_THIRD_PARTY_FEEDBACK, request))


@strawberry.type
class HelpMutations:
    """Changes of help requests and third-party feedback."""

    request_help = mutation(goals.REQUEST_HELP, RequestHelpInput, HelpRequest)
    answer_help = mutation(goals.ANSWER_HELP, AnswerHelpInput, HelpRequest)
    request_third_party_feedback = mutation(
        goals.REQUEST_THIRD_PARTY_FEEDBACK, RequestThirdPartyFeedbackInput, RequestThirdPartyFeedbackPayload
    )
    submit_third_party_feedback = mutation(
        goals.SUBMIT_THIRD_PARTY_FEEDBACK, SubmitThirdPartyFeedbackInput, SubmitThirdPartyFeedbackPayload
    )
