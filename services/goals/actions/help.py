"""Help between the two, and feedback of people outside."""

import hashlib
import secrets

import msgspec

from contracts.goals import (
    AnswerHelp,
    HelpRequest,
    OpenThirdPartyFeedback,
    RequestedThirdPartyFeedback,
    RequestHelp,
    RequestThirdPartyFeedback,
    SubmitThirdPartyFeedback,
    ThirdPartyFeedback,
    ThirdPartyQuestion,
)
from contracts.identity import Done, OfMentorships
from contracts.wire import ByIds, Caller, Page
from kit.command import stamp
from kit.mongo import Stored
from services.goals.actions import WORKING, Context
from services.goals.model import help as model
from services.goals.model.help import Invitation
from services.goals.model.policy import Kind


async def request_help(context: Context, caller: Caller, request: RequestHelp) -> HelpRequest:
    """A party asks the other."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.HELP)
    at = context.clock.now()
    return await context.store.help_requests.create(
        stamp(caller, request, at), lambda new_id: model.request_help(new_id, card, request, caller.user_id, at)
    )


async def answer_help(context: Context, caller: Caller, request: AnswerHelp) -> HelpRequest:
    """The other answers."""
    asked = await context.store.help_requests.load(caller.org_id, request.help_request_id)
    await context.writing_at(caller, asked.record, WORKING, Kind.HELP)
    at = context.clock.now()
    return await context.store.help_requests.amend(
        asked, stamp(caller, request, at), lambda asked: model.answer_help(asked, request.answer, caller.user_id, at)
    )


async def request_third_party_feedback(
    context: Context, caller: Caller, request: RequestThirdPartyFeedback
) -> RequestedThirdPartyFeedback:
    """A party asks somebody outside; the token is shown this once and only its hash is kept."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.THIRD_PARTY_FEEDBACK)
    at, token = context.clock.now(), secrets.token_urlsafe(32)
    invitation = await context.store.invitations.create(
        stamp(caller, request, at),
        lambda new_id: model.invite(new_id, card, request, caller.user_id, at, token_hash=_hash(token)),
    )
    is_new = invitation.token_hash == _hash(token)
    return RequestedThirdPartyFeedback(request=invitation.published(), token=token if is_new else None)


async def open_third_party_feedback(
    context: Context, _caller: Caller, request: OpenThirdPartyFeedback
) -> ThirdPartyQuestion:
    """The question, for whoever brings the token."""
    stored = await _invitation(context, request.token)
    model.check_open(stored.record, context.clock.now())
    return ThirdPartyQuestion(question=stored.record.question, expires_at=stored.record.expires_at)


async def submit_third_party_feedback(context: Context, caller: Caller, request: SubmitThirdPartyFeedback) -> Done:
    """The answer of somebody outside."""
    stored = await _invitation(context, request.token)
    at = context.clock.now()
    nobody = msgspec.structs.replace(caller, org_id=stored.record.org_id)
    by = stamp(nobody, request, at, leave_out=("token",))
    await context.store.invitations.amend(
        stored, by, lambda invitation: model.answer_invitation(invitation, request, at)
    )
    return Done()


async def get_third_party_feedback(context: Context, caller: Caller, request: ByIds) -> tuple[ThirdPartyFeedback, ...]:
    """Third-party feedback by id."""
    found = await context.window(context.store.invitations, Kind.THIRD_PARTY_FEEDBACK).get(caller, request)
    return tuple(invitation.published() for invitation in found)


async def list_third_party_feedback(
    context: Context, caller: Caller, request: OfMentorships
) -> tuple[Page[ThirdPartyFeedback] | None, ...]:
    """A page of third-party feedback for each mentorship."""
    window = context.window(context.store.invitations, Kind.THIRD_PARTY_FEEDBACK)
    found = await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)
    return tuple(_published(page) if page else None for page in found)


def _published(page: Page[Invitation]) -> Page[ThirdPartyFeedback]:
    items = tuple(invitation.published() for invitation in page.items)
    return Page(items=items, cursors=page.cursors, end_cursor=page.end_cursor, has_next=page.has_next)


async def _invitation(context: Context, token: str) -> Stored[Invitation]:
    found = await context.store.invitations.find_by("tokenHash", _hash(token))
    if found is None:
        raise model.closed_door()
    return await context.store.invitations.load(found.org_id, found.id)


def _hash(token: str) -> str:
    """What is kept of a token: it has 256 bits of its own, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
