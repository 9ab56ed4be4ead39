"""The feed of one person's check-ins: opened, revoked, and what stands in it."""

from datetime import datetime

from contracts.errors import Conflict, NotFound
from contracts.identity import MentorshipCard, Party
from contracts.sessions import (
    CalendarFeed,
    CalendarFeedCreated,
    CalendarFeedFact,
    CalendarFeedRevoked,
)
from contracts.wire import Change, evolve


class KeptFeed(CalendarFeed, frozen=True, kw_only=True):
    """A feed as it is kept: with the hash of its secret, which nothing has once it is revoked."""

    secret_hash: str

    def published(self) -> CalendarFeed:
        """What its owner sees of it."""
        return CalendarFeed(**{name: getattr(self, name) for name in CalendarFeed.__struct_fields__})


def nothing_there() -> NotFound:
    """The one answer to every secret that opens nothing: never given, or revoked."""
    return NotFound("There is no calendar at this address.", field="secret")


def create_feed(feed_id: str, org_id: str, person_id: str, at: datetime, *, secret_hash: str) -> Change[KeptFeed]:
    """A person's first feed."""
    feed = KeptFeed(id=feed_id, org_id=org_id, person_id=person_id, created_at=at, secret_hash=secret_hash)
    return Change(feed, (_fact(CalendarFeedCreated, feed),))


def reopen_feed(feed: KeptFeed, at: datetime, *, secret_hash: str) -> Change[KeptFeed]:
    """Another address, once the old one is revoked."""
    if feed.revoked_at is None:
        raise Conflict("You have a calendar address already. Revoke it first; then you get a new one.")
    opened = evolve(feed, created_at=at, revoked_at=None, secret_hash=secret_hash)
    return Change(opened, (_fact(CalendarFeedCreated, feed),))


def revoke_feed(feed: KeptFeed, at: datetime) -> Change[KeptFeed]:
    """The address is forgotten: from now on it is as unknown as one that never was."""
    if feed.revoked_at is not None:
        raise Conflict("Your calendar address is revoked already.")
    revoked = evolve(feed, revoked_at=at, secret_hash=f"revoked {feed.id} {feed.version}")
    return Change(revoked, (_fact(CalendarFeedRevoked, feed),))


def partner_of(card: MentorshipCard, person_id: str) -> str:
    """The id of the other one."""
    return card.user_of(Party.MENTEE if card.party_of(person_id) is Party.MENTOR else Party.MENTOR)


def _fact[F: CalendarFeedFact](kind: type[F], feed: CalendarFeed) -> F:
    return kind(calendar_feed_id=feed.id, person_id=feed.person_id)
