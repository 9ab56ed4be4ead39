"""The feed of one person's check-ins, behind a secret address."""

import hashlib
import secrets
from datetime import timedelta

from contracts.errors import NotFound, Unavailable
from contracts.identity import GET_USERS, MentorshipCard
from contracts.policy import Act, Decision, decide, own
from contracts.sessions import (
    CalendarFeed,
    CalendarText,
    CheckIn,
    CheckInState,
    CreateCalendarFeed,
    CreatedCalendarFeed,
    MyCalendarFeed,
    OpenCalendarFeed,
    RevokeCalendarFeed,
    calendar_title,
)
from contracts.wire import ByIds, Caller
from kit.calendar import Appointment, calendar_of, uid_of
from kit.command import natural_id, stamp
from services.sessions.actions import Context
from services.sessions.model import calendar as model
from services.sessions.model.calendar import KeptFeed
from services.sessions.model.policy import TABLE, Kind

SHOWN_BEFORE = timedelta(days=180)  # what is longer ago is in the product; calendars fetch this every hour


async def create_calendar_feed(context: Context, caller: Caller, request: CreateCalendarFeed) -> CreatedCalendarFeed:
    """The secret is shown this once and only its hash is kept."""
    at, secret, feed_id = context.clock.now(), secrets.token_urlsafe(32), _feed_id(caller)
    by, feeds, secret_hash = stamp(caller, request, at), context.store.calendar_feeds, _hash(secret)
    if await feeds.find(caller.org_id, feed_id) is None:
        feed = await feeds.create(
            by,
            lambda _: model.create_feed(feed_id, caller.org_id, caller.user_id, at, secret_hash=secret_hash),
            new_id=feed_id,
        )
        if feed.secret_hash == secret_hash:
            return CreatedCalendarFeed(feed=feed.published(), secret=secret)
    stored = await feeds.load(caller.org_id, feed_id)
    feed = await feeds.amend(stored, by, lambda feed: model.reopen_feed(feed, at, secret_hash=secret_hash))
    return CreatedCalendarFeed(feed=feed.published(), secret=secret if feed.secret_hash == secret_hash else None)


async def revoke_calendar_feed(context: Context, caller: Caller, request: RevokeCalendarFeed) -> CalendarFeed:
    """Its owner no longer wants it."""
    feeds = context.store.calendar_feeds
    known = await feeds.find(caller.org_id, request.calendar_feed_id)
    if known is None or not _is_own(caller, known):
        raise NotFound.of("calendarfeed", request.calendar_feed_id)
    at = context.clock.now()
    stored = await feeds.load(caller.org_id, known.id)
    revoked = await feeds.amend(stored, stamp(caller, request, at), lambda feed: model.revoke_feed(feed, at))
    return revoked.published()


async def get_calendar_feeds(context: Context, caller: Caller, request: ByIds) -> tuple[CalendarFeed, ...]:
    """The caller's own, by id."""
    found = await context.store.calendar_feeds.get_many(caller.org_id, request.ids)
    return tuple(feed.published() for feed in found if _is_own(caller, feed))


async def my_calendar_feed(context: Context, caller: Caller, _request: MyCalendarFeed) -> tuple[CalendarFeed, ...]:
    """The caller's own, while it has an address."""
    feed = await context.store.calendar_feeds.find(caller.org_id, _feed_id(caller))
    return (feed.published(),) if feed and feed.revoked_at is None else ()


async def open_calendar_feed(context: Context, _caller: Caller, request: OpenCalendarFeed) -> CalendarText:
    """The check-ins of whoever the secret belongs to."""
    feed = await context.store.calendar_feeds.find_by("secretHash", _hash(request.secret))
    if feed is None:
        raise model.nothing_there()
    cards = {card.id: card for card in await context.store.cards_of(feed.org_id, feed.person_id)}
    since = context.clock.now() - SHOWN_BEFORE
    check_ins = await context.store.check_ins_since(feed.org_id, tuple(cards), since)
    names = await _names(context, feed, cards)
    shown = [_appointment(each, names.get(each.mentorship_id)) for each in check_ins]
    return CalendarText(text=calendar_of("Check-ins", shown).decode())


async def _names(context: Context, feed: KeptFeed, cards: dict[str, MentorshipCard]) -> dict[str, str]:
    """The other one's name by mentorship, in one call; no names while identity is away: better than no calendar."""
    partners = {card.id: model.partner_of(card, feed.person_id) for card in cards.values()}
    if not partners:
        return {}
    try:
        token, ids = context.signer.token(feed.org_id), tuple(sorted(set(partners.values())))
        users = await context.identity.call(GET_USERS, token, ByIds(ids=ids))
    except Unavailable:
        return {}
    known = {user.id: user.name for user in users}
    return {card_id: known[partner] for card_id, partner in partners.items() if partner in known}


def _appointment(check_in: CheckIn, partner: str | None) -> Appointment:
    return Appointment(
        uid=uid_of(check_in.id),
        sequence=check_in.sequence,
        starts_at=check_in.starts_at,
        zone=check_in.zone,
        minutes=check_in.minutes,
        title=calendar_title(partner),
        changed_at=check_in.created_at,
        cancelled=check_in.state is CheckInState.CANCELLED,
    )


def _is_own(caller: Caller, feed: KeptFeed) -> bool:
    relations = own(caller, feed.org_id, feed.person_id)
    return decide(TABLE, relations, Act.WRITE, Kind.CALENDAR_FEED) is Decision.ALLOWED


def _feed_id(caller: Caller) -> str:
    return natural_id("calendar-feed", caller.org_id, caller.user_id)


def _hash(secret: str) -> str:
    """What is kept of a secret: it has 256 bits of its own, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
