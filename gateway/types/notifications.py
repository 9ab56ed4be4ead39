"""What people are told."""

from datetime import datetime

import strawberry

from contracts import notifications
from contracts.notifications import ListNotifications, MailState, Template
from gateway.context import Info
from gateway.types.mutation import Edit, mutation
from gateway.types.relay import PAGE, After, Connection, First, Node, checked_first, connection, field, id_of, resolved


@strawberry.type(description="One message to you about one cause.")
class Notification(Node):
    """Shows notifications.Notification."""

    loader = staticmethod(lambda loaders: loaders.notifications)

    template: Template = field("Which message it is.")
    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it is about, if it is about one.")
    about: datetime | None = field("The instant that it speaks of, if it speaks of one.")
    subject: str = field("The message in one line, in your zone.")
    text: str = field("The message, in your zone.")
    why: str = field("Why you got it, in words.")
    cause: str = field("What it is about; equal for the messages about one thing.")
    rule: str = field("What led to it: a duration of the policy, by its name, or what happened, by its topic.")
    policy_version: int | None = field("The version of the policy that the mentorship runs by.")
    mail: MailState = field("What became of the mail.")
    read_at: datetime | None = field("When you saw it.")
    created_at: datetime = field("When it was written.")
    version: int = field("Counts its changes.")


@strawberry.input(description="A message that you have seen.")
class MarkNotificationReadInput(Edit):
    """Makes notifications.MarkRead."""

    notification_id: strawberry.ID = field("The notification.")


@strawberry.type
class NotificationQueries:
    """Reads of the notifications part."""

    @resolved("Your own notifications, newest first.")
    async def notifications(
        self, info: Info, first: First = PAGE, after: After = None
    ) -> Connection[Notification] | None:
        """One page."""
        request = ListNotifications(first=checked_first(first), after=after)
        return connection(Notification, await info.context.call(notifications.LIST_NOTIFICATIONS, request), after)


@strawberry.type
class NotificationMutations:
    """Changes that the notifications part makes."""

    mark_notification_read = mutation(notifications.MARK_READ, MarkNotificationReadInput, Notification)
