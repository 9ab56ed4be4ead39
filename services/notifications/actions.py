"""What the notifications service does: load, decide, save. One function for each operation or event."""

from dataclasses import dataclass

import msgspec

from contracts.errors import NotFound, Unavailable
from contracts.identity import GET_CONTACTS, AccountFact, EnrolmentFact, MentorshipFact
from contracts.notifications import ListNotifications, MarkRead, Notification, Prompt
from contracts.policy import Act
from contracts.wire import ByIds, Caller, Envelope, Event, Page
from kit.auth import PartSigner
from kit.clock import Clock
from kit.command import Stamp, natural_id, stamp, stamp_of_event
from kit.rpc import Client
from services.notifications import model
from services.notifications.channels.wording import Wording
from services.notifications.model.messages import Message, message_to_person, messages_of
from services.notifications.model.policy import can, need_prompt
from services.notifications.store import Store


@dataclass(frozen=True)
class Context:
    """What the actions work with."""

    store: Store
    clock: Clock
    wording: Wording
    identity: Client
    signer: PartSigner


async def hear_mentorship(context: Context, fact: MentorshipFact, envelope: Envelope) -> None:
    """Remember where a mentorship stands, and tell those whom it concerns."""
    await context.store.mentorships.keep(envelope.orgid, fact.mentorship)
    await hear(context, fact, envelope)


async def hear(context: Context, fact: Event, envelope: Envelope) -> None:
    """Tell those whom a fact concerns, each once."""
    card = await context.store.mentorships.get(envelope.orgid, fact.mentorship_id or "")
    for message in messages_of(fact, card, envelope.actorid, envelope.id):
        await _notify(context, stamp_of_event(envelope, message.recipient_id), message, step=message.template)


async def hear_person(context: Context, fact: AccountFact | EnrolmentFact, envelope: Envelope) -> None:
    """Tell a person of the own account or enrolment, once."""
    message = message_to_person(fact, envelope.actorid, envelope.id)
    if message is not None:
        await _notify(context, stamp_of_event(envelope, message.recipient_id), message, step=message.template)


async def prompt(context: Context, caller: Caller, request: Prompt) -> tuple[Notification, ...]:
    """The cycle tells people something, each once for this cause and step."""
    need_prompt(caller)
    by = stamp(caller, request, request.at)
    messages = (
        Message(
            recipient_id,
            request.template,
            request.mentorship_id,
            request.cause,
            request.about,
            request.rule,
            request.policy_version,
        )
        for recipient_id in request.recipient_ids
    )
    return tuple([await _notify(context, by, message, step=request.step) for message in messages])


async def list_notifications(context: Context, caller: Caller, request: ListNotifications) -> Page[Notification]:
    """The caller's own, in words."""
    page = await context.store.notifications.page(
        caller.org_id, {"recipientId": caller.user_id}, first=request.first, after=request.after, newest=True
    )
    zone = await _zone_of(context, caller) if page.items else "UTC"
    return msgspec.structs.replace(page, items=tuple(_worded(context, each, zone) for each in page.items))


async def get_notifications(context: Context, caller: Caller, request: ByIds) -> tuple[Notification, ...]:
    """The caller's own, by id, in words."""
    found = await context.store.notifications.get_many(caller.org_id, request.ids)
    own = [each for each in found if can(caller, Act.READ, each.recipient_id)]
    zone = await _zone_of(context, caller) if own else "UTC"
    return tuple(_worded(context, each, zone) for each in own)


async def mark_read(context: Context, caller: Caller, request: MarkRead) -> Notification:
    """The recipient has seen it."""
    stored = await context.store.notifications.load(caller.org_id, request.notification_id)
    if not can(caller, Act.WRITE, stored.record.recipient_id):
        raise NotFound.of("notification", request.notification_id)
    at = context.clock.now()
    read = await context.store.notifications.amend(
        stored, stamp(caller, request, at), lambda notification: model.mark_read(notification, at)
    )
    return _worded(context, read, await _zone_of(context, caller))


async def _notify(context: Context, by: Stamp, message: Message, *, step: str) -> Notification:
    return await context.store.notifications.create(
        by,
        lambda new_id: model.notify(new_id, by.org_id, message, by.at),
        new_id=natural_id("notification", by.org_id, message.recipient_id, message.cause, step),
    )


async def _zone_of(context: Context, caller: Caller) -> str:
    """The reader's zone; UTC while identity is away, which is better than no answer."""
    try:
        token = context.signer.token(caller.org_id)
        contacts = await context.identity.call(GET_CONTACTS, token, ByIds(ids=(caller.user_id,)))
    except Unavailable:
        return "UTC"
    return contacts[0].zone if contacts else "UTC"


def _worded(context: Context, notification: Notification, zone: str) -> Notification:
    worded = context.wording.of(notification, zone)
    return msgspec.structs.replace(notification, subject=worded.subject, text=worded.text, why=worded.why)
