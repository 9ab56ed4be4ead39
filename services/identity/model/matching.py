"""Who fits whom, and why: hard constraints first, then what speaks for a pair, weighed. Pure, and knows no solver."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from contracts.identity import MatchReason, Obstacle, ReasonKind, Seniority
from contracts.wire import Record

FULL = 100  # percent
WORKING_DAY = 8 * 60  # minutes in which two people can hope to meet
STEP_BELOW = 50  # percent lost for each step that a mentor is less senior than was wished
LADDER = tuple(Seniority)


class Wish(Record, frozen=True, kw_only=True):
    """A mentee who looks for a mentor. `offset` is the minutes east of UTC, `above` everybody whom they report to."""

    user_id: str
    fields: tuple[str, ...] = ()
    seniority: Seniority | None = None
    languages: tuple[str, ...] = ()
    offset: int = 0
    above: tuple[str, ...] = ()
    past: tuple[str, ...] = ()


class Offer(Record, frozen=True, kw_only=True):
    """A mentor with room. `room` is how many mentees more, `capacity` how many at a time."""

    user_id: str
    fields: tuple[str, ...] = ()
    seniority: Seniority | None = None
    languages: tuple[str, ...] = ()
    offset: int = 0
    above: tuple[str, ...] = ()
    room: int = 1
    capacity: int = 1


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that can speak for a pair. `wish` and `offer` pick what it looks at: equals are judged once."""

    kind: ReasonKind
    weight: int
    wish: Callable[[Wish], Hashable]
    offer: Callable[[Offer], Hashable]
    fit: Callable[[Any, Any], int]


def fields_fit(wanted: tuple[str, ...], offered: frozenset[str]) -> int:
    """The share of the wanted fields that the mentor covers; who wants none in particular is served by anybody."""
    return FULL * sum(field in offered for field in wanted) // len(wanted) if wanted else FULL


def seniority_fit(wanted: Seniority | None, offered: Seniority | None) -> int:
    """As senior as was wished, or more; less with each step below."""
    if wanted is None:
        return FULL
    below = LADDER.index(wanted) - LADDER.index(offered) if offered else len(LADDER)
    return max(0, FULL - STEP_BELOW * max(0, below))


def language_fit(wanted: tuple[str, ...], offered: tuple[str, ...]) -> int:
    """All for the mentee's first language, half for another one, nothing where they could not talk."""
    if wanted and wanted[0] in offered:
        return FULL
    return FULL // 2 if set(wanted) & set(offered) else 0


def zone_fit(one: int, other: int) -> int:
    """The share of a working day in which both are at work; a day goes round."""
    apart = abs(one - other) % (24 * 60)
    return FULL * max(0, WORKING_DAY - min(apart, 24 * 60 - apart)) // WORKING_DAY


def room_fit(_wish: None, offered: tuple[int, int]) -> int:
    """How much room the mentor has left: so that mentors are asked evenly."""
    room, capacity = offered
    return FULL * min(room, capacity) // capacity if capacity else 0


CRITERIA = (
    Criterion(ReasonKind.FIELDS, 40, lambda wish: wish.fields, lambda offer: frozenset(offer.fields), fields_fit),
    Criterion(ReasonKind.SENIORITY, 20, lambda wish: wish.seniority, lambda offer: offer.seniority, seniority_fit),
    Criterion(ReasonKind.LANGUAGE, 15, lambda wish: wish.languages, lambda offer: offer.languages, language_fit),
    Criterion(ReasonKind.ZONE, 15, lambda wish: wish.offset, lambda offer: offer.offset, zone_fit),
    Criterion(ReasonKind.ROOM, 10, lambda _: None, lambda offer: (offer.room, offer.capacity), room_fit),
)


def obstacle(wish: Wish, offer: Offer) -> Obstacle | None:
    """What makes this pair impossible, whatever speaks for it."""
    if wish.user_id == offer.user_id:
        return Obstacle.SAME_PERSON
    if offer.user_id in wish.above or wish.user_id in offer.above:
        return Obstacle.REPORTING_LINE
    if offer.user_id in wish.past:
        return Obstacle.PAST_PAIRING
    if not language_fit(wish.languages, offer.languages):
        return Obstacle.NO_LANGUAGE_IN_COMMON
    return None if offer.room > 0 else Obstacle.NO_ROOM


def reasons(wish: Wish, offer: Offer) -> tuple[MatchReason, ...]:
    """What speaks for a pair, each criterion with its weight, also where it does not fit at all."""
    return tuple(
        MatchReason(kind=each.kind, weight=each.weight, fit=each.fit(each.wish(wish), each.offer(offer)))
        for each in CRITERIA
    )


def score(why: Iterable[MatchReason]) -> int:
    """Their sum: 0 to 10,000."""
    return sum(reason.weight * reason.fit for reason in why)


def in_the_way(wish: Wish, offers: Iterable[Offer]) -> tuple[Obstacle, ...]:
    """Everything that kept somebody from every mentor; where nothing did, others fitted better."""
    met = {obstacle(wish, offer) for offer in offers}
    if None in met:
        return (Obstacle.OTHERS_FIT_BETTER,)
    return tuple(each for each in Obstacle if each in met) or (Obstacle.NO_ROOM,)
