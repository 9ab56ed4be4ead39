"""What a part keeps of mentorships, shown as it is to the nightly comparison: the same for every part that keeps it."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

from contracts.identity import KEPT_CARDS, MentorshipCard
from contracts.policy import Act, check, standing, table
from contracts.wire import ByIds, Caller
from kit.projection import Projection
from kit.rpc import Answer


class Kind(StrEnum):
    """What is decided about."""

    KEPT_CARD = "kept card"


TABLE = table(
    Kind,
    """
          | workflows
kept card | R
""",
)


def kept_answer(part: str, cards: Callable[[], Projection[MentorshipCard]]) -> Answer[Any, Any]:
    """The operation about the cards that this part keeps."""
    return Answer(KEPT_CARDS[part], partial(get_kept_cards, cards))


async def get_kept_cards(
    cards: Callable[[], Projection[MentorshipCard]], caller: Caller, request: ByIds
) -> tuple[MentorshipCard, ...]:
    """Those that are kept, however old, for the part that compares them with their owner's."""
    check(TABLE, standing(caller, caller.org_id), Act.READ, Kind.KEPT_CARD)
    return await cards().among(caller.org_id, request.ids)
