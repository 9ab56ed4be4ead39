"""Whether a year that was lived on the platform came to what it must come to; what differs is said in words. Pure."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from deploy.local.durations import days
from deploy.local.reading import Data
from deploy.local.year import Figures, Side

_CLOSE = Fraction(1, 2000)  # what is done on the hour is stored some seconds later


def differences(data: Data, figures: Figures) -> list[str]:
    """Every figure that is not what the golden year says; none where all agree."""
    return list(_differences(data, figures))


def _differences(data: Data, figures: Figures) -> Iterator[str]:
    score = data["score"]
    for party, side in figures.sides.items():
        yield from _of_side(str(party), score[str(party)], side)
    yield from _unlike("the pair's score", score["pair"], figures.pair)
    yield from _unlike("the balance", score["balance"], figures.balance)
    lasted = score["mentee"]["followThrough"]
    yield from _unlike("follow-through in days", lasted and round(days(lasted)), figures.follow_through)
    reached = {goal["title"]: goal["attainment"] for goal in data["goals"]}
    for title, share in figures.attainment.items():
        yield from _unlike(f"attainment of '{title}'", reached.get(title), share)
    outcomes = tuple(each["kind"] for each in data["outcomes"] if each["verifiedAt"])
    yield from _unlike("verified outcomes", outcomes, figures.outcomes)
    cases = Counter(case["kind"] for case in data["cases"])
    expected = {kind.name: number for kind, number in figures.cases.items()}
    yield from _unlike("cases for the programme manager", dict(sorted(cases.items())), dict(sorted(expected.items())))
    yield from _unlike("the phase", data["phase"], "CLOSED")


def _of_side(party: str, found: Data, expected: Side) -> Iterator[str]:
    yield from _unlike(f"the {party}'s score", found["score"], expected.score)
    kinds = {each["kind"]: each for each in found["kinds"]}
    for kind, (settled, mean) in expected.kinds.items():
        seen = kinds.pop(kind.name, {"settled": 0, "mean": "0"})
        yield from _unlike(f"the {party}'s settled promises of {kind}", seen["settled"], settled)
        if abs(Fraction(seen["mean"]) - mean) > _CLOSE:
            was = float(Fraction(seen["mean"]))
            yield f"the {party}'s mean of {kind} is {was:.4f} and should be {float(mean):.4f}"
    for kind in kinds:
        yield f"the {party} has promises of {kind.lower()}, which nobody made"


def _unlike(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: {found} and should be {expected}"
