"""Help between the two, and feedback of people outside."""

from datetime import date, datetime, timedelta

from contracts.errors import Conflict, Forbidden, NotFound
from contracts.goals import (
    HelpAnswered,
    HelpRequest,
    HelpRequested,
    HelpState,
    RequestHelp,
    RequestThirdPartyFeedback,
    SubmitThirdPartyFeedback,
    ThirdPartyFeedback,
    ThirdPartyFeedbackGiven,
    ThirdPartyFeedbackRequested,
)
from contracts.identity import MentorshipCard
from contracts.wire import Change, evolve

TOKEN_LIVES = timedelta(days=21)  # somebody on three weeks of leave finds a closed door, and can be asked again
SATURDAY = 5


class Invitation(ThirdPartyFeedback, frozen=True, kw_only=True):
    """A question to somebody outside as it is kept: with the hash of the token that opens it."""

    token_hash: str

    def published(self) -> ThirdPartyFeedback:
        """What the two parties see of it."""
        return ThirdPartyFeedback(**{name: getattr(self, name) for name in ThirdPartyFeedback.__struct_fields__})


def working_days_after(day: date, days: int) -> date:
    """The day on which so many working days have passed; weekends do not count."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return day


def request_help(
    request_id: str, card: MentorshipCard, request: RequestHelp, by: str, at: datetime
) -> Change[HelpRequest]:
    """One party asks the other."""
    asked = HelpRequest(
        id=request_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        asked_by=by,
        kind=request.kind,
        text=request.text,
        due=working_days_after(at.date(), card.terms.help_working_days),
        asked_at=at,
    )
    told = HelpRequested(mentorship_id=card.id, help_request_id=request_id, asked_by=by, kind=asked.kind, due=asked.due)
    return Change(asked, (told,))


def answer_help(asked: HelpRequest, answer: str, by: str, at: datetime) -> Change[HelpRequest]:
    """The other answers, once; late is better than never."""
    if by == asked.asked_by:
        raise Forbidden(f"You asked this yourself; the other party answers the request {asked.id}.")
    if asked.state is HelpState.ANSWERED:
        raise Conflict(f"The request {asked.id} is answered already. A new one can be made.")
    answered = evolve(asked, state=HelpState.ANSWERED, answer=answer, answered_by=by, answered_at=at)
    told = HelpAnswered(
        mentorship_id=asked.mentorship_id, help_request_id=asked.id, asked_by=asked.asked_by, answered_by=by
    )
    return Change(answered, (told,))


def invite(
    invitation_id: str,
    card: MentorshipCard,
    request: RequestThirdPartyFeedback,
    by: str,
    at: datetime,
    *,
    token_hash: str,
) -> Change[Invitation]:
    """A question for whoever brings the token."""
    invitation = Invitation(
        id=invitation_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        requested_by=by,
        question=request.question,
        requested_at=at,
        expires_at=at + TOKEN_LIVES,
        token_hash=token_hash,
    )
    told = ThirdPartyFeedbackRequested(mentorship_id=card.id, third_party_feedback_id=invitation_id, requested_by=by)
    return Change(invitation, (told,))


def closed_door() -> NotFound:
    """The one answer to every token that opens nothing: unknown, used or expired."""
    return NotFound("This link opens nothing. Ask the person who sent it for a new one.", field="token")


def check_open(invitation: Invitation, at: datetime) -> None:
    """Refuse what is answered or over."""
    if invitation.answered_at is not None or at >= invitation.expires_at:
        raise closed_door()


def answer_invitation(invitation: Invitation, request: SubmitThirdPartyFeedback, at: datetime) -> Change[Invitation]:
    """The answer of somebody outside, given once."""
    check_open(invitation, at)
    answered = evolve(
        invitation,
        signed=request.signed,
        kind=request.kind,
        text=request.text,
        rating=request.rating,
        answered_at=at,
    )
    told = ThirdPartyFeedbackGiven(
        mentorship_id=invitation.mentorship_id,
        third_party_feedback_id=invitation.id,
        requested_by=invitation.requested_by,
    )
    return Change(answered, (told,))
