"""Where notifications live: the only file of this service that knows MongoDB."""

from collections.abc import Callable

from contracts.identity import MentorshipCard
from contracts.notifications import MailState, Notification
from kit.mongo import Aggregates, Database, Stored
from kit.projection import Ask, Projection


class Store:
    """This service's aggregates, and the card that it keeps of each mentorship."""

    def __init__(self, database: Database, ask_card: Ask[MentorshipCard], on_saved: Callable[[], None]) -> None:
        self.notifications = Aggregates(
            database,
            "notifications",
            Notification,
            by=("recipientId",),
            queues=("mail",),
            long=("recipientId", "mail"),
            source="notifications",
            on_saved=on_saved,
        )
        self.mentorships = Projection(database, "mentorships", MentorshipCard, ask_card)
        self.aggregates = (self.notifications,)

    async def mails(self, state: MailState, limit: int) -> list[Stored[Notification]]:
        """The oldest notifications, of all organisations, whose mail is in this state: work for the mailer alone."""
        return await self.notifications.queue("mail", state, limit)
