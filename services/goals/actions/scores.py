"""Scores that were worked out and still hold, by the version of their ledger. May be lost at any moment."""

from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple

from contracts.goals import Explanation

KEPT = 200  # the largest explanation takes some 2 MB


class _Known(NamedTuple):
    version: tuple[int, int]
    until: datetime | None
    explained: Explanation


class Scores:
    """The latest explanation of each mentorship, least recently used ones dropped first."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def get(self, mentorship_id: str, version: tuple[int, int], at: datetime) -> Explanation | None:
        """The explanation, if the ledger has not changed and no commitment has come due or lapsed since."""
        known = self._known.get(mentorship_id)
        if known is None or known.version != version or known.explained.score.at > at:
            return None
        if known.until is not None and at >= known.until:
            return None
        self._known.move_to_end(mentorship_id)
        return known.explained

    def keep(
        self, mentorship_id: str, version: tuple[int, int], *, until: datetime | None, explained: Explanation
    ) -> None:
        """Remember it for as long as it holds."""
        self._known[mentorship_id] = _Known(version, until, explained)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
