"""Mentees and mentors by the hundred, as a programme might have them; the same for the same seed."""

import random

from contracts.identity import Seniority
from services.identity.model.matching import Offer, Wish

FIELDS = [f"field {number}" for number in range(30)]
LANGUAGES = ("en", "de", "fr", "es", "pl", "zh")
OFFSETS = (-480, -300, 0, 60, 120, 330, 540)


def a_crowd(mentees: int, mentors: int, *, seed: int = 1) -> tuple[tuple[Wish, ...], tuple[Offer, ...]]:
    """Wishes and offers with one to four seats; some in one reporting line, some with a past."""
    chance = random.Random(seed)
    names = [f"mentor-{number}" for number in range(mentors)]
    offers = tuple(
        Offer(
            user_id=name, fields=tuple(chance.sample(FIELDS, 4)), seniority=chance.choice(list(Seniority)),
            languages=tuple(chance.sample(LANGUAGES, 2)), offset=chance.choice(OFFSETS),
            room=(room := chance.randint(1, 4)), capacity=chance.randint(room, 5),
        )
        for name in names
    )  # fmt: skip
    wishes = tuple(
        Wish(
            user_id=f"mentee-{number}", fields=tuple(chance.sample(FIELDS, 3)),
            seniority=chance.choice([None, *Seniority]), languages=tuple(chance.sample(LANGUAGES, 2)),
            offset=chance.choice(OFFSETS), above=tuple(chance.sample(names, 2)), past=tuple(chance.sample(names, 1)),
        )
        for number in range(mentees)
    )  # fmt: skip
    return wishes, offers
