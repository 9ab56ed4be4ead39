"""What can happen to one meeting: another time, a cancellation, its next steps; and its time on the viewer's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import strawberry

from contracts.errors import Refusal
from contracts.identity import Party
from contracts.sessions import CancelReason
from gateway.context import Context
from gateway.types.relay import View, field, global_id, resolved


async def on_my_clock(context: Context, moment: datetime) -> datetime:
    """The same instant with the offset of the viewer's own zone; as it is while identity is away."""
    try:
        viewer = await context.loaders.users.load(context.viewer.caller.user_id)
    except Refusal:
        return moment
    return moment.astimezone(ZoneInfo(viewer.zone)) if viewer else moment


@strawberry.type(description="A wish for another time of a check-in; it holds once the other one agrees.")
class RescheduleProposal:
    """Shows sessions.RescheduleProposal."""

    starts_at: datetime = field("The time that was proposed.")
    proposed_by: Party = field("Who proposed it.")
    proposed_at: datetime = field("When. It waits 72 hours for its answer, but not beyond the check-in.")
    answered_at: datetime | None = field("When the other one answered; null until then.")
    accepted: bool | None = field("The answer; null until there is one.")


@strawberry.type(description="Why a check-in does not take place.")
class Cancellation:
    """Shows sessions.Cancellation."""

    by: Party | None = field("Who cancelled it; null where it was left out because of time off.")
    at: datetime = field("When.")
    in_time: bool = field("Whether that was before the horizon, so that it counts for nobody.")
    reason: CancelReason = field("Why, as roughly as anybody needs to know.")


@strawberry.type(description="What follows from a check-in.")
class NextSteps(View):
    """Shows sessions.NextSteps."""

    closed_by: Party = field("Who closed the check-in.")
    closed_at: datetime = field("When.")

    @resolved("The action items that follow from it; empty where it was closed with none.")
    def action_item_ids(self) -> list[strawberry.ID]:
        """As global ids."""
        return [global_id("ActionItem", each) for each in self.record.action_item_ids]
