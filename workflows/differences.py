"""In what a cycle, the record of its mentorship, and what other parts keep of it may differ. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from contracts.identity import MentorshipCard, Phase, Standing
from workflows.state import ENDED, TERMINAL


class Kind(StrEnum):
    """What does not agree."""

    NO_CYCLE = "no_cycle"  # a mentorship goes on, and nothing keeps time for it
    NO_MENTORSHIP = "no_mentorship"  # a cycle runs for a mentorship that identity does not know
    PHASE = "phase"  # the cycle stands in another phase than the record
    CARD = "card"  # another part keeps an older or another card, or none


class Outcome(StrEnum):
    """What became of a difference. SEEN: it was to be looked for only. LEFT: nobody but a person can mend it."""

    SEEN = "seen"
    REPAIRED = "repaired"
    LEFT = "left"


class Life(StrEnum):
    """How a cycle does, as the engine has it. BROKEN: it was ended from outside, before its time."""

    RUNNING = "running"
    OVER = "over"
    BROKEN = "broken"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A cycle as the engine has it. It says no phase before its first step is done."""

    life: Life
    phase: str = ""


class Difference(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One thing that does not agree: `record` is what identity says, `found` what the engine or the part says."""

    kind: Kind
    org_id: str
    mentorship_id: str
    part: str = ""
    record: str = ""
    found: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Tells it from every other one, however it looks at the moment."""
        return (self.org_id, self.mentorship_id, self.kind, self.part)


def differences(
    standing: Standing, cycle: Seen | None, cards: Mapping[str, MentorshipCard | None]
) -> Iterable[Difference]:
    """What does not agree about one mentorship; `cards` are those of the other parts."""
    card = standing.card
    if found := _of_cycle(card, cycle):
        yield found
    for part, kept in cards.items():
        if kept != card:
            yield Difference(
                kind=Kind.CARD,
                org_id=card.org_id,
                mentorship_id=card.id,
                part=part,
                record=f"{card.phase} in version {card.version}",
                found=f"{kept.phase} in version {kept.version}" if kept else "nothing",
            )


def _of_cycle(card: MentorshipCard, cycle: Seen | None) -> Difference | None:
    if _lacks_cycle(card.phase, cycle):
        found = "nothing" if cycle is None else f"{cycle.phase or 'no phase'}, ended from outside"
        kind = Kind.NO_CYCLE
    elif cycle is None or cycle.life is Life.BROKEN or cycle.phase in {card.phase, ""}:
        return None
    else:
        kind, found = Kind.PHASE, cycle.phase
    return Difference(kind=kind, org_id=card.org_id, mentorship_id=card.id, record=card.phase, found=found)


def _lacks_cycle(phase: Phase, cycle: Seen | None) -> bool:
    """A closed one may have had its cycle for the alumni surveys; the engine forgets those that are long over."""
    if cycle is None:
        return phase not in TERMINAL
    return cycle.life is Life.BROKEN and phase not in ENDED


def unknown(org_id: str, mentorship_id: str, cycle: Seen) -> Difference:
    """A cycle runs, and identity knows of no such mentorship."""
    return Difference(kind=Kind.NO_MENTORSHIP, org_id=org_id, mentorship_id=mentorship_id, found=cycle.phase)
