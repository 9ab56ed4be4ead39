"""A mentee chooses a mentor and asks."""

from contracts.identity.mentorship import Mentorship
from contracts.wire import Command, Operation


class RequestMentor(Command, frozen=True, kw_only=True):
    """A mentee asks a mentor of the programme. The mentee's own yes is in the question; the mentor's decides."""

    programme_id: str
    mentor_id: str


class WithdrawRequest(Command, frozen=True, kw_only=True):
    """A mentee takes a question back that the mentor has not answered."""

    mentorship_id: str


REQUEST_MENTOR = Operation("identity.request_mentor", RequestMentor, Mentorship)
WITHDRAW_REQUEST = Operation("identity.withdraw_request", WithdrawRequest, Mentorship)
