"""Why two people were matched."""

import strawberry

from contracts.identity import ReasonKind
from gateway.types.relay import View, field, resolved


@strawberry.type(description="One thing that speaks for a pair.")
class MatchReason(View):
    """Shows identity.MatchReason."""

    kind: ReasonKind = field("What was looked at.")
    weight: int = field("How much it counts; the weights of all reasons are 100 together.")
    fit: int = field("How well it fits, in percent.")

    @resolved("What it adds to the score: weight times fit, 0 to 100.")
    def points(self) -> float:
        """A share of the weight."""
        return float(self.record.weight * self.record.fit / 100)
