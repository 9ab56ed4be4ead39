"""Reading what belongs to a mentorship, through a window: the same for every kind of thing."""

from collections.abc import Callable

from contracts.identity import MentorshipCard, OfMentorships
from contracts.wire import ByIds, Caller, Page, Record
from kit.mongo import Aggregates
from kit.window import Window
from services.goals.actions import Context
from services.goals.model.policy import Kind
from services.goals.store import Store

type Look[R: Record] = Callable[[Context], Window[MentorshipCard, R]]


def through[R: Record](pick: Callable[[Store], Aggregates[R]], kind: Kind) -> Look[R]:
    """The window of the pair onto one kind of thing."""
    return lambda context: context.window(pick(context.store), kind)


async def get[R: Record](context: Context, look: Look[R], caller: Caller, request: ByIds) -> tuple[R, ...]:
    """Those of the ids that the caller may see."""
    return await look(context).get(caller, request)


async def pages[R: Record](
    context: Context, look: Look[R], caller: Caller, request: OfMentorships
) -> tuple[Page[R] | None, ...]:
    """A page for each mentorship."""
    return await look(context).pages(caller, request.mentorship_ids, first=request.first, after=request.after)
