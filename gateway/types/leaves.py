"""Pauses and handovers of a mentorship."""

from datetime import datetime

import strawberry

from gateway.types.identity import User
from gateway.types.relay import View, field, reference


@strawberry.type(description="A leave that one party asked for.")
class Pause(View):
    """Shows identity.Pause."""

    requested_at: datetime = field("When it was asked for.")
    until: datetime = field("When it ends by itself.")
    started_at: datetime | None = field("When it was approved and began.")
    declined_at: datetime | None = field("When it was declined.")
    ended_at: datetime | None = field("When it was over.")
    requested_by = reference(User, "requested_by", "Who asked for it.")
    approved_by = reference(User, "approved_by", "Who approved it.")


@strawberry.type(description="What a mentor who left wants the next one to know.")
class Handover(View):
    """Shows identity.Handover."""

    text: str = field("The words; for the mentee and the mentors only.")
    at: datetime = field("When it was written.")
    by = reference(User, "by", "Who wrote it.")
