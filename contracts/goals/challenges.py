"""The challenges of an agreement that no goal addresses yet."""

from contracts.wire import ByIds, Operation, Record


class Challenge(Record, frozen=True, kw_only=True):
    """One challenge of an agreement: its place, from 1 on, and its words."""

    place: int
    text: str


class UnaddressedChallenges(Record, frozen=True, kw_only=True):
    """The challenges of one mentorship's agreement that no goal names, abandoned ones aside."""

    mentorship_id: str
    challenges: tuple[Challenge, ...]


GET_UNADDRESSED_CHALLENGES = Operation(
    "goals.get_unaddressed_challenges", ByIds, tuple[UnaddressedChallenges | None, ...], safe=True
)
